/**
 * Entry for browsers, workers and bundlers: call `init` once, then use the rest.
 *
 * @module
 */

import loadMain, * as mainGlue from '../pkg/vpcflow_ecs.js';
import loadDetection, * as detectionGlue from '../pkg/vpcflow_ecs_detect.js';
import { createApi } from './core/api.js';
import { FlowLogError } from './core/error.js';
import { Instances } from './core/instances.js';
import { createLoader, joinLoaders } from './core/load.js';
import { createDecode } from './decode/decode.js';
import { portable } from './decode/portable.js';

const main = createLoader(mainGlue, loadMain, () => new URL('../pkg/vpcflow_ecs_bg.wasm', import.meta.url));
const detection = createLoader(
  detectionGlue,
  loadDetection,
  () => new URL('../pkg/vpcflow_ecs_detect_bg.wasm', import.meta.url),
);
const loader = joinLoaders(main, detection);

export const {
  parse, Parser, ndjsonStream, bulkStream, documentStream, detectFormat, explain, compileFormat, fields, presets, schemas,
} = createApi(new Instances(main.glue, loader.detectionGlue));

export const decode = /* @__PURE__ */ createDecode(portable);

export { FlowLogError };

/**
 * Loads the WASM modules. Further calls wait for the first and load nothing; after a failure the next call tries again.
 *
 * @param {RequestInfo | URL | Response | BufferSource | WebAssembly.Module | Promise<unknown>} [input] where the main
 *   module is, or what it is; by default the `.wasm` file of the package
 * @param {typeof input | null} [detectionInput] the same of the module that infers formats from lines; null to leave it out,
 *   which is the default if the main module is given
 * @returns {Promise<void>}
 */
export const init = loader.init;

export default init;

/**
 * Compiles the WASM modules at once. Browsers refuse that on the main thread for modules of this size: use it in
 * workers, or with a compiled `WebAssembly.Module`. Without the second, `detectFormat`, `explain`, `fields`, `presets` and
 * `schemas` cannot be called, and a parser infers no format.
 *
 * @param {BufferSource | WebAssembly.Module} input
 * @param {BufferSource | WebAssembly.Module} [detectionInput]
 */
export const initSync = loader.initSync;
