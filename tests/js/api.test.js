// The JavaScript API of the installed package in Node.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { throwsFlowLogError } from './assertions.js';
import { decoder, documentsOf, imported, importIngest, required } from './package.js';
import { BAD, BAD_PLACE, BAD_REASON, GOOD, HEADER, OTHER } from './samples.js';

const { FlowLogError, Parser, compileFormat, fields, parse, presets, schemas } = imported;

test('import and require give the same instance', () => {
  const names = ['parse', 'Parser', 'detectFormat', 'explain', 'compileFormat', 'fields', 'presets', 'schemas', 'FlowLogError',
    'init', 'initSync', 'parallel', 'ndjsonStream', 'bulkStream', 'documentStream', 'toNode', 'decode'];
  for (const name of names) assert.equal(imported[name], required[name], name);
  assert.deepStrictEqual(Object.keys(imported).sort(), [...names, 'default'].sort());
  assert.throws(() => required.parse(BAD, 'default'), imported.FlowLogError);
});

test('init is there in Node, too, and does nothing', async () => {
  assert.equal(await imported.init(), undefined);
  assert.equal(imported.default, imported.init);
  assert.equal(imported.initSync(), undefined);
});

describe('parse', () => {
  test('gives a plain object', () => {
    const document = parse(GOOD, 'default');
    assert.equal(Object.getPrototypeOf(document), Object.prototype);
    assert.equal(Object.getPrototypeOf(document.source), Object.prototype);
    assert.equal(document.source.ip, '172.31.16.139');
    assert.equal(JSON.parse(JSON.stringify(document)).destination.port, 22);
  });

  test('gives null for headers and blank lines', () => {
    for (const line of [HEADER, '', '  \t', '\r']) assert.equal(parse(line), null, JSON.stringify(line));
  });

  test('keeps no header', () => {
    const reordered = 'dstaddr srcaddr';
    assert.equal(parse(reordered), null);
    throwsFlowLogError(() => parse('192.0.2.1 192.0.2.2'), { code: 'unknown_layout', lineNumber: 1 });
  });

  test('takes bytes, formats of every kind, and options', () => {
    const expected = parse(GOOD, 'default');
    assert.deepStrictEqual(parse(Buffer.from(GOOD), 'default'), expected);
    assert.deepStrictEqual(parse(GOOD), expected);
    assert.deepStrictEqual(parse(GOOD, null, {}), expected);
    assert.deepStrictEqual(parse(GOOD, HEADER), expected);
    assert.deepStrictEqual(parse(GOOD, HEADER.split(' ')), expected);
    assert.deepStrictEqual(parse(GOOD, compileFormat('default')), expected);
    assert.deepStrictEqual(parse(GOOD, undefined, { format: [compileFormat('v3'), 'default'] }), expected);
    assert.deepStrictEqual(parse(GOOD, 'default', { tags: ['a'] }), { ...expected, tags: ['a'] });
  });

  test('keeps line numbers of one call out of the next', () => {
    for (let i = 0; i < 3; i++) throwsFlowLogError(() => parse(BAD, 'default'), { lineNumber: 1 });
  });

  test('works with more formats than it keeps compiled', () => {
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 100; i++) {
        const document = parse(GOOD, 'default', { tags: [`tag-${i}`] });
        assert.deepStrictEqual(document.tags, [`tag-${i}`]);
      }
    }
  });

  test('sees a change of an options object between calls', () => {
    const options = { tags: ['a'], fields: { host: { name: 'one' } } };
    assert.equal(parse(GOOD, 'default', options).host.name, 'one');
    options.fields.host.name = 'two';
    options.tags.push('b');
    const document = parse(GOOD, 'default', options);
    assert.equal(document.host.name, 'two');
    assert.deepStrictEqual(document.tags, ['a', 'b']);
  });

  test('names the argument of a wrong type', () => {
    assert.throws(() => parse(5), { name: 'TypeError', message: 'argument "line": expected a string or a Uint8Array, found a number' });
    assert.throws(() => parse(), { name: 'TypeError', message: /argument "line".*found undefined/ });
    assert.throws(() => parse(GOOD, 'default', 'ecs'), { name: 'TypeError', message: 'argument "options": expected an object, found a string' });
    throwsFlowLogError(() => parse(GOOD, 5), { code: 'invalid_option', message: /argument "format".*found a number/ });
    throwsFlowLogError(() => parse(GOOD, ['default', null]), { code: 'invalid_option', message: /argument "format"\[1\].*found null/ });
    throwsFlowLogError(() => parse(GOOD, 'default', { format: 'v3' }), { code: 'invalid_option', message: /option "format"/ });
  });
});

