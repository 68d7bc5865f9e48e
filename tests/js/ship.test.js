// Shipping: from objects to a destination, with all that can go wrong on the way.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { selfSigned } from './certificate.js';
import { startCluster } from './cluster.js';
import { PLAIN, linesOf } from './logs.js';
import { importFrom, imported, manifest } from './package.js';
import { Dice } from './random.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';
import { cluster, entriesOf, folder, numberOf, numbers, path, quick, records, sorted } from './shipping.js';

const { Parser } = imported;
const { ShipError, ship } = await importFrom(manifest.exports['./ship'].default);
const { localObjects } = await importFrom(manifest.exports['./sources'].default);
const { delayOf } = await importFrom('js/ship/backoff.js');

/** Returns an object of a source, which counts its acknowledgements. */
function objectOf(name, content, more = {}) {
  const chunks = Array.isArray(content) ? content : [content];
  const object = {
    name,
    acknowledged: 0,
    failed: 0,
    open: () => Readable.from(chunks.map((chunk) => Buffer.from(chunk)), { objectMode: true }),
    acknowledge: async () => { object.acknowledged += 1; },
    release: async () => { object.failed += 1; },
    ...more,
  };
  return object;
}

test('documents are safe when the memory of the module grows before they are taken', async () => {
  const other = new Parser({ format: 'default' });
  let growths = 0;
  // A reader of another object may be the next to run.
  const grow = () => {
    const view = other.push(`${GOOD}\n`, { view: true });
    const large = new Parser({ format: 'default' });
    large.toNdjson(`${GOOD}\n`.repeat(20_000 * (growths + 1)), { view: true });
    large.free();
    if (view.length === 0) growths += 1;
  };
  class Growing extends Parser {
    push(...given) {
      const output = super.push(...given);
      if (growths < 3) queueMicrotask(grow);
      return output;
    }
  }
  const found = [];
  const to = async ({ body }) => { found.push(...Buffer.from(body).toString().trim().split('\n').map((line) => numberOf(JSON.parse(line)))); };
  const objects = numbers(8).map((index) => objectOf(`${index}.log`, `${records(100, 100 * index).join('\n')}\n`));
  const { failed } = await ship(objects, { to, Parser: Growing });
  other.free();
  assert.deepStrictEqual([sorted(found), failed], [numbers(800), []]);
  assert.equal(growths, 3);
});

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
    assert.deepStrictEqual(objects.map(({ acknowledged, failed }) => [acknowledged, failed]), objects.map(() => [1, 0]));
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

  test('cut anywhere, and in members of gzip that are cut anywhere, the events are the same', async (context) => {
    const log = Buffer.from([HEADER, ...records(400)].join('\n'));
    for (let seed = 1; seed <= 10; seed++) {
      const { url, documents } = await cluster(context);
      const dice = new Dice(seed);
      const bytes = Buffer.concat(dice.cut(log, 100 + dice.below(log.length)).map((member) => gzipSync(member)));
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

  test('a certificate of an authority of one\'s own', async (context) => {
    const tls = selfSigned();
    const { url, documents } = await cluster(context, { tls });
    const source = () => [objectOf('a', records(200).join('\n'))];
    await assert.rejects(ship(source(), { ...quick, url }), { code: 'unreachable', message: /no authority that is trusted/ });
    const { created, requests, retries } = await ship(source(), { ...quick, url, ca: Buffer.from(tls.cert) });
    assert.deepStrictEqual([created, requests, retries, documents.size], [200, 4, 0, 200]);
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

/** Ships an object of so many records to a cluster with faults; each has to arrive once. */
async function throughFaults(context, fault, { count = 500, ...options } = {}) {
  const { url, documents, requests } = await cluster(context, { fault });
  const deadLetter = path('dead.ndjson');
  const object = objectOf('a.log', records(count).join('\n'));
  const result = await ship([object], { ...quick, url, deadLetter, ...options });
  const dead = entriesOf(deadLetter);
  const delivered = [...documents.values()].map(numberOf);
  const buried = dead.map(({ message }) => numberOf(new Parser().parse(message)));
  assert.deepStrictEqual(sorted([...delivered, ...buried]), numbers(count));
  assert.equal(object.acknowledged, 1);
  assert.equal(result.acknowledged, count);
  return { result, requests, dead, documents };
}

describe('faults', () => {
  test('429 for a while, with Retry-After', async (context) => {
    const started = performance.now();
    const fault = ({ number }) => (number <= 4 ? { status: 429, headers: { 'retry-after': '1' } } : undefined);
    const { result } = await throughFaults(context, fault, { concurrency: 2 });
    assert.ok(performance.now() - started >= 1000);
    assert.equal(result.retries, 4);
    assert.deepStrictEqual([result.created, result.duplicates], [500, 0]);
  });

  for (const status of [502, 503, 504]) {
    test(`${status} at every third request`, async (context) => {
      const { result } = await throughFaults(context, ({ number }) => (number % 3 === 1 ? { status } : undefined));
      assert.ok(result.retries >= 4);
      assert.equal(result.duplicates, 0);
    });
  }

  test('connections closed before an answer, and within it', async (context) => {
    const closes = ['before', undefined, 'within', undefined];
    const { result, documents } = await throughFaults(context, ({ number }) => ({ close: closes[number % 4] }));
    assert.ok(result.retries >= 4);
    // The answers that were lost were about documents that the server has.
    assert.ok(result.duplicates > 0);
    assert.equal(result.created + result.duplicates, 500);
    assert.equal(documents.size, 500);
  });

  test('slow answers', async (context) => {
    const { result } = await throughFaults(context, ({ number }) => ({ delay: number % 3 ? 5 : 120 }), { timeout: 60, concurrency: 3 });
    assert.ok(result.retries > 0);
    assert.equal(result.created + result.duplicates, 500);
  });

  test('429 for some documents: only those are sent again', async (context) => {
    const attempts = new Map();
    const item = (document) => {
      const number = numberOf(document);
      attempts.set(number, (attempts.get(number) ?? 0) + 1);
      return number % 7 === 0 && attempts.get(number) < 4
        ? { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'busy' } }
        : undefined;
    };
    const { result } = await throughFaults(context, () => ({ item }));
    assert.equal(result.created, 500);
    for (const [number, count] of attempts) assert.equal(count, number % 7 === 0 ? 4 : 1, `${number}`);
  });

  test('a mapping error for some documents: to the dead letter, and on', async (context) => {
    const refused = { status: 400, error: { type: 'mapper_parsing_exception', reason: 'failed to parse field', caused_by: { type: 'x', reason: 'too odd' } } };
    const fault = () => ({ item: (document) => (numberOf(document) % 11 === 3 ? refused : undefined) });
    const { result, dead } = await throughFaults(context, fault);
    assert.equal(result.rejected, dead.length);
    assert.equal(dead.length, 46);
    for (const entry of dead) {
      const { time, ...rest } = entry.dead_letter;
      const number = numberOf(new Parser().parse(entry.message));
      assert.match(time, /^\d{4}-.*Z$/);
      assert.deepStrictEqual(entry, { dead_letter: entry.dead_letter, message: records(1, number)[0] });
      assert.deepStrictEqual(rest, {
        object: 'a.log', line: number + 1, type: 'mapper_parsing_exception', reason: 'failed to parse field: too odd', status: 400,
      });
    }
  });

  test('a request that is too large is halved; a document that is too large is refused', async (context) => {
    const fault = ({ documents }) => (documents.length > 6 || documents.some((each) => numberOf(each) === 77) ? { status: 413 } : undefined);
    const { result, dead } = await throughFaults(context, fault);
    assert.deepStrictEqual(dead.map(({ dead_letter: { type, line, status } }) => ({ type, line, status })), [{ type: 'too_large', line: 78, status: 413 }]);
    assert.equal(result.created, 499);
  });

  test('a server that ends and starts again', async (context) => {
    const documents = new Map();
    let server = await startCluster({ documents });
    const { port, url } = server;
    let again;
    const fault = ({ number }) => {
      if (number === 3) {
        again = (async () => {
          await server.close();
          await new Promise((resolve) => { setTimeout(resolve, 60); });
          server = await startCluster({ documents, port });
        })();
      }
      return undefined;
    };
    await server.close();
    server = await startCluster({ documents, port, fault });
    context.after(() => server.close());
    const result = await ship([objectOf('a', records(500).join('\n'))], { ...quick, url, maxDelay: 20, retries: 50 });
    await again;
    assert.deepStrictEqual(sorted([...documents.values()].map(numberOf)), numbers(500));
    assert.ok(result.retries > 0);
  });

  test('several URLs: the next one is used when one fails', async (context) => {
    const documents = new Map();
    const first = await cluster(context, { documents, fault: ({ number }) => (number === 4 ? { close: 'before' } : undefined) });
    const second = await cluster(context, { documents, fault: ({ number }) => (number > 5 ? { status: 503 } : undefined) });
    const gone = await startCluster();
    await gone.close();
    const result = await ship([objectOf('a', records(1000).join('\n'))], { ...quick, url: [gone.url, first.url, second.url], concurrency: 1 });
    assert.deepStrictEqual(sorted([...documents.values()].map(numberOf)), numbers(1000));
    assert.deepStrictEqual([first.requests.length, second.requests.length], [4 + 12, 6]);
    assert.equal(result.retries, 4);
  });

  test('after the last attempt, the run ends; nothing is acknowledged', async (context) => {
    const { url, requests } = await cluster(context, { fault: () => ({ status: 503, text: '{"error":{"reason":"no master"}}' }) });
    const object = objectOf('a', records(10).join('\n'));
    await assert.rejects(ship([object], { ...quick, url, retries: 2 }), {
      name: 'ShipError', code: 'gave_up', message: `${new URL(url).host}: refused (503): no master; gave up after 3 attempts`,
    });
    assert.equal(requests.length, 3);
    assert.deepStrictEqual([object.acknowledged], [0]);
    const busy = await cluster(context, { fault: () => ({ item: () => ({ status: 429, error: { type: 'busy', reason: 'busy' } }) }) });
    await assert.rejects(ship([object], { ...quick, url: busy.url, retries: 2 }), {
      code: 'gave_up', message: '10 documents were refused for now (429); gave up after 3 attempts',
    });
  });

  test('what no other attempt helps ends the run at once, and says what to do', async (context) => {
    const cases = [
      [{ status: 400, text: '{"error":{"reason":"bad"}}' }, 'refused', 'refused (400): bad'],
      [{ status: 401 }, 'refused', 'the cluster asks for credentials (401): an API key, or a name and a password'],
      [{ status: 403 }, 'refused', 'not allowed (403): no; the credentials need the index privileges create_doc and auto_configure'],
      [{ status: 307, headers: { location: 'http://user:secret@other/' } }, 'refused', 'the cluster is elsewhere (307): http://other/'],
      [{ status: 200, text: '<html>' }, 'answer', 'expected the answer to a bulk request, found "<html>"'],
    ];
    for (const [answer, code, message] of cases) {
      const { url, requests } = await cluster(context, { fault: () => answer });
      const object = objectOf('a', GOOD);
      await assert.rejects(ship([object], { ...quick, url }), { name: 'ShipError', code, message: `${new URL(url).host}: ${message}` });
      assert.equal(requests.length, 1);
      assert.equal(object.acknowledged, 0);
    }
    const { url } = await cluster(context);
    await assert.rejects(ship([objectOf('a', GOOD)], { ...quick, url: url.replace('http:', 'https:') }), { code: 'unreachable', message: /does not speak TLS/ });
  });

  test('a refused document ends the run where there is no dead letter', async (context) => {
    const refused = { status: 400, error: { type: 'mapper_parsing_exception', reason: 'odd' } };
    const { url } = await cluster(context, { fault: () => ({ item: (_, index) => (index < 3 ? refused : undefined) }) });
    await assert.rejects(ship([objectOf('a', records(10).join('\n'))], { ...quick, url }), {
      code: 'rejected',
      message: 'a document was refused, and 2 others of the same request: mapper_parsing_exception (400): odd; ' +
        'give a dead-letter file to go on without them',
    });
  });
});

test('waits double up to a limit, half of each is random, and a server may ask for longer ones', (context) => {
  const bounds = { minDelay: 100, maxDelay: 1000 };
  const delays = (random, retryAfter) => [1, 2, 3, 4, 5, 100].map((attempt) => delayOf(attempt, bounds, retryAfter, () => random));
  assert.deepStrictEqual(delays(0), [50, 100, 200, 400, 500, 500]);
  assert.deepStrictEqual(delays(1), [100, 200, 400, 800, 1000, 1000]);
  assert.deepStrictEqual(delays(1, '0'), delays(1));
  assert.deepStrictEqual(delays(1, '7'), Array(6).fill(7000));
  assert.deepStrictEqual(delays(1, '100000'), Array(6).fill(300_000));
  assert.deepStrictEqual(delays(1, 'soon'), delays(1));
  context.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-01-01T00:00:00Z') });
  assert.deepStrictEqual(delays(1, 'Thu, 01 Jan 2026 00:00:20 GMT'), Array(6).fill(20_000));
  assert.deepStrictEqual(delays(1, 'Wed, 31 Dec 2025 00:00:00 GMT'), delays(1));
});

describe('objects that fail', () => {
  test('they are reported, and the others go on', async (context) => {
    const { url, documents } = await cluster(context);
    const truncated = gzipSync(records(2000, 1000).join('\n')).subarray(0, -2000);
    const objects = [
      objectOf('good.log', records(10).join('\n')),
      objectOf('bad.log', [...records(5, 10), BAD, ...records(5, 20)].join('\n'), { parser: { format: 'default' } }),
      objectOf('gone.log', '', { open() { throw new Error('it is gone'); } }),
      objectOf('open.log', linesOf('${srcaddr} ${dstaddr} ${srcport} ${dstport} ${bytes}', 30).join('\n')),
      objectOf('cut.gz', truncated),
      objectOf('late.log', records(10, 40).join('\n'), { acknowledge: async () => { throw new Error('the queue is gone'); } }),
      objectOf('last.log', records(10, 50).join('\n')),
    ];
    const reports = [];
    const result = await ship(objects, { ...quick, url, report: (error, { name }) => reports.push([name, error.message]) });
    assert.deepStrictEqual(result.failed.map(({ name, error }) => [name, error.code ?? error.message]).sort(), [
      ['bad.log', 'out_of_range'], ['cut.gz', 'damaged_input'], ['gone.log', 'it is gone'], ['late.log', 'the queue is gone'], ['open.log', 'unresolved_format'],
    ]);
    assert.deepStrictEqual(reports, result.failed.map(({ name, error }) => [name, error.message]));
    assert.deepStrictEqual(objects.map((object) => object.failed), [0, 1, 1, 1, 1, 1, 0]);
    assert.deepStrictEqual([objects[0], objects[6]].map(({ acknowledged }) => acknowledged), [1, 1]);
    const delivered = sorted([...documents.values()].map(numberOf));
    assert.deepStrictEqual(delivered.filter((number) => number < 1000), [...numbers(15), ...numbers(10, 40), ...numbers(10, 50)]);
    // All whole lines before the cut.
    const whole = gunzipSync(truncated, { finishFlush: constants.Z_SYNC_FLUSH }).toString().split('\n').length - 1;
    assert.deepStrictEqual(delivered.filter((number) => number >= 1000), numbers(whole, 1000));
  });

  test('lines before damage are delivered, also those whose format is inferred', async (context) => {
    const lines = [...new Set(linesOf(PLAIN, 200))];
    const damaged = gzipSync(`${lines.join('\n')}\n`);
    damaged[damaged.length - 6] ^= 0xff;
    for (const threads of [0, 1]) {
      const { url, documents } = await cluster(context);
      const { failed } = await ship([objectOf('a', damaged)], { ...quick, url, threads });
      assert.deepStrictEqual([failed.map(({ error }) => error.code), documents.size], [['damaged_input'], lines.length]);
      // Another attempt may read more of an object whose connection ends.
      const ends = objectOf('b', '', { async *open() { yield Buffer.from(`${lines.join('\n')}\n`); throw new Error('the connection ended'); } });
      const other = await cluster(context);
      await ship([ends], { ...quick, url: other.url, threads });
      assert.equal(other.documents.size, 0);
    }
  });

  test('a source that fails ends the run', async (context) => {
    const { url, documents } = await cluster(context);
    const first = objectOf('a', GOOD);
    const source = async function* source() {
      yield first;
      throw new Error('the bucket is gone');
    };
    await assert.rejects(ship(source(), { ...quick, url }), /the bucket is gone/);
    assert.ok(documents.size <= 1);
  });
});

describe('bad lines', () => {
  const log = [HEADER, GOOD, BAD, 'nonsense', OTHER].join('\n');

  test('without a dead letter, they end their object', async (context) => {
    const { url } = await cluster(context);
    const { failed, acknowledged } = await ship([objectOf('a', log)], { ...quick, url });
    assert.deepStrictEqual([failed.length, failed[0].error.lineNumber, acknowledged], [1, 3, 1]);
  });

  test('with `skip` they are counted and reported, with `document` they are documents', async (context) => {
    for (const onError of ['skip', 'document']) {
      const { url, documents } = await cluster(context);
      const lines = [];
      const result = await ship([objectOf('a', log)], { ...quick, url, parser: { onError }, report: (error) => lines.push(error.lineNumber) });
      assert.deepStrictEqual([result.errors, result.objects, lines], [2, 1, [3, 4]]);
      const kinds = [...documents.values()].map(({ event }) => event.kind).sort();
      assert.deepStrictEqual(kinds, onError === 'skip' ? ['event', 'event'] : ['event', 'event', 'pipeline_error', 'pipeline_error']);
    }
  });

  test('with a dead letter, they are in it', async (context) => {
    const { url } = await cluster(context);
    const deadLetter = path('dead.ndjson');
    const result = await ship([objectOf('a', log)], { ...quick, url, deadLetter });
    const format = HEADER.split(' ').map((name) => `\${${name}}`).join(' ');
    assert.deepStrictEqual([result.errors, result.objects, result.created], [2, 1, 2]);
    const dead = entriesOf(deadLetter).map(({ dead_letter: { time: _, ...rest }, message }) => ({ ...rest, message }));
    assert.deepStrictEqual(dead, [
      { object: 'a', line: 3, type: 'out_of_range', reason: 'line 3, column 65: field "srcport": expected 0 to 65535, found "70000"', format, message: BAD },
      { object: 'a', line: 4, type: 'field_count', reason: dead[1].reason, format, message: 'nonsense' },
    ]);
  });
});

describe('the dead letter', () => {
  const refuse = (document) => ({ status: 400, error: { type: 'mapper_parsing_exception', reason: `no ${numberOf(document)}` } });
  const refusing = () => ({ item: refuse });
  const unlocated = (entries) => entries.map(({ dead_letter: { time: _, ...rest }, ...line }) => ({ ...rest, ...line }));

  test('the line of a refused document is found, whatever is around it', async (context) => {
    const { url } = await cluster(context, { fault: refusing });
    const deadLetter = path('dead.ndjson');
    const [one, two, three, four] = records(4);
    const custom = (line) => line.split(' ').reverse().join(' ');
    const reversed = custom(HEADER);
    const wrapped = (message) => JSON.stringify({ message });
    const text = [one, '', 'nonsense', reversed, custom(two), HEADER, `${three}\r`, wrapped(four)].join('\n');
    await ship([objectOf('a', text)], { ...quick, url, deadLetter });
    const format = (header) => header.split(' ').map((name) => `\${${name}}`).join(' ');
    const found = unlocated(entriesOf(deadLetter)).filter(({ type }) => type === 'mapper_parsing_exception');
    const own = { object: 'a', type: 'mapper_parsing_exception', status: 400, layers: ['json message'] };
    assert.deepStrictEqual(found, [
      { ...own, line: 1, reason: 'no 0', message: one },
      { ...own, line: 5, reason: 'no 1', format: format(reversed), message: custom(two) },
      { ...own, line: 7, reason: 'no 2', format: format(HEADER), message: `${three}\r` },
      { ...own, line: 8, reason: 'no 3', format: format(HEADER), message: wrapped(four) },
    ]);
  });

  test('its lines are shipped again, each by its own format', async (context) => {
    const deadLetter = path('dead.ndjson');
    const lost = path('lost.ndjson');
    const short = 'srcaddr dstaddr bytes end';
    const shortLines = Array.from({ length: 20 }, (_, index) => `192.0.2.1 10.0.0.1 ${500 + index} 1767225658`);
    const others = [...new Set(linesOf(PLAIN, 300))];
    const objects = () => [
      objectOf('a', [...records(30), 'nonsense'].join('\n')),
      objectOf('b', [short, ...shortLines].join('\n')),
      objectOf('c', others.join('\n')),
    ];
    const plain = await cluster(context);
    await ship(objects(), { ...quick, url: plain.url, deadLetter: lost });
    const bad = await cluster(context, { fault: refusing });
    const { rejected } = await ship(objects(), { ...quick, url: bad.url, deadLetter });
    assert.deepStrictEqual([rejected, others.length], [50 + others.length, 300]);
    const again = await cluster(context);
    const object = objectOf('dead.ndjson', readFileSync(deadLetter));
    const result = await ship([object], { ...quick, url: again.url, deadLetter: lost });
    assert.deepStrictEqual([result.created, result.errors, object.acknowledged], [plain.documents.size, 1, 1]);
    const byId = ({ documents }) => [...documents].sort(([a], [b]) => (a < b ? -1 : 1));
    assert.deepStrictEqual(byId(again), byId(plain));
    // Those that are not delivered again name the dead letter and the line in it.
    const still = unlocated(entriesOf(lost));
    assert.deepStrictEqual(still.map(({ object: name, message }) => [name, message]), [['a', 'nonsense'], ['dead.ndjson', 'nonsense']]);
    assert.equal(entriesOf(deadLetter)[still[1].line - 1].message, 'nonsense');
  });

  test('a line that is not UTF-8 keeps its bytes', async (context) => {
    const { url, documents } = await cluster(context);
    const deadLetter = path('dead.ndjson');
    const line = Buffer.concat([Buffer.from('x '), Buffer.from([0xff, 0xfe, 0x80])]);
    await ship([objectOf('a', [`${GOOD}\n`, line])], { ...quick, url, deadLetter });
    const [entry] = entriesOf(deadLetter);
    assert.deepStrictEqual(Buffer.from(entry.message_base64, 'base64'), line);
    const lost = path('lost.ndjson');
    await ship([objectOf('dead', readFileSync(deadLetter))], { ...quick, url, deadLetter: lost });
    assert.equal(entriesOf(lost)[0].message_base64, entry.message_base64);
    assert.equal(documents.size, 1);
  });

  test('a line with several records is there for each that was refused', async (context) => {
    const [one, two, three, four, five] = records(5);
    const events = JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: [three, four].map((message) => ({ message })) });
    for (const lines of [[`${one}\t${two}`, three, `${four}\t${five}`], [one, events, five]]) {
      const isOdd = (document) => (numberOf(document) % 2 ? refuse(document) : undefined);
      const { url, documents } = await cluster(context, { fault: () => ({ item: isOdd }) });
      const deadLetter = path('dead.ndjson');
      await ship([objectOf('a', lines.join('\n'), { parser: { maxLineBytes: 2 ** 20 } })], { ...quick, url, deadLetter, decode: { layers: false } });
      const found = unlocated(entriesOf(deadLetter)).map(({ line, reason, message }) => [line, reason, message]);
      const expected = lines.flatMap((message, index) => [1, 3].filter((number) => message.includes(` ${number} 1418`)).map((number) => [index + 1, `no ${number}`, message]));
      assert.deepStrictEqual(found, expected);
      assert.deepStrictEqual(sorted([...documents.values()].map(numberOf)), [0, 2, 4]);
    }
  });

  test('long lines are whole in it, or cut after 4 MiB', async () => {
    for (const length of [70_000, 1_048_576, 2_000_000, 9_000_000]) {
      const deadLetter = path('dead.ndjson');
      const text = Buffer.from(`${'x'.repeat(length)}\nend\n`);
      const dice = new Dice(length);
      await ship([objectOf('a', dice.cut(text, 100_000))], { to() {}, deadLetter, parser: { format: 'default' } });
      const [long, short] = entriesOf(deadLetter);
      assert.deepStrictEqual([long.message.length, long.dead_letter.cut], [Math.min(length, 4 * 1024 * 1024), length > 4 * 1024 * 1024 ? true : undefined]);
      assert.deepStrictEqual([long.dead_letter.line, short.dead_letter.line, short.message], [1, 2, 'end']);
    }
  });

  test('a damaged dead letter is an error with its line', async () => {
    const start = JSON.stringify({ dead_letter: { object: 'a' }, message: GOOD });
    for (const [line, message] of [
      ['{}', 'line 2 of the dead letter is not an entry: expected {"dead_letter":…}'],
      ['{"dead', 'line 2 of the dead letter is not an entry: expected {"dead_letter":…}'],
      [JSON.stringify({ dead_letter: { object: 'a' }, document: '{}' }), 'line 2 of the dead letter has a document whose line is not known'],
    ]) {
      const { failed } = await ship([objectOf('d', `${start}\n${line}\n`)], { to: () => {} });
      assert.deepStrictEqual(failed.map(({ error }) => error.message), [message]);
    }
  });

  test('the files that the run writes are not among its objects', async () => {
    const logs = path('logs');
    mkdirSync(logs);
    const [deadLetter, checkpoint, file] = ['dead.ndjson', 'checkpoint', 'out.ndjson'].map((name) => join(logs, name));
    writeFileSync(join(logs, 'a.log'), [GOOD, BAD].join('\n'));
    for (let time = 0; time < 2; time++) {
      const result = await ship(localObjects(logs), { file: { path: file, maxBytes: 1 }, deadLetter, checkpoint });
      assert.deepStrictEqual([result.objects + result.skipped, result.events, result.failed], [1, 1 - time, []]);
    }
    assert.equal(entriesOf(deadLetter).length, 1);
  });

  test('half a line that a killed run has left is removed', async (context) => {
    const { url } = await cluster(context);
    const kept = `${JSON.stringify({ dead_letter: { object: 'x', line: 1 }, message: 'm' })}\n`;
    for (const [before, start] of [[`${kept}{"dead_let`, kept], ['x'.repeat(200_000), ''], [kept, kept], ['', '']]) {
      const deadLetter = folder.write(`half-${before.length}`, before);
      await ship([objectOf('a', 'nonsense here')], { ...quick, url, deadLetter });
      const text = readFileSync(deadLetter, 'utf8');
      assert.ok(text.startsWith(start));
      assert.deepStrictEqual(text.slice(start.length).trimEnd().split('\n').map((line) => JSON.parse(line).message), ['nonsense here']);
    }
  });

  test('on a full disk, the run ends; a later one delivers the rest', { skip: !existsSync('/dev/full') }, async (context) => {
    const checkpoint = path('checkpoint');
    const odd = (document) => (numberOf(document) % 50 === 25 ? refuse(document) : undefined);
    const { url, documents } = await cluster(context, { fault: () => ({ item: odd }) });
    const object = () => objectOf('a', records(1000).join('\n'));
    const first = object();
    await assert.rejects(ship([first], { ...quick, url, checkpoint, deadLetter: '/dev/full' }), {
      name: 'ShipError', code: 'dead_letter', message: /^the dead-letter file \/dev\/full cannot be written: ENOSPC/,
    });
    assert.equal(first.acknowledged, 0);
    const deadLetter = path('dead.ndjson');
    const last = object();
    await ship([last], { ...quick, url, checkpoint, deadLetter });
    const buried = entriesOf(deadLetter).map(({ message }) => numberOf(new Parser().parse(message)));
    assert.deepStrictEqual(sorted([...[...documents.values()].map(numberOf), ...buried]), numbers(1000));
    assert.equal(last.acknowledged, 1);
  });

  test('bad lines on a full disk end the run, too', { skip: !existsSync('/dev/full') }, async (context) => {
    const { url } = await cluster(context);
    const object = objectOf('a', ['nonsense', GOOD].join('\n'));
    await assert.rejects(ship([object], { ...quick, url, deadLetter: '/dev/full' }), { code: 'dead_letter' });
    assert.equal(object.acknowledged, 0);
    await assert.rejects(ship([object], { ...quick, url, deadLetter: join(folder.path, 'no/such/folder') }), {
      code: 'dead_letter', message: /cannot be opened: ENOENT/,
    });
  });
});

describe('resuming', () => {
  test('what is acknowledged is not sent again', async (context) => {
    const { url, requests, documents } = await cluster(context);
    const checkpoint = path('checkpoint');
    const objects = () => [objectOf('a', records(100).join('\n'), { version: '1' }), objectOf('b', records(100, 100).join('\n'))];
    await ship(objects(), { ...quick, url, checkpoint });
    assert.deepStrictEqual(JSON.parse(readFileSync(checkpoint, 'utf8')), {
      version: 1, objects: { a: { version: '1', isDone: true }, b: { isDone: true } },
    });
    const before = requests.length;
    const again = objects();
    const result = await ship(again, { ...quick, url, checkpoint });
    assert.deepStrictEqual([result.skipped, result.events, requests.length], [2, 0, before]);
    // Their source did not hear of it, perhaps.
    assert.deepStrictEqual(again.map(({ acknowledged }) => acknowledged), [1, 1]);
    // Another version is another content.
    const other = await ship([objectOf('a', records(10, 300).join('\n'), { version: '2' })], { ...quick, url, checkpoint });
    assert.deepStrictEqual([other.skipped, other.created, documents.size], [0, 10, 210]);
    assert.deepStrictEqual(readdirSync(folder.path).filter((name) => name.endsWith('.next')), []);
  });

  for (const [what, log] of Object.entries({
    'lines with a header': [HEADER.split(' ').reverse().join(' '), ...records(6000).map((line) => line.split(' ').reverse().join(' '))],
    'lines whose format is inferred': [...new Set(linesOf(PLAIN, 5000))],
    'lines in layers': records(6000).map((message) => JSON.stringify({ message })),
  })) {
    test(`a run that failed goes on after the last acknowledged line: ${what}`, async (context) => {
      for (let seed = 1; seed <= 2; seed++) {
        const dice = new Dice(seed);
        const checkpoint = path('checkpoint');
        const bytes = gzipSync(log.join('\n'));
        const object = () => objectOf('a', dice.cut(bytes, 5000));
        let events = 0;
        const bodies = new Map();
        for (let last = 9; ; last += 4) {
          const { url, documents } = await cluster(context, { fault: ({ number }) => (number > last ? { status: 400 } : undefined) });
          const error = await ship([object()], { ...quick, url, checkpoint, concurrency: 1, maxDocs: 400 }).then((result) => {
            events += result.events;
          }, (thrown) => thrown);
          for (const [id, document] of documents) bodies.set(id, document);
          if (error === undefined) break;
          assert.equal(error.code, 'refused');
          assert.ok(JSON.parse(readFileSync(checkpoint, 'utf8')).objects.a.line > 0);
        }
        const whole = await cluster(context);
        await ship([object()], { ...quick, url: whole.url });
        const byId = (documents) => [...documents].sort(([a], [b]) => (a < b ? -1 : 1));
        assert.deepStrictEqual(byId(bodies), byId(whole.documents), `seed ${seed}`);
        assert.ok(bodies.size >= 5000);
        // The last run did not begin again.
        assert.ok(events < log.length - 1000, `${events} events`);
      }
    });
  }

  /** Returns an object with ranges, and notes those that are opened. */
  const ranged = (content, more) => {
    const bytes = Buffer.from(content);
    const ranges = [];
    return {
      ...objectOf('a', '', { size: bytes.length, version: '1', hasRanges: true, ...more }),
      ranges,
      async *open({ start = 0, end = bytes.length } = {}) {
        ranges.push([start, end]);
        for (const chunk of new Dice(start + end).cut(bytes.subarray(start, end), 20_000)) yield chunk;
      },
    };
  };

  const reversed = (line) => line.split(' ').reverse().join(' ');
  for (const threads of [0, 2]) {
    for (const [what, log] of Object.entries({
      'lines with a header': [reversed(HEADER), ...records(6000).map(reversed)],
      'lines with headers': [HEADER, ...records(2000), reversed(HEADER), ...records(4000, 2000).map(reversed)],
      'lines whose format is inferred': [...new Set(linesOf(PLAIN, 5000))],
      'lines in layers': records(6000).map((message) => JSON.stringify({ message })),
      'bad lines': records(6000).flatMap((line, index) => (index % 500 === 499 ? [line, `nonsense-${index}`] : [line])),
    })) {
      test(`from the byte after the last acknowledged line, ${threads} threads: ${what}`, async (context) => {
        const options = { ...quick, threads, parser: { onError: 'document' }, maxDocs: 400, concurrency: 1 };
        const text = log.join('\n');
        const whole = await cluster(context);
        await ship([objectOf('a', text)], { ...options, url: whole.url });
        const bodies = new Map();
        const checkpoint = path('checkpoint');
        let runs = 0;
        for (let last = 8; ; last += 3, runs += 1) {
          const { url, documents } = await cluster(context, { fault: ({ number }) => (number > last ? { status: 400 } : undefined) });
          const object = ranged(text);
          const before = existsSync(checkpoint) ? JSON.parse(readFileSync(checkpoint, 'utf8')).objects.a : undefined;
          const error = await ship([object], { ...options, url, checkpoint }).then(() => undefined, (thrown) => thrown);
          for (const [id, document] of documents) bodies.set(id, document);
          if (before?.offset !== undefined) {
            const { line, offset, prologue } = before;
            assert.equal(Buffer.byteLength(log.slice(0, line).map((each) => `${each}\n`).join('')), offset);
            assert.deepStrictEqual(object.ranges, [[0, prologue], [offset, object.size]]);
            assert.ok(prologue <= offset);
          }
          if (error === undefined) break;
          assert.equal(error.code, 'refused');
          assert.ok(JSON.parse(readFileSync(checkpoint, 'utf8')).objects.a.offset > 0);
        }
        assert.ok(runs >= 1);
        // Documents of bad lines have the numbers of the lines, and the time at which they were read.
        const byId = (documents) => [...documents].sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([id, document]) => [id, document.error ? { ...document, '@timestamp': undefined } : document]);
        assert.deepStrictEqual(byId(bodies), byId(whole.documents));
      });
    }
  }

  test('only lines that are the bytes of their object have an offset', async (context) => {
    const log = records(2000);
    const mark = Buffer.from([0xef, 0xbb, 0xbf]);
    const inputs = {
      plain: [log.join('\n'), true],
      'with a mark': [Buffer.concat([mark, Buffer.from(log.join('\n'))]), true],
      'JSON lines': [log.map((message) => JSON.stringify({ message })).join('\n'), true],
      'JSON lines with a mark': [Buffer.concat([mark, Buffer.from(log.map((message) => JSON.stringify({ message })).join('\n'))]), false],
      gzip: [gzipSync(log.join('\n')), false],
      'UTF-16': [Buffer.from(log.join('\n'), 'utf16le'), false],
      envelopes: [JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: log.map((message) => ({ message })) }), false],
      'a bound of the whole object': [log.join('\n'), true, { decode: { maxBytes: 1e9 } }],
    };
    for (const [what, [content, hasOffset, more]] of Object.entries(inputs)) {
      const checkpoint = path('checkpoint');
      const { url } = await cluster(context, { fault: ({ number }) => (number > 30 ? { status: 400 } : undefined) });
      await assert.rejects(ship([ranged(content)], { ...quick, url, checkpoint, concurrency: 1, ...more }), { code: 'refused' });
      const { line, offset } = JSON.parse(readFileSync(checkpoint, 'utf8')).objects.a;
      assert.ok(line > 0, what);
      assert.equal(offset !== undefined, hasOffset, what);
      const again = await cluster(context);
      const object = ranged(content);
      const { lines } = await ship([object], { ...quick, url: again.url, checkpoint, ...more });
      assert.equal(lines, 2000 - line, what);
      assert.equal(object.ranges.length, hasOffset && !more ? 2 : 1, what);
      // Another version is read from its start.
      const other = ranged(content, { version: '2' });
      await ship([other], { ...quick, url: again.url, checkpoint: folder.write('other', JSON.stringify({ version: 1, objects: { a: { version: '1', line, offset, prologue: offset } } })) });
      assert.deepStrictEqual(other.ranges, [[0, other.size]], what);
    }
  });

  test('a checkpoint that is damaged, of another version or not writable is an error', async () => {
    const to = () => {};
    for (const [content, message] of [
      ['{', /is not one that this program has written; move it away to ship everything again$/],
      ['{"version":2}', /has version 2, and this program reads version 1$/],
      ['{"version":1}', /is not one that this program has written/],
    ]) {
      await assert.rejects(ship([], { to, checkpoint: folder.write('damaged', content) }), { name: 'ShipError', code: 'checkpoint', message });
    }
    await assert.rejects(ship([], { to, checkpoint: folder.path }), { code: 'checkpoint', message: /cannot be read: EISDIR/ });
    const object = objectOf('a', GOOD);
    await assert.rejects(ship([object], { to, checkpoint: join(folder.path, 'no/such/folder') }), { code: 'checkpoint', message: /cannot be written: ENOENT/ });
  });

  test('a signal stops the run; what is under way is acknowledged, and nothing else', async (context) => {
    const { url, documents } = await cluster(context, { fault: () => ({ delay: 10 }) });
    const checkpoint = path('checkpoint');
    const object = () => objectOf('a', records(5000).join('\n'));
    const stop = new AbortController();
    const onProgress = ({ acknowledged }) => acknowledged > 500 && stop.abort();
    const first = object();
    const result = await ship([first, objectOf('b', '')], { ...quick, url, checkpoint, readers: 1, onProgress, signal: stop.signal });
    assert.deepStrictEqual([result.isStopped, result.objects, result.failed, first.acknowledged, first.failed], [true, 0, [], 0, 0]);
    assert.ok(result.acknowledged > 500 && result.acknowledged < 5000);
    assert.equal(documents.size, result.acknowledged);
    const { line } = JSON.parse(readFileSync(checkpoint, 'utf8')).objects.a;
    assert.ok(line <= result.acknowledged);
    const second = object();
    const rest = await ship([second], { ...quick, url, checkpoint });
    assert.deepStrictEqual([documents.size, second.acknowledged, rest.created], [5000, 1, 5000 - result.acknowledged]);
    const none = await ship([objectOf('a', GOOD)], { ...quick, url, signal: AbortSignal.abort() });
    assert.deepStrictEqual([none.isStopped, none.events], [true, 0]);
  });

  test('a signal ends waits: for an object, and for the next attempt', async (context) => {
    const { url } = await cluster(context, { fault: () => ({ status: 503 }) });
    const object = objectOf('a', GOOD);
    const source = async function* source() {
      yield object;
      await new Promise(() => {});
    };
    const result = await ship(source(), { ...quick, url, minDelay: 60_000, maxDelay: 60_000, flushAfter: 0, signal: AbortSignal.timeout(100) });
    assert.deepStrictEqual([result.isStopped, object.acknowledged], [true, 0]);
  });

  test('lines are sent while their object goes on', async (context) => {
    const { url, documents } = await cluster(context);
    const stop = new AbortController();
    const object = objectOf('a', '', {
      async *open() {
        for (const line of records(3)) yield Buffer.from(`${line}\n`);
        yield Buffer.from('2 123');
        while (documents.size < 3) await new Promise((resolve) => { setTimeout(resolve, 5); });
        stop.abort();
        yield Buffer.from('4');
      },
    });
    const { isStopped, created } = await ship([object], { ...quick, url, flushAfter: 5, signal: stop.signal });
    assert.deepStrictEqual([isStopped, created, object.acknowledged], [true, 3, 0]);
  });

  test('a batch that is not full is sent when no more comes', async (context) => {
    const { url, documents } = await cluster(context);
    const stop = new AbortController();
    const object = objectOf('a', GOOD, { acknowledge: async () => stop.abort() });
    const source = async function* source() {
      yield object;
      await new Promise(() => {});
    };
    await ship(source(), { ...quick, url, flushAfter: 5, signal: stop.signal });
    assert.equal(documents.size, 1);
  });
});

