/**
 * The sink for a client of `@elastic/elasticsearch` or `@opensearch-project/opensearch`: its `helpers.bulk` sends the
 * documents, which it gets as texts and does not serialize again.
 *
 * @module
 */

import { delayOf, wait } from './backoff.js';
import { ShipError } from './errors.js';

/** Names of errors that another attempt may help, in both packages. */
const TEMPORARY = new Set(['ConnectionError', 'TimeoutError', 'NoLivingConnectionsError']);
const TEMPORARY_STATUS = new Set([429, 502, 503, 504]);

/**
 * @typedef {import('./run.js').Outcome} Outcome
 *
 * @typedef {{ status: number, error: { type?: string, reason?: string } | null, operation: Record<string, { _id?: string }>, document: unknown }}
 *   Dropped
 */

/**
 * @param {{ client: import('./index.js').BulkClient, retries: number, minDelay: number, maxDelay: number }} settings
 * @returns {import('./run.js').Sink}
 */
export function clientSink({ client, retries, minDelay, maxDelay }) {
  return {
    async send(batch, { stats, signal }) {
      const pairs = batch.documents().map((bytes) => {
        const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
        const feed = text.indexOf('\n');
        return { action: text.slice(0, feed), document: text.slice(feed + 1, -1) };
      });
      for (let attempt = 1; ; attempt++) {
        /** @type {Dropped[]} */
        const dropped = [];
        let next = 0;
        stats.requests += 1;
        stats.bytesSent += batch.length;
        try {
          await client.helpers.bulk({
            datasource: pairs.map(({ document }) => document),
            // Asked for once for each document, in their order.
            onDocument: () => JSON.parse(pairs[next++].action),
            onDrop: (/** @type {Dropped} */ drop) => dropped.push(drop),
            // The batch is one request.
            flushBytes: 2 * batch.length,
            concurrency: 1,
            retries,
            wait: minDelay,
          });
          return outcomeOf(pairs, dropped);
        } catch (error) {
          const { name = '', statusCode = 0, message = '' } = /** @type {{ name?: string, statusCode?: number, message?: string }} */ (error);
          const isTemporary = TEMPORARY.has(name) || TEMPORARY_STATUS.has(statusCode);
          if (error instanceof ShipError) throw error;
          if (!isTemporary) throw new ShipError(`the client failed: ${message}`, { code: 'refused', cause: error });
          if (attempt > retries) throw new ShipError(`${message}; gave up after ${attempt} attempts`, { code: 'gave_up', cause: error });
          stats.retries += 1;
          await wait(delayOf(attempt, { minDelay, maxDelay }), signal);
        }
      }
    },
  };
}

/**
 * Returns the outcome of documents of which the client has dropped some.
 *
 * @param {{ action: string, document: string }[]} pairs
 * @param {Dropped[]} dropped
 * @returns {Outcome}
 */
function outcomeOf(pairs, dropped) {
  /** @type {Outcome} */
  const outcome = { created: pairs.length - dropped.length, duplicates: 0, rejected: [] };
  /** @type {Map<string, number[]> | undefined} indexes by identifier or document */
  let indexes;
  for (const { status, error, operation, document } of dropped) {
    const [[name, action]] = Object.entries(operation);
    if (status === 409 && name === 'create') {
      outcome.duplicates += 1;
      continue;
    }
    if (status === 429) throw new ShipError('documents were refused for now (429); gave up', { code: 'gave_up' });
    indexes ??= indexesOf(pairs);
    const index = indexes.get(action._id ?? keyOf(document))?.shift();
    if (index === undefined) throw new ShipError('the client dropped a document that it was not given', { code: 'answer' });
    outcome.rejected.push({ index, status, type: error?.type ?? 'unknown', reason: error?.reason ?? 'no reason given' });
  }
  return outcome;
}

/** @param {{ action: string, document: string }[]} pairs */
function indexesOf(pairs) {
  /** @type {Map<string, number[]>} */
  const indexes = new Map();
  for (const [index, { action, document }] of pairs.entries()) {
    const [{ _id: id }] = /** @type {{ _id?: string }[]} */ (Object.values(JSON.parse(action)));
    const key = id ?? keyOf(JSON.parse(document));
    indexes.set(key, [...(indexes.get(key) ?? []), index]);
  }
  return indexes;
}

/** Returns a document as text; the client may have read long integers as BigInts. @param {unknown} document */
function keyOf(document) {
  return JSON.stringify(document, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
}
