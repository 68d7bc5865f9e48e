/**
 * Threads that convert files, whose parts are taken in the order of the files.
 *
 * Each thread has one file at a time and its own WASM memory; the compiled module is shared. Bytes move between threads
 * and are not copied. A thread that is ahead of the reader pauses, so memory is bounded.
 *
 * @module
 */

import { Worker } from 'node:worker_threads';
import { packOptions } from '../core/options.js';
import { bytesOf } from './modules.js';
import { fromMessage } from './parts.js';

const DEFAULT_BUFFERED_BYTES = 128 * 1024 * 1024;

/**
 * @typedef {object} Program
 * @property {WebAssembly.Module} module the main module
 * @property {import('./modules.js').Source} detection the module that infers formats from lines
 * @property {import('./modules.js').Source} worker the script of a thread
 *
 * @typedef {object} Conversion
 * @property {number} count of threads, at most; there are never more than files
 * @property {Record<string, any>} options of the parsers, without `report`
 * @property {import('../index.js').DecodeOptions} [decoding]
 * @property {boolean} [wantsReports] true to have the errors of bad lines that do not end a file
 * @property {boolean} [wantsSample] true to have the sample of lines that leave their format open
 * @property {boolean} [recycles] true for documents that are good until the next part is asked for: their memory is used again
 * @property {number | undefined} [maxBufferedBytes] most bytes of pending documents and errors, of all threads together
 * @property {import('../index.js').AbortSignalLike | undefined} [signal] makes parts fail with its reason
 */

/** The threads of one run over files. */
export class Threads {
  #paths;
  #script;
  #setting;
  #count;
  #signal;
  /** @type {{ worker: Worker, message: import('./parts.js').Message }[][]} for each file what its thread has posted and nobody has taken yet */
  #inboxes;
  /** @type {Worker[]} */
  #workers = [];
  /** The first file that no thread has got. */
  #nextFile = 0;
  /** @type {[unknown] | undefined} why the run cannot go on */
  #failure;
  /** Wakes the reader that awaits a message. */
  #wake = () => {};

  /**
   * @param {string[]} paths of the files
   * @param {Program} program
   * @param {Conversion} conversion
   */
  constructor(paths, { module, detection, worker }, conversion) {
    const { count, options, decoding, wantsReports = false, wantsSample = false, recycles = false, maxBufferedBytes = DEFAULT_BUFFERED_BYTES, signal } = conversion;
    this.#paths = paths;
    this.#script = worker;
    this.#count = Math.min(count, paths.length);
    this.#signal = signal;
    this.#inboxes = paths.map(() => /** @type {any[]} */ ([]));
    const copy = JSON.parse(packOptions(options).json);
    this.#setting = {
      module, detection, wantsReports, recycles, options: copy,
      decoding: { ...(copy.layers === false && { layers: false }), ...decoding },
      keepsSample: wantsSample && copy.format === undefined,
      limit: Math.ceil(maxBufferedBytes / Math.max(this.#count, 1)),
    };
  }

  start() {
    this.#signal?.throwIfAborted();
    this.#signal?.addEventListener('abort', this.#abort);
    for (let number = 0; number < this.#count; number++) this.#workers.push(this.#startOne());
  }

  async close() {
    this.#signal?.removeEventListener('abort', this.#abort);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /**
   * Yields the parts of a file. The files are to be gone through in their order.
   *
   * @param {number} index of the file
   * @returns {AsyncGenerator<import('./parts.js').Part, void, undefined>}
   */
  async *partsOf(index) {
    const inbox = this.#inboxes[index];
    for (;;) {
      while (inbox.length === 0 && !this.#failure) await /** @type {Promise<void>} */ (new Promise((wake) => { this.#wake = wake; }));
      if (this.#failure) throw this.#failure[0];
      const { worker, message } = /** @type {typeof inbox[number]} */ (inbox.shift());
      yield fromMessage(message);
      const buffer = this.#setting.recycles ? message.documents?.buffer : undefined;
      if (message.size > 0) worker.postMessage({ taken: message.size, buffer }, buffer ? [/** @type {ArrayBuffer} */ (buffer)] : []);
      if (message.isAtEnd) return;
    }
  }

  /** Starts a thread and gives it work until there is none. */
  #startOne() {
    // Options of Node about the program (--input-type, --import) are none of the worker's.
    const options = { workerData: this.#setting, execArgv: [] };
    const worker = 'path' in this.#script
      ? new Worker(this.#script.path, options)
      : new Worker(bytesOf(this.#script).toString(), { ...options, eval: true });
    let index = 0;
    const goOn = () => {
      index = this.#nextFile;
      const path = this.#paths[index];
      if (path === undefined) return;
      this.#nextFile += 1;
      worker.postMessage({ path });
    };
    worker.on('message', (/** @type {import('./parts.js').Message} */ message) => {
      this.#inboxes[index].push({ worker, message });
      this.#wake();
      if (message.isAtEnd) goOn();
    });
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('a thread has ended before its work was done')));
    goOn();
    return worker;
  }

  #abort = () => this.#fail(this.#signal?.reason);

  /** @param {unknown} reason */
  #fail(reason) {
    this.#failure ??= [reason];
    this.#wake();
  }
}
