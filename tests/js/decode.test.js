// `decode`, in Node.js with zlib and as browsers have it.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { importFrom, imported } from './package.js';
import { Dice } from './random.js';

const { createDecode } = await importFrom('js/decode/decode.js');
const { portable } = await importFrom('js/decode/portable.js');

/** The function of the package, and the one that browsers get. */
const decoders = { 'in Node.js': imported.decode, 'in browsers': createDecode(portable) };

/** Goes through a decoded input. */
async function read(decoded) {
  const chunks = [];
  let error;
  try {
    for await (const chunk of decoded) chunks.push(Buffer.from(chunk));
  } catch (thrown) {
    error = thrown;
  }
  return { text: Buffer.concat(chunks).toString(), layers: decoded.layers, warnings: decoded.warnings, error };
}

/** Cuts bytes at random places. */
function cut(bytes, dice, most = 40_000) {
  const parts = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + dice.below(dice.below(most) + 1);
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}

const TEXT = Array.from({ length: 5000 }, (_, index) => `2 123456789012 eni-0${index} 10.0.0.1 10.0.0.2 ${index} 443 6 1 40 1 2 ACCEPT OK\n`).join('');

for (const [name, decode] of Object.entries(decoders)) {
  test(`${name}, inputs of every kind are the same bytes`, async () => {
    const bytes = new TextEncoder().encode(TEXT);
    const inputs = {
      text: TEXT, bytes, buffer: bytes.buffer, view: new DataView(bytes.buffer), blob: new Blob([bytes]), chunks: [bytes, ''],
      texts: TEXT.split(/(?<=\n)/), readable: Readable.from([bytes]), stream: new Blob([bytes]).stream(),
      parts: { byteLength: bytes.length, slice: async (start, end) => bytes.slice(start, end).buffer },
    };
    for (const [kind, input] of Object.entries(inputs)) {
      const { text, layers, error } = await read(decode(input));
      assert.equal(error, undefined, kind);
      assert.ok(text === TEXT, kind);
      assert.deepStrictEqual(layers, [], kind);
    }
    for (const input of [undefined, 1, {}, null]) assert.throws(() => decode(input), TypeError);
    const { error } = await read(decode([1]));
    assert.equal(error.message, 'argument "input": expected chunks of bytes or text, found a number');
  });

  test(`${name}, members of gzip are read whole, wherever they and the chunks are cut`, async () => {
    const dice = new Dice(7);
    for (let round = 0; round < 30; round++) {
      const members = cut(Buffer.from(TEXT), dice, 300_000).map((part) => gzipSync(part, { level: round % 10 }));
      const tail = [[], [Buffer.from('not gzip')], [Buffer.alloc(70_000)]][round % 3];
      const found = await read(decode(cut(Buffer.concat([...members, ...tail]), dice)));
      assert.equal(found.error, undefined);
      assert.ok(found.text === TEXT);
      const end = members.reduce((sum, { length }) => sum + length, 0);
      const warning = `the gzip data ends at byte ${end}; after it there is something else, which was not read`;
      assert.deepStrictEqual(found.warnings, round % 3 === 1 ? [warning] : []);
    }
  });
}
