// Random numbers and choices that are the same for the same seed.

/** Numbers from 0 to 1 (mulberry32). */
export function* random(seed) {
  for (let state = seed; ; ) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
}

/** Random choices for tests, drawn from those numbers. */
export class Dice {
  #numbers;

  constructor(seed) {
    this.#numbers = random(seed);
  }

  /** Returns an integer from 0 to one less than the limit. */
  below(limit) {
    return Math.floor(this.#numbers.next().value * limit);
  }

  /** True if a chance of one in `times` occurs. */
  once(times) {
    return this.below(times) === 0;
  }

  of(list) {
    return list[this.below(list.length)];
  }

  /** Returns `count` different members of a list, in random order. */
  some(list, count) {
    const left = [...list];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(this.below(left.length), 1)[0]);
  }

  /** Bytes in pieces, cut anywhere, of random length up to a longest; some are empty. */
  cut(bytes, longest) {
    const pieces = [];
    for (let start = 0; start < bytes.length; ) {
      const end = Math.min(start + this.below(longest + 1), bytes.length);
      pieces.push(bytes.subarray(start, end));
      start = end;
    }
    return pieces;
  }
}
