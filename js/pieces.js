/**
 * Feeds long inputs to the core in pieces.
 *
 * WASM memory grows and never shrinks, and documents are several times as long as their lines: an input in one piece
 * could take gigabytes there, and could even find no more.
 *
 * @module
 */

const PIECE_BYTES = 1024 * 1024;

/**
 * The documents of the lines that end in a chunk.
 *
 * @param {import('../pkg/vpcflow_ecs.js').Core} core
 * @param {Uint8Array} chunk
 * @param {{ isLast?: boolean }} [options] whether the input ends with the chunk
 * @returns {Uint8Array}
 * @throws what the core throws; its `output` has all documents that were written
 */
export function pushInPieces(core, chunk, { isLast = false } = {}) {
  const outputs = [];
  try {
    // The core stops earlier where short lines make long documents.
    for (let start = 0; start < chunk.length; start += core.consumed) {
      outputs.push(core.push(chunk.subarray(start, start + PIECE_BYTES)));
    }
    if (isLast) outputs.push(core.end());
  } catch (thrown) {
    if (thrown?.output instanceof Uint8Array) thrown.output = concatenated([...outputs, thrown.output]);
    throw thrown;
  }
  return concatenated(outputs);
}

function concatenated(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
