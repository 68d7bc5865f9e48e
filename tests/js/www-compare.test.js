// The page: a line as our schemas and other shippers have it, in columns, with the differences in words.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { close, onPage, open, row, screenshot, tab, write } from './playground.js';
import { imported } from './package.js';
import { SHIPPERS } from '../../www/shippers/mappings.js';
import { differences } from '../../www/shippers/rows.js';
import { BAD, GOOD, HEADER } from './samples.js';

before(open);
after(close);

const cells = (page, id) => page.locator(`.compare tr[data-row="${id}"] td`).evaluateAll((tds) => tds.map((td) => [
  [...td.querySelectorAll('div')].map(({ textContent }) => textContent), [...td.querySelectorAll('.why, .quiet')].map(({ textContent }) => textContent)]));
const columns = (page) => page.locator('.compare thead th').evaluateAll((ths) => ths.slice(1).map((th) => th.firstChild.textContent));
const shipper = (name) => SHIPPERS.find(({ id }) => id === name);

test('each shipper has a column, aligned by the token', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await tab(page, 'Compare');
    await page.locator('.compare tbody tr').first().waitFor();
    assert.deepStrictEqual(await columns(page), ['ecs', 'Filebeat (beats)', 'Vector', 'OpenTelemetry']);
    assert.deepStrictEqual(await cells(page, 7), [
      [['network.iana_number: "6"', 'network.transport: "tcp"'], []],
      [['network.iana_number: "6"', 'network.transport: "tcp"'], []],
      [['protocol: 6'], ['renamed', 'type: a number, not text', 'dropped: network.transport']],
      [['network.protocol.name: "tcp"'], ['renamed', 'dropped: network.iana_number']],
    ]);
    assert.deepStrictEqual(await cells(page, 11), [
      [['@timestamp: "2014-12-14T04:07:50.000Z"', 'event.end: "2014-12-14T04:07:50.000Z"'], []],
      [['@timestamp: "2014-12-14T04:07:50.000Z"', 'event.end: "2014-12-14T04:07:50.000Z"'], []],
      [['end: 1418530070'], ['renamed', 'unit: seconds since 1970, not ISO 8601']],
      [['timestamp: 1418530070000000000 (of the record)'], ['renamed', 'unit: nanoseconds since 1970, not ISO 8601']],
    ].map(([keys, notes]) => [keys, notes]));
    assert.deepStrictEqual((await cells(page, 'cloud.provider')).map(([keys, notes]) => [...keys, ...notes]), [['cloud.provider: "aws"'], ['dropped'], ['dropped'], ['not documented']]);
    await screenshot(page, 'compare');

    // The token of a row is highlighted in the line.
    await page.locator('.compare tr[data-row="7"]').hover();
    assert.deepStrictEqual(await page.locator('#anatomy .token.lit').allTextContents().then((all) => all.map((text) => /protocol/.test(text))), [true]);

    await page.locator('.compare thead summary').nth(1).click();
    await page.getByText('vrl 0.38.0').waitFor();
  });
});

test('columns are chosen, and equal rows are shown on demand', async () => {
  await onPage(async (page) => {
    await write(page, GOOD, '1 document');
    await tab(page, 'Compare');
    await page.locator('.compare tbody tr').first().waitFor();
    await page.locator('.column-choice summary').click();
    const box = (name) => page.locator('.column-choice').getByLabel(name, { exact: true });
    for (const name of ['Vector', 'OpenTelemetry', 'Filebeat (beats)']) {
      await box("Elastic's integration (elastic-integration)").check();
      await box(name).uncheck();
    }
    // A comparison needs two columns.
    await box('ecs').click();
    assert.equal(await box('ecs').isChecked(), true);
    await page.locator('.compare thead th').nth(2).waitFor();
    assert.deepStrictEqual(await columns(page), ['ecs', "Elastic's integration (elastic-integration)"]);
    assert.deepStrictEqual(await page.locator('.compare tbody tr').evaluateAll((trs) => trs.map(({ dataset }) => dataset.row)), ['0', '12', 'ecs.version']);
    assert.deepStrictEqual((await cells(page, 0))[1], [['aws.vpcflow.version: "2"'], ['type: text, not a number']]);
    assert.deepStrictEqual((await cells(page, 12))[1][1], ['converted: upper or lower case']);
    await page.getByLabel('include equal rows').check();
    await page.waitForFunction(() => document.querySelectorAll('.compare tbody tr').length > 14);
  });
});

