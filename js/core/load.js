/**
 * Loads a WASM module in browsers and workers, once.
 *
 * @module
 */

import { FlowLogError } from './error.js';

/**
 * @template Glue
 * @typedef {{ glue(): Glue, isReady(): boolean, init(input?: unknown): Promise<void>,
 *   initSync(input: BufferSource | WebAssembly.Module): void }} Loader
 */

/**
 * Joins the loaders of the main module and of the one that infers formats from lines. Without an argument, `init` loads both;
 * with one module, only that.
 *
 * @template Main, Detection
 * @param {Loader<Main>} main
 * @param {Loader<Detection>} detection
 */
export function joinLoaders(main, detection) {
  return {
    /** @param {unknown} [input] @param {unknown} [detectionInput] */
    async init(input, detectionInput) {
      const isMainOnly = detectionInput === null || (input !== undefined && detectionInput === undefined);
      await Promise.all([main.init(input), isMainOnly ? undefined : detection.init(detectionInput)]);
    },

    /** @param {BufferSource | WebAssembly.Module} input @param {BufferSource | WebAssembly.Module} [detectionInput] */
    initSync(input, detectionInput) {
      main.initSync(input);
      if (detectionInput !== undefined) detection.initSync(detectionInput);
    },

    /** Gives the exports of the module of detection. @param {string} user the name of the function that needs them */
    detectionGlue(user) {
      if (main.isReady() && !detection.isReady()) {
        const message = `${user} needs the module of detection, which is not loaded: call "await init()", or give it as the second module`;
        throw new FlowLogError(message, { code: 'not_initialized' });
      }
      return detection.glue();
    },
  };
}

/**
 * @template {{ initSync(options: object): unknown }} Glue
 * @param {Glue} glue the exports of the WASM module's JavaScript
 * @param {(options: object) => Promise<unknown>} load its default export
 * @param {() => URL} defaultSource where the `.wasm` file of the package is
 * @returns {Loader<Glue>}
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
    isReady: () => isReady,

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
