/**
 * Reads files and standard input, decoded to lines.
 *
 * @module
 */

import { open } from 'node:fs/promises';
import { FlowLogError } from '../core/error.js';
import { decode } from './decode.js';

/** An input could not be read to its end; the message says why. */
export class InputError extends Error {}

const CHUNK_BYTES = 256 * 1024;

const COMPRESSIONS = ['gzip', 'zstd'];

/**
 * @param {string} file a path, or `-` for standard input
 * @returns {string} what messages call it
 */
export function inputName(file) {
  return file === '-' ? '<stdin>' : file;
}

/** The lines of an input, which can be iterated once. Chunks are valid until the next one is requested. */
export class Input {
  #file;
  #stdin;
  #options;
  /** @type {import('../index.js').Decoded | undefined} */
  #decoded;

  /**
   * @param {string} file a path, or `-` for standard input
   * @param {import('node:stream').Readable} [stdin]
   * @param {import('../index.js').DecodeOptions} [options]
   */
  constructor(file, stdin, options) {
    this.#file = file;
    this.#stdin = stdin;
    this.#options = options;
  }

  /** The layers that were found so far. */
  get layers() {
    return this.#decoded?.layers ?? [];
  }

  /**
   * Returns the layers around records, with those within a line; none if there is nothing but compression, which all files
   * have that AWS delivers.
   *
   * @param {string[]} inner
   */
  layersAround(inner) {
    const all = [...this.layers, ...inner];
    return all.every((layer) => COMPRESSIONS.includes(layer)) ? [] : all;
  }

  get warnings() {
    return this.#decoded?.warnings ?? [];
  }

  /** The number of bytes that were read, packed or not. */
  get bytesRead() {
    return this.#decoded?.bytesRead ?? 0;
  }

  /**
   * @returns {AsyncGenerator<Uint8Array, void, undefined>}
   * @throws {InputError}
   */
  async *[Symbol.asyncIterator]() {
    if (this.#file === '-' && this.#stdin) {
      yield* this.#decode(this.#stdin);
      return;
    }
    const handle = await open(this.#file).catch(failWith);
    try {
      const { size, isFile } = await handle.stat().then((found) => ({ size: found.size, isFile: found.isFile() }), failWith);
      yield* this.#decode(isFile ? new LocalFile(handle, size) : chunksOf(handle));
    } finally {
      await handle.close();
    }
  }

  /** @param {import('../index.js').DecodeInput} source */
  async *#decode(source) {
    this.#decoded = decode(source, this.#options);
    try {
      yield* this.#decoded;
    } catch (error) {
      failWith(error);
    }
  }
}

/** A file that is read in order, and of which any part can be read. */
class LocalFile {
  #handle;
  byteLength;

  /** @param {import('node:fs/promises').FileHandle} handle @param {number} size */
  constructor(handle, size) {
    this.#handle = handle;
    this.byteLength = size;
  }

  /** @param {number} start @param {number} [end] */
  slice = async (start, end = this.byteLength) => {
    const bytes = new Uint8Array(Math.max(0, end - start));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, length, bytes.length - length, start + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.buffer.slice(0, length);
  };

  [Symbol.asyncIterator]() {
    return chunksOf(this.#handle);
  }
}

/** Reads a file into one buffer again and again: the memory does not depend on its size. @param {import('node:fs/promises').FileHandle} handle */
async function* chunksOf(handle) {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * Throws the error of an input for one of the system or of decoding, and any other as it is.
 *
 * @param {unknown} error
 * @returns {never}
 */
function failWith(error) {
  if (error instanceof FlowLogError) throw new InputError(/** @type {{ problem: string }} */ (/** @type {unknown} */ (error)).problem, { cause: error });
  if (!(error instanceof Error) || !('syscall' in error)) throw error;
  throw new InputError(`cannot be read: ${systemMessage(error)}`, { cause: error });
}

/** Returns `no such file or directory`, from `ENOENT: no such file or directory, open 'a.log'`. @param {Error} error */
function systemMessage(error) {
  return error.message.replace(/^[A-Z0-9_]+: /, '').replace(/, [a-z]+( '.*')?$/s, '');
}
