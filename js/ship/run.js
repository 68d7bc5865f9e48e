/**
 * Ships: objects in, batches of documents out, acknowledgements back.
 *
 * ```text
 * object -> text -> pieces of whole lines -> documents -> batch -> sink
 *    ^                        |                             |
 *    |                     segment  <- counted down by -----'
 *    '--- acknowledged when all its segments are
 * ```
 *
 * @module
 */

import { Batcher } from './batches.js';
import { ObjectReader } from './reader.js';
import { ShipError } from './errors.js';
import { inputsOf } from './letters.js';
import { originsOf } from './replay.js';

/** Milliseconds without text after which lines are read that make less than a piece. */
const IDLE = 100;

/** Milliseconds between two reports of progress. */
const PROGRESS_INTERVAL = 100;

/**
 * @typedef {import('./index.js').ShipObject} ShipObject
 * @typedef {import('./index.js').ShipStats} ShipStats
 * @typedef {import('./index.js').ParserOptions} ParserOptions
 * @typedef {{ status: number, type: string, reason: string }} Rejection
 *
 * The outcome of a batch: counts, and the documents that were refused for good, by their index.
 *
 * @typedef {{ created: number, duplicates: number, rejected: ({ index: number } & Rejection)[] }} Outcome
 *
 * The destination of batches.
 *
 * @typedef {object} Sink
 * @property {(batch: import('./batches.js').Batch, context: SendContext) => Promise<Outcome>} send
 * @property {() => Promise<void>} [close]
 *
 * @typedef {{ stats: ShipStats, signal: AbortSignal }} SendContext `signal`: ends a wait before the next attempt
 *
 * @typedef {object} Settings
 * @property {Sink} sink
 * @property {import('./dead-letter.js').DeadLetter | undefined} deadLetter
 * @property {import('./checkpoint.js').Checkpoint | undefined} checkpoint
 * @property {(object: ShipObject, onRead: (bytes: number) => void, signal: AbortSignal) => AsyncIterable<Uint8Array>} textOf
 * @property {new (options: any) => import('../index.js').Parser} Parser
 * @property {Record<string, unknown>} parser options
 * @property {{ maxBytes: number, maxDocs: number, concurrency: number, linesEach: 1 | 2, flushAfter: number }} limits
 * @property {number} readers
 * @property {((progress: ShipStats) => void) | undefined} onProgress
 * @property {((error: Error, object: ShipObject) => void) | undefined} report
 * @property {import('../index.js').AbortSignalLike | AbortSignal | undefined} signal
 */

/** @returns {ShipStats} */
function emptyStats() {
  return {
    objects: 0, skipped: 0, bytes: 0, totalBytes: 0, lines: 0, events: 0, acknowledged: 0, created: 0, duplicates: 0, rejected: 0,
    errors: 0, requests: 0, retries: 0, bytesSent: 0, seconds: 0,
  };
}

/** An object that is being read, and its segments that are not acknowledged. */
export class ObjectState {
  /** @type {import('./lines.js').Segment[]} */
  segments = [];
  isRead = false;
  /** Lines that were read. */
  read = 0;
  /** True if all is acknowledged. */
  isDone = false;
  #line;

  /**
   * @param {ShipObject} object
   * @param {number} line up to which an earlier run has acknowledged it
   */
  constructor(object, line) {
    this.object = object;
    this.skipped = line;
    this.#line = line;
  }

  /** Drops the segments that are acknowledged, up to the first that is not; returns the last line before that. */
  advance() {
    while (this.segments[0]?.isDone) {
      // Those that an earlier run has acknowledged are segments, too.
      this.#line = Math.max(this.#line, this.segments[0].lastLine);
      this.segments.shift();
    }
    this.isDone = this.isRead && this.segments.length === 0;
    return this.#line;
  }
}

/** The run is stopping: not an error of an object. */
class Stopping extends Error {}

export class Run {
  #settings;
  #stats = emptyStats();
  /** @type {{ name: string, error: Error }[]} */
  #failed = [];
  #batcher;
  #stop = new AbortController();
  /** @type {[unknown] | undefined} why the run cannot go on */
  #failure;
  #isStopped = false;
  #started = performance.now();
  #nextProgress = 0;
  /** @type {Set<Promise<void>>} acknowledgements under way */
  #acknowledging = new Set();

  /** @param {Settings} settings */
  constructor(settings) {
    this.#settings = settings;
    this.#batcher = new Batcher(settings.limits, (batch) => this.#send(batch));
  }

