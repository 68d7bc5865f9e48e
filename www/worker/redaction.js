/** Redacts a log line by line, by the kinds of its columns. */

import { HEADER } from './log.js';
import { FIELD, looksLike, Redactor } from './redactor.js';

/** One for the life of the page, so that equal values get equal replacements in all texts. */
const redactor = new Redactor((values) => crypto.getRandomValues(values));

/** Lines without a known format whose format is inferred; the columns of further ones are unknown. */
const MAX_INFERRED = 2000;
const MAX_EXPLAINED = 1 << 20;

/** The kinds of letters that could be a name in a line whose columns are uncertain. */
const UNCERTAIN = new Set(['word', 'code']);

/**
 * Returns the kinds of a line's columns. The columns of a line with another number of tokens are known up to the first
 * token that does not look like its kind.
 */
export function kindsFor(tokens, kinds) {
  if (tokens.length === kinds.length) return kinds;
  const wrong = tokens.findIndex((token, index) => index >= kinds.length || !looksLike(token, kinds[index]));
  const known = wrong < 0 ? tokens.length : wrong;
  return tokens.map((_, index) => (index < known && !UNCERTAIN.has(kinds[index]) ? kinds[index] : 'text'));
}

/**
 * Redacts a log.
 *
 * @param {Uint8Array} bytes the log, or some of its lines
 * @param {object} api the package
 * @param {import('./log.js').Log} [log] the log that was read
 * @param {{ likely?: string, lines?: number[] }} [known] the likeliest format where the lines are ambiguous, and the
 *   number of each given line in the log, from 0; without `lines`, all lines are given
 * @returns {Blob}
 */
export function redactBlob(bytes, api, log, { likely, lines: numbers } = {}) {
  const kindOfField = new Map(api.fields().map(({ name, kind }) => [name, kind]));
  const formats = new Map();
  const kindsOfFormat = (format) => {
    if (!formats.has(format)) formats.set(format, api.compileFormat(format).fields.map(({ name }) => kindOfField.get(name) ?? 'text'));
    return formats.get(format);
  };
  let inferred;
  let left = MAX_INFERRED;
  const kindsOf = (record, line) => {
    const tokens = record.match(/\S+/g) ?? [];
    if (log?.state(line) === HEADER || tokens.every((token) => kindOfField.has(token))) return tokens.map(() => FIELD);
    const format = log?.formatsOf(line)[0] ?? likely;
    if (format) return kindsFor(tokens, kindsOfFormat(format));
    const fits = tokens.length === inferred?.length && tokens.every((token, index) => looksLike(token, inferred[index]));
    if (!fits && left-- > 0) {
      const explained = api.explain(record.slice(0, MAX_EXPLAINED));
      if (explained.format) inferred = kindsOfFormat(explained.format);
    }
    return inferred && kindsFor(tokens, inferred);
  };
  const lines = new TextDecoder().decode(bytes).split('\n');
  const redacted = lines.map((text, index) => redactor.line(text, (record) => kindsOf(record, numbers ? numbers[index] : index)));
  return new Blob([redacted.join('\n')]);
}