test('a shipper that does not read a format says so', async () => {
  await onPage(async (page) => {
    const format = '${version} ${srcaddr} ${dstaddr} ${encryption-status} ${next-hop-vpc-id}';
    await page.locator('#format').fill(format);
    await write(page, '11 10.0.0.1 10.0.0.2 1 vpc-0a1b2c3d4e5f60718', '1 document');
    await tab(page, 'Compare');
    await page.locator('.compare thead .wrong').first().waitFor();
    assert.deepStrictEqual(await page.locator('.compare thead .wrong').allTextContents(), ['Not read: Filebeat does not start with a format that has encryption-status, next-hop-vpc-id']);
    const [, beats, vector, otel] = await cells(page, 3);
    assert.deepStrictEqual([beats, vector, otel], [[[], ['not read']], [['encryption_status: 1'], ['renamed']], [[], ['not documented']]]);

    await page.locator('.column-choice summary').click();
    await page.locator('.column-choice').getByLabel("Elastic's integration (elastic-integration)").check();
    await page.locator('.compare thead .wrong', { hasText: "no layout of Elastic's integration has 5 fields" }).waitFor();

    await page.locator('#format').fill('version resource-type tgw-id tgw-src-vpc-id tgw-pair-attachment-id srcaddr');
    await write(page, '6 TransitGateway tgw-0123456789abcdef0 vpc-0abcdef0123456789 tgw-attach-0a1b2c3d4e5f60718 10.0.0.1', '1 document');
    await page.locator('.compare thead .wrong', { hasText: 'Not read: the function fails on a format that has resource-type, tgw-id, tgw-src-vpc-id and 1 more' }).waitFor();
    await page.locator('.compare tr[data-row="2"]').waitFor();
    const [, integration, filebeat, none, nothing] = (await cells(page, 2)).map(([keys, notes]) => [...keys, ...notes]);
    assert.deepStrictEqual([filebeat, integration, none, nothing], [['aws.vpcflow.tgw_id: "tgw-0123456789abcdef0"'], ['not read'], ['not read'], ['not documented']]);
  });
});

test('a line on which a shipper fails says so', async () => {
  await onPage(async (page) => {
    await page.locator('#format').fill('srcaddr srcport start end');
    await write(page, '10.0.0.1 443.0 1767225600 2026-01-01T00:00:58Z', '1 document');
    await tab(page, 'Compare');
    await page.locator('.compare thead .wrong').first().waitFor();
    assert.deepStrictEqual(await page.locator('.compare thead .wrong').allTextContents(), ['Not read: the function fails on srcport: it expects an integer']);
    assert.deepStrictEqual((await cells(page, 3)).map(([, notes]) => notes).slice(2), [['not read'], ['not documented']]);
    assert.equal(shipper('vector').failure([{ field: 'bytes', text: '1' }, { field: 'bytes', text: '1' }]), 'the function fails on a format that has bytes twice');
  });
});

test('a line without a document has no comparison', async () => {
  await onPage(async (page) => {
    await write(page, [HEADER, GOOD, BAD], '1 error');
    await tab(page, 'Compare');
    await row(page, 3).locator('.gutter').click();
    await page.getByText('Line 3 has no document.').waitFor();
    assert.equal(await page.locator('.compare table').count(), 0);
  });
});

