// Documents written into a buffer of the caller's.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { throwsFlowLogError } from './assertions.js';
import { linesOf, OPEN_LINES, PLAIN } from './logs.js';
import { decoder, imported, stopClock } from './package.js';
import { Dice } from './random.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

// Records without a time get that of parsing.
stopClock();

const { Parser, compileFormat } = imported;

const NOW = '2024-02-29T00:00:00.000Z';
const bulk = { index: 'flows', id: 'fingerprint' };

const lines = [
  `\ufeff${HEADER}`,
  GOOD,
  '',
  `${OTHER}\r`,
  BAD,
  GOOD.replaceAll(' ', ' \t '),
  'zwölf Füße \u{1f600}',
  JSON.stringify({ message: GOOD }),
  `[${JSON.stringify({ message: GOOD })},${JSON.stringify({ message: OTHER })}]`,
  HEADER,
  '\u{1f600}',
  OTHER,
];
/** Inputs by name, each with a format, if one is given. */
const inputs = {
  empty: [''],
  'one line feed': ['\n'],
  'all kinds of lines': [lines.join('\n'), 'default'],
  'a last line feed': [`${lines.join('\n')}\n`, 'default'],
  'a header, then other names': [`dstaddr srcaddr\n192.0.2.1 192.0.2.2\nsrcaddr dstaddr\n192.0.2.1 192.0.2.2\n`],
  'values beyond ASCII': [`ä 192.0.2.1\n\u{1f600}\u{1f600} 192.0.2.2\n\ud800 192.0.2.3\n`, '${host} ${srcaddr}'],
  'an inferred format': [linesOf(PLAIN, 300).join('\n')],
  'an inferred format, a bad line': [linesOf(PLAIN, 300).with(250, 'bad').join('\n')],
  'an inferred format, more lines than are held back': [linesOf(PLAIN, 2_500).join('\n')],
  'several pieces': [`${GOOD}\n${OTHER}\n${BAD}\n`.repeat(2_000), 'default'],
};

const encoder = new TextEncoder();

/**
 * Reads an input with targets of random sizes, or larger ones where a document needs that. Returns all bytes, and the
 * numbers of calls and of targets that were too small.
 */
function readWith(parser, input, dice, longest, method = 'toNdjsonInto') {
  const parts = [];
  let tooSmall = 0;
  for (let at = 0, least = 0, isFirst = true; isFirst || at < input.length; isFirst = false) {
    // The part of the target that is not written keeps its bytes.
    const target = new Uint8Array(Math.max(least, dice.below(longest + 1))).fill(1);
    const rest = typeof input === 'string' ? input.slice(at) : input.subarray(at);
    least = 0;
    try {
      const { read, written, ...others } = parser[method](rest, target);
      assert.deepStrictEqual(others, {});
      assert.ok(target.subarray(written).every((byte) => byte === 1));
      assert.ok(read > 0 || written > 0 || rest.length === 0, 'each call goes on');
      parts.push(target.slice(0, written));
      at += read;
    } catch (error) {
      if (error.code !== 'target_too_small') throw Object.assign(error, { output: Buffer.concat([...parts, error.output]) });
      tooSmall += 1;
      least = Number(error.expected);
      assert.ok(least > target.length);
      isFirst = true;
    }
  }
  return { bytes: Buffer.concat(parts), calls: parts.length, tooSmall };
}

for (const [name, [text, format]] of Object.entries(inputs)) {
  describe(`the bytes are those of toNdjson and toBulk, whatever the targets: ${name}`, () => {
    for (const onError of ['skip', 'document', 'throw']) {
      for (const into of ['toNdjsonInto', 'toBulkInto']) {
        test(`${into}, onError ${onError}`, () => {
          const run = (work) => {
            const errors = [];
            const report = (error) => errors.push({ ...error, message: error.message });
            const parser = new Parser({ format, onError, ingested: NOW, report, bulk });
            let thrown;
            let output;
            try {
              output = Buffer.from(work(parser));
            } catch (error) {
              if (!error.output) throw error;
              thrown = { ...error, message: error.message };
              output = Buffer.from(error.output);
            }
            return { output, errors, thrown, stats: parser.stats, inferred: parser.inferred };
          };
          const bytes = encoder.encode(text);
          const expected = run((parser) => parser[into.replace('Into', '')](bytes));
          const isLong = bytes.length > 50_000;
          let calls = 0;
          for (let seed = 1; seed <= (isLong ? 4 : 40); seed++) {
            const dice = new Dice(seed);
            const longest = isLong ? dice.of([5_000, 100_000, 3_000_000]) : dice.of([10, 900, 3_000, 50_000]);
            const found = run((parser) => {
              const read = readWith(parser, seed % 2 ? bytes : text, dice, longest, into);
              calls += read.calls;
              return read.bytes;
            });
            assert.ok(found.output.equals(expected.output), `seed ${seed}: other bytes`);
            assert.deepStrictEqual(found, expected, `seed ${seed}`);
          }
          assert.ok(calls > 0 || expected.thrown);
        });
      }
    }
  });
}

