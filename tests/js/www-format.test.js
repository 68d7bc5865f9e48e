// The page: given formats, detected formats, open columns, and the dialog that builds a format.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OPEN_LINES, PLAIN, linesOf } from './logs.js';
import { close, counts, leavesOf, onPage, open, row, screenshot, write } from './playground.js';
import { imported } from './package.js';
import { GOOD } from './samples.js';

before(open);
after(close);

const names = (page) => page.locator('#anatomy .token small').allTextContents();

test('every syntax of a format is accepted, and errors are marked', async () => {
  await onPage(async (page) => {
    const format = page.locator('#format');
    await write(page, '2 192.0.2.1 443', '1 error');
    for (const text of ['${version} ${srcaddr} ${srcport}', 'version srcaddr srcport', '$${version} $${srcaddr} $${srcport}', '["version", "srcaddr", "srcport"]']) {
      await format.fill('');
      await page.locator('#counts', { hasText: '1 error' }).waitFor();
      await format.fill(text);
      await page.locator('#counts', { hasText: '1 line: 1 document' }).waitFor();
      assert.deepStrictEqual(await names(page), ['version', 'srcaddr', 'srcport'], text);
      assert.match(await page.locator('#format-note').textContent(), /^version 23 fields|^version 2 3 fields/);
    }
    await format.fill('version ;');
    await page.getByText('No lines were read: the format is invalid.').waitFor();
    assert.equal(await format.getAttribute('aria-invalid'), 'true');
    const [text, caret] = (await page.locator('#format-note .caret').textContent()).split('\n');
    assert.equal(caret.indexOf('^'), text.lastIndexOf(';'));
    await format.fill('version srcadr srcport');
    await page.getByText('did you mean "srcaddr"?').waitFor();
    await page.locator('#counts', { hasText: '1 document' }).waitFor();
    assert.equal((await leavesOf(page))['aws.vpcflow.srcadr'], '"192.0.2.1"');
    assert.equal(await page.locator('#presets option[value="tgw"]').count(), 1);
    await page.getByRole('button', { name: 'Detect it instead' }).click();
    assert.equal(await format.inputValue(), '');
  });
});

test('without a format, it is detected, with its evidence', async () => {
  await onPage(async (page) => {
    await write(page, linesOf('v5', 20), '20 documents');
    await page.locator('#format-note', { hasText: 'Detected' }).waitFor();
    await page.locator('#format-note', { hasText: '29 columns, layout v5' }).waitFor();
    await page.locator('#format-note summary', { hasText: 'Evidence' }).click();
    assert.ok((await page.locator('#format-note li').count()) > 0);
    await page.getByRole('button', { name: 'Use it' }).first().click();
    assert.equal(await page.locator('#format').inputValue(), 'v5');

    await page.locator('#format').fill('');
    await write(page, linesOf(PLAIN, 30), '30 documents');
    await page.locator('#format-note', { hasText: 'inferred from the values' }).waitFor();
    assert.deepStrictEqual(await names(page), ['account-id', 'action', 'start', 'end', 'log-status', 'flow-direction']);
    await write(page, 'It was the best of times, it was the worst of times.', '1 error');
    await page.locator('#format-note', { hasText: 'not a flow log' }).waitFor();
  });
});

test('a click selects the field of an open column', async () => {
  await onPage(async (page) => {
    await write(page, ['', ...OPEN_LINES], 'format is ambiguous');
    assert.equal(await page.locator('.open-column').first().locator('span').textContent(), 'Column 2 10.0.1.4 is ');
    // The rows show the likeliest format meanwhile.
    await row(page, 2).locator('.t.k-address').waitFor();
    await screenshot(page, 'question');
    const found = imported.detectFormat(OPEN_LINES)[0];
    const choices = await page.locator('.open-column').first().getByRole('button').allTextContents();
    const others = await page.getByLabel('Another field for column 3').locator('option').allTextContents();
    const likely = [found.unresolved[1].field, ...found.unresolved[1].alternatives];
    const possible = found.choices[2].filter((name) => !likely.includes(name));
    assert.deepStrictEqual(others, ['another field …', ...likely.slice(5), ...possible, 'not a field']);
    assert.ok(possible.length > 0 && !possible.includes('srcaddr'), possible.join());
    assert.deepStrictEqual(choices, [found.unresolved[0].field, ...found.unresolved[0].alternatives]);

    await page.getByRole('button', { name: 'srcaddr', exact: true }).click();
    await page.locator('#counts', { hasText: '8 documents' }).waitFor();
    assert.equal(found.format, '${action} ${dstaddr} ${dstport} ${log-status}');
    assert.equal(await page.locator('#format').inputValue(), '${action} ${srcaddr} ${dstport} ${log-status}');
    // The second column is still open.
    assert.equal(await page.locator('.open-column').count(), 1);
    await page.locator('.open-column').getByRole('button', { name: 'dstport', exact: true }).click();
    await page.locator('#question').waitFor({ state: 'hidden' });
    assert.equal(await page.locator('#format').inputValue(), '${action} ${srcaddr} ${dstport} ${log-status}');
    await page.locator('#counts', { hasText: '8 documents' }).waitFor();
  });
});

