// Measures the processor inside of servers: `aws_vpcflow` of the plug-in beside the exported pipeline of stock processors, in the
// same server and on the same documents. See README.md.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverIngestTime } from '../tests/elasticsearch/ingest-time.js';
import { request } from '../tests/elasticsearch/server.mjs';
import { columns, markdownTable, median, number } from './clock.mjs';
import { INGEST_LOG } from './ingest.mjs';

const DOCUMENTS = 20_000;
const CHECKED = 500;
/** The second compiler of HotSpot takes half a minute for the parser: docs/hosts.md. */
const WARM_UP_SECONDS = 90;

const OWN = 'aws_vpcflow of the plug-in';

/**
 * @param {object} options
 * @param {string} options.folder where the logs are
 * @param {number} options.rounds
 * @param {(() => Promise<{ url: string, name: string, stop: () => Promise<void> }>)[]} options.servers start them, one after the other
 * @param {(text: string, fraction?: number) => void} [options.progress]
 */
export async function measureServers({ folder, rounds, servers, progress = () => {} }) {
  const { toIngestPipeline } = await import('../js/ingest/node.js');
  const lines = readFileSync(join(folder, `${INGEST_LOG}.log`), 'utf8').split('\n').filter(Boolean);
  const docs = lines.slice(0, DOCUMENTS).map((message) => ({ message }));
  // Elasticsearch 7.10 has no processor for Community IDs, and that of OpenSearch has other options.
  const pipelines = {
    [OWN]: { processors: [{ aws_vpcflow: { format: 'default', community_id: false } }, { remove: { field: 'message' } }] },
    'exported pipeline': toIngestPipeline('default', { communityId: false }),
  };
  const rows = [];
  for (const [place, start] of servers.entries()) {
    const server = await start();
    try {
      await check(server, docs.slice(0, CHECKED), Object.values(pipelines));
      const times = new Map(Object.keys(pipelines).map((name) => [name, []]));
      const run = async (name) => {
        const { failed, took } = await serverIngestTime(server.url, pipelines[name], docs);
        assert.equal(failed, 0, `${server.name}, ${name}: failures`);
        return took;
      };
      const started = performance.now();
      const warmedUp = () => performance.now() - started > WARM_UP_SECONDS * 1000;
      for (let round = 0; round < 2 || !warmedUp(); round++) {
        progress(`${server.name}: warming up`, place / servers.length);
        for (const name of times.keys()) await run(name);
      }
      for (let round = 0; round < rounds; round++) {
        for (const [name, taken] of times) {
          progress(`${server.name}: ${name}`, (place + round / rounds) / servers.length);
          taken.push(await run(name));
        }
      }
      const own = median(times.get(OWN));
      for (const [name, taken] of times) {
        const nsPerDocument = median(taken);
        rows.push({ row: `${server.name}: ${name}`, nsPerDocument, least: Math.min(...taken), most: Math.max(...taken), ratio: nsPerDocument / own });
      }
    } finally {
      await server.stop();
    }
  }
  progress('');
  return { documents: docs.length, rows };
}

/** Checks that pipelines make the same documents. */
async function check({ url, name }, docs, pipelines) {
  const answers = [];
  for (const pipeline of pipelines) {
    const body = { pipeline, docs: docs.map((_source) => ({ _source })) };
    const { docs: made, error } = await request(url, 'POST', '/_ingest/pipeline/_simulate', body);
    assert.ok(made, `${name} refused a pipeline: ${JSON.stringify(error)}`);
    answers.push(made.map(({ doc, error: failure }) => doc?._source ?? failure));
  }
  const [first, ...others] = answers;
  assert.ok(first.every((source) => source?.event), `${name}: a document failed`);
  for (const other of others) assert.deepEqual(other, first, `${name}: other documents`);
}

const HEADINGS = ['server, pipeline', 'ns a document', 'least', 'most', 'ratio'];

function cells({ row, nsPerDocument, least, most, ratio }) {
  return [row, number(nsPerDocument, 0), number(least, 0), number(most, 0), number(ratio, 2)];
}

/** Returns the results as lines of columns. */
export function serversText({ rows }, style) {
  return columns([HEADINGS, ...rows.map(cells)], style.dim);
}

/** Returns the results as a table in Markdown. */
export function serversMarkdown({ documents, rows }) {
  return `${number(documents, 0)} documents a round, each with a line of the log ${INGEST_LOG}, without Community ID.\n\n${markdownTable([HEADINGS, ...rows.map(cells)])}`;
}
