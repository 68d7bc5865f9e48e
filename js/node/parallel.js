/**
 * Converts many files at once, in threads, and hands their documents out in the order of the files.
 *
 * Each thread has one file at a time and its own WASM memory; the compiled module is shared. Bytes move between threads
 * and are not copied. A thread that is ahead of the reader pauses, so memory is bounded.
 *
 * @module
 */

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { fromPlain } from '../core/error.js';
import { checkOptions, describe, invalidOption, packOptions } from '../core/options.js';
import { decode } from './decode.js';
import { bytesOf } from './modules.js';

const MAX_THREADS = 256;
const DEFAULT_BUFFERED_BYTES = 128 * 1024 * 1024;

/**
 * @param {object} parts
 * @param {WebAssembly.Module} parts.module the main module
 * @param {import('./modules.js').Source} parts.detection the module that infers formats from lines
 * @param {import('./modules.js').Source} parts.worker the script of a thread
 * @param {new (options: import('../index.js').ParserOptions) => { free(): void }} parts.Parser
 */
export function createParallel({ module, detection, worker, Parser }) {
  /**
   * The documents of files, in their order. Types and an example are in `index.d.ts`.
   *
   * @param {Iterable<string | URL>} files
   * @param {import('../index.js').ParallelOptions} [options]
   */
  return function parallel(files, options) {
    const { threads, maxBufferedBytes, signal, report, decode: decoding, ...data } = checkOptions(options, 'options');
    const paths = pathsOf(files);
    const count = threads === undefined ? availableParallelism() : checkCount('threads', threads, MAX_THREADS);
    const limit = maxBufferedBytes === undefined
      ? DEFAULT_BUFFERED_BYTES
      : checkCount('maxBufferedBytes', maxBufferedBytes, Number.MAX_SAFE_INTEGER);
    if (signal !== undefined && signal !== null && !isAbortSignal(signal)) {
      throw invalidOption(`option "signal": expected an AbortSignal, found ${describe(signal)}`);
    }
    // The parser says what is wrong with its options, here and now.
    const onReport = /** @type {Report | undefined} */ (report);
    new Parser({ ...data, ...(onReport && { report: onReport }) }).free();
    decode('', /** @type {import('../index.js').DecodeOptions} */ (decoding));
    const copy = JSON.parse(packOptions(data).json);
    const decodingCopy = { ...(copy.layers === false && { layers: false }), .../** @type {object} */ (decoding) };
    const threadCount = Math.min(count, paths.length);
    const setting = {
      module, detection, options: copy, decoding: decodingCopy, wantsReports: Boolean(report), limit: Math.ceil(limit / Math.max(threadCount, 1)),
    };
    return new Run(paths, { script: worker, setting, threadCount, signal: signal ?? undefined, report: onReport });
  };
}

/**
 * A message of a thread: documents, the errors of skipped lines, and at a file's end the totals and a final error.
 *
 * @typedef {import('../core/error.js').PlainError} PlainError
 * @typedef {{ chunk?: import('../index.js').Bytes, size: number, reports: PlainError[], stats?: import('../index.js').ParserStats,
 *   warnings?: string[], oddities?: string[], error?: PlainError }} Message
 *
 * @typedef {(error: import('../index.js').FlowLogError) => void} Report
 * @typedef {{ name: string, path: string }} NamedFile
 */