test('a target of exactly the length of the documents takes them all', () => {
  const parser = new Parser({ format: 'default' });
  for (const input of [`${GOOD}\n${OTHER}\n`, `${GOOD}\n${OTHER}`]) {
    const expected = parser.toNdjson(input);
    const target = new Uint8Array(expected.length);
    assert.deepStrictEqual(parser.toNdjsonInto(input, target), { read: input.length, written: target.length });
    assert.ok(Buffer.from(target).equals(expected));
    // One byte less, and the second line counts as not read.
    const shorter = target.subarray(1);
    const first = GOOD.length + 1;
    assert.deepStrictEqual(parser.toNdjsonInto(input, shorter), { read: first, written: parser.toNdjson(GOOD).length });
  }
});

test('strings are read in UTF-16 code units, as encodeInto reads them', () => {
  const parser = new Parser({ format: '${host} ${srcaddr}' });
  const first = '\u{1f600}ä 192.0.2.1\n';
  const input = `${first}ä 192.0.2.2\n`;
  const target = new Uint8Array(parser.toNdjson(first).length + 5);
  const { read, written } = parser.toNdjsonInto(input, target);
  assert.deepStrictEqual([read, written], [first.length, target.length - 5]);
  const rest = parser.toNdjsonInto(input.slice(read), target);
  assert.equal(rest.read, input.length - first.length);
  assert.ok(decoder.decode(target.subarray(0, rest.written)).includes('192.0.2.2'));
  // Pieces are cut between characters, wherever those are.
  const long = `${'x'.repeat(4_095)}\u{1f600}${'\u{1f600}'.repeat(5_000)} 192.0.2.1\n`;
  const large = new Uint8Array(1e5);
  const done = parser.toNdjsonInto(long, large);
  assert.equal(done.read, long.length);
  assert.ok(Buffer.from(large.subarray(0, done.written)).equals(parser.toNdjson(long)));
});

describe('a target that is too small for one document', () => {
  test('is an error, after which a larger one goes on', () => {
    const parser = new Parser({ format: 'default' });
    const expected = parser.toNdjson(`${GOOD}\n${OTHER}\n`);
    const needed = parser.toNdjson(GOOD).length;
    const input = `\n${GOOD}\n${OTHER}\n`;
    for (const length of [0, 1, needed - 1]) {
      // The blank line is read; then there is nothing that could be.
      assert.deepStrictEqual(parser.toNdjsonInto(input, new Uint8Array(length)), { read: 1, written: 0 });
      for (let time = 0; time < 3; time++) {
        throwsFlowLogError(() => parser.toNdjsonInto(input.slice(1), new Uint8Array(length)), {
          code: 'target_too_small',
          message: `argument "target": expected at least ${needed} bytes for the next document, found ${length}`,
          expected: String(needed),
          found: String(length),
        });
      }
      const target = new Uint8Array(expected.length);
      assert.deepStrictEqual(parser.toNdjsonInto(input.slice(1), target), { read: input.length - 1, written: target.length });
      assert.ok(Buffer.from(target).equals(expected));
    }
  });

  test('is one for an action with its document, too', () => {
    const parser = new Parser({ format: 'default', bulk });
    const body = parser.toBulk(GOOD);
    throwsFlowLogError(() => parser.toBulkInto(GOOD, new Uint8Array(body.length - 1)), { code: 'target_too_small', expected: String(body.length) });
    const target = new Uint8Array(body.length);
    assert.deepStrictEqual(parser.toBulkInto(GOOD, target), { read: GOOD.length, written: body.length });
    assert.ok(Buffer.from(target).equals(body));
  });
});

