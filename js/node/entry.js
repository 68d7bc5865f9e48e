/**
 * The package in Node: the WASM module is read from disk and ready to use as soon as it is imported.
 *
 * The build bundles this file to `pkg/node.cjs`. `import` and `require` both lead there, so that a program which mixes
 * them has one `FlowLogError` and one WASM memory.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { decode } from './decode.js';
import { createNodeApi } from './load.js';
import { createParallel } from './parallel.js';
import { createNodeStreams } from './streams.js';

const module = new WebAssembly.Module(readFileSync(new URL('../../pkg/vpcflow_ecs_bg.wasm', import.meta.url)));

const { conversions, ...api } = createNodeApi(module);

export const {
  parse, Parser, ndjsonStream, bulkStream, documentStream, detectFormat, explain, compileFormat, fields, presets, schemas,
  FlowLogError,
} = api;

/** The streams of Node.js. */
export const toNode = createNodeStreams(conversions);

export { decode };

export const parallel = createParallel({ module, Parser });

/** Does nothing in Node.js. It exists so that code written for browsers runs unchanged. */
export async function init() {}

/** Does nothing, as `init`. */
export function initSync() {}

export default init;
