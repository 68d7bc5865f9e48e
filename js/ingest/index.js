/**
 * Entry `vpcflow-ecs/ingest` for browsers, workers and bundlers: call `init` once, then use the rest.
 *
 * @module
 */

import load, * as glue from '../../pkg/vpcflow_ecs_ingest.js';
import { createLoader } from '../core/load.js';
import { createIngestApi } from './api.js';

const loader = createLoader(glue, load, () => new URL('../../pkg/vpcflow_ecs_ingest_bg.wasm', import.meta.url));

export const {
  parse, Parser, ndjsonStream, bulkStream, documentStream, detectFormat, explain, compileFormat, fields, presets, schemas,
  FlowLogError, Pipeline, toIngestPipeline, componentTemplates, indexTemplate, inspectPipeline, processorTypes,
} = createIngestApi(loader.glue);

export const { init, initSync } = loader;
export default init;
