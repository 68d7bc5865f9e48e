// Shipping: from objects to a destination, with all that can go wrong on the way.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startCluster } from './cluster.js';
import { temporaryFolder } from './command.js';
import { PLAIN, linesOf } from './logs.js';
import { importFrom, imported, manifest, packageRoot } from './package.js';
import { Dice } from './random.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

const { Parser } = imported;
const { ShipError, ship } = await importFrom(manifest.exports['./ship'].default);
const folder = temporaryFolder();

/** Returns different records; the bytes tell them apart. */
const records = (count, from = 0) => Array.from({ length: count }, (_, index) => GOOD.replace(' 4249 ', ` ${from + index} `));
const numberOf = (document) => document.network.bytes;
const numbers = (count, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const sorted = (values) => [...values].sort((a, b) => a - b);

/** Returns an object of a source, which counts its acknowledgements. */
function objectOf(name, content, more = {}) {
  const chunks = Array.isArray(content) ? content : [content];
  const object = {
    name,
    acknowledged: 0,
    released: 0,
    open: () => Readable.from(chunks.map((chunk) => Buffer.from(chunk)), { objectMode: true }),
    acknowledge: async () => { object.acknowledged += 1; },
    release: async () => { object.released += 1; },
    ...more,
  };
  return object;
}

/** Options for tests: requests small, waits short. */
const quick = { dataStream: true, id: 'fingerprint', maxDocs: 50, minDelay: 1, maxDelay: 4, checkpointInterval: 0 };

/** Starts a cluster that ends with the test. */
async function cluster(context, options) {
  const started = await startCluster(options);
  context.after(() => started.close());
  return started;
}

const entriesOf = (path) => readFileSync(path, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
let files = 0;
const path = (name) => join(folder.path, `${files++}-${name}`);

describe('to a cluster', () => {
  test('every event of every object arrives once, and the objects are acknowledged', async (context) => {
    const { url, documents, requests } = await cluster(context);
    const log = [HEADER, ...records(500)].join('\n');
    const objects = [
      objectOf('a.log', `${log}\n`, { size: log.length + 1 }),
      objectOf('b.log.gz', gzipSync(records(300, 500).join('\n'))),
      objectOf('c.log', ''),
      ...Array.from({ length: 40 }, (_, index) => objectOf(`${index}`, `${records(5, 800 + 5 * index).join('\n')}\n`)),
    ];
    const seen = [];
    const result = await ship(objects, { ...quick, url: `${url}/proxy/es/`, apiKey: 'id:key', onProgress: (progress) => seen.push(progress) });
    assert.deepStrictEqual(sorted([...documents.values()].map(numberOf)), numbers(1000));
    assert.deepStrictEqual([...documents.values()].find((document) => numberOf(document) === 7), new Parser().parse(records(8)[7]));
    assert.deepStrictEqual(objects.map(({ acknowledged, released }) => [acknowledged, released]), objects.map(() => [1, 0]));
    const { events, acknowledged, created, duplicates, rejected, errors, retries, lines, failed, isStopped } = result;
    assert.deepStrictEqual(
      { objects: result.objects, events, acknowledged, created, duplicates, rejected, errors, retries, lines, failed, isStopped },
      { objects: 43, events: 1000, acknowledged: 1000, created: 1000, duplicates: 0, rejected: 0, errors: 0, retries: 0, lines: 1001, failed: [], isStopped: false },
    );
    assert.equal(result.requests, requests.length);
    assert.equal(result.bytes, result.totalBytes);
    // Small objects share requests.
    assert.ok(requests.length <= 22, `${requests.length} requests`);
    for (const { method, path, headers, count } of requests) {
      assert.deepStrictEqual([method, path.split('?')[0]], ['POST', '/proxy/es/_bulk']);
      assert.equal(headers.authorization, `ApiKey ${Buffer.from('id:key').toString('base64')}`);
      assert.deepStrictEqual([headers['content-type'], headers['content-encoding']], ['application/x-ndjson', 'gzip']);
      assert.ok(count <= 50);
    }
    const last = seen.at(-1);
    assert.deepStrictEqual({ ...last, seconds: 0 }, { ...Object.fromEntries(Object.keys(last).map((name) => [name, result[name]])), seconds: 0 });
  });

  test('requests are cut by bytes and by count; a document longer than that goes alone', async (context) => {
    const { url, documents, requests } = await cluster(context);
    const body = new Parser().toBulk(`${GOOD}\n`, { dataStream: true, id: 'fingerprint' });
    const log = records(100, 1000).join('\n');
    await ship([objectOf('a', log)], { ...quick, maxDocs: 7, url, gzip: false });
    assert.ok(requests.every(({ count }) => count <= 7) && requests.length === 15, `${requests.length} requests`);
    requests.length = 0;
    await ship([objectOf('a', log)], { ...quick, maxBytes: 3 * body.length, url, gzip: false });
    assert.ok(requests.every(({ bytes }) => bytes <= 3 * body.length) && requests.length === 34, `${requests.length} requests`);
    requests.length = 0;
    await ship([objectOf('a', log)], { ...quick, maxBytes: 1, url });
    assert.ok(requests.every(({ count }) => count === 1) && requests.length === 100);
    assert.equal(documents.size, 100);
  });

  test('at most `concurrency` requests are under way', async (context) => {
    let most = 0;
    let now = 0;
    const to = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => { setTimeout(resolve, 2); });
      now -= 1;
    };
    for (const concurrency of [1, 3]) {
      most = 0;
      await ship([objectOf('a', records(1000).join('\n'))], { to, concurrency, maxDocs: 10 });
      assert.equal(most, concurrency);
    }
    context.diagnostic(`${most}`);
  });

  test('cut anywhere, the events are the same', async (context) => {
    const bytes = gzipSync([HEADER, ...records(400)].join('\n'));
    for (let seed = 1; seed <= 10; seed++) {
      const { url, documents } = await cluster(context);
      const dice = new Dice(seed);
      await ship([objectOf('a', dice.cut(bytes, 1 + dice.below(500)))], { ...quick, url, maxDocs: 1 + dice.below(60) });
      assert.deepStrictEqual(sorted([...documents.values()].map(numberOf)), numbers(400), `seed ${seed}`);
    }
  });

  test('a format that is inferred, and layers that are found', async (context) => {
    const { url, documents } = await cluster(context);
    const wrapped = records(300).map((message) => JSON.stringify({ message }));
    await ship([objectOf('a', linesOf(PLAIN, 3000).join('\n')), objectOf('b', wrapped.join('\n'))], { ...quick, url });
    assert.equal([...documents.values()].filter(({ network }) => network?.bytes !== undefined).length, 300);
    assert.equal(documents.size, 300 + new Set(linesOf(PLAIN, 3000)).size);
  });

  test('a user in the URL and a password are credentials', async (context) => {
    const { url, requests } = await cluster(context);
    const source = () => [objectOf('a', GOOD)];
    await ship(source(), { ...quick, url: url.replace('http://', 'http://elastic:p%40ss@') });
    await ship(source(), { ...quick, url, basic: 'elastic:p@ss' });
    await ship(source(), { ...quick, url });
    const basic = `Basic ${Buffer.from('elastic:p@ss').toString('base64')}`;
    assert.deepStrictEqual(requests.map(({ headers }) => headers.authorization), [basic, basic, undefined]);
  });
});
