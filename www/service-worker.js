// Caches the page for use without a network. With a network, responses come from the server.

const CACHE = 'vpcflow-ecs';

self.addEventListener('install', (event) => {
  event.waitUntil(cacheAll().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

/** Caches all files in the list of the site. */
async function cacheAll() {
  const cache = await caches.open(CACHE);
  const list = await (await fetch('files.json', { cache: 'no-cache' })).json();
  await cache.addAll(['./', ...list]);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(respond(request, (work) => event.waitUntil(work)));
});

/** Responds from the server, or from the cache if the server cannot be reached. */
async function respond(request, after) {
  let response;
  try {
    response = await fetch(request);
  } catch (error) {
    const cached = await (await caches.open(CACHE)).match(request, { ignoreSearch: true });
    if (cached) return cached;
    throw error;
  }
  // A part of a file (206) and a redirect, as to a login page, are not the file.
  if (response.status === 200 && !response.redirected) after(refresh(request.url, response.clone()));
  return response;
}

/** Replaces a file of the list in the cache. Other addresses are not cached, so queries cannot fill it. */
async function refresh(url, response) {
  const file = new URL(url);
  file.search = '';
  try {
    const cache = await caches.open(CACHE);
    if (await cache.match(file)) await cache.put(file, response);
  } catch {
    // A full quota does not concern the response; the old file stays.
  }
}
