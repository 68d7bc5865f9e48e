/**
 * The differences between the results of a case and what it expects.
 *
 * @module
 */

import { isObject, jsonOf } from './json.js';

/**
 * A value that is not as expected. Texts are JSON, or words without quotes, such as `nothing`.
 *
 * @typedef {object} Difference
 * @property {string} path in the document, such as `source.ip`; or `document`, `error`
 * @property {string} expected
 * @property {string} found
 */

const NOTHING = 'nothing';

/**
 * Returns the lines of a case that differ, and the difference of the error that ends the input.
 *
 * @param {import('./case.js').Case} given
 * @param {ReturnType<typeof import('./results.js').resultsOf>} found
 * @returns {{ line: number, text: string, differences: Difference[] }[]} lines from 1; 0 for the input as a whole
 */
export function differencesOf({ lines, error }, found) {
  const whole = ofErrors(error, found.error);
  const differing = lines.map(({ text, ...expected }, index) => ({ line: index + 1, text, differences: ofLine(expected, found.results[index]) }));
  return [{ line: 0, text: '', differences: whole }, ...differing].filter(({ differences }) => differences.length > 0);
}

/**
 * @param {Omit<import('./case.js').CaseLine, 'text'>} expected
 * @param {import('./results.js').Result} found
 * @returns {Difference[]}
 */
export function ofLine(expected, found) {
  if (expected.error !== undefined) {
    if ('error' in found) return ofErrors(expected.error, found.error);
    return [{ path: 'error', expected: jsonOf(expected.error), found: found.document === null ? 'no document' : 'a document' }];
  }
  const { document = null } = expected;
  if ('error' in found) return [{ path: 'error', expected: document === null ? 'no document' : 'a document', found: jsonOf(found.error) }];
  if (document === null || found.document === null) {
    return document === found.document ? [] : [{ path: 'document', expected: wordsOf(document), found: wordsOf(found.document) }];
  }
  return ofValues(document, found.document);
}

/** @param {Record<string, unknown> | null} document */
function wordsOf(document) {
  return document === null ? 'no document' : jsonOf(document);
}

/**
 * Compares the members of an error that are expected.
 *
 * @param {import('./case.js').ExpectedError | undefined} expected
 * @param {(import('./case.js').ExpectedError & { message: string }) | undefined} found
 * @returns {Difference[]}
 */
export function ofErrors(expected, found) {
  if (expected === undefined || found === undefined) {
    if (expected === found) return [];
    return [{ path: 'error', expected: expected ? jsonOf(expected) : NOTHING, found: found ? jsonOf(found) : NOTHING }];
  }
  const members = /** @type {const} */ (['code', 'column', 'field']).filter((name) => expected[name] !== undefined && expected[name] !== found[name]);
  return members.map((name) => ({ path: `error.${name}`, expected: jsonOf(expected[name]), found: found[name] === undefined ? NOTHING : jsonOf(found[name]) }));
}

/**
 * Compares two JSON values member by member.
 *
 * @param {unknown} expected undefined if there is none
 * @param {unknown} found
 * @param {string} [path]
 * @returns {Difference[]}
 */
export function ofValues(expected, found, path = '') {
  if (isObject(expected) && isObject(found)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    /** @param {Record<string, unknown>} object @param {string} name */
    const member = (object, name) => (Object.hasOwn(object, name) ? object[name] : undefined);
    return names.flatMap((name) => ofValues(member(expected, name), member(found, name), joined(path, name)));
  }
  if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length) {
    return expected.flatMap((item, index) => ofValues(item, found[index], `${path}[${index}]`));
  }
  const [one, other] = [expected, found].map((value) => (value === undefined ? NOTHING : jsonOf(value)));
  return one === other ? [] : [{ path, expected: one, found: other }];
}

/** @param {string} path @param {string} name */
function joined(path, name) {
  if (!/^[\w@-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}
