// The page: errors grouped by cause, filtered by it, and repaired, with what changes shown before and undone after.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { linesOf } from './logs.js';
import { imported } from './package.js';
import { LOOKS, close, drop, fits, isAccessible, onPage, open, row, screenshot, typed, write } from './playground.js';
import { GOOD, HEADER } from './samples.js';

before(open);
after(close);

const without = (line, at, count = 1) => line.split(' ').toSpliced(at, count).join(' ');
const put = (line, at, value) => line.split(' ').with(at, value).join(' ');
const NAMES = imported.presets()[0].fields;
/** Records of the default format. */
const PLAIN = linesOf('default', 60).map((line) => line.replace(/^5/, '2'));

describe('an examined line', () => {
  const FORMAT = imported.compileFormat('default').format;
  let examiner;
  before(async () => {
    const { Examiner } = await import('../../www/worker/examine.js');
    examiner = new Examiner(imported, { protocols: new Map([['tcp', 6], ['udp', 17]]) });
  });
  after(() => examiner.free());

  const optionsOf = (texts, format = FORMAT) => {
    const { kind, takes, options } = examiner.examine([texts].flat(), format);
    return [kind, takes, ...options.map(({ label, text }) => [label, text])];
  };

  for (const [what, texts, expected] of [
    ['in lower case', put(GOOD, 12, 'accept'), ['values', 1, ['', GOOD]]],
    ['misspelt', put(GOOD, 12, 'ACEPT'), ['values', 1, ['', GOOD]]],
    ['two wrong words', put(put(GOOD, 12, 'Accept'), 13, 'ok'), ['values', 1, ['', GOOD]]],
    ['the start of a word', put(GOOD, 12, 'ACCE'), ['values', 1, ['', GOOD]]],
    ['a word that may be any', put(GOOD, 12, 'ALLOW'), ['values', 1, ['ACCEPT', GOOD], ['REJECT', put(GOOD, 12, 'REJECT')]]],
    ['the name of a protocol', put(GOOD, 7, 'tcp'), ['values', 1, ['', GOOD]]],
    ['separators of thousands', put(GOOD, 9, '4,249'), ['values', 1, ['', GOOD]]],
    ['an exponent with all digits', put(GOOD, 10, '1.418530010E9'), ['values', 1, ['', GOOD]]],
    ['an exponent with some digits', put(GOOD, 10, '1.41E9'), ['values', 1]],
    ['quotes around a value', put(GOOD, 3, '"172.31.16.139"'), ['values', 1, ['', GOOD]]],
    ['a port beyond the range', put(GOOD, 6, '99443'), ['values', 1]],
    ['quotes', `"${GOOD}"`, ['layers', 1, ['', GOOD]]],
    ['commas between tokens', GOOD.replaceAll(' ', ','), ['layers', 1, ['', GOOD]]],
    ['a comma at the end', `${GOOD},`, ['layers', 1, ['', GOOD]]],
    ['a missing log status', without(GOOD, 13), ['missing', 1, ['log-status', put(GOOD, 13, '-')]]],
    ['a missing address', without(GOOD, 3), ['missing', 1, ['srcaddr', put(GOOD, 3, '-')], ['dstaddr', put(put(GOOD, 3, '172.31.16.21'), 4, '-')]]],
    ['a missing number among numbers', without(GOOD, 6), ['missing', 1]],
    ['a cut line', GOOD.slice(0, 60), ['cut', 1]],
    ['a token too many', `${GOOD} more`, ['extra', 1, ['after log-status', GOOD]]],
    ['a record over two lines', [GOOD.slice(0, 63), GOOD.slice(63)], ['joined', 2, ['', GOOD]]],
    ['a record that is broken within a token', [GOOD.slice(0, 50), GOOD.slice(50)], ['joined', 2, ['', GOOD]]],
    ['a record over three lines', [GOOD.slice(0, 20), GOOD.slice(20, 63), GOOD.slice(63)], ['joined', 3, ['', GOOD]]],
    ['prose', 'It was the best of times', ['missing', 1]],
  ]) test(what, () => assert.deepStrictEqual(optionsOf(texts), expected));

  test('the record over two lines of a document, without a format', () => {
    const whole = GOOD.split(' ');
    assert.deepStrictEqual(optionsOf([whole.slice(0, 5).join(' '), whole.slice(5).join(' ')], undefined), ['joined', 2, ['', GOOD]]);
  });
});

