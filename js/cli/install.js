/**
 * The command `vpcflow-ecs install`: templates and a pipeline for a cluster.
 *
 * @module
 */

import { UsageError, readCertificate } from './arguments.js';
import { put } from './elasticsearch.js';
import { jsonText, loadIngest } from './export.js';
import { safeText } from '../text/text.js';

/**
 * @param {import('./arguments.js').InstallCommand} command
 * @param {{ output: import('./output.js').Output, terminal: import('./terminal.js').Terminal }} streams
 * @returns {Promise<void>}
 * @throws {import('./elasticsearch.js').ClusterError} what the cluster did not take, and why; what was sent before stays
 */
export async function install({ dryRun, url, authorization, caFile, namespace, pipeline }, { output, terminal }) {
  const requests = await requestsFor({ namespace, pipeline });
  if (dryRun) {
    for (const { path, body } of requests) await output.writeText(`PUT ${path}\n${jsonText(body)}\n`);
    return;
  }
  const ca = caFile === undefined ? undefined : readCertificate(caFile);
  if (url === undefined) throw new UsageError('install needs the cluster: --url=URL, or ELASTICSEARCH_URL');
  if (authorization !== undefined && url.protocol === 'http:' && !isLoopback(url.hostname)) {
    terminal.commandError(`warning: the credentials go to ${safeText(url.host)} without encryption`);
  }
  for (const { path, body } of requests) {
    await put(url, path, body, { authorization, ca });
    await output.writeText(`PUT ${path}\n`);
  }
}

/**
 * Returns the requests, in an order in which none refers to a later one.
 *
 * @param {Pick<import('./arguments.js').InstallCommand, 'namespace' | 'pipeline'>} command
 */
async function requestsFor({ namespace, pipeline }) {
  const { toIngestPipeline, componentTemplates, indexTemplate } = await loadIngest();
  const name = namespace === undefined ? 'vpcflow-ecs' : `vpcflow-ecs-${namespace}`;
  /** @param {string} api @param {string} id */
  const at = (api, id) => `/${api}/${encodeURIComponent(id).replaceAll('%40', '@')}`;
  const requests = [];
  for (const [id, body] of Object.entries(componentTemplates())) {
    requests.push({ path: at('_component_template', id), body });
  }
  const template = indexTemplate({ ...(namespace !== undefined && { namespace }), ...(pipeline && { pipeline: name }) });
  if (pipeline) {
    const { format, ...options } = pipeline;
    requests.push({ path: at('_ingest/pipeline', name), body: toIngestPipeline(format, options) });
  }
  requests.push({ path: at('_index_template', name), body: template });
  return requests;
}

/** @param {string} host */
function isLoopback(host) {
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host);
}
