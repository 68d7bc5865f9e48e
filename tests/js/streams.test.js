// Web streams and streams of Node.js around a parser.

import assert from 'node:assert/strict';
import { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, test } from 'node:test';
import { throwsFlowLogError } from './assertions.js';
import { PLAIN, linesOf } from './logs.js';
import { decoder, importIngest, imported } from './package.js';
import { Dice } from './random.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

const { Parser, bulkStream, documentStream, ndjsonStream, toNode } = imported;

const bulk = { dataStream: true, id: 'fingerprint' };
const encoder = new TextEncoder();
const lines = [HEADER, GOOD, '', OTHER, BAD, JSON.stringify({ message: GOOD }), 'zwölf Füße \u{1f600}', `${OTHER}\r`, GOOD];
const log = encoder.encode(lines.join('\n'));

/** Returns a source that gives chunks on demand, and counts them. */
function sourceOf(chunks) {
  const counts = { pulled: 0, cancelled: undefined };
  const iterator = chunks[Symbol.iterator]();
  const stream = new ReadableStream({
    pull(controller) {
      const { value, done } = iterator.next();
      if (done) return controller.close();
      counts.pulled += 1;
      return controller.enqueue(value);
    },
    cancel(reason) {
      counts.cancelled = reason;
    },
  }, { highWaterMark: 0 });
  return { stream, counts };
}

/** The ways through a stream: each gives the values that come out, and the stream. */
const ways = {
  async web(make, chunks) {
    const made = { ndjson: ndjsonStream, bulk: bulkStream, documents: documentStream }[make.kind](make.options);
    const values = [];
    for await (const value of sourceOf(chunks).stream.pipeThrough(made)) values.push(value);
    return { values, made };
  },
  async node(make, chunks) {
    const made = toNode[make.kind](make.options);
    const values = [];
    await pipeline(Readable.from(chunks), made, async (source) => {
      for await (const value of source) values.push(value);
    });
    return { values, made };
  },
};

const options = { onError: 'document', ingested: '2024-02-29T00:00:00.000Z' };
const text = (chunks) => decoder.decode(Buffer.concat(chunks));

