/**
 * Checks the pages of a column of a Parquet file, before `hyparquet` reads them.
 *
 * A page names sizes and numbers that it may not have, and a reader that believes them reads without end or takes any
 * amount of memory. So the headers, the checksums and the runs of all pages are checked.
 *
 * Source: the specifications of Parquet's encodings, and of Thrift's compact protocol, in which the headers are.
 *
 * @module
 */

import { crc32 } from './crc32.js';

/** The bytes that a value takes in a list, besides its text. */
export const VALUE_BYTES = 16;

/** The fields of a page's header that describe it, by the kind of the page: with data, a dictionary, and data in version 2. */
const DESCRIPTIONS = new Map([[0, 5], [2, 7], [3, 8]]);

/** The numbers of encodings. */
const PLAIN = 0;
const PLAIN_DICTIONARY = 2;
const RLE = 3;
const DELTA_BINARY_PACKED = 5;
const DELTA_LENGTH_BYTE_ARRAY = 6;
const DELTA_BYTE_ARRAY = 7;
const RLE_DICTIONARY = 8;
const BYTE_STREAM_SPLIT = 9;

/** The most values of a block of differences. Writers have 128. */
const MAX_BLOCK = 1 << 16;

/** The largest number of a field in a header. */
const MAX_ID = 1 << 15;

/**
 * A column of a group of rows.
 *
 * @typedef {object} Column
 * @property {string} type of its values
 * @property {boolean} optional true if a row may have no value
 * @property {(bytes: Uint8Array, size: number) => Uint8Array} unpack returns the bytes of a page
 */

/**
 * Checks the pages of a column: that they have a value for each row, and that `hyparquet` comes to their end.
 *
 * @param {Uint8Array} bytes
 * @param {number} rows of the group
 * @param {Column} column
 * @param {number} maxMemory bytes from which on a page is not unpacked: the check ends there
 * @returns {{ most: number, memory: number }} the most values of a page, and the bytes that one page takes at most
 */
export function checkPages(bytes, rows, column, maxMemory) {
  const reader = new Thrift(bytes);
  let values = 0;
  let most = 0;
  let memory = 0;
  while (reader.at < bytes.length && values < rows) {
    const page = pageOf(reader.struct(), bytes.subarray(reader.at));
    reader.at += page.packed.length;
    const { count, size } = page;
    let held = size + count * VALUE_BYTES;
    if (page.isDictionary) {
      // A value of a dictionary has a byte at least.
      if (count > size * 8) throw new Error('a dictionary has more values than bytes');
    } else {
      values += count;
      most = Math.max(most, count);
      if (values > rows) throw new Error('a column has more values than rows');
      if (held > maxMemory) return { most, memory: held };
      held += checkValues(page, column);
    }
    memory = Math.max(memory, held);
  }
  if (values < rows) throw new Error('a column has fewer values than rows');
  return { most, memory };
}

/**
 * A page, by its header.
 *
 * @typedef {object} Page
 * @property {boolean} isDictionary
 * @property {Uint8Array} packed
 * @property {number} size unpacked, in bytes
 * @property {number} count of values
 * @property {number} encoding
 * @property {{ nulls: number, levels: number, isPacked: boolean } | undefined} second what only pages of version 2 have;
 * `levels` is the size of the levels, in bytes
 */

/**
 * @param {Fields} header
 * @param {Uint8Array} rest the bytes after the header
 * @returns {Page}
 */
function pageOf(header, rest) {
  const [kind, size, packed, checksum] = [1, 2, 3, 4].map((id) => header.get(id));
  const id = DESCRIPTIONS.get(Number(kind));
  const parts = id === undefined ? undefined : header.get(id);
  const count = parts instanceof Map ? parts.get(1) : undefined;
  if (!(parts instanceof Map) || typeof size !== 'number' || typeof packed !== 'number' || typeof count !== 'number') {
    throw new Error('a page has no kind or size');
  }
  if (size < 0 || packed < 0 || count < 0 || packed > rest.length) throw new Error('a page is larger than its column');
  const bytes = rest.subarray(0, packed);
  if (typeof checksum === 'number' && checksum >>> 0 !== crc32(bytes, 0)) throw new Error('a page has another checksum than its bytes');
  const isSecond = kind === 3;
  const second = isSecond ? secondOf(parts, count, packed) : undefined;
  return { isDictionary: kind === 2, packed: bytes, size, count, encoding: Number(parts.get(isSecond ? 4 : 2)), second };
}

