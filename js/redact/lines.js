/**
 * Redacts the lines of a log: finds headers, and the kinds of the columns of each line.
 *
 * @module
 */

import { looksLike } from './redactor.js';

/** The number of lines that are explained: to infer a format, and to read headers. The columns of further ones are unknown. */
const MAX_EXPLAINED_LINES = 2000;
const MAX_EXPLAINED = 1 << 20;
const MAX_NAMES = 10_000;

/**
 * The functions of the package that are used.
 *
 * @typedef {Pick<typeof import('../index.js'), 'compileFormat' | 'explain' | 'fields'>} Api
 */

export class LineRedactor {
  #redactor;
  #api;
  #layers;
  /** @type {Map<string, string>} */
  #kinds;
  /** @type {Map<string, string | undefined>} the kinds of the fields that names stand for */
  #names = new Map();
  /** @type {Map<string, string[]>} */
  #formats = new Map();
  /** @type {string | undefined} that of the last header */
  #header;
  /** @type {string[] | undefined} */
  #inferred;
  #left = MAX_EXPLAINED_LINES;

  /**
   * @param {import('./redactor.js').Redactor} redactor
   * @param {Api} api
   * @param {{ layers?: string[] | undefined }} [around] the layers around records
   */
  constructor(redactor, api, { layers } = {}) {
    this.#redactor = redactor;
    this.#api = api;
    this.#layers = layers?.length ? layers : undefined;
    this.#kinds = new Map(api.fields().map(({ name, kind }) => [name, kind]));
  }

  /**
   * Redacts a line.
   *
   * @param {string} text without its line feed
   * @param {{ format?: string | null | undefined, isHeader?: boolean }} [known] its format, and true if it is known to be a header
   */
  line(text, { format, isHeader = false } = {}) {
    /** @param {string} name */
    const kindOfName = (name) => this.#kindOfName(name);
    const isSure = isHeader || text.trim() === format;
    if (isSure || this.#isHeader(text)) {
      if (!format) this.#header = this.#explained(text).format ?? this.#header;
      return this.#redactor.header(text, kindOfName, isSure);
    }
    return this.#redactor.line(text, this.#kindsOf(text, format), kindOfName);
  }

  /** @param {string} text @param {string | null | undefined} given */
  #kindsOf(text, given) {
    const format = given ?? this.#header;
    if (format) return this.#kindsOfFormat(format);
    const inferred = this.#inferred;
    const tokens = text.match(/\S+/g) ?? [];
    const fits = tokens.length === inferred?.length && tokens.every((token, index) => looksLike(token, inferred[index]));
    if (fits || tokens.length === 0) return inferred;
    const { kind, format: found } = this.#explained(text);
    if (kind === 'record' && found) this.#inferred = this.#kindsOfFormat(found);
    return this.#inferred;
  }

  /** @param {string} format */
  #kindsOfFormat(format) {
    let kinds = this.#formats.get(format);
    if (!kinds) {
      kinds = this.#api.compileFormat(format).fields.map(({ name }) => this.#kinds.get(name) ?? 'text');
      this.#formats.set(format, kinds);
    }
    return kinds;
  }

  /** Explains a line, unless that was done too often. @param {string} text @returns {{ kind?: string, format?: string | null }} */
  #explained(text) {
    if (this.#left <= 0) return {};
    this.#left -= 1;
    try {
      return this.#api.explain(text.slice(0, MAX_EXPLAINED), undefined, this.#layers && { layers: this.#layers });
    } catch {
      return {};
    }
  }

  /** True if a line has names: most of its words are, and none is a value. @param {string} text */
  #isHeader(text) {
    const names = text.replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, ' ');
    if (/\d{3}|[{]/.test(names)) return false;
    const words = names.match(/[A-Za-z][\w-]*/g) ?? [];
    return words.length > 1 && words.filter((word) => this.#kindOfName(word) !== undefined).length * 2 > words.length;
  }

  /** Returns the kind of the field that a name stands for, also one of another tool; undefined if there is none. @param {string} name */
  #kindOfName(name) {
    if (this.#names.has(name)) return this.#names.get(name);
    let kind = this.#kinds.get(name);
    try {
      if (kind === undefined && /^[A-Za-z][\w.-]{1,60}$/.test(name)) kind = this.#kinds.get(this.#api.compileFormat(name).fields[0].name);
    } catch {
      // It is not the name of a field.
    }
    if (this.#names.size < MAX_NAMES) this.#names.set(name, kind);
    return kind;
  }
}
