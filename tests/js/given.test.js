// Inputs as callers have them: arrays of other realms and classes, detached ones, texts that are cut anywhere, exceptions of
// callbacks, and parsers that nobody frees.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { imported, importFrom, stopClock } from './package.js';

stopClock();

const { Parser, FlowLogError, decode, detectFormat, documentStream, ndjsonStream, parse, toNode } = imported;
const { Unfreed } = await importFrom('js/core/unfreed.js');

const FORMAT = 'srcaddr note';
const LINES = '192.0.2.1 a\n192.0.2.2 b\n';
const utf8 = new TextEncoder();
const text = (bytes) => new TextDecoder().decode(bytes);
const notes = (ndjson) => text(ndjson).split('\n').slice(0, -1).map((line) => JSON.parse(line).aws.vpcflow.note);
/** Transfers the buffer of an array, as `postMessage` does. */
const detach = (bytes) => structuredClone(bytes, { transfer: [bytes.buffer] });
/** Returns the bytes of a text as an array of another realm. */
const foreign = (given) => runInNewContext('Uint8Array.from(numbers)', { numbers: [...utf8.encode(given)] });

/** Ways to read lines, each with the notes that it finds. */
const WAYS = {
  toNdjson: (parser, input) => notes(parser.toNdjson(input)),
  'toNdjson, view': (parser, input) => notes(parser.toNdjson(input, { view: true })),
  push: (parser, input) => [...notes(parser.push(input)), ...notes(parser.end())],
  parseMany: (parser, input) => parser.parseMany(input).map(({ aws }) => aws.vpcflow.note),
  parse: (parser, input) => [parser.parse(input.subarray(0, LINES.length / 2)), parser.parse(input.subarray(LINES.length / 2))].map(({ aws }) => aws.vpcflow.note),
  toNdjsonInto(parser, input) {
    const target = new Uint8Array(10_000);
    return notes(target.subarray(0, parser.toNdjsonInto(input, target).written));
  },
};

test('arrays of another realm are read', async () => {
  for (const [way, read] of Object.entries(WAYS)) assert.deepStrictEqual(read(new Parser({ format: FORMAT }), foreign(LINES)), ['a', 'b'], way);
  assert.equal(parse(foreign('192.0.2.1'), 'srcaddr').source.ip, '192.0.2.1');
  assert.equal(detectFormat(foreign('version srcaddr\n2 192.0.2.1\n'))[0].format, '${version} ${srcaddr}');
  const target = runInNewContext('new Uint8Array(1000)');
  const { written } = new Parser({ format: FORMAT }).toNdjsonInto(LINES, target);
  assert.deepStrictEqual(notes(Uint8Array.from(target).subarray(0, written)), ['a', 'b']);
  const chunks = [];
  for await (const chunk of decode(runInNewContext('new Uint8Array([97, 98]).buffer'))) chunks.push(text(chunk));
  assert.deepStrictEqual(chunks, ['ab']);
  const { readable, writable } = ndjsonStream({ format: FORMAT });
  const writer = writable.getWriter();
  writer.write(foreign(LINES)).then(() => writer.close());
  const found = [];
  for await (const chunk of readable) found.push(...notes(chunk));
  assert.deepStrictEqual(found, ['a', 'b']);
});

test('a subclass that lies about its length does not reach beyond its bytes', () => {
  for (const length of [1, 1_000_000]) {
    class Liar extends Uint8Array {
      get length() {
        return length;
      }

      get byteLength() {
        return length;
      }
    }
    const liar = new Liar(LINES.length);
    liar.set(utf8.encode(LINES));
    for (const [way, read] of Object.entries(WAYS)) {
      if (way !== 'parse') assert.deepStrictEqual(read(new Parser({ format: FORMAT }), liar), ['a', 'b'], way);
    }
    assert.throws(() => parse(liar, FORMAT), { code: 'several_lines' });
    assert.throws(() => parse(new Liar(20_000).fill(49), 'srcaddr'), { code: 'invalid_value' });
    assert.equal(parse('192.0.2.1', 'srcaddr').source.ip, '192.0.2.1');
  }
});

test('a detached array is an error', () => {
  const detached = { name: 'FlowLogError', code: 'detached_input', message: /: the array is detached, since its buffer was transferred or made smaller$/ };
  for (const call of ['parse', 'parseMany', 'toNdjson', 'push']) {
    const bytes = utf8.encode(LINES);
    detach(bytes);
    assert.throws(() => new Parser({ format: FORMAT })[call](bytes), detached, call);
  }
  const bytes = utf8.encode(LINES);
  detach(bytes);
  assert.throws(() => new Parser({ format: FORMAT }).toNdjsonInto(LINES, bytes), detached);
  assert.throws(() => detectFormat(bytes), detached);
  assert.throws(() => decode(bytes), detached);
});

