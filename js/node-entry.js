/**
 * The package in Node: the WASM module is read from disk and ready when the import is done.
 *
 * The build bundles this file to `pkg/node.cjs`. `import` and `require` both lead there, so that a program which mixes
 * them has one `FlowLogError` and one WASM memory.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import * as main from '../pkg/vpcflow_ecs.js';
import * as detection from '../pkg/vpcflow_ecs_detect.js';
import { createApi } from './api.js';
import { createParallel } from './parallel.js';

const module = new WebAssembly.Module(readFileSync(new URL('../pkg/vpcflow_ecs_bg.wasm', import.meta.url)));

main.initSync({ module });

/** The module that reads formats off lines is loaded when it is first needed. */
let isDetectionReady = false;

function detectionGlue() {
  if (!isDetectionReady) {
    detection.initSync({ module: readFileSync(new URL('../pkg/vpcflow_ecs_detect_bg.wasm', import.meta.url)) });
    isDetectionReady = true;
  }
  return detection;
}

export const { parse, Parser, detectFormat, explain, compileFormat, fields, presets, FlowLogError } = createApi(
  () => main,
  detectionGlue,
);

export const parallel = createParallel({ module, Parser });

/** Nothing is left to do in Node. It exists so that code written for browsers runs unchanged. */
export async function init() {}

/** As `init`. */
export function initSync() {}

export default init;