describe('other destinations', () => {
  const log = [HEADER, ...records(300)].join('\n');
  const ndjson = Buffer.from(new Parser().toNdjson(log)).toString();

  test('a file, in the order of the lines', async () => {
    const file = path('documents.ndjson');
    const result = await ship([objectOf('a', log), objectOf('b', log)], { file, maxDocs: 70 });
    assert.equal(readFileSync(file, 'utf8'), ndjson + ndjson);
    assert.deepStrictEqual([result.created, result.requests], [600, 0]);
    await ship([objectOf('a', log)], { file });
    assert.equal(readFileSync(file, 'utf8'), ndjson.repeat(3));
  });

  test('a file with rotation: each file has whole documents, and the oldest are removed', async () => {
    const file = path('rotated.ndjson');
    const body = ndjson.split('\n').slice(0, 10).join('\n').length + 1;
    await ship([objectOf('a', log)], { file: { path: file, maxBytes: 8 * body, maxFiles: 3 }, maxDocs: 10 });
    const contents = [`${file}.2`, `${file}.1`, file].map((name) => readFileSync(name, 'utf8'));
    assert.ok(!existsSync(`${file}.3`));
    for (const content of contents) assert.ok(content.length <= 8 * body && content.endsWith('}\n'));
    assert.ok(ndjson.endsWith(contents.join('')));
    assert.ok(contents.join('').length > 16 * body);
  });

  test('a full disk', { skip: !existsSync('/dev/full') }, async () => {
    const object = objectOf('a', log);
    await assert.rejects(ship([object], { file: '/dev/full' }), { name: 'ShipError', code: 'write', message: /^\/dev\/full cannot be written: ENOSPC/ });
    assert.equal(object.acknowledged, 0);
  });

  test('a stream, at the pace of its reader', async () => {
    const writable = new PassThrough({ highWaterMark: 1000 });
    let events = 0;
    const shipped = ship([objectOf('a', records(20_000).join('\n'))], { writable, maxDocs: 100, onProgress: (progress) => { ({ events } = progress); } });
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    assert.ok(events < 2000, `${events} events`);
    let text = '';
    writable.on('data', (chunk) => { text += chunk; });
    const { created } = await shipped;
    assert.deepStrictEqual([created, text.trimEnd().split('\n').length], [20_000, 20_000]);
  });

  test('a reader that closes the stream stops the run', async () => {
    const writable = new PassThrough({ highWaterMark: 1000 });
    const object = objectOf('a', log);
    const shipped = ship([object], { writable, maxDocs: 10 });
    setTimeout(() => writable.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })), 20);
    const { isStopped, created } = await shipped;
    assert.deepStrictEqual([isStopped, object.acknowledged, created < 300], [true, 0, true]);
    writable.destroy();
    const failing = new PassThrough();
    failing._write = (chunk, encoding, done) => done(new Error('the disk is gone'));
    await assert.rejects(ship([objectOf('a', log)], { writable: failing }), { name: 'ShipError', code: 'write', message: 'the output cannot be written: the disk is gone' });
  });

  test('a function gets whole documents, and bodies of bulk requests if there is a target', async () => {
    const batches = [];
    const to = async (batch) => {
      await null;
      batches.push(batch);
    };
    const result = await ship([objectOf('a', log)], { to, maxDocs: 64, concurrency: 1 });
    assert.equal(Buffer.concat(batches.map(({ body }) => body)).toString(), ndjson);
    assert.deepStrictEqual(batches.map(({ count }) => count), [64, 64, 64, 64, 44]);
    assert.equal(result.created, 300);
    batches.length = 0;
    await ship([objectOf('a', log)], { to, index: 'flows', concurrency: 1 });
    assert.deepStrictEqual(batches.map(({ body }) => Buffer.from(body).toString()), [Buffer.from(new Parser().toBulk(log, { index: 'flows' })).toString()]);
  });

  test('a function that fails ends the run', async () => {
    const object = objectOf('a', log);
    await assert.rejects(ship([object], { to: () => { throw new Error('no'); } }), { message: 'no' });
    assert.equal(object.acknowledged, 0);
  });
});

