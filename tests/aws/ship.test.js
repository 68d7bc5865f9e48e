// From Amazon S3 to a cluster, through a queue: objects are announced, shipped, and their messages deleted.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { startCluster } from '../js/cluster.js';
import { temporaryFolder } from '../js/command.js';
import { importFrom, manifest } from '../js/package.js';
import { GOOD, HEADER } from '../js/samples.js';
import { importPeer, start } from './server.mjs';

const { openSources } = await importFrom(manifest.exports['./sources'].default);
const { ship } = await importFrom(manifest.exports['./ship'].default);
const { CreateBucketCommand, DeleteObjectCommand, PutBucketNotificationConfigurationCommand, PutObjectCommand, S3Client } = await importPeer('@aws-sdk/client-s3');
const { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } = await importPeer('@aws-sdk/client-sqs');

let server;
let s3;
let sqs;

before(async () => {
  server = await start();
  s3 = new S3Client({});
  sqs = new SQSClient({});
});
after(() => server.stop());

/** Returns a log of different records, packed as AWS does. */
const log = (count, from) => gzipSync([HEADER, ...Array.from({ length: count }, (_, index) => GOOD.replace(' 4249 ', ` ${from + index} `))].join('\n'));
const keyOf = (number) => `AWSLogs/123456789010/vpcflowlogs/us-east-1/2026/01/0${number}/123456789010_vpcflowlogs_us-east-1_fl-1234abcd_2026010${number}T0000Z_0.log.gz`;
const put = (Bucket, Key, Body) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
const numbers = (cluster) => [...cluster.documents.values()].map(({ network }) => network.bytes).sort((a, b) => a - b);
const range = (start, end) => Array.from({ length: end - start }, (_, index) => start + index);

let buckets = 0;

/** Returns a bucket that announces its objects to a queue, and the URL of the queue. */
async function announcing() {
  const bucket = `amzn-s3-demo-ship-${buckets++}`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const { QueueUrl: queue } = await sqs.send(new CreateQueueCommand({ QueueName: bucket }));
  const QueueConfigurations = [{ QueueArn: `arn:aws:sqs:us-east-1:123456789012:${bucket}`, Events: ['s3:ObjectCreated:*'] }];
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration: { QueueConfigurations } }));
  return { bucket, queue };
}

/** Counts the messages of a queue: those to receive, and those being processed. */
async function counts(QueueUrl) {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return AttributeNames.map((name) => Number(Attributes[name]));
}

async function clusterFor(context, options) {
  const cluster = await startCluster(options);
  context.after(() => cluster.close());
  return { cluster, options: { url: cluster.url, dataStream: true, id: 'fingerprint', minDelay: 1, maxDelay: 5 } };
}

