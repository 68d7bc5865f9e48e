/**
 * The functions and classes in a thread of Node, from the compiled main module. The module that infers formats is
 * loaded from disk when it is first needed.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import * as main from '../../pkg/vpcflow_ecs.js';
import * as detection from '../../pkg/vpcflow_ecs_detect.js';
import { createApi } from '../core/api.js';
import { Instances } from '../core/instances.js';

/** @param {WebAssembly.Module} module */
export function createNodeApi(module) {
  main.initSync({ module });
  let isDetectionReady = false;

  function detectionGlue() {
    if (!isDetectionReady) {
      detection.initSync({ module: readFileSync(new URL('../../pkg/vpcflow_ecs_detect_bg.wasm', import.meta.url)) });
      isDetectionReady = true;
    }
    return detection;
  }

  return createApi(new Instances(() => main, detectionGlue));
}
