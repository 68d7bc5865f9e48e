/**
 * A file of the objects that are acknowledged, each up to which line and byte.
 *
 * @module
 */

import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ShipError } from './errors.js';

const VERSION = 1;

/** @typedef {import('./reading.js').Position} Position */
/** @typedef {({ version?: string } & Position) | { version?: string, isDone: true }} Entry */

export class Checkpoint {
  #path;
  #interval;
  /** @type {Map<string, Entry>} by the names of objects */
  #objects;
  #isChanged = false;
  /** @type {Promise<void> | undefined} */
  #writing;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** @type {[unknown] | undefined} */
  #failure;
  /** Called when the file cannot be written. @type {(error: unknown) => void} */
  onError = () => {};

  /**
   * @param {string} path
   * @param {{ interval: number }} options milliseconds between two writes
   * @param {Map<string, Entry>} objects
   */
  constructor(path, { interval }, objects) {
    this.#path = path;
    this.#interval = interval;
    this.#objects = objects;
  }

  /**
   * Reads a checkpoint; a file that does not exist is an empty one.
   *
   * @param {string} path
   * @param {{ interval: number }} options
   * @throws {ShipError} if it is something else
   */
  static async open(path, options) {
    /** @param {string} reason @param {unknown} [cause] */
    const refuse = (reason, cause) => new ShipError(`the checkpoint ${path} ${reason}`, { code: 'checkpoint', cause });
    let text;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return new Checkpoint(path, options, new Map());
      throw refuse(`cannot be read: ${messageOf(error)}`, error);
    }
    try {
      const { version, objects } = JSON.parse(text);
      if (version !== VERSION) throw refuse(`has version ${JSON.stringify(version)}, and this program reads version ${VERSION}`);
      return new Checkpoint(path, options, new Map(Object.entries(objects)));
    } catch (error) {
      if (error instanceof ShipError) throw error;
      throw refuse('is not one that this program has written; move it away to ship everything again', error);
    }
  }

  /**
   * Returns how far an object is acknowledged: to line 0 also for an object that has changed, to line Infinity for a whole one.
   *
   * @param {{ name: string, version?: string }} object
   * @returns {Position}
   */
  positionOf({ name, version }) {
    const entry = this.#objects.get(name);
    if (entry === undefined || entry.version !== version) return { line: 0 };
    return 'isDone' in entry ? { line: Infinity } : entry;
  }

  /** Returns the same line for whatever version of an object is known. @param {string} name */
  reached(name) {
    const entry = this.#objects.get(name);
    if (entry === undefined) return 0;
    return 'isDone' in entry ? Infinity : entry.line;
  }

  /** @param {{ name: string, version?: string }} object @param {Position} position */
  mark({ name, version }, { line, offset, prologue }) {
    const bytes = offset !== undefined && prologue !== undefined ? { offset, prologue } : {};
    this.#set(name, { ...(version !== undefined && { version }), line, ...bytes });
  }

  /** @param {{ name: string, version?: string }} object */
  done({ name, version }) {
    this.#set(name, { ...(version !== undefined && { version }), isDone: true });
  }

  /** Writes what has changed. */
  async close() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
    if (this.#isChanged && !this.#failure) await this.#write();
    if (this.#failure) throw this.#failure[0];
  }

  /** @param {string} name @param {Entry} entry */
  #set(name, entry) {
    this.#objects.set(name, entry);
    this.#isChanged = true;
    this.#schedule(this.#interval);
  }

  /** @param {number} delay */
  #schedule(delay) {
    if (this.#timer !== undefined || this.#writing !== undefined || this.#failure) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#write().finally(() => { this.#writing = undefined; });
    }, delay);
  }

  async #write() {
    this.#isChanged = false;
    const start = performance.now();
    try {
      await writeAtomically(this.#path, `${JSON.stringify({ version: VERSION, objects: Object.fromEntries(this.#objects) })}\n`);
    } catch (error) {
      this.#failure = [new ShipError(`the checkpoint ${this.#path} cannot be written: ${messageOf(error)}`, { code: 'checkpoint', cause: error })];
      this.onError(this.#failure[0]);
      return;
    }
    // A large file takes a twentieth of the time at most.
    if (this.#isChanged) queueMicrotask(() => this.#schedule(Math.max(this.#interval, 20 * (performance.now() - start))));
  }
}

/**
 * Replaces a file: after a crash, it has the old content or the new one.
 *
 * @param {string} path
 * @param {string} text
 */
async function writeAtomically(path, text) {
  const next = `${path}.next`;
  const file = await open(next, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
  // The folder has the name: without this, a crash may undo the renaming. Windows opens no folders.
  const folder = await open(dirname(path)).catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
