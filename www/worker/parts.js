// A log of which some parts are replaced.

import { Store } from './store.js';

const encoder = new TextEncoder();

/** The bytes of a log with some of them replaced. */
export class Parts {
  #store = new Store();
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
    this.#store.add(this.#bytes.slice(this.#at - this.#base, to - this.#base));
    this.#at = to;
  }

  replace(from, to, text) {
    this.copy(from);
    this.#store.add(encoder.encode(text));
    this.#at = to;
  }

  blob() {
    return this.#store.blob();
  }
}
