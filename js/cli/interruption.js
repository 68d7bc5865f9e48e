/**
 * Ends a run in order when a signal asks for it: documents are written as whole lines, and the summary is printed. A second signal
 * has its usual effect.
 *
 * @module
 */

import { InputError } from '../node/input.js';

/** @typedef {'SIGINT' | 'SIGTERM'} Signal */

/** @type {Signal[]} */
const SIGNALS = ['SIGINT', 'SIGTERM'];

/** A signal has ended the reading of an input. */
export class Interrupted extends InputError {}

export class Interruption {
  /** @type {Signal | undefined} the signal that has come */
  signal;
  #signals;
  #onFirst;
  #wake = () => {};
  #abort = new AbortController();

  /**
   * @param {import('node:events').EventEmitter | undefined} signals emits SIGINT and SIGTERM
   * @param {() => void} [onFirst] called when a signal comes
   */
  constructor(signals, onFirst = () => {}) {
    this.#signals = signals;
    this.#onFirst = onFirst;
    for (const name of SIGNALS) signals?.on(name, this.#onSignal);
  }

  /** @param {Signal} name */
  #onSignal = (name) => {
    this.signal = name;
    this.release();
    this.#onFirst();
    this.#wake();
    this.#abort.abort(new Interrupted());
  };

  /** Aborted by a signal, with the reason that it is interrupted. */
  get abortion() {
    return this.#abort.signal;
  }

  /** Leaves signals their usual effect. */
  release() {
    for (const name of SIGNALS) this.#signals?.off(name, this.#onSignal);
  }

  /**
   * Yields the chunks of an input until a signal comes, also while one is awaited.
   *
   * @param {AsyncGenerator<Uint8Array>} chunks
   * @returns {AsyncGenerator<Uint8Array, void, undefined>}
   * @throws {Interrupted}
   */
  async *until(chunks) {
    try {
      for (;;) {
        if (this.signal !== undefined) throw new Interrupted();
        // A promise for each chunk: one for all would keep what every race has made.
        const signalled = /** @type {Promise<void>} */ (new Promise((done) => { this.#wake = done; }));
        const result = await Promise.race([chunks.next(), signalled]);
        if (!result) throw new Interrupted();
        if (result.done) return;
        yield result.value;
      }
    } finally {
      const closed = chunks.return(undefined);
      // A chunk that never comes would be waited for.
      if (this.signal === undefined) await closed;
      else closed.catch(() => {});
    }
  }
}
