/**
 * Sinks for NDJSON: a file with rotation, a stream such as standard output, and a function.
 *
 * @module
 */

import { open, rename, rm } from 'node:fs/promises';
import { ShipError } from './errors.js';

/** @typedef {import('./batches.js').Batch} Batch */

/** @param {Batch} batch @returns {import('./run.js').Outcome} */
const allOf = ({ count }) => ({ created: count, duplicates: 0, rejected: [] });

/**
 * Appends to a file. A batch is acknowledged when it is on disk.
 *
 * @param {{ path: string, maxBytes: number, maxFiles: number }} settings `maxFiles`: including the one that is written
 * @returns {import('./run.js').Sink}
 */
export function fileSink({ path, maxBytes, maxFiles }) {
  /** @type {{ handle: import('node:fs/promises').FileHandle, size: number, isFile: boolean } | undefined} */
  let file;

  const opened = async () => {
    const handle = await open(path, 'a');
    const stat = await handle.stat();
    return { handle, size: stat.isFile() ? stat.size : 0, isFile: stat.isFile() };
  };

  const rotate = async () => {
    await file?.handle.close();
    file = undefined;
    await rm(numbered(path, maxFiles - 1), { force: true });
    for (let number = maxFiles - 2; number >= 0; number--) {
      await rename(numbered(path, number), numbered(path, number + 1)).catch((error) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  };

  return {
    async send(batch) {
      const { body } = batch;
      try {
        file ??= await opened();
        if (file.isFile && file.size > 0 && file.size + body.length > maxBytes) {
          await rotate();
          file = await opened();
        }
        const { handle, isFile, size } = file;
        try {
          for (let start = 0; start < body.length;) start += (await handle.write(body, start)).bytesWritten;
          if (isFile) await handle.datasync();
        } catch (error) {
          // No half of a document is left behind.
          if (isFile) await handle.truncate(size).catch(() => {});
          throw error;
        }
        file.size += body.length;
        return allOf(batch);
      } catch (error) {
        throw new ShipError(`${path} cannot be written: ${error instanceof Error ? error.message : error}`, { code: 'write', cause: error });
      }
    },
    async close() {
      await file?.handle.close();
    },
  };
}

/** @param {string} path @param {number} number */
function numbered(path, number) {
  return number === 0 ? path : `${path}.${number}`;
}

/**
 * Writes to a stream, at the pace of its reader.
 *
 * @param {import('node:stream').Writable} stream
 * @returns {import('./run.js').Sink}
 */
export function streamSink(stream) {
  /** @type {Error | undefined} */
  let failure;
  let fail = () => {};
  const onError = (/** @type {Error} */ error) => {
    failure ??= error;
    fail();
  };
  // Nobody else listens to an error of standard output.
  stream.on('error', onError);
  stream.on('close', () => onError(Object.assign(new Error('the stream is closed'), { code: 'EPIPE' })));
  return {
    async send(batch) {
      if (!failure) {
        await new Promise((/** @type {(value?: undefined) => void} */ done) => {
          fail = () => done();
          // Not a view of the batch, which is used again: a stream may keep what it has called back for.
          stream.write(Buffer.from(batch.body), (error) => {
            failure ??= error ?? undefined;
            done();
          });
        });
      }
      if (failure) {
        const { code } = /** @type {NodeJS.ErrnoException} */ (failure);
        throw new ShipError(`the output cannot be written: ${failure.message}`, { code: code === 'EPIPE' ? 'closed_pipe' : 'write', cause: failure });
      }
      return allOf(batch);
    },
  };
}

/**
 * Hands each batch to a function.
 *
 * @param {(batch: { body: Uint8Array, count: number, signal: AbortSignal }) => unknown} call
 * @returns {import('./run.js').Sink}
 */
export function functionSink(call) {
  return {
    async send(batch, { signal }) {
      await call({ body: Uint8Array.from(batch.body), count: batch.count, signal });
      return allOf(batch);
    },
  };
}
