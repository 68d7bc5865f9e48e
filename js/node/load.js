/**
 * The functions and classes in a thread of Node, from the compiled main module. The module that infers formats is
 * loaded when it is first needed.
 *
 * @module
 */

import * as main from '../../pkg/vpcflow_ecs.js';
import * as detection from '../../pkg/vpcflow_ecs_detect.js';
import { createApi } from '../core/api.js';
import { Instances } from '../core/instances.js';
import { bytesOf } from './modules.js';

/**
 * @param {WebAssembly.Module} module
 * @param {import('./modules.js').Source} detectionModule
 */
export function createNodeApi(module, detectionModule) {
  main.initSync({ module });
  let isDetectionReady = false;

  function detectionGlue() {
    if (!isDetectionReady) {
      detection.initSync({ module: bytesOf(detectionModule) });
      isDetectionReady = true;
    }
    return detection;
  }

  return createApi(new Instances(() => main, detectionGlue));
}
