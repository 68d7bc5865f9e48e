// A stand-in for AWS (moto) in a virtual environment under target/, and the clients of the AWS SDK beside it.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { environment, root, which } from '../../scripts/env.mjs';
import { Stop, copyPackage, installNpm, installOnce, run, say } from '../../scripts/run.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A project in which the package and its optional dependencies are installed, as a user of AWS has them. */
export const consumer = join(root, 'target/aws');

const venv = join(consumer, 'venv');
const START_SECONDS = 60;

/** Returns the tool that is missing to start the stand-in here, as a sentence; undefined if none is. */
export function missing() {
  const python = which(['python3']);
  const works = python && spawnSync(python, ['-c', 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))']).status === 0;
  return works ? undefined : 'no Python 3.10 or later with venv here: install python3 and python3-venv';
}

/**
 * Installs the stand-in and the clients of the SDK where they are missing, and the package.
 *
 * @param {string} packageRoot the folder of the package
 */
export function install(packageRoot) {
  mkdirSync(consumer, { recursive: true });
  const requirements = join(here, 'requirements.txt');
  installOnce(join(consumer, 'venv.installed'), [requirements], () => {
    say('aws', 'installing moto and cfn-lint, a minute, once, into target/aws/venv/');
    rmSync(venv, { recursive: true, force: true });
    run('python3', ['-m', 'venv', venv], { env: environment() });
    const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-compile'];
    run(python(), ['-m', 'pip', 'install', ...options, '-r', requirements], { env: environment() });
  });
  installNpm(here, consumer, () => say('aws', 'installing the clients of the AWS SDK, into target/aws/node_modules/'));
  copyPackage(packageRoot, join(consumer, 'node_modules/vpcflow-ecs'));
}

function python() {
  return join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
}

/** Checks a template of CloudFormation with cfn-lint, and returns its findings; an empty text for none. */
export async function lint(path) {
  const { code, text } = await finished(spawn(join(dirname(python()), 'cfn-lint'), ['--include-checks', 'I', '--', path]));
  return code === 0 ? '' : `exit code ${code}: ${text}`;
}

/** Returns the template of CloudFormation that AWS makes of one of SAM. */
export async function transformed(path) {
  const { code, text } = await finished(spawn(python(), [join(here, 'transform.py'), path]));
  if (code !== 0) throw new Error(text);
  return JSON.parse(text);
}

/** Waits for a process, and returns its exit code and what it printed. */
async function finished(child) {
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  return { code, text: Buffer.concat(chunks).toString() };
}

/**
 * Starts a stand-in for AWS on a free port of the loopback interface. Clients of this process find it by their environment.
 *
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function start() {
  const child = spawn(python(), [join(here, 'server.py')], { stdio: ['pipe', 'pipe', 'pipe'] });
  const complaints = [];
  child.stderr.on('data', (chunk) => complaints.push(chunk));
  const ended = once(child, 'close');
  const overdue = AbortSignal.timeout(START_SECONDS * 1000);
  const [url] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line', { signal: overdue }),
    ended.then(([code]) => Promise.reject(new Stop(`moto ended, exit code ${code}: ${Buffer.concat(complaints)}`))),
  ]).catch((error) => {
    child.kill();
    throw error;
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test',
    // Nothing of the machine's own configuration.
    AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true',
  });
  return {
    url,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** Imports a package of the project that has the SDK. */
export function importPeer(name) {
  return import(pathToFileURL(join(consumer, 'node_modules', name, manifestOf(name))).href);
}

function manifestOf(name) {
  if (!existsSync(join(consumer, 'node_modules', name))) throw new Stop(`${name} is missing: npm run test:aws installs it, and runs these tests`);
  const { main, exports } = JSON.parse(readFileSync(join(consumer, 'node_modules', name, 'package.json'), 'utf8'));
  return main ?? exports['.'].import;
}