/** The clients, on which the package does not depend. */
const clients = {
  '@elastic/elasticsearch': async (node) => new (await import('@elastic/elasticsearch')).Client({ node }),
  '@opensearch-project/opensearch': async (node) => new (await import('@opensearch-project/opensearch')).Client({ node }),
};

for (const [name, make] of Object.entries(clients)) {
  describe(`the client of ${name}`, () => {
    test('its helpers.bulk gets documents as texts, and each arrives once', async (context) => {
      const { url, documents, requests } = await cluster(context);
      const client = await make(url);
      let texts = 0;
      const bulk = (options) => {
        texts += options.datasource.filter((document) => typeof document === 'string').length;
        return client.helpers.bulk(options);
      };
      const object = objectOf('a', records(500).join('\n'));
      const { url: _, ...options } = { ...quick, url };
      const result = await ship([object], { ...options, client: { helpers: { bulk } } });
      assert.deepStrictEqual(sorted([...documents.values()].map(numberOf)), numbers(500));
      assert.deepStrictEqual([texts, result.created, requests.length, object.acknowledged], [500, 500, 10, 1]);
      const again = await ship([objectOf('a', records(500).join('\n'))], { ...options, client });
      assert.deepStrictEqual([again.created, again.duplicates], [0, 500]);
    });

    test('refused documents go to the dead letter, with and without identifiers', async (context) => {
      const refused = { status: 400, error: { type: 'mapper_parsing_exception', reason: 'odd' } };
      for (const id of ['fingerprint', undefined]) {
        const { url, documents } = await cluster(context, { fault: () => ({ item: (document) => (numberOf(document) % 9 === 4 ? refused : undefined) }) });
        const deadLetter = path('dead.ndjson');
        const options = { index: 'flows', minDelay: 1, maxDocs: 50, ...(id && { id }) };
        await ship([objectOf('a', records(200).join('\n'))], { ...options, client: await make(url), deadLetter });
        const dead = entriesOf(deadLetter);
        assert.deepStrictEqual(dead.map(({ dead_letter: { line }, message }) => [line, message]), numbers(200).filter((number) => number % 9 === 4)
          .map((number) => [number + 1, records(1, number)[0]]));
        assert.equal(documents.size + dead.length, 200);
      }
    });

    test('429 for a while, 503 and closed connections', async (context) => {
      const seen = new Set();
      const item = (document) => {
        const number = numberOf(document);
        if (number % 5 || seen.has(number)) return undefined;
        seen.add(number);
        return { status: 429, error: { type: 'busy', reason: 'busy' } };
      };
      const answers = [{ status: 503 }, { close: 'before' }, { status: 429 }, { close: 'within' }];
      const { url, documents } = await cluster(context, { fault: ({ number }) => (number <= 16 ? answers[number % 4] : { item }) });
      const { url: _, ...options } = { ...quick, url };
      const object = objectOf('a', records(300).join('\n'));
      const result = await ship([object], { ...options, client: await make(url), retries: 20 });
      assert.deepStrictEqual(sorted([...documents.values()].map(numberOf)), numbers(300));
      assert.equal(result.created + result.duplicates, 300);
    });
  });
}

