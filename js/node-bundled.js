/**
 * Entry for bundles that run in Node.js, which bundlers choose by the condition `module`: it carries the WASM modules and needs
 * no file beside it.
 *
 * @module
 */

import { detection, main, worker } from '../pkg/node-packed.js';
import { createNode } from './node/create.js';

export const {
  parse, Parser, ndjsonStream, bulkStream, documentStream, toNode, decode, parallel, detectFormat, explain, compileFormat,
  fields, presets, schemas, FlowLogError, init, initSync,
} = /* @__PURE__ */ createNode({ main: { packed: main }, detection: { packed: detection }, worker: { packed: worker } });

export default init;
