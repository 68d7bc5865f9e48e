// The page: documents in every schema, as tree, NDJSON and table; charts.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { linesOf } from './logs.js';
import { close, downloaded, leavesOf, onPage, open, row, screenshot, tab, write } from './playground.js';
import { imported } from './package.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

before(open);
after(close);

const SHAPES = Object.fromEntries(imported.schemas().flatMap(({ name, modes }) =>
  modes.map((mode, index) => [index ? `${name}, ${mode.replaceAll('_', ' ')}` : name, modes.length > 1 ? [name, mode] : [name]])));

/** Returns dotted paths and their values; an array of plain values is one value. */
function flat(value, path = '', found = {}) {
  if (Array.isArray(value)) found[path] = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
  else if (typeof value === 'object') for (const [key, item] of Object.entries(value)) flat(item, path ? `${path}.${key}` : key, found);
  else found[path] = JSON.stringify(value);
  return found;
}

const withoutClock = ({ 'event.ingested': _, ...rest }) => rest;

test('the tree has the document of the package, in each schema', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, OTHER], '2 documents');
    for (const [label, [schema, mode]] of Object.entries(SHAPES)) {
      await page.getByLabel('Schema of the documents').selectOption({ label });
      const expected = withoutClock(flat(imported.parse(GOOD, 'default', { schema, ...(mode && { mode }) })));
      await page.waitForFunction((count) => document.querySelectorAll('.tree .leaf:not([data-path="event.ingested"])').length === count, Object.keys(expected).length);
      assert.deepStrictEqual(withoutClock(await leavesOf(page)), expected, label);
    }
  });
});

test('a line with an error has no document in any view, also if another format would fit it', async () => {
  await onPage(async (page) => {
    await page.locator('#lines').press('Control+End');
    await page.locator('#anatomy', { hasText: 'Line 8' }).waitFor();
    await page.locator('#panel', { hasText: 'Line 8 has no document' }).waitFor();
    await tab(page, 'NDJSON');
    await page.locator('.doc-row', { hasText: /^8no document/ }).waitFor();
    await tab(page, 'Compare');
    await page.locator('#panel', { hasText: 'Line 8 has no document' }).waitFor();
  });
});

test('the keyboard moves in the tree, and closes and opens branches', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await page.locator('[role=treeitem]').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-expanded')), 'false');
    assert.ok(await page.locator('.leaf[data-path="aws.vpcflow.account_id"]').isHidden());
    // The number of keys is shown in place of the keys.
    assert.deepStrictEqual(await page.locator('[aria-expanded=false] > .count').allTextContents(), [' 1']);
    assert.ok(await page.locator('[aria-expanded=false] > .count').isVisible());
    assert.ok(await page.locator('[aria-expanded=true] > .count').first().isHidden());
    await page.keyboard.press('ArrowDown');
    assert.match(await page.evaluate(() => document.activeElement.textContent), /^cloud/);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('End');
    await page.locator('.row .t.lit', { hasText: '20641' }).waitFor();
  });
});

test('NDJSON and table list all documents, and so does the file', async () => {
  await onPage(async (page) => {
    await write(page, [HEADER, GOOD, BAD, OTHER], '1 error');
    await tab(page, 'NDJSON');
    await page.locator('.doc-row', { hasText: '"reject"' }).waitFor();
    const shown = await page.locator('.doc-row').allTextContents();
    assert.deepStrictEqual(shown.map((text) => text.slice(0, 14)), ['1no document', '2{"@timestamp"', '3no document', '4{"@timestamp"']);
    const expected = Buffer.from(new imported.Parser({ onError: 'skip' }).toNdjson([HEADER, GOOD, BAD, OTHER].join('\n'))).toString();
    assert.equal((await downloaded(page))[1], expected);

    await tab(page, 'Table');
    await page.locator('.doc-row', { hasText: 'reject' }).waitFor();
    const heads = await page.getByRole('columnheader').allTextContents();
    assert.deepStrictEqual(heads.slice(0, 9), ['line', '@timestamp', 'source.ip', 'source.port', 'destination.ip', 'destination.port', 'network.transport', 'event.action', 'network.bytes']);
    const cells = await page.locator('.doc-row').nth(1).getByRole('cell').allTextContents();
    assert.deepStrictEqual(cells.slice(0, 8), ['2014-12-14T04:07:50.000Z', '172.31.16.139', '20641', '172.31.16.21', '22', 'tcp', 'accept', '4249']);
    await page.locator('.doc-row', { hasText: 'reject' }).click();
    await page.locator('#anatomy', { hasText: 'Line 4' }).waitFor();
    await page.getByLabel('Schema of the documents').selectOption({ label: 'ecs, original' });
    await page.getByRole('columnheader', { name: 'aws.vpcflow.srcaddr' }).waitFor();
    await screenshot(page, 'table');
  });
});

