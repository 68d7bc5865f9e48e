// Sources against a stand-in for AWS (moto): objects are listed, announced and read, messages are deleted.

import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { importFrom, manifest } from '../js/package.js';
import { importPeer, start } from './server.mjs';

const { describeFormat, openSources, s3Objects, sqsObjects } = await importFrom(manifest.exports['./sources'].default);
const { CreateBucketCommand, PutBucketNotificationConfigurationCommand, PutObjectCommand, S3Client } = await importPeer('@aws-sdk/client-s3');
const { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient, SendMessageCommand } = await importPeer('@aws-sdk/client-sqs');
const { CreateTopicCommand, SNSClient, SubscribeCommand } = await importPeer('@aws-sdk/client-sns');
const { CreateFlowLogsCommand, CreateVpcCommand, EC2Client } = await importPeer('@aws-sdk/client-ec2');

let server;
let s3;
let sqs;

before(async () => {
  server = await start();
  s3 = new S3Client({});
  sqs = new SQSClient({});
});
after(() => server.stop());

const put = (Bucket, Key, Body = Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));

let buckets = 0;
async function bucketWith(...keys) {
  const Bucket = `amzn-s3-demo-${buckets++}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (const key of keys) await put(Bucket, key);
  return Bucket;
}

async function all(source) {
  const objects = [];
  for await (const object of source) objects.push(object);
  return objects;
}

/** Returns a client that notes its requests: `Prefix` of listings, `Range` of reads. */
function noting(client) {
  const requests = [];
  return { requests, send: (command, options) => requests.push(command.input) && client.send(command, options) };
}

describe('Amazon S3', () => {
  const file = (stamp) => `123456789010_vpcflowlogs_us-east-1_fl-1234abcd_${stamp}Z_fe123456.log.gz`;
  const plain = 'logs/AWSLogs/123456789010/vpcflowlogs/us-east-1';
  const hive = 'hive/AWSLogs/aws-account-id=123456789010/aws-service=vpcflowlogs/aws-region=us-east-1';
  const keys = [
    ...['20251231T2355', '20260101T0000', '20260101T0005'].map((stamp) => `${plain}/${stamp.slice(0, 4)}/${stamp.slice(4, 6)}/${stamp.slice(6, 8)}/${file(stamp)}`),
    `${plain}/2026/02/01/${file('20260201T0000')}`,
    `${plain}/2026/02/02/13/${file('20260202T1300')}`,
    `${plain}/2026/02/02/14/${file('20260202T1400')}`,
    `${hive}/year=2026/month=02/day=02/hour=13/${file('20260202T1300')}`,
    `${hive}/year=2026/month=02/day=02/hour=14/${file('20260202T1400')}`,
    'logs/AWSLogs/123456789010/CloudTrail/us-east-1/2026/02/01/trail.json.gz',
    'other/a b+é=.log',
  ];
  let bucket;
  before(async () => {
    bucket = await bucketWith(...keys);
    // As the console makes a folder.
    await put(bucket, 'other/folder/', '');
  });

  const listed = async (prefix, options) => {
    const client = noting(s3);
    const objects = await all(s3Objects(`s3://${bucket}/${prefix}`, { client, ...options }));
    return { keys: objects.map(({ name }) => name.replace(`s3://${bucket}/`, '')), prefixes: client.requests.map(({ Prefix }) => Prefix) };
  };

  test('lists flow logs, and no other service', async () => {
    const { keys: found, prefixes } = await listed('');
    assert.deepStrictEqual(found, keys.filter((key) => !key.includes('CloudTrail')).sort());
    assert.ok(prefixes.includes('logs/AWSLogs/123456789010/vpcflowlogs/'), prefixes.join('\n'));
    assert.ok(!prefixes.some((prefix) => prefix.includes('CloudTrail')));
    // Below the service, nothing is listed folder by folder.
    assert.ok(!prefixes.some((prefix) => prefix.includes('2026')));
  });

  test('lists the folders of the days asked for', async () => {
    const { keys: found, prefixes } = await listed('logs/', { since: '2026-01-01T00:05Z', until: '2026-02-02T14:00Z' });
    assert.deepStrictEqual(found, [keys[2], keys[3], keys[4]]);
    assert.deepStrictEqual(prefixes, [
      'logs/', 'logs/AWSLogs/', 'logs/AWSLogs/123456789010/', 'logs/AWSLogs/123456789010/vpcflowlogs/', `${plain}/`,
      `${plain}/2026/`, `${plain}/2026/01/`, `${plain}/2026/01/01/`, `${plain}/2026/02/`, `${plain}/2026/02/01/`,
      `${plain}/2026/02/02/`, `${plain}/2026/02/02/13/`,
    ]);
  });

  test('lists partitions for Hive, and hours', async () => {
    const { keys: found, prefixes } = await listed(`${hive}/`, { since: '2026-02-02T13:30Z' });
    assert.deepStrictEqual(found, [keys[7]]);
    assert.deepStrictEqual(prefixes.slice(-3), ['', 'hour=13/', 'hour=14/'].map((hour) => `${hive}/year=2026/month=02/day=02/${hour}`));
  });

  test('a prefix may end in the middle of a name', async () => {
    assert.deepStrictEqual((await listed(`${plain}/2026/01/01/1234`)).keys, [keys[1], keys[2]]);
  });

  test('other names count by the time of their last change', async () => {
    assert.deepStrictEqual((await listed('other/', { since: new Date(Date.now() - 3_600_000) })).keys, ['other/a b+é=.log']);
    assert.deepStrictEqual((await listed('other/', { until: new Date(Date.now() - 3_600_000) })).keys, []);
  });

  test('lists more than a page', async () => {
    const many = await bucketWith();
    const names = Array.from({ length: 12 }, (_, number) => `AWSLogs/123456789010/vpcflowlogs/us-east-1/${String(number).padStart(4, '0')}`);
    for (const name of names) await put(many, name);
    const small = { send: (command, options) => s3.send(Object.assign(command, { input: { ...command.input, MaxKeys: 5 } }), options) };
    assert.equal((await all(s3Objects(`s3://${many}`, { client: small }))).length, 12);
  });

  test('reads objects, with their size and version', async () => {
    const [object] = await all(s3Objects(`s3://${bucket}/other/`));
    assert.equal(object.size, Buffer.byteLength('other/a b+é=.log'));
    assert.match(object.version, /^[0-9a-f]{32}$/);
    assert.equal(await text(object.open()), 'other/a b+é=.log');
    await assert.rejects(text(object.open({ signal: AbortSignal.abort(new Error('enough')) })), { message: 'enough' });
  });

  /** Returns a client whose answers are changed; `requests` has the inputs of the reads. */
  async function changing(change) {
    const { GetObjectCommand } = await importPeer('@aws-sdk/client-s3');
    const requests = [];
    return {
      requests,
      async send(command, options) {
        const answer = await s3.send(command, options);
        if (!(command instanceof GetObjectCommand)) return answer;
        requests.push(command.input);
        const bytes = await answer.Body.transformToByteArray();
        return { ...answer, Body: change(bytes, requests.length) };
      },
    };
  }

  const reset = () => Object.assign(new Error('aborted'), { code: 'ECONNRESET' });

  test('goes on where a connection has ended', async () => {
    const content = 'x'.repeat(1000) + 'y'.repeat(1000);
    await put(bucket, 'other/cut', content);
    const failing = (cuts, error) => changing(async function* body(bytes, number) {
      const cut = number <= cuts ? 300 : bytes.length;
      yield bytes.subarray(0, cut);
      if (cut < bytes.length && error) throw error;
    });
    // With an error, and with an end that looks like one of the object.
    for (const error of [reset(), undefined]) {
      const client = await failing(3, error);
      const [object] = await all(s3Objects(`s3://${bucket}/other/cut`, { client }));
      assert.equal(await text(object.open()), content);
      assert.deepStrictEqual(client.requests.map(({ Range }) => Range), [undefined, 'bytes=300-', 'bytes=600-', 'bytes=900-']);
      assert.ok(client.requests.slice(1).every(({ IfMatch }) => IfMatch === `"${object.version}"`));
    }
    const client = await failing(Infinity, reset());
    const [hopeless] = await all(s3Objects(`s3://${bucket}/other/cut`, { client }));
    await assert.rejects(text(hopeless.open()), { message: `s3://${bucket}/other/cut: cannot be read: Error: aborted` });
    assert.equal(client.requests.length, 5);
  });

  test('an error after the last byte is not a connection that has ended', async () => {
    await put(bucket, 'other/sum', 'content');
    const client = await changing(async function* body(bytes) {
      yield bytes;
      throw new Error('Checksum mismatch: expected "a" but received "b"');
    });
    const [object] = await all(s3Objects(`s3://${bucket}/other/sum`, { client }));
    await assert.rejects(text(object.open()), { message: `s3://${bucket}/other/sum: cannot be read: Error: Checksum mismatch: expected "a" but received "b"` });
    assert.equal(client.requests.length, 1);
  });

  test('an object that has changed meanwhile is not mixed', async () => {
    await put(bucket, 'other/changed', 'a'.repeat(1000));
    const client = await changing(async function* body(bytes) {
      yield bytes.subarray(0, 500);
      await put(bucket, 'other/changed', 'b'.repeat(1000));
      throw reset();
    });
    const [object] = await all(s3Objects(`s3://${bucket}/other/changed`, { client }));
    await assert.rejects(text(object.open()), /PreconditionFailed/);
  });

  test('mistakes', async () => {
    await assert.rejects(all(s3Objects('s3://amzn-s3-none/')), { code: 'NoSuchBucket', message: /^s3:\/\/amzn-s3-none\/: cannot be listed: NoSuchBucket: / });
    const denied = { send: () => Promise.reject(Object.assign(new Error('Access Denied'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })) };
    await assert.rejects(all(s3Objects('s3://bucket/a', { client: denied })), {
      message: 's3://bucket/a: cannot be listed: AccessDenied: Access Denied; the role needs the permission s3:ListBucket',
    });
    const hostile = { send: async () => ({ Contents: [{ Key: 'a/../../etc/passwd', Size: 1 }] }) };
    const [object] = await all(s3Objects('s3://bucket/a', { client: hostile }));
    await assert.rejects(text(object.open()), {
      code: 'invalid_key',
      message: 's3://bucket: expected a key inside the bucket\'s folders, found "a/../../etc/passwd", which leads out of them as a path',
    });
  });
});

