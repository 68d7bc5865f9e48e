/**
 * Keeps the compiled cores of the last few formats and options, so that the stateless `parse` compiles each once.
 *
 * @module
 */

/** Most cores kept at a time. A program that parses one kind of log needs one; a router of many logs, some. */
const MAX_CORES = 32;

/**
 * @template {{ core: { free(): void } }} Kept
 */
export class CoreCache {
  #instances;
  #create;
  /** The generation of the cores: a trap has lost all earlier ones. */
  #generation = 0;
  /** @type {Map<string, Kept>} from JSON of the options; the one used last is last */
  #cores = new Map();

  /**
   * @param {{ readonly generation: number }} instances
   * @param {(options: string) => Kept} create
   */
  constructor(instances, create) {
    this.#instances = instances;
    this.#create = create;
  }

  /**
   * The core for these options, and what was made with it. It stays property of the cache, which frees it when it evicts
   * it.
   *
   * @param {string} options JSON text
   * @returns {Kept}
   */
  get(options) {
    const { generation } = this.#instances;
    if (generation !== this.#generation) {
      this.#cores = new Map();
      this.#generation = generation;
    }
    let kept = this.#cores.get(options);
    if (kept === undefined) {
      kept = this.#create(options);
    } else {
      this.#cores.delete(options);
    }
    this.#cores.set(options, kept);
    if (this.#cores.size > MAX_CORES) {
      for (const [oldest, { core }] of this.#cores) {
        this.#cores.delete(oldest);
        core.free();
        break;
      }
    }
    return kept;
  }
}
