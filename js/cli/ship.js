/**
 * The command `vpcflow-ecs ship`: the documents of sources to a cluster, a file or standard output.
 *
 * @module
 */

import { stat } from 'node:fs/promises';
import { renameSync, writeFileSync } from 'node:fs';
import { follow, ship as shipObjects } from '../ship/index.js';
import { localObjects, openSources } from '../sources/index.js';
import { UsageError } from './arguments.js';
import { inputName } from '../node/input.js';

/** Milliseconds between two writes of the counts, and between two lines of progress where there is no terminal. */
const METRICS_INTERVAL = 10_000;

/**
 * @typedef {import('../ship/index.js').ShipStats} ShipStats
 * @typedef {import('../ship/index.js').ShipResult} ShipResult
 * @typedef {import('../ship/index.js').ShipObject} ShipObject
 */

/**
 * Runs the command.
 *
 * @param {import('./arguments.js').ShipCommand} command
 * @param {object} streams
 * @param {import('node:stream').Readable} streams.stdin
 * @param {import('node:stream').Writable} streams.stdout
 * @param {import('./terminal.js').Terminal} streams.terminal
 * @param {(new (options: any) => import('../index.js').Parser) | undefined} streams.Parser undefined for the package's own
 * @param {AbortSignal} streams.signal stops the run
 * @returns {Promise<ShipResult & { warnings: number }>} `warnings`: of the sources
 * @throws {import('../ship/index.js').ShipError}
 */
export async function ship({ sources, watch, since, until, metricsFile, maxErrors, output, urls, options }, { stdin, stdout, terminal, Parser, signal }) {
  terminal.maxErrors = maxErrors;
  const report = (/** @type {Error} */ error, /** @type {ShipObject} */ object) => {
    const name = inputName(object.name);
    if ('lineNumber' in error) terminal.lineError(name, /** @type {import('../index.js').FlowLogError} */ (error));
    else terminal.inputError(name, 0, new Error(error.message.startsWith(`${name}: `) ? error.message.slice(name.length + 2) : error.message));
  };
  // Messages of a queue that cannot be read stay there, and requests to AWS are repeated.
  let warnings = 0;
  const warn = (/** @type {Error} */ error) => {
    warnings += 1;
    terminal.warning(error.message);
  };
  const source = watch
    ? merged(await Promise.all(sources.map((each) => followed(each, { report: warn, signal }))))
    : openSources(sources, given({ since, until, stdin, report: warn, signal }));
  let nextMetrics = METRICS_INTERVAL / 1000;
  const onProgress = (/** @type {ShipStats} */ stats) => {
    terminal.progress({ ...stats, read: stats.bytes, total: watch ? undefined : stats.totalBytes });
    if (stats.seconds < nextMetrics) return;
    nextMetrics = stats.seconds + METRICS_INTERVAL / 1000;
    if (metricsFile !== undefined) writeMetrics(metricsFile, stats);
  };
  const destination = output === undefined ? { url: urls } : output === '-' ? { writable: stdout } : { file: output };
  const all = given({ ...options, ...destination, Parser, onProgress, report, signal });
  const result = await shipObjects(source, /** @type {import('../ship/index.js').ShipOptions} */ (all));
  if (metricsFile !== undefined) writeMetrics(metricsFile, result);
  // Nobody wants to know how much of its output a closed pipe has taken.
  if (!result.isStopped || signal.aborted) terminal.shipped(result);
  return { ...result, warnings };
}

/**
 * Follows a folder or a queue.
 *
 * @param {string} source
 * @param {{ report: (error: Error) => void, signal: AbortSignal }} options
 * @returns {Promise<AsyncIterable<ShipObject>>}
 */
async function followed(source, options) {
  if (/^https?:/.test(source)) return openSources([source], { ...options, watch: true });
  const isFolder = await stat(source).then((found) => found.isDirectory(), () => false);
  if (!isFolder) throw new UsageError('--watch follows folders and queues, and no other source');
  return follow(() => localObjects(source), { signal: options.signal });
}

/**
 * Yields the objects of several sources as they come.
 *
 * @param {AsyncIterable<ShipObject>[]} sources
 * @returns {AsyncGenerator<ShipObject, void, undefined>}
 */
async function* merged(sources) {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const next = (/** @type {number} */ index) => iterators[index].next().then((result) => ({ index, result }));
  const pending = new Map(iterators.map((_, index) => [index, next(index)]));
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(index);
      } else {
        pending.set(index, next(index));
        yield result.value;
      }
    }
  } finally {
    // A queue gives the messages back that nobody has taken.
    await Promise.all(iterators.map((iterator) => iterator.return?.()));
  }
}

/**
 * Replaces the file of the counts.
 *
 * @param {string} path
 * @param {ShipStats | ShipResult} counts
 */
function writeMetrics(path, counts) {
  const { failed, ...rest } = /** @type {ShipResult} */ (counts);
  const metrics = { ...rest, ...(failed && { failed: failed.map(({ name, error }) => ({ name, error: error.message })) }) };
  writeFileSync(`${path}.next`, `${JSON.stringify(metrics)}\n`);
  renameSync(`${path}.next`, path);
}

/**
 * Returns an object without the members that are undefined.
 *
 * @template {object} T
 * @param {T} object
 * @returns {any}
 */
function given(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
