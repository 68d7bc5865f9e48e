// Responds from the cache, without a network, too, and renews the cache in the background.
//
// files.json of the site has the hash of each file; its own hash is the version of the site. Each version has a cache of its
// own, which is complete before it is used. A page keeps the version that it was opened with, so no versions mix; the next
// page that is opened gets the newest.

const PREFIX = 'vpcflow-ecs@';
/** The cache with the list of the newest version, and the version of each page and worker. */
const STATE = 'vpcflow-ecs state';
const LIST = 'files.json';

self.addEventListener('install', (event) => {
  event.waitUntil(renew().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || request.headers.has('range') || url.origin !== location.origin) return;
  event.respondWith(respond(event, url));
});

/** Responds from the version of the page, or from the server what the site does not list. */
async function respond(event, url) {
  const version = await versionFor(event);
  if (event.request.mode === 'navigate') event.waitUntil(renew().catch(() => {}));
  url.search = '';
  const cached = version && await caches.match(url.href, { cacheName: PREFIX + version });
  return cached ?? fetch(event.request);
}

/** The version of each page and worker, by its number in the browser. */
const versions = new Map();
/** The versions of the pages that are opening, which the browser does not list yet. */
const opening = new Map();
let newest;

const read = async (name) => (await caches.match(new URL(name, location), { cacheName: STATE }))?.text();
const write = async (name, text) => (await caches.open(STATE)).put(new URL(name, location), new Response(text));

/** Returns the version for a request: that of its page, or the newest one for a page that opens. */
async function versionFor({ request, clientId, resultingClientId }) {
  const opens = request.mode === 'navigate';
  newest ??= await versionOf(await read('newest'));
  // Pages from before the first installation, and those after the browser stopped this script, are not in the map.
  const version = opens ? newest : versions.get(clientId) ?? (await read(`client/${clientId}`)) ?? newest;
  if (clientId && !opens) {
    versions.set(clientId, version);
    opening.delete(clientId);
  }
  if (resultingClientId && version) {
    versions.set(resultingClientId, version);
    opening.set(resultingClientId, version);
    write(`client/${resultingClientId}`, version).catch(() => {});
  }
  return version;
}

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const hashOf = async (bytes) => hex(await crypto.subtle.digest('SHA-256', bytes));
/** Returns the version of a list; undefined without one. */
const versionOf = async (list) => list && hashOf(new TextEncoder().encode(list));

let renewal;
const renew = () => (renewal ??= load().finally(() => (renewal = undefined)));

/** Loads the version that the server has, if it is new. Unchanged files come from the version before. */
async function load() {
  const response = await fetch(LIST, { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${LIST}: ${response.status}`);
  const text = await response.text();
  const version = await versionOf(text);
  const list = await read('newest');
  newest = await versionOf(list);
  if (version === newest) return;
  const before = list && { cache: await caches.open(PREFIX + newest), hashes: JSON.parse(list) };
  const cache = await caches.open(PREFIX + version);
  try {
    await Promise.all(Object.entries(JSON.parse(text)).map(async ([path, hash]) => {
      const kept = before?.hashes[path] === hash && await before.cache.match(new URL(path, location));
      const file = kept || (await fetched(path, hash));
      if (path === 'index.html') await cache.put(new URL('./', location), file.clone());
      await cache.put(new URL(path, location), file);
    }));
    // One entry has both the version and its hashes, so that a stop cannot separate them.
    await write('newest', text);
  } catch (error) {
    await caches.delete(PREFIX + version);
    throw error;
  }
  newest = version;
  await forget();
}

/** Returns a file of the server, if it is the one of the list, and not of another version or of a login page. */
async function fetched(path, hash) {
  const response = await fetch(path, { cache: 'no-cache' });
  if (!response.ok || response.redirected || (await hashOf(await response.clone().arrayBuffer())) !== hash) throw new Error(`${path} is not of the list`);
  return response;
}

/** Deletes the versions that no page uses. */
async function forget() {
  const open = new Set((await self.clients.matchAll({ type: 'all', includeUncontrolled: true })).map(({ id }) => id));
  const state = await caches.open(STATE);
  const used = new Set([newest, ...opening.values()]);
  for (const { url } of await state.keys()) {
    const [, id] = /\/client\/([^/]+)$/.exec(url) ?? [];
    if (!id) continue;
    if (open.has(id)) used.add(await (await state.match(url)).text());
    else await state.delete(url);
  }
  const kept = new Set([STATE, ...[...used].map((version) => PREFIX + version)]);
  for (const name of await caches.keys()) if (name.startsWith('vpcflow-ecs') && !kept.has(name)) await caches.delete(name);
}
