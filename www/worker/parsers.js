/** Parsers by their options, of which the oldest one is freed when there are too many: a log can have any number of formats. */
export class Parsers {
  #made = new Map();

  /** Returns the parser with a key, which is made if there is none. Then at most `most` are kept. */
  of(key, make, most) {
    if (!this.#made.has(key)) {
      this.#made.set(key, make());
      if (this.#made.size > most) this.#free(this.#made.keys().next().value);
    }
    return this.#made.get(key);
  }

  clear() {
    for (const key of this.#made.keys()) this.#free(key);
  }

  #free(key) {
    this.#made.get(key).free();
    this.#made.delete(key);
  }
}
