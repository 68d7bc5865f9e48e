// The page: whole lines, rows of one line, times and their zone, the width of the panes, the panel of tokens; on a phone, too.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { linesOf } from './logs.js';
import { close, drop, onPage, open, row, screenshot, write } from './playground.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

before(open);
after(close);

async function choose(page, label) {
  await page.locator('#viewing summary').click();
  await page.getByLabel(label).click();
  await page.keyboard.press('Escape');
}

/** Returns the boxes of the elements that a selector finds and that are in view. */
const boxes = (page, selector) => page.locator(selector).evaluateAll((all) => all.map((node) => {
  const { left, right, top, bottom } = node.getBoundingClientRect();
  return [Math.round(left), Math.round(right), Math.round(top), Math.round(bottom), node.textContent];
}));

/** Checks that no two boxes overlap. */
function apart(all, what) {
  for (const [index, a] of all.entries()) {
    for (const b of all.slice(index + 1)) {
      assert.ok(a[1] <= b[0] || b[1] <= a[0] || a[3] <= b[2] || b[3] <= a[2], `${what}: ${a} and ${b}`);
    }
  }
}

test('lines wrap at the same characters in the text box and in the rows', { timeout: 120_000 }, async () => {
  await onPage(async (page) => {
    const long = linesOf('v5', 30);
    const lines = [HEADER, ...long, BAD, `${GOOD} café 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字`, '', GOOD.replaceAll(' ', '\t'), OTHER];
    await write(page, lines, 'lines');
    await choose(page, 'Wrap long lines');
    await page.locator('#scroller.wraps').waitFor();
    const measured = () => page.evaluate(() => {
      const [box, sheet, scroller] = ['#lines', '.sheet', '#scroller'].map((selector) => document.querySelector(selector));
      const row = Number.parseFloat(getComputedStyle(box).lineHeight);
      box.style.height = '0px';
      const text = Math.round(box.scrollHeight / row);
      box.style.height = '';
      return { text, sheet: Math.floor(sheet.getBoundingClientRect().height / row), width: scroller.scrollWidth - scroller.clientWidth };
    });
    const { text, sheet, width } = await measured();
    assert.ok(text > 2.5 * lines.length, `${text} rows of ${lines.length} lines`);
    assert.deepStrictEqual([sheet, width], [text, 0]);
    await screenshot(page, 'wrapped');
    apart(await boxes(page, '.rows .gloss'), 'wrapped');
    // The caret at the end of the text is in the last row.
    await page.locator('#lines').focus();
    await page.keyboard.press('Control+End');
    await page.locator('#anatomy', { hasText: `Line ${lines.length} ` }).waitFor();
    const [line, pane] = await Promise.all([row(page, lines.length).boundingBox(), page.locator('#scroller').boundingBox()]);
    assert.ok(line.y >= pane.y && line.y + line.height <= pane.y + pane.height + 1, `${line.y} in ${pane.y} + ${pane.height}`);
    // It is kept, and filtered lines and files wrap, too.
    await page.reload();
    await page.locator('#scroller.wraps').waitFor();
    await drop(page, [{ name: 'flow.log', content: linesOf('v5', 8000).join('\n') }]);
    await page.locator('#counts', { hasText: '8,000 documents' }).waitFor();
    await page.waitForFunction(() => document.querySelector('.row')?.style.height.endsWith('px'));
    const rows = (await boxes(page, '.rows .row')).sort((a, b) => a[2] - b[2]);
    assert.ok(rows[0][3] - rows[0][2] >= 68, String(rows[0]));
    apart(rows.map(([left, right, top, bottom, content]) => [left, right, top, bottom - 1, content]), 'rows');
    await page.locator('.rows').focus();
    await page.keyboard.press('End');
    await page.locator('#anatomy', { hasText: 'Line 8000 ' }).waitFor();
    await row(page, 8000).locator('.k-address').first().waitFor();
    await choose(page, 'Wrap long lines');
    await page.locator('#scroller:not(.wraps)').waitFor();
  });
});

