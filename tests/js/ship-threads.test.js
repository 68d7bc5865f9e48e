// Shipping with threads: the same documents, acknowledgements and errors as without.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { importFrom, imported, manifest } from './package.js';
import { Dice } from './random.js';
import { BAD, GOOD, HEADER } from './samples.js';
import { cluster, entriesOf, numberOf, numbers, path, quick, records, sorted } from './shipping.js';

const { Parser } = imported;
const { ship } = await importFrom(manifest.exports['./ship'].default);
const { localObjects } = await importFrom(manifest.exports['./sources'].default);

function objectOf(name, content, more = {}) {
  const object = {
    name,
    acknowledged: 0,
    released: [],
    open: () => Readable.from(new Dice(name.length).cut(Buffer.from(content), 50_000), { objectMode: true }),
    acknowledge: async () => { object.acknowledged += 1; },
    release: async (error) => { object.released.push(error.message); },
    ...more,
  };
  return object;
}

describe('several objects at the same time', () => {
  test('every event arrives once, whatever is around the lines', async (context) => {
    const { url, documents } = await cluster(context);
    const wrapped = records(500, 2000).map((message) => JSON.stringify({ message }));
    const columnData = HEADER.split(' ').map((name, index) => ({
      name: name.replaceAll('-', '_'), type: 'STRING', data: records(500, 2500).map((line) => line.split(' ')[index]),
    }));
    const objects = [
      objectOf('a', [HEADER, ...records(1000)].join('\n')),
      objectOf('b.gz', gzipSync(records(1000, 1000).join('\n'))),
      objectOf('c', wrapped.join('\n')),
      objectOf('d.parquet', new Uint8Array(parquetWriteBuffer({ columnData }))),
      ...Array.from({ length: 20 }, (_, index) => objectOf(`${index}`, records(50, 3000 + 50 * index).join('\n'))),
    ];
    const result = await ship(objects, { ...quick, url, threads: 3 });
    assert.deepStrictEqual(sorted([...documents.values()].map(numberOf)), numbers(4000));
    assert.deepStrictEqual([...documents.values()].find((document) => numberOf(document) === 7), new Parser().parse(records(8)[7]));
    assert.deepStrictEqual([result.objects, result.events, result.created, result.failed], [24, 4000, 4000, []]);
    assert.deepStrictEqual(objects.map(({ acknowledged, released }) => [acknowledged, released]), objects.map(() => [1, []]));
  });

  test('through faults, each event is in the cluster or in the dead letter, with its line', async (context) => {
    const refused = { status: 400, error: { type: 'mapper_parsing_exception', reason: 'odd' } };
    const item = (document) => (numberOf(document) % 41 === 7 ? refused : undefined);
    const answers = [{ status: 503 }, { item }, { close: 'within', item }, { item }, { status: 429 }];
    const { url, documents } = await cluster(context, { fault: ({ number }) => answers[number % 5] });
    const deadLetter = path('dead.ndjson');
    const shuffled = (line) => line.split(' ').reverse().join(' ');
    const lines = [shuffled(HEADER), ...records(1500).map(shuffled), shuffled(BAD)];
    const objects = [objectOf('a', lines.join('\n')), objectOf('b', records(1500, 1500).join('\n'))];
    const { rejected, errors } = await ship(objects, { ...quick, url, deadLetter, threads: 2, retries: 50 });
    const odd = numbers(3000).filter((number) => number % 41 === 7);
    assert.deepStrictEqual([rejected, errors], [odd.length, 1]);
    const dead = entriesOf(deadLetter);
    const bad = dead.find(({ dead_letter: { type } }) => type !== 'mapper_parsing_exception');
    assert.deepStrictEqual([bad.message, bad.dead_letter.object, bad.dead_letter.line], [shuffled(BAD), 'a', 1502]);
    const format = shuffled(HEADER).split(' ').map((name) => `\${${name}}`).join(' ');
    for (const { dead_letter: { object, line, format: own }, message } of dead.filter((each) => each !== bad)) {
      assert.equal(message, object === 'a' ? lines[line - 1] : records(1, 1500 + line - 1)[0]);
      assert.equal(own, object === 'a' ? format : undefined);
    }
    const buried = dead.filter((each) => each !== bad).map(({ dead_letter: { object, line } }) => (object === 'a' ? line - 2 : 1500 + line - 1));
    assert.deepStrictEqual(sorted([...[...documents.values()].map(numberOf), ...buried]), numbers(3000));
    // Its lines are shipped again.
    const again = await cluster(context);
    const lost = path('lost.ndjson');
    await ship([objectOf('dead', readFileSync(deadLetter))], { ...quick, url: again.url, deadLetter: lost, threads: 1 });
    assert.deepStrictEqual(sorted([...again.documents.values()].map(numberOf)), odd);
  });

  test('objects that fail are released with the error, and the others go on', async (context) => {
    const { url, documents } = await cluster(context);
    const objects = [
      objectOf('cut.gz', gzipSync(records(1000).join('\n')).subarray(0, -10)),
      objectOf('bad', [...records(10, 1000), BAD, ...records(100_000, 5000)].join('\n')),
      objectOf('gone', '', { async *open() { throw Object.assign(new Error('gone'), { code: 'NoSuchKey' }); } }),
      objectOf('ends', '', { async *open() { yield Buffer.from(`${records(1, 1010)[0]}\n`); throw new Error('the connection ended'); } }),
      objectOf('good', records(989, 1011).join('\n')),
    ];
    const { failed, objects: count } = await ship(objects, { ...quick, url, threads: 2, maxDocs: 5000 });
    const messages = {
      'cut.gz': /^byte \d+: the gzip data is cut short$/, bad: /^line 11, column 65: .*field "srcport": expected 0 to 65535, found "70000"/, gone: /^gone$/, ends: /^the connection ended$/,
    };
    assert.deepStrictEqual(failed.map(({ name }) => name).sort(), Object.keys(messages).sort());
    for (const { name, error } of failed) assert.match(error.message, messages[name]);
    assert.equal(failed.find(({ name }) => name === 'gone').error.code, 'NoSuchKey');
    const bad = failed.find(({ name }) => name === 'bad').error;
    assert.deepStrictEqual([bad.name, bad.code, bad.lineNumber, bad.column], ['FlowLogError', 'unknown_layout', 11, 65]);
    assert.deepStrictEqual([count, objects[4].acknowledged], [1, 1]);
    for (const object of objects.slice(0, 4)) assert.deepStrictEqual([object.acknowledged, object.released.length], [0, 1]);
    // The last line before the cut is not a whole one.
    const found = sorted([...documents.values()].map(numberOf));
    assert.deepStrictEqual(found.filter((number) => number >= 1000), numbers(2000).slice(1000));
    assert.ok(found.filter((number) => number < 1000).length > 900);
  });

  test('a signal stops the run, and a later one does the rest', async (context) => {
    const { url, documents } = await cluster(context, { fault: () => ({ delay: 5 }) });
    const logs = path('logs');
    mkdirSync(logs);
    for (let index = 0; index < 5; index++) writeFileSync(join(logs, `${index}.log`), records(4000, 4000 * index).join('\n'));
    const checkpoint = path('checkpoint');
    for (let runs = 0; ; runs++) {
      const stop = new AbortController();
      const onProgress = ({ acknowledged }) => acknowledged > 3000 && stop.abort();
      const { isStopped, failed } = await ship(localObjects(logs), { ...quick, url, checkpoint, threads: 2, onProgress, signal: stop.signal });
      assert.deepStrictEqual(failed, []);
      if (!isStopped) break;
      assert.ok(runs < 20);
    }
    assert.deepStrictEqual(sorted([...documents.values()].map(numberOf)), numbers(20_000));
  });
});

