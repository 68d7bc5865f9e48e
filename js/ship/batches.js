/**
 * Collects documents into batches, cut by bytes and by count.
 *
 * A batch is a buffer that is used again after it has been sent: memory is bounded by the number of batches.
 *
 * @module
 */

const LINE_FEED = 10;

/**
 * Documents of a segment, one after the other, in a batch.
 *
 * @typedef {{ segment: import('./lines.js').Segment, first: number, count: number }} Part `first`: the index of its first
 *   document in the segment
 */

/** Documents that are sent together: NDJSON, or the body of a bulk request, in which each has two lines. */
export class Batch {
  /** @type {Buffer} */
  #buffer;
  #linesEach;
  length = 0;
  count = 0;
  /** @type {Part[]} */
  parts = [];

  /** @param {number} bytes @param {1 | 2} linesEach */
  constructor(bytes, linesEach) {
    this.#buffer = Buffer.allocUnsafeSlow(bytes);
    this.#linesEach = linesEach;
  }

  /** The bytes: valid until the batch has been sent. */
  get body() {
    return this.#buffer.subarray(0, this.length);
  }

  /** True if there are two lines for each document: an action and the document. */
  get hasActions() {
    return this.#linesEach === 2;
  }

  clear() {
    this.length = 0;
    this.count = 0;
    this.parts = [];
  }

  /**
   * Appends as many documents as fit; one always fits into an empty batch.
   *
   * @param {import('./lines.js').Segment} segment
   * @param {Uint8Array} output whole documents
   * @param {number} count of documents
   * @param {number} first the index of the first one in the segment
   * @param {{ maxBytes: number, maxDocs: number }} limits
   * @returns {{ bytes: number, count: number }} what was appended
   */
  append(segment, output, count, first, { maxBytes, maxDocs }) {
    let taken = { bytes: output.length, count };
    if (this.length + output.length > maxBytes || this.count + count > maxDocs) {
      taken = this.#fitting(output, maxBytes - this.length, Math.min(count, maxDocs - this.count));
    }
    if (taken.count === 0) return taken;
    if (this.length + taken.bytes > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(this.length + taken.bytes);
      larger.set(this.body);
      this.#buffer = larger;
    }
    this.#buffer.set(output.subarray(0, taken.bytes), this.length);
    this.length += taken.bytes;
    this.count += taken.count;
    const last = this.parts.at(-1);
    if (last?.segment === segment) last.count += taken.count;
    else this.parts.push({ segment, first, count: taken.count });
    return taken;
  }

  /**
   * Returns the part of documents that fits.
   *
   * @param {Uint8Array} output
   * @param {number} bytes
   * @param {number} most documents
   */
  #fitting(output, bytes, most) {
    const fitting = { bytes: 0, count: 0 };
    while (fitting.count < most) {
      const end = this.#endOf(output, fitting.bytes);
      if (end > bytes && !(this.count === 0 && fitting.count === 0)) break;
      fitting.bytes = end;
      fitting.count += 1;
    }
    return fitting;
  }

  /** Returns the offset after a document. @param {Uint8Array} output @param {number} start */
  #endOf(output, start) {
    let end = start;
    for (let line = 0; line < this.#linesEach; line++) end = output.indexOf(LINE_FEED, end) + 1;
    return end;
  }

  /** Returns the documents, each with its action, as views that are valid until the batch has been sent. */
  documents() {
    const { body } = this;
    return this.offsets().slice(0, -1).map((start, index, starts) => body.subarray(start, starts[index + 1] ?? this.length));
  }

  /** Returns the offsets of the documents, and the end. @returns {number[]} */
  offsets() {
    const { body } = this;
    const offsets = [0];
    for (let index = 0; index < this.count; index++) offsets.push(this.#endOf(body, offsets[index]));
    return offsets;
  }

  /** Returns the segment of a document, and the document's index in it. @param {number} index */
  originOf(index) {
    let before = 0;
    for (const { segment, first, count } of this.parts) {
      if (index < before + count) return { segment, index: first + index - before };
      before += count;
    }
    throw new RangeError(`there is no document ${index} of ${this.count}`);
  }
}

