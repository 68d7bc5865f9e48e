/**
 * Notifications of new objects in Amazon S3, in each form in which AWS delivers them.
 *
 * - Events of S3: pages "Event message structure" and "Supported event types" of the Amazon S3 User Guide.
 * - Through Amazon SNS: page "Amazon SNS message formats" of its Developer Guide.
 * - Through Amazon EventBridge: page "EventBridge event message structure" of the Amazon S3 User Guide.
 * - As events of Lambda functions: pages "Using Lambda with Amazon SQS", "... with Amazon SNS" of its Developer Guide.
 *
 * @module
 */

import { FlowLogError } from 'vpcflow-ecs';
import { checkKey } from './key.js';

/** @typedef {import('./index.js').S3Reference} S3Reference */

/** The longest notification that is read: Lambda and Amazon SQS deliver none that is longer, in bytes. */
const MAX_CHARACTERS = 6 * 1024 * 1024;

/** Lambda's event, the message of a queue, that of a topic, and the event of S3. */
const MAX_DEPTH = 4;

/** The event names of S3 that announce an object; those of other kinds announce nothing to read. */
const CREATED = 'ObjectCreated:';

/**
 * Returns the objects that a notification announces; none for a test event, or if objects were not created.
 *
 * @param {unknown} notification its text, or the object that the text is
 * @returns {S3Reference[]}
 * @throws {FlowLogError} `invalid_notification` if it is not a notification of S3, or is damaged
 */
export function readNotification(notification) {
  return readAny(notification, []);
}

/**
 * @param {unknown} value
 * @param {string[]} path the members that lead to the value
 * @returns {S3Reference[]}
 */
function readAny(value, path) {
  const event = typeof value === 'string' ? readJson(value, path) : value;
  if (!isObject(event)) throw invalid(path, 'a notification of Amazon S3', event);
  if (path.filter((name) => ENVELOPES.has(name)).length >= MAX_DEPTH) throw invalid(path, `at most ${MAX_DEPTH} envelopes`, event);
  if (Array.isArray(event.Records)) return readRecords(event.Records, path);
  // Amazon S3 sends it when notifications are set up.
  if (event.Service === 'Amazon S3' && event.Event === 's3:TestEvent') return [];
  if (typeof event.Type === 'string' && typeof event.TopicArn === 'string') return readTopic(event, path);
  if (event.source === 'aws.s3' && 'detail-type' in event) return readBridge(event, path);
  throw invalid(path, 'a notification of Amazon S3: an event of S3, in a message of SQS or SNS, or of EventBridge', event);
}

/** The members whose value is a notification again. */
const ENVELOPES = new Set(['body', 'Message']);

/**
 * Reads `Records`, which Amazon S3, SQS and SNS have in common. Those of one list are of one kind.
 *
 * @param {unknown[]} records
 * @param {string[]} path
 */
function readRecords(records, path) {
  if (records.length === 0) throw invalid([...path, 'Records'], 'at least one record', records);
  const kindOf = (/** @type {unknown} */ record) => (isObject(record) ? record.eventSource ?? record.EventSource : undefined);
  const kind = kindOf(records[0]);
  return records.flatMap((record, index) => {
    const at = [...path, `Records[${index}]`];
    if (!isObject(record)) throw invalid(at, 'a record', record);
    if (kindOf(record) !== kind) throw invalid([...at, 'eventSource'], `${quote(kind)} as in the first record`, kindOf(record));
    if (kind === 'aws:s3') return readRecord(record, at);
    if (kind === 'aws:sqs') return readAny(text(record, 'body', at), [...at, 'body']);
    if (kind === 'aws:sns') {
      if (!isObject(record.Sns)) throw invalid([...at, 'Sns'], 'a message of Amazon SNS', record.Sns);
      return readAny(text(record.Sns, 'Message', [...at, 'Sns']), [...at, 'Sns', 'Message']);
    }
    throw invalid([...at, 'eventSource'], '"aws:s3", "aws:sqs" or "aws:sns"', kind);
  });
}

/**
 * Reads a record of Amazon S3. Its key is encoded as in forms: `+` is a space.
 *
 * @param {Record<string, unknown>} record
 * @param {string[]} path
 * @returns {S3Reference[]}
 */
