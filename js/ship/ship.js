/**
 * `ship`: checks its options, and starts a run.
 *
 * @module
 */

import { resolve } from 'node:path';
import { checkNames, checkOptions, describe, invalidOption } from '../core/options.js';
import { Parser as MainParser, decode } from 'vpcflow-ecs';
import { bulkSink } from './bulk.js';
import { Checkpoint } from './checkpoint.js';
import { clientSink } from './client.js';
import { DeadLetter } from './dead-letter.js';
import { fileSink, functionSink, streamSink } from './local.js';
import { Reading } from './reading.js';
import { Run } from './run.js';
import { Pool } from './threads.js';

/** The options that are numbers: the least value, the most and the default. */
const NUMBERS = {
  concurrency: [1, 256, 4],
  readers: [1, 256, 2],
  threads: [0, 256, 0],
  maxBytes: [1, 1024 * 1024 * 1024, 5 * 1024 * 1024],
  maxDocs: [1, 1_000_000, 5000],
  retries: [0, Number.MAX_SAFE_INTEGER, 8],
  minDelay: [0, 3_600_000, 500],
  maxDelay: [0, 3_600_000, 30_000],
  timeout: [1, 3_600_000, 60_000],
  flushAfter: [0, 3_600_000, 1000],
  checkpointInterval: [0, 3_600_000, 1000],
};

/** The destinations, of which there is one. */
const DESTINATIONS = /** @type {const} */ (['url', 'client', 'file', 'writable', 'to']);

const OTHERS = [
  'apiKey', 'basic', 'ca', 'gzip', 'index', 'dataStream', 'op', 'id', 'parser', 'Parser', 'decode', 'deadLetter', 'checkpoint',
  'onProgress', 'report', 'signal',
];

/**
 * Ships the events of a source. Types and examples are in `index.d.ts`.
 *
 * @param {AsyncIterable<import('./index.js').ShipObject> | Iterable<import('./index.js').ShipObject>} source
 * @param {import('./index.js').ShipOptions} options
 * @returns {Promise<import('./index.js').ShipResult>}
 */
export async function ship(source, options) {
  const { [Symbol.asyncIterator]: asyncIterator, [Symbol.iterator]: iterator } = /** @type {any} */ (source ?? {});
  if (typeof source === 'string' || !(asyncIterator || iterator)) {
    throw new TypeError(`argument "source": expected an iterable of objects, found ${describe(source)}`);
  }
  const { given, numbers, sink, bulk, Parser, parser, isOrdered } = checkSettings(options);
  const checkpoint = given.checkpoint === undefined
    ? undefined
    : await Checkpoint.open(given.checkpoint, { interval: numbers.checkpointInterval });
  const deadLetter = given.deadLetter === undefined ? undefined : await DeadLetter.open(given.deadLetter, { checkpoint, Parser });
  const onError = parser.onError ?? (deadLetter ? 'skip' : 'throw');
  const all = { ...parser, onError, ...(bulk && { bulk }) };
  const { threads } = numbers;
  const reading = { options: all, keepsText: deadLetter !== undefined, decode: given.decode ?? {} };
  const pool = threads > 0 ? new Pool(threads, reading) : undefined;
  const run = new Run({
    sink,
    deadLetter,
    checkpoint,
    Parser,
    parser: all,
    openOf: (object, onRead, signal) => (range = {}) => counted(object, range, onRead, signal),
    // A bound of the whole object has to count the whole object.
    canSeek: given.decode?.maxBytes === undefined,
    makeReader: () => pool?.reader() ?? readerHere({ ...reading, Parser }),
    limits: { ...numbers, linesEach: bulk ? 2 : 1 },
    // In the order of the lines, threads read objects ahead of the one whose documents are taken.
    readers: isOrdered ? 1 : Math.max(numbers.readers, threads),
    ahead: isOrdered ? Math.max(1, threads) : 1,
    onProgress: given.onProgress,
    report: given.report,
    signal: given.signal ?? undefined,
  });
  const own = [given.checkpoint, given.deadLetter, typeof given.file === 'string' ? given.file : given.file?.path];
  try {
    return await run.run(without(source, own.filter((path) => path !== undefined).map((path) => resolve(path))));
  } finally {
    await pool?.close();
  }
}

