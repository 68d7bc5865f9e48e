/**
 * Reads an object: text in, documents and bad lines of its segments out.
 *
 * @module
 */

import { Pieces, Segment, offsetOfLine } from './lines.js';
import { lastHeader } from './replay.js';

/** @type {Uint8Array} */
const NOTHING = Buffer.alloc(0);

/** @type {() => string | undefined} */
const none = () => undefined;

/**
 * Returns a function that calls another one once.
 *
 * @template T
 * @param {() => T} call
 */
function once(call) {
  /** @type {[T] | undefined} */
  let result;
  return () => (result ??= [call()])[0];
}

/**
 * A piece of text that was read: its documents, and what it says of its segment.
 *
 * @typedef {object} Part
 * @property {Opening} [opening] if a segment begins with it
 * @property {Uint8Array} output documents, as a copy: until they are taken, another reader may let the module's memory grow
 * @property {number} count of documents
 * @property {number} lines that were read
 * @property {import('../index.js').FlowLogError[]} bad lines that became no document, or one of the kind `pipeline_error`
 * @property {unknown} error that ends the object after these documents
 * @property {boolean} isLast true if the segment ends here
 * @property {number} lastLine the number of the last line that was read
 * @property {number | undefined} offset in the object after the last line, in bytes; undefined if it cannot be known
 * @property {boolean} settles true if how later lines are read depends on these
 * @property {boolean} hasHeader
 * @property {string | undefined} inferred the format that was inferred
 * @property {string[]} layers around the records
 * @property {Uint8Array | undefined} text valid until the next part is asked for; undefined if nobody needs it
 *
 * The facts of a segment that begins.
 *
 * @typedef {object} Opening
 * @property {number} firstLine
 * @property {() => string | undefined} header
 * @property {Record<string, unknown>} own options of the parser beside those of the run
 */

export class ObjectReader {
  #Parser;
  #options;
  #own;
  #keepsText;
  #parser;
  /** True if bad lines become documents. */
  #writesBad;
  /** @type {import('../index.js').FlowLogError[]} */
  #bad = [];
  #pieces = new Pieces();
  /** Lines that an earlier run has acknowledged. */
  #skipped = 0;
  /** True if the segment goes on. */
  #isOpen = false;
  /** Lines of the object before this input and those that were passed, and with the line feeds that the parser has got. */
  #first = 0;
  #feeds = 0;
  /** True if the parser has got the start of a line that is longer than a piece. */
  #isInLine = false;
  /** Bytes that the parser has got. */
  #offset = 0;
  /** True if these are bytes of the object. */
  #isVerbatim = () => false;
  /** @type {import('../index.js').ParserStats} before the object, and before the piece */
  #start;
  #before;
  /** The format and the layers before the piece, as text. */
  #reading = '';
  /** The last header, found when it is asked for. */
  #header = none;
  /** The number of the last line that was read. */
  read = 0;

  /**
   * @param {object} settings
   * @param {new (options: any) => import('../index.js').Parser} settings.Parser
   * @param {Record<string, unknown>} settings.options of the run
   * @param {Record<string, unknown>} settings.own options beside those
   * @param {boolean} settings.keepsText true if the lines are needed after they were read
   */
  constructor({ Parser, options, own, keepsText }) {
    this.#Parser = Parser;
    this.#options = { ...options, ...own };
    this.#own = own;
    this.#keepsText = keepsText;
    this.#writesBad = this.#options.onError === 'document';
    this.#parser = new Parser({ ...this.#options, report: (/** @type {import('../index.js').FlowLogError} */ error) => this.#bad.push(error) });
    this.#start = this.#parser.stats;
    this.#before = this.#start;
  }

  /**
   * Begins an input of an object.
   *
   * @param {object} input
   * @param {number} input.skipped lines of the object that an earlier run has acknowledged
   * @param {number} input.read lines of the object before the input
   * @param {() => boolean} input.isVerbatim true if its text is the bytes of the object
   */
  begin({ skipped, read, isVerbatim }) {
    this.#skipped = skipped;
    this.#isVerbatim = isVerbatim;
    this.#start = this.#parser.stats;
    this.#before = this.#start;
    this.#reading = '';
    this.#feeds = read;
    this.#first = read;
    this.#offset = 0;
    this.#header = none;
    this.read = read;
    if (read > 0) this.#parser.skip(read, 0);
  }

