// The command with sources of AWS, as a process.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startCluster } from '../js/cluster.js';
import { runCommand } from '../js/command.js';
import { cliPath, documentsOf } from '../js/package.js';
import { GOOD, HEADER } from '../js/samples.js';
import { importPeer, start } from './server.mjs';

const { CreateBucketCommand, PutBucketNotificationConfigurationCommand, PutObjectCommand, S3Client } = await importPeer('@aws-sdk/client-s3');
const { CreateQueueCommand, GetQueueAttributesCommand, SQSClient, SendMessageCommand } = await importPeer('@aws-sdk/client-sqs');
const { CreateFlowLogsCommand, CreateVpcCommand, EC2Client } = await importPeer('@aws-sdk/client-ec2');

const Bucket = 'amzn-s3-demo-command';
const env = { NODE_NO_WARNINGS: '1', ELASTICSEARCH_URL: '', ELASTICSEARCH_API_KEY: '', ELASTICSEARCH_USER: '' };
const log = (count, from) => gzipSync([HEADER, ...Array.from({ length: count }, (_, index) => GOOD.replace(' 4249 ', ` ${from + index} `))].join('\n'));
const keyOf = (day) => `AWSLogs/123456789010/vpcflowlogs/us-east-1/2026/01/${day}/123456789010_vpcflowlogs_us-east-1_fl-1234abcd_202601${day}T0000Z_0.log.gz`;

let server;
let s3;
let sqs;
let QueueUrl;

before(async () => {
  server = await start();
  s3 = new S3Client({});
  sqs = new SQSClient({});
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (const [index, day] of ['01', '02', '03'].entries()) {
    await s3.send(new PutObjectCommand({ Bucket, Key: keyOf(day), Body: log(100, index * 100) }));
  }
  ({ QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'command' })));
  const QueueConfigurations = [{ QueueArn: 'arn:aws:sqs:us-east-1:123456789012:command', Events: ['s3:ObjectCreated:*'] }];
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: { QueueConfigurations } }));
});
after(() => server.stop());

async function clusterOf(context) {
  const cluster = await startCluster();
  context.after(() => cluster.close());
  return cluster;
}

const numbers = ({ documents }) => [...documents.values()].map(({ network }) => network.bytes).sort((a, b) => a - b);
const range = (start, end) => Array.from({ length: end - start }, (_, index) => start + index);

async function waiting(url = QueueUrl) {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames }));
  return AttributeNames.map((name) => Number(Attributes[name]));
}

test('a bucket, of some days', async (context) => {
  const cluster = await clusterOf(context);
  const args = ['ship', `s3://${Bucket}/AWSLogs/`, '--since', '2026-01-02', '--until', '2026-01-03', '--url', cluster.url];
  const { status, stderr } = await runCommand(args, { env });
  assert.match(stderr, /^1 object, 100 events: 100 created/m);
  assert.equal(status, 0);
  assert.deepStrictEqual(numbers(cluster), range(100, 200));
});

test('a queue until it is empty, then one that is followed', async (context) => {
  const cluster = await clusterOf(context);
  const put = (day, from) => s3.send(new PutObjectCommand({ Bucket, Key: keyOf(day), Body: log(50, from) }));
  await put('04', 1000);
  assert.deepStrictEqual(await waiting(), [2, 0], 'with the test event of S3');
  const first = await runCommand(['ship', QueueUrl, '--url', cluster.url], { env });
  assert.equal(first.status, 0, first.stderr);
  assert.deepStrictEqual(await waiting(), [0, 0]);

  const child = spawn(process.execPath, [cliPath, 'ship', QueueUrl, '--watch', '--url', cluster.url], { env: { ...process.env, ...env }, stdio: 'ignore' });
  const closed = once(child, 'close');
  await put('05', 2000);
  for (let time = 0; cluster.documents.size < 100 || (await waiting()).some((count) => count > 0); time++) {
    if (time > 5000) assert.fail('it did not happen');
    await new Promise((done) => setTimeout(done, 20));
  }
  child.kill('SIGTERM');
  assert.deepStrictEqual(await closed, [0, null]);
  assert.deepStrictEqual(numbers(cluster), [...range(1000, 1050), ...range(2000, 2050)]);
});

test('a message that is not a notification is an error', async (context) => {
  const cluster = await clusterOf(context);
  // Another queue: the stand-in may give a message to the request of a process that has ended.
  const { QueueUrl: other } = await sqs.send(new CreateQueueCommand({ QueueName: 'other' }));
  await sqs.send(new SendMessageCommand({ QueueUrl: other, MessageBody: 'hello & good morning' }));
  const { status, stderr } = await runCommand(['ship', other, '--url', cluster.url], { env });
  assert.equal(status, 1, stderr);
  assert.match(stderr, /message [0-9a-f-]{36}: notification: expected a notification of Amazon S3 as JSON, found "hello & good morning"/);
  assert.deepStrictEqual(await waiting(other), [0, 1]);
});

test('the format of a flow log', async () => {
  const ec2 = new EC2Client({});
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const { FlowLogIds: [id] } = await ec2.send(new CreateFlowLogsCommand({
    ResourceType: 'VPC', ResourceIds: [Vpc.VpcId], TrafficType: 'ALL', LogDestinationType: 's3', LogDestination: `arn:aws:s3:::${Bucket}`,
    LogFormat: '${dstaddr} ${srcaddr}',
  }));
  const { status, stdout, stderr } = await runCommand(['--flow-log', id], { input: '192.0.2.1 192.0.2.2\n', env });
  assert.equal(status, 0, stderr);
  const [{ source, destination }] = documentsOf(Buffer.from(stdout));
  assert.deepStrictEqual([source.ip, destination.ip], ['192.0.2.2', '192.0.2.1']);
  const missing = await runCommand(['--flow-log', 'fl-0123456789abcdef0'], { env });
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /--flow-log: fl-0123456789abcdef0: no flow log of this account and region has this identifier/);
});