/** Returns a reader in this thread. @param {import('./threads.js').Setting & { Parser: new (options: any) => import('../index.js').Parser }} setting */
function readerHere({ decode: options, ...setting }) {
  const reading = new Reading({ ...setting, decode: (bytes) => decode(bytes, options) });
  return { partsOf: (/** @type {import('./reading.js').Job} */ job) => reading.partsOf(job), free: () => reading.free() };
}

/**
 * Yields the objects of a source, but for the files that the run writes: a folder may have them, and they grow.
 *
 * @param {AsyncIterable<import('./index.js').ShipObject> | Iterable<import('./index.js').ShipObject>} source
 * @param {string[]} paths
 */
async function* without(source, paths) {
  for await (const object of source) {
    const path = resolve(object.name);
    // With the files that rotation and the checkpoint make beside them.
    if (!paths.some((own) => path === own || (path.startsWith(`${own}.`) && /^\.(?:\d+|next)$/.test(path.slice(own.length))))) yield object;
  }
}

/**
 * Yields the bytes of an object or of a range of it, and counts them.
 *
 * @param {import('./index.js').ShipObject} object
 * @param {{ start?: number, end?: number }} range
 * @param {(bytes: number) => void} onRead
 * @param {AbortSignal} signal
 */
async function* counted(object, range, onRead, signal) {
  for await (const chunk of object.open({ signal, ...range })) {
    onRead(chunk.length);
    yield chunk;
  }
}

/** @param {unknown} options */
function checkSettings(options) {
  const given = checkNames(options, 'ship', [...Object.keys(NUMBERS), ...DESTINATIONS, ...OTHERS]);
  const numbers = /** @type {Record<keyof typeof NUMBERS, number>} */ (Object.fromEntries(Object.entries(NUMBERS).map(([name, range]) => {
    return [name, numberOf(name, given[name], range)];
  })));
  const named = DESTINATIONS.filter((name) => given[name] !== undefined);
  if (named.length !== 1) {
    const found = named.length === 0 ? 'none' : named.map((name) => `"${name}"`).join(' and ');
    throw invalidOption(`expected one of the options ${DESTINATIONS.map((name) => `"${name}"`).join(', ')}, found ${found}`);
  }
  for (const name of /** @type {const} */ (['deadLetter', 'checkpoint'])) checkKind(given, name, 'string', 'a path');
  for (const name of /** @type {const} */ (['onProgress', 'report'])) checkKind(given, name, 'function', 'a function');
  const { index, dataStream, op, id } = given;
  const hasTarget = index !== undefined || dataStream !== undefined;
  if (!hasTarget && (named[0] === 'url' || named[0] === 'client')) throw invalidOption('expected one of the options "index" and "dataStream", found none');
  const bulk = hasTarget ? withoutUndefined({ index, dataStream, op, id }) : undefined;
  const Parser = /** @type {new (options: any) => import('../index.js').Parser} */ (given.Parser ?? MainParser);
  const parser = /** @type {import('../index.js').ParserOptions} */ (checkOptions(given.parser, 'options.parser'));
  for (const name of ['bulk', 'report']) {
    if (name in parser) throw invalidOption(`option "parser.${name}": ${name === 'bulk' ? 'give "index" or "dataStream"' : 'give "report"'} beside "parser"`);
  }
  // The parser says what is wrong with its options, here and now.
  new Parser({ ...parser, ...(bulk && { bulk }) }).free();
  // A file and a stream get the documents in the order of the lines.
  const isOrdered = named[0] === 'file' || named[0] === 'writable';
  if (isOrdered) numbers.concurrency = 1;
  if (numbers.threads > 0) checkCopies(given);
  return { given: /** @type {Given} */ (given), numbers, bulk, Parser, parser, isOrdered, sink: sinkOf(named[0], given, numbers) };
}

/** Checks the options that threads are sent. @param {Record<string, any>} given */
function checkCopies({ Parser, parser, decode: decoding }) {
  for (const [name, value] of Object.entries({ Parser, 'parser.geo': parser?.geo, 'decode.parquet': decoding?.parquet })) {
    if (value !== undefined) throw invalidOption(`option "threads": threads cannot be sent the option "${name}": leave one of them out`);
  }
}

