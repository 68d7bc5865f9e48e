/**
 * Requests to a cluster, and what to do when one fails. Nothing here says a secret.
 *
 * @module
 */

import { below, exchange, refusal, unreachable, withoutSecrets } from '../ship/cluster.js';
import { safeText } from '../text/text.js';

/** @typedef {import('../ship/cluster.js').Answer} Answer */

/** The cluster was not reached, or did not take something; the message says what to do. */
export class ClusterError extends Error {}

const TIMEOUT_SECONDS = 30;
/** Of an answer that is longer, the rest is of no use. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** The needs of a request that is refused, in words. */
const REQUEST = {
  credentials: '; give ELASTICSEARCH_API_KEY or ELASTICSEARCH_USER, or --api-key or --user',
  privileges: 'cluster privileges manage_index_templates and manage_ingest_pipelines',
  advice,
};

/**
 * Puts a JSON body to a path of the cluster.
 *
 * @param {URL} cluster may have a path of its own, as behind a proxy
 * @param {string} path
 * @param {object} body
 * @param {{ authorization?: string | undefined, ca?: Uint8Array | undefined }} access
 * @returns {Promise<void>}
 * @throws {ClusterError}
 */
export async function put(cluster, path, body, { authorization, ca }) {
  const url = below(cluster, path);
  const timeout = TIMEOUT_SECONDS * 1000;
  const headers = { accept: 'application/json', 'content-type': 'application/json', ...(authorization && { authorization }) };
  let answer;
  try {
    answer = await exchange(url, {
      method: 'PUT', headers, body: JSON.stringify(body), timeout, maxBytes: MAX_ANSWER_BYTES, agent: false, ca,
    });
  } catch (error) {
    throw new ClusterError(`cannot reach ${safeText(url.host)}: ${unreachable(error, url, { timeout, caOption: '--ca-cert' })}`);
  }
  const isSuccess = answer.status >= 200 && answer.status < 300;
  if (isSuccess && isAcknowledged(answer.text)) return;
  const reason = isSuccess ? misunderstanding(answer) : refusal(answer, { ...REQUEST, url, hasCredentials: authorization !== undefined });
  throw new ClusterError(`PUT ${safeText(path)}: ${withoutSecrets(reason, authorization)}`);
}

/**
 * True if the cluster says that it has done it. Login pages and proxies answer with success, too.
 *
 * @param {string} text
 */
function isAcknowledged(text) {
  try {
    return JSON.parse(text)?.acknowledged === true;
  } catch {
    return false;
  }
}

/**
 * Returns the difference between a successful answer and that of a cluster.
 *
 * @param {Answer} answer
 */
function misunderstanding({ status, text }) {
  const start = text.trim().slice(0, 60);
  const found = start === '' ? 'nothing' : `"${safeText(start)}"`;
  return `the answer (${status}) is not that of a cluster: expected {"acknowledged":true}, found ${found}; ` +
    'does a proxy or a login page answer at this URL?';
}

/** @param {string} reason */
function advice(reason) {
  const [, type] = /No processor type exists with name \[(\w+)\]/.exec(reason) ?? [];
  return new Map([['community_id', '; give --no-community-id'], ['geoip', '; leave --geo out']]).get(type ?? '') ?? '';
}
