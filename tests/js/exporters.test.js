// Pipelines and templates as `vpcflow-ecs/ingest` gives them. tests/export.rs and tests/elasticsearch/ check their contents.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { importIngest } from './package.js';

const { FlowLogError, compileFormat, componentTemplates, indexTemplate, toIngestPipeline } = await importIngest();

const V2 = 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

describe('toIngestPipeline', () => {
  test('takes a format in all its forms', () => {
    const expected = toIngestPipeline(V2);
    const { dissect } = expected.processors.find((processor) => processor.dissect);
    assert.equal(dissect.pattern, V2.split(' ').map((name) => `%{_temp_.field.${name.replaceAll('-', '_')}}`).join(' '));
    for (const format of ['default', V2.split(' '), compileFormat('default'), [compileFormat('default')]]) {
      assert.deepStrictEqual(toIngestPipeline(format), expected);
    }
  });

  test('has community IDs by default, and geo only on request', () => {
    const kinds = (options) => new Set(toIngestPipeline('default', options).processors.flatMap(Object.keys));
    assert.ok(kinds().has('community_id') && !kinds().has('geoip'));
    assert.ok(!kinds({ communityId: false }).has('community_id'));
    assert.ok(kinds({ geo: true }).has('geoip'));
    assert.deepStrictEqual(kinds({ communityId: undefined, geo: undefined }), kinds());
  });

  test('goes through JSON unchanged', () => {
    const pipeline = toIngestPipeline('v11', { fields: { n: 9007199254740991 } });
    assert.deepStrictEqual(JSON.parse(JSON.stringify(pipeline)), pipeline);
    const numbers = [...JSON.stringify(pipeline).matchAll(/:(\d+)/g)].map(([, digits]) => digits);
    assert.ok(numbers.length > 10);
    for (const digits of numbers) assert.ok(Number.isSafeInteger(Number(digits)), digits);
  });

  test('mistakes', () => {
    const cases = [
      [[], 'invalid_option', 'a pipeline reads one format, and 0 were given'],
      [[['v4', 'v5']], 'invalid_option', 'a pipeline reads one format, and 2 were given'],
      [['srcadr'], 'unknown_field', 'column 1: field "srcadr": there is no such field or preset; did you mean "srcaddr"?'],
      [['v5', { schema: 'esc' }], 'invalid_option', 'option "schema": expected "ecs", "elastic-integration", "elastic-integration-1.12" or "beats", found "esc"'],
      [['v5', { comunityId: true }], 'invalid_option', 'unknown option "comunityId"; did you mean "communityId"?'],
      [['v5', { geo: 'yes' }], 'invalid_option', 'option "geo": expected true or false'],
      [['v5', { format: 'v4' }], 'invalid_option', 'option "format": already given as the first argument'],
      [['v5', { fields: { 'a..b': 1 } }], 'invalid_option', 'option "fields": no processor can address "a..b"'],
    ];
    for (const [args, code, message] of cases) {
      assert.throws(() => toIngestPipeline(...args), (error) => {
        assert.ok(error instanceof FlowLogError);
        assert.deepStrictEqual({ code: error.code, message: error.message }, { code, message });
        return true;
      });
    }
    assert.throws(() => toIngestPipeline('v5', 'geo'), TypeError);
  });
});

test('templates', () => {
  assert.deepStrictEqual(Object.keys(componentTemplates()).sort(), ['vpcflow-ecs@aws', 'vpcflow-ecs@ecs']);
  assert.deepStrictEqual(indexTemplate().composed_of.toSorted(), Object.keys(componentTemplates()).sort());
  assert.equal(indexTemplate({ pipeline: 'p' }).template.settings.index.default_pipeline, 'p');
  assert.deepStrictEqual(indexTemplate({ namespace: 'prod' }).index_patterns, ['logs-aws.vpcflow-prod']);
  assert.throws(() => indexTemplate({ namespace: 'a-b' }), { name: 'FlowLogError', code: 'invalid_option' });
  for (const [name, value] of Object.entries({ pipelines: 'p', geo: {} })) {
    assert.throws(() => indexTemplate({ [name]: value }), { message: `unknown option "${name}": there are namespace and pipeline` });
  }
  assert.throws(() => indexTemplate({ pipeline: 1 }), { message: 'option "pipeline": expected a text' });
});
