// The benchmark's rivals make the same documents, so that it compares like with like. Nothing is timed here.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { compile } from '../../benches/plain-js.js';
import { measureAgainst } from '../../benches/against.mjs';
import { compareBuilds, equalText } from '../../benches/equal.mjs';
import { measureGrowth } from '../../benches/growth.mjs';
import { userCode } from '../../benches/plain/user.js';
import { LOGS, partsOf, progressOn } from '../../benches/run.mjs';
import { temporaryFolder } from './command.js';
import { documentsOf, imported, repository } from './package.js';

const { Parser, compileFormat } = imported;
const LINES = 400;

const folder = temporaryFolder();

/** Writes the logs; a debug build, which `cargo test` has made already. */
function writeLogs(path, lines) {
  const args = ['run', '--quiet', '--example', 'bench_corpus', '--', path, String(lines)];
  execFileSync('cargo', args, { cwd: repository, stdio: ['ignore', 'ignore', 'inherit'] });
}

const logOf = (name, path = folder.path) => readFileSync(join(path, `${name}.log`));
const namesOf = (format) => compileFormat(format).fields.map((field) => field.name);

describe('bench', () => {
  before(() => writeLogs(folder.path, LINES));

  test('the same lines come from the same seeds', () => {
    const again = temporaryFolder();
    writeLogs(again.path, LINES);
    for (const name of Object.keys(LOGS)) {
      assert.ok(logOf(name).equals(logOf(name, again.path)), name);
      assert.equal(logOf(name).toString().split('\n').length, LINES + 1, name);
    }
    assert.notDeepEqual(logOf('v5'), logOf('ipv6'));
  });

  for (const [name, format] of Object.entries(LOGS)) {
    for (const communityId of [true, false]) {
      test(`plain JavaScript makes our documents: ${name}, Community ID ${communityId}`, () => {
        const bytes = logOf(name);
        const parser = new Parser({ format, onError: 'skip', communityId });
        const ndjson = Buffer.from(parser.toNdjson(bytes));
        const plain = compile(namesOf(format), { onError: 'skip', communityId });
        assert.equal(plain.toText(bytes), ndjson.toString());
        assert.equal(plain.errors, parser.stats.errors);
        assert.equal(plain.toTextByBytes(bytes), ndjson.toString());
        assert.deepEqual(plain.toObjects(bytes), documentsOf(ndjson));
        assert.equal(ndjson.includes('"community_id"'), communityId);
        assert.equal(parser.stats.errors > 0, name === 'errors');
      });
    }
  }

  for (const [name, format] of Object.entries(LOGS)) {
    test(`what users write makes our documents: ${name}`, () => {
      const bytes = logOf(name);
      const ndjson = Buffer.from(new Parser({ format, onError: 'skip' }).toNdjson(bytes));
      const user = userCode(namesOf(format));
      assert.equal(user.toNdjson(bytes), ndjson.toString());
      assert.deepEqual(user.toObjects(bytes), documentsOf(ndjson));
    });
  }

  test('plain JavaScript reads the odd lines as we do', () => {
    const format = 'version srcaddr dstaddr srcport dstport protocol packets end instance-tag type action';
    const rest = '443 6 18 1767225600';
    const lines = [
      `2 192.0.2.44 10.0.1.20 52714 ${rest} a IPv4 ACCEPT`,
      `2\t192.0.2.44  10.0.1.20 52714 ${rest} a IPv4 ACCEPT \r`,
      `002 192.0.2.44 10.0.1.20 00443 ${rest} a IPv4 ACCEPT`,
      `2 192.0.2.44 10.0.1.20 52714 443 6 9223372036854775807 1767225600123 a IPv4 REJECT`,
      `2 192.0.2.44 10.0.1.20 52714 443 6 9223372036854775808 1767225600 a IPv4 ACCEPT`,
      `2 ::ffff:192.0.2.44 ::ffff:a00:114 52714 ${rest} a IPv6 ACCEPT`,
      `2 2001:db8:: ::1 52714 ${rest} caf%C3%A9%22 IPv6 ACCEPT`,
      `2 1:2:3:4:5:6:7:8 1::2::3 52714 ${rest} a IPv6 ACCEPT`,
      `2 - - - - - - 1767225600 - - -`,
      `2 192.0.2.44 - - - 255 - 0 "quoted\\ IPv4 -`,
      `2 192.0.2.44 10.0.1.20 0 0 1 18 1767225600 caf\u00e9 EFA ACCEPT`,
      `2 2001:db8::1 2001:db8::2 0 0 58 18 253402300799 %FF - ACCEPT`,
      `2 192.0.2.44 192.0.2.44 2 1 17 18 253402300800 \u{1f600} - ACCEPT`,
      `2 192.0.2.256 10.0.1.20 52714 ${rest} a IPv4 ACCEPT`,
      `2 192.0.2.44 10.0.1.20 65536 ${rest} a IPv4 ACCEPT`,
      `2 192.0.2.44 10.0.1.20 52714 ${rest} a IPv5 ACCEPT`,
      `2 192.0.2.44 10.0.1.20 52714 ${rest} a IPv4`,
      '',
      format,
    ];
    const bytes = Buffer.concat([Buffer.from(lines.join('\n')), Buffer.from('\n2 - - - - - - - \xff - -', 'latin1')]);
    const parser = new Parser({ format, onError: 'skip' });
    const ndjson = Buffer.from(parser.toNdjson(bytes));
    const plain = compile(namesOf(format), { onError: 'skip' });
    assert.deepEqual(plain.toText(bytes).split('\n'), ndjson.toString().split('\n'));
    assert.deepEqual(plain.toTextByBytes(bytes).split('\n'), ndjson.toString().split('\n'));
    assert.deepEqual(plain.toObjects(bytes), documentsOf(ndjson));
    assert.equal(plain.errors, 3 * parser.stats.errors);
  });

  describe('a comparison with another build', () => {
    const { v5, errors } = LOGS;
    const now = { api: imported };
    /** Returns a build with the documents of this one, after a change. */
    const changed = (change) => ({ api: { ...imported, Parser: class extends Parser {
      toNdjson(...input) {
        return change(super.toNdjson(...input));
      }
    } } });

    test('has a row for each way out', async () => {
      const rows = await measureAgainst({ folder: folder.path, logs: { v5, errors }, rounds: 2, before: now, now });
      const names = ['toNdjson, view', 'toNdjson', 'toNdjsonInto; toNdjson before', 'parseMany', 'parse, line by line'];
      assert.deepEqual(rows.map(({ log, row }) => `${log}: ${row}`), ['v5', 'errors'].flatMap((log) => names.map((name) => `${log}: ${name}`)));
      assert.deepEqual(rows.map(({ goal }) => goal), [0.55, 0.58, 0.55, null, null, 0.65, 0.65, 0.65, null, null]);
      for (const row of rows) assert.ok(row.ratio > 0 && row.cpuRatio > 0 && row.leastRatio > 0);
    });

    test('does not measure builds with different output', async () => {
      const before = changed((bytes) => bytes.subarray(1));
      await assert.rejects(measureAgainst({ folder: folder.path, logs: { v5 }, rounds: 1, before, now }), /other documents than before/);
    });

    test('compares the output of random lines in every schema and mode', () => {
      const options = { folder: folder.path, logs: LOGS, lines: 8_000, now };
      const found = compareBuilds({ ...options, before: now });
      assert.ok(found.lines >= 8_000 && found.documents > 4_000 && found.errors > 50 && found.layered > 0);
      const modes = imported.schemas().flatMap((schema) => schema.modes);
      assert.equal(found.combinations, modes.length);
      assert.match(equalText(found, 'abc'), /^Equal to abc: 8,\d{3} lines in \d+ inputs, all \d+ schemas and modes;/);
      const before = changed((bytes) => bytes.map((byte) => (byte === 0x5c ? 0x2f : byte)));
      assert.throws(() => compareBuilds({ ...options, before }), /other output than before: seed \d+/);
    });
  });

  test('growth has rows for lines, columns and threads', () => {
    const rows = measureGrowth({ folder: folder.path, most: 1_000 });
    const columns = [5, 10, 14, 20, 29, 40, 54].map((count) => `${count} columns`);
    assert.deepEqual(rows.map(({ what }) => what).slice(0, 9), ['1,000 lines', ...columns, '1 thread']);
    for (const { ns, cpu, bytes, megabytes } of rows) assert.ok(ns > 0 && cpu > 0 && bytes > 10 && megabytes > 10);
  });

  test('a run has the parts that the options allow', () => {
    assert.deepEqual(partsOf({}), ['rows']);
    const all = { against: 'abc', equal: '1', growth: '1', hosts: true, servers: true };
    assert.deepEqual(partsOf(all), ['rows', 'against', 'equal', 'growth', 'hosts', 'servers']);
    assert.deepEqual(partsOf({ hosts: false, servers: true, parts: 'hosts,servers' }), ['servers']);
    assert.deepEqual(partsOf({ against: 'abc', equal: '1', growth: '1', parts: 'equal,rows' }), ['rows', 'equal']);
    assert.deepEqual(partsOf({ equal: '1', parts: 'equal,against' }), []);
  });

  test('progress has the part of the work that is done', () => {
    const written = [];
    const progress = progressOn({ isTTY: true, columns: 80, write: (text) => written.push(text) }, 'rows');
    progress('v5', 0.5);
    progress('');
    assert.match(written[0], /^\r\x1b\[2Krows, 0:\d\d, 50 %, about 0:\d\d left: v5$/);
    assert.equal(written[1], '\r\x1b[2K');
    const lines = [];
    progressOn({ write: (text) => lines.push(text) }, 'rows')('v5', 0.5);
    assert.deepEqual(lines, []);
  });

  test('the results have every row', () => {
    const script = `
      const { run } = await import(process.argv[1]);
      await run(['--json', '--rounds', '1', '--corpus', 'v5,errors'], { folder: process.argv[2] }, 'no server');`;
    const args = ['--input-type=module', '-e', script, join(repository, 'benches/run.mjs'), folder.path];
    const { logs, ingest, start, sizes, targets, machine } = JSON.parse(execFileSync(process.execPath, args));
    const rows = [
      'ours: toNdjson',
      'ours: toNdjson, view',
      'ours: toNdjsonInto',
      'ours: push and end, cut anywhere',
      'ours: toBulk',
      'ours: toBulk, id fingerprint',
      'ours: toNdjson, no Community ID',
      'ours: parseMany',
      'ours: parse, line by line',
      'plain JS: to string',
      'plain JS: to string, no Community ID',
      'plain JS: byte by byte, to string',
      'plain JS: byte by byte, to bytes',
      'plain JS: byte by byte, to bytes, no Community ID',
      'plain JS: to objects',
      'plain JS: to objects, no Community ID',
      'what users write today: to NDJSON',
      'what users write today: to objects',
      'gunzip: at once',
      'gunzip: as a stream',
      'memcpy: input and output',
      'memcpy: output, to fresh memory',
      'ship: file to NDJSON, a stream',
      'ship: gzip to bulk bodies, a stream',
      'ship: Parquet to NDJSON, a stream',
      'ship: file to NDJSON in a file, on disk',
      'ship: file to a server',
      'ship: gzip to a server',
      'plain JS: file to a server, helpers.bulk',
      'plain JS: gzip to a server, helpers.bulk',
    ];
    assert.deepEqual(Object.keys(logs), ['v5', 'errors']);
    for (const log of Object.values(logs)) {
      assert.deepEqual(log.rows.map(({ row }) => row), rows);
      assert.equal(log.lines, LINES);
      for (const { nsPerLine, least, most } of log.rows) assert.ok(least <= nsPerLine && nsPerLine <= most);
    }
    assert.equal(logs.v5.rows[0].ratio, 1);
    assert.deepEqual(ingest, { skipped: 'no server' });
    assert.ok(start.now.node.importToFirstLine > 0 && start.now.chromium.initToFirstLine > 0);
    assert.equal(sizes[0].file, 'pkg/vpcflow_ecs_bg.wasm');
    assert.equal(targets.length, 6);
    assert.equal(machine.node, process.version);
  });
});