for (const [name, way] of Object.entries(ways)) {
  describe(`${name} streams`, () => {
    test('chunks that are cut anywhere give the same output', async () => {
      const ndjson = decoder.decode(new Parser(options).toNdjson(log));
      const body = decoder.decode(new Parser(options).toBulk(log, bulk));
      const documents = new Parser(options).parseMany(log);
      for (let seed = 1; seed <= 40; seed++) {
        const chunks = new Dice(seed).cut(log, 1 + seed * 5);
        assert.equal(text((await way({ kind: 'ndjson', options }, chunks)).values), ndjson, `seed ${seed}`);
        assert.equal(text((await way({ kind: 'bulk', options: { ...options, bulk } }, chunks)).values), body, `seed ${seed}`);
        assert.deepStrictEqual((await way({ kind: 'documents', options }, chunks)).values, documents, `seed ${seed}`);
      }
    });

    test('text is taken as well as bytes', async () => {
      const { values } = await way({ kind: 'ndjson', options }, lines.map((line) => `${line}\n`));
      assert.equal(text(values), decoder.decode(new Parser(options).toNdjson(log)));
    });

    test('text longer than a piece is not cut within a character', async () => {
      const line = '\u{1f600}'.repeat(100_000);
      const given = { ...options, format: 'srcaddr dstaddr' };
      for (const start of ['', 'a']) {
        const { values } = await way({ kind: 'documents', options: given }, [`${start}${line}\n`]);
        assert.equal(values[0].event.original, new Parser(given).parseMany(`${start}${line}`)[0].event.original);
        assert.match(values[0].event.original, /^a?\u{1f600}+$/u);
      }
    });

    test('a last line without a line feed is a record', async () => {
      const { values, made } = await way({ kind: 'documents' }, [GOOD]);
      assert.deepStrictEqual(values, [new Parser().parse(GOOD)]);
      assert.deepStrictEqual(made.stats, { ...new Parser().stats, lines: 1, records: 1 });
    });

    test('an empty input gives nothing', async () => {
      for (const kind of ['ndjson', 'documents']) assert.deepStrictEqual((await way({ kind }, [])).values, []);
    });

    test('a bad line ends the stream after the documents before it', async () => {
      const bad = [GOOD, OTHER, BAD, GOOD].join('\n');
      for (const kind of ['ndjson', 'bulk', 'documents']) {
        const given = { format: 'default', ...(kind === 'bulk' && { bulk: { index: 'a' } }) };
        const seen = [];
        const made = { web: { ndjson: ndjsonStream, bulk: bulkStream, documents: documentStream }[kind], node: toNode[kind] }[name](given);
        const failure = await (async () => {
          if (name === 'node') {
            await pipeline(Readable.from([bad]), made, async (source) => {
              for await (const value of source) seen.push(value);
            });
          } else {
            for await (const value of sourceOf([bad]).stream.pipeThrough(made)) seen.push(value);
          }
        })().catch((error) => error);
        assert.equal(failure.code, 'out_of_range', kind);
        assert.equal(failure.lineNumber, 3);
        const documents = kind === 'documents' ? seen : text(seen).trimEnd().split('\n').map((line) => JSON.parse(line)).filter(({ create }) => !create);
        assert.deepStrictEqual(documents, [GOOD, OTHER].map((line) => new Parser().parse(line)), kind);
      }
    });

    test('what the parser knows is there after the end', async () => {
      const { made } = await way({ kind: 'ndjson' }, [linesOf(PLAIN, 200).join('\n')]);
      assert.equal(made.inferred, PLAIN);
      assert.equal(made.stats.records, 200);
      assert.deepStrictEqual([made.warnings, made.layers], [[], []]);
    });

    test('chunks keep their bytes', async () => {
      const { values } = await way({ kind: 'ndjson' }, Array.from({ length: 50 }, () => `${GOOD}\n`));
      new Parser().toNdjson(`${OTHER}\n`.repeat(10_000));
      assert.equal(text(values), decoder.decode(new Parser().toNdjson(`${GOOD}\n`.repeat(50))));
      // Streams of Node.js join what is in their buffer.
    if (name === 'web') assert.equal(new Set(values.map(({ buffer }) => buffer)).size, values.length);
    });

    test('options are checked at once', () => {
      const make = name === 'web' ? { ndjson: ndjsonStream, bulk: bulkStream, documents: documentStream } : toNode;
      const invalid = { code: 'invalid_option' };
      throwsFlowLogError(() => make.bulk(), { ...invalid, message: 'option "bulk": expected an object with "index" or "dataStream", found nothing' });
      throwsFlowLogError(() => make.ndjson({ bulk }), { ...invalid, message: 'option "bulk": bulkStream writes bodies of bulk requests' });
      throwsFlowLogError(() => make.documents({ bulk }), {
        ...invalid,
        message: 'option "bulk": an object has no action line; bulkStream writes bodies of bulk requests',
      });
      throwsFlowLogError(() => make.ndjson({ onError: 'fail' }), invalid);
      throwsFlowLogError(() => make.documents({ format: '' }), { code: 'empty_format' });
      assert.throws(() => make.ndjson(5), TypeError);
    });
  });
}

const endless = function* endless(size) {
  for (;;) yield encoder.encode(`${GOOD}\n`.repeat(size));
};
const turn = () => new Promise((resolve) => { setTimeout(resolve, 20); });

