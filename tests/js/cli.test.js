// The command, as a process.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runCommand, temporaryFolder } from './command.js';
import { PLAIN, linesOf as plainLines } from './logs.js';
import { cliPath, imported } from './package.js';
import { BAD, BAD_PLACE, BAD_REASON, GOOD, HEADER, OTHER } from './samples.js';

const LOG = `${[HEADER, GOOD, '', OTHER].join('\n')}\n`;
const MIXED = `${[HEADER, GOOD, BAD, OTHER].join('\n')}\n`;
const BAD_MESSAGE = `line 3, ${BAD_PLACE}: ${BAD_REASON}`;

/** Events of bad lines say when they were made. */
const TIME = '2024-02-29T00:00:00.000Z';

const folder = temporaryFolder();
const logFile = folder.write('flow.log', LOG);
const mixedFile = folder.write('mixed.log', MIXED);

const ndjsonOf = (input, options) => Buffer.from(new imported.Parser(options).toNdjson(input)).toString();
const LOG_NDJSON = ndjsonOf(LOG);

/** Returns standard error without the summary, whose time differs. */
const errorsOf = (stderr) => stderr.replace(/^\d[^\n]* in \d+\.\d\d s\n$/m, '');

describe('inputs', () => {
  test('a file', async () => {
    const { status, stdout, stderr } = await runCommand([logFile]);
    assert.equal(stdout, LOG_NDJSON);
    assert.match(stderr, /^1 file, 4 lines: 2 records, 1 header, 1 blank, 0 errors in \d+\.\d\d s\n$/);
    assert.equal(status, 0);
  });

  test('standard input, named or not', async () => {
    for (const args of [[], ['-']]) {
      const { status, stdout } = await runCommand(args, { input: LOG });
      assert.equal(stdout, LOG_NDJSON);
      assert.equal(status, 0);
    }
  });

  test('records inside layers, which are named once', async () => {
    const lines = [GOOD, OTHER].map((line) => `${JSON.stringify({ log: `2024-02-29T00:00:00Z ${line}` })}\n`);
    const found = await runCommand([], { input: lines.join('') });
    const given = await runCommand(['--layer', 'json log', '--layer', 'prefix 1'], { input: lines.join('') });
    for (const { status, stdout, stderr } of [found, given]) {
      assert.equal(stdout, ndjsonOf(`${GOOD}\n${OTHER}\n`));
      assert.equal(errorsOf(stderr), '<stdin>: records inside json log › prefix 1\n');
      assert.equal(status, 0);
    }
    assert.equal((await runCommand(['--no-layers'], { input: lines.join('') })).status, 1);
    const { status, stderr } = await runCommand(['--layer', 'prefix']);
    assert.match(stderr, /option "layers": expected "quotes", "prefix N", .*, found "prefix"/);
    assert.equal(status, 2);
  });

  test('nothing at all', async () => {
    const { status, stdout, stderr } = await runCommand([], { input: '' });
    assert.equal(stdout, '');
    assert.match(stderr, /^1 file, 0 lines: 0 records/);
    assert.equal(status, 0);
  });

  test('gzip, whatever the name says', async () => {
    const packed = folder.write('packed.log', gzipSync(LOG));
    const plain = folder.write('plain.log.gz', LOG);
    assert.equal((await runCommand([packed])).stdout, LOG_NDJSON);
    assert.equal((await runCommand([plain])).stdout, LOG_NDJSON);
    assert.equal((await runCommand([], { input: gzipSync(LOG) })).stdout, LOG_NDJSON);
  });

  test('gzip with zeros after it, and another file', async () => {
    for (const zeros of [1, 8, 70_000]) {
      const padded = folder.write(`padded-${zeros}.gz`, Buffer.concat([gzipSync(LOG), Buffer.alloc(zeros)]));
      const { status, stdout, stderr } = await runCommand([padded, logFile]);
      assert.equal(stdout, LOG_NDJSON + LOG_NDJSON);
      assert.match(stderr, /^2 files, 8 lines: 4 records, 2 headers, 2 blanks, 0 errors in /);
      assert.equal(status, 0);
    }
  });

  test('an unknown field in a given format is warned of', async () => {
    const { status, stderr } = await runCommand(['--format', 'srcaddr dstadr'], { input: '192.0.2.1 x\n' });
    assert.equal(status, 0);
    assert.ok(stderr.startsWith(
      'vpcflow-ecs: warning: unknown field "dstadr" at position 2: its text goes to aws.vpcflow.dstadr; did you mean "dstaddr"?\n',
    ), stderr);
  });

  test('a header is warned of once, whatever files have it', async () => {
    const log = 'dstaddr srcaddr window_end\n192.0.2.1 192.0.2.2 1767225658\n';
    const files = ['a.log', 'b.log'].map((name) => folder.write(name, log));
    const { status, stdout, stderr } = await runCommand(['--format', 'srcaddr dstaddr end', ...files]);
    assert.equal(status, 0);
    assert.equal(stdout, ndjsonOf(log).repeat(2));
    assert.deepStrictEqual(stderr.split('\n').slice(0, 2), [
      'vpcflow-ecs: warning: the header has "dstaddr" at position 1, and the given format has "srcaddr": lines are read by the header; see the option precedence',
      'vpcflow-ecs: warning: the header: field "window_end" at position 3 is read as "end", AWS\'s name for it',
    ]);
    assert.match(stderr, /^2 files, 4 lines: 2 records, 2 headers, 0 blanks, 0 errors in /m);
  });

  test('records without data or time are in the summary', async () => {
    const input = 'srcaddr end log-status\n- - NODATA\n- 1767225658 SKIPDATA\n192.0.2.1 - OK\n';
    const { stdout, stderr } = await runCommand(['--omit-log-status', 'NODATA'], { input });
    assert.equal(stdout.trimEnd().split('\n').length, 2);
    assert.match(stderr, /: 2 records, 1 header, 0 blanks, 0 errors; 1 record NODATA, 1 record SKIPDATA, 1 record omitted, 1 record without a time in /);
  });

  test('gzip that comes byte by byte', async () => {
    const child = spawn(process.execPath, [cliPath], { stdio: ['pipe', 'pipe', 'ignore'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    for (const byte of gzipSync(LOG)) {
      child.stdin.write(Buffer.of(byte));
      await new Promise((done) => setImmediate(done));
    }
    child.stdin.end();
    await once(child, 'close');
    assert.equal(Buffer.concat(chunks).toString(), LOG_NDJSON);
  });

  test('gzip of several members, as concatenated files are', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `${GOOD.replace('20641', String(i))}\n`);
    // A member ends in the middle of a line.
    const text = lines.join('');
    const members = [text.slice(0, 1000), '', text.slice(1000, 200_001), text.slice(200_001)].map((part) => gzipSync(part));
    const { status, stdout } = await runCommand([folder.write('members.gz', Buffer.concat(members))]);
    assert.equal(stdout, ndjsonOf(text));
    assert.equal(status, 0);
  });

  test('two files: header and line numbers start again', async () => {
    const first = folder.write('first.log', 'dstaddr srcaddr end\n192.0.2.1 192.0.2.2 1767225658');
    const second = folder.write('second.log', `192.0.2.1 192.0.2.2 1767225658\n${GOOD}\n`);
    const { status, stdout, stderr } = await runCommand(['--on-error', 'skip', first, second]);
    assert.equal(status, 1);
    assert.equal(stdout, ndjsonOf('dstaddr srcaddr end\n192.0.2.1 192.0.2.2 1767225658') + ndjsonOf(GOOD));
    assert.ok(stderr.startsWith(`${second}: line 1`), stderr);
    assert.match(stderr, /^2 files, 4 lines: 2 records, 1 header, 0 blanks, 1 error in/m);
  });

  test('a file that is not there does not stop the others', async () => {
    const { status, stdout, stderr } = await runCommand(['missing.log', logFile], { cwd: folder.path });
    assert.equal(status, 1);
    assert.equal(stdout, LOG_NDJSON);
    assert.match(stderr, /^missing\.log: cannot be read: no such file or directory\n/);
    assert.match(stderr, /^2 files \(1 not read to the end\), 4 lines/m);
  });

  test('a folder', async () => {
    const logs = join(folder.path, 'folder');
    mkdirSync(logs);
    folder.write('folder/flow.log', LOG);
    const { status, stdout, stderr } = await runCommand([logs]);
    assert.deepStrictEqual([status, stdout], [0, LOG_NDJSON]);
    assert.match(stderr, /^1 file, 4 lines: 2 records, 1 header, 1 blank, 0 errors in /);
    rmSync(logs, { recursive: true });
  });

  test('gzip that is cut short: its whole lines, then an error that names the file', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => GOOD.replace('20641', String((i * 7919) % 65536)));
    const packed = gzipSync(`${lines.join('\n')}\n`);
    const cut = folder.write('cut.gz', packed.subarray(0, packed.length / 2));
    const { status, stdout, stderr } = await runCommand(['--format', 'default', cut]);
    assert.equal(status, 1);
    const [, count] = new RegExp(`^${cut}: after line (\\d+): the gzip data is cut short\n`).exec(stderr) ?? [];
    assert.ok(Number(count) > 500, stderr);
    assert.equal(stdout, ndjsonOf(lines.slice(0, Number(count)).join('\n')));
  });

  test('gzip that is cut within a line: the lines before it, also if their format is inferred', async () => {
    const odd = [...new Set(plainLines(PLAIN, 200))];
    const text = `${odd.join('\n')}\n`;
    // Not compressed, so that the text ends where the data is cut.
    const packed = gzipSync(text, { level: 0 });
    for (const options of [[], ['--accept']]) {
      const { status, stdout, stderr } = await runCommand([...options, '-'], { input: packed.subarray(0, packed.length - 20) });
      assert.deepStrictEqual([status, stdout], [1, ndjsonOf(`${odd.slice(0, -1).join('\n')}\n`)]);
      assert.match(stderr, new RegExp(`^<stdin>: after line ${odd.length - 1}: the gzip data is cut short$`, 'm'));
    }
  });

  test('gzip that is damaged', async () => {
    const packed = gzipSync(LOG);
    packed[packed.length - 6] ^= 0xff;
    const { status, stderr } = await runCommand(['-'], { input: packed });
    assert.equal(status, 1);
    assert.match(stderr, /^<stdin>: .*the gzip data is damaged: its checksum is wrong\n/);
  });

  test('gzip that is damaged after its text: all lines first, those whose format is inferred, too', async () => {
    const odd = [...new Set(plainLines(PLAIN, 200))];
    for (const [lines, read] of [[Array(1000).fill(GOOD), ''], [[GOOD, GOOD], ''], [odd, `<stdin>: read by the format of its lines: '${PLAIN}'\n`]]) {
      const text = `${lines.join('\n')}\n`;
      const damaged = gzipSync(text);
      damaged[damaged.length - 6] ^= 0xff;
      const { status, stdout, stderr } = await runCommand(['-'], { input: damaged });
      assert.deepStrictEqual([status, stdout], [1, ndjsonOf(text)]);
      assert.equal(stderr.slice(0, stderr.lastIndexOf('1 file')), `${read}<stdin>: after line ${lines.length}: the gzip data is damaged: its checksum is wrong\n`);
      // After other bytes, the data is not damaged: they are not read.
      const followed = await runCommand(['-'], { input: Buffer.concat([gzipSync(text), Buffer.from('garbage\n')]) });
      assert.deepStrictEqual([followed.status, followed.stdout], [0, ndjsonOf(text)]);
      assert.match(followed.stderr, /warning: <stdin>: the gzip data ends at byte \d+; after it there is something else, which was not read\n/);
    }
  });
});

