// Inputs as people have them, on the page: decoded, with their layers above the lines.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { bytesOf } from './inputs.js';
import { close, counts, drop, leavesOf, onPage, pasteInto, row, screenshot, tab } from './playground.js';
import { fixture } from './package.js';
import { open } from './playground.js';

before(open);
after(close);

const { cases, text } = fixture('inputs/decode.json');
const [RECORD, NO_DATA] = text.trimEnd().split('\n');
const layers = (page) => page.locator('#layers .layer').allTextContents();
const named = (name) => bytesOf(cases.find((each) => each.name === name));
const EXPORT = [RECORD, RECORD.replace('54252', '54253').replace('ACCEPT', 'REJECT'), NO_DATA].map((record, index) => `2026-01-01T00:00:1${index}.000Z ${record}`);

/** Puts a text in place of all that is in the box, as a user does. */
async function paste(page, pasted) {
  await page.locator('#lines').fill('');
  await pasteInto(page, pasted);
}

test('an export of CloudWatch Logs: its layers, tokens and documents, and the lines as they are', async () => {
  await onPage(async (page) => {
    await paste(page, EXPORT.join('\n'));
    await page.locator('#counts', { hasText: '3 lines: 3 documents (1 NODATA)' }).waitFor();
    await page.locator('#layers .layer', { hasText: 'CloudWatch time' }).waitFor();
    assert.deepStrictEqual(await layers(page), ['CloudWatch time', 'flow log']);
    await row(page, 1).locator('.t').first().waitFor();
    assert.equal(await row(page, 1).locator('.t').first().textContent(), '2');
    await page.locator('#anatomy', { hasText: '14 tokens, AWS’s default format' }).waitFor();
    const leaves = await leavesOf(page);
    assert.deepStrictEqual([leaves['source.ip'], leaves['source.port'], leaves['@timestamp']], ['"203.0.113.53"', '54252', '"2026-01-01T00:00:49.000Z"']);
    await screenshot(page, 'layers-light');
    await page.locator('#theme').click();
    await page.waitForFunction(() => document.getAnimations().length === 0);
    await screenshot(page, 'layers-dark');

    await page.getByRole('button', { name: 'Read the lines as they are' }).click();
    await page.locator('#layers', { hasText: 'The lines are read as they are.' }).waitFor();
    await page.locator('#counts', { hasText: /^3 lines: 0 documents|ambiguous/ }).waitFor();
    await page.getByRole('button', { name: 'Look for layers around records' }).click();
    await page.locator('#counts', { hasText: '3 lines: 3 documents' }).waitFor();
  });
});

test('each layer can be removed, with those inside it, and undone', async () => {
  await onPage(async (page) => {
    // A time before each record, and quotes around each record.
    await paste(page, [RECORD, NO_DATA, RECORD].map((record, index) => `2026-01-01T00:00:1${index}.000Z "${record}"`).join('\n'));
    await page.locator('#counts', { hasText: '3 lines: 3 documents' }).waitFor();
    await page.locator('#layers .layer').nth(2).waitFor();
    assert.deepStrictEqual(await layers(page), ['CloudWatch time', 'quotes', 'flow log']);
    await page.getByRole('button', { name: 'Do not peel quotes' }).click();
    await page.locator('#layers', { hasText: 'Other layers are not peeled.' }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('#layers .layer').length === 2);
    assert.deepStrictEqual(await layers(page), ['CloudWatch time', 'flow log']);
    await page.getByRole('button', { name: 'Do not peel CloudWatch time' }).click();
    await page.waitForFunction(() => document.querySelectorAll('#layers .layer').length === 0);
    await page.locator('#undo').click();
    await page.locator('#undo').click();
    await page.locator('#counts', { hasText: '3 lines: 3 documents' }).waitFor();
    await page.locator('#layers .layer').nth(2).waitFor();
    assert.deepStrictEqual(await layers(page), ['CloudWatch time', 'quotes', 'flow log']);
    assert.equal((await leavesOf(page))['source.ip'], '"203.0.113.53"');
  });
});

