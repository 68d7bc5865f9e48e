/**
 * A thread of `parallel`: reads one file after the other and posts their documents. The build bundles it to `pkg/worker.cjs`.
 *
 * @module
 */

import { parentPort, workerData } from 'node:worker_threads';
import { toPlain } from '../core/error.js';
import { Input, InputError } from './input.js';
import { createNodeApi } from './load.js';

/**
 * @typedef {import('./parallel.js').Message} Message
 * @typedef {import('../core/error.js').PlainError} PlainError
 */

const { module, detection, options, decoding, wantsReports, limit } = workerData;

/** A worker has a port. */
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

const { Parser, FlowLogError } = createNodeApi(module, detection);

/** Bytes that were posted and that nobody has taken yet. */
let waiting = 0;
let wake = () => {};

port.on('message', ({ path, taken }) => {
  if (path !== undefined) {
    convert(path);
  } else {
    waiting -= taken;
    wake();
  }
});

/** @param {string} path */
async function convert(path) {
  /** @type {PlainError[]} */
  let reports = [];
  const report = wantsReports ? (/** @type {import('../index.js').FlowLogError} */ error) => reports.push(plain(error)) : undefined;
  const parser = new Parser({ ...options, report });
  const input = new Input(path, undefined, decoding);
  const totals = () => ({ stats: parser.stats, warnings: parser.warnings, oddities: input.warnings });
  /**
   * Posts documents, and what has been reported meanwhile.
   *
   * @param {Uint8Array | undefined} chunk
   * @param {Pick<Message, 'stats' | 'warnings' | 'oddities' | 'error'>} [rest]
   */
  const post = async (chunk, rest) => {
    const isEmpty = chunk === undefined || chunk.length === 0;
    if (!isEmpty || reports.length > 0 || rest) {
      const size = isEmpty ? 0 : chunk.length;
      waiting += size;
      const message = { chunk: isEmpty ? undefined : chunk, size, reports, ...rest };
      reports = [];
      port.postMessage(message, isEmpty ? [] : [/** @type {ArrayBuffer} */ (chunk.buffer)]);
    }
    while (waiting > limit) await /** @type {Promise<void>} */ (new Promise((done) => { wake = done; }));
  };
  try {
    for await (const bytes of input) {
      await post(parser.push(bytes));
    }
    await post(parser.end(), totals());
  } catch (error) {
    if (!(error instanceof FlowLogError) && !(error instanceof InputError)) throw error;
    // Whole lines that the parser holds back come before the error of the input.
    if (error instanceof InputError) {
      parser.cut();
      await post(endOf(parser));
    }
    await post(undefined, { ...totals(), error: plain(inner(error)) });
  } finally {
    parser.free();
  }
}

/** Returns the documents of the lines that a parser holds back. @param {InstanceType<typeof Parser>} parser */
function endOf(parser) {
  try {
    return parser.end();
  } catch (error) {
    if (error instanceof FlowLogError) return /** @type {import('../index.js').FlowLogError} */ (error).output;
    throw error;
  }
}

/** Returns the error of decoding behind that of an input. @param {Error} error */
function inner(error) {
  return error instanceof InputError && error.cause instanceof FlowLogError ? error.cause : error;
}

/** Returns an error as an object that can be posted. @param {Error} error a FlowLogError or an InputError */
function plain(error) {
  const { cause } = /** @type {{ cause?: { code?: string } }} */ (error);
  const posted = toPlain(error);
  return { ...posted, ...(posted.code === undefined && cause?.code !== undefined && { code: cause.code }) };
}
