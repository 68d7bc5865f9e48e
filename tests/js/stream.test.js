// Parser: inputs in pieces.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decoder, documentsOf, imported } from './package.js';
import { random } from './random.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

const { Parser } = imported;

const format = 'default';

describe('push and end', () => {
  const lines = [
    '\ufeff' + HEADER,
    GOOD,
    '',
    `${OTHER}\r`,
    BAD,
    GOOD.replaceAll(' ', ' \t '),
    'zwölf Füße',
    JSON.stringify({ message: GOOD }),
    HEADER,
    '\u{1f600}',
    OTHER,
  ];
  const inputs = {
    'without a last line feed': lines.join('\n'),
    'with a last line feed': `${lines.join('\n')}\n`,
    'with carriage returns': `${lines.join('\r\n')}\r\n`,
    empty: '',
    'one line feed': '\n',
  };

  const run = (work) => {
    const errors = [];
    const report = (error) => errors.push({ ...error, message: error.message });
    // Events of bad lines say when they were made.
    const parser = new Parser({ onError: 'document', ingested: '2024-02-29T00:00:00.000Z', report });
    return { ndjson: decoder.decode(work(parser)), errors, stats: parser.stats };
  };

  for (const [name, input] of Object.entries(inputs)) {
    test(`cut anywhere are equal to toNdjson: ${name}`, () => {
      const bytes = new TextEncoder().encode(input);
      const expected = run((parser) => parser.toNdjson(bytes));
      for (let seed = 1; seed <= 60; seed++) {
        const numbers = random(seed);
        const longest = 1 + Math.floor(numbers.next().value * 200);
        const found = run((parser) => {
          const pieces = [];
          for (let start = 0; start < bytes.length; ) {
            const end = start + Math.floor(numbers.next().value * longest);
            pieces.push(parser.push(bytes.subarray(start, end)));
            start = end;
          }
          pieces.push(parser.end());
          return Buffer.concat(pieces);
        });
        assert.deepStrictEqual(found, expected, `seed ${seed}`);
      }
    });
  }

  test('end starts a new input', () => {
    const parser = new Parser({ format: undefined });
    parser.push('dstaddr srcaddr\n192.0.2.1 192.0.2.2');
    assert.equal(documentsOf(parser.end())[0].destination.ip, '192.0.2.1');
    // Neither the header nor the line number is left.
    assert.equal(parser.push('192.0.2.1 192.0.2.2\n').length, 0);
    assert.throws(() => parser.end(), { code: 'unknown_layout', lineNumber: 1 });
  });

  test('reset forgets the unfinished line, the header and the line number, but not the stats', () => {
    const parser = new Parser();
    parser.push(`dstaddr srcaddr\n192.0.2.1 192.0.2.2\n192.0.2.3 19`);
    parser.reset();
    assert.equal(parser.end().length, 0);
    parser.push('192.0.2.1 192.0.2.2\n');
    assert.throws(() => parser.end(), { code: 'unknown_layout', lineNumber: 1 });
    assert.deepStrictEqual(parser.stats, { lines: 3, records: 1, omitted: 0, headers: 1, blanks: 0, errors: 1, nodata: 0, skipdata: 0, withoutTime: 1 });
  });

  test('an error leaves the documents of the lines before, and the parser usable', () => {
    const parser = new Parser({ format });
    assert.throws(() => parser.push(`${GOOD}\n${BAD}\n`), (error) => documentsOf(error.output).length === 1);
    parser.reset();
    assert.equal(documentsOf(parser.toNdjson(OTHER)).length, 1);
  });

  test('reset discards lines that were held back to infer their format', () => {
    const parser = new Parser();
    parser.push('192.0.2.1 192.0.2.2\n');
    parser.reset();
    assert.equal(documentsOf(parser.push(`${GOOD}\n`)).length, 1);
  });

  test('after an error, push throws until end or reset begins a new input', () => {
    const parser = new Parser({ format });
    for (const begin of ['end', 'reset']) {
      assert.throws(() => parser.push(`${GOOD}\n${BAD}\n${GOOD}\n`), { code: 'out_of_range', lineNumber: 2 });
      for (let i = 0; i < 2; i++) {
        assert.throws(() => parser.push(`${GOOD}\n`), { name: 'FlowLogError', code: 'stopped', message: /ended with an error/ });
      }
      // Lines after the bad one are not read at the end, either.
      assert.equal(parser[begin]()?.length ?? 0, 0);
      assert.equal(documentsOf(parser.push(`${GOOD}\n`)).length, 1);
      parser.reset();
    }
    assert.deepStrictEqual(parser.stats, { lines: 6, records: 4, omitted: 0, headers: 0, blanks: 0, errors: 2, nodata: 0, skipdata: 0, withoutTime: 0 });
  });

  test('toNdjson and parse are not stopped by an error before', () => {
    const parser = new Parser({ format });
    assert.throws(() => parser.push(`${BAD}\n`), { code: 'out_of_range' });
    assert.equal(parser.parse(GOOD).source.port, 20641);
    assert.equal(documentsOf(parser.toNdjson(GOOD)).length, 1);
    assert.throws(() => parser.toNdjson(BAD), { code: 'out_of_range' });
    assert.equal(documentsOf(parser.toNdjson(GOOD)).length, 1);
  });

  test('the output is a copy that later calls leave alone', () => {
    const parser = new Parser({ format });
    const first = parser.push(`${GOOD}\n`);
    const text = decoder.decode(first);
    for (let i = 0; i < 1000; i++) parser.push(`${OTHER}\n`.repeat(50));
    assert.equal(decoder.decode(first), text);
  });

  test('take text or bytes only', () => {
    const parser = new Parser({ format });
    assert.throws(() => parser.push(null), { name: 'TypeError', message: /argument "chunk".*found null/ });
    assert.throws(() => parser.push(new ArrayBuffer(4)), { name: 'TypeError', message: /found an ArrayBuffer/ });
    assert.throws(() => parser.toNdjson([GOOD]), { name: 'TypeError', message: /argument "input".*found an array/ });
    assert.throws(() => parser.parse({}), { name: 'TypeError', message: /argument "line".*found an object/ });
  });
});

