// Objects are what JSON.parse makes of NDJSON, whichever way they were made.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { check, interleave } from './objects.js';
import { linesOf } from './logs.js';
import { decoder, documentCases, documentsOf, entryOf, imported, packageRoot, repository, stopClock } from './package.js';
import { Dice } from './random.js';
import { BAD, GOOD, OTHER } from './samples.js';

stopClock();

const { Parser, presets } = imported;

const SEEDS = 200;

test('random logs, formats and options', () => {
  let documents = 0;
  for (let seed = 1; seed <= SEEDS; seed++) documents += check(seed);
  // Most are good: what is refused makes no documents to compare.
  assert.ok(documents > SEEDS * 10, `${documents} documents`);
});

test('the same step by step, where functions cannot be made', async () => {
  const program = join(repository, 'tests/js/objects.js');
  const args = ['--disallow-code-generation-from-strings', program, '1', String(SEEDS)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  assert.ok(Number(stdout) > SEEDS * 10, stdout);
});

test('the same without Buffer, as in a browser', async () => {
  const program = join(repository, 'tests/js/objects.js');
  const args = ['--import', 'data:text/javascript,delete globalThis.Buffer', program, '1', String(SEEDS)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  assert.ok(Number(stdout) > SEEDS * 10, stdout);
});

test('one parser for everything, one after the other', () => {
  let parsers = 0;
  for (let seed = 1; seed <= SEEDS; seed++) parsers += interleave(seed);
  assert.ok(parsers > SEEDS / 2, `${parsers} parsers`);
});

test('more strings than are kept, of all lengths', () => {
  const parser = new Parser({ format: 'instance-id srcport', mode: 'original' });
  // 6,000 lines: the strings are forgotten some times in between, by their number and by their bytes.
  for (let i = 0; i < 6_000; i++) {
    const text = `${i % 7 === 0 ? 'ü' : 'i'}-${i}${'x'.repeat(i % 41)}${i % 1_000 === 0 ? 'y'.repeat(40_000) : ''}`;
    const { instance_id: found, srcport } = parser.parse(`${text} ${i}`).aws.vpcflow;
    assert.deepStrictEqual([found, srcport], [text, i]);
  }
});

test('lines about as long as those that are written in place', () => {
  const parser = new Parser({ format: 'instance-id', mode: 'original' });
  for (const length of [16_383, 16_384, 16_385, 50_000]) {
    for (const character of ['a', 'é', '語', '\u{1f600}'.slice(0, 1)]) {
      const found = parser.parse(character.repeat(length)).aws.vpcflow.instance_id;
      // A surrogate without its other half is not a character.
      assert.equal(found, character.replace('\ud83d', '\ufffd').repeat(length));
    }
  }
});

test('parseMany gives every golden document', () => {
  for (const { file, name, options, lines, expected } of documentCases()) {
    const found = new Parser(options ?? {}).parseMany(lines.join('\n'));
    assert.deepStrictEqual(found, expected.filter((document) => document !== null), `${file}: ${name}`);
  }
});

test('more shapes than are kept', () => {
  // Each column is there or not: of 54 columns, hardly two lines have the same ones.
  const { fields } = presets().find(({ name }) => name === 'v11');
  const line = '11 123456789010 eni-0a1b2c3d4e5f60718 192.0.2.44 10.0.1.20 52714 443 6 18 4249 1767225600 1767225658 ACCEPT OK';
  const values = [...line.split(' '), ...Array(fields.length - 14).fill('-')];
  const numbers = new Set(imported.fields().filter(({ type }) => ['integer', 'long'].includes(type)).map(({ name }) => name));
  const texts = new Set(imported.fields().filter(({ type }) => type === 'string').map(({ name }) => name));
  const dice = new Dice(11);
  const lines = Array.from({ length: 5_000 }, () =>
    fields.map((name, index) => {
      if (dice.once(2) || name === 'log-status') return name === 'log-status' ? 'OK' : '-';
      if (values[index] !== '-') return values[index];
      if (name === 'flow-direction') return 'egress';
      if (name === 'type') return 'IPv4';
      if (numbers.has(name)) return '1';
      return texts.has(name) ? 'x' : '-';
    }).join(' '));
  assert.ok(new Set(lines.map((each) => each.replaceAll(/[^ -]+/g, 'x'))).size > 4_500);
  const parser = new Parser({ format: 'v11', onError: 'skip', mode: 'ecs_and_original' });
  const log = lines.join('\n');
  const expected = decoder.decode(parser.toNdjson(log)).split('\n').slice(0, -1).map((each) => JSON.parse(each));
  assert.ok(expected.length > 4_500, `${expected.length} documents`);
  // Twice: the second time, shapes are known, forgotten and reported again.
  for (let times = 0; times < 2; times++) {
    assert.deepStrictEqual(parser.parseMany(log), expected);
    assert.deepStrictEqual(lines.flatMap((each) => parser.parse(each) ?? []), expected);
  }
});

test('headers that name other fields again and again', () => {
  // More members than one layout has, and lines of the first headers after those of the last.
  const known = 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
  const part = (number) => {
    const names = Array.from({ length: 10 }, (_, index) => `other-${number}-${index}`);
    return [`${known} ${names.join(' ')}`, `${GOOD} ${names.join(' ')}`, `${GOOD} ${'x '.repeat(9)}${number}`];
  };
  const log = [...Array(200).keys(), ...Array(50).keys()].flatMap(part).join('\n');
  const parser = new Parser();
  const expected = documentsOf(parser.toNdjson(log));
  assert.equal(expected.length, 500);
  for (let times = 0; times < 2; times++) assert.deepStrictEqual(parser.parseMany(log), expected);
});

test('an error has the documents of the lines before', () => {
  const parser = new Parser({ format: 'default' });
  const expected = [GOOD, OTHER].map((line) => parser.parse(line));
  const many = Array(1_000).fill(expected).flat();
  for (const [log, documents] of [[`${GOOD}\n${OTHER}\n`, expected], [`${GOOD}\n${OTHER}\n`.repeat(1_000), many], ['', []]]) {
    assert.throws(() => parser.parseMany(`${log}${BAD}\n${GOOD}`), (error) => {
      assert.ok(error instanceof imported.FlowLogError);
      assert.deepStrictEqual([error.code, error.lineNumber, error.output], ['out_of_range', documents.length + 1, undefined]);
      assert.deepStrictEqual(error.documents, documents);
      // A printed error does not list them.
      assert.ok(!Object.keys(error).includes('documents'));
      return true;
    });
  }
});

test('parseMany is a whole input: nothing is left of the one before', () => {
  const parser = new Parser();
  assert.equal(parser.parseMany('dstaddr srcaddr\n192.0.2.1 192.0.2.2\n')[0].destination.ip, '192.0.2.1');
  assert.throws(() => parser.parseMany('192.0.2.1 192.0.2.2'), { code: 'unknown_layout', lineNumber: 1, documents: [] });
  parser.push(`${GOOD.slice(0, 20)}`);
  assert.deepStrictEqual(parser.parseMany(`${GOOD}\n`), [parser.parse(GOOD)]);
  assert.deepStrictEqual(parser.parseMany(''), []);
  assert.deepStrictEqual(parser.stats, { lines: 5, records: 3, omitted: 0, headers: 1, blanks: 0, errors: 1, nodata: 0, skipdata: 0, withoutTime: 1 });
});

test('documents are objects of their own', () => {
  const parser = new Parser({ format: 'default', fields: { labels: { a: ['b'] } } });
  const [one, two] = parser.parseMany(`${GOOD}\n${GOOD}\n`);
  one.labels.a.push('c');
  one.event.category.push('changed');
  one.source.ip = 'changed';
  assert.deepStrictEqual(two, parser.parse(GOOD));
  assert.deepStrictEqual(two.labels, { a: ['b'] });
});

test('objects are the same however often a shape occurs', () => {
  // Every way to make objects takes over from the one before it.
  const parser = new Parser({ format: 'v5' });
  const log = linesOf('v5', 20_000).join('\n');
  const expected = documentsOf(parser.toNdjson(log));
  assert.deepStrictEqual(parser.parseMany(log), expected);
  assert.deepStrictEqual(parser.parseMany(log), expected);
});

test('the order of keys is that of NDJSON, whichever members come first', () => {
  // Keys that all objects inherit, that are integers, and that UTF-16 and UTF-8 order differently.
  const fields = { '\u{1f600}': 1, '\uffee': 2, 7: 'seven', a: { toString: true, '\uffee': {}, '\u{1f600}': [{ ['__proto__']: 1 }] } };
  for (const options of [{ format: 'srcport constructor toString srcaddr next-field' }, { format: 'srcport constructor srcaddr', fields }]) {
    const parser = new Parser({ ...options, format: `${options.format} instance-id vpc-id region az-id sublocation-id` });
    // Each line has other members: those of the last lines are all new.
    const lines = Array.from({ length: 1_024 }, (_, bits) => {
      const values = ['7', 'c', '192.0.2.1', 'i-1', 'vpc-1', 'us-east-1', 'use1-az1', 's', 'x', 'y'];
      const { length } = `${options.format} 1 2 3 4 5`.split(' ');
      if (options.fields === undefined) values.splice(2, 0, 't');
      return values.slice(0, length).map((value, index) => (bits >> (9 - index) & 1 || bits === 0 && index === 0 ? value : '-')).join(' ');
    });
    const expected = decoder.decode(parser.toNdjson(lines.join('\n'))).split('\n').slice(0, -1);
    const found = parser.parseMany(lines.join('\n'));
    assert.deepStrictEqual(found.map((each) => JSON.stringify(each)), expected.map((each) => JSON.stringify(JSON.parse(each))));
    assert.deepStrictEqual(found, expected.map((each) => JSON.parse(each)));
  }
});

test('objects are plain where those that all inherit from cannot be changed', async () => {
  const program = `
    const { Parser } = await import(${JSON.stringify(pathToFileURL(join(packageRoot, entryOf('.'))).href)});
    Object.freeze(Object.prototype);
    const parser = new Parser({ format: 'srcport constructor' });
    for (let i = 0; i < 200; i++) console.log(JSON.stringify(parser.parse(i + ' c' + i)?.aws.vpcflow));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  const expected = Array.from({ length: 200 }, (_, i) => `{"constructor":"c${i}"}\n`).join('');
  assert.equal(stdout, expected);
});

test('a constant text of marks is searched once, and stays as it is', () => {
  const text = `${'#'.repeat(5_000)}0##1#2`;
  const { includes } = String.prototype;
  let searches = 0;
  String.prototype.includes = function search(...given) {
    searches += 1;
    return Reflect.apply(includes, this, given);
  };
  try {
    const parser = new Parser({ format: 'srcaddr', fields: { labels: { marks: text } } });
    assert.equal(parser.parse('192.0.2.1').labels.marks, text);
  } finally {
    String.prototype.includes = includes;
  }
  assert.ok(searches < 1_000, `${searches} searches`);
});
