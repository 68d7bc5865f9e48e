/**
 * Threads that read objects. The bytes come from the thread of the program, which has the clients and files, and it gets the parts:
 *
 * ```text
 * program: bytes of an object --chunks--> thread: decode, parse --parts--> program: batches, requests
 * ```
 *
 * A thread has one object at a time. Both sides wait when the other one has not taken what was sent, so memory is bounded.
 *
 * @module
 */

import { Worker } from 'node:worker_threads';
import { fromPlain } from '../core/error.js';
import { ShipError } from './errors.js';

/** Chunks that are sent to a thread before it has taken the first of them. */
const CHUNKS_AHEAD = 4;

/**
 * @typedef {import('./reading.js').Job} Job
 * @typedef {import('./reader.js').Part} Part
 *
 * The options of reading: values that can be copied.
 *
 * @typedef {{ options: Record<string, unknown>, keepsText: boolean, decode: import('../index.js').DecodeOptions }} Setting
 *
 * A message of a thread about its object: it opens a stream of bytes, has taken a chunk of it, closes it, or has a part, or the end.
 *
 * @typedef {{ open: { start?: number, end?: number } } | { taken: true } | { close: true } | { part: SentPart, size: number } | { done: true }
 *   | { failure: SentError }} FromThread
 *
 * A message to a thread: an object to read, with its number; a chunk; or the end of a stream, also by an error. Also the size of a part that
 * was taken, and the number of an object that is not to be read on.
 *
 * @typedef {{ job: Omit<Job, 'open'>, number: number } | { chunk: Uint8Array } | { end: true } | { failed: true }
 *   | { size: number, number: number } | { stop: number }} ToThread
 *
 * @typedef {import('../core/error.js').PlainError & { shipCode?: string }} SentError `shipCode`: that of a ShipError
 * @typedef {Omit<Part, 'bad' | 'error' | 'opening'> & { bad: SentError[], error: SentError | undefined,
 *   opening?: { firstLine: number, header: string | undefined, own: Record<string, unknown> } }} SentPart
 */

/** A thread, and the object that it reads. */
class Thread {
  #worker;
  /** @type {Reading | undefined} */
  #reading;

  /** @param {Setting} setting @param {(error: Error) => void} onFailure */
  constructor(setting, onFailure) {
    // Options of Node about the program (--input-type, --import) are none of the worker's. The address is made
    // here for here: a bundle of a program, as for Lambda, has no address, and no threads.
    this.#worker = new Worker(new URL('./thread.js', import.meta.url), { workerData: setting, execArgv: [] });
    this.#worker.on('message', (message) => this.#reading?.receive(message));
    this.#worker.on('error', onFailure);
    this.#worker.on('exit', () => onFailure(new Error('it has ended before its work was done')));
  }

  /** Begins to read an object. @param {Reading} reading @param {Job} job */
  begin(reading, { own, position }) {
    this.#reading = reading;
    this.send({ job: { own, position }, number: reading.number });
  }

  /** @param {ToThread} message @param {ArrayBuffer[]} [transferred] */
  send(message, transferred = []) {
    this.#worker.postMessage(message, transferred);
  }

  close() {
    this.#worker.removeAllListeners('exit');
    return this.#worker.terminate();
  }
}

/** The reading of an object by a thread: the parts that were not taken. */
class Reading {
  #job;
  #pool;
  /** Told apart by it, a message about an object that has ended is not about the next one. */
  number;
  #isAbandoned = false;
  /** @type {Thread | undefined} */
  #thread;
  /** @type {FromThread[]} */
  #messages = [];
  #wake = () => {};
  /** @type {[unknown] | undefined} why the bytes end early */
  #sourceError;
  /** @type {{ credits: number, isOpen: boolean, wake: () => void }} the stream of bytes under way */
  #stream = { credits: 0, isOpen: false, wake() {} };

