// The entry `vpcflow-ecs/ingest` in Node: pipelines in JavaScript's terms. Native tests check the processors.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { consumer, imported, importIngest, NOW, repository, stopClock } from './package.js';
import { Dice } from './random.js';

stopClock();

const ingest = await importIngest();
const required = createRequire(join(consumer, 'package.json'))('vpcflow-ecs/ingest');
const { FlowLogError, Pipeline, inspectPipeline, parse, processorTypes } = ingest;

const LINE = '192.0.2.44 10.0.1.20 443 4249';
const FORMAT = 'srcaddr dstaddr dstport bytes';

/** Returns a pipeline of these processors. */
const pipeline = (...processors) => new Pipeline({ processors });

/** Returns the error that a call throws. */
function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('the entry has all of the main entry, and import and require give the same', () => {
  // But for `parallel`, whose threads load the main module, for the streams of Node.js, and for `decode`, which needs no module.
  for (const name of Object.keys(imported)) assert.ok(name in ingest || ['parallel', 'toNode', 'decode'].includes(name), name);
  for (const name of Object.keys(required)) assert.equal(ingest[name], required[name], name);
  assert.deepStrictEqual(parse(LINE, FORMAT), imported.parse(LINE, FORMAT));
});

describe('run', () => {
  test('gives a new document', () => {
    const source = { message: LINE, tags: ['a'] };
    const document = pipeline({ aws_vpcflow: { format: FORMAT, mode: 'original' } }, { remove: { field: 'message' } }).run(source);
    assert.deepStrictEqual(document, {
      '@timestamp': NOW,
      aws: { vpcflow: { bytes: 4249, dstaddr: '10.0.1.20', dstport: 443, srcaddr: '192.0.2.44' } },
      tags: ['a'],
    });
    assert.deepStrictEqual(source, { message: LINE, tags: ['a'] });
  });

  test('gives null for a dropped document', () => {
    const drop = pipeline({ drop: { if: "ctx.message == 'x'" } });
    assert.equal(drop.run({ message: 'x' }), null);
    assert.deepStrictEqual(drop.run({ message: 'y' }), { message: 'y' });
  });

  test('takes JSON and YAML', () => {
    const yaml = 'processors:\n  - set: { field: a.b, value: 5 }\n';
    const json = '{"processors":[{"set":{"field":"a.b","value":5}}]}';
    for (const text of [yaml, json]) assert.deepStrictEqual(new Pipeline(text).run({}), { a: { b: 5 } });
  });

  test('keeps large integers and odd keys', () => {
    const source = JSON.parse('{"__proto__":{"a":1},"n":null}');
    source.big = 9007199254740993n;
    source.message = '9007199254740995';
    const document = pipeline({ aws_vpcflow: { format: 'bytes', target_field: 'flow' } }).run(source);
    assert.equal(document.big, 9007199254740993n);
    assert.equal(document.flow.network.bytes, 9007199254740995n);
    assert.deepStrictEqual(Object.getOwnPropertyDescriptor(document, '__proto__').value, { a: 1 });
    assert.equal(document.n, null);
  });

  test('keeps every double', () => {
    const dice = new Dice(1);
    const bits = Uint32Array.from({ length: 20_000 }, () => dice.below(2 ** 32));
    const numbers = [...new Float64Array(bits.buffer), ...Array.from(bits, (number) => number / 1e11)].filter(Number.isFinite);
    const source = { edges: [0.09705000000000001, 0.1, 1e21, 1e23, 5e-324, Number.MAX_VALUE], numbers };
    const definition = { processors: [{ set: { field: 'set', value: numbers } }, { json: { field: 'text' } }] };
    const { edges, ...lists } = new Pipeline(definition).run({ ...source, text: JSON.stringify(numbers) });
    assert.deepStrictEqual(edges, source.edges);
    // A number whose JSON text is an integer beyond 2^53 becomes a BigInt.
    const asNumbers = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.map(Number)]));
    assert.deepStrictEqual(asNumbers, { numbers, set: numbers, text: numbers });
  });

  test('throws what failed', () => {
    const error = thrown(() => pipeline({ convert: { field: 'a', type: 'long', tag: 't' } }).run({ a: 'x' }));
    assert.ok(error instanceof FlowLogError);
    const { code, message, failure, processorType, processorTag } = error;
    assert.deepStrictEqual({ code, message, processorType, processorTag }, {
      code: 'pipeline_failure',
      message: 'unable to convert [x] to long',
      processorType: 'convert',
      processorTag: 't',
    });
    const reason = { type: 'illegal_argument_exception', reason: 'unable to convert [x] to long' };
    assert.deepStrictEqual(failure, {
      ...reason,
      root_cause: [reason],
      caused_by: { type: 'number_format_exception', reason: 'For input string: "x"' },
    });
  });

  test('reads and changes metadata', () => {
    const rename = pipeline({ set: { field: '_index', value: 'logs-{{_id}}' } });
    const document = rename.runWithMetadata({ _id: '7', _source: {} });
    assert.deepStrictEqual(document, { _id: '7', _index: 'logs-7', _version: -3, _source: {} });
  });

  test('calls other pipelines', () => {
    const pipelines = { other: { processors: [{ set: { field: 'by', value: '{{_ingest.pipeline}}' } }] } };
    const call = new Pipeline({ processors: [{ pipeline: { name: 'other' } }] }, { pipelines });
    assert.deepStrictEqual(call.run({}), { by: 'other' });
  });

  test('looks addresses up', () => {
    const bytes = (kind) => readFileSync(join(repository, `tests/fixtures/geo/${kind}.mmdb`));
    const definition = { processors: [{ geoip: { field: 'ip', properties: ['country_iso_code'] } }] };
    const geo = { city: bytes('city'), asn: undefined };
    assert.deepStrictEqual(new Pipeline(definition, { geo }).run({ ip: '192.0.2.1' }), {
      ip: '192.0.2.1',
      geoip: { country_iso_code: 'CL' },
    });
    assert.deepStrictEqual(new Pipeline(definition).run({ ip: '192.0.2.1' }), {
      ip: '192.0.2.1',
      tags: ['_geoip_database_unavailable_GeoLite2-City.mmdb'],
    });
  });
});

