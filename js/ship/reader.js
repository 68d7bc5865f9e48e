/**
 * Reads an object: text in, documents and bad lines of its segments out.
 *
 * @module
 */

import { Pieces, Segment, offsetOfLine } from './lines.js';
import { lastHeader } from './replay.js';

/** Each output is copied into a batch before the parser is asked anything else. */
const VIEW = { view: true };

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
 * The documents of a piece of text.
 *
 * @typedef {object} Part
 * @property {Segment} segment
 * @property {Uint8Array} output documents, valid until the parser is used again
 * @property {number} count of documents
 * @property {number} lines that were read
 * @property {import('../index.js').FlowLogError[]} bad lines that became no document, or one of the kind `pipeline_error`
 * @property {unknown} error that ends the object after these documents
 * @property {boolean} isLast true if the segment ends here
 */

export class ObjectReader {
  #Parser;
  #options;
  #keepsText;
  #parser;
  /** True if bad lines become documents. */
  #writesBad;
  /** @type {import('../index.js').FlowLogError[]} */
  #bad = [];
  #pieces = new Pieces();
  /** @type {import('./run.js').ObjectState | undefined} */
  #state;
  /** @type {Segment | undefined} */
  #segment;
  /** Lines of the object before this input, and with the line feeds of the input that the parser has got. */
  #first = 0;
  #feeds = 0;
  /** @type {import('../index.js').ParserStats} before the object, and before the piece */
  #start;
  #before;
  /** The last header, found when it is asked for. */
  #header = none;

  /**
   * @param {object} settings
   * @param {new (options: any) => import('../index.js').Parser} settings.Parser
   * @param {Record<string, unknown>} settings.options
   * @param {boolean} settings.keepsText true if the lines are needed after they were read
   */
  constructor({ Parser, options, keepsText }) {
    this.#Parser = Parser;
    this.#options = options;
    this.#keepsText = keepsText;
    this.#writesBad = options.onError === 'document';
    this.#parser = new Parser({ ...options, report: (/** @type {import('../index.js').FlowLogError} */ error) => this.#bad.push(error) });
    this.#start = this.#parser.stats;
    this.#before = this.#start;
  }

  /** Begins an object. @param {import('./run.js').ObjectState} state */
  begin(state) {
    this.#state = state;
    this.#start = this.#parser.stats;
    this.#before = this.#start;
    this.#feeds = state.read;
    this.#first = state.read;
    this.#header = none;
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
    const { skipped } = /** @type {import('./run.js').ObjectState} */ (this.#state);
    for (const { piece, feeds } of pieces) {
      const isCut = this.#feeds < skipped && this.#feeds + feeds > skipped;
      if (isCut) {
        // A segment begins after the lines that an earlier run has acknowledged.
        const lines = skipped - this.#feeds;
        const offset = offsetOfLine(piece, lines);
        yield this.#read(piece.subarray(0, offset), lines);
        yield this.#read(piece.subarray(offset), feeds - lines);
      } else {
        yield this.#read(piece, feeds);
      }
    }
  }

  /**
   * Ends the object.
   *
   * @returns {Generator<Part, void, undefined>}
   */
  *end() {
    yield* this.flush();
    const rest = this.#pieces.end();
    if (rest.length > 0) yield this.#read(rest, 0);
    yield this.#read(NOTHING, 0, true);
  }

  /** Discards what is left of an object. */
  reset() {
    this.#pieces.end();
    this.#parser.reset();
    this.#segment = undefined;
    this.#state = undefined;
    this.#bad = [];
  }

  free() {
    this.#parser.free();
  }

  /**
   * @param {Uint8Array} piece
   * @param {number} feeds its number of line feeds
   * @param {boolean} [isEnd] true at the end of the object
   * @returns {Part}
   */
  #read(piece, feeds, isEnd = false) {
    const parser = this.#parser;
    const state = /** @type {import('./run.js').ObjectState} */ (this.#state);
    // A part of a line belongs to the line that it begins or goes on with.
    const isSkipped = this.#feeds + Math.max(feeds, 1) <= state.skipped && !isEnd;
    const segment = this.#segment ?? this.#open(state);
    if (!isSkipped) segment.keep(piece);
    let output = NOTHING;
    let error;
    try {
      output = isEnd ? parser.end(VIEW) : parser.push(piece, VIEW);
    } catch (thrown) {
      if (!(thrown instanceof Error) || thrown.name !== 'FlowLogError') throw thrown;
      error = /** @type {import('../index.js').FlowLogError} */ (thrown);
      output = error.output ?? NOTHING;
    }
    const before = this.#before;
    const stats = parser.stats;
    this.#before = stats;
    this.#feeds += feeds;
    const bad = this.#bad.splice(0);
    const isLast = isEnd || (feeds > 0 && this.#first + stats.lines - this.#start.lines === this.#feeds);
    const written = stats.records - before.records + (this.#writesBad ? stats.errors - before.errors : 0);
    segment.lastLine = this.#first + stats.lines - this.#start.lines;
    state.read = segment.lastLine;
    segment.inferred = parser.inferred;
    segment.layers = parser.layers;
    if (stats.headers > before.headers && this.#keepsText) {
      segment.hasHeader = true;
      const text = Buffer.from(piece);
      this.#header = once(() => lastHeader(text, this.#Parser, this.#options));
    }
    if (isLast) this.#segment = undefined;
    return {
      segment, output, error, isLast,
      lines: isSkipped ? 0 : stats.lines - before.lines,
      count: isSkipped ? 0 : written,
      bad: isSkipped ? [] : bad,
    };
  }

  /** Begins a segment. @param {import('./run.js').ObjectState} state */
  #open(state) {
    const segment = new Segment(state, { firstLine: this.#feeds + 1, header: this.#header, options: this.#options, keepsText: this.#keepsText });
    state.segments.push(segment);
    this.#segment = segment;
    return segment;
  }
}
