/**
 * The parts that an input is converted to, and their way from one thread to another.
 *
 * input --decode--> chunks --parse--> parts --> the command, or posted by a thread --> `parallel` and the command
 *
 * @module
 */

import { FlowLogError, fromPlain, toPlain } from '../core/error.js';
import { InputError } from './input.js';

/** Short lines can make long documents, and WASM memory has to hold those of a piece. */
const PIECE_BYTES = 64 * 1024;

/** The parser looks ahead 1 MiB, from the first line on that has no known format. */
const SAMPLE_BYTES = 4 * 1024 * 1024;

/** The bytes that an error takes in memory, apart from its texts. */
const ERROR_BYTES = 512;

/**
 * A parser of any entry.
 *
 * @typedef {Pick<import('../index.js').Parser, 'cut' | 'free' | 'stats' | 'warnings' | 'inferred' | 'layers'> & {
 *   push(bytes: Uint8Array, view: { view: boolean }): Uint8Array, end(view: { view: boolean }): Uint8Array }} CommonParser
 *
 * The facts of an input so far.
 *
 * @typedef {object} State
 * @property {import('../index.js').ParserStats} stats
 * @property {string[]} warnings of the parser
 * @property {string[]} oddities the warnings of decoding
 * @property {string | undefined} inferred the format that was inferred from lines
 * @property {string[]} layers around records, from outside in; none if there is only compression
 * @property {number} bytesRead packed or not
 *
 * A part of an input's documents, and what came to light with it.
 *
 * @typedef {object} Part
 * @property {Uint8Array | undefined} documents whole lines
 * @property {Error[]} reports the errors of bad lines that do not end the input
 * @property {() => State} state returns the state after this part. Documents that are a view have been used up then
 * @property {boolean} isAtEnd true for the last part
 * @property {Error} [error] the end of the input: a FlowLogError of a line, with the documents before it, or an InputError
 * @property {Uint8Array} [sample] the lines that leave the format open, if that is the error
 *
 * @typedef {Omit<Part, 'reports' | 'state' | 'error'> & { reports: PostedError[], state: State, error?: PostedError, size: number }} Message
 *   a part as it is posted. `size`: bytes of its documents and errors
 * @typedef {import('../core/error.js').PlainError & { isOfInput?: boolean, cause?: import('../core/error.js').PlainError }} PostedError
 */

/**
 * Converts an input. Its first part has no documents: it comes before the input is opened.
 *
 * @param {import('./input.js').Input} input
 * @param {object} way
 * @param {(report: (error: import('../index.js').FlowLogError) => void) => CommonParser} way.newParser
 * @param {AsyncIterable<Uint8Array>} [way.chunks] of the input
 * @param {boolean} [way.isView] true for documents that are good until the state or the next part is asked for
 * @param {boolean} [way.keepsSample] true to have the sample of lines that leave the format open
 * @returns {AsyncGenerator<Part, void, undefined>}
 */
export async function* partsOf(input, { newParser, chunks = input, isView = false, keepsSample = false }) {
  /** @type {import('../index.js').FlowLogError[]} */
  let reports = [];
  const parser = newParser((error) => reports.push(error));
  const sample = new Sample();
  const view = { view: isView };
  const state = () => ({
    stats: parser.stats, warnings: parser.warnings, oddities: input.warnings, inferred: parser.inferred,
    layers: input.layersAround(parser.layers), bytesRead: input.bytesRead,
  });
  /**
   * @param {Uint8Array | undefined} documents
   * @param {Pick<Part, 'error' | 'sample'>} [end]
   * @returns {Part}
   */
  const part = (documents, end) => {
    const taken = reports;
    reports = [];
    return { documents, reports: taken, state, isAtEnd: end !== undefined, ...end };
  };
  try {
    yield part(undefined);
    for await (const chunk of chunks) {
      if (keepsSample && parser.stats.records === 0) sample.add(chunk);
      else sample.clear();
      for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
        yield part(parser.push(chunk.subarray(start, start + PIECE_BYTES), view));
      }
    }
    yield part(parser.end(view), {});
  } catch (error) {
    if (error instanceof FlowLogError) {
      const { code, offset = 0 } = /** @type {import('../index.js').FlowLogError} */ (error);
      yield part(undefined, { error, ...(code === 'unresolved_format' && { sample: sample.from(offset) }) });
    } else if (error instanceof InputError) {
      // The last line is incomplete, and not a record even if it looks like one. Those that are held back are whole.
      parser.cut();
      yield part(endOf(parser, view), { error });
    } else {
      throw error;
    }
  } finally {
    parser.free();
  }
}

/**
 * Returns the documents of the lines that a parser holds back.
 *
 * @param {CommonParser} parser
 * @param {{ view: boolean }} view
 */
function endOf(parser, view) {
  try {
    return parser.end(view);
  } catch (error) {
    // The damage of the input is the error that counts.
    if (error instanceof FlowLogError) return /** @type {import('../index.js').FlowLogError} */ (error).output;
    throw error;
  }
}

/** Keeps the start of an input, to show its candidates if its lines leave the format open. */
class Sample {
  /** @type {Buffer[]} */
  #parts = [];
  #bytes = 0;

  /** @param {Uint8Array} chunk good until the next one is read, so it is copied */
  add(chunk) {
    const part = Buffer.from(chunk.subarray(0, SAMPLE_BYTES - this.#bytes));
    this.#bytes += part.length;
    if (part.length > 0) this.#parts.push(part);
  }

  clear() {
    this.#parts = [];
  }

  /** @param {number} offset in the input @returns {Uint8Array} what was kept from there on */
  from(offset) {
    return Buffer.concat(this.#parts).subarray(offset);
  }
}

/**
 * Returns a part as a message to another thread. Its documents are moved.
 *
 * @param {Part} part whose documents are not a view
 * @returns {{ message: Message, moved: ArrayBuffer[] }}
 */
export function toMessage({ documents, reports, state, error, ...rest }) {
  const isEmpty = documents === undefined || documents.length === 0;
  const posted = reports.map(toPosted);
  const size = posted.reduce((sum, { message, input = '' }) => sum + ERROR_BYTES + message.length + input.length, isEmpty ? 0 : documents.length);
  return {
    message: { ...rest, documents: isEmpty ? undefined : documents, reports: posted, state: state(), ...(error && { error: toPosted(error) }), size },
    moved: isEmpty ? [] : [/** @type {ArrayBuffer} */ (documents.buffer)],
  };
}

/** Returns the part that another thread has posted. @param {Message} message @returns {Part} */
export function fromMessage({ reports, state, error, size: _, ...rest }) {
  return { ...rest, reports: reports.map(fromPosted), state: () => state, ...(error && { error: fromPosted(error) }) };
}

/** @param {Error} error @returns {PostedError} */
function toPosted(error) {
  if (!(error instanceof InputError)) return toPlain(error);
  return { ...toPlain(error), isOfInput: true, ...(error.cause instanceof Error && { cause: toPlain(error.cause) }) };
}

/** @param {PostedError} posted @returns {Error} */
function fromPosted(posted) {
  const { isOfInput, cause, ...plain } = posted;
  return isOfInput ? new InputError(plain.message, { cause: cause && fromPlain(cause) }) : fromPlain(plain);
}
