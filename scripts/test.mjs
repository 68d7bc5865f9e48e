// `npm test`: everything that proves this project, in order; the first failure ends it.
//
// A step that is there to run tests and ran none is a failure, too.

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { missing } from '../tests/elasticsearch/server.mjs';
import { build, modules } from './build.mjs';
import { environment, root, wasmEnvironment, wasmTarget } from './env.mjs';
import { fuzzCrate, fuzzEnvironment } from './fuzz.mjs';
import { hostTests } from './hosts.mjs';
import { tryEnvironments } from './matrix.mjs';
import { Stop, bold, green, isScript, main, red, testFiles } from './run.mjs';
import { setup } from './setup.mjs';
import { bundle } from './site.mjs';
import { awsTests, reasonToSkip } from './test-aws.mjs';
import { browserTests, reasonToSkipBrowser } from './test-browsers.mjs';
import { denoTests, reasonToSkipDeno } from './test-deno.mjs';
import { elasticsearchTests } from './test-elasticsearch.mjs';
import { buildScalar, scalarTests } from './test-scalar.mjs';

const denyWarnings = ['--', '-D', 'warnings'];
const wasmPackTest = ['test', '--mode', 'no-install'];
const faceForJavaScript = ['--locked', '--features', 'js'];

/** [name, what it does]; what it does gives { passed, failed } if it ran tests, and { reason } if it was skipped. */
const steps = [
  ['set-up', () => setup({ lint: true, browser: true })],
  ['rustfmt', rustfmt],
  ['clippy, native', () => check('cargo', ['clippy', '--locked', '--all-targets', '--all-features', ...denyWarnings])],
  ['clippy, wasm', clippyWasm],
  ['docs', () => check('cargo', ['doc', '--locked', '--no-deps', '--all-features'], { ...environment(), RUSTDOCFLAGS: '-D warnings' })],
  ['native tests', () => tests('cargo', ['test', '--locked', '--all-features'])],
  ['fuzzing, short', () => tests('cargo', ['test', '--locked', ...fuzzCrate, '--test', 'short'], fuzzEnvironment())],
  ['build', buildAll],
  ['wasm in Node', () => tests('wasm-pack', [...wasmPackTest, '--node', ...faceForJavaScript], wasmTestEnvironment())],
  ['wasm in Chromium', () => tests('wasm-pack', [...wasmPackTest, ...headlessChrome(), ...faceForJavaScript], browserEnvironment())],
  ['wasm in Firefox', wasmInFirefox],
  ['types', types],
  ['npm package', packAndInstall],
  ['JavaScript tests', javascriptTests],
  ['page', pageTests],
  ['Firefox', inFirefox],
  ['without vectors', () => tests(process.execPath, scalarTests, buildScalar())],
  ['hosts', hosts],
  ['matrix', matrix],
  ['Deno', inDeno],
  ['AWS', aws],
  ['Elasticsearch', elasticsearch],
];

// A project into which the packed package is installed, as a user would.
const workspace = mkdtempSync(join(tmpdir(), 'vpcflow-ecs-'));
const consumer = join(workspace, 'consumer');

/** Builds the package and the scripts of the page: tests that run at the same time must find them. */
function buildAll() {
  build();
  bundle();
}

/** Checks the crate, and those that are not a part of its workspace: the module for hosts and the fuzz targets. */
async function rustfmt() {
  for (const crate of ['Cargo.toml', 'hosts/core/Cargo.toml', 'fuzz/Cargo.toml']) await check('cargo', ['fmt', '--check', '--manifest-path', crate]);
}

/** Checks the declarations as users have them, the package's own JavaScript, and its core without the types of Node.js and the DOM. */
async function types() {
  for (const project of ['tests/types', '.', 'tests/types/core.json']) await check('tsc', ['-p', project]);
}

/**
 * Checks with all features, with those of each module, without the interface for JavaScript, and the module for hosts.
 * Examples and benchmarks are for native code only.
 */
