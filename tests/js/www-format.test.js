// The page: given formats, detected formats, open columns, and the dialog that builds a format.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as aws from '../../www/exporters/aws.js';
import * as code from '../../www/exporters/code.js';
import { facts } from '../../www/facts.js';
import { plainFormat } from '../../www/written.js';
import { OPEN_LINES, PLAIN, linesOf } from './logs.js';
import { catchCopies, close, copies, counts, leavesOf, onPage, open, row, screenshot, write } from './playground.js';
import { imported } from './package.js';
import { GOOD, HEADER, OTHER } from './samples.js';

before(open);
after(close);

/** Returns the cells of the column strip: the field and its certainty. */
const cells = (page) => page.locator('#columns .cell').evaluateAll((all) => all.map((cell) => `${cell.querySelector('b').textContent} ${cell.querySelector('.words').textContent}`));
const names = (page) => page.locator('#anatomy .token small').allTextContents();

test('every syntax of a format is accepted, and what people copy', async () => {
  await onPage(async (page) => {
    const format = page.locator('#format');
    await write(page, '2 192.0.2.1 443', '1 error');
    const plain = '${version} ${srcaddr} ${srcport}';
    for (const text of [
      plain, 'version srcaddr srcport', '$${version} $${srcaddr} $${srcport}', '["version", "srcaddr", "srcport"]', 'version,srcaddr;srcport',
      `--log-format '${plain}'`, `--log-format "${plain} "`, `aws ec2 create-flow-logs --log-format '${plain}' --max-aggregation-interval 60`,
      `log_format                = "$\${version} $\${srcaddr} $\${srcport}"`, `"LogFormat": "${plain}",`, `\\"${plain}\\"`, `LogFormat: >- ${plain}`,
      `'$\${version} $\${srcaddr} $\${srcport}'`, `"${plain} "`, `${plain} `, `"LogFormat": "\\"${plain}\\""`, `${plain}\\n`,
    ]) {
      await format.fill('');
      await page.locator('#counts', { hasText: '1 error' }).waitFor();
      await format.fill(text);
      await page.locator('#counts', { hasText: '1 line: 1 document' }).waitFor();
      await page.locator('.cell', { hasText: 'given' }).nth(2).waitFor();
      assert.deepStrictEqual(await names(page), ['version', 'srcaddr', 'srcport'], text);
      assert.deepStrictEqual(await cells(page), ['version given', 'srcaddr given', 'srcport given'], text);
      assert.match(await page.locator('#format-note').textContent(), /^version 2 3 fields/);
    }
    await format.fill('version srcadr srcport');
    await page.getByText('did you mean "srcaddr"?').waitFor();
    await page.locator('#counts', { hasText: '1 document' }).waitFor();
    await page.locator('.leaf[data-path="aws.vpcflow.srcadr"]').waitFor();
    await page.locator('.cell', { hasText: 'not of AWS' }).waitFor();
    assert.equal((await leavesOf(page))['aws.vpcflow.srcadr'], '"192.0.2.1"');
    assert.deepStrictEqual(await cells(page), ['version given', 'srcadr not of AWS', 'srcport given']);
    assert.equal(await page.locator('#presets option[value="tgw"]').count(), 1);
    await page.getByRole('button', { name: 'Detect it instead' }).click();
    assert.equal(await format.inputValue(), '');
  });
});

test('the exports of the page that hold a format are formats', async () => {
  facts.set({ fields: imported.fields(), presets: imported.presets(), schemas: imported.schemas() });
  for (const preset of ['default', 'v5', 'tgw']) {
    const compiled = imported.compileFormat(preset);
    const given = { ...compiled, schema: 'ecs', fields: compiled.fields.map((field) => ({ ...facts.field(field.name), ...field })) };
    for (const write of [aws.cli, aws.terraform, code.node, code.lambda]) {
      const { format, start } = plainFormat(write(given).trim().replace(/\s+/g, ' '));
      assert.equal(imported.compileFormat(format).format, compiled.format, `${write.name} ${preset}`);
      assert.ok(start > 0);
    }
  }
});