async function until(condition) {
  for (let time = 0; !(await condition()); time++) {
    if (time > 5000) assert.fail('it did not happen');
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe('shipping from AWS', { concurrency: true }, () => {
  test('what is announced arrives once, and its messages are deleted', async (context) => {
    const { bucket, queue } = await announcing();
    let busy = 0;
    const { cluster, options } = await clusterFor(context, { fault: () => (busy++ % 3 === 1 ? { status: 503 } : undefined) });
    for (const number of range(0, 4)) await put(bucket, keyOf(number + 1), log(3000, number * 3000));
    const result = await ship(openSources([queue]), options);
    assert.deepStrictEqual([result.objects, result.events, result.failed], [4, 12_000, []]);
    assert.deepStrictEqual(numbers(cluster), range(0, 12_000));
    assert.deepStrictEqual(await counts(queue), [0, 0]);
  });

  test('objects in Parquet', async (context) => {
    const { bucket, queue } = await announcing();
    const { cluster, options } = await clusterFor(context);
    const columns = { version: [2, 2], srcaddr: ['192.0.2.1', '192.0.2.2'], dstaddr: ['10.0.0.1', '-'], bytes: [20n, 40n] };
    const types = { version: 'INT32', srcaddr: 'STRING', dstaddr: 'STRING', bytes: 'INT64' };
    const columnData = Object.entries(columns).map(([name, data]) => ({ name, data, type: types[name] }));
    await put(bucket, keyOf(1).replace('.gz', '.parquet'), new Uint8Array(parquetWriteBuffer({ columnData })));
    const { events, failed } = await ship(openSources([queue]), options);
    assert.deepStrictEqual([events, failed], [2, []]);
    assert.deepStrictEqual([...cluster.documents.values()].map(({ source, destination, network }) => [source.ip, destination?.ip, network.bytes]), [
      ['192.0.2.1', '10.0.0.1', 20], ['192.0.2.2', undefined, 40],
    ]);
    assert.deepStrictEqual(await counts(queue), [0, 0]);
  });

  test('an object that is gone fails alone, and its message stays', async (context) => {
    const { bucket, queue } = await announcing();
    const { cluster, options } = await clusterFor(context);
    for (const number of range(0, 2)) await put(bucket, keyOf(number + 1), log(10, number * 10));
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(1) }));
    const { failed, objects } = await ship(openSources([queue]), options);
    assert.deepStrictEqual([objects, failed.length, failed[0].name], [1, 1, `s3://${bucket}/${keyOf(1)}`]);
    assert.match(failed[0].error.message, /cannot be read: NoSuchKey: /);
    assert.deepStrictEqual(numbers(cluster), range(10, 20));
    assert.deepStrictEqual(await counts(queue), [0, 1]);
  });

  test('the message of an object that fails is received again while the run goes on', async (context) => {
    const { bucket, queue } = await announcing();
    const { cluster, options } = await clusterFor(context);
    await put(bucket, keyOf(1), log(10, 0));
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(1) }));
    const controller = new AbortController();
    const failures = [];
    const report = (error) => failures.push(error.message);
    const source = openSources([queue], { watch: true, visibilityTimeout: 1, signal: controller.signal });
    const run = ship(source, { ...options, flushAfter: 10, report, signal: controller.signal });
    await until(() => failures.length >= 2);
    // It is there in time for the next one.
    await put(bucket, keyOf(1), log(10, 0));
    await until(async () => cluster.documents.size === 10 && (await counts(queue)).every((count) => count === 0));
    controller.abort();
    assert.ok((await run).failed.every(({ error }) => /NoSuchKey/.test(error.message)));
  });

  test('a run that failed goes on in an object, by a range of its bytes', async (context) => {
    const { bucket } = await announcing();
    const lines = [HEADER, ...range(0, 5000).map((number) => GOOD.replace(' 4249 ', ` ${number} `))].join('\n');
    await put(bucket, 'flow.log', lines);
    const checkpoint = `${temporaryFolder().path}/checkpoint.json`;
    const requests = [];
    const client = {
      send(command, more) {
        if (command.constructor.name === 'GetObjectCommand') requests.push(command.input);
        return s3.send(command, more);
      },
    };
    const run = (options) => ship(openSources([`s3://${bucket}/`], { s3: client }), { ...options, checkpoint, checkpointInterval: 0, concurrency: 1, maxDocs: 200 });
    const first = await clusterFor(context, { fault: ({ number }) => (number > 10 ? { status: 400 } : undefined) });
    await assert.rejects(run(first.options), { code: 'refused' });
    const { cluster, options } = await clusterFor(context);
    const { failed } = await run(options);
    const [whole, start, rest] = requests.map(({ Range, IfMatch }) => [Range, IfMatch === undefined]);
    assert.deepStrictEqual([failed, requests.length, whole], [[], 3, [undefined, true]]);
    assert.match(start[0], /^bytes=0-\d+$/);
    assert.match(rest[0], /^bytes=\d+-$/);
    assert.deepStrictEqual([start[1], rest[1]], [false, false]);
    assert.ok(cluster.documents.size < 4500);
    const all = new Set([...numbers(first.cluster), ...numbers(cluster)]);
    assert.equal(all.size, 5000);
  });

  test('a cluster that cannot be reached: no message is deleted', async () => {
    const { bucket, queue } = await announcing();
    await put(bucket, keyOf(1), log(10, 0));
    const options = { url: 'http://127.0.0.1:9', dataStream: true, retries: 0 };
    await assert.rejects(ship(openSources([queue]), options), { name: 'ShipError' });
    // The test event of S3 was one that can be deleted.
    assert.deepStrictEqual(await counts(queue), [0, 1]);
  });

  test('watching ships what comes, until its signal', async (context) => {
    const { bucket, queue } = await announcing();
    const { cluster, options } = await clusterFor(context);
    const controller = new AbortController();
    const run = ship(openSources([queue], { watch: true, signal: controller.signal }), { ...options, flushAfter: 10, signal: controller.signal });
    for (const number of range(0, 2)) {
      await put(bucket, keyOf(number + 1), log(10, number * 10));
      await until(() => cluster.documents.size === (number + 1) * 10);
    }
    await until(async () => (await counts(queue)).every((count) => count === 0));
    controller.abort();
    const { isStopped, acknowledged } = await run;
    assert.deepStrictEqual([isStopped, acknowledged], [true, 20]);
    assert.deepStrictEqual(numbers(cluster), range(0, 20));
  });

  test('a bucket without a queue, with a checkpoint: a second run adds what is new', async (context) => {
    const { bucket } = await announcing();
    const { cluster, options } = await clusterFor(context);
    const checkpoint = `${temporaryFolder().path}/checkpoint.json`;
    await put(bucket, keyOf(1), log(10, 0));
    await put(bucket, keyOf(3), log(10, 100));
    const run = () => ship(openSources([`s3://${bucket}/`], { until: '2026-01-03' }), { ...options, checkpoint });
    assert.equal((await run()).events, 10);
    await put(bucket, keyOf(2), log(10, 10));
    const { events, skipped } = await run();
    assert.deepStrictEqual([events, skipped], [10, 1]);
    assert.deepStrictEqual(numbers(cluster), range(0, 20));
    assert.equal(cluster.twice, 0);
  });
});
