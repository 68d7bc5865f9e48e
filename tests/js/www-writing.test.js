// The page: all documents at once, as a file and as a copy.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { linesOf } from './logs.js';
import { catchCopies, close, copies, downloaded, drop, onPage, open, tab, write } from './playground.js';
import { imported } from './package.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

before(open);
after(close);

/** Returns the documents of the package, as the page should write them. */
const ndjson = (text, options) => Buffer.from(new imported.Parser({ onError: 'skip', ...options }).toNdjson(text)).toString();

/** Returns what a button copied. */
async function copied(page, click) {
  const before = (await copies(page)).length;
  await click();
  await page.waitForFunction((count) => globalThis.copies.length > count, before);
  return (await copies(page)).at(-1);
}

test('the file of a log of 30,000 lines has the documents of the package', { timeout: 120_000 }, async () => {
  await onPage(async (page) => {
    const lines = linesOf('v5', 30_000);
    // Headers, errors, blank lines, carriage returns, and no line feed at the end.
    lines.splice(20_000, 0, 'nonsense', '', HEADER, `${GOOD}\r`, OTHER, imported.compileFormat('v5').fields.map(({ name }) => name).join(' '));
    const text = lines.join('\n');
    await drop(page, [{ name: 'flow.log', content: text }]);
    await page.locator('#counts', { hasText: 'documents' }).waitFor();
    await page.locator('#progress').waitFor({ state: 'hidden' });
    await tab(page, 'NDJSON');
    const [name, content] = await downloaded(page);
    assert.equal(name, 'flow-log.ecs.ndjson');
    assert.equal(content, ndjson(text));
    // Of a filter, only the documents of its lines.
    await page.getByLabel('Search lines').fill('10.0.2.11');
    await page.locator('#filters', { hasText: 'of 30,006 lines' }).waitFor();
    const [, some] = await downloaded(page);
    const passing = lines.filter((line) => line.includes('10.0.2.11') && !line.includes('nonsense'));
    assert.ok(passing.length > 100);
    assert.equal(some, ndjson(passing.join('\n'), { format: 'v5' }));
  });
});

test('the writing of a file can be cancelled', { timeout: 120_000 }, async () => {
  await onPage(async (page) => {
    await drop(page, [{ name: 'flow.log', content: linesOf('v5', 100_000).join('\n') }]);
    await page.locator('#counts', { hasText: '100,000 documents' }).waitFor();
    await tab(page, 'NDJSON');
    await page.locator('.doc-row', { hasText: '@timestamp' }).first().waitFor();
    let isWritten = false;
    page.on('download', () => (isWritten = true));
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByRole('progressbar', { name: 'Writing' }).waitFor();
    await page.locator('.writing').getByRole('button', { name: 'Cancel' }).click();
    await page.locator('#toast', { hasText: 'Cancelled' }).waitFor();
    await page.locator('.writing').waitFor({ state: 'hidden' });
    // The worker answers other requests, and the next writing is whole.
    await page.locator('.doc-row').nth(1).click();
    await page.locator('#anatomy', { hasText: 'Line 2' }).waitFor();
    assert.equal(isWritten, false);
    const [, content] = await downloaded(page);
    assert.equal(content.split('\n').length, 100_001);
  });
});

test('NDJSON and table follow the chosen line, and copy what they show', async () => {
  await onPage(async (page) => {
    await catchCopies(page);
    const lines = [HEADER, GOOD, BAD, ...Array.from({ length: 200 }, (_, index) => OTHER.replace('20641', String(30_000 + index))), GOOD];
    await write(page, lines, '1 error');
    for (const view of ['NDJSON', 'Table']) {
      await page.locator('#lines').focus();
      await page.keyboard.press('Control+Home');
      await tab(page, view);
      await page.locator('.doc-row.current[data-line="0"]').waitFor();
      await page.locator('#lines').focus();
      await page.keyboard.press('Control+End');
      await page.locator('.doc-row.current[data-line="203"]').waitFor();
      assert.equal(await page.locator('.doc-row.current').count(), 1);
    }
    await page.getByLabel('Search lines').fill('3000');
    await page.locator('#filters', { hasText: 'of 204 lines' }).waitFor();
    await tab(page, 'NDJSON');
    const copy = () => page.locator('#tools').getByRole('button', { name: 'Copy' }).click();
    const shown = lines.filter((line) => line.includes('3000'));
    assert.equal(await copied(page, copy), ndjson(shown.join('\n'), { format: 'default' }));
    await tab(page, 'Table');
    const [head, first, ...rest] = (await copied(page, copy)).trimEnd().split('\r\n').map((line) => line.split('\t'));
    assert.deepStrictEqual(head.slice(0, 4), ['@timestamp', 'source.ip', 'source.port', 'destination.ip']);
    assert.equal(rest.length + 1, shown.length);
    assert.deepStrictEqual(first.slice(0, 4), ['2014-12-14T04:07:50.000Z', '172.31.16.139', '30000', '172.31.16.21']);
    const [name, csv] = await downloaded(page);
    assert.equal(name, 'flow-log.ecs.csv');
    assert.deepStrictEqual(csv.split('\r\n').slice(0, -1).map((line) => line.split(',')[1]), ['source.ip', ...shown.map((line) => line.split(' ')[3])]);
  });
});

test('a formula in a value is not one in a spreadsheet', async () => {
  await onPage(async (page) => {
    await catchCopies(page);
    await write(page, ['a b', '=cmd|x 1', '-2+3+cmd|calc!A0 2', '-2.5 3'], 'lines');
    await page.locator('#format').fill('${vpc-id} ${packets}');
    await tab(page, 'Table');
    await page.locator('.doc-row').nth(2).waitFor();
    const text = await copied(page, () => page.locator('#tools').getByRole('button', { name: 'Copy' }).click());
    const cells = text.trimEnd().split('\r\n').flatMap((line) => line.split('\t'));
    for (const cell of ["'=cmd|x", "'-2+3+cmd|calc!A0", '-2.5', '@timestamp']) assert.ok(cells.includes(cell), `${cell} in ${text}`);
  });
});

test('a table is written where streams cannot be iterated over, as in WebKit', async () => {
  await onPage(async (page) => {
    await page.evaluate(() => {
      delete ReadableStream.prototype[Symbol.asyncIterator];
      delete ReadableStream.prototype.values;
    });
    await write(page, [HEADER, GOOD], '1 document');
    await tab(page, 'Table');
    const [, csv] = await downloaded(page);
    assert.equal(csv.split('\r\n')[1].split(',')[1], GOOD.split(' ')[3]);
  });
});
