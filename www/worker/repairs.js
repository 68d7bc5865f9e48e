/**
 * The causes of the errors of a log, examined line by line, and the log with the lines of one cause repaired.
 *
 * Memory is bounded: of each line, the number of its group is kept, and of each group, some lines. A repair reads the log
 * again and copies all other bytes as they are.
 */

import { Examiner } from './examine.js';
import { Grown } from './grown.js';
import { BLANK, ERROR, hasDocument } from './log.js';
import { Parts } from './parts.js';
import { pause } from './pause.js';

const CHUNK_LINES = 5000;
/** The number of lines of a cause that are examined; further ones are counted, and examined when they are repaired. */
const MAX_EXAMINED = 5000;
const MAX_GROUPS = 250;
const MAX_SAMPLE = 100;
/** The most headers that are put into a log. */
const MAX_HEADERS = 200;
/** The lines that a record may be broken over. */
const MAX_PARTS = 4;
/** The changes that are shown. */
const MAX_CHANGES = 4;
const SLICE = 30;

/** The kinds of causes that may be another format. */
const COUNTED = ['missing', 'extra', 'cut', 'other'];

const namesOf = (format) => format.split(' ').map((name) => name.slice(2, -1));

/** Examines the errors of a log, and returns their causes; undefined if another log was opened meanwhile. */
export function causesOf(api, log, given) {
  log.repairs = new Repairs(api, log, given);
  return log.repairs.causes();
}

/** The groups of a log, and what examines its lines. */
class Repairs {
  #api;
  #log;
  /** The numbers of protocols by their names in lower case. */
  #protocols;
  #isCurrent;
  #of = new Grown(Uint8Array);
  #groups = [];
  #numbers = new Map();
  /** For a group that became a part of another one, the number of that. */
  #alias = [];
  /** The format of records whose own formats are not known. */
  #usual;
  #compiled = new Map();

  /** @param {{ protocolName: (number: number) => string | undefined, isCurrent: (log: object) => boolean }} given */
  constructor(api, log, { protocolName, isCurrent }) {
    this.#api = api;
    this.#log = log;
    this.#protocols = new Map(Array.from({ length: 256 }, (_, number) => [protocolName(number)?.toLowerCase(), number]).filter(([name]) => name).reverse());
    this.#isCurrent = () => isCurrent(log);
  }

  /** Returns the number of the group of a line. */
  at(line) {
    const number = line < this.#of.length ? this.#of.at(line) : 0;
    return this.#alias[number] ?? number;
  }