test('the charts count the flows, and a click on them filters the lines', async () => {
  await onPage(async (page) => {
    const lines = linesOf('v5', 400);
    await write(page, lines, '400 documents');
    await tab(page, 'Picture');
    const documents = lines.map((line) => imported.parse(line, 'v5', { mode: 'original' }).aws.vpcflow);
    const ports = new Map();
    // ICMP has no ports: AWS writes 0.
    for (const { dstport, protocol } of documents) if (protocol !== 1) ports.set(dstport, (ports.get(dstport) ?? 0) + 1);
    const [[port, count]] = [...ports].sort((a, b) => b[1] - a[1]);
    const chart = (name) => page.locator('.chart', { hasText: name });
    await chart('Destination ports').locator('.rank').first().waitFor();
    assert.match(await chart('Destination ports').locator('.rank').first().innerText(), new RegExp(`^${port}\\b[^]*\\b${count}$`));
    const bars = await page.locator('.bar-button').evaluateAll((all) => all.map((bar) => bar.getAttribute('aria-label')));
    const sum = (pattern) => bars.reduce((total, words) => total + Number(pattern.exec(words)[1].replace(',', '')), 0);
    assert.equal(sum(/([\d,]+) accepted/), documents.filter(({ action }) => action === 'ACCEPT').length);
    assert.equal(sum(/([\d,]+) rejected/), documents.filter(({ action }) => action === 'REJECT').length);
    await screenshot(page, 'picture');

    await chart('Destination ports').locator('.rank').first().click();
    const passing = documents.filter(({ srcport, dstport }) => srcport === port || dstport === port).length;
    await page.locator('#filters', { hasText: `${passing} of 400 lines` }).waitFor();
    await chart('Rejects by interface').locator('.rank').first().click();
    const place = documents.filter(({ action }) => action === 'REJECT').length;
    assert.ok(place > 0);
    await page.locator('#filters .chip', { hasText: 'REJECT' }).waitFor();
    await page.locator('.row.current').waitFor();
    for (const mark of await page.locator('.row .gutter em').allTextContents()) assert.equal(mark, '⊘');
    await page.locator('#filters .chip', { hasText: 'port' }).click();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.locator('#filters').waitFor({ state: 'hidden' });
    await page.locator('.bar-button').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('#filters .chip', { hasText: 'from 2026-01-01' }).waitFor();
    await page.locator('.picture .bar-button:focus[tabindex="0"]').waitFor();
    assert.equal(await page.locator('.bar-button[tabindex="0"]').count(), 1);
    await page.getByLabel('bytes').check();
    await chart('Top talkers').locator('.rank-total', { hasText: 'B' }).first().waitFor();
    await row(page, 1).waitFor({ state: 'detached' });
  });
});

test('a span of the time chart is selected by a drag and by the keyboard; bars have one scale; ICMP has no ports', async () => {
  await onPage(async (page) => {
    const lines = linesOf('v5', 400);
    await write(page, lines, '400 documents');
    await tab(page, 'Picture');
    await page.locator('.bar-button').nth(20).waitFor();
    const starts = lines.map((line) => imported.parse(line, 'v5', { mode: 'original' }).aws.vpcflow.start).map((start) => Date.parse(start) / 1000);
    const froms = await page.locator('.bar-button').evaluateAll((all) => all.map(({ dataset }) => Number(dataset.key)));
    const within = (first, last) => starts.filter((start) => start >= froms[first] && start < froms[last] + froms[1] - froms[0]).length;
    // A drag from the tenth to the twentieth bar.
    const [first, last] = await Promise.all([9, 19].map((index) => page.locator('.bar-button').nth(index).boundingBox()));
    await page.mouse.move(first.x + first.width / 2, first.y + 60);
    await page.mouse.down();
    await page.mouse.move(last.x + last.width / 2, last.y + 40, { steps: 4 });
    await page.locator('.brush-help', { hasText: '2026-01-01 00:' }).waitFor();
    await screenshot(page, 'brush');
    await page.mouse.up();
    await page.locator('#filters', { hasText: `${within(9, 19)} of 400 lines` }).waitFor();
    await page.locator('#filters .chip', { hasText: /^from 2026-01-01 00:\d\d:00 to 2026-01-01 00:\d\d:00 UTC/ }).waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.waitForFunction((count) => document.querySelectorAll('.bar-button').length === count, froms.length);
    // The keyboard: bars 1 to 4.
    await page.locator('.bar-button').first().focus();
    for (let step = 0; step < 3; step++) await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('#filters', { hasText: `${within(0, 3)} of 400 lines` }).waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.waitForFunction((count) => document.querySelectorAll('.bar-button').length === count, froms.length);
    // A bar is as long as its number, in whichever chart.
    const bars = await page.locator('.rank').evaluateAll((all) => all.map((rank) => [
      Number(rank.querySelector('.rank-total').textContent.replace(',', '')),
      [...rank.querySelectorAll('.rank-bar span')].reduce((sum, bar) => sum + bar.getBoundingClientRect().width, 0),
    ]));
    assert.ok(bars.length > 15);
    const scale = Math.max(...bars.map(([, width]) => width)) / Math.max(...bars.map(([total]) => total));
    for (const [total, width] of bars) assert.ok(Math.abs(width - total * scale) <= 3, `${total}: ${width}, not ${total * scale}`);
    const ports = await page.locator('.chart', { hasText: 'Destination ports' }).locator('.rank-name').allTextContents();
    assert.ok(ports.length > 0 && !ports.includes('0'), String(ports));
  });
});
