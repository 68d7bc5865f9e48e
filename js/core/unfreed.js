/**
 * Bounds the memory of parsers and pipelines that nobody frees. Garbage collection releases their memory of the module, but
 * not before the running task ends: a loop that makes parsers would fill the memory, and all parsers would be lost.
 *
 * @module
 */

import { FlowLogError } from './error.js';

/** Memory of the module from which on many objects are too many: three quarters of all that it can have. */
const MUCH_MEMORY = 3 * 1024 * 1024 * 1024;

/** Bytes of objects that are many. Where they have less, the memory is full of something else, or was. */
const MANY_BYTES = 1024 * 1024 * 1024;

/** Bytes that a parser or pipeline has at least in the module, without databases. */
const EACH = 144 * 1024;

/** @typedef {{ bytes: number, generation: number }} Share */

export class Unfreed {
  #instances;
  #limits;
  #bytes = 0;
  #count = 0;
  #generation = 0;
  /** @type {FinalizationRegistry<Share> | undefined} */
  #registry;

  /**
   * @param {{ readonly generation: number, readonly memory: WebAssembly.Memory }} instances
   * @param {{ memory: number, bytes: number }} [limits]
   */
  constructor(instances, limits = { memory: MUCH_MEMORY, bytes: MANY_BYTES }) {
    this.#instances = instances;
    this.#limits = limits;
    if (typeof FinalizationRegistry === 'function') this.#registry = new FinalizationRegistry((share) => this.#release(share));
  }

  /**
   * Makes an object of the module, and counts it until it is released.
   *
   * @template Core
   * @param {object} owner the object of the caller, which has the other
   * @param {Iterable<Uint8Array | undefined>} databases
   * @param {() => Core} make
   * @returns {{ core: Core, release: () => void }}
   * @throws {FlowLogError} `too_many_parsers`
   */
  make(owner, databases, make) {
    this.#forgetLost();
    let bytes = EACH;
    for (const database of databases) bytes += database?.length ?? 0;
    const isMany = this.#bytes + bytes > this.#limits.bytes;
    if (isMany && this.#instances.memory.buffer.byteLength > this.#limits.memory) throw this.#tooMany();
    const core = make();
    // A trap may have come meanwhile.
    this.#forgetLost();
    const share = { bytes, generation: this.#generation };
    this.#bytes += bytes;
    this.#count += 1;
    this.#registry?.register(owner, share, share);
    const release = () => {
      this.#registry?.unregister(share);
      this.#release(share);
    };
    return { core, release };
  }

  /** @param {Share} share */
  #release(share) {
    this.#forgetLost();
    if (share.generation !== this.#generation) return;
    this.#bytes -= share.bytes;
    this.#count -= 1;
    // Not twice.
    share.generation = -1;
  }

  /** Forgets the objects of an instance that has trapped. */
  #forgetLost() {
    if (this.#generation === this.#instances.generation) return;
    this.#generation = this.#instances.generation;
    this.#bytes = 0;
    this.#count = 0;
  }

  #tooMany() {
    const message = `there is no memory for another parser or pipeline, since ${this.#count} have not been freed: call free() when ` +
      'one is no longer needed; garbage collection releases them only after the running task';
    return new FlowLogError(message, { code: 'too_many_parsers' });
  }
}
