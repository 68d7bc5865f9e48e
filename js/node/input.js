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
 * The text of an input, in chunks that are good until the next one is asked for.
 *
 * @param {string} file a path, or `-` for standard input
 * @param {import('node:stream').Readable} stdin
 * @param {(bytes: number) => void} onRead told how many bytes were read, packed or not
 * @returns {AsyncGenerator<Uint8Array>}
 * @throws {InputError}
 */
export async function* readText(file, stdin, onRead) {
  const chunks = withReadErrors(counting(file === '-' ? stdin : readFile(file), onRead));
  const first = await firstBytes(chunks);
  const isGzip = GZIP_MAGIC.every((byte, index) => first[index] === byte);
  const all = followedBy(first, chunks);
  yield* isGzip ? unpack(all) : all;
}

/** One buffer is used again and again: the memory does not depend on the size of the file. */
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

async function* counting(chunks, onRead) {
  for await (const chunk of chunks) {
    onRead(chunk.length);
    yield chunk;
  }
}

async function* withReadErrors(chunks) {
  try {
    yield* chunks;
  } catch (error) {
    if (typeof error?.syscall !== 'string') throw error;
    throw new InputError(`cannot be read: ${systemMessage(error)}`, { cause: error });
  }
}

/** Enough bytes to tell what the input is: a pipe may give them one by one. */
async function firstBytes(chunks) {
  let first = Buffer.alloc(0);
  while (first.length < GZIP_MAGIC.length) {
    const { value, done } = await chunks.next();
    if (done) break;
    first = Buffer.concat([first, value]);
  }
  return first;
}

async function* followedBy(first, rest) {
  try {
    if (first.length > 0) yield first;
    yield* rest;
  } finally {
    // Whoever stops after the first chunk must not leave the file open.
    await rest.return();
  }
}

/**
 * Unpacks one member after the other. A stream in a pipeline would drop what it has buffered when the input turns out
 * to be damaged; so it is fed and emptied by hand, and the text before the damage comes out, each time the same. While
 * one chunk's text is used, a thread of zlib's unpacks the next.
 *
 * @param {AsyncIterable<Uint8Array>} chunks
 */
async function* unpack(chunks) {
  const gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  let unpacked = [];
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
  const wait = (start) => new Promise((done) => {
    stopWaiting = done;
    start(done);
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
  let written = Promise.resolve();
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

function gzipMessage(error) {
  return error.code === 'Z_BUF_ERROR' ? 'is cut short' : `is damaged: ${error.message}`;
}

/** `no such file or directory`, from `ENOENT: no such file or directory, open 'a.log'`. */
function systemMessage(error) {
  return error.message.replace(/^[A-Z0-9_]+: /, '').replace(/, [a-z]+( '.*')?$/s, '');
}
