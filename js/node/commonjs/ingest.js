/**
 * The entry `vpcflow-ecs/ingest` in Node.js, with the module of the package; see `main.js`.
 *
 * @module
 */

const { join } = require('path');
const { createIngest } = /** @type {any} */ (require('../../../pkg/ingest.cjs'));

const ingest = join(__dirname, '../../../pkg/vpcflow_ecs_ingest_bg.wasm');

const {
  parse, Parser, ndjsonStream, bulkStream, documentStream, detectFormat, explain, compileFormat, fields, presets, schemas,
  FlowLogError, Pipeline, toIngestPipeline, componentTemplates, indexTemplate, inspectPipeline, processorTypes, init, initSync,
} = /** @type {typeof import('../../../pkg/ingest.cjs')} the types beside the bundle are those of the package */ (
  createIngest({ path: ingest })
);

module.exports = {
  parse, Parser, ndjsonStream, bulkStream, documentStream, detectFormat, explain, compileFormat, fields, presets, schemas,
  FlowLogError, Pipeline, toIngestPipeline, componentTemplates, indexTemplate, inspectPipeline, processorTypes, init, initSync, default: init,
};
Reflect.defineProperty(module.exports, '__esModule', { value: true });
