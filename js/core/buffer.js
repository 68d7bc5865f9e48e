/**
 * Node.js's Buffer where there is one, for its faster ways from bytes to strings and back. It is all that the core knows
 * of Node.js, and nothing depends on it but time.
 *
 * @module
 */

const { Buffer: found } = /** @type {{ Buffer?: BufferClass }} */ (/** @type {unknown} */ (globalThis));

/**
 * The class, as far as it is used here; undefined in browsers, and where a page has only a part of it.
 *
 * @typedef {Uint8Array & { latin1Slice(start: number, end: number): string, utf8Slice(start: number, end: number): string,
 *   write(text: string, offset: number, length: number, encoding: 'utf8'): number }} NodeBytes
 * @typedef {{ prototype: NodeBytes, from(memory: ArrayBufferLike): NodeBytes, allocUnsafeSlow(length: number): Uint8Array }}
 *   BufferClass
 */
export const NodeBuffer = typeof found?.prototype.latin1Slice === 'function' ? found : undefined;

/**
 * Makes an array to be written over. Node.js can leave out filling it with zeros.
 *
 * @param {number} length
 * @returns {Uint8Array}
 */
export function uninitialized(length) {
  return NodeBuffer ? new Uint8Array(NodeBuffer.allocUnsafeSlow(length).buffer) : new Uint8Array(length);
}
