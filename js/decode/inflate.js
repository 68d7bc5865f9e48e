/**
 * Inflates deflate data (RFC 1951), and says where it ends.
 *
 * `DecompressionStream` refuses bytes after the end of a gzip member and does not say where the end is, and its output
 * before an error is lost. Therefore gzip with several members, or with anything after it, needs an inflater of our own
 * where there is no zlib.
 *
 * @module
 */

const WINDOW = 32 * 1024;
const PIECE_BYTES = 64 * 1024;
/** The longest copy of one code. */
const MAX_COPY = 258;
/** The most bits of a code for a copy: length, its extra bits, distance, its extra bits. */
const MAX_CODE_BITS = 48;

/** The order in which the lengths of the code lengths' own codes are written. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const LENGTH_EXTRA = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0);
const LENGTH_BASE = Uint16Array.of(
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
);
const DISTANCE_EXTRA = Uint8Array.from({ length: 30 }, (_, code) => Math.max(0, (code >> 1) - 1));
const DISTANCE_BASE = Uint16Array.from({ length: 30 }, (_, code) => {
  return code < 4 ? code + 1 : ((2 + (code & 1)) << ((code >> 1) - 1)) + 1;
});

const FIXED = {
  literals: tableOf(Uint8Array.from({ length: 288 }, (_, code) => (code < 144 ? 8 : code < 256 ? 9 : code < 280 ? 7 : 8))),
  distances: tableOf(new Uint8Array(30).fill(5)),
};

/** The state between two blocks, in a stored block, in a block of codes, and after the last block. */
const BETWEEN = 0;
const STORED = 1;
const CODES = 2;
const DONE = 3;

/**
 * A table of codes: the next bits of the input, as an index, give a symbol and the length of its code.
 *
 * @typedef {{ entries: Uint16Array, mask: number }} Table
 */

export class Inflate {
  /** @type {Uint8Array} the input from the first byte that is not used up */
  #input = new Uint8Array(0);
  /** The offset of the next bit in it. */
  #bit = 0;
  #state = BETWEEN;
  #isLastBlock = false;
  /** The bytes left of a stored block. */
  #left = 0;
  #literals = FIXED.literals;
  #distances = FIXED.distances;
  #buffer = new Uint8Array(WINDOW + PIECE_BYTES + MAX_COPY);
  /** The start of the output in the buffer that has not been taken, and its end. */
  #start = 0;
  #end = 0;
  /** @type {unknown} the damage that was found, if any */
  #damage;

  /** True if the data has ended. */
  get isDone() {
    return this.#state === DONE;
  }

  /** The input after the end of the data. */
  get rest() {
    return this.#input.subarray((this.#bit + 7) >> 3);
  }