test('the page copies only what the box takes, and a paste of several lines is one format', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    const paste = (text) => page.locator('#format').evaluate((box, pasted) => {
      box.value = '';
      box.focus();
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      box.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
    await paste('version\naccount-id\ninterface-id\n');
    await page.locator('#counts', { hasText: '1 error' }).waitFor();
    assert.equal(await page.locator('#format').inputValue(), 'version account-id interface-id');
    await catchCopies(page);
    await page.getByRole('button', { name: 'Copy --log-format' }).click();
    await page.getByRole('button', { name: 'Detect it instead' }).click();
    await page.locator('#counts', { hasText: '1 document' }).waitFor();
    const [copied] = await copies(page);
    assert.equal(copied, "--log-format '${version} ${account-id} ${interface-id}'");
    await paste(copied);
    await page.locator('#counts', { hasText: '1 error' }).waitFor();
    await page.locator('#format-note', { hasText: 'version 2 3 fields' }).waitFor();
  });
});

test('while a format is half typed, the last reading stays, and the error is marked at its place', async () => {
  await onPage(async (page) => {
    const format = page.locator('#format');
    await write(page, [GOOD, GOOD], '2 documents');
    const before = await leavesOf(page);
    const isSame = async (what) => {
      assert.equal(await counts(page), '2 lines: 2 documents', what);
      assert.deepStrictEqual(await leavesOf(page), before, what);
    };
    await format.focus();
    await page.keyboard.type('${version} ${acc');
    await page.locator('#format[aria-invalid=true]').waitFor();
    assert.equal(await page.locator('body.is-behind').count(), 1);
    const [text, caret] = (await page.locator('#format-note .caret').textContent()).split('\n');
    assert.deepStrictEqual([text, caret.indexOf('^')], ['${version} ${acc', 11]);
    await page.getByText('Until then, lines are read by the last whole format: the detected one.').waitFor();
    await isSame('an error');
    await screenshot(page, 'format-half');

    // It may be whole, but no line fits it yet.
    await page.keyboard.type('ount-id} ${interface-id}');
    await page.getByText('None of the first lines fits this format of 3 fields.').waitFor();
    await isSame('too few fields');
    await page.keyboard.type(' ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}');
    await page.locator('#format-note', { hasText: '14 fields, AWS’s default format' }).waitFor();
    assert.equal(await page.locator('body.is-behind').count(), 0);
    await isSame('whole');

    // An error within what is copied around it is marked in the box's own text.
    await format.fill("--log-format '${version} ${srcaddr ${srcport}'");
    await page.locator('#format-note .caret').waitFor();
    const [inside, there] = (await page.locator('#format-note .caret').textContent()).split('\n');
    assert.equal(inside.slice(there.indexOf('^')), "${srcaddr ${srcport}'");
    // Who means it, reads the lines by it.
    await format.fill('version srcaddr');
    await page.getByText('None of the first lines fits this format of 2 fields.').waitFor();
    await format.press('Enter');
    await page.locator('#counts', { hasText: '2 lines: 0 documents, 2 errors' }).waitFor();
  });
});

