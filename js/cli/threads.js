/**
 * The threads of the command: how many, and where their program is.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Threads } from '../node/threads.js';

/**
 * The bytes from which threads are worth their start, without those of the largest file, which one thread has anyway. Measured on two
 * processors: eight files of 2 MB take as long in threads, of 4 MB 10 % less, and of 20 MB 16 % less. Two files of 16 MB gain nothing,
 * because the second thread pauses when its documents are too far ahead.
 */
export const WORTH_BYTES = 32_000_000;

/**
 * Returns the number of threads for inputs: 1 for this one alone. Pipes are read in this thread, which a signal can end at any time.
 *
 * @param {Pick<import('./arguments.js').Command, 'threads' | 'accept' | 'geo'>} command
 * @param {import('./inputs.js').Sizes} sizes
 * @param {number} [processors]
 */
export function threadCount({ threads, accept, geo }, { files, hasStream }, processors = availableParallelism()) {
  if (hasStream || accept || Object.keys(geo).length > 0) return 1;
  const others = files.reduce((sum, size) => sum + size, 0) - Math.max(0, ...files);
  return Math.min(threads ?? (others < WORTH_BYTES ? 1 : processors), files.length);
}

/**
 * Makes threads for files, with the program that the package has for `parallel`.
 *
 * @param {string[]} names
 * @param {Pick<import('../node/threads.js').Conversion, 'count' | 'options' | 'signal'>} conversion
 */
export function openThreads(names, conversion) {
  const [main, detection, worker] = ['vpcflow_ecs_bg.wasm', 'vpcflow_ecs_detect_bg.wasm', 'worker.cjs'].map((name) => (
    fileURLToPath(new URL(`../../pkg/${name}`, import.meta.url))
  ));
  const program = { module: new WebAssembly.Module(readFileSync(main)), detection: { path: detection }, worker: { path: worker } };
  return new Threads(names.map((name) => resolve(name)), program, { ...conversion, wantsReports: true, wantsSample: true, recycles: true });
}
