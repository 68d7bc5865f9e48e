/**
 * Ships: objects in, batches of documents out, acknowledgements back.
 *
 * ```text
 * object -> text -> pieces of whole lines -> documents -> batch -> sink
 *    ^     (reading.js, reader.js: here or in threads)      |
 *    |                     segment  <- counted down by -----'
 *    '--- acknowledged when all its segments are
 * ```
 *
 * @module
 */

import { Batcher } from './batches.js';
import { ShipError } from './errors.js';
import { Segment } from './lines.js';
import { originsOf } from './replay.js';

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
 * A reader of objects, one after the other.
 *
 * @typedef {object} Reader
 * @property {(job: import('./reading.js').Job) => AsyncIterable<import('./reader.js').Part>} partsOf may begin at once
 * @property {() => void | Promise<unknown>} free
 *
 * An object whose reading has begun. `read`: its bytes; `parts`: undefined if an earlier run has acknowledged it.
 *
 * @typedef {{ state: ObjectState, read: number, parts: AsyncIterable<import('./reader.js').Part> | undefined }} Begun
 *
 * @typedef {{ stats: ShipStats, signal: AbortSignal }} SendContext `signal`: ends a wait before the next attempt
 *
 * @typedef {object} Settings
 * @property {Sink} sink
 * @property {import('./dead-letter.js').DeadLetter | undefined} deadLetter
 * @property {import('./checkpoint.js').Checkpoint | undefined} checkpoint
 * @property {(object: ShipObject, onRead: (bytes: number) => void, signal: AbortSignal) => import('./reading.js').Open} openOf
 * @property {boolean} canSeek false if objects are always read from their start
 * @property {() => Reader} makeReader
 * @property {new (options: any) => import('../index.js').Parser} Parser
 * @property {Record<string, unknown>} parser options
 * @property {{ maxBytes: number, maxDocs: number, concurrency: number, linesEach: 1 | 2, flushAfter: number }} limits
 * @property {number} readers objects that are read at the same time
 * @property {number} ahead objects of each reader that are begun, with the one whose documents are taken
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
  /** @type {Segment[]} */
  #segments = [];
  #options;
  isRead = false;
  /** True if all is acknowledged. */
  isDone = false;
  /** The part that is acknowledged. @type {import('./reading.js').Position} */
  position;

  /**
   * @param {ShipObject} object
   * @param {import('./reading.js').Position} position up to which an earlier run has acknowledged it
   * @param {Record<string, unknown>} options of the parser
   */
  constructor(object, position, options) {
    this.object = object;
    this.position = position;
    this.#options = options;
  }

  /** Returns the segment of a part, which may begin with it. @param {import('./reader.js').Part} part */
  segmentOf(part) {
    const { opening } = part;
    if (opening) {
      const { firstLine, header, own } = opening;
      this.#segments.push(new Segment(this, { firstLine, header, options: { ...this.#options, ...own } }));
    }
    const segment = /** @type {Segment} */ (this.#segments.at(-1));
    segment.take(part);
    return segment;
  }

  /** Drops the segments that are acknowledged, up to the first that is not. */
  advance() {
    while (this.#segments[0]?.isDone) {
      const { lastLine: line, offset, settles } = /** @type {Segment} */ (this.#segments.shift());
      const prologue = settles ? offset : this.position.prologue;
      // Those that an earlier run has acknowledged are segments, too.
      if (line >= this.position.line) this.position = { line, ...(offset !== undefined && prologue !== undefined && { offset, prologue }) };
    }
    this.isDone = this.isRead && this.#segments.length === 0;
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
    const { ahead, makeReader } = this.#settings;
    const stopped = new Promise((resolve) => { this.#stop.signal.addEventListener('abort', () => resolve(undefined)); });
    const reader = makeReader();
    const next = async () => {
      const { value, done } = await objects.next();
      return done || this.#isStopped ? undefined : this.#begin(value, reader);
    };
    /** @type {ReturnType<typeof next>[]} */
    const begun = [];
    try {
      while (!this.#isStopped) {
        while (begun.length < ahead) begun.push(next());
        // An error of the source counts when its turn comes.
        for (const each of begun) each.catch(() => {});
        const object = await Promise.race([begun.shift(), stopped]);
        if (object === undefined) return;
        await this.#readObject(object);
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      await reader.free();
    }
  }

  /**
   * Begins to read an object, unless an earlier run has acknowledged it.
   *
   * @param {ShipObject} object
   * @param {Reader} reader
   * @returns {Begun}
   */
  #begin(object, reader) {
    const { checkpoint, openOf, parser, canSeek } = this.#settings;
    const { line, ...bytes } = checkpoint?.positionOf(object) ?? { line: 0 };
    const state = new ObjectState(object, { line, ...(canSeek && object.hasRanges && bytes) }, parser);
    this.#stats.totalBytes += object.size ?? 0;
    /** @type {Begun} */
    const begun = { state, read: 0, parts: undefined };
    if (line === Infinity) return begun;
    /** @param {number} bytes */
    const onRead = (bytes) => {
      begun.read += bytes;
      this.#stats.bytes += bytes;
      if (object.size === undefined) this.#stats.totalBytes += bytes;
    };
    const own = /** @type {Record<string, unknown>} */ (object.parser ?? {});
    const openRange = openOf(object, onRead, this.#stop.signal);
    /** @type {import('./reading.js').Open} */
    const open = (range = {}) => {
      // An earlier run has read what is before.
      if (range.start !== undefined) onRead(Math.max(0, range.start - begun.read));
      return openRange(range);
    };
    begun.parts = reader.partsOf({ open, own, position: state.position });
    return begun;
  }

  /**
   * Reads an object to its end. Its documents may be on their way after that.
   *
   * @param {Begun} begun
   */
  async #readObject(begun) {
    const { state, parts } = begun;
    const { object } = state;
    if (parts === undefined) {
      this.#stats.skipped += 1;
      this.#stats.bytes += object.size ?? 0;
      await this.#acknowledge(object);
      return;
    }
    try {
      for await (const part of parts) {
        await this.#take(state, part);
        this.#progress();
      }
      state.isRead = true;
      this.#advance(state);
    } catch (error) {
      if (error instanceof ShipError && error.code === 'thread') throw error;
      if (!this.#isStopped) await this.#failObject(object, error);
    } finally {
      // The rest of an object that failed is not pending.
      if (object.size !== undefined) this.#stats.bytes += Math.max(0, object.size - begun.read);
    }
  }

  /**
   * Takes the documents and the bad lines of a piece of text.
   *
   * @param {ObjectState} state
   * @param {import('./reader.js').Part} part
   */
  async #take(state, part) {
    const { output, count, lines, bad, error, isLast } = part;
    const { deadLetter, report } = this.#settings;
    const segment = state.segmentOf(part);
    const isStopped = () => this.#isStopped;
    this.#stats.lines += lines;
    this.#stats.events += count;
    this.#stats.errors += bad.length;
    if (count > 0) await this.#batcher.add(segment, output, count, isStopped);
    if (bad.length > 0 && !this.#isStopped) {
      for (const each of bad) report?.(each, state.object);
      try {
        await deadLetter?.writeBad(segment, bad);
      } catch (failure) {
        this.#fail(failure);
      }
    }
    if (this.#isStopped) throw new Stopping();
    if (error !== undefined) throw error;
    segment.isClosed = isLast;
    if (segment.isDone) this.#advance(state);
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
    state.advance();
    if (state.isDone) {
      checkpoint?.done(state.object);
      this.#stats.objects += 1;
      const acknowledging = this.#acknowledge(state.object).finally(() => this.#acknowledging.delete(acknowledging));
      this.#acknowledging.add(acknowledging);
    } else if (state.position.line > 0) {
      checkpoint?.mark(state.object, state.position);
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
    await object.release?.(error);
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

/** Returns the error for documents that were refused where there is no dead letter. @param {Outcome['rejected']} rejected */
function refused(rejected) {
  const [{ status, type, reason }] = rejected;
  const others = rejected.length > 1 ? `, and ${rejected.length - 1} others of the same request` : '';
  return new ShipError(
    `a document was refused${others}: ${type} (${status}): ${reason}; give a dead-letter file to go on without them`,
    { code: 'rejected' },
  );
}
