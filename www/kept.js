// The session as this browser keeps it: in the page's own database, under the address of the page. Nothing is sent.

import { byteSize, counted } from '../js/text/text.js';
import { preference } from './preferences.js';

const [DATABASE, STORE, KEY] = ['vpcflow-ecs', 'kept', 'session'];
/** The largest files that are kept, together, in bytes. */
const MAX_FILES = 16 << 20;
/** The pause in milliseconds after which a change is kept. */
const PAUSE = 300;

let database;

function opened() {
  database ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => {
      // Another version of the page can replace the database.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return database;
}

async function run(mode, work) {
  const transaction = (await opened()).transaction(STORE, mode);
  const request = work(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** The latest session that is kept; undefined if there is none. */
let last;
let listener = () => {};

/** The session of the last visit; undefined if none is kept, or the browser does not allow it. */
export const earlier = run('readonly', (store) => store.get(KEY)).catch(() => undefined).then((found) => (last = sessionOf(found)));

/** Returns a session that an earlier version may have kept; undefined for what is not a session. */
function sessionOf({ lines, files = [], omitted = [], ...more } = {}) {
  const isSession = Array.isArray(files) && Array.isArray(omitted) && (typeof lines === 'string' || (lines === undefined && files.length > 0));
  return isSession ? { lines, files, omitted, ...more } : undefined;
}

let timer;
let collect;

/** Starts to keep sessions. `onkept` is called after each change of what is kept. */
export function startKeeping(given, onkept) {
  collect = given;
  listener = onkept;
  addEventListener('pagehide', keepPending);
  document.addEventListener('visibilitychange', () => document.hidden && keepPending());
  listener();
}

/** Keeps the session after a pause. */
export function keepSoon() {
  if (!preference('keep') || !collect) return;
  clearTimeout(timer);
  timer = setTimeout(keepPending, PAUSE);
}

/** Keeps a change that is about to be kept, at once. */
export async function keepPending() {
  if (timer === undefined) return;
  clearTimeout(timer);
  timer = undefined;
  const { files, search, filters, ...rest } = collect();
  const isSmall = files.reduce((sum, { size }) => sum + size, 0) <= MAX_FILES;
  const next = { ...rest, files: isSmall ? files : [], omitted: isSmall ? [] : files.map(({ name }) => name) };
  try {
    await run('readwrite', (store) => store.put(next, KEY));
    last = next;
  } catch {
    // The storage is full or blocked. The session lasts as long as the page.
    last = undefined;
  }
  listener();
}

/** Deletes the session that is kept, and the change that is about to be. */
export async function forgetSession() {
  clearTimeout(timer);
  timer = undefined;
  await run('readwrite', (store) => store.delete(KEY)).catch(() => {});
  last = undefined;
  listener();
}

/** Returns what is kept, in words, the lines first; empty if nothing is. */
export function keptWords() {
  if (!last) return [];
  const { lines = '', files, omitted, format, shape, view, pipeline } = last;
  let count = lines === '' || lines.endsWith('\n') ? 0 : 1;
  for (let at = lines.indexOf('\n'); at >= 0; at = lines.indexOf('\n', at + 1)) count += 1;
  return [
    ...files.map(({ name, size }) => `${name.slice(0, 60)}, ${byteSize(size)}`),
    ...(files.length || omitted.length ? [] : [counted(count, 'line')]),
    ...(format ? ['the format'] : []),
    ...(pipeline === undefined ? [] : ['the pipeline']),
    `the schema ${shape} and the view ${view}`,
  ];
}

/** Returns the names of the files that are open, and too large to be kept. */
export const omittedNames = () => last?.omitted ?? [];