describe('errors', () => {
  test('carry what is wrong and where', () => {
    throwsFlowLogError(() => new Parser({ format: 'default' }).toNdjson(`${GOOD}\n\n${BAD}\n${GOOD}`), {
      name: 'FlowLogError',
      code: 'out_of_range',
      message: `line 3, ${BAD_PLACE}: ${BAD_REASON}`,
      lineNumber: 3,
      column: 65,
      offset: GOOD.length + 2 + 64,
      field: 'srcport',
      expected: '0 to 65535',
      found: '70000',
      input: BAD,
    });
  });

  test('of formats have their place in the format', () => {
    throwsFlowLogError(() => compileFormat('version srcaddr; dstaddr'), {
      code: 'invalid_format',
      column: 9,
      found: 'srcaddr;',
      lineNumber: undefined,
      input: undefined,
      output: undefined,
    });
    throwsFlowLogError(() => compileFormat('version srcadr', { strict: true }), {
      code: 'unknown_field',
      field: 'srcadr',
      message: /position 2\b.*"srcaddr"/,
    });
    throwsFlowLogError(() => parse('10.0.0.1 10.0.0.2', 'srcaddr srcaddr'), { code: 'repeated_field', field: 'srcaddr', column: 10 });
    throwsFlowLogError(() => parse(GOOD, ''), { code: 'empty_format' });
  });

  test('are printed without the documents that came before', async () => {
    const { inspect } = await import('node:util');
    try {
      new Parser({ format: 'default' }).toNdjson(`${GOOD}\n${BAD}`);
      assert.fail('no error');
    } catch (error) {
      assert.ok(error.output instanceof Uint8Array);
      assert.doesNotMatch(inspect(error), /output|Uint8Array/);
    }
  });

  test('can be made by hand', () => {
    const error = new FlowLogError('a message', { code: 'field_count', lineNumber: 3, column: null });
    assert.deepStrictEqual(Object.keys(error).sort(), ['code', 'lineNumber']);
    assert.equal(String(error), 'FlowLogError: a message');
  });
});

describe('integers', () => {
  const packetsOf = (packets) => {
    const line = GOOD.replace(' 20 4249 ', ` ${packets} 4249 `);
    return {
      object: new Parser({ format: 'default' }).parse(line).source.packets,
      json: /"packets":(\d+)/.exec(decoder.decode(new Parser({ format: 'default' }).toNdjson(line)))[1],
    };
  };

  test('up to 2^53 - 1 are numbers', () => {
    assert.deepStrictEqual(packetsOf('0'), { object: 0, json: '0' });
    assert.deepStrictEqual(packetsOf('4294967296'), { object: 4294967296, json: '4294967296' });
    assert.deepStrictEqual(packetsOf('9007199254740991'), { object: 9007199254740991, json: '9007199254740991' });
  });

  test('beyond are BigInts in objects, and plain digits in NDJSON', () => {
    assert.deepStrictEqual(packetsOf('9007199254740992'), { object: 9007199254740992n, json: '9007199254740992' });
    assert.deepStrictEqual(packetsOf('9223372036854775807'), { object: 9223372036854775807n, json: '9223372036854775807' });
  });
});

