/**
 * The command `vpcflow-ecs export`: what Elasticsearch takes, as JSON.
 *
 * @module
 */

/**
 * Pipelines and templates are made by the module of `vpcflow-ecs/ingest`, which nothing else in the command needs.
 *
 * @returns {Promise<typeof import('../ingest/node.js')>}
 */
export function loadIngest() {
  return import('../ingest/node.js');
}

/**
 * @param {import('./arguments.js').ExportCommand} command
 * @returns {Promise<string>} JSON text with a line end
 * @throws {import('../core/error.js').FlowLogError} what is wrong with the format or an option
 */
export async function exported({ what, pipeline, template }) {
  const { toIngestPipeline, componentTemplates, indexTemplate } = await loadIngest();
  if (what === 'template') {
    return jsonText({ component_templates: componentTemplates(), index_template: indexTemplate(template) });
  }
  const { format, ...options } = pipeline;
  return jsonText(toIngestPipeline(format, options));
}

/** @param {unknown} value @returns {string} JSON over several lines, with a line end */
export function jsonText(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
