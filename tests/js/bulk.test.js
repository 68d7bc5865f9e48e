// Bodies of Elasticsearch's bulk requests. Expected values are written from the "Bulk API" page of its reference.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { throwsFlowLogError } from './assertions.js';
import { decoder, imported, NOW, stopClock } from './package.js';
import { Dice } from './random.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

stopClock();

const { Parser } = imported;

const options = { format: 'srcaddr bytes', mode: 'original' };
const input = '192.0.2.44 4249\n192.0.2.45 60\n';
const DOCUMENTS = [
  `{"@timestamp":"${NOW}","aws":{"vpcflow":{"bytes":4249,"srcaddr":"192.0.2.44"}}}\n`,
  `{"@timestamp":"${NOW}","aws":{"vpcflow":{"bytes":60,"srcaddr":"192.0.2.45"}}}\n`,
];
/** SHA-1 of the lines, in base64 for URLs: `printf '192.0.2.44 4249' | openssl dgst -sha1 -binary | base64`. */
const FINGERPRINTS = ['192.0.2.44 4249', '192.0.2.45 60'].map((line) => createHash('sha1').update(line).digest('base64url'));

const text = (bytes) => decoder.decode(bytes);

describe('whole bodies', () => {
  const body = (actions) => `${actions[0]}\n${DOCUMENTS[0]}${actions[1]}\n${DOCUMENTS[1]}`;
  const same = (action) => body([action, action]);
  const withIds = (start) => body(FINGERPRINTS.map((id) => `${start},"_id":"${id}"}}`));
  const cases = [
    [{ index: 'flows' }, same('{"create":{"_index":"flows"}}')],
    [{ index: 'flows', op: 'create' }, same('{"create":{"_index":"flows"}}')],
    [{ index: 'flows', op: 'index' }, same('{"index":{"_index":"flows"}}')],
    [{ index: 'flüsse-2026', op: null, id: null }, same('{"create":{"_index":"flüsse-2026"}}')],
    [{ dataStream: true }, same('{"create":{"_index":"logs-aws.vpcflow-default"}}')],
    [{ dataStream: 'logs-other-prod' }, same('{"create":{"_index":"logs-other-prod"}}')],
    [{ dataStream: { namespace: 'prod' } }, same('{"create":{"_index":"logs-aws.vpcflow-prod"}}')],
    [{ dataStream: { type: 'metrics', dataset: 'flows' } }, same('{"create":{"_index":"metrics-flows-default"}}')],
    [{ index: 'flows', id: 'fingerprint' }, withIds('{"create":{"_index":"flows"')],
    [{ index: 'flows', op: 'index', id: 'fingerprint' }, withIds('{"index":{"_index":"flows"')],
    [{ dataStream: true, op: 'create', id: 'fingerprint' }, withIds('{"create":{"_index":"logs-aws.vpcflow-default"')],
  ];
  for (const [bulk, expected] of cases) {
    test(JSON.stringify(bulk), () => {
      const parser = new Parser(options);
      assert.equal(text(parser.toBulk(input, bulk)), expected);
      assert.equal(text(parser.toBulk(input, bulk, { view: true })), expected);
      assert.equal(text(parser.toNdjson(input)), DOCUMENTS.join(''));
      assert.equal(text(parser.push(input)) + text(parser.end()), DOCUMENTS.join(''));

      const always = new Parser({ ...options, bulk });
      assert.equal(text(always.toBulk(input)), expected);
      assert.equal(text(always.push(input)) + text(always.end()), expected);
      assert.equal(text(always.push(input, { view: true })) + text(always.end({ view: true })), expected);
    });
  }

  test('the argument goes before the option, which stays', () => {
    const parser = new Parser({ ...options, bulk: { index: 'one' } });
    for (let times = 0; times < 2; times++) {
      assert.match(text(parser.toBulk(input, { index: 'two' })), /^{"create":{"_index":"two"}}\n/);
      assert.match(text(parser.toBulk(input)), /^{"create":{"_index":"one"}}\n/);
      assert.equal(text(parser.toNdjson(input)), DOCUMENTS.join(''));
      assert.match(text(parser.push(input)), /^{"create":{"_index":"one"}}\n/);
    }
  });

  test('objects have no actions', () => {
    const parser = new Parser({ ...options, bulk: { index: 'one', id: 'fingerprint' } });
    const expected = DOCUMENTS.map((line) => JSON.parse(line));
    assert.deepStrictEqual(parser.parseMany(input), expected);
    assert.deepStrictEqual(parser.parse('192.0.2.44 4249'), expected[0]);
  });

  test('headers and blank lines are not documents', () => {
    const parser = new Parser({ mode: 'original' });
    const action = '{"create":{"_index":"a"}}\n';
    assert.equal(text(parser.toBulk(`\ufeffsrcaddr bytes\r\n\n${input}`, { index: 'a' })), DOCUMENTS.map((line) => action + line).join(''));
    assert.equal(text(parser.toBulk('', { index: 'a' })), '');
    assert.equal(text(parser.toBulk('srcaddr bytes\n', { index: 'a' })), '');
  });
});

