/**
 * Decodes inputs as people have them to lines that a parser reads: the layers around a whole file.
 *
 * The layers within a line are the parser's own.
 *
 * @module
 */

import { checkNames, describe, invalidOption } from '../core/options.js';
import { Bytes } from './bytes.js';
import { gunzip } from './gzip.js';
import { MAGIC_BYTES, kindOf } from './magic.js';
import { tooLarge, unsupported } from './problem.js';
import { open } from './source.js';

/** The bytes that an input may become before its growth is looked at. */
const FREE_BYTES = 64 * 1024 * 1024;

/** The most layers of containers around each other. */
const MAX_DEPTH = 8;

/** The options that are numbers, with their defaults. */
const NUMBERS = { maxBytes: Infinity, maxExpansion: 250, maxMemory: 256 * 1024 * 1024 };

const NAMES = [...Object.keys(NUMBERS), 'layers', 'parquet', 'signal'];

/**
 * The parts of the platform that decoding needs.
 *
 * @typedef {object} Platform
 * @property {import('./gzip.js').Zlib} zlib
 *
 * @typedef {{ maxBytes: number, maxExpansion: number, maxMemory: number, layers: boolean, signal: Signal | undefined }} Settings
 * @typedef {import('../index.js').AbortSignalLike} Signal
 */

/** @param {Platform} platform */
export function createDecode(platform) {
  /**
   * Decodes an input. Types and examples are in `index.d.ts`.
   *
   * @param {unknown} input
   * @param {import('../index.js').DecodeOptions} [options]
   */
  return function decode(input, options) {
    const settings = checkSettings(options);
    return new Decoded(open(input), settings, platform);
  };
}

/** An input being decoded, which can be gone through once. */
class Decoded {
  #source;
  #settings;
  #platform;
  #chunks;
  /** @type {string[]} */
  #layers = [];
  /** @type {string[]} */
  #warnings = [];
  #bytesRead = 0;

  /**
   * @param {import('./source.js').Source} source
   * @param {Settings} settings
   * @param {Platform} platform
   */
  constructor(source, settings, platform) {
    this.#source = source;
    this.#settings = settings;
    this.#platform = platform;
    this.#chunks = this.#decode();
  }

  /** The layers that were found so far, from outside in. */
  get layers() {
    return [...this.#layers];
  }

  /** Oddities that cost no record. */
  get warnings() {
    return [...this.#warnings];
  }

  /** The number of bytes of the input that were read. */
  get bytesRead() {
    return this.#bytesRead;
  }

  [Symbol.asyncIterator]() {
    return this.#chunks;
  }

  /** Returns the same as a web stream. */
  stream() {
    const chunks = this.#chunks;
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        // A copy, since a chunk is valid only until the next one is asked for.
        else controller.enqueue(value.slice());
      },
      async cancel() {
        await chunks.return(undefined);
      },
    }, { highWaterMark: 0 });
  }

  /** @returns {AsyncGenerator<Uint8Array, void, undefined>} */
  async *#decode() {
    const { maxBytes } = this.#settings;
    let length = 0;
    for await (const chunk of this.#peel(new Bytes(this.#counted()), 0)) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(`the input becomes more than ${maxBytes} bytes, as the option "maxBytes" allows`);
      yield chunk;
    }
  }

  /** Yields the chunks of the input, and counts them. */
  async *#counted() {
    const { signal } = this.#settings;
    signal?.throwIfAborted();
    for await (const chunk of this.#source.chunks) {
      signal?.throwIfAborted();
      this.#bytesRead += chunk.length;
      yield chunk;
    }
  }

  /**
   * Yields the text inside all layers.
   *
   * @param {Bytes} bytes
   * @param {number} depth the number of layers around them
   * @returns {AsyncGenerator<Uint8Array, void, undefined>}
   */
  async *#peel(bytes, depth) {
    try {
      const kind = kindOf(await bytes.peek(MAGIC_BYTES));
      if (kind === undefined) {
        yield* bytes.all();
        return;
      }
      const { name, advice } = kind;
      if (depth >= MAX_DEPTH) throw unsupported(`the input has more than ${MAX_DEPTH} layers around its text`);
      if (name !== 'gzip') throw unsupported(`this is ${name}, which is not text: ${advice}`);
      this.#layers.push('gzip');
      const unpacked = gunzip(bytes, this.#platform.zlib, (warning) => this.#warnings.push(warning));
      yield* this.#peel(new Bytes(this.#bounded(unpacked)), depth + 1);
    } finally {
      await bytes.close();
    }
  }

  /** Passes unpacked bytes on, unless they are far more than the input. @param {AsyncGenerator<Uint8Array>} chunks */
  async *#bounded(chunks) {
    const { maxExpansion } = this.#settings;
    let length = 0;
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > FREE_BYTES && length > this.#bytesRead * maxExpansion) {
        const found = `${this.#bytesRead} bytes become more than ${length}`;
        throw tooLarge(`${found}, which is more than ${maxExpansion} times as many; if that is right, raise the option "maxExpansion"`);
      }
      yield chunk;
    }
  }
}

/**
 * @param {unknown} options
 * @returns {Settings}
 */
function checkSettings(options) {
  const given = checkNames(options, 'decode', NAMES);
  const { layers = true, signal } = given;
  if (typeof layers !== 'boolean') throw invalidOption(`option "layers": expected true or false, found ${describe(layers)}`);
  const numbers = Object.entries(NUMBERS).map(([name, normal]) => {
    const value = given[name] ?? normal;
    if (typeof value !== 'number' || !(value >= 1)) {
      const found = typeof value === 'number' ? value : describe(value);
      throw invalidOption(`option "${name}": expected a number from 1, found ${found}`);
    }
    return [name, value];
  });
  return { ...Object.fromEntries(numbers), layers, signal: /** @type {Signal | undefined} */ (signal ?? undefined) };
}
