// Rows that align the keys of several shippers by the token that they come from, and the differences in words.

import { tokensByPath } from '../links.js';

/** Returns the keys of a column by row: those of one token in its row, those of several or of none in a row of their own. */
export function keysByRow(tokens, leaves) {
  const sources = tokensByPath(tokens);
  const rows = new Map();
  for (const [path, value] of leaves) {
    const from = sources.get(path) ?? [];
    const id = from.length === 1 ? from[0] : path;
    rows.set(id, [...(rows.get(id) ?? []), { path, value }]);
  }
  return rows;
}

const TIME = /^"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"$/;
const bare = (value) => value.replace(/^"(.*)"$/s, '$1');
const seconds = (value) => {
  const [, time] = TIME.exec(value) ?? [];
  if (time) return Date.parse(time) / 1000;
  const digits = bare(value);
  return /^\d{10}$/.test(digits) ? Number(digits) : /^\d{19}$/.test(digits) ? Number(digits.slice(0, 10)) : undefined;
};
const isAlike = (one, other) => bare(one).toLowerCase() === bare(other).toLowerCase() || (seconds(one) !== undefined && seconds(one) === seconds(other));
const typeOf = (value) => (value === 'null' ? 'null' : value[0] === '"' ? 'text' : value[0] === '[' ? 'a list' : /^[-\d]/.test(value) ? 'a number' : 'a literal');
const unitOf = (value) => (TIME.test(value) ? 'ISO 8601' : bare(value).length > 10 ? 'nanoseconds since 1970' : 'seconds since 1970');

/** Returns how two values differ, in words; empty if they are equal. */
function conversion(value, expected) {
  if (value === expected) return [];
  if (seconds(value) !== undefined && seconds(value) === seconds(expected)) {
    return unitOf(value) === unitOf(expected) ? ['written with other digits'] : [`unit: ${unitOf(value)}, not ${unitOf(expected)}`];
  }
  if (typeOf(value) !== typeOf(expected)) return [`type: ${typeOf(value)}, not ${typeOf(expected)}`];
  return [isAlike(value, expected) ? 'converted: upper or lower case' : 'converted'];
}

/**
 * Returns the differences of a cell from that of the reference, in words.
 *
 * @param {{ path: string, value: string, isUntyped?: boolean }[]} keys
 * @param {{ path: string, value: string }[]} expected
 */
export function differences(keys, expected) {
  const notes = [];
  const used = new Set();
  for (const { path, value, isUntyped } of keys) {
    const same = expected.find((other) => other.path === path) ?? expected.find((other) => !used.has(other) && isAlike(other.value, value));
    if (!same) {
      notes.push(value === 'null' ? 'null, not left out' : `only here: ${path}`);
      continue;
    }
    used.add(same);
    if (same.path !== path) notes.push('renamed');
    if (isUntyped) notes.push('type not documented');
    else notes.push(...conversion(value, same.value));
  }
  const dropped = expected.filter((other) => !used.has(other) && !keys.some(({ path, value }) => path === other.path || isAlike(value, other.value)));
  if (dropped.length) notes.push(`dropped: ${dropped.map(({ path }) => path).join(', ')}`);
  return [...new Set(notes)];
}

/** Moves the keys that have a row of their own in another column to this row. */
function setApart(rows, paths) {
  for (const [id, keys] of rows) {
    if (typeof id === 'string') continue;
    rows.set(id, keys.filter(({ path }) => !paths.has(path)));
    for (const key of keys) if (paths.has(key.path)) rows.set(key.path, [key]);
  }
}

/**
 * Returns the rows of a comparison: first those of the tokens, then those of keys that come from several tokens or none.
 *
 * @param {{ field: string, text: string }[]} tokens
 * @param {{ rows: Map<number | string, object[]>, refusal?: string, unknown?: Set<number> }[]} columns the first is the reference
 */
export function compared(tokens, columns) {
  const others = [...new Set(columns.flatMap(({ rows }) => [...rows.keys()].filter((id) => typeof id === 'string')))].sort();
  for (const { rows } of columns) setApart(rows, new Set(others));
  return [...tokens.keys(), ...others].map((id) => {
    const expected = columns[0].rows.get(id) ?? [];
    const cells = columns.map(({ rows, refusal, unknown, isPartial }, index) => {
      const keys = rows.get(id) ?? [];
      if (refusal) return { keys: [], state: 'unread' };
      if (unknown?.has(id)) return { keys, state: 'unknown' };
      if (isPartial && typeof id === 'string') return { keys, state: 'unknown' };
      const notes = index === 0 ? [] : keys.length || !expected.length ? differences(keys, expected) : ['dropped'];
      return { keys, notes, state: notes.length ? (keys.length ? 'changed' : 'gone') : 'same' };
    });
    return { id, token: tokens[id], cells, isSame: cells.every(({ state }) => state === 'same') };
  });
}
