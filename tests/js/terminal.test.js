// The command on a terminal, and the text functions that it uses.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { runInTerminal, temporaryFolder } from './command.js';
import { imported, importFrom } from './package.js';
import { BAD, GOOD } from './samples.js';

const { excerpt } = await importFrom('js/cli/excerpt.js');
const { nearest } = await importFrom('js/cli/nearest.js');
const { prettyJson } = await importFrom('js/text/pretty.js');
const { byteSize, grouped, safeJson, safeText } = await importFrom('js/text/text.js');

const folder = temporaryFolder();

describe('a terminal', () => {
  test('without a file: the usage, exit 2', async () => {
    const { status, stdout, stderr } = await runInTerminal([], { terminals: ['stdin'] });
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^usage: vpcflow-ecs \[OPTION\.\.\.\] \[FILE\.\.\.\|-\]\n/);
  });

  test('gets colours, unless it asks for none', async () => {
    const args = ['--pretty', '-f', 'default', '--on-error', 'skip'];
    const input = `${GOOD}\n${BAD}\n`;
    const colored = await runInTerminal(args, { input });
    assert.ok(colored.stdout.includes('\x1b[34m"source"\x1b[0m: {'));
    assert.match(colored.stderr, /\x1b\[1;31m\^+\x1b\[0m/);
    const plain = await runInTerminal(args, { input, env: { NO_COLOR: '1' } });
    assert.equal(plain.stdout, stripVTControlCharacters(colored.stdout));
    for (const options of [{ env: { NO_COLOR: '1' } }, { env: { TERM: 'dumb' } }, { terminals: [] }]) {
      const { stdout, stderr } = await runInTerminal(args, { input, ...options });
      assert.ok(!stdout.includes('\x1b') && !stderr.includes('\x1b'));
    }
  });

  test('gets no control character of a log, and JSON of the same value', async () => {
    const input = `${GOOD.replace('eni-1235b8ca123456789', 'eni-\x7f\x9b31m\u202e')}\n`;
    const args = ['-f', 'default', '--preserve-original'];
    const { stdout } = await runInTerminal(args, { input });
    assert.doesNotMatch(stdout, /[^\P{C}\n]/u);
    assert.deepStrictEqual(JSON.parse(stdout), imported.parse(input, 'default', { preserveOriginal: true }));
  });

  test('shows progress when the work is long', async (context) => {
    let now = 0;
    context.mock.method(performance, 'now', () => (now += 400));
    const input = Array(20).fill(`${GOOD}\n`.repeat(1000));
    const args = ['-f', 'default'];
    const { stderr } = await runInTerminal(args, { input, terminals: ['stderr'] });
    assert.match(stderr, /\r\x1b\[2K2\.3 MB {2}20,000 events {2}[\d,]+\/s\r\x1b\[2K1 file, /);
    const file = folder.write('flow.log', input.join('').repeat(3));
    const known = await runInTerminal([...args, file], { terminals: ['stderr'] });
    assert.match(known.stderr, /\r\x1b\[2K\[={16}\] 100% {2}6\.9 MB of 6\.9 MB {2}60,000 events {2}[^\r]*\r\x1b\[2K1 file, /);
    assert.match(known.stderr, /\r\x1b\[2K\[=+ +\] +\d+% {2}[\d.]+ MB of 6\.9 MB {2}[\d,]+ events {2}[\d,]+\/s {2}ETA \d:\d\d/);
    for (const text of known.stderr.split('\r\x1b[2K')) assert.ok(text.length < 80 || text.startsWith('1 file'), text);
    const several = await runInTerminal([...args, file, file, file], { terminals: ['stderr'] });
    const numbers = [...several.stderr.matchAll(/\[[= ]{16}\] +\d+% {2}file (\d) of 3 {2}[\d.]+ MB of 20\.7 MB {2}/g)].map(([, number]) => number);
    assert.deepStrictEqual([...new Set(numbers)], ['1', '2', '3']);
    assert.deepStrictEqual(numbers, [...numbers].sort());
    for (const terminals of [[], ['stdout', 'stderr']]) {
      const quiet = await runInTerminal(args, { input, terminals });
      assert.ok(!quiet.stderr.includes('\r'));
    }
  });
});

describe('excerpt', () => {
  test('puts carets under the token', () => {
    assert.deepStrictEqual(excerpt('a bad line', 3, 'bad', 80), { text: 'a bad line', carets: '  ^^^' });
    assert.deepStrictEqual(excerpt('a bad line', 3, 'decoded', 80), { text: 'a bad line', carets: '  ^^^' });
    assert.deepStrictEqual(excerpt('a bad line', 11, undefined, 80), { text: 'a bad line', carets: `${' '.repeat(10)}^` });
    assert.deepStrictEqual(excerpt('a bad line', 99, undefined, 80), { text: 'a bad line', carets: `${' '.repeat(10)}^` });
    assert.deepStrictEqual(excerpt('a bad line', undefined, undefined, 80), { text: 'a bad line', carets: '' });
    assert.deepStrictEqual(excerpt('', 1, '', 80), { text: '', carets: '^' });
  });

  test('counts characters, and escapes those that move the caret', () => {
    assert.deepStrictEqual(excerpt('\u{1f600} é\tbad', 5, 'bad', 80), { text: '\\u{1f600} é bad', carets: `${' '.repeat(12)}^^^` });
    assert.deepStrictEqual(excerpt('\x1b[31m', 1, '\x1b[31m', 80), { text: '\\u{1b}[31m', carets: '^'.repeat(10) });
  });

  test('never exceeds the width, and always has the start of the token', () => {
    const words = Array.from({ length: 4000 }, (_, i) => `w${i}`);
    const line = words.join(' ');
    for (const width of [20, 76, 156]) {
      for (const index of [0, 1, 9, 1234, 3990, 3999]) {
        const column = line.indexOf(words[index]) + 1;
        const { text, carets } = excerpt(line, column, words[index], width);
        assert.ok(text.length <= width, `${text.length} > ${width}`);
        assert.equal(text.slice(carets.indexOf('^'), carets.length), words[index]);
      }
      const long = 'x'.repeat(60_000);
      const { text, carets } = excerpt(`a ${long} b`, 3, long, width);
      assert.ok(text.length <= width && carets.length <= width);
      assert.match(text.slice(carets.indexOf('^'), carets.length), /^x+…$/);
    }
  });
});

describe('prettyJson', () => {
  const values = [
    {},
    [],
    { a: {}, b: [], c: [[], {}], d: [1, -2.5e-7, true, false, null, ''] },
    { 'a "quoted" {key}': 'a \\ "string" with [brackets], {braces}: and\nmore\\' },
    'text',
    5,
  ];
  test('is what JSON.stringify writes', () => {
    for (const value of values) {
      assert.equal(prettyJson(JSON.stringify(value)), `${JSON.stringify(value, null, 2)}\n`);
    }
    const ndjson = values.map((value) => `${JSON.stringify(value)}\n`).join('');
    assert.equal(prettyJson(ndjson), values.map((value) => `${JSON.stringify(value, null, 2)}\n`).join(''));
    assert.equal(prettyJson(''), '');
  });

  test('is the same with colours, but for the colours', () => {
    const json = JSON.stringify(values);
    assert.equal(stripVTControlCharacters(prettyJson(json, { color: true })), prettyJson(json));
  });

  test('keeps digits, and takes long strings', () => {
    assert.equal(prettyJson('{"a":18446744073709551615,"b":1.0}'), '{\n  "a": 18446744073709551615,\n  "b": 1.0\n}\n');
    const long = JSON.stringify({ a: '\\"x'.repeat(300_000) });
    assert.equal(prettyJson(long), `${JSON.stringify(JSON.parse(long), null, 2)}\n`);
  });
});

test('safeText and safeJson escape what steers a terminal', () => {
  assert.equal(safeText('a\x1b[0m\n\x9b\u202e\u2028é\u{1f600}'), 'a\\u{1b}[0m\\u{a}\\u{9b}\\u{202e}\\u{2028}é\u{1f600}');
  const json = `${JSON.stringify('\x1b\x7f\x9b\u202e\u{e0001}é\u{1f600}')}\n`;
  assert.equal(JSON.parse(safeJson(json)), JSON.parse(json));
  assert.doesNotMatch(safeJson(json), /[^\P{C}\n]/u);
});

test('nearest finds what was meant, and nothing far off', () => {
  const known = ['format', 'schema', 'mode', 'preserve-original', 'on-error'];
  const meant = { fromat: 'format', formta: 'format', shema: 'schema', preserve: 'preserve-original', modes: 'mode', onerror: 'on-error' };
  for (const [word, expected] of Object.entries(meant)) assert.equal(nearest(word, known), expected, word);
  for (const word of ['', 'x', 'output', 'constructor']) assert.equal(nearest(word, known), undefined, word);
});

test('numbers for people', () => {
  assert.deepStrictEqual([0, 999, 1000, 1234567].map(grouped), ['0', '999', '1,000', '1,234,567']);
  assert.deepStrictEqual([0, 999, 1000, 123456, 1.5e9].map(byteSize), ['0 B', '999 B', '1.0 kB', '123 kB', '1.5 GB']);
});
