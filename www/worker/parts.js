// A log of which some parts are replaced.

const BLOB_BYTES = 8 << 20;
const encoder = new TextEncoder();

/** The bytes of a log with some of them replaced. They go to blobs, which the browser may store on disk. */
export class Parts {
  #parts = [];
  #loose = 0;
  #at = 0;

  #base = 0;
  #bytes = new Uint8Array(0);

  /** Continues with a chunk of the log, which starts at an offset. */
  begin(base, bytes) {
    this.#base = base;
    this.#bytes = bytes;
  }

  /** Copies the bytes up to an offset. */
  copy(to) {
    if (to <= this.#at) return;
    this.#push(this.#bytes.slice(this.#at - this.#base, to - this.#base));
    this.#at = to;
  }

  replace(from, to, text) {
    this.copy(from);
    this.#push(encoder.encode(text));
    this.#at = to;
  }

  #push(bytes) {
    this.#parts.push(bytes);
    this.#loose += bytes.length;
    if (this.#loose < BLOB_BYTES) return;
    this.#parts = [new Blob(this.#parts)];
    this.#loose = 0;
  }

  blob() {
    return new Blob(this.#parts);
  }
}