test('of wrapped lines with wide characters only those that were typed are measured again', async () => {
  await onPage(async (page) => {
    await write(page, Array.from({ length: 200 }, (_, index) => `${GOOD} 漢字${index} ${'漢'.repeat(150)}`), 'lines');
    await choose(page, 'Wrap long lines');
    await page.locator('#scroller.wraps').waitFor();
    await page.evaluate(() => {
      globalThis.measured = [];
      const note = (nodes) => globalThis.measured.push(...nodes.flatMap((node) => [...(node.querySelectorAll?.('.probes .probe, :scope.probes .probe') ?? [])].map(({ textContent }) => textContent)));
      new MutationObserver((records) => note(records.flatMap(({ addedNodes }) => [...addedNodes]))).observe(document.querySelector('.rows'), { childList: true });
    });
    await page.locator('#lines').focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('x');
    await page.waitForFunction(() => globalThis.measured.length > 0);
    assert.deepStrictEqual(await page.evaluate(() => globalThis.measured), [`${GOOD} 漢字199 ${'漢'.repeat(150)}x`]);
  });
});

test('rows have one line on request, and where nothing stands beneath', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, BAD, OTHER], '1 error');
    await page.locator('.row .gloss').first().waitFor();
    const height = async () => (await row(page, 1).boundingBox()).height;
    assert.equal(await height(), 34);
    await choose(page, 'One row per line');
    await page.waitForFunction(() => document.querySelector('.row').getBoundingClientRect().height === 21);
    assert.equal(await page.locator('.gloss').count(), 0);
    // The error stands behind its line.
    const [why, line] = await Promise.all([row(page, 2).locator('.why-line b').boundingBox(), row(page, 2).locator('.line').boundingBox()]);
    assert.ok(why.x >= line.x + line.width && why.y >= line.y - 2 && why.y + why.height <= line.y + 21, `${JSON.stringify([why, line])}`);
    await screenshot(page, 'compact');
    await choose(page, 'One row per line');
    await page.waitForFunction(() => document.querySelector('.row').getBoundingClientRect().height === 34);
    // Addresses have no words beneath.
    await page.locator('#format').fill('${srcaddr} ${dstaddr}');
    await write(page, ['10.0.0.1 10.0.0.2', '10.0.0.3 10.0.0.4'], '2 documents');
    await page.waitForFunction(() => document.querySelector('.row').getBoundingClientRect().height === 21);
    await page.keyboard.press('Control+End');
    await page.keyboard.type('x');
    await page.locator('#counts', { hasText: '1 error' }).waitFor();
    await page.waitForFunction(() => document.querySelector('.row').getBoundingClientRect().height === 34);
  });
});

test('times have the year and seconds, in UTC or in the zone of the user, and do not overlap', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, ...linesOf('v5', 40)], '41 documents');
    await page.locator('.gloss').first().waitFor();
    assert.deepStrictEqual(await row(page, 1).locator('.gloss').allTextContents(), ['tcp', '2014-12-14 04:06:50', '2014-12-14 04:07:50']);
    apart(await boxes(page, '.rows .gloss'), 'glosses');
    await choose(page, 'Times in your zone');
    await page.waitForFunction(() => document.querySelector('.row .k-time .gloss')?.textContent.startsWith('2014-12-14 09:36:50'));
    await page.locator('#anatomy .token', { hasText: 'start' }).first().focus();
    await page.locator('#token-note', { hasText: '2014-12-14 09:36:50 UTC+05:30' }).waitFor();
    await page.reload();
    await page.locator('#anatomy .token i', { hasText: /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/ }).first().waitFor();
    await page.locator('#viewing summary').click();
    assert.ok(await page.getByLabel('Times in your zone').isChecked());
    await page.getByLabel('Times in your zone').click();
    await page.locator('#anatomy .token i', { hasText: '2014-12-14 04:06:50' }).first().waitFor();
  }, { timezoneId: 'Asia/Kolkata' });
});