  /**
   * @param {AsyncIterable<ShipObject>} source
   * @returns {Promise<import('./index.js').ShipResult>}
   */
  async run(source) {
    const { signal, sink, deadLetter, checkpoint, readers } = this.#settings;
    const stop = () => this.#end();
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    try {
      const objects = this.#isStopped ? undefined : source[Symbol.asyncIterator]();
      if (objects) {
        await Promise.all(Array.from({ length: readers }, () => this.#read(objects)));
        // A source that waits for its next object is not waited for.
        if (this.#isStopped) Promise.resolve(objects.return?.()).catch(() => {});
      }
      if (this.#isStopped) this.#batcher.discard();
      else this.#batcher.flush();
      await this.#batcher.idle();
      await Promise.all(this.#acknowledging);
    } catch (error) {
      this.#fail(error);
      await this.#batcher.idle();
    } finally {
      signal?.removeEventListener('abort', stop);
      for (const close of [() => sink.close?.(), () => deadLetter?.close(), () => checkpoint?.close()]) {
        try {
          await close();
        } catch (error) {
          this.#fail(error);
        }
      }
    }
    this.#progress(true);
    if (this.#failure) throw this.#failure[0];
    return { ...this.#stats, failed: this.#failed, isStopped: this.#isStopped };
  }

  /** Stops: no object is read on, no batch is begun. */
  #end() {
    this.#isStopped = true;
    this.#stop.abort();
    this.#batcher.wake();
  }

  /** @param {unknown} reason */
  #fail(reason) {
    this.#failure ??= [reason];
    this.#end();
  }

  /** Reads one object after the other. @param {AsyncIterator<ShipObject>} objects */
  async #read(objects) {
    const stopped = new Promise((resolve) => { this.#stop.signal.addEventListener('abort', () => resolve(undefined)); });
    /** @type {Map<string, ObjectReader>} by the options of their parsers */
    const readers = new Map();
    try {
      while (!this.#isStopped) {
        const next = /** @type {IteratorResult<ShipObject> | undefined} */ (await Promise.race([objects.next(), stopped]));
        if (next === undefined || next.done) return;
        await this.#readObject(next.value, readers);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      for (const reader of readers.values()) reader.free();
    }
  }

  /**
   * Reads an object to its end. Its documents may be on their way after that.
   *
   * @param {ShipObject} object
   * @param {Map<string, ObjectReader>} readers
   */
  async #readObject(object, readers) {
    const { checkpoint, textOf } = this.#settings;
    const acknowledged = checkpoint?.lineOf(object) ?? 0;
    this.#stats.totalBytes += object.size ?? 0;
    if (acknowledged === Infinity) {
      this.#stats.skipped += 1;
      this.#stats.bytes += object.size ?? 0;
      await this.#acknowledge(object);
      return;
    }
    let read = 0;
    /** @param {number} bytes */
    const onRead = (bytes) => {
      read += bytes;
      this.#stats.bytes += bytes;
      if (object.size === undefined) this.#stats.totalBytes += bytes;
    };
    const state = new ObjectState(object, acknowledged);
    try {
      for await (const { parser, text } of inputsOf(textOf(object, onRead, this.#stop.signal))) {
        const reader = this.#readerFor({ ...object.parser, ...parser }, readers);
        try {
          reader.begin(state);
          for await (const chunk of paced(text, () => reader.isHolding)) {
            for (const part of chunk === undefined ? reader.flush() : reader.push(chunk)) await this.#take(part);
            this.#progress();
          }
          for (const part of reader.end()) await this.#take(part);
        } finally {
          reader.reset();
        }
      }
      state.isRead = true;
      this.#advance(state);
    } catch (error) {
      if (!this.#isStopped) await this.#failObject(object, error);
    } finally {
      // The rest of an object that failed is not pending.
      if (object.size !== undefined) this.#stats.bytes += Math.max(0, object.size - read);
    }
  }

  /**
   * Returns a reader for objects with these options beside those of the run.
   *
   * @param {object} own
   * @param {Map<string, ObjectReader>} readers
   */
  #readerFor(own, readers) {
    const { Parser, parser, deadLetter } = this.#settings;
    const key = JSON.stringify(own);
    let reader = readers.get(key);
    if (reader === undefined) {
      reader = new ObjectReader({ Parser, options: { ...parser, ...own }, keepsText: deadLetter !== undefined });
      readers.set(key, reader);
    }
    return reader;
  }

  /**
   * Takes the documents and the bad lines of a piece of text.
   *
   * @param {import('./reader.js').Part} part
   */
  async #take({ segment, output, count, lines, bad, error, isLast }) {
    const { deadLetter, report } = this.#settings;
    const isStopped = () => this.#isStopped;
    this.#stats.lines += lines;
    this.#stats.events += count;
    this.#stats.errors += bad.length;
    if (count > 0) await this.#batcher.add(segment, output, count, isStopped);
    if (bad.length > 0 && !this.#isStopped) {
      for (const each of bad) report?.(each, segment.object.object);
      try {
        await deadLetter?.writeBad(segment, bad);
      } catch (failure) {
        this.#fail(failure);
      }
    }
    if (this.#isStopped) throw new Stopping();
    if (error !== undefined) throw error;
    segment.isClosed = isLast;
    if (segment.isDone) this.#advance(segment.object);
  }

  /** Sends a batch, and acknowledges its documents. Never rejects. @param {import('./batches.js').Batch} batch */
  async #send(batch) {
    if (this.#isStopped) return;
    const { sink, deadLetter, Parser } = this.#settings;
    try {
      const { created, duplicates, rejected } = await sink.send(batch, { stats: this.#stats, signal: this.#stop.signal });
      if (rejected.length > 0) {
        if (deadLetter === undefined) throw refused(rejected);
        await deadLetter.writeRejected(originsOf(batch, rejected, Parser));
      }
      this.#stats.created += created;
      this.#stats.duplicates += duplicates;
      this.#stats.rejected += rejected.length;
      this.#stats.acknowledged += batch.count;
      for (const { segment, count } of batch.parts) segment.pending -= count;
      for (const { segment } of batch.parts) if (segment.isDone) this.#advance(segment.object);
      this.#progress();
    } catch (error) {
      // Not for a wait that has ended because the run stops.
      if (this.#isStopped) return;
      if (error instanceof ShipError && error.code === 'closed_pipe') this.#end();
      else this.#fail(error);
    }
  }

  /** Acknowledges the lines of an object up to the first that is pending. @param {ObjectState} state */
  #advance(state) {
    const { checkpoint } = this.#settings;
    if (state.isDone) return;
    const line = state.advance();
    if (state.isDone) {
      checkpoint?.done(state.object);
      this.#stats.objects += 1;
      const acknowledging = this.#acknowledge(state.object).finally(() => this.#acknowledging.delete(acknowledging));
      this.#acknowledging.add(acknowledging);
    } else if (line > 0) {
      checkpoint?.mark(state.object, line);
    }
  }

  /** @param {ShipObject} object */
  async #acknowledge(object) {
    try {
      await object.acknowledge?.();
    } catch (error) {
      await this.#failObject(object, error);
    }
  }

  /**
   * Notes that an object was not read to its end, or not acknowledged: the others go on.
   *
   * @param {ShipObject} object
   * @param {unknown} thrown
   */
  async #failObject(object, thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    this.#failed.push({ name: object.name, error });
    this.#settings.report?.(error, object);
    await object.fail?.(error);
  }

  /** Reports the progress, unless that was done just now. */
  #progress(isLast = false) {
    const now = performance.now();
    this.#stats.seconds = (now - this.#started) / 1000;
    if (!isLast && now < this.#nextProgress) return;
    this.#nextProgress = now + PROGRESS_INTERVAL;
    this.#settings.onProgress?.({ ...this.#stats });
  }
}

/**
 * Yields chunks, and undefined when the next one is late while text is held.
 *
 * @param {AsyncIterable<Uint8Array> | Iterable<Uint8Array>} text
 * @param {() => boolean} isHolding
 * @returns {AsyncGenerator<Uint8Array | undefined, void, undefined>}
 */
async function* paced(text, isHolding) {
  const chunks = Symbol.asyncIterator in text ? text[Symbol.asyncIterator]() : text[Symbol.iterator]();
  try {
    for (;;) {
      const next = Promise.resolve(chunks.next());
      if (isHolding()) {
        /** @type {NodeJS.Timeout | undefined} */
        let timer;
        const idle = new Promise((resolve) => { timer = setTimeout(resolve, IDLE, true); });
        const isIdle = await Promise.race([next.then(() => false, () => false), idle]);
        clearTimeout(timer);
        if (isIdle) yield undefined;
      }
      const { value, done } = await next;
      if (done) return;
      yield value;
    }
  } finally {
    await chunks.return?.();
  }
}

/** Returns the error for documents that were refused where there is no dead letter. @param {Outcome['rejected']} rejected */
function refused(rejected) {
  const [{ status, type, reason }] = rejected;
  const others = rejected.length > 1 ? `, and ${rejected.length - 1} others of the same request` : '';
  return new ShipError(
    `a document was refused${others}: ${type} (${status}): ${reason}; give a dead-letter file to go on without them`,
    { code: 'rejected' },
  );
}
