/**
 * Feeds inputs to the core in pieces, and takes its output: each byte crosses the boundary once in, once out.
 *
 * WASM memory grows and never shrinks, and documents are several times as long as their lines. An input in one piece
 * could take gigabytes there, or more than there is.
 *
 * @module
 */

import { uninitialized } from './buffer.js';
import { isRaw } from './error.js';

/** Small enough to stay in a processor's cache with its documents, large enough to make calls cheap. */
const PIECE_BYTES = 256 * 1024;

/** Strings of a document may be parts of the text of its whole piece, which is kept as long as one of them is. */
const OBJECT_PIECE_BYTES = 32 * 1024;

/**
 * Output that is copied out at once, also where short lines make long documents. The documents of a chunk as shippers
 * read it, of a megabyte, are copied once, to an array of exactly their size.
 */
const ENOUGH_BYTES = 4 * 1024 * 1024;

/** For a view, everything is written before anything is taken: no limit that an input could reach. */
const NO_LIMIT = 0xffffffff;

/**
 * Returns the bytes in the core's output buffer, without a copy: valid until the next call into the module.
 *
 * @param {import('../../pkg/vpcflow_ecs.js').Core} core
 * @param {WebAssembly.Memory} memory
 */
function viewOf(core, memory) {
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
  /** @type {Uint8Array[]} */
  const parts = [];
  const take = () => {
    if (core.outputLength > 0) parts.push(copyOf(viewOf(core, memory)));
    core.clear();
  };
  core.clear();
  try {
    // The core stops earlier when it has written enough.
    for (let start = 0; start < chunk.length; start += core.consumed) {
      if (core.outputLength >= ENOUGH_BYTES) take();
      core.push(chunk.subarray(start, start + PIECE_BYTES), ENOUGH_BYTES - core.outputLength);
    }
    if (isLast) core.end();
  } catch (thrown) {
    take();
    throw withOutput(thrown, joined(parts));
  }
  take();
  return joined(parts);
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
  core.clear();
  try {
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      core.push(chunk.subarray(start, start + PIECE_BYTES), NO_LIMIT);
    }
    if (isLast) core.end();
  } catch (thrown) {
    throw withOutput(thrown, viewOf(core, memory).slice());
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
      objects.read(core, memory, documents);
      throw isRaw(thrown) ? Object.assign(thrown, { documents }) : thrown;
    }
    objects.read(core, memory, documents);
  };
  for (let start = 0; start < input.length; start += core.consumed) {
    run(() => core.pushValues(input.subarray(start, start + OBJECT_PIECE_BYTES), ENOUGH_BYTES));
  }
  if (isLast) run(() => core.endValues());
  return documents;
}

/**
 * Adds the documents to an error of the core; anything else that was thrown stays as it is.
 *
 * @param {unknown} thrown
 * @param {Uint8Array} output
 */
function withOutput(thrown, output) {
  return isRaw(thrown) ? Object.assign(thrown, { output }) : thrown;
}

/** @param {Uint8Array} bytes */
function copyOf(bytes) {
  const copy = uninitialized(bytes.length);
  copy.set(bytes);
  return copy;
}

/**
 * Returns the bytes of all parts, in an array of its own.
 *
 * @param {Uint8Array[]} parts
 */
function joined(parts) {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const whole = uninitialized(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