const causes = (page) => page.locator('#causes li > span').allTextContents();
const cause = (page, words) => page.locator('#causes li', { hasText: words });

/** Repairs the lines of a cause, and returns the changes that were shown before. */
async function repair(page, words, name, option) {
  await cause(page, words).getByRole('button', { name }).click();
  if (option) await page.locator('.repair select').selectOption(option);
  await page.locator('.change').first().waitFor();
  const changes = await page.locator('.change').evaluateAll((all) => all.map((one) => [...one.children].map((part) => `${part.localName} ${part.textContent}`)));
  await page.locator('.repair button.primary').click();
  await page.locator('#dialog').waitFor({ state: 'hidden' });
  return changes;
}

test('errors are grouped by cause, filtered by it, and repaired with one step of the history', async () => {
  await onPage(async (page) => {
    const lines = [...PLAIN];
    for (const at of [3, 4, 5, 20, 30]) lines[at] = without(PLAIN[at], 13);
    for (const at of [7, 8]) lines[at] = lines[at].replace(/ACCEPT|REJECT/, 'accept');
    lines[40] = `"${PLAIN[40]}"`;
    lines[50] = put(PLAIN[50], 6, '99443');
    await write(page, lines, '60 lines: 51 documents, 9 errors');
    await cause(page, 'log-status').waitFor();
    assert.deepStrictEqual(await causes(page), ['5 lines: 13 fields, log-status missing', '2 lines: action "accept" instead of ACCEPT', '1 line: quotes around the record']);
    await page.getByRole('button', { name: '1 more cause' }).click();
    assert.equal((await causes(page))[3], '1 line: dstport out of range: expected 0 to 65535');
    assert.deepStrictEqual(await cause(page, 'out of range').getByRole('button').allTextContents(), ['Show']);
    await screenshot(page, 'causes');

    await cause(page, 'log-status').getByRole('button', { name: /^Show/ }).click();
    await page.locator('#filters', { hasText: '5 of 60 lines' }).waitFor();
    await page.locator('.chip', { hasText: '13 fields, log-status missing' }).waitFor();
    await row(page, 21).waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();

    await cause(page, 'accept').getByRole('button', { name: 'Fix …' }).click();
    await page.locator('.change').nth(1).waitFor();
    assert.deepStrictEqual(await page.locator('.change mark').allTextContents(), ['accept', 'ACCEPT', 'accept', 'ACCEPT']);
    await screenshot(page, 'repair');
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await typed(page), lines.join('\n'));

    const changes = await repair(page, 'log-status', 'Insert “-” for log-status …');
    assert.deepStrictEqual(changes.map((parts) => parts.slice(0, 3)), [3, 4, 5, 20].map((at) => [`small Line ${at + 1}`, `del ${lines[at]}`, `ins ${lines[at]} -`]));
    await page.locator('#counts', { hasText: '60 lines: 56 documents, 4 errors' }).waitFor();
    await page.locator('#toast', { hasText: '5 lines repaired.' }).waitFor();
    const repaired = lines.map((line, at) => ([3, 4, 5, 20, 30].includes(at) ? `${line} -` : line));
    assert.equal(await typed(page), repaired.join('\n'));
    await page.locator('#causes li').nth(2).waitFor();
    await repair(page, 'accept', 'Fix …');
    await page.locator('#counts', { hasText: '2 errors' }).waitFor();
    await page.locator('#lines').focus();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await page.locator('#counts', { hasText: '9 errors' }).waitFor();
    assert.equal(await typed(page), lines.join('\n'));
  });
});

