// The page goes by the kinds of fields, as the package reports them. So a field that AWS adds is redacted, coloured and
// exported by its row in the package's table, and one that is unknown is redacted as text.

import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { redact } from '../../www/worker/redaction.js';
import { EXAMPLES, VALUES, textOf } from '../../www/examples.js';
import { facts, formatOf, kindOf, optionsOf } from '../../www/facts.js';
import { cli, terraform } from '../../www/exporters/aws.js';
import { importFrom, imported, repository } from './package.js';
import { GOOD, HEADER } from './samples.js';

const { looksLike, Redactor } = await importFrom('js/redact/redactor.js');

const redactor = () => new Redactor((values) => randomFillSync(values));
const fields = imported.fields();
const names = new Set(fields.map(({ name }) => name));
const kinds = new Set(fields.map(({ kind }) => kind));

/** For each kind a value, and the form of its replacement; the value itself where it identifies nobody. */
const VALUE_OF_KIND = {
  address: ['203.0.113.77', /^\d+\.\d+\.\d+\.\d+$/],
  port: ['443', '443'],
  protocol: ['6', '6'],
  integer: ['999999999999', '999999999999'],
  time: ['1767225600', '1767225600'],
  word: ['ACCEPT', 'ACCEPT'],
  code: ['nat_gateway', 'nat_gateway'],
  region: ['ap-southeast-2', 'ap-southeast-2'],
  az_id: ['usw2-lax1-az1', 'usw2-lax1-az1'],
  account: ['123456789010', /^[1-9]\d{11}$/],
  id: ['eni-0a1b2c3d4e5f60718', /^eni-[\da-f]{17}$/],
  arn: ['arn:aws:ecs:eu-central-1:123456789010:task/shop/0f9de1', /^arn:aws:ecs:eu-central-1:[1-9]\d{11}:task\/[a-z2-9]{4}\/[a-z2-9]{6}$/],
  name: ['checkout-7d9f8b6c54', /^[a-z2-9]{8}-[a-z2-9]{10}$/],
  tag: ['web%20front', /^[a-z2-9]{3}%20[a-z2-9]{5}$/],
  text: ['Zoë_1', /^[a-z2-9]{3}_\d$/],
};

test('each kind of the package has a case here and a colour', () => {
  assert.deepStrictEqual(Object.keys(VALUE_OF_KIND).sort(), [...kinds].sort());
  const css = readFileSync(join(repository, 'www/style/lines.css'), 'utf8');
  assert.deepStrictEqual([...kinds].filter((kind) => !new RegExp(`\\.k-${kind}\\b[^{]*\\{ color: var\\(--`).test(css)), []);
});

const nameOf = (kind) => `future-${kind.replace('_', '-')}`;

/** The package with a field of each kind that AWS has not added yet. */
const future = {
  ...imported,
  fields: () => [...fields, ...Object.keys(VALUE_OF_KIND).map((kind) => ({ ...fields[0], name: nameOf(kind), column: `future_${kind}`, version: 99, kind }))],
};
facts.set({ fields: future.fields(), presets: imported.presets(), schemas: imported.schemas() });
const futureNames = Object.keys(VALUE_OF_KIND).map(nameOf);
const futureLine = Object.values(VALUE_OF_KIND).map(([value]) => value).join(' ');
const logOf = (format, states = []) => ({ formatsOf: () => [format, null], state: (line) => states[line] ?? 1 });
const redacted = async (lines, api, log, known) => (await (await redact([Buffer.from(lines.join('\n'))], api, log, known)).blob.text()).split('\n');