/** @param {Fields} parts @param {number} count @param {number} packed */
function secondOf(parts, count, packed) {
  const [nulls, rows, levels, repetition] = [2, 3, 5, 6].map((id) => parts.get(id));
  if (typeof nulls !== 'number' || typeof levels !== 'number' || rows !== count || repetition !== 0) throw new Error('a page has other numbers of rows and of values');
  if (nulls < 0 || nulls > count || levels < 0 || levels > packed) throw new Error('the levels of a page are larger than the page');
  return { nulls, levels, isPacked: parts.get(7) !== false };
}

/**
 * Checks the levels and values of a page.
 *
 * @param {Page} page
 * @param {Column} column
 * @returns {number} the bytes that its values take, besides those that the page has
 */
function checkValues(page, { type, optional, unpack }) {
  const { packed, size, count, encoding, second } = page;
  if (second !== undefined) {
    const { nulls, levels, isPacked } = second;
    if (optional) runs(packed.subarray(0, levels), 1, count);
    else if (levels > 0) throw new Error('a page has levels, which its column lacks');
    const rest = packed.subarray(levels);
    return checkEncoding(isPacked && size > levels ? unpack(rest, size - levels) : rest, page, count - nulls, encoding === RLE);
  }
  const bytes = unpack(packed, size);
  if (!optional) return checkEncoding(bytes, page, count, type === 'BOOLEAN');
  const levels = sized(bytes);
  return checkEncoding(bytes.subarray(4 + levels.length), page, runs(levels, 1, count), type === 'BOOLEAN');
}

/**
 * Checks the values of a page.
 *
 * @param {Uint8Array} bytes
 * @param {Page} page
 * @param {number} count of the values
 * @param {boolean} areBooleans true if runs have a size instead of a width
 * @returns {number} the bytes that the values take, besides those that the page has
 */
function checkEncoding(bytes, { encoding, second }, count, areBooleans) {
  switch (encoding) {
    case PLAIN:
    case BYTE_STREAM_SPLIT:
      return 0;
    case RLE:
    case PLAIN_DICTIONARY:
    case RLE_DICTIONARY: {
      if (count === 0) return 0;
      const width = areBooleans ? 1 : bytes[0];
      if (!(width <= 32)) throw new Error('a page has no width of its values');
      // In version 1, values of no bits need no runs.
      if (areBooleans) runs(sized(bytes), width, count);
      else if (width > 0 || second !== undefined) runs(bytes.subarray(1), width, count);
      return 0;
    }
    case DELTA_BINARY_PACKED:
    case DELTA_LENGTH_BYTE_ARRAY:
      if (count > 0) new Differences(new Thrift(bytes));
      return 0;
    case DELTA_BYTE_ARRAY: {
      const reader = new Thrift(bytes);
      return count === 0 ? 0 : textBytes(new Differences(reader).values(count), new Differences(reader).values(count));
    }
    default:
      throw new Error(`a page has the encoding ${encoding}, which is not read`);
  }
}

/** Returns the bytes after their length. @param {Uint8Array} bytes */
function sized(bytes) {
  const size = bytes.length < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true);
  if (size < 0 || size > bytes.length - 4) throw new Error('the runs of a page are larger than the page');
  return bytes.subarray(4, 4 + size);
}

/**
 * Reads runs: of equal values, or of values in groups of eight.
 *
 * @param {Uint8Array} bytes
 * @param {number} width the bits of a value
 * @param {number} count of values
 * @returns {number} the number of values that are odd: of levels, those whose row has a value
 */
function runs(bytes, width, count) {
  const reader = new Thrift(bytes);
  let odd = 0;
  for (let left = count; left > 0; ) {
    const head = reader.varint();
    const length = Math.floor(head / 2);
    // The last group may have values beyond the last one.
    if (length > left) throw new Error('a run has more values than its page');
    const at = reader.at;
    reader.skip(head % 2 === 0 ? (width + 7) >> 3 : length * width);
    if (reader.at > bytes.length) throw new Error('a run is cut short');
    if (head % 2 === 0) {
      odd += length * (bytes[at] & 1);
      left -= length;
    } else {
      const end = Math.min(left, length * 8);
      for (let bit = 0; bit < end; bit++) odd += (bytes[at + ((bit * width) >> 3)] >> ((bit * width) & 7)) & 1;
      left -= end;
    }
  }
  return odd;
}

/** Numbers as differences, in blocks that have miniblocks. */
class Differences {
  #reader;
  #miniblocks;
  #perMiniblock;
  #first;

