// The page in www/, opened in headless Chromium, for the tests that drive it as a user would.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from '../../scripts/serve.mjs';
import { launchBrowser } from './browser.js';
import { repository } from './package.js';

const screenshots = join(repository, 'target/screenshots');
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The looks of the page, as settings of `onPage`. */
export const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { size: [390, 844], isMobile: true, hasTouch: true, colorScheme: 'light' },
};

let browser;
let server;

/** Starts the browser and the server that `npm start` runs. */
export async function open() {
  mkdirSync(screenshots, { recursive: true });
  // One after the other, so that no browser stays if the server does not start.
  server = await serve(0);
  browser = await launchBrowser();
  return { browser, url: server.url };
}

export async function close() {
  await browser?.close();
  await server?.close();
}

/**
 * Opens the page and waits until it can be used. Messages in its console, requests to others, and violations of its content
 * security policy fail the test.
 *
 * @param {(page: import('playwright-core').Page) => Promise<void>} work
 * @param {{ size?: [number, number], fragment?: string, clock?: string }} [settings] and those of a browser context; `clock` is
 *   the time at which the clock of the parser stands
 */
export async function onPage(work, { size = [1440, 900], fragment = '', clock, serviceWorkers = 'block', ...settings } = {}) {
  const context = await browser.newContext({ viewport: { width: size[0], height: size[1] }, serviceWorkers, ...settings });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // The network log of Chromium says so of a registration that the test itself blocks.
    if (!/Service Worker registration blocked by Playwright/.test(message.text())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  context.on('request', (asked) => {
    const isOwn = asked.url().startsWith(server.url) || asked.url().startsWith('blob:');
    if (!isOwn) complaints.push(`request: ${asked.url()}`);
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
    });
  });
  if (clock) {
    await page.route('**/worker.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `Date.now = () => ${Date.parse(clock)};\n${await response.text()}` });
    });
  }
  try {
    await page.goto(`${server.url}${fragment}`);
    await page.locator('body[data-ready]').waitFor();
    await work(page);
    assert.deepStrictEqual(await page.evaluate(() => globalThis.violations), []);
    assert.deepStrictEqual(complaints, []);
  } catch (error) {
    const said = await page.locator('#counts, #failure, #toast').allTextContents().catch(() => []);
    error.message += `\nThe page said: ${said.join(' | ')}`;
    if (complaints.length) error.message += `\nThe page complained: ${complaints.join('; ')}`;
    throw error;
  } finally {
    await context.close();
  }
}

/** Puts lines into the box, in place of what is there, and waits for what the page says of them. */
export async function write(page, lines, counts) {
  await page.locator('#lines').fill('');
  await pasteInto(page, Array.isArray(lines) ? lines.join('\n') : lines);
  if (counts) await page.locator('#counts', { hasText: counts }).waitFor();
  // The caret is behind what was pasted; the first line is the one that tests look at.
  await page.keyboard.press('Control+Home');
}

/** Pastes as the keyboard would, without the clipboard of the machine, which tests would have to share. */
export async function pasteInto(page, text) {
  await page.locator('#lines').evaluate((box, pasted) => {
    box.focus();
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    const isFree = box.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    // As the browser does if the page lets it.
    if (isFree) box.setRangeText(pasted, box.selectionStart, box.selectionEnd, 'end');
    if (isFree) box.dispatchEvent(new Event('input'));
  }, text);
}

/** Drops files onto the page. */
export async function drop(page, files) {
  const contents = files.map(({ name, content }) => ({ name, base64: Buffer.from(content).toString('base64') }));
  await page.evaluate((given) => {
    const dataTransfer = new DataTransfer();
    for (const { name, base64 } of given) {
      dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name));
    }
    for (const type of ['dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }, contents);
}

/** Checks that axe-core finds nothing. The policy of the page allows no other scripts: the debugger runs it. */
export async function isAccessible(page, what) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(readFileSync(axe, 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepStrictEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`), [], what);
}

/** Checks that nothing is wider than the window, and that an open dialog is inside it. */
export async function fits(page, what) {
  const { scroll, width, dialog } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth, width: document.documentElement.clientWidth,
    dialog: document.querySelector('#dialog').open ? document.querySelector('#dialog-body').getBoundingClientRect().right : 0,
  }));
  assert.ok(scroll <= width, `${what}: the page is ${scroll} wide, the window ${width}`);
  assert.ok(dialog <= width + 1, `${what}: the dialog ends at ${dialog}, the window at ${width}`);
}

/** Clicks a button, and returns the name and the text of the file that it saves. */
export async function downloaded(page, button = 'Download') {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button, exact: true }).click()]);
  return [download.suggestedFilename(), await readFile(await download.path(), 'utf8')];
}

/** Keeps what the page copies, without the clipboard of the machine, which tests would have to share. */
export const catchCopies = (page) => page.evaluate(() => {
  globalThis.copies = [];
  navigator.clipboard.writeText = async (text) => globalThis.copies.push(text);
});
export const copies = (page) => page.evaluate(() => globalThis.copies);

export const typed = (page) => page.locator('#lines').inputValue();
export const counts = (page) => page.locator('#counts').textContent();
export const tab = (page, name) => page.getByRole('tab', { name }).click();
export const row = (page, number) => page.locator(`.row[data-line="${number - 1}"]`);
export const screenshot = (page, name, more = {}) => page.screenshot({ path: join(screenshots, `${name}.png`), ...more });

/** Returns the document of the tree, assembled from its leaves: dotted paths and their texts. */
export const leavesOf = (page) => page.locator('#panel .tree .leaf').evaluateAll((all) =>
  Object.fromEntries(all.map((leaf) => [leaf.dataset.path, leaf.textContent.replace(/^[^:]*: /, '')])));