test('a header that overrules the given format, with both choices', async () => {
  await onPage(async (page) => {
    const swapped = HEADER.replace('srcaddr dstaddr', 'dstaddr srcaddr');
    await write(page, [HEADER, GOOD], '1 document, 1 header');
    await page.locator('.cell', { hasText: 'header' }).nth(13).waitFor();
    await page.locator('#format').fill(HEADER);
    await page.locator('#format-note', { hasText: '14 fields' }).waitFor();
    assert.equal(await page.locator('.overruled').count(), 0);
    await page.locator('#format').fill(swapped);
    await page.getByText('Line 1 is a header with other columns, and overrules this format.').waitFor();
    await page.locator('#lines').press('Control+End');
    await page.waitForFunction(() => document.querySelector('.leaf[data-path="source.ip"]')?.textContent.includes('172.31.16.139'));
    assert.equal(await page.locator('#layers').isHidden(), true);
    await page.getByRole('button', { name: 'Use this format' }).click();
    await page.waitForFunction(() => document.querySelector('.leaf[data-path="source.ip"]')?.textContent.includes('172.31.16.21'));
    await page.getByText('Line 1 is a header with other columns, and is skipped.').waitFor();
    assert.deepStrictEqual((await cells(page)).slice(3, 5), ['dstaddr given', 'srcaddr given']);
    // The link has the choice, too.
    await page.getByRole('button', { name: 'Share…' }).click();
    await page.waitForFunction(() => document.querySelector('dialog textarea')?.value.includes('#s='));
    const link = await page.getByLabel('Address to share').inputValue();
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByText('Line 1 is a header with other columns, and is skipped.').waitFor();
    await page.getByRole('button', { name: 'Use the header' }).click();
    await page.locator('.cell', { hasText: 'header' }).nth(13).waitFor();
    assert.equal(await page.locator('#format').inputValue(), '');
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
    assert.deepStrictEqual(await cells(page), ['account-id', 'action', 'start', 'end', 'log-status', 'flow-direction'].map((name) => `${name} by values`));
    await write(page, 'It was the best of times, it was the worst of times.', '1 error');
    await page.locator('#format-note', { hasText: 'not a flow log' }).waitFor();
  });
});

const cell = (page, number) => page.locator('#columns .cell').nth(number - 1);

test('an open column is asked in the strip, of the lines it belongs to', async () => {
  await onPage(async (page) => {
    await write(page, OPEN_LINES, 'format is ambiguous');
    const found = imported.detectFormat(OPEN_LINES)[0];
    const [second, third] = found.unresolved;
    const possible = ({ field, alternatives }) => `${[field, ...alternatives].filter(Boolean).length} possible`;
    await page.locator('.cell.open').first().waitFor();
    assert.deepStrictEqual(await cells(page), ['action by values', `dstaddr ${possible(second)}`, `dstport ${possible(third)}`, 'log-status by values']);
    // The rows show the likeliest format meanwhile.
    await row(page, 2).locator('.t.k-address').waitFor();
    await screenshot(page, 'question');
    await cell(page, 2).click();
    await page.locator('#field-menu').waitFor();
    assert.equal(await page.locator('#field-menu p').first().textContent(), 'Column 2 of 4 10.0.1.4');
    const group = (name) => page.getByRole('group', { name, exact: true }).getByRole('option').evaluateAll((all) => all.map(({ dataset }) => dataset.name));
    const likely = [second.field, ...second.alternatives];
    assert.deepStrictEqual(await group('The lines leave open'), likely);
    const fitting = found.choices[1].filter((name) => !likely.includes(name));
    if (fitting.length) assert.deepStrictEqual(await group('Its values fit'), fitting);
    assert.deepStrictEqual(await group('None of the fields'), ['column-2']);
    assert.equal(await page.locator('#field-menu [role=option]').count(), imported.fields().length + 1);
    await screenshot(page, 'field-menu');
    await page.keyboard.type('srcad');
    await page.keyboard.press('Enter');
    await page.locator('#counts', { hasText: '8 documents' }).waitFor();
    assert.equal(await page.locator('#format').inputValue(), '${action} ${srcaddr} ${dstport} ${log-status}');
    // The third column is still open, and the focus is where it was.
    await page.waitForFunction(() => document.activeElement.dataset.index === '1');
    assert.deepStrictEqual((await cells(page)).slice(1, 3), ['srcaddr selected', `dstport ${possible(third)}`]);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('#field-menu').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => !document.querySelector('.cell.open'));
    assert.equal(await page.locator('#format').inputValue(), '${action} ${srcaddr} ${dstport} ${log-status}');

    // Other lines: the question is theirs.
    await page.locator('#format').fill('');
    await page.locator('.cell.open').first().waitFor();
    await write(page, GOOD, '1 document');
    await page.locator('#format-note', { hasText: '14 columns, AWS’s default format' }).waitFor();
    assert.equal(await page.locator('.cell.open, .asks').count(), 0);
    assert.equal(await page.locator('.cell').count(), 14);
    await write(page, OPEN_LINES, 'format is ambiguous');
    await page.getByRole('button', { name: 'Use the likeliest fields' }).click();
    await page.locator('#counts', { hasText: '8 documents' }).waitFor();
    await write(page, '', 'No lines yet');
    assert.equal(await page.locator('#columns').isHidden(), true);
  });
});