  /** @param {Job} job @param {Pool} pool */
  constructor(job, pool) {
    this.#job = job;
    this.#pool = pool;
    this.number = pool.nextNumber++;
    void pool.take().then((thread) => {
      if (this.#isAbandoned) return pool.giveBack(thread);
      this.#thread = thread;
      thread.begin(this, job);
    });
  }

  /** @param {FromThread} message */
  receive(message) {
    if ('open' in message) void this.#send(message.open);
    else if ('taken' in message) {
      this.#stream.credits += 1;
      this.#stream.wake();
    } else if ('close' in message) {
      this.#stream.isOpen = false;
      this.#stream.wake();
    } else {
      this.#messages.push(message);
      // The thread can begin the next object.
      if (!('part' in message)) this.#pool.giveBack(/** @type {Thread} */ (this.#thread));
      this.#wake();
    }
  }

  /** Sends the thread the bytes of the object. @param {{ start?: number, end?: number }} range */
  async #send(range) {
    const thread = /** @type {Thread} */ (this.#thread);
    const stream = { credits: CHUNKS_AHEAD, isOpen: true, wake() {} };
    this.#stream = stream;
    try {
      for await (const chunk of this.#job.open(range)) {
        while (stream.isOpen && stream.credits === 0) await /** @type {Promise<void>} */ (new Promise((resolve) => { stream.wake = resolve; }));
        if (!stream.isOpen) return;
        stream.credits -= 1;
        const copy = Uint8Array.from(chunk);
        thread.send({ chunk: copy }, [copy.buffer]);
      }
      if (stream.isOpen) thread.send({ end: true });
    } catch (error) {
      this.#sourceError ??= [error];
      if (stream.isOpen) thread.send({ failed: true });
    }
  }

  /** @returns {AsyncGenerator<Part, void, undefined>} */
  async *[Symbol.asyncIterator]() {
    const pool = this.#pool;
    const wake = () => this.#wake();
    let isDone = false;
    pool.listeners.add(wake);
    try {
      for (;;) {
        while (this.#messages.length === 0 && !pool.failure) await /** @type {Promise<void>} */ (new Promise((resolve) => { this.#wake = resolve; }));
        if (pool.failure) throw pool.failure;
        const message = /** @type {FromThread} */ (this.#messages.shift());
        if ('part' in message) {
          yield received(message.part);
          this.#thread?.send({ size: message.size, number: this.number });
          continue;
        }
        isDone = true;
        if (this.#sourceError) throw this.#sourceError[0];
        if ('failure' in message) throw errorOf(message.failure);
        return;
      }
    } finally {
      pool.listeners.delete(wake);
      this.#isAbandoned = true;
      if (!isDone) this.#thread?.send({ stop: this.number });
    }
  }
}

/** The threads of a run, each started when it is first needed. */
export class Pool {
  #setting;
  #unmade;
  /** @type {Thread[]} */
  #all = [];
  /** @type {Thread[]} */
  #free = [];
  /** @type {((thread: Thread) => void)[]} those that wait for a thread, in their order */
  #waiting = [];
  /** @type {ShipError | undefined} why no thread can go on */
  failure;
  /** Called when a thread has failed. @type {Set<() => void>} */
  listeners = new Set();
  nextNumber = 0;

  /** @param {number} count @param {Setting} setting */
  constructor(count, setting) {
    this.#unmade = count;
    this.#setting = setting;
  }

  /** Returns a thread without an object, as soon as there is one. @returns {Promise<Thread>} */
  async take() {
    const free = this.#free.pop();
    if (free) return free;
    if (this.#unmade > 0) {
      this.#unmade -= 1;
      const thread = new Thread(this.#setting, (error) => this.#fail(error));
      this.#all.push(thread);
      return thread;
    }
    return new Promise((resolve) => { this.#waiting.push(resolve); });
  }

  /** @param {Thread} thread */
  giveBack(thread) {
    const next = this.#waiting.shift();
    if (next) next(thread);
    else this.#free.push(thread);
  }

  /** Returns a reader, whose objects begin at once. @returns {import('./run.js').Reader} */
  reader() {
    return { partsOf: (job) => new Reading(job, this), free() {} };
  }

  async close() {
    await Promise.all(this.#all.map((thread) => thread.close()));
  }

  /** @param {Error} error */
  #fail(error) {
    this.failure ??= new ShipError(`a thread failed: ${error.message}`, { code: 'thread', cause: error });
    for (const call of this.listeners) call();
  }
}

/** @param {SentPart} part @returns {Part} */
function received({ bad, error, opening, ...part }) {
  return {
    ...part,
    ...(opening && { opening: { ...opening, header: () => opening.header } }),
    bad: /** @type {import('../index.js').FlowLogError[]} */ (bad.map(errorOf)),
    error: error && errorOf(error),
  };
}

/** @param {SentError} plain */
function errorOf(plain) {
  const { shipCode: code } = plain;
  return code === undefined ? fromPlain(plain) : new ShipError(plain.message, { code });
}
