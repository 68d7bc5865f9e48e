/**
 * The text of a log, of which any part can be read again. Files are not copied, and decompressed text goes to blobs, which
 * the browser may store on disk, so that the memory of the worker does not grow with the log.
 */

import { joined } from '../../js/decode/bytes.js';

const BLOB_BYTES = 8 << 20;
/** The size of the parts that `chunks` yields: one slice of a blob takes about as long for one line as for a megabyte. */
const CHUNK_BYTES = 1 << 20;

export class Store {
  /** Parts of the text: `{ start, end, blob }`, or `{ start, end, bytes }` before a blob is made. */
  #pieces = [];
  #loose = [];
  #looseBytes = 0;
  #length = 0;

  /** Appends a blob without a copy. */
  addBlob(blob) {
    this.flush();
    this.#pieces.push({ start: this.#length, end: this.#length + blob.size, blob });
    this.#length += blob.size;
  }

  add(bytes) {
    this.#loose.push({ start: this.#length, end: this.#length + bytes.length, bytes });
    this.#looseBytes += bytes.length;
    this.#length += bytes.length;
    if (this.#looseBytes >= BLOB_BYTES) this.flush();
  }

  flush() {
    if (this.#loose.length === 0) return;
    const [{ start }] = this.#loose;
    const blob = new Blob(this.#loose.map(({ bytes }) => bytes));
    this.#pieces.push({ start, end: this.#length, blob });
    this.#loose = [];
    this.#looseBytes = 0;
  }

  /** Returns the whole text. */
  blob() {
    this.flush();
    return new Blob(this.#pieces.map(({ blob }) => blob));
  }

  /** Yields the text up to an offset, in chunks. */
  async *chunks(end) {
    for (let from = 0; from < end; from += CHUNK_BYTES) yield this.read(from, Math.min(end, from + CHUNK_BYTES));
  }

  async read(from, to) {
    const parts = [];
    for (const piece of [...this.#pieces, ...this.#loose]) {
      if (piece.end <= from || piece.start >= to) continue;
      const range = [Math.max(0, from - piece.start), Math.min(piece.end, to) - piece.start];
      parts.push(piece.bytes?.subarray(...range) ?? new Uint8Array(await piece.blob.slice(...range).arrayBuffer()));
    }
    return joined(parts);
  }
}
