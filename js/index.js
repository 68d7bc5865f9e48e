/**
 * Entry for browsers, workers and bundlers: call `init` once, then use the rest.
 *
 * @module
 */

import load, * as glue from '../pkg/vpcflow_ecs.js';
import { createApi } from './api.js';
import { FlowLogError } from './error.js';
import { createLoader } from './load.js';

const loader = createLoader(glue, load, () => new URL('../pkg/vpcflow_ecs_bg.wasm', import.meta.url));

export const { parse, Parser, detectFormat, explain, compileFormat, fields, presets } = createApi(loader.glue);

export { FlowLogError };

/**
 * Loads the WASM module. Further calls wait for the first and load nothing; after a failure the next call tries again.
 *
 * @param {RequestInfo | URL | Response | BufferSource | WebAssembly.Module | Promise<unknown>} [input] where the
 *   module is, or what it is; by default the `.wasm` file of the package
 * @returns {Promise<void>}
 */
export const init = loader.init;

export default init;

/**
 * Compiles the WASM module at once. Browsers refuse that on the main thread for modules of this size: use it in
 * workers, or with a compiled `WebAssembly.Module`.
 *
 * @param {BufferSource | WebAssembly.Module} input
 */
export const initSync = loader.initSync;
