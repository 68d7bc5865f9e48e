// The worker reads logs, so that the page never blocks.
//
// A request is `{ id, ask, ...arguments }`, its response `{ id, answer }` or `{ id, error }`, and an event `{ event, ... }`.
// Each log has a generation. Both sides drop messages of an earlier one.

import * as api from '../js/index.js';
import { facts, optionsOf } from './facts.js';
import { ingest } from './ingest.js';
import { compare } from './worker/compare.js';
import { Documents } from './worker/documents.js';
import { rowOf, ROW_BYTES } from './worker/explain.js';
import { cancelDebug, debug } from './worker/pipelines.js';
import { readInto, smallText } from './worker/files.js';
import { fitsLines } from './worker/fits.js';
import { ERROR, HEADER, Log } from './worker/log.js';
import { cancelNdjson, ndjsonOf } from './worker/ndjson.js';
import { cancelSearch, findLines } from './worker/search.js';
import { unsent } from './worker/sent.js';
import { redact } from './worker/redaction.js';

const SAMPLE_BYTES = 256 * 1024;
const DETECT_DELAY = 400;
const MAX_ERROR_LINES = 5000;

const documents = new Documents();
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
let log;
let generation = 0;
let likely;
let output = {};
/** A 1 for each line that matches the filter; undefined without a filter. */
let marks;
/** The databases of places and autonomous systems, by kind. */
let geo = {};

/** Returns the options of the documents: those of the shape, and of an opened case. */
const documentOptions = (shape) => ({ ...optionsOf(shape), ...shape.more });

/** Returns an error as a message of the worker. */
const asData = (error) => {
  const { message, code, lineNumber, column, field, expected, found } = error;
  return { message, code, lineNumber, column, field, expected, found: found?.slice(0, 200) };
};

/** True if the last text was read by headers and documented layouts alone. The next one is then, too, at first. */
let isByLayouts = false;
/** Longer texts with errors are read twice: at once by the layouts, and exactly when typing pauses. */
const FEW_LINES = 200;
const EXACT_DELAY = 300;
let exactTimer;

function start(next, format, more) {
  clearTimeout(exactTimer);
  generation = next;
  log?.free();
  log = undefined;
  marks = undefined;
  likely = undefined;
  log = new Log(api, format, { ...more, options: output });
}

/** Sends the state of the reading. */
function report(event, more = {}) {
  const errors = [...log.errors.keys()].slice(0, MAX_ERROR_LINES);
  const problem = log.problem && asData(log.problem);
  const { stats, lines, bytes, inferred, isWhole, layers, warnings, headers: [header] } = log;
  postMessage({ event, generation, stats, lines, bytes, inferred, isWhole, layers, warnings, header, errors, problem, ...more });
}

function fail(error) {
  if (!(error instanceof api.FlowLogError)) throw error;
  log = undefined;
  postMessage({ event: 'unread', generation, problem: asData(error) });
}

async function rowsAt(lines) {
  const read = log;
  const around = await read.around();
  return Promise.all(lines.map(async (line) => rowOf(api, read, line, await read.text(line, ROW_BYTES + 1), { output: optionsOf(output), likely, around, other: await read.otherPart(line, ROW_BYTES + 1) })));
}

/** Returns the name of a protocol as the package reports it; undefined if it has none. */
const protocolName = (number) => api.explain(String(number), '${protocol}').tokens[0].meaning ?? undefined;

/** Returns the document of a line; undefined if it has none. A line with an error has none, also if another format fits it. */
async function documentAt(line, shape = output) {
  if (!log || line >= log.lines || log.state(line) === ERROR) return undefined;
  return documents.of(await log.text(line), log.formatsOf(line), shape, await log.around());
}

/** Detects the format of the lines. */
function detect(sample) {
  try {
    return { candidates: api.detectFormat(sample, { maxLines: 1000, maxBytes: SAMPLE_BYTES }) };
  } catch (error) {
    return { reason: error.message };
  }
}

function detectSoon(sample, current, delay) {
  setTimeout(() => {
    if (current !== generation) return;
    postMessage({ event: 'detected', generation, isRead: log.stats.records > 0, ...detect(log.evidence(sample)) });
  }, delay);
}

/** Sets the likeliest format for the rows, if the lines are ambiguous. */
function setLikely(sample) {
  if (log.problem?.code !== 'unresolved_format') return;
  likely = detect(sample).candidates?.[0].format;
}