describe('formats and facts', () => {
  test('compileFormat says what a format means', () => {
    const compiled = compileFormat('$${version} $${vpc_id} path-mtu');
    assert.equal(compiled.format, '${version} ${vpc-id} ${path-mtu}');
    assert.equal(compiled.version, 3);
    assert.deepStrictEqual(compiled.fields, [
      { name: 'version', column: 'version', known: true },
      { name: 'vpc-id', column: 'vpc_id', known: true },
      { name: 'path-mtu', column: 'path_mtu', known: false },
    ]);
    assert.equal(compiled.warnings.length, 1);
    assert.match(compiled.warnings[0], /path-mtu/);
    assert.deepStrictEqual(compileFormat(compiled), compiled);
  });

  test('compileFormat refuses other values', () => {
    assert.throws(() => compileFormat(), { name: 'TypeError', message: /argument "format"/ });
    throwsFlowLogError(() => compileFormat('v5', { strct: true }), { code: 'invalid_option', message: /"strct"/ });
    throwsFlowLogError(() => compileFormat('v5', { strict: 1 }), { code: 'invalid_option', message: /"strict"/ });
  });

  test('fields lists all that AWS documents', () => {
    const all = fields();
    const facts = readFileSync(new URL('../facts/fields.tsv', import.meta.url), 'utf8').split('\n');
    const rows = facts.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
    const names = rows.map(([name]) => name);
    const versions = new Map(rows.map(([name, version]) => [name, Number(version)]));
    assert.deepStrictEqual(all.map((field) => field.name), names);
    const kinds = new Set(all.map(({ kind }) => kind));
    const expected = [
      'account', 'address', 'arn', 'az_id', 'code', 'id', 'integer', 'name', 'port', 'protocol', 'region', 'tag', 'text', 'time', 'word',
    ];
    assert.deepStrictEqual([...kinds].sort(), expected);
    for (const { name, column, version, type, logTypes, description } of all) {
      assert.equal(column, name.replaceAll('-', '_'));
      assert.equal(version, versions.get(name), name);
      assert.ok(['string', 'integer', 'long', 'timestamp', 'ip'].includes(type), name);
      assert.ok(logTypes.length > 0 && logTypes.every((logType) => ['vpc', 'tgw'].includes(logType)), name);
      assert.ok(description.length > 0, name);
    }
  });

  test('a parser has the warnings of its format and of headers', () => {
    const format = 'srcaddr windowstart';
    const parser = new Parser({ format });
    assert.deepStrictEqual(parser.warnings, compileFormat(format).warnings);
    parser.toNdjson('srcaddr dstaddr mtu\n');
    assert.deepStrictEqual(parser.warnings.slice(1), [
      'the header has "dstaddr" at position 2, and the given format has "start": lines are read by the header; see the option precedence',
      'the header: unknown field "mtu" at position 3: its text goes to aws.vpcflow.mtu',
    ]);
    parser.free();
  });

  test('presets are formats', () => {
    const names = presets().map((preset) => preset.name);
    const expected = ['default', 'v3', 'v4', 'v5', 'v7', 'v8', 'v9', 'v10', 'v11', 'tgw'];
    assert.deepStrictEqual(expected.filter((name) => !names.includes(name)), []);
    for (const { name, fields: fieldNames, description } of presets()) {
      assert.deepStrictEqual(compileFormat(name).fields.map((field) => field.name), fieldNames, name);
      assert.ok(description.length > 0, name);
    }
  });

  test('a parser takes each schema with its modes, and with no other', () => {
    const all = ['ecs', 'ecs_and_original', 'original'];
    const names = schemas().map(({ name, modes }) => `${name}: ${modes.join(' ')}`);
    assert.deepStrictEqual(names, [`ecs: ${all.join(' ')}`, 'elastic-integration: ecs', 'elastic-integration-1.12: ecs',
      `beats: ${all.join(' ')}`]);
    // The types name the same.
    const types = readFileSync(new URL('../../js/index.d.ts', import.meta.url), 'utf8');
    const union = (name) => types.match(new RegExp(`^export type ${name} = (.*);$`, 'm'))[1].split(' | ');
    assert.deepStrictEqual(union('Schema'), schemas().map(({ name }) => `'${name}'`));
    assert.deepStrictEqual(union('Mode'), all.map((mode) => `'${mode}'`));
    for (const { name: schema, modes, description } of schemas()) {
      assert.ok(description.length > 0, schema);
      for (const mode of all) {
        if (modes.includes(mode)) new Parser({ schema, mode }).free();
        else assert.throws(() => new Parser({ schema, mode }), /modes are for the schemas ecs and beats/);
      }
    }
  });
});

test('NDJSON has the documents of the good lines', () => {
  const input = [HEADER, GOOD, '', OTHER].join('\n');
  const parser = new Parser();
  assert.deepStrictEqual(documentsOf(parser.toNdjson(input)), [parse(GOOD, 'default'), parse(OTHER, 'default')]);
  assert.deepStrictEqual(parser.stats, { lines: 4, records: 2, omitted: 0, headers: 1, blanks: 1, errors: 0, nodata: 0, skipdata: 0, withoutTime: 0 });
});

test('FlowLogError: instanceof holds for the errors of every entry, and for subclasses as usual', async () => {
  const ingest = await importIngest();
  const thrown = (work) => {
    try {
      work();
    } catch (error) {
      return error;
    }
    assert.fail('nothing was thrown');
  };
  const errors = [imported, ingest].map(({ parse }) => thrown(() => parse('a b', 'srcaddr')));
  for (const { FlowLogError } of [imported, ingest]) {
    for (const error of errors) assert.ok(error instanceof FlowLogError);
    for (const other of [new Error('a'), { name: 'FlowLogError' }, undefined, null, 'a']) assert.ok(!(other instanceof FlowLogError));
    class Special extends FlowLogError {}
    assert.ok(!(errors[0] instanceof Special) && new Special('a') instanceof Special && new Special('a') instanceof FlowLogError);
  }
});
