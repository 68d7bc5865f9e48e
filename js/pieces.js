/**
 * Feeds inputs to the core in pieces, and takes its output: each byte crosses the boundary once in, once out.
 *
 * WASM memory grows and never shrinks, and documents are several times as long as their lines: an input in one piece
 * could take gigabytes there, and could even find no more.
 *
 * @module
 */

/** Small enough for a piece and its documents to stay in a processor's cache, large enough to make calls cheap. */
const PIECE_BYTES = 256 * 1024;

/** Strings of a document may be parts of the text of its whole piece, which is kept as long as one of them is. */
const OBJECT_PIECE_BYTES = 32 * 1024;

/** Output that is enough for one call, where short lines make long documents. */
const ENOUGH_BYTES = 4 * 1024 * 1024;

/** For a view, everything is written before anything is taken: no limit that an input could reach. */
const NO_LIMIT = 0xffffffff;

/**
 * The bytes in the core's output buffer, without a copy: good until the next call into the module.
 *
 * @param {import('../pkg/vpcflow_ecs.js').Core} core
 * @param {WebAssembly.Memory} memory
 */
function viewOf(core, memory) {
  return new Uint8Array(memory.buffer, core.output, core.outputLength);
}

/**
 * The documents of the lines that end in a chunk, as a copy.
 *
 * @param {import('../pkg/vpcflow_ecs.js').Core} core
 * @param {WebAssembly.Memory} memory
 * @param {Uint8Array} chunk
 * @param {{ isLast?: boolean }} [options] whether the input ends with the chunk
 * @returns {Uint8Array}
 * @throws what the core throws; its `output` has all documents that were written
 */
export function pushInPieces(core, memory, chunk, { isLast = false } = {}) {
  const result = new Result();
  try {
    // The core stops earlier where short lines make long documents.
    for (let start = 0; start < chunk.length; start += core.consumed) {
      core.clear();
      core.push(chunk.subarray(start, start + PIECE_BYTES), ENOUGH_BYTES);
      result.append(viewOf(core, memory), start + core.consumed, chunk.length);
    }
    if (isLast) {
      core.clear();
      core.end();
      result.append(viewOf(core, memory), 1, 1);
    }
  } catch (thrown) {
    result.append(viewOf(core, memory), 1, 1);
    throw withOutput(thrown, result.bytes());
  }
  return result.bytes();
}

/**
 * The same without a copy: the module's memory grows to hold all of it.
 *
 * @param {import('../pkg/vpcflow_ecs.js').Core} core
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
 * The documents of a whole input, as objects.
 *
 * @param {import('../pkg/vpcflow_ecs.js').Core} core
 * @param {import('./objects.js').ObjectReader} objects
 * @param {WebAssembly.Memory} memory
 * @param {Uint8Array} input
 * @returns {object[]}
 * @throws what the core throws; its `documents` are those of the lines before
 */
export function parseInPieces(core, objects, memory, input) {
  const documents = [];
  const run = (call) => {
    core.clear();
    try {
      call();
    } catch (thrown) {
      objects.read(core, memory, documents);
      if (typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error)) thrown.documents = documents;
      throw thrown;
    }
    objects.read(core, memory, documents);
  };
  for (let start = 0; start < input.length; start += core.consumed) {
    run(() => core.pushValues(input.subarray(start, start + OBJECT_PIECE_BYTES), ENOUGH_BYTES));
  }
  run(() => core.endValues());
  return documents;
}

/** Adds the documents to an error of the core; anything else that was thrown stays as it is. */
function withOutput(thrown, output) {
  if (typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error)) thrown.output = output;
  return thrown;
}

/** An array to be written over. Node can leave out filling it with zeros. */
function uninitialized(length) {
  return typeof Buffer === 'function' && Buffer.allocUnsafeSlow ? new Uint8Array(Buffer.allocUnsafeSlow(length).buffer) : new Uint8Array(length);
}

/** Bytes that come in parts, in one array in the end. */
class Result {
  #bytes = new Uint8Array(0);
  #length = 0;

  /**
   * @param {Uint8Array} part
   * @param {number} done how much of the input has been read, of so much
   * @param {number} all
   */
  append(part, done, all) {
    if (part.length === 0) return;
    if (this.#length === 0 && done >= all) {
      this.#bytes = uninitialized(part.length);
      this.#bytes.set(part);
    } else {
      this.#makeRoom(part.length, done / all);
      this.#bytes.set(part, this.#length);
    }
    this.#length += part.length;
  }

  /** The parts that were read tell how much is to come. */
  #makeRoom(bytes, share) {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    // But what was read may be unlike the rest: no guess is taken for more than the next three parts of the same size.
    const room = Math.min(Math.max(needed, Math.ceil((needed / Math.min(share, 1)) * 1.02)), 4 * needed);
    const grown = uninitialized(room);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  bytes() {
    // Never with room to spare: what is in that is not the caller's.
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#length);
  }
}
