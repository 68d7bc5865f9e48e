// Shipping to real servers: Elasticsearch by index, and OpenSearch by data stream under our templates.
//
// SHIP_EVENTS is the number of events; 20,000 if it is not set.

import assert from 'node:assert/strict';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, test } from 'node:test';
import { createGzip } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { temporaryFolder } from '../js/command.js';
import { importFrom, imported, manifest } from '../js/package.js';
import { request, start } from './server.mjs';
import { templatesOf } from './templates.js';

const { ship } = await importFrom(manifest.exports['./ship'].default);
const { localObjects } = await importFrom(manifest.exports['./sources'].default);

const EVENTS = Number(process.env.SHIP_EVENTS ?? 20_000);
const FILES = 4;
const HEADER = 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

/** Returns a record of its own for each number. */
function record(number) {
  const [high, low] = [Math.floor(number / 65_536), number % 65_536];
  const action = number % 9 === 0 ? 'REJECT' : 'ACCEPT';
  return `2 123456789010 eni-0a1b2c3d4e5f6${String(number % 1000).padStart(4, '0')} 10.0.${high % 256}.${number % 250} 192.0.2.${number % 200} ` +
    `${low} 443 6 ${1 + (number % 40)} ${40 + number} ${1767225600 + (number % 86_400)} ${1767225660 + (number % 86_400)} ${action} OK`;
}

const folder = temporaryFolder();
const logs = join(folder.path, 'logs');

/** The types of the columns in AWS's Parquet files; the others are strings. */
const TYPES = { version: 'INT32', srcport: 'INT32', dstport: 'INT32', protocol: 'INT32', packets: 'INT64', bytes: 'INT64', start: 'INT64', end: 'INT64' };

/** Returns a Parquet file of records, as AWS writes it. */
function parquetOf(rows) {
  const value = (text, type) => (type === 'INT32' ? Number(text) : type === 'INT64' ? BigInt(text) : text);
  const columnData = HEADER.split(' ').map((name, index) => {
    const type = TYPES[name] ?? 'STRING';
    return { name: name.replaceAll('-', '_'), type, data: rows.map((row) => value(row[index], type)) };
  });
  return Buffer.from(parquetWriteBuffer({ columnData }));
}

before(async () => {
  mkdirSync(logs);
  const rows = [];
  for (let number = FILES - 1; number < EVENTS; number += FILES) rows.push(record(number).split(' '));
  writeFileSync(join(logs, 'last.log.parquet'), parquetOf(rows));
  for (let file = 0; file < FILES - 1; file++) {
    const lines = function* lines() {
      let text = `${HEADER}\n`;
      for (let number = file; number < EVENTS; number += FILES) {
        text += `${record(number)}\n`;
        if (text.length > 60_000) {
          yield text;
          text = '';
        }
      }
      yield text;
    };
    await pipeline(Readable.from(lines()), createGzip(), createWriteStream(join(logs, `${file}.log.gz`)));
  }
});

/** Ships all logs to a server, twice, and looks at what is there. */
async function shipTo(context, server, target, name) {
  const options = { url: server.url, ...target, id: 'fingerprint', timeout: 120_000 };
  const first = await ship(localObjects(logs), { ...options, checkpoint: join(folder.path, `${name}.json`), deadLetter: join(folder.path, `${name}.dead`) });
  const { objects, events, created, duplicates, rejected, errors, failed, seconds, bytesSent, requests } = first;
  assert.deepStrictEqual(
    { objects, events, created, duplicates, rejected, errors, failed },
    { objects: FILES, events: EVENTS, created: EVENTS, duplicates: 0, rejected: 0, errors: 0, failed: [] },
  );
  context.diagnostic(`${server.name}: ${events} events in ${seconds.toFixed(1)} s, ${Math.round(events / seconds)} a second, ${requests} requests, ${(bytesSent / 1e6).toFixed(1)} MB sent`);
  const again = await ship(localObjects(join(logs, '0.log.gz')), options);
  assert.deepStrictEqual([again.created, again.duplicates], [0, Math.ceil(EVENTS / FILES)]);
  await request(server.url, 'POST', `/${name}/_refresh`);
  assert.equal((await request(server.url, 'GET', `/${name}/_count`)).count, EVENTS);
  const refused = { query: { term: { 'event.outcome': 'failure' } } };
  assert.equal((await request(server.url, 'POST', `/${name}/_count`, refused)).count, Math.ceil(EVENTS / 9));
  for (const number of [0, 1, Math.floor(EVENTS / 2), EVENTS - 1]) {
    const body = new TextDecoder().decode(new imported.Parser().toBulk(record(number), { index: 'a', id: 'fingerprint' }));
    const [action, document] = body.split('\n').map((line) => line && JSON.parse(line));
    const { hits } = await request(server.url, 'POST', `/${name}/_search`, { query: { ids: { values: [action.create._id] } } });
    assert.deepStrictEqual(hits.hits.map(({ _source }) => _source), [document]);
  }
}

describe('Elasticsearch, by index', () => {
  let server;
  const index = 'vpcflow-ecs-test-ship';
  const remove = () => request(server.url, 'DELETE', `/${index}`);

  before(async () => {
    server = await start();
    await remove();
    await request(server.url, 'PUT', `/${index}`, {
      settings: { number_of_replicas: 0, refresh_interval: '60s' },
      mappings: { dynamic_templates: [{ texts: { match_mapping_type: 'string', mapping: { type: 'keyword' } } }] },
    });
  });
  after(async () => {
    await remove();
    await server.stop();
  });

  test(`${EVENTS} events from gzip and Parquet`, (context) => shipTo(context, server, { index }, index));

  test('a document that does not fit the mapping is in the dead letter', async () => {
    const [name, deadLetter] = [`${index}-strict`, join(folder.path, 'strict.dead')];
    await request(server.url, 'PUT', `/${name}`, { mappings: { properties: { source: { properties: { port: { type: 'ip' } } } } } });
    try {
      const lines = ['srcaddr srcport end', ...[22, 443].map((port) => `192.0.2.1 ${port} 1767225660`), '192.0.2.1 - 1767225660'];
      const object = { name: 'a', open: () => Readable.from([Buffer.from(lines.join('\n'))]) };
      const { created, rejected } = await ship([object], { url: server.url, index: name, deadLetter, id: 'fingerprint' });
      assert.deepStrictEqual([created, rejected], [1, 2]);
      const dead = [];
      const { failed } = await ship(localObjects(deadLetter), { to: ({ body }) => dead.push(...Buffer.from(body).toString().trimEnd().split('\n')) });
      assert.deepStrictEqual(failed, []);
      assert.deepStrictEqual(dead.map((document) => JSON.parse(document).source.port), [22, 443]);
    } finally {
      await request(server.url, 'DELETE', `/${name}`);
    }
  });
});

describe('OpenSearch, by data stream', () => {
  let server;
  let templates;
  before(async () => {
    server = await start({ kind: 'opensearch' });
    templates = templatesOf(server, 'vpcflow_ecs_ship');
    await templates.remove();
    await templates.put();
  });
  after(async () => {
    await templates.remove();
    await server.stop();
  });

  test(`${EVENTS} events from gzip and Parquet`, (context) => {
    const { dataStream } = templates;
    return shipTo(context, server, { dataStream }, dataStream);
  });
});
