/**
 * The command `vpcflow-ecs detect`: the formats that a log may have.
 *
 * @module
 */

import { FlowLogError, detectFormat } from '../node.js';
import { BOUNDS } from '../core/sample.js';
import { candidatesText } from './candidates.js';
import { Input, InputError, inputName } from '../node/input.js';

/**
 * @param {Pick<import('./arguments.js').DetectCommand, 'json' | 'maxLines'> & { file: string }} command
 * @param {{ stdin: import('node:stream').Readable, output: import('./output.js').Output,
 *   terminal: import('./terminal.js').Terminal, color: boolean }} streams `color` is standard output's
 * @returns {Promise<boolean>} whether there is a candidate
 */
export async function detect({ file, json, maxLines = BOUNDS.maxLines.normal }, { stdin, output, terminal, color }) {
  const name = inputName(file);
  try {
    // More lines than usual may have more bytes, too.
    const { normal, largest } = BOUNDS.maxBytes;
    const bounds = { maxLines, maxBytes: maxLines > BOUNDS.maxLines.normal ? largest : normal };
    const input = new Input(file, stdin);
    const sample = await readSample(input, bounds);
    const candidates = detectFormat(sample, bounds).map((candidate) => ({ ...candidate, layers: input.layersAround(candidate.layers) }));
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
 * @param {Input} input
 * @param {{ maxLines: number, maxBytes: number }} bounds
 */
async function readSample(input, { maxLines, maxBytes }) {
  const kept = [];
  let bytes = 0;
  let lines = 0;
  for await (const chunk of input) {
    const part = Buffer.from(chunk.subarray(0, maxBytes + 1 - bytes));
    kept.push(part);
    bytes += part.length;
    for (let end = part.indexOf('\n'); end >= 0 && lines < maxLines; end = part.indexOf('\n', end + 1)) lines += 1;
    if (bytes > maxBytes || lines >= maxLines) break;
  }
  return Buffer.concat(kept);
}
