// The rows of the benchmark: what is measured, and how it is checked before.
//
// A row is `{ name, check, run }`. `check` throws if the row's output is not what it has to be. `run` goes over the whole
// log once and gives the bytes it put out; a row that runs in a process of its own gives `{ ns, cpu, bytes }`.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { compile } from './plain-js.js';
import { userCode } from './plain/user.js';

/** Bytes of a chunk at most: what a shipper might read and send at once. */
export const CHUNK_BYTES = 1024 * 1024;

/** The row that all others are compared with. */
export const REFERENCE = 'ours: toNdjson';

/** Bytes of the buffer for `toNdjsonInto`: more than the documents of a chunk. */
export const TARGET_BYTES = 16 * 1024 * 1024;

const DATA_STREAM = 'logs-aws.vpcflow-default';

/** Divides a log into chunks of whole lines. */
export function chunksOf(bytes) {
  const chunks = [];
  for (let start = 0; start < bytes.length; ) {
    let end = Math.min(start + CHUNK_BYTES, bytes.length);
    if (end < bytes.length) end = bytes.lastIndexOf(10, end - 1) + 1;
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  return chunks;
}

/**
 * @param {object} log
 * @param {string} log.path of the file
 * @param {Buffer} log.bytes
 * @param {string} log.format a preset
 * @param {string[]} log.names of its fields
 * @param {object} builds
 * @param {object} builds.api the package
 * @param {object} [builds.scalar] the package on a module without SIMD
 * @param {string} [builds.native] path of the crate's own benchmark
 * @param {string} [builds.vrl] path of VRL's
 */
export function rowsOf({ path, bytes, format, names }, { api, scalar, native, vrl }) {
  const chunks = chunksOf(bytes);
  const options = { format, onError: 'skip' };
  const without = { communityId: false };
  const lines = bytes.toString().split('\n').slice(0, -1);
  const zipped = gzipSync(bytes, { level: 6 });

  const ours = new api.Parser(options);
  const expected = concat((chunk) => ours.toNdjson(chunk));
  const oursWithout = () => new api.Parser({ ...options, ...without });
  const documents = () => expected.toString().split('\n').slice(0, -1).map((line) => JSON.parse(line));
  const expectedWithout = () =>
    Buffer.from(expected.toString().replaceAll(/"community_id":"[^"]*",/g, ''));

  /** Returns the bytes that a function makes of all chunks. */
  function concat(make) {
    return Buffer.concat(chunks.map((chunk) => Buffer.from(make(chunk))));
  }

  /** Returns a row that makes bytes or a string of each chunk. */
  const making = (name, make, whole = () => expected) => ({
    name,
    check: () => assert.ok(whole().equals(concat(make)), `${name}: other bytes than expected`),
    run: () => chunks.reduce((sum, chunk) => sum + make(chunk).length, 0),
  });

  /** Returns a row that makes objects of each chunk; they have no bytes. */
  const makingObjects = (name, make, whole = () => documents()) => ({
    name,
    check() {
      const made = chunks.flatMap((chunk) => make(chunk));
      assert.ok(isDeepStrictEqual(made, whole()), `${name}: other documents than expected`);
    },
    run() {
      for (const chunk of chunks) make(chunk);
      return 0;
    },
  });

  const withoutId = (documents) => {
    for (const { network } of documents) if (network) delete network.community_id;
    return documents;
  };

  const parserRow = (name, parserOf, output, whole) => {
    let parser;
    return making(name, (chunk) => (parser ??= parserOf()).toNdjson(chunk, output), whole);
  };

  const bulkRow = (name, bulk) => {
    let parser;
    const make = (chunk) => (parser ??= new api.Parser(options)).toBulk(chunk, bulk);
    return {
      ...making(name, make),
      check() {
        const pairs = concat(make).toString().split('\n');
        const actions = pairs.filter((_, i) => i % 2 === 0).slice(0, -1).map((line) => JSON.parse(line));
        const ids = actions.map(({ create }) => create._id);
        assert.ok(actions.every(({ create }) => create._index === DATA_STREAM), `${name}: other actions than expected`);
        assert.equal(ids.every((id) => typeof id === 'string'), bulk.id === 'fingerprint', `${name}: IDs`);
        const sources = pairs.filter((_, i) => i % 2 === 1).map((line) => `${line}\n`).join('');
        assert.ok(expected.equals(Buffer.from(sources)), `${name}: other documents than expected`);
      },
    };
  };

  const plain = compile(names, { onError: 'skip' });
  const plainWithout = compile(names, { onError: 'skip', ...without });
  const user = userCode(names);

  return [
    making(REFERENCE, (chunk) => ours.toNdjson(chunk)),
    parserRow('ours: toNdjson, view', () => new api.Parser(options), { view: true }),
    intoRow('ours: toNdjsonInto', new api.Parser(options)),
    streaming('ours: push and end, cut anywhere', new api.Parser(options)),
    bulkRow('ours: toBulk', { dataStream: DATA_STREAM }),
    bulkRow('ours: toBulk, id fingerprint', { dataStream: DATA_STREAM, id: 'fingerprint' }),
    parserRow('ours: toNdjson, no Community ID', oursWithout, undefined, expectedWithout),
    ...(scalar ? [parserRow('ours: toNdjson, module without SIMD', () => new scalar.Parser(options))] : []),
    ...(native ? [nativeRow('ours: native Rust', native)] : []),
    makingObjects('ours: parseMany', (chunk) => ours.parseMany(chunk)),
    oneByOne('ours: parse, line by line', new api.Parser(options)),
    making('plain JS: to string', (chunk) => plain.toText(chunk)),
    making('plain JS: to string, no Community ID', (chunk) => plainWithout.toText(chunk), expectedWithout),
    making('plain JS: byte by byte, to string', (chunk) => plain.toTextByBytes(chunk)),
    making('plain JS: byte by byte, to bytes', (chunk) => plain.toBytes(chunk)),
    making('plain JS: byte by byte, to bytes, no Community ID', (chunk) => plainWithout.toBytes(chunk), expectedWithout),
    makingObjects('plain JS: to objects', (chunk) => plain.toObjects(chunk)),
    makingObjects('plain JS: to objects, no Community ID', (chunk) => plainWithout.toObjects(chunk), () => withoutId(documents())),
    making('what users write today: to NDJSON', (chunk) => user.toNdjson(chunk)),
    makingObjects('what users write today: to objects', (chunk) => user.toObjects(chunk)),
    ...(vrl ? [vrlRow('VRL: parse only, native Rust', vrl)] : []),
    { name: 'gunzip: at once', check: () => assert.ok(gunzipSync(zipped).equals(bytes)), run: () => gunzipSync(zipped).length },
    { name: 'gunzip: as a stream', check: async () => assert.equal(await gunzip(), bytes.length), run: gunzip },
    memcpy(),
    freshMemory(),
  ];

  /** Writes into one buffer, used again for each chunk. */
  function intoRow(name, parser) {
    const target = new Uint8Array(TARGET_BYTES);
    return making(name, (chunk) => {
      const { read, written } = parser.toNdjsonInto(chunk, target);
      assert.equal(read, chunk.length, `${name}: a part of the chunk only`);
      return target.subarray(0, written);
    });
  }

  function streaming(name, parser) {
    // Cuts that fall within lines.
    const pieces = [];
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES - 7) {
      pieces.push(bytes.subarray(start, start + CHUNK_BYTES - 7));
    }
    return {
      name,
      check() {
        const made = Buffer.concat([...pieces.map((piece) => parser.push(piece)), parser.end()]);
        assert.ok(expected.equals(made), `${name}: other bytes than expected`);
      },
      run: () => pieces.reduce((sum, piece) => sum + parser.push(piece).length, 0) + parser.end().length,
    };
  }

  function oneByOne(name, parser) {
    const parse = (line) => {
      try {
        return parser.parse(line);
      } catch (error) {
        if (!(error instanceof api.FlowLogError)) throw error;
        return undefined;
      }
    };
    return {
      name,
      check: () => assert.ok(isDeepStrictEqual(lines.map(parse).filter(Boolean), documents()), name),
      run() {
        for (const line of lines) parse(line);
        return 0;
      },
    };
  }

  async function gunzip() {
    let length = 0;
    const stream = createGunzip({ chunkSize: 64 * 1024 });
    stream.on('data', (chunk) => {
      length += chunk.length;
    });
    for (let start = 0; start < zipped.length; start += 64 * 1024) {
      if (!stream.write(zipped.subarray(start, start + 64 * 1024))) await once(stream, 'drain');
    }
    const ended = once(stream, 'end');
    stream.end();
    await ended;
    return length;
  }

  function memcpy() {
    const [from, to] = [expected, Buffer.alloc(Math.max(bytes.length, expected.length))];
    return {
      name: 'memcpy: input and output',
      check() {},
      run() {
        bytes.copy(to);
        return from.copy(to);
      },
    };
  }

  /** Copies each chunk's output to memory of its own, as a function that returns bytes to keep has to. */
  function freshMemory() {
    let at = 0;
    const outputs = chunks.map((chunk) => expected.subarray(at, (at += ours.toNdjson(chunk, { view: true }).length)));
    return {
      name: 'memcpy: output, to fresh memory',
      check: () => assert.ok(Buffer.concat(outputs).equals(expected)),
      run: () => outputs.reduce((sum, output) => sum + Buffer.copyBytesFrom(output).length, 0),
    };
  }

  function nativeRow(name, command) {
    const args = [path, format, String(CHUNK_BYTES)];
    return {
      ...inProcess(name, command, args),
      check() {
        const printed = execFileSync(command, [...args, 'print'], { maxBuffer: 4 * expected.length + 1000 });
        assert.ok(expected.equals(printed), `${name}: other bytes than expected`);
      },
    };
  }

  function vrlRow(name, command) {
    const args = [path, names.map((field) => field.replaceAll('-', '_')).join(' ')];
    return {
      ...inProcess(name, command, args),
      /** As many values as the lines have tokens other than `-`; and the first line's, one by one. */
      check() {
        const { lines: read, failed, values, first } = JSON.parse(execFileSync(command, [...args, 'check']));
        const fits = (line) => line.split(' ').length === names.length;
        const good = lines.filter(fits);
        assert.equal(read, lines.length, `${name}: lines`);
        const tokens = lines[0].split(' ');
        for (const [i, field] of names.entries()) {
          const value = first[field.replaceAll('-', '_')];
          assert.equal(value === null ? '-' : String(value), tokens[i], `${name}: ${field}`);
        }
        if (failed === 0) {
          const filled = good.flatMap((line) => line.split(' ')).filter((token) => token !== '-').length;
          assert.equal(values, filled, `${name}: values`);
        }
      },
    };
  }
}

/** Returns a row that runs in a process of its own, which is idle between rounds. */
export function inProcess(name, command, args) {
  let child;
  let answers;
  return {
    name,
    async run() {
      if (!child) {
        child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
        answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      }
      child.stdin.write('run\n');
      const { value, done } = await answers.next();
      if (done) throw new Error(`${name}: ${command} has stopped`);
      return JSON.parse(value);
    },
    stop: () => child?.stdin.end(),
  };
}
