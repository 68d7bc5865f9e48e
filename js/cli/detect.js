/**
 * The command `vpcflow-ecs detect`: the formats that a log may have.
 *
 * @module
 */

import { FlowLogError, detectFormat } from '../node.js';
import { candidatesText } from './candidates.js';
import { InputError, inputName, readText } from './input.js';

/** Bytes that are read at most, unpacked. */
const MAX_BYTES = 4 * 1024 * 1024;
const DEFAULT_MAX_LINES = 2000;

/**
 * @param {import('./arguments.js').DetectCommand} command
 * @param {{ stdin: import('node:stream').Readable, output: import('./output.js').Output,
 *   terminal: import('./terminal.js').Terminal, color: boolean }} streams `color` is standard output's
 * @returns {Promise<boolean>} whether there is a candidate
 */
export async function detect({ file, json, maxLines = DEFAULT_MAX_LINES }, { stdin, output, terminal, color }) {
  const name = inputName(file);
  try {
    const sample = await readSample(file, stdin, maxLines);
    const candidates = detectFormat(sample, { maxLines, maxBytes: MAX_BYTES });
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

/** The start of an input, and no more of it than it takes: the input may have no end. */
async function readSample(file, stdin, maxLines) {
  const kept = [];
  let bytes = 0;
  let lines = 0;
  for await (const chunk of readText(file, stdin, () => {})) {
    const part = Buffer.from(chunk.subarray(0, MAX_BYTES + 1 - bytes));
    kept.push(part);
    bytes += part.length;
    for (let end = part.indexOf('\n'); end >= 0 && lines < maxLines; end = part.indexOf('\n', end + 1)) lines += 1;
    if (bytes > MAX_BYTES || lines >= maxLines) break;
  }
  return Buffer.concat(kept);
}