/**
 * The options that are not numbers, checked.
 *
 * @typedef {Pick<import('./index.js').ShipOptions, 'deadLetter' | 'checkpoint' | 'onProgress' | 'report' | 'signal' | 'decode'> & { file?: string | { path: string } }} Given
 */

/**
 * Returns the sink of a destination.
 *
 * @param {typeof DESTINATIONS[number]} name
 * @param {Record<string, any>} given
 * @param {Record<keyof typeof NUMBERS, number>} numbers
 * @returns {import('./run.js').Sink}
 */
function sinkOf(name, given, numbers) {
  const value = given[name];
  /** @param {string} expected */
  const refuse = (expected) => invalidOption(`option "${name}": expected ${expected}, found ${describe(value)}`);
  switch (name) {
    case 'url': {
      const nodes = (Array.isArray(value) ? value : [value]).map(nodeOf);
      if (nodes.length === 0) throw refuse('at least one URL');
      const [{ user }] = nodes;
      for (const secret of ['apiKey', 'basic']) checkKind(given, secret, 'string', secret === 'basic' ? 'a text NAME:PASSWORD' : 'a text');
      const { apiKey, basic = user, ca, gzip = true } = given;
      if (given.apiKey !== undefined && given.basic !== undefined) throw invalidOption('options "apiKey" and "basic": expected one of them, found both');
      checkKind(given, 'gzip', 'boolean', 'true or false');
      return bulkSink({ ...numbers, urls: nodes.map(({ url }) => url), apiKey, basic: apiKey === undefined ? basic : undefined, ca, gzip });
    }
    case 'client':
      if (typeof value?.helpers?.bulk !== 'function') throw refuse('a client with helpers.bulk');
      return clientSink({ ...numbers, client: value });
    case 'file': {
      const settings = typeof value === 'string' ? { path: value } : checkNames(value, 'file', ['path', 'maxBytes', 'maxFiles']);
      if (typeof settings.path !== 'string') throw refuse('a path, or an object with "path"');
      return fileSink({
        path: settings.path,
        maxBytes: numberOf('file.maxBytes', settings.maxBytes, [1, Number.MAX_SAFE_INTEGER, Infinity]),
        maxFiles: numberOf('file.maxFiles', settings.maxFiles, [1, 10_000, 10]),
      });
    }
    case 'writable':
      if (typeof value?.write !== 'function') throw refuse('a stream');
      return streamSink(value);
    default:
      if (typeof value !== 'function') throw refuse('a function');
      return functionSink(value);
  }
}

/**
 * Returns a URL, and apart from it the user that it may name. Errors do not repeat it: it may hold a password.
 *
 * @param {unknown} value
 */
function nodeOf(value) {
  /** @param {string} found */
  const refuse = (found) => invalidOption(`option "url": expected a URL such as https://localhost:9200, found ${found}`);
  if (typeof value !== 'string' && !(value instanceof URL)) throw refuse(describe(value));
  if (!URL.canParse(String(value))) throw refuse('a text that is not a URL');
  const url = new URL(value);
  if (!['http:', 'https:'].includes(url.protocol)) throw refuse(`the protocol ${url.protocol}`);
  const { username, password } = url;
  const user = username || password ? `${decodeURIComponent(username)}:${decodeURIComponent(password)}` : undefined;
  Object.assign(url, { username: '', password: '', search: '', hash: '' });
  return { url, user };
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number[]} range the least, the most, and the default
 */
function numberOf(name, value, [least, most, normal]) {
  if (value === undefined) return normal;
  // Infinity is any number of retries.
  const isCount = typeof value === 'number' && (Number.isSafeInteger(value) || value === Infinity);
  if (isCount && value >= least && (value <= most || (value === Infinity && most === Number.MAX_SAFE_INTEGER))) return value;
  throw invalidOption(`option "${name}": expected an integer from ${least} to ${most}, found ${typeof value === 'number' ? value : describe(value)}`);
}

/**
 * @param {Record<string, unknown>} given
 * @param {string} name
 * @param {string} kind
 * @param {string} expected
 */
function checkKind(given, name, kind, expected) {
  if (given[name] === undefined || typeof given[name] === kind) return;
  throw invalidOption(`option "${name}": expected ${expected}, found ${describe(given[name])}`);
}

/** @param {Record<string, unknown>} object */
function withoutUndefined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