describe('in the order of the lines', () => {
  test('a file and a stream get them, though objects are read ahead', async () => {
    const objects = () => Array.from({ length: 30 }, (_, index) => {
      const lines = records(index % 7 === 0 ? 5000 : 100, 5000 * index).join('\n');
      return objectOf(`${index}`, index % 2 ? gzipSync(lines) : lines);
    });
    let text = '';
    for (const object of objects()) {
      const chunks = [];
      for await (const chunk of imported.decode(object.open())) chunks.push(Buffer.from(chunk));
      text += Buffer.from(new Parser().toNdjson(Buffer.concat(chunks))).toString();
    }
    const file = path('out.ndjson');
    await ship(objects(), { file, threads: 4 });
    assert.ok(readFileSync(file, 'utf8') === text);
    const writable = new PassThrough();
    let written = '';
    writable.on('data', (chunk) => { written += chunk; });
    await ship(objects(), { writable, threads: 2, maxDocs: 333 });
    assert.ok(written === text);
  });

  test('objects that are read ahead take bounded memory, and are not read on', async () => {
    const chunk = Buffer.from(`${records(1000).join('\n')}\n`);
    let read = 0;
    const objects = Array.from({ length: 6 }, (_, index) => objectOf(`${index}`, '', {
      async *open() {
        for (let count = 0; count < 4000; count++) {
          read += chunk.length;
          yield chunk;
        }
      },
    }));
    const writable = new PassThrough({ highWaterMark: 1000 });
    const stop = new AbortController();
    const shipped = ship(objects, { writable, threads: 3, signal: stop.signal });
    let last = -1;
    while (read === 0 || read !== last) {
      last = read;
      await new Promise((resolve) => { setTimeout(resolve, 300); });
    }
    // Of each thread 8 MiB of documents, which are some five times as long as their lines, and a few chunks.
    assert.ok(read < 20e6, `${read} bytes`);
    stop.abort();
    writable.destroy();
    assert.equal((await shipped).isStopped, true);
  });

  test('an endless source does not hold back the objects that it has', async () => {
    const stop = new AbortController();
    const source = async function* source() {
      yield objectOf('a', `${GOOD}\n`, { acknowledge: async () => stop.abort() });
      await new Promise(() => {});
    };
    const file = path('out.ndjson');
    const { created } = await ship(source(), { file, threads: 4, flushAfter: 5, signal: stop.signal });
    assert.deepStrictEqual([created, entriesOf(file).length], [1, 1]);
  });
});

test('lines are sent while their object goes on', async (context) => {
  const { url, documents } = await cluster(context);
  const stop = new AbortController();
  const object = objectOf('a', '', {
    async *open() {
      for (const line of records(3)) yield Buffer.from(`${line}\n`);
      while (documents.size < 3) await new Promise((resolve) => { setTimeout(resolve, 5); });
      stop.abort();
      yield Buffer.from('4');
    },
  });
  const { isStopped, created } = await ship([object], { ...quick, url, threads: 1, flushAfter: 5, signal: stop.signal });
  assert.deepStrictEqual([isStopped, created, object.acknowledged], [true, 3, 0]);
});

test('options that cannot be copied are errors', async () => {
  const to = () => {};
  for (const [options, name] of [
    [{ Parser }, 'Parser'], [{ decode: { parquet: async () => {} } }, 'decode.parquet'],
  ]) {
    await assert.rejects(ship([], { to, threads: 1, ...options }), {
      code: 'invalid_option', message: `option "threads": threads cannot be sent the option "${name}": leave one of them out`,
    });
  }
  await assert.rejects(ship([], { to, threads: 257 }), { message: 'option "threads": expected an integer from 0 to 256, found 257' });
});