test('a column can be another field, or not a field', async () => {
  await onPage(async (page) => {
    await write(page, ['', ...OPEN_LINES], 'format is ambiguous');
    await page.getByLabel('Another field for column 3').selectOption('not a field');
    await page.locator('#counts', { hasText: '8 documents' }).waitFor();
    assert.equal(await page.locator('#format').inputValue(), '${action} ${dstaddr} ${column-3} ${log-status}');

    // Also where nothing is open.
    await page.locator('#format').fill('');
    await write(page, linesOf(PLAIN, 30), '30 documents');
    await page.locator('#format-note summary', { hasText: 'Another field for a column' }).click();
    await page.locator('#format-note .open-column').nth(5).waitFor();
    assert.equal(await page.locator('#format-note .open-column').count(), 6);
    // The column that had the field takes the other one, since its values can be that.
    await page.getByLabel('Another field for column 3').selectOption('end');
    assert.equal(await page.locator('#format').inputValue(), PLAIN.replace('${start} ${end}', '${end} ${start}'));
    await page.locator('#counts', { hasText: '30 documents' }).waitFor();
  });
});

test('one wrong value in a line of the default format is that error, and not a question', async () => {
  await onPage(async (page) => {
    const wrong = GOOD.split(' ').map((token, index) => (index === 6 ? '99443' : token)).join(' ');
    await write(page, wrong, '1 error');
    await page.locator('#format-note', { hasText: '14 columns, layout default' }).waitFor();
    assert.equal(await page.locator('#question').isHidden(), true);
    assert.equal(await page.locator('.open-column').count(), 0);
    await page.getByText('field "dstport": expected 0 to 65535, found "99443"').first().waitFor();
    await write(page, [GOOD, wrong], '1 document, 1 error');
    assert.equal(await page.locator('#question').isHidden(), true);
  });
});

test('fields are selected by click, search, drag and keyboard, and become a format', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await page.getByRole('button', { name: 'Fields…' }).click();
    const chosen = () => page.locator('.chosen .piece').allTextContents();
    await page.locator('.chosen .piece').nth(13).waitFor();
    assert.equal(await page.locator('.fields .field').count(), imported.fields().length);
    const titles = ['Version 2: the default format', 'Version 3', 'Version 4', 'Version 5', 'Version 6: transit gateways'];
    assert.deepStrictEqual(await page.locator('.fields h3').allTextContents(), [...titles, ...[7, 8, 9, 10, 11].map((version) => `Version ${version}`)]);

    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.locator('.field', { hasText: 'srcaddr' }).first().click();
    await page.locator('.field', { hasText: 'dstaddr' }).first().click();
    await page.getByLabel('Search fields').fill('traffic took');
    if ((await page.locator('.field').count()) === 0) await page.getByLabel('Search fields').fill('traffic-path');
    await page.locator('.field[data-name="traffic-path"]').focus();
    await page.keyboard.press('Enter');
    assert.deepStrictEqual(await chosen(), ['srcaddr', 'dstaddr', 'traffic-path']);
    await page.locator('.result .badge', { hasText: 'version 5' }).waitFor();

    // By keyboard: the last goes first, then is removed and taken again.
    await page.locator('.piece').nth(2).focus();
    await page.keyboard.press('Alt+ArrowLeft');
    await page.keyboard.press('Alt+ArrowLeft');
    assert.deepStrictEqual(await chosen(), ['traffic-path', 'srcaddr', 'dstaddr']);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'traffic-path');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Delete');
    assert.deepStrictEqual(await chosen(), ['traffic-path', 'dstaddr']);

    // By drag: within the format, and from the list into it.
    await page.locator('.piece').nth(1).dragTo(page.locator('.piece').nth(0));
    assert.deepStrictEqual(await chosen(), ['dstaddr', 'traffic-path']);
    await page.getByLabel('Search fields').fill('');
    await page.locator('.field[data-name="action"]').dragTo(page.locator('.piece').nth(1));
    assert.deepStrictEqual(await chosen(), ['dstaddr', 'action', 'traffic-path']);
    await page.locator('.result pre', { hasText: "--log-format '${dstaddr} ${action} ${traffic-path}'" }).waitFor();
    await screenshot(page, 'fields');

    await page.getByRole('button', { name: 'Use this format' }).click();
    assert.equal(await page.locator('#format').inputValue(), '${dstaddr} ${action} ${traffic-path}');
    await page.locator('#counts', { hasText: '1 error' }).waitFor();
    await page.getByRole('button', { name: 'Fields…' }).click();
    await page.getByLabel('Start from a preset').selectOption('tgw');
    await page.locator('.result .badge', { hasText: 'version 6' }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await counts(page), '1 line: 0 documents, 1 error');
  });
});
