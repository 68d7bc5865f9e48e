/**
 * The start of an input, and the formats that its lines may have.
 *
 * @module
 */

import { FlowLogError, detectFormat } from '../node.js';

const LINE_FEED = 10;

/**
 * Returns the formats that lines may have, the likeliest first; none if they are not a flow log.
 *
 * @param {Uint8Array} lines
 * @param {{ maxLines: number, maxBytes: number }} bounds
 */
export function candidatesOf(lines, bounds) {
  try {
    return detectFormat(lines, bounds);
  } catch (error) {
    if (error instanceof FlowLogError) return [];
    throw error;
  }
}

/**
 * The start of an input, and the error that ends it, if any.
 *
 * @typedef {{ chunks: Uint8Array[], error?: unknown }} Start
 */

/**
 * Reads as much of an input as its format is detected from, and more than the bytes: so detection sees that the last line is cut.
 *
 * @param {AsyncGenerator<Uint8Array>} chunks
 * @param {{ maxLines: number, maxBytes: number }} bounds
 * @returns {Promise<Start>}
 */
export async function readStart(chunks, { maxLines, maxBytes }) {
  /** @type {Start} */
  const start = { chunks: [] };
  let bytes = 0;
  let lines = 0;
  try {
    while (bytes <= maxBytes && lines < maxLines) {
      const { done, value } = await chunks.next();
      if (done) break;
      // A chunk is good until the next one is read.
      const copy = Buffer.from(value);
      start.chunks.push(copy);
      bytes += copy.length;
      for (const byte of copy) lines += byte === LINE_FEED ? 1 : 0;
    }
  } catch (error) {
    start.error = error;
  }
  return start;
}

/** Yields the start of an input, then the rest of it. @param {Start} start @param {AsyncIterable<Uint8Array>} rest */
export async function* joined(start, rest) {
  yield* start.chunks;
  if (start.error !== undefined) throw start.error;
  yield* rest;
}
