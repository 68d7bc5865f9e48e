// The page: ingest pipelines that run on the lines, exports for Elasticsearch, and databases. All three need the larger
// module of the package, which the page loads on first use.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { close, drop, isAccessible, leavesOf, onPage, open, row, screenshot, tab, write } from './playground.js';
import { importIngest, repository } from './package.js';
import { BAD, GOOD, OTHER } from './samples.js';
import { linesOf } from './logs.js';
import { origins } from '../../www/pipeline/changes.js';
import { contextAt, insertionOf } from '../../www/pipeline/context.js';

const ingest = await importIngest();
const database = (name) => readFileSync(join(repository, 'tests/fixtures/geo', `${name}.mmdb`));

before(open);
after(close);

const editor = (page) => page.getByLabel('Ingest pipeline');

/** Opens the view, and waits for the steps of the first run. */
async function openPipeline(page, definition) {
  await tab(page, 'Pipeline');
  await page.locator('.steps .step').first().waitFor();
  if (definition === undefined) return;
  await editor(page).fill(definition);
}

const steps = (page) => page.locator('.steps .step').evaluateAll((all) => all.map((step) => [step.querySelector('.status').textContent, step.querySelector('code').textContent]));
const tallies = (page) => page.locator('.tally').allTextContents();
const changes = (page) => page.locator('.step-result .changes li').allTextContents();
const reasons = (page) => page.locator('.step-result > p').allTextContents();
const whole = (page, text) => page.locator('#tools .hint', { hasText: text }).waitFor();

test('the larger module is loaded when the view is opened', async () => {
  await onPage(async (page) => {
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await write(page, GOOD, '1 document');
    assert.deepStrictEqual(asked.filter((path) => path.includes('ingest')), []);
    await openPipeline(page);
    assert.ok(asked.includes('/pkg/vpcflow_ecs_ingest_bg.wasm'));
  });
});

test('each step shows its changes of the document, forward and back', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, OTHER, BAD], '1 error');
    await openPipeline(page);
    await whole(page, 'all lines: 3 documents');
    assert.deepStrictEqual(await steps(page), [
      ['line', 'message'], ['success', 'aws_vpcflow'], ['success', 'set'], ['skipped', 'set'], ['success', 'rename'], ['success', 'remove'], ['not needed', 'set'],
    ]);
    assert.deepStrictEqual(await tallies(page), ['all lines: 2 changed 1 failed', 'all lines: 2 changed', 'all lines: 1 changed 1 skipped', 'all lines: 2 changed', 'all lines: 2 changed', 'all lines: 1 changed']);
    // The line with an error has a document of its own, too.
    await whole(page, 'all lines: 3 documents, also of headers and errors');
    // The last step that ran is shown first: the document at the end.
    const position = page.getByText('Line 1, step');
    assert.match(await position.textContent(), /step 5 of 6/);
    await page.getByRole('button', { name: 'Forward' }).click();
    assert.deepStrictEqual(await reasons(page), ['Not needed: no processor failed that this one handles.']);
    for (const expected of ['step 5 of 6', 'step 4 of 6']) {
      await page.getByRole('button', { name: 'Back' }).click();
      assert.match(await position.textContent(), new RegExp(expected));
    }
    assert.deepStrictEqual(await changes(page), ['− network.iana_number: "6"', '+ network.number: "6"']);
    assert.deepStrictEqual(await page.locator('.tree .leaf.added').allTextContents(), ['number: "6"']);
    await page.getByRole('button', { name: 'Back' }).click();
    assert.deepStrictEqual(await reasons(page), ["Skipped, because its condition is false: if ctx.event?.outcome == 'failure' && ctx.destination?.port == 22"]);

    // Arrow keys, when a step has the focus.
    await page.locator('.steps [aria-current]').focus();
    await page.keyboard.press('ArrowDown');
    assert.match(await position.textContent(), /step 4 of 6/);
    await page.keyboard.press('Home');
    assert.match(await position.textContent(), /step 0 of 6/);
    assert.deepStrictEqual(await page.locator('.tree .leaf').allTextContents(), [`message: ${JSON.stringify(GOOD)}`]);
    await page.keyboard.press('End');
    assert.match(await position.textContent(), /step 6 of 6/);
    await screenshot(page, 'pipeline');
  });
});

