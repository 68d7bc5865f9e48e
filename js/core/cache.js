/**
 * Keeps the compiled cores of the last few formats and options, so that the stateless `parse` compiles each once.
 *
 * @module
 */

/** Most cores kept at a time. A program that parses one kind of log needs one; a router of many logs, some. */
const MAX_CORES = 32;

export class CoreCache {
  #create;
  /** From JSON of the options to the core; the one used last is last. */
  #cores = new Map();

  /** @param {(options: object) => { core: { free(): void } }} create */
  constructor(create) {
    this.#create = create;
  }

  /**
   * The core for these options, and what was made with it. It stays property of the cache, which frees it when it is
   * pushed out.
   *
   * @param {Record<string, unknown>} options JSON values only
   */
  get(options) {
    const key = JSON.stringify(options);
    let core = this.#cores.get(key);
    if (core === undefined) {
      core = this.#create(options);
    } else {
      this.#cores.delete(key);
    }
    this.#cores.set(key, core);
    if (this.#cores.size > MAX_CORES) {
      const [oldest, evicted] = this.#cores.entries().next().value;
      this.#cores.delete(oldest);
      evicted.core.free();
    }
    return core;
  }
}
