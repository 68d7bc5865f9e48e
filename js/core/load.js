/**
 * Loads a WASM module in browsers and workers, once.
 *
 * @module
 */

import { FlowLogError } from './error.js';

/**
 * Joins the loaders of the main module and of the one that infers formats from lines. `init` loads both, or only the first if
 * the second is null.
 *
 * @param {ReturnType<typeof createLoader>} main
 * @param {ReturnType<typeof createLoader>} detection
 */
export function joinLoaders(main, detection) {
  return {
    /** @param {unknown} [input] @param {unknown} [detectionInput] */
    async init(input, detectionInput) {
      await Promise.all([main.init(input), detectionInput === null ? undefined : detection.init(detectionInput)]);
    },

    /** @param {BufferSource | WebAssembly.Module} input @param {BufferSource | WebAssembly.Module} [detectionInput] */
    initSync(input, detectionInput) {
      main.initSync(input);
      if (detectionInput !== undefined) detection.initSync(detectionInput);
    },
  };
}

/**
 * @template {{ initSync(options: object): unknown }} Glue
 * @param {Glue} glue the exports of the WASM module's JavaScript
 * @param {(options: object) => Promise<unknown>} load its default export
 * @param {() => URL} defaultSource where the `.wasm` file of the package is
 * @returns {{ glue(): Glue, init(input?: unknown): Promise<void>, initSync(input: BufferSource | WebAssembly.Module): void }}
 */
export function createLoader(glue, load, defaultSource) {
  let isReady = false;
  /** @type {Promise<void> | undefined} the load that is under way, shared by all who ask for one meanwhile */
  let loading;

  /** @param {unknown} input */
  async function loadFrom(input) {
    let source = (await input) ?? defaultSource();
    if (typeof source === 'string' || source instanceof URL || (typeof Request === 'function' && source instanceof Request)) {
      source = await fetch(source);
    }
    if (typeof Response === 'function' && source instanceof Response && !source.ok) {
      throw new Error(`cannot load the WASM module: ${source.url || 'the response'} has status ${source.status}`);
    }
    await load({ module_or_path: source });
    isReady = true;
  }

  return {
    glue() {
      if (!isReady) {
        throw new FlowLogError('the WASM module is not loaded: call "await init()" first', { code: 'not_initialized' });
      }
      return glue;
    },

    async init(input) {
      if (isReady) return;
      loading ??= loadFrom(input).finally(() => {
        loading = undefined;
      });
      await loading;
    },

    initSync(input) {
      if (isReady) return;
      glue.initSync({ module: input });
      isReady = true;
    },
  };
}
