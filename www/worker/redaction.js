/** Redacts a log line by line, by the kinds of its columns. */

import { facts } from '../facts.js';
import { FIELD, Redactor, looksLike } from '../js/redact/redactor.js';
import { BLANK, HEADER } from './log.js';

/** One for the life of the page, so that all texts get equal replacements. */
const redactor = new Redactor((values) => crypto.getRandomValues(values));

/** The number of lines that are explained: to infer a format, and to find headers. The columns of further ones are unknown. */
const MAX_EXPLAINED_LINES = 2000;
const MAX_EXPLAINED = 1 << 20;
/** Lines before and after that are shown, and the characters of each. */
const SAMPLES = { lines: 6, characters: 600 };

/** Returns the kind of the field that a name stands for, also one of another tool; undefined if there is none. */
function kindOfName(api, known, name) {
  if (!known.has(name)) {
    let kind = facts.field(name)?.kind;
    try {
      if (kind === undefined && /^[A-Za-z][\w.-]{1,60}$/.test(name)) kind = facts.field(api.compileFormat(name).fields[0].name)?.kind;
    } catch {
      // It is not the name of a field.
    }
    if (known.size < 10_000) known.set(name, kind);
    return kind;
  }
  return known.get(name);
}

/**
 * Redacts a log, or those of its lines with the given numbers. `likely` is the format of ambiguous lines.
 *
 * @returns {{ blob: Blob, report: { counts: [string, number][], kept: [string, number][], samples: [string, string][] } }}
 */
export function redact(bytes, api, log, { likely, lines } = {}) {
  const formats = new Map();
  const kindsOfFormat = (format) => {
    if (!formats.has(format)) formats.set(format, api.compileFormat(format).fields.map(({ name }) => facts.field(name)?.kind ?? 'text'));
    return formats.get(format);
  };
  const names = new Map();
  const kindOfKey = (key) => kindOfName(api, names, key);
  let inferred;
  let left = MAX_EXPLAINED_LINES;
  const explained = (text) => {
    left -= 1;
    try {
      return api.explain(text.slice(0, MAX_EXPLAINED), undefined, { layers: log?.layers?.length ? log.layers : undefined });
    } catch {
      return {};
    }
  };
  /** True if a line has names: most of its words are, and none is a value. */
  const isHeader = (text, line) => {
    if (log?.state(line) === HEADER || text.trim() === log?.format) return true;
    const names = text.replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, ' ');
    const words = names.match(/[A-Za-z][\w-]*/g) ?? [];
    return words.length > 1 && !/\d{3}|[{]/.test(names) && words.filter((word) => kindOfKey(word) !== undefined).length * 2 > words.length;
  };
  const kindsOf = (text, line) => {
    const format = log?.formatsOf(line)[0] ?? likely;
    if (format) return kindsOfFormat(format);
    const tokens = text.match(/\S+/g) ?? [];
    const fits = tokens.length === inferred?.length && tokens.every((token, index) => looksLike(token, inferred[index]));
    if (!fits && left > 0 && log?.state(line) !== BLANK) {
      const { kind, format: found } = explained(text);
      if (kind === 'record' && found) inferred = kindsOfFormat(found);
    }
    return inferred;
  };
  redactor.begin();
  const samples = [];
  const redacted = new TextDecoder().decode(bytes).split('\n').map((text, index) => {
    const line = lines ? lines[index] : index;
    const made = isHeader(text, line)
      ? text.replace(/[^\s,;|"]+/g, (token) => redactor.token(token, FIELD))
      : redactor.line(text, kindsOf(text, line), kindOfKey);
    if (made !== text && samples.length < SAMPLES.lines) samples.push([text, made].map((one) => one.slice(0, SAMPLES.characters)));
    return made;
  });
  return { blob: new Blob([redacted.join('\n')]), report: { ...redactor.report(), samples } };
}
