/**
 * What Elasticsearch takes: pipelines of its own processors, and templates. Made from the exports of the WASM glue, like
 * `../api.js`.
 *
 * @module
 */

import { FlowLogError, toPublicError } from '../core/error.js';
import { checkOptions, copyFormat, copyOptions } from '../core/options.js';

/**
 * @param {() => typeof import('../../pkg/vpcflow_ecs_ingest.js')} glue gives the glue's exports, or throws while the WASM
 *   module is not loaded
 */
export function createExporters(glue) {
  /** Calls into the WASM module, and reads the JSON that it gives. */
  const read = (call) => {
    try {
      return JSON.parse(call(glue()));
    } catch (thrown) {
      throw toPublicError(thrown);
    }
  };

  /**
   * The body of an ingest pipeline. Types and examples of all that follows are in `index.d.ts`.
   *
   * @param {import('../index.js').Format} format
   * @param {import('./index.js').ExportOptions} [options]
   */
  function toIngestPipeline(format, options) {
    // A parser's option of that name has files.
    const { geo, ...others } = checkOptions(options, 'options');
    const copy = { ...copyOptions(others), ...(geo !== undefined && { geo }) };
    if (copy.format !== undefined) {
      throw new FlowLogError('option "format": already given as the first argument', { code: 'invalid_option' });
    }
    const given = copyFormat(format, 'argument "format"');
    return read((core) => core.toIngestPipeline(given === undefined ? copy : { ...copy, format: given }));
  }

  /** The bodies of component templates, by name. */
  function componentTemplates() {
    return read((core) => core.componentTemplates());
  }

  /**
   * The body of an index template.
   *
   * @param {import('./index.js').TemplateOptions} [options]
   */
  function indexTemplate(options) {
    const copy = copyOptions(checkOptions(options, 'options'));
    return read((core) => core.indexTemplate(copy));
  }

  return { toIngestPipeline, componentTemplates, indexTemplate };
}
