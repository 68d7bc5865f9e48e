/**
 * A log that was read: the offset and the state of each line, and its flows in columns.
 *
 * The parser reports errors by line, and documents in order. Headers and blank lines are told apart here. Lines that are
 * pending while the parser infers their format are settled later.
 */

import { Causes } from './causes.js';
import { Columns } from './columns.js';
import { Grown } from './grown.js';
import { joined } from '../../js/decode/bytes.js';
import { Store } from './store.js';

/** The state of a line. Records whose flow was rejected, and those without data, have states of their own. */
export const BLANK = 0;
export const RECORD = 1;
export const HEADER = 2;
export const ERROR = 3;
export const REJECT = 4;
export const NO_DATA = 5;

/** True if lines of a state have a document. */
export const hasDocument = (state) => state === RECORD || state === REJECT || state === NO_DATA;

/** The number of errors that are kept. Of further ones, only the line is known. */
const MAX_ERRORS = 20_000;

/** The number of documents whose flows are pending. Typed texts need no columns, and files fill them early. */
const MAX_PENDING = 10_000;

const LINE_FEED = 10;
const decoder = new TextDecoder();

export class Log {
  store = new Store();
  errors = new Map();
  causes = new Causes();
  /** Of each part of a record that is broken over two lines, the line of the other part. */
  parts = new Map();
  /** The header lines that change the format, in their order: `{ line, format }`, lines from 0. */
  headers = [];
  /** The FlowLogError that ended the reading, if any. */
  problem;
  isWhole = false;

  #api;
  #hasLayers;
  #parser;
  #starts = new Grown(Float64Array);
  #states = new Grown(Uint8Array);
  #columns = new Columns();
  /** Documents whose flows are not in the columns yet. */
  #pending = [];
  #length = 0;
  #settled = 0;
  /** The bytes since the first line that is not settled. */
  #open = new Uint8Array(0);
  #openStart = 0;

  /**
   * Starts a log with a format, or with layouts to choose from, so that no format is inferred, which takes time. With
   * `layers: false` or without any, lines are read as they are, and with the precedence `format`, headers are skipped. `options` has further
   * ones of an opened case, which come first.
   */
  constructor(api, format, { layouts, layers: isOn = true, precedence: first = 'header', options: { strict, precedence = first, maxLineBytes, layers: wanted = isOn } = {} } = {}) {
    const layers = wanted.length === 0 ? false : wanted;
    this.#api = api;
    this.#hasLayers = layers;
    this.format = format;
    this.precedence = precedence;
    const report = (error) => {
      const line = error.lineNumber - 1;
      if (this.errors.size < MAX_ERRORS) {
        this.errors.set(line, error);
        const [, cut] = /together with line (\d+), which is cut/.exec(error.problem) ?? [];
        if (cut) this.parts.set(line, cut - 1).set(cut - 1, line);
      }
      this.#states.set(line, ERROR);
      this.causes.add(error);
    };
    /** The options by which the lines are read. */
    this.reading = defined({ format: format ?? layouts, layers, strict, precedence, maxLineBytes });
    this.#parser = new api.Parser({ ...this.reading, mode: 'original', onError: 'skip', report });
  }

  get stats() {
    return this.#parser.stats;
  }

  get inferred() {
    return this.#parser.inferred;
  }

  get warnings() {
    return this.#parser.warnings;
  }

  /** Layers around the records of a line, as words. */
  get layers() {
    return this.#parser.layers;
  }