test('long inputs, which go through in pieces, are as good as short ones', () => {
  // Three megabytes, of lines of different length.
  const lines = Array.from({ length: 26_000 }, (_, i) => GOOD.replace(' 20641 ', ` ${i} `));
  const parser = new Parser({ format });
  for (const method of ['toNdjson', 'push']) {
    const documents = documentsOf(parser[method](`${lines.join('\n')}\n`));
    assert.deepStrictEqual(documents.map((document) => document.source.port), lines.map((_, i) => i), method);
    parser.reset();
    assert.throws(() => parser[method](`${lines.join('\n')}\n${BAD}\n`), (error) => {
      assert.equal(error.lineNumber, lines.length + 1);
      assert.equal(documentsOf(error.output).length, lines.length);
      return true;
    });
    parser.reset();
  }
  assert.equal(parser.stats.lines, 4 * lines.length + 2);
});

test('lines longer than maxLineBytes are errors, in one piece or in many', () => {
  const long = `${GOOD}${' '.repeat(1000)}`;
  for (const size of [100_000, 64]) {
    const codes = [];
    const parser = new Parser({ format, onError: 'skip', maxLineBytes: 500, report: (error) => codes.push(error.code) });
    const bytes = Buffer.from(`${GOOD}\n${long}\n${OTHER}\n`);
    const pieces = [];
    for (let start = 0; start < bytes.length; start += size) pieces.push(parser.push(bytes.subarray(start, start + size)));
    pieces.push(parser.end());
    assert.equal(documentsOf(Buffer.concat(pieces)).length, 2, `pieces of ${size}`);
    assert.deepStrictEqual(codes, ['line_too_long']);
  }
});

test('short lines of long documents do not exhaust the memory of the module', () => {
  const count = 200_000;
  const parser = new Parser({ onError: 'document', fields: { a: 'y'.repeat(2000) } });
  const ndjson = parser.toNdjson('x\n'.repeat(count));
  let lines = 0;
  for (let end = ndjson.indexOf(10); end >= 0; end = ndjson.indexOf(10, end + 1)) lines += 1;
  assert.equal(lines, count);
  assert.ok(ndjson.length > count * 2000);
  const [last] = documentsOf(ndjson.subarray(ndjson.lastIndexOf(10, ndjson.length - 2) + 1));
  assert.match([last.error.message].flat().join(), new RegExp(`^line ${count}: `));
  assert.equal(documentsOf(parser.toNdjson(GOOD))[0].source.port, 20641);
  assert.deepStrictEqual(parser.stats, { lines: count + 1, records: 1, omitted: 0, headers: 0, blanks: 0, errors: count, nodata: 0, skipdata: 0, withoutTime: 0 });
});

test('an error has the whole line, and of one that is too long the start', () => {
  const long = `${BAD} ${'x'.repeat(200_000)}`;
  assert.throws(() => new Parser({ format }).toNdjson(long), (error) => error.input === long);
  const parser = new Parser({ format, maxLineBytes: 100_000 });
  assert.throws(() => parser.toNdjson(long), (error) => error.code === 'line_too_long' && error.input === long.slice(0, 65_536));
});

test('bytes that are not UTF-8 are errors', () => {
  const bytes = Buffer.from(GOOD.replace('ACCEPT', 'ACCEP\u00e9'), 'latin1');
  assert.throws(() => new Parser({ format }).parse(bytes), { code: 'invalid_utf8' });
  assert.throws(() => new Parser({ format }).toNdjson(bytes), { code: 'invalid_utf8' });
});

test('of UTF-16 it is said what to do', () => {
  const little = Buffer.from(`\ufeff${GOOD}\n`, 'utf16le');
  for (const bytes of [little, Buffer.from(little).swap16()]) {
    assert.throws(() => new Parser({ format }).toNdjson(bytes), (error) =>
      error.code === 'invalid_utf8' && error.message.endsWith('; this looks like UTF-16; convert it to UTF-8 first'));
  }
});