test('a record that is broken over two lines is joined', async () => {
  await onPage(async (page) => {
    const tokens = GOOD.split(' ');
    const parts = [tokens.slice(0, 5).join(' '), tokens.slice(5).join(' ')];
    await write(page, parts, '2 errors');
    await cause(page, 'broken').waitFor();
    // Each part has the columns of the whole record, and nothing else is offered than to join them.
    await page.locator('#format-note', { hasText: '14 columns, AWS’s default format' }).waitFor();
    assert.equal(await page.locator('.asks').count(), 0);
    const shows = () => page.locator('#columns .cell b').allTextContents();
    for (const [number, expected, why] of [[1, NAMES.slice(0, 5), 'start of a record: join it with line 2'], [2, NAMES.slice(5), 'end of a record: join it with line 1']]) {
      await page.locator('#anatomy', { hasText: new RegExp(`^Line ${number} `) }).waitFor();
      assert.deepStrictEqual(await shows(), expected);
      assert.deepStrictEqual(await page.locator('#anatomy .token small').allTextContents(), expected);
      assert.equal(await row(page, number).locator('.why-line b').textContent(), why);
      await page.keyboard.press('ArrowDown');
    }
    assert.deepStrictEqual(await causes(page), ['2 lines: 1 record broken over several lines']);
    assert.deepStrictEqual(await repair(page, 'broken', 'Join them …'), [['small Line 1', ...parts.map((part) => `del ${part}`), `ins ${GOOD}`]]);
    await page.locator('#counts', { hasText: '1 line: 1 document' }).waitFor();
    assert.equal(await typed(page), GOOD);
    assert.equal(await page.locator('#causes').isHidden(), true);
    assert.equal(await page.locator('#open-causes').isHidden(), true);
  });
});

test('a second format from a line on: headers around it', async () => {
  await onPage(async (page) => {
    const more = linesOf('v5', 20);
    await page.locator('#format').fill('default');
    await write(page, [...PLAIN.slice(0, 10), ...more], '10 documents, 20 errors');
    await cause(page, 'another format').waitFor();
    assert.deepStrictEqual(await causes(page), ['20 lines: from line 11 on, another format: 29 columns, layout v5']);
    const names = imported.presets().find(({ name }) => name === 'v5').fields.join(' ');
    const [change] = await repair(page, 'another format', 'Put headers around …');
    assert.deepStrictEqual(change, ['small Line 11', `ins ${names}`, `span ${more[0]}`]);
    await page.locator('#counts', { hasText: '31 lines: 30 documents, 1 header' }).waitFor();

    // In between, with the first format after it.
    await write(page, [...PLAIN.slice(0, 10), ...more, ...PLAIN.slice(10, 12)], '12 documents, 20 errors');
    await cause(page, 'lines 11 to 30 have another format').waitFor();
    await repair(page, 'another format', 'Put headers around …');
    await page.locator('#counts', { hasText: '34 lines: 32 documents, 2 headers' }).waitFor();
    assert.equal((await typed(page)).split('\n')[31], HEADER);

    // If no line is a record, the format is wrong.
    await write(page, more, '0 documents, 20 errors');
    await cause(page, 'another format').getByRole('button', { name: 'Use their format' }).click();
    await page.locator('#counts', { hasText: '20 documents' }).waitFor();
    assert.equal(await page.locator('#format').inputValue(), 'v5');
  });
});

test('what the lines leave open is asked', async () => {
  await onPage(async (page) => {
    const lines = PLAIN.slice(0, 20).map((line, at) => (at < 4 ? without(line, 3) : line));
    await write(page, lines, '4 errors');
    await cause(page, 'either srcaddr or dstaddr missing').getByRole('button', { name: 'Which field is missing?' }).click();
    assert.equal(await page.locator('#dialog-title').textContent(), 'Which field is missing?');
    await page.getByText('The lines do not say which: select it.').waitFor();
    assert.equal(await page.locator('.repair button.primary').isDisabled(), true);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await repair(page, 'either srcaddr or dstaddr', 'Which field is missing?', 'dstaddr');
    await page.locator('#counts', { hasText: '20 lines: 20 documents' }).waitFor();
    assert.equal((await typed(page)).split('\n')[0].split(' ')[4], '-');
    const names = 'srcaddr instance-tag dstport interface-tag';
    await write(page, [names, '10.0.0.1 some 443 value', '10.0.0.1 some 443 value more'], '1 error');
    await cause(page, '5 fields instead of 4').getByRole('button', { name: 'Which token is too many?' }).click();
    assert.equal(await page.locator('#dialog-title').textContent(), 'Which token is too many?');
    await page.locator('.repair select').selectOption('after interface-tag');
    await page.locator('.change mark', { hasText: 'more' }).waitFor();
  });
});

