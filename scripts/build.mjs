// Builds pkg/ from src/ and js/; does nothing when pkg/ is newer than what it is made from.
//
// There are three modules: the main one, that of detection, and that of the entry `ingest`, which has the cargo feature of
// that name.
//
// 1. wasm-pack: src/ -> pkg/vpcflow_ecs_bg.wasm and its JavaScript, pkg/vpcflow_ecs.js.
//    It works in target/wasm-pack, from where the results are copied when all went well. So a
//    failed build leaves nothing half-made in pkg/, and pkg/README.md, which is in git, is safe.
// 2. esbuild: js/node/create.js -> pkg/node.cjs, the CommonJS form for Node, and js/node/parallel-worker.js -> pkg/worker.cjs, a
//    thread of it.
// 3. Modules and worker.cjs as text in JavaScript, pkg/node-packed.js and pkg/node-packed-ingest.js: entries for bundlers import them.
// 4. The types of that form, pkg/node.d.cts: the same text as js/index.d.ts. TypeScript takes a
//    .d.ts of this package for an ES module, and refuses it to require(). So js/index.d.ts must not
//    import anything with a relative path.
// 5. scripts/manual.mjs: the manual page and the completions of the command, pkg/vpcflow-ecs.1, .bash and .fish.
//
// `npm run demo` needs no optimised module: `buildQuickly` builds another one, away from pkg/, without wasm-pack and wasm-opt.

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { environment, root, wasmEnvironment, wasmTarget } from './env.mjs';
import { manualFiles } from './manual.mjs';
import { dim, isScript, main, printSteps, run, say, step } from './run.mjs';
import { setup } from './setup.mjs';

/**
 * The WASM modules, each with its cargo features, its cargo profile and its compiler flags. `wasm_module` is described in
 * Cargo.toml. In the main module the compiler inlines functions of up to 100 instructions, instead of 225, and unrolls short
 * loops only; larger functions are inlined where an attribute requires it.
 */
export const modules = [
  {
    name: 'vpcflow_ecs',
    features: 'js',
    profile: ['--profile', 'small'],
    flags: [
      '--cfg=wasm_module="main"',
      ...['-inline-threshold=100', '-unroll-threshold=20', '-unroll-runtime=false'].map((flag) => `-Cllvm-args=${flag}`),
    ],
  },
  { name: 'vpcflow_ecs_detect', features: 'js,detect', profile: ['--release'], flags: ['--cfg=wasm_module="detect"'] },
  { name: 'vpcflow_ecs_ingest', features: 'js,ingest', profile: ['--release'], flags: [] },
];

/** The CommonJS forms of scripts, the modules that they use, and the types of the entries that are made with them. */
const bundles = [
  { name: 'worker', entry: 'js/node/parallel-worker.js', uses: ['vpcflow_ecs', 'vpcflow_ecs_detect'], options: ['--minify'] },
  { name: 'node', entry: 'js/node/create.js', types: 'js/index.d.ts', uses: ['vpcflow_ecs', 'vpcflow_ecs_detect'] },
  { name: 'ingest', entry: 'js/ingest/node-create.js', types: 'js/ingest/index.d.ts', uses: ['vpcflow_ecs_ingest'] },
];

/** Files that entries for bundlers carry, by the names of their constants. */
const packed = [
  { name: 'node-packed', files: { main: 'pkg/vpcflow_ecs_bg.wasm', detection: 'pkg/vpcflow_ecs_detect_bg.wasm', worker: 'pkg/worker.cjs' } },
  { name: 'node-packed-ingest', files: { ingest: 'pkg/vpcflow_ecs_ingest_bg.wasm' } },
];

// The tools' versions are in Cargo.toml and package-lock.json, the flags in these scripts.
const always = ['scripts/build.mjs', 'scripts/env.mjs', 'package-lock.json'];