test('an open column beyond the edge is scrolled into view, and a link opens its menu', async () => {
  await onPage(async (page) => {
    const more = 'vpc-0461a0614f2e3d9aa subnet-089e7569aa0b1c2d3 i-06f9249b01a2b3c4d 3 IPv4 172.31.16.139 172.31.16.21 us-east-1 use1-az4';
    await write(page, `${GOOD.replace('2 ', '4 ')} ${more}`, '1 error');
    await page.locator('.cell.open').waitFor();
    assert.equal(await page.locator('.cell').count(), 23);
    const inView = () => page.locator('.cell.open').evaluate((node) => node.getBoundingClientRect().right <= document.querySelector('#columns').getBoundingClientRect().right);
    assert.ok(await inView());
    // The likeliest fields are offered once, and the whole error is shown once.
    assert.equal(await page.getByRole('button', { name: 'Use it' }).count(), 0);
    await page.locator('#causes li > span', { hasText: /^1 line: no documented layout has 23 fields$/ }).waitFor();
    await page.locator('#panel', { hasText: 'the format may be' }).waitFor();
    assert.doesNotMatch(await page.locator('#causes, #anatomy').allInnerTexts().then((all) => all.join()), /the format may be/);
    await page.locator('#columns').evaluate((strip) => strip.scrollTo(0, 0));
    assert.equal(await inView(), false);
    await page.locator('.asks').getByRole('button', { name: '23 az-id' }).click();
    await page.locator('#field-menu').waitFor();
    assert.ok(await inView());
    assert.match(await page.locator('#field-menu p').first().textContent(), /^Column 23 of 23/);
    await page.keyboard.press('Escape');
    // The columns of other lines are shown from the first one on.
    await write(page, GOOD, '1 document');
    await page.waitForFunction(() => document.querySelectorAll('.cell').length === 14);
    assert.equal(await page.locator('#columns').evaluate((strip) => strip.scrollLeft), 0);
  });
});

test('JSON with the names of fields has no header line', async () => {
  await onPage(async (page) => {
    const fields = imported.presets()[0].fields.map((name) => name.replaceAll('-', '_'));
    const object = (line) => JSON.stringify(Object.fromEntries(line.split(' ').map((value, index) => [fields[index], value])));
    await write(page, [GOOD, OTHER].map(object), '2 documents');
    await page.locator('#format-note', { hasText: '14 columns, named in the lines' }).waitFor();
    assert.deepStrictEqual((await cells(page)).slice(0, 2), ['version by name', 'account-id by name']);
  });
});

test('a column can be another field, or not a field, also where nothing is open', async () => {
  await onPage(async (page) => {
    await write(page, OPEN_LINES, 'format is ambiguous');
    await page.locator('.cell.open').first().waitFor();
    await cell(page, 3).click();
    await page.getByRole('option', { name: 'no field' }).click();
    await page.locator('#counts', { hasText: '8 documents' }).waitFor();
    assert.equal(await page.locator('#format').inputValue(), '${action} ${dstaddr} ${column-3} ${log-status}');
    await page.locator('#format').fill('');
    await write(page, linesOf(PLAIN, 30), '30 documents');
    await page.locator('.cell').nth(5).waitFor();
    // The column that had the field takes the other one, since its values can be that.
    await cell(page, 3).click();
    await page.locator('#field-menu [data-name="end"]').click();
    const swapped = PLAIN.replace('${start} ${end}', '${end} ${start}');
    await page.waitForFunction((text) => document.querySelector('#format').value === text, swapped);
    await page.locator('#counts', { hasText: '30 documents' }).waitFor();

    // By keyboard, and by pointer.
    await cell(page, 3).focus();
    await page.keyboard.press('Alt+ArrowRight');
    assert.equal(await page.locator('#format').inputValue(), PLAIN);
    await page.waitForFunction(() => document.activeElement.dataset.index === '3');
    await page.locator('.cell', { hasText: 'end' }).dragTo(page.locator('.cell', { hasText: 'start' }));
    assert.equal(await page.locator('#format').inputValue(), swapped);
    assert.equal(await page.locator('#field-menu').count(), 0);
    await cell(page, 4).click();
    await page.getByRole('button', { name: 'Swap with the column to the left' }).click();
    assert.equal(await page.locator('#format').inputValue(), PLAIN);
    await page.locator('#counts', { hasText: '30 documents' }).waitFor();

    // Against a header: the format counts, and the page says so.
    await page.locator('#format').fill('');
    await write(page, [HEADER, GOOD], '1 document, 1 header');
    await cell(page, 4).focus();
    await page.keyboard.press('Alt+ArrowRight');
    await page.getByText('Line 1 is a header with other columns, and is skipped.').waitFor();
  });
});

