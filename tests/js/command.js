// Runs the command of the package under test.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { after } from 'node:test';
import { cliPath, importFrom } from './package.js';

/**
 * Runs the command as a process of its own.
 *
 * @param {string[]} args
 * @param {{ input?: string | Uint8Array, cwd?: string, env?: Record<string, string> }} [options] `env`: what is added to
 *   this process's environment
 * @returns {Promise<{ status: number, stdout: string, stderr: string }>}
 */
export function runCommand(args, { input = '', cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliPath, ...args], { cwd, env: { ...process.env, ...env } });
    const texts = { stdout: [], stderr: [] };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => texts[name].push(chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      const [stdout, stderr] = [texts.stdout, texts.stderr].map((chunks) => Buffer.concat(chunks).toString());
      resolve({ status, stdout, stderr });
    });
    // The command may stop before it has read everything.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/**
 * Runs the command within this process, with streams that can claim to be a terminal.
 *
 * @param {string[]} args
 * @param {{ input?: string | string[], terminals?: ('stdin' | 'stdout' | 'stderr')[], columns?: number, env?: object }} [options]
 */
export async function runInTerminal(args, { input = '', terminals = ['stdout', 'stderr'], columns = 80, env = {} } = {}) {
  const { run } = await importFrom('js/cli/run.js');
  const chunks = [input].flat().map((text) => Buffer.from(text));
  const streams = { stdin: Readable.from(chunks), stdout: new PassThrough(), stderr: new PassThrough() };
  for (const name of terminals) Object.assign(streams[name], { isTTY: true, columns });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    streams[name].setEncoding('utf8').on('data', (text) => {
      texts[name] += text;
    });
  }
  const status = await run(args, { ...streams, env });
  // The last output is still in the streams.
  await new Promise((done) => setImmediate(done));
  return { status, stdout: texts.stdout, stderr: texts.stderr };
}

/** Returns a folder for the files of a test file; it is removed with it. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'vpcflow-ecs-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    path: folder,
    /** Writes a file and gives its path. */
    write(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
  };
}
