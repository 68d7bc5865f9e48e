/**
 * A log that was read: where each line begins, what became of it, and its flows in columns.
 *
 * The parser tells of errors by line and of documents in order; what remains, headers and blank lines, is told apart
 * here. Lines that the parser holds back to read their format off them are settled when it lets them go.
 */

import { Columns } from './columns.js';
import { Grown } from './grown.js';
import { Store } from './store.js';

/** What became of a line. A record that was rejected, or has no data, is a record as well. */
export const BLANK = 0;
export const RECORD = 1;
export const HEADER = 2;
export const ERROR = 3;
export const REJECT = 4;
export const NO_DATA = 5;

/** Errors that are kept with their words; of the others, only the line is known. */
const MAX_ERRORS = 20_000;

/** While a text is typed in, nobody needs its flows; those of a file are put into columns as they come. */
const MAX_WAITING = 10_000;

const LINE_FEED = 10;
const decoder = new TextDecoder();

export class Log {
  store = new Store();
  errors = new Map();
  /** Where a header line changes the format: `{ line, format }`, lines from 0. */
  headers = [];
  /** What ended the reading, if something did: a FlowLogError. */
  problem;
  isWhole = false;

  #api;
  #parser;
  #starts = new Grown(Float64Array);
  #states = new Grown(Uint8Array);
  #columns = new Columns();
  /** Documents whose flows are not in the columns yet: nobody has asked for them. */
  #waiting = [];
  #length = 0;
  #settled = 0;
  /** The bytes from the first line that is not settled on. */
  #open = new Uint8Array(0);
  #openStart = 0;

  /**
   * @param {string} [format] the given one
   * @param {string[]} [layouts] to choose from if none is given: then no format is read off the lines, which takes time
   */
  constructor(api, format, layouts) {
    this.#api = api;
    this.format = format;
    const report = (error) => {
      if (this.errors.size < MAX_ERRORS) this.errors.set(error.lineNumber - 1, error);
      this.#states.set(error.lineNumber - 1, ERROR);
    };
    this.#parser = new api.Parser({ format: format ?? layouts, mode: 'original', onError: 'skip', report });
  }

  get stats() {
    return this.#parser.stats;
  }

  get inferred() {
    return this.#parser.inferred;
  }

  /** The flows of all records, for pictures and filters. */
  get columns() {
    this.#fillColumns();
    return this.#columns;
  }

  #fillColumns() {
    for (const [line, document] of this.#waiting) this.#columns.add(line, JSON.parse(document).aws?.vpcflow ?? {});
    this.#waiting = [];
  }

  get bytes() {
    return this.#length;
  }

  /** How many lines there are, the last one included if no line feed ends it. */
  get lines() {
    return this.#starts.length - (this.#starts.length && this.#starts.at(this.#starts.length - 1) === this.#length ? 1 : 0);
  }

  state(line) {
    return line < this.#states.length ? this.#states.at(line) : BLANK;
  }

  states() {
    return this.#states.copy(this.lines);
  }

  /** The next bytes of the input. */
  feed(chunk) {
    if (this.#starts.length === 0) this.#starts.push(0);
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) {
      this.#starts.push(this.#length + at + 1);
    }
    this.#length += chunk.length;
    this.#open = joined(this.#open, chunk);
    this.#run(() => this.#parser.push(chunk));
  }

  /** The end of the input, or of what is read of it. */
  finish({ isWhole = true } = {}) {
    this.isWhole = isWhole;
    this.#run(() => this.#parser.end());
  }

  free() {
    this.#parser.free();
  }

  #run(call) {
    if (this.problem) return;
    try {
      this.#settle(call());
    } catch (error) {
      if (!(error instanceof this.#api.FlowLogError)) throw error;
      if (error.output) this.#settle(error.output);
      this.problem = error;
    }
  }

  /** Gives documents to the lines that the parser is done with. */
  #settle(output) {
    const end = this.#parser.stats.lines;
    const documents = output.length ? decoder.decode(output).split('\n') : [''];
    documents.pop();
    const candidates = [];
    for (let line = this.#settled; line < end; line++) {
      if (this.state(line) === ERROR) continue;
      if (this.#isBlank(line)) this.#states.set(line, BLANK);
      else candidates.push(line);
    }
    this.#setApart(candidates, candidates.length - documents.length);
    let next = 0;
    for (const line of candidates) {
      if (this.state(line) === HEADER || next >= documents.length) continue;
      const document = documents[next++];
      this.#waiting.push([line, document]);
      this.#states.set(line, stateOf(document));
    }
    if (this.#waiting.length > MAX_WAITING) this.#fillColumns();
    this.#settled = end;
    const start = end < this.#starts.length ? this.#starts.at(end) : this.#length;
    this.#open = this.#open.slice(start - this.#openStart);
    this.#openStart = start;
  }

  /** Marks the lines that gave no document: headers, and wrappers of nothing. */
  #setApart(candidates, surplus) {
    for (const line of candidates) {
      if (surplus <= 0) return;
      const text = decoder.decode(this.#bytesOf(line).subarray(0, 65_536)).trim();
      if (!/^[{$a-z\ufeff"[]/i.test(text)) continue;
      const { kind, format } = this.#api.explain(text);
      const single = kind === 'record' && text === this.format?.trim();
      if (kind === 'record' && !single) continue;
      this.#states.set(line, kind === 'blank' ? BLANK : HEADER);
      if (kind === 'header') this.headers.push({ line, format });
      surplus -= 1;
    }
  }

  #bytesOf(line) {
    const end = line + 1 < this.#starts.length ? this.#starts.at(line + 1) : this.#length;
    return this.#open.subarray(this.#starts.at(line) - this.#openStart, end - this.#openStart);
  }

  #isBlank(line) {
    return this.#bytesOf(line).every((byte) => byte <= 32);
  }

  /** Where a line is: `[start, end]` in bytes, without its line feed. */
  span(line) {
    const end = line + 1 < this.#starts.length ? this.#starts.at(line + 1) - 1 : this.#length;
    return [this.#starts.at(line), end];
  }

  /** The text of a line; of a long one, its start. */
  async text(line, most = 1 << 20) {
    if (line >= this.lines) return '';
    const [start, end] = this.span(line);
    const bytes = await this.store.read(start, Math.min(end, start + most));
    return decoder.decode(bytes).replace(/\r+$/, '');
  }

  /** The formats that a line may have been read by, the likeliest first; null is for whatever it looks like. */
  formatsOf(line) {
    const header = this.headers.findLast((found) => found.line <= line)?.format;
    return [...new Set([header, this.format, this.inferred, null].filter((format) => format !== undefined && format !== ''))];
  }
}

/** A quote within a value is escaped, so these texts stand for keys and their values only. */
function stateOf(document) {
  if (/"log_status":"(?:NODATA|SKIPDATA)"/.test(document)) return NO_DATA;
  return document.includes('"action":"REJECT"') ? REJECT : RECORD;
}

function joined(a, b) {
  if (a.length === 0) return b;
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
