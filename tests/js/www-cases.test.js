// The page: saving what it shows as a case, and opening cases, which are compared with what it finds.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { runCommand, temporaryFolder } from './command.js';
import { LOOKS, close, counts, downloaded, drop, fits, isAccessible, leavesOf, onPage, open, pasteInto, screenshot, write } from './playground.js';
import { BAD, GOOD, HEADER } from './samples.js';

const folder = temporaryFolder();

before(open);
after(close);

/** A case with a wrong value, a wrong place of an error, options without a control, and a line as expected. */
const CASE = {
  'vpcflow-ecs-case': 1,
  name: 'small',
  format: 'srcaddr dstport action',
  options: { schema: 'beats', mode: 'original', tags: ['a'], preserveOriginal: true },
  lines: [
    { text: 'srcaddr dstport action', document: null },
    { text: '192.0.2.1 443 ACCEPT', document: { aws: { vpcflow: { srcaddr: '192.0.2.9', dstport: 443, action: 'ACCEPT' } }, event: { original: '192.0.2.1 443 ACCEPT' }, message: '192.0.2.1 443 ACCEPT', tags: ['a', 'preserve_original_event'] } },
    { text: '192.0.2.1 70000 ACCEPT', error: { code: 'out_of_range', column: 1 } },
    { text: '192.0.2.2 22 REJECT', document: { aws: { vpcflow: { srcaddr: '192.0.2.2', dstport: 22, action: 'REJECT' } }, event: { original: '192.0.2.2 22 REJECT' }, message: '192.0.2.2 22 REJECT', tags: ['a', 'preserve_original_event'] } },
  ],
};
const FILE = { name: 'small.case.json', content: JSON.stringify(CASE) };

const said = (page) => page.locator('#case-counts').textContent();
const differences = (page) => page.locator('.differences li').allTextContents();

