/**
 * Inputs of every kind, as chunks of bytes.
 *
 * @module
 */

import { Chunks, bytesOfBuffer, partsOf, plainBytes } from '../core/bytes.js';
import { describe } from '../core/options.js';

const CHUNK_BYTES = 256 * 1024;

const encoder = new TextEncoder();

/**
 * A file of which any part can be read: what `hyparquet` calls an AsyncBuffer.
 *
 * @typedef {{ byteLength: number, slice(start: number, end?: number): ArrayBuffer | Promise<ArrayBuffer> }} Parts
 *
 * @typedef {object} Source
 * @property {AsyncGenerator<Uint8Array>} chunks each is valid until the next one is asked for
 * @property {Parts} [parts] the same bytes, if any part of them can be read
 */

/**
 * Opens an input. Nothing is read before the first chunk is asked for.
 *
 * @param {unknown} input
 * @returns {Source}
 * @throws {TypeError} if it is of another kind
 */
export function open(input) {
  if (typeof input === 'string') return ofBytes(encoder.encode(input));
  const bytes = given(input);
  if (bytes) return ofBytes(bytes);
  if (isBlob(input)) {
    return ofParts({ byteLength: input.size, slice: (start, end) => input.slice(start, end).arrayBuffer() });
  }
  if (isParts(input)) return isIterable(input) ? { chunks: ofIterable(input), parts: input } : ofParts(input);
  if (isStream(input)) return { chunks: ofStream(input) };
  if (isIterable(input)) return { chunks: ofIterable(input) };
  const expected = 'expected bytes, a string, a Blob, a stream or an iterable of bytes';
  throw new TypeError(`argument "input": ${expected}, found ${describe(input)}`);
}

/** @param {Uint8Array} bytes @returns {Source} */
function ofBytes(bytes) {
  /** @param {number} start @param {number} [end] */
  const slice = (start, end) => /** @type {ArrayBuffer} */ (bytes.slice(start, end).buffer);
  const chunks = async function* () {
    yield* cut(bytes);
  };
  return { chunks: chunks(), parts: { byteLength: bytes.length, slice } };
}

/** @param {Parts} parts @returns {Source} */
function ofParts(parts) {
  const chunks = async function* () {
    for (let at = 0; at < parts.byteLength; at += CHUNK_BYTES) {
      yield new Uint8Array(await parts.slice(at, Math.min(at + CHUNK_BYTES, parts.byteLength)));
    }
  };
  return { chunks: chunks(), parts };
}

/**
 * Yields the chunks of a web stream.
 *
 * @typedef {{ getReader(): { read(): Promise<{ done: boolean, value?: unknown }>, cancel(): Promise<void> } }} Stream
 *
 * @param {Stream} stream
 */
async function* ofStream(stream) {
  const reader = stream.getReader();
  const all = new Chunks();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield* cut(all.bytes(textOrBytes(value)));
    }
    yield* cut(all.end());
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** @param {AsyncIterable<unknown> | Iterable<unknown>} chunks */
async function* ofIterable(chunks) {
  const all = new Chunks();
  for await (const chunk of chunks) yield* cut(all.bytes(textOrBytes(chunk)));
  yield* cut(all.end());
}

/** Returns bytes in parts of bounded size. @param {Uint8Array} bytes */
const cut = (bytes) => partsOf(bytes, CHUNK_BYTES);

/** @param {unknown} chunk @returns {string | Uint8Array} */
function textOrBytes(chunk) {
  const text = typeof chunk === 'string' ? chunk : given(chunk);
  if (text === undefined) throw new TypeError(`argument "input": expected chunks of bytes or text, found ${describe(chunk)}`);
  return text;
}

/** Returns the bytes of a view or a buffer as a plain array: a Buffer's own `slice` copies nothing. @param {unknown} value */
function given(value) {
  const bytes = bytesOfBuffer(value) ?? plainBytes(value, 'argument "input"');
  return bytes ?? (ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined);
}

/**
 * True if it is a Blob or a File.
 *
 * @typedef {{ size: number, slice(start: number, end?: number): { arrayBuffer(): Promise<ArrayBuffer> }, stream(): unknown }}
 *   BlobLike
 *
 * @param {unknown} input @returns {input is BlobLike}
 */
function isBlob(input) {
  return has(input, 'size') && typeof input.size === 'number' && isMethod(input, 'slice') && isMethod(input, 'stream');
}

/** @param {unknown} input @returns {input is Parts} */
function isParts(input) {
  return has(input, 'byteLength') && typeof input.byteLength === 'number' && isMethod(input, 'slice');
}

/** @param {unknown} input @returns {input is Stream} */
function isStream(input) {
  return isMethod(input, 'getReader');
}

/** @param {unknown} input @returns {input is AsyncIterable<unknown> | Iterable<unknown>} */
function isIterable(input) {
  return isMethod(input, Symbol.asyncIterator) || isMethod(input, Symbol.iterator);
}

/**
 * @template {PropertyKey} Name
 * @param {unknown} value
 * @param {Name} name
 * @returns {value is Record<Name, unknown>}
 */
function has(value, name) {
  return typeof value === 'object' && value !== null && name in value;
}

/** @param {unknown} value @param {PropertyKey} name */
function isMethod(value, name) {
  return has(value, name) && typeof value[name] === 'function';
}