test('while lines are typed, causes are shown on request only', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await page.locator('#lines').press('Control+End');
    await page.keyboard.type(`\n${put(GOOD, 12, 'ACEPT')}`);
    await page.locator('#counts', { hasText: '1 error' }).waitFor();
    await page.locator('#open-causes').click();
    await cause(page, 'action "ACEPT" instead of ACCEPT').waitFor();
    assert.equal(await page.locator('#open-causes').getAttribute('aria-expanded'), 'true');
    await page.locator('#open-causes').click();
    assert.equal(await page.locator('#causes').isHidden(), true);
  });
});

test('a large file: all lines are counted, its other bytes stay, and the repair is undone', async () => {
  await onPage(async (page) => {
    const count = 12_000;
    const lines = Array.from({ length: count }, (_, at) => (at % 2 ? PLAIN[at % 60] : PLAIN[at % 60].replace(/ACCEPT|REJECT/, 'accept')));
    lines[6001] = without(lines[6001], 13);
    const content = Buffer.from(`${lines.join('\r\n')}\r\n`);
    await page.locator('#format').fill('default');
    await drop(page, [{ name: 'big.log', content }]);
    await page.locator('#counts', { hasText: '12,000 lines: 5,999 documents, 6,001 errors' }).waitFor();
    await cause(page, '"accept"').waitFor();
    assert.deepStrictEqual(await causes(page), ['6,000 lines: action "accept" instead of ACCEPT (as the first 5,000 have it)', '1 line: 13 fields, log-status missing']);
    await repair(page, 'accept', 'Fix …');
    await page.locator('#counts', { hasText: '12,000 lines: 11,999 documents, 1 error' }).waitFor();
    await page.locator('#file-note', { hasText: 'repaired-big.log' }).waitFor();
    await page.keyboard.press('Control+z');
    await page.locator('#counts', { hasText: '6,001 errors' }).waitFor();
  });
});

for (const [name, settings] of Object.entries(LOOKS)) {
  test(`${name}: causes, the dialog, and an open column have no findings of axe-core`, async () => {
    await onPage(async (page) => {
      const findings = async (what) => {
        await isAccessible(page, what);
        await fits(page, what);
      };
      const lines = PLAIN.map((line, at) => [line, without(line, 13), line.replace('ACCEPT', 'accept')][at % 3]);
      await write(page, lines, 'errors');
      await page.locator('#causes li').nth(1).waitFor();
      await findings('causes');
      await screenshot(page, `${name}-causes`);
      await page.locator('#causes .fix').first().click();
      await page.locator('.change').first().waitFor();
      await findings('the dialog');
      await screenshot(page, `${name}-repair`);
      await page.keyboard.press('Escape');
      await write(page, Array.from({ length: 8 }, (_, at) => `ACCEPT 10.0.1.${at + 4} 443 OK`), 'ambiguous');
      await page.locator('.cell.open').first().waitFor();
      await page.locator('.cell.open').first().click();
      await page.locator('#field-options [role=option]').first().waitFor();
      await findings('an open column');
      await screenshot(page, `${name}-field-menu`);
      await page.keyboard.press('Escape');
      await page.locator('#format').fill('version ${');
      await page.locator('body.is-behind').waitFor();
      await findings('a format that is half typed');
      await screenshot(page, `${name}-format-half`);
    }, settings);
  });
}
