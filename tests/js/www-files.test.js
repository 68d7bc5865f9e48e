// The page: files that are dropped or selected.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { linesOf } from './logs.js';
import { close, counts, drop, onPage, open, row, screenshot, tab, typed, write } from './playground.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vpcflow-ecs-www-'));
  await open();
});
after(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

test('a small text can be edited; gzip is detected by its first bytes, whatever the name of the file', async () => {
  await onPage(async (page) => {
    await drop(page, [{ name: 'flow.log', content: `${HEADER}\r\n${GOOD}\r\n${BAD}` }]);
    await page.locator('#counts', { hasText: '3 lines: 1 document, 1 header, 1 error' }).waitFor();
    assert.equal(await page.locator('#lines').inputValue(), [HEADER, GOOD, BAD].join('\n'));

    await drop(page, [{ name: 'flow.txt', content: gzipSync([HEADER, GOOD, OTHER].join('\n')) }]);
    await page.locator('#counts', { hasText: '3 lines: 2 documents, 1 header' }).waitFor();
    assert.ok(await page.locator('#lines').isHidden());
    assert.match(await page.locator('#file-note').textContent(), /^flow\.txt \d+ B, \d+ B unpacked\./);
    await row(page, 3).click();
    await page.locator('#anatomy', { hasText: 'Line 3' }).waitFor();
    await page.getByRole('button', { name: 'Edit the first 1,000 lines' }).click();
    await page.locator('#lines').waitFor();
    assert.equal(await page.locator('#lines').inputValue(), [HEADER, GOOD, OTHER].join('\n'));
  });
});

test('several files are one log, each with its own header', async () => {
  await onPage(async (page) => {
    const other = linesOf('v5-alphabetical', 3);
    const header = 'account-id action az-id bytes dstaddr dstport end flow-direction instance-id interface-id log-status packets ' +
      'pkt-dst-aws-service pkt-dstaddr pkt-src-aws-service pkt-srcaddr protocol region srcaddr srcport start sublocation-id ' +
      'sublocation-type subnet-id tcp-flags traffic-path type version vpc-id';
    await drop(page, [{ name: 'a.log', content: [HEADER, GOOD].join('\n') }, { name: 'b.log.gz', content: gzipSync([header, ...other].join('\n')) }]);
    await page.locator('#counts', { hasText: '6 lines: 4 documents, 2 headers' }).waitFor();
    await row(page, 4).click();
    await page.locator('#anatomy .token', { hasText: 'az-id' }).waitFor();
  });
});

test('a file that is not text is refused with a message', async () => {
  await onPage(async (page) => {
    await drop(page, [{ name: 'flow.log.parquet', content: 'PAR1\u0000\u0001\u0002PAR1' }]);
    await page.locator('#file-note', { hasText: /^flow\.log\.parquet 11 B\. It could not be read to its end: the Parquet file is damaged or cut short/ }).waitFor();
    assert.equal(await counts(page), 'No lines were read');
    await page.locator('#panel', { hasText: 'No lines were read, so there are no documents.' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Edit the first' }).count(), 0);
    assert.equal(await page.locator('#file-note .wrong').count(), 1);
    await drop(page, [{ name: 'cut.gz', content: gzipSync(linesOf('v5', 3000).join('\n')).subarray(0, 30_000) }]);
    await page.locator('#file-note', { hasText: /^cut\.gz .*It could not be read to its end/ }).waitFor();
    assert.match(await counts(page), /^[\d,]+ lines: [\d,]+ documents/);
    await drop(page, [{ name: 'geo.mmdb', content: 'this is not a database' }]);
    await page.locator('#toast', { hasText: 'geo.mmdb cannot be used' }).waitFor();
  });
});

test('200 MB are read with a progress bar, without blocking the page, and can be cancelled', { timeout: 120_000 }, async () => {
  const piece = Buffer.from(`${linesOf('default', 20_000).join('\n')}\n`);
  const pieces = Math.ceil(200e6 / piece.length);
  const path = join(folder, 'large.log');
  writeFileSync(path, Buffer.concat(Array.from({ length: pieces }, () => piece)));
  const lines = (pieces * 20_000).toLocaleString('en');
  await onPage(async (page) => {
    await page.locator('#file').setInputFiles(path);
    const bar = page.getByRole('progressbar', { name: 'Reading' });
    await page.waitForFunction(() => document.querySelector('#progress progress').value > 0.02);
    // The page answers while the worker reads.
    await row(page, 5).click();
    await page.locator('#anatomy', { hasText: 'Line 5' }).waitFor();
    await screenshot(page, 'progress');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await bar.waitFor({ state: 'hidden' });
    await page.locator('#file-note', { hasText: 'Cancelled' }).waitFor();
    const read = Number(/^([\d,]+) lines/.exec(await counts(page))[1].replaceAll(',', ''));
    assert.ok(read > 0 && read < pieces * 20_000, `${read} lines were read`);

    await page.locator('#file').setInputFiles(path);
    await page.locator('#counts', { hasText: `${lines} lines: ${lines} documents` }).waitFor({ timeout: 90_000 });
    await bar.waitFor({ state: 'hidden' });
    await page.locator('#scroller').evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await row(page, pieces * 20_000).locator('.t').first().waitFor();
    await tab(page, 'Picture');
    await page.locator('.rank').first().waitFor();
    const summed = await page.locator('.chart', { hasText: 'Protocols' }).locator('.rank-total').allTextContents();
    assert.equal(summed.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0), pieces * 20_000);
    await page.getByRole('tab', { name: 'Document' }).click();
  });
  assert.ok(readFileSync(path).length > 200e6);
});

test('an empty file is said to have no lines, and the lines stay', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await drop(page, [{ name: 'nothing.log', content: '' }]);
    await page.locator('#toast', { hasText: 'nothing.log has no lines.' }).waitFor();
    assert.equal(await typed(page), GOOD);
  });
});
