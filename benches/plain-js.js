// The rival: tuned plain JavaScript that makes the documents of schema `ecs`, mode `ecs`.
//
// It is what one would write instead of using the module, and it checks what the module checks: the number of fields,
// the ranges of integers, addresses, closed words, UTF-8. For each format it writes functions that read a line's bytes
// once and know every column. Lines that these do not foresee (tabs, doubled blanks, quotes, leading zeros, bad lines) go
// to a reader that goes by the book, and which decides.
//
// These make it fast, each found by measuring:
// - bytes are scanned in the Uint8Array, texts are cut from one Latin-1 string of the whole chunk;
// - the constant parts of a document are literals of the generated code;
// - a document's string is written into one buffer before the next is made, so that no ropes pile up;
// - times are cached in a table of 4,096 minutes, Community IDs in one of 16,384 flows, both of fixed size;
// - the Community ID's SHA-1 is computed by node:crypto's one-shot `hash` where Node has it, else by `createHash`. The
//   former took 250 ns for a flow, as much as SHA-1 in JavaScript, the latter 710 ns;
// - an object's members that most records have are in one literal, so that most objects have one shape.
//
// `toBytes` goes further than most would: it makes no string at all, and copies bytes eight at a time.

import { Buffer, isAscii } from 'node:buffer';
import { bytesReader } from './plain/bytes.js';
import { Mismatch, documentTree, readRecord, writeDocument } from './plain/document.js';
import { flowCache } from './plain/flow.js';
import { generate, library } from './plain/strings.js';

export { flowCache };

const decoded = (bytes) => (isAscii(bytes) ? bytes.latin1Slice() : bytes.utf8Slice());

/** The lines that the generated code does not foresee. */
class Odd {
  next = 0;
  #bytes;
  #isPlain;

  constructor(reader, bytes) {
    this.reader = reader;
    this.#bytes = bytes;
    this.#isPlain = isAscii(bytes) && !bytes.includes(34) && !bytes.includes(92);
  }

  /** True if a line has bytes that the generated code must not copy unchanged. */
  isRisky(p) {
    if (this.#isPlain) return false;
    for (let byte = this.#bytes[p]; byte !== 10; byte = this.#bytes[++p]) {
      if (byte === 34 || byte === 92 || byte >= 128) return true;
    }
    return false;
  }

  read(p) {
    const end = this.#bytes.indexOf(10, p);
    this.next = end + 1;
    return this.reader.readOdd(this.#bytes.subarray(p, end));
  }
}

/**
 * Returns the reader of a format.
 *
 * @param {string[]} names of the fields, as AWS writes them
 * @param {{ communityId?: boolean, onError?: 'throw' | 'skip' }} [options]
 */
export function compile(names, { communityId: hasId = true, onError = 'throw' } = {}) {
  const tree = documentTree(names, hasId);
  const make = (wantsObjects) => {
    const source = generate(names, tree, wantsObjects, hasId);
    return new Function(...Object.keys(library), source)(...Object.values(library));
  };
  const reader = {
    errors: 0,
    readOdd(line) {
      try {
        const values = readRecord(line, names);
        return values === undefined ? '' : writeDocument(tree, values);
      } catch (error) {
        if (onError === 'throw' || !(error instanceof Mismatch)) throw error;
        reader.errors += 1;
        return '';
      }
    },
  };
  const oddOf = (bytes) => new Odd(reader, bytes);
  const whole = (chunk) => {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    return bytes.length === 0 || bytes.at(-1) === 10 ? bytes : Buffer.concat([bytes, Buffer.from('\n')]);
  };
  const run = (read) => (chunk) => {
    const bytes = whole(chunk);
    return read(bytes, bytes.latin1Slice(), bytes.length, oddOf(bytes));
  };
  const toTextBytes = run(make(false));
  const readBytes = bytesReader(names, tree);
  const toBytes = (chunk) => readBytes(whole(chunk), oddOf);
  return Object.assign(reader, {
    /** Bytes of whole lines to an array of documents. */
    toObjects: run(make(true)),
    /** Bytes of whole lines to NDJSON, as a string that is put together from strings. */
    toText: (chunk) => decoded(toTextBytes(chunk)),
    /** Bytes of whole lines to NDJSON, as bytes that hold until the next call. */
    toBytes,
    /** Bytes of whole lines to NDJSON, as a string of those bytes. */
    toTextByBytes: (chunk) => decoded(toBytes(chunk)),
  });
}