describe('bad lines', () => {
  const excerpt = `  ${BAD}\n  ${' '.repeat(64)}^^^^^\n`;

  test('fail: documents of the lines before, the located error, exit 1', async () => {
    for (const args of [[], ['--on-error', 'fail'], ['--on-error=fail']]) {
      const { status, stdout, stderr } = await runCommand([...args, mixedFile, logFile]);
      assert.equal(stdout, ndjsonOf(GOOD));
      assert.equal(errorsOf(stderr), `${mixedFile}: ${BAD_MESSAGE}\n${excerpt}`);
      assert.match(stderr, /^1 file, 3 lines: 1 record, 1 header, 0 blanks, 1 error in/m);
      assert.equal(status, 1);
    }
  });

  test('skip: the other lines, and the error', async () => {
    const { status, stdout, stderr } = await runCommand(['--on-error', 'skip', mixedFile]);
    assert.equal(stdout, ndjsonOf(`${GOOD}\n${OTHER}`));
    assert.equal(errorsOf(stderr), `${mixedFile}: ${BAD_MESSAGE}\n${excerpt}`);
    assert.equal(status, 1);
  });

  test('document: an event in its place', async () => {
    const { status, stdout, stderr } = await runCommand(['--on-error', 'document', `--ingested=${TIME}`], { input: MIXED });
    assert.equal(stdout, ndjsonOf(MIXED, { onError: 'document', ingested: TIME }));
    assert.ok(stderr.startsWith(`<stdin>: ${BAD_MESSAGE}\n`), stderr);
    assert.equal(status, 1);
  });

  test('are printed up to a limit, and counted all', async () => {
    const input = `${BAD}\n`.repeat(150);
    for (const [args, limit] of [[[], 100], [['--max-errors', '3'], 3], [['--max-errors=0'], 0]]) {
      const { stderr } = await runCommand(['-f', 'default', '--on-error', 'skip', ...args], { input });
      assert.equal(stderr.match(/: line \d+, column/g)?.length ?? 0, limit);
      const hidden = `${150 - limit} more bad lines not shown (--max-errors): ${150 - limit} out_of_range\n`;
      assert.ok(`\n${stderr}`.includes(`\n${hidden}`), stderr);
      assert.match(stderr, /^1 file, 150 lines: 0 records, 0 headers, 0 blanks, 150 errors in/m);
    }
  });

  test('send no control character to the terminal', async () => {
    const evil = `${GOOD.replace('20641', '\x1b]0;title\x07\x9b31m\u202e')}\n`;
    const file = folder.write('evil\x1b[31m.log', evil);
    const { stderr } = await runCommand(['-f', 'default', file]);
    assert.doesNotMatch(stderr, /[^\P{C}\n]/u);
    assert.ok(stderr.includes('evil\\u{1b}[31m.log: line 1, column 65'), stderr);
  });
});

test('a closed pipe ends the command quietly', async () => {
  // Endless input: only the closed pipe can end this.
  const child = spawn(process.execPath, [cliPath, '-f', 'default'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const stderr = [];
  child.stderr.on('data', (chunk) => stderr.push(chunk));
  child.stdin.on('error', () => {});
  const block = `${GOOD}\n`.repeat(1000);
  const feed = () => {
    while (child.stdin.writable && child.stdin.write(block));
  };
  child.stdin.on('drain', feed);
  feed();
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [status] = await once(child, 'close');
  assert.equal(Buffer.concat(stderr).toString(), '');
  assert.equal(status, 0);
});
