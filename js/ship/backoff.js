/**
 * Waits between attempts: exponentially longer, with jitter, and as long as a server asks for.
 *
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises';

/** A server that asks for more is not waited for as long. */
const MOST_ASKED_FOR = 5 * 60 * 1000;

/**
 * Returns the milliseconds to wait before an attempt.
 *
 * @param {number} attempt from 1
 * @param {{ minDelay: number, maxDelay: number }} bounds
 * @param {string | undefined} [retryAfter] the header, in seconds or as a date
 * @param {() => number} [random] from 0 to 1
 */
export function delayOf(attempt, { minDelay, maxDelay }, retryAfter, random = Math.random) {
  const longest = Math.min(maxDelay, minDelay * 2 ** (attempt - 1));
  const delay = longest * (0.5 + random() / 2);
  return Math.max(delay, Math.min(askedFor(retryAfter), MOST_ASKED_FOR));
}

/** Returns the milliseconds of a Retry-After header; 0 if it says nothing. @param {string | undefined} header */
function askedFor(header) {
  if (header === undefined) return 0;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}

/** Waits; throws the signal's reason as soon as it is aborted. @param {number} delay @param {AbortSignal} signal */
export async function wait(delay, signal) {
  await sleep(delay, undefined, { signal });
}
