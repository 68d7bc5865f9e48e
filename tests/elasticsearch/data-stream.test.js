// Documents in bulk, into a data stream under our templates: accepted, not doubled, and found.
//
// With OpenSearch, because what Maven Central has of Elasticsearch has no data streams; or with the cluster of
// ELASTICSEARCH_URL.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { importIngest } from '../js/package.js';
import { request, start } from './server.mjs';
import { templatesOf } from './templates.js';
import { traffic } from './traffic.js';

const { Parser } = await importIngest();
const server = await start({ kind: 'opensearch' });
const ask = (method, path, body) => request(server.url, method, path, body);

const templates = templatesOf(server, 'vpcflow_ecs_test');
const { dataStream: DATA_STREAM, name: TEMPLATE } = templates;

// AWS's examples: SSH accepted, RDP rejected, IPv6, and no data.
const examples = [
  '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK',
  '2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK',
  '2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK',
  '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA',
];

/** Returns the body of a bulk request for lines of a format, and the ids in it. */
function bulk(lines, options = {}) {
  const parser = new Parser(options);
  const input = new TextEncoder().encode(`${lines.join('\n')}\n`);
  const body = new TextDecoder().decode(parser.toBulk(input, { dataStream: DATA_STREAM, op: 'create', id: 'fingerprint' }));
  parser.free();
  const actions = body.split('\n').filter((_, index) => index % 2 === 0 && index < 2 * lines.length);
  return { body, ids: actions.map((action) => JSON.parse(action).create._id) };
}

/** Sends a body; gives the statuses. Any failure but that a document is there already fails the test. */
async function send(body) {
  const { items, error } = await ask('POST', '/_bulk?refresh=true', body);
  assert.equal(error, undefined);
  const failures = items.map(({ create }) => create.error).filter((error) => error && error.type !== 'version_conflict_engine_exception');
  assert.deepStrictEqual(failures, []);
  return items.map(({ create }) => create.status);
}

/** Returns the source addresses of what a query finds, the oldest first; null for a record without one. */
async function found(query) {
  const { hits } = await ask('POST', `/${DATA_STREAM}/_search`, { query, sort: ['@timestamp', 'source.ip'] });
  return hits.hits.map(({ _source }) => _source.source?.ip ?? null);
}

async function count() {
  return (await ask('GET', `/${DATA_STREAM}/_count`)).count;
}

describe(server.name, () => {
  before(async () => {
    await templates.remove();
    await templates.put();
  });
  after(async () => {
    await templates.remove();
    await server.stop();
  });

  const first = bulk(examples);

  test('every document is created, into a data stream', async () => {
    assert.equal(new Set(first.ids).size, examples.length);
    assert.deepStrictEqual(await send(first.body), [201, 201, 201, 201]);
    const { data_streams: streams } = await ask('GET', `/_data_stream/${DATA_STREAM}`);
    assert.deepStrictEqual(streams.map(({ name, template }) => ({ name, template })), [{ name: DATA_STREAM, template: TEMPLATE }]);
    assert.equal(await count(), examples.length);
  });

  test('the same documents again add nothing', async () => {
    assert.deepStrictEqual(await send(first.body), [409, 409, 409, 409]);
    assert.equal(await count(), examples.length);
  });

  test('they are found by time, by flow and by address', async () => {
    assert.deepStrictEqual(
      await found({ range: { '@timestamp': { gte: '2014-12-14T00:00:00Z', lt: '2014-12-15T00:00:00Z' } } }),
      ['172.31.9.69', '172.31.16.139'],
    );
    assert.deepStrictEqual(await found({ range: { '@timestamp': { gt: '2014-12-15T00:00:00Z', lt: '2016-01-01T00:00:00Z' } } }), [null]);
    // The community ID of the first example's addresses and ports.
    const { network } = JSON.parse(first.body.split('\n')[1]);
    assert.match(network.community_id, /^1:/);
    assert.deepStrictEqual(await found({ term: { 'network.community_id': network.community_id } }), ['172.31.16.139']);
    assert.deepStrictEqual(await found({ term: { 'source.ip': '172.31.0.0/20' } }), ['172.31.9.69']);
    assert.deepStrictEqual(await found({ range: { 'source.ip': { gte: '172.31.9.70', lte: '172.31.255.255' } } }), ['172.31.16.139']);
    assert.deepStrictEqual(await found({ term: { 'source.ip': '2001:db8:1234::/48' } }), ['2001:db8:1234:a100:8d6e:3477:df66:f105']);
  });

  const dated = traffic(100, 20).filter(({ format }) => /\$\{(end|start)\}/.test(format));

  test(`no mapping error in ${dated.length} random formats`, async () => {
    assert.ok(dated.length > 30);
    let stored = await count();
    for (const { format, lines } of dated) {
      // A data stream takes no document without a time.
      const parser = new Parser({ format });
      const timely = lines.filter((line) => parser.parse(line)?.['@timestamp']);
      parser.free();
      if (timely.length === 0) continue;
      const { body, ids } = bulk(timely, { format });
      const statuses = await send(body);
      stored += new Set(ids).size;
      assert.equal(statuses.filter((status) => status === 201).length, new Set(ids).size, format);
    }
    assert.equal(await count(), stored);
  });
});
