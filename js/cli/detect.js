/**
 * The command `vpcflow-ecs detect`: the formats that a log may have.
 *
 * @module
 */

import { FlowLogError, detectFormat } from '../node.js';
import { candidatesText } from './candidates.js';
import { InputError, inputName, readText } from '../node/input.js';

const DEFAULT_MAX_LINES = 2000;
/** Bytes that are read at most, unpacked: by default, and if more lines are asked for. */
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
const LARGEST_MAX_BYTES = 64 * 1024 * 1024;

/**
 * @param {Pick<import('./arguments.js').DetectCommand, 'json' | 'maxLines'> & { file: string }} command
 * @param {{ stdin: import('node:stream').Readable, output: import('./output.js').Output,
 *   terminal: import('./terminal.js').Terminal, color: boolean }} streams `color` is standard output's
 * @returns {Promise<boolean>} whether there is a candidate
 */
export async function detect({ file, json, maxLines = DEFAULT_MAX_LINES }, { stdin, output, terminal, color }) {
  const name = inputName(file);
  try {
    const bounds = { maxLines, maxBytes: maxLines > DEFAULT_MAX_LINES ? LARGEST_MAX_BYTES : DEFAULT_MAX_BYTES };
    const sample = await readSample(file, stdin, bounds);
    const candidates = detectFormat(sample, bounds);
    if (json) await output.write(Buffer.from(`${JSON.stringify(candidates)}\n`));
    else await output.writeText(candidatesText(candidates, { color, option: '--log-format' }));
    await output.flush();
    return true;
  } catch (error) {
    if (error instanceof InputError) terminal.inputError(name, 0, error);
    else if (error instanceof FlowLogError) terminal.lineError(name, error);
    else throw error;
    return false;
  }
}

/**
 * Returns the start of an input, and reads no further: the input may have no end.
 *
 * @param {string} file
 * @param {import('node:stream').Readable} stdin
 * @param {{ maxLines: number, maxBytes: number }} bounds
 */
async function readSample(file, stdin, { maxLines, maxBytes }) {
  const kept = [];
  let bytes = 0;
  let lines = 0;
  for await (const chunk of readText(file, stdin, () => {})) {
    const part = Buffer.from(chunk.subarray(0, maxBytes + 1 - bytes));
    kept.push(part);
    bytes += part.length;
    for (let end = part.indexOf('\n'); end >= 0 && lines < maxLines; end = part.indexOf('\n', end + 1)) lines += 1;
    if (bytes > maxBytes || lines >= maxLines) break;
  }
  return Buffer.concat(kept);
}
