// The corpus of pipelines, and what a server answers to it.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Stop } from '../../scripts/run.mjs';
import { parse, stringify } from './json.js';
import { request } from './server.mjs';

const folder = new URL('pipelines/', import.meta.url);

/** The folder of the databases that the cases of geoip are about: city.mmdb, asn.mmdb and country.mmdb. */
export const geo = fileURLToPath(new URL('../fixtures/geo', import.meta.url));

/** The known differences and their reasons. */
export const deviations = JSON.parse(readFileSync(new URL('deviations.json', import.meta.url), 'utf8'));

/**
 * Returns all cases, by file: { name, file, pipeline, pipelines?, docs, verbose?, since? }. `pipelines` are others that it
 * names, and `since` is the version of Elasticsearch that introduced the subject of the case.
 *
 * @param {(text: string) => any} [read] a function that reads JSON
 */
export function* corpus(read = parse) {
  for (const file of readdirSync(folder).sort()) {
    for (const test of read(readFileSync(new URL(file, folder), 'utf8'))) {
      const processor = file.replace('.json', '');
      yield { ...test, file: processor, name: `${processor}: ${test.name}` };
    }
  }
}

/** Returns the version of a server, as numbers, and its processors. */
export async function abilities(url) {
  const { version } = await request(url, 'GET', '/');
  const { nodes } = await request(url, 'GET', '/_nodes/ingest?filter_path=nodes.*.ingest.processors');
  const processors = new Set(Object.values(nodes)[0].ingest.processors.map(({ type }) => type));
  return { version: version.number, processors };
}

/** Why geoip is not compared with a cluster of the user's. */
export const foreignGeo = 'the geo databases of this cluster are its own';

/** Returns the reason why a server cannot run a case, if there is one. */
export function lacks({ since, pipeline }, { version, processors }) {
  if (since && older(version, since)) return `it needs Elasticsearch ${since}, this is ${version}`;
  if (usesGeo(pipeline) && process.env.ELASTICSEARCH_URL) return foreignGeo;
  const known = ['fingerprint', 'community_id', 'network_direction', 'geoip'];
  const text = JSON.stringify(pipeline);
  const absent = known.find((type) => text.includes(`"${type}":{`) && !processors.has(type));
  return absent && `this server has no processor ${absent}`;
}

/** True if the first of two versions comes before the other. */
export function older(version, other) {
  const [a, b] = [version, other].map((text) => text.split('.').map(Number));
  const at = b.findIndex((number, i) => number !== (a[i] ?? 0));
  return at >= 0 && (a[at] ?? 0) < b[at];
}

/** Returns the answer of a server's `_simulate` to a case. */
export async function serverAnswer(url, { pipeline, pipelines = {}, docs, verbose = false }) {
  for (const [name, definition] of Object.entries(pipelines)) {
    const answer = await request(url, 'PUT', `/_ingest/pipeline/${name}`, definition);
    if (!answer.acknowledged) throw new Stop(`pipeline ${name} was not accepted: ${JSON.stringify(answer)}`);
  }
  const answer = await request(url, 'POST', `/_ingest/pipeline/_simulate?verbose=${verbose}`, { pipeline, docs });
  for (const name of Object.keys(pipelines)) await request(url, 'DELETE', `/_ingest/pipeline/${name}`);
  return withoutTime(answer);
}

/**
 * Returns an answer without the parts that always differ: its time, the addresses of Java's objects, and the message of a
 * null pointer, which depends on the version of Java.
 */
export function withoutTime(answer) {
  const plain = map(answer, (text) => text);
  const times = [...stringify(plain).matchAll(/"timestamp":"([^"]+?)0*Z"/g)].map(([, time]) => time.replaceAll('.', '\\.'));
  const now = times.length > 0 ? new RegExp(`(?:${[...new Set(times)].join('|')})0*Z`, 'g') : /(?!)/;
  return map(plain, (text) =>
    text
      .replace(now, '<timestamp>')
      .replace(/(Mustache@)[0-9a-f]+/, '$1<address>')
      .replace(/Cannot \w+ (the )?.*? because ".*?" is null/, '<null pointer>'),
  );
}

/** Returns a value with all its strings changed, and with JavaScript's one kind of numbers. */
function map(value, change) {
  if (typeof value === 'string') return change(value);
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map((item) => map(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item, change)]));
}

