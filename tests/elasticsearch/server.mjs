// A server for the tests, started here and stopped again: Elasticsearch or OpenSearch, put together by Maven from the
// jars that servers/*/pom.xml names. ELASTICSEARCH_URL names a running cluster to be used instead.
//
// As a script: `node tests/elasticsearch/server.mjs [opensearch] [SECONDS] [FOLDER]` starts one, prints its URL and
// keeps it for that time (an hour) or until it is interrupted. The folder is one of databases for geoip.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { root, which } from '../../scripts/env.mjs';
import { Stop, isScript, main, say } from '../../scripts/run.mjs';
import { parse, stringify } from './json.js';

const servers = fileURLToPath(new URL('servers', import.meta.url));
const HOUR = 3600;
const START_SECONDS = 180;

/** Returns the tool that is missing to start a server here, as a sentence; undefined if none is. */
export function missing() {
  if (process.env.ELASTICSEARCH_URL) return undefined;
  const absent = [['java', 'Java 11 or later'], ['mvn', 'Maven']].filter(([command]) => !which([command]));
  if (absent.length === 0) return undefined;
  const names = absent.map(([, name]) => name).join(' and ');
  return `no ${names} here: install it, or name a cluster in ELASTICSEARCH_URL`;
}

/**
 * Starts a server, or takes that of ELASTICSEARCH_URL.
 *
 * @param {{ kind?: 'elasticsearch' | 'opensearch', seconds?: number, geo?: string, plugin?: { name: string, classPath: string } }} [options]
 * `seconds`: it stops by itself after them. `geo`: a folder with city.mmdb, asn.mmdb and country.mmdb, for the processor geoip of
 * Elasticsearch. `plugin`: the class of one more plug-in, and the class path of it and of the server.
 * @returns {Promise<{ url: string, name: string, stop: () => Promise<void> }>} `name`: product and version
 */
export async function start({ kind = 'elasticsearch', seconds = HOUR, geo, plugin } = {}) {
  if (process.env.ELASTICSEARCH_URL && !plugin) return existing(process.env.ELASTICSEARCH_URL.replace(/\/+$/, ''));
  const absent = missing();
  if (absent) throw new Stop(absent);
  const options = [String(seconds), ...(geo ? [geo] : [])];
  const java = ['-Xmx1g', ...(plugin ? [`-Dplugin=${plugin.name}`] : []), '-cp', plugin?.classPath ?? assemble(kind)];
  const child = spawn(which(['java']), [...java, 'TestNode', ...options], {
    // Its standard input is never written to; that it ends, whatever ends this process, is what ends the server.
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const complaints = [];
  child.stderr.on('data', (chunk) => {
    complaints.push(chunk);
    if (complaints.length > 100) complaints.shift();
  });
  const ended = once(child, 'close');
  const overdue = new AbortController();
  const limit = setTimeout(() => overdue.abort(), START_SECONDS * 1000);
  const failure = (reason) => new Stop(`${kind} did not start: ${reason}\n${Buffer.concat(complaints).toString().trim()}`);
  const ready = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line', { signal: overdue.signal }).then(([line]) => JSON.parse(line)),
    ended.then(([code]) => Promise.reject(failure(`exit code ${code}`))),
  ])
    .catch((error) => {
      child.kill();
      throw error.name === 'AbortError' ? failure(`not ready after ${START_SECONDS} seconds`) : error;
    })
    .finally(() => clearTimeout(limit));
  const stop = async () => {
    child.stdin.end();
    await ended;
  };
  return { url: ready.url, name: `${kind} ${ready.version}`, stop };
}

/** Compiles the node and gives the class path of all it needs. The first time Maven downloads that. */
export function assemble(kind) {
  const folder = join(root, 'target', kind);
  const list = join(folder, 'classpath');
  mkdirSync(folder, { recursive: true });
  const goals = ['compile', 'dependency:build-classpath', `-Dmdep.outputFile=${list}`];
  // Where all jars are there already, nothing is asked of the network.
  const quietly = spawnSync('mvn', ['-o', '-q', '-B', ...goals], { cwd: join(servers, kind), stdio: 'ignore' });
  if (quietly.status !== 0) {
    say('elasticsearch', `Maven downloads ${kind}, some 50 MB, once`);
    const { status } = spawnSync('mvn', ['-B', ...goals], { cwd: join(servers, kind), stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Stop(`Maven could not assemble ${kind}, exit code ${status}`);
  }
  const separator = process.platform === 'win32' ? ';' : ':';
  return `${join(folder, 'classes')}${separator}${readFileSync(list, 'utf8').trim()}`;
}

async function existing(url) {
  const { version } = await request(url, 'GET', '/');
  return { url, name: `${version.distribution ?? 'elasticsearch'} ${version.number}`, stop: async () => {} };
}

/**
 * Asks a server. The body is sent as JSON, or as it is if it is a string (of lines of JSON). An answer of any status
 * is an answer: the caller looks.
 */
export async function request(url, method, path, body) {
  const { username, password, origin, pathname } = new URL(url);
  const headers = {};
  if (username) headers.authorization = `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
  if (body !== undefined) headers['content-type'] = typeof body === 'string' ? 'application/x-ndjson' : 'application/json';
  const response = await fetch(`${origin}${pathname.replace(/\/+$/, '')}${path}`, {
    method,
    headers,
    body: body === undefined || typeof body === 'string' ? body : stringify(body),
  });
  const text = await response.text();
  try {
    return parse(text);
  } catch {
    throw new Stop(`${method} ${path} answered ${response.status} and no JSON: ${text.slice(0, 200)}`);
  }
}

if (isScript(import.meta)) {
  await main('elasticsearch', async () => {
    const words = process.argv.slice(2);
    const kind = words.includes('opensearch') ? 'opensearch' : 'elasticsearch';
    const seconds = Number(words.find((word) => /^\d+$/.test(word)) ?? HOUR);
    const geo = words.find((word) => word !== kind && !/^\d+$/.test(word));
    const server = await start({ kind, seconds, geo });
    console.log(server.url);
    const signals = ['SIGINT', 'SIGTERM'].map((name) => once(process, name));
    const limit = new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    await Promise.race([...signals, limit]);
    await server.stop();
    process.exit(0);
  });
}
