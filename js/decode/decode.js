/**
 * Decodes inputs as people have them to lines that a parser reads: the layers around a whole file.
 *
 * The layers within a line are the parser's own.
 *
 * @module
 */

import { checkNames, describe, invalidOption } from '../core/options.js';
import { Bytes, joined } from './bytes.js';
import { fromBase64, fromUtf16, isBase64, utf16Of } from './encoding.js';
import { Envelopes } from './envelopes.js';
import { gunzip } from './gzip.js';
import { MAGIC_BYTES, kindOf } from './magic.js';
import { parquetLines } from './parquet.js';
import { damaged, tooLarge, unsupported } from './problem.js';
import { open } from './source.js';
import { Values, lineOf } from './values.js';

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
 * @property {(chunks: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>} [unzstd] missing where there is no zstd
 * @property {() => Promise<import('./parquet.js').ParquetModule>} [parquet]
 * @property {Record<string, import('./parquet.js').Decompress>} decompressors of the codecs in Parquet
 *
 * @typedef {{ maxBytes: number, maxExpansion: number, maxMemory: number, layers: boolean, signal: Signal | undefined,
 *   parquet: Platform['parquet'] }} Settings
 * @typedef {import('../index.js').AbortSignalLike} Signal
 */

/** The most bytes that are looked at to find a layer. */
const HEAD_BYTES = 64;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

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
  #isVerbatim = false;

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

  /** True from the first chunk on if the chunks are the bytes of the input, as they are. */
  get isVerbatim() {
    return this.#isVerbatim;
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
      if (chunk.length === 0) continue;
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
      const inner = await this.#inside(bytes, depth);
      if (inner === undefined) {
        yield* this.#lines(bytes, depth);
        return;
      }
      if (depth >= MAX_DEPTH) throw unsupported(`the input has more than ${MAX_DEPTH} layers around its text`);
      this.#layers.push(inner.layer);
      yield* this.#peel(new Bytes(inner.chunks), depth + 1);
    } finally {
      await bytes.close();
    }
  }

  /**
   * Returns the outermost layer of bytes and what is inside; undefined if there is none.
   *
   * @param {Bytes} bytes
   * @param {number} depth
   * @returns {Promise<{ layer: string, chunks: AsyncGenerator<Uint8Array> } | undefined>}
   */
  async #inside(bytes, depth) {
    // A pipe may never have more than a line.
    if (isPlain(await bytes.peek(4))) return undefined;
    const head = await bytes.peek(HEAD_BYTES);
    const kind = kindOf(head.subarray(0, MAGIC_BYTES));
    if (kind?.name === 'gzip') {
      const unpacked = gunzip(bytes, this.#platform.zlib, this.#warn);
      return { layer: 'gzip', chunks: this.#bounded(unpacked) };
    }
    if (kind?.name === 'zstd') {
      const { unzstd } = this.#platform;
      if (unzstd === undefined) throw unsupported('this is zstd, which this platform does not have: unpack it first, for example with zstd -dc');
      return { layer: 'zstd', chunks: this.#bounded(zstdErrors(unzstd(bytes.all()))) };
    }
    if (kind?.name === 'Parquet' && kind.advice === undefined) return { layer: 'parquet', chunks: this.#bounded(this.#rows(bytes, depth)) };
    if (kind !== undefined) throw unsupported(`this is ${kind.name}, which is not text: ${kind.advice}`);
    const encoding = utf16Of(head.subarray(0, MAGIC_BYTES));
    if (encoding !== undefined) return { layer: encoding, chunks: fromUtf16(bytes.all(), encoding) };
    if (!this.#settings.layers) return undefined;
    return isBase64(head) ? { layer: 'base64', chunks: fromBase64(bytes.all()) } : undefined;
  }

  /**
   * Yields the rows of a Parquet file. Its end is read before its start: a stream has to be held.
   *
   * @param {Bytes} bytes
   * @param {number} depth
   */
  async *#rows(bytes, depth) {
    const { maxMemory, parquet = this.#platform.parquet } = this.#settings;
    if (parquet === undefined) throw unsupported('this is Parquet, which the package hyparquet reads: give the option "parquet"');
    const module = await parquet();
    const { parts } = this.#source;
    const file = parts !== undefined && depth === 0 ? this.#countedParts(parts) : await heldParts(bytes, maxMemory);
    yield* parquetLines(file, { module, decompressors: this.#platform.decompressors, maxMemory, warn: this.#warn });
  }

  /** Counts the bytes that are read in parts. @param {import('./source.js').Parts} parts */
  #countedParts(parts) {
    const { byteLength } = parts;
    const { signal } = this.#settings;
    this.#bytesRead = 0;
    return {
      byteLength,
      /** @param {number} start @param {number} [end] */
      slice: async (start, end = byteLength) => {
        signal?.throwIfAborted();
        this.#bytesRead = Math.min(byteLength, this.#bytesRead + end - start);
        return parts.slice(start, end);
      },
    };
  }

  /** @param {string} warning */
  #warn = (warning) => {
    this.#warnings.push(warning);
  };

  /**
   * Yields the lines of a text: those of JSON that has several events or several lines, and others as they are.
   *
   * @param {Bytes} bytes
   * @param {number} depth the number of layers around them
   */
  async *#lines(bytes, depth) {
    if (!this.#settings.layers || isPlain(await bytes.peek(4)) || !isJson(await bytes.peek(HEAD_BYTES))) {
      this.#isVerbatim = depth === 0;
      yield* bytes.all();
      return;
    }
    const { maxMemory } = this.#settings;
    const before = this.#layers;
    const found = (/** @type {string[]} */ path) => {
      if (this.#layers === before) this.#layers = [...before, ...(path.length > 0 ? path : ['json values'])];
    };
    const envelopes = new Envelopes({ zlib: this.#platform.zlib, maxMemory, found, warn: this.#warn });
    const values = new Values({ maxMemory });
    let isFirst = true;
    const hasMark = startsWithMark(await bytes.peek(3));
    if (hasMark) await bytes.take(3);
    for (let isLast = false; !isLast;) {
      const chunk = await bytes.takeSome();
      isLast = chunk === undefined;
      /** @type {string[]} */
      let lines = [];
      const take = () => {
        const taken = encoder.encode(lines.join(''));
        lines = [];
        return taken;
      };
      let failure;
      try {
        for (const part of chunk === undefined ? values.end() : values.push(chunk)) {
          const text = 'value' in part ? decoder.decode(part.value) : undefined;
          // Lines of objects are the parser's, which reads them faster.
          if ('value' in part && text !== undefined && isFirst && isLineEnd(part.next) && !/[\n\ufffd]/.test(text) && !envelopes.opens(text)) {
            // Blanks before the first value are not passed on.
            this.#isVerbatim = depth === 0 && !hasMark && values.offset === part.value.length;
            yield joined([part.value, values.rest]);
            yield* bytes.all();
            return;
          }
          isFirst = false;
          if ('text' in part || text === undefined || text.includes('\ufffd')) {
            yield take();
            // The parser reports bytes that are not UTF-8.
            yield 'text' in part ? part.text : lineOf(part.value);
            continue;
          }
          const found = envelopes.linesOf(text);
          for (const line of Array.isArray(found) ? found : await found) lines.push(line, '\n');
        }
      } catch (error) {
        failure = error;
      }
      yield take();
      if (failure !== undefined) throw failure;
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
  const { layers = true, signal, parquet } = given;
  if (typeof layers !== 'boolean') throw invalidOption(`option "layers": expected true or false, found ${describe(layers)}`);
  const numbers = Object.entries(NUMBERS).map(([name, normal]) => {
    const value = given[name] ?? normal;
    if (typeof value !== 'number' || !(value >= 1)) {
      const found = typeof value === 'number' ? value : describe(value);
      throw invalidOption(`option "${name}": expected a number from 1, found ${found}`);
    }
    return [name, value];
  });
  if (parquet !== undefined && typeof parquet !== 'function') {
    throw invalidOption(`option "parquet": expected a function, found ${describe(parquet)}`);
  }
  return {
    ...Object.fromEntries(numbers),
    layers,
    signal: /** @type {Signal | undefined} */ (signal ?? undefined),
    parquet: /** @type {Platform['parquet']} */ (parquet),
  };
}

/** Reads a whole file into memory. @param {Bytes} bytes @param {number} maxMemory */
async function heldParts(bytes, maxMemory) {
  const chunks = [];
  let length = 0;
  for await (const chunk of bytes.all()) {
    length += chunk.length;
    if (length > maxMemory) {
      const found = `the Parquet file has more than ${maxMemory} bytes, as the option "maxMemory" allows`;
      throw tooLarge(`${found}; give it as bytes, as a Blob or as an AsyncBuffer, which is read in parts`);
    }
    chunks.push(chunk.slice());
  }
  const whole = joined(chunks);
  return {
    byteLength: length,
    /** @param {number} start @param {number} [end] */
    slice: (start, end) => /** @type {ArrayBuffer} */ (whole.slice(start, end).buffer),
  };
}

/** Yields chunks, and makes the error of a damaged input of others. @param {AsyncGenerator<Uint8Array>} chunks */
async function* zstdErrors(chunks) {
  try {
    yield* chunks;
  } catch (error) {
    if (error instanceof Error && error.name === 'FlowLogError') throw error;
    throw damaged(`the zstd data is damaged or cut short: ${error instanceof Error ? error.message : error}`);
  }
}

/** True if bytes start a plain line, as those of records do. @param {Uint8Array} head four bytes */
function isPlain(head) {
  return head.length > 0 && head.every((byte) => (byte >= 48 && byte <= 57) || byte === 32 || byte === 45 || byte === 46);
}

/** True if a text starts as JSON does. @param {Uint8Array} head */
function isJson(head) {
  const text = decoder.decode(startsWithMark(head) ? head.subarray(3) : head).trimStart();
  return /^(?:\{|\[\s*(?:[{["\]]|$))/.test(text);
}

/** True if bytes start with the byte order mark of UTF-8. @param {Uint8Array} head */
function startsWithMark(head) {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
}

/** True if a line's text ends before this byte, or at the end of the input. @param {number | undefined} byte */
function isLineEnd(byte) {
  return byte === undefined || byte === 10 || byte === 13;
}
