// explain: what a line means, token by token.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { throwsFlowLogError } from './assertions.js';
import { imported } from './package.js';
import { BAD, GOOD, HEADER } from './samples.js';

const { compileFormat, detectFormat, explain, parse } = imported;

describe('explain', () => {
  test('says of each token what it is', () => {
    const explained = explain(BAD, 'default');
    assert.deepStrictEqual(Object.keys(explained), ['kind', 'format', 'tokens', 'missing', 'problem']);
    const { kind, format, tokens, missing, problem } = explained;
    assert.deepStrictEqual([kind, format, missing, problem], ['record', compileFormat('default').format, [], null]);
    assert.deepStrictEqual(tokens.map(({ text }) => text), BAD.split(' '));
    assert.deepStrictEqual(tokens.map(({ field }) => field), HEADER.split(' '));
    for (const { text, offset } of tokens) assert.ok(BAD.startsWith(text, offset), text);
    assert.deepStrictEqual(tokens[5], {
      text: '70000',
      offset: 64,
      field: 'srcport',
      known: true,
      alternatives: [],
      value: null,
      meaning: null,
      paths: ['source.port', 'network.community_id'],
      problem: 'expected 0 to 65535, found "70000"',
    });
  });

  test('values and meanings', () => {
    const line = '6 18 1418530070 9223372036854775807 - a%20b 8';
    const { tokens } = explain(line, 'protocol tcp-flags end bytes srcaddr instance-tag traffic-path');
    assert.deepStrictEqual(
      tokens.map(({ value, meaning }) => [value, meaning]),
      [
        [6, 'tcp'],
        [18, 'syn, ack'],
        ['2014-12-14T04:07:50.000Z', null],
        [9223372036854775807n, null],
        [null, 'absent'],
        ['a b', null],
        [8, 'through an internet gateway'],
      ],
    );
  });

  test('paths of each schema and mode lead to something', () => {
    const at = (document, path) => path.split('.').reduce((value, key) => value?.[key], document);
    const choices = [undefined, { schema: 'beats', mode: 'ecs_and_original' }, { mode: 'original' }, { schema: 'elastic-integration' }];
    const found = choices.map((options) => {
      const document = parse(GOOD, 'default', options);
      return explain(GOOD, 'default', options).tokens.map(({ paths }) => {
        for (const path of paths) assert.notEqual(at(document, path), undefined, path);
        return paths;
      });
    });
    assert.deepStrictEqual(found[0][3], ['source.address', 'source.ip', 'network.community_id', 'network.type', 'related.ip']);
    assert.deepStrictEqual(found[2][3], ['aws.vpcflow.srcaddr']);
    assert.equal(new Set(found.map((paths) => JSON.stringify(paths))).size, 4);
  });

  test('too many tokens and too few', () => {
    const long = explain('1.2.3.4 5 6', 'srcaddr srcport');
    assert.equal(long.problem, 'expected 2 fields, found 3');
    assert.equal(long.tokens[2].field, null);
    assert.equal(long.tokens[2].known, false);
    assert.match(long.tokens[2].problem, /no field/);
    const short = explain('1.2.3.4', 'srcaddr srcport a-field-of-next-year');
    assert.deepStrictEqual(short.missing, ['srcport', 'a-field-of-next-year']);
  });

  test('names that AWS does not document', () => {
    const { tokens } = explain('x 443', 'path_mtu srcport');
    assert.deepStrictEqual([tokens[0].field, tokens[0].known, tokens[0].value, tokens[0].paths], ['path-mtu', false, 'x', ['aws.vpcflow.path_mtu']]);
  });

  test('headers and blank lines', () => {
    const { kind, format, tokens } = explain('version srcaddr', 'v5');
    assert.deepStrictEqual([kind, format], ['header', '${version} ${srcaddr}']);
    assert.match(tokens[1].meaning, /Source address/);
    for (const line of ['', ' \t\r\n']) {
      assert.deepStrictEqual(explain(line), { kind: 'blank', format: null, tokens: [], missing: [], problem: null });
    }
  });

  test('wrappers', () => {
    const { tokens } = explain('{"message":"2 10.0.0.1"}', 'version srcaddr');
    assert.deepStrictEqual(tokens.map(({ text, offset }) => [text, offset]), [['2', 12], ['10.0.0.1', 14]]);
    const escaped = explain('{"message":"2\\t10.0.0.1"}', 'version srcaddr');
    assert.deepStrictEqual(escaped.tokens.map(({ text, offset }) => [text, offset]), [['2', null], ['10.0.0.1', null]]);
    const broken = explain('{"message":', 'version srcaddr');
    assert.deepStrictEqual([broken.kind, broken.tokens], ['record', []]);
    assert.match(broken.problem, /"message"/);
  });

  test('without a format: by the one that the line looks like', () => {
    assert.equal(explain(GOOD).format, compileFormat('default').format);
    const { tokens } = explain('ACCEPT 10.0.1.5 443 OK');
    assert.equal(tokens[0].field, 'action');
    assert.ok([tokens[1].field, ...tokens[1].alternatives].includes('dstaddr'));
    const none = explain('what is this?');
    assert.deepStrictEqual([none.format, none.tokens.map(({ field }) => field)], [null, [null, null, null]]);
    assert.match(none.problem, /not a flow log/);
  });

  test('takes formats of every kind', () => {
    const compiled = compileFormat('version srcaddr');
    const [candidate] = detectFormat('version srcaddr\n2 10.0.0.1\n');
    for (const format of ['version srcaddr', ['version', 'srcaddr'], compiled, candidate]) {
      assert.equal(explain('2 10.0.0.1', format).format, compiled.format);
    }
  });

  test('says what is wrong with its arguments', () => {
    assert.throws(() => explain(Buffer.from(GOOD)), { name: 'TypeError', message: 'argument "line": expected a string, found an Uint8Array' });
    assert.throws(() => explain(GOOD, 'default', 'ecs'), { name: 'TypeError', message: /argument "options"/ });
    const refused = [
      [5, {}, 'invalid_option', /argument "format"/],
      [['default', 'v5'], {}, 'invalid_format', /several/],
      ['srcaddr srcaddr;', {}, 'invalid_format', /srcaddr/],
      ['default', { tags: [] }, 'invalid_option', /unknown option "tags": explain knows "schema" and "mode" and "layers" and "header" only/],
      ['default', { header: 1 }, 'invalid_option', /option "header": expected a string, found a number/],
      ['default', { layers: 'prefix 1' }, 'invalid_option', /layers/],
      ['default', { schema: 'esc' }, 'invalid_option', /schema/],
      ['default', { schema: 'elastic-integration', mode: 'original' }, 'invalid_option', /mode/],
    ];
    for (const [format, options, code, message] of refused) {
      throwsFlowLogError(() => explain(GOOD, format, options), { code, message });
    }
  });

  test('inside layers', () => {
    const inside = (line, format, options) => {
      const { kind, tokens, problem } = explain(line, format, options);
      return [kind, tokens.map(({ text, offset, field, value }) => [text, offset, field, value]), problem];
    };
    const prefixed = inside('2026-01-01T00:00:14.000Z 10.0.0.1 443', 'srcaddr dstport', { layers: ['prefix 1'] });
    assert.deepStrictEqual(prefixed, ['record', [['10.0.0.1', 25, 'srcaddr', '10.0.0.1'], ['443', 34, 'dstport', 443]], null]);
    const csv = { layers: ['csv'], header: '@timestamp,srcaddr,dstport' };
    const row = inside('2026-01-01 00:00:14.000,"10.0.0.1",443', 'srcaddr dstport', csv);
    assert.deepStrictEqual(row, ['record', [['10.0.0.1', 25, 'srcaddr', '10.0.0.1'], ['443', 35, 'dstport', 443]], null]);
    assert.equal(explain('srcaddr,dstport', undefined, { layers: ['csv'] }).kind, 'header');
    const names = inside('@timestamp,srcAddr,dstport,_x', undefined, { layers: ['csv'] })[1].map(([text, , field]) => [text, field]);
    assert.deepStrictEqual(names, [['@timestamp', null], ['srcAddr', 'srcaddr'], ['dstport', 'dstport'], ['_x', 'x']]);
    assert.equal(explain('timestamp,message', undefined, { layers: ['csv'] }).kind, 'blank');
    const object = inside('{"srcaddr":"10.0.0.1","dstport":70000}');
    assert.deepStrictEqual(object[1].map(([text, , field]) => [text, field]), [['10.0.0.1', 'srcaddr'], ['70000', 'dstport']]);
    const unknown = explain(GOOD, 'default', { layers: ['envelope'] });
    assert.equal(unknown.problem, 'there is no layer "envelope"');
  });

  test('refuses lines beyond its limit, and takes those up to it', () => {
    const longest = 'a '.repeat(2 ** 19);
    const { problem, tokens } = explain(longest, 'srcaddr');
    assert.match(problem, /found 524288/);
    // More than any format has columns, and no more.
    assert.equal(tokens.length, 1001);
    throwsFlowLogError(() => explain(`${longest}a`, 'srcaddr'), { code: 'line_too_long' });
    assert.equal(parse(GOOD, 'default').source.port, 20641);
  });
});
