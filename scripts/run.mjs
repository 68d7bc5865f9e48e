// Small helpers of the scripts and the tests: messages, child processes, installations, failures.
//
// Everything a script has to say goes to stderr, and so does what its child processes print:
// stdout belongs to the result (for `npm run demo`, the documents).

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A failure whose message is all the user needs: no stack trace is printed for it. */
export class Stop extends Error {}

const coloured = process.stderr.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : String(text));
export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const cyan = paint(36);

/** Prints one line of progress, with the name of the script in front. */
export function say(script, text) {
  console.error(`${cyan(`${script}:`)} ${text}`);
}

const steps = [];

/** Runs a step of a script's work: prints its name before, its time after. Returns what the work returns. */
export function step(script, name, work) {
  say(script, name);
  const start = performance.now();
  const result = work();
  const seconds = (performance.now() - start) / 1000;
  steps.push({ name, seconds });
  say(script, dim(`${seconds.toFixed(1)} s`));
  return result;
}

/** Prints a table of the steps and their times, if there were any. Its last row is the time since the process started. */
export function printSteps(script) {
  if (steps.length === 0) return;
  const row = (name, seconds) => say(script, `${seconds.toFixed(1).padStart(8)}  ${name}`);
  say(script, bold(' seconds  step'));
  for (const { name, seconds } of steps) row(name, seconds);
  row('all', performance.now() / 1000);
}

/** Runs a command with its output on stderr. True if it succeeded. */
export function attempt(command, args, options = {}) {
  const { status } = spawnSync(command, args, { ...options, stdio: ['ignore', 2, 2] });
  return status === 0;
}

/** Runs a command with its output on stderr, and stops if it fails. */
export function run(command, args, options) {
  if (!attempt(command, args, options)) throw new Stop(`failed: ${command} ${args.join(' ')}`);
}

/** Returns what a command prints on stdout, or undefined if it is missing or fails. */
export function output(command, args, options = {}) {
  const { status, stdout } = spawnSync(command, args, {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 << 20,
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** Runs tests with their output where this process has its own, and stops if they fail. */
export function runTests(command, args, options) {
  const { status } = spawnSync(command, args, { ...options, stdio: 'inherit' });
  if (status !== 0) throw new Stop(`the tests failed, exit code ${status}`);
}

/** Returns the paths of the test files in a folder of the project, and stops if there are none. */
export function testFiles(root, folder) {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.test.js'));
  if (names.length === 0) throw new Stop(`there are no tests in ${folder}`);
  return names.map((name) => join(root, folder, name));
}

/**
 * Installs something, unless that succeeded before for the same contents of files.
 *
 * @param {string} mark the path of the file that is written after a success
 * @param {string[]} files the paths of the files
 * @param {() => void} install
 */
export function installOnce(mark, files, install) {
  const wanted = files.map((path) => readFileSync(path, 'utf8')).join('');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  rmSync(mark, { force: true });
  install();
  writeFileSync(mark, wanted);
}

/**
 * Installs the npm packages of a folder of the project into another folder, unless that succeeded before for the same package.json and
 * package-lock.json.
 *
 * @param {string} from the path of the folder with these two files
 * @param {string} to the path of the other folder
 * @param {() => void} announce
 * @param {'ci' | 'install'} [command] of npm
 */
export function installNpm(from, to, announce, command = 'ci') {
  const files = ['package.json', 'package-lock.json'];
  const installed = join(to, 'node_modules');
  mkdirSync(to, { recursive: true });
  installOnce(join(installed, '.installed'), files.map((name) => join(from, name)), () => {
    announce();
    rmSync(installed, { recursive: true, force: true });
    for (const name of files) cpSync(join(from, name), join(to, name));
    run('npm', [command, '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: to });
  });
}

/** Copies what Node.js needs of the package to a folder, which it replaces. */
export function copyPackage(from, to) {
  rmSync(to, { recursive: true, force: true });
  for (const name of ['package.json', 'js', 'pkg']) cpSync(join(from, name), join(to, name), { recursive: true });
}

/** Runs a script's work; a failure ends the process with exit code 1. */
export async function main(script, work) {
  try {
    await work();
  } catch (error) {
    console.error(red(`${script}: ${error instanceof Stop ? error.message : error.stack}`));
    process.exitCode = 1;
  }
}

/** True if the module is the script that node was started with, not an import of another one. */
export function isScript(meta) {
  return Boolean(process.argv[1]) && meta.url === pathToFileURL(realpathSync(process.argv[1])).href;
}