describe('fingerprints', () => {
  const idOf = (line) => {
    const [action] = text(new Parser({ format: 'srcport' }).toBulk(line, { index: 'a', id: 'fingerprint' })).split('\n');
    return JSON.parse(action).create._id;
  };

  test('are of the text of the record alone', () => {
    const expected = createHash('sha1').update('443').digest('base64url');
    assert.equal(expected.length, 27);
    for (const line of ['443', '443\n', '443\r\n', '\ufeff443', '{"message":"443"}']) assert.equal(idOf(line), expected, line);
    assert.notEqual(idOf('444'), expected);
  });

  test('are of the whole text, however long it is', () => {
    // Around the ends of SHA-1's blocks of 64 bytes, of which the last has nine bytes of padding.
    const lengths = [...Array.from({ length: 140 }, (_, length) => length + 1), 1000, 70_000];
    const lines = lengths.map((length) => 'x'.repeat(length));
    const body = text(new Parser({ format: 'vpc-id' }).toBulk(lines.join('\n'), { index: 'a', id: 'fingerprint' }));
    const ids = body.split('\n').filter((line) => line.startsWith('{"create"')).map((line) => JSON.parse(line).create._id);
    assert.deepStrictEqual(ids, lines.map((line) => createHash('sha1').update(line).digest('base64url')));
  });
});

test("onError 'document' makes documents of bad lines, with actions and identifiers", () => {
  const parser = new Parser({ ...options, onError: 'document', ingested: '2026-01-01T00:00:00Z' });
  const bad = '192.0.2.44 x';
  const id = createHash('sha1').update(bad).digest('base64url');
  const found = text(parser.toBulk(`${bad}\n192.0.2.44 4249\n`, { index: 'a', id: 'fingerprint' }));
  const expected = [
    `{"create":{"_index":"a","_id":"${id}"}}`,
    '{"@timestamp":"2026-01-01T00:00:00Z","ecs":{"version":"8.17.0"},"error":{"code":"invalid_value",' +
      '"message":"line 1, column 12: field \\"bytes\\": expected 0 to 9223372036854775807, found \\"x\\""},' +
      '"event":{"ingested":"2026-01-01T00:00:00Z","kind":"pipeline_error","original":"192.0.2.44 x"}}',
    `{"create":{"_index":"a","_id":"${FINGERPRINTS[0]}"}}`,
    '{"@timestamp":"2026-01-01T00:00:00Z","aws":{"vpcflow":{"bytes":4249,"srcaddr":"192.0.2.44"}},"event":{"ingested":"2026-01-01T00:00:00Z"}}',
    '',
  ];
  assert.deepStrictEqual(found.split('\n'), expected);
});

