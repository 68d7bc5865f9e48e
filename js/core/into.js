/**
 * Writes documents into a buffer of the caller's, as `TextEncoder.encodeInto` writes text: as many as fit, whole ones only.
 *
 * The core reads a line more than the buffer has space for. Its documents are kept for the next call, and the line counts as
 * not read. The next input therefore starts with that line, which shows that it is the rest of the same input.
 *
 * @module
 */

import { isHighSurrogate, partOf } from './bytes.js';
import { isRaw } from './error.js';
import { PIECE_BYTES, viewOf } from './pieces.js';

/** Bytes that are worth a call into the core, however little space there is for documents. */
const LEAST_PIECE_BYTES = 4 * 1024;

const LINE_FEED = 10;

const NOTHING = new Uint8Array(0);

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The state of an input between two calls.
 *
 * @typedef {object} Unfinished
 * @property {Uint8Array} documents those that are still to be written
 * @property {Uint8Array} line the line that they were made of, with which the next input starts
 * @property {boolean} isEnded true if the core has read the whole input
 * @property {[unknown] | undefined} failure what the core threw after these documents
 *
 * A result: what was read and written, the state if that was not all, and the bytes that the next document needs if not
 * even that fits.
 *
 * @typedef {{ read: number, written: number, unfinished?: Unfinished, needed?: number }} Result
 *
 * @typedef {import('../../pkg/vpcflow_ecs.js').Core} Core
 */

/**
 * True if an input can be the rest of one that was begun.
 *
 * @param {string | Uint8Array} input
 * @param {Unfinished} unfinished
 */
export function isRest(input, { line, isEnded }) {
  const { bytes, units } = startOf(input, line.length);
  if (bytes.length < line.length || line.some((byte, index) => byte !== bytes[index])) return false;
  return !isEnded || (units === input.length && bytes.length === line.length);
}

/**
 * Returns at least so many bytes of an input from its start, if it has them, and the length that they have in the input.
 *
 * @param {string | Uint8Array} input
 * @param {number} length
 */
function startOf(input, length) {
  const start = input.slice(0, length);
  return { bytes: typeof start === 'string' ? encoder.encode(start) : start, units: start.length };
}

/**
 * Writes the next documents of an input.
 *
 * @param {Core} core
 * @param {WebAssembly.Memory} memory
 * @param {string | Uint8Array} input all of it or, if it was begun, its rest
 * @param {Uint8Array} target
 * @param {object} state
 * @param {Unfinished | undefined} state.unfinished
 * @param {number} state.linesPerDocument 2 if an action line precedes each document
 * @returns {Result}
 * @throws what the core throws; its `output` is the part of the target that has the documents before
 */
export function writeInto(core, memory, input, target, { unfinished, linesPerDocument }) {
  const source = typeof input === 'string' ? new Text(input) : new Bytes(input);
  let { documents, isEnded, failure } = unfinished ?? { documents: NOTHING, isEnded: false, failure: undefined };
  let written = 0;
  if (unfinished) {
    source.skip(unfinished.line.length);
    const end = lastFitting(documents, target.length, linesPerDocument);
    target.set(documents.subarray(0, end));
    written = end;
    documents = documents.subarray(end);
  }
  while (documents.length === 0 && !isEnded && failure === undefined) {
    const space = target.length - written;
    if (space === 0 && written > 0 && !source.isAtEnd) break;
    core.clear();
    try {
      if (source.isAtEnd) {
        isEnded = true;
        core.end();
      } else {
        core.push(source.piece(Math.min(Math.max(space, LEAST_PIECE_BYTES), PIECE_BYTES)), Math.max(space, 1));
        source.pass(core.consumed);
      }
    } catch (thrown) {
      if (!isRaw(thrown)) throw thrown;
      failure = [thrown];
    }
    const output = viewOf(core, memory);
    const end = firstNotFitting(output, space, linesPerDocument);
    target.set(output.subarray(0, end), written);
    written += end;
    documents = output.slice(end);
  }
  const isPending = documents.length > 0;
  if (failure && !isPending) throw Object.assign(/** @type {object} */ (failure[0]), { output: target.subarray(0, written) });
  const line = isPending ? source.lastLine() : { units: 0, bytes: NOTHING };
  const read = source.position - line.units;
  if (isEnded && !isPending) return { read, written };
  const isTooSmall = isPending && read === 0 && written === 0;
  return {
    read,
    written,
    unfinished: { documents, line: line.bytes, isEnded, failure },
    ...(isTooSmall && { needed: endOfDocument(documents, 0, linesPerDocument) }),
  };
}

