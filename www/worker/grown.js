/** A typed array that grows, filled with zeros. */
export class Grown {
  length = 0;
  #values;

  constructor(Type, capacity = 1024) {
    this.#values = new Type(capacity);
  }

  at(index) {
    return this.#values[index];
  }

  set(index, value) {
    if (index >= this.#values.length) {
      const larger = new this.#values.constructor(Math.max(index + 1, this.#values.length * 2));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[index] = value;
    if (index >= this.length) this.length = index + 1;
  }

  push(value) {
    this.set(this.length, value);
  }

  /** Returns a copy of the first values, with zeros for those that were never set. */
  copy(length = this.length) {
    const copy = new this.#values.constructor(length);
    copy.set(this.#values.subarray(0, Math.min(length, this.length)));
    return copy;
  }
}
