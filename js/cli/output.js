/**
 * Writes documents to standard output at the pace of its reader.
 *
 * @module
 */

import { prettyJson } from '../text/pretty.js';
import { safeJson } from '../text/text.js';

/** The reader of the documents has closed the pipe, as `head` does: a reason to stop, not an error. */
export class ClosedPipe extends Error {}

export class Output {
  #stream;
  #transform;
  /** @type {Error | undefined} */
  #failure;
  /** Wakes a write that waits for the stream. */
  #wake = () => {};

  /**
   * @param {import('node:stream').Writable & { isTTY?: boolean }} stream
   * @param {{ pretty: boolean, color: boolean }} style
   */
  constructor(stream, { pretty, color }) {
    this.#stream = stream;
    /** @type {((text: string) => string)[]} */
    const steps = [];
    if (stream.isTTY) steps.push(safeJson);
    if (pretty) steps.push((text) => prettyJson(text, { color }));
    if (steps.length > 0) this.#transform = (/** @type {string} */ text) => steps.reduce((result, step) => step(result), text);
    stream.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      this.#failure ??= error.code === 'EPIPE' ? new ClosedPipe() : error;
      this.#wake();
    });
    stream.on('drain', () => this.#wake());
  }

  /**
   * @param {Uint8Array | undefined} documents whole lines of JSON
   * @returns {Promise<void>} when they have been used up: a view may change then
   */
  async write(documents) {
    if (documents === undefined || documents.length === 0) return;
    if (!this.#transform) {
      if (this.#failure) throw this.#failure;
      await new Promise((done) => this.#stream.write(documents, done));
      if (this.#failure) throw this.#failure;
      return;
    }
    for (const text of pieces(Buffer.from(documents.buffer, documents.byteOffset, documents.byteLength))) {
      await this.writeText(this.#transform(text));
    }
  }

  /** @param {string} text goes out as it is */
  async writeText(text) {
    if (this.#failure) throw this.#failure;
    if (!this.#stream.write(text)) await /** @type {Promise<void>} */ (new Promise((wake) => { this.#wake = wake; }));
    if (this.#failure) throw this.#failure;
  }

  /** Writes all, and closes the file. */
  async close() {
    await this.flush();
    await new Promise((done) => this.#stream.end(done));
    if (this.#failure) throw this.#failure;
  }

  /** Waits until all is written. */
  async flush() {
    if (this.#failure) throw this.#failure;
    await new Promise((done) => this.#stream.write('', done));
    if (this.#failure) throw this.#failure;
  }
}

/** Yields texts of about 64 KiB, cut between documents: indenting makes long strings. @param {Buffer} bytes */
function* pieces(bytes) {
  const size = 64 * 1024;
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf('\n', Math.min(start + size, bytes.length - 1)) + 1;
    yield bytes.toString('utf8', start, end || bytes.length);
    start = end || bytes.length;
  }
}
