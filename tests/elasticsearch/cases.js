// The corpus of pipelines, and what a server answers to it.

import { readFileSync, readdirSync } from 'node:fs';
import { Stop } from '../../scripts/run.mjs';
import { parse, stringify } from './json.js';
import { request } from './server.mjs';

const folder = new URL('pipelines/', import.meta.url);

/**
 * All cases, by file: { name, file, pipeline, pipelines?, docs, verbose?, since? }. `pipelines` are others that it names, and
 * `since` is the version of Elasticsearch that brought what the case is about.
 *
 * @param {(text: string) => any} [read] what reads JSON
 */
export function* corpus(read = parse) {
  for (const file of readdirSync(folder).sort()) {
    for (const test of read(readFileSync(new URL(file, folder), 'utf8'))) {
      const processor = file.replace('.json', '');
      yield { ...test, file: processor, name: `${processor}: ${test.name}` };
    }
  }
}

/** What a server offers: its version as numbers, and its processors. */
export async function abilities(url) {
  const { version } = await request(url, 'GET', '/');
  const { nodes } = await request(url, 'GET', '/_nodes/ingest?filter_path=nodes.*.ingest.processors');
  const processors = new Set(Object.values(nodes)[0].ingest.processors.map(({ type }) => type));
  return { version: version.number, processors };
}

/** Why a server cannot run a case, if so. */
export function lacks({ since, pipeline }, { version, processors }) {
  if (since && older(version, since)) return `it needs Elasticsearch ${since}, this is ${version}`;
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

/** What a server's `_simulate` answers to a case. */
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
 * An answer without what differs each time: when it was made, the addresses of Java's objects, and what a version of Java
 * says of a null pointer.
 */
export function withoutTime(answer) {
  const times = new Set([...stringify(answer).matchAll(/"timestamp":"([^"]+?)0*Z"/g)].map(([, time]) => time));
  return map(answer, (text) => {
    let timeless = text.replace(/(Mustache@)[0-9a-f]+/, '$1<address>').replace(/Cannot \w+ (the )?.*? because ".*?" is null/, '<null pointer>');
    for (const time of times) timeless = timeless.replace(new RegExp(`${time.replaceAll('.', '\\.')}0*Z`, 'g'), '<timestamp>');
    return timeless;
  });
}

/** A value with all its strings changed. */
function map(value, change) {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => map(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item, change)]));
}
