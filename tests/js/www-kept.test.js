// The page: the session that the browser keeps, and links that hold one.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pack, unpack } from '../../www/fragment.js';
import { linesOf } from './logs.js';
import { close, counts, drop, leavesOf, onPage, open, pasteInto, screenshot, tab, typed, write } from './playground.js';
import { BAD, GOOD, HEADER, OTHER } from './samples.js';

let url;
before(async () => {
  ({ url } = await open());
});
after(close);

const kept = (page, words) => page.locator('#kept', { hasText: words }).waitFor();

/** Opens the page again, as after the tab was closed. */
async function reopen(page, fragment = '') {
  await page.goto('about:blank');
  await page.goto(url + fragment);
  await page.locator('body[data-ready]').waitFor();
}

/** Puts a session into the browser, as another version of the page may have kept it. */
const keep = (page, session) => page.evaluate((kept) => new Promise((resolve, reject) => {
  const request = indexedDB.open('vpcflow-ecs', 1);
  request.onsuccess = () => {
    const transaction = request.result.transaction('kept', 'readwrite');
    transaction.objectStore('kept').put(kept, 'session');
    transaction.oncomplete = () => (request.result.close(), resolve());
    transaction.onabort = () => reject(transaction.error);
  };
}), session);

describe('kept in the browser', () => {
  test('the page starts with what another version kept, or without what it cannot show', async () => {
    await onPage(async (page) => {
      await keep(page, { lines: OTHER, format: 'default' });
      await reopen(page);
      await page.locator('#counts', { hasText: '1 line: 1 document' }).waitFor();
      assert.equal(await typed(page), OTHER);
      for (const session of [{ lines: 5, format: '' }, { files: 'x', format: '' }, { lines: OTHER, format: '', filters: null }]) {
        await keep(page, session);
        await reopen(page);
        await page.locator('#counts', { hasText: 'documents' }).waitFor();
        assert.ok((await typed(page)).split('\n').length > 2, JSON.stringify(session));
        await page.locator('#panel .tree .leaf').first().waitFor();
      }
    });
  });

  test('lines, format, schema, view, line, pipeline and theme are there again, until they are forgotten', async () => {
    await onPage(async (page) => {
      assert.ok(await page.locator('#kept').isHidden());
      await write(page, [HEADER, GOOD, OTHER], '2 documents');
      await page.locator('#format').fill('default');
      await page.getByLabel('Schema of the documents').selectOption('beats');
      await tab(page, 'Pipeline');
      await page.getByLabel('Ingest pipeline').fill('{ "processors": [] }');
      await tab(page, 'NDJSON');
      await page.locator('#theme').click();
      await page.locator('#lines').press('Control+End');
      // The last change is kept after a pause.
      await page.locator('#kept[title*="the pipeline"][title*="ndjson"]', { hasText: 'Kept here: 3 lines.' }).waitFor();
      await page.addInitScript(() => {
        globalThis.readings = 0;
        const { postMessage } = Worker.prototype;
        Worker.prototype.postMessage = function post(message, ...more) {
          if (message.ask === 'read') globalThis.readings += 1;
          return postMessage.call(this, message, ...more);
        };
      });
      await reopen(page);
      await page.locator('#counts', { hasText: '3 lines: 2 documents, 1 header' }).waitFor();
      // The lines are read once.
      assert.equal(await page.evaluate(() => globalThis.readings), 1);
      assert.equal(await typed(page), [HEADER, GOOD, OTHER].join('\n'));
      assert.deepStrictEqual([await page.locator('#format').inputValue(), await page.locator('#shape').inputValue()], ['default', 'beats']);
      assert.equal(await page.getByRole('tab', { name: 'NDJSON' }).getAttribute('aria-selected'), 'true');
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
      await tab(page, 'Pipeline');
      assert.equal(await page.getByLabel('Ingest pipeline').inputValue(), '{ "processors": [] }');
      assert.ok(await page.locator('#undo').isDisabled());

      await page.locator('#kept[title*="the view pipeline"]').click();
      await page.locator('dialog li').first().waitFor();
      assert.deepStrictEqual(await page.locator('dialog li').allTextContents(), [
        '3 lines', 'the format', 'the pipeline', 'the schema beats and the view pipeline', 'the theme and other choices of how the page looks',
      ]);
      await screenshot(page, 'kept');
      await page.getByRole('button', { name: 'Forget', exact: true }).click();
      await page.locator('#toast', { hasText: 'Forgotten' }).waitFor();
      // The page keeps what it shows, and the browser nothing.
      assert.equal(await typed(page), [HEADER, GOOD, OTHER].join('\n'));
      assert.ok(await page.locator('#kept').isHidden());
      await reopen(page);
      await page.locator('#counts', { hasText: '8 lines: 5 documents' }).waitFor();
      assert.deepStrictEqual([await page.locator('#format').inputValue(), await page.locator('#shape').inputValue()], ['', 'ecs']);
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
      assert.deepStrictEqual(await page.evaluate(() => Object.keys(localStorage)), []);
    });
  });

  test('a pasted text that became a file is there again; a layer stays around its lines; and nothing is kept if that is switched off', async () => {
    await onPage(async (page) => {
      await page.locator('#lines').press('Control+a');
      await pasteInto(page, linesOf('default', 6000).join('\n'));
      await kept(page, 'Kept here: pasted text');
      await reopen(page);
      await page.locator('#counts', { hasText: '6,000 lines: 6,000 documents' }).waitFor();
      await drop(page, [{ name: 'large.log', content: `${GOOD}\n`.repeat(170_000) }]);
      await page.locator('#counts', { hasText: '170,000 lines' }).waitFor();
      await kept(page, /Kept here: the schema/);
      await page.locator('#kept').click();
      await page.locator('dialog', { hasText: 'large.log: files of more than 16 MB are not kept.' }).waitFor();
      await page.keyboard.press('Escape');

      await page.locator('#clear').click();
      await pasteInto(page, JSON.stringify([GOOD, OTHER], null, 2));
      await page.locator('#layers .layer', { hasText: 'JSON list' }).waitFor();
      await kept(page, 'Kept here: 2 lines');
      await reopen(page);
      await page.locator('#layers .layer', { hasText: 'JSON list' }).waitFor();
      await page.getByRole('button', { name: 'Read the lines as they are' }).click();
      await page.waitForFunction((wanted) => document.querySelector('#lines').value === wanted, JSON.stringify([GOOD, OTHER], null, 2));

      await kept(page, 'Kept here: 4 lines');
      await page.locator('#kept').click();
      await page.getByLabel('Keep lines, format and pipeline from now on').uncheck();
      await page.locator('dialog', { hasText: 'are not kept' }).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('#lines').press('Control+a');
      await page.keyboard.type('secret');
      await kept(page, 'Nothing is kept');
      await page.waitForTimeout(700);
      await reopen(page);
      await page.locator('#counts', { hasText: '8 lines' }).waitFor();
      await kept(page, 'Nothing is kept');
    });
  });
});

