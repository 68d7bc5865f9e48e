/**
 * The parts of decoding that need nothing of the platform.
 *
 * @module
 */

import { crc32 } from './crc32.js';
import { portableInflater } from './gzip.js';

/** @type {import('./decode.js').Platform} */
export const portable = { zlib: { inflater: portableInflater, crc32 } };
