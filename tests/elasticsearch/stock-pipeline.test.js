// The exported pipelines of stock processors, run by the server, make the documents that our parser makes.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { decoder, importIngest } from '../js/package.js';
import { abilities, databases, foreignGeo, geo } from './cases.js';
import { parse } from './json.js';
import { request, start } from './server.mjs';
import { traffic } from './traffic.js';

const { Parser, toIngestPipeline } = await importIngest();
const server = await start({ geo });
after(() => server.stop());
const { processors } = await abilities(server.url);

const FORMATS = 200;
const LINES = 50;
const samples = traffic(FORMATS, LINES);

// Both make a document without what the server has no processor for.
const communityId = processors.has('community_id');
test('network.community_id', { skip: communityId ? false : `${server.name} has no processor community_id` });
const noGeo = process.env.ELASTICSEARCH_URL ? foreignGeo : !processors.has('geoip') && `${server.name} has no processor geoip`;

// The time of records that have none: to the parser the time of parsing, to the server that of the document.
const NOW = '2026-01-02T03:04:05.678Z';
Date.now = () => Date.parse(NOW);

/** Returns the documents that the server makes of lines. */
async function simulated(pipeline, lines, { schema = 'ecs' }) {
  const time = schema === 'ecs' ? { '@timestamp': NOW } : {};
  const docs = lines.map((message) => ({ _source: { ...time, message } }));
  const answer = await request(server.url, 'POST', '/_ingest/pipeline/_simulate', { pipeline, docs });
  assert.ok(answer.docs, `the pipeline was refused: ${JSON.stringify(answer.error)}`);
  return answer.docs.map((result) => {
    assert.ok(result?.doc, `no document: ${JSON.stringify(result)}`);
    return result.doc._source;
  });
}

async function compare({ format, lines }, options = {}, parserOptions = options) {
  const parser = new Parser({ ...parserOptions, format, communityId });
  const expected = decoder.decode(parser.toNdjson(`${lines.join('\n')}\n`)).trim().split('\n').map(parse);
  parser.free();
  const pipeline = toIngestPipeline(format, { ...options, communityId });
  const found = await simulated(pipeline, lines, options);
  assert.equal(found.length, expected.length);
  for (const [index, document] of found.entries()) {
    assert.deepStrictEqual(document, expected[index], `${format}\n${lines[index]}`);
  }
}

test('there are as many formats and lines as asked for', () => {
  assert.equal(samples.length, FORMATS);
  for (const { lines } of samples) assert.equal(lines.length, LINES);
  const text = samples.flatMap(({ lines }) => lines).join('\n');
  for (const wanted of [' - ', '2001:', 'unheard-of', '%C3%A9', '{{{']) assert.ok(text.includes(wanted), `no ${wanted}`);
});

describe(`${server.name}, ${FORMATS} formats of ${LINES} lines`, () => {
  for (const [index, sample] of samples.entries()) {
    test(`format ${index}: ${sample.format.length} characters`, () => compare(sample));
  }
});

describe(`${server.name}, other options`, () => {
  const variants = [
    { mode: 'original' },
    { mode: 'ecs_and_original' },
    { schema: 'elastic-integration' },
    { schema: 'beats' },
    { preserveOriginal: true, tags: ['forwarded'], fields: { 'cloud.account.name': 'production' } },
    { dataStream: { dataset: 'aws.vpcflow', namespace: 'default' } },
    { ingested: '2026-01-02T03:04:05.678Z' },
  ];
  for (const options of variants) {
    test(JSON.stringify(options), async () => {
      for (const sample of samples.slice(0, 10)) await compare(sample, options);
    });
  }
});

test('wrappers, whatever their blanks are, and texts that start with a brace', async () => {
  const lines = [
    '{"message":"web 192.0.2.10"}', ' { "message": "web 192.0.2.10" }', '\t{\t"message":\t"web 192.0.2.10"}', '{ \t"message":"web 192.0.2.10"}',
    '{{{web}}} 192.0.2.10', '{web 192.0.2.10',
  ];
  await compare({ format: 'ecs-service-name srcaddr', lines });
});

test('times as text, integers as decimal numbers, times that are missing', async () => {
  const times = ['2026-01-01T00:00:14.123456Z', '2024-02-29T23:30:00-01:00', '1999-12-31T23:59:59', '1767225658.0', '1767225658123', '-'];
  const lines = times.flatMap((start) => times.map((end) => `${start} ${end} 25238.0 6.0 18.00`));
  for (const mode of ['ecs', 'original']) await compare({ format: 'start end srcport protocol tcp-flags', lines }, { mode });
  await compare({ format: 'start end srcport protocol tcp-flags', lines }, { schema: 'elastic-integration' });
});

// The kinds of records in the databases: a city, parts of one, an AS without a number, nothing, private, IPv6. Not the AS
// number above 2^31 at 198.51.100.0: Elasticsearch 7.10 cannot read it.
const places = [
  '192.0.2.1', '192.0.2.128', '203.0.113.1', '203.0.113.65', '203.0.113.129', '203.0.113.200', '192.0.3.0',
  '10.0.0.1', '127.0.0.1', '2001:db8:1::9', '2001:db8:2::', '2001:db9::', '::ffff:192.0.2.1', '-',
];

const { city, asn } = databases;

test('geo and AS', { skip: noGeo }, async () => {
  const lines = places.flatMap((from) => places.map((to) => `${from} ${to} 1418530070`));
  for (const schema of ['ecs', 'elastic-integration']) {
    await compare({ format: 'srcaddr dstaddr end', lines }, { schema, geo: true }, { schema, geo: { city, asn } });
  }
});
