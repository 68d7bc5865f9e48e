// The page: lines that are typed or pasted, their tokens, their errors, and highlights.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { linesOf } from './logs.js';
import { close, counts, leavesOf, onPage, open, row, screenshot, tab, write } from './playground.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

before(open);
after(close);

const NODATA = '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA';

test('each line has its state, its colours and its meanings', async () => {
  await onPage(async (page) => {
    await write(page, [HEADER, GOOD, OTHER, NODATA, '', BAD], '1 error');
    assert.equal(await counts(page), '6 lines: 3 documents, 1 header, 1 blank line, 1 error (1 NODATA)');
    const marks = await page.locator('.row .gutter em').evaluateAll((all) => all.map((mark) => mark.className));
    assert.deepStrictEqual(marks, ['head', 'ok', 'reject', 'none', '', 'bad']);
    const kinds = await row(page, 2).locator('.t').evaluateAll((all) => all.map((token) => `${token.firstChild.data} ${token.className.slice(4)}`));
    assert.deepStrictEqual(kinds, [
      '2 integer', '123456789010 account', 'eni-1235b8ca123456789 id', '172.31.16.139 address', '172.31.16.21 address',
      '20641 port', '22 port', '6 protocol', '20 integer', '4249 integer', '1418530010 time', '1418530070 time', 'ACCEPT accept', 'OK word',
    ]);
    assert.deepStrictEqual(await row(page, 2).locator('.gloss').allTextContents(), ['tcp', '2014-12-14 04:06:50', '2014-12-14 04:07:50']);
    // The text box over the rows has the same text in the same places.
    const box = await page.locator('#lines').boundingBox();
    const first = await row(page, 1).locator('.t').first().boundingBox();
    assert.ok(Math.abs(box.x - first.x) < 1, `${box.x} and ${first.x}`);
  });
});

test('an error is under its token, with field, expected and found', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, BAD], '1 error');
    const bad = row(page, 2);
    assert.equal(await bad.locator('.t.bad').textContent(), '70000');
    assert.equal(await bad.locator('.why-line b').textContent(), 'srcport: expected 0 to 65535, found 70000');
    const [token, why] = [await bad.locator('.t.bad').boundingBox(), await bad.locator('.why-line b').boundingBox()];
    assert.ok(why.y >= token.y + token.height - 8, 'it is below the token');
    assert.ok(why.x <= token.x + 2 && why.x + why.width >= token.x + token.width, 'it spans the token');

    await page.getByRole('button', { name: 'Next error' }).click();
    await page.locator('#anatomy .token.bad').waitFor();
    assert.equal(await page.locator('#anatomy .token.bad').innerText(), '70000\nsrcport\nexpected 0 to 65535, found 70000');
    await page.waitForFunction(() => {
      const { value, selectionStart, selectionEnd } = document.querySelector('#lines');
      return value.slice(selectionStart, selectionEnd) === '70000';
    });
    assert.deepStrictEqual(await page.locator('.no-document dd').allTextContents(), ['srcport', '0 to 65535', '70000', '65', 'unknown_layout']);

    await page.locator('#format').fill('default');
    await write(page, GOOD.replace(' OK', ''), '1 error');
    await page.getByText('expected 14 fields, found 13: nothing is left for "log-status"').first().waitFor();
    await page.locator('#anatomy .token.gap').waitFor();
    assert.deepStrictEqual(await page.locator('#anatomy .token.gap small').allTextContents(), ['log-status']);
    await write(page, `${GOOD} more`, '1 error');
    // The counts were the same before.
    await row(page, 1).locator('.t.bad', { hasText: 'more' }).waitFor();
    assert.equal(await row(page, 1).locator('.t.bad').textContent(), 'more');
  });
});

