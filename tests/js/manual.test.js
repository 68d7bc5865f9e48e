// The manual page and the completions, made from the tables of the command's options.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { manuals } from '../../scripts/manual.mjs';
import { importFrom, packageRoot } from './package.js';

const { COMMANDS } = await importFrom('js/cli/options.js');
const file = (path) => readFileSync(join(packageRoot, path), 'utf8');

test('the package has them as the tables make them', async () => {
  for (const [path, text] of await manuals()) assert.equal(file(path), text, path);
});

test('the manual page has every option of every command, and no request by accident', () => {
  const page = file('pkg/vpcflow-ecs.1');
  const requests = new Set([...page.matchAll(/^\.(\w*)/gm)].map(([, name]) => name));
  assert.deepStrictEqual([...requests].sort(), ['PP', 'SH', 'SS', 'TH', 'TP', 'fi', 'nf']);
  const names = [...page.matchAll(/^\.TP\n.*\\fB\\-\\-(\S+?)\\fR/gm)].map(([, name]) => name.replaceAll('\\-', '-'));
  assert.deepStrictEqual(names, COMMANDS.flatMap(({ options }) => Object.keys(options)));
  const sections = [...page.matchAll(/^\.SH (.*)$/gm)].map(([, name]) => name);
  assert.deepStrictEqual(sections, ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'EXIT STATUS', 'EXAMPLES', ...COMMANDS.slice(1).map(({ name }) => name.toUpperCase())]);
});

/** Returns what bash offers after some words, the last of which is being written. */
function complete(...words) {
  const script = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vpcflow_ecs; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, join(packageRoot, 'pkg/vpcflow-ecs.bash'), 'vpcflow-ecs', ...words], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.split('\n').filter(Boolean);
}

test('bash completes commands, options and their words', { skip: spawnSync('bash', ['-c', 'true']).status !== 0 && 'there is no bash' }, () => {
  assert.deepStrictEqual(complete('de'), ['detect']);
  assert.deepStrictEqual(complete('--pre'), ['--preserve-original', '--precedence', '--pretty']);
  assert.deepStrictEqual(complete('--data'), ['--data-stream=']);
  assert.deepStrictEqual(complete('detect', '--'), ['--json', '--max-lines', '--help']);
  assert.deepStrictEqual(complete('--on-error', ''), ['fail', 'skip', 'document']);
  assert.deepStrictEqual(complete('--bulk-id', ''), ['fingerprint']);
  assert.deepStrictEqual(complete('ship', '--bulk-id', ''), ['fingerprint', 'none']);
  assert.deepStrictEqual(complete('export', '-s', 'elastic'), ['elastic-integration', 'elastic-integration-1.12']);
  // Files, by bash itself.
  assert.deepStrictEqual(complete('flow', ''), []);
});

test('fish completes every option', () => {
  const options = [...file('pkg/vpcflow-ecs.fish').matchAll(/ -l (\S+)/g)].map(([, name]) => name);
  assert.deepStrictEqual(options, COMMANDS.flatMap(({ options }) => Object.keys(options)));
});
