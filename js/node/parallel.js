/**
 * Converts many files at once, in threads, and hands their documents out in the order of the files.
 *
 * @module
 */

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlowLogError, fromPlain, toPlain } from '../core/error.js';
import { checkOptions, describe, invalidOption } from '../core/options.js';
import { decode } from './decode.js';
import { InputError } from './input.js';
import { Threads } from './threads.js';

const MAX_THREADS = 256;

/**
 * @param {import('./threads.js').Program} program
 * @param {new (options: import('../index.js').ParserOptions) => { free(): void }} Parser
 */
export function createParallel(program, Parser) {
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
    const bufferedBytes = maxBufferedBytes === undefined ? undefined : checkCount('maxBufferedBytes', maxBufferedBytes, Number.MAX_SAFE_INTEGER);
    if (signal !== undefined && signal !== null && !isAbortSignal(signal)) {
      throw invalidOption(`option "signal": expected an AbortSignal, found ${describe(signal)}`);
    }
    // The parser says what is wrong with its options, here and now.
    const onReport = /** @type {Report | undefined} */ (report);
    new Parser({ ...data, ...(onReport && { report: onReport }) }).free();
    const decodeOptions = /** @type {import('../index.js').DecodeOptions} */ (decoding);
    decode('', decodeOptions);
    const threading = new Threads(paths.map(({ path }) => path), program, {
      count, options: data, decoding: decodeOptions, wantsReports: Boolean(report), maxBufferedBytes: bufferedBytes, signal: signal ?? undefined,
    });
    return new Run(paths.map(({ name }) => name), threading, onReport);
  };
}

/**
 * @typedef {(error: import('../index.js').FlowLogError) => void} Report
 * @typedef {{ name: string, path: string }} NamedFile
 */

/** One run over files. It can be gone through once. */
class Run {
  #chunks;
  #stats = {
    files: 0, lines: 0, records: 0, omitted: 0, headers: 0, blanks: 0, errors: 0, nodata: 0, skipdata: 0, withoutTime: 0,
  };
  /** @type {Set<string>} */
  #warnings = new Set();

  /**
   * @param {string[]} names of the files
   * @param {Threads} threads
   * @param {Report} [report]
   */
  constructor(names, threads, report) {
    this.#chunks = this.#convert(names, threads, report);
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

  /**
   * @param {string[]} names
   * @param {Threads} threads
   * @param {Report} [report]
   * @returns {AsyncGenerator<import('../index.js').ParallelChunk, void, undefined>}
   */
  async *#convert(names, threads, report) {
    try {
      threads.start();
      for (const [index, file] of names.entries()) {
        for await (const { documents, reports, state, isAtEnd, error } of threads.partsOf(index)) {
          for (const reported of reports) report?.(located(reported, file));
          if (documents) yield { file, chunk: /** @type {import('../index.js').Bytes} */ (documents) };
          if (isAtEnd) this.#count(file, state());
          if (error) throw located(error, file);
        }
      }
    } finally {
      await threads.close();
    }
  }

  /** @param {string} file @param {import('./parts.js').State} state at its end */
  #count(file, { stats, warnings, oddities }) {
    this.#stats.files += 1;
    for (const warning of warnings) this.#warnings.add(warning);
    for (const oddity of oddities) this.#warnings.add(`${file}: ${oddity}`);
    for (const kind of /** @type {(keyof typeof stats)[]} */ (Object.keys(stats))) this.#stats[kind] += stats[kind];
  }
}

/**
 * Returns an error of a file with its name: an error of decoding instead of the input's, and one of the system with its code.
 *
 * @param {Error} error
 * @param {string} file
 */
function located(error, file) {
  const cause = /** @type {(Error & { code?: string }) | undefined} */ (error.cause);
  const inner = error instanceof InputError && cause instanceof FlowLogError ? cause : error;
  const plain = toPlain(inner);
  const named = fromPlain({ ...plain, ...(plain.code === undefined && cause?.code !== undefined && { code: cause.code }) }, `${file}: ${inner.message}`);
  return Object.assign(/** @type {import('../index.js').FlowLogError} */ (named), { file });
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
