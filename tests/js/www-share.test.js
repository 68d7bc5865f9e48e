// The page: examples, redaction, and shared addresses.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { EXAMPLES, textOf } from '../../www/examples.js';
import { facts } from '../../www/facts.js';
import { OPEN_LINES } from './logs.js';
import { LOOKS, close, counts, fits, isAccessible, onPage, open, screenshot, tab, write } from './playground.js';
import { imported } from './package.js';
import { BAD, GOOD, OTHER } from './samples.js';

const tables = { fields: imported.fields(), presets: imported.presets(), schemas: imported.schemas() };
facts.set(tables);

before(open);
after(close);

describe('redaction', () => {
  test('the page redacts its lines', async () => {
    await onPage(async (page) => {
      await write(page, [GOOD, OTHER, BAD], '1 error');
      await page.getByRole('button', { name: 'Redact', exact: true }).click();
      await page.getByText('Replaced: 6 addresses, 3 accounts, 3 resource identifiers.').waitFor();
      assert.deepStrictEqual(await page.locator('.kept li').allTextContents(), ['OK 3', 'ACCEPT 2', 'REJECT 1']);
      assert.equal(await page.locator('.samples p').count(), 3);
      assert.equal(await page.locator('.samples del').first().textContent(), '123456789010');
      // Nothing is replaced before the user agrees.
      assert.match(await page.locator('#lines').inputValue(), /123456789010/);
      await page.getByRole('button', { name: 'Redact the lines' }).click();
      await page.locator('#toast', { hasText: 'redacted' }).waitFor();
      await page.waitForFunction(() => !document.querySelector('#lines').value.includes('123456789010'));
      const lines = (await page.locator('#lines').inputValue()).split('\n').map((line) => line.split(' '));
      assert.equal(await counts(page), '3 lines: 2 documents, 1 error');
      assert.deepStrictEqual(lines[0].slice(1, 5), lines[1].slice(1, 5));
      assert.deepStrictEqual(lines[0].slice(5, 13), GOOD.split(' ').slice(5, 13));
      assert.match(lines[0][3], /^172\.(1[6-9]|2\d|3[01])\./);
      assert.notEqual(lines[0][3], '172.31.16.139');
      await page.keyboard.press('Control+z');
      assert.match(await page.locator('#lines').inputValue(), /123456789010/);
    });
  });

  test('the page says which request failed', async () => {
    await onPage(async (page) => {
      await write(page, [GOOD, BAD], '1 error');
      const refuse = (...names) => page.evaluate((given) => (globalThis.refused = given), names);
      await refuse('redact', 'filter');
      await page.evaluate(() => {
        const { postMessage } = Worker.prototype;
        Worker.prototype.postMessage = function (message, more) {
          const isRefused = globalThis.refused.includes(message.ask);
          return postMessage.call(this, isRefused ? { ...message, ask: 'nothing' } : message, more);
        };
      });
      const failed = () => page.locator('#toast', { hasText: /^This failed: / }).waitFor();
      const forget = () => page.evaluate(() => (document.querySelector('#toast').textContent = ''));
      await page.getByRole('button', { name: 'Redact', exact: true }).click();
      await failed();
      await forget();
      await page.getByLabel('Search lines').fill('REJECT');
      await failed();
      await page.getByRole('button', { name: 'Share…' }).click();
      await page.locator('#dialog').getByText(/^This cannot be shared: /).waitFor();
      assert.equal(await page.getByLabel('Address to share').inputValue(), '');
      await page.getByRole('button', { name: 'Save as case…' }).click();
      await page.locator('#dialog').getByText(/^This cannot be saved: /).waitFor();
      await page.keyboard.press('Escape');
      await refuse('read');
      await page.locator('#lines').fill(OTHER);
      await page.locator('#failure', { hasText: /^The lines could not be read: / }).waitFor();
      await refuse();
      await page.locator('#lines').fill(GOOD);
      await page.locator('#failure').waitFor({ state: 'hidden' });
    });
  });

  for (const [name, settings] of Object.entries(LOOKS)) {
    test(`${name}: its preview fits, and axe-core finds nothing`, async () => {
      await onPage(async (page) => {
        await write(page, [GOOD, BAD, 'broken ip-10-0-0-1.ec2.internal AKIAIOSFODNN7EXAMPLE alice@example.com', '{"owner":"123456789010","logGroup":"/shop","message":"alice"}'], '3 errors');
        await page.getByRole('button', { name: 'Redact', exact: true }).click();
        await page.getByText('What stays').waitFor();
        await isAccessible(page);
        await fits(page, 'the preview');
        await screenshot(page, `${name}-redact`);
      }, settings);
    });
  }
});

