// Results without a copy: arrays on the module's own memory.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { throwsFlowLogError } from './assertions.js';
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
    isSame(copied(parser.toNdjson(log, { view: true })), parser.toNdjson(log), 'toNdjson');
    isSame(copied(parser.toBulk(log, undefined, { view: true })), parser.toBulk(log), 'toBulk');
    isSame(copied(parser.toBulk(log, { index: 'b' }, { view: true })), parser.toBulk(log, { index: 'b' }), 'toBulk, argument');
    const [pushed, ended] = [copied(parser.push(log, { view: true })), copied(parser.end({ view: true }))];
    isSame(pushed, parser.push(log), 'push');
    isSame(ended, parser.end(), 'end');
    isSame(Buffer.concat([pushed, ended]), parser.toBulk(log), 'push and end');
  });
}

describe('memory', () => {
  test("is the module's for views, and the caller's own for copies", () => {
    const parser = new Parser({ format, bulk });
    const log = `${GOOD}\n`;
    const view = parser.toNdjson(log, { view: true });
    // WebAssembly's memory is a number of pages, and all views are on the same.
    assert.ok(view.buffer.byteLength >= 65_536 && view.buffer.byteLength % 65_536 === 0);
    assert.equal(parser.toBulk(log, undefined, { view: true }).buffer, view.buffer);
    assert.equal(parser.push(log, { view: true }).buffer, view.buffer);
    assert.equal(parser.end({ view: true }).buffer, view.buffer);
    assert.equal(new Parser({ format }).toNdjson(log, { view: true }).buffer, view.buffer);
    for (const copy of [parser.toNdjson(log), parser.toBulk(log), parser.push(log), parser.end()]) {
      assert.notEqual(copy.buffer, view.buffer);
    }
    // The next call writes where the view is.
    const before = copied(parser.toNdjson(log, { view: true }));
    const first = parser.toNdjson(log, { view: true });
    assert.ok(copied(first).equals(before));
    parser.toNdjson(`${OTHER}\n`, { view: true });
    assert.ok(!copied(first).equals(before));
  });

  test('that grows takes older views away', () => {
    const parser = new Parser({ format });
    const view = parser.toNdjson(GOOD, { view: true });
    const { buffer } = view;
    const size = buffer.byteLength;
    const lines = Math.ceil(size / GOOD.length);
    const large = parser.toNdjson(`${GOOD}\n`.repeat(lines), { view: true });
    assert.ok(large.length > size);
    assert.notEqual(large.buffer, buffer);
    assert.deepStrictEqual([view.length, buffer.byteLength], [0, 0]);
  });
});

test('an error has a copy, and the parser goes on', () => {
  const parser = new Parser({ format });
  const good = copied(parser.toNdjson(GOOD));
  for (const method of ['toNdjson', 'push']) {
    let output;
    assert.throws(() => parser[method](`${GOOD}\n${BAD}\n${GOOD}\n`, { view: true }), (error) => {
      ({ output } = error);
      return error.code === 'out_of_range' && error.lineNumber === 2;
    });
    parser.reset();
    const { buffer } = parser.toNdjson(`${OTHER}\n`.repeat(50), { view: true });
    assert.notEqual(output.buffer, buffer, method);
    assert.ok(good.equals(output), method);
    assert.ok(copied(parser.toNdjson(GOOD, { view: true })).equals(good), method);
  }
  assert.ok(copied(parser.push(`${GOOD}\n`, { view: true })).equals(good));
  assert.equal(parser.end({ view: true }).length, 0);
});

test('lines that come in many chunks', () => {
  const parser = new Parser({ format });
  const bytes = Buffer.from(GOOD);
  for (const byte of bytes) assert.equal(parser.push(Uint8Array.of(byte), { view: true }).length, 0);
  assert.ok(copied(parser.end({ view: true })).equals(parser.toNdjson(GOOD)));
});

test('options of a method', () => {
  const parser = new Parser({ format });
  const expected = parser.toNdjson(GOOD);
  for (const options of [undefined, null, {}, { view: undefined }, { view: false }]) {
    const output = parser.toNdjson(GOOD, options);
    assert.ok(Buffer.from(output).equals(expected));
    assert.notEqual(output.buffer, parser.toNdjson(GOOD, { view: true }).buffer);
  }
  const calls = {
    toNdjson: (options) => parser.toNdjson(GOOD, options),
    toBulk: (options) => parser.toBulk(GOOD, { index: 'a' }, options),
    push: (options) => parser.push(GOOD, options),
    end: (options) => parser.end(options),
  };
  for (const [method, call] of Object.entries(calls)) {
    throwsFlowLogError(() => call({ view: 1 }), { code: 'invalid_option', message: 'option "view": expected true or false, found a number' });
    throwsFlowLogError(() => call({ index: 'a' }), { code: 'invalid_option', message: `unknown option "index": ${method} knows "view" only` });
    assert.throws(() => call(true), { name: 'TypeError', message: 'argument "options": expected an object, found a boolean' });
  }
  assert.equal(parser.end().length, 0);
});