test('Vector and OpenTelemetry have the keys of their documentation', () => {
  const keys = (id, field, text, more = []) => shipper(id).keysOf({ field, text, meaning: null }, [{ field, text }, ...more]);
  // The examples of VRL's reference.
  assert.deepStrictEqual(keys('vector', 'srcaddr', '-'), [{ path: 'srcaddr', value: 'null' }]);
  assert.deepStrictEqual(keys('vector', 'traffic-path', '8'), [{ path: 'traffic_path', value: '8' }]);
  assert.deepStrictEqual(keys('vector', 'interface-type', 'nat_gateway'), [{ path: 'interface_type', value: '"nat_gateway"' }]);
  assert.deepStrictEqual(keys('otel', 'flow-direction', 'ingress'), [{ path: 'network.io.direction', value: '"receive"', within: 'attribute', isUntyped: false }]);
  assert.deepStrictEqual(keys('otel', 'srcaddr', '10.0.0.1', [{ field: 'pkt-srcaddr', text: '10.0.0.1' }]), []);
  assert.equal(keys('otel', 'srcaddr', '10.0.0.1', [{ field: 'pkt-srcaddr', text: '10.0.0.2' }]), undefined);
  assert.equal(keys('otel', 'tgw-id', 'tgw-1'), undefined);
});

test('every preset has a column of each shipper, or a reason', () => {
  const facts = new Map(imported.fields().map((field) => [field.name, field]));
  const read = { beats: [], vector: [] };
  for (const { name, fields } of imported.presets()) {
    for (const id of Object.keys(read)) if (fields.every((field) => shipper(id).reads(facts.get(field)))) read[id].push(name);
    for (const field of fields) {
      const token = { field, text: ['integer', 'long', 'timestamp'].includes(facts.get(field).type) ? '1' : 'x', meaning: null };
      assert.equal(shipper('vector').keysOf(token)[0].path, facts.get(field).column);
      assert.ok([undefined, 0, 1].includes(shipper('otel').keysOf(token, [token])?.length));
    }
  }
  const names = imported.presets().map(({ name }) => name);
  const newer = ['v9', 'v10', 'v11', 'v9-alphabetical', 'v10-alphabetical', 'v11-alphabetical', 'v5-resource-id', 'v5-encryption-status', 'nat-gateway-regional', 'encryption', 'encryption-audit'];
  assert.deepStrictEqual(read.beats, names.filter((name) => !newer.includes(name)));
  assert.deepStrictEqual(read.vector, names.filter((name) => name !== 'tgw'));
});

test('differences are named', () => {
  const key = (path, value) => ({ path, value });
  assert.deepStrictEqual(differences([key('a', '1')], [key('a', '1')]), []);
  assert.deepStrictEqual(differences([key('a', 'null')], []), ['null, not left out']);
  assert.deepStrictEqual(differences([key('b', '"ACCEPT"')], [key('a', '"accept"')]), ['renamed', 'converted: upper or lower case']);
  assert.deepStrictEqual(differences([key('a', '"x"')], [key('a', '["x"]')]), ['type: text, not a list']);
  assert.deepStrictEqual(differences([key('a', '"2026-01-01T00:00:00Z"')], [key('a', '"2026-01-01T00:00:00.000Z"')]), ['written with other digits']);
  assert.deepStrictEqual(differences([key('c', '"z"')], [key('a', '1'), key('b', '2')]), ['only here: c', 'dropped: a, b']);
});

test("Elastic's integration reads a line unless its document differs, whenever it is written", async () => {
  const { compare } = await import('../../www/worker/compare.js');
  const { Documents } = await import('../../www/worker/documents.js');
  const { Log } = await import('../../www/worker/log.js');
  const documents = new Documents();
  documents.use(imported);
  const { now } = Date;
  let time = now();
  Date.now = () => (time += 1);
  const refusals = (names, line) => {
    const log = new Log(imported, names);
    const outputs = ['elastic-integration', 'elastic-integration-1.12'].map((schema) => ({ schema }));
    const { columns } = compare({ api: imported, documents, log }, 0, line, outputs);
    log.free();
    return columns.map(({ document, refusal }) => [document !== undefined, refusal]);
  };
  try {
    assert.deepStrictEqual(refusals(HEADER, GOOD), [[true, undefined], [true, undefined]]);
    const swapped = HEADER.replace('srcaddr dstaddr', 'dstaddr srcaddr');
    const differs = 'read as another format of as many fields: the document differs';
    assert.deepStrictEqual(refusals(swapped, GOOD), [[true, differs], [true, differs]]);
  } finally {
    Date.now = now;
    documents.use(imported);
  }
});
