// Past mistakes: each test has the input that showed one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imported, stopClock } from './package.js';

stopClock();

const { Parser, parse } = imported;
const text = (bytes) => new TextDecoder().decode(bytes);
const FORMAT = '${srcaddr} ${foo}';

test('a view is whole although the parser has the option bulk', () => {
  const kept = [];
  for (let round = 0; round < 120; round += 1) {
    const parser = new Parser({ format: '${srcaddr}', bulk: { index: 'é'.repeat(120), id: 'fingerprint' } });
    kept.push(parser);
    const input = '10.0.0.1\n'.repeat(1 + ((round * 37) % 90));
    const length = parser.toNdjson(input).length;
    assert.equal(parser.toNdjson(input, { view: true }).length, length, `round ${round}`);
  }
});

test('a start with long documents does not ask for room for all the rest', () => {
  const parser = new Parser({ format: '${srcaddr}', fields: { x: 'a'.repeat(10_000) } });
  const output = parser.toNdjson(`${'-\n'.repeat(600)}${'\n'.repeat(2e6)}`);
  assert.equal(text(output).split('\n').length, 601);
  assert.equal(output.buffer.byteLength, output.length);
});

test('a word with a NUL after it is none', () => {
  for (const line of ['2 ACCEPT\0 10.0.0.1 x x x', '2 OK\0\0 10.0.0.1 x x x']) {
    const format = `version ${line.includes('OK') ? 'log-status' : 'action'} srcaddr a b c`;
    assert.throws(() => parse(line, format), { code: 'invalid_value' });
    assert.throws(() => new Parser({ format }).toNdjson(`${line}\n${line}\n`), { code: 'invalid_value' });
  }
});

test('objects keep a byte order mark within a line', () => {
  const input = '10.0.0.1 \ufeffa\n10.0.0.1 é\n';
  const parser = new Parser({ format: FORMAT });
  const expected = text(parser.toNdjson(input)).trim().split('\n').map((line) => JSON.parse(line));
  assert.deepStrictEqual(parser.parseMany(input), expected);
  assert.equal(parse('10.0.0.1 \ufeffa', FORMAT).aws.vpcflow.foo, '\ufeffa');
});

test('tokens that are empty, or begin in no ASCII, are errors', () => {
  const line = '2 123456789010 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 1 1418530010 1418530070  SKIPDATA';
  assert.throws(() => parse(line, undefined, { schema: 'elastic-integration' }), { code: 'unknown_layout' });
  assert.throws(() => parse('ʀ1234567 10.0.0.1', '${bytes} ${srcaddr}'), { code: 'invalid_value' });
});

test('places do not depend on the cuts, after a line that is too long', () => {
  const pieces = ['zz yy 1 ww\nqq rr 2 ss\n' + 'x'.repeat(50_000), '\nzz\n'];
  const offsets = (chunks) => {
    const found = [];
    const parser = new Parser({ maxLineBytes: 1024, onError: 'skip', report: ({ offset }) => found.push(offset) });
    for (const chunk of chunks) parser.push(chunk);
    parser.end();
    return found;
  };
  assert.deepStrictEqual(offsets(pieces), [0, 11, 22, 50_023]);
  assert.deepStrictEqual(offsets([pieces.join('')]), [0, 11, 22, 50_023]);
});

test('after a whole input that failed, the next is a new one', () => {
  const parser = new Parser({ format: '${srcaddr}' });
  assert.throws(() => parser.toNdjson('10.0.0.1\nx\n'), { lineNumber: 2 });
  assert.match(text(parser.push('10.0.0.1\n')), /^\{.*\}\n$/);
  assert.throws(() => parser.parseMany('10.0.0.1\nx\n'), { lineNumber: 2 });
  assert.throws(() => parser.parse('y'), { lineNumber: 1 });
});

test('a wrapper is JSON, and nothing else', () => {
  assert.throws(() => parse('{"message":"10.0.0.1"}\f', '${srcaddr}'), { code: 'invalid_wrapper' });
  assert.throws(() => parse('{"message":"10.0.0.1"}{"message":"10.0.0.2"}', '${srcaddr}'), { code: 'several_lines' });
});

test('a line of CSV or TSV alone is a record', () => {
  const expected = parse('2 123456789010 eni-1235b8ca123456789 203.0.113.53 10.0.1.20 54252 8088 6 1 40 1418530010 1418530070 ACCEPT OK');
  for (const delimiter of [',', ';', '\t', '|']) {
    const line = `2${delimiter}123456789010 eni-1235b8ca123456789 203.0.113.53 10.0.1.20 54252 8088 6 1 40 1418530010 1418530070 ACCEPT OK`;
    const cells = line.replaceAll(' ', delimiter);
    assert.deepStrictEqual(parse(cells), expected);
    assert.deepStrictEqual(parse(cells, { format: 'default' }), expected);
    assert.deepStrictEqual(parse(`"${cells.replaceAll(delimiter, `"${delimiter}"`)}"\r\n`), expected);
  }
});

test('the error of one line without a documented layout has the likely format', () => {
  const line = '5 123456789010 eni-1235b8ca123456789 203.0.113.53 10.0.1.20 54252 8088 6 1 40 1418530010 1418530070 ACCEPT OK '
    + 'vpc-0461a061 subnet-089e7569 i-06f9249b01a2b3c4d 2 IPv4 203.0.113.53 10.0.1.20 us-east-1 use1-az4';
  assert.throws(() => parse(line), ({ code, message }) => {
    assert.equal(code, 'unknown_layout');
    assert.match(message, /; by its values, the format may be \$\{version\} \$\{account-id\} .* \$\{region\} \$\{az-id\}$/);
    return true;
  });
});
