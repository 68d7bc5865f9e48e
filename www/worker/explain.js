/**
 * Rows for the list of lines: the text, its tokens, and the error under the token where it is.
 */

import { BLANK, ERROR } from './log.js';

/** A row shows that much of a line, and explains it only if that is all. */
export const ROW_BYTES = 16_384;
const SHOWN = 4000;

/**
 * @param {object} api the package
 * @param {import('./log.js').Log} log
 * @param {number} line from 0
 * @param {string} text
 * @param {{ schema: string, mode: string }} output
 * @param {string} [likely] the format of the likeliest candidate, where the lines do not tell theirs; a line that fits no
 *   documented layout is explained by the one that the error is about
 */
export function rowOf(api, log, line, text, output, likely) {
  const state = log.state(line);
  const error = log.errors.get(line);
  const [start, end] = line < log.lines ? log.span(line) : [0, 0];
  const row = { line, text, state, tokens: [], missing: [], problem: null };
  if (end - start > ROW_BYTES) {
    row.text = text.slice(0, SHOWN);
    row.more = end - start - row.text.length;
  } else if (state !== BLANK || log.problem) {
    const tried = /(?:: as |not format \d+ \()"([\w-]+)"/.exec(error?.message)?.[1];
    const explained = explanationOf(api, log, line, text, output, likely ?? tried);
    Object.assign(row, { kind: explained.kind, format: explained.format, missing: explained.missing });
    row.tokens = placed(text, explained.tokens);
    // An error without one of the parser is the format's: the lines were not read.
    if (state === ERROR) row.problem = explained.problem;
  }
  if (state === ERROR) row.error = errorOf(error, row);
  return row;
}

function explanationOf(api, log, line, text, output, likely) {
  const formats = log.formatsOf(line);
  if (likely) formats.unshift(likely);
  let first;
  for (const format of formats) {
    const found = explained(api, text, format, output);
    if (!found.problem && !found.tokens.some(({ problem }) => problem)) return found;
    first ??= found;
    if (log.state(line) === ERROR && format !== null) break;
  }
  return first;
}

/** Explanations of late: while one line is typed, all others stay as they are. */
export const explanations = new Map();
const MAX_EXPLANATIONS = 4000;

function explained(api, text, format, output) {
  const key = `${output.schema} ${output.mode} ${format}\n${text}`;
  let found = explanations.get(key);
  if (!found) {
    found = api.explain(text, format ?? undefined, output);
    if (explanations.size >= MAX_EXPLANATIONS) explanations.clear();
    explanations.set(key, found);
  }
  return found;
}

/** The tokens with their places in the text, in characters as JavaScript counts them. */
function placed(text, tokens) {
  const isPlain = !/[^\0-\x7f]/.test(text);
  const bytes = isPlain ? undefined : new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  return tokens.map((token) => {
    if (token.offset === null) return { ...token, start: null };
    const start = isPlain ? token.offset : decoder.decode(bytes.subarray(0, token.offset)).length;
    return { ...token, value: plain(token.value), start, end: start + token.text.length };
  });
}

/** Numbers beyond 2^53 are shown by their digits. */
function plain(value) {
  return typeof value === 'bigint' ? String(value) : value;
}

/** The error in the terms of the row: which token, in which field, what was expected and what was found. */
function errorOf(error, row) {
  if (!error) return { message: 'this line was not read', index: -1 };
  const { code, column, expected, found } = error;
  const message = error.message.replace(/^line \d+(, column \d+)?: /, '');
  const at = column === undefined ? 0 : [...row.text].slice(0, column - 1).join('').length;
  const index = column === undefined ? -1 : row.tokens.findIndex(({ start, end }) => start !== null && at >= start && at < end);
  const field = error.field ?? (index >= 0 ? row.tokens[index].name : undefined) ?? (code === 'field_count' ? row.missing[0] : undefined);
  const length = index >= 0 ? row.tokens[index].end - at : (/^\S*/.exec(row.text.slice(at))[0].length || 1);
  return { code, message, column, at, length, index, field, expected, found: found?.slice(0, 200) };
}