describe('options', () => {
  test('wrong ones are errors at once', async () => {
    const url = 'http://127.0.0.1:9';
    const cases = [
      [{}, 'expected one of the options "url", "client", "file", "writable", "to", found none'],
      [{ url, file: 'a' }, 'expected one of the options "url", "client", "file", "writable", "to", found "url" and "file"'],
      [{ url }, 'expected one of the options "index" and "dataStream", found none'],
      [{ url, index: 'a', dataStream: true }, /index.*dataStream|dataStream.*index/],
      [{ url: 'nowhere', index: 'a' }, 'option "url": expected a URL such as https://localhost:9200, found a text that is not a URL'],
      [{ url: 'ftp://user:secret@host', index: 'a' }, 'option "url": expected a URL such as https://localhost:9200, found the protocol ftp:'],
      [{ url: [], index: 'a' }, 'option "url": expected at least one URL, found an array'],
      [{ url, index: 'a', apiKey: 'k', basic: 'a:b' }, 'options "apiKey" and "basic": expected one of them, found both'],
      [{ url, index: 'a', concurrency: 0 }, 'option "concurrency": expected an integer from 1 to 256, found 0'],
      [{ url, index: 'a', retries: -1 }, /^option "retries": expected an integer from 0 to/],
      [{ url, index: 'a', retry: 5 }, /^unknown option "retry": ship knows /],
      [{ client: {}, index: 'a' }, 'option "client": expected a client with helpers.bulk, found an object'],
      [{ file: 5 }, /^argument "options"|^option "file"/],
      [{ writable: {} }, 'option "writable": expected a stream, found an object'],
      [{ to: 'x' }, 'option "to": expected a function, found a string'],
      [{ to: () => {}, deadLetter: 5 }, 'option "deadLetter": expected a path, found a number'],
      [{ to: () => {}, parser: { schema: 'no' } }, /schema/],
      [{ to: () => {}, parser: { bulk: { index: 'a' } } }, 'option "parser.bulk": give "index" or "dataStream" beside "parser"'],
      [{ to: () => {}, parser: { report() {} } }, 'option "parser.report": give "report" beside "parser"'],
    ];
    for (const [options, message] of cases) {
      await assert.rejects(ship([], options), (error) => {
        if (message instanceof RegExp) assert.match(error.message, message);
        else assert.equal(error.message, message);
        assert.doesNotMatch(error.message, /secret/);
        return error.name === 'FlowLogError' || error instanceof TypeError;
      });
    }
    await assert.rejects(ship('a.log', { to() {} }), { name: 'TypeError', message: 'argument "source": expected an iterable of objects, found a string' });
    assert.ok(new ShipError('m', { code: 'c' }) instanceof Error);
  });
});
