// The options of the JavaScript API: what is refused, and how.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { throwsFlowLogError } from './assertions.js';
import { imported } from './package.js';
import { GOOD } from './samples.js';

const { Parser, parse } = imported;

/** Returns objects in objects. */
function nested(depth) {
  return depth === 0 ? {} : { a: nested(depth - 1) };
}

test('an escaped backslash before "ud800" is text', () => {
  assert.deepStrictEqual(parse(GOOD, 'default', { tags: ['\\ud800'] }).tags, ['\\ud800']);
});

describe('options', () => {
  const refused = [
    ['unknown names', { formats: 'default' }, /formats/],
    ['a wrong schema', { schema: 'ecs-9' }, /schema/],
    ['a schema that is not a string', { schema: 5 }, /schema/],
    ['a wrong mode', { mode: 'both' }, /mode/],
    ['a mode where there is none', { schema: 'elastic-integration', mode: 'original' }, /mode/],
    ['strict', { strict: 'yes' }, /strict/],
    ['preserveOriginal', { preserveOriginal: 1 }, /preserveOriginal/],
    ['tags', { tags: 'a' }, /tags/],
    ['a tag that is not a string', { tags: [1] }, /tags/],
    ['dataStream', { dataStream: 'prod' }, /dataStream/],
    ['a part of dataStream', { dataStream: { name: 'prod' } }, /dataStream/],
    ['ingested', { ingested: 5 }, /ingested/],
    ['ingested that is not a time', { ingested: 'yesterday' }, /ingested/],
    ['onError', { onError: 'fail' }, /onError/],
    ['maxLineBytes', { maxLineBytes: -1 }, /maxLineBytes/],
    ['maxLineBytes beyond 64 MiB', { maxLineBytes: 2 ** 26 + 1 }, /option "maxLineBytes": expected an integer from 1 to 67108864/],
    ['maxLineBytes that is not a number', { maxLineBytes: '1 MB' }, /maxLineBytes/],
    ['report', { report: 'console' }, /option "report": expected a function, found a string/],
    ['fields that are not an object', { fields: ['a'] }, /option "fields": expected an object, found an array/],
    ['fields with a BigInt', { fields: { host: { id: 5n } } }, /option "fields": .*under "id", found a BigInt/],
    ['fields with a function', { fields: { host() {} } }, /option "fields": .*under "host", found a function/],
    ['fields with NaN', { fields: { host: NaN } }, /option "fields": .*under "host", found NaN/],
    ['fields with a Map', { fields: { host: new Map() } }, /option "fields": .*under "host", found a Map/],
    ['values that JSON does not know', { tags: Symbol('a') }, /option "tags": .*found a symbol/],
    ['half a character', { tags: ['a\ud800b'] }, /^option "tags": expected Unicode text, found half of a character \(a lone surrogate\)$/],
    ['half a character after a backslash', { fields: { a: '\\\udc00' } }, /^option "fields": expected Unicode text, found half/],
    ['fields that nest too deeply', { fields: nested(200) }, /^the options nest too deeply: expected at most 127 levels of objects and arrays$/],
  ];
  for (const [name, options, message] of refused) {
    test(`refuse ${name}`, () => {
      throwsFlowLogError(() => new Parser({ format: 'default', ...options }), { code: 'invalid_option', message });
    });
  }

  test('refuse cyclic fields', () => {
    const fields = {};
    fields.self = fields;
    throwsFlowLogError(() => parse(GOOD, 'default', { fields }), {
      code: 'invalid_option',
      message: /^option "fields": has no JSON text: .*circular/,
    });
  });

  test('that are undefined are as good as absent', () => {
    const options = { schema: undefined, tags: undefined, report: undefined, fields: undefined };
    assert.deepStrictEqual(new Parser({ format: 'default', ...options }).parse(GOOD), parse(GOOD, 'default'));
  });

  test('are copied', () => {
    const options = { format: ['default'], tags: ['a'], fields: { host: { name: 'one' } } };
    const parser = new Parser(options);
    options.format.pop();
    options.tags.push('b');
    options.fields.host.name = 'two';
    const document = parser.parse(GOOD);
    assert.deepStrictEqual(document.tags, ['a']);
    assert.equal(document.host.name, 'one');
  });

  test('must be an object', () => {
    assert.throws(() => new Parser('default'), { name: 'TypeError', message: /argument "options"/ });
    assert.throws(() => new Parser(['default']), { name: 'TypeError', message: /found an array/ });
  });
});
