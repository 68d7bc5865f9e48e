/**
 * The sink for Elasticsearch and OpenSearch: bulk requests, repeated until each document is accepted or refused for good.
 *
 * @module
 */

import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { safeText } from '../text/text.js';
import { delayOf, wait } from './backoff.js';
import { agentFor, authorizationOf, below, exchange, isTemporary, refusal, unreachable, withoutSecrets } from './cluster.js';
import { ShipError } from './errors.js';

const compress = promisify(gzip);

/** The level at which documents of flow logs shrink to a ninth, in the least time; the output of a batch comes at once. */
const GZIP = { level: constants.Z_BEST_SPEED, chunkSize: 512 * 1024 };

/** A request that another attempt may help. */
const TEMPORARY = new Set([429, 502, 503, 504]);

/** Only what is read of an answer; errors of documents are long. */
const QUERY = 'filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason';

/** The needs of a request that is refused, in words. */
const REQUEST = {
  credentials: ': an API key, or a name and a password',
  privileges: 'index privileges create_doc and auto_configure',
};

/** An answer for 100,000 documents with an error each. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * @typedef {import('./run.js').Outcome} Outcome
 *
 * @typedef {object} BulkSettings
 * @property {URL[]} urls
 * @property {string | undefined} apiKey
 * @property {string | undefined} basic
 * @property {Uint8Array | undefined} ca
 * @property {boolean} gzip
 * @property {number} concurrency
 * @property {number} retries of a request, or of a document
 * @property {number} minDelay
 * @property {number} maxDelay
 * @property {number} timeout milliseconds of a request
 */

/**
 * @param {BulkSettings} settings
 * @returns {import('./run.js').Sink}
 */
export function bulkSink(settings) {
  const { urls, ca, concurrency, timeout, retries } = settings;
  const nodes = urls.map((url) => ({ url: below(url, '/_bulk'), agent: agentFor(url.protocol, concurrency) }));
  for (const { url } of nodes) url.search = QUERY;
  const authorization = authorizationOf(settings);
  /** The node that requests go to until it fails. */
  let current = 0;

  /**
   * Sends documents until an attempt is answered with their outcomes.
   *
   * @param {Uint8Array} body
   * @param {import('./run.js').SendContext} context
   * @returns {Promise<{ errors: boolean, items: RawItem[], retryAfter: string | undefined } | 'too large'>}
   */
  const request = async (body, { stats, signal }) => {
    const sent = settings.gzip ? await compress(body, GZIP) : body;
    const headers = {
      accept: 'application/json',
      'content-type': 'application/x-ndjson',
      ...(settings.gzip && { 'content-encoding': 'gzip' }),
      ...(authorization && { authorization }),
    };
    for (let attempt = 1; ; attempt++) {
      const number = current;
      const { url, agent } = nodes[number];
      stats.requests += 1;
      stats.bytesSent += sent.length;
      let problem;
      let retryAfter;
      try {
        const answer = await exchange(url, { method: 'POST', headers, body: sent, timeout, maxBytes: MAX_ANSWER_BYTES, agent, ca });
        const { status } = answer;
        if (status === 200) return { ...resultOf(answer.text, url, authorization), retryAfter: header(answer) };
        if (status === 413) return 'too large';
        problem = withoutSecrets(refusal(answer, { ...REQUEST, url, hasCredentials: authorization !== undefined }), authorization);
        if (!TEMPORARY.has(status)) throw new ShipError(`${safeText(url.host)}: ${problem}`, { code: 'refused' });
        retryAfter = header(answer);
      } catch (error) {
        if (error instanceof ShipError) throw error;
        problem = unreachable(error, url, { timeout, caOption: 'the option ca (--ca-cert)' });
        if (!isTemporary(error)) throw new ShipError(`cannot reach ${safeText(url.host)}: ${problem}`, { code: 'unreachable', cause: error });
      }
      if (attempt > retries) {
        throw new ShipError(`${safeText(url.host)}: ${problem}; gave up after ${attempt} attempts`, { code: 'gave_up' });
      }
      stats.retries += 1;
      // The next node is tried at once, until all have failed.
      if (current === number) current = (number + 1) % nodes.length;
      const round = Math.ceil(attempt / nodes.length);
      if (attempt % nodes.length === 0) await wait(delayOf(round, settings, retryAfter), signal);
    }
  };

  /**
   * Sends documents until each has its outcome.
   *
   * @param {{ body: Uint8Array, count: number, open: () => Open[] }} documents
   * @param {import('./run.js').SendContext} context
   * @param {Outcome} outcome
   */
  const deliver = async (documents, context, outcome) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await request(documents.body, context);
      if (answer === 'too large') return divide(documents.open(), context, outcome);
      const { errors, items, retryAfter } = answer;
      if (items.length !== documents.count) {
        throw new ShipError(`the answer to ${documents.count} documents is about ${items.length}`, { code: 'answer' });
      }
      if (!errors) {
        outcome.created += items.length;
        return undefined;
      }
      const open = documents.open().filter(({ index }, at) => !count(outcome, index, items[at]));
      if (open.length === 0) return undefined;
      if (attempt > retries) {
        throw new ShipError(`${open.length} documents were refused for now (429); gave up after ${attempt} attempts`, { code: 'gave_up' });
      }
      context.stats.retries += 1;
      await wait(delayOf(attempt, settings, retryAfter), context.signal);
      documents = withBody(open);
    }
  };

  /**
   * Sends the halves of a request that the server finds too large; a single document is refused.
   *
   * @param {Open[]} open
   * @param {import('./run.js').SendContext} context
   * @param {Outcome} outcome
   */
  const divide = async (open, context, outcome) => {
    if (open.length === 1) {
      const reason = `the server takes no request of ${open[0].document.length} bytes`;
      outcome.rejected.push({ index: open[0].index, status: 413, type: 'too_large', reason });
      return;
    }
    const middle = open.length >> 1;
    for (const half of [open.slice(0, middle), open.slice(middle)]) await deliver(withBody(half), context, outcome);
  };

  return {
    async send(batch, context) {
      /** @type {Outcome} */
      const outcome = { created: 0, duplicates: 0, rejected: [] };
      // The documents are taken apart only if they do not all succeed.
      const open = () => batch.documents().map((document, index) => ({ index, document }));
      await deliver({ body: batch.body, count: batch.count, open }, context, outcome);
      return outcome;
    },

    async close() {
      for (const { agent } of nodes) agent.destroy();
    },
  };
}

