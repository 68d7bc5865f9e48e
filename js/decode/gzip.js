/**
 * Unpacks gzip (RFC 1952): all members, one after the other.
 *
 * @module
 */

import { Inflate } from './inflate.js';
import { damaged } from './problem.js';

/** Gzip grows by up to a factor of 1032: this keeps what one part can become below 34 MB. */
const PART_BYTES = 32 * 1024;

const MAGIC = [0x1f, 0x8b];
/** The flags of a header: a checksum of it, further data, a name, a comment. */
const HAS_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/**
 * An inflater of deflate data. `write` takes a part, which it must not use after that, and gives what it becomes; several
 * calls must not overlap. After the end of the data, `rest` has the bytes of the last part that are not used.
 *
 * @typedef {object} Inflater
 * @property {(part: Uint8Array) => Uint8Array[] | Promise<Uint8Array[]>} write
 * @property {boolean} isDone
 * @property {Uint8Array} rest
 * @property {() => void} free
 *
 * @typedef {object} Zlib
 * @property {() => Inflater} inflater
 * @property {(bytes: Uint8Array, before: number) => number} crc32
 */

/** Makes an inflater that needs nothing of the platform. @returns {Inflater} */
export function portableInflater() {
  const inflate = new Inflate();
  return {
    write(part) {
      inflate.push(part);
      /** @type {Uint8Array[]} */
      const pieces = [];
      try {
        for (let piece = inflate.read(); piece !== undefined; piece = inflate.read()) pieces.push(piece);
      } catch (error) {
        throw new Unpacked(/** @type {Error} */ (error).message, pieces);
      }
      return pieces;
    },
    get isDone() {
      return inflate.isDone;
    },
    get rest() {
      return inflate.rest;
    },
    free() {},
  };
}

/**
 * Yields the unpacked bytes. All bytes before damage are yielded before the error is thrown.
 *
 * @param {import('./bytes.js').Bytes} bytes
 * @param {Zlib} zlib
 * @param {(warning: string) => void} warn
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* gunzip(bytes, zlib, warn) {
  do {
    await readHeader(bytes);
    yield* readMember(bytes, zlib);
  } while (await findMember(bytes, warn));
}

/** Goes to the next member. False if there is none. @param {import('./bytes.js').Bytes} bytes @param {(warning: string) => void} warn */
async function findMember(bytes, warn) {
  const start = bytes.offset;
  for (let part = await bytes.takeSome(); part !== undefined; part = await bytes.takeSome()) {
    // Tapes and some tools fill up with zeros.
    const at = part.findIndex((byte) => byte !== 0);
    if (at < 0) continue;
    bytes.giveBack(part.slice(at));
    const head = await bytes.peek(MAGIC.length);
    if (MAGIC.every((byte, index) => head[index] === byte)) return true;
    warn(`the gzip data ends at byte ${start}; after it there is something else, which was not read`);
    return false;
  }
  return false;
}

/** @param {import('./bytes.js').Bytes} bytes */
async function readHeader(bytes) {
  const start = bytes.offset;
  const [, , method, flags] = await whole(bytes, 10);
  if (method !== 8 || (flags & 0xe0) !== 0) throw damaged('the gzip data is damaged: its header is unknown', start);
  if (flags & HAS_EXTRA) {
    const [low, high] = await whole(bytes, 2);
    await whole(bytes, low | (high << 8));
  }
  for (const flag of [HAS_NAME, HAS_COMMENT]) {
    if ((flags & flag) === 0) continue;
    for (let [byte] = await whole(bytes, 1); byte !== 0;) [byte] = await whole(bytes, 1);
  }
  if (flags & HAS_CRC) await whole(bytes, 2);
}

/** Takes bytes that must be there. @param {import('./bytes.js').Bytes} bytes @param {number} count */
async function whole(bytes, count) {
  const taken = await bytes.take(count);
  if (taken.length < count) throw cutShort(bytes.offset);
  return taken;
}

/**
 * Yields the text of one member. While one part's text is used, the next is unpacked.
 *
 * @param {import('./bytes.js').Bytes} bytes
 * @param {Zlib} zlib
 */
async function* readMember(bytes, zlib) {
  const inflater = zlib.inflater();
  const sum = { crc: 0, length: 0 };
  /** @param {Uint8Array[]} pieces */
  const counted = function* (pieces) {
    for (const piece of pieces) {
      sum.crc = zlib.crc32(piece, sum.crc);
      sum.length += piece.length;
      yield piece;
    }
  };
  /** @type {Uint8Array[]} */
  let pieces = [];
  try {
    while (!inflater.isDone) {
      const part = await bytes.takeSome(PART_BYTES);
      if (part === undefined) {
        yield* counted(pieces);
        throw cutShort(bytes.offset);
      }
      const start = bytes.offset - part.length;
      // A copy, since the part is valid only until more is taken.
      const running = outcome(inflater, part.slice());
      yield* counted(pieces);
      const { unpacked, error } = await running;
      pieces = unpacked;
      if (error !== undefined) {
        yield* counted(pieces);
        throw damaged(`the gzip data is damaged: ${error.message}`, start);
      }
    }
    yield* counted(pieces);
    bytes.giveBack(inflater.rest);
  } finally {
    inflater.free();
  }
  const start = bytes.offset;
  const trailer = await whole(bytes, 8);
  const [crc, length] = [0, 4].map((at) => {
    return (trailer[at] | (trailer[at + 1] << 8) | (trailer[at + 2] << 16) | (trailer[at + 3] << 24)) >>> 0;
  });
  if (crc !== sum.crc) throw damaged('the gzip data is damaged: its checksum is wrong', start);
  if (length !== sum.length % 2 ** 32) throw damaged('the gzip data is damaged: its length is wrong', start);
}

/**
 * Unpacks a part, and never throws.
 *
 * @param {Inflater} inflater
 * @param {Uint8Array} part
 * @returns {Promise<{ unpacked: Uint8Array[], error?: Error }>}
 */
async function outcome(inflater, part) {
  try {
    return { unpacked: await inflater.write(part) };
  } catch (error) {
    if (error instanceof Unpacked) return { unpacked: error.pieces, error };
    return { unpacked: [], error: /** @type {Error} */ (error) };
  }
}

/** Damage, with the bytes before it. */
export class Unpacked extends Error {
  /** @param {string} message @param {Uint8Array[]} pieces */
  constructor(message, pieces) {
    super(message);
    this.pieces = pieces;
  }
}

/** @param {number} offset */
function cutShort(offset) {
  return damaged('the gzip data is cut short', offset);
}
