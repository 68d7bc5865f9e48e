// The log that the worker of the page keeps: the state and the format of each line, and the documents of chosen lines.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLANK, HEADER as HEADING, Log, RECORD, REJECT } from '../../www/worker/log.js';
import { Examiner } from '../../www/worker/examine.js';
import { rowOf } from '../../www/worker/explain.js';
import { ndjsonOf } from '../../www/worker/ndjson.js';
import { cancelSearch, findLines } from '../../www/worker/search.js';
import { facts } from '../../www/facts.js';
import { imported } from './package.js';
import { GOOD, HEADER, OTHER } from './samples.js';

facts.set({ fields: imported.fields(), presets: imported.presets(), schemas: imported.schemas() });

/** Returns the log of a text, read in chunks of so many bytes. */
function logOf(text, { size = Infinity, ...options } = {}) {
  const bytes = new TextEncoder().encode(text);
  const log = new Log(imported, undefined, options);
  log.store.add(bytes);
  for (let at = 0; at < bytes.length; at += size) log.feed(bytes.subarray(at, at + size));
  log.finish();
  return log;
}

test('a line without a record in an envelope leaves the documents to the lines that have them', async () => {
  const cases = [
    [['@timestamp,@message', `2014-12-14 04:07:50.000,${GOOD}`, `2014-12-14 04:07:51.000,${OTHER}`], [BLANK, RECORD, REJECT]],
    [['{"message":""}', JSON.stringify({ message: GOOD }), JSON.stringify({ message: OTHER })], [BLANK, RECORD, REJECT]],
  ];
  for (const [lines, states] of cases) {
    for (const size of [Infinity, 20]) {
      const log = logOf(lines.join('\n'), { size });
      assert.deepStrictEqual([...log.states()], states, lines[0]);
      const parser = new imported.Parser({ ...log.reading, onError: 'skip' });
      const blob = await ndjsonOf(log, parser, Uint8Array.of(0, 0, 1), { isCurrent: () => true, onprogress: () => {} });
      const documents = (await blob.text()).trimEnd().split('\n').map((document) => JSON.parse(document));
      assert.deepStrictEqual(documents.map(({ event }) => event.action), ['reject'], lines[0]);
      log.free();
    }
  }
});

test('of equal headers in a row only the first is kept, and the format of each line is that of the last one before it', () => {
  const short = 'srcaddr dstaddr action';
  const [one, other] = [HEADER, short].map((header) => imported.compileFormat(header).format);
  const log = logOf([HEADER, GOOD, HEADER, GOOD, short, '10.0.0.1 10.0.0.2 ACCEPT', short, '10.0.0.1 10.0.0.3 ACCEPT', HEADER, GOOD].join('\n'));
  assert.deepStrictEqual([...log.states()], [HEADING, RECORD, HEADING, RECORD, HEADING, RECORD, HEADING, RECORD, HEADING, RECORD]);
  assert.deepStrictEqual(log.headers, [{ line: 0, format: one }, { line: 4, format: other }, { line: 8, format: one }]);
  assert.deepStrictEqual(Array.from({ length: 10 }, (_, line) => log.formatsOf(line)[0]), [one, one, one, one, other, other, other, other, one, one]);
  log.free();
});

test('the format of a line is found among many headers in a few steps', () => {
  const texts = ['srcaddr dstaddr action', 'srcaddr dstaddr bytes'];
  const log = logOf(Array.from({ length: 4096 }, (_, index) => texts[index % 2]).join('\n'));
  assert.equal(log.headers.length, 4096);
  let reads = 0;
  log.headers = new Proxy(log.headers, { get: (list, key) => (reads += Number(typeof key === 'string' && key !== 'length'), Reflect.get(list, key)) });
  assert.equal(log.formatsOf(1001)[0], imported.compileFormat(texts[1]).format);
  assert.ok(reads <= 20, `${reads} reads`);
  log.free();
});

test('lines of any number of formats are examined with a bounded number of parsers', () => {
  let [open, most] = [0, 0];
  class Parser extends imported.Parser {
    constructor(options) {
      super(options);
      most = Math.max(most, (open += 1));
    }

    free() {
      open -= 1;
      super.free();
    }
  }
  const examiner = new Examiner({ ...imported, Parser }, { protocols: new Map([['tcp', 6]]) });
  for (let index = 0; index < 100; index++) {
    const { format } = imported.compileFormat(`srcaddr protocol x${index}`);
    assert.deepStrictEqual(examiner.examine(['10.0.0.1 tcp -'], format).options, [{ label: '', text: '10.0.0.1 6 -' }]);
  }
  examiner.free();
  assert.ok(most > 0 && most <= 13, `${most} parsers`);
  assert.equal(open, 0);
});

test('a search that was ended has no result', async () => {
  const log = logOf(Array(50_000).fill(GOOD).join('\n'));
  const search = findLines(log, {}, 'eni');
  cancelSearch();
  assert.equal(await search, undefined);
  assert.equal((await findLines(log, {}, 'eni')).length, 50_000);
  log.free();
});

test('a row without a format has the layout that fits, and where several do, the one that detection finds', async () => {
  const { VALUES } = await import('../../www/examples.js');
  for (const name of ['default', 'v5', 'v5-encryption-status', 'v2-ecs', 'v2-ecs-names-first']) {
    const { fields } = imported.presets().find((preset) => preset.name === name);
    const line = fields.map((field) => VALUES[field] ?? (/addr/.test(field) ? '10.0.1.20' : /arn/.test(field) ? 'arn:aws:ecs:eu-central-1:123456789010:cluster/shop' : '-')).join(' ');
    const log = new Log(imported, undefined, {});
    log.feed(Buffer.from(`${line}\n${line}`));
    log.finish();
    const { tokens } = rowOf(imported, log, 0, line, { output: {}, around: {} });
    assert.deepStrictEqual(tokens.map(({ field }) => field), imported.explain(line).tokens.map(({ field }) => field), name);
    log.free();
  }
});

test('the lines of a record that is broken between two tokens know each other', () => {
  const log = new Log(imported, 'default', {});
  log.feed(Buffer.from(GOOD.replace(' 22 ', '\n22 ')));
  log.finish();
  assert.deepStrictEqual([...log.parts], [[1, 0], [0, 1]]);
  log.free();
});
