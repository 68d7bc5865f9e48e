// Builds the modules without imports, docs/abi.md: hosts/core/ -> target/hosts/.
//
// Runtimes without vectors compile to bytecode, so that the scalar module has its large functions split: Cargo.toml,
// `wasm_module`.

import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isStale, touch } from './build.mjs';
import { environment, root, wasmEnvironment, wasmTarget } from './env.mjs';
import { FILE as THIRD_PARTY } from './licences.mjs';
import { dim, output, run, say, step } from './run.mjs';
import { crate } from './setup.mjs';

/** The folder of the results. */
export const folder = 'target/hosts';

/** The modules, each with its compiler flags after those of every module. */
export const coreModules = [
  {
    name: 'scalar',
    flags: ['-Ctarget-feature=-simd128', '--cfg=wasm_module="scalar"'],
    // Functions that are called once stay functions.
    wasmOpt: ['--one-caller-inline-max-function-size=0'],
  },
  { name: 'simd128', flags: [], wasmOpt: [] },
].map((module) => ({ ...module, path: `${folder}/vpcflow_ecs_${module.name}.wasm` }));

const sources = ['src', 'Cargo.toml', 'hosts/core', 'scripts/hosts-core.mjs', 'scripts/build.mjs', 'scripts/env.mjs', 'package-lock.json'];

/**
 * Builds the modules.
 *
 * @param {string[]} [names] those that are needed; all by default
 */
export function buildCore(names = coreModules.map(({ name }) => name)) {
  const stale = coreModules.filter(({ name, path }) => names.includes(name) && isStale([path], sources));
  for (const { path, flags, wasmOpt } of stale) {
    step('hosts', `hosts/core/ -> ${path} with cargo and wasm-opt`, () => {
      const target = ['--target', wasmTarget, '--target-dir', 'target', '--manifest-path', 'hosts/core/Cargo.toml'];
      run('cargo', ['build', '--locked', '--release', ...target], { cwd: root, env: wasmEnvironment(...flags) });
      mkdirSync(join(root, folder), { recursive: true });
      const built = `target/${wasmTarget}/release/vpcflow_ecs_core.wasm`;
      run('wasm-opt', [...sharedWasmOpt(), ...wasmOpt, '--strip-producers', built, '-o', path], { cwd: root, env: environment() });
      touch([path]);
    });
  }
  printSizes(coreModules.filter(({ name }) => names.includes(name)).map(({ path }) => path));
}

/** Builds the module with vectors, and copies it with its licences into the folder of a library whose programs embed it. */
export function embedCore(library) {
  const { name, path } = coreModules.find((module) => module.name === 'simd128');
  buildCore([name]);
  for (const [from, to] of [[path, 'vpcflow_ecs.wasm'], [THIRD_PARTY, THIRD_PARTY]]) {
    const copy = `${library}/${to}`;
    if (!isStale([copy], [from])) continue;
    copyFileSync(join(root, from), join(root, copy));
    touch([copy]);
  }
}

/** Builds an example in Rust for WASI, and returns the path of its module. */
export function buildForWasi() {
  const target = 'wasm32-wasip1';
  const libraries = () => existsSync(output('rustc', ['--print', 'target-libdir', '--target', target]) ?? '');
  if (!libraries()) step('hosts', `the Rust standard library for ${target}`, () => run('rustup', ['target', 'add', target], { cwd: root }));
  run('cargo', ['build', '--locked', '--quiet', '--example', 'parse', '--target', target, '--target-dir', 'target'], { cwd: root });
  return join(root, 'target', target, 'debug/examples/parse.wasm');
}

/** Returns the options of `wasm-opt` that the modules of the npm package have. */
function sharedWasmOpt() {
  return crate().metadata['wasm-pack'].profile.release['wasm-opt'];
}

const printed = new Set();

/** Prints the sizes of files, as they are and after gzip, unless they were printed before. */
export function printSizes(all) {
  const paths = all.filter((path) => !printed.has(path));
  if (paths.length === 0) return;
  const row = (...cells) => say('hosts', cells.map((cell, i) => (i ? cell.padStart(10) : cell.padEnd(52))).join(''));
  row(dim('kB'), dim('raw'), dim('gzip'));
  for (const path of paths) {
    printed.add(path);
    const bytes = readFileSync(join(root, path));
    row(path, ...[bytes, gzipSync(bytes, { level: 9 })].map(({ length }) => (length / 1000).toFixed(1)));
  }
}
