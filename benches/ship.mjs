// The rows of shipping: streams from files, bodies from gzip, and events to a server, beside `helpers.bulk` with plain JavaScript.
//
// The server accepts everything. It is a process of its own, `worker.mjs --part cluster`, so that its work does not count.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, openAsBlob, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip, gzipSync } from 'node:zlib';
import { Client } from '@elastic/elasticsearch';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { ship } from '../js/ship/index.js';
import { localObjects } from '../js/sources/index.js';
import { compile } from './plain-js.js';

/** Of both ways to a server. */
const REQUESTS = { maxBytes: 5 * 1024 * 1024, concurrency: 4 };

/** The chunks of a file, of whole lines, which plain JavaScript needs. */
const CHUNK_BYTES = 256 * 1024;

const INDEX = 'flows';

/**
 * @param {{ path: string, bytes: Buffer, format: string, names: string[] }} log
 * @param {{ api: object }} builds
 */
export function shipRowsOf({ path, bytes, format, names }, { api }) {
  const options = { format, onError: 'skip' };
  const bulk = { dataStream: true, id: 'fingerprint' };
  const zipped = `${path}.gz`;
  const output = join(dirname(path), 'ship.ndjson');
  const parquet = `${path}.parquet`;
  const rows = () => rowsIn(bytes, names.length);
  let isPacked = false;
  const pack = () => {
    if (!isPacked) {
      writeFileSync(zipped, gzipSync(bytes, { level: 6 }));
      writeFileSync(parquet, parquetOf(rows(), names));
    }
    isPacked = true;
  };
  const events = () => {
    const parser = new api.Parser(options);
    parser.toNdjson(bytes);
    return parser.stats.records;
  };

  /** Returns a row of a stream: its bytes are compared with those of a method. */
  const streaming = (name, read, make, expected) => {
    const collect = async (take) => {
      const sink = new Writable({ write: (chunk, encoding, done) => done(void take(chunk)) });
      await pipeline(...await read(), make(), sink);
    };
    return {
      name,
      async check() {
        pack();
        const chunks = [];
        await collect((chunk) => chunks.push(chunk));
        assert.ok(Buffer.concat(chunks).equals(expected()), `${name}: other bytes than expected`);
      },
      async run() {
        let length = 0;
        await collect((chunk) => { length += chunk.length; });
        return length;
      },
    };
  };

  /** Returns a row that ships, and counts what arrives. */
  const shipping = (name, run) => ({
    name,
    async check() {
      pack();
      assert.equal(await run(), events(), `${name}: other documents than expected`);
    },
    async run() {
      await run();
      return 0;
    },
    stop: () => server.stop(),
  });

  const toServer = async (file) => {
    const { created, failed } = await ship(localObjects(file), { url: await server.url(), ...bulk, ...REQUESTS, parser: options });
    assert.deepEqual(failed, []);
    return created;
  };

  /** As one would write it: lines to objects by plain JavaScript, and objects to text by the client. */
  const byHelpers = async (isZipped) => {
    const plain = compile(names, { onError: 'skip' });
    const client = new Client({ node: await server.url(), compression: true });
    const documents = async function* documents() {
      const file = createReadStream(isZipped ? zipped : path, { highWaterMark: CHUNK_BYTES });
      let rest = Buffer.alloc(0);
      for await (const chunk of isZipped ? file.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : file) {
        const text = Buffer.concat([rest, chunk]);
        const end = text.lastIndexOf(10) + 1;
        rest = text.subarray(end);
        yield* plain.toObjects(text.subarray(0, end));
      }
      if (rest.length > 0) yield* plain.toObjects(rest);
    };
    const action = { create: { _index: INDEX } };
    const { successful } = await client.helpers.bulk({
      datasource: documents(),
      onDocument: () => action,
      flushBytes: REQUESTS.maxBytes,
      concurrency: REQUESTS.concurrency,
    });
    await client.close();
    return successful;
  };

  const toFile = async () => {
    rmSync(output, { force: true });
    await ship(localObjects(path), { file: output, parser: options });
  };

  return [
    streaming('ship: file to NDJSON, a stream', () => [createReadStream(path)], () => api.toNode.ndjson(options), () => Buffer.from(new api.Parser(options).toNdjson(bytes))),
    streaming('ship: gzip to bulk bodies, a stream', () => [createReadStream(zipped), createGunzip()], () => api.toNode.bulk({ ...options, bulk }), () => Buffer.from(new api.Parser(options).toBulk(bytes, bulk))),
    streaming('ship: Parquet to NDJSON, a stream', async () => [Readable.from(api.decode(await openAsBlob(parquet)))], () => api.toNode.ndjson(options), () => {
      return Buffer.from(new api.Parser(options).toNdjson(rows().map((row) => row.join(' ')).join('\n')));
    }),
    {
      name: 'ship: file to NDJSON in a file, on disk',
      async check() {
        await toFile();
        assert.ok(readFileSync(output).equals(Buffer.from(new api.Parser(options).toNdjson(bytes))), 'other bytes than expected');
      },
      async run() {
        await toFile();
        return statSync(output).size;
      },
      stop: () => rmSync(output, { force: true }),
    },
    shipping('ship: file to a server', () => toServer(path)),
    shipping('ship: gzip to a server', () => toServer(zipped)),
    shipping('plain JS: file to a server, helpers.bulk', () => byHelpers(false)),
    shipping('plain JS: gzip to a server, helpers.bulk', () => byHelpers(true)),
  ];
}

/** Returns the tokens of lines that Parquet can have as a row. @param {Buffer} bytes @param {number} count of columns */
function rowsIn(bytes, count) {
  const rows = bytes.toString('latin1').split('\n').filter((line) => /^[!#-z|}~ ]+$/.test(line)).map((line) => line.split(' '));
  return rows.filter((row) => row.length === count && !row.includes(''));
}

/** Returns a file as AWS writes it: snappy, numbers as numbers, and nothing for absent values. @param {string[][]} rows @param {string[]} names */
function parquetOf(rows, names) {
  const columnData = names.map((name, index) => {
    const tokens = rows.map((row) => row[index]);
    const isNumber = tokens.every((token) => token === '-' || /^(?:0|[1-9]\d{0,17})$/.test(token));
    const data = tokens.map((token) => (token === '-' ? null : isNumber ? BigInt(token) : token));
    return { name: name.replaceAll('-', '_'), type: isNumber ? 'INT64' : 'STRING', data };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData, codec: 'SNAPPY' }));
}

/** The server, started when a row first needs it. */
const server = {
  /** @type {Promise<{ child: import('node:child_process').ChildProcess, address: string }> | undefined} */
  started: undefined,
  async url() {
    this.started ??= (async () => {
      const child = spawn(process.execPath, [fileURLToPath(new URL('worker.mjs', import.meta.url)), '--part', 'cluster'], { stdio: ['pipe', 'pipe', 'inherit'] });
      const [address] = await once(createInterface({ input: child.stdout }), 'line');
      return { child, address };
    })();
    return (await this.started).address;
  },
  async stop() {
    const started = this.started;
    this.started = undefined;
    (await started)?.child.stdin.end();
  },
};
