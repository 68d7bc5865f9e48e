/**
 * The text of a log, kept so that any part of it can be read again. A file stays where it is, and what is unpacked goes
 * into blobs, which the browser may put on disk: the worker's memory does not grow with the log.
 */

const BLOB_BYTES = 8 << 20;

export class Store {
  /** `{ start, end, blob }` or, for what is small or not yet a blob, `{ start, end, bytes }`. */
  #pieces = [];
  #loose = [];
  #looseBytes = 0;
  #length = 0;

  /** Keeps a blob as it is. */
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

  async read(from, to) {
    const parts = [];
    for (const piece of [...this.#pieces, ...this.#loose]) {
      if (piece.end <= from || piece.start >= to) continue;
      const range = [Math.max(0, from - piece.start), Math.min(piece.end, to) - piece.start];
      parts.push(piece.bytes?.subarray(...range) ?? new Uint8Array(await piece.blob.slice(...range).arrayBuffer()));
    }
    if (parts.length === 1) return parts[0];
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let end = 0;
    for (const part of parts) {
      whole.set(part, end);
      end += part.length;
    }
    return whole;
  }
}
