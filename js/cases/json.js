/**
 * JSON with the offsets of its values, for errors that say where, and with all digits of its integers.
 *
 * @module
 */

/** The deepest nesting that is read. */
const MAX_DEPTH = 64;
/** The nesting down to which offsets are kept: that of the members which a case file defines. */
const PLACED_DEPTH = 4;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const BLANKS = /[ \t\r\n]*/y;
const LITERALS = new Map(Object.entries({ true: true, false: false, null: null }));

/** A file that is not a case; the message says what is wrong, and `line` and `column` say where, from 1. */
export class CaseError extends Error {
  /**
   * @param {string} problem
   * @param {{ line: number, column: number }} place
   */
  constructor(problem, { line, column }) {
    super(`line ${line}, column ${column}: ${problem}`);
    this.name = 'CaseError';
    this.problem = problem;
    this.line = line;
    this.column = column;
  }
}

/**
 * Returns the line and the column of an offset, in characters.
 *
 * @param {string} text
 * @param {number} offset
 */
export function placeOf(text, offset) {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(start)].length + 1 };
}

/**
 * Reads a JSON text. Integers beyond 2^53 - 1 become BigInts. A member that is given twice is an error.
 *
 * @param {string} text
 * @returns {{ value: unknown, offsets: Map<string, number> }} the value, and the offsets of its upper members by their paths, such as
 *   `lines[2].error`
 * @throws {CaseError}
 */
export function readJson(text) {
  /** @type {Map<string, number>} */
  const offsets = new Map();
  let at = text.startsWith('\ufeff') ? 1 : 0;

  /** @param {string} expected @returns {never} */
  const refuse = (expected) => {
    const found = at >= text.length ? 'the end of the file' : JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0));
    throw new CaseError(`expected ${expected}, found ${found}`, placeOf(text, at));
  };

  /** @param {RegExp} pattern @returns {string | undefined} the match at the offset, which is passed */
  const take = (pattern) => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    at += found?.length ?? 0;
    return found;
  };

  /** Passes blanks, and a letter if it is the next one. @param {string} letter */
  const passes = (letter) => {
    take(BLANKS);
    if (text[at] !== letter) return false;
    at += 1;
    return true;
  };

  /** @param {string} path @param {number} depth @returns {Record<string, unknown>} */
  const object = (path, depth) => {
    /** @type {Map<string, unknown>} */
    const members = new Map();
    if (passes('}')) return {};
    do {
      take(BLANKS);
      const start = at;
      const key = take(STRING) ?? refuse('a name in double quotes');
      const name = JSON.parse(key);
      if (members.has(name)) throw new CaseError(`the member ${JSON.stringify(name)} is given twice`, placeOf(text, start));
      if (!passes(':')) refuse('":"');
      members.set(name, value(path === '' ? name : `${path}.${name}`, depth));
    } while (passes(','));
    if (!passes('}')) refuse('"," or "}"');
    return Object.fromEntries(members);
  };

  /** @param {string} path @param {number} depth @returns {unknown[]} */
  const list = (path, depth) => {
    /** @type {unknown[]} */
    const items = [];
    if (passes(']')) return items;
    do items.push(value(`${path}[${items.length}]`, depth)); while (passes(','));
    if (!passes(']')) refuse('"," or "]"');
    return items;
  };

  /** @param {string} path @param {number} depth @returns {unknown} */
  const value = (path, depth) => {
    take(BLANKS);
    if (depth <= PLACED_DEPTH) offsets.set(path, at);
    if (depth > MAX_DEPTH) throw new CaseError(`more than ${MAX_DEPTH} levels of objects and lists`, placeOf(text, at));
    if (passes('{')) return object(path, depth + 1);
    if (passes('[')) return list(path, depth + 1);
    const string = take(STRING);
    if (string !== undefined) return JSON.parse(string);
    const number = take(NUMBER);
    if (number) return numberOf(number);
    for (const [word, literal] of LITERALS) {
      if (!text.startsWith(word, at)) continue;
      at += word.length;
      return literal;
    }
    return refuse('a JSON value');
  };

  const whole = value('', 0);
  take(BLANKS);
  if (at < text.length) refuse('the end of the file');
  return { value: whole, offsets };
}

/** @param {string} digits */
function numberOf(digits) {
  const number = Number(digits);
  return Number.isSafeInteger(number) || /[.eE]/.test(digits) ? number : BigInt(digits);
}

/**
 * Returns the JSON text of a value, with all digits of a BigInt.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function jsonOf(value) {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${jsonOf(item)}`).join(',')}}`;
}

/** True if a value is an object, and not a list. @param {unknown} value @returns {value is Record<string, unknown>} */
export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
