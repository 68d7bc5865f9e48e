/**
 * Decoding in Node.js: with its zlib, which works in a thread of its own.
 *
 * @module
 */

import * as zlib from 'node:zlib';
import { crc32 } from '../decode/crc32.js';
import { createDecode } from '../decode/decode.js';
import { Unpacked } from '../decode/gzip.js';

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

export const decode = createDecode({ zlib: { inflater, crc32: nativeCrc32 ?? crc32 } });
