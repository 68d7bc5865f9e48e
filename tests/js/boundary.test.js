// The names and texts that cross the boundary of the WASM module are the same on both sides.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importFrom, imported, repository } from './package.js';

const source = readFileSync(join(repository, 'src/wasm/core.rs'), 'utf8');

/** Returns the names of a struct's members as JavaScript writes them. */
function membersOf(name) {
  const [, body] = new RegExp(`^(?:pub )?struct ${name} \\{\\n(.*?)^\\}`, 'ms').exec(source);
  return [...body.matchAll(/^ {4}(\w+): u32,$/gm)].map(([, member]) => member.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()));
}

test('the record of what a call wrote has its members in the same order', async () => {
  const { WRITTEN } = await importFrom('js/core/objects.js');
  assert.match(source, /^#\[repr\(C\)\]\n(?:#\[.*\n)*struct Written \{$/m);
  assert.deepStrictEqual(Object.entries(WRITTEN), membersOf('Written').map((name, index) => [name, index]));
  assert.ok(Object.keys(WRITTEN).length > 5);
});

test('options are one JSON text', async () => {
  const { packOptions } = await importFrom('js/core/options.js');
  const geo = { city: new Uint8Array([1, 2]) };
  const options = {
    format: [imported.compileFormat('srcaddr'), 'default'], schema: undefined, fields: { host: { id: '"\u2028' } }, tags: ['ü'], bulk: null, geo,
  };
  const { json, ...others } = packOptions(options);
  assert.equal(json, '{"format":["${srcaddr}","default"],"fields":{"host":{"id":"\\"\u2028"}},"tags":["ü"],"bulk":null}');
  assert.deepStrictEqual(others, { geo });
  assert.deepStrictEqual(packOptions({ format: null }), { json: '{}', geo: undefined });
});

test('an error has the problem without the place, and the format that it was compared with', () => {
  const thrownBy = (call) => {
    try {
      return call();
    } catch (error) {
      return error;
    }
  };
  const line = '2 - eni-1 10.0.0.1 10.0.0.2 70000 443 6 1 1 1 2 ACCEPT OK';
  const default_ = imported.compileFormat('default').format;
  const given = thrownBy(() => imported.parse(line, 'default'));
  assert.equal(given.message, 'line 1, column 29: field "srcport": expected 0 to 65535, found "70000"');
  assert.equal(given.problem, 'field "srcport": expected 0 to 65535, found "70000"');
  assert.equal(given.format, undefined);
  const guessed = thrownBy(() => imported.parse(line));
  assert.deepStrictEqual([guessed.code, guessed.format], ['unknown_layout', default_]);
  assert.equal(guessed.message, `line 1, column 29: ${guessed.problem}`);
  const several = thrownBy(() => imported.parse(line, ['default', 'srcaddr dstaddr']));
  assert.deepStrictEqual([several.code, several.format], ['out_of_range', default_]);
  const option = thrownBy(() => new imported.Parser({ schema: 'esc' }));
  assert.equal(option.problem, option.message);
  // Both are for programs: a printed error does not repeat them.
  assert.ok(!Object.keys(given).includes('problem'));
});
