// The choices of the user that outlast the page: kept in this browser, under one key.

const KEY = 'vpcflow-ecs.preferences';

/** The choices until the user makes others. */
const DEFAULTS = { theme: '', keep: true, wrap: false, compact: false, zone: 'utc', folded: false, split: 0 };

/** Returns the choices that are kept; those of an unknown name or another type are left out. */
function kept() {
  try {
    const found = Object.entries(JSON.parse(localStorage.getItem(KEY)) ?? {});
    return Object.fromEntries(found.filter(([name, value]) => Object.hasOwn(DEFAULTS, name) && typeof value === typeof DEFAULTS[name]));
  } catch {
    // The storage is blocked, or something else wrote to it.
    return {};
  }
}

let chosen = kept();
const listeners = new Map();

export const preference = (name) => chosen[name] ?? DEFAULTS[name];

/** Calls a function with a choice whenever it changes. */
export function onPreferenceChange(name, listener) {
  listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}

/** Calls a function with a choice now, and whenever it changes. */
export function onPreference(name, listener) {
  onPreferenceChange(name, listener);
  listener(preference(name));
}

function announce(names) {
  for (const name of names) for (const listener of listeners.get(name) ?? []) listener(preference(name));
}

/** Keeps a choice, until `forget` is called. */
export function setPreference(name, value) {
  chosen = { ...chosen, [name]: value };
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // Without a storage, the choice lasts as long as the page.
  }
  announce([name]);
}

/** Deletes all choices from this browser. */
export function forget() {
  const names = Object.keys(chosen);
  chosen = {};
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing is kept there.
  }
  announce(names);
}
