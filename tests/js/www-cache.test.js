// The page: its cache, with which it opens without a network, and which is renewed as a whole.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileList, siteFiles } from '../../scripts/site.mjs';
import { linesOf } from './logs.js';
import { close, drop, open, tab } from './playground.js';
import { repository } from './package.js';
import { GOOD } from './samples.js';

const VIEWS = ['Document', 'NDJSON', 'Table', 'Compare', 'Picture', 'Pipeline', 'Export'];

let browser;
let url;

before(async () => {
  ({ browser, url } = await open());
});
after(close);

/** Waits until the service worker responds to the page. */
const installed = (page) => page.evaluate(async () => {
  const { active } = await navigator.serviceWorker.ready;
  if (active.state !== 'activated') await new Promise((resolve) => active.addEventListener('statechange', resolve, { once: true }));
});

/** Opens the page and waits until it can be used. */
async function opened(context) {
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('body[data-ready]').waitFor();
  return page;
}

/** Opens the page in a window of its own, once its service worker responds. */
async function onInstalled(work) {
  const context = await browser.newContext();
  try {
    const page = await opened(context);
    await installed(page);
    await work(page, context);
  } finally {
    await context.close();
  }
}

test('all of the page works without a network after the first load', { timeout: 60_000 }, () => onInstalled(async (page, context) => {
  await context.setOffline(true);
  // The service worker has no network either.
  await context.route('**', (route) => (route.request().serviceWorker() ? route.abort() : route.continue()));
  await page.reload();
  await page.locator('body[data-ready]').waitFor();
  await page.locator('#lines').fill(GOOD);
  await page.locator('#counts', { hasText: '1 line: 1 document' }).waitFor();
  for (const view of VIEWS) await tab(page, view);
  await page.locator('.export-code pre').waitFor();
  await drop(page, [{ name: 'flow.log', content: linesOf('v5', 10).join('\n') }]);
  await page.locator('#counts', { hasText: '10 documents' }).waitFor();
}));

test('the cache has the files of the list, whatever is asked for', { timeout: 60_000 }, () => onInstalled(async (page) => {
  const keys = () => page.evaluate(async () => (await (await caches.open((await caches.keys()).find((name) => name.startsWith('vpcflow-ecs@')))).keys()).map(({ url }) => url).sort());
  const before = await keys();
  assert.ok(before.length > 10, String(before));
  const statuses = await page.evaluate(async () => {
    const responses = [];
    for (const [path, headers] of [['?a=1', {}], ['?a=2', {}], ['main.js?b', {}], ['main.js', { range: 'bytes=0-9' }], ['none.js', {}]]) {
      responses.push((await fetch(path, { headers })).status);
    }
    return responses;
  });
  assert.deepStrictEqual([statuses[0], statuses[1], statuses[2], statuses[4]], [200, 200, 200, 404]);
  assert.deepStrictEqual(await keys(), before);
}));

test('the page can be installed', { timeout: 60_000 }, () => onInstalled(async (page, context) => {
  const session = await context.newCDPSession(page);
  const { url: address, data, errors } = await session.send('Page.getAppManifest');
  assert.deepStrictEqual([address, errors], [new URL('manifest.webmanifest', url).href, []]);
  assert.equal(JSON.parse(data).name, 'vpcflow-ecs playground');
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // The private window of a test is the only reason against it.
  assert.deepStrictEqual(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'), []);
  // Without an icon it could not be.
  await page.evaluate((manifest) => (document.querySelector('link[rel=manifest]').href = manifest), new URL('none.webmanifest', url).href);
  const count = async () => (await session.send('Page.getInstallabilityErrors')).installabilityErrors.length;
  while ((await count()) <= installabilityErrors.length) await page.waitForTimeout(50);
}));

test('a new version is used as a whole, by the pages that open after it was loaded', { timeout: 60_000 }, async () => {
  const context = await browser.newContext();
  /** The files that differ from those of the server. */
  let changed = {};
  const requests = [];
  await context.route('**', async (route) => {
    const path = new URL(route.request().url()).pathname.slice(1) || 'index.html';
    if (route.request().serviceWorker()) requests.push(path);
    const list = { ...JSON.parse(fileList()), ...Object.fromEntries(Object.entries(changed).map(([name, body]) => [name, createHash('sha256').update(body).digest('hex')])) };
    if (path === 'files.json') return route.fulfill({ json: list });
    if (changed[path] === undefined) return route.continue();
    return route.fulfill({ body: changed[path], contentType: path.endsWith('.html') ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8' });
  });
  const source = (path) => readFileSync(join(repository, siteFiles().get(path)), 'utf8');
  const renewed = (page, count) => page.waitForFunction(async (wanted) => (await caches.keys()).filter((name) => name.startsWith('vpcflow-ecs@')).length === wanted, count);
  const newest = (page) => page.evaluate(async () => (await (await caches.open('vpcflow-ecs state')).match(new URL('newest', location))).text());
  try {
    await installed(await opened(context));
    const old = await opened(context);
    const version = await newest(old);
    // A deployment: the page, its worker, and a script that the worker loads later.
    changed = {
      'index.html': source('index.html').replace('<title>', '<title>New: '),
      'worker.js': `${source('worker.js')}\nglobalThis.isNew = true;`,
      'parquet.js': `${source('parquet.js')}\nexport const isNew = true;`,
    };
    requests.length = 0;
    // It opens from the cache, and loads the new version in the background: only what changed.
    const between = await opened(context);
    assert.match(await between.title(), /^vpcflow/);
    await renewed(between, 2);
    await between.waitForFunction(async (before) => (await (await caches.open('vpcflow-ecs state')).match(new URL('newest', location))).text().then((now) => now !== before), version);
    assert.deepStrictEqual(requests.toSorted(), ['files.json', 'index.html', 'parquet.js', 'worker.js']);
    const fresh = await opened(context);
    assert.match(await fresh.title(), /^New: vpcflow/);
    // Each page has its own version to its end, also in scripts that it had not loaded.
    for (const [page, isNew] of [[old, false], [between, false], [fresh, true]]) {
      const worker = page.workers()[0];
      assert.equal(await worker.evaluate(() => globalThis.isNew === true), isNew);
      assert.equal(await worker.evaluate(async (path) => (await import(path)).isNew === true, new URL('parquet.js', url).href), isNew);
    }
    await old.close();
    await between.close();
    // The next version evicts those that no page uses.
    changed['index.html'] = source('index.html').replace('<title>', '<title>Newer: ');
    const last = await opened(context);
    await last.waitForFunction(async (before) => (await (await caches.open('vpcflow-ecs state')).match(new URL('newest', location))).text().then((now) => now !== before), await newest(fresh));
    await renewed(last, 2);
    // A list that does not fit the files is not a version: a deployment is going on, or a proxy answers.
    const final = await newest(last);
    changed['index.html'] = source('index.html').replace('<title>', '<title>Half: ');
    await context.route('**/index.html', (route) => route.fulfill({ body: 'a login page', contentType: 'text/html' }));
    const [half] = await Promise.all([opened(context), context.waitForEvent('request', (request) => request.serviceWorker() && /index\.html$/.test(request.url()))]);
    await half.reload();
    await half.locator('body[data-ready]').waitFor();
    assert.match(await half.title(), /^Newer: /);
    assert.equal(await newest(half), final);
  } finally {
    await context.close();
  }
});
