// The scripts: what the set-up installs, and what `npm run demo` builds.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { buildQuickly } from '../../scripts/build.mjs';
import { Progress } from '../../scripts/fuzz.mjs';
import { missingTools } from '../../scripts/setup.mjs';
import { reasonToSkip } from '../../scripts/test-aws.mjs';
import { reasonToSkipBrowser } from '../../scripts/test-browsers.mjs';
import { reasonToSkipDeno } from '../../scripts/test-deno.mjs';
import { versions } from '../../scripts/versions.mjs';
import { cliPath, repository } from './package.js';

describe('the set-up installs', () => {
  const wanted = { 'wasm-bindgen': '0.2.5', 'wasm-pack': '0.9.1', 'cargo-fuzz': '0.7.3' };
  const all = { 'wasm-bindgen': '0.2.5', 'wasm-bindgen-test-runner': '0.2.5', 'wasm-pack': '0.9.1' };
  const cases = [
    { name: 'both tools where there are none', found: {}, wasmPack: true, missing: ['wasm-bindgen-cli 0.2.5', 'wasm-pack 0.9.1'] },
    { name: 'no wasm-pack for the demo', found: {}, wasmPack: false, missing: ['wasm-bindgen-cli 0.2.5'] },
    { name: 'no test runner for the demo', found: { 'wasm-bindgen': '0.2.5' }, wasmPack: false, missing: [] },
    { name: 'nothing where all is there', found: all, wasmPack: true, missing: [] },
    { name: 'what was added to the demo', found: { ...all, 'wasm-pack': undefined }, wasmPack: true, missing: ['wasm-pack 0.9.1'] },
    { name: 'a tool of another version', found: { ...all, 'wasm-bindgen': '0.2.50' }, wasmPack: true, missing: ['wasm-bindgen-cli 0.2.5'] },
    {
      name: 'the test runner that a tool was installed without',
      found: { ...all, 'wasm-bindgen-test-runner': undefined },
      wasmPack: true,
      missing: ['wasm-bindgen-cli 0.2.5'],
    },
    { name: 'cargo-fuzz for the fuzz targets', found: all, wasmPack: true, fuzz: true, missing: ['cargo-fuzz 0.7.3'] },
    { name: 'no cargo-fuzz where it is', found: { ...all, 'cargo-fuzz': '0.7.3' }, wasmPack: true, fuzz: true, missing: [] },
  ];
  for (const { name, found, wasmPack, fuzz, missing } of cases) {
    test(name, () => {
      const tools = missingTools(wanted, (command) => found[command], { wasmPack, fuzz });
      assert.deepStrictEqual(tools.map((tool) => `${tool.name} ${tool.version}`), missing);
    });
  }
});

test('a line for each fuzz target has what libFuzzer reports', () => {
  const progress = new Progress();
  const lines = [
    'INFO: Loaded 1 modules   (61234 inline 8-bit counters): 61234 [0x55d0, 0x55d1), ',
    '#2\tINITED cov: 310 ft: 312 corp: 1/12b exec/s: 0 rss: 44Mb',
    '#4096\tpulse  cov: 1310 ft: 3312 corp: 90/12Kb lim: 4096 exec/s: 2048 rss: 80Mb',
  ];
  for (const line of lines) progress.read(line);
  const plain = () => stripVTControlCharacters(progress.sentence('peel'));
  assert.equal(plain(), 'peel                  4,096 executions,  1,310 of 61,234 edges covered, no findings');
  progress.read('artifact_prefix=\'fuzz/artifacts/peel/\'; Test unit written to fuzz/artifacts/peel/crash-1a');
  progress.read('stat::number_of_executed_units: 5000');
  assert.equal(plain(), 'peel                  5,000 executions,  1,310 of 61,234 edges covered, findings: fuzz/artifacts/peel/crash-1a');
});

test('the tests of AWS are skipped without Python, but not under CI', () => {
  assert.equal(reasonToSkip('no Python here', {}), 'no Python here');
  assert.throws(() => reasonToSkip('no Python here', { CI: 'true' }), { message: 'no Python here; under CI these tests are not skipped' });
});

test('the tests in Deno are skipped where it does not start, but not under CI', () => {
  assert.equal(reasonToSkipDeno(true, {}), undefined);
  assert.equal(reasonToSkipDeno(false, {}), 'Deno cannot be installed or started here');
  assert.throws(() => reasonToSkipDeno(false, { CI: 'true' }), { message: 'Deno cannot be installed or started here; under CI these tests are not skipped' });
});

test('the versions that are supported are stated once, and tested', () => {
  assert.deepStrictEqual(versions(), { node: ['20', '26'], typescript: ['5.2', '7.0'], rust: '1.89' });
});

test('a browser that is not installed is named, with the way to install it', () => {
  const firefox = { FIREFOX: '/usr/bin/firefox-esr', GECKODRIVER: '/usr/bin/geckodriver' };
  const webkit = { WEBKIT: '/usr/lib/MiniBrowser', WEBKITDRIVER: '/usr/bin/WebKitWebDriver' };
  assert.equal(reasonToSkipBrowser('firefox', firefox), undefined);
  assert.equal(
    reasonToSkipBrowser('firefox', { FIREFOX: '/usr/bin/firefox-esr' }),
    'Firefox is not tested: there is no GECKODRIVER; on Debian: apt-get install firefox-esr, cargo install geckodriver',
  );
  assert.equal(reasonToSkipBrowser('webkit', webkit, true), undefined);
  assert.equal(
    reasonToSkipBrowser('webkit', {}, false),
    'WebKitGTK is not tested: there is no WEBKIT, no WEBKITDRIVER, no xvfb-run; on Debian: apt-get install webkit2gtk-driver xvfb',
  );
});

describe('the build of the demo', () => {
  const files = (folder) => readdirSync(folder).sort();
  const hashes = () => files(join(repository, 'pkg')).map((name) => [name, hash(join(repository, 'pkg', name))]);
  const hash = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

  const before = hashes();
  const folder = buildQuickly();

  test('leaves pkg/ as it is', () => {
    assert.ok(before.length > 1);
    assert.deepStrictEqual(hashes(), before);
  });

  for (const args of [['examples/sample.log'], ['detect', 'examples/sample.log'], ['--version']]) {
    test(`prints what the package prints: ${args.join(' ')}`, () => {
      const run = (cli) => spawnSync(process.execPath, [cli, ...args], { cwd: repository, encoding: 'utf8' });
      const [quick, packed] = [run(join(folder, 'js/cli/main.js')), run(cliPath)];
      assert.notEqual(packed.stdout, '');
      assert.equal(quick.status, 0, quick.stderr);
      assert.equal(quick.stdout, packed.stdout);
    });
  }
});
