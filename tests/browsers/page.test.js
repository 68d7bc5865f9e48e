// The page in Firefox, or in WebKitGTK with VPCFLOW_BROWSER=webkit, used as a person does: with keys, clicks and files. The tests in tests/js/ drive all of it in
// Chromium.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { serve } from '../../scripts/serve.mjs';
import { imported, repository } from '../js/package.js';
import { BAD, GOOD, OTHER } from '../js/samples.js';
import { startFirefox, startWebKit } from './webdriver.js';

const require = createRequire(join(repository, 'target/browsers/package.json'));
const { By, Key, until: conditions } = require('selenium-webdriver');

/** Milliseconds until a page that does not answer is a failure. */
const MAX_TIME = 180_000;

/** The first script of the page: collects what a page complains about, in every engine. */
const WATCH = `
globalThis.complaints = [];
const complain = (text) => complaints.push(String(text));
for (const level of ['error', 'warn']) {
  const say = console[level];
  console[level] = (...values) => { complain(level + ': ' + values.join(' ')); say.apply(console, values); };
}
addEventListener('error', (event) => complain(event.message || 'cannot load ' + (event.target.src ?? event.target.href)), true);
addEventListener('unhandledrejection', (event) => complain(event.reason));
document.addEventListener('securitypolicyviolation', (event) => complain('policy: ' + event.violatedDirective + ' ' + event.blockedURI));
`;

/** The addresses of the page: the service worker caches both. */
const PAGES = ['/', '/index.html'];

/** Serves the page as `npm start` does, with that script in front of its own. Answers that are errors are complaints. */
async function servePage() {
  const page = await serve(0);
  const complaints = [];
  const server = createServer(async ({ url, method }, response) => {
    if (url === '/watch.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(WATCH);
    const answer = await fetch(new URL(url, page.url), { method });
    if (!answer.ok) complaints.push(`${answer.status}: ${method} ${url}`);
    const { 'content-length': _, ...headers } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, headers);
    const content = Buffer.from(await answer.arrayBuffer());
    return response.end(PAGES.includes(url) ? content.toString().replace('<script', '<script src="watch.js"></script><script') : content);
  });
  await new Promise((resolve, reject) => { server.once('error', reject).listen(0, '127.0.0.1', resolve); });
  const close = async () => {
    await new Promise((resolve) => { server.close(resolve).closeAllConnections(); });
    await page.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, complaints, close };
}

const engines = {
  firefox: {
    async start(downloads) {
      const driver = await startFirefox({ downloads });
      return { driver, quit: () => driver.quit() };
    },
  },
  // Its driver has no setting for the folder of downloads.
  webkit: { start: startWebKit, hasNoDownloads: true },
};

const { start, hasNoDownloads = false } = engines[process.env.VPCFLOW_BROWSER ?? 'firefox'];
const downloads = mkdtempSync(join(tmpdir(), 'vpcflow-ecs-downloads-'));
let server;
let browser;

before(async () => {
  server = await servePage();
  browser = await start(downloads);
  await open('');
});

after(async () => {
  await browser?.quit();
  await server?.close();
  rmSync(downloads, { recursive: true, force: true });
});

// A dialog is there when its module has been loaded.
const find = (selector) => browser.driver.wait(conditions.elementLocated(By.css(selector)), MAX_TIME);
const run = (source, ...values) => browser.driver.executeScript(source, ...values);
const click = async (selector) => (await find(selector)).click();
const until = (condition, what) => browser.driver.wait(condition, MAX_TIME, what);
const textOf = (selector) => run("return document.querySelector(arguments[0])?.textContent ?? ''", selector);
const shows = (selector, text) => until(async () => (await textOf(selector)).includes(text), `${selector} does not show ${JSON.stringify(text)}`);

/** The complaints of the pages before the present one. */
const complaints = [];

/** Opens the page with a fragment. */
async function open(fragment) {
  complaints.push(...(await run('return globalThis.complaints ?? []')));
  // Otherwise a fragment would only be scrolled to.
  await browser.driver.get('about:blank');
  await browser.driver.get(server.url + fragment);
  await until(() => run('return document.body.dataset.ready === "true"'), 'the page is not ready');
}

/** Types into the box of lines. Keys that are given together are held together. */
const press = async (...keys) => (await find('#lines')).sendKeys(keys.length > 1 ? Key.chord(...keys) : keys[0]);

/** Types lines into the box, in place of what is there, and waits for what the page says of them. */
async function write(lines, counts) {
  await press(Key.CONTROL, 'a');
  await press(Key.BACK_SPACE);
  await press(lines.join(Key.ENTER));
  await shows('#counts', counts);
}

const documents = (lines) => new imported.Parser({ onError: 'skip' }).parseMany(lines.join('\n'));
const inNdjson = (lines) => Buffer.from(new imported.Parser({ onError: 'skip' }).toNdjson(lines.join('\n'))).toString();

