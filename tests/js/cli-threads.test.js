// The command with files that are converted in threads: everything is as with one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runCommand, runInTerminal, temporaryFolder } from './command.js';
import { OPEN_LINES, PLAIN, linesOf } from './logs.js';
import { cliPath, importFrom } from './package.js';
import { BAD, BAD_PLACE, BAD_REASON, GOOD, HEADER, OTHER } from './samples.js';

const { WORTH_BYTES, threadCount } = await importFrom('js/cli/threads.js');

const folder = temporaryFolder();
const text = (lines) => `${lines.join('\n')}\n`;
const many = text([HEADER, ...Array.from({ length: 20_000 }, (_, number) => GOOD.replace(' 20641 ', ` ${number} `))]);
const packed = gzipSync(many);
const plain = text(linesOf(PLAIN, 3000));
const damaged = gzipSync(plain);
damaged[damaged.length - 6] ^= 0xff;

const files = Object.fromEntries(Object.entries({
  // The first takes the longest, so that threads are done with the others before it.
  long: many,
  packed,
  good: text([GOOD, OTHER]),
  empty: '',
  bad: text([GOOD, BAD, OTHER, '', 'x', GOOD]),
  'all-bad': text(Array(5000).fill(BAD)),
  inferred: plain,
  open: text(OPEN_LINES),
  json: text([GOOD, OTHER].map((message) => JSON.stringify({ message }))),
  unknown: text([`${HEADER} of-my-own`, `${GOOD} a`]),
  cut: packed.subarray(0, packed.length - 20),
  damaged,
  junk: Buffer.concat([gzipSync(text([GOOD])), Buffer.from('junk')]),
  zip: Buffer.from('PK\x03\x04\x14\0\0\0', 'latin1'),
}).map(([name, content]) => [name, folder.write(`${name}.log`, content)]));
const missing = join(folder.path, 'missing.log');
const other = join(folder.path, 'other-missing.log');

/** Runs the command with so many threads: all that is to be seen, but for the times. */
async function outcome(threads, args) {
  const counts = join(folder.path, `counts-${threads}.json`);
  const { status, stdout, stderr } = await runCommand(['-j', String(threads), '--summary-json', counts, ...args]);
  const { seconds, ...summary } = JSON.parse(readFileSync(counts, 'utf8'));
  assert.equal(typeof seconds, 'number');
  return { status, stdout, stderr: stderr.replace(/ in [\d.]+ s\n$/, '\n'), summary };
}

/** Runs the command within this process, and counts the threads that it starts and the bytes that it takes from them. */
async function startedBy(args, options = { terminals: [] }) {
  let started = 0;
  let taken = 0;
  const count = (worker) => {
    started += 1;
    const { postMessage } = worker;
    worker.postMessage = (message, ...rest) => {
      taken += message.taken ?? 0;
      postMessage.call(worker, message, ...rest);
    };
  };
  process.on('worker', count);
  try {
    return { ...await runInTerminal(args, options), started, taken };
  } finally {
    process.off('worker', count);
  }
}

describe('the same as with one thread', () => {
  const all = [
    files.long, files.packed, missing, files.good, files.empty, files.bad, files.inferred, files.json, files.unknown, files.cut,
    files.damaged, files.junk, files.zip, other, files.long,
  ];
  const skip = ['--on-error', 'skip'];
  const formats = ['-f', 'default', '-f', PLAIN];
  for (const [name, args, status, count] of [
    ['good files', [files.long, files.packed, files.good, files.inferred, files.json], 0, 5],
    ['all kinds of files, bad lines left out', [...skip, ...all], 1, 15],
    ['documents of bad lines', ['--on-error', 'document', '--ingested=2026-01-01T00:00:00Z', ...all], 1, 15],
    ['few errors printed', [...skip, '--max-errors', '3', ...all], 1, 15],
    ['no error printed', [...skip, '--max-errors', '0', '--quiet', ...all], 1, 15],
    ['a bad line that ends the run', [files.good, missing, files.bad, files.good, other], 1, 3],
    ['a bad line after files that are not read to the end', [files.cut, files.damaged, files.bad, files.long], 1, 3],
    ['an open format', [files.long, files.open, files.good], 1, 2],
    ['an open format among bad lines that are left out', [...skip, files.bad, files.open, files.good], 1, 2],
    ['given formats and no layers', [...formats, '--no-layers', ...skip, ...all, files['all-bad'], files.good], 1, 17],
    ['bulk requests', ['--bulk-data-stream', '--bulk-id', 'fingerprint', files.good, files.packed, missing], 1, 3],
    ['indented documents', ['--pretty', '--fields', '{"host":{"name":"ü"}}', '--tag', 'a', files.good, files.inferred], 0, 2],
    ['an argument without files', [join(folder.path, 'none-*'), files.good, files.packed], 1, 3],
    ['only files that cannot be read', [missing, other, missing], 1, 3],
  ]) {
    test(name, async () => {
      const alone = await outcome(1, args);
      assert.deepStrictEqual([alone.status, alone.summary.files], [status, count], alone.stderr);
      assert.deepStrictEqual(await outcome(3, args), alone);
    });
  }
});

