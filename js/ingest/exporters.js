/**
 * Pipelines of Elasticsearch's own processors, and templates. Made from the exports of the WASM glue, like
 * `../core/api.js`.
 *
 * @module
 */

import { toPublicError } from '../core/error.js';
import { checkOptions, copyFormat, invalidOption, jsonText, packOptions } from '../core/options.js';

/** @typedef {typeof import('../../pkg/vpcflow_ecs_ingest.js')} IngestGlue */

/** @param {() => IngestGlue} glue gives the glue's exports, or throws while the WASM module is not loaded */
export function createExporters(glue) {
  /**
   * Calls into the WASM module, and reads the JSON that it gives.
   *
   * @param {(core: IngestGlue) => string} call
   */
  const read = (call) => {
    try {
      return JSON.parse(call(glue()));
    } catch (thrown) {
      throw toPublicError(thrown);
    }
  };

  /**
   * Returns the body of an ingest pipeline. Types and examples of all that follows are in `index.d.ts`.
   *
   * @param {import('../index.js').Format} format
   * @param {import('./index.js').ExportOptions} [options]
   */
  function toIngestPipeline(format, options) {
    // A parser's option of that name has files.
    const { geo, ...others } = checkOptions(options, 'options');
    if (others.format !== undefined && others.format !== null) {
      throw invalidOption('option "format": already given as the first argument');
    }
    const { json } = packOptions({ ...others, format: copyFormat(format, 'argument "format"') });
    const member = geo === undefined ? '' : `${json === '{}' ? '' : ','}"geo":${jsonText(geo, 'geo')}`;
    return read((core) => core.toIngestPipeline(`${json.slice(0, -1)}${member}}`));
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
    const given = checkOptions(options, 'options');
    // The core knows the names of the options. This one would not reach it: JSON cannot hold its bytes.
    if (given.geo !== undefined) throw invalidOption('unknown option "geo": there are namespace and pipeline');
    const { json } = packOptions(given);
    return read((core) => core.indexTemplate(json));
  }

  return { toIngestPipeline, componentTemplates, indexTemplate };
}
