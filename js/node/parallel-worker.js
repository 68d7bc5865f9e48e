/**
 * A thread of `threads.js`: reads one file after the other and posts their parts. The build bundles it to `pkg/worker.cjs`.
 *
 * @module
 */

import { parentPort, workerData } from 'node:worker_threads';
import { Input } from './input.js';
import { createNodeApi } from './load.js';
import { partsOf, toMessage } from './parts.js';

const { module, detection, options, decoding, wantsReports, keepsSample, recycles, limit } = workerData;

/** Buffers have multiples of this size, so that one fits the next documents, too. */
const BUFFER_STEP = 256 * 1024;

/** A worker has a port. */
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

const { Parser } = createNodeApi(module, detection);

/** Bytes that were posted and that nobody has taken yet. */
let waiting = 0;
let wake = () => {};

/** @type {ArrayBuffer[]} those that have come back */
const buffers = [];

port.on('message', ({ path, taken, buffer }) => {
  if (path !== undefined) {
    convert(path);
  } else {
    waiting -= taken;
    if (buffer) buffers.push(buffer);
    wake();
  }
});

/** @param {string} path */
async function convert(path) {
  const newParser = (/** @type {(error: import('../index.js').FlowLogError) => void} */ report) => (
    new Parser({ ...options, ...(wantsReports && { report }) })
  );
  for await (const part of partsOf(new Input(path, undefined, decoding), { newParser, keepsSample, isView: recycles })) {
    const { message, moved } = toMessage(recycles ? { ...part, documents: copyOf(part.documents) } : part);
    waiting += message.size;
    port.postMessage(message, moved);
    while (waiting > limit) await /** @type {Promise<void>} */ (new Promise((done) => { wake = done; }));
  }
}

/** Returns documents in a buffer that has come back, or in a new one. @param {Uint8Array | undefined} documents */
function copyOf(documents) {
  if (documents === undefined || documents.length === 0) return undefined;
  const { length } = documents;
  const used = buffers.pop();
  const buffer = used !== undefined && used.byteLength >= length ? used : new ArrayBuffer(Math.ceil(length / BUFFER_STEP) * BUFFER_STEP);
  const copy = new Uint8Array(buffer, 0, length);
  copy.set(documents);
  return copy;
}
