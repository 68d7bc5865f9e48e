/**
 * Requests to a cluster, and the words for what goes wrong. Nothing here says a secret.
 *
 * @module
 */

import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { safeText } from '../text/text.js';

/** Certificates that lead to no authority that is trusted. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, text: string }} Answer
 *
 * @typedef {object} Request
 * @property {string} method
 * @property {Record<string, string | number>} headers
 * @property {string | Uint8Array} body
 * @property {number} timeout milliseconds for the whole exchange
 * @property {number} maxBytes of an answer; the rest is dropped
 * @property {HttpAgent | HttpsAgent | false} agent `false`: a connection of its own
 * @property {Uint8Array | undefined} [ca] the certificate of the authority, as PEM
 */

/**
 * Sends a request and reads the whole answer.
 *
 * @param {URL} url
 * @param {Request} request
 * @returns {Promise<Answer>}
 * @throws the error of the connection
 */
export function exchange(url, { method, headers, body, timeout, maxBytes, agent, ca }) {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeout);
    const options = { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) }, signal, agent, ...(ca && { ca: Buffer.from(ca) }) };
    const sent = request(url, options, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      let length = 0;
      response.on('data', (chunk) => {
        length += chunk.length;
        if (length <= maxBytes) chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Returns an agent that keeps connections. @param {string} protocol @param {number} connections */
export function agentFor(protocol, connections) {
  const options = { keepAlive: true, maxSockets: connections };
  return protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
}

/**
 * Returns the URL of a path below a base URL, which may have a path of its own, as behind a proxy.
 *
 * @param {URL} base
 * @param {string} path
 */
export function below(base, path) {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  return url;
}

/**
 * Returns the reason for a missing answer, and what to do.
 *
 * @param {unknown} error
 * @param {URL} url
 * @param {{ timeout: number, caOption: string }} context `caOption`: what gives the authority's certificate
 */
export function unreachable(error, url, { timeout, caOption }) {
  const { code = '', message = '' } = /** @type {NodeJS.ErrnoException} */ (error);
  const host = safeText(url.hostname);
  if (code === 'ECONNREFUSED') return 'nothing listens there; is the cluster running, and the port right?';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `there is no host of the name ${host}`;
  if (code === 'ABORT_ERR' || code === 'ETIMEDOUT') return `no answer within ${timeout / 1000} seconds`;
  if (UNTRUSTED.has(code)) {
    return `its certificate comes from no authority that is trusted (${code}); give the authority's with ${caOption}`;
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
 * Returns the reason for a refusal, and what to do.
 *
 * @param {Answer} answer
 * @param {object} request
 * @param {URL} request.url
 * @param {boolean} request.hasCredentials
 * @param {string} request.credentials how to give some
 * @param {string} request.privileges those that the credentials need
 * @param {(reason: string) => string} [request.advice] what to do about another reason
 */
export function refusal({ status, headers: { location }, text }, { url, hasCredentials, credentials, privileges, advice = () => '' }) {
  const reason = reasonOf(text);
  const because = reason === undefined ? '' : `: ${safeText(reason)}`;
  if (status >= 300 && status < 400) {
    return `the cluster is elsewhere (${status})${location === undefined ? '' : `: ${safeText(withoutUser(location, url))}`}`;
  }
  if (status === 401 && hasCredentials) return 'the cluster does not accept the credentials (401)';
  if (status === 401) return `the cluster asks for credentials (401)${credentials}`;
  if (status === 403) return `not allowed (403)${because}; the credentials need the ${privileges}`;
  return `refused (${status})${because}${advice(reason ?? '')}`;
}

/** True if another attempt may not have the error of a connection: not for a certificate or a wrong protocol. @param {unknown} error */
export function isTemporary(error) {
  const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
  const isPermanent = UNTRUSTED.has(code) || ['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'EPROTO'].includes(code) ||
    code.startsWith('ERR_SSL_') || code.startsWith('ERR_INVALID_');
  return !isPermanent;
}

/**
 * Replaces credentials, which servers repeat in their answers.
 *
 * @param {string} text
 * @param {string | undefined} authorization the header
 */
export function withoutSecrets(text, authorization) {
  if (authorization === undefined) return text;
  const token = authorization.slice(authorization.indexOf(' ') + 1);
  const plain = Buffer.from(token, 'base64').toString();
  const password = plain.slice(plain.indexOf(':') + 1);
  // The longest first: a password is a part of what it stands in.
  const secrets = [authorization, token, plain, password].map(safeText).sort((a, b) => b.length - a.length);
  return secrets.reduce((rest, secret) => (secret.length < 3 ? rest : rest.replaceAll(secret, '***')), text);
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

/** Returns the header of credentials. @param {{ apiKey?: string | undefined, basic?: string | undefined }} credentials */
export function authorizationOf({ apiKey, basic }) {
  const base64 = (/** @type {string} */ secret) => Buffer.from(secret).toString('base64');
  if (apiKey !== undefined) return `ApiKey ${apiKey.includes(':') ? base64(apiKey) : apiKey}`;
  return basic === undefined ? undefined : `Basic ${base64(basic)}`;
}
