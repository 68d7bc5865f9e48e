// Keeps the page for when there is no network. With a network, the newest file is taken: the copy is the fallback.

const CACHE = 'vpcflow-ecs';

self.addEventListener('install', (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

/** All files of the site, as its list has them. */
async function keepAll() {
  const cache = await caches.open(CACHE);
  const list = await (await fetch('files.json', { cache: 'no-cache' })).json();
  await cache.addAll(['./', ...list]);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(answer(request));
});

async function answer(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}