test('an array outside of a buffer that was made smaller is an error, and an empty one is empty', () => {
  const code = 'detached_input';
  for (const call of ['parse', 'parseMany', 'toNdjson', 'push']) {
    const buffer = new ArrayBuffer(100, { maxByteLength: 200 });
    const outside = new Uint8Array(buffer, 50, 20);
    buffer.resize(60);
    assert.throws(() => new Parser({ format: FORMAT })[call](outside), { code }, call);
    assert.doesNotThrow(() => new Parser({ format: FORMAT })[call](new Uint8Array(buffer, 60)), call);
  }
  const buffer = new ArrayBuffer(1_000_000, { maxByteLength: 1_000_000 });
  const bytes = new Uint8Array(buffer).fill(10);
  bytes.set(utf8.encode('192.0.2.1 first\nx\n'));
  const parser = new Parser({ format: FORMAT, onError: 'skip', report: () => buffer.resize(20) });
  assert.throws(() => parser.toNdjson(new Uint8Array(buffer, 0, 1_000_000)), (error) => error.code === code && notes(error.output).join() === 'first');
});

test('an array that a callback detaches while it is read is an error with the documents before', () => {
  for (const [call, options] of [['toNdjson'], ['toNdjson', { view: true }], ['push'], ['parseMany']]) {
    // The first part is read before the rest is asked for.
    const bytes = utf8.encode(`192.0.2.1 first\nx\n${'\n'.repeat(1_000_000)}192.0.2.1 last\n`);
    const parser = new Parser({ format: FORMAT, onError: 'skip', report: () => detach(bytes) });
    assert.throws(() => parser[call](bytes, options), (error) => {
      assert.equal(error.code, 'detached_input', error.stack);
      const before = call === 'parseMany' ? error.documents.map(({ aws }) => aws.vpcflow.note) : notes(error.output);
      assert.deepStrictEqual(before, ['first'], call);
      return true;
    });
  }
});

test('an array that is detached while a stream reads it is an error after the documents before', async () => {
  const lines = '192.0.2.1 a\n'.repeat(20_000);
  const readAll = async (values, bytes) => {
    const found = [];
    try {
      for await (const chunk of values) {
        found.push(...notes(chunk));
        if (bytes.length > 0) detach(bytes);
      }
      return found;
    } catch ({ code }) {
      return [found.length > 0 && found.length < 20_000, code];
    }
  };
  // Without the lines that are cut, nothing else would show the loss.
  const options = { format: FORMAT, onError: 'skip' };
  for (const wayOf of [
    (bytes) => {
      const { readable, writable } = ndjsonStream(options);
      const writer = writable.getWriter();
      writer.write(bytes).then(() => writer.close()).catch(() => {});
      return readable;
    },
    (bytes) => toNode.ndjson(options).end(bytes),
  ]) {
    const bytes = utf8.encode(lines);
    assert.deepStrictEqual(await readAll(wayOf(bytes), bytes), [true, 'detached_input']);
  }
});

test('a text that is cut between the halves of a character is whole again', async () => {
  const face = '\u{1f600}';
  for (const [first, second, expected] of [
    [`192.0.2.1 a${face[0]}`, `${face[1]}b\n`, `a${face}b`],
    [`192.0.2.1 ${face[0]}`, utf8.encode('b\n'), '\ufffdb'],
    ['192.0.2.1 ab', '', 'ab'],
    [`192.0.2.1 a${face[0]}`, '', 'a\ufffd'],
    [`192.0.2.1 a${face[0]}`, `${face[0]}${face[1]}\n`, `a\ufffd${face}`],
  ]) {
    const parser = new Parser({ format: FORMAT });
    const found = [parser.push(first), parser.push(second), parser.end()].flatMap(notes);
    assert.deepStrictEqual(found, [expected]);
  }
  const parser = new Parser({ format: FORMAT });
  parser.push(`192.0.2.1 a${face[0]}`);
  parser.reset();
  assert.deepStrictEqual(notes(parser.toNdjson(`192.0.2.1 b\n`)), ['b']);
  parser.push(`192.0.2.1 a${face[0]}`);
  assert.deepStrictEqual(notes(parser.toNdjson(`192.0.2.1 c\n`)), ['c']);
  assert.deepStrictEqual(notes(parser.push('192.0.2.1 d\n')), ['d']);
  const { readable, writable } = documentStream({ format: FORMAT });
  const writer = writable.getWriter();
  writer.write(`192.0.2.1 ${face[0]}`).then(() => writer.write(`${face[1]}\n`)).then(() => writer.close());
  for await (const { aws } of readable) assert.equal(aws.vpcflow.note, face);
  let decoded = '';
  for await (const chunk of decode([`a${face[0]}`, face[1], `b${face[0]}`])) decoded += text(chunk);
  assert.equal(decoded, `a${face}b\ufffd`);
});

