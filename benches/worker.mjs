// A worker that ships gzip to a cluster: how many events a second it sends, on one processor and on all. A second table has what a
// million events a second takes. docs/scale.md has the results.
//
//     node benches/worker.mjs [--events N] [--rounds N] [--write]
//
// The events are those of `npm run bench` for v5. The cluster is a part of this file that accepts every document: the numbers are
// those of the worker alone. Both are processes of their own, on processors of their own where `taskset` exists. With
// --write, the results and what follows from them are written into docs/scale.md.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { millionTable, pricesTable, readWorkerTable, withBlocks, workerTable } from './million.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'target/bench');
const log = join(folder, 'v5.log');

/** An object of some 3 MB, of which a busy interface's flow log has several in five minutes. */
const LINES = 100_000;
const CHUNK_BYTES = 64 * 1024;

/** Rows: the options of `ship`, and the number of processors. */
const ROWS = {
  'one processor, gzip bodies': { options: { gzip: true }, processors: 1 },
  'one processor, plain bodies': { options: { gzip: false }, processors: 1 },
  'all processors, gzip bodies': { options: { gzip: true } },
};

const { values: { part, events, rounds, url, options, write } } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    part: { type: 'string', default: 'main' },
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    url: { type: 'string', default: '' },
    options: { type: 'string', default: '{}' },
  },
});

const parts = { main, cluster, worker };
await parts[part]();

/** Measures all rows, and prints a table of the best rounds. */
async function main() {
  if (!existsSync(log)) {
    mkdirSync(folder, { recursive: true });
    spawnSync('cargo', ['run', '--locked', '--release', '--quiet', '--example', 'bench_corpus', '--', folder], { cwd: root, stdio: 'inherit' });
  }
  const last = availableParallelism() - 1;
  const server = spawn(...onProcessor(last, ['--part', 'cluster']), { stdio: ['pipe', 'pipe', 'inherit'] });
  const [address] = await once(createInterface({ input: server.stdout }), 'line');
  const rows = [];
  for (const [name, row] of Object.entries(ROWS)) {
    const results = Array.from({ length: Number(rounds) }, () => {
      const args = ['--part', 'worker', '--url', address, '--events', events, '--options', JSON.stringify(row.options)];
      return JSON.parse(execFileSync(...onProcessor(row.processors === 1 ? 0 : undefined, args), { encoding: 'utf8' }));
    });
    const best = results.reduce((a, b) => (a.seconds < b.seconds ? a : b));
    const millions = best.events / 1e6;
    rows.push({
      name,
      rate: Math.round(best.events / best.seconds),
      processor: best.processor / millions,
      memory: Math.max(...results.map(({ kilobytes }) => (kilobytes * 1024) / 1e6)),
      read: best.read / 1e6 / millions,
      sent: best.sent / 1e6 / millions,
    });
  }
  server.stdin.end();
  await once(server, 'close');
  const table = workerTable(rows);
  // By the numbers of the page, so that a reader finds the same.
  const blocks = { worker: table, million: millionTable(readWorkerTable(table)[0]), prices: pricesTable() };
  console.log(Object.values(blocks).join('\n\n'));
  if (!write) return;
  const page = join(root, 'docs/scale.md');
  writeFileSync(page, withBlocks(readFileSync(page, 'utf8'), blocks));
}

/** Returns the command that runs a part, on one processor if that is possible. */
function onProcessor(number, args) {
  const command = [process.execPath, fileURLToPath(import.meta.url), ...args];
  const isPinned = number !== undefined && spawnSync('taskset', ['--version']).status === 0;
  const [program, ...rest] = isPinned ? ['taskset', '-c', String(number), ...command] : command;
  return [program, rest];
}

/** Accepts bulk requests, until its standard input ends. */
async function cluster() {
  const item = '{"create":{"status":201}}';
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    let lines = 0;
    for (let at = body.indexOf(10); at >= 0; at = body.indexOf(10, at + 1)) lines += 1;
    response.setHeader('content-type', 'application/json');
    // The client of `@elastic/elasticsearch` wants to see it.
    response.setHeader('x-elastic-product', 'Elasticsearch');
    response.end(`{"errors":false,"items":[${`${item},`.repeat(lines / 2).slice(0, -1)}]}`);
  });
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
  process.stdin.on('end', () => process.exit()).resume();
}

/** Ships, and prints what it took. */
async function worker() {
  const { ship } = await import('../js/ship/index.js');
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const text = Array.from({ length: LINES }, (_, index) => lines[index % lines.length]).join('\n');
  const bytes = gzipSync(text, { level: 6 });
  const objects = Array.from({ length: Math.ceil(Number(events) / LINES) }, (_, index) => ({
    name: `object ${index}`,
    size: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
    },
  }));
  const before = process.cpuUsage();
  const result = await ship(objects, { url, dataStream: true, id: 'fingerprint', parser: { format: 'v5', dataStream: true, onError: 'document' }, ...JSON.parse(options) });
  const { user, system } = process.cpuUsage(before);
  if (result.failed.length > 0) throw result.failed[0].error;
  const { seconds, bytes: read, bytesSent: sent, acknowledged } = result;
  console.log(JSON.stringify({ events: acknowledged, seconds, read, sent, processor: (user + system) / 1e6, kilobytes: process.resourceUsage().maxRSS }));
}
