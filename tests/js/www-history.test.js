// The page: one history for typing, paste, Clear, Redact, examples and formats.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { linesOf } from './logs.js';
import { close, counts, drop, onPage, open, pasteInto, typed, write } from './playground.js';
import { GOOD, HEADER, OTHER } from './samples.js';

before(open);
after(close);

const title = (page, id) => page.locator(`#${id}`).getAttribute('title');
const format = (page) => page.locator('#format').inputValue();

test('Ctrl+Z goes back over typing, paste, Redact, an example, Clear and a format, and Ctrl+Y and Ctrl+Shift+Z forward', async () => {
  await onPage(async (page) => {
    const first = await typed(page);
    assert.deepStrictEqual([await title(page, 'undo'), await page.locator('#undo').isDisabled()], ['Nothing to undo', true]);
    const states = [[first, '']];
    const reached = async (label) => {
      assert.equal(await title(page, 'undo'), `Undo: ${label} (Ctrl+Z)`);
      states.push([await typed(page), await format(page)]);
    };
    await page.locator('#lines').focus();
    await page.keyboard.press('Control+a');
    await pasteInto(page, [GOOD, OTHER].join('\n'));
    await page.locator('#counts', { hasText: '2 lines: 2 documents' }).waitFor();
    await reached('Paste');
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' more');
    await page.waitForFunction(() => document.querySelector('#undo').title.includes('typing'));
    await reached('typing');
    await page.getByRole('button', { name: 'Redact', exact: true }).click();
    await page.getByRole('button', { name: 'Redact the lines' }).click();
    await page.waitForFunction(() => !document.querySelector('#lines').value.includes('123456789010'));
    await reached('Redact');
    await page.getByRole('button', { name: 'Examples' }).click();
    await page.locator('.card', { has: page.getByText('Undocumented field', { exact: true }) }).click();
    await reached('Example “Undocumented field”');
    await page.getByRole('button', { name: 'Clear' }).click();
    assert.deepStrictEqual([await typed(page), await format(page)], ['', '']);
    await reached('Clear');
    await page.locator('#format').fill('default');
    await reached('format');

    // With the focus in the format box, in the box of lines, and on a button.
    for (const [index, focused] of ['#format', '#format', '#lines', '#lines', '#theme', '#theme'].entries()) {
      await page.locator(focused).focus();
      await page.keyboard.press('Control+z');
      assert.deepStrictEqual([await typed(page), await format(page)], states.at(-2 - index));
    }
    assert.ok(await page.locator('#undo').isDisabled());
    await page.locator('#counts', { hasText: '8 lines' }).waitFor();
    for (const [index, key] of ['Control+y', 'Control+Shift+z', 'Control+y', 'Control+Shift+z'].entries()) {
      await page.keyboard.press(key);
      assert.deepStrictEqual([await typed(page), await format(page)], states[1 + index]);
    }
    assert.equal(await title(page, 'redo'), 'Redo: Clear (Ctrl+Shift+Z)');
    await page.locator('#redo').click();
    await page.locator('#redo').click();
    assert.deepStrictEqual([await typed(page), await format(page)], states.at(-1));
    assert.ok(await page.locator('#redo').isDisabled());
    // The reading is that of the state, too.
    for (let count = 0; count < 5; count++) await page.locator('#undo').click();
    await page.locator('#counts', { hasText: '2 lines: 2 documents' }).waitFor();
    // A new step takes the place of those that were undone.
    await page.locator('#lines').press('Control+End');
    await page.keyboard.type('x');
    await page.waitForFunction(() => document.querySelector('#redo').disabled);
  });
});

test('keys are one step until there is a pause, a new line, or another caret', async () => {
  await onPage(async (page) => {
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.keyboard.type('abc');
    await page.keyboard.press('Enter');
    await page.keyboard.type('defg');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('x');
    const seen = [await typed(page)];
    for (let count = 0; count < 4; count++) {
      await page.keyboard.press('Control+z');
      seen.push(await typed(page));
    }
    assert.deepStrictEqual(seen, ['xabc\nde', 'abc\nde', 'abc\ndefg', 'abc\n', '']);
    await page.keyboard.press('Control+z');
    assert.match(await typed(page), /^version/);
  });
});

describe('a paste', () => {
  test('takes the place of an unchanged example, wherever the focus is', async () => {
    await onPage(async (page) => {
      const first = await typed(page);
      await page.locator('#lines').press('Control+End');
      await pasteInto(page, [GOOD, OTHER].join('\n'));
      await page.locator('#counts', { hasText: '2 lines: 2 documents' }).waitFor();
      assert.equal(await typed(page), [GOOD, OTHER].join('\n'));
      await page.keyboard.press('Control+z');
      assert.equal(await typed(page), first);
      // Nothing has the focus, as when the page was just opened.
      await page.locator('#lines').blur();
      await page.evaluate((pasted) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', pasted);
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      }, HEADER + '\n' + GOOD);
      await page.locator('#counts', { hasText: '2 lines: 1 document, 1 header' }).waitFor();
    });
  });

  test('inserts where the caret is, whatever its size', async () => {
    await onPage(async (page) => {
      const lines = linesOf('default', 3000);
      await write(page, [GOOD, OTHER], '2 documents');
      await page.keyboard.press('ArrowDown');
      await pasteInto(page, `${lines.join('\r\n')}\r\n`);
      await page.locator('#counts', { hasText: '3,002 lines: 3,002 documents' }).waitFor();
      assert.equal(await typed(page), [GOOD, ...lines, OTHER].join('\n'));
      await page.keyboard.press('Control+z');
      assert.equal(await typed(page), [GOOD, OTHER].join('\n'));
    });
  });

  test('that is too large for the box, with what stands there, becomes a file, and undo returns', async () => {
    await onPage(async (page) => {
      await write(page, [HEADER, GOOD, OTHER], '2 documents');
      await page.keyboard.press('Control+End');
      await pasteInto(page, `\n${linesOf('default', 6000).join('\n')}`);
      await page.locator('#counts', { hasText: '6,003 lines: 6,002 documents, 1 header' }).waitFor();
      assert.ok(await page.locator('#lines').isHidden());
      await page.keyboard.press('Control+z');
      await page.locator('#counts', { hasText: '3 lines: 2 documents' }).waitFor();
      assert.equal(await typed(page), [HEADER, GOOD, OTHER].join('\n'));
      await page.keyboard.press('Control+y');
      await page.locator('#counts', { hasText: '6,003 lines' }).waitFor();
      // A file takes the place of the lines, and they come back as well.
      await drop(page, [{ name: 'a.log', content: GOOD }]);
      await page.locator('#counts', { hasText: '1 line: 1 document' }).waitFor();
      assert.equal(await title(page, 'undo'), 'Undo: Open a.log (Ctrl+Z)');
      await page.locator('#undo').click();
      await page.locator('#counts', { hasText: '6,003 lines' }).waitFor();
      await page.locator('#undo').click();
      await page.locator('#counts', { hasText: '3 lines' }).waitFor();
      assert.match(await counts(page), /2 documents/);
    });
  });
});