test('what is printed of files in threads', async () => {
  const ADVICE = "give the format, or the log's header line first";
  const args = ['--on-error', 'skip', missing, files.good, files.bad, files.inferred, files.json, files.damaged];
  const { stderr } = await outcome(2, args);
  assert.equal(stderr, `${missing}: cannot be read: no such file or directory
${files.bad}: line 2, ${BAD_PLACE}: does not fit the documented layout of 14 fields: as "default", ${BAD_REASON}; ${ADVICE}
  ${BAD}
  ${' '.repeat(64)}^^^^^
${files.bad}: line 5: no documented layout has 1 field: they have 6, 7, 8, 9, 13, 14, 17, 18, 21, 24, 25, 29, 30, 36, 39, 40, 41, 42 or 54; ${ADVICE}
  x
${files.inferred}: read by the format of its lines: '${PLAIN}'
${files.json}: records inside json message
${files.damaged}: read by the format of its lines: '${PLAIN}'
${files.damaged}: after line 3000: the gzip data is damaged: its checksum is wrong
6 files (2 not read to the end), 6,010 lines: 6,007 records, 0 headers, 1 blank, 2 errors
`);
});

test('documents to a file', async () => {
  const written = [1, 3].map((threads) => join(folder.path, `out-${threads}.ndjson`));
  for (const [index, threads] of [1, 3].entries()) {
    const { status, stdout } = await runCommand(['-j', String(threads), '-o', written[index], files.long, files.inferred, files.good]);
    assert.deepStrictEqual([status, stdout], [0, '']);
  }
  const [alone, threaded] = written.map((path) => readFileSync(path));
  assert.ok(alone.length > 1e6 && alone.equals(threaded));
});

describe('threads', () => {
  test('are as many as asked for, and never more than files', async () => {
    for (const [args, expected] of [
      [['-j', '1', files.good, files.bad], 0],
      [['-j', '2', files.good, files.good, files.good], 2],
      [['--threads=5', files.good, files.good, files.good], 3],
      [['--threads', '4', files.good], 0],
      // The threads take longer to start than the work takes.
      [[files.good, files.good, files.good], 0],
    ]) {
      assert.equal((await startedBy(args)).started, expected, args.join(' '));
    }
  });

  test('have made all documents that are written', async () => {
    const { stdout, started, taken } = await startedBy(['-j', '2', files.long, files.inferred, files.packed]);
    assert.deepStrictEqual([started, taken], [2, Buffer.byteLength(stdout)]);
  });

  test('are by default as many as processors, if there is enough for a second one', () => {
    const count = (sizes, { command, ...more } = {}, processors = 4) => (
      threadCount({ threads: undefined, accept: false, geo: {}, ...command }, { total: 0, files: sizes, hasStream: false, ...more }, processors)
    );
    const [few, enough] = [WORTH_BYTES - 1, WORTH_BYTES];
    assert.equal(count([enough, few]), 1);
    assert.equal(count([enough, enough]), 2);
    assert.equal(count([0, 10 * enough, enough / 2, enough / 2, 0]), 4);
    assert.equal(count([enough, enough], {}, 1), 1);
    assert.equal(count([100 * enough]), 1);
    assert.equal(count([]), 0);
    assert.equal(count([1, 1, 1], { command: { threads: 2 } }), 2);
    assert.equal(count([enough, enough], { hasStream: true }), 1);
    assert.equal(count([enough, enough], { command: { accept: true } }), 1);
    assert.equal(count([enough, enough], { command: { geo: { city: 'a.mmdb' } } }), 1);
  });

  test('are none for pipes, of which a signal ends the reading', async () => {
    const { status, stdout, started } = await startedBy(['-j', '3', '/dev/null', files.good]);
    assert.deepStrictEqual([status, stdout.split('\n').length, started], [0, 3, 0]);
  });
});

