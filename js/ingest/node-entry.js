/**
 * The entry `vpcflow-ecs/ingest` in Node: the WASM module is read from disk and ready when the import is done.
 *
 * The build bundles this file to `pkg/ingest.cjs`, to which `import` and `require` both lead.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import * as glue from '../../pkg/vpcflow_ecs_ingest.js';
import { createIngestApi } from './api.js';

glue.initSync({ module: readFileSync(new URL('../../pkg/vpcflow_ecs_ingest_bg.wasm', import.meta.url)) });

export const {
  parse, Parser, ndjsonStream, bulkStream, documentStream, detectFormat, explain, compileFormat, fields, presets, schemas,
  FlowLogError, Pipeline, toIngestPipeline, componentTemplates, indexTemplate,
} = createIngestApi(() => glue);

/** Does nothing in Node.js. It exists so that code written for browsers runs unchanged. */
export async function init() {}

/** As `init`. */
export function initSync() {}

export default init;