test('an error leaves the actions and documents of the lines before', () => {
  const parser = new Parser({ ...options, bulk: { index: 'a', id: 'fingerprint' } });
  const expected = FINGERPRINTS.map((id, index) => `{"create":{"_index":"a","_id":"${id}"}}\n${DOCUMENTS[index]}`).join('');
  const bad = `${input}bad\n${input}`;
  const calls = [
    () => parser.toBulk(bad), () => parser.toBulk(bad, undefined, { view: true }),
    () => parser.push(bad), () => parser.push(bad, { view: true }),
  ];
  for (const call of calls) {
    assert.throws(call, (error) => {
      assert.deepStrictEqual([error.code, error.lineNumber], ['field_count', 3]);
      assert.equal(text(error.output), expected, String(call));
      return true;
    });
    parser.reset();
  }
});

test('identical bytes, whatever the cuts', () => {
  const lines = [HEADER, GOOD, '', `${OTHER}\r`, BAD, 'zwölf Füße', JSON.stringify({ message: GOOD }), '\u{1f600}'];
  for (let seed = 1; seed <= 60; seed++) {
    const dice = new Dice(seed);
    const log = Array.from({ length: 1 + dice.below(40) }, () => dice.of(lines)).join('\n') + (dice.once(2) ? '\n' : '');
    const bulk = {
      ...(dice.once(2) ? { index: 'a', op: dice.of(['create', 'index']) } : { dataStream: true }),
      ...(dice.once(3) ? {} : { id: 'fingerprint' }),
    };
    const make = () => new Parser({ format: 'default', onError: dice.of(['skip', 'document']), ingested: '2026-01-01T00:00:00Z', bulk });
    const bytes = new TextEncoder().encode(log);
    const parser = make();
    const expected = text(parser.toBulk(bytes));
    for (const view of [false, true]) {
      const pieces = [];
      for (const piece of dice.cut(bytes, 1 + dice.below(300))) pieces.push(Buffer.from(parser.push(piece, { view })));
      pieces.push(Buffer.from(parser.end({ view })));
      assert.equal(text(Buffer.concat(pieces)), expected, `seed ${seed}, view: ${view}`);
    }
  }
});

describe('mistakes', () => {
  const cases = [
    [undefined, 'argument "bulk": expected an object with "index" or "dataStream", found nothing'],
    [null, 'argument "bulk": expected an object with "index" or "dataStream", found nothing'],
    ['flows', 'option "bulk": expected an object, found "flows"'],
    [{}, 'option "bulk": give "index" or "dataStream", one of them; neither is given'],
    [{ index: 'a', dataStream: true }, 'option "bulk": give "index" or "dataStream", one of them; both are given'],
    [{ indx: 'a' }, 'unknown option "bulk.indx": bulk has index, dataStream, op and id'],
    [{ index: 'Flows' }, 'option "bulk.index": expected a name in small letters, found "Flows"'],
    [{ index: '' }, 'option "bulk.index": expected a name, found ""'],
    [{ index: '-a' }, 'option "bulk.index": expected a name that starts with a letter or a digit, found "-a"'],
    [{ index: 'a', op: 'delete' }, 'option "bulk.op": expected "create" or "index", found "delete"'],
    [{ index: 'a', id: 'line' }, 'option "bulk.id": expected "fingerprint", found "line"'],
    [{ dataStream: true, op: 'index' }, 'option "bulk.op": a data stream takes "create" only, found "index"'],
    [{ dataStream: { name: 'a' } }, 'unknown option "dataStream.name": dataStream has type, dataset and namespace'],
  ];
  for (const [bulk, message] of cases) {
    test(JSON.stringify(bulk) ?? 'nothing', () => {
      const parser = new Parser(options);
      for (const view of [false, true]) {
        throwsFlowLogError(() => parser.toBulk(input, bulk, { view }), { code: 'invalid_option', message });
      }
      // Nothing is left of it.
      assert.equal(text(parser.toNdjson(input)), DOCUMENTS.join(''));
      if (bulk) throwsFlowLogError(() => new Parser({ ...options, bulk }), { code: 'invalid_option', message });
    });
  }
});
