/**
 * Cuts a text into JSON values, wherever its lines end, and lines that are not JSON.
 *
 * @module
 */

import { joined } from './bytes.js';
import { damaged, tooLarge } from './problem.js';

const LINE_FEED = 10;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

/** A value that is longer is cut between the items of its list. */
const CUT_BYTES = 16 * 1024 * 1024;

/**
 * A part of the text: a JSON value with the byte after it, if there is one; or a piece of other text.
 *
 * @typedef {{ value: Uint8Array, next: number | undefined } | { text: Uint8Array }} Part
 */

export class Values {
  #maxMemory;
  /** The memory that the text is in. */
  #memory = new Uint8Array(0);
  /** @type {Uint8Array} the text from the value on that is being read, in that memory */
  #bytes = new Uint8Array(0);
  /** The offset of the next byte to look at. */
  #at = 0;
  /** The offset of the first byte of `#bytes` in the text. */
  #offset = 0;
  /** @type {number[]} the brackets that are open */
  #open = [];
  #isInString = false;
  /** The last byte that is not blank. */
  #before = 0;
  /** True if the value is complete, and the byte after it is not there yet. */
  #isComplete = false;
  /** The offset in the text of the next line feed, or of the byte up to which there is none. */
  #lineEnd = 0;
  /** True within a line that is not JSON. */
  #isInLine = false;
  /**
   * The first list of lists or objects: the number of brackets around its items, their start, and the end of the last one.
   * The depth is 0 before the list and after it.
   */
  #list = { depth: 0, start: 0, end: 0, hasBrackets: false };

  /** @param {{ maxMemory: number }} settings */
  constructor({ maxMemory }) {
    this.#maxMemory = maxMemory;
  }

  /** The text that was not cut yet. */
  get rest() {
    return this.#bytes;
  }

  /** The offset of that text in the whole text. */
  get offset() {
    return this.#offset;
  }

