// Rows of the list of lines: the text, its tokens, and its error.

import { facts, formatOf } from '../facts.js';
import { BLANK, ERROR } from './log.js';

/** The length in bytes up to which a line is explained. */
export const ROW_BYTES = 16_384;
const SHOWN = 4000;

/**
 * Returns the row of a line, from 0. A line that does not fit a documented layout is explained by the one that its error
 * names, and ambiguous lines by the likeliest format. `other` is the text of the other part of a record that is broken over two
 * lines.
 */
export function rowOf(api, log, line, text, { output, likely, around, other }) {
  const state = log.state(line);
  const error = log.errors.get(line);
  const [start, end] = line < log.lines ? log.span(line) : [0, 0];
  const row = { line, text, state, tokens: [], missing: [] };
  if (end - start > ROW_BYTES) {
    row.text = text.slice(0, SHOWN);
    row.more = end - start - row.text.length;
  } else if (other !== undefined && explainPart(api, log, row, other, { ...output, ...around })) {
    return row;
  } else if (state !== BLANK || log.problem) {
    const explained = explanationOf(api, log, line, text, { output, likely: likely ?? error?.format, around });
    Object.assign(row, { kind: explained.kind, format: explained.format, missing: explained.missing });
    row.tokens = withOffsets(text, explained.tokens);
  }
  if (state === ERROR) row.error = errorOf(error, row);
  return row;
}

/** True if a format explains all of a line. */
const isWhole = ({ problem, tokens }) => !problem && !tokens.some((token) => token.problem);

/** Explains a part of a broken record by all of it. False if no format fits. */
function explainPart(api, log, row, other, options) {
  const { line, text } = row;
  const rest = log.parts.get(line);
  const from = rest < line ? other.length + 1 : 0;
  const whole = from ? `${other} ${text}` : `${text} ${other}`;
  const found = log.formatsOf(line).map((format) => explained(api, whole, format, options)).find(isWhole);
  if (!found) return false;
  const tokens = withOffsets(whole, found.tokens)
    .map((token) => ({ ...token, start: token.start - from, end: token.end - from }))
    .filter(({ start }) => start >= 0 && start < text.length);
  const error = { message: `${from ? 'end' : 'start'} of a record: join it with line ${rest + 1}`, index: -1, isPart: true };
  Object.assign(row, { kind: 'record', format: formatOf(tokens.map(({ field }) => field)), tokens, error });
  return true;
}

const layoutsOf = (count) => facts.layouts.filter(({ fields }) => fields.length === count).map(({ name }) => name);

/** The formats that were detected in a log, by the number of tokens: detection takes long, and lines of a log are alike. */
const detected = new WeakMap();

function explanationOf(api, log, line, text, { output, likely, around }) {
  const formats = log.formatsOf(line);
  if (likely) formats.unshift(likely);
  if (!detected.has(log)) detected.set(log, new Map());
  const known = detected.get(log);
  const count = text.split(/\s+/).length;
  if (log.state(line) !== ERROR) {
    // A record without a format is as a rule one of a documented layout. Where several fit, detection decides.
    const fitting = known.has(count) ? [known.get(count)] : layoutsOf(count).filter((format) => isWhole(explained(api, text, format, { ...output, ...around })));
    if (fitting.length === 1) formats.splice(-1, 0, fitting[0]);
  }
  let first;
  for (const format of formats) {
    const found = explained(api, text, format, { ...output, ...around });
    if (isWhole(found)) {
      if (format === null && found.kind === 'record' && log.state(line) !== ERROR) known.set(count, found.format);
      return found;
    }
    first ??= found;
    if (log.state(line) === ERROR && format !== null) break;
  }
  return first;
}

/** A cache of explanations: while one line is typed, all others stay the same. */
const explanations = new Map();
const MAX_EXPLANATIONS = 4000;

function explained(api, text, format, options) {
  const key = `${JSON.stringify(options)} ${format}\n${text}`;
  let found = explanations.get(key);
  if (!found) {
    found = api.explain(text, format ?? undefined, options);
    if (explanations.size >= MAX_EXPLANATIONS) explanations.clear();
    explanations.set(key, found);
  }
  return found;
}

/** Returns the tokens with their offsets in the text, in UTF-16 code units. */
function withOffsets(text, tokens) {
  const isPlain = !/[^\0-\x7f]/.test(text);
  const bytes = isPlain ? undefined : new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  return tokens.map((token) => {
    if (token.offset === null) return { ...token, start: null };
    const start = isPlain ? token.offset : decoder.decode(bytes.subarray(0, token.offset)).length;
    return { ...token, value: plain(token.value), start, end: start + token.text.length };
  });
}

/** Returns numbers beyond 2^53 as their digits. */
function plain(value) {
  return typeof value === 'bigint' ? String(value) : value;
}

/** Returns the error with its token and its field in the row. */
function errorOf(error, row) {
  if (!error) return { message: 'this line was not read', index: -1 };
  const { code, column, expected, found } = error;
  const at = column === undefined ? 0 : [...row.text].slice(0, column - 1).join('').length;
  const index = column === undefined ? -1 : row.tokens.findIndex(({ start, end }) => start !== null && at >= start && at < end);
  const field = error.field ?? (index >= 0 ? row.tokens[index].field : undefined) ?? (code === 'field_count' ? row.missing[0] : undefined);
  const length = index >= 0 ? row.tokens[index].end - at : (/^\S*/.exec(row.text.slice(at))[0].length || 1);
  return { code, message: error.problem, column, at, length, index, field, expected, found: found?.slice(0, 200) };
}
