// Programs that tests start, in Java: each says on one line of standard output that it is ready, and ends with its standard input.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const START_SECONDS = 180;

/**
 * Starts a program.
 *
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ ready: any, complaints: () => string, stop: () => Promise<void> }>} what its first line has as JSON
 */
export async function start(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints = (complaints + chunk).slice(-1_000_000)));
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const first = once(lines, 'line', { signal: AbortSignal.timeout(START_SECONDS * 1000) }).then(([line]) => JSON.parse(line));
  const failed = ended.then(([code]) => Promise.reject(new Error(`exit code ${code}`)));
  failed.catch(() => {});
  try {
    const ready = await Promise.race([first, failed]);
    const stop = async () => {
      child.stdin.end();
      await ended;
    };
    return { ready, complaints: () => complaints, stop };
  } catch (error) {
    child.kill();
    throw new Error(`${args.at(-1)} did not start: ${error.message}\n${complaints.slice(-5_000)}`, { cause: error });
  }
}