test('wrong usage', async () => {
  const wrong = async (args, message) => {
    assert.deepStrictEqual(await runCommand(args), { status: 2, stdout: '', stderr: `vpcflow-ecs: ${message}\n` }, args.join(' '));
  };
  for (const value of ['0', '257', 'x', '1.5', '-1', '']) {
    await wrong([`--threads=${value}`, files.good], `--threads must be a whole number from 1 to 256, not "${value}"`);
  }
  await wrong(['-j'], '--threads needs a value: --threads=N');
  await wrong(['-j', '2', '--threads=3'], '--threads is given twice');
  for (const [name, value] of [['accept'], ['geo-city', 'a'], ['geo-country', 'a'], ['geo-asn', 'a']]) {
    const option = value === undefined ? `--${name}` : `--${name}=${value}`;
    await wrong(['-j', '2', option, files.good], `--threads and --${name}: with --${name}, files are read in one thread; leave one of them out`);
  }
  await wrong(['-j', '2', files.good, '-'], '--threads and "-": with standard input, files are read in one thread; leave one of them out');
  const { status } = await runCommand(['-j', '1', '--accept', files.open, '-'], { input: `${GOOD}\n` });
  assert.equal(status, 0);
  assert.equal((await runCommand(['-j', '2'], { input: `${GOOD}\n` })).status, 0);
});

describe('the end', () => {
  /** Starts the command, and stops to read its documents after the first ones. */
  async function started(args) {
    const child = spawn(process.execPath, [cliPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (part) => { texts[name] += part; });
    await once(child.stdout, 'data');
    child.stdout.pause();
    return { child, texts, closed: once(child, 'close') };
  }

  for (const signal of ['SIGINT', 'SIGTERM']) {
    test(`comes with ${signal}: whole lines, the summary and its status`, async () => {
      const { child, texts, closed } = await started(['-j', '2', files.long, files.long, files.long]);
      child.kill(signal);
      child.stdout.resume();
      assert.deepStrictEqual(await closed, [128 + constants.signals[signal], null]);
      assert.ok(texts.stdout.endsWith('\n'));
      const records = texts.stdout.split('\n').length - 1;
      for (const line of texts.stdout.split('\n').slice(0, -1)) JSON.parse(line);
      assert.ok(records > 0 && records < 60_000);
      const number = records.toLocaleString('en');
      assert.match(texts.stderr, new RegExp(`^interrupted: [123] files? \\(1 not read to the end\\), [\\d,]+ lines: ${number} records, [123] headers?, 0 blanks, 0 errors in `));
    });
  }

  test('comes without a word if nobody reads the documents', async () => {
    const { child, texts, closed } = await started(['-j', '2', files.long, files.long, files.long]);
    child.stdout.destroy();
    assert.deepStrictEqual(await closed, [0, null]);
    assert.equal(texts.stderr, '');
  });
});

test('progress is that of all files', async (context) => {
  let now = 0;
  context.mock.method(performance, 'now', () => (now += 400));
  const args = ['-j', '2', '--on-error', 'skip', files.bad, files.packed, files.long];
  const { stderr, started } = await startedBy(args, { terminals: ['stderr'], columns: 200 });
  assert.equal(started, 2);
  const total = [files.bad, files.packed, files.long].reduce((sum, path) => sum + readFileSync(path).length, 0);
  const states = stderr.split('\r\x1b[2K').filter((state) => state.startsWith('['));
  assert.ok(states.length > 5, stderr);
  for (const file of [2, 3]) assert.ok(states.some((state) => state.includes(`file ${file} of 3`)), stderr);
  for (const state of states) assert.ok(state.includes(` of ${(total / 1e6).toFixed(1)} MB`), state);
  assert.match(states.at(-1), /2 errors/);
  assert.match(stderr, /\x1b\[2K3 files, /);
});
