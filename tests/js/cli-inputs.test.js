// The command and `parallel`, with inputs as people have them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runCommand, temporaryFolder } from './command.js';
import { bytesOf } from './inputs.js';
import { documentsOf, fixture, imported } from './package.js';

const { cases, expected, text } = fixture('inputs/decode.json');
const folder = temporaryFolder();
const files = cases.map((each, index) => ({ ...each, path: folder.write(`${index}.log`, bytesOf(each)) }));

/** Layers of files as AWS delivers them are not worth a line. */
const named = ({ decoded, layers }) => [...decoded, ...layers].filter((_, __, all) => all.some((layer) => layer !== 'gzip'));

describe('the command', () => {
  test('reads each, and names the layers on standard error', async () => {
    for (const each of files) {
      for (const [args, input, name] of [[[each.path], '', each.path], [['-'], bytesOf(each), '<stdin>']]) {
        const { status, stdout, stderr } = await runCommand(['--mode', 'original', ...args], { input });
        assert.deepStrictEqual(documentsOf(Buffer.from(stdout)), expected, each.name);
        const layers = named(each);
        const first = layers.length > 0 ? `${name}: records inside ${layers.join(' › ')}\n` : '';
        assert.ok(stderr.startsWith(`${first}1 file, `), stderr);
        assert.equal(status, 0);
      }
    }
  });

  test('without layers, JSON is left as it is', async () => {
    const each = files.find(({ name }) => name === 'get-log-events, as UTF-16');
    const { status, stdout, stderr } = await runCommand(['--no-layers', '--on-error', 'skip', each.path]);
    assert.deepStrictEqual([status, stdout], [1, '']);
    assert.match(stderr, /: line 1: no documented layout has 1 field/);
    assert.match(stderr, /: records inside utf-16le\n/);
  });

  test('goes on after gzip with junk, and names what it does not read', async () => {
    const packed = gzipSync(text);
    const junk = folder.write('junk.gz', Buffer.concat([packed, Buffer.from('junk')]));
    const zip = folder.write('flow.log', Buffer.from('PK\x03\x04\x14\0\0\0', 'latin1'));
    const { status, stdout, stderr } = await runCommand(['--mode', 'original', junk, zip]);
    assert.equal(status, 1);
    assert.deepStrictEqual(documentsOf(Buffer.from(stdout)), expected);
    assert.ok(stderr.startsWith(
      `vpcflow-ecs: warning: ${junk}: the gzip data ends at byte ${packed.length}; after it there is something else, which was not read\n` +
      `${zip}: this is zip, which is not text: unpack it first, for example with unzip -p\n2 files (1 not read to the end), 2 lines: 2 records`,
    ), stderr);
  });

  test('detect has the layers of the file and of its lines', async () => {
    const each = files.find(({ name }) => name === 'filter-log-events');
    const { stdout } = await runCommand(['detect', '--json', each.path]);
    assert.deepStrictEqual(JSON.parse(stdout)[0].layers, ['log-events', 'json message']);
  });
});

test('parallel reads each, and has the warnings of decoding', async () => {
  const packed = gzipSync(text);
  const junk = folder.write('junk.gz', Buffer.concat([packed, Buffer.from('junk')]));
  const run = imported.parallel([...files.map(({ path }) => path), junk], { mode: 'original', threads: 2 });
  const parts = new Map();
  for await (const { file, chunk } of run) parts.set(file, [...parts.get(file) ?? [], ...documentsOf(chunk)]);
  for (const { name, path } of files) assert.deepStrictEqual(parts.get(path), expected, name);
  assert.deepStrictEqual(run.warnings, [
    `${junk}: the gzip data ends at byte ${packed.length}; after it there is something else, which was not read`,
  ]);
  const options = { decode: { maxBytes: 10 } };
  await assert.rejects(async () => {
    for await (const _ of imported.parallel([files[0].path], options)) assert.ok(_);
  }, { code: 'input_too_large', file: files[0].path });
  assert.throws(() => imported.parallel([], { decode: { maxByte: 1 } }), { code: 'invalid_option' });
});
