/**
 * Keeps the start of an input, to show its candidates if its lines leave the format open.
 *
 * @module
 */

/** The parser looks ahead 1 MiB, from the first line on that has no known format. */
const MAX_BYTES = 4 * 1024 * 1024;

export class Sample {
  /** @type {Buffer[]} */
  #parts = [];
  #bytes = 0;

  /** @param {Uint8Array} chunk good until the next one is read, so it is copied */
  add(chunk) {
    const part = Buffer.from(chunk.subarray(0, MAX_BYTES - this.#bytes));
    this.#bytes += part.length;
    if (part.length > 0) this.#parts.push(part);
  }

  clear() {
    this.#parts = [];
  }

  /** @param {number} offset in the input @returns {Uint8Array} what was kept from there on */
  from(offset) {
    return Buffer.concat(this.#parts).subarray(offset);
  }
}