async function view(id) {
  await click(`#tab-${id}`);
  await until(() => run('return document.querySelector("#panel").className === `panel-${arguments[0]}` && document.querySelector("#panel").childElementCount > 0', id), `the view ${id} is empty`);
}

test('shows the tokens and the document of typed lines', async () => {
  await write([GOOD, BAD], '2 lines: 1 document, 1 error');
  await press(Key.CONTROL, Key.HOME);
  await shows('#anatomy', 'Line 1');
  const tokens = await run("return [...document.querySelectorAll('.row[data-line=\"0\"] .t')].map((token) => token.firstChild.data)");
  assert.deepStrictEqual(tokens, GOOD.split(' '));
  assert.equal(await textOf('.row[data-line="1"] .t.bad'), '70000');
  await view('document');
  await shows('#panel', '172.31.16.139');
  const leaves = await run("return Object.fromEntries([...document.querySelectorAll('#panel .leaf')].map((leaf) => [leaf.dataset.path, leaf.textContent.replace(/^[^:]*: /, '')]))");
  const [{ source, event }] = documents([GOOD]);
  assert.deepStrictEqual([leaves['source.ip'], leaves['source.port'], leaves['event.action']], [JSON.stringify(source.ip), String(source.port), JSON.stringify(event.action)]);
});

test('takes what is pasted', async () => {
  await write([GOOD, OTHER], '2 lines: 2 documents');
  for (const keys of [[Key.CONTROL, 'a'], [Key.CONTROL, 'c'], [Key.CONTROL, Key.END], [Key.ENTER], [Key.CONTROL, 'v']]) await press(...keys);
  await shows('#counts', '4 lines: 4 documents');
});

test('switches views, schemas and themes', async () => {
  await write([GOOD, OTHER], '2 lines: 2 documents');
  const ids = await run("return [...document.querySelectorAll('#tabs [role=tab]')].map(({ id }) => id.slice(4))");
  assert.ok(ids.length > 5, String(ids));
  for (const id of ids) await view(id);
  await view('ndjson');
  const shapes = await run("return [...document.querySelectorAll('#shape option')].map(({ value }) => value)");
  // The first one at the end: the page keeps the choice.
  for (const value of shapes.reverse()) {
    await run("const box = document.querySelector('#shape'); box.value = arguments[0]; box.dispatchEvent(new Event('change'))", value);
    await shows('#panel', '{"');
  }
  const schemes = [];
  for (let time = 0; time < 2; time++) {
    await click('#theme');
    schemes.push(await run('return getComputedStyle(document.documentElement).colorScheme'));
  }
  assert.deepStrictEqual(schemes.sort(), ['dark', 'light']);
});

test('offers the documents as a file', { skip: hasNoDownloads && 'its driver has no setting for the folder' }, async () => {
  await open('');
  await write([GOOD, OTHER], '2 lines: 2 documents');
  await view('ndjson');
  await run("[...document.querySelectorAll('#tools button')].find(({ textContent }) => textContent === 'Download').click()");
  // A file that is not complete has another name beside it.
  const files = () => readdirSync(downloads);
  await until(() => files().length === 1 && files()[0].endsWith('.ndjson'), 'there is no file');
  assert.equal(readFileSync(join(downloads, files()[0]), 'utf8'), inNdjson([GOOD, OTHER]));
});

test('opens the address that it shares', async () => {
  await write([OTHER, GOOD, BAD], '3 lines: 2 documents, 1 error');
  await view('table');
  await click('#open-share');
  const address = () => run("return document.querySelector('#dialog-body textarea')?.value ?? ''");
  await until(address, 'no address is shown');
  const redacted = await address();
  await click('#dialog-body input[type=checkbox]');
  await until(async () => (await address()) !== redacted, 'the address is still redacted');
  const fragment = (await address()).slice(server.url.length);
  assert.match(fragment, /^#s=[\w-]+$/);
  await open(fragment);
  await shows('#counts', '3 lines: 2 documents, 1 error');
  assert.equal(await run("return document.querySelector('#lines').value"), [OTHER, GOOD, BAD].join('\n'));
  assert.equal(await run("return document.querySelector('#tab-table').ariaSelected"), 'true');
});

test('reads a file that is compressed', async () => {
  const path = join(downloads, 'flow.log.gz');
  writeFileSync(path, gzipSync(`${GOOD}\n`.repeat(30_000)));
  await find('#file').sendKeys(path);
  await shows('#counts', '30,000 lines: 30,000 documents');
  rmSync(path);
});

test('complains about nothing', async () => {
  assert.deepStrictEqual(server.complaints, []);
  assert.deepStrictEqual([...complaints, ...(await run('return complaints'))], []);
});
