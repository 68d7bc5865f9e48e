// The modules without imports: every golden, compared with the npm package, and calls that break the contract.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { coreModules } from '../../scripts/hosts-core.mjs';
import { NOW, documentCases, fixture, imported, repository, stopClock } from '../js/package.js';
import { GOOD } from '../js/samples.js';
import { Host, KINDS } from './core.js';
import { MEMBERS } from './goldens.js';

const { Parser } = imported;

/** kB (1,000 bytes) after gzip -9. */
const budgets = { scalar: 250, simd128: 245 };

const ofMembers = (error) => Object.fromEntries(MEMBERS.map((name) => [name, error[name] ?? null]));

stopClock();

test('the lock file of the module has neither wasm-bindgen nor js-sys', () => {
  const names = [...readFileSync(`${repository}/hosts/core/Cargo.lock`, 'utf8').matchAll(/^name = "(.*)"$/gm)].map(([, name]) => name);
  assert.ok(names.includes('vpcflow-ecs'), names.join());
  // The lock file has optional dependencies only if a feature enables them.
  assert.deepEqual(names.filter((name) => /bindgen|js-sys/.test(name)), []);
});

for (const { name, path } of coreModules) {
  const bytes = readFileSync(`${repository}/${path}`);
  const module = new WebAssembly.Module(bytes);
  const host = () => {
    const made = new Host(module);
    made.exports.vpcflow_now(BigInt(Date.parse(NOW)));
    return made;
  };

  describe(path, () => {
    test('imports nothing, and exports the functions of docs/abi.md', () => {
      assert.deepEqual(WebAssembly.Module.imports(module), []);
      const exported = WebAssembly.Module.exports(module).filter(({ kind }) => kind !== 'global').map((each) => each.name).sort();
      const documented = [...readFileSync(`${repository}/docs/abi.md`, 'utf8').matchAll(/^\| `(vpcflow_\w+)\(/gm)].map(([, each]) => each);
      assert.deepEqual(exported, ['memory', ...documented.sort()]);
      assert.equal(host().exports.vpcflow_abi(), 1);
    });

    test(`is at most ${budgets[name]} kB`, () => {
      const size = gzipSync(bytes, { level: 9 }).length / 1000;
      assert.ok(size <= budgets[name], `${size.toFixed(1)} kB after gzip`);
      assert.ok(size > budgets[name] / 2, `${size.toFixed(1)} kB: lower the budget`);
    });

    for (const { file, name, options = {}, lines, expected } of documentCases()) {
      test(`${file}: ${name}`, () => {
        const instance = host();
        const handle = instance.open(options);
        assert.deepStrictEqual(lines.map((line) => instance.line(handle, line).document), expected, 'by lines');
        instance.exports.vpcflow_reset(handle);
        const { documents, errors } = instance.read(handle, lines.join('\n'));
        assert.deepStrictEqual([documents, errors], [expected.filter((document) => document !== null), []], 'as a chunk');
      });
    }

    for (const { name, options, input } of fixture('errors.json')) {
      test(`errors.json: ${name}`, () => {
        const expected = caught(() => new Parser({ ...options, onError: 'throw' }).toNdjson(input));
        const instance = host();
        const found = caught(() => instance.read(instance.open({ ...options, onError: 'throw' }), input));
        assert.deepStrictEqual(ofMembers(found), ofMembers(expected));
      });
    }

    for (const file of ['inputs/layers.json', 'inputs/reported.json']) {
      for (const { name, options, input, expected, layers, errors = [], warnings = [] } of inputsOf(file)) {
        test(`${file}: ${name}`, () => {
          const instance = host();
          const handle = instance.open({ ...options, onError: 'skip' });
          const found = instance.read(handle, input);
          assert.deepStrictEqual([found.documents, found.errors.map(({ message }) => message)], [expected, errors]);
          const info = instance.info(handle);
          assert.deepStrictEqual([info.layers, info.warnings], [layers, warnings]);
        });
      }
    }

    test('lines have kinds', () => {
      const instance = host();
      const handle = instance.open({ omitLogStatus: ['NODATA'] });
      const nodata = GOOD.replace(/172.*/, '- - - - - - - 1418530010 1418530070 - NODATA');
      const lines = [GOOD, nodata, 'srcaddr dstaddr', '', '192.0.2.1 192.0.2.2'];
      assert.deepEqual(lines.map((line) => instance.line(handle, line).kind), KINDS);
      assert.deepEqual(instance.info(handle), {
        inferred: null,
        layers: [],
        warnings: [],
        stats: { lines: 5, records: 2, omitted: 1, headers: 1, blanks: 1, errors: 0, nodata: 1, skipdata: 0, withoutTime: 1 },
      });
    });

    test('a chunk with many documents is consumed in several calls', () => {
      const instance = host();
      const handle = instance.open({});
      const length = instance.write(`${GOOD}\n`.repeat(10_000));
      let [start, calls, documents] = [0, 0, ''];
      while (start < length) {
        assert.equal(instance.exports.vpcflow_push(handle, start, length - start), 0);
        const result = instance.result();
        assert.ok(result.consumed > 0 && result.documents.length < 4.1 * 1024 * 1024, `${result.documents.length}`);
        [start, calls, documents] = [start + result.consumed, calls + 1, documents + result.documents];
      }
      assert.ok(calls > 1);
      assert.equal(documents, Buffer.from(new Parser().toNdjson(`${GOOD}\n`.repeat(10_000))).toString());
    });

    test('calls that break the contract are errors', () => {
      const instance = host();
      const { exports } = instance;
      const handle = instance.open({ format: 'default' });
      const closed = instance.open({});
      assert.equal(exports.vpcflow_close(closed), 0);
      const text = (length) => instance.write('x'.repeat(length));
      const last = () => instance.result().lines.at(-1);
      for (const bad of [0, -1, closed, 2_147_483_647, -2_147_483_648]) {
        for (const call of ['close', 'reset', 'end', 'info']) assert.equal(exports[`vpcflow_${call}`](bad), -1, call);
        for (const call of ['line', 'push']) assert.equal(exports[`vpcflow_${call}`](bad, 0, 0), -1, call);
        const problem = `expected the handle of an open parser, found ${bad}`;
        assert.deepEqual(last(), { code: 'invalid_call', message: problem, problem });
      }
      text(10);
      for (const [start, length] of [[0, 2 ** 32 - 1], [2 ** 32 - 1, 1], [2 ** 32 - 1, 2 ** 32 - 1], [2 ** 31, 2 ** 31]]) {
        for (const call of ['line', 'push']) {
          assert.equal(exports[`vpcflow_${call}`](handle, start, length), -1, call);
          assert.match(last().message, new RegExp(`^expected a part of the buffer of \\d+ bytes, found ${length} bytes from ${start} on$`));
        }
      }
      assert.equal(exports.vpcflow_open(2 ** 32 - 1), -1);
      assert.equal(last().code, 'invalid_call');
      for (const options of ['', '{', '[]', '"x"', '{"formt":"v5"}', '{"format":"nothing"}', '{"format":7}', '['.repeat(100_000), '\0\xff']) {
        assert.equal(exports.vpcflow_open(instance.write(options)), -1, options.slice(0, 20));
        assert.match(last().code, /^(invalid_option|invalid_format|unknown_field|empty_format)$/);
      }
      assert.equal(exports.vpcflow_open(instance.write(new Uint8Array([0x7b, 0xff, 0x7d]))), -1);
      // Longer than the longest buffer.
      for (const length of [64 * 1024 * 1024 + 1, 2 ** 31, 2 ** 32 - 1]) assert.equal(exports.vpcflow_buffer(length), 0);
      for (const time of [-1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
        exports.vpcflow_now(time);
        assert.match(instance.line(instance.open({ ingested: true }), GOOD).document.event.ingested, /^(1970|9999)-/);
      }
      // All of that changed nothing.
      assert.equal(instance.line(handle, GOOD).kind, 'record');
    });

    test('there are at most 1,024 parsers, and closed ones make space', () => {
      const instance = host();
      const handles = Array.from({ length: 1_024 }, () => instance.open({ format: 'default' }));
      assert.equal(new Set(handles).size, 1_024);
      assert.throws(() => instance.open({}), { code: 'invalid_call', message: 'expected at most 1024 open parsers' });
      assert.equal(instance.exports.vpcflow_close(handles[7]), 0);
      assert.equal(instance.open({}), handles[7]);
    });

    test('random bytes are never a trap', () => {
      const instance = host();
      let seed = 7;
      const random = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
      const handles = [{}, { format: 'default', onError: 'skip' }, { onError: 'document' }].map((options) => instance.open(options));
      for (let round = 0; round < 2_000; round += 1) {
        const bytes = Uint8Array.from({ length: random(300) }, () => random(256));
        // Some as a damaged record.
        const line = round % 2 ? bytes : new TextEncoder().encode(GOOD).map((byte) => (random(30) ? byte : random(256)));
        const handle = handles[random(3)];
        const length = instance.write(line);
        instance.exports.vpcflow_line(handle, 0, length);
        if (instance.exports.vpcflow_push(handle, random(length + 1), random(length + 1)) < 0) instance.exports.vpcflow_reset(handle);
        if (round % 50 === 0) instance.exports.vpcflow_end(handle);
      }
      assert.equal(instance.line(instance.open({}), GOOD).kind, 'record');
    });
  });
}

/** Returns the inputs of a file that are read as they are, to their end. */
function inputsOf(file) {
  return fixture(file).filter(({ decode, code }) => !decode && code === undefined);
}

function caught(work) {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
