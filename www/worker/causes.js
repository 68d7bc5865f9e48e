/**
 * The causes of errors, counted while a log is read. Each line with an error has the number of its cause, a byte, so that
 * memory does not grow with what lines contain.
 */

import { facts } from '../facts.js';
import { Grown } from './grown.js';

/** The number of causes that are told apart. Further ones share the last number. */
const MAX_CAUSES = 100;

export class Causes {
  #numbers = new Map();
  #of = new Grown(Uint8Array);
  /** The causes by their numbers, from 1: `{ code, field, expected, problem, count }`, as their first errors have them. */
  all = [undefined];

  add(error) {
    const key = keyOf(error);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = Math.min(this.all.length, MAX_CAUSES);
      this.#numbers.set(key, number);
      const { code, field, expected, problem } = error;
      this.all[number] ??= { code, field, expected, problem, count: 0 };
      if (this.#numbers.size > 10 * MAX_CAUSES) this.#numbers = new Map();
    }
    this.all[number].count += 1;
    this.#of.set(error.lineNumber - 1, number);
  }

  /** Returns the number of the cause of a line; 0 if there is none. */
  at(line) {
    return line < this.#of.length ? this.#of.at(line) : 0;
  }
}

/** Returns a text that errors of one cause share: the number of fields, or the field, and its text if that is a word. */
function keyOf({ code, field, expected, found = '', format }) {
  const isCounted = /^\d+$/.test(found) && /fields$/.test(expected ?? '');
  const isWord = facts.field(field)?.kind === 'word' && found.length <= 40;
  return [code, field, expected, format, (isCounted || isWord) && found].join('\n');
}
