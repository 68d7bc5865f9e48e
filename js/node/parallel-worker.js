/**
 * A thread of `parallel`: reads one file after the other and posts their documents.
 *
 * @module
 */

import { parentPort, workerData } from 'node:worker_threads';
import { InputError, readText } from './input.js';
import { createNodeApi } from './load.js';

const { module, options, wantsReports, limit } = workerData;

const { Parser, FlowLogError } = createNodeApi(module);

/** Bytes that were posted and that nobody has taken yet. */
let waiting = 0;
let wake = () => {};

parentPort.on('message', ({ path, taken }) => {
  if (path !== undefined) {
    convert(path);
  } else {
    waiting -= taken;
    wake();
  }
});

/** @param {string} path */
async function convert(path) {
  let reports = [];
  const report = wantsReports ? (error) => reports.push(plain(error)) : undefined;
  const parser = new Parser({ ...options, report });
  /** Posts documents, and what has been reported meanwhile. */
  const post = async (chunk, rest) => {
    const isEmpty = chunk === undefined || chunk.length === 0;
    if (!isEmpty || reports.length > 0 || rest) {
      const size = isEmpty ? 0 : chunk.length;
      waiting += size;
      const message = { chunk: isEmpty ? undefined : chunk, size, reports, ...rest };
      reports = [];
      parentPort.postMessage(message, isEmpty ? [] : [chunk.buffer]);
    }
    while (waiting > limit) await new Promise((done) => { wake = done; });
  };
  try {
    for await (const bytes of readText(path, undefined, () => {})) await post(parser.push(bytes));
    await post(parser.end(), { stats: parser.stats });
  } catch (error) {
    if (!(error instanceof FlowLogError) && !(error instanceof InputError)) throw error;
    await post(undefined, { stats: parser.stats, error: plain(error) });
  } finally {
    parser.free();
  }
}

/** An error as an object that can be posted. */
function plain(error) {
  const { message, code = error.cause?.code, output } = error;
  return { ...error, message, code, output, isFlowLogError: error instanceof FlowLogError };
}
