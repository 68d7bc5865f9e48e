// Times as the page shows them, to the second: in UTC, or in the zone of the user.

import { preference } from './preferences.js';

export const isLocal = () => preference('zone') === 'local';

/** Returns the difference of the zone to UTC at a time, in minutes, positive to the east. */
const offsetAt = (time) => (isLocal() ? -new Date(time).getTimezoneOffset() : 0);

/** Returns a time as `2026-01-31 23:59:59`; undefined for what is not a time. `time` is in milliseconds, or RFC 3339. */
export function stampOf(time) {
  const milliseconds = typeof time === 'string' ? Date.parse(time) : time;
  const shifted = new Date(milliseconds + 60_000 * offsetAt(milliseconds));
  return Number.isNaN(shifted.getTime()) ? undefined : shifted.toISOString().replace('T', ' ').replace(/\..*$/, '');
}

/** Returns the name of the zone at a time, by default now: `UTC`, or such as `UTC+05:30`. */
export function zoneName(time = Date.now()) {
  const offset = offsetAt(time);
  if (offset === 0) return 'UTC';
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `UTC${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}