  /**
   * Adds a chunk, and yields the parts that are complete.
   *
   * @param {Uint8Array} chunk
   * @returns {Generator<Part, void, undefined>}
   */
  *push(chunk) {
    this.#append(chunk);
    yield* this.#scan(false);
    if (this.#bytes.length < CUT_BYTES) return;
    const cut = this.#cut();
    if (cut !== undefined) yield { value: cut, next: undefined };
    else if (this.#bytes.length > this.#maxMemory) {
      const problem = `a JSON value has more than ${this.#maxMemory} bytes, as the option "maxMemory" allows`;
      throw tooLarge(problem, this.#offset);
    }
  }

  /**
   * Ends the text, and yields its last parts.
   *
   * @returns {Generator<Part, void, undefined>}
   */
  *end() {
    yield* this.#scan(true);
    if (this.#bytes.length === 0) return;
    const offset = this.#offset + this.#bytes.length;
    const cut = this.#cut();
    if (cut === undefined) {
      yield { text: lineOf(this.#bytes) };
      return;
    }
    yield { value: cut, next: undefined };
    throw damaged('the JSON text is cut short', offset);
  }

  /** @param {Uint8Array} chunk */
  #append(chunk) {
    const end = this.#bytes.byteOffset + this.#bytes.length;
    const length = this.#bytes.length + chunk.length;
    if (end + chunk.length <= this.#memory.length && this.#bytes.buffer === this.#memory.buffer) {
      this.#memory.set(chunk, end);
      this.#bytes = this.#memory.subarray(this.#bytes.byteOffset, end + chunk.length);
      return;
    }
    // Twice as much as needed, so that a long value is copied a few times only.
    this.#memory = new Uint8Array(length * 2);
    this.#memory.set(this.#bytes);
    this.#memory.set(chunk, this.#bytes.length);
    this.#bytes = this.#memory.subarray(0, length);
  }

  /**
   * @param {boolean} isLast
   * @returns {Generator<Part, void, undefined>}
   */
  *#scan(isLast) {
    while (this.#at < this.#bytes.length || (isLast && this.#isComplete)) {
      if (this.#isComplete) {
        const value = this.#bytes.subarray(0, this.#at);
        const next = this.#bytes[this.#at];
        this.#drop(this.#at);
        this.#isComplete = false;
        yield { value, next };
      } else if (this.#isInLine) {
        const end = this.#bytes.indexOf(LINE_FEED) + 1;
        const text = this.#bytes.subarray(0, end || undefined);
        this.#drop(text.length);
        this.#isInLine = end === 0;
        yield { text };
      } else if (this.#open.length === 0) {
        this.#start();
      } else if (!this.#goOn()) {
        yield { text: lineOf(this.#giveUp()) };
      }
    }
  }

  /** Looks for the start of the next value. */
  #start() {
    const bytes = this.#bytes;
    let at = 0;
    while (isBlank(bytes[at]) || bytes[at] === COMMA) at += 1;
    this.#drop(at);
    if (this.#bytes.length === 0) return;
    const [byte] = this.#bytes;
    if (byte !== OPEN_OBJECT && byte !== OPEN_LIST) {
      this.#isInLine = true;
      return;
    }
    this.#list = { depth: 0, start: 0, end: 0, hasBrackets: false };
    this.#openBracket(byte);
  }

  /** Reads on within a value. False if it is not JSON. */
  #goOn() {
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      if (this.#isInString) {
        const quote = bytes.indexOf(QUOTE, this.#at);
        const end = quote < 0 ? bytes.length : quote;
        // A text in JSON has no line feed: its line is cut short.
        const lineEnd = this.#findLineEnd(end);
        if (lineEnd < end) {
          this.#at = lineEnd;
          return false;
        }
        this.#at = end;
        if (quote < 0) return true;
        this.#at += 1;
        let slashes = 0;
        while (bytes[quote - 1 - slashes] === BACKSLASH) slashes += 1;
        if (slashes % 2 === 0) this.#isInString = false;
        continue;
      }
      const byte = bytes[this.#at];
      if (byte === QUOTE) {
        if (!this.#mayOpen()) return false;
        this.#isInString = true;
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (!this.#mayOpen() || this.#before === OPEN_OBJECT) return false;
        this.#openBracket(byte);
        continue;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        if (this.#open.at(-1) !== byte - 2) return false;
        if (this.#list.depth === this.#open.length) this.#list.depth = 0;
        this.#open.pop();
      } else if (byte === COMMA && this.#list.depth === this.#open.length) {
        this.#list.end = this.#at;
      }
      this.#at += 1;
      if (!isBlank(byte)) this.#before = byte;
      if (this.#open.length === 0) {
        this.#isComplete = true;
        return true;
      }
    }
    return true;
  }

  /** Returns the next line feed, or any byte from `end` on. @param {number} end */
  #findLineEnd(end) {
    const known = Math.max(this.#lineEnd - this.#offset, this.#at);
    if (known >= end || this.#bytes[known] === LINE_FEED) return known;
    const found = this.#bytes.indexOf(LINE_FEED, known);
    const lineEnd = found < 0 ? this.#bytes.length : found;
    this.#lineEnd = this.#offset + lineEnd;
    return lineEnd;
  }

  /** True if a value may be after the last byte. */
  #mayOpen() {
    return [OPEN_OBJECT, OPEN_LIST, COMMA, COLON].includes(this.#before);
  }

  /** @param {number} byte */
  #openBracket(byte) {
    this.#open.push(byte);
    this.#at += 1;
    this.#before = byte;
    if (this.#list.depth > 0) this.#list.hasBrackets = true;
    else if (byte === OPEN_LIST && !this.#list.hasBrackets) {
      this.#list = { depth: this.#open.length, start: this.#at, end: 0, hasBrackets: false };
    }
  }

  /** Takes out what was read of a value that is not JSON: its lines before the one that shows it, or all. */
  #giveUp() {
    const lineEnd = this.#bytes.lastIndexOf(LINE_FEED, this.#at);
    const text = this.#bytes.subarray(0, lineEnd < 0 ? Math.max(this.#at, 1) : lineEnd + 1);
    this.#drop(text.length);
    this.#open = [];
    this.#isInString = false;
    return text;
  }

  /**
   * Takes out the complete items of a list, as a value of their own with what is before the list. Undefined if the value
   * has none.
   */
  #cut() {
    const { depth, start, end } = this.#list;
    if (depth === 0 || end === 0) return undefined;
    const closing = this.#open.slice(0, depth).reverse().map((byte) => byte + 2);
    const head = this.#bytes.slice(0, start);
    const value = joined([this.#bytes.subarray(0, end), Uint8Array.from(closing)]);
    this.#bytes = joined([head, this.#bytes.slice(end + 1)]);
    this.#offset += end + 1 - start;
    this.#at -= end + 1 - start;
    this.#list.end = 0;
    return value;
  }

  /** Forgets the first bytes. @param {number} count */
  #drop(count) {
    this.#bytes = this.#bytes.subarray(count);
    this.#offset += count;
    this.#at = 0;
  }
}

/** @param {number | undefined} byte */
function isBlank(byte) {
  return byte === 32 || byte === 9 || byte === 10 || byte === 13;
}

/** Returns a text as one line. @param {Uint8Array} text */
export function lineOf(text) {
  const line = text.map((byte) => (byte === LINE_FEED || byte === 13 ? 32 : byte));
  return joined([line, Uint8Array.of(LINE_FEED)]);
}