/**
 * Returns the parts of an answer that must be equal: documents and errors. These are not compared: `root_cause`, which repeats
 * the error, errors after the first (`suppressed`), the position in a script, and parts that only some versions have.
 */
export function comparable(answer) {
  if (answer.error) return { error: comparableError(answer.error) };
  return { docs: answer.docs.map(comparableResult) };
}

function comparableResult(result) {
  if (result === null) return null;
  const { doc, error, ignored_error: ignored, processor_results: steps, ...rest } = result;
  if (steps) return { processor_results: steps.map(comparableResult) };
  if (error) rest.error = comparableError(error);
  if (ignored) rest.ignored_error = comparableError(ignored.error);
  if (doc) {
    const { _type, _version, ...kept } = doc;
    rest.doc = _version === undefined || _version === '-3' ? kept : { _version, ...kept };
  }
  return rest;
}

function comparableError({ type, reason, property_name, processor_type, processor_tag, caused_by }) {
  const cause = caused_by && comparableError(caused_by);
  const error = { type, reason, property_name, processor_type, processor_tag, caused_by: cause };
  return Object.fromEntries(Object.entries(error).filter(([, value]) => value !== undefined));
}

/** The same as bytes, as options of our own take them. */
export const databases = Object.fromEntries(
  ['city', 'asn', 'country'].map((kind) => [kind, new Uint8Array(readFileSync(`${geo}/${kind}.mmdb`))]),
);

/**
 * Returns the answer of our `Pipeline` (the class of the package) to a case, in the form of a server's answer. For a
 * definition that it refuses, this is `{ refused }`, with the message.
 */
export function ourAnswer(Pipeline, { pipeline, pipelines, docs, verbose = false }) {
  const options = { pipelines, ...(usesGeo(pipeline) && { geo: databases }) };
  let built;
  try {
    built = new Pipeline(pipeline, options);
  } catch (error) {
    return { refused: error.message };
  }
  const answer = withoutTime(built.simulate({ docs, verbose }));
  built.free();
  return answer;
}

function usesGeo(pipeline) {
  return JSON.stringify(pipeline).includes('"geoip":');
}

/**
 * Compares two answers. Returns the indexes of the documents that differ; `'all'` if one has no documents, or not as many;
 * undefined if they are equal.
 *
 * A pipeline is refused as by the server if the message ends, after the position, with the server's reason.
 */
export function difference(ours, servers) {
  if (ours.refused !== undefined) return servers.error && isRefusal(ours.refused, servers.error) ? undefined : 'all';
  const [found, expected] = [comparable(ours), comparable(servers)];
  if (found.error || expected.error) return isDeepStrictEqual(found, expected) ? undefined : 'all';
  if (found.docs.length !== expected.docs.length) return 'all';
  const differing = found.docs.flatMap((doc, index) => (isDeepStrictEqual(doc, expected.docs[index]) ? [] : [index]));
  return differing.length > 0 ? differing : undefined;
}

/** Matches a message with a server's reason, which for a script that does not compile is in the cause. */
function isRefusal(message, { reason, caused_by: cause }) {
  const expected = reason === 'compile error' && cause ? `${reason}: ${cause.reason}` : reason;
  return message === expected || message.endsWith(`: ${expected}`);
}

/**
 * Returns the listed deviation of a case: { name, docs?, before?, reason }. `docs` are the indexes of the documents that
 * differ; without it, all do. `before` is the version of Elasticsearch that answers as we do.
 */
export function deviationOf(name, version) {
  return deviations.find((each) => each.name === name && (!each.before || older(version, each.before)));
}

/** Checks that two answers differ as listed: nowhere, if there is no deviation. Otherwise throws the differences. */
export function checkAnswer(ours, servers, deviation) {
  const differing = difference(ours, servers);
  if (!deviation) {
    if (differing === undefined) return;
    if (differing === 'all') {
      assert.deepStrictEqual(ours.refused === undefined ? comparable(ours) : ours, comparable(servers));
      assert.fail('the answers differ');
    }
    const only = (answer) => Object.fromEntries(differing.map((index) => [index, comparable(answer).docs[index]]));
    assert.deepStrictEqual(only(ours), only(servers));
  }
  const { name, docs = 'all', reason } = deviation;
  if (differing === undefined) assert.fail(`"${name}" is listed in deviations.json, but does not deviate: "${reason}"`);
  assert.deepStrictEqual(differing, docs, `"${name}" deviates, but not where deviations.json says`);
}
