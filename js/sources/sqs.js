/**
 * The objects that a queue of Amazon SQS announces. A message stays invisible to other readers while its objects are
 * processed, and is deleted when all of them are acknowledged.
 *
 * - Page "Amazon SQS visibility timeout" of its Developer Guide: a message is invisible for twelve hours at most.
 * - Page "Using dead-letter queues in Amazon SQS": a message that is received too often is moved by SQS itself.
 *
 * @module
 */

import { FlowLogError } from 'vpcflow-ecs';
import { checkNames, describe, invalidOption } from '../core/options.js';
import { loadSqs, requestError } from './aws.js';
import { readNotification } from './notification.js';
import { s3Client, s3Object } from './s3.js';

/** @typedef {import('./index.js').SqsOptions} SqsOptions */
/** @typedef {import('./index.js').SourceObject} SourceObject */
/** @typedef {import('./aws.js').Client} Client */
/** @typedef {{ MessageId: string, ReceiptHandle: string, Body: string }} Message */

/** Seconds: long enough that an extension that fails can be repeated. */
const VISIBILITY = 300;
/** Twelve hours. */
const MAX_VISIBILITY = 43_200;
/** Seconds for which SQS waits for a message, its longest time. */
const WAIT = 20;
/** Messages of a request, its largest number. */
const MESSAGES = 10;
/** Milliseconds before a request is repeated that has failed. */
const PAUSE = 5_000;

/**
 * Yields the objects that the messages of a queue announce. Types and an example are in `index.d.ts`.
 *
 * @param {string | URL} queueUrl
 * @param {SqsOptions} [options]
 * @returns {AsyncGenerator<SourceObject, void, undefined>}
 * @throws {FlowLogError} `invalid_option`
 */
export function sqsObjects(queueUrl, options = {}) {
  checkNames(options, 'sqsObjects', ['client', 's3', 'watch', 'visibilityTimeout', 'report', 'signal']);
  const { client, s3, watch = true, visibilityTimeout = VISIBILITY, report = warn, signal } = options;
  if (!Number.isInteger(visibilityTimeout) || visibilityTimeout < 1 || visibilityTimeout > MAX_VISIBILITY) {
    const found = typeof visibilityTimeout === 'number' ? visibilityTimeout : describe(visibilityTimeout);
    throw invalidOption(`option "visibilityTimeout": expected an integer from 1 to ${MAX_VISIBILITY}, found ${found}`);
  }
  return (async function* objects() {
    const { SQSClient } = await loadSqs();
    /** @type {Queue} */
    const queue = { url: String(queueUrl), client: client ?? new SQSClient({}), visibilityTimeout, report, open: new Set() };
    const bucketClient = await s3Client(s3);
    let isAbandoned = true;
    try {
      for await (const messages of receive(queue, { watch, signal })) {
        for (const delivery of messages.map((message) => new Delivery(queue, message))) {
          if (!signal?.aborted) yield* delivery.objects(bucketClient);
        }
      }
      isAbandoned = false;
    } finally {
      await Promise.all([...queue.open].map((delivery) => delivery.end(isAbandoned)));
    }
  })();
}

/**
 * A queue, and the messages of it that are being processed.
 *
 * @typedef {object} Queue
 * @property {string} url
 * @property {Client} client
 * @property {number} visibilityTimeout seconds
 * @property {(error: Error) => void} report
 * @property {Set<Delivery>} open
 */

/**
 * Yields messages as they come, up to ten at once.
 *
 * @param {Queue} queue
 * @param {{ watch: boolean, signal: AbortSignal | undefined }} options
 * @returns {AsyncGenerator<Message[], void, undefined>}
 */
async function* receive({ url, client, visibilityTimeout, report }, { watch, signal }) {
  const { ReceiveMessageCommand } = await loadSqs();
  const input = { QueueUrl: url, MaxNumberOfMessages: MESSAGES, VisibilityTimeout: visibilityTimeout, WaitTimeSeconds: watch ? WAIT : 1 };
  for (let isFirst = true; !signal?.aborted; isFirst = false) {
    try {
      const { Messages: messages = [] } = await client.send(new ReceiveMessageCommand(input), signal ? { abortSignal: signal } : {});
      if (messages.length === 0 && !watch) return;
      yield messages;
    } catch (error) {
      if (signal?.aborted) return;
      const failure = requestError(error, `${url}: cannot be read`, 'sqs:ReceiveMessage');
      // A queue that could never be read is a mistake; one that was read before comes back.
      if (isFirst || !watch) throw failure;
      report(failure);
      await pause(PAUSE, signal);
    }
  }
}

