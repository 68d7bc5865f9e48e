/**
 * Feeds inputs to the core in pieces, and takes its output: each byte crosses the boundary once in, once out.
 *
 * WASM memory grows and never shrinks, and documents are several times as long as their lines. An input in one piece
 * could take gigabytes there, or more than there is.
 *
 * @module
 */

import { uninitialized } from './buffer.js';
import { partOf } from './bytes.js';
import { isRaw } from './error.js';

/** Small enough to stay in a processor's cache with its documents, large enough to make calls cheap. */
export const PIECE_BYTES = 256 * 1024;

/** Strings of a document may be parts of the text of its whole piece, which is kept as long as one of them is. */
const OBJECT_PIECE_BYTES = 32 * 1024;

/**
 * Output that is copied out at once, to an array of exactly its size. The documents of a megabyte, as shippers read it, are
 * below that, even if its lines are short.
 */
const ENOUGH_BYTES = 8 * 1024 * 1024;

/** A factor by which an estimated length is longer than the documents until then promise. */
const ESTIMATE_MARGIN = 1.02;

const NOTHING = new Uint8Array(0);

/** For a view, everything is written before anything is taken: no limit that an input could reach. */
const NO_LIMIT = 0xffffffff;

/**
 * Returns the bytes in the core's output buffer, without a copy: valid until the next call into the module.
 *
 * @param {import('../../pkg/vpcflow_ecs.js').Core} core
 * @param {WebAssembly.Memory} memory
 */
export function viewOf(core, memory) {
  return new Uint8Array(memory.buffer, core.output, core.outputLength);
}

/**
 * Returns the documents of the lines that end in a chunk, as a copy.
 *
 * @param {import('../../pkg/vpcflow_ecs.js').Core} core
 * @param {WebAssembly.Memory} memory
 * @param {Uint8Array} chunk
 * @param {{ isLast?: boolean }} [options] whether the input ends with the chunk
 * @returns {Uint8Array}
 * @throws what the core throws; its `output` has all documents that were written
 */
export function pushInPieces(core, memory, chunk, { isLast = false } = {}) {
  const { length } = chunk;
  const copy = new Copy(length);
  core.clear();
  let start = 0;
  try {
    // The core stops earlier when it has written enough.
    for (; start < length; start += core.consumed) {
      if (core.outputLength >= ENOUGH_BYTES) {
        copy.append(viewOf(core, memory), start);
        core.clear();
      }
      core.push(partOf(chunk, start, start + PIECE_BYTES), ENOUGH_BYTES - core.outputLength);
    }
    if (isLast) core.end();
  } catch (thrown) {
    throw isRaw(thrown) ? Object.assign(thrown, { output: copy.end(viewOf(core, memory)) }) : thrown;
  }
  return copy.end(viewOf(core, memory));
}

/**
 * The output of a chunk in memory of the caller's. Each byte is copied once: the length of all is estimated from that of the
 * first part. If later lines make longer documents, what is there moves to a larger array.
 */
class Copy {
  #inputLength;
  /** @type {Uint8Array} */
  #bytes = NOTHING;
  #length = 0;

  /** @param {number} inputLength */
  constructor(inputLength) {
    this.#inputLength = inputLength;
  }

  /**
   * Appends output to which more will follow.
   *
   * @param {Uint8Array} output
   * @param {number} read bytes of the input that all output until now was made of
   */
  append(output, read) {
    const length = this.#length + output.length;
    if (length > this.#bytes.length) this.#grow(Math.ceil((length / read) * this.#inputLength * ESTIMATE_MARGIN) + output.length);
    this.#add(output);
  }

  /**
   * Appends the last output, and returns all of it.
   *
   * @param {Uint8Array} output
   */
  end(output) {
    const length = this.#length + output.length;
    if (length > this.#bytes.length) this.#grow(length);
    this.#add(output);
    return length === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, length);
  }

  /** @param {number} length */
  #grow(length) {
    const bytes = uninitialized(length);
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }

  /** @param {Uint8Array} output */
  #add(output) {
    this.#bytes.set(output, this.#length);
    this.#length += output.length;
  }
}

/**
 * Returns the same without a copy: the module's memory grows to hold all of it.
 *
 * @param {import('../../pkg/vpcflow_ecs.js').Core} core
 * @param {WebAssembly.Memory} memory
 * @param {Uint8Array} chunk
 * @param {{ isLast?: boolean }} [options] whether the input ends with the chunk
 */
export function pushForView(core, memory, chunk, { isLast = false } = {}) {
  const { length } = chunk;
  core.clear();
  try {
    for (let start = 0; start < length; start += PIECE_BYTES) {
      core.push(partOf(chunk, start, start + PIECE_BYTES), NO_LIMIT);
    }
    if (isLast) core.end();
  } catch (thrown) {
    throw isRaw(thrown) ? Object.assign(thrown, { output: viewOf(core, memory).slice() }) : thrown;
  }
  return viewOf(core, memory);
}

/**
 * Returns the documents of the lines that end in a chunk, as objects.
 *
 * @param {import('../../pkg/vpcflow_ecs.js').Core} core
 * @param {import('./objects.js').ObjectReader} objects
 * @param {WebAssembly.Memory} memory
 * @param {Uint8Array} input
 * @param {{ isLast?: boolean }} [options] whether the input ends with the chunk
 * @returns {import('../index.js').FlowLogDocument[]}
 * @throws what the core throws; its `documents` are those of the lines before
 */
export function parseInPieces(core, objects, memory, input, { isLast = true } = {}) {
  /** @type {import('../index.js').FlowLogDocument[]} */
  const documents = [];
  /** @param {() => void} call */
  const run = (call) => {
    try {
      call();
    } catch (thrown) {
      // Anything else, such as a trap, gives no documents.
      if (!isRaw(thrown)) throw thrown;
      objects.read(core, memory, documents);
      throw Object.assign(thrown, { documents });
    }
    objects.read(core, memory, documents);
  };
  const { length } = input;
  for (let start = 0; start < length; start += core.consumed) {
    const part = partOf(input, start, start + OBJECT_PIECE_BYTES, { documents });
    run(() => core.pushValues(part, NO_LIMIT));
  }
  if (isLast) run(() => core.endValues());
  return documents;
}