describe('a case', () => {
  test('is saved with its lines, format, options and documents, and the command runs it', async () => {
    await onPage(async (page) => {
      await write(page, [HEADER, GOOD, BAD], '1 error');
      await page.locator('#shape').selectOption('beats.ecs_and_original');
      await page.getByRole('button', { name: 'Share…' }).click();
      await page.getByRole('button', { name: 'Save as case…' }).click();
      await page.getByLabel('Redact first').uncheck();
      await page.getByText('3 lines: 1 document, 1 error, 1 without either.').waitFor();
      // At once, before the file has the name.
      await page.locator('#case-name').fill('From the page');
      const [file, text] = await downloaded(page, 'Save file');
      assert.equal(file, 'from-the-page.case.json');
      const read = JSON.parse(text);
      assert.deepStrictEqual([read.name, read.format, read.options, read.lines.map((line) => line.text)],
        ['From the page', undefined, { schema: 'beats', mode: 'ecs_and_original' }, [HEADER, GOOD, BAD]]);
      assert.equal(read.lines[1].document.aws.vpcflow.srcaddr, GOOD.split(' ')[3]);
      const { status, stdout } = await runCommand(['test', folder.write('saved.case.json', text)]);
      assert.deepStrictEqual([status, stdout.replace(/ in .*/s, '')], [0, '1 case, 3 lines: 1 passed, 0 failed']);
      // Opened again, it is as expected.
      await page.keyboard.press('Escape');
      await drop(page, [{ name: file, content: text }]);
      await page.locator('#case-counts', { hasText: '3 as expected, 0 different' }).waitFor();
      await page.locator('#case', { hasText: 'Case “From the page”' }).waitFor();
    });
  });

  test('has redacted lines unless that is switched off', async () => {
    await onPage(async (page) => {
      await write(page, [GOOD], '1 document');
      await page.getByRole('button', { name: 'Share…' }).click();
      await page.getByRole('button', { name: 'Save as case…' }).click();
      await page.getByText('1 line: 1 document, 0 errors, 0 without either.').waitFor();
      const { lines: [{ text, document }] } = JSON.parse(await page.getByLabel('Case file').inputValue());
      assert.notEqual(text, GOOD);
      assert.equal(document.source.ip, text.split(' ')[3]);
    });
  });

  test('that is opened restores lines, format and options, and shows what differs', async () => {
    await onPage(async (page) => {
      await drop(page, [FILE]);
      await page.locator('#case-counts', { hasText: '2 as expected, 2 different' }).waitFor();
      assert.equal(await page.locator('#format').inputValue(), CASE.format);
      assert.equal(await page.locator('#lines').inputValue(), CASE.lines.map(({ text }) => text).join('\n'));
      assert.equal(await page.locator('#shape').inputValue(), 'beats.original');
      assert.deepStrictEqual(await differences(page), [
        'Line 2aws.vpcflow.srcaddr expected "192.0.2.9" found "192.0.2.1"',
        'Line 3error.column expected 1 found 11',
      ]);
      await page.getByText('With the options tags, preserveOriginal.').waitFor();
      await page.getByRole('button', { name: 'Line 2', exact: true }).click();
      await page.locator('#panel', { hasText: 'preserve_original_event' }).waitFor();
      const leaves = await leavesOf(page);
      assert.deepStrictEqual([leaves.tags, leaves['event.original']].map((text) => text?.replace(/\s/g, '')), ['["a","preserve_original_event"]', '"192.0.2.1443ACCEPT"']);
      // A line that is edited is new, and its expectation is left.
      await page.locator('#lines').fill((await page.locator('#lines').inputValue()).replace('192.0.2.2 22', '192.0.2.3 22'));
      await page.locator('#case-counts', { hasText: '1 as expected, 2 different, 1 new, 1 gone' }).waitFor();
      await page.keyboard.press('Control+z');
      await page.locator('#case-counts', { hasText: '2 as expected, 2 different' }).waitFor();
      await page.getByRole('button', { name: 'Close case' }).click();
      assert.equal(await page.locator('#case').count(), 0);
      await page.locator('#panel', { hasNotText: 'preserve_original_event' }).waitFor();
      assert.ok(!('event.original' in await leavesOf(page)));
    });
  });

  test('is closed with its schema and options when its lines are replaced, and opened again by undo', async () => {
    await onPage(async (page) => {
      const shape = () => page.locator('#shape').inputValue();
      const [isOpen, isClosed] = [() => page.locator('#case-counts', { hasText: '2 as expected, 2 different' }).waitFor(), () => page.locator('#case').waitFor({ state: 'detached' })];
      const undo = async () => (await page.locator('#lines').focus(), page.keyboard.press('Control+z'));
      const before = await shape();
      await drop(page, [FILE]);
      await isOpen();
      await undo();
      await isClosed();
      assert.equal(await shape(), before);
      await page.keyboard.press('Control+Shift+z');
      await isOpen();
      assert.equal(await shape(), 'beats.original');
      const ways = [
        () => page.getByRole('button', { name: 'Clear', exact: true }).click(),
        () => drop(page, [{ name: 'flow.log', content: [HEADER, ...Array(6000).fill(GOOD)].join('\n') }]),
        () => page.locator('#case').getByRole('button', { name: 'Close case' }).click(),
      ];
      for (const replace of ways) {
        await replace();
        await isClosed();
        await undo();
        await isOpen();
      }
    });
  });

  test('with more lines than the box holds is compared', async () => {
    await onPage(async (page) => {
      const lines = [...CASE.lines, ...Array(6000).fill(CASE.lines[3])];
      await drop(page, [{ ...FILE, content: JSON.stringify({ ...CASE, lines }) }]);
      await page.locator('#case-counts', { hasText: '6002 as expected, 2 different' }).waitFor();
    });
  });

  test('can be pasted', async () => {
    await onPage(async (page) => {
      await page.locator('#lines').press('Control+a');
      await pasteInto(page, JSON.stringify(CASE, null, 2));
      await page.locator('#case-counts', { hasText: '2 as expected, 2 different' }).waitFor();
      assert.match(await counts(page), /4 lines/);
    });
  });

  test('that is wrong or hostile changes nothing, and the page says where it is wrong', async () => {
    await onPage(async (page) => {
      const before = await page.locator('#lines').inputValue();
      for (const [content, expected] of [
        ['{"vpcflow-ecs-case": 1,\n "lines": [{"text": 5}]}', 'This is not a case: line 2, column 12: lines[0]: expected "text", the line'],
        ['{"vpcflow-ecs-case": 1, "options": {"schema": "<img>"}, "lines": []}', 'This case cannot be opened: there is no schema "<img>"'],
        [`{"vpcflow-ecs-case":${'['.repeat(10_000)}`, 'This is not a case: line 1, column 85: more than 64 levels'],
      ]) {
        await drop(page, [{ name: 'x.case.json', content }]);
        await page.locator('#toast', { hasText: expected }).waitFor();
        assert.equal(await page.locator('#lines').inputValue(), before);
        assert.equal(await page.locator('#case').count(), 0);
      }
      for (const [options, expected] of [['{"bogus":true}', 'unknown option "bogus"'], ['{"maxLineBytes":9007199254740993}', 'maxLineBytes']]) {
        const content = JSON.stringify({ ...CASE, options: 0, name: '<b>\u202e' }).replace('"options":0', `"options":${options}`);
        await drop(page, [{ name: 'x.case.json', content }]);
        await page.locator('#toast', { hasText: 'This case cannot be opened: ' }).filter({ hasText: expected }).waitFor();
        assert.equal(await page.locator('#case').count(), 0);
      }
      // The page still reads.
      await write(page, [HEADER, GOOD], '1 document');
    });
  });

  for (const [name, settings] of Object.entries(LOOKS)) {
    test(`${name}: it fits, and axe-core finds nothing`, async () => {
      await onPage(async (page) => {
        await drop(page, [FILE]);
        await page.locator('#case-counts').waitFor();
        const check = async (what) => {
          await isAccessible(page, what);
          await fits(page, what);
          await screenshot(page, `${name}-case-${what}`);
        };
        await check('opened');
        await page.locator('#case').getByRole('button', { name: 'Save as case…' }).click();
        await page.locator('#dialog').getByText(/4 lines: 2 documents/).waitFor();
        await check('save');
      }, settings);
    });
  }
});
