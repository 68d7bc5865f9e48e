/**
 * Functions of AWS Lambda that ship what an event announces or contains.
 *
 * @module
 */

import { ship } from '../ship/index.js';
import { readNotification } from '../sources/index.js';
import { s3Client, s3Object } from '../sources/s3.js';
import { bytesOf, log, recordsOf } from './event.js';

/** @typedef {import('./index.js').HandlerOptions} HandlerOptions */
/** @typedef {import('../ship/index.js').ShipObject} ShipObject */
/** @typedef {import('../ship/index.js').ShipOptions} ShipOptions */

/** Milliseconds before the end of a function's time in which requests under way end. */
const RESERVE = 5_000;

/**
 * Returns a handler for events of Amazon S3. Types and examples of all that follows are in `index.d.ts`.
 *
 * @param {HandlerOptions} options
 * @returns {import('./index.js').Handler}
 */
export function createS3Handler({ s3, ...options }) {
  return async function handler(event, context) {
    await deliver(await announcedBy(event, s3), options, context);
  };
}

/**
 * Returns a handler for the messages of a queue. Each is a run of its own, so that one that fails returns to the queue alone.
 *
 * @param {HandlerOptions} options
 * @returns {import('./index.js').SqsHandler}
 */
export function createSqsHandler({ s3, ...options }) {
  const report = /** @type {(error: Error) => void} */ (options.report ?? log);
  return async function handler(event, context) {
    const batchItemFailures = [];
    for (const { messageId, body } of recordsOf(event, 'Records')) {
      try {
        await deliver(await announcedBy(body, s3), options, context);
      } catch (error) {
        report(new Error(`message ${messageId} returns to the queue: ${messageOf(error)}`, { cause: error }));
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

/**
 * Returns a handler for a subscription of CloudWatch Logs.
 *
 * @param {ShipOptions} options
 * @returns {import('./index.js').Handler}
 */
export function createCloudWatchHandler(options) {
  return async function handler(event, context) {
    const { awslogs } = /** @type {{ awslogs?: { data?: unknown } }} */ (event ?? {});
    const bytes = bytesOf(awslogs?.data, 'awslogs.data');
    const object = { name: 'awslogs.data', size: bytes.length, open: () => chunks(bytes) };
    await deliver([object], options, context);
  };
}

/** @param {Uint8Array} bytes */
async function* chunks(bytes) {
  yield bytes;
}

/**
 * Returns the objects that a notification announces.
 *
 * @param {unknown} notification
 * @param {unknown} client
 */
async function announcedBy(notification, client) {
  const references = readNotification(notification);
  if (references.length === 0) return [];
  const s3 = await s3Client(client);
  return references.map((reference) => s3Object(reference, s3));
}

/**
 * Ships objects, and succeeds only if all their events are acknowledged.
 *
 * @param {ShipObject[]} objects
 * @param {ShipOptions} options
 * @param {import('./index.js').LambdaContext} [context]
 */
async function deliver(objects, { report = log, ...options }, context) {
  const signal = deadlineOf(context);
  const { failed, isStopped } = await ship(objects, /** @type {ShipOptions} */ ({ report, signal, ...options }));
  if (failed.length > 0) throw new Error(failed.map(({ name, error }) => `${name}: ${error.message}`).join('; '), { cause: failed[0]?.error });
  if (isStopped) throw new Error('the time of the function ends before all events are delivered: raise its timeout');
}

/** Returns a signal shortly before the time of the function ends. @param {import('./index.js').LambdaContext} [context] */
function deadlineOf(context) {
  const left = context?.getRemainingTimeInMillis?.();
  return left === undefined ? undefined : AbortSignal.timeout(Math.max(0, left - RESERVE));
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
