/**
 * Entry for browsers, workers and bundlers: call `init` once, then use the rest.
 *
 * @module
 */

import load, * as glue from '../pkg/vpcflow_ecs.js';
import { createApi } from './api.js';
import { FlowLogError } from './error.js';

let isReady = false;
/** The load that is under way, shared by all who ask for one meanwhile. */
let loading;

export const { parse, Parser, detectFormat, explain, compileFormat, fields, presets } = createApi(() => {
  if (!isReady) {
    throw new FlowLogError('the WASM module is not loaded: call "await init()" first', { code: 'not_initialized' });
  }
  return glue;
});

export { FlowLogError };

/**
 * Loads the WASM module. Further calls wait for the first and load nothing; after a failure the next call tries again.
 *
 * @param {RequestInfo | URL | Response | BufferSource | WebAssembly.Module | Promise<unknown>} [input] where the
 *   module is, or what it is; by default the `.wasm` file of the package
 * @returns {Promise<void>}
 */
export async function init(input) {
  if (isReady) return;
  loading ??= loadFrom(input).finally(() => {
    loading = undefined;
  });
  await loading;
}

export default init;

async function loadFrom(input) {
  let source = (await input) ?? new URL('../pkg/vpcflow_ecs_bg.wasm', import.meta.url);
  if (typeof source === 'string' || source instanceof URL || isInstance(source, 'Request')) {
    source = await fetch(source);
  }
  if (isInstance(source, 'Response') && !source.ok) {
    throw new Error(`cannot load the WASM module: ${source.url || 'the response'} has status ${source.status}`);
  }
  await load({ module_or_path: source });
  isReady = true;
}

/**
 * Compiles the WASM module at once. Browsers refuse that on the main thread for modules of this size: use it in
 * workers, or with a compiled `WebAssembly.Module`.
 *
 * @param {BufferSource | WebAssembly.Module} input
 */
export function initSync(input) {
  if (isReady) return;
  glue.initSync({ module: input });
  isReady = true;
}

function isInstance(value, className) {
  return typeof globalThis[className] === 'function' && value instanceof globalThis[className];
}
