/**
 * Encodings of a whole text: UTF-16 and base64.
 *
 * @module
 */

import { joined } from './bytes.js';
import { damaged } from './problem.js';

const encoder = new TextEncoder();

/**
 * Returns the encoding of a text that has two bytes for a character; undefined for others.
 *
 * @param {Uint8Array} head its first bytes
 * @returns {'utf-16le' | 'utf-16be' | undefined}
 */
export function utf16Of(head) {
  if (head.length < 2) return undefined;
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head.length < 4) return undefined;
  // Without a mark: the first characters of a log are ASCII.
  const pairs = head.subarray(0, head.length & ~1);
  /** @param {number} of */
  const isAscii = (of) => pairs.every((byte, index) => (index % 2 === of ? byte > 0 && byte < 128 : byte === 0));
  if (isAscii(0)) return 'utf-16le';
  return isAscii(1) ? 'utf-16be' : undefined;
}

/**
 * Yields the UTF-8 of a text.
 *
 * @param {AsyncIterable<Uint8Array>} chunks
 * @param {'utf-16le' | 'utf-16be'} encoding
 */
export async function* fromUtf16(chunks, encoding) {
  const decoder = new TextDecoder('utf-16le');
  let length = 0;
  /** @type {Uint8Array} the first byte of a pair whose second one is in the next chunk */
  let half = new Uint8Array(0);
  for await (const chunk of chunks) {
    length += chunk.length;
    const bytes = joined([half, chunk]).slice();
    const even = bytes.length & ~1;
    half = bytes.slice(even);
    if (encoding === 'utf-16be') {
      for (let at = 0; at < even; at += 2) [bytes[at], bytes[at + 1]] = [bytes[at + 1], bytes[at]];
    }
    const text = decoder.decode(bytes.subarray(0, even), { stream: true });
    if (text !== '') yield encoder.encode(text);
  }
  const text = decoder.decode();
  if (text !== '') yield encoder.encode(text);
  if (half.length > 0) throw damaged('the UTF-16 text is cut short within a character', length - 1);
}

/** The starts of base64 of gzip, zstd, Parquet and JSON. */
const BASE64 = /^\s*"?(?:H4sI|KLUv|UEFSM|ey[IJA-Za-z0-9]|W3[si]|WyJ)[\w+/-]{8,}/;

/**
 * True if a text is base64 of an input that is decoded here.
 *
 * @param {Uint8Array} head its first bytes
 */
export function isBase64(head) {
  const text = String.fromCharCode(...head);
  return BASE64.test(text) && !/[^\w+/=\s",-]/.test(text);
}

/**
 * Yields the bytes of a base64 text. Several texts may follow each other, on lines, in quotes or after their padding.
 *
 * @param {AsyncIterable<Uint8Array>} chunks
 */
export async function* fromBase64(chunks) {
  const decoder = new TextDecoder();
  let text = '';
  let offset = 0;
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true }).replace(/[\s",]+/g, '');
    offset += chunk.length;
    for (let padding = text.indexOf('='); padding >= 0; padding = text.indexOf('=')) {
      const end = /[^=]/.exec(text.slice(padding))?.index;
      if (end === undefined && text.length < padding + 2) break;
      yield bytesOfBase64(text.slice(0, padding), offset);
      text = text.slice(padding + (end ?? text.length));
    }
    const whole = text.includes('=') ? 0 : text.length & ~3;
    if (whole > 0) yield bytesOfBase64(text.slice(0, whole), offset);
    text = text.slice(whole);
  }
  if (text !== '') yield bytesOfBase64(text, offset);
}

/**
 * Returns the bytes of one base64 text, in the usual alphabet or in that of URLs.
 *
 * @param {string} text
 * @param {number} [offset] for the error
 */
export function bytesOfBase64(text, offset) {
  try {
    const letters = atob(text.replace(/[-_]/g, (letter) => (letter === '-' ? '+' : '/')));
    const bytes = new Uint8Array(letters.length);
    for (let index = 0; index < letters.length; index++) bytes[index] = letters.charCodeAt(index);
    return bytes;
  } catch {
    throw damaged('the base64 text is damaged', offset);
  }
}
