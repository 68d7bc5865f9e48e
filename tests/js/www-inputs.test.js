// Inputs as people have them, pasted into the page and dropped onto it: the documents that Node.js gives, without a click.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bytesOf } from './inputs.js';
import { NOW, fixture } from './package.js';
import { close, counts, downloaded, drop, onPage, open, pasteInto, tab } from './playground.js';

before(open);
after(close);

const withBytes = (each) => ({ ...each, bytes: Buffer.from(each.input) });
const decode = fixture('inputs/decode.json');
const INPUTS = {
  reported: fixture('inputs/reported.json').map(withBytes),
  layers: fixture('inputs/layers.json').map(withBytes),
  decode: decode.cases.map((each) => ({ ...each, expected: decode.expected, bytes: bytesOf(each) })),
};
/** The options for which the page has a control. */
const CONTROLS = ['mode', 'format'];

/** Gives an input to the page, and returns its documents and its number of errors. */
async function read(page, { options = {}, bytes }, isDropped) {
  await page.locator('#clear').click();
  await page.locator('#counts', { hasText: 'No lines yet' }).waitFor();
  if (options.format) await page.locator('#format').fill(options.format);
  if (isDropped) await drop(page, [{ name: 'flow.log', content: bytes }]);
  else await pasteInto(page, bytes.toString());
  await page.waitForFunction(() => /^\d|^The format|^No lines were read/.test(document.querySelector('#counts').textContent));
  const [, ndjson] = await downloaded(page);
  const documents = ndjson.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const [, errors = '0'] = /([\d,]+) errors?/.exec(await counts(page)) ?? [];
  // A file that is not a log is refused as a whole.
  const isRefused = (await page.locator('#file-note:visible', { hasText: 'could not be read to its end' }).count()) > 0;
  return { documents, errors: isRefused ? 'refused' : Number(errors) };
}

for (const [file, isDropped] of [['reported', false], ['reported', true], ['decode', false], ['decode', true], ['layers', false]]) {
  test(`${file}.json, ${isDropped ? 'dropped' : 'pasted'}`, { timeout: 600_000 }, async () => {
    await onPage(async (page) => {
      await page.locator('#shape').selectOption('ecs.original');
      await tab(page, 'NDJSON');
      const differing = [];
      for (const each of INPUTS[file]) {
        const isText = Buffer.from(each.bytes.toString()).equals(each.bytes) && !each.bytes.includes(0);
        if (!Object.keys(each.options ?? {}).every((name) => CONTROLS.includes(name)) || (!isDropped && !isText)) continue;
        const found = await read(page, each, isDropped);
        const expected = { documents: each.expected ?? [], errors: each.code ? (isDropped ? 'refused' : 1) : each.errors?.length ?? 0 };
        try {
          assert.deepStrictEqual(found, expected);
        } catch ({ message }) {
          differing.push(`${each.name}: ${message}`);
        }
      }
      assert.deepStrictEqual(differing, []);
    }, { clock: NOW });
  });
}
