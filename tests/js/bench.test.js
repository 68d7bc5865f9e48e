// The benchmark's rivals make the same documents, so that it compares like with like. Nothing is timed here.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { compile } from '../../benches/plain-js.js';
import { LOGS } from '../../benches/run.mjs';
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

  test('the results have every row', () => {
    const script = `
      const { run } = await import(process.argv[1]);
      await run(['--json', '--rounds', '1', '--corpus', 'v5,errors'], { folder: process.argv[2] }, 'no server');`;
    const args = ['--input-type=module', '-e', script, join(repository, 'benches/run.mjs'), folder.path];
    const { logs, ingest, start, sizes, targets, machine } = JSON.parse(execFileSync(process.execPath, args));
    const rows = [
      'ours: toNdjson',
      'ours: toNdjson, view',
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
      'gunzip: at once',
      'gunzip: as a stream',
      'memcpy: input and output',
      'memcpy: output, to fresh memory',
    ];
    assert.deepEqual(Object.keys(logs), ['v5', 'errors']);
    for (const log of Object.values(logs)) {
      assert.deepEqual(log.rows.map(({ row }) => row), rows);
      assert.equal(log.lines, LINES);
      for (const { nsPerLine, least, most } of log.rows) assert.ok(least <= nsPerLine && nsPerLine <= most);
    }
    assert.equal(logs.v5.rows[0].ratio, 1);
    assert.deepEqual(ingest, { skipped: 'no server' });
    assert.ok(start.importToFirstLine > 0);
    assert.equal(sizes[0].file, 'pkg/vpcflow_ecs_bg.wasm');
    assert.equal(targets.length, 5);
    assert.equal(machine.node, process.version);
  });
});
