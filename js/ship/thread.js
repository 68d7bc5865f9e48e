/**
 * A thread that reads objects, for `threads.js`.
 *
 * @module
 */

import { parentPort, workerData } from 'node:worker_threads';
import { toPlain } from '../core/error.js';
import { Parser, decode } from '../node.js';
import { ShipError } from './errors.js';
import { Reading } from './reading.js';

/**
 * @typedef {import('./threads.js').ToThread} ToThread
 * @typedef {import('./threads.js').FromThread} FromThread
 * @typedef {import('./threads.js').SentError} SentError
 */

/** Bytes of parts that are sent before the first of them is taken. */
const MOST_PENDING = 8 * 1024 * 1024;

/** A worker has a port. */
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

/** @type {import('./threads.js').Setting} */
const { decode: decoding, ...setting } = workerData;
const reading = new Reading({ ...setting, Parser, decode: (bytes) => decode(bytes, decoding) });

/** @type {ToThread[]} chunks that were not used, and the end of the stream */
let chunks = [];
/** Bytes of parts that nobody has taken. */
let pending = 0;
let isStopped = false;
/** The number of the object that is being read. */
let current = -1;
let wake = () => {};

const woken = () => /** @type {Promise<void>} */ (new Promise((resolve) => { wake = resolve; }));

port.on('message', (/** @type {ToThread} */ message) => {
  if ('job' in message) {
    current = message.number;
    void read(message.job);
    return;
  }
  if ('size' in message) {
    if (message.number === current) pending -= message.size;
  } else if ('stop' in message) {
    if (message.stop === current) isStopped = true;
  } else {
    chunks.push(message);
  }
  wake();
});

/** @param {FromThread} message @param {ArrayBuffer[]} [transferred] */
function send(message, transferred = []) {
  port.postMessage(message, transferred);
}

/**
 * Reads an object.
 *
 * @param {Omit<import('./reading.js').Job, 'open'>} job
 */
async function read(job) {
  isStopped = false;
  pending = 0;
  try {
    for await (const part of reading.partsOf({ ...job, open })) {
      await sendPart(part);
      if (isStopped) break;
    }
    send({ done: true });
  } catch (error) {
    send({ failure: sent(error) });
  }
}

/** Yields the bytes of the object, which the thread of the program has. @type {import('./reading.js').Open} */
async function* open(range = {}) {
  chunks = [];
  let isOpen = true;
  send({ open: range });
  try {
    for (;;) {
      while (chunks.length === 0 && !isStopped) await woken();
      if (isStopped) return;
      const message = /** @type {ToThread} */ (chunks.shift());
      if ('chunk' in message) {
        yield message.chunk;
        send({ taken: true });
        continue;
      }
      isOpen = false;
      // The program has the error.
      if ('failed' in message) throw new Error('the object cannot be read');
      return;
    }
  } finally {
    if (isOpen) send({ close: true });
  }
}

/** Sends a part, and waits while too much of them is pending. @param {import('./reader.js').Part} part */
async function sendPart({ output, text, opening, bad, error, ...rest }) {
  const copies = [isAlone(output) ? output : Uint8Array.from(output), text && Uint8Array.from(text)];
  const [copy, textCopy] = copies;
  const size = (copy?.length ?? 0) + (textCopy?.length ?? 0);
  pending += size;
  /** @type {import('./threads.js').SentPart} */
  const part = {
    ...rest,
    output: /** @type {Uint8Array} */ (copy),
    text: textCopy,
    ...(opening && { opening: { ...opening, header: opening.header() } }),
    bad: bad.map(sent),
    error: error === undefined ? undefined : sent(error),
  };
  send({ part, size }, copies.flatMap((bytes) => (bytes === undefined ? [] : [bytes.buffer])));
  while (pending > MOST_PENDING && !isStopped) await woken();
}

/**
 * True if bytes have all of their buffer, which can be sent. Empty ones may be a constant.
 *
 * @param {Uint8Array} bytes
 * @returns {bytes is import('../index.js').Bytes}
 */
function isAlone(bytes) {
  return bytes.length > 0 && bytes.length === bytes.buffer.byteLength;
}

/** @param {unknown} error @returns {SentError} */
function sent(error) {
  const plain = toPlain(error instanceof Error ? error : new Error(String(error)));
  return { ...plain, ...(error instanceof ShipError && { shipCode: error.code }) };
}