  /** @param {Thrift} reader */
  constructor(reader) {
    this.#reader = reader;
    const block = reader.varint();
    this.#miniblocks = reader.varint();
    this.#perMiniblock = block / this.#miniblocks;
    if (block > MAX_BLOCK || !(this.#perMiniblock > 0) || this.#perMiniblock % 32 !== 0) throw new Error('a block of differences has no sizes');
    reader.varint();
    this.#first = reader.integer();
  }

  /**
   * Returns the numbers, of which none is less than 0.
   *
   * @param {number} count
   */
  values(count) {
    const reader = this.#reader;
    const values = [this.#first];
    while (values.length < count) {
      const least = reader.integer();
      const widths = reader.bytes(this.#miniblocks);
      for (const width of widths) {
        if (values.length >= count) break;
        if (width > 32) throw new Error('a difference has more than 32 bits');
        const packed = reader.bytes((this.#perMiniblock / 8) * width);
        const end = Math.min(this.#perMiniblock, count - values.length);
        for (let index = 0; index < end; index++) values.push(values[values.length - 1] + least + bits(packed, index * width, width));
      }
    }
    if (values.some((value) => !(value >= 0 && value < 2 ** 31))) throw new Error('a text has no length');
    return values;
  }
}

/** Returns some bits as a number, the lowest first. @param {Uint8Array} bytes @param {number} at @param {number} width */
function bits(bytes, at, width) {
  let value = 0;
  for (let bit = 0; bit < width; bit++) value += ((bytes[(at + bit) >> 3] >> ((at + bit) & 7)) & 1) * 2 ** bit;
  return value;
}

/**
 * Returns the bytes of texts that begin as the text before them does.
 *
 * @param {number[]} prefixes their lengths
 * @param {number[]} suffixes their lengths
 */
function textBytes(prefixes, suffixes) {
  let before = 0;
  let sum = 0;
  for (const [index, prefix] of prefixes.entries()) {
    if (prefix > before) throw new Error('a text begins with more than the text before it has');
    before = prefix + suffixes[index];
    sum += before;
  }
  return sum;
}

/**
 * The fields of a Thrift structure by their numbers: integers of 32 bits, structures, true and false; undefined for others.
 *
 * @typedef {Map<number, number | boolean | Fields | undefined>} Fields
 */

/** @param {number} value */
function within32Bits(value) {
  if (value !== (value | 0)) throw new Error('a number has more than 32 bits');
  return value;
}

/** Reads Thrift's compact protocol. */
class Thrift {
  #bytes;
  /** The offset of the next byte. */
  at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /** @param {number} [depth] @returns {Fields} */
  struct(depth = 0) {
    if (depth > 8) throw new Error('a header is nested too deeply');
    /** @type {Fields} */
    const fields = new Map();
    let id = 0;
    for (let head = this.#byte(); head !== 0; head = this.#byte()) {
      id = head >> 4 === 0 ? this.integer() : id + (head >> 4);
      if (id < 0 || id > MAX_ID) throw new Error('a header has an unknown field');
      fields.set(id, this.#value(head & 15, depth));
    }
    return fields;
  }

  varint() {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new Error('a number is too large');
  }

  integer() {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** @param {number} count */
  skip(count) {
    this.at += count;
    return undefined;
  }

  /** @param {number} count */
  bytes(count) {
    if (count > this.#bytes.length - this.at) throw new Error('a page is cut short');
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  /** @param {number} type @param {number} depth @returns {number | boolean | Fields | undefined} */
  #value(type, depth) {
    switch (type) {
      case 1:
      case 2:
        return type === 1;
      case 3:
        return this.#byte();
      case 4:
      case 5:
        return within32Bits(this.integer());
      case 6:
        this.integer();
        return undefined;
      case 7:
        return this.skip(8);
      case 8:
        // In two steps, since reading the length moves the offset.
        return this.skip(this.varint());
      case 12:
        return this.struct(depth + 1);
      case 9:
      case 10: {
        const head = this.#byte();
        const count = head >> 4 === 15 ? this.varint() : head >> 4;
        // Each item takes a byte at least. True and false take one in a list, and none in a structure.
        if (count > this.#bytes.length - this.at) throw new Error('a header is cut short');
        for (let left = count; left > 0; left--) this.#value((head & 15) < 3 ? 3 : head & 15, depth + 1);
        return undefined;
      }
      default:
        throw new Error('a header has an unknown type');
    }
  }

  #byte() {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Error('a header is cut short');
    return byte;
  }
}
