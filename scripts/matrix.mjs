// `npm run matrix`: the package in the environments where people use it. Each one parses a line and detects a format.
//
//     node scripts/matrix.mjs [--ci] [NAME ...]
//
// --ci takes those that `npm test` tries; a NAME, those whose names contain it. tests/matrix/environments.js is the list.
//
// The package is packed and installed into target/matrix/, beside the tools that tests/matrix/package.json names. Those of the
// environments that `npm test` leaves out are in target/matrix/rest/.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environments } from '../tests/matrix/environments.js';
import { EXPECTED } from '../tests/matrix/programs.js';
import { Project } from '../tests/matrix/project.js';
import { build } from './build.mjs';
import { environment, root } from './env.mjs';
import { Stop, dim, green, installNpm, isScript, main, red, run, say } from './run.mjs';
import { setup } from './setup.mjs';

const homes = { ci: join(root, 'target/matrix'), rest: join(root, 'target/matrix/rest') };
const sources = { ci: join(root, 'tests/matrix'), rest: join(root, 'tests/matrix/rest') };

/** Characters of what a tool says, for which the reason is enough. */
const MAX_REASON = 2000;

/**
 * Tries environments, one after the other, and prints a line for each.
 *
 * @param {string} tarball the packed package
 * @param {(environment: { name: string, ci?: boolean }) => boolean} isWanted
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>} `skipped` are those that cannot be had here
 */
export async function tryEnvironments(tarball, isWanted) {
  const wanted = environments.filter(isWanted);
  if (wanted.length === 0) throw new Stop('no environment has such a name');
  for (const kind of new Set(wanted.filter(({ reason }) => !reason).map(kindOf))) prepare(kind, tarball);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const environment of wanted) counts[await tryOne(environment, tarball)] += 1;
  return counts;
}

const kindOf = ({ ci }) => (ci ? 'ci' : 'rest');

/** Tries an environment. Returns the name of the count that it belongs to. */
async function tryOne({ name, reason, expected = EXPECTED, run: work, ...given }, tarball) {
  const absent = reason ?? given.missing?.();
  if (absent) {
    console.log(`${dim('      –')}  ${name}: not tried, ${absent}`);
    return 'skipped';
  }
  const start = performance.now();
  const home = homes[kindOf(given)];
  const project = new Project(name, home, { tarball, env: environment() });
  try {
    const found = (await work(project)).trim();
    if (found !== expected) throw new Error(`expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
    console.log(`${green('     ok')}  ${name}  ${dim(`${((performance.now() - start) / 1000).toFixed(1)} s`)}`);
    return 'passed';
  } catch (error) {
    console.log(`${red(' FAILED')}  ${name}: ${(error.stderr || error.stdout || error.stack).slice(0, MAX_REASON)}`);
    return 'failed';
  } finally {
    await project.close();
  }
}

/** Installs tools unless they are there, and the package beside them. */
function prepare(kind, tarball) {
  const [source, home] = [sources[kind], homes[kind]];
  // `npm ci` refuses locks that lack optional packages of other systems, which some tools have.
  const command = kind === 'ci' ? 'ci' : 'install';
  installNpm(source, home, () => say('matrix', `installing the tools of ${join(source, 'package.json')}`), command);
  const installed = join(home, 'node_modules/vpcflow-ecs');
  rmSync(installed, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  run('tar', ['xzf', tarball, '--strip-components=1', '-C', installed], { cwd: home });
  rmSync(join(home, 'run'), { recursive: true, force: true });
}

/** Packs the package into a folder, and returns the tarball's path. */
function pack(folder) {
  const { status } = spawnSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: root, env: environment() });
  if (status !== 0) throw new Stop('npm pack failed');
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')));
}

if (isScript(import.meta)) {
  await main('matrix', async () => {
    const names = process.argv.slice(2).filter((argument) => argument !== '--ci');
    const isForCi = process.argv.includes('--ci');
    setup({ browser: true });
    build();
    const folder = mkdtempSync(join(tmpdir(), 'vpcflow-ecs-matrix-'));
    try {
      const isWanted = ({ name, ci }) => (!isForCi || ci) && (names.length === 0 || names.some((part) => name.toLowerCase().includes(part.toLowerCase())));
      const { passed, failed, skipped } = await tryEnvironments(pack(folder), isWanted);
      console.log(`${passed} passed, ${failed} failed, ${skipped} not tried`);
      if (failed) process.exitCode = 1;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
