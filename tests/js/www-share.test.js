// The page: examples, redaction, and shared addresses.

import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { OPEN_LINES } from './logs.js';
import { close, counts, onPage, open, screenshot, tab, write } from './playground.js';
import { imported } from './package.js';
import { BAD, GOOD, OTHER } from './samples.js';
import { www } from './www.js';

const { Redactor } = await www('worker/redactor.js');
const { redactBlob } = await www('worker/redaction.js');
const { EXAMPLES, textOf } = await www('examples.js');
const { facts } = await www('facts.js');
const tables = { fields: imported.fields(), presets: imported.presets(), schemas: imported.schemas() };
facts.set(tables);

before(open);
after(close);

describe('redaction', () => {
  const redactor = () => new Redactor((values) => randomFillSync(values));
  const octets = (address) => address.split('.');
  const common = (a, b) => a.findIndex((part, index) => part !== b[index]);

  test('addresses of one prefix share a prefix of the same length, and no more', () => {
    const one = redactor();
    const addresses = Array.from({ length: 400 }, (_, index) => [52, 219, index % 7, (index * 37) % 256].join('.'));
    addresses.push('8.8.8.8', '52.95.1.2', '203.0.113.7', '10.0.1.20', '10.0.1.21', '10.1.0.1', '192.168.4.5', '172.16.0.9', '172.217.1.1', '100.64.2.3', '169.254.1.1');
    const mapped = addresses.map((address) => one.token(address));
    for (const [i, a] of addresses.entries()) {
      assert.equal(one.token(a), mapped[i]);
      for (const [j, b] of addresses.entries()) assert.equal(common(octets(mapped[i]), octets(mapped[j])), common(octets(a), octets(b)), `${a} ${b}`);
    }
    assert.notDeepStrictEqual(addresses, mapped);
  });

  test('private stays private, public stays public, IPv6 keeps its kind', () => {
    const kinds = [/^10\./, /^192\.168\./, /^172\.(1[6-9]|2\d|3[01])\./, /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./, /^169\.254\./];
    for (let round = 0; round < 20; round++) {
      const one = redactor();
      for (const [index, address] of ['10.2.3.4', '192.168.7.8', '172.20.1.1', '100.99.1.2', '169.254.3.4'].entries()) assert.match(one.token(address), kinds[index]);
      for (const address of ['8.8.8.8', '172.217.4.4', '203.0.113.9', '192.0.2.3', '169.1.2.3']) {
        const found = one.token(address);
        assert.ok(!kinds.some((kind) => kind.test(found)), found);
        assert.ok(Number(octets(found)[0]) > 0 && Number(octets(found)[0]) < 224, found);
      }
      assert.match(one.token('2001:db8::7'), /^[23][0-9a-f]{3}:/);
      assert.match(one.token('fe80::1'), /^fe80:/);
      assert.equal(one.token('::1'), '::1');
      const [a, b] = [one.token('2001:db8:1:2::1'), one.token('2001:db8:1:3::1')].map((text) => text.split(':'));
      assert.equal(common(a, b), 3);
    }
  });

  test('accounts, identifiers, ARNs and names get equal replacements in all columns; counts stay', () => {
    const one = redactor();
    const fields = ['account-id', 'interface-id', 'ecs-task-arn', 'ecs-cluster-name', 'bytes', 'action', 'instance-tag'];
    const line = '123456789010 eni-0a1b2c3d arn:aws:ecs:eu-central-1:123456789010:task/shop/0f9de1 shop 999999999999 REJECT web%20front';
    const kinds = new Map(imported.fields().map(({ name, kind }) => [name, kind]));
    const kindsOf = (names) => () => names.map((name) => kinds.get(name));
    const [account, eni, arn, cluster, bytes, action, tag] = one.line(line, kindsOf(fields)).split(' ');
    assert.match(account, /^[1-9]\d{11}$/);
    assert.notEqual(account, '123456789010');
    assert.match(eni, /^eni-[0-9a-f]{8}$/);
    assert.notEqual(eni, 'eni-0a1b2c3d');
    assert.equal(arn.split(':')[4], account);
    assert.equal(arn.split('/')[1], cluster);
    assert.ok(!arn.includes('shop') && !arn.includes('0f9de1'));
    assert.deepStrictEqual([bytes, action], ['999999999999', 'REJECT']);
    assert.notEqual(tag, 'web%20front');
    assert.equal(one.line('123456789010 unknown - -', kindsOf(['account-id', 'account-id', 'instance-tag', 'bytes'])), `${account} unknown - -`);
  });

  test('the redacted lines of every example are still records', async () => {
    for (const example of EXAMPLES) {
      const text = textOf(example, tables);
      const stats = (lines) => {
        const parser = new imported.Parser({ ...(example.format && { format: example.format }), onError: 'skip' });
        try {
          parser.toNdjson(lines);
        } catch (error) {
          assert.equal(error.code, 'unresolved_format');
        }
        return parser.stats;
      };
      const log = { formatsOf: () => [example.format ?? null], state: () => 1 };
      const redacted = await (await redactBlob(Buffer.from(text), imported, log)).text();
      assert.deepStrictEqual(stats(redacted), stats(text), example.title);
    }
  });

  test('the page redacts its lines', async () => {
    await onPage(async (page) => {
      await write(page, [GOOD, OTHER, BAD], '1 error');
      await page.getByRole('button', { name: 'Redact' }).click();
      await page.locator('#toast', { hasText: 'replaced' }).waitFor();
      await page.waitForFunction(() => !document.querySelector('#lines').value.includes('123456789010'));
      const lines = (await page.locator('#lines').inputValue()).split('\n').map((line) => line.split(' '));
      assert.equal(await counts(page), '3 lines: 2 documents, 1 error');
      assert.deepStrictEqual(lines[0].slice(1, 5), lines[1].slice(1, 5));
      assert.deepStrictEqual(lines[0].slice(5, 13), GOOD.split(' ').slice(5, 13));
      assert.match(lines[0][3], /^172\.(1[6-9]|2\d|3[01])\./);
      assert.notEqual(lines[0][3], '172.31.16.139');
    });
  });
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
