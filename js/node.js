/**
 * Entry for `import` in Node: the same instance that `require` gives.
 *
 * @module
 */

import api from './node/api.cjs';

export const {
  parse, Parser, ndjsonStream, bulkStream, documentStream, toNode, decode, parallel, detectFormat, explain, compileFormat,
  fields, presets, schemas, FlowLogError, init, initSync,
} = api;
export default init;
