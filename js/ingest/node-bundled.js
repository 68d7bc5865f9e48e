/**
 * Entry `vpcflow-ecs/ingest` for bundles that run in Node.js: it carries the WASM module.
 *
 * @module
 */

import { ingest } from '../../pkg/node-packed-ingest.js';
import { createIngest } from './node-create.js';

export const {
  parse, Parser, ndjsonStream, bulkStream, documentStream, detectFormat, explain, compileFormat, fields, presets, schemas,
  FlowLogError, Pipeline, toIngestPipeline, componentTemplates, indexTemplate, inspectPipeline, processorTypes, init, initSync,
} = /* @__PURE__ */ createIngest({ packed: ingest });

export default init;