  /**
   * Passes to where an earlier run has ended, without reading what is between. False if lines before are pending: everything has to
   * be read then.
   *
   * @param {number} line that is the last one before
   * @param {number} offset after it
   */
  skip(line, offset) {
    if (this.#isOpen || this.#pieces.isHolding || line < this.#feeds) return false;
    this.#parser.skip(line - this.#feeds, offset - this.#offset);
    this.#first += line - this.#feeds;
    this.#feeds = line;
    this.#offset = offset;
    return true;
  }

  /**
   * Reads a chunk of text, cut anywhere.
   *
   * @param {Uint8Array} chunk
   * @returns {Generator<Part, void, undefined>}
   */
  *push(chunk) {
    yield* this.#readAll(this.#pieces.push(chunk));
  }

  /** True if there is text that `flush` reads. */
  get isHolding() {
    return this.#pieces.isHolding;
  }

  /** Reads the whole lines that are held, when no more text comes for now. */
  *flush() {
    yield* this.#readAll(this.#pieces.flush());
  }

  /** @param {Iterable<import('./lines.js').Piece>} pieces @returns {Generator<Part, void, undefined>} */
  *#readAll(pieces) {
    for (const { piece, feeds } of pieces) {
      const isCut = this.#feeds < this.#skipped && this.#feeds + feeds > this.#skipped;
      if (isCut) {
        // A segment begins after the lines that an earlier run has acknowledged.
        const lines = this.#skipped - this.#feeds;
        const offset = offsetOfLine(piece, lines);
        yield this.#read(piece.subarray(0, offset), lines);
        yield this.#read(piece.subarray(offset), feeds - lines);
      } else {
        yield this.#read(piece, feeds);
      }
    }
  }

  /**
   * Ends the input.
   *
   * @returns {Generator<Part, void, undefined>}
   */
  *end() {
    yield* this.flush();
    const rest = this.#pieces.end();
    if (rest.length > 0) yield this.#read(rest, 0);
    yield this.#read(NOTHING, 0, true);
  }

  /**
   * Ends the input after its last whole line, because what follows is damaged. The damage is the error, and not that too few lines are
   * there to infer their format.
   *
   * @returns {Generator<Part, void, undefined>}
   */
  *cut() {
    yield* this.flush();
    if (this.#isInLine) return;
    yield { ...this.#read(NOTHING, 0, true), error: undefined };
  }

  /** Discards what is left of an input. */
  reset() {
    this.#pieces.end();
    this.#parser.reset();
    this.#isOpen = false;
    this.#isInLine = false;
    this.#bad = [];
  }

  free() {
    this.#parser.free();
  }

  /**
   * @param {Uint8Array} piece
   * @param {number} feeds its number of line feeds
   * @param {boolean} [isEnd] true at the end of the input
   * @returns {Part}
   */
  #read(piece, feeds, isEnd = false) {
    const parser = this.#parser;
    // A part of a line belongs to the line that it begins or goes on with.
    const isSkipped = this.#feeds + Math.max(feeds, 1) <= this.#skipped && !isEnd;
    const opening = this.#isOpen ? undefined : { firstLine: this.#feeds + 1, header: this.#header, own: this.#own };
    const isFirst = this.#feeds === 0;
    let output = NOTHING;
    let error;
    try {
      output = isEnd ? parser.end() : parser.push(piece);
    } catch (thrown) {
      if (!(thrown instanceof Error) || thrown.name !== 'FlowLogError') throw thrown;
      error = /** @type {import('../index.js').FlowLogError} */ (thrown);
      output = error.output ?? NOTHING;
    }
    const before = this.#before;
    const stats = parser.stats;
    this.#before = stats;
    this.#feeds += feeds;
    this.#offset += piece.length;
    this.#isInLine = feeds === 0 && !isEnd;
    const { inferred, layers } = parser;
    const reading = JSON.stringify([inferred, layers]);
    const isOther = reading !== this.#reading;
    this.#reading = reading;
    const hasHeader = stats.headers > before.headers;
    if (hasHeader && this.#keepsText) {
      const text = Buffer.from(piece);
      this.#header = once(() => lastHeader(text, this.#Parser, this.#options));
    }
    const bad = this.#bad.splice(0);
    const lastLine = this.#first + stats.lines - this.#start.lines;
    const isLast = isEnd || (feeds > 0 && lastLine === this.#feeds);
    const written = stats.records - before.records + (this.#writesBad ? stats.errors - before.errors : 0);
    this.#isOpen = !isLast;
    this.read = lastLine;
    return {
      ...(opening && { opening }),
      output, error, isLast, lastLine, hasHeader, inferred, layers,
      lines: isSkipped ? 0 : stats.lines - before.lines,
      count: isSkipped ? 0 : written,
      bad: isSkipped ? [] : bad,
      // At the end, a last line without a line feed may have been read.
      offset: isLast && !isEnd && this.#isVerbatim() ? this.#offset : undefined,
      // Records do not change how the lines after them are read; any other line may.
      settles: isFirst || isOther || !isLast || stats.lines - before.lines !== stats.records - before.records + stats.omitted - before.omitted,
      text: this.#keepsText && !isSkipped ? piece : undefined,
    };
  }
}