test('the panes are divided by the pointer and by the keyboard, and the panel of tokens folds; both are kept', async () => {
  await onPage(async (page) => {
    const width = async () => (await page.locator('#input').boundingBox()).width;
    const before = await width();
    const split = page.getByRole('separator', { name: 'Width of the panes' });
    const { x, y, height } = await split.boundingBox();
    await page.mouse.move(x + 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + 202, y + height / 2, { steps: 3 });
    await page.mouse.up();
    assert.ok(Math.abs((await width()) - before - 200) < 12, `${before} to ${await width()}`);
    await split.focus();
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowLeft');
    const narrower = await width();
    assert.ok(narrower < before + 100);
    await page.locator('#anatomy .token').first().waitFor();
    await page.getByRole('button', { name: 'Fold' }).click();
    assert.equal(await page.locator('#anatomy .token').count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Show tokens');
    await screenshot(page, 'folded');
    await page.reload();
    await page.getByRole('button', { name: 'Show tokens' }).waitFor();
    assert.ok(Math.abs((await width()) - narrower) < 2);
    await page.keyboard.press('Tab');
    await split.focus();
    await page.keyboard.press('Enter');
    assert.ok(Math.abs((await width()) - before) < 2);
    await page.getByRole('button', { name: 'Show tokens' }).click();
    await page.locator('#anatomy .token').first().waitFor();
  });
});

for (const [what, least, settings] of [['a pointer', 24, {}], ['a finger', 38, { hasTouch: true, isMobile: true, size: [820, 1100] }]]) {
  test(`what is clicked is large enough for ${what}`, async () => {
    await onPage(async (page) => {
      await write(page, [GOOD, BAD, OTHER], '1 error');
      await page.locator('#causes li').first().waitFor();
      await page.locator('#format-note summary').waitFor();
      const small = await page.locator('button:visible, summary:visible, select:visible, #search, #format').evaluateAll((all, height) =>
        all.map((node) => [node.textContent || node.id, node.getBoundingClientRect().height]).filter(([, own]) => own < height), least);
      assert.deepStrictEqual(small, []);
    }, settings);
  });
}

for (const scheme of ['light', 'dark']) {
  test(`on a phone, a tap explains the token at the finger: ${scheme}`, async () => {
    await onPage(async (page) => {
      await write(page, [GOOD, BAD, OTHER], '1 error');
      await page.locator('#token-note', { hasText: 'Tap a token' }).waitFor();
      // The causes above the lines move them down.
      await page.locator('#causes li').first().waitFor();
      const { x, y, width, height } = await row(page, 1).locator('.t').nth(1).boundingBox();
      await page.touchscreen.tap(x + width / 2, y + height / 2);
      await page.locator('#tip', { hasText: 'account-id' }).waitFor();
      assert.match(await page.locator('#tip').innerText(), /account[^]*cloud\.account\.id/);
      const tip = await page.locator('#tip').boundingBox();
      const token = await row(page, 1).locator('.t').nth(1).boundingBox();
      assert.ok(tip.x >= 0 && tip.x + tip.width <= 390, JSON.stringify(tip));
      const distance = Math.max(tip.y - (token.y + token.height), token.y - (tip.y + tip.height));
      assert.ok(distance >= 0 && distance < 30, `${distance} from the token`);
      await screenshot(page, `tip-${scheme}`);
      apart(await boxes(page, '.rows .gloss, .rows .why-line b'), 'phone');
      const second = await row(page, 2).locator('.t').nth(1).boundingBox();
      await page.touchscreen.tap(second.x + 4, second.y + second.height / 2);
      await page.locator('#tip', { hasText: 'expected 0 to 65535' }).waitFor();
      await page.locator('h1').tap();
      await page.locator('#tip').waitFor({ state: 'hidden' });
      for (const text of await page.locator('body').allInnerTexts()) assert.doesNotMatch(text, /\b(?:point at|drag|drop)\b/i);
      await page.locator('#viewing summary').click();
      const menu = await page.locator('#viewing .menu').boundingBox();
      assert.ok(menu.x >= 0 && menu.x + menu.width <= 390, JSON.stringify(menu));
    }, { size: [390, 844], isMobile: true, hasTouch: true, colorScheme: scheme });
  });
}

for (const size of [[720, 450], [960, 540], [640, 360]]) {
  test(`at 200 % of ${size.map((pixels) => 2 * pixels).join(' by ')}, all can be reached`, async () => {
    await onPage(async (page) => {
      await write(page, [GOOD, BAD, OTHER], '1 error');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
      await screenshot(page, `zoom-${size[0]}`, { fullPage: true });
      const heights = await page.evaluate(() => ['#scroller', '#panel'].map((id) => document.querySelector(id).getBoundingClientRect().height));
      assert.ok(heights.every((height) => height >= 120), String(heights));
      // Nothing of the bar above the lines is cut off.
      const [pane, ...buttons] = await boxes(page, '#input, #input > .bar > *:not([hidden])');
      for (const [left, right] of buttons) assert.ok(left >= pane[0] && right <= pane[1], `${left} to ${right} in ${pane.slice(0, 2)}`);
      for (const id of ['#open-examples', '#format', '#search', '#viewing summary', '#clear', '#anatomy .token >> nth=0', '.leaf >> nth=0', '#tab-export']) {
        await page.locator(id).click({ trial: true });
      }
    }, { size, deviceScaleFactor: 2 });
  });
}
