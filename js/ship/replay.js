/**
 * Finds the lines that documents were made of, by reading the lines of a segment again. That is rare: only a document that
 * was refused needs it.
 *
 * @module
 */

const LINE_FEED = 10;

/**
 * The origin of a document or of a bad line.
 *
 * @typedef {object} Origin
 * @property {import('./lines.js').Segment} segment
 * @property {number | undefined} lineNumber
 * @property {Buffer | undefined} line undefined if it cannot be known
 * @property {string | undefined} header that the line was read by
 */

/**
 * Returns the origins of documents that were refused.
 *
 * @param {import('./batches.js').Batch} batch
 * @param {import('./run.js').Outcome['rejected']} rejected
 * @param {new (options: any) => import('../index.js').Parser} Parser
 * @returns {(Origin & { document: Buffer, rejection: import('./run.js').Rejection })[]}
 */
export function originsOf(batch, rejected, Parser) {
  /** @type {Map<import('./lines.js').Segment, Omit<Origin, 'segment'>[]>} */
  const replayed = new Map();
  const documents = batch.documents();
  return rejected.map(({ index, ...rejection }) => {
    const { segment, index: indexInSegment } = batch.originOf(index);
    let origins = replayed.get(segment);
    if (origins === undefined) {
      origins = replay(segment, Parser);
      replayed.set(segment, origins);
    }
    const isSure = segment.isClosed ? origins.length === segment.documents : origins.length >= segment.documents;
    const unknown = { lineNumber: undefined, line: undefined, header: undefined };
    return { segment, document: documents[index], rejection, ...(isSure ? origins[indexInSegment] : unknown) };
  });
}

/**
 * Reads the lines of a segment again, and returns those that became documents.
 *
 * @param {import('./lines.js').Segment} segment
 * @param {new (options: any) => import('../index.js').Parser} Parser
 */
function replay(segment, Parser) {
  const { inferred, layers, options, firstLine } = segment;
  const parser = parserLike(Parser, { ...options, ...(inferred !== undefined && { format: inferred }), ...(layers.length > 0 && { layers }) });
  const writesBad = options.onError === 'document';
  let header = segment.header();
  try {
    if (header !== undefined) parser.parse(header);
    let { headers } = parser.stats;
    return segment.lines().flatMap((line, index) => {
      const documents = documentsOf(parser, line, writesBad);
      const count = parser.stats.headers;
      if (count > headers) header = line.toString();
      headers = count;
      return Array.from({ length: documents }, () => ({ line, lineNumber: firstLine + index, header }));
    });
  } finally {
    parser.free();
  }
}

/**
 * Returns the number of documents that a line becomes.
 *
 * @param {import('../index.js').Parser} parser
 * @param {Buffer} line
 * @param {boolean} writesBad true if a bad line becomes one
 */
function documentsOf(parser, line, writesBad) {
  try {
    return parser.parse(line) === null ? 0 : 1;
  } catch (error) {
    if (/** @type {{ code?: string }} */ (error).code !== 'several_lines') return writesBad ? 1 : 0;
  }
  const { records } = parser.stats;
  parser.push(Buffer.concat([line, Buffer.from('\n')]));
  return parser.stats.records - records;
}

/**
 * Returns the last header of a text that has one.
 *
 * @param {Buffer} text
 * @param {new (options: any) => import('../index.js').Parser} Parser
 * @param {Record<string, unknown>} options
 * @returns {string | undefined}
 */
export function lastHeader(text, Parser, options) {
  const parser = parserLike(Parser, options);
  try {
    for (let end = text.length; end > 0;) {
      const start = end < 2 ? 0 : text.lastIndexOf(LINE_FEED, end - 2) + 1;
      const line = text.subarray(start, text[end - 1] === LINE_FEED ? end - 1 : end);
      const { headers } = parser.stats;
      try {
        parser.parse(line);
      } catch {
        // A bad line is not a header.
      }
      if (parser.stats.headers > headers) return line.toString();
      parser.reset();
      end = start;
    }
  } finally {
    parser.free();
  }
  return undefined;
}

/**
 * @param {new (options: any) => import('../index.js').Parser} Parser
 * @param {Record<string, unknown>} options
 */
function parserLike(Parser, options) {
  // Databases change no line, and take long to open.
  const { bulk: _, report: __, geo: ___, ...rest } = options;
  return new Parser(rest);
}
