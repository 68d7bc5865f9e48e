/**
 * Files of the package, as the entries for Node.js get them: from disk, or carried by a bundle.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/**
 * The content of a file: its path, or the base64 of its bytes compressed with Brotli. It can be posted to a thread.
 *
 * @typedef {{ path: string } | { packed: string }} Source
 */

/** @param {Source} source */
export function bytesOf(source) {
  return 'path' in source ? readFileSync(source.path) : brotliDecompressSync(Buffer.from(source.packed, 'base64'));
}
