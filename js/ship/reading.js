/**
 * Reads objects: bytes in, parts out. It runs in the thread of the program, or in one of its own.
 *
 * @module
 */

import { inputsOf } from './letters.js';
import { ObjectReader } from './reader.js';

/** Milliseconds without text after which lines are read that make less than a piece. */
const IDLE = 100;

/**
 * The bytes of an object, or of a range of it.
 *
 * @typedef {(range?: { start?: number, end?: number }) => AsyncIterable<Uint8Array>} Open
 *
 * The part of an object that an earlier run has acknowledged.
 *
 * @typedef {object} Position
 * @property {number} line the last line
 * @property {number} [offset] after that line, in bytes, if it is known
 * @property {number} [prologue] the offset up to which an object has to be read to know how its other lines are
 *
 * An object to read.
 *
 * @typedef {object} Job
 * @property {Open} open
 * @property {Record<string, unknown>} own options of the parser for the object
 * @property {Position} position
 */

export class Reading {
  #Parser;
  #options;
  #keepsText;
  #decode;
  /** @type {Map<string, ObjectReader>} by the options of their parsers */
  #readers = new Map();

  /**
   * @param {object} settings
   * @param {new (options: any) => import('../index.js').Parser} settings.Parser
   * @param {Record<string, unknown>} settings.options of the parser
   * @param {boolean} settings.keepsText true if the lines are needed after they were read
   * @param {(bytes: AsyncIterable<Uint8Array>) => import('../index.js').Decoded} settings.decode
   */
  constructor({ Parser, options, keepsText, decode }) {
    this.#Parser = Parser;
    this.#options = options;
    this.#keepsText = keepsText;
    this.#decode = decode;
  }

  /**
   * Yields the parts of an object. Each is valid until the next one is asked for.
   *
   * @param {Job} job
   * @returns {AsyncGenerator<import('./reader.js').Part, void, undefined>}
   */
  async *partsOf(job) {
    const { offset, prologue } = job.position;
    yield* offset === undefined || prologue === undefined ? this.#whole(job) : this.#resumed(job, { offset, prologue });
  }

  /** Yields the parts of an object that is read from its start. @param {Job} job */
  async *#whole({ open, own, position: { line } }) {
    const decoded = this.#decode(open());
    let read = 0;
    for await (const { parser, text, isWhole } of inputsOf(decoded)) {
      const reader = this.#readerFor({ ...own, ...parser });
      try {
        reader.begin({ skipped: line, read, isVerbatim: () => isWhole && decoded.isVerbatim });
        yield* partsIn(text, reader);
        yield* reader.end();
        ({ read } = reader);
      } finally {
        reader.reset();
      }
    }
  }

  /**
   * Yields the parts of an object of lines: of its start, which has the header or what its format was inferred from, and from an offset
   * on.
   *
   * @param {Job} job
   * @param {{ offset: number, prologue: number }} bytes
   */
  async *#resumed({ open, own, position: { line } }, { offset, prologue }) {
    const reader = this.#readerFor(own);
    try {
      reader.begin({ skipped: line, read: 0, isVerbatim: () => true });
      yield* partsIn(open({ end: prologue }), reader);
      yield* reader.flush();
      const start = reader.skip(line, offset) ? offset : prologue;
      yield* partsIn(open({ start }), reader);
      yield* reader.end();
    } finally {
      reader.reset();
    }
  }

  /** Returns a reader for objects with these options beside those of the run. @param {Record<string, unknown>} own */
  #readerFor(own) {
    const key = JSON.stringify(own);
    let reader = this.#readers.get(key);
    if (reader === undefined) {
      reader = new ObjectReader({ Parser: this.#Parser, options: this.#options, own, keepsText: this.#keepsText });
      this.#readers.set(key, reader);
    }
    return reader;
  }

  free() {
    for (const reader of this.#readers.values()) reader.free();
  }
}

/**
 * Yields the parts of a text as it comes; those of the whole lines before an error, too.
 *
 * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} text
 * @param {ObjectReader} reader
 */
async function* partsIn(text, reader) {
  const chunks = paced(text, () => reader.isHolding);
  try {
    for (;;) {
      let next;
      try {
        next = await chunks.next();
      } catch (error) {
        // Damage ends the input. After another error, the next attempt may read more.
        yield* isDamage(error) ? reader.cut() : reader.flush();
        throw error;
      }
      if (next.done) return;
      yield* next.value === undefined ? reader.flush() : reader.push(next.value);
    }
  } finally {
    await chunks.return();
  }
}

/** True if the bytes are damaged, which another attempt to read them does not help. @param {unknown} error */
function isDamage(error) {
  return error instanceof Error && /** @type {{ code?: string }} */ (error).code === 'damaged_input';
}

/**
 * Yields chunks, and undefined when the next one is late while text is held.
 *
 * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} text
 * @param {() => boolean} isHolding
 * @returns {AsyncGenerator<Uint8Array | undefined, void, undefined>}
 */
async function* paced(text, isHolding) {
  const chunks = Symbol.asyncIterator in text ? text[Symbol.asyncIterator]() : text[Symbol.iterator]();
  try {
    for (;;) {
      const next = Promise.resolve(chunks.next());
      if (isHolding()) {
        /** @type {NodeJS.Timeout | undefined} */
        let timer;
        const idle = new Promise((resolve) => { timer = setTimeout(resolve, IDLE, true); });
        const isIdle = await Promise.race([next.then(() => false, () => false), idle]);
        clearTimeout(timer);
        if (isIdle) yield undefined;
      }
      const { value, done } = await next;
      if (done) return;
      yield value;
    }
  } finally {
    await chunks.return?.();
  }
}