async function clippyWasm() {
  const clippy = (flags, ...args) =>
    check('cargo', ['clippy', '--locked', '--target', wasmTarget, ...args, ...denyWarnings], wasmEnvironment(...flags));
  await clippy([], '--lib', '--tests', '--all-features');
  for (const { features, flags } of modules) await clippy(flags, '--lib', '--no-default-features', '--features', features);
  await clippy([], '--lib');
  await clippy([], '--manifest-path', 'hosts/core/Cargo.toml', '--target-dir', 'target');
}

function headlessChrome() {
  return ['--headless', '--chrome', '--chromedriver', environment().CHROMEDRIVER];
}

function wasmTestEnvironment() {
  // Seconds for one suite: a debug build on a small, busy machine is slow.
  return { WASM_BINDGEN_TEST_TIMEOUT: '300', ...wasmEnvironment() };
}

function wasmInFirefox() {
  const reason = reasonToSkipBrowser('firefox');
  if (reason) return { reason };
  const headless = ['--headless', '--firefox', '--geckodriver', environment().GECKODRIVER];
  return tests('wasm-pack', [...wasmPackTest, ...headless, ...faceForJavaScript], browserEnvironment());
}

function browserEnvironment() {
  // Without this, suites that do not ask for a browser would be skipped, with success.
  return { ...wasmTestEnvironment(), WASM_BINDGEN_USE_BROWSER: '1' };
}