/**
 * Returns the end of the last document that fits, from the first one on.
 *
 * @param {Uint8Array} documents
 * @param {number} space
 * @param {number} linesPerDocument
 */
function lastFitting(documents, space, linesPerDocument) {
  if (documents.length <= space) return documents.length;
  for (let end = 0; ; ) {
    const next = endOfDocument(documents, end, linesPerDocument);
    if (next > space) return end;
    end = next;
  }
}

/**
 * Returns the start of the first document that does not fit, from the last one back: as a rule it is the last.
 *
 * @param {Uint8Array} documents
 * @param {number} space
 * @param {number} linesPerDocument
 */
function firstNotFitting(documents, space, linesPerDocument) {
  let end = documents.length;
  while (end > space) {
    let lineFeed = end - 1;
    for (let lines = 0; lines < linesPerDocument; lines++) {
      lineFeed = lineFeed > 0 ? documents.lastIndexOf(LINE_FEED, lineFeed - 1) : -1;
    }
    end = lineFeed + 1;
  }
  return end;
}

/**
 * @param {Uint8Array} documents
 * @param {number} start
 * @param {number} linesPerDocument
 */
function endOfDocument(documents, start, linesPerDocument) {
  let end = start;
  for (let lines = 0; lines < linesPerDocument; lines++) end = documents.indexOf(LINE_FEED, end) + 1;
  return end;
}

/** An input of bytes, read piece by piece. */
class Bytes {
  /** The length of what was read. */
  position = 0;
  #input;
  #length;

  /** @param {Uint8Array} input */
  constructor(input) {
    this.#input = input;
    this.#length = input.length;
  }

  get isAtEnd() {
    return this.position === this.#length;
  }

  /** @param {number} bytes */
  piece(bytes) {
    return partOf(this.#input, this.position, this.position + bytes);
  }

  /** Passes the first bytes of the piece. @param {number} bytes */
  pass(bytes) {
    this.position += bytes;
  }

  /** Passes a start of the input that was read before. @param {number} bytes */
  skip(bytes) {
    this.position = bytes;
  }

  /** Returns the last line that was read, and its length in the input. */
  lastLine() {
    const { position } = this;
    const start = position < 2 ? 0 : this.#input.lastIndexOf(LINE_FEED, position - 2) + 1;
    return { bytes: this.#input.slice(start, position), units: position - start };
  }
}

/** The same of text, whose lengths are in UTF-16 code units. */
class Text {
  #input;
  /** The code units before the encoded piece. */
  #before = 0;
  #piece = NOTHING;
  /** The bytes of the piece that were read. */
  #read = 0;
  /** The code units of the whole piece. */
  #units = 0;

  /** @param {string} input */
  constructor(input) {
    this.#input = input;
  }

  get position() {
    if (this.#read === this.#piece.length) return this.#before + this.#units;
    const isAscii = this.#piece.length === this.#units;
    return this.#before + (isAscii ? this.#read : decoder.decode(this.#piece.subarray(0, this.#read)).length);
  }

  get isAtEnd() {
    return this.#read === this.#piece.length && this.#before + this.#units === this.#input.length;
  }

  /** Returns the rest of the encoded piece, or encodes another one. @param {number} units */
  piece(units) {
    if (this.#read === this.#piece.length) {
      this.#before += this.#units;
      let end = this.#before + units;
      // The halves of a character stay together.
      if (end < this.#input.length && isHighSurrogate(this.#input.charCodeAt(end - 1))) end += 1;
      const text = this.#input.slice(this.#before, end);
      this.#piece = encoder.encode(text);
      this.#units = text.length;
      this.#read = 0;
    }
    return this.#piece.subarray(this.#read);
  }

  /** @param {number} bytes */
  pass(bytes) {
    this.#read += bytes;
  }

  /** @param {number} bytes */
  skip(bytes) {
    const start = encoder.encode(this.#input.slice(0, bytes)).subarray(0, bytes);
    this.#before = decoder.decode(start).length;
  }

  lastLine() {
    const { position } = this;
    const start = position < 2 ? 0 : this.#input.lastIndexOf('\n', position - 2) + 1;
    return { bytes: encoder.encode(this.#input.slice(start, position)), units: position - start };
  }
}