test('the cells that differ in another candidate are marked', async () => {
  await onPage(async (page) => {
    // A record without data fits two layouts.
    const line = `3${' -'.repeat(20)}`;
    await write(page, line, '1 document');
    const [one, other] = imported.detectFormat(line);
    const first = page.locator('.candidates button').first();
    await first.hover();
    const differing = await page.locator('.cell.differs').allTextContents();
    const columns = (format) => format.split(' ').map((name) => name.slice(2, -1));
    const best = columns(one.format);
    assert.equal(await first.textContent(), 'tcp-flags 50 %');
    assert.deepStrictEqual(differing, columns(other.format).flatMap((name, index) => (name === best[index] ? [] : [`${index + 1}${best[index]}→ ${name}`])));
    assert.ok(differing.length > 0);
    await screenshot(page, 'candidate');
    await page.mouse.move(5, 5);
    assert.equal(await page.locator('.cell.differs').count(), 0);
    await first.focus();
    assert.equal(await page.locator('.cell.differs').count(), differing.length);
    await page.keyboard.press('Enter');
    await page.waitForFunction((text) => document.querySelector('#format').value === text, other.preset ?? other.format);
  });
});

test('the strip scrolls with the lines, and shows the column of a cell in them', async () => {
  await onPage(async (page) => {
    await write(page, linesOf('v5', 40), '40 documents');
    await cell(page, 4).hover();
    const marked = await page.locator('.t.in-column').allTextContents();
    assert.ok(marked.length > 5 && marked.every((text) => /^\d+\.\d+\.\d+\.\d+$/.test(text)), marked.join());
    await page.locator('#scroller').evaluate((box) => box.scrollTo(box.scrollWidth, 0));
    await page.waitForFunction(() => {
      const strip = document.querySelector('#columns');
      return strip.scrollLeft > 0 && Math.abs(strip.scrollLeft + strip.clientWidth - strip.scrollWidth) < 2;
    });
  });
  await onPage(async (page) => {
    await write(page, linesOf('v5', 40), '40 documents');
    assert.ok(await page.locator('#columns').evaluate((strip) => strip.scrollWidth > strip.clientWidth));
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 390));
    await cell(page, 2).tap();
    await page.locator('#field-menu').waitFor();
    const { x, y, width, height } = await page.locator('#field-menu').boundingBox();
    assert.ok(x >= 0 && y >= 0 && x + width <= 390 && y + height <= 844);
    await screenshot(page, 'field-menu-phone');
  }, { size: [390, 844], isMobile: true, hasTouch: true, colorScheme: 'dark' });
});

test('one wrong value in a line of the default format is that error, and not a question', async () => {
  await onPage(async (page) => {
    const wrong = GOOD.split(' ').map((token, index) => (index === 6 ? '99443' : token)).join(' ');
    await write(page, wrong, '1 error');
    await page.locator('#format-note', { hasText: '14 columns, AWS’s default format' }).waitFor();
    assert.equal(await page.locator('.cell.open').count(), 0);
    await page.getByText('field "dstport": expected 0 to 65535, found "99443"').first().waitFor();
    await write(page, [GOOD, wrong], '1 document, 1 error');
    assert.equal(await page.locator('.cell.open').count(), 0);
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
