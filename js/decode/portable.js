/**
 * The parts of decoding that need nothing but web streams.
 *
 * @module
 */

import { crc32 } from './crc32.js';
import { portableInflater } from './gzip.js';
import { Inflate } from './inflate.js';

/**
 * Unpacks the page of a Parquet file.
 *
 * @param {Uint8Array} bytes one member of gzip without a name, as Parquet has it
 * @param {number} length
 */
function gunzipPage(bytes, length) {
  const inflate = new Inflate();
  inflate.push(bytes.subarray(10));
  const page = new Uint8Array(length);
  let end = 0;
  for (let piece = inflate.read(); piece !== undefined; piece = inflate.read()) {
    if (end + piece.length > length) throw new Error('a page is longer than its header says');
    page.set(piece, end);
    end += piece.length;
  }
  return page.subarray(0, end);
}

/**
 * Returns the unpacker of zstd; undefined where streams do not have it.
 *
 * @returns {import('./decode.js').Platform['unzstd']}
 */
function streamingZstd() {
  try {
    // The name is newer than the types.
    const make = () => new DecompressionStream(/** @type {'gzip'} */ ('zstd'));
    make();
    return async function* (chunks) {
      const { readable, writable } = make();
      const writer = writable.getWriter();
      const reader = readable.getReader();
      const written = (async () => {
        for await (const chunk of chunks) await writer.write(/** @type {Uint8Array<ArrayBuffer>} */ (chunk.slice()));
        await writer.close();
      })();
      // The reader throws the same.
      written.catch(() => {});
      try {
        for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) yield /** @type {Uint8Array} */ (value);
        await written;
      } finally {
        await reader.cancel().catch(() => {});
      }
    };
  } catch {
    return undefined;
  }
}

const unzstd = streamingZstd();

/** @type {import('./decode.js').Platform} */
export const portable = {
  zlib: { inflater: portableInflater, crc32 },
  ...(unzstd && { unzstd }),
  decompressors: { GZIP: gunzipPage },
};
