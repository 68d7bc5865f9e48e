/** Redacts a log line by line, by the kinds of its columns. */

import { facts } from '../facts.js';
import { HEADER } from './log.js';
import { FIELD, looksLike, Redactor } from './redactor.js';

/** One for the life of the page, so that all texts get equal replacements. */
const redactor = new Redactor((values) => crypto.getRandomValues(values));

/** The number of lines without a known format whose format is inferred. The columns of further ones are unknown. */
const MAX_INFERRED = 2000;
const MAX_EXPLAINED = 1 << 20;

/** Kinds whose values could be a name, if the column is uncertain. */
const UNCERTAIN = ['word', 'code'];

/** Returns the kinds of a line's columns. With another number of tokens, they are known up to the first misfit. */
export function kindsFor(tokens, kinds) {
  if (tokens.length === kinds.length) return kinds;
  const wrong = tokens.findIndex((token, index) => index >= kinds.length || !looksLike(token, kinds[index]));
  const known = wrong < 0 ? tokens.length : wrong;
  return tokens.map((_, index) => (index < known && !UNCERTAIN.includes(kinds[index]) ? kinds[index] : 'text'));
}

/** Redacts a log, or those of its lines with the given numbers. `likely` is the format of ambiguous lines. */
export function redactBlob(bytes, api, log, { likely, lines } = {}) {
  const formats = new Map();
  const kindsOfFormat = (format) => {
    if (!formats.has(format)) formats.set(format, api.compileFormat(format).fields.map(({ name }) => facts.field(name)?.kind ?? 'text'));
    return formats.get(format);
  };
  let inferred;
  let left = MAX_INFERRED;
  const kindsOf = (record, line) => {
    const tokens = record.match(/\S+/g) ?? [];
    if (log?.state(line) === HEADER || tokens.every((token) => facts.field(token))) return tokens.map(() => FIELD);
    const format = log?.formatsOf(line)[0] ?? likely;
    if (format) return kindsFor(tokens, kindsOfFormat(format));
    const fits = tokens.length === inferred?.length && tokens.every((token, index) => looksLike(token, inferred[index]));
    if (!fits && left-- > 0) {
      const explained = api.explain(record.slice(0, MAX_EXPLAINED));
      if (explained.format) inferred = kindsOfFormat(explained.format);
    }
    return inferred && kindsFor(tokens, inferred);
  };
  const texts = new TextDecoder().decode(bytes).split('\n');
  return new Blob([texts.map((text, index) => redactor.line(text, (record) => kindsOf(record, lines ? lines[index] : index))).join('\n')]);
}