/**
 * A document without an outcome, by its index in the batch.
 *
 * @typedef {{ index: number, document: Uint8Array }} Open
 */

/** Returns documents with the body of a request. @param {Open[]} open */
function withBody(open) {
  return { body: Buffer.concat(open.map(({ document }) => document)), count: open.length, open: () => open };
}

/**
 * The result of a document, below the name of its operation.
 *
 * @typedef {Record<string, { status: number, error?: { type?: string, reason?: string, caused_by?: { reason?: string } } }>} RawItem
 */

/**
 * Adds a document to the outcome.
 *
 * @param {Outcome} outcome
 * @param {number} index
 * @param {RawItem} item
 * @returns {boolean} false if it has to be sent again
 */
function count(outcome, index, item) {
  const [[operation, { status, error }]] = Object.entries(item);
  if (status === 429) return false;
  if (status >= 200 && status < 300) outcome.created += 1;
  else if (status === 409 && operation === 'create') outcome.duplicates += 1;
  else {
    const because = error?.caused_by?.reason;
    const reason = `${error?.reason ?? 'no reason given'}${because === undefined ? '' : `: ${because}`}`;
    outcome.rejected.push({ index, status, type: error?.type ?? 'unknown', reason });
  }
  return true;
}

/**
 * Reads the answer to a bulk request.
 *
 * @param {string} text
 * @param {URL} url
 * @param {string | undefined} authorization
 * @returns {{ errors: boolean, items: RawItem[] }}
 */
function resultOf(text, url, authorization) {
  try {
    const { errors, items } = JSON.parse(text);
    if (typeof errors === 'boolean' && Array.isArray(items)) return { errors, items };
  } catch {
    // Said below.
  }
  const start = withoutSecrets(JSON.stringify(text.slice(0, 100)), authorization);
  throw new ShipError(`${safeText(url.host)}: expected the answer to a bulk request, found ${start}`, { code: 'answer' });
}

/** Returns the header Retry-After. @param {import('./cluster.js').Answer} answer */
function header({ headers }) {
  return headers['retry-after'];
}