test('documents of a chunk during which report throws come with the next one', async () => {
  const failure = new Error('mine');
  const make = () => {
    let calls = 0;
    return new Parser({
      format: FORMAT,
      onError: 'skip',
      report() {
        calls += 1;
        if (calls === 1) throw failure;
      },
    });
  };
  for (const view of [false, true]) {
    const parser = make();
    assert.throws(() => parser.push('192.0.2.1 a\nx\n192.0.2.2 b\n', { view }), failure);
    assert.deepStrictEqual(notes(parser.push('192.0.2.3 c\n', { view })), ['a', 'b', 'c']);
    assert.deepStrictEqual(notes(parser.push('192.0.2.4 d\n', { view })), ['d']);
    assert.equal(parser.stats.records, 4);
  }
  const ended = make();
  assert.throws(() => ended.push('192.0.2.1 a\nx\n192.0.2.2 b'), failure);
  assert.deepStrictEqual(notes(ended.end()), ['a', 'b']);
  const forgotten = make();
  assert.throws(() => forgotten.push('192.0.2.1 a\nx\n'), failure);
  forgotten.reset();
  assert.deepStrictEqual(notes(forgotten.push('192.0.2.2 b\n')), ['b']);
  for (const stream of [ndjsonStream, documentStream]) {
    const { readable, writable } = stream({ format: FORMAT, onError: 'skip', report() { throw failure; } });
    const writer = writable.getWriter();
    writer.write('192.0.2.1 a\nx\n192.0.2.2 b\n').catch(() => {});
    const found = [];
    await assert.rejects(async () => {
      for await (const value of readable) found.push(...(stream === ndjsonStream ? notes(value) : [value.aws.vpcflow.note]));
    }, failure);
    assert.deepStrictEqual(found, ['a', 'b']);
  }
});

test('parsers that nobody frees are an error before the memory is full', () => {
  const instances = { generation: 0, memory: { buffer: { byteLength: 4000 } } };
  const unfreed = new Unfreed(instances, { memory: 3000, bytes: 1_000_000 });
  const make = (database) => unfreed.make({}, [database], () => 'core');
  const tooMany = { name: 'FlowLogError', code: 'too_many_parsers', message: /since 6 have not been freed: call free\(\)/ };
  const made = Array.from({ length: 6 }, () => make());
  assert.throws(() => make(), tooMany);
  made[0].release();
  made[0].release();
  assert.throws(() => make(new Uint8Array(200_000)), { code: 'too_many_parsers' });
  assert.equal(make().core, 'core');
  assert.throws(() => make(), tooMany);
  // The memory is full of something else, or was.
  instances.memory.buffer.byteLength = 3000;
  make();
  instances.memory.buffer.byteLength = 4000;
  assert.throws(() => make(), { code: 'too_many_parsers' });
  // A trap has released all of them.
  instances.generation = 1;
  made[1].release();
  for (let count = 0; count < 6; count++) make();
  assert.throws(() => make(), tooMany);
  assert.throws(() => make(), FlowLogError);
});

test('garbage collection frees parsers, also those that report', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  for (const report of [undefined, () => {}]) {
    let collected = 0;
    const registry = new FinalizationRegistry(() => { collected += 1; });
    (function make() {
      for (let count = 0; count < 20; count++) {
        const parser = new Parser({ format: FORMAT, onError: 'skip', report });
        parser.push(`x\n${LINES}`);
        registry.register(parser, undefined);
      }
    })();
    for (let round = 0; round < 50 && collected < 20; round++) {
      collect();
      await new Promise((done) => { setTimeout(done, 10); });
    }
    assert.equal(collected, 20);
  }
});

test('constants of any text are kept, and compiled in time that grows with their length', () => {
  for (const constant of ['#', '#0#', '#0#1#', '#1#0#2', '#'.repeat(65_000), '#0'.repeat(30_000)]) {
    const parser = new Parser({ format: 'srcaddr', fields: { constant } });
    assert.equal(parser.parse('192.0.2.1').constant, constant);
    assert.equal(parser.parseMany('192.0.2.1\n192.0.2.2\n')[1].constant, constant);
  }
});

test('objects have the texts of NDJSON beyond ASCII, too', () => {
  const texts = ['é', '漢字仮名交文漢字'.repeat(100), 'a\u{1f600}b', '\ufeffa', 'plain', '\u0080\u00ff', '\ud7ff\ue000'];
  const input = texts.map((note) => `192.0.2.1 ${note}\n`).join('').repeat(20);
  const parser = new Parser({ format: FORMAT });
  assert.deepStrictEqual(parser.parseMany(input).map(({ aws }) => aws.vpcflow.note), notes(parser.toNdjson(input)));
});
