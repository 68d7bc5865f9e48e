/**
 * The package in Node.js, with its own files: the modules are read from disk and ready to use as soon as it is imported.
 *
 * `import` and `require` both lead here, so that a program which mixes them has one WASM memory. Tools that copy what a program
 * reads, such as ncc, find the files by these expressions with `__dirname`; they do not understand the syntax of the bundle.
 *
 * For a CommonJS file that is imported, Node.js searches the text for the names of its exports, which takes longer than to run
 * it. It does not search the files that this one requires, and the names are below.
 *
 * @module
 */

const { join } = require('path');
const { createNode } = /** @type {any} */ (require('../../../pkg/node.cjs'));

const main = join(__dirname, '../../../pkg/vpcflow_ecs_bg.wasm');
const detection = join(__dirname, '../../../pkg/vpcflow_ecs_detect_bg.wasm');
const worker = join(__dirname, '../../../pkg/worker.cjs');

const {
  parse, Parser, ndjsonStream, bulkStream, documentStream, toNode, decode, parallel, detectFormat, explain, compileFormat,
  fields, presets, schemas, FlowLogError, init, initSync,
} = /** @type {typeof import('../../../pkg/node.cjs')} the types beside the bundle are those of the package */ (
  createNode({ main: { path: main }, detection: { path: detection }, worker: { path: worker } })
);

module.exports = {
  parse, Parser, ndjsonStream, bulkStream, documentStream, toNode, decode, parallel, detectFormat, explain, compileFormat,
  fields, presets, schemas, FlowLogError, init, initSync, default: init,
};
Reflect.defineProperty(module.exports, '__esModule', { value: true });