test('simulate answers as Elasticsearch does', () => {
  const rename = pipeline({ rename: { field: 'a', target_field: 'b', ignore_failure: true } });
  const response = rename.simulate({ docs: [{ _source: { a: 1 } }, { _source: {} }], verbose: true });
  const time = response.docs[0].processor_results[0].doc._ingest.timestamp;
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000, time);
  const reason = { type: 'illegal_argument_exception', reason: "field [a] doesn't exist" };
  const doc = (_source, timestamp) => {
    return { _index: '_index', _id: '_id', _version: '-3', _source, _ingest: { pipeline: '_simulate_pipeline', timestamp } };
  };
  const later = response.docs[1].processor_results[0].doc._ingest.timestamp;
  assert.deepStrictEqual(response, {
    docs: [
      { processor_results: [{ processor_type: 'rename', status: 'success', doc: doc({ b: 1 }, time) }] },
      {
        processor_results: [
          {
            processor_type: 'rename',
            status: 'error_ignored',
            ignored_error: { error: { root_cause: [reason], ...reason } },
            doc: doc({}, later),
          },
        ],
      },
    ],
  });
  const refused = rename.simulate({ docs: [] });
  assert.deepStrictEqual([refused.status, refused.error.reason], [400, 'must specify at least one document in [docs]']);
});

test('wrong arguments are named', () => {
  const set = { processors: [{ set: { field: 'a', value: 1 } }] };
  const cases = [
    [() => new Pipeline(), 'argument "definition": expected an object or a text, found undefined'],
    [() => new Pipeline(set, { pipeline: {} }), 'unknown option "pipeline": Pipeline knows "pipelines" and "geo"'],
    [() => new Pipeline(set, { pipelines: [] }), 'option "pipelines": expected an object of definitions'],
    [() => new Pipeline(set, { geo: { town: null } }), 'unknown option "geo.town": there are city, asn and country'],
    [() => new Pipeline(set, { geo: { city: 'x' } }), 'option "geo.city": expected a Uint8Array or an ArrayBuffer, found a string'],
    [() => new Pipeline('{"processors":'), 'line 1, column 14: neither JSON nor YAML: EOF while parsing a value'],
    [() => new Pipeline({ processors: [{ sett: {} }] }), 'processors[0].sett: No processor type exists with name [sett]'],
    [() => new Pipeline(set).run('x'), 'argument "document": expected an object, found a string'],
    [() => new Pipeline(set).runWithMetadata({}), 'argument "document": expected an object with an object "_source"'],
    [() => new Pipeline(set).simulate(), 'argument "request": expected an object, found undefined'],
  ];
  for (const [call, expected] of cases) {
    const { message } = thrown(call);
    if (typeof expected === 'string') assert.equal(message, expected);
    else assert.match(message, expected);
  }
});