  async #examiner() {
    const { layers = false } = (await this.#log.around()) ?? {};
    return new Examiner(this.#api, { layers, protocols: this.#protocols });
  }

  /** Yields the wanted chunks of lines in order: their bytes, the text of each, and that of a line with those that follow. */
  async *#chunks(isWanted = () => true) {
    const log = this.#log;
    let last = performance.now();
    for (let from = 0; from < log.lines; from += CHUNK_LINES) {
      const to = Math.min(from + CHUNK_LINES, log.lines);
      if (!isWanted(from, to)) continue;
      const [base] = log.span(from);
      const end = to + MAX_PARTS < log.lines ? log.span(to + MAX_PARTS)[0] : log.bytes;
      const bytes = await log.store.read(base, end);
      const textOf = (line) => log.textIn(bytes, base, line);
      yield { from, to, next: to < log.lines ? log.span(to)[0] : log.bytes, base, bytes, textOf, textsOf: (line) => this.#following(line).map(textOf) };
      if (!this.#isCurrent()) return;
      if (performance.now() - last > SLICE) await pause();
      last = performance.now();
    }
  }

  #hasErrors(line, end) {
    while (line < end && !this.#log.causes.at(line)) line += 1;
    return line < end;
  }

  /** Returns a line and the lines with errors that follow it directly. */
  #following(line) {
    const lines = [line];
    while (lines.length < MAX_PARTS && line + lines.length < this.#log.lines && this.#log.state(line + lines.length) === ERROR) lines.push(line + lines.length);
    return lines;
  }

  /** Returns the format that a line should have, compiled. */
  #formatAt(line) {
    const format = this.#log.formatsOf(line).find((one) => one) ?? this.#usual;
    if (format && !this.#compiled.has(format)) this.#compiled.set(format, this.#api.compileFormat(format).format);
    return this.#compiled.get(format);
  }

  /** Finds the format of the records, if none was given, found in a header, or inferred. */
  async #findUsual() {
    if (this.#log.format || this.#log.inferred) return;
    const texts = [];
    for (let line = 0; line < this.#log.lines && texts.length < MAX_SAMPLE; line++) {
      if (hasDocument(this.#log.state(line))) texts.push(await this.#log.text(line, 16_384));
    }
    this.#usual = texts.length ? this.#detected(texts)?.format : undefined;
  }

  #detected(texts) {
    try {
      return this.#api.detectFormat(texts)[0];
    } catch {
      return undefined;
    }
  }

  /** Examines the lines with errors, and returns their causes, the most frequent first; undefined if the log is another. */
  async causes() {
    await this.#findUsual();
    const examiner = await this.#examiner();
    const examined = [];
    let skip = 0;
    let slice = performance.now();
    try {
      for await (const { from, to, textOf, textsOf } of this.#chunks((first, end) => this.#hasErrors(first, end))) {
        for (let line = Math.max(from, skip); line < to; line++) {
          const cause = this.#log.causes.at(line);
          if (!cause) continue;
          examined[cause] = (examined[cause] ?? 0) + 1;
          const found = examined[cause] > MAX_EXAMINED ? { kind: 'unexamined', takes: 1, options: [] } : examiner.examine(textsOf(line), this.#formatAt(line));
          this.#add(found, cause, line, textOf(line));
          skip = line + found.takes;
          line = skip - 1;
          if (performance.now() - slice > SLICE) {
            await pause();
            if (!this.#isCurrent()) return undefined;
            slice = performance.now();
          }
        }
      }
      if (!this.#isCurrent()) return undefined;
      this.#joinUnexamined();
      const counted = this.#groups.filter((group) => COUNTED.includes(group?.kind));
      for (const first of counted) {
        const alike = counted.filter(({ cause, kind }) => cause === first.cause && kind === first.kind);
        if (alike[0] === first) this.#findFormat(alike, examiner);
      }
    } finally {
      examiner.free();
    }
    return this.#groups.filter(Boolean).map(({ sample, key, ...group }) => group).sort((a, b) => b.count - a.count);
  }

  #add({ options, takes, ...found }, cause, line, text) {
    const key = JSON.stringify([cause, found, options.map(({ label }) => label)]);
    if (!this.#numbers.has(key) && this.#groups.length < MAX_GROUPS) {
      this.#numbers.set(key, this.#groups.length || 1);
      const { code, problem } = this.#log.causes.all[cause];
      this.#groups[this.#numbers.get(key)] = { id: this.#numbers.get(key), key, cause, code, problem, ...found, options: options.map(({ label }) => label), count: 0, records: 0, first: line, sample: [] };
    }
    const number = this.#numbers.get(key) ?? MAX_GROUPS - 1;
    const group = this.#groups[number];
    // Further causes share the last group.
    if (!this.#numbers.has(key)) Object.assign(group, { kind: 'other', options: [], key: undefined });
    group.count += takes;
    group.records += 1;
    group.last = line + takes - 1;
    if (group.sample.length < MAX_SAMPLE && text.length <= 16_384) group.sample.push(text);
    for (let index = 0; index < takes; index++) this.#of.set(line + index, number);
  }

  /** Counts lines that were not examined to the group of their cause, if all that were are in one. */
  #joinUnexamined() {
    for (const rest of this.#groups.filter((group) => group?.kind === 'unexamined')) {
      const [group, ...others] = this.#groups.filter((one) => one && one !== rest && one.cause === rest.cause);
      if (!group || others.length) continue;
      group.examined = group.count;
      this.#merge(group, rest);
    }
  }

  /** Makes a group a part of another one. */
  #merge(group, other) {
    group.count += other.count;
    group.records += other.records;
    group.first = Math.min(group.first, other.first);
    group.last = Math.max(group.last, other.last);
    this.#alias[other.id] = group.id;
    delete this.#groups[other.id];
  }

  /**
   * Finds the format of lines that have another number of tokens. If they have one, they are one group, and the column that
   * they lack is certain.
   */
  #findFormat(alike, examiner) {
    const [group, ...others] = alike;
    const sample = alike.flatMap((one) => one.sample).slice(0, MAX_SAMPLE);
    const best = this.#detected(sample);
    const usual = this.#formatAt(group.first);
    if (!best || best.origin === 'header' || !best.isSettled || best.layers.length > 0 || best.format === usual) return;
    if (best.origin === 'inferred' && sample.length < 3) return;
    if (!sample.every((text) => examiner.fits(text, best.format))) return;
    for (const other of others) this.#merge(group, other);
    group.options = group.kind === 'missing' && usual ? alike.flatMap(({ options }) => options)
      .filter((label, index, all) => all.indexOf(label) === index && withoutRun(namesOf(usual), label).join() === namesOf(best.format).join()) : [];
    group.format = best.format;
    // A header says how the lines after it are read, unless headers are skipped or the lines have layers.
    group.runs = this.#runsOf(group);
    group.canSplit = this.#log.precedence === 'header' && this.#log.layers.length === 0 && usual !== undefined && group.runs * 2 <= MAX_HEADERS;
  }

  /** Returns the number of runs of lines of a group. */
  #runsOf({ id, first }) {
    let [runs, isInside] = [0, false];
    for (let line = first; line < this.#log.lines; line++) {
      const isOurs = this.at(line) === id;
      if (isOurs === isInside || (!isOurs && this.#log.state(line) === BLANK)) continue;
      isInside = isOurs;
      runs += Number(isOurs);
    }
    return runs;
  }

  /**
   * Repairs the lines of a group: by one of its options or, with `isFormat`, by headers around the lines. `most` limits the
   * changes to the first ones, to show them.
   *
   * @returns {Promise<{ blob: Blob, count: number, left: number, changes: { line: number, before: string[], after: string[] }[] } | undefined>}
   */
  async repair({ cause: id, option, isFormat, most = Infinity }) {
    const group = this.#groups[id];
    if (isFormat) return this.#rewritten(most, this.#headersAround(group));
    const examiner = await this.#examiner();
    try {
      let left = 0;
      const rewritten = await this.#rewritten(most, (line, { bytes, base, textsOf }) => {
        const isOurs = this.at(line) === id;
        if (!isOurs && !(this.#log.causes.at(line) === group.cause && this.#groups[this.at(line)]?.kind === 'unexamined')) return undefined;
        const texts = textsOf(line);
        const { kind, takes, options } = examiner.examine(texts, this.#formatAt(line));
        const chosen = kind === group.kind && options.find(({ label }) => label === option);
        if (!chosen) {
          left += Number(isOurs);
          return undefined;
        }
        const [, end] = this.#log.span(line + takes - 1);
        const [start] = this.#log.span(line);
        return { start, end: bytes[end - base - 1] === 13 ? end - 1 : end, text: chosen.text, before: texts.slice(0, takes), after: [chosen.text] };
      });
      return rewritten && { ...rewritten, left };
    } finally {
      examiner.free();
    }
  }

  /** Returns the change of a line at which the lines of a group begin or end: a header before it. */
  #headersAround({ id, first, format }) {
    const usual = this.#formatAt(first);
    let isInside = false;
    return (line, { textOf }) => {
      const isOurs = this.at(line) === id;
      if (isOurs === isInside || (!isOurs && this.#log.state(line) === BLANK)) return undefined;
      isInside = isOurs;
      const header = namesOf(isOurs ? format : usual).join(' ');
      const [start] = this.#log.span(line);
      return { start, end: start, text: `${header}\n`, before: [textOf(line)], after: [header, textOf(line)] };
    };
  }

  /**
   * Returns the log with changes, up to a number of them; undefined if another log was opened meanwhile.
   *
   * @param {(line: number, chunk: object) => { start: number, end: number, text: string, before: string[], after: string[] } | undefined} changeAt
   *   returns the change at a line: the text for the bytes from `start` to `end`, and the lines before and after it
   */
  async #rewritten(most, changeAt) {
    const parts = new Parts();
    const changes = [];
    let [count, skip] = [0, 0];
    for await (const chunk of this.#chunks()) {
      const { from, to, next, base, bytes } = chunk;
      parts.begin(base, bytes);
      for (let line = Math.max(from, skip); line < to && count < most; line = skip) {
        skip = line + 1;
        const change = changeAt(line, chunk);
        if (!change) continue;
        const { start, end, text, before, after } = change;
        parts.replace(start, end, text);
        count += before.length;
        skip = line + before.length;
        if (changes.length < MAX_CHANGES) changes.push({ line, before, after });
      }
      if (count >= most) break;
      parts.copy(next);
    }
    return this.#isCurrent() ? { blob: parts.blob(), count, left: 0, changes } : undefined;
  }
}

/** Returns names without a run of them that a label lists. */
function withoutRun(names, label) {
  const run = label.split(', ');
  const at = names.findIndex((_, index) => run.every((name, offset) => names[index + offset] === name));
  return at < 0 ? names : names.toSpliced(at, run.length);
}
