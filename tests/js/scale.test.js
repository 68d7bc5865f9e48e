// docs/scale.md: the second table follows from the first.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { millionTable, pricesTable, readWorkerTable, withBlocks, workerTable } from '../../benches/million.mjs';
import { repository } from './package.js';

const page = readFileSync(join(repository, 'docs/scale.md'), 'utf8');
const blocks = Object.fromEntries([...page.matchAll(/<!-- measured: (\w+) -->\n\n([^]*?)\n\n<!-- end -->/g)].map(([, name, block]) => [name, block]));

test('what a million events a second takes is computed from the worker as it was measured', () => {
  assert.deepStrictEqual(Object.keys(blocks), ['worker', 'million', 'prices']);
  assert.equal(pricesTable(), blocks.prices);
  const rows = readWorkerTable(blocks.worker);
  assert.equal(workerTable(rows), blocks.worker);
  assert.ok(rows.length >= 3 && rows.every(({ rate, processor }) => rate > 1000 && processor > 0.1));
  assert.equal(millionTable(rows[0]), blocks.million);
  assert.equal(withBlocks(page, blocks), page);
});

test('a worker of known numbers', () => {
  const table = millionTable({ name: 'a', rate: 100_000, processor: 10, memory: 200, read: 25, sent: 140 });
  assert.equal(table, `| Part | For a million events a second | List price for 30 days |
|---|---|---:|
| AWS Lambda | 15 functions of 1769 MB at the same time, busy 70 % of their time | $751 |
| Amazon SQS | 10 messages a second, 3 requests each | $31 |
| Amazon S3, requests | 10 objects a second of 2.5 MB | $10 |
| Amazon S3, storage | 65 TB, kept for 30 days | $1,490 |
| Delivery of the flow logs to S3 | 635 TB of lines, before compression | $36,252 |
| Network to the cluster | 140 MB/s of gzip | see below |
| Shards | 432 a day, at 200 million documents each | the cluster's |`);
});
