// The page: hits of the search, and values and paths that a click copies.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { linesOf } from './logs.js';
import { catchCopies, close, copies, onPage, open, screenshot, tab, write } from './playground.js';
import { GOOD, OTHER } from './samples.js';

before(open);
after(close);

/** Returns the texts that are marked, each with its line, from 1; those of one kind. */
const marked = (page, kind) => page.evaluate((name) => [...CSS.highlights.get(name)].map((range) =>
  [Number(range.startContainer.parentElement.closest('.row').dataset.line) + 1, range.toString()]), kind);

const waitForMark = (page, line, text) => page.waitForFunction(([wanted, found]) => {
  const [range] = CSS.highlights.get('hit-chosen');
  return range?.startContainer.parentElement.closest('.row')?.dataset.line === String(wanted - 1) && range.toString() === found;
}, [line, text]);

test('the search marks its hits, also across tokens, and goes from one to the next', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, OTHER, GOOD.replace('20641', '33333')], '3 documents');
    const search = page.getByLabel('Search lines');
    await search.fill('accept ok');
    await page.locator('#filters', { hasText: '2 of 3 lines' }).waitFor();
    await waitForMark(page, 1, 'ACCEPT OK');
    assert.deepStrictEqual(await marked(page, 'hit'), [[3, 'ACCEPT OK']]);
    await search.fill('172.31');
    await page.locator('#filters', { hasText: '3 of 3 lines' }).waitFor();
    await waitForMark(page, 1, '172.31');
    assert.equal((await marked(page, 'hit')).length, 5);
    await screenshot(page, 'search');
    // Two hits a line: next, next, previous, and around the start.
    await search.press('Enter');
    await search.press('Enter');
    await waitForMark(page, 2, '172.31');
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByRole('button', { name: 'Previous' }).click();
    await waitForMark(page, 1, '172.31');
    await search.press('Shift+Enter');
    await waitForMark(page, 3, '172.31');
    await page.locator('#anatomy', { hasText: 'Line 3' }).waitFor();
    await search.fill('');
    await page.locator('#filters').waitFor({ state: 'hidden' });
    assert.deepStrictEqual([await marked(page, 'hit'), await marked(page, 'hit-chosen')], [[], []]);
  });
});

test('a hit beyond the edges of the window is scrolled into view', async () => {
  await onPage(async (page) => {
    const lines = linesOf('v5', 3000).map((line, index) => (index % 300 === 299 ? line.replace('euc1-az2', 'euc1-az9').replace('euc1-az3', 'euc1-az9') : line));
    await write(page, lines, '3,000 lines');
    await page.getByLabel('Search lines').fill('AZ9');
    await page.locator('#filters', { hasText: '10 of 3,000 lines' }).waitFor();
    for (let hit = 0; hit < 9; hit++) await page.getByLabel('Search lines').press('Enter');
    await waitForMark(page, 3000, 'az9');
    const box = await page.evaluate(() => {
      const [{ left, right, top, bottom }, pane] = [[...CSS.highlights.get('hit-chosen')][0].getBoundingClientRect(), document.querySelector('#scroller').getBoundingClientRect()];
      return [left >= pane.left, right <= pane.right, top >= pane.top, bottom <= pane.bottom];
    });
    assert.deepStrictEqual(box, [true, true, true, true]);
  }, { size: [1000, 700] });
});

test('a click copies a value or a path, and so do the keys c and p', async () => {
  await onPage(async (page) => {
    await catchCopies(page);
    await write(page, GOOD, '1 document');
    const leaf = page.locator('.leaf[data-path="source.ip"]');
    await leaf.locator('.string').click();
    await page.locator('#toast', { hasText: 'Copied: 172.31.16.139' }).waitFor();
    await leaf.locator('.key').click();
    await page.locator('.leaf[data-path="related.ip"] .string').nth(1).click();
    await page.locator('.leaf[data-path="destination.port"]').locator('.number').click();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('p');
    await page.keyboard.press('c');
    await page.locator('#anatomy .token').nth(3).focus();
    await page.locator('#token-note .path', { hasText: 'network.type' }).click();
    const [value, path, member, number, , ...rest] = await copies(page);
    assert.deepStrictEqual([value, path, member, number], ['172.31.16.139', 'source.ip', '172.31.16.21', '22']);
    assert.equal(rest.at(-1), 'network.type');
    assert.equal((await copies(page)).length, 7);
  });
});

test('a search that is late does not replace a later one', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, OTHER, OTHER.replace(' 22 ', ' 443 ')], '3 documents');
    await tab(page, 'Picture');
    await page.locator('.rank').first().waitFor();
    // Requests of the search are held, and the latest one is sent first.
    await page.evaluate(async () => {
      const { postMessage } = Worker.prototype;
      const held = [];
      Worker.prototype.postMessage = function post(message, ...more) {
        const send = () => postMessage.call(this, message, ...more);
        if (message.ask !== 'filter') return send();
        const answered = new Promise((resolve) => this.addEventListener('message', ({ data }) => data.id === message.id && resolve()));
        return held.push(async () => (send(), await answered, await new Promise((resolve) => setTimeout(resolve))));
      };
      for (const bar of ['eni-1235b8ca123456789', '443 https']) [...document.querySelectorAll('.rank')].find(({ textContent }) => textContent.startsWith(bar)).click();
      while (held.length) await held.pop()();
    });
    assert.deepStrictEqual(await page.locator('#filters .chip').allTextContents(), ['eni-1235b8ca123456789 ✕', 'REJECT ✕', 'port 443 ✕']);
    assert.match(await page.locator('#filters').textContent(), /^1 of 3 lines/);
  });
});
