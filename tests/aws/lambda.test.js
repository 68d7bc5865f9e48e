// The function of examples/lambda/ with S3 and SQS of a stand-in for AWS (moto) and a stand-in for a cluster, its template, and the
// function that the page exports.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { startCluster } from '../js/cluster.js';
import { fixture, imported, importFrom, manifest, repository } from '../js/package.js';
import { BAD, GOOD, HEADER } from '../js/samples.js';
import { consumer, importPeer, lint, start, transformed } from './server.mjs';

const { createS3Handler, createSqsHandler } = await importFrom(manifest.exports['./lambda'].default);
const { CreateBucketCommand, PutBucketNotificationConfigurationCommand, PutObjectCommand, S3Client } = await importPeer('@aws-sdk/client-s3');
const { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } = await importPeer('@aws-sdk/client-sqs');

const example = join(repository, 'examples/lambda');
const records = (count, from = 0) => Array.from({ length: count }, (_, index) => GOOD.replace(' 4249 ', ` ${1_000_000 + from + index} `));

let server;
let s3;
let sqs;
let cluster;
let fault;
let findings;
let resources;

before(async () => {
  // It takes some seconds.
  findings = lint(join(example, 'template.yaml'));
  resources = transformed(join(example, 'template.yaml')).then(({ Resources }) => Resources);
  server = await start();
  s3 = new S3Client({});
  sqs = new SQSClient({});
  cluster = await startCluster({ fault: (request) => fault?.(request) });
});
after(async () => {
  await Promise.all([server.stop(), cluster.close()]);
});

const put = (Bucket, Key, Body) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));