export function build() {
  const staleModules = modules.filter(isModuleStale);
  for (const module of staleModules) {
    step('build', `src/ -> pkg/${module.name}_bg.wasm with wasm-pack`, () => buildModule(module));
  }
  const staleBundles = bundles.filter(isBundleStale);
  for (const bundle of staleBundles) {
    step('build', `js/ -> pkg/${bundle.name}.cjs with esbuild`, () => buildBundle(bundle));
  }
  const stalePacked = packed.filter(isPackedStale);
  for (const pack of stalePacked) step('build', `files of pkg/ -> pkg/${pack.name}.js`, () => buildPacked(pack));
  const isManualOld = isManualStale();
  // Another process: the tables of options import the modules, which are new now.
  if (isManualOld) step('build', `js/cli/ -> ${manualFiles.join(', ')}`, () => run(process.execPath, ['scripts/manual.mjs'], { cwd: root }));
  // npm obeys this file, and `*` in it would empty the package. Other ways to call wasm-pack write it.
  rmSync(join(root, 'pkg/.gitignore'), { force: true });

  if (staleModules.length + staleBundles.length + stalePacked.length > 0) {
    printSizes([
      ...modules.flatMap(({ name }) => [`pkg/${name}_bg.wasm`, `pkg/${name}.js`]),
      ...bundles.map(({ name }) => `pkg/${name}.cjs`),
      ...packed.map(({ name }) => `pkg/${name}.js`),
    ]);
  } else if (!isManualOld) {
    say('build', dim('pkg/ is up to date'));
  }
}

/** True if pkg/ has everything, newer than its sources. */
export function isBuilt() {
  return !modules.some(isModuleStale) && !bundles.some(isBundleStale) && !packed.some(isPackedStale) && !isManualStale();
}

/**
 * Builds what entries for Node need into a folder, where js/ and pkg/ are neighbours as in the package: by default what the
 * command needs, into `target/demo/`.
 *
 * One module is compiled, with the features of all modules that the entries use, and without optimisation. Nothing
 * in pkg/ changes, so it is never published or tested in place of the optimised modules.
 *
 * @param {object} [options]
 * @param {string} [options.folder]
 * @param {string[]} [options.entries] the names of bundles
 * @param {string} [options.targetDir] the folder of cargo's files: other flags need another one
 * @param {string[]} [options.flags] of the compiler
 * @returns {string} the folder
 */
export function buildQuickly({ folder: path = 'target/demo', entries = ['node'], targetDir = 'target', flags = [] } = {}) {
  const folder = join(root, path);
  const made = bundles.filter(({ name }) => entries.includes(name));
  const used = modules.filter(({ name }) => made.some(({ uses }) => uses.includes(name)));
  const target = ['--target', wasmTarget, '--target-dir', targetDir];
  step('build', 'src/ -> one module with cargo, not optimised', () =>
    run('cargo', ['build', '--locked', '--lib', ...target, '--no-default-features', '--features', used.map(({ features }) => features).join(',')], {
      cwd: root,
      env: wasmEnvironment(...flags),
    }),
  );
  step('build', `the module and js/ -> ${path}/ with wasm-bindgen and esbuild`, () => {
    rmSync(folder, { recursive: true, force: true });
    for (const part of ['js', 'package.json']) cpSync(join(root, part), join(folder, part), { recursive: true });
    for (const { name } of used) {
      const output = ['--target', 'web', '--no-typescript', '--omit-default-module-path', '--out-dir', join(folder, 'pkg'), '--out-name', name];
      run('wasm-bindgen', [`${targetDir}/${wasmTarget}/debug/vpcflow_ecs.wasm`, ...output], { cwd: root, env: environment() });
    }
    for (const bundle of [...made, bundles.find(({ name }) => name === 'worker')]) esbuild(bundle, folder);
  });
  return folder;
}

/** Returns the paths of a module's files. */
function filesOf(name) {
  return ['_bg.wasm', '.js', '.d.ts'].map((ending) => `pkg/${name}${ending}`);
}

function isModuleStale({ name }) {
  return isStale(filesOf(name), ['src', 'Cargo.toml', 'Cargo.lock', ...always]);
}