test('the first pipeline has the format of the lines until it is edited', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await openPipeline(page);
    assert.doesNotMatch(await editor(page).inputValue(), /"format"/);
    await page.locator('#format').fill('srcaddr dstaddr bytes');
    await write(page, '10.0.0.1 10.0.0.2 5', '1 document');
    await page.getByText('Line 1, step').waitFor();
    await page.waitForFunction(() => document.querySelector('.code textarea').value.includes('"format": "srcaddr dstaddr bytes"'));
    await whole(page, 'all lines: 1 document');
    assert.deepStrictEqual(await changes(page), ['− message: "10.0.0.1 10.0.0.2 5"']);
    await editor(page).fill('{ "processors": [] }');
    await page.getByText('step 0 of 0').waitFor();
    await page.locator('#format').fill('');
    await write(page, GOOD, '1 document');
    assert.equal(await editor(page).inputValue(), '{ "processors": [] }');
  });
});

test('counts lead to lines, and an error is shown at its processor', async () => {
  await onPage(async (page) => {
    await write(page, [GOOD, OTHER, BAD], '1 error');
    await openPipeline(page);
    await whole(page, 'all lines: 3 documents');
    await page.locator('.tally').first().getByRole('button', { name: '1 failed' }).click();
    await page.getByText('Line 3, step 6 of 6').waitFor();
    assert.deepStrictEqual(await steps(page), [
      ['line', 'message'], ['error', 'aws_vpcflow'], ['not reached', 'set'], ['not reached', 'set'], ['not reached', 'rename'], ['not reached', 'remove'], ['success', 'set'],
    ]);
    assert.match((await changes(page)).join(), /^\+ error\.message: .*70000/);
    assert.match(await page.locator('.code mark.error').textContent(), /^"aws_vpcflow": \{.*\}$/);
    await page.locator('.steps .step').nth(1).click();
    assert.match((await reasons(page)).join(), /^Failed: .*expected 0 to 65535, found "70000"/);
    await page.keyboard.press('ArrowDown');
    assert.deepStrictEqual(await reasons(page), ['Not reached: processors[0].aws_vpcflow failed.']);
  });
});

test('the keys of the document are linked to the tokens through the steps', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await openPipeline(page);
    await page.getByText('step 5 of 6').waitFor();
    await page.locator('.tree .leaf[data-path="network.number"]').hover();
    assert.match((await page.locator('#anatomy .token.lit').allTextContents()).join('|'), /^6.*protocol[^|]*$/s);
    await page.locator('#anatomy .token', { hasText: 'srcaddr' }).hover();
    assert.deepStrictEqual(await page.locator('.tree .leaf.lit').evaluateAll((all) => all.map(({ dataset }) => dataset.path)), ['network.community_id', 'network.type', 'related.ip', 'source.address', 'source.ip']);
    // Another view has its own links.
    await tab(page, 'Document');
    await page.locator('.tree .leaf[data-path="network.iana_number"]').hover();
    assert.match((await page.locator('#anatomy .token.lit').allTextContents()).join('|'), /protocol/);
  });
});

test('an invalid definition is an error at its place', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await openPipeline(page);
    const wrong = [
      ['{ "processors": [\n  { "st": { "field": "a", "value": 1 } } ] }', 'Line 2, column 5', /: No processor type exists with name \[st\] \(processors\[0\]\.st\)$/, '"st": { "field": "a", "value": 1 }'],
      ['{ "processors": [ { "set": { "field": "a", "value": 1, "vlue": 2 } } ] }', 'Line 1, column 21', /vlue/, '"set": { "field": "a", "value": 1, "vlue": 2 }'],
      ['{ "processors": [ { "grok": {} } ] }', 'Line 1, column 21', /the processor \[grok\] of Elasticsearch is not supported here: use "dissect"/, '"grok": {}'],
      ['processors:\n  - set:\n      field: é\n      value: 1\n      if: "ctx.a.stream() > 1"\n', 'Line 5, column 7', /compile error: /, 'if: "ctx.a.stream() > 1"'],
      ['{\n  "processors": [\n    { "drop": {} }\n    { "drop": {} }\n  ]\n}', 'Line 4, column 5', /expected `,` or `]`/, '{'],
      [`processors:\n${'# a comment\n'.repeat(60)}  - st: {}\n`, 'Line 62, column 5', /No processor type exists with name \[st\]/, 'st: {}'],
    ];
    for (const [text, position, reason, part] of wrong) {
      await editor(page).fill(text);
      await page.locator('.problem', { hasText: reason }).waitFor();
      assert.equal(await page.locator('.problem button').textContent(), position);
      assert.equal(await page.locator('.code mark.wrong').textContent(), part);
      await page.locator('.problem button').click();
      assert.equal(await editor(page).evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)), part);
      const isInView = await page.locator('.code mark.wrong').evaluate((mark) => {
        const [{ top, bottom }, box] = [mark.getBoundingClientRect(), mark.closest('.code').getBoundingClientRect()];
        return box.top <= top && bottom <= box.bottom;
      });
      assert.ok(isInView, text);
    }
    await screenshot(page, 'pipeline-problem');
    // The last steps stay until the definition can be run.
    assert.equal(await page.locator('.debugger.stale .step').count(), 7);
    await editor(page).fill('processors:\n  - set: { field: <img src=x onerror=alert(1)>, value: 1 }');
    await page.locator('.debugger:not(.stale)').waitFor();
    assert.equal(await page.locator('#panel img').count(), 0);
    assert.equal(await page.locator('.problem').isHidden(), true);
    // The text is still there after a visit to another view.
    await tab(page, 'Export');
    await tab(page, 'Pipeline');
    assert.match(await editor(page).inputValue(), /onerror/);
  });
});

