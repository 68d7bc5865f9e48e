// The shared parts of the tests of `decode`.

import { importFrom, imported } from './package.js';

const { createDecode } = await importFrom('js/decode/decode.js');
const { portable } = await importFrom('js/decode/portable.js');

/** The function of the package, and the one that browsers get. */
export const decoders = { 'in Node.js': imported.decode, 'in browsers': createDecode(portable) };

/** Goes through a decoded input. */
export async function read(decoded) {
  const chunks = [];
  let error;
  try {
    for await (const chunk of decoded) chunks.push(Buffer.from(chunk));
  } catch (thrown) {
    error = thrown;
  }
  return { text: Buffer.concat(chunks).toString(), layers: decoded.layers, warnings: decoded.warnings, error };
}

/** Cuts bytes at random offsets. */
export function cut(bytes, dice, most = 40_000) {
  const parts = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + dice.below(dice.below(most) + 1);
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}
