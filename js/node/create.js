/**
 * The package in Node.js, wherever its files are.
 *
 * @module
 */

import { decode } from './decode.js';
import { createNodeApi } from './load.js';
import { bytesOf } from './modules.js';
import { createParallel } from './parallel.js';
import { createNodeStreams } from './streams.js';

/**
 * @param {object} files
 * @param {import('./modules.js').Source} files.main the main module
 * @param {import('./modules.js').Source} files.detection the module that infers formats from lines
 * @param {import('./modules.js').Source} files.worker the script of a thread of `parallel`
 */
export function createNode({ main, detection, worker }) {
  const module = new WebAssembly.Module(bytesOf(main));
  const { conversions, ...api } = createNodeApi(module, detection);
  return {
    ...api,
    /** The streams of Node.js. */
    toNode: createNodeStreams(conversions),
    decode,
    parallel: createParallel({ module, detection, worker }, api.Parser),
    init,
    initSync,
  };
}

/** Does nothing in Node.js. It exists so that code written for browsers runs unchanged. */
async function init() {}

/** Does nothing, as `init`. */
function initSync() {}
