/**
 * Members and items of JSON texts, as parts of their text: so no number loses a digit.
 *
 * @module
 */

/**
 * A part of a text.
 *
 * @typedef {{ start: number, end: number }} Span
 */

/** A text that is not JSON. */
export class NotJson extends Error {}

/**
 * Returns the members of an object, by name. Of a name that occurs twice, the last counts.
 *
 * @param {string} text starts with a brace
 * @returns {Map<string, string>} from names to the texts of the values
 * @throws {NotJson}
 */
export function membersOf(text) {
  /** @type {Map<string, string>} */
  const members = new Map();
  let at = blanks(text, 1);
  while (text[at] !== '}') {
    const key = valueAt(text, at);
    if (text[at] !== '"') throw new NotJson();
    at = blanks(text, key.end);
    if (text[at] !== ':') throw new NotJson();
    const value = valueAt(text, blanks(text, at + 1));
    members.set(stringOf(text.slice(key.start, key.end)), text.slice(value.start, value.end));
    at = next(text, value.end, '}');
  }
  return members;
}

/**
 * Returns the texts of the items of a list.
 *
 * @param {string} text starts with a bracket
 * @throws {NotJson}
 */
export function itemsOf(text) {
  /** @type {string[]} */
  const items = [];
  let at = blanks(text, 1);
  while (text[at] !== ']') {
    const value = valueAt(text, at);
    items.push(text.slice(value.start, value.end));
    at = next(text, value.end, ']');
  }
  return items;
}

/**
 * Returns the string that a JSON text is.
 *
 * @param {string} text
 * @returns {string}
 * @throws {NotJson}
 */
export function stringOf(text) {
  if (!text.includes('\\') && text.length > 1) return text.slice(1, -1);
  try {
    return JSON.parse(text);
  } catch {
    throw new NotJson();
  }
}

/** Returns a JSON text in one line. @param {string} text */
export function oneLine(text) {
  return text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+[ \t]*/g, ' ') : text;
}

/** Passes a comma. @param {string} text @param {number} end @param {string} closing */
function next(text, end, closing) {
  const at = blanks(text, end);
  if (text[at] === ',') {
    const after = blanks(text, at + 1);
    if (text[after] === closing) throw new NotJson();
    return after;
  }
  if (text[at] !== closing) throw new NotJson();
  return at;
}

/** Returns the value at an offset. @param {string} text @param {number} start @returns {Span} */
function valueAt(text, start) {
  const first = text[start];
  if (first === '"') return { start, end: stringEnd(text, start) };
  if (first === '{' || first === '[') {
    let depth = 0;
    for (let at = start; at < text.length; at++) {
      const letter = text[at];
      if (letter === '"') at = stringEnd(text, at) - 1;
      else if (letter === '{' || letter === '[') depth += 1;
      else if (letter === '}' || letter === ']') depth -= 1;
      if (depth === 0) return { start, end: at + 1 };
    }
    throw new NotJson();
  }
  let end = start;
  while (end < text.length && !/[\s,\]}:]/.test(text[end])) end += 1;
  if (end === start) throw new NotJson();
  return { start, end };
}

/** Returns the offset after a string. @param {string} text @param {number} start */
function stringEnd(text, start) {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  throw new NotJson();
}

/** Passes blanks. @param {string} text @param {number} start */
function blanks(text, start) {
  let at = start;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return at;
}
