/**
 * Reads files and standard input chunk by chunk, and unpacks gzip on the way.
 *
 * @module
 */

import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

/** An input could not be read to its end; the message says why. */
export class InputError extends Error {}

const CHUNK_BYTES = 256 * 1024;
/** Gzip grows by up to a factor of 1032: this keeps what one chunk can become below 34 MB. */
const PACKED_CHUNK_BYTES = 32 * 1024;
/** Large enough for what a chunk of a log becomes, some ten times as much, so that it is unpacked in one go. */
const UNPACKED_CHUNK_BYTES = 512 * 1024;

const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * @param {string} file a path, or `-` for standard input
 * @returns {string} what messages call it
 */
export function inputName(file) {
  return file === '-' ? '<stdin>' : file;
}

/**
 * Yields the text of an input, in chunks that are valid until the next one is requested.
 *
 * @param {string} file a path, or `-` for standard input
 * @param {import('node:stream').Readable | undefined} stdin
 * @param {(bytes: number) => void} onRead called with the number of bytes that were read, packed or not
 * @returns {AsyncGenerator<Uint8Array>}
 * @throws {InputError}
 */
export async function* readText(file, stdin, onRead) {
  const chunks = withReadErrors(counting(file === '-' && stdin ? stdin : readFile(file), onRead));
  const first = await firstBytes(chunks);
  const isGzip = GZIP_MAGIC.every((byte, index) => first[index] === byte);
  const all = followedBy(first, chunks);
  yield* isGzip ? unpack(all) : all;
}

/** Reads a file into one buffer again and again: the memory does not depend on its size. @param {string} path */
async function* readFile(path) {
  const handle = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/**
 * @param {AsyncIterable<Uint8Array>} chunks
 * @param {(bytes: number) => void} onRead
 */
async function* counting(chunks, onRead) {
  for await (const chunk of chunks) {
    onRead(chunk.length);
    yield chunk;
  }
}

/** @param {AsyncIterable<Uint8Array>} chunks */
async function* withReadErrors(chunks) {
  try {
    yield* chunks;
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new InputError(`cannot be read: ${systemMessage(error)}`, { cause: error });
  }
}

/** Reads enough bytes to recognise gzip: a pipe may yield them one by one. @param {AsyncGenerator<Uint8Array>} chunks */
async function firstBytes(chunks) {
  let first = Buffer.alloc(0);
  while (first.length < GZIP_MAGIC.length) {
    const { value, done } = await chunks.next();
    if (done) break;
    first = Buffer.concat([first, value]);
  }
  return first;
}

/** @param {Uint8Array} first @param {AsyncGenerator<Uint8Array>} rest */
async function* followedBy(first, rest) {
  try {
    if (first.length > 0) yield first;
    yield* rest;
  } finally {
    // A caller that stops after the first chunk must not leave the file open.
    await rest.return(undefined);
  }
}

/**
 * Unpacks one member after the other. A stream in a pipeline would drop its buffer when the input turns out to be
 * corrupt. So it is fed and emptied by hand, and always yields the text before the corruption. While one chunk's text is
 * used, a thread of zlib unpacks the next.
 *
 * @param {AsyncIterable<Uint8Array>} chunks
 */
async function* unpack(chunks) {
  const gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  /** @type {Buffer[]} */
  let unpacked = [];
  /** @type {NodeJS.ErrnoException | undefined} */
  let failure;
  const collect = () => {
    for (let chunk = gunzip.read(); chunk !== null; chunk = gunzip.read()) unpacked.push(chunk);
  };
  const take = () => {
    collect();
    const taken = unpacked;
    unpacked = [];
    return taken;
  };
  // A write that fails never calls back: the error must end the wait for it.
  let stopWaiting = () => {};
  /** @param {(done: () => void) => void} start */
  const wait = (start) => new Promise((/** @type {(value?: undefined) => void} */ done) => {
    stopWaiting = done;
    start(() => done());
  });
  // Zeros after the last member, with which tapes and some tools fill up, end the stream: what is written then is never
  // called back.
  let ended = false;
  gunzip.on('end', () => {
    ended = true;
    stopWaiting();
  });
  gunzip.on('readable', collect);
  gunzip.on('error', (error) => {
    failure = error;
    stopWaiting();
  });
  /** @type {Promise<undefined>} */
  let written = Promise.resolve(undefined);
  try {
    for await (const chunk of chunks) {
      for (let start = 0; start < chunk.length; start += PACKED_CHUNK_BYTES) {
        await written;
        if (failure || ended) break;
        const taken = take();
        // A copy, since the chunk is good only until the next one is read.
        const part = Buffer.from(chunk.subarray(start, start + PACKED_CHUNK_BYTES));
        written = wait((done) => gunzip.write(part, done));
        yield* taken;
      }
      if (failure || ended) break;
    }
    await written;
    yield* take();
    if (!failure && !ended) {
      await wait((done) => gunzip.once('end', done).end());
      yield* take();
    }
  } finally {
    gunzip.destroy();
  }
  if (failure) throw new InputError(`the gzip data ${gzipMessage(failure)}`, { cause: failure });
}

/** @param {NodeJS.ErrnoException} error */
function gzipMessage(error) {
  return error.code === 'Z_BUF_ERROR' ? 'is cut short' : `is damaged: ${error.message}`;
}

/** Returns `no such file or directory`, from `ENOENT: no such file or directory, open 'a.log'`. @param {Error} error */
function systemMessage(error) {
  return error.message.replace(/^[A-Z0-9_]+: /, '').replace(/, [a-z]+( '.*')?$/s, '');
}