describe('the pace of the reader', () => {
  test('web: nothing is read ahead but the chunk under way', async () => {
    const { stream, counts } = sourceOf(endless(10));
    const reader = stream.pipeThrough(ndjsonStream()).getReader();
    await turn();
    const ahead = counts.pulled;
    assert.ok(ahead <= 2, `${ahead} chunks`);
    for (let read = 0; read < 10; read++) await reader.read();
    await turn();
    assert.equal(counts.pulled, ahead + 10);
    await reader.cancel('enough');
    await turn();
    assert.equal(counts.cancelled, 'enough');
  });

  test('web: a large chunk is converted piece by piece', async () => {
    const stream = ndjsonStream();
    const writer = stream.writable.getWriter();
    writer.write(`${GOOD}\n`.repeat(100_000)).catch(() => {});
    const reader = stream.readable.getReader();
    for (let read = 1; read <= 3; read++) {
      assert.ok((await reader.read()).value.length < 1_000_000);
      await turn();
      assert.ok(stream.stats.records <= (read + 1) * 600, `${stream.stats.records} records`);
    }
    await reader.cancel();
  });

  test('node: a large chunk is converted piece by piece', async () => {
    const stream = toNode.ndjson();
    stream.write(`${GOOD}\n`.repeat(100_000));
    await turn();
    assert.ok(stream.stats.records <= 2 * 600, `${stream.stats.records} records`);
    stream.destroy();
  });

  test('node: a source waits for the reader', async () => {
    let made = 0;
    const source = Readable.from((function* counted() {
      for (const chunk of endless(10)) {
        made += 1;
        yield chunk;
      }
    })(), { highWaterMark: 1 });
    const stream = source.pipe(toNode.documents());
    await turn();
    const ahead = made;
    assert.ok(ahead < 100, `${ahead} chunks`);
    for (let read = 0; read < 1000; read++) if (stream.read() === null) await turn();
    assert.ok(made > ahead);
    source.destroy();
    stream.destroy();
  });
});

describe('abort', () => {
  test('web: by a signal', async () => {
    const { stream, counts } = sourceOf(endless(1000));
    const abort = new AbortController();
    const through = ndjsonStream();
    const piped = assert.rejects(stream.pipeTo(through.writable, { signal: abort.signal }), { message: 'no more' });
    const reader = through.readable.getReader();
    await reader.read();
    const reason = new Error('no more');
    abort.abort(reason);
    await assert.rejects(async () => { while (!(await reader.read()).done); }, reason);
    await piped;
    assert.equal(counts.cancelled, reason);
    assert.ok(through.stats.records > 0);
  });

  test('web: by the writer, while a write waits for the reader', async () => {
    const through = ndjsonStream();
    const writer = through.writable.getWriter();
    const reason = new Error('no more');
    const written = assert.rejects(writer.write(`${GOOD}\n`), reason);
    await turn();
    await writer.abort(reason);
    await written;
    await assert.rejects(through.readable.getReader().read(), reason);
    assert.equal(through.stats.records, 1);
  });

  test('web: a reader that stops ends the source', async () => {
    const { stream, counts } = sourceOf(endless(1000));
    for await (const _ of stream.pipeThrough(documentStream())) break;
    await turn();
    assert.ok('cancelled' in counts && counts.pulled < 5);
  });

  test('node: by a signal, a reader that stops, a source that fails', async () => {
    const abort = new AbortController();
    const slow = async (source) => {
      for await (const _ of source) {
        abort.abort();
        await turn();
      }
    };
    const first = toNode.ndjson();
    await assert.rejects(pipeline(Readable.from(endless(1000)), first, slow, { signal: abort.signal }), { name: 'AbortError' });
    assert.ok(first.destroyed && first.stats.records > 0);

    const second = toNode.ndjson();
    const stop = async (source) => { for await (const _ of source) return; };
    await pipeline(Readable.from(endless(1000)), second, stop).catch(() => {});
    assert.ok(second.destroyed);

    const failing = Readable.from((function* fail() {
      yield `${GOOD}\n`;
      throw new Error('the disk is gone');
    })());
    await assert.rejects(pipeline(failing, toNode.ndjson(), async (source) => { for await (const _ of source); }), /the disk is gone/);
  });
});

test('toNode has streams of Node.js, and vpcflow-ecs/ingest has the web streams', async () => {
  for (const stream of [toNode.ndjson(), toNode.bulk({ bulk }), toNode.documents()]) {
    assert.ok(stream instanceof Duplex);
    stream.destroy();
  }
  const ingest = await importIngest();
  const values = [];
  for await (const value of new Blob([log]).stream().pipeThrough(ingest.ndjsonStream(options))) values.push(value);
  assert.equal(text(values), decoder.decode(new Parser(options).toNdjson(log)));
});
