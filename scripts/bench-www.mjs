// `npm run bench:www`: measures how long a user of the page waits, in headless Chromium on loopback.
//
// - first line: from the start of the navigation to the first coloured token of the example. Cold is in a new profile, warm
//   from the cache of the service worker
// - typing: from a key press in a paste of 1,000 and of 5,000 lines (version 5, 29 fields) to the frame that shows the changed
//   counts, rows and document
// - file: from the choice of a file to the last line read
// - download: from the click to the file with all documents of 100,000 lines
//
// Arguments choose measurements by their names: `npm run bench:www -- open type`.

import { gzipSync } from 'node:zlib';
import { launchBrowser } from '../tests/js/browser.js';
import { linesOf } from '../tests/js/logs.js';
import { pasteInto } from '../tests/js/playground.js';
import { build } from './build.mjs';
import { isScript, main, say } from './run.mjs';
import { serve } from './serve.mjs';

const RUNS = 10;
const KEYS = 40;
const ready = 'body[data-ready]';

const middle = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** Opens the page and returns the time of its first line. */
async function opened(context, url) {
  const page = await context.newPage();
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.querySelector('.rows .k-address')) globalThis.firstLine ??= performance.now();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(url);
  await page.waitForFunction(() => globalThis.firstLine);
  const time = await page.evaluate(() => globalThis.firstLine);
  return { page, time };
}

async function coldOpen(browser, url) {
  const times = [];
  for (let run = 0; run < RUNS; run++) {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    times.push((await opened(context, url)).time);
    await context.close();
  }
  return times;
}

async function warmOpen(browser, url) {
  const context = await browser.newContext();
  const { page: first } = await opened(context, url);
  await first.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active.state !== 'activated') await new Promise((resolve) => active.addEventListener('statechange', resolve, { once: true }));
  });
  const times = [];
  for (let run = 0; run < RUNS; run++) {
    const { page, time } = await opened(context, url);
    times.push(time);
    await page.close();
  }
  await context.close();
  return times;
}

async function download(page) {
  await page.getByRole('tab', { name: 'NDJSON' }).click();
  await page.locator('.doc-row', { hasText: '@timestamp' }).first().waitFor();
  const start = performance.now();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  await file.path();
  return performance.now() - start;
}

async function typing(page, url, count) {
  await page.goto(url);
  await page.locator(ready).waitFor();
  await page.locator('#lines').fill('');
  await pasteInto(page, linesOf('v5', count).join('\n'));
  await page.waitForFunction((lines) => document.querySelector('#counts').textContent.startsWith(lines), `${count.toLocaleString('en')} lines:`);
  await page.waitForTimeout(500);
  await page.locator('#lines').focus();
  await page.keyboard.press('Control+Home');
  for (let down = 0; down < 5; down++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await page.evaluate(() => {
    globalThis.answers = [];
    globalThis.frames = [];
    let pressed;
    addEventListener('keydown', () => (pressed = performance.now()), true);
    new MutationObserver(() => {
      const start = pressed;
      globalThis.answers.push(performance.now() - start);
      requestAnimationFrame(() => setTimeout(() => globalThis.frames.push(performance.now() - start)));
    }).observe(document.querySelector('#counts'), { childList: true });
  });
  for (let key = 0; key < KEYS; key++) {
    // The first makes the line wrong, the second right again: both change the counts.
    await page.keyboard.press(key % 2 ? 'Backspace' : 'x');
    await page.waitForFunction((done) => globalThis.frames.length >= done, key + 1);
  }
  return page.evaluate(() => [globalThis.answers, globalThis.frames]);
}

async function file(page, url, name, buffer, lines) {
  await page.goto(url);
  await page.locator(ready).waitFor();
  await page.evaluate((wanted) => {
    document.querySelector('#file').addEventListener('change', () => (globalThis.chosen = performance.now()), true);
    const { promise, resolve } = Promise.withResolvers();
    globalThis.done = promise;
    new MutationObserver(() => {
      const { textContent } = document.querySelector('#counts');
      if (textContent.startsWith(wanted) && document.querySelector('#progress').hidden) resolve(performance.now() - globalThis.chosen);
    }).observe(document.querySelector('#input'), { childList: true, subtree: true, attributes: true });
  }, `${lines.toLocaleString('en')} lines:`);
  await page.locator('#file').setInputFiles({ name, mimeType: 'text/plain', buffer });
  return page.evaluate(() => globalThis.done);
}

if (isScript(import.meta)) {
  await main('bench', async () => {
    build();
    const [server, browser] = await Promise.all([serve(0), launchBrowser()]);
    const wanted = process.argv.slice(2);
    const wants = (name) => wanted.length === 0 || wanted.includes(name);
    const rows = [];
    try {
      if (wants('open')) {
        for (const [label, open, limit] of [['cold', coldOpen, '300 ms'], ['warm', warmOpen, '150 ms']]) {
          const times = await open(browser, server.url);
          rows.push([`first line, opened ${label}`, ms(middle(times)), ms(Math.max(...times)), limit]);
        }
      }
      // Each in a browser that has kept nothing.
      const newPage = async () => (await browser.newContext({ serviceWorkers: 'block' })).newPage();
      for (const [count, limit] of wants('type') ? [[1000, '50 ms'], [5000, '100 ms']] : []) {
        const [answers, frames] = await typing(await newPage(), server.url, count);
        rows.push([`a key in ${count.toLocaleString('en')} lines: answered`, ms(middle(answers)), ms(Math.max(...answers)), limit]);
        rows.push([`a key in ${count.toLocaleString('en')} lines: shown`, ms(middle(frames)), ms(Math.max(...frames)), limit]);
      }
      const text = Buffer.from(linesOf('v5', 100_000).join('\n'));
      const megabytes = (text.length / 1e6).toFixed(0);
      if (wants('file')) rows.push(['a file of 100,000 lines, as gzip', ms(await file(await newPage(), server.url, 'flow.log.gz', gzipSync(text), 100_000)), '', '']);
      const page = await newPage();
      if (wants('file') || wants('download')) rows.push([`a file of 100,000 lines, ${megabytes} MB`, ms(await file(page, server.url, 'flow.log', text, 100_000)), '', '']);
      if (wants('download')) rows.push(['their documents as a file', ms(await download(page)), '', '']);
    } finally {
      await browser.close();
      await server.close();
    }
    const widths = [34, 10, 10, 8];
    const line = (cells) => cells.map((cell, index) => (index ? cell.padStart(widths[index]) : cell.padEnd(widths[index]))).join('  ');
    console.log([line(['', 'median', 'worst', 'limit']), ...rows.map(line)].join('\n'));
    say('bench', `${RUNS} openings, ${KEYS} keys, Node.js ${process.versions.node}`);
  });
}
