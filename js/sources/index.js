/**
 * Entry `vpcflow-ecs/sources`: the objects of files, of Amazon S3 and of queues. For Node.js only.
 *
 * @module
 */

import { FlowLogError } from 'vpcflow-ecs';
import { checkNames, describe } from '../core/options.js';
import { localObjects } from './local.js';
import { s3Objects } from './s3.js';
import { sqsObjects } from './sqs.js';

export { describeFormat } from './flow-log.js';
export { localObjects } from './local.js';
export { readNotification } from './notification.js';
export { s3Objects } from './s3.js';
export { sqsObjects } from './sqs.js';

/** @typedef {import('./index.js').SourceObject} SourceObject */
/** @typedef {import('./index.js').SourceOptions} SourceOptions */
/** @typedef {import('./index.js').Bytes} Bytes */

const OPTIONS = ['since', 'until', 'watch', 'visibilityTimeout', 'report', 's3', 'sqs', 'stdin', 'signal'];

/** The URL of a queue of Amazon SQS, at AWS or at a server that stands in for it. */
const QUEUE = /^https?:\/\/[^/?#]+\/\d{12}\/[A-Za-z0-9_-]{1,80}(?:\.fifo)?$/;

/**
 * Yields the objects of several sources, one after the other. Types and an example are in `index.d.ts`.
 *
 * @param {Iterable<string | URL | Bytes>} sources
 * @param {SourceOptions} [options]
 * @returns {AsyncGenerator<SourceObject, void, undefined>}
 * @throws {FlowLogError} `invalid_option`
 */
export function openSources(sources, options = {}) {
  checkNames(options, 'openSources', OPTIONS);
  if (typeof sources === 'string' || typeof sources?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`argument "sources": expected an array of sources, found ${describe(sources)}`);
  }
  const { stdin, since, until, s3, sqs, watch = false, visibilityTimeout, report, signal } = options;
  const all = [...sources].map((source) => (source instanceof URL && source.protocol !== 'file:' ? String(source) : source));
  const endless = all.findIndex((source) => isQueue(source));
  if (watch && endless !== -1 && endless < all.length - 1) {
    throw invalid(`the queue ${all[endless]} never ends: with "watch" it has to be the last source`);
  }
  if ((since ?? until) !== undefined && !all.some((source) => String(source).startsWith('s3://'))) {
    throw invalid(`option "${since === undefined ? 'until' : 'since'}" is about objects in Amazon S3, and no source is there`);
  }
  const open = (/** @type {string | URL | Bytes} */ source) => {
    if (source === '-') return [streamed('<stdin>', stdin ?? process.stdin)];
    if (source instanceof URL) return localObjects(source);
    if (typeof source !== 'string') return [streamed('<stream>', checkStream(source))];
    if (source.startsWith('s3://')) return s3Objects(source, given({ since, until, client: s3, signal }));
    if (isQueue(source)) return sqsObjects(source, given({ watch, visibilityTimeout, client: sqs, s3, report, signal }));
    if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) return localObjects(source);
    throw invalid(`expected a path, s3://BUCKET/PREFIX or the URL of a queue, found ${JSON.stringify(source)}`);
  };
  const opened = all.map(open);
  return (async function* objects() {
    for (const each of opened) yield* each;
  })();
}

/** @param {unknown} source */
function isQueue(source) {
  return typeof source === 'string' && QUEUE.test(source);
}

/**
 * Returns the options that were given. `T` has them all.
 *
 * @template {object} T
 * @param {T} options
 * @returns {{ [Name in keyof T]?: Exclude<T[Name], undefined> }}
 */
function given(options) {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return /** @type {{ [Name in keyof T]?: Exclude<T[Name], undefined> }} */ (Object.fromEntries(entries));
}

/** @param {unknown} source @returns {Bytes} */
function checkStream(source) {
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) return /** @type {Bytes} */ (source);
  throw new TypeError(`argument "sources": expected paths, URLs and streams, found ${describe(source)}`);
}

/**
 * Returns a stream as an object, which can be read once.
 *
 * @param {string} name
 * @param {Bytes} stream
 * @returns {SourceObject}
 */
function streamed(name, stream) {
  let isOpen = false;
  return {
    name,
    open() {
      if (isOpen) throw invalid(`${name} can be read once only`);
      isOpen = true;
      return stream;
    },
  };
}

/** @param {string} message */
function invalid(message) {
  return new FlowLogError(message, { code: 'invalid_option' });
}
