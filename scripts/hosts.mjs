// `npm run hosts`: builds what hosts outside of JavaScript load, into target/hosts/; does nothing where that is up to date.
//
// hosts/core/ -> vpcflow_ecs_scalar.wasm and vpcflow_ecs_simd128.wasm, which import nothing: docs/abi.md. Runtimes without
// vectors compile to bytecode, so that the scalar module has its large functions split: Cargo.toml, `wasm_module`.

import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isStale, touch } from './build.mjs';
import { environment, root, wasmEnvironment, wasmTarget } from './env.mjs';
import { Stop, dim, isScript, main, output, printSteps, run, say, step } from './run.mjs';
import { setup } from './setup.mjs';

/** The folder of the results. */
export const folder = 'target/hosts';

/** The modules, each with its compiler flags after those of every module. */
export const coreModules = [
  { name: 'scalar', flags: ['-Ctarget-feature=-simd128', '--cfg=wasm_module="scalar"'] },
  { name: 'simd128', flags: [] },
].map((module) => ({ ...module, path: `${folder}/vpcflow_ecs_${module.name}.wasm` }));

const sources = ['src', 'Cargo.toml', 'hosts/core', 'scripts/hosts.mjs', 'scripts/build.mjs', 'scripts/env.mjs', 'package-lock.json'];

/**
 * Builds the modules.
 *
 * @param {string[]} [names] those that are needed; all by default
 */
export function buildCore(names = coreModules.map(({ name }) => name)) {
  const stale = coreModules.filter(({ name, path }) => names.includes(name) && isStale([path], sources));
  for (const { path, flags } of stale) {
    step('hosts', `hosts/core/ -> ${path} with cargo and wasm-opt`, () => {
      const target = ['--target', wasmTarget, '--target-dir', 'target', '--manifest-path', 'hosts/core/Cargo.toml'];
      run('cargo', ['build', '--release', ...target], { cwd: root, env: wasmEnvironment(...flags) });
      mkdirSync(join(root, folder), { recursive: true });
      const built = `target/${wasmTarget}/release/vpcflow_ecs_core.wasm`;
      run('wasm-opt', [...wasmOpt(), '--strip-producers', built, '-o', path], { cwd: root, env: environment() });
      touch([path]);
    });
  }
  printSizes(coreModules.filter(({ name }) => names.includes(name)).map(({ path }) => path));
}

/** Builds an example in Rust for WASI, and returns the path of its module. */
export function buildForWasi() {
  const target = 'wasm32-wasip1';
  const libraries = () => existsSync(output('rustc', ['--print', 'target-libdir', '--target', target]) ?? '');
  if (!libraries()) step('hosts', `the Rust standard library for ${target}`, () => run('rustup', ['target', 'add', target], { cwd: root }));
  run('cargo', ['build', '--quiet', '--example', 'parse', '--target', target, '--target-dir', 'target'], { cwd: root });
  return join(root, 'target', target, 'debug/examples/parse.wasm');
}

/** Returns the options of `wasm-opt` that the modules of the npm package have. */
function wasmOpt() {
  const metadata = output('cargo', ['metadata', '--no-deps', '--format-version', '1'], { cwd: root });
  const [crate] = JSON.parse(String(metadata)).packages;
  return crate.metadata['wasm-pack'].profile.release['wasm-opt'];
}

function printSizes(paths) {
  const row = (...cells) => say('hosts', cells.map((cell, i) => (i ? cell.padStart(10) : cell.padEnd(52))).join(''));
  row(dim('kB'), dim('raw'), dim('gzip'));
  for (const path of paths) {
    const bytes = readFileSync(join(root, path));
    row(path, ...[bytes, gzipSync(bytes, { level: 9 })].map(({ length }) => (length / 1000).toFixed(1)));
  }
}

/** Builds what the tests need, and returns the arguments that run them. */
export function hostTests() {
  buildCore();
  const tests = join(root, 'tests/hosts');
  const files = readdirSync(tests).filter((name) => name.endsWith('.test.js'));
  if (files.length === 0) throw new Stop('there are no tests in tests/hosts');
  return ['--test', '--test-reporter=spec', ...files.map((name) => join(tests, name))];
}

if (isScript(import.meta)) {
  await main('hosts', () => {
    setup({ wasmPack: false });
    buildCore();
    printSteps('hosts');
  });
}
