/**
 * Pipelines of Elasticsearch's own processors, and templates. Made from the exports of the WASM glue, like
 * `../core/api.js`.
 *
 * @module
 */

import { checkOptions, copyFormat, invalidOption, jsonOf } from '../core/options.js';

/** @typedef {typeof import('../../pkg/vpcflow_ecs_ingest.js')} IngestGlue */

/** @param {import('../core/instances.js').Instances<IngestGlue, IngestGlue>} instances */
export function createExporters(instances) {
  /**
   * Calls into the WASM module, and reads the JSON that it gives.
   *
   * @param {(core: IngestGlue) => string} call
   */
  const read = (call) => JSON.parse(instances.call(() => call(instances.main)));

  /**
   * Returns the body of an ingest pipeline. Types and examples of all that follows are in `index.d.ts`.
   *
   * @param {import('../index.js').Format} format
   * @param {import('./index.js').ExportOptions} [options]
   */
  function toIngestPipeline(format, options) {
    const given = checkOptions(options, 'options');
    if (given.format !== undefined && given.format !== null) {
      throw invalidOption('option "format": already given as the first argument');
    }
    const json = jsonOf({ ...given, format: copyFormat(format, 'argument "format"') });
    return read((core) => core.toIngestPipeline(json));
  }

  /** Returns the bodies of component templates, by name. */
  function componentTemplates() {
    return read((core) => core.componentTemplates());
  }

  /**
   * Returns the body of an index template.
   *
   * @param {import('./index.js').TemplateOptions} [options]
   */
  function indexTemplate(options) {
    const json = jsonOf(checkOptions(options, 'options'));
    return read((core) => core.indexTemplate(json));
  }

  return { toIngestPipeline, componentTemplates, indexTemplate };
}