function readRecord(record, path) {
  const version = text(record, 'eventVersion', path);
  // A minor version adds members only.
  if (!/^2\.\d+$/.test(version)) throw invalid([...path, 'eventVersion'], 'version 2.x', version);
  if (!text(record, 'eventName', path).startsWith(CREATED)) return [];
  const { s3 } = record;
  const at = [...path, 's3'];
  if (!isObject(s3) || !isObject(s3.bucket) || !isObject(s3.object)) throw invalid(at, 'a bucket and an object', s3);
  const encoded = text(s3.object, 'key', [...at, 'object']);
  let key;
  try {
    key = decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    throw invalid([...at, 'object', 'key'], 'a key with valid percent-encoding', encoded);
  }
  const { awsRegion } = record;
  return reference({ bucket: s3.bucket.name, object: s3.object, key, region: awsRegion }, at);
}

/**
 * Reads a message of Amazon SNS, as it delivers it to a queue without raw delivery.
 *
 * @param {Record<string, unknown>} message
 * @param {string[]} path
 */
function readTopic(message, path) {
  if (message.Type !== 'Notification') {
    throw invalid([...path, 'Type'], '"Notification"; the subscription has to be confirmed at its SubscribeURL', message.Type);
  }
  return readAny(text(message, 'Message', path), [...path, 'Message']);
}

/**
 * Reads an event of Amazon EventBridge. Its key is not encoded.
 *
 * @param {Record<string, unknown>} event
 * @param {string[]} path
 * @returns {S3Reference[]}
 */
function readBridge(event, path) {
  const { detail, region } = event;
  if (text(event, 'detail-type', path) !== 'Object Created') return [];
  const at = [...path, 'detail'];
  if (!isObject(detail) || !isObject(detail.bucket) || !isObject(detail.object)) throw invalid(at, 'a bucket and an object', detail);
  const key = text(detail.object, 'key', [...at, 'object']);
  return reference({ bucket: detail.bucket.name, object: detail.object, key, region }, at);
}

/**
 * Returns an object, or nothing for the empty object that stands for a folder.
 *
 * @param {{ bucket: unknown, object: Record<string, unknown>, key: string, region: unknown }} found
 * @param {string[]} path
 * @returns {S3Reference[]}
 */
function reference({ bucket, object, key, region }, path) {
  if (typeof bucket !== 'string' || bucket === '') throw invalid([...path, 'bucket', 'name'], 'the name of a bucket', bucket);
  try {
    checkKey(key);
  } catch (error) {
    throw located([...path, 'object', 'key'], error instanceof Error ? error.message : String(error));
  }
  const { size } = object;
  if (size !== undefined && !(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0)) {
    throw invalid([...path, 'object', 'size'], 'a number of bytes', size);
  }
  if (key.endsWith('/') && size === 0) return [];
  const etag = object.eTag ?? object.etag;
  const version = object.versionId ?? object['version-id'];
  return [{
    bucket,
    key,
    ...(size !== undefined && { size }),
    ...(typeof etag === 'string' && { etag }),
    ...(typeof version === 'string' && version !== '' && { versionId: version }),
    ...(typeof region === 'string' && { region }),
  }];
}

/**
 * @param {string} value
 * @param {string[]} path
 */
function readJson(value, path) {
  if (value.length > MAX_CHARACTERS) {
    throw located(path, `expected a notification of at most ${MAX_CHARACTERS} characters, found ${value.length}`);
  }
  try {
    return JSON.parse(value);
  } catch {
    throw located(path, `expected a notification of Amazon S3 as JSON, found ${quote(value)}`);
  }
}

/**
 * @param {Record<string, unknown>} object
 * @param {string} name
 * @param {string[]} path
 * @returns {string}
 */
function text(object, name, path) {
  const value = object[name];
  if (typeof value !== 'string' || value === '') throw invalid([...path, name], 'a text', value);
  return value;
}

/**
 * @param {string[]} path
 * @param {string} expected
 * @param {unknown} found
 */
function invalid(path, expected, found) {
  return located(path, `expected ${expected}, found ${quote(found)}`);
}

/**
 * @param {string[]} path
 * @param {string} problem
 */
function located(path, problem) {
  const where = path.length > 0 ? `${path.join('.')}: ` : '';
  return new FlowLogError(`notification: ${where}${problem}`, { code: 'invalid_notification', problem });
}

/** Quotes the start of a value, as JSON on one line. @param {unknown} value */
function quote(value) {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