function buildModule(module) {
  const outputs = filesOf(module.name);
  const stage = `target/wasm-pack/${module.name}`;
  wasmPack(module, stage, wasmEnvironment(...module.flags));
  mkdirSync(join(root, 'pkg'), { recursive: true });
  for (const path of outputs) copyFileSync(join(root, stage, basename(path)), join(root, path));
  touch(outputs);
}

/** Builds a module into a folder. */
export function wasmPack({ name, features, profile }, folder, env) {
  const output = ['--target', 'web', '--out-dir', folder, '--out-name', name, '--no-pack', '--no-gitignore'];
  // Forced: wasm-pack must not check for the tools and the wasm target. The set-up has checked them, and unlike
  // wasm-pack it can do without the target's own standard library.
  const cargo = ['--locked', '--no-default-features', '--features', features];
  run('wasm-pack', ['build', ...profile, ...output, '--mode', 'force', ...cargo], { cwd: root, env });
}

/** Returns the paths of a bundle's files. */
function bundleFilesOf({ name, types }) {
  return [`pkg/${name}.cjs`, ...(types ? [`pkg/${name}.d.cts`] : [])];
}

function isBundleStale(bundle) {
  return isStale(bundleFilesOf(bundle), ['js', ...bundle.uses.flatMap(filesOf), ...always]);
}

function buildBundle(bundle) {
  const outputs = bundleFilesOf(bundle);
  esbuild(bundle, root);
  if (bundle.types) copyFileSync(join(root, bundle.types), join(root, outputs[1]));
  touch(outputs);
}

/** Writes a script, and all it imports, as one CommonJS file. `folder` has js/ and pkg/. */
function esbuild({ name, entry, options = [] }, folder) {
  const common = [
    '--bundle',
    '--format=cjs',
    '--platform=node',
    '--target=node20',
    // Optional peer dependencies, which are loaded when they are needed.
    '--external:hyparquet*',
    `--outfile=pkg/${name}.cjs`,
    '--log-level=warning',
  ];
  run('esbuild', [entry, ...common, ...options], { cwd: folder, env: environment() });
}

function isPackedStale({ name, files }) {
  return isStale([`pkg/${name}.js`], [...Object.values(files), ...always]);
}

function buildPacked({ name, files }) {
  const constants = Object.entries(files).map(([constant, path]) => {
    const text = brotliCompressSync(readFileSync(join(root, path))).toString('base64');
    return `/** ${path}: base64 of its bytes, compressed with Brotli. @type {string} */\nexport const ${constant} = '${text}';\n`;
  });
  writeFileSync(join(root, `pkg/${name}.js`), constants.join('\n'));
}

function isManualStale() {
  return isStale(manualFiles, ['js', 'scripts/manual.mjs', ...modules.flatMap(({ name }) => filesOf(name)), ...always]);
}

/** Sets the times of files to now: some tools keep the times of files that they copy or do not change. */
export function touch(paths) {
  const now = new Date();
  for (const path of paths) utimesSync(join(root, path), now, now);
}

/** True if an output is missing or older than any input. */
export function isStale(outputs, inputs) {
  if (!outputs.every((path) => existsSync(join(root, path)))) return true;
  const oldest = Math.min(...outputs.map((path) => statSync(join(root, path)).mtimeMs));
  return inputs.some((path) => newest(join(root, path)) > oldest);
}

/** Returns the time of the latest change of a file, or of anything in a folder; a folder's own time shows deletions. */
function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function printSizes(paths) {
  const cells = (...texts) => texts.map((text, i) => (i ? text.padStart(10) : text.padEnd(26))).join('');
  const kilobytes = (bytes) => `${(bytes.length / 1000).toFixed(1)} kB`;
  say('build', dim(cells('', 'raw', 'gzip', 'brotli')));
  for (const path of paths) {
    const bytes = readFileSync(join(root, path));
    say('build', cells(path, ...[bytes, gzipSync(bytes, { level: 9 }), brotliCompressSync(bytes)].map(kilobytes)));
  }
}

if (isScript(import.meta)) {
  await main('build', () => {
    setup();
    build();
    printSteps('build');
  });
}
