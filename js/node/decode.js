/**
 * Decoding in Node.js: with its zlib, which works in a thread of its own.
 *
 * @module
 */

import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { isMissingPackage } from '../core/error.js';
import { crc32 } from '../decode/crc32.js';
import { createDecode } from '../decode/decode.js';
import { Unpacked } from '../decode/gzip.js';
import { missing } from '../decode/problem.js';

/** Large enough for what a part of a log becomes, some ten times as much, so that it is unpacked in one go. */
const UNPACKED_BYTES = 512 * 1024;

/**
 * Returns an inflater. A stream in a pipeline would drop its buffer when the input turns out to be damaged, so it is fed
 * and emptied by hand.
 *
 * @returns {import('../decode/gzip.js').Inflater}
 */
function inflater() {
  const stream = zlib.createInflateRaw({ chunkSize: UNPACKED_BYTES });
  /** @type {Uint8Array[]} */
  let pieces = [];
  /** @type {Error | undefined} */
  let failure;
  let isDone = false;
  let written = 0;
  /** @type {Uint8Array} */
  let part = new Uint8Array(0);
  // A write that fails, or that is after the end, never calls back.
  let stopWaiting = () => {};
  const collect = () => {
    for (let piece = stream.read(); piece !== null; piece = stream.read()) pieces.push(piece);
  };
  stream.on('readable', collect);
  stream.on('end', () => {
    isDone = true;
    stopWaiting();
  });
  stream.on('error', (error) => {
    failure = error;
    stopWaiting();
  });
  return {
    async write(next) {
      part = next;
      written += part.length;
      await new Promise((/** @type {(value?: undefined) => void} */ done) => {
        stopWaiting = done;
        stream.write(part, () => done());
      });
      collect();
      const taken = pieces;
      pieces = [];
      if (failure) throw new Unpacked(failure.message, taken);
      return taken;
    },
    get isDone() {
      return isDone;
    },
    get rest() {
      return part.subarray(part.length - (written - stream.bytesWritten));
    },
    free() {
      stream.destroy();
    },
  };
}

/** zlib's checksum from Node.js 20.15 and 22.2 on. */
const nativeCrc32 = /** @type {{ crc32?: typeof crc32 }} */ (zlib).crc32;

/**
 * The functions of zlib for zstd, from Node.js 22.15 and 23.8 on.
 *
 * @type {{ createZstdDecompress?: () => import('node:stream').Transform,
 *   zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array }}
 */
const { createZstdDecompress, zstdDecompressSync } = /** @type {object} */ (zlib);

/** Unpacks zstd. @param {AsyncIterable<Uint8Array>} chunks */
async function* unzstd(chunks) {
  const copies = async function* () {
    for await (const chunk of chunks) yield Buffer.from(chunk);
  };
  const stream = /** @type {() => import('node:stream').Transform} */ (createZstdDecompress)();
  const source = Readable.from(copies(), { objectMode: false });
  source.on('error', (error) => stream.destroy(error));
  yield* source.pipe(stream);
}

/** @param {Uint8Array} bytes @param {number} length */
const gunzipPage = (bytes, length) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(length, 1) });

/** @type {Record<string, import('../decode/parquet.js').Decompress>} */
const decompressors = { GZIP: gunzipPage };
if (zstdDecompressSync) decompressors.ZSTD = (bytes, length) => zstdDecompressSync(bytes, { maxOutputLength: Math.max(length, 1) });

/** Loads hyparquet, and decompressors if they are there. @returns {Promise<import('../decode/parquet.js').ParquetModule>} */
async function parquet() {
  const compressors = await import('hyparquet-compressors').catch(() => ({ compressors: {} }));
  try {
    const { parquetMetadataAsync, parquetRead, snappyUncompress } = await import('hyparquet');
    return /** @type {import('../decode/parquet.js').ParquetModule} */ ({ parquetMetadataAsync, parquetRead, snappyUncompress, ...compressors });
  } catch (error) {
    if (!isMissingPackage(error)) throw error;
    throw missing('this is Parquet, which the package hyparquet reads: install it beside vpcflow-ecs, with npm install hyparquet');
  }
}

export const decode = createDecode({
  zlib: { inflater, crc32: nativeCrc32 ?? crc32 },
  ...(createZstdDecompress && { unzstd }),
  parquet,
  decompressors,
});
