/**
 * The lines of a dead-letter file, and how they are read again.
 *
 * @module
 */

import { ShipError } from './errors.js';

/** The start of each line, by which the file is recognised. */
const MARK = '{"dead_letter":';

/** The longest line: the base64 of a line of 64 MiB. */
const MAX_LINE_BYTES = 100 * 1024 * 1024;

const LINE_FEED = 10;

/**
 * One line of the file.
 *
 * @typedef {object} Entry
 * @property {{ object: string, line?: number, time: string, type: string, status?: number, reason: string, format?: string,
 *   layers?: string[], cut?: true }} dead_letter `cut`: the line is longer than its start, which is here
 * @property {string} [message] the line
 * @property {string} [message_base64] the line, if it is not UTF-8
 * @property {string} [document] the document, if its line cannot be known
 *
 * A part of an object that is read by options of its own.
 *
 * @typedef {{ parser: { format?: string, layers?: string[] }, text: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, isWhole: boolean }} Input
 *   `isWhole`: true if it is the object's text as it is
 */

/**
 * Yields the inputs of a text: one, or of a dead-letter file one for each run of lines that are read in the same way. Each
 * line of the file is a line of its input.
 *
 * @param {AsyncIterable<Uint8Array>} text
 * @returns {AsyncGenerator<Input, void, undefined>}
 */
export async function* inputsOf(text) {
  const chunks = text[Symbol.asyncIterator]();
  try {
    let start = Buffer.alloc(0);
    while (start.length < MARK.length) {
      const { value, done } = await chunks.next();
      if (done) break;
      start = Buffer.concat([start, value]);
    }
    const all = joined(start, chunks);
    if (start.toString('latin1', 0, MARK.length) === MARK) yield* runsOf(all);
    else yield { parser: {}, text: all, isWhole: true };
  } finally {
    await chunks.return?.();
  }
}

/** @param {Uint8Array} start @param {AsyncIterator<Uint8Array>} rest */
async function* joined(start, rest) {
  if (start.length > 0) yield start;
  for (;;) {
    const { value, done } = await rest.next();
    if (done) return;
    yield value;
  }
}

/** Yields the runs of lines that are read in the same way. @param {AsyncIterable<Uint8Array>} text @returns {AsyncGenerator<Input>} */
async function* runsOf(text) {
  let number = 0;
  for await (const lines of linesOf(text)) {
    /** @type {{ key: string, input: { parser: Input['parser'], text: Uint8Array[], isWhole: false } } | undefined} */
    let run;
    for (const line of lines) {
      number += 1;
      const { dead_letter: { format, layers }, message, message_base64: base64 } = entryOf(line.toString(), number);
      if (message === undefined && base64 === undefined) {
        throw new ShipError(`line ${number} of the dead letter has a document whose line is not known`, { code: 'dead_letter' });
      }
      const key = JSON.stringify([format, layers]);
      // Without a format, each line is an input of its own: a bad line must not make the parser infer one from those after it.
      if (run?.key !== key || format === undefined) {
        if (run) yield run.input;
        run = { key, input: { parser: { ...(format !== undefined && { format }), ...(layers && { layers }) }, text: [], isWhole: false } };
      }
      run.input.text.push(base64 === undefined ? Buffer.from(String(message)) : Buffer.from(base64, 'base64'), Buffer.from('\n'));
    }
    if (run) yield run.input;
  }
}

/** Yields the whole lines of each chunk. @param {AsyncIterable<Uint8Array>} text @returns {AsyncGenerator<Buffer[]>} */
async function* linesOf(text) {
  let rest = Buffer.alloc(0);
  for await (const chunk of text) {
    const all = Buffer.concat([rest, chunk]);
    if (all.length > MAX_LINE_BYTES) throw new ShipError('the dead letter has a line that is too long', { code: 'dead_letter' });
    const lines = [];
    let start = 0;
    for (let feed = all.indexOf(LINE_FEED); feed >= 0; feed = all.indexOf(LINE_FEED, start)) {
      lines.push(all.subarray(start, feed));
      start = feed + 1;
    }
    rest = all.subarray(start);
    yield lines;
  }
  if (rest.length > 0) yield [rest];
}

/**
 * Reads a line of the file.
 *
 * @param {string} text
 * @param {number} [number] of the line
 * @returns {Entry}
 */
export function entryOf(text, number) {
  try {
    const entry = JSON.parse(text);
    if (typeof entry.dead_letter.object === 'string') return entry;
  } catch {
    // Said below.
  }
  const where = number === undefined ? 'a line' : `line ${number}`;
  throw new ShipError(`${where} of the dead letter is not an entry: expected {"dead_letter":…}`, { code: 'dead_letter' });
}
