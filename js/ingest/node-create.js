/**
 * The entry `vpcflow-ecs/ingest` in Node.js, wherever its module is.
 *
 * @module
 */

import * as glue from '../../pkg/vpcflow_ecs_ingest.js';
import { bytesOf } from '../node/modules.js';
import { createIngestApi } from './api.js';

/** @param {import('../node/modules.js').Source} module */
export function createIngest(module) {
  glue.initSync({ module: bytesOf(module) });
  return {
    ...createIngestApi(() => glue),
    init,
    initSync,
  };
}

/** Does nothing in Node.js. It exists so that code written for browsers runs unchanged. */
async function init() {}

/** Does nothing, as `init`. */
function initSync() {}