test('an error beyond the edge of the window is moved into view', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, GOOD.replace('ACCEPT', 'MAYBE')], '1 error');
    const why = await row(page, 2).locator('.why-line b').boundingBox();
    const pane = await page.locator('#scroller').boundingBox();
    assert.ok(why.x >= pane.x && why.x + why.width <= pane.x + pane.width, `${why.x} + ${why.width} in ${pane.width}`);
  }, { size: [1100, 800] });
});

test('typed text is parsed at once', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, OTHER], '2 documents');
    await page.locator('#lines').focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Enter');
    await page.keyboard.type(GOOD.slice(0, 60));
    await page.locator('#counts', { hasText: '1 error' }).waitFor();
    await page.keyboard.type(GOOD.slice(60));
    await page.locator('#counts', { hasText: '3 lines: 3 documents' }).waitFor();
    await page.locator('#anatomy', { hasText: 'Line 3' }).waitFor();
    await page.keyboard.press('Control+Home');
    await page.locator('#anatomy', { hasText: 'Line 1' }).waitFor();
    await page.waitForFunction(() => document.querySelector('.leaf[data-path="event.action"]')?.textContent.includes('accept'));
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.querySelector('.leaf[data-path="event.action"]')?.textContent.includes('reject'));
  });
});

describe('tokens and keys are highlighted together', () => {
  const lit = (page, selector) => page.locator(`${selector}.lit`).evaluateAll((all) => all.map((node) => node.dataset.path ?? node.firstChild.textContent).sort());

  test('from a token to its keys', async () => {
    await onPage(async (page) => {
      await write(page, [GOOD], '1 document');
      await page.locator('.leaf[data-path="source.ip"]').waitFor();
      // The pointer is over the text box, which lies above the tokens.
      const { x, y, width, height } = await row(page, 1).locator('.t').nth(3).boundingBox();
      await page.mouse.move(x + width / 2, y + height / 2);
      await page.locator('.leaf.lit').first().waitFor();
      assert.deepStrictEqual(await lit(page, '.leaf'), ['network.community_id', 'network.type', 'related.ip', 'source.address', 'source.ip']);
      assert.match(await page.locator('#token-note').innerText(), /^srcaddr ip, since version 2\s+Source address/);
      await page.mouse.move(5, 5);
      await page.waitForFunction(() => !document.querySelector('.lit'));
      await page.locator('#anatomy .token').nth(7).focus();
      assert.deepStrictEqual(await lit(page, '.leaf'), ['network.community_id', 'network.iana_number', 'network.transport']);
      await page.keyboard.press('ArrowRight');
      assert.deepStrictEqual(await lit(page, '.leaf'), ['network.packets', 'source.packets']);
    });
  });

  test('from a key to its tokens', async () => {
    await onPage(async (page) => {
      await write(page, [GOOD], '1 document');
      await page.locator('.leaf[data-path="network.community_id"]').hover();
      await page.locator('.row .t.lit').first().waitFor();
      const tokens = ['172.31.16.139', '172.31.16.21', '20641', '22', '6'];
      assert.deepStrictEqual(await lit(page, '.row .t'), tokens);
      assert.deepStrictEqual(await lit(page, '#anatomy .token'), tokens);
      await screenshot(page, 'linked');
    });
  });
});

test('search and the filter of errors hide the other lines, and Show all shows them again', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, BAD, OTHER, GOOD.replace('20641', '33333')], '1 error');
    await page.getByLabel('Search lines').fill('33333');
    await page.locator('#filters', { hasText: '1 of 4 lines' }).waitFor();
    assert.deepStrictEqual(await page.locator('.row .gutter b').allTextContents(), ['4']);
    await page.getByLabel('Search lines').fill('');
    await page.locator('#filters').waitFor({ state: 'hidden' });
    await page.locator('#counts button').click();
    await page.locator('#filters', { hasText: '1 of 4 lines' }).waitFor();
    assert.deepStrictEqual(await page.locator('.row .gutter b').allTextContents(), ['2']);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.locator('#lines').waitFor();
    assert.equal(await page.locator('#lines').inputValue(), [GOOD, BAD, OTHER, GOOD.replace('20641', '33333')].join('\n'));
  });
});

