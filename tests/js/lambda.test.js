// Functions of AWS Lambda that need no client of the SDK; tests/aws/ has the others.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { startCluster } from './cluster.js';
import { documentsOf, fixture, imported, importFrom, manifest } from './package.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

const { createCloudWatchHandler, createFirehoseTransform, createS3Handler, createSqsHandler } = await importFrom(manifest.exports['./lambda'].default);
const payloads = Object.fromEntries(fixture('aws/payloads.json').map(({ name, ...payload }) => [name, payload]));

const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const packed = (message) => base64(gzipSync(JSON.stringify(message)));
const record = (data, recordId = '1') => ({ recordId, approximateArrivalTimestamp: 1767225600000, data });
const event = (...records) => ({ invocationId: 'i', deliveryStreamArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/flow-logs', region: 'us-east-1', records });

/** Returns a subscription of CloudWatch Logs with these lines. */
function subscription(...lines) {
  const { message } = payloads['a subscription of CloudWatch Logs'];
  return { ...message, logEvents: lines.map((line, index) => ({ ...message.logEvents[0], id: String(index), message: line })) };
}

const documents = (...lines) => lines.map((line) => imported.parse(line));

/** Runs a transformation, and returns its answers with documents in place of data, and what was reported. */
async function transformed(options, ...records) {
  const reports = [];
  const transform = createFirehoseTransform({ ...options, report: (error) => reports.push(error.message) });
  const answer = await transform(event(...records));
  assert.deepStrictEqual(Object.keys(answer), ['records']);
  const answers = answer.records.map(({ data, ...rest }) => ({ ...rest, ...(data !== undefined && { documents: documentsOf(Buffer.from(data, 'base64')) }) }));
  return { answers, reports, bytes: JSON.stringify(answer).length };
}

describe('the transformation of Firehose', () => {
  test('flow logs that AWS delivers to the stream', async () => {
    const { records } = payloads['a batch of Firehose: vended flow logs'].event;
    const { answers, reports } = await transformed({}, ...records);
    assert.deepStrictEqual(reports, []);
    assert.deepStrictEqual(answers, records.map(({ recordId, data }) => {
      const { message } = JSON.parse(Buffer.from(data, 'base64'));
      return { recordId, result: 'Ok', documents: documents(message) };
    }));
  });

  test('subscriptions of CloudWatch Logs, of many events; control messages', async () => {
    const control = payloads['a control message of CloudWatch Logs'].message;
    const { answers, reports } = await transformed({},
      record(packed(subscription(GOOD, OTHER)), 'a'),
      record(packed(control), 'b'),
      // With the decompression of Firehose, and with its extraction of messages.
      record(base64(JSON.stringify(subscription(GOOD))), 'c'),
      record(base64(`${GOOD}\n${OTHER}\n`), 'd'),
      { recordId: 'e', kafkaRecordValue: base64(GOOD) });
    assert.deepStrictEqual(answers, [
      { recordId: 'a', result: 'Ok', documents: documents(GOOD, OTHER) },
      { recordId: 'b', result: 'Dropped' },
      { recordId: 'c', result: 'Ok', documents: documents(GOOD) },
      { recordId: 'd', result: 'Ok', documents: documents(GOOD, OTHER) },
      { recordId: 'e', result: 'Ok', documents: documents(GOOD) },
    ]);
    assert.deepStrictEqual(reports, []);
  });

  test('a stream of Kinesis as the source', async () => {
    const { event: { records }, message } = payloads['a batch of Firehose: a subscription of CloudWatch Logs, with a stream of Kinesis as its source'];
    const { answers } = await transformed({}, ...records);
    assert.deepStrictEqual(answers, [{ recordId: records[0].recordId, result: 'Ok', documents: documents(...message.logEvents.map((each) => each.message)) }]);
  });

  test('what cannot be read fails with a reason, and nothing else does', async () => {
    const { answers, reports } = await transformed({},
      record(base64(BAD), 'a'), record(base64(GOOD), 'b'), record('***', 'c'), { recordId: 'd' }, record(base64('hello world'), 'e'),
      record(base64(gzipSync(GOOD).subarray(0, 40)), 'f'), record(base64(HEADER), 'g'), record('', 'h'), record(base64(`${GOOD}\n${BAD}`), 'i'));
    assert.deepStrictEqual(answers, [
      { recordId: 'a', result: 'ProcessingFailed' },
      { recordId: 'b', result: 'Ok', documents: documents(GOOD) },
      ...['c', 'd', 'e', 'f'].map((recordId) => ({ recordId, result: 'ProcessingFailed' })),
      { recordId: 'g', result: 'Dropped' },
      { recordId: 'h', result: 'Dropped' },
      { recordId: 'i', result: 'ProcessingFailed' },
    ]);
    assert.equal(reports.length, 6);
    assert.match(reports[0], /^record a: line 1, column 65: .*field "srcport": expected 0 to 65535, found "70000"/);
    assert.deepStrictEqual(reports.slice(1, 3), ['record c: data: expected base64, found "***"', 'record d: data: expected base64, found nothing']);
    assert.match(reports[5], /^record i: line 2, /);
  });

  test('the policy for bad lines', async () => {
    const { answers: [{ result, documents: [first, second] }] } = await transformed({ onError: 'document' }, record(base64(`${GOOD}\n${BAD}`)));
    assert.deepStrictEqual([result, first.event.kind, second.event.kind], ['Ok', 'event', 'pipeline_error']);
    const { answers, reports } = await transformed({ onError: 'skip' }, record(base64(BAD)));
    assert.deepStrictEqual([answers[0].result, reports.length], ['Dropped', 1]);
  });

  test('an answer is at most 6 MB; what does not fit fails with a reason', async () => {
    const lines = Array.from({ length: 1500 }, () => GOOD).join('\n');
    const batch = Array.from({ length: 12 }, (_, index) => record(base64(gzipSync(lines)), `record ${index}`));
    const { answers, reports, bytes } = await transformed({}, ...batch, record(base64(GOOD), 'last'));
    assert.ok(bytes <= 6_000_000 && bytes > 4_500_000, `${bytes} bytes`);
    const failed = answers.filter(({ result }) => result === 'ProcessingFailed');
    assert.ok(failed.length >= 8, `${failed.length} failed`);
    // A small record still fits.
    assert.equal(answers.at(-1).result, 'Ok');
    assert.deepStrictEqual(reports, failed.map(({ recordId }) => `record ${recordId}: the answer of all records would be longer than 6000000 bytes: ` +
      'lower the buffer size of the transformation (BufferSizeInMBs), or use the option "gzip" if the destination takes it'));
  });

  test('documents that are compressed', async () => {
    const reports = [];
    const transform = createFirehoseTransform({ gzip: true, report: (error) => reports.push(error.message) });
    const many = record(packed(subscription(...Array.from({ length: 20_000 }, () => GOOD))), 'many');
    const { records } = await transform(event(record(base64(GOOD), 'a'), record(base64(HEADER), 'b'), record(base64(BAD), 'c'), many));
    assert.deepStrictEqual(records.map(({ result }) => result), ['Ok', 'Dropped', 'ProcessingFailed', 'Ok']);
    assert.match(reports.join(), /^record c: line 1, column 65: /);
    assert.deepStrictEqual(documentsOf(gunzipSync(Buffer.from(records[0].data, 'base64'))), documents(GOOD));
    // As Firehose writes them into an object.
    const object = Buffer.concat(records.flatMap(({ data }) => (data === undefined ? [] : [Buffer.from(data, 'base64')])));
    assert.equal(documentsOf(gunzipSync(object)).length, 20_001);
  });

  test('mistakes', async () => {
    assert.throws(() => createFirehoseTransform({ format: 'srcadr' }), { code: 'unknown_field' });
    await assert.rejects(createFirehoseTransform()({ Records: [] }), { code: 'invalid_event', message: 'expected an event with a list of records, found {"Records":[]}' });
    await assert.rejects(createFirehoseTransform()(undefined), { code: 'invalid_event' });
  });
});

describe('a function for CloudWatch Logs', () => {
  const options = { dataStream: true, id: 'fingerprint', parser: { format: 'default' } };

  test('ships the events of a subscription, however many', async (context) => {
    const cluster = await startCluster();
    context.after(() => cluster.close());
    const handler = createCloudWatchHandler({ ...options, url: `${cluster.url}/proxy`, apiKey: 'id:key' });
    const { event: sample, message } = payloads['the event of a function for CloudWatch Logs'];
    await handler(sample);
    assert.deepStrictEqual([...cluster.documents.values()], documents(...message.logEvents.map((each) => each.message)));
    const [{ path, headers }] = cluster.requests;
    assert.deepStrictEqual([path.split('?')[0], headers.authorization], ['/proxy/_bulk', `ApiKey ${base64('id:key')}`]);
    const lines = Array.from({ length: 12_000 }, (_, index) => GOOD.replace(' 4249 ', ` ${100_000 + index} `));
    await handler({ awslogs: { data: packed(subscription(...lines)) } }, { getRemainingTimeInMillis: () => 60_000 });
    assert.equal(cluster.documents.size, 12_000 + message.logEvents.length);
    // Lambda tries again what it is not sure of.
    await handler(sample);
    assert.equal(cluster.documents.size, 12_000 + message.logEvents.length);
  });

  test('leaves control messages out', async (context) => {
    const cluster = await startCluster();
    context.after(() => cluster.close());
    await createCloudWatchHandler({ ...options, url: cluster.url })({ awslogs: { data: packed(payloads['a control message of CloudWatch Logs'].message) } });
    assert.equal(cluster.requests.length, 0);
  });

  test('fails if not all is delivered', async (context) => {
    const cluster = await startCluster({ fault: () => ({ status: 503 }) });
    context.after(() => cluster.close());
    const reports = [];
    const handler = createCloudWatchHandler({ ...options, url: cluster.url, retries: 1, minDelay: 1, report: (error) => reports.push(error.message) });
    await assert.rejects(handler({ awslogs: { data: packed(subscription(GOOD)) } }), { name: 'ShipError' });
    await assert.rejects(handler({ awslogs: { data: packed(subscription(BAD)) } }), { message: /^awslogs\.data: line 1, / });
    assert.equal(reports.length, 1);
    await assert.rejects(handler({ awslogs: {} }), { code: 'invalid_event', message: 'awslogs.data: expected base64, found nothing' });
    await assert.rejects(handler({ Records: [] }), { code: 'invalid_event' });
    // Its time is nearly over.
    const late = createCloudWatchHandler({ ...options, url: cluster.url, retries: Infinity, minDelay: 10_000 });
    await assert.rejects(late({ awslogs: { data: packed(subscription(GOOD)) } }, { getRemainingTimeInMillis: () => 5_200 }), {
      message: 'the time of the function ends before all events are delivered: raise its timeout',
    });
  });
});

describe('functions for notifications', () => {
  const options = { url: 'http://127.0.0.1:9', dataStream: true, report: () => {} };

  test('a test event, and objects that were removed, are done', async () => {
    for (const { notification } of fixture('aws/notifications.json').filter(({ objects }) => objects?.length === 0)) {
      await createS3Handler(options)(notification);
      const answer = await createSqsHandler(options)({ Records: [{ messageId: 'a', body: JSON.stringify(notification) }] });
      if (typeof notification !== 'string') assert.deepStrictEqual(answer, { batchItemFailures: [] });
    }
  });

  test('anything else is an error, or the failure of a message', async () => {
    const reports = [];
    const handler = createSqsHandler({ ...options, report: (error) => reports.push(error.message) });
    for (const { notification, error } of fixture('aws/notifications.json').filter((each) => each.error)) {
      await assert.rejects(createS3Handler(options)(notification), { code: 'invalid_notification', message: error });
      const body = typeof notification === 'string' ? notification : JSON.stringify(notification);
      const test = '{"Service":"Amazon S3","Event":"s3:TestEvent"}';
      assert.deepStrictEqual(await handler({ Records: [{ messageId: 'good', body: test }, { messageId: 'bad', body }] }), { batchItemFailures: [{ itemIdentifier: 'bad' }] });
      assert.equal(reports.at(-1), `message bad returns to the queue: ${error}`);
    }
    await assert.rejects(handler({ awslogs: {} }), { code: 'invalid_event', message: 'expected an event with a list of Records, found {"awslogs":{}}' });
  });
});
