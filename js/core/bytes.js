/**
 * Takes bytes from callers, and joins them. The glue of the module would believe whatever an array says of itself. It may be of another realm,
 * such as a frame, of a subclass whose `length` is not true, detached, or outside of a buffer that was made smaller.
 *
 * @module
 */

import { FlowLogError, toPublicError } from './error.js';

const DETACHED = 'the array is detached, since its buffer was transferred or made smaller';

const encoder = new TextEncoder();

/** @param {object} prototype @param {PropertyKey} name @returns {(this: unknown) => any} */
const getter = (prototype, name) => /** @type {() => any} */ (Object.getOwnPropertyDescriptor(prototype, name)?.get);

const TypedArray = Object.getPrototypeOf(Uint8Array.prototype);
const kindOf = getter(TypedArray, Symbol.toStringTag);
const bufferOf = getter(TypedArray, 'buffer');
const offsetOf = getter(TypedArray, 'byteOffset');
const lengthOf = getter(TypedArray, 'byteLength');
/** Throws for an array without its bytes: its length alone would say that it is empty. */
const keysOf = TypedArray.keys;
const bufferLengthOf = getter(ArrayBuffer.prototype, 'byteLength');

/**
 * Returns a plain Uint8Array with the bytes of a caller's, without a copy; undefined if the value is something else.
 *
 * @param {unknown} value
 * @param {string} what what to call it in messages: `argument "input"`
 * @returns {Uint8Array | undefined}
 * @throws {FlowLogError} `detached_input` if its buffer has been transferred or made smaller than its end
 */
export function plainBytes(value, what) {
  if (Reflect.apply(kindOf, value, []) !== 'Uint8Array') return undefined;
  try {
    const length = Reflect.apply(lengthOf, value, []);
    if (length === 0) Reflect.apply(keysOf, value, []);
    return new Uint8Array(Reflect.apply(bufferOf, value, []), Reflect.apply(offsetOf, value, []), length);
  } catch {
    throw new FlowLogError(`${what}: ${DETACHED}`, { code: 'detached_input' });
  }
}

/**
 * Returns the bytes of an ArrayBuffer of any realm; undefined if the value is something else.
 *
 * @param {unknown} value
 * @returns {Uint8Array | undefined}
 */
export function bytesOfBuffer(value) {
  try {
    Reflect.apply(bufferLengthOf, value, []);
  } catch {
    return undefined;
  }
  return new Uint8Array(/** @type {ArrayBuffer} */ (value));
}

/**
 * Returns a part of an input that is being read.
 *
 * @param {Uint8Array} bytes
 * @param {number} start less than the length that the array had
 * @param {number} end
 * @param {object} [before] members of the error, with the documents before it
 * @throws {{ code: 'detached_input' }} in the form of the core's errors, if a callback has transferred its buffer or made it smaller
 */
export function partOf(bytes, start, end, before) {
  if (start < bytes.length) return bytes.subarray(start, end);
  const problem = `the input was lost while it was read: ${DETACHED}`;
  throw { code: 'detached_input', message: problem, problem, ...before };
}

/**
 * Yields the parts of an input whose reader may pause between them.
 *
 * @param {Uint8Array} bytes
 * @param {number} size of a part, but for the last one
 * @throws {FlowLogError} `detached_input` if the buffer has been transferred or made smaller meanwhile
 */
export function* partsOf(bytes, size) {
  const { length } = bytes;
  try {
    for (let start = 0; start < length; start += size) yield partOf(bytes, start, start + size);
  } catch (thrown) {
    throw toPublicError(thrown);
  }
}

/**
 * Joins arrays of bytes. A single one is not copied.
 *
 * @param {Uint8Array[]} parts
 */
export function joined(parts) {
  const filled = parts.filter(({ length }) => length > 0);
  if (filled.length === 1) return filled[0];
  const whole = new Uint8Array(filled.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of filled) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

/** The chunks of an input as bytes. Texts may be cut anywhere, also between the two halves of a character. */
export class Chunks {
  /** The first half of a character, with which the last chunk has ended. */
  #half = '';

  /**
   * Returns the bytes of a chunk, without a half at its end.
   *
   * @param {string | Uint8Array} chunk
   */
  bytes(chunk) {
    const half = this.#half;
    if (typeof chunk === 'string') {
      const text = half === '' ? chunk : half + chunk;
      this.#half = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(-1) : '';
      return encoder.encode(this.#half === '' ? text : text.slice(0, -1));
    }
    return half === '' ? chunk : joined([this.end(), chunk]);
  }

  /** Returns the bytes of a half that nothing completes: U+FFFD. */
  end() {
    const half = this.#half;
    this.#half = '';
    return encoder.encode(half);
  }
}

/** True if it is the first half of a character beyond 16 bits. @param {number} unit NaN for none */
export function isHighSurrogate(unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}