/** Puts a program where it finds the package and the clients of the SDK, and imports it. */
async function program(name, text) {
  const folder = join(consumer, 'programs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return import(pathToFileURL(join(folder, name)).href);
}

/** Returns the event of a function for objects. */
function announcement(bucket, ...keys) {
  const [{ notification: { Records: [record] } }] = fixture('aws/notifications.json');
  return { Records: keys.map((key) => ({ ...record, s3: { ...record.s3, bucket: { name: bucket }, object: { key: encodeURIComponent(key) } } })) };
}

/** Returns the event of a function for messages of a queue. */
const messages = (...bodies) => ({ Records: bodies.map((body, index) => ({ messageId: `message ${index}`, body: typeof body === 'string' ? body : JSON.stringify(body), eventSource: 'aws:sqs' })) });

describe('the function of the example', () => {
  test('ships objects that S3 announces to the queue, and leaves what fails', async () => {
    const Bucket = 'amzn-s3-demo-bucket';
    await s3.send(new CreateBucketCommand({ Bucket }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'flow-logs' }));
    const QueueConfigurations = [{ QueueArn: 'arn:aws:sqs:us-east-1:123456789012:flow-logs', Events: ['s3:ObjectCreated:*'] }];
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: { QueueConfigurations } }));
    const layout = fixture('aws/notifications.json')[0].objects[0].key;
    await put(Bucket, layout, gzipSync([HEADER, ...records(3000)].join('\n')));
    await put(Bucket, 'AWSLogs/year=2026/a b.log', [HEADER, ...records(2, 5000), BAD, ''].join('\n'));
    await put(Bucket, 'AWSLogs/cut.log.gz', gzipSync(records(10).join('\n')).subarray(0, 60));

    Object.assign(process.env, { ELASTICSEARCH_URL: `${cluster.url}/proxy/`, ELASTICSEARCH_API_KEY: 'c2VjcmV0', NAMESPACE: 'prod' });
    const { handler } = await program('example.mjs', readFileSync(join(example, 'index.mjs'), 'utf8'));

    // Lambda receives messages, calls the function, and deletes those that it does not name.
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    assert.equal(Messages.length, 4, 'a test event and three objects');
    const event = { Records: Messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body, eventSource: 'aws:sqs' })) };
    const { batchItemFailures } = await handler(event, { getRemainingTimeInMillis: () => 60_000 });
    const failed = batchItemFailures.map(({ itemIdentifier }) => Messages.find(({ MessageId }) => MessageId === itemIdentifier));
    assert.deepStrictEqual(failed.map(({ Body }) => decodeURIComponent(JSON.parse(Body).Records[0].s3.object.key)), ['AWSLogs/cut.log.gz']);
    for (const message of Messages) {
      if (!failed.includes(message)) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
    const documents = [...cluster.documents.values()];
    const kinds = documents.map(({ event: { kind } }) => kind);
    // Of the object that is cut short, the documents before that may have been sent.
    assert.ok(documents.length >= 3003 && documents.length <= 3013, `${documents.length} documents`);
    assert.equal(kinds.filter((kind) => kind === 'pipeline_error').length, 1);
    const expected = new imported.Parser({ dataStream: { namespace: 'prod' } }).parse(records(1)[0]);
    assert.deepStrictEqual(documents.find(({ network }) => network?.bytes === 1_000_000), expected);
    assert.equal(cluster.requests[0].headers.authorization, 'ApiKey c2VjcmV0');
    assert.ok(cluster.requests.every(({ path }) => path.startsWith('/proxy/_bulk')));

    // Delivered again, as it happens: no document comes twice.
    const before = cluster.documents.size;
    assert.deepStrictEqual((await handler(event)).batchItemFailures.length, 1);
    assert.equal(cluster.documents.size, before);
  });

  test('its template has no findings', async () => assert.equal(await findings, ''));

  test('its template connects the queue, the function and the dead-letter queue', async () => {
    const { ShipObjects, Ship, Queue, DeadLetters } = await resources;
    const attribute = (name, of) => ({ 'Fn::GetAtt': [name, of] });
    assert.deepStrictEqual(ShipObjects, {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        BatchSize: 10, EventSourceArn: attribute('Queue', 'Arn'), FunctionName: { Ref: 'Ship' }, FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: { Ref: 'MaximumConcurrency' } },
      },
    });
    const { Handler, Role, Timeout } = Ship.Properties;
    assert.deepStrictEqual([Handler, Role], ['index.handler', attribute('FunctionRole', 'Arn')]);
    assert.equal(Queue.Properties.VisibilityTimeout, 6 * Timeout);
    assert.deepStrictEqual(Queue.Properties.RedrivePolicy.deadLetterTargetArn, attribute('DeadLetterQueue', 'Arn'));
    assert.deepStrictEqual(DeadLetters.Properties.Dimensions, [{ Name: 'QueueName', Value: attribute('DeadLetterQueue', 'QueueName') }]);
    // SAM adds no role, and no policy of its own.
    assert.deepStrictEqual(Object.entries(await resources).filter(([, { Type }]) => /Role|Policy/.test(Type)).map(([name]) => name), [
      'LogsPolicy', 'QueuePolicy', 'FunctionRole',
    ]);
  });

  test('its template grants nothing to everyone, and nothing on everything', () => {
    const text = readFileSync(join(example, 'template.yaml'), 'utf8');
    assert.doesNotMatch(text, /(?:Action|Resource|Principal): ['"]?\*/);
    assert.doesNotMatch(text, /- ['"]?(?:\w+:)?\*/);
    const actions = [...text.matchAll(/\b(?:s3|sqs|logs|sts|ec2|lambda):[A-Z]\w+/g)].map(([action]) => action);
    assert.deepStrictEqual([...new Set(actions)].sort(), [
      'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetBucketAcl', 's3:GetObject', 's3:ObjectCreated', 's3:PutObject',
      'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage', 'sqs:SendMessage', 'sts:AssumeRole',
    ]);
  });

  test('its template gives the program its environment', () => {
    const [, names] = /const \{ (.*?) \} = process\.env;/.exec(readFileSync(join(example, 'index.mjs'), 'utf8'));
    const [, variables] = /^ +Variables:\n((?: {10}.*\n)+)/m.exec(readFileSync(join(example, 'template.yaml'), 'utf8'));
    assert.deepStrictEqual([...variables.matchAll(/^ {10}(\w+):/gm)].map(([, name]) => name), names.split(', '));
  });

  test('its program is bundled for Lambda, with the modules in it', async () => {
    const { build } = await import('esbuild');
    const folder = join(consumer, 'bundle');
    await build({
      entryPoints: [join(consumer, 'programs/example.mjs')], bundle: true, platform: 'node', format: 'cjs', target: 'node20', minify: true,
      outfile: join(folder, 'dist/index.js'), logLevel: 'error',
    });
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
    const { default: { handler } } = await import(pathToFileURL(join(folder, 'dist/index.js')).href);
    await put('amzn-s3-demo-bucket', 'bundled', records(1, 9000)[0]);
    assert.deepStrictEqual(await handler(messages(announcement('amzn-s3-demo-bucket', 'bundled'))), { batchItemFailures: [] });
    assert.ok([...cluster.documents.values()].some(({ network }) => network?.bytes === 1_009_000));
  });
});

describe('functions', () => {
  const Bucket = 'amzn-s3-demo-functions';
  const options = () => ({ url: cluster.url, dataStream: true, id: 'fingerprint', minDelay: 1, retries: 2, report: () => {} });
  const sent = () => [...cluster.documents.values()].map(({ network }) => network?.bytes);
  before(async () => {
    await s3.send(new CreateBucketCommand({ Bucket }));
    for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) await put(Bucket, name, records(1, 20_000 + index)[0]);
  });

  test('an event of S3, straight, from SNS and from EventBridge', async () => {
    const handler = createS3Handler(options());
    await handler(announcement(Bucket, 'a'));
    const Message = JSON.stringify(announcement(Bucket, 'b'));
    await handler({ Records: [{ EventSource: 'aws:sns', Sns: { Type: 'Notification', TopicArn: 'arn:aws:sns:us-east-1:123456789012:a', Message } }] });
    await handler({ source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name: Bucket }, object: { key: 'c' } } });
    for (const bytes of [1_020_000, 1_020_001, 1_020_002]) assert.ok(sent().includes(bytes), bytes);
    await assert.rejects(handler(announcement(Bucket, 'none', 'd')), {
      message: /^s3:\/\/amzn-s3-demo-functions\/none: .*cannot be read: NoSuchKey: /,
    });
    // The other object of the event is delivered.
    assert.ok(sent().includes(1_020_003));
  });

  test('a document that is refused fails its message only', async () => {
    for (const [index, name] of ['e', 'f', 'g'].entries()) await put(Bucket, name, records(1, 30_000 + index)[0]);
    fault = () => ({ item: (document) => document.network.bytes === 1_030_001 && { status: 400, error: { type: 'document_parsing_exception', reason: 'no' } } });
    const reports = [];
    const handler = createSqsHandler({ ...options(), report: (error) => reports.push(error.message) });
    const event = messages(announcement(Bucket, 'e'), announcement(Bucket, 'f'), announcement(Bucket, 'g'));
    assert.deepStrictEqual(await handler(event), { batchItemFailures: [{ itemIdentifier: 'message 1' }] });
    fault = undefined;
    assert.match(reports.at(-1), /^message message 1 returns to the queue: .*document_parsing_exception/);
    assert.deepStrictEqual([1_030_000, 1_030_001, 1_030_002].map((bytes) => sent().includes(bytes)), [true, false, true]);
  });

  test('a cluster that is busy for a while', async () => {
    await put(Bucket, 'h', records(1, 40_000)[0]);
    let busy = 2;
    fault = () => (busy-- > 0 ? { status: 429 } : undefined);
    assert.deepStrictEqual(await createSqsHandler(options())(messages(announcement(Bucket, 'h'))), { batchItemFailures: [] });
    assert.ok(sent().includes(1_040_000));
    fault = () => ({ status: 503 });
    assert.deepStrictEqual((await createSqsHandler(options())(messages(announcement(Bucket, 'h')))).batchItemFailures, [{ itemIdentifier: 'message 0' }]);
    fault = undefined;
  });
});

