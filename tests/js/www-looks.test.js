// The page: its looks in light, in dark and on a phone, its accessibility, and its use without JavaScript and without its
// module.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { LOOKS, close, fits, isAccessible, onPage, open, pasteInto, screenshot, tab, write } from './playground.js';
import { repository } from './package.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

const VIEWS = ['Document', 'NDJSON', 'Table', 'Compare', 'Picture', 'Pipeline', 'Export'];

let browser;
let url;

before(async () => {
  ({ browser, url } = await open());
});
after(close);

for (const [name, settings] of Object.entries({ ...LOOKS, 'phone-dark': { ...LOOKS.phone, colorScheme: 'dark' } })) {
  test(`${name}: every view fits, and axe-core finds nothing`, { timeout: 120_000 }, async () => {
    await onPage(async (page) => {
      await page.locator('.leaf').first().waitFor();
      await isAccessible(page);
      for (const view of VIEWS) {
        await tab(page, view);
        await page.waitForTimeout(150);
        await fits(page, view);
        await isAccessible(page, view);
        await screenshot(page, `${name}-${view.toLowerCase()}`, { fullPage: settings.isMobile });
      }
      for (const dialog of ['Examples', 'Fields…', 'Share…']) {
        await page.getByRole('button', { name: dialog }).click();
        await page.waitForTimeout(150);
        await fits(page, dialog);
        await isAccessible(page, dialog);
        await screenshot(page, `${name}-${dialog.toLowerCase().replace('…', '')}`);
        await page.keyboard.press('Escape');
      }
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.locator('#counts', { hasText: 'No lines yet' }).waitFor();
      await tab(page, 'Document');
      await page.locator('#panel .empty').waitFor();
      await isAccessible(page, 'empty');
      await screenshot(page, `${name}-empty`);
      await pasteInto(page, `2026-01-01T00:00:10.000Z "${GOOD}"\n2026-01-01T00:00:11.000Z "${OTHER}"`);
      await page.locator('#layers .layer').nth(2).waitFor();
      await isAccessible(page, 'layers');
      await page.locator('#kept').click();
      await page.locator('dialog li').first().waitFor();
      await fits(page, 'kept');
      await isAccessible(page, 'kept');
      await screenshot(page, `${name}-kept`);
    }, settings);
  });
}

test('dark and light can be switched', async () => {
  await onPage(async (page) => {
    const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await back();
    await page.getByRole('button', { name: 'Switch between dark and light' }).click();
    assert.notEqual(await back(), before);
    await page.getByRole('button', { name: 'Switch between dark and light' }).click();
    assert.equal(await back(), before);
  });
});

test('the keyboard alone reaches and works every control', async () => {
  await onPage(async (page) => {
    await page.locator('#counts', { hasText: '2 errors' }).waitFor();
    await page.locator('#anatomy .token').first().waitFor();
    const reached = [];
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => {
        const { activeElement: at } = document;
        if (at === document.body) return undefined;
        const isSeen = at.matches(':focus-visible') && getComputedStyle(at).outlineStyle !== 'none';
        return [at.id || at.getAttribute('aria-label') || at.textContent.trim().slice(0, 30), isSeen || at.id === 'lines'];
      });
      if (!found) break;
      reached.push(found);
    }
    const names = reached.map(([name]) => name);
    for (const wanted of ['open-examples', 'open-file', 'redact', 'open-share', 'theme', 'format', 'open-palette', 'next-error', 'search', 'clear', 'lines', 'tab-document', 'shape', 'Copy']) {
      assert.ok(names.includes(wanted), `${wanted} in ${names}`);
    }
    assert.deepStrictEqual(reached.filter(([, isSeen]) => !isSeen), [], 'the focus is seen');

    await write(page, [HEADER, GOOD, BAD, OTHER], '1 error');
    // Tabs by arrow keys, examples by Tab and Enter, a picture's bar by Enter.
    await page.locator('#tab-document').focus();
    for (const [key, tabName] of [['ArrowRight', 'ndjson'], ['End', 'export'], ['ArrowLeft', 'pipeline'], ['ArrowLeft', 'picture']]) {
      await page.keyboard.press(key);
      assert.equal(await page.evaluate(() => document.activeElement.id), `tab-${tabName}`);
      assert.equal(await page.locator('[role=tab][aria-selected=true]').getAttribute('id'), `tab-${tabName}`);
    }
    await page.locator('.rank').first().waitFor();
    await page.locator('.rank').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('#filters', { hasText: '2 of 4 lines' }).waitFor();
    await page.locator('.rows').focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('#anatomy', { hasText: 'Line 4' }).waitFor();
    await page.locator('#open-examples').focus();
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#counts', { hasText: '1 line: 1 document' }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'lines');
  });
});

test('a screen reader gets lines, errors and views', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, BAD], '1 error');
    await page.locator('.leaf').first().waitFor();
    await page.locator('#anatomy', { hasText: 'Line 1 ' }).waitFor();
    const tree = await page.locator('body').ariaSnapshot();
    for (const part of [
      'heading "vpcflow-ecs playground"', 'combobox "Format"', 'region "Flow log lines"', '- status:', 'text: "2 lines: 1 document,"', 'textbox "Lines of a flow log"',
      'region "Tokens of the selected line"', 'group "Tokens of line 1"', 'tablist "Views"', 'tab "Document" [selected]', 'tree "Document"',
    ]) assert.ok(tree.includes(part), `${part} in:\n${tree}`);
    await page.getByRole('button', { name: 'Next error' }).click();
    await page.locator('#token-note[aria-live=polite]', { hasText: 'expected 0 to 65535' }).waitFor();
  });
});

describe('the page says why it cannot work', () => {
  const withPage = async (settings, work) => {
    const context = await browser.newContext({ serviceWorkers: 'block', ...settings });
    try {
      await work(await context.newPage());
    } finally {
      await context.close();
    }
  };

  test('no JavaScript', () =>
    withPage({ javaScriptEnabled: false }, async (page) => {
      await page.goto(url);
      // Not by its text: Playwright finds no text in <noscript>.
      const notice = page.locator('noscript p');
      await notice.waitFor();
      assert.match(await notice.innerText(), /^This page needs JavaScript to read flow logs\./);
      assert.ok(await page.locator('main').isHidden());
      await screenshot(page, 'no-javascript');
    }));

  for (const missing of ['pkg/vpcflow_ecs_bg.wasm', 'pkg/vpcflow_ecs_detect_bg.wasm', 'worker.js']) {
    test(`${missing} is missing`, () =>
      withPage({}, async (page) => {
        await page.route(`**/${missing}`, (route) => route.fulfill({ status: 404 }));
        await page.goto(url);
        await page.getByText('The parser could not be loaded').waitFor();
        assert.ok(await page.locator('#loading').isHidden());
      }));
  }

  test('no web server', () =>
    withPage({}, async (page) => {
      await page.goto(pathToFileURL(join(repository, 'www/index.html')).href);
      await page.getByText('the page was opened without a web server').waitFor();
    }));
});
