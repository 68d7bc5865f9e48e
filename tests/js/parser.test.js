// Parser: what bad lines do, callbacks, life cycle.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decoder, documentsOf, imported } from './package.js';
import { BAD, GOOD, OTHER } from './samples.js';

const { FlowLogError, Parser } = imported;

const format = 'default';

describe('onError', () => {
  const input = [GOOD, BAD, OTHER, 'what is this?', GOOD].join('\n');

  test('throw: the documents before the bad line are on the error', () => {
    const parser = new Parser({ format });
    assert.throws(() => parser.toNdjson(input), (error) => {
      assert.ok(error instanceof FlowLogError);
      assert.equal(error.lineNumber, 2);
      assert.equal(decoder.decode(error.output), decoder.decode(new Parser({ format }).toNdjson(GOOD)));
      return true;
    });
    assert.deepStrictEqual(parser.stats, { lines: 2, records: 1, omitted: 0, headers: 0, blanks: 0, errors: 1, nodata: 0, skipdata: 0, withoutTime: 0 });
  });

  test('skip: the bad lines are reported and counted', () => {
    const reported = [];
    const parser = new Parser({ format, onError: 'skip', report: (error) => reported.push(error) });
    const good = decoder.decode(new Parser({ format }).toNdjson([GOOD, OTHER, GOOD].join('\n')));
    assert.equal(decoder.decode(parser.toNdjson(input)), good);
    assert.ok(reported.every((error) => error instanceof FlowLogError));
    assert.deepStrictEqual(reported.map((error) => [error.lineNumber, error.code, error.input]), [
      [2, 'out_of_range', BAD],
      [4, 'field_count', 'what is this?'],
    ]);
    assert.deepStrictEqual(parser.stats, { lines: 5, records: 3, omitted: 0, headers: 0, blanks: 0, errors: 2, nodata: 0, skipdata: 0, withoutTime: 0 });
  });

  test('skip works without a callback', () => {
    assert.equal(documentsOf(new Parser({ format, onError: 'skip' }).toNdjson(input)).length, 3);
  });

  test('document: a bad line becomes an event that says what is wrong', () => {
    const reported = [];
    const parser = new Parser({ format, onError: 'document', report: (error) => reported.push(error) });
    const documents = documentsOf(parser.toNdjson(input));
    assert.equal(documents.length, 5);
    const { event, error } = documents[1];
    assert.equal(event.kind, 'pipeline_error');
    assert.equal(event.original, BAD);
    assert.equal([error.message].flat().join(), reported[0].message);
    assert.equal(documents[1].source, undefined);
    assert.equal(reported.length, 2);
  });

  test('parse throws whatever the policy', () => {
    for (const onError of ['throw', 'skip', 'document']) {
      assert.throws(() => new Parser({ format, onError }).parse(BAD), FlowLogError, onError);
    }
  });
});

describe('the report callback', () => {
  test('may throw: the call ends with that error', () => {
    const failure = new Error('no more');
    let calls = 0;
    const parser = new Parser({
      format,
      onError: 'skip',
      report() {
        calls += 1;
        throw failure;
      },
    });
    assert.throws(() => parser.push(`${BAD}\n${BAD}\n`), (error) => error === failure);
    assert.equal(calls, 1);
    assert.equal(documentsOf(parser.push(`${GOOD}\n`)).length, 1);
  });

  test('cannot use its parser', () => {
    const codes = [];
    const attempt = (call) => {
      try {
        call();
      } catch (error) {
        codes.push(error.code);
      }
    };
    const parser = new Parser({
      format,
      onError: 'skip',
      report() {
        attempt(() => parser.parse(GOOD));
        attempt(() => parser.stats);
        attempt(() => parser.free());
      },
    });
    parser.push(`${BAD}\n`);
    assert.deepStrictEqual(codes, ['parser_busy', 'parser_busy', 'parser_busy']);
    assert.equal(parser.stats.errors, 1);
  });
});

test('a freed parser says so', () => {
  const parser = new Parser({ format });
  parser.free();
  parser.free();
  const uses = [
    () => parser.parse(GOOD),
    () => parser.toNdjson(GOOD),
    () => parser.push(GOOD),
    () => parser.end(),
    () => parser.reset(),
    () => parser.stats,
  ];
  for (const use of uses) assert.throws(use, { name: 'FlowLogError', code: 'parser_freed', message: /has been freed/ });
});

test('Symbol.dispose frees', () => {
  const parser = new Parser({ format });
  parser[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
  assert.throws(() => parser.stats, { code: 'parser_freed' });
});

test('lines that are skipped count for errors, and the header before them holds', () => {
  const parser = new Parser();
  assert.equal(parser.push('srcaddr dstaddr bytes\n').length, 0);
  parser.skip(1_000, 25_000);
  assert.throws(() => parser.push('192.0.2.1 10.0.0.1 5\n192.0.2.1 10.0.0.1 x\n'), ({ lineNumber, offset, output }) => {
    assert.deepStrictEqual([lineNumber, offset], [1_003, 22 + 25_000 + 21 + 19]);
    const { source, destination, network } = JSON.parse(Buffer.from(output));
    assert.deepStrictEqual([source.ip, destination.ip, network.bytes], ['192.0.2.1', '10.0.0.1', 5]);
    return true;
  });
  assert.equal(parser.stats.lines, 3);
  for (const [args, message] of [
    [[-1, 0], 'argument "lines": expected an integer from 0, found -1'], [[1, 0.5], /^argument "bytes": .* found 0\.5$/], [['1', 1], /found a string$/],
  ]) assert.throws(() => parser.skip(...args), { name: 'TypeError', message });
});
