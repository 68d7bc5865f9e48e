/**
 * Requests to a cluster, and what to do when one fails. Nothing here says a secret.
 *
 * @module
 */

import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { safeText } from '../text/text.js';

/** The cluster was not reached, or did not take something; the message says what to do. */
export class ClusterError extends Error {}

const TIMEOUT_SECONDS = 30;
/** Of an answer that is longer, the rest is of no use. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Certificates that lead to no authority that is trusted. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

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
  const url = new URL(cluster);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  let answer;
  try {
    answer = await send(url, JSON.stringify(body), { authorization, ca });
  } catch (error) {
    throw new ClusterError(`cannot reach ${safeText(url.host)}: ${unreachable(error, url)}`);
  }
  const { status } = answer;
  if (status >= 200 && status < 300 && isAcknowledged(answer.text)) return;
  const reason = status >= 200 && status < 300 ? misunderstanding(answer) : refusal(answer, url, authorization !== undefined);
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

/**
 * Replaces credentials, which servers repeat in their answers.
 *
 * @param {string} text
 * @param {string | undefined} authorization
 */
function withoutSecrets(text, authorization) {
  if (authorization === undefined) return text;
  const token = authorization.slice(authorization.indexOf(' ') + 1);
  const plain = Buffer.from(token, 'base64').toString();
  const password = plain.slice(plain.indexOf(':') + 1);
  // The longest first: a password is a part of what it stands in.
  const secrets = [authorization, token, plain, password].map(safeText).sort((a, b) => b.length - a.length);
  return secrets.reduce((rest, secret) => (secret.length < 3 ? rest : rest.replaceAll(secret, '***')), text);
}

/**
 * @typedef {{ status: number, location: string | undefined, text: string }} Answer
 *
 * @param {URL} url
 * @param {string} body
 * @param {{ authorization?: string | undefined, ca?: Uint8Array | undefined }} access
 * @returns {Promise<Answer>}
 */
function send(url, body, { authorization, ca }) {
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(authorization && { authorization }),
  };
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_SECONDS * 1000);
    const options = { method: 'PUT', headers, signal, agent: false, ...(ca && { ca: Buffer.from(ca) }) };
    const sent = request(url, options, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      let length = 0;
      response.on('data', (chunk) => {
        length += chunk.length;
        if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers: { location } } = response;
        resolve({ status, location, text: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/**
 * Returns the reason for a missing answer, and what to do.
 *
 * @param {unknown} error
 * @param {URL} url
 */
function unreachable(error, url) {
  const { code = '', message = '' } = /** @type {NodeJS.ErrnoException} */ (error);
  const host = safeText(url.hostname);
  if (code === 'ECONNREFUSED') return 'nothing listens there; is the cluster running, and the port right?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `there is no host of the name ${host}`;
  if (code === 'ABORT_ERR' || code === 'ETIMEDOUT') return `no answer within ${TIMEOUT_SECONDS} seconds`;
  if (UNTRUSTED.has(code)) {
    return `its certificate comes from no authority that is trusted (${code}); give the authority's with --ca-cert`;
  }
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `its certificate is for another name than ${host}; give the URL that it is for`;
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return `it does not speak TLS (${code}); is it http://?`;
  if (code === 'ECONNRESET' || code.startsWith('HPE_')) {
    return `it does not speak HTTP (${code})${url.protocol === 'http:' ? '; is it https://?' : ''}`;
  }
  return safeText(message || code || String(error));
}

/**
 * Returns the reason for a refusal, and what to do.
 *
 * @param {Answer} answer
 * @param {URL} url that of the request
 * @param {boolean} hasCredentials
 */
function refusal({ status, location, text }, url, hasCredentials) {
  const reason = reasonOf(text);
  const because = reason === undefined ? '' : `: ${safeText(reason)}`;
  if (status >= 300 && status < 400) {
    return `the cluster is elsewhere (${status})${location === undefined ? '' : `: ${safeText(withoutUser(location, url))}`}`;
  }
  if (status === 401 && hasCredentials) return 'the cluster does not accept the credentials (401)';
  if (status === 401) {
    return 'the cluster asks for credentials (401); give ELASTICSEARCH_API_KEY or ELASTICSEARCH_USER, or --api-key or --user';
  }
  if (status === 403) {
    const privileges = 'manage_index_templates and manage_ingest_pipelines';
    return `not allowed (403)${because}; the credentials need the cluster privileges ${privileges}`;
  }
  const missing = /No processor type exists with name \[(\w+)\]/.exec(reason ?? '');
  const advice = new Map([['community_id', '; give --no-community-id'], ['geoip', '; leave --geo out']]).get(missing?.[1] ?? '');
  return `refused (${status})${because}${advice ?? ''}`;
}

/**
 * Returns Elasticsearch's reason, that of the innermost cause.
 *
 * @param {string} text
 * @returns {string | undefined}
 */
function reasonOf(text) {
  try {
    let { error } = JSON.parse(text);
    if (typeof error === 'string') return error;
    while (error?.caused_by?.reason) error = error.caused_by;
    return typeof error?.reason === 'string' ? error.reason : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns the scheme, host and path of a URL. The rest may have secrets: a user, a query.
 *
 * @param {string} location
 * @param {URL} base
 */
function withoutUser(location, base) {
  try {
    const { origin, pathname } = new URL(location, base);
    return origin + pathname;
  } catch {
    return 'not a URL';
  }
}
