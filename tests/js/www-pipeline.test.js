// The page: ingest pipelines that run on the lines, exports for Elasticsearch, and databases. All three need the larger
// module of the package, which the page loads on first use.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { close, drop, leavesOf, onPage, open, row, screenshot, tab, write } from './playground.js';
import { importIngest, repository } from './package.js';
import { BAD, GOOD, OTHER } from './samples.js';

const ingest = await importIngest();
const database = (name) => readFileSync(join(repository, 'tests/fixtures/geo', `${name}.mmdb`));

before(open);
after(close);

const steps = (page) => page.locator('.steps summary').evaluateAll((all) => all.map((summary) => [summary.querySelector('.status').textContent, summary.querySelector('code').textContent]));

test('the larger module is loaded on first use', async () => {
  await onPage(async (page) => {
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await write(page, GOOD, '1 document');
    await tab(page, 'Pipeline');
    assert.deepStrictEqual(asked.filter((path) => path.includes('ingest')), []);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('.steps section').waitFor();
    assert.ok(asked.includes('/pkg/vpcflow_ecs_ingest_bg.wasm'));
  });
});

test('each processor shows its changes of the document', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, OTHER, BAD], '1 error');
    await tab(page, 'Pipeline');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('.steps section').waitFor();
    assert.deepStrictEqual(await steps(page), [['success', 'aws_vpcflow'], ['success', 'set'], ['skipped', 'set'], ['success', 'rename'], ['success', 'remove']]);
    assert.deepStrictEqual(await page.locator('.steps details').nth(3).locator('li').allTextContents(), ['− network.iana_number: "6"', '+ network.number: "6"']);

    // The second line was rejected, to port 22: the condition holds.
    await row(page, 2).locator('.gutter').click();
    await page.getByLabel('Lines to run it on').selectOption({ label: 'The first 10 lines' });
    await page.getByLabel('Ingest pipeline').focus();
    await page.keyboard.press('Control+Enter');
    await page.locator('.steps section').nth(2).waitFor();
    assert.deepStrictEqual(await page.locator('.steps h3').allTextContents(), ['Line 1: 5 steps', 'Line 2: 5 steps', 'Line 3: 2 steps']);
    const second = page.locator('.steps section').nth(1).locator('details').nth(2);
    assert.deepStrictEqual(await second.locator('li').allTextContents(), ['+ event.risk_score: 80']);
    const third = page.locator('.steps section').nth(2);
    assert.match(await third.locator('.status.error').first().evaluate((status) => status.parentElement.textContent), /expected 0 to 65535, found "70000"/);
    assert.match(await third.locator('li').allTextContents().then((all) => all.join()), /\+ error\.message: .*70000/);
    await screenshot(page, 'pipeline');
  });
});

test('an invalid definition gives a message', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await tab(page, 'Pipeline');
    const wrong = {
      '{ "processors": [ { "st": { "field": "a", "value": 1 } } ] }': /No processor type exists with name \[st\]/,
      '{ "processors": [ { "set": { "field": "a", "value": 1, "vlue": 2 } } ] }': /vlue/,
      'processors:\n  - set:\n      field: a\n      value: 1\n      if: "ctx.a.stream().count() > 1"\n': /if|Painless|not supported/i,
    };
    for (const [definition, reason] of Object.entries(wrong)) {
      await page.getByLabel('Ingest pipeline').fill(definition);
      await page.getByRole('button', { name: 'Run' }).click();
      await page.locator('.steps [role=alert]', { hasText: reason }).waitFor();
    }
    await page.getByLabel('Ingest pipeline').fill('processors:\n  - set: { field: <img src=x onerror=alert(1)>, value: 1 }');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('.steps section').waitFor();
    assert.equal(await page.locator('.steps img').count(), 0);
    // The text is still there after a visit to another view.
    await tab(page, 'Export');
    await tab(page, 'Pipeline');
    assert.match(await page.getByLabel('Ingest pipeline').inputValue(), /onerror/);
  });
});

test("Elasticsearch's pipeline and templates are the package's own", async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await tab(page, 'Export');
    const shown = async (label, expected) => {
      await page.getByLabel('Export as').selectOption({ label });
      await page.waitForFunction((text) => document.querySelector('.export-code pre')?.textContent === text, `${JSON.stringify(expected, null, 2)}\n`);
    };
    const { format } = ingest.compileFormat('default');
    await shown('Elasticsearch pipeline', ingest.toIngestPipeline(format, { schema: 'ecs', mode: 'ecs' }));
    await shown('Elasticsearch template', { componentTemplates: ingest.componentTemplates(), indexTemplate: ingest.indexTemplate() });
    await page.locator('#format').fill('v5');
    await page.locator('#format').press('Enter');
    await page.getByLabel('Export as').selectOption({ label: 'Node.js' });
    await shown('Elasticsearch pipeline', ingest.toIngestPipeline('v5', { schema: 'ecs', mode: 'ecs' }));
  });
});

/** True if this build's module takes databases. */
const hasGeo = (() => {
  try {
    const parser = new ingest.Parser({ format: 'default', geo: { city: database('city') } });
    return parser.parse(GOOD.replace('172.31.16.139', '192.0.2.200')).source.geo !== undefined;
  } catch (error) {
    if (/unknown option "geo"/.test(error.message)) return false;
    throw error;
  }
})();

test('databases enrich documents and pipelines', { skip: !hasGeo && 'the module has no option geo' }, async () => {
  await onPage(async (page) => {
    const line = GOOD.replace('172.31.16.139', '192.0.2.200');
    await write(page, line, '1 document');
    await drop(page, [{ name: 'GeoLite2-City.mmdb', content: database('city') }, { name: 'AS.mmdb', content: database('asn') }]);
    await page.locator('#toast', { hasText: 'Documents now have the cities and autonomous systems' }).waitFor();
    const geo = { city: database('city'), asn: database('asn') };
    const expected = new ingest.Parser({ format: 'default', geo }).parse(line);
    const paths = Object.keys(expected.source.geo ?? {}).concat(Object.keys(expected.source.as ?? {}));
    assert.ok(paths.length > 2, JSON.stringify(expected.source));
    await page.locator('.leaf[data-path^="source.geo"]').first().waitFor();
    const found = await leavesOf(page);
    for (const [key, value] of Object.entries(expected.source.geo)) {
      if (typeof value !== 'object') assert.equal(found[`source.geo.${key}`], JSON.stringify(value));
    }
    await screenshot(page, 'geo');
  });
});
