/**
 * Entry for `import` in Node: the same instance that `require` gives.
 *
 * @module
 */

export {
  parse, Parser, ndjsonStream, bulkStream, documentStream, toNode, decode, parallel, detectFormat, explain, compileFormat,
  fields, presets, schemas, FlowLogError, init, initSync, init as default,
} from './node/commonjs/main.js';