/** Fills batches and hands them on, at most a number of them at a time. */
export class Batcher {
  #limits;
  #linesEach;
  #send;
  /** @type {Batch[]} */
  #free = [];
  #unmade;
  /** @type {Batch | undefined} the one that is being filled */
  #current;
  /** @type {(() => void)[]} */
  #waiting = [];
  /** @type {Set<Promise<void>>} */
  #sending = new Set();
  #flushAfter;
  #slots;
  /** @type {(() => void)[]} */
  #queue = [];
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /**
   * @param {{ maxBytes: number, maxDocs: number, concurrency: number, linesEach: 1 | 2, flushAfter: number }} limits
   *   `flushAfter`: milliseconds after which a batch is sent that is not full
   * @param {(batch: Batch) => Promise<void>} send never rejects
   */
  constructor({ maxBytes, maxDocs, concurrency, linesEach, flushAfter }, send) {
    this.#limits = { maxBytes, maxDocs };
    this.#linesEach = linesEach;
    // One is filled while the others are sent.
    this.#unmade = concurrency + 1;
    this.#flushAfter = flushAfter;
    this.#send = send;
    this.#slots = concurrency;
  }

  /**
   * Adds the documents of a segment; waits while too much is being sent.
   *
   * @param {import('./lines.js').Segment} segment
   * @param {Uint8Array} output may be a view that is valid now only
   * @param {number} count of documents
   * @param {() => boolean} isStopped
   */
  async add(segment, output, count, isStopped) {
    let rest = output;
    let isCopy = false;
    let added = 0;
    while (added < count) {
      if (isStopped()) return;
      const batch = this.#current ?? this.#next();
      if (batch === undefined) {
        if (!isCopy) rest = rest.slice();
        isCopy = true;
        await /** @type {Promise<void>} */ (new Promise((resolve) => { this.#waiting.push(resolve); }));
        continue;
      }
      this.#current = batch;
      const taken = batch.append(segment, rest, count - added, segment.documents, this.#limits);
      added += taken.count;
      segment.documents += taken.count;
      segment.pending += taken.count;
      rest = rest.subarray(taken.bytes);
      if (added < count || batch.count === this.#limits.maxDocs) this.flush();
    }
  }

  /** Returns an empty batch; undefined while all are full. */
  #next() {
    let batch = this.#free.pop();
    if (batch === undefined && this.#unmade > 0) {
      this.#unmade -= 1;
      batch = new Batch(this.#limits.maxBytes, this.#linesEach);
    }
    if (batch) this.#timer = setTimeout(() => this.flush(), this.#flushAfter);
    return batch;
  }

  /** Sends the batch that is being filled. */
  flush() {
    const batch = this.#current;
    if (batch === undefined) return;
    clearTimeout(this.#timer);
    this.#current = undefined;
    const sending = this.#slot().then(() => this.#send(batch)).then(() => {
      this.#sending.delete(sending);
      this.#releaseSlot();
      batch.clear();
      this.#free.push(batch);
      this.wake();
    });
    this.#sending.add(sending);
  }

  /** Waits until fewer than `concurrency` batches are being sent. */
  async #slot() {
    if (this.#slots > 0) this.#slots -= 1;
    else await /** @type {Promise<void>} */ (new Promise((resolve) => { this.#queue.push(resolve); }));
  }

  #releaseSlot() {
    const next = this.#queue.shift();
    if (next) next();
    else this.#slots += 1;
  }

  /** Wakes those that wait for a batch. */
  wake() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Waits until all that was handed on has been sent. */
  async idle() {
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  /** Discards the batch that is being filled. */
  discard() {
    clearTimeout(this.#timer);
    this.#current = undefined;
  }
}
