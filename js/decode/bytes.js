/**
 * Bytes in chunks, of which as many can be taken as are wanted.
 *
 * @module
 */

import { joined } from '../core/bytes.js';

export { joined };

/** @type {Uint8Array} */
const NONE = new Uint8Array(0);

export class Bytes {
  #chunks;
  /** The bytes that were read and not taken. */
  #ahead = NONE;
  #isAtEnd = false;
  /** The offset of the next byte to take. */
  offset = 0;

  /** @param {AsyncIterator<Uint8Array>} chunks each is valid until the next one is asked for */
  constructor(chunks) {
    this.#chunks = chunks;
  }

  /** Returns the next bytes without taking them; fewer at the end only. @param {number} count */
  async peek(count) {
    while (this.#ahead.length < count && !this.#isAtEnd) {
      const kept = this.#ahead.slice();
      const next = await this.#read();
      if (next !== undefined) this.#ahead = joined([kept, next]);
      else this.#ahead = kept;
    }
    return this.#ahead.subarray(0, count);
  }

  /** Takes the next bytes; fewer at the end only. @param {number} count */
  async take(count) {
    const taken = await this.peek(count);
    this.#skip(taken.length);
    return taken;
  }

  /**
   * Takes the next bytes, as many as are there; undefined at the end.
   *
   * @param {number} most
   * @returns {Promise<Uint8Array | undefined>} valid until more is taken
   */
  async takeSome(most = Infinity) {
    if (this.#ahead.length === 0) {
      const next = await this.#read();
      if (next === undefined) return undefined;
      this.#ahead = next;
    }
    const taken = this.#ahead.subarray(0, most);
    this.#skip(taken.length);
    return taken;
  }

  /** Gives bytes back that were taken last. @param {Uint8Array} bytes */
  giveBack(bytes) {
    this.#ahead = joined([bytes, this.#ahead]);
    this.offset -= bytes.length;
  }

  /** Yields all that is left. */
  async *all() {
    for (let chunk = await this.takeSome(); chunk !== undefined; chunk = await this.takeSome()) yield chunk;
  }

  /** Ends the reading: files and streams are closed. */
  async close() {
    this.#isAtEnd = true;
    await this.#chunks.return?.();
  }

  /** @param {number} count */
  #skip(count) {
    this.#ahead = this.#ahead.subarray(count);
    this.offset += count;
  }

  /** Returns the next chunk that is not empty. */
  async #read() {
    while (!this.#isAtEnd) {
      const { done, value } = await this.#chunks.next();
      if (done) this.#isAtEnd = true;
      // Of a Buffer of Node.js, `slice` would not be a copy.
      else if (value.length > 0) return new Uint8Array(value.buffer, value.byteOffset, value.length);
    }
    return undefined;
  }
}
