/**
 * Text of an object, cut into pieces of whole lines, and the lines that documents were made of.
 *
 * @module
 */

/** Some 450 lines, whose documents are made at once. */
const PIECE_BYTES = 64 * 1024;

/** Text that a segment keeps for the dead letter. The parser holds back 1 MiB at most, and a line of 1 MiB by default. */
const KEPT_BYTES = 4 * 1024 * 1024;

const LINE_FEED = 10;

/** Cuts text into pieces of whole lines. A line that is longer than a piece comes in parts. */
export class Pieces {
  /** @type {Uint8Array} the start of a line whose end has not come yet */
  #rest = new Uint8Array(0);

  /**
   * Yields the pieces that end in a chunk. They are valid until the chunk is.
   *
   * @param {Uint8Array} chunk
   * @returns {Generator<{ piece: Buffer, feeds: number }, void, undefined>} `feeds`: the number of line feeds
   */
  *push(chunk) {
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      const part = chunk.subarray(start, start + PIECE_BYTES);
      const text = this.#rest.length > 0 ? Buffer.concat([this.#rest, part]) : Buffer.from(part.buffer, part.byteOffset, part.length);
      const end = text.lastIndexOf(LINE_FEED) + 1;
      if (end > 0) yield { piece: text.subarray(0, end), feeds: countFeeds(text.subarray(0, end)) };
      const isPart = text.length - end >= PIECE_BYTES;
      if (isPart) yield { piece: text.subarray(end), feeds: 0 };
      this.#rest = isPart ? new Uint8Array(0) : Uint8Array.from(text.subarray(end));
    }
  }

  /** Returns the last line, if it has no line feed. */
  end() {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return Buffer.from(rest.buffer, rest.byteOffset, rest.length);
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
  /** @type {Buffer[] | undefined} undefined if nobody needs the text */
  #text;
  #bytes = 0;

  /**
   * @param {import('./run.js').ObjectState} object
   * @param {object} facts
   * @param {number} facts.firstLine
   * @param {() => string | undefined} facts.header
   * @param {Record<string, unknown>} facts.options
   * @param {boolean} facts.keepsText
   */
  constructor(object, { firstLine, header, options, keepsText }) {
    this.object = object;
    this.options = options;
    this.firstLine = firstLine;
    this.lastLine = firstLine - 1;
    this.header = header;
    this.#text = keepsText ? [] : undefined;
  }

  /** Keeps a copy of text. @param {Uint8Array} piece */
  keep(piece) {
    if (this.#text === undefined || this.#bytes >= KEPT_BYTES) return;
    this.#text.push(Buffer.from(piece.subarray(0, KEPT_BYTES - this.#bytes)));
    this.#bytes += piece.length;
  }

  /** True if the text is longer than what is kept. */
  get isTruncated() {
    return this.#bytes > KEPT_BYTES;
  }

  /** Returns the lines, without their line feeds. @returns {Buffer[]} */
  lines() {
    const text = Buffer.concat(this.#text ?? []);
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

  /** Releases the text. */
  release() {
    this.#text = undefined;
  }
}