test('a document is traced, and documents are counted, by the path of each processor', () => {
  const definition = {
    processors: [{ drop: { if: 'ctx.a == 1' } }, { rename: { field: 'b', target_field: 'c', on_failure: [{ set: { field: 'failed', value: true } }] } }, { pipeline: { name: 'other' } }],
  };
  const traced = new Pipeline(definition, { pipelines: { other: { processors: [{ uppercase: { field: 'c' } }] } } });
  const way = (source) => {
    const { results, ...end } = traced.trace(source);
    return [results.map(({ path, status }) => [path, status]), end.doc?._source ?? end.error?.reason ?? end];
  };
  const [drop, rename, other] = ['processors[0].drop', 'processors[1].rename', 'processors[2].pipeline'];
  const upper = 'pipelines.other.processors[0].uppercase';
  assert.deepStrictEqual(way({ a: 1 }), [[[drop, 'dropped']], { dropped: true }]);
  assert.deepStrictEqual(way({ b: 'x' }), [[[drop, 'skipped'], [rename, 'success'], [other, 'success'], [upper, 'success']], { c: 'X' }]);
  assert.deepStrictEqual(way({}), [
    [[drop, 'skipped'], [rename, 'error'], [`${rename}.on_failure[0].set`, 'success'], [other, 'success'], [upper, 'error']],
    'field [c] not present as part of path [c]',
  ]);
  assert.deepStrictEqual(traced.tally([{ b: 'X' }, { a: 1 }, {}]), {
    documents: 3, dropped: 1, failed: 1, first: { dropped: 1, failed: 2 },
    steps: {
      [drop]: { dropped: 1, skipped: 2, first: { dropped: 1, skipped: 0 } },
      [rename]: { changed: 1, error: 1, success: 1, first: { changed: 0, error: 2, success: 0 } },
      [`${rename}.on_failure[0].set`]: { changed: 1, success: 1, first: { changed: 2, success: 2 } },
      [other]: { success: 2, first: { success: 0 } },
      [upper]: { error: 1, success: 1, first: { error: 2, success: 0 } },
    },
  });
  assert.equal(thrown(() => traced.trace('x')).message, 'argument "document": expected an object, found a string');
  assert.equal(thrown(() => traced.tally([1])).message, 'argument "documents": expected an array of objects');
  traced.free();
});

test('a definition is examined for an editor', () => {
  const text = '{ "processors": [\n  { "set": { "field": "é😀", "value": 1 } },\n  { "grok": { "field": "a" } }\n] }';
  const steps = [
    { path: 'processors[0].set', type: 'set', start: 22, end: 58 },
    { path: 'processors[1].grok', type: 'grok', start: 66, end: 90 },
  ];
  const message = 'the processor [grok] of Elasticsearch is not supported here: use "dissect", or "aws_vpcflow" for a flow log record';
  const characters = [...text];
  assert.deepStrictEqual(steps.map(({ start, end }) => characters.slice(start, end).join('')), ['"set": { "field": "é😀", "value": 1 }', '"grok": { "field": "a" }']);
  assert.deepStrictEqual(inspectPipeline(text), { steps, problem: { message, path: 'processors[1].grok', start: 66, end: 90 } });
  assert.deepStrictEqual(inspectPipeline('processors:\n- set:\n    field: a\n    value: {{b\n').steps, []);
  assert.deepStrictEqual(inspectPipeline('{ "processors": [] '), { steps: [], problem: { message: 'neither JSON nor YAML: EOF while parsing an object', start: 18, end: 19 } });
  assert.deepStrictEqual(inspectPipeline('{ "processors": [] }'), { steps: [] });
  assert.equal(thrown(() => inspectPipeline({})).message, 'argument "definition": expected a text, found an object');
});

test('the types of processors are those that a definition may have, and those that it may not', () => {
  const types = processorTypes();
  assert.deepStrictEqual(types.find(({ name }) => name === 'rename'),
    { name: 'rename', options: ['field', 'ignore_missing', 'override', 'target_field', 'description', 'if', 'ignore_failure', 'on_failure', 'tag'] });
  for (const { name, options, instead } of types) {
    const { message } = thrown(() => new Pipeline({ processors: [{ [name]: { unknown: 1 } }] })) ?? {};
    assert.equal(options === undefined, instead !== undefined);
    if (instead) assert.equal(message, `processors[0].${name}: the processor [${name}] of Elasticsearch is not supported here: ${instead}`);
    else assert.doesNotMatch(message, /No processor type|not supported here/);
  }
});

test('documents that are not JSON are refused', () => {
  const set = pipeline({ set: { field: 'a', value: 1 } });
  const cycle = { big: 1n };
  cycle.self = cycle;
  let deep = { big: 1n };
  for (let level = 0; level < 100_000; level += 1) deep = { deep };
  let levels = {};
  for (let level = 0; level < 200; level += 1) levels = { levels };
  for (const document of [cycle, deep, { toJSON: () => { throw new Error('no'); } }]) {
    const { code, message } = thrown(() => set.run(document));
    assert.equal(code, 'invalid_option');
    assert.match(message, /^argument "document": has no JSON text: /);
  }
  for (const [value, found] of [[NaN, 'NaN'], [() => 1, 'a function'], [new Map(), 'a Map']]) {
    const { message } = thrown(() => set.run({ a: { b: value } }));
    assert.equal(message, `argument "document": expected a JSON value under "b", found ${found}`);
  }
  const { code, message } = thrown(() => set.run({ a: 'b\ud800' }));
  assert.deepStrictEqual([code, message], ['invalid_option', 'argument "document": expected Unicode text, found half of a character (a lone surrogate)']);
  assert.match(thrown(() => set.run(levels)).message, /^the JSON nests too deeply: expected at most 127 levels of objects and arrays$/);
  assert.deepStrictEqual(set.run({}), { a: 1 });
});

test('a freed pipeline says so', () => {
  const freed = pipeline();
  freed.free();
  freed.free();
  assert.equal(thrown(() => freed.run({})).code, 'pipeline_freed');
});