describe('a queue', { concurrency: true }, () => {
  let queues = 0;

  /** Returns the URL and the name of a queue whose messages go to a dead-letter queue at the second receive. */
  async function newQueue() {
    const urlOf = async (QueueName, Attributes) => (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl;
    const name = `flow-logs-${queues++}`;
    const dead = await urlOf(`${name}-dead`);
    const policy = { deadLetterTargetArn: arnOf(`${name}-dead`), maxReceiveCount: 1 };
    return { url: await urlOf(name, { RedrivePolicy: JSON.stringify(policy) }), dead, arn: arnOf(name) };
  }

  const arnOf = (name) => `arn:aws:sqs:us-east-1:123456789012:${name}`;
  const send = (url, MessageBody) => sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody }));

  /** Counts the messages of a queue: those to receive, and those being processed. */
  async function counts(url) {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames }));
    return AttributeNames.map((name) => Number(Attributes[name]));
  }

  const announcement = (bucket, ...keys) => JSON.stringify({
    Records: keys.map((key) => ({ eventSource: 'aws:s3', eventVersion: '2.1', eventName: 'ObjectCreated:Put', s3: { bucket: { name: bucket }, object: { key } } })),
  });

  test('S3 announces an object, straight and through a topic; acknowledged messages are deleted', async () => {
    const straight = await newQueue();
    const behind = await newQueue();
    const bucket = await bucketWith();
    const sns = new SNSClient({});
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'flow-logs' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: behind.arn }));
    await s3.send(new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: {
        QueueConfigurations: [{ QueueArn: straight.arn, Events: ['s3:ObjectCreated:*'] }],
        TopicConfigurations: [{ TopicArn, Events: ['s3:ObjectCreated:*'] }],
      },
    }));
    await put(bucket, 'year=2026/a b.log', 'some lines');
    for (const { url } of [straight, behind]) {
      // A test event of S3 comes first.
      const [object, ...others] = await all(openSources([url]));
      assert.equal(others.length, 0);
      assert.equal(object.name, `s3://${bucket}/year=2026/a b.log`);
      assert.equal(await text(object.open()), 'some lines');
      assert.deepStrictEqual(await counts(url), [0, 1]);
      await object.acknowledge();
      assert.deepStrictEqual(await counts(url), [0, 0]);
    }
  });

  test('a message is deleted when all its objects are acknowledged', async () => {
    const { url } = await newQueue();
    const bucket = await bucketWith('a', 'b');
    await send(url, announcement(bucket, 'a', 'b'));
    const [a, b] = await all(sqsObjects(url, { watch: false }));
    await a.acknowledge();
    await a.acknowledge();
    assert.deepStrictEqual(await counts(url), [0, 1]);
    await b.acknowledge();
    assert.deepStrictEqual(await counts(url), [0, 0]);
  });

  test('a message is visible again after an object was released, and goes to the dead-letter queue in the end', async () => {
    const { url, dead } = await newQueue();
    const bucket = await bucketWith('a', 'b');
    await send(url, announcement(bucket, 'a', 'b'));
    const [a, b] = await all(sqsObjects(url, { watch: false, visibilityTimeout: 4 }));
    await b.release();
    await a.acknowledge();
    await new Promise((done) => setTimeout(done, 4100));
    assert.deepStrictEqual(await counts(url), [1, 0]);
    assert.deepStrictEqual(await all(sqsObjects(url, { watch: false })), []);
    assert.deepStrictEqual([await counts(url), await counts(dead)], [[0, 0], [1, 0]]);
  });

  test('bad messages are reported and stay', async () => {
    const { url, dead } = await newQueue();
    const bucket = await bucketWith('a');
    for (const body of ['not JSON', '{"Records":[]}', announcement('b', '..%2Fa'), announcement(bucket, 'a'), '{"Service":"Amazon S3","Event":"s3:TestEvent"}']) {
      await send(url, body);
    }
    const reports = [];
    const objects = await all(sqsObjects(url, { watch: false, visibilityTimeout: 4, report: (error) => reports.push(error) }));
    assert.deepStrictEqual(objects.map(({ name }) => name), [`s3://${bucket}/a`]);
    await objects[0].acknowledge();
    const messages = reports.map(({ code, message }) => [code, message.replace(/message [0-9a-f-]{36}/, 'message ID')]).sort();
    const start = `${url}: message ID: notification: `;
    assert.deepStrictEqual(messages, [
      ['invalid_notification', `${start}Records: expected at least one record, found []`],
      ['invalid_notification', `${start}Records[0].s3.object.key: expected a key inside the bucket's folders, found "../a", which leads out of them as a path`],
      ['invalid_notification', `${start}expected a notification of Amazon S3 as JSON, found "not JSON"`],
    ]);
    // They are visible again after that time; the next receive moves them.
    await new Promise((done) => setTimeout(done, 4100));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
    assert.deepStrictEqual([await counts(url), await counts(dead)], [[0, 0], [3, 0]]);
  });

  test('the visibility of a message is extended while it is processed', async () => {
    const { url } = await newQueue();
    const bucket = await bucketWith('a');
    await send(url, announcement(bucket, 'a'));
    const client = noting(sqs);
    const extensions = () => client.requests.filter(({ VisibilityTimeout, WaitTimeSeconds }) => VisibilityTimeout === 2 && WaitTimeSeconds === undefined).length;
    const [object] = await all(sqsObjects(url, { watch: false, visibilityTimeout: 2, client }));
    while (extensions() < 2) await new Promise((done) => setTimeout(done, 50));
    await object.acknowledge();
    const before = extensions();
    assert.deepStrictEqual(await counts(url), [0, 0]);
    await new Promise((done) => setTimeout(done, 1100));
    assert.equal(extensions(), before);
  });

  test('watching ends with its signal; what nobody has taken goes back', async () => {
    const { url } = await newQueue();
    const bucket = await bucketWith('a', 'b');
    const controller = new AbortController();
    const source = openSources([url], { watch: true, signal: controller.signal });
    // The queue is empty: it waits.
    const first = source.next();
    await send(url, announcement(bucket, 'a'));
    const { value } = await first;
    assert.equal(value.name, `s3://${bucket}/a`);
    await value.acknowledge();
    const waiting = source.next();
    controller.abort();
    assert.deepStrictEqual(await waiting, { done: true, value: undefined });

    await send(url, announcement(bucket, 'a'));
    await send(url, announcement(bucket, 'b'));
    for await (const object of sqsObjects(url)) {
      assert.deepStrictEqual(await counts(url), [0, 2]);
      await object.acknowledge();
      break;
    }
    assert.deepStrictEqual(await counts(url), [1, 0]);
  });

  test('a queue that is not there', async () => {
    const url = `${server.url}/123456789012/none`;
    await assert.rejects(all(sqsObjects(url)), (error) => {
      assert.match(error.message, /^http:\/\/127\.0\.0\.1:\d+\/123456789012\/none: cannot be read: \w*(?:NonExistentQueue|QueueDoesNotExist)\w*: /);
      return true;
    });
  });
});

describe('the format of a flow log', () => {
  test('is asked for in one request', async () => {
    const ec2 = new EC2Client({});
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const bucket = await bucketWith();
    const LogFormat = '${version} ${vpc-id} ${srcaddr}';
    const { FlowLogIds: [id] } = await ec2.send(new CreateFlowLogsCommand({
      ResourceType: 'VPC', ResourceIds: [Vpc.VpcId], TrafficType: 'ALL', LogDestinationType: 's3', LogDestination: `arn:aws:s3:::${bucket}`, LogFormat,
    }));
    const client = noting(ec2);
    assert.equal(await describeFormat(id, { client }), LogFormat);
    assert.deepStrictEqual(client.requests, [{ FlowLogIds: [id] }]);
    assert.equal(await describeFormat(id), LogFormat);
    await assert.rejects(describeFormat('fl-0123456789abcdef0'), {
      code: 'unknown_flow_log', message: 'fl-0123456789abcdef0: no flow log of this account and region has this identifier',
    });
    await assert.rejects(describeFormat('vpc-1'), { code: 'invalid_option', message: 'expected the identifier of a flow log (fl-0123456789abcdef0), found "vpc-1"' });
  });
});
