/**
 * A source that follows a folder.
 *
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {import('./index.js').ShipObject} ShipObject
 */

/**
 * Yields the objects that a listing gives, again and again: those that are new or have changed, as soon as two listings have
 * them unchanged. Types and an example are in `index.d.ts`.
 *
 * @param {() => AsyncIterable<ShipObject>} list
 * @param {{ interval?: number, signal?: AbortSignal | undefined }} [options]
 * @returns {AsyncGenerator<ShipObject, void, undefined>}
 */
export async function* follow(list, { interval = 1000, signal } = {}) {
  /** @type {Map<string, { version: string | undefined, isYielded: boolean }>} by name, those of the last listing */
  let known = new Map();
  while (!signal?.aborted) {
    /** @type {typeof known} */
    const found = new Map();
    for await (const object of list()) {
      const { name, version, size } = object;
      const before = known.get(name);
      const state = `${version} ${size}`;
      const isSettled = before !== undefined && before.version === state;
      const entry = { version: state, isYielded: isSettled && before.isYielded };
      found.set(name, entry);
      if (!isSettled || entry.isYielded) continue;
      entry.isYielded = true;
      yield object;
      if (signal?.aborted) return;
    }
    known = found;
    try {
      await sleep(interval, undefined, signal ? { signal } : undefined);
    } catch {
      return;
    }
  }
}