test('100,000 pasted lines are shown by a list with few elements, which scrolls to the last line', async () => {
  await onPage(async (page) => {
    const lines = linesOf('v5', 100_000);
    await write(page, [...lines.slice(0, 99_998), 'nonsense', lines[99_999]].join('\n'), '99,999 documents');
    assert.equal(await counts(page), '100,000 lines: 99,999 documents, 1 error');
    assert.ok((await page.locator('.row').count()) < 80);
    // Every frame while it scrolls over the whole height draws the rows in view only.
    const most = await page.evaluate(async () => {
      const scroller = document.querySelector('#scroller');
      const counts = [];
      for (let step = 1; step <= 60; step++) {
        scroller.scrollTop = (scroller.scrollHeight * step) / 60;
        await new Promise((resolve) => requestAnimationFrame(resolve));
        counts.push(document.querySelectorAll('.row').length);
      }
      return Math.max(...counts);
    });
    assert.ok(most > 0 && most < 80, `${most} rows`);
    await row(page, 100_000).locator('.k-address').first().waitFor();
    await page.getByRole('button', { name: 'Next error' }).click();
    await page.locator('#anatomy', { hasText: 'Line 99999' }).waitFor();
    await page.locator('.rows').focus();
    await page.keyboard.press('Home');
    await page.locator('#anatomy', { hasText: 'Line 1 ' }).waitFor();
    assert.equal(await page.locator('.row[aria-selected=true]').getAttribute('aria-posinset'), '1');
    await tab(page, 'Table');
    await page.getByRole('columnheader', { name: 'source.ip' }).waitFor();
  });
});

describe('hostile lines', () => {
  const HOSTILE = '<img src=x onerror="document.title=1"> <script>document.title=1</script> \u202eabc\u202c \u0000 {{constructor}}';

  test('markup is text, wherever it is shown', async () => {
    await onPage(async (page) => {
      await write(page, [HOSTILE, GOOD.replace('eni-1235b8ca123456789', '<img/src=x/onerror=document.title=1>')], '2 lines');
      for (const name of ['NDJSON', 'Table', 'Compare', 'Picture', 'Export', 'Document']) await tab(page, name);
      await page.locator('#format').fill('version "><img src=x onerror=document.title=1>');
      await page.locator('#format[aria-invalid=true]').waitFor();
      await page.locator('#format').fill('${srcaddr} ${dstaddr} ${<b>}');
      await page.locator('#format-note').getByText('<b>').first().waitFor();
      assert.equal(await page.locator('main img, main script, main b b, #format-note b').count(), 0);
      assert.match(await page.title(), /^vpcflow-ecs/);
    });
  });

  test('one line of 5 MB', async () => {
    await onPage(async (page) => {
      await write(page, `${GOOD}\n${'x'.repeat(5_000_000)}\n${GOOD}`, '1 error');
      assert.equal(await counts(page), '3 lines: 2 documents, 1 error');
      assert.match(await row(page, 2).locator('.more').textContent(), /4,996,000 more bytes/);
      await row(page, 2).click();
      await page.locator('#anatomy', { hasText: 'is too long to split into tokens' }).waitFor();
      assert.ok((await page.locator('#input').textContent()).length < 20_000);
      await tab(page, 'NDJSON');
      await page.locator('.doc-row', { hasText: '172.31.16.139' }).first().waitFor();
    });
  });

  test('numbers keep every digit', async () => {
    await onPage(async (page) => {
      await write(page, GOOD.replace(' 4249 ', ' 9007199254740993 '), '1 document');
      await page.locator('.leaf[data-path="network.bytes"]', { hasText: '9007199254740993' }).waitFor();
      assert.equal((await leavesOf(page))['source.bytes'], '9007199254740993');
    });
  });
});