/** Packs what npm would publish, and installs that without a network: nothing else may be needed. */
async function packAndInstall() {
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{ "private": true }\n');
  // With its scripts: `prepack` is what makes sure that a published package has a module in it.
  await check('npm', ['pack', '--pack-destination', workspace]);
  await check('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball()], environment(), consumer);
  // The optional package that reads Parquet.
  cpSync(join(root, 'node_modules/hyparquet'), join(consumer, 'node_modules/hyparquet'), { recursive: true });
}

/** Returns the path of the packed package. */
function tarball() {
  return join(workspace, String(readdirSync(workspace).find((name) => name.endsWith('.tgz'))));
}

/** True if a file of tests drives the page. */
const isOfPage = (path) => basename(path).startsWith('www-');

/** Runs the tests in Node.js but those of the page, on all processors: Node.js itself leaves one out. */
function javascriptTests() {
  return filesOf((path) => !isOfPage(path), `--test-concurrency=${availableParallelism()}`);
}

/** Runs the tests of the page, whose browsers need a processor of their own. */
function pageTests() {
  return filesOf(isOfPage);
}

function filesOf(isWanted, ...options) {
  const args = ['--test', '--test-reporter=spec', ...options, ...testFiles(root, 'tests/js').filter(isWanted)];
  return tests(process.execPath, args, { ...environment(), VPCFLOW_PACKAGE_DIR: consumer });
}

/** Runs the tests of the page and of the browser entry again. */
function inFirefox() {
  const reason = reasonToSkipBrowser('firefox');
  if (reason) return { reason };
  const { args, env } = browserTests('firefox');
  return tests(process.execPath, args, { ...env, VPCFLOW_PACKAGE_DIR: consumer });
}

function hosts() {
  return tests(process.execPath, hostTests(), { ...environment(), VPCFLOW_PACKAGE_DIR: consumer });
}

/** Tries the environments that take seconds each; `npm run matrix` tries all. */
async function matrix() {
  const counts = await tryEnvironments(tarball(), ({ ci }) => ci === true);
  if (counts.failed) throw Object.assign(new Stop(`${counts.failed} environments failed`), counts);
  return counts;
}

async function inDeno() {
  const reason = reasonToSkipDeno();
  if (reason) return { reason };
  const { command, args, cwd } = denoTests(join(consumer, 'node_modules/vpcflow-ecs'));
  return check(command, args, environment(), cwd);
}

function aws() {
  const reason = reasonToSkip();
  if (reason) return { reason };
  const { args, env } = awsTests(join(consumer, 'node_modules/vpcflow-ecs'));
  return tests(process.execPath, args, env);
}

function elasticsearch() {
  const absent = missing();
  if (absent) return { reason: absent };
  return tests(process.execPath, elasticsearchTests(), { ...environment(), VPCFLOW_PACKAGE_DIR: consumer });
}

/** Runs a command that must succeed. */
async function check(command, args, env = environment(), cwd = root) {
  const { code } = await show(command, args, env, cwd);
  if (code !== 0) throw new Stop(`exit code ${code}: ${command} ${args.join(' ')}`);
}

/** Runs a command that must succeed and must have run tests. */
async function tests(command, args, env = environment()) {
  const { code, text } = await show(command, args, env, root);
  const counts = count(text);
  if (code !== 0) {
    throw Object.assign(new Stop(`exit code ${code}: ${command} ${args.join(' ')}`), counts);
  }
  if (counts.passed === 0) throw new Stop(`it ran no tests: ${command} ${args.join(' ')}`);
  return counts;
}

/** Adds up what the test runners say of themselves: cargo's and wasm-bindgen's, then node's. */
function count(text) {
  const sum = (pattern) => [...text.matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0);
  return {
    passed: sum(/^test result: .*?(\d+) passed/gm) + sum(/^ℹ pass (\d+)$/gm),
    failed: sum(/^test result: .*?(\d+) failed/gm) + sum(/^ℹ fail (\d+)$/gm),
    skipped: sum(/^test result: .*?(\d+) ignored/gm) + sum(/^ℹ skipped (\d+)$/gm),
  };
}

/** Runs a command, shows what it prints as it prints it, and keeps that as plain text. */
function show(command, args, env, cwd) {
  const colour = process.stdout.isTTY && !process.env.NO_COLOR;
  const child = spawn(command, args, {
    cwd,
    env: colour ? { CARGO_TERM_COLOR: 'always', FORCE_COLOR: '1', ...env } : env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks = [];
  const tee = (from, to) =>
    from.on('data', (chunk) => {
      chunks.push(chunk);
      to.write(chunk);
    });
  tee(child.stdout, process.stdout);
  tee(child.stderr, process.stderr);
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Stop(`${command} cannot be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      resolve({ code: code ?? signal, text: stripVTControlCharacters(Buffer.concat(chunks).toString()) });
    });
  });
}

async function runAll() {
  const results = [];
  const started = performance.now();
  let failure;
  for (const [name, work] of steps) {
    console.log(`\n${bold(`== ${name}`)}`);
    const start = performance.now();
    const result = { name };
    try {
      Object.assign(result, await work());
    } catch (error) {
      failure = error;
      Object.assign(result, { passed: error.passed, failed: Math.max(1, error.failed ?? 0) });
    }
    if (result.reason) console.log(`skipped: ${result.reason}`);
    results.push(Object.assign(result, { seconds: (performance.now() - start) / 1000 }));
    if (failure) break;
  }
  printTable(results, (performance.now() - started) / 1000);
  // Once more, where it is seen: these steps have proved nothing.
  for (const { name, reason } of results) if (reason) console.log(red(`step "${name}" was skipped: ${reason}`));
  if (failure) {
    const reason = failure instanceof Stop ? failure.message : failure.stack;
    console.log(red(`step "${results.at(-1).name}" failed: ${reason}`));
    process.exitCode = 1;
  }
  const total = (key) => results.reduce((sum, result) => sum + (result[key] ?? 0), 0);
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
}

function printTable(results, seconds) {
  const row = (...cells) => cells.map((cell, i) => (i === 1 ? cell.padEnd(20) : cell.padStart(9))).join('  ');
  console.log(`\n${bold(row('', 'step', 'seconds', 'passed', 'skipped'))}`);
  for (const { name, failed, reason, seconds, passed = '', skipped = '' } of results) {
    const mark = failed ? red('   FAILED') : reason ? red('  SKIPPED') : green('       ok');
    console.log(`${mark}${row('', name, seconds.toFixed(1), String(passed), String(skipped)).slice(9)}`);
  }
  console.log(row('', 'all', seconds.toFixed(1), '', ''));
}

if (isScript(import.meta)) {
  await main('test', async () => {
    try {
      await runAll();
    } finally {
      rmSync(workspace, { recursive: true, force: true });
    }
  });
}
