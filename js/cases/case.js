/**
 * A case: the lines of a flow log, a format, options, and what is expected of each line. It is a JSON file, which `docs/cases.md`
 * describes.
 *
 * @module
 */

import { prettyJson } from '../text/pretty.js';
import { CaseError, isObject, jsonOf, placeOf, readJson } from './json.js';

/** The version of case files that is written, and the only one that is read. */
const VERSION = 1;

/** The member that makes a JSON file a case. Its value is the version. */
const MARK = 'vpcflow-ecs-case';

/** Limits of a case: bytes of its file, characters of its name, and its lines. */
export const LIMITS = { bytes: 32 * 1024 * 1024, name: 200, lines: 10_000 };

/** The end of the names of case files. */
export const SUFFIX = '.case.json';

/**
 * The options of a parser that a case may not have, with the reasons.
 *
 * @type {Record<string, string>}
 */
const REFUSED = {
  format: 'the format is a member of the case',
  onError: 'a case has an expected error for each bad line',
  report: 'a case has an expected error for each bad line',
  bulk: 'a case has documents only',
  geo: 'databases are not a part of a case',
};

/**
 * A line with the expected document, which is null for none, or error. Of an error, only the members that are given count.
 *
 * @typedef {object} ExpectedError
 * @property {string} code
 * @property {number} [column] from 1, in characters
 * @property {string} [field]
 *
 * @typedef {object} CaseLine
 * @property {string} text
 * @property {Record<string, unknown> | null} [document]
 * @property {ExpectedError} [error]
 *
 * @typedef {object} Case
 * @property {string} [name]
 * @property {string | string[]} [format]
 * @property {Record<string, unknown>} options of the documents, as `Parser` takes them
 * @property {CaseLine[]} lines
 * @property {ExpectedError} [error] the error that ends the input
 */

/** True if a file is meant to be a case, by its name or the start of its text. @param {string} name @param {string} start */
export function isCase(name, start) {
  return name.endsWith(SUFFIX) || /^\ufeff?\s*\{\s*"vpcflow-ecs-case"\s*:/.test(start);
}

/**
 * Reads a case file.
 *
 * @param {string} text
 * @returns {Case & { offsets: Map<string, number> }} `offsets` are those of the members in the text, by their paths
 * @throws {CaseError}
 */
export function readCase(text) {
  if (text.length > LIMITS.bytes) throw new CaseError(`a case file has at most ${LIMITS.bytes} bytes`, { line: 1, column: 1 });
  const { value, offsets } = readJson(text);
  const reader = new Reader(text, offsets);
  const file = reader.object(value, '', [MARK, 'name', 'format', 'options', 'lines', 'error']);
  if (file[MARK] !== VERSION) {
    const found = file[MARK] === undefined ? 'none' : jsonOf(file[MARK]).slice(0, 40);
    reader.refuse(file[MARK] === undefined ? '' : MARK, `a case file has "${MARK}": ${VERSION}, found ${found}`);
  }
  const { name, format, options = {}, lines } = file;
  if (name !== undefined && (typeof name !== 'string' || name.length > LIMITS.name)) {
    reader.refuse('name', `expected a text of at most ${LIMITS.name} characters`);
  }
  const isFormat = typeof format === 'string' || (Array.isArray(format) && format.every((each) => typeof each === 'string'));
  if (format !== undefined && !isFormat) reader.refuse('format', 'expected a format as text, or a list of them');
  const given = reader.object(options, 'options');
  for (const [option, reason] of Object.entries(REFUSED)) {
    if (Object.hasOwn(given, option)) reader.refuse(`options.${option}`, `option "${option}" does not belong here: ${reason}`);
  }
  if (given.ingested === true) reader.refuse('options.ingested', 'expected a fixed time, such as "2026-01-02T03:04:05.678Z"');
  if (!Array.isArray(lines)) return reader.refuse(lines === undefined ? '' : 'lines', 'expected "lines", a list of lines');
  if (lines.length > LIMITS.lines) reader.refuse('lines', `a case has at most ${LIMITS.lines} lines, found ${lines.length}`);
  return {
    .../** @type {{ name?: string, format?: string | string[] }} */ ({ ...(name !== undefined && { name }), ...(format !== undefined && { format }) }),
    options: given,
    lines: lines.map((line, index) => reader.line(line, `lines[${index}]`)),
    ...(file.error !== undefined && { error: reader.error(file.error, 'error') }),
    offsets,
  };
}

/** Checks values, and says where a wrong one is. */
class Reader {
  /** @param {string} text @param {Map<string, number>} offsets */
  constructor(text, offsets) {
    this.text = text;
    this.offsets = offsets;
  }

  /** @param {string} path @param {string} problem @returns {never} */
  refuse(path, problem) {
    throw new CaseError(path === '' ? problem : `${path}: ${problem}`, placeOf(this.text, this.offsets.get(path) ?? 0));
  }

  /**
   * @param {unknown} value
   * @param {string} path
   * @param {string[]} [names] the members that it may have; all if they are not given
   * @returns {Record<string, unknown>}
   */
  object(value, path, names) {
    if (!isObject(value)) return this.refuse(path, 'expected an object');
    const other = names && Object.keys(value).find((name) => !names.includes(name));
    if (other !== undefined) {
      this.refuse(path === '' ? other : `${path}.${other}`, `unknown member; there are ${names?.map((name) => `"${name}"`).join(', ')}`);
    }
    return value;
  }

  /** @param {unknown} value @param {string} path @returns {CaseLine} */
  line(value, path) {
    const { text, document, error } = this.object(value, path, ['text', 'document', 'error']);
    if (typeof text !== 'string') return this.refuse(path, 'expected "text", the line');
    if (text.includes('\n')) this.refuse(`${path}.text`, 'a line has no line feed: make it two lines');
    if ((document === undefined) === (error === undefined)) this.refuse(path, 'expected one of "document" and "error"');
    if (error !== undefined) return { text, error: this.error(error, `${path}.error`) };
    return { text, document: document === null ? null : this.object(document, `${path}.document`) };
  }

  /** @param {unknown} value @param {string} path @returns {ExpectedError} */
  error(value, path) {
    const { code, column, field } = this.object(value, path, ['code', 'column', 'field']);
    if (typeof code !== 'string') return this.refuse(path, 'expected "code", as docs/errors.md lists them');
    const isColumn = typeof column === 'number' && Number.isInteger(column) && column > 0;
    if (column !== undefined && !isColumn) this.refuse(`${path}.column`, 'expected a whole number from 1');
    if (field !== undefined && typeof field !== 'string') this.refuse(`${path}.field`, 'expected the name of a field');
    return /** @type {ExpectedError} */ (value);
  }
}

/**
 * Returns the text of a case file.
 *
 * @param {Case} given
 */
export function caseText({ name, format, options, lines, error }) {
  return prettyJson(jsonOf({
    [MARK]: VERSION,
    ...(name !== undefined && { name }),
    ...(format !== undefined && { format }),
    ...(Object.keys(options).length > 0 && { options }),
    lines,
    ...(error !== undefined && { error }),
  }));
}