test('every example opens with a click and has the documents and errors that it announces', { timeout: 120_000 }, async () => {
  await onPage(async (page) => {
    for (const { title } of EXAMPLES) {
      await page.getByRole('button', { name: 'Examples' }).click();
      if (title === EXAMPLES[0].title) await screenshot(page, 'examples');
      await page.locator('.card', { has: page.getByText(title, { exact: true }) }).click();
      const expected = textOf(EXAMPLES.find((example) => example.title === title), tables);
      assert.equal(await page.locator('#lines').inputValue(), expected, title);
      const isOpen = title === 'Ambiguous format';
      const hasErrors = ['Mixed records', 'Errors'].includes(title);
      await page.locator('#counts', { hasText: isOpen ? 'format is ambiguous' : /\d documents?/ }).waitFor();
      const lines = expected.split('\n').length;
      await page.waitForFunction((count) => document.querySelectorAll('.row').length === count, lines);
      // The counts can follow the rows: those of the example before are not meant.
      if (!isOpen) await page.locator('#counts', { hasText: new RegExp(`^\\s*${lines} lines?:`) }).waitFor();
      if (!isOpen) assert.equal(/error/.test(await counts(page)), hasErrors, `${title}: ${await counts(page)}`);
    }
  });
});

test('an address holds lines, format, schema and view', async () => {
  await onPage(async (page) => {
    await write(page, OPEN_LINES, 'format is ambiguous');
    await page.locator('#format').fill('${action} ${dstaddr} ${dstport} ${log-status}');
    await page.locator('#counts', { hasText: '8 documents' }).waitFor();
    await page.getByLabel('Schema of the documents').selectOption({ label: 'beats' });
    await tab(page, 'Table');
    await page.getByRole('button', { name: 'Share…' }).click();
    const address = page.getByLabel('Address to share');
    await page.waitForFunction(() => document.querySelector('dialog textarea')?.value.includes('#s='));
    const redacted = await address.inputValue();
    await page.getByLabel('Redact first').uncheck();
    await page.waitForFunction((before) => document.querySelector('dialog textarea').value !== before, redacted);
    const plain = await address.inputValue();
    await screenshot(page, 'share');
    await page.keyboard.press('Escape');
    const opened = async (url) => {
      // Another page first: a change behind the # alone loads nothing.
      await page.goto('about:blank');
      await page.goto(url);
      await page.locator('#counts', { hasText: '8 documents' }).waitFor();
      assert.equal(await page.locator('#format').inputValue(), '${action} ${dstaddr} ${dstport} ${log-status}');
      assert.equal(await page.getByRole('tab', { name: 'Table' }).getAttribute('aria-selected'), 'true');
      assert.equal(await page.locator('#shape').inputValue(), 'beats');
      return page.locator('#lines').inputValue();
    };
    assert.equal(await opened(plain), OPEN_LINES.join('\n'));
    const lines = (await opened(redacted)).split('\n');
    assert.equal(new Set(lines.map((line) => line.split(' ')[1].split('.').slice(0, 3).join('.'))).size, 1);
    assert.ok(!lines[0].includes('10.0.1.4'));
  });
});

test('a corrupt address gives a message', async () => {
  await onPage(async (page) => {
    await page.locator('#toast', { hasText: 'The shared address is corrupt' }).waitFor();
    await page.locator('#counts', { hasText: 'documents' }).waitFor();
  }, { fragment: '#s=AAAA' });
});
