/**
 * Entry `vpcflow-ecs/ingest` for `import` in Node: the same instance that `require` gives.
 *
 * @module
 */

import api from './api.cjs';

export const {
  parse, Parser, ndjsonStream, bulkStream, documentStream, detectFormat, explain, compileFormat, fields, presets, schemas,
  FlowLogError, Pipeline, toIngestPipeline, componentTemplates, indexTemplate, init, initSync,
} = api;
export default init;