/** Reads a line that nobody sees, while the page gets ready: browsers compile the functions of a module when they are called. */
function warmUp() {
  const text = '2 123456789010 eni-0a1b2c3d4e5f60718 10.0.1.20 198.51.100.23 49152 443 6 18 4249 1767225600 1767225658 ACCEPT OK';
  if (generation === 0) asks.read({ next: -1, text, shape: facts.shapes[0], visible: [0, 1], line: 0 });
}

const asks = {
  /** Uses these modules, and returns the tables of the package. */
  async init({ modules }) {
    await api.init(...modules);
    documents.use(api);
    const tables = { fields: api.fields(), presets: api.presets(), schemas: api.schemas() };
    facts.set(tables);
    setTimeout(warmUp);
    return tables;
  },

  /** Reads a text at once, and sends all that the page shows of it. */
  async read(request) {
    const { next, text, format, precedence, layers, shape, visible, line, epoch, isExact } = request;
    const isQuick = !isExact && !format && isByLayouts;
    output = documentOptions(shape);
    try {
      start(next, format, { layers, precedence, ...(isQuick && { layouts: facts.layouts.map(({ name }) => name) }) });
    } catch (error) {
      return fail(error);
    }
    const bytes = encoder.encode(text);
    log.store.add(bytes);
    log.feed(bytes);
    log.finish();
    setLikely(text);
    if (!isQuick) isByLayouts = !format && log.lines > FEW_LINES && log.stats.records > 0 && !log.inferred && !log.problem;
    else if (log.stats.errors > 0) {
      exactTimer = setTimeout(() => next === generation && asks.read({ ...request, isExact: true }), EXACT_DELAY);
    }
    const [first, last] = visible;
    const lines = Array.from({ length: Math.max(0, Math.min(last, log.lines) - first) }, (_, index) => first + index);
    if (line < log.lines && !lines.includes(line)) lines.push(line);
    const rows = await rowsAt(lines);
    const document = await documentAt(line);
    if (next !== generation) return undefined;
    report('read', { rows: unsent(rows, epoch), document, documentLine: line });
    if (!format && text.trim()) detectSoon(text.slice(0, SAMPLE_BYTES), next, log.problem ? 0 : DETECT_DELAY);
    return undefined;
  },

  /** Reads files in chunks, and sends the progress. */
  async readFiles({ next, files, format, precedence, layers, shape }) {
    output = documentOptions(shape);
    try {
      start(next, format, { layers, precedence });
    } catch (error) {
      return fail(error);
    }
    const mine = log;
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const isCurrent = () => next === generation && !mine.isCancelled;
    const { sample, warning, ...around } = await readInto(mine, api, files, {
      layers: layers !== false, isCurrent, onprogress: (read, outer) => report('progress', { read, total, outer }),
    });
    if (next !== generation) return mine === log ? undefined : mine.free();
    mine.finish({ isWhole: !mine.isCancelled && !warning });
    mine.store.flush();
    setLikely(sample);
    report('read', { read: total, total, warning, ...around });
    if (!format && sample) detectSoon(sample, next, 0);
    return undefined;
  },

  /** Returns the text of a small input, decoded, and its layers. */
  decode: ({ input, most, layers }) => smallText(api, input, most, layers),

  cancel() {
    if (log) log.isCancelled = true;
  },

  lengths: () => log?.lengths(),

  /** Returns the rows of these lines. */
  rows: ({ lines }) => (log ? rowsAt(lines.filter((line) => line < log.lines)) : []),

  /** Returns the tokens of a line, and its document and the keys of its tokens in each schema. */
  async compare({ line, shapes }) {
    if (!log || line >= log.lines) return undefined;
    const read = log;
    return compare({ api, documents, log: read, likely }, line, await read.text(line), shapes.map(optionsOf), await read.around());
  },

  document: ({ line, shapes }) => Promise.all(shapes.map((shape) => documentAt(line, documentOptions(shape)))),

  documents: async ({ lines }) => Promise.all(lines.map(async (line) => [line, await documentAt(line)])),

  /** Returns the lines that match a filter; undefined for all. */
  async filter({ filter, text }) {
    if (!log || (!text && Object.keys(filter).length === 0)) {
      cancelSearch();
      marks = undefined;
      return undefined;
    }
    const read = log;
    const found = await findLines(read, filter, text);
    if (found === undefined || read !== log) return undefined;
    marks = found;
    let count = 0;
    for (const mark of marks) count += mark;
    const lines = new Uint32Array(count);
    for (let line = 0, at = 0; line < marks.length; line++) if (marks[line]) lines[at++] = line;
    return lines;
  },

  /** Returns the sums for the charts, and the names of the protocols in them. */
  picture({ weight }) {
    const summary = log?.columns.summary(weight, marks);
    return summary && { ...summary, names: Object.fromEntries(summary.protocols.map(({ name }) => [name, protocolName(name)])) };
  },

  /** Compiles a format. With `isTried`, the response says, too, whether the first lines have a record of it. */
  async compile({ format, isTried }) {
    try {
      const compiled = api.compileFormat(format);
      return { compiled, ...(isTried && { fits: await fitsLines(api, log, compiled.format) }) };
    } catch (error) {
      return { problem: asData(error) };
    }
  },

  /** Returns the fields that the values of each column can be; undefined if the lines have another number of columns. */
  async choices({ count }) {
    const { candidates = [] } = detect(decoder.decode(await log.store.read(0, Math.min(log.bytes, SAMPLE_BYTES))));
    return candidates.find(({ choices }) => choices.length === count)?.choices;
  },

  /** Returns all documents, or those of the lines that match the filter, as NDJSON; undefined if that was cancelled. */
  async ndjson() {
    if (!log) return new Blob([]);
    const mine = log;
    return ndjsonOf(mine, documents.parserOf(mine, output), marks, {
      isCurrent: () => mine === log,
      onprogress: (bytes) => postMessage({ event: 'writing', generation, share: bytes / mine.bytes }),
    });
  },
  cancelNdjson,

  /** Returns the first lines that match the filter, and the header lines among them. */
  async head({ most }) {
    const [texts, lines] = [[], []];
    for (let line = 0; log && line < log.lines && lines.length < most; line++) {
      if (marks && !marks[line] && log.state(line) !== HEADER) continue;
      lines.push(line);
      texts.push(await log.text(line));
    }
    return { text: texts.join('\n'), lines, isAll: lines.length === log?.lines };
  },

  /** Redacts the log, or a text of the lines with these numbers. With `isReported`, the response says what was replaced and what stays. */
  redact: async ({ text, lines, whole, isReported }) => {
    const source = whole ? log.store.chunks(log.bytes) : [encoder.encode(text)];
    const { blob, report } = await redact(source, api, log, { likely, lines });
    const redacted = whole ? blob : await blob.text();
    return isReported ? { redacted, report } : redacted;
  },

  /** Loads a database of places or autonomous systems, which all further documents use. */
  async geo({ kind, bytes }) {
    const more = await ingest();
    const wanted = bytes ? { ...geo, [kind]: bytes } : {};
    // The parser reports an error of the file.
    if (bytes) new more.Parser({ geo: wanted }).free();
    geo = wanted;
    documents.use(bytes ? more : api, bytes ? { geo } : {});
    return Object.keys(geo);
  },

  /** Returns the causes of the errors; undefined if another log was opened meanwhile. */
  async causes() {
    const { causesOf } = await import('./worker/repairs.js');
    return log && causesOf(api, log, { protocolName, isCurrent: (one) => one === log });
  },

  repair: (request) => log?.repairs?.repair(request),

  /** Returns the types of processors. */
  processorTypes: async () => (await ingest()).processorTypes(),

  /** Returns the processors of a pipeline and the way of a line through them. The counts of all lines follow as events. */
  async debug({ definition, line }) {
    const more = await ingest();
    const read = log;
    // Databases are large, and copied for each pipeline.
    const environment = Object.keys(geo).length && definition.includes('geo') ? { geo } : undefined;
    const isCurrent = () => read === log;
    const reading = { api, log: read, line, likely, shapes: facts.shapes.map(optionsOf), isCurrent };
    const mine = generation;
    return debug(more, { definition, environment }, reading, (counts) => postMessage({ event: 'tallied', generation: mine, ...counts }));
  },
  cancelDebug,

  /** Calls a function of worker/case.js. */
  case: async ({ what, ...more }) => (await import('./worker/case.js'))[what](api, more),

  async elastic({ what, format, shape }) {
    const more = await ingest();
    if (what === 'pipeline') return more.toIngestPipeline(format, optionsOf(shape));
    return { componentTemplates: more.componentTemplates(), indexTemplate: more.indexTemplate() };
  },
};

onmessage = async ({ data: { id, ask, ...rest } }) => {
  try {
    postMessage({ id, answer: await asks[ask](rest) });
  } catch (error) {
    postMessage({ id, error: { ...asData(error), message: error.message } });
  }
};
