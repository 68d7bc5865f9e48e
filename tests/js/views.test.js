// Results without a copy: arrays on the module's own memory.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { imported } from './package.js';
import { BAD, GOOD, OTHER } from './samples.js';

const { Parser } = imported;

const format = 'default';
const bulk = { index: 'a', id: 'fingerprint' };

/** Returns the result of a call, copied before anything else is called. */
const copied = (view) => Buffer.from(view);

/** Logs from no byte to several megabytes of documents. */
const logs = {
  nothing: '',
  'a blank line': '\n',
  'a line without line feed': GOOD,
  'two lines': `${GOOD}\n${OTHER}\n`,
  'three pieces': `${GOOD}\n`.repeat(5_000),
  megabytes: `${GOOD}\n${OTHER}\n`.repeat(5_000),
};

for (const [name, log] of Object.entries(logs)) {
  test(`views have the bytes of copies: ${name}`, () => {
    const parser = new Parser({ format, bulk });
    const isSame = (view, copy, what) => assert.ok(view.equals(copy), what);
    isSame(copied(parser.toNdjsonView(log)), parser.toNdjson(log), 'toNdjson');
    isSame(copied(parser.toBulkView(log)), parser.toBulk(log), 'toBulk');
    isSame(copied(parser.toBulkView(log, { index: 'b' })), parser.toBulk(log, { index: 'b' }), 'toBulk, argument');
    const [pushed, ended] = [copied(parser.pushView(log)), copied(parser.endView())];
    isSame(pushed, parser.push(log), 'push');
    isSame(ended, parser.end(), 'end');
    isSame(Buffer.concat([pushed, ended]), parser.toBulk(log), 'push and end');
  });
}

describe('memory', () => {
  test("is the module's for views, and the caller's own for copies", () => {
    const parser = new Parser({ format, bulk });
    const log = `${GOOD}\n`;
    const view = parser.toNdjsonView(log);
    // WebAssembly's memory is a number of pages, and all views are on the same.
    assert.ok(view.buffer.byteLength >= 65_536 && view.buffer.byteLength % 65_536 === 0);
    assert.equal(parser.toBulkView(log).buffer, view.buffer);
    assert.equal(parser.pushView(log).buffer, view.buffer);
    assert.equal(parser.endView().buffer, view.buffer);
    assert.equal(new Parser({ format }).toNdjsonView(log).buffer, view.buffer);
    for (const copy of [parser.toNdjson(log), parser.toBulk(log), parser.push(log), parser.end()]) {
      assert.notEqual(copy.buffer, view.buffer);
    }
    // The next call writes where the view is.
    const before = copied(parser.toNdjsonView(log));
    const first = parser.toNdjsonView(log);
    assert.ok(copied(first).equals(before));
    parser.toNdjsonView(`${OTHER}\n`);
    assert.ok(!copied(first).equals(before));
  });

  test('that grows takes older views away', () => {
    const parser = new Parser({ format });
    const view = parser.toNdjsonView(GOOD);
    const { buffer } = view;
    const size = buffer.byteLength;
    const lines = Math.ceil(size / GOOD.length);
    const large = parser.toNdjsonView(`${GOOD}\n`.repeat(lines));
    assert.ok(large.length > size);
    assert.notEqual(large.buffer, buffer);
    assert.deepStrictEqual([view.length, buffer.byteLength], [0, 0]);
  });
});

test('an error has a copy, and the parser goes on', () => {
  const parser = new Parser({ format });
  const good = copied(parser.toNdjson(GOOD));
  for (const method of ['toNdjsonView', 'pushView']) {
    let output;
    assert.throws(() => parser[method](`${GOOD}\n${BAD}\n${GOOD}\n`), (error) => {
      ({ output } = error);
      return error.code === 'out_of_range' && error.lineNumber === 2;
    });
    parser.reset();
    const { buffer } = parser.toNdjsonView(`${OTHER}\n`.repeat(50));
    assert.notEqual(output.buffer, buffer, method);
    assert.ok(good.equals(output), method);
    assert.ok(copied(parser.toNdjsonView(GOOD)).equals(good), method);
  }
  assert.ok(copied(parser.pushView(`${GOOD}\n`)).equals(good));
  assert.equal(parser.endView().length, 0);
});

test('lines that come in many chunks', () => {
  const parser = new Parser({ format });
  const bytes = Buffer.from(GOOD);
  for (const byte of bytes) assert.equal(parser.pushView(Uint8Array.of(byte)).length, 0);
  assert.ok(copied(parser.endView()).equals(parser.toNdjson(GOOD)));
});