  /** Adds input. @param {Uint8Array} part at most a few megabytes */
  push(part) {
    const used = this.#bit >> 3;
    const left = this.#input.length - used;
    if (left === 0) {
      this.#input = part;
    } else {
      const input = new Uint8Array(left + part.length);
      input.set(this.#input.subarray(used));
      input.set(part, left);
      this.#input = input;
    }
    this.#bit &= 7;
  }

  /**
   * Returns the next piece of output, a copy; undefined if there is none without more input.
   *
   * @throws {Error} if the data is damaged, after all output before that
   */
  read() {
    try {
      while (this.#state !== DONE && this.#end <= WINDOW + PIECE_BYTES && this.#damage === undefined) {
        const isAhead = this.#state === BETWEEN ? this.#startBlock() : this.#state === STORED ? this.#copyStored() : this.#decode();
        if (!isAhead) break;
      }
    } catch (error) {
      this.#damage = error;
    }
    if (this.#end === this.#start) {
      if (this.#damage !== undefined) throw this.#damage;
      return undefined;
    }
    const piece = this.#buffer.slice(this.#start, this.#end);
    if (this.#end > WINDOW) {
      this.#buffer.copyWithin(0, this.#end - WINDOW, this.#end);
      this.#end = WINDOW;
    }
    this.#start = this.#end;
    return piece;
  }

  /** The number of bits of input that are left. */
  get #bits() {
    return this.#input.length * 8 - this.#bit;
  }

  /** Returns the next bits without passing them. @param {number} count at most 16 */
  #peek(count) {
    const at = this.#bit >> 3;
    const input = this.#input;
    return ((input[at] | (input[at + 1] << 8) | (input[at + 2] << 16)) >>> (this.#bit & 7)) & ((1 << count) - 1);
  }

  /** Returns the next bits. @param {number} count at most 16 */
  #take(count) {
    const bits = this.#peek(count);
    this.#bit += count;
    return bits;
  }

  /** Reads the header of a block. False if its end is not there yet. */
  #startBlock() {
    const before = this.#bit;
    if (this.#bits < 3) return false;
    const isLast = this.#take(1) === 1;
    const kind = this.#take(2);
    let isThere = true;
    if (kind === 0) isThere = this.#startStored();
    else if (kind === 1) [this.#literals, this.#distances, this.#state] = [FIXED.literals, FIXED.distances, CODES];
    else if (kind === 2) isThere = this.#readTables();
    else throw new Error('a block is of an unknown kind');
    if (isThere) this.#isLastBlock = isLast;
    else this.#bit = before;
    return isThere;
  }

  #startStored() {
    this.#bit = (this.#bit + 7) & ~7;
    if (this.#bits < 32) return false;
    const length = this.#take(16);
    if ((this.#take(16) ^ length) !== 0xffff) throw new Error('the length of a stored block is wrong');
    this.#left = length;
    this.#state = STORED;
    return true;
  }

  #readTables() {
    if (this.#bits < 14) return false;
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const given = this.#take(4) + 4;
    if (literals > 286 || distances > 30) throw new Error('a block has too many codes');
    if (this.#bits < given * 3) return false;
    const own = new Uint8Array(19);
    for (let index = 0; index < given; index++) own[ORDER[index]] = this.#take(3);
    const table = tableOf(own);
    const lengths = new Uint8Array(literals + distances);
    for (let at = 0; at < lengths.length;) {
      const entry = table.entries[this.#peek(15) & table.mask];
      const symbol = entry >> 4;
      if ((entry & 15) + 7 > this.#bits) return false;
      if (entry === 0) throw new Error('a code is unknown');
      this.#bit += entry & 15;
      if (symbol < 16) {
        lengths[at++] = symbol;
        continue;
      }
      if (symbol === 16 && at === 0) throw new Error('the first length is a repetition');
      const value = symbol === 16 ? lengths[at - 1] : 0;
      const count = symbol === 16 ? this.#take(2) + 3 : symbol === 17 ? this.#take(3) + 3 : this.#take(7) + 11;
      if (at + count > lengths.length) throw new Error('a block has too many lengths');
      lengths.fill(value, at, at + count);
      at += count;
    }
    if (lengths[256] === 0) throw new Error('a block has no end');
    this.#literals = tableOf(lengths.subarray(0, literals));
    this.#distances = tableOf(lengths.subarray(literals));
    this.#state = CODES;
    return true;
  }

  /** Copies bytes of a stored block. False if there are none yet. */
  #copyStored() {
    const at = this.#bit >> 3;
    const space = this.#buffer.length - this.#end;
    const part = this.#input.subarray(at, at + Math.min(this.#left, space));
    this.#buffer.set(part, this.#end);
    this.#end += part.length;
    this.#bit += part.length * 8;
    this.#left -= part.length;
    if (this.#left === 0) this.#endBlock();
    return this.#left === 0 || part.length > 0;
  }

  /**
   * Decodes codes until the buffer is full or the block ends. False if there is too little input: after a code there
   * are the eight bytes of gzip's trailer at least.
   */
  #decode() {
    const input = this.#input;
    const buffer = this.#buffer;
    const { entries: literals, mask: literalMask } = this.#literals;
    const { entries: distances, mask: distanceMask } = this.#distances;
    const last = input.length * 8 - MAX_CODE_BITS;
    let bit = this.#bit;
    let end = this.#end;
    let isAhead = true;
    let problem;
    while (end <= WINDOW + PIECE_BYTES) {
      if (bit > last) {
        isAhead = false;
        break;
      }
      let at = bit >> 3;
      const entry = literals[((input[at] | (input[at + 1] << 8) | (input[at + 2] << 16)) >>> (bit & 7)) & literalMask];
      bit += entry & 15;
      const symbol = entry >> 4;
      if (symbol < 256) {
        if (entry === 0) {
          problem = 'a code is unknown';
          break;
        }
        buffer[end++] = symbol;
        continue;
      }
      if (symbol === 256) {
        this.#endBlock();
        break;
      }
      const code = symbol - 257;
      if (code > 28) {
        problem = 'a length is unknown';
        break;
      }
      at = bit >> 3;
      let bits = (input[at] | (input[at + 1] << 8)) >>> (bit & 7);
      const length = LENGTH_BASE[code] + (bits & ((1 << LENGTH_EXTRA[code]) - 1));
      bit += LENGTH_EXTRA[code];
      at = bit >> 3;
      const far = distances[((input[at] | (input[at + 1] << 8) | (input[at + 2] << 16)) >>> (bit & 7)) & distanceMask];
      if (far === 0 || far >> 4 > 29) {
        problem = 'a distance is unknown';
        break;
      }
      bit += far & 15;
      at = bit >> 3;
      bits = (input[at] | (input[at + 1] << 8) | (input[at + 2] << 16)) >>> (bit & 7);
      const extra = DISTANCE_EXTRA[far >> 4];
      const distance = DISTANCE_BASE[far >> 4] + (bits & ((1 << extra) - 1));
      bit += extra;
      if (distance > end) {
        problem = 'a distance is too large';
        break;
      }
      const stop = end + length;
      for (let from = end - distance; end < stop;) buffer[end++] = buffer[from++];
    }
    this.#bit = bit;
    this.#end = end;
    if (problem !== undefined) throw new Error(problem);
    return isAhead;
  }

  #endBlock() {
    this.#state = this.#isLastBlock ? DONE : BETWEEN;
  }
}

/**
 * Makes the table of codes of these lengths.
 *
 * @param {Uint8Array} lengths of the codes, by symbol
 * @returns {Table}
 * @throws {Error} if there cannot be such codes
 */
function tableOf(lengths) {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  const next = new Uint16Array(16);
  let longest = 0;
  for (let length = 1, code = 0; length < 16; length++) {
    code = (code + counts[length - 1]) << 1;
    next[length] = code;
    if (counts[length] > 0) longest = length;
    if (code + counts[length] > 1 << length) throw new Error('a block has too many codes of a length');
  }
  const entries = new Uint16Array(1 << longest);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol];
    if (length === 0) continue;
    const code = reversed(next[length]++, length);
    for (let index = code; index < entries.length; index += 1 << length) entries[index] = (symbol << 4) | length;
  }
  return { entries, mask: entries.length - 1 };
}

/** Returns a code with its bits in the order of the input. @param {number} code @param {number} length */
function reversed(code, length) {
  let result = 0;
  for (let rest = length; rest > 0; rest--) {
    result = (result << 1) | (code & 1);
    code >>= 1;
  }
  return result;
}
