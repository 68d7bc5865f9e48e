// Inputs of tests/fixtures/inputs/ as bytes: for Node.js and for browsers, from the same files.

import { gzipSync } from 'node:zlib';

const ENCODERS = {
  gzip: (bytes) => gzipSync(bytes),
  base64: (bytes) => Buffer.from(bytes.toString('base64')),
  'utf-16le': (bytes) => Buffer.from(bytes.toString(), 'utf16le'),
  'utf-16be': (bytes) => Buffer.from(bytes.toString(), 'utf16le').swap16(),
};

/** Returns a value with its `{ gzip }` and `{ base64 }` as base64 of a text, packed or not. */
function filled(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(filled);
  if ('gzip' in value) return gzipSync(value.gzip).toString('base64');
  if ('base64' in value) return Buffer.from(value.base64).toString('base64');
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]));
}

/** Returns the bytes of a case: its text, JSON, or members, in its encodings from inside out. */
export function bytesOf({ input, json, members = [input ?? JSON.stringify(filled(json))], encodings = [] }) {
  const encoded = members.map((text) => encodings.reduce((bytes, encoding) => ENCODERS[encoding](bytes), Buffer.from(text)));
  return Buffer.concat(encoded);
}