test('the functions that the page exports', async () => {
  const { lambda } = await import('../../www/exporters/code.js');
  Object.assign(process.env, { ELASTICSEARCH_URL: cluster.url, ELASTICSEARCH_API_KEY: 'key', NAMESPACE: 'page' });
  const { queue, s3: straight } = await program('exported.mjs', lambda({ format: imported.compileFormat('default').format, schema: 'ecs', mode: 'ecs' }));
  const Bucket = 'amzn-s3-demo-page';
  await s3.send(new CreateBucketCommand({ Bucket }));
  await put(Bucket, 'year=2026/a b.log.gz', gzipSync([HEADER, records(1, 50_000)[0], BAD.replace(' 4249 ', ' 50002 ')].join('\n')));
  await put(Bucket, 'c', records(1, 50_001)[0]);
  assert.deepStrictEqual(await queue(messages(announcement(Bucket, 'year=2026/a b.log.gz'), 'hello')), { batchItemFailures: [{ itemIdentifier: 'message 1' }] });
  await straight({ source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name: Bucket }, object: { key: 'c' } } });
  await assert.rejects(straight({ hello: 'world' }), { code: 'invalid_notification' });
  const documents = [...cluster.documents.values()].filter(({ data_stream: stream }) => stream?.namespace === 'page');
  assert.deepStrictEqual(documents.map(({ event: { kind } }) => kind), ['event', 'pipeline_error', 'event']);
  const parser = new imported.Parser({ dataStream: { namespace: 'page' } });
  assert.deepStrictEqual([documents[0], documents[2]], records(2, 50_000).map((line) => parser.parse(line)));
});
