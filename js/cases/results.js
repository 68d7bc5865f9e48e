/**
 * The results of a case: a document, none, or an error for each of its lines.
 *
 * @module
 */

import { counted } from '../text/text.js';
import { ofErrors, ofLine } from './differences.js';
import { CaseError, readJson } from './json.js';

/**
 * @typedef {import('./case.js').Case} Case
 * @typedef {import('./case.js').ExpectedError} ExpectedError
 * @typedef {{ document: Record<string, unknown> | null } | { error: ExpectedError & { message: string } }} Result
 *
 * The classes of the package.
 *
 * @typedef {object} Api
 * @property {new (options: import('../index.js').ParserOptions) => import('../index.js').Parser} Parser
 * @property {Function} FlowLogError
 */

const decoder = new TextDecoder();

/**
 * Reads the lines of a case as one input, and returns the result of each of them, and the error that ended the input. The
 * documents of records that have no time are without `@timestamp`, which is the time of reading.
 *
 * @param {Api} api
 * @param {Pick<Case, 'format' | 'options'> & { lines: { text: string }[] }} given
 * @returns {{ results: Result[], error?: ExpectedError & { message: string } }}
 * @throws {import('../index.js').FlowLogError} if the format or an option is wrong
 * @throws {CaseError} if it cannot be known to which lines the documents belong
 */
export function resultsOf({ Parser, FlowLogError }, { format, options, lines }) {
  /** @type {Result[]} */
  const results = lines.map(() => ({ document: null }));
  /** @param {import('../index.js').FlowLogError} error */
  const report = (error) => {
    results[(error.lineNumber ?? 1) - 1] = { error: errorOf(error) };
  };
  const parser = new Parser({ ...options, ...(format !== undefined && { format }), onError: 'skip', report });
  const started = Date.now();
  let settled = 0;
  /** Assigns documents to the lines that the parser has read since. @param {Uint8Array} output */
  const settle = (output) => {
    const documents = decoder.decode(output).split('\n').slice(0, -1);
    const from = settled;
    settled = Math.min(parser.stats.lines, lines.length);
    const open = lines.slice(from, settled).map((_, index) => from + index).filter((line) => 'document' in results[line] && lines[line].text.trim() !== '');
    if (documents.length === 0) return;
    const owners = open.length === documents.length ? open : ownersOf(open, documents.length);
    for (const [index, document] of documents.entries()) {
      const value = /** @type {Record<string, unknown>} */ (readJson(document).value);
      if (parser.stats.withoutTime > 0 && isNow(value['@timestamp'], started)) delete value['@timestamp'];
      results[owners[index]] = { document: value };
    }
  };
  /** Returns those of several lines that have a document: not headers, omitted records and empty wrappers. @param {number[]} open @param {number} count */
  const ownersOf = (open, count) => {
    // Each line is read at once by the format that was inferred.
    const known = parser.inferred ?? format;
    const layers = parser.layers.length > 0 ? { layers: parser.layers } : {};
    const second = new Parser({ ...options, ...layers, ...(known !== undefined && { format: known }), onError: 'skip' });
    try {
      const owners = open.filter((line) => second.push(`${lines[line].text}\n`).length > 0);
      if (owners.length === count) return owners;
      // To guess could put documents to wrong lines.
      throw new CaseError(`${counted(count, 'document')} cannot be assigned to ${counted(open.length, 'line')}: give the case the format of its lines`, { line: 1, column: 1 });
    } finally {
      second.free();
    }
  };
  try {
    for (const { text } of lines) settle(parser.push(`${text}\n`));
    settle(parser.end());
    return { results };
  } catch (error) {
    if (!(error instanceof FlowLogError)) throw error;
    const ended = /** @type {import('../index.js').FlowLogError} */ (error);
    settle(ended.output ?? new Uint8Array());
    return { results, error: errorOf(ended) };
  } finally {
    parser.free();
  }
}

/** True if a time is between the start of a run and now. @param {unknown} time RFC 3339 @param {number} started */
function isNow(time, started) {
  const at = Date.parse(String(time));
  return at >= started && at <= Date.now();
}

/** @param {import('../index.js').FlowLogError} error */
function errorOf(error) {
  return { ...expectedOf(error), message: error.problem };
}

/** Returns the members of an error that a case can expect. @param {ExpectedError} error @returns {ExpectedError} */
function expectedOf({ code, column, field }) {
  return { code, ...(column !== undefined && { column }), ...(field !== undefined && { field }) };
}

/**
 * Returns a case that expects these results. Expectations that they meet stay as they are.
 *
 * @param {Case} given
 * @param {ReturnType<typeof resultsOf>} found
 * @returns {Case}
 */
export function accepted({ name, format, options, lines, error: whole }, { results, error }) {
  return {
    ...(name !== undefined && { name }),
    ...(format !== undefined && { format }),
    options,
    lines: lines.map((line, index) => {
      const [{ text }, result] = [line, results[index]];
      const isExpected = line.document !== undefined || line.error !== undefined;
      if (isExpected && ofLine(line, result).length === 0) return line;
      return 'error' in result ? { text, error: expectedOf(result.error) } : { text, document: result.document };
    }),
    ...(error && { error: whole && ofErrors(whole, error).length === 0 ? whole : expectedOf(error) }),
  };
}
