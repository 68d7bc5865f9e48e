// The library for Go and its example, a processor of the OpenTelemetry Collector: every golden, compared with the npm package,
// and their own tests.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { go, goEnvironment, missingGo } from '../../scripts/hosts-go.mjs';
import { FILE as THIRD_PARTY } from '../../scripts/licences.mjs';
import { temporaryFolder } from '../js/command.js';
import { repository } from '../js/package.js';
import { compareErrors, compareGoldens } from './goldens.js';

const skip = missingGo() ?? false;
const env = skip ? {} : goEnvironment();

/** kB (1,000 bytes) of a program that uses the library: it has the runtime of Go, that of WebAssembly, and the module. */
const BUDGET = 7_000;

const folder = temporaryFolder();

/** Runs a program in the library's folder or another one, and returns what it prints. */
function run(command, args, { cwd = go.library, input } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: join(repository, cwd), env, input, encoding: 'utf8', maxBuffer: 64 << 20 });
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${error ?? ''}\n${stdout}\n${stderr}`);
  return stdout;
}

const program = join(folder.path, 'goldens');

test('a program with the library', { skip }, async (t) => {
  run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', program, './internal/goldens']);
  const ask = (questions) => run(program, [], { input: questions });
  await t.test('every golden, line by line and as an input', () => compareGoldens(ask, { byLines: true }));
  await t.test('errors have the members of FlowLogError', () => compareErrors(ask));
  await t.test(`is at most ${BUDGET} kB`, () => {
    const size = statSync(program).size / 1000;
    console.log(`a program in Go with the library: ${size.toFixed(1)} kB`);
    assert.ok(size <= BUDGET && size > BUDGET / 2, `${size.toFixed(1)} kB`);
  });
});

test('the library has the licences of the crates in its module', { skip }, () => {
  const [own, original] = [`${go.library}/${THIRD_PARTY}`, THIRD_PARTY].map((path) => readFileSync(join(repository, path), 'utf8'));
  assert.equal(own, original);
});

test('the library depends on wazero alone', { skip }, () => {
  const [, block] = /^require (.*)$/m.exec(readFileSync(join(repository, go.library, 'go.mod'), 'utf8'));
  assert.match(block, /^github\.com\/tetratelabs\/wazero /);
  const used = run('go', ['list', '-deps', '-f', '{{with .Module}}{{.Path}}{{end}}', '.']).split('\n').filter(Boolean);
  assert.deepEqual([...new Set(used)].sort(), ['github.com/tetratelabs/wazero', 'golang.org/x/sys', 'vpcflowecs']);
});

for (const path of [go.library, go.example]) {
  test(`${path}: formatted, vetted, and its own tests`, { skip }, () => {
    assert.equal(run('gofmt', ['-l', '.'], { cwd: path }), '');
    run('go', ['vet', './...'], { cwd: path });
    const tests = run('go', ['test', '-count=1', '-v', './...'], { cwd: path });
    assert.match(tests, /^--- PASS/m);
    assert.doesNotMatch(tests, /^\s*--- SKIP/m);
  });
}