describe('the input after an unfinished one', () => {
  const input = `${GOOD}\n${OTHER}\n`;
  const begin = (parser) => {
    const target = new Uint8Array(parser.toNdjson(GOOD).length + 100);
    assert.equal(parser.toNdjsonInto(input, target).read, GOOD.length + 1);
    return target;
  };
  const refused = { code: 'not_the_rest', message: 'argument "input": expected the rest of the last input, from "read" on; reset begins a new one' };

  test('must be its rest', () => {
    const parser = new Parser({ format: 'default', bulk });
    const target = begin(parser);
    for (const wrong of [input, GOOD, '', OTHER.slice(1), OTHER, Buffer.from(input)]) {
      throwsFlowLogError(() => parser.toNdjsonInto(wrong, target), refused);
    }
    throwsFlowLogError(() => parser.toBulkInto(`${OTHER}\n`, target), refused);
    // The right one goes on all the same, as text or bytes.
    assert.equal(parser.toNdjsonInto(Buffer.from(`${OTHER}\n`), target).read, OTHER.length + 1);
    assert.ok(Buffer.from(target).includes('"REJECT"'));
  });

  test('must not be longer than it where the input has ended', () => {
    const parser = new Parser({ format: 'default' });
    const target = new Uint8Array(parser.toNdjson(GOOD).length + 100);
    const whole = `${GOOD}\n${OTHER}`;
    const { read } = parser.toNdjsonInto(whole, target);
    throwsFlowLogError(() => parser.toNdjsonInto(`${whole.slice(read)}\n${GOOD}`, target), refused);
    assert.equal(parser.toNdjsonInto(whole.slice(read), target).read, OTHER.length);
  });

  test('is a new one after reset and every other method that reads', () => {
    const calls = {
      reset: (parser) => parser.reset(),
      parse: (parser) => parser.parse(GOOD),
      parseMany: (parser) => assert.equal(parser.parseMany(GOOD).length, 1),
      toNdjson: (parser) => assert.equal(decoder.decode(parser.toNdjson(GOOD)).split('\n').length, 2),
      push: (parser) => assert.ok(parser.push(`${GOOD}\n`).length > 0),
      end: (parser) => assert.equal(parser.end().length, 0),
    };
    for (const [name, call] of Object.entries(calls)) {
      const parser = new Parser({ format: 'default' });
      const target = begin(parser);
      call(parser);
      // A new input starts at line 1.
      throwsFlowLogError(() => parser.toNdjsonInto(BAD, target), { lineNumber: 1 }, name);
      assert.equal(parser.toNdjsonInto(GOOD, target).read, GOOD.length, name);
    }
  });

  test('is a new one after an error', () => {
    const parser = new Parser({ format: 'default' });
    const target = new Uint8Array(5_000);
    let thrown;
    assert.throws(() => parser.toNdjsonInto(`${GOOD}\n${BAD}\n`, target), (error) => {
      thrown = error;
      return error.code === 'out_of_range' && error.lineNumber === 2;
    });
    assert.equal(thrown.output.buffer, target.buffer);
    assert.ok(Buffer.from(thrown.output).equals(parser.toNdjson(GOOD)));
    assert.equal(parser.toNdjsonInto(`${OTHER}\n`, target).read, OTHER.length + 1);
    // An open format is an error of the whole input, whatever the policy.
    const open = new Parser({ onError: 'skip' });
    assert.throws(() => open.toNdjsonInto(OPEN_LINES.join('\n'), target), { code: 'unresolved_format' });
  });

  test('is a new one after an exception of "report"', () => {
    const parser = new Parser({
      format: 'default',
      onError: 'skip',
      report: () => {
        throw new Error('mine');
      },
    });
    const target = new Uint8Array(900);
    assert.throws(() => parser.toNdjsonInto(`${BAD}\n${GOOD}\n${OTHER}\n`, target), { message: 'mine' });
    assert.equal(parser.toNdjsonInto(GOOD, target).read, GOOD.length);
  });
});

test('arguments', () => {
  const parser = new Parser({ format: compileFormat('default') });
  const target = new Uint8Array(10);
  for (const method of ['toNdjsonInto', 'toBulkInto']) {
    assert.throws(() => parser[method](1, target, bulk), { name: 'TypeError', message: 'argument "input": expected a string or a Uint8Array, found a number' });
    for (const [wrong, described] of [[undefined, 'undefined'], [10, 'a number'], [[], 'an array']]) {
      assert.throws(() => parser[method](GOOD, wrong, bulk), { name: 'TypeError', message: `argument "target": expected a Uint8Array, found ${described}` });
    }
  }
  throwsFlowLogError(() => parser.toBulkInto(GOOD, target), {
    code: 'invalid_option',
    message: 'argument "bulk": expected an object with "index" or "dataStream", found nothing',
  });
  parser.free();
  throwsFlowLogError(() => parser.toNdjsonInto(GOOD, target), { code: 'parser_freed' });
});

test('more output than is copied at once has the same bytes', () => {
  const parser = new Parser({ format: 'default', onError: 'skip' });
  // Short documents first, then long ones: more than their start promises.
  const log = `${BAD}\n${GOOD}\n`.repeat(6_000) + `${GOOD}\n`.repeat(30_000);
  const { buffer, length } = parser.toNdjson(log);
  assert.ok(length > 20e6);
  const view = Buffer.from(parser.toNdjson(log, { view: true }));
  assert.ok(Buffer.from(parser.toNdjson(log)).equals(view));
  assert.notEqual(buffer, parser.toNdjson(GOOD, { view: true }).buffer);
  const pushed = Buffer.concat([parser.push(log), parser.end()]);
  assert.ok(pushed.equals(view));
  const { bytes } = readWith(parser, Buffer.from(log), new Dice(1), 3e6);
  assert.ok(bytes.equals(view));
  // Nothing else is in the buffer of a result that was copied at once.
  const small = parser.toNdjson(`${GOOD}\n`.repeat(9_000));
  assert.equal(small.buffer.byteLength, small.length);
  assert.throws(() => new Parser({ format: 'default' }).toNdjson(`${`${GOOD}\n`.repeat(20_000)}${BAD}`), (error) => {
    return Buffer.from(error.output).equals(parser.toNdjson(`${GOOD}\n`.repeat(20_000)));
  });
});
