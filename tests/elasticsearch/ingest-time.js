// How long a server's own ingest takes, for the comparison of `npm run bench`.

import { Stop } from '../../scripts/run.mjs';
import { request } from './server.mjs';

const PIPELINE = 'vpcflow-ecs-bench';
const INDEX = 'vpcflow-ecs-bench';
const BATCH = 5000;

/**
 * Indexes documents through a pipeline and returns two times of the server, each in nanoseconds per document:
 *
 * - `took` is the wall time of running the pipeline over a request's documents: `ingest_took` of the bulk response;
 * - `counted` is the pipeline's time in `_nodes/stats/ingest`.
 *
 * Elasticsearch 7.10 and OpenSearch 2.19 truncate `counted` to whole milliseconds document by document, so that it is far too
 * small there; `took` is truncated once for each request.
 *
 * @param {string} url
 * @param {object} pipeline as for `PUT _ingest/pipeline`
 * @param {object[]} docs the `_source` of each; some ten thousand
 * @returns {Promise<{ documents: number, failed: number, took: number, counted: number }>}
 */
export async function serverIngestTime(url, pipeline, docs) {
  const ask = (method, path, body) => request(url, method, path, body);
  const expect = async (answer) => {
    const { error, acknowledged } = await answer;
    if (!acknowledged) throw new Stop(`the server refused: ${JSON.stringify(error)}`);
  };
  await expect(ask('PUT', `/_ingest/pipeline/${PIPELINE}`, pipeline));
  // Nothing of the documents is mapped: only the pipeline is to be measured.
  await ask('DELETE', `/${INDEX}`);
  await expect(ask('PUT', `/${INDEX}`, { settings: { number_of_replicas: 0 }, mappings: { enabled: false } }));
  const stats = async () => {
    const { nodes } = await ask('GET', '/_nodes/stats/ingest?filter_path=nodes.*.ingest.pipelines');
    const each = Object.values(nodes).map(({ ingest }) => ingest.pipelines?.[PIPELINE]);
    const sum = (key) => each.reduce((total, pipeline) => total + (pipeline?.[key] ?? 0), 0);
    return { count: sum('count'), failed: sum('failed'), time: sum('time_in_millis') };
  };
  try {
    const start = await stats();
    let took = 0;
    for (let at = 0; at < docs.length; at += BATCH) {
      const lines = docs.slice(at, at + BATCH).map((doc) => `{"index":{}}\n${JSON.stringify(doc)}\n`);
      took += (await ask('POST', `/${INDEX}/_bulk?pipeline=${PIPELINE}`, lines.join(''))).ingest_took;
    }
    const end = await stats();
    const documents = end.count - start.count;
    if (documents < docs.length) throw new Stop(`the server counts ${documents} documents of ${docs.length}`);
    const each = (milliseconds) => (milliseconds * 1_000_000) / documents;
    return { documents, failed: end.failed - start.failed, took: each(took), counted: each(end.time - start.time) };
  } finally {
    await ask('DELETE', `/${INDEX}`);
    await ask('DELETE', `/_ingest/pipeline/${PIPELINE}`);
  }
}
