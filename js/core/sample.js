/**
 * Samples of logs, cut to what detection reads before they are copied into the WASM memory.
 *
 * @module
 */

import { plainBytes } from './bytes.js';
import { checkNames, describe, invalidOption } from './options.js';

/** The bounds of a sample: by default, and at most. `lookAhead` has those of the lines that a parser infers a format from. */
export const BOUNDS = {
  maxLines: { normal: 2000, lookAhead: 2000, largest: 100_000 },
  maxBytes: { normal: 4 * 1024 * 1024, lookAhead: 1024 * 1024, largest: 64 * 1024 * 1024 },
};

const encoder = new TextEncoder();

/**
 * @param {unknown} options
 * @returns {{ maxLines: number, maxBytes: number }}
 */
export function readBounds(options) {
  const given = checkNames(options, 'detectFormat', ['maxLines', 'maxBytes']);
  return { maxLines: readBound('maxLines', given.maxLines), maxBytes: readBound('maxBytes', given.maxBytes) };
}

/**
 * @param {keyof typeof BOUNDS} name
 * @param {unknown} given
 */
function readBound(name, given) {
  const { normal, largest } = BOUNDS[name];
  const value = given ?? normal;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > largest) {
    const found = typeof value === 'number' ? value : describe(value);
    throw invalidOption(`option "${name}": expected an integer from 1 to ${largest}, found ${found}`);
  }
  return value;
}

/**
 * Returns the bytes of a sample, one more than the bound at most: so the core sees that the last line may be cut.
 *
 * @param {unknown} sample a text, bytes, or an array of lines
 * @param {{ maxLines: number, maxBytes: number }} bounds
 * @returns {Uint8Array}
 */
export function sampleBytes(sample, { maxLines, maxBytes }) {
  const bytes = plainBytes(sample, 'argument "sample"');
  if (bytes) return bytes.subarray(0, maxBytes + 1);
  // No character is shorter than a byte.
  if (typeof sample === 'string') return encoder.encode(sample.slice(0, maxBytes + 1)).subarray(0, maxBytes + 1);
  if (!Array.isArray(sample)) {
    const expected = 'expected a string, a Uint8Array or an array of lines';
    throw new TypeError(`argument "sample": ${expected}, found ${describe(sample)}`);
  }
  let text = '';
  for (const [index, line] of sample.slice(0, maxLines).entries()) {
    if (typeof line !== 'string') {
      throw new TypeError(`argument "sample"[${index}]: expected a string, found ${describe(line)}`);
    }
    text += `${line.slice(0, maxBytes)}\n`;
    if (text.length > maxBytes) break;
  }
  return sampleBytes(text, { maxLines, maxBytes });
}
