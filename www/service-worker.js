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
  event.respondWith(respond(request));
});

async function respond(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const cached = await cache.match(request, { ignoreSearch: true });
    if (cached) return cached;
    throw error;
  }
}