/** One run over files. It can be gone through once. */
class Run {
  #files;
  #script;
  #setting;
  #threadCount;
  #signal;
  #report;
  #chunks;
  /** @type {{ worker: Worker, message: Message }[][]} for each file what its thread has posted and nobody has taken yet */
  #inboxes;
  /** The first file that no thread has got. */
  #nextFile = 0;
  /** @type {[unknown] | undefined} why the run cannot go on */
  #failure;
  /** Wakes the reader that awaits a message. */
  #wake = () => {};
  #stats = {
    files: 0, lines: 0, records: 0, omitted: 0, headers: 0, blanks: 0, errors: 0, nodata: 0, skipdata: 0, withoutTime: 0,
  };
  /** @type {Set<string>} */
  #warnings = new Set();

  /**
   * @param {NamedFile[]} files
   * @param {{ script: import('./modules.js').Source, setting: object, threadCount: number, signal: import('../index.js').AbortSignalLike | undefined,
   *   report: Report | undefined }} run
   */
  constructor(files, { script, setting, threadCount, signal, report }) {
    this.#files = files;
    this.#script = script;
    this.#setting = setting;
    this.#threadCount = threadCount;
    this.#signal = signal;
    this.#report = report;
    this.#inboxes = files.map(() => []);
    this.#chunks = this.#convert();
  }

  /** Totals of the files that have been gone through. */
  get stats() {
    return { ...this.#stats };
  }

  /** The warnings of those files, each once. */
  get warnings() {
    return [...this.#warnings];
  }

  [Symbol.asyncIterator]() {
    return this.#chunks;
  }

  async *#convert() {
    /** @type {Worker[]} */
    const workers = [];
    const abort = () => this.#fail(this.#signal?.reason);
    try {
      this.#signal?.throwIfAborted();
      this.#signal?.addEventListener('abort', abort);
      for (let number = 0; number < this.#threadCount; number++) workers.push(this.#start());
      for (const [index, { name }] of this.#files.entries()) yield* this.#chunksOf(index, name);
    } finally {
      this.#signal?.removeEventListener('abort', abort);
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  }

  /**
   * @param {number} index
   * @param {string} file
   * @returns {AsyncGenerator<import('../index.js').ParallelChunk, void, undefined>}
   */
  async *#chunksOf(index, file) {
    const inbox = this.#inboxes[index];
    for (;;) {
      while (inbox.length === 0 && !this.#failure) await /** @type {Promise<void>} */ (new Promise((wake) => { this.#wake = wake; }));
      if (this.#failure) throw this.#failure[0];
      const { worker, message } = /** @type {typeof inbox[number]} */ (inbox.shift());
      const { chunk, reports, stats, warnings, oddities, error } = message;
      for (const raw of reports) this.#report?.(located(raw, file));
      if (chunk) {
        yield { file, chunk };
        worker.postMessage({ taken: message.size });
      }
      if (!stats) continue;
      this.#stats.files += 1;
      for (const warning of warnings ?? []) this.#warnings.add(warning);
      for (const oddity of oddities ?? []) this.#warnings.add(`${file}: ${oddity}`);
      for (const kind of /** @type {(keyof typeof stats)[]} */ (Object.keys(stats))) this.#stats[kind] += stats[kind];
      if (error) throw located(error, file);
      return;
    }
  }

  /** Starts a thread and gives it work until there is none. */
  #start() {
    // Options of Node about the program (--input-type, --import) are none of the worker's.
    const options = { workerData: this.#setting, execArgv: [] };
    const worker = 'path' in this.#script
      ? new Worker(this.#script.path, options)
      : new Worker(bytesOf(this.#script).toString(), { ...options, eval: true });
    let index = 0;
    const goOn = () => {
      index = this.#nextFile;
      const file = this.#files[index];
      if (file === undefined) return;
      this.#nextFile += 1;
      worker.postMessage({ path: file.path });
    };
    worker.on('message', (message) => {
      this.#inboxes[index].push({ worker, message });
      this.#wake();
      if (message.stats) goOn();
    });
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('a thread has ended before its work was done')));
    goOn();
    return worker;
  }

  /** @param {unknown} reason */
  #fail(reason) {
    this.#failure ??= [reason];
    this.#wake();
  }
}

/**
 * Returns the error that a thread has posted, with its file.
 *
 * @param {PlainError} raw
 * @param {string} file
 */
function located(raw, file) {
  const error = fromPlain(raw, `${file}: ${raw.message}`);
  return Object.assign(/** @type {import('../index.js').FlowLogError} */ (error), { file });
}

/** @param {unknown} signal @returns {signal is import('../index.js').AbortSignalLike} */
function isAbortSignal(signal) {
  return typeof signal === 'object' && signal !== null && 'addEventListener' in signal;
}

/**
 * Returns the names and the paths of files.
 *
 * @param {Iterable<string | URL>} files
 * @returns {NamedFile[]}
 */
function pathsOf(files) {
  if (typeof files === 'string' || typeof files?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`argument "files": expected an array of paths, found ${describe(files)}`);
  }
  return Array.from(files, (file, index) => {
    if (typeof file !== 'string' && !(file instanceof URL)) {
      throw new TypeError(`argument "files": expected paths, found ${describe(file)} at index ${index}`);
    }
    const name = typeof file === 'string' ? file : fileURLToPath(file);
    return { name, path: resolve(name) };
  });
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} most
 */
function checkCount(name, value, most) {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  const found = typeof value === 'number' ? value : describe(value);
  throw invalidOption(`option "${name}": expected an integer from 1 to ${most}, found ${found}`);
}