test('names are completed from the processors and options that exist', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await openPipeline(page, '{ "processors": [ ');
    const shown = () => page.locator('.completions:not([hidden]) li').allTextContents();
    await editor(page).focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('{ "re');
    assert.deepStrictEqual(await shown(), ['remove', 'rename', 'redact not supported here: use "gsub"',
      'registered_domain not supported here: run this step in the cluster', 'reroute not supported here: use "set" for "_index"']);
    await screenshot(page, 'pipeline-completion');
    await isAccessible(page);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await editor(page).inputValue(), '{ "processors": [ { "rename": {  }');
    await page.keyboard.type('"f');
    assert.deepStrictEqual(await shown(), ['field']);
    await page.keyboard.press('Tab');
    await page.keyboard.type('"message", t');
    assert.deepStrictEqual(await shown(), ['target_field', 'tag']);
    await page.keyboard.press('Escape');
    assert.deepStrictEqual(await shown(), []);
    // Nothing is completed in a value.
    await page.keyboard.type('arget_field": "s');
    assert.deepStrictEqual(await shown(), []);

    // The rest of a name is replaced with it, and its value stays.
    await editor(page).fill('{ "processors": [ { "rename": {} } ] }');
    await editor(page).evaluate((area) => area.setSelectionRange(23, 23));
    await page.keyboard.press('Control+Space');
    await page.locator('.completions li', { hasText: 'remove' }).click();
    assert.equal(await editor(page).inputValue(), '{ "processors": [ { "remove": {} } ] }');

    await editor(page).fill('processors:\n  - set:\n      value: 1\n      ');
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Control+Space');
    assert.deepStrictEqual(await shown(), ['copy_from', 'field', 'ignore_empty_value', 'media_type', 'override', 'description', 'if', 'ignore_failure', 'on_failure', 'tag']);
    await page.locator('.completions li', { hasText: 'copy_from' }).click();
    assert.match(await editor(page).inputValue(), /value: 1\n {6}copy_from: $/);
  });
});

test('a run that is superseded is dropped, and the page answers while all lines are counted', async () => {
  await onPage(async (page) => {
    await write(page, linesOf('default', 4000), '4,000 documents');
    await openPipeline(page);
    await editor(page).fill('{ "processors": [ { "aws_vpcflow": {} }, { "set": { "field": "a", "value": 1 } } ] }');
    await page.getByText('step 2 of 2').waitFor();
    // The count of the first definitions is still running, and another one replaces it.
    await editor(page).fill('{ "processors": [ { "drop": {} } ] }');
    await page.getByText('step 1 of 1').waitFor();
    await row(page, 2).locator('.gutter').click();
    await page.getByText('Line 2, step 1 of 1').waitFor();
    await whole(page, 'all lines: 4,000 documents, 4,000 dropped');
    assert.deepStrictEqual(await tallies(page), ['all lines: 4,000 dropped']);
    assert.deepStrictEqual(await reasons(page), ['Dropped the document: it is not indexed, and the processors below do not run.']);
    // Without lines, there is nothing to run it on.
    await page.getByRole('button', { name: 'Clear' }).click();
    await whole(page, 'There are no lines to run it on.');
    assert.deepStrictEqual(await steps(page), [['line', 'message'], ['not reached', 'drop']]);
    // A change of the lines runs it again.
    await write(page, [GOOD, OTHER], '2 documents');
    await whole(page, 'all lines: 2 documents, 2 dropped');
  });
});

test('all lines are counted again for a definition whose counting another one ended, and not for a view that was left', { timeout: 120_000 }, async () => {
  await onPage(async (page) => {
    await drop(page, [{ name: 'flow.log', content: linesOf('default', 30_000).join('\n') }]);
    await page.locator('#counts', { hasText: '30,000 documents' }).waitFor();
    const definition = '{ "processors": [ { "aws_vpcflow": {} }, { "drop": {} } ] }';
    await openPipeline(page, definition);
    await page.getByText('step 2 of 2').waitFor();
    await editor(page).fill('{ "processors": [ { "st": {} } ] }');
    await page.locator('.problem', { hasText: '[st]' }).waitFor();
    await editor(page).fill(definition);
    await whole(page, '% of all lines');
    await page.evaluate(() => {
      const { postMessage } = Worker.prototype;
      globalThis.asked = [];
      Worker.prototype.postMessage = function post(message, ...more) {
        globalThis.asked.push(message.ask);
        return postMessage.call(this, message, ...more);
      };
    });
    await tab(page, 'Document');
    await page.waitForFunction(() => globalThis.asked.includes('cancelDebug'));
    await tab(page, 'Pipeline');
    await whole(page, /^all lines: 30,000 documents, 30,000 dropped$/);
  });
});