/** @param {Error} error */
function warn(error) {
  process.emitWarning(error);
}

/** A message that was received, and that stays invisible to others until it is settled. */
class Delivery {
  #queue;
  #message;
  #timer;
  /** Objects that are not acknowledged; undefined before they are taken. @type {number | undefined} */
  #pending;
  #isSettled = false;

  /** @param {Queue} queue @param {Message} message */
  constructor(queue, message) {
    this.#queue = queue;
    this.#message = message;
    // Twice in each period, so that one failure does no harm.
    this.#timer = setInterval(() => void this.#extend(), queue.visibilityTimeout * 500);
    this.#timer.unref();
    queue.open.add(this);
  }

  /**
   * Yields the objects that the message announces. A message that cannot be read stays in the queue, whose own policy
   * moves it to a dead-letter queue.
   *
   * @param {Client} s3
   * @returns {AsyncGenerator<SourceObject, void, undefined>}
   */
  async *objects(s3) {
    let found;
    try {
      found = readNotification(this.#message.Body);
    } catch (error) {
      this.#settle();
      this.#queue.report(this.#named(error));
      return;
    }
    this.#pending = found.length;
    if (found.length === 0) await this.#delete();
    for (const object of found) {
      let isAcknowledged = false;
      yield {
        ...s3Object(object, s3),
        acknowledge: async () => {
          if (isAcknowledged) return;
          isAcknowledged = true;
          this.#pending = Number(this.#pending) - 1;
          if (this.#pending === 0) await this.#delete();
        },
        // It is received again when it is visible again: not at once, since it would probably fail again.
        release: async () => this.#settle(),
      };
    }
  }

  /**
   * Ends the reading of the queue. A message of which nothing was taken is visible again at once. One that is being
   * processed stays invisible, unless the reader has stopped.
   *
   * @param {boolean} isAbandoned
   */
  async end(isAbandoned) {
    if (this.#pending !== undefined) {
      if (isAbandoned) clearInterval(this.#timer);
      return;
    }
    this.#settle();
    await this.#change(0).catch((error) => this.#queue.report(this.#named(error)));
  }

  async #delete() {
    if (this.#isSettled) return;
    this.#settle();
    const { DeleteMessageCommand } = await loadSqs();
    const { url, client } = this.#queue;
    try {
      await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: this.#message.ReceiptHandle }));
    } catch (error) {
      // It is delivered again, and its events have the same identifiers then.
      this.#queue.report(this.#named(requestError(error, 'cannot be deleted', 'sqs:DeleteMessage')));
    }
  }

  async #extend() {
    try {
      await this.#change(this.#queue.visibilityTimeout);
    } catch (error) {
      if (!this.#isSettled) this.#queue.report(this.#named(error));
    }
  }

  /** @param {number} seconds */
  async #change(seconds) {
    const { ChangeMessageVisibilityCommand } = await loadSqs();
    const { url, client } = this.#queue;
    const input = { QueueUrl: url, ReceiptHandle: this.#message.ReceiptHandle, VisibilityTimeout: seconds };
    try {
      await client.send(new ChangeMessageVisibilityCommand(input));
    } catch (error) {
      throw requestError(error, 'its visibility cannot be changed', 'sqs:ChangeMessageVisibility');
    }
  }

  #settle() {
    this.#isSettled = true;
    clearInterval(this.#timer);
    this.#queue.open.delete(this);
  }

  /** Returns an error with the queue and the message before its message. @param {unknown} thrown */
  #named(thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const message = `${this.#queue.url}: message ${this.#message.MessageId}: ${error.message}`;
    return error instanceof FlowLogError
      ? new FlowLogError(message, error)
      : Object.assign(new Error(message, { cause: error }), 'code' in error && { code: error.code });
  }
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 */
function pause(milliseconds, signal) {
  return /** @type {Promise<void>} */ (new Promise((done) => {
    const timer = setTimeout(end, milliseconds);
    function end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      done();
    }
    signal?.addEventListener('abort', end);
  }));
}