test('a text that is inserted beside others is decoded on demand only', async () => {
  await onPage(async (page) => {
    await paste(page, `${RECORD}\n`);
    await page.locator('#counts', { hasText: '1 line: 1 document' }).waitFor();
    await page.locator('#lines').press('Control+End');
    const list = JSON.stringify([NO_DATA, RECORD], null, 2);
    await pasteInto(page, list);
    await page.locator('#layers', { hasText: 'The inserted text has layers: JSON list.' }).waitFor();
    assert.equal(await page.locator('#lines').inputValue(), `${RECORD}\n${list}`);
    await page.getByRole('button', { name: 'Decode it' }).click();
    await page.locator('#counts', { hasText: '3 lines: 3 documents (1 NODATA)' }).waitFor();
    assert.equal((await page.locator('#lines').inputValue()).trimEnd(), [RECORD, NO_DATA, RECORD].join('\n'));
    await page.waitForFunction(() => !document.querySelector('#layers').textContent.includes('inserted'));
    await page.locator('#undo').click();
    assert.equal(await page.locator('#lines').inputValue(), `${RECORD}\n${list}`);
    await page.locator('#undo').click();
    assert.equal(await page.locator('#lines').inputValue(), `${RECORD}\n`);
  });
});

test('at the width of a phone', async () => {
  await onPage(async (page) => {
    await paste(page, EXPORT.join('\n'));
    await page.locator('#layers .layer').first().waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `the page is ${width} pixels wide`);
    await screenshot(page, 'layers-phone');
  }, { size: [390, 844] });
});

describe('pasted', () => {
  for (const [name, found] of [
    ['a payload of a subscription over many lines, after a probe', ['CloudWatch subscription', '"message"', 'flow log']],
    ['messages as a JSON list over several lines', ['JSON list', 'flow log']],
    ['payloads of a subscription in gzip and base64, one a line', ['base64', 'gzip', 'CloudWatch subscription', '"message"', 'flow log']],
    ['results of a query in Athena', ['Athena results', 'JSON fields', 'flow log']],
  ]) {
    test(name, async () => {
      await onPage(async (page) => {
        const original = named(name).toString();
        await paste(page, original);
        await page.locator('#counts', { hasText: '2 lines: 2 documents (1 NODATA)' }).waitFor();
        assert.deepStrictEqual(await layers(page), found);
        await page.getByRole('button', { name: 'Read the lines as they are' }).click();
        await page.locator('#layers', { hasText: 'The lines are read as they are.' }).waitFor();
        assert.equal(await page.locator('#lines').inputValue(), original.replaceAll('\r\n', '\n'));
        await page.getByRole('button', { name: 'Look for layers around records' }).click();
        await page.locator('#counts', { hasText: '2 lines: 2 documents' }).waitFor();
      });
    });
  }

  test('records with tabs between them, and CSV', async () => {
    await onPage(async (page) => {
      await paste(page, `${RECORD}\t${NO_DATA}\t${RECORD}`);
      await page.locator('#counts', { hasText: '3 lines: 3 documents (1 NODATA)' }).waitFor();
      assert.deepStrictEqual(await layers(page), ['tabs between records', 'flow log']);
      const names = 'version,account-id,interface-id,srcaddr,dstaddr,srcport,dstport,protocol,packets,bytes,start,end,action,log-status';
      await paste(page, [names, RECORD.replaceAll(' ', ','), RECORD.replaceAll(' ', ',').replace('54252', '70000')].join('\n'));
      await page.locator('#counts', { hasText: '3 lines: 1 document, 1 header, 1 error' }).waitFor();
      await page.locator('#layers .layer', { hasText: 'CSV' }).waitFor();
      assert.deepStrictEqual(await layers(page), ['CSV', 'flow log']);
      await page.locator('#anatomy', { hasText: 'Line 2 14 tokens' }).waitFor();
      assert.equal((await leavesOf(page))['destination.port'], '8088');
    });
  });

  test('results of Logs Insights: each name has the colour of its field, and their time is a time', async () => {
    await onPage(async (page) => {
      await paste(page, ['@timestamp\tsrcAddr\tdstPort\taction\tlogStatus', '2026-01-01T00:00:14.000Z\t10.0.0.1\t443\tREJECT\tOK'].join('\n'));
      await page.locator('#counts', { hasText: /^2 lines: 1 document, 1 header$/ }).waitFor();
      const colours = await row(page, 1).locator('.t').evaluateAll((all) => all.map((token) => `${token.textContent} ${token.className}`));
      assert.deepStrictEqual(colours, ['@timestamp t k-unknown', 'srcAddr t k-address', 'dstPort t k-port', 'action t k-word', 'logStatus t k-word']);
    });
  });

  test('a notification is not a log: a message', async () => {
    await onPage(async (page) => {
      await paste(page, JSON.stringify({ Records: [{ eventSource: 'aws:s3', s3: {} }] }));
      await page.locator('#layers .warning', { hasText: 'this is an event of S3' }).waitFor();
    });
  });
});

