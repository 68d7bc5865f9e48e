/**
 * Owns the instances of the WASM modules, and their traps.
 *
 * A module traps when it cannot continue: as a rule, because its memory is full. Nothing is unwound, so what it was doing
 * stays half done, and it must not be called again. Then both modules get a new instance with a memory of its own, and the
 * parsers of the old one are lost.
 *
 * @module
 */

import { FlowLogError, toPublicError } from './error.js';
import { Unfreed } from './unfreed.js';

/**
 * The exports of the modules' glue. The module of `vpcflow-ecs/ingest` has those of both, and needs no detector.
 *
 * @typedef {import('../../pkg/vpcflow_ecs.js').Core} Core
 * @typedef {Pick<typeof import('../../pkg/vpcflow_ecs.js'), 'Core' | 'compileFormat' | keyof Restart> &
 *   Partial<Pick<typeof import('../../pkg/vpcflow_ecs.js'), 'setDetector'>>} MainGlue
 * @typedef {Pick<typeof import('../../pkg/vpcflow_ecs_detect.js'),
 *   'detectFormat' | 'dropPeeler' | 'explain' | 'fields' | 'findLayers' | 'infer' | 'makePeeler' | 'peel' | 'presets' |
 *   'schemas' | keyof Restart>} DetectionGlue
 *
 * @typedef {{ linearMemory(): WebAssembly.Memory, scheduleRestart(): void }} Restart
 */

/** Memory from which on a message names it: a trap in less has another reason. */
const MUCH_MEMORY = 1024 * 1024 * 1024;

/**
 * @template {MainGlue} Main
 * @template {DetectionGlue} Detection
 */
export class Instances {
  #mainGlue;
  #detectionGlue;
  /** @type {Set<Restart>} the modules that have been called, which have an instance */
  #used = new Set();
  /** @type {WebAssembly.Memory | undefined} */
  #memory;
  /** Calls that are running: a callback may make another. */
  #depth = 0;
  /** @type {FlowLogError | undefined} the trap after which there are no new instances yet */
  #trap;
  #generation = 0;
  #knowsDetection = false;
  /** The parsers and pipelines in the main module. */
  unfreed = new Unfreed(this);

  /**
   * @param {() => Main} mainGlue gives the glue's exports, or throws while the WASM module is not loaded
   * @param {(user: string) => Detection} detectionGlue the same of the module that infers formats from lines, for the function that needs it
   */
  constructor(mainGlue, detectionGlue) {
    this.#mainGlue = mainGlue;
    this.#detectionGlue = detectionGlue;
  }

  /** The number of traps until now. Parsers from before the last one are lost. */
  get generation() {
    return this.#generation;
  }

  /** The main module, which asks the other to infer formats, and to find layers and peel them. */
  get main() {
    const glue = this.#mainGlue();
    this.#used.add(glue);
    if (!this.#knowsDetection) {
      // A trap of the other module reaches the caller when the call of this one ends.
      /** @template T @param {(glue: Detection) => T} call */
      const ask = (call) => this.call(() => call(this.detection('a Parser')));
      glue.setDetector?.({
        infer: (/** @type {Uint8Array} */ lines) => ask((glue) => glue.infer(lines)),
        findLayers: (/** @type {[lines: Uint8Array, formats: string, maxLayers: number]} */ ...query) =>
          ask((glue) => glue.findLayers(...query)),
        makePeeler: (/** @type {[layers: string, hasTransport: boolean]} */ ...kind) => ask((glue) => glue.makePeeler(...kind)),
        peel: (/** @type {[peeler: number, lines: Uint8Array]} */ ...lines) => ask((glue) => glue.peel(...lines)),
        dropPeeler: (/** @type {number} */ peeler) => ask((glue) => glue.dropPeeler(peeler)),
      });
      this.#knowsDetection = true;
    }
    return glue;
  }

  /** Returns the exports of the module of detection. @param {string} user the name of the function that needs them */
  detection(user) {
    const glue = this.#detectionGlue(user);
    this.#used.add(glue);
    return glue;
  }

  /** The memory of the main module, which has one for all cores. @returns {WebAssembly.Memory} */
  get memory() {
    return this.#memory ??= this.main.linearMemory();
  }

  /**
   * Calls into the modules.
   *
   * @template T
   * @param {() => T} work
   * @param {(thrown: unknown) => unknown} [toError] returns the public form of what was thrown
   * @throws {FlowLogError} for the plain error objects of the core; with the code `module_trapped` if a module trapped
   *   meanwhile, also in a call that a callback made
   */
  call(work, toError = toPublicError) {
    if (this.#trap) {
      if (this.#depth === 0) this.#restart();
      if (this.#trap) throw this.#trap;
    }
    this.#depth += 1;
    try {
      const result = work();
      if (this.#trap) throw this.#trap;
      return result;
    } catch (thrown) {
      if (isTrap(thrown) && !this.#trap) this.#fail(thrown);
      throw this.#trap ?? toError(thrown);
    } finally {
      this.#depth -= 1;
      if (this.#trap && this.#depth === 0) this.#restart();
    }
  }

  /** @param {Error} cause */
  #fail(cause) {
    const bytes = this.#memory?.buffer.byteLength ?? 0;
    const advice = bytes < MUCH_MEMORY ? '' :
      ` with ${(bytes / MUCH_MEMORY).toFixed(1)} GiB of memory in use: convert large inputs chunk by chunk, and free what is not needed`;
    const message = `the WebAssembly module trapped (${cause.message})${advice}; new parsers work, and earlier ones are lost`;
    this.#trap = new FlowLogError(message, { code: 'module_trapped' });
    Object.defineProperty(this.#trap, 'cause', { value: cause, configurable: true, writable: true });
    this.#generation += 1;
  }

  /** Makes new instances of the modules that were in use. If there is no memory for them now, the next call tries again. */
  #restart() {
    this.#memory = undefined;
    this.#knowsDetection = false;
    try {
      for (const glue of this.#used) {
        glue.scheduleRestart();
        // The next call begins with the new instance. It must be one without arguments, which would be written to the old one.
        glue.linearMemory();
      }
      this.#trap = undefined;
    } catch {
      // The trap is still there.
    }
  }
}

/**
 * True if the instance in which something was thrown must not be called again. A stack that is full ends a call anywhere in it, too.
 *
 * @param {unknown} thrown
 * @returns {thrown is Error}
 */
export function isTrap(thrown) {
  return thrown instanceof WebAssembly.RuntimeError ||
    (thrown instanceof Error && (thrown.name === 'InternalError' || /call stack/i.test(thrown.message)) && !(thrown instanceof FlowLogError));
}
