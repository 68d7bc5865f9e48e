/**
 * Entry `vpcflow-ecs/ingest` for `import` in Node: the same instance that `require` gives.
 *
 * @module
 */

export {
  parse, Parser, ndjsonStream, bulkStream, documentStream, detectFormat, explain, compileFormat, fields, presets, schemas,
  FlowLogError, Pipeline, toIngestPipeline, componentTemplates, indexTemplate, inspectPipeline, processorTypes, init, initSync, init as default,
} from '../node/commonjs/ingest.js';