describe('a link', () => {
  test('shows its content before it is copied, and opens in a tab that is open, where it can be undone', async () => {
    await onPage(async (page) => {
      await write(page, [GOOD, BAD, OTHER, GOOD.replace('20641', '33333')], '1 error');
      await tab(page, 'Pipeline');
      await page.getByLabel('Ingest pipeline').fill('{ "processors": [{ "set": { "field": "a", "value": 1 } }] }');
      await tab(page, 'Document');
      await page.getByLabel('Search lines').fill('172.31');
      await page.locator('#filters', { hasText: '4 of 4 lines' }).waitFor();
      await page.locator('.row[data-line="2"]').click();
      await page.locator('#anatomy', { hasText: 'Line 3' }).waitFor();
      await page.getByRole('button', { name: 'Share…' }).click();
      const content = page.getByLabel('Content of the address');
      await content.getByText('4 lines, redacted').waitFor();
      await content.getByText('left out in part: it names what was redacted').waitFor();
      assert.ok(!(await content.textContent()).includes('123456789010'));
      await page.getByLabel('Redact first').uncheck();
      await content.getByText('4 lines, as they are').waitFor();
      assert.deepStrictEqual(await content.locator('dt').allTextContents(), ['4 lines, as they are', 'Format', 'Schema and view', 'Selected line', 'Filter', 'Pipeline, 1 line, as it is']);
      assert.equal(await content.locator('pre').first().textContent(), [GOOD, BAD, OTHER, GOOD.replace('20641', '33333')].join('\n'));
      await screenshot(page, 'share-content');
      const address = await page.getByLabel('Address to share').inputValue();
      assert.match(await page.locator('dialog').textContent(), new RegExp(`${address.length.toLocaleString('en')} characters`));
      await page.keyboard.press('Escape');

      // A tab with other lines and another pipeline.
      await page.locator('#clear').click();
      await pasteInto(page, [HEADER, OTHER].join('\n'));
      await page.locator('#counts', { hasText: '2 lines: 1 document' }).waitFor();
      await tab(page, 'Pipeline');
      await page.getByLabel('Ingest pipeline').fill('mine');
      await page.evaluate((to) => (location.href = to), address);
      await page.locator('#filters', { hasText: '4 of 4 lines' }).waitFor();
      assert.equal(await page.getByLabel('Search lines').inputValue(), '172.31');
      await page.locator('#anatomy', { hasText: 'Line 3' }).waitFor();
      await page.locator('.leaf').first().waitFor();
      assert.equal((await leavesOf(page))['event.action'], '"reject"');
      await tab(page, 'Pipeline');
      assert.match(await page.getByLabel('Ingest pipeline').inputValue(), /"field": "a"/);
      assert.equal(await page.locator('#undo').getAttribute('title'), 'Undo: Shared link (Ctrl+Z)');
      // A link that nobody has changed is not kept: the browser still has the own lines.
      await page.waitForTimeout(700);
      await kept(page, 'Kept here: 2 lines');
      await page.locator('#undo').click();
      await page.locator('#counts', { hasText: '2 lines: 1 document' }).waitFor();
      assert.equal(await typed(page), [HEADER, OTHER].join('\n'));
      assert.equal(await page.getByLabel('Ingest pipeline').inputValue(), 'mine');
      assert.equal(await page.evaluate(() => location.hash), '');
      // The way back has the pipeline of the link, as it was edited last.
      await page.locator('#redo').click();
      await page.locator('#counts', { hasText: '4 lines' }).waitFor();
      await page.getByLabel('Ingest pipeline').fill('edited');
      await page.locator('#undo').click();
      assert.equal(await page.getByLabel('Ingest pipeline').inputValue(), 'mine');
      await page.locator('#redo').click();
      assert.equal(await page.getByLabel('Ingest pipeline').inputValue(), 'edited');
      await page.locator('#undo').click();
      await page.locator('#counts', { hasText: '2 lines: 1 document' }).waitFor();
      // Opened again, the link wins over what is kept, which undo brings back.
      await reopen(page, address.slice(address.indexOf('#')));
      await page.locator('#filters', { hasText: '4 of 4 lines' }).waitFor();
      await page.locator('#undo').click();
      await page.locator('#counts', { hasText: '2 lines: 1 document' }).waitFor();
    });
  });

  test('shows its lines as they are, also those that a paste would decode or open as a case', async () => {
    for (const lines of ['{"vpcflow-ecs-case":1,"lines":[]}', `${JSON.stringify({ logEvents: [{ message: GOOD }] })}\n${GOOD}`, `${HEADER}\t\n${GOOD}`]) {
      await onPage(async (page) => {
        await page.locator('#undo[title="Undo: Shared link (Ctrl+Z)"]').waitFor();
        assert.equal(await typed(page), lines);
        assert.match(await page.evaluate(() => location.hash), /^#s=/);
      }, { fragment: `#${await pack({ lines })}` });
    }
  });

  test('has all filters', async () => {
    const filters = { address: '172.31.16.139', interface: 'eni-1235b8ca123456789', action: 'REJECT', port: 22, protocol: 6, errors: true, from: 1418530000, to: 1418530060 };
    assert.deepStrictEqual(await unpack(await pack({ filters })), { filters });
  });

  test('from anybody has the known members of the right types alone', async () => {
    const hostile = {
      lines: GOOD, format: { toString: 'x' }, shape: '__proto__', view: 'constructor', pipeline: ['x'], search: 5, line: -7, layers: 'false', other: 'x',
      filters: { address: '<img src=x onerror=document.title=1>', from: 'x', to: 3, errors: 'yes', port: {}, constructor: 'x', __proto__: { a: 1 } },
    };
    const packed = await pack(hostile);
    assert.deepStrictEqual(await unpack(packed), {
      lines: GOOD, shape: '__proto__', view: 'constructor', line: -7, filters: { address: '<img src=x onerror=document.title=1>' },
    });
    await assert.rejects(unpack(await pack({ lines: 'x'.repeat(5 << 20) })), /corrupt \(its content is too large\)/);
    for (const value of [null, 5, 'text', [], [{}]]) assert.deepStrictEqual(await unpack(await pack(value)), {});
    assert.equal(await unpack('#other'), undefined);
    await onPage(async (page) => {
      await page.locator('#filters', { hasText: '0 of 1 line' }).waitFor();
      assert.equal(await page.locator('main img').count(), 0);
      assert.match(await page.title(), /^vpcflow-ecs/);
      await page.getByRole('button', { name: 'Show all' }).click();
      await page.locator('#counts', { hasText: '1 line: 1 document' }).waitFor();
    }, { fragment: `#${packed}` });
  });
});
