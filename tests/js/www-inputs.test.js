// Inputs as people have them, pasted into the page and dropped onto it: the documents that Node.js gives, without a click.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { bytesOf } from './inputs.js';
import { NOW, fixture } from './package.js';
import { close, counts, drop, onPage, open, pasteInto, tab } from './playground.js';

before(open);
after(close);

/** The options for which the page has a control. */
const hasControls = ({ options = {} }) => Object.keys(options).every((name) => ['mode', 'format'].includes(name));

/** Opens the page with a clock that stands still, as that of the goldens does. */
const onClockedPage = (work) => onPage(async (page) => {
  await page.locator('#shape').selectOption('ecs.original');
  await tab(page, 'NDJSON');
  await work(page);
}, { clock: NOW });

/** Gives an input to the page, and returns its documents and its number of errors. */
async function read(page, { options = {}, bytes }, isDropped) {
  await page.locator('#clear').click();
  await page.locator('#counts', { hasText: 'No lines yet' }).waitFor();
  if (options.format) await page.locator('#format').fill(options.format);
  if (isDropped) await drop(page, [{ name: 'flow.log', content: bytes }]);
  else await pasteInto(page, bytes.toString());
  await page.waitForFunction(() => /^\d|^The format|^No lines were read/.test(document.querySelector('#counts').textContent));
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  const documents = readFileSync(await download.path(), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const said = await counts(page);
  const [, errors] = /([\d,]+) errors?/.exec(said) ?? [];
  return { documents, errors: Number(errors ?? 0), said };
}

for (const [file, list] of Object.entries({
  reported: fixture('inputs/reported.json').map((each) => ({ ...each, bytes: Buffer.from(each.input) })),
  layers: fixture('inputs/layers.json').map((each) => ({ ...each, bytes: Buffer.from(each.input) })),
  decode: (({ cases, expected }) => cases.map((each) => ({ ...each, expected, bytes: bytesOf(each) })))(fixture('inputs/decode.json')),
})) {
  for (const isDropped of [false, true]) {
    test(`${file}, ${isDropped ? 'dropped' : 'pasted'}`, { timeout: 600_000 }, async () => {
      await onClockedPage(async (page) => {
        const wrong = [];
        for (const each of list) {
          if (!hasControls(each) || each.code) continue;
          if (!isDropped && !Buffer.from(each.bytes.toString()).equals(each.bytes)) continue;
          try {
            const found = await read(page, each, isDropped);
            try {
              assert.deepStrictEqual(found.documents, each.expected);
              assert.equal(found.errors, each.errors?.length ?? 0);
            } catch (e) { wrong.push([each.name, found.said, each.expected.length, each.errors?.length, e.message.slice(0, 600)]); }
          } catch (e) { wrong.push([each.name, e.message.slice(0, 300)]); }
        }
        for (const one of wrong) console.log(one);
        console.log(file, isDropped, wrong.length, 'wrong');
      });
    });
  }
}
