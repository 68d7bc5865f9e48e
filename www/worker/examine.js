/**
 * Finds the cause of an error by trial. A change of the line is known only if the changed line is a record, and no other
 * change of that kind makes it one. Otherwise the changes are options, of which the user selects.
 */

import { Parsers } from './parsers.js';

/** The number of parsers that are kept: three for each of the latest formats. */
const MAX_PARSERS = 12;
/** The most options that are offered. */
const MAX_OPTIONS = 6;
const MAX_VALUES = 8;

export class Examiner {
  #api;
  #layers;
  #protocols;
  #parsers = new Parsers();

  /**
   * @param {{ layers?: string[] | false, protocols: Map<string, number> }} given the layers of the lines, false for none, and the numbers of
   *   protocols by their names in lower case
   */
  constructor(api, { layers = false, protocols }) {
    this.#api = api;
    this.#layers = layers;
    this.#protocols = protocols;
  }

  free() {
    this.#parsers.clear();
  }

  #parser(format, layers = this.#layers, onError = 'throw') {
    const make = () => new this.#api.Parser({ format, layers, precedence: 'format', onError });
    return this.#parsers.of(`${onError} ${layers} ${format}`, make, MAX_PARSERS);
  }

  /** Returns the error of a line in a format; undefined if it is a record. */
  #problem(text, format, layers) {
    try {
      return this.#parser(format, layers).toNdjson(text).length ? undefined : { code: 'no_record' };
    } catch (error) {
      if (!(error instanceof this.#api.FlowLogError)) throw error;
      return error;
    }
  }

  /** True if a line is a record. */
  fits(text, format) {
    return this.#parser(format, this.#layers, 'skip').toNdjson(text).length > 0;
  }

  /**
   * Examines a line.
   *
   * @param {string[]} texts the line, and the lines with errors that follow it directly
   * @param {string} [format] the format of the lines around it
   * @returns {{ kind: string, takes: number, options: { label: string, text: string }[], [detail: string]: unknown }} `takes` is
   *   the number of lines that a change replaces
   */
  examine(texts, format) {
    const [text] = texts;
    const problem = this.#problem(text, format);
    if (!problem) return { kind: 'record', takes: 1, options: [] };
    const isPlain = !this.#layers;
    const wanted = format ?? problem.format;
    return (isPlain && (this.#peeled(text, wanted) ?? this.#joined(texts, format))) || this.#values(text, wanted)
      || (isPlain && wanted && this.#counted(text, wanted)) || { kind: 'other', takes: 1, options: [] };
  }

  /** Reads a line with quotes around it, commas between its tokens, or the like. */
  #peeled(text, format) {
    if (!/["',;|\t{[]/.test(text)) return undefined;
    const parser = this.#parser(format, true);
    if (this.#problem(text, format, true) || parser.layers.length === 0) return undefined;
    const [layers] = [parser.layers];
    const { tokens } = this.#api.explain(text, format, { layers });
    const fixed = tokens.map((token) => token.text).join(' ');
    if (!this.fits(fixed, format)) return undefined;
    return { kind: 'layers', layers, takes: 1, options: [{ label: '', text: fixed }] };
  }

  /** Joins a record that is broken over lines, between two tokens or within one. */
  #joined(texts, format) {
    const wanted = format?.split(' ').length;
    for (let count = 2; count <= Math.min(4, texts.length); count++) {
      const all = joins(texts.slice(0, count).map((part) => part.trim()));
      const options = all.filter((text) => (!wanted || text.split(/\s+/).length === wanted) && this.fits(text, format));
      if (options.length === 1) return { kind: 'joined', takes: count, options: [{ label: '', text: options[0] }] };
    }
    return undefined;
  }

  /** Replaces wrong values in a line with the right number of tokens. */
  #values(text, format) {
    const changes = [];
    let fixed = text;
    while (changes.length < MAX_VALUES) {
      const problem = this.#problem(fixed, format);
      if (!problem) break;
      const { column, found } = problem;
      if (column === undefined || !found || problem.code === 'field_count' || !['invalid_value', 'out_of_range'].includes(problem.code)) return undefined;
      const at = [...fixed].slice(0, column - 1).join('').length;
      if (!fixed.startsWith(found, at)) return undefined;
      const { field, expected, code } = problem;
      const put = (value) => fixed.slice(0, at) + value + fixed.slice(at + found.length);
      const values = this.#valuesFor(problem).filter((value) => !this.#isBad(put(value), format, column));
      const change = { field, expected, found: /^[a-z]*$/i.test(found) ? found : undefined, code };
      if (values.length !== 1) {
        if (changes.length) return { kind: 'values', changes: [...changes, change], takes: 1, options: [] };
        const options = values.slice(0, MAX_OPTIONS).map((value) => ({ label: value, text: put(value) })).filter((option) => this.fits(option.text, format));
        return { kind: 'values', changes: [change], takes: 1, options };
      }
      changes.push({ ...change, value: change.found && values[0] });
      fixed = put(values[0]);
    }
    if (changes.length === 0 || this.#problem(fixed, format)) return undefined;
    return { kind: 'values', changes, takes: 1, options: [{ label: '', text: fixed }] };
  }

  /** True if the first error of a line is still in the same column. */
  #isBad(text, format, column) {
    return this.#problem(text, format)?.column === column;
  }

  /** Returns values that a wrong one may stand for. */
  #valuesFor({ found, expected = '', field }) {
    const bare = found.replace(/^[\s"'`([{<]+|[\s"'`)\]}>,;:]+$/g, '');
    if (bare && bare !== found) return [bare];
    const words = expected.split(/, | or /).filter((word) => /^[a-z][\w-]*$/i.test(word));
    if (words.length > 1) return wordsFor(found, words);
    const number = this.#protocols.get(found.toLowerCase());
    if (field === 'protocol' && number !== undefined) return [String(number)];
    if (/^\d{1,3}(?:[,'_]\d{3})+$/.test(found)) return [found.replace(/\D/g, '')];
    const [, first, more = '', exponent] = /^(\d)(?:\.(\d+))?e\+?(\d+)$/i.exec(found) ?? [];
    // With fewer digits, the number was rounded.
    if (first && more.length >= Number(exponent) && /^0*$/.test(more.slice(exponent))) return [first + more.slice(0, exponent)];
    if (/^\d{10}000$/.test(found) && /seconds/.test(expected)) return [found.slice(0, -3)];
    return [];
  }

  /** Completes a line without the tokens of a run of columns, or removes a run of tokens. */
  #counted(text, format) {
    const names = format.split(' ');
    const explained = this.#api.explain(text, format, { layers: false });
    const tokens = explained.tokens.map((token) => token.text);
    const difference = names.length - tokens.length;
    if (difference === 0 || tokens.length < 2 || tokens.length > 1000) return undefined;
    const run = Math.abs(difference);
    const left = firstBad(explained);
    const [shifted, last] = difference > 0 ? [tokens, names.slice(run)] : [tokens.slice(run), names];
    const right = last.length ? lastGoodFrom(this.#api.explain(shifted.join(' '), last.join(' '), { layers: false })) : 0;
    const isMissing = difference > 0;
    const most = Math.min(left, isMissing ? tokens.length : names.length);
    const isCut = isMissing && run > 1 && left >= tokens.length - 1;
    const cause = { kind: isCut ? 'cut' : isMissing ? 'missing' : 'extra', tokens: tokens.length, of: names.length, takes: 1, options: [] };
    // The values in place of those that a cut line has lost are not known.
    if (isCut || most - right >= MAX_OPTIONS) return cause;
    // The columns before the run fit from the left, and those after it from the right.
    const options = new Map();
    for (let at = right; at <= most; at++) {
      const line = (isMissing ? tokens.toSpliced(at, 0, ...Array(run).fill('-')) : tokens.toSpliced(at, run)).join(' ');
      const label = isMissing ? names.slice(at, at + run).map((name) => name.slice(2, -1)).join(', ') : at ? `after ${names[at - 1].slice(2, -1)}` : 'at the start';
      if (!options.has(line) && this.fits(line, format)) options.set(line, { label, text: line });
    }
    return { ...cause, options: [...options.values()] };
  }
}

/** Returns the lines that parts make, with a blank between two of them or without. */
function joins([first, ...rest]) {
  return rest.reduce((all, part) => all.flatMap((text) => [`${text} ${part}`, text + part]), [first]);
}

/** Returns the words that a text may stand for: the one it is close to, or else all. */
function wordsFor(found, words) {
  const lower = found.toLowerCase();
  const same = words.filter((word) => word.toLowerCase() === lower);
  if (same.length) return same;
  const begun = lower.length > 2 ? words.filter((word) => word.toLowerCase().startsWith(lower)) : [];
  if (begun.length === 1) return begun;
  const near = words.map((word) => [word, distance(lower, word.toLowerCase())]).sort(([, a], [, b]) => a - b);
  const [[best, least], [, next]] = near;
  if (least <= 2 && least < best.length / 2 && least < next) return [best];
  return /^[a-z]+$/i.test(found) ? words : [];
}

/** Returns the number of characters to insert, remove, replace, or exchange with the next, that makes two texts equal. */
function distance(a, b) {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + Number(a[i - 1] !== b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}

/** Returns the index of the first token that is wrong in its column, or is one too many. */
function firstBad({ tokens }) {
  const at = tokens.findIndex(({ problem, field }) => problem || field === null);
  return at < 0 ? tokens.length : at;
}

/** Returns the index from which on all tokens fit their columns. */
function lastGoodFrom({ tokens }) {
  return tokens.findLastIndex(({ problem, field }) => problem || field === null) + 1;
}