test('the position of a name is found in JSON and YAML, and a name is written in its style', () => {
  const at = (text) => {
    const caret = text.indexOf('|');
    const found = contextAt(text.replace('|', ''), caret);
    return found && [found.kind, found.type, found.name, found.used, found.style];
  };
  const cases = [
    ['{ "processors": [ { "s| } ] }', ['processor', undefined, 's', [], 'json']],
    ['{ "processors": [ { "set": { "field": "a", | } } ] }', ['option', 'set', '', ['field'], 'json']],
    ['{ "processors": [ { "set": { "field": "a|" } } ] }', undefined],
    ['{ "processors": [ { "set": { "value": { "a| } } } ] }', undefined],
    ['{ "processors": [ { "set": { "on_failure": [ { "f| } ] } } ] }', ['processor', undefined, 'f', [], 'json']],
    ['{ "on_failure": [ { "set": { "if": "{ } ] \\" ", "fi| } } ] }', ['option', 'set', 'fi', ['if'], 'json']],
    ['{ "desc| }', undefined],
    ['processors:\n- se|', ['processor', undefined, 'se', [], 'block']],
    ['processors:\n  - set:\n      field: a\n  - |', ['processor', undefined, '', [], 'block']],
    ['processors:\n  - set:\n      field: a\n      va|', ['option', 'set', 'va', ['field'], 'block']],
    ['processors:\n  - set: { field: a, va|', ['option', 'set', 'va', ['field'], 'flow']],
    ['processors: [ { dr|', ['processor', undefined, 'dr', [], 'flow']],
    ['processors:\n  - set:\n      field: a|', undefined],
    ['description: a\non_failure:\n- set:\n    fi|', ['option', 'set', 'fi', [], 'block']],
  ];
  for (const [text, expected] of cases) assert.deepStrictEqual(at(text), expected, text);
  const written = (context, after = '') => insertionOf({ indent: 4, ...context }, 'set', after);
  assert.deepStrictEqual(written({ kind: 'processor', style: 'json' }), { text: '"set": {  }', caret: 9 });
  assert.deepStrictEqual(written({ kind: 'processor', style: 'block' }), { text: 'set:\n      ', caret: 11 });
  assert.deepStrictEqual(written({ kind: 'option', style: 'flow' }), { text: 'set: ', caret: 5 });
  assert.deepStrictEqual(written({ kind: 'option', style: 'json' }, ': 1'), { text: '"set"', caret: 5 });
});

test('the origins of keys are followed through copies, renames and other targets', () => {
  const tokens = [{ text: '10.0.0.1', paths: ['source.ip', 'related.ip'] }, { text: '443', paths: ['destination.port'] }];
  const leaves = (object) => new Map(Object.entries(object));
  const message = { message: '"10.0.0.1 443"' };
  const parsed = { ...message, 'flow.source.ip': '"10.0.0.1"', 'flow.destination.port': '443' };
  const copied = { ...parsed, client: '"10.0.0.1"', fixed: '1' };
  const { 'flow.destination.port': port, ...renamed } = { ...copied, port: '443' };
  const all = origins(tokens, [
    { text: '"aws_vpcflow": { "target_field": "flow" }', before: leaves(message), after: leaves(parsed), isParse: true },
    { text: '"set": { "copy_from": "flow.source.ip" }', before: leaves(parsed), after: leaves({ ...parsed, client: '"10.0.0.1"' }) },
    { text: '"set": { "field": "fixed" }', before: leaves({ ...parsed, client: '"10.0.0.1"' }), after: leaves(copied) },
    { text: '"rename": {}', before: leaves(copied), after: leaves(renamed) },
  ]);
  assert.equal(port, '443');
  assert.deepStrictEqual(Object.fromEntries(all.at(-1)), { message: [0, 1], 'flow.source.ip': [0], client: [0], port: [1] });
  // A processor that cuts the line: the tokens with the value itself.
  const [cut] = origins(tokens, [{ text: '"dissect": { "field": "message" }', before: leaves(message), after: leaves({ ...message, a: '"443"', b: '"x"' }) }]);
  assert.deepStrictEqual(Object.fromEntries(cut), { message: [0, 1], a: [1] });
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
