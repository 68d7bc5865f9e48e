/**
 * Text of an object, cut into pieces of whole lines, and the lines that documents were made of.
 *
 * @module
 */

/** Some 450 lines, whose documents are made at once. */
const PIECE_BYTES = 64 * 1024;

/** @typedef {{ piece: Buffer, feeds: number }} Piece `feeds`: the number of its line feeds */

/** Text that a segment keeps for the dead letter. The parser holds back 1 MiB at most, and a line of 1 MiB by default. */
const KEPT_BYTES = 4 * 1024 * 1024;

const LINE_FEED = 10;

/**
 * Cuts text into pieces of whole lines. Small chunks are held until they make a piece, and a line that is longer than a piece
 * comes in parts.
 */
export class Pieces {
  /** @type {Uint8Array[]} text that is held, the last part of which may be a chunk */
  #parts = [];
  #length = 0;

  /** True if there is text that may be read without waiting for more. */
  get isHolding() {
    return this.#length > 0;
  }

  /**
   * Yields the pieces that are complete with a chunk. They are valid until the chunk is.
   *
   * @param {Uint8Array} chunk
   * @returns {Generator<Piece, void, undefined>}
   */
  *push(chunk) {
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      const part = chunk.subarray(start, start + PIECE_BYTES);
      if (this.#length + part.length < PIECE_BYTES) {
        this.#hold(Uint8Array.from(part));
      } else {
        this.#hold(part);
        yield* this.flush();
      }
    }
  }

  /**
   * Yields the whole lines that are held, and a part of a line that is as long as a piece.
   *
   * @returns {Generator<Piece, void, undefined>}
   */
  *flush() {
    const text = this.#take();
    const end = text.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) yield { piece: text.subarray(0, end), feeds: countFeeds(text.subarray(0, end)) };
    if (text.length - end >= PIECE_BYTES) yield { piece: text.subarray(end), feeds: 0 };
    else if (end < text.length) this.#hold(Uint8Array.from(text.subarray(end)));
  }

  /** Returns the last line, if it has no line feed, and discards it. */
  end() {
    return this.#take();
  }

  /** @param {Uint8Array} part */
  #hold(part) {
    this.#parts.push(part);
    this.#length += part.length;
  }

  /** Returns the text that is held. */
  #take() {
    const [only] = this.#parts;
    const text = this.#parts.length === 1 ? Buffer.from(only.buffer, only.byteOffset, only.length) : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return text;
  }
}

/** @param {Buffer} text */
function countFeeds(text) {
  let count = 0;
  for (let at = text.indexOf(LINE_FEED); at >= 0; at = text.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}

/** Returns the offset after a number of lines. @param {Buffer} text @param {number} lines */
export function offsetOfLine(text, lines) {
  let at = 0;
  for (let line = 0; line < lines; line++) at = text.indexOf(LINE_FEED, at) + 1;
  return at;
}

/**
 * Lines that were read together: those of one piece, or of several while the parser holds lines back to infer their format.
 * Their documents are acknowledged one by one, the segment when all are.
 */
export class Segment {
  /** @type {import('./run.js').ObjectState} */
  object;
  /** The number of its first line, from 1. */
  firstLine;
  /** The number of the last line that was read with it. */
  lastLine;
  /** The offset in the object after that line, in bytes, if it is known. @type {number | undefined} */
  offset;
  /** True if how later lines are read depends on it. */
  settles = false;
  /** Options of the parser that has read it. */
  options;
  /** The header before it: found when it is asked for. @type {() => string | undefined} */
  header;
  /** True if it has a header itself. */
  hasHeader = false;
  /** The format that was inferred for it. @type {string | undefined} */
  inferred;
  /** The layers around its records. @type {string[]} */
  layers = [];
  /** Documents that were made of it. */
  documents = 0;
  /** Documents and bad lines that are not acknowledged. */
  pending = 0;
  isClosed = false;
  /** @type {Buffer[]} */
  #text = [];
  #bytes = 0;

  /**
   * @param {import('./run.js').ObjectState} object
   * @param {object} facts
   * @param {number} facts.firstLine
   * @param {() => string | undefined} facts.header
   * @param {Record<string, unknown>} facts.options
   */
  constructor(object, { firstLine, header, options }) {
    this.object = object;
    this.options = options;
    this.firstLine = firstLine;
    this.lastLine = firstLine - 1;
    this.header = header;
  }

  /** Takes the facts of a piece of its text. @param {import('./reader.js').Part} part */
  take({ lastLine, offset, settles, hasHeader, inferred, layers, text }) {
    this.lastLine = lastLine;
    this.offset = offset;
    this.settles ||= settles;
    this.hasHeader ||= hasHeader;
    this.inferred = inferred;
    this.layers = layers;
    if (text === undefined || this.#bytes >= KEPT_BYTES) return;
    this.#text.push(Buffer.from(text.subarray(0, KEPT_BYTES - this.#bytes)));
    this.#bytes += text.length;
  }

  /** True if the text is longer than what is kept. */
  get isTruncated() {
    return this.#bytes > KEPT_BYTES;
  }

  /** Returns the lines, without their line feeds. @returns {Buffer[]} */
  lines() {
    const text = Buffer.concat(this.#text);
    const lines = [];
    for (let start = 0; start < text.length;) {
      const feed = text.indexOf(LINE_FEED, start);
      const end = feed < 0 ? text.length : feed;
      lines.push(text.subarray(start, end));
      start = end + 1;
    }
    return lines;
  }

  get isDone() {
    return this.isClosed && this.pending === 0;
  }
}