describe('a field that AWS has not added yet', () => {
  test('is redacted by its kind', async () => {
    const [line] = await redacted([`2 ${futureLine}`], future, logOf(formatOf(['version', ...futureNames])));
    for (const [index, [kind, [value, replacement]]] of Object.entries(VALUE_OF_KIND).entries()) {
      const token = line.split(' ')[index + 1];
      if (typeof replacement === 'string') assert.equal(token, replacement, kind);
      else assert.match(token, replacement, kind);
      assert.equal(token === value, typeof replacement === 'string', kind);
    }
  });

  test('has the colour of its kind', () => {
    for (const [kind, [text]] of Object.entries(VALUE_OF_KIND)) {
      assert.equal(kindOf({ field: nameOf(kind), text }), kind === 'word' ? 'accept' : kind);
      assert.equal(kindOf({ field: nameOf(kind), text: '-' }), 'absent');
    }
    assert.equal(kindOf({ field: 'action', text: 'REJECT' }), 'reject');
    assert.equal(kindOf({ field: 'instance-tag', text: 'REJECT' }), 'tag');
    for (const name of ['shiny-new-field', 'column-3', null]) assert.equal(kindOf({ field: name, text: '10.0.0.1' }), 'unknown');
  });

  test('has a value in examples, if the values of its kind look alike', () => {
    const kept = Object.keys(VALUE_OF_KIND).filter((kind) => !['id', 'word', 'code', 'text'].includes(kind));
    const example = { layout: futureNames, rows: [{}] };
    const text = textOf(example, { presets: [], fields: future.fields() }).split(' ');
    for (const [index, kind] of Object.keys(VALUE_OF_KIND).entries()) {
      assert.equal(text[index] !== '-', kept.includes(kind), kind);
      assert.ok(looksLike(text[index], kind), `${kind}: ${text[index]}`);
    }
  });

  test('is exported by its kind and its logs', () => {
    const compiled = { format: '${future}', fields: [{ name: 'future', column: 'future', type: 'string', kind: 'tag', logTypes: ['vpc'] }] };
    assert.match(cli(compiled), /^# Name the keys of the tags in future, too, in TagFieldSpecifications\.\n/);
    assert.match(cli(compiled), /--resource-type VPC/);
    compiled.fields[0] = { ...compiled.fields[0], kind: 'id', logTypes: ['tgw'] };
    assert.match(terraform(compiled), /^resource "aws_flow_log" "flow_log" \{\n {2}transit_gateway_id/);
  });
});

describe('redaction is the safest where a column is uncertain', () => {
  const one = redactor();
  const hidden = (token, kind) => {
    const found = one.token(token, kind);
    assert.ok(!found.split(/[^a-z\d]+/i).some((part) => part.length > 2 && token.includes(part)), `${kind}: ${token} became ${found}`);
    assert.equal(one.token(token, kind), found);
  };

  test('a field that AWS has not documented, and a kind that is not known here', () => {
    for (const kind of [undefined, 'text', 'kind-of-next-year', 'constructor', '__proto__']) {
      for (const token of ['secret', 'checkout-7d9f8b6c54', '8443', 'Größe', '日本語', '%E6%97%A5', '\u{1f600}smile', 'arn:acme:secret:x:y:z']) hidden(token, kind);
      assert.match(one.token('eni-0a1b2c3d4e5f60718', kind), /^eni-(?!0a1b)[\da-f]{17}$/);
      assert.match(one.token('203.0.113.77', kind), /^\d+\.\d+\.\d+\.\d+$/);
      assert.match(one.token('123456789010', kind), /^[1-9]\d{11}$/);
      assert.equal(one.token('-', kind), '-');
    }
  });

  test('a token that does not look like its kind', () => {
    for (const kind of kinds) if (!looksLike('acme:Größe', kind)) hidden('acme:Größe', kind);
    for (const [token, kind] of [['secret', 'port'], ['sec-ret', 'word'], ['acme-prod', 'region'], ['acme-prod', 'az_id'], ['acme-prod', 'id'], ['acme', 'arn'], ['acme', 'account']]) hidden(token, kind);
    assert.equal(one.token('unknown', 'account'), 'unknown');
  });

  test('an ARN keeps the type of the resource and nothing else of it', () => {
    const account = one.token('123456789010', 'account');
    const parts = (arn) => one.token(arn, 'arn').split(/[:/]/);
    assert.deepStrictEqual(parts('arn:aws:ecs:eu-central-1:123456789010:cluster/shop'), ['arn', 'aws', 'ecs', 'eu-central-1', account, 'cluster', one.token('shop')]);
    assert.deepStrictEqual(parts('arn:aws:sqs:eu-central-1:123456789010:shop').slice(5), [one.token('shop')]);
    assert.deepStrictEqual(parts('arn:aws:s3:::shop/logs').slice(5), [one.token('shop'), one.token('logs')]);
  });

  test('a line with another number of tokens: shapes are replaced, and words that are not AWS’s', () => {
    const columns = ['integer', 'address', 'word', 'port'];
    const address = one.token('10.0.0.1', 'address');
    assert.equal(one.line('2 10.0.0.1 ACCEPT 443', columns), `2 ${address} ACCEPT 443`);
    assert.match(one.line('2 10.0.0.1 front', columns), new RegExp(`^2 ${address.replaceAll('.', '\\.')} [a-z2-9]{5}$`));
    assert.match(one.line('front 2 10.0.0.1 ACCEPT 443 front', columns), new RegExp(`^([a-z2-9]{5}) 2 ${address.replaceAll('.', '\\.')} ACCEPT 443 \\1$`));
    assert.match(one.line('2 3 4444', ['integer', 'integer']), /^2 3 \d{4}$/);
  });

  test('a log: headers stay, wrapped records are redacted, other members are text', async () => {
    const format = formatOf(imported.compileFormat('default').fields.map(({ name }) => name));
    const [head, plain, wrapped, other, broken] = await redacted([
      HEADER, GOOD, JSON.stringify({ message: GOOD }), '{"logGroup": "acme prod", "message": "acme", "timestamp":1767225600000}', '{"message":"2 acme',
    ], imported, logOf(format));
    assert.equal(head, HEADER);
    const [good, found] = [GOOD.split(' '), plain.split(' ')];
    assert.deepStrictEqual([found[0], ...found.slice(5)], [good[0], ...good.slice(5)]);
    for (const index of [1, 2, 3, 4]) assert.notEqual(found[index], good[index]);
    assert.deepStrictEqual(JSON.parse(wrapped), { message: plain });
    const { logGroup, message, timestamp } = JSON.parse(other);
    assert.match(`${logGroup} ${message}`, /^[a-z2-9]{4} [a-z2-9]{4} [a-z2-9]{4}$/);
    assert.equal(timestamp, 1767225600000);
    assert.ok(!(logGroup + message + broken).includes('acme'), broken);
  });

  test('a log without a known format: each line by the columns that it looks like', async () => {
    const line = textOf(EXAMPLES.find(({ layout }) => layout === 'v11'), { presets: imported.presets(), fields });
    const [one, two, garbage] = await redacted([line, line, 'acme prod'], imported, logOf(null));
    assert.equal(one, two);
    assert.doesNotMatch(one, /front|blue|checkout|shop/);
    assert.match(one, /ACCEPT OK vpc-/);
    assert.doesNotMatch(garbage, /acme|prod/);
    const [ambiguous] = await redacted(['ACCEPT 10.0.1.4 443'], imported, logOf(null), { likely: '${action} ${srcaddr} ${column-3}' });
    assert.match(ambiguous, /^ACCEPT 10\.\d+\.\d+\.\d+ \d{3}$/);
  });

  test('some of the lines are redacted by the header above each of them', async () => {
    const log = { formatsOf: (line) => [line < 5 ? '${instance-tag}' : '${action}'], state: () => 1 };
    const [first, second] = await redacted(['acme', 'ACCEPT'], imported, log, { lines: [3, 7] });
    assert.notEqual(first, 'acme');
    assert.equal(second, 'ACCEPT');
  });

  test('hostile lines take no more time than others', () => {
    for (const text of ['a-'.repeat(200_000), '{"' + '\\"'.repeat(200_000), '1.'.repeat(200_000), ':'.repeat(400_000), 'arn:'.repeat(100_000), '%'.repeat(400_000), '{' + '"a":'.repeat(100_000)]) {
      const start = process.cpuUsage();
      one.line(text, undefined);
      const { user } = process.cpuUsage(start);
      assert.ok(user < 3_000_000, `${text.slice(0, 8)}: ${user / 1000} ms`);
    }
  });
});

describe('lists of the page hold names that the package documents', () => {
  test('examples', () => {
    const presets = new Set(imported.presets().map(({ name }) => name));
    assert.deepStrictEqual(Object.keys(VALUES).filter((name) => !names.has(name)), []);
    assert.deepStrictEqual(EXAMPLES.map(({ layout = 'default' }) => layout).filter((layout) => !Array.isArray(layout) && !presets.has(layout)), []);
    const rowNames = EXAMPLES.flatMap(({ rows = [] }) => rows.flatMap((row) => Object.keys(row)));
    assert.deepStrictEqual(rowNames.filter((name) => !names.has(name) && name !== 'shiny-new-field'), []);
    for (const [name, value] of Object.entries(VALUES)) assert.ok(looksLike(value, fields.find((field) => field.name === name).kind), name);
  });

  test('charts and filters', () => {
    const columns = new Set(fields.map(({ column }) => column));
    const source = readFileSync(join(repository, 'www/worker/columns.js'), 'utf8');
    const used = [...source.matchAll(/\bflow\.(\w+)/g)].map(([, column]) => column);
    assert.ok(used.length > 10);
    assert.deepStrictEqual(used.filter((column) => !columns.has(column)), []);
  });
});

test('the shapes are the schemas and modes of the package', () => {
  const options = imported.schemas().flatMap(({ name: schema, modes }) => modes.map((mode) => ({ schema, ...(modes.length > 1 && { mode }) })));
  assert.deepStrictEqual(facts.shapes.map(optionsOf), options);
  assert.equal(new Set(facts.shapes.map(({ id }) => id)).size, options.length);
  for (const shape of facts.shapes) imported.parse(GOOD, 'default', optionsOf(shape));

  facts.set({ fields, presets: imported.presets(), schemas: [{ name: 'one', modes: ['ecs'] }, { name: 'two', modes: ['ecs', 'ecs_and_original'] }] });
  assert.deepStrictEqual(facts.shapes, [
    { id: 'one', label: 'one', schema: 'one' },
    { id: 'two', label: 'two', schema: 'two', mode: 'ecs' },
    { id: 'two.ecs_and_original', label: 'two, ecs and original', schema: 'two', mode: 'ecs_and_original' },
  ]);
});