describe('dropped', () => {
  test('UTF-16, envelopes, and gzip with junk after it', async () => {
    await onPage(async (page) => {
      await drop(page, [{ name: 'flow.log', content: named('UTF-16, little-endian, with a byte order mark') }]);
      await page.locator('#counts', { hasText: '2 lines: 2 documents (1 NODATA)' }).waitFor();
      assert.deepStrictEqual(await layers(page), ['UTF-16', 'flow log']);
      assert.equal(await page.locator('#lines').inputValue(), text);

      await drop(page, [{ name: 'events.json', content: named('filter-log-events') }]);
      await page.locator('#layers .layer', { hasText: 'CloudWatch log events' }).waitFor();
      await page.locator('#counts', { hasText: '2 lines: 2 documents' }).waitFor();

      await drop(page, [{ name: 'flow.gz', content: Buffer.concat([gzipSync(`${RECORD}\n`), gzipSync(`${NO_DATA}\n`), Buffer.from('junk')]) }]);
      await page.locator('#layers .warning', { hasText: 'flow.gz: the gzip data ends at byte' }).waitFor();
      await page.locator('#counts', { hasText: '2 lines: 2 documents (1 NODATA)' }).waitFor();
      assert.deepStrictEqual(await layers(page), ['gzip', 'flow log']);
      assert.match(await counts(page), /^2 lines/);
    });
  });

  test('Parquet', async () => {
    const column = (name, type, values) => ({ name, type, data: values });
    const columnData = [
      column('version', 'INT32', [2, 2]), column('srcaddr', 'STRING', ['192.0.2.1', '192.0.2.2']), column('dstport', 'INT32', [443, 22]),
      column('bytes', 'INT64', [40n, 80n]), column('end', 'INT64', [1767225649n, 1767225650n]),
    ];
    await onPage(async (page) => {
      await drop(page, [{ name: 'flow.log.parquet', content: Buffer.from(parquetWriteBuffer({ columnData })) }]);
      await page.locator('#counts', { hasText: '3 lines: 2 documents, 1 header' }).waitFor();
      assert.deepStrictEqual(await layers(page), ['Parquet', 'flow log']);
      await row(page, 3).click();
      await tab(page, 'Document');
      await page.locator('#anatomy', { hasText: 'Line 3' }).waitFor();
      assert.equal((await leavesOf(page))['source.ip'], '"192.0.2.2"');
    });
  });
});

test('warnings of a header, and records without a time', async () => {
  await onPage(async (page) => {
    await paste(page, 'src_addr dstport log-status\n192.0.2.1 443 OK\n192.0.2.2 22 OK');
    await page.locator('#counts', { hasText: '3 lines: 2 documents, 1 header (2 without a time)' }).waitFor();
    await page.locator('#layers .warning').first().waitFor();
  });
});