  /** Returns the layers of a line, and the header that names its cells, for what reads it alone; undefined without any. */
  async around() {
    const { layers } = this;
    if (!this.#hasLayers) return { layers: false };
    if (layers.length === 0) return undefined;
    const hasCells = layers.some((layer) => /^(?:csv|tsv)/.test(layer));
    return { layers, ...(hasCells && { header: await this.text(0) }) };
  }

  /** The flows of all records, for charts and filters. */
  get columns() {
    this.#fillColumns();
    return this.#columns;
  }

  #fillColumns() {
    for (const [line, document] of this.#pending) this.#columns.add(line, JSON.parse(document).aws?.vpcflow ?? {});
    this.#pending = [];
  }

  get bytes() {
    return this.#length;
  }

  /** The number of lines, with a last one that no line feed ends. */
  get lines() {
    return this.#starts.length - (this.#starts.length && this.#starts.at(this.#starts.length - 1) === this.#length ? 1 : 0);
  }

  state(line) {
    return line < this.#states.length ? this.#states.at(line) : BLANK;
  }

  states() {
    return this.#states.copy(this.lines);
  }

  /** Reads the next bytes of the input. */
  feed(chunk) {
    if (this.#starts.length === 0) this.#starts.push(0);
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) {
      this.#starts.push(this.#length + at + 1);
    }
    this.#length += chunk.length;
    this.#open = joined([this.#open, chunk]);
    this.#run(() => this.#parser.push(chunk));
  }

  /** Ends the input. */
  finish({ isWhole = true } = {}) {
    this.isWhole = isWhole;
    if (!isWhole) this.#parser.cut();
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

  /** Assigns documents to the lines that the parser has read. */
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
    const apart = this.#setApart(candidates, candidates.length - documents.length);
    let next = 0;
    for (const line of candidates) {
      if (apart.has(line) || next >= documents.length) continue;
      const document = documents[next++];
      this.#pending.push([line, document]);
      this.#states.set(line, stateOf(document));
    }
    if (this.#pending.length > MAX_PENDING) this.#fillColumns();
    this.#settled = end;
    const start = end < this.#starts.length ? this.#starts.at(end) : this.#length;
    this.#open = this.#open.slice(start - this.#openStart);
    this.#openStart = start;
  }

  /** Marks the lines without a document, which are headers and empty wrappers, and returns their numbers. */
  #setApart(candidates, surplus) {
    const apart = new Set();
    for (const line of candidates) {
      if (apart.size >= surplus) break;
      const text = decoder.decode(this.#bytesOf(line).subarray(0, 65_536)).trim();
      if (!/^[{$@a-z\ufeff"[]/i.test(text)) continue;
      const { kind, format } = this.#api.explain(text, undefined, { layers: this.#hasLayers && this.layers });
      const single = kind === 'record' && text === this.format?.trim();
      if (kind === 'record' && !single) continue;
      this.#states.set(line, kind === 'blank' ? BLANK : HEADER);
      if (kind === 'header' && format !== this.headers.at(-1)?.format) this.headers.push({ line, format });
      apart.add(line);
    }
    return apart;
  }

  #bytesOf(line) {
    const end = line + 1 < this.#starts.length ? this.#starts.at(line + 1) : this.#length;
    return this.#open.subarray(this.#starts.at(line) - this.#openStart, end - this.#openStart);
  }

  #isBlank(line) {
    return this.#bytesOf(line).every((byte) => byte <= 32);
  }

  /** Returns the bytes of a line without its line feed: `[start, end]`. */
  span(line) {
    const end = line + 1 < this.#starts.length ? this.#starts.at(line + 1) - 1 : this.#length;
    return [this.#starts.at(line), end];
  }

  /** Returns the text of the other part of a record that is broken over two lines; undefined for another line. */
  async otherPart(line, most) {
    return this.parts.has(line) ? this.text(this.parts.get(line), most) : undefined;
  }

  /** Returns the lines of a sample that a format is detected from. If no line was read, broken records are joined. */
  evidence(sample) {
    const texts = sample.split('\n');
    // Lines with errors are not evidence for the format of those that were read.
    if (this.stats.records > 0) return texts.filter((_, line) => this.state(line) !== ERROR).join('\n');
    return texts.flatMap((text, line) => {
      const rest = this.parts.get(line);
      return rest < line ? [] : rest > line ? `${text} ${texts[rest] ?? ''}` : text;
    }).join('\n');
  }

  /** Returns the length of each line in bytes, without its line feed. */
  lengths() {
    return Uint32Array.from({ length: this.lines }, (_, line) => this.span(line)[1] - this.span(line)[0]);
  }

  /** Returns the text of a line from bytes of the log that start at an offset. */
  textIn(bytes, base, line) {
    const [start, end] = this.span(line);
    return textOf(bytes.subarray(start - base, end - base));
  }

  /** Returns the text of a line, or the start of a long one. */
  async text(line, most = 1 << 20) {
    if (line >= this.lines) return '';
    const [start, end] = this.span(line);
    return textOf(await this.store.read(start, Math.min(end, start + most)));
  }

  /** Returns the last header up to a line. */
  #headerOf(line) {
    let [from, to] = [0, this.headers.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.headers[middle].line <= line) from = middle + 1;
      else to = middle;
    }
    return this.headers[from - 1];
  }

  /** Returns the formats that a line may have been read by, the likeliest first. Null stands for detection. */
  formatsOf(line) {
    const header = this.precedence === 'header' ? this.#headerOf(line)?.format : undefined;
    return [...new Set([header, this.format, this.inferred, null].filter((format) => format !== undefined && format !== ''))];
  }
}

/** Returns the text of the bytes of a line. */
const textOf = (bytes) => decoder.decode(bytes).replace(/\r+$/, '');

/** Returns an object without the members that are undefined. */
const defined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));

/** Returns the state of a record. Quotes within values are escaped, so these texts match keys with their values only. */
function stateOf(document) {
  if (/"log_status":"(?:NODATA|SKIPDATA)"/.test(document)) return NO_DATA;
  return document.includes('"action":"REJECT"') ? REJECT : RECORD;
}
