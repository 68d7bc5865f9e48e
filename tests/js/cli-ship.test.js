// The command `vpcflow-ecs ship`: as a process, which is also killed, and on a terminal.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { runCommand, runInTerminal } from './command.js';
import { cliPath, importFrom, imported, manifest } from './package.js';
import { Dice } from './random.js';
import { BAD, GOOD, HEADER } from './samples.js';
import { cluster, entriesOf, folder, numberOf, numbers, path, records, sorted } from './shipping.js';

const { Parser } = imported;
const { follow } = await importFrom(manifest.exports['./ship'].default);

const numbersOf = (documents) => sorted(documents.map(numberOf));
const linesOf = (file) => (existsSync(file) ? entriesOf(file) : []);

/** Makes a folder of logs: text and gzip, with the records of the numbers from 0. */
function logsOf(counts) {
  const logs = path('logs');
  mkdirSync(logs);
  let from = 0;
  for (const [index, count] of counts.entries()) {
    const log = [HEADER, ...records(count, from)].join('\n');
    from += count;
    writeFileSync(join(logs, `${index}.log${index % 2 ? '.gz' : ''}`), index % 2 ? gzipSync(log) : log);
  }
  return logs;
}

const env = { ELASTICSEARCH_URL: '', ELASTICSEARCH_API_KEY: '', ELASTICSEARCH_USER: '' };
const timeless = (text) => text.replace(/ in \d+\.\d\d s$/m, ' in 0.00 s').replace(/, [\d.]+ k?B sent/, ', 0 B sent');

describe('to a cluster', () => {
  test('a folder, with a summary and counts as JSON', async (context) => {
    const { url, documents, requests } = await cluster(context);
    const logs = logsOf([300, 500]);
    const metrics = path('metrics.json');
    const args = ['ship', logs, '--url', `${url}/es`, '--max-docs', '100', '--metrics-json', metrics];
    const { status, stdout, stderr } = await runCommand(args, { env: { ...env, ELASTICSEARCH_API_KEY: 'secret-key' } });
    assert.deepStrictEqual([status, stdout, timeless(stderr)], [0, '', '2 objects, 800 events: 800 created, 0 B sent in 0.00 s\n']);
    assert.deepStrictEqual(numbersOf([...documents.values()]), numbers(800));
    assert.ok(requests.every(({ path: at, headers }) => at.startsWith('/es/_bulk') && headers.authorization === 'ApiKey secret-key'));
    const { seconds: _, bytes, totalBytes, bytesSent, requests: count, ...rest } = JSON.parse(readFileSync(metrics, 'utf8'));
    assert.deepStrictEqual(rest, {
      objects: 2, skipped: 0, lines: 802, events: 800, acknowledged: 800, created: 800, duplicates: 0, rejected: 0, errors: 0,
      retries: 0, failed: [], isStopped: false,
    });
    assert.deepStrictEqual([bytes, count, bytesSent > 0], [totalBytes, requests.length, true]);
  });

  test('options reach the documents and the requests', async (context) => {
    const { url, documents, requests } = await cluster(context);
    const args = ['ship', '-', '--url', url, '--bulk-index', 'flows', '--bulk-op', 'index', '--bulk-id', 'none', '--no-gzip', '-f', 'default',
      '--schema', 'beats', '--mode', 'original', '--tag', 'a'];
    const user = folder.write('user.txt', 'elastic:changed\n');
    const { status } = await runCommand([...args, '--user-file', user], { input: GOOD, env });
    assert.equal(status, 0);
    assert.deepStrictEqual([...documents.values()], [imported.parse(GOOD, 'default', { schema: 'beats', mode: 'original', tags: ['a'] })]);
    assert.equal(requests[0].headers['content-encoding'], undefined);
    assert.equal(requests[0].headers.authorization, `Basic ${btoa('elastic:changed')}`);
  });

  test('bad lines and refused documents are in the dead letter: status 1; it is a source again', async (context) => {
    const refused = { status: 400, error: { type: 'mapper_parsing_exception', reason: 'odd' } };
    let isStrict = true;
    const { url, documents } = await cluster(context, { fault: () => ({ item: (document) => (isStrict && document.network.bytes === 2 ? refused : undefined) }) });
    const log = folder.write('some.log', [HEADER, ...records(4), BAD].join('\n'));
    const deadLetter = path('dead.ndjson');
    const first = await runCommand(['ship', log, '--url', url, '--dead-letter', deadLetter], { env });
    assert.equal(first.status, 1);
    assert.match(timeless(first.stderr), /line 6, column 65: field "srcport"[^]*\n1 object, 4 events: 3 created, 1 refused, 1 bad line, 0 B sent in 0\.00 s\n$/);
    assert.deepStrictEqual(linesOf(deadLetter).map(({ message }) => message).sort(), [BAD, records(4)[2]].sort());
    isStrict = false;
    const again = await runCommand(['ship', deadLetter, '--url', url, '--dead-letter', path('lost.ndjson')], { env });
    assert.equal(again.status, 1);
    assert.deepStrictEqual(numbersOf([...documents.values()]), numbers(4));
  });

  test('what goes wrong: status 1, and nothing of a secret', async (context) => {
    const { url } = await cluster(context, { fault: ({ number }) => ({ status: 403, text: JSON.stringify({ error: { reason: `no, secret-key ${number}` } }) }) });
    const secret = { ...env, ELASTICSEARCH_API_KEY: 'secret-key' };
    const log = folder.write('one.log', GOOD);
    const { host } = new URL(url);
    const cases = [
      [[log, '--url', url], `vpcflow-ecs: ${host}: not allowed (403): no, *** 1; the credentials need the index privileges create_doc and auto_configure\n`],
      [[join(folder.path, 'none.log'), '--url', url], `vpcflow-ecs: ${join(folder.path, 'none.log')}: cannot be read: no such file or directory\n`],
      [[log, '--url', 'http://127.0.0.1:9', '--retries', '0'], 'vpcflow-ecs: 127.0.0.1:9: nothing listens there; is the cluster running, and the port right?; gave up after 1 attempts\n'],
    ];
    for (const [args, expected] of cases) {
      const { status, stderr } = await runCommand(['ship', ...args], { env: secret });
      assert.deepStrictEqual([status, stderr], [1, expected]);
    }
    const bad = folder.write('bad.gz', gzipSync(records(1000).join('\n')).subarray(0, -100));
    const good = await cluster(context);
    const { status, stderr } = await runCommand(['ship', bad, log, '--url', good.url], { env });
    assert.equal(status, 1);
    assert.match(timeless(stderr), /^.*bad\.gz: .*\n1 object \(1 failed\), \d+ events: \d+ created/);
  });

  test('used wrongly: status 2', async () => {
    const log = folder.write('one.log', GOOD);
    const cases = [
      [['logs', '--watch', '--since', '2026-01-01', '-o', 'a'], '--since is about objects in Amazon S3, and no source is there'],
      [[], 'ship needs a source: a file, a folder, s3://BUCKET/PREFIX, a queue, or -'],
      [[log], 'ship needs the cluster: --url=URL, or ELASTICSEARCH_URL; or --output=FILE'],
      [[log, '--url', 'http://user:secret@'], '--url is not a URL such as https://localhost:9200'],
      [[log, '--url', 'ftp://user:secret@host'], '--url must begin with https:// or http://'],
      [[log, '--url', 'http://h', '-o', 'x'], '--url is about a cluster, and --output has no use for it'],
      [[log, '-o', '-', '--rotate-bytes', '5'], '--rotate-bytes goes with --output FILE'],
      [[log, '--url', 'http://h', '--bulk-index', 'a', '--bulk-data-stream', 'b'], '--bulk-index and --bulk-data-stream are two targets: give one'],
      [[log, '--url', 'http://h', '--threads', '2', '--geo-city', 'x'], '--threads and --geo-city: threads have no databases; leave one of them out'],
      [[log, '--url', 'http://h', '--concurrency', '0'], '--concurrency must be a whole number from 1 to 256, not "0"'],
      [[log, '--url', 'http://h', '--user-file', join(folder.path, 'none')], /^--user-file cannot be read: ENOENT/],
      [[log, '--url', 'http://h', '--user-file', folder.write('u', 'secret')], 'the content of --user-file must be NAME:PASSWORD'],
      [[log, '--url', 'http://h', '--bulk-index', 'A'], /index/],
      [[log, '-o', '-', '--format', 'nonsense,'], /^--format: /],
      [[log, '-o', '-', '--watch'], '--watch follows folders and queues, and no other source'],
      [['ftp://host/a', '-o', '-'], 'expected a path, s3://BUCKET/PREFIX or the URL of a queue, found "ftp://host/a"'],
      [[log, '--url', 'http://h', '--dead-letter', log], `"${log}" is a source, and the run would write it: give another file`],
      [[log, '--fromat', 'v5'], 'there is no option --fromat; did you mean --format?'],
    ];
    for (const [args, message] of cases) {
      const { status, stderr } = await runCommand(['ship', ...args], { env });
      assert.equal(status, 2, stderr);
      const [line] = stderr.replace('vpcflow-ecs: ', '').split('\n');
      if (message instanceof RegExp) assert.match(line, message);
      else assert.equal(line, message);
      assert.doesNotMatch(stderr, /secret/);
    }
  });

  test('a source that the run would write, by another path, stays as it is', async () => {
    const text = `${HEADER}\n`;
    const log = folder.write('kept.log', text);
    const link = path('link.log');
    linkSync(log, link);
    for (const option of ['--output', '--dead-letter', '--checkpoint', '--metrics-json']) {
      for (const written of [link, `${folder.path}/./kept.log`]) {
        const { status, stderr } = await runCommand(['ship', log, ...(option === '--output' ? [] : ['--output', '-']), option, written]);
        assert.deepStrictEqual([status, stderr.split('\n')[0]], [2, `vpcflow-ecs: "${log}" is a file to read, and ${option} would write it: give another file`]);
        assert.equal(readFileSync(log, 'utf8'), text);
      }
    }
  });

  test('--help', async () => {
    const { status, stdout } = await runCommand(['ship', '--help']);
    assert.equal(status, 0);
    assert.match(stdout, /^usage: vpcflow-ecs ship SOURCE\.\.\. --url URL/);
    assert.ok(stdout.split('\n').every((line) => line.length <= 86), stdout.split('\n').find((line) => line.length > 86));
  });
});

describe('killed and started again', () => {
  for (const threads of ['0', '2']) test(`ten times, ${threads} threads: every event is in the cluster or in the dead letter, once`, async (context) => {
    const refused = { status: 400, error: { type: 'mapper_parsing_exception', reason: 'odd' } };
    const isOdd = (number) => number % 97 === 5;
    const fault = () => ({ delay: 8, item: (document) => (isOdd(document.network.bytes) ? refused : undefined) });
    const { url, documents } = await cluster(context, { fault });
    const counts = [4000, 2000, 1000, 3000, 10, 2000];
    const total = counts.reduce((sum, count) => sum + count, 0);
    const [deadLetter, checkpoint] = [path('dead.ndjson'), path('checkpoint.json')];
    const args = [cliPath, 'ship', logsOf(counts), '--url', url, '--checkpoint', checkpoint, '--dead-letter', deadLetter, '--max-docs', '50',
      '--concurrency', '2', '--threads', threads];
    const dice = new Dice(2026);
    let kills = 0;
    let last;
    for (let run = 0; run < 30; run++) {
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
      let stderr = '';
      child.stderr.on('data', (chunk) => { stderr += chunk; });
      const closed = new Promise((resolve) => { child.on('close', (status, signal) => resolve({ status, signal, stderr })); });
      const before = documents.size;
      // In the middle of the work, wherever that is.
      const share = total / 12 * (0.2 + dice.below(100) / 100);
      const watch = setInterval(() => {
        if (kills < 10 && documents.size > before + share) child.kill('SIGKILL');
      }, 1);
      last = await closed;
      clearInterval(watch);
      if (last.signal !== 'SIGKILL') break;
      kills += 1;
    }
    assert.equal(last.status, 1, last.stderr);
    context.diagnostic(`killed ${kills} times`);
    assert.ok(kills >= 5, `killed ${kills} times`);
    const buried = linesOf(deadLetter).map(({ message }) => new Parser().parse(message));
    assert.deepStrictEqual(numbersOf(buried), numbers(total).filter(isOdd));
    assert.deepStrictEqual(numbersOf([...documents.values(), ...buried]), numbers(total));
    const { objects } = JSON.parse(readFileSync(checkpoint, 'utf8'));
    assert.deepStrictEqual(Object.values(objects).map(({ isDone }) => isDone), counts.map(() => true));
  });

  test('an interrupt ends the run after the requests under way; a later run does the rest', async (context) => {
    for (const signal of ['SIGINT', 'SIGTERM']) {
      const { url, documents } = await cluster(context, { fault: () => ({ delay: 20 }) });
      const args = ['ship', logsOf([5000]), '--url', url, '--checkpoint', path('checkpoint.json'), '--max-docs', '50'];
      const child = spawn(process.execPath, [cliPath, ...args], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } });
      let stderr = '';
      child.stderr.on('data', (chunk) => { stderr += chunk; });
      const closed = new Promise((resolve) => { child.on('close', resolve); });
      const watch = setInterval(() => documents.size > 500 && child.kill(signal) && clearInterval(watch), 1);
      assert.equal(await closed, 0);
      assert.match(stderr, /^stopping after the requests under way; interrupt again to stop at once\nstopped: 0 objects, [\d,]+ events: [\d,]+ created/);
      const delivered = documents.size;
      assert.ok(delivered < 5000);
      const rest = await runCommand(args, { env });
      assert.match(rest.stderr, new RegExp(`1 object, [\\d,]+ events: ${(5000 - delivered).toLocaleString('en-US')} created`));
      assert.equal(documents.size, 5000);
    }
  });
});

describe('to a file, and to standard output', () => {
  test('the documents in order', async () => {
    const logs = logsOf([100, 100]);
    const output = path('documents.ndjson');
    const ndjson = Buffer.from(new Parser().toNdjson(records(200).join('\n'))).toString();
    const first = await runCommand(['ship', logs, '-o', output, '--max-docs', '30', '--rotate-bytes', '1000000'], { env });
    assert.deepStrictEqual([first.status, timeless(first.stderr), readFileSync(output, 'utf8')], [0, '2 objects, 200 events: 200 created in 0.00 s\n', ndjson]);
    const second = await runCommand(['ship', logs, '-o', '-'], { env });
    assert.deepStrictEqual([second.status, second.stdout], [0, ndjson]);
  });

  test('a reader that goes away is not an error', async () => {
    const log = folder.write('long.log', records(50_000).join('\n'));
    const child = spawn(process.execPath, [cliPath, 'ship', log, '-o', '-'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    let stderr = '';
    child.stderr.on('data', (chunk) => { stderr += chunk; });
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise((resolve) => { child.on('close', resolve); });
    assert.deepStrictEqual([status, stderr], [0, '']);
  });
});

describe('--watch', () => {
  test('follows folders until it is interrupted', async (context) => {
    const { url, documents } = await cluster(context);
    const logs = [path('a'), path('b')];
    for (const each of logs) mkdirSync(each);
    writeFileSync(join(logs[0], 'first.log'), records(10).join('\n'));
    const child = spawn(process.execPath, [cliPath, 'ship', ...logs, '--watch', '--url', url, '--checkpoint', path('checkpoint.json')], {
      stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => { stderr += chunk; });
    const closed = new Promise((resolve) => { child.on('close', resolve); });
    const arrival = async (count) => {
      while (documents.size < count && child.exitCode === null) await new Promise((resolve) => { setTimeout(resolve, 10); });
    };
    await arrival(10);
    writeFileSync(join(logs[1], '.part'), records(10, 10).join('\n'));
    renameSync(join(logs[1], '.part'), join(logs[1], 'second.log'));
    writeFileSync(join(logs[0], 'third.log.gz'), gzipSync(records(10, 20).join('\n')));
    await arrival(30);
    child.kill('SIGTERM');
    assert.equal(await closed, 0, stderr);
    assert.deepStrictEqual(numbersOf([...documents.values()]), numbers(30));
    assert.match(stderr, /stopped: 3 objects, 30 events: 30 created/);
  });

  test('follow yields what is new or has changed, once it stays as it is', async () => {
    const listings = [
      [['a', 1]],
      [['a', 1], ['b', 1]],
      [['a', 1], ['b', 2]],
      [['a', 1], ['b', 2]],
      [['a', 2], ['b', 2]],
      [['a', 2]],
      [['b', 2]],
      [['b', 2]],
    ];
    const stop = new AbortController();
    const list = async function* list() {
      const listing = listings.shift();
      if (listing === undefined) return stop.abort();
      for (const [name, size] of listing) yield { name, size, version: '1' };
    };
    const seen = [];
    for await (const { name, size } of follow(list, { interval: 1, signal: stop.signal })) seen.push(`${name}${size}`);
    assert.deepStrictEqual(seen, ['a1', 'b2', 'a2', 'b2']);
  });
});

describe('progress', () => {
  test('a bar on a terminal, with the rate, errors, retries and the time that is left', async (context) => {
    const { url } = await cluster(context, { fault: ({ number }) => (number === 1 ? { status: 503 } : undefined) });
    let now = 0;
    context.mock.method(performance, 'now', () => (now += 20));
    const log = folder.write('long.log', [...records(20_000), BAD].join('\n'));
    const args = ['ship', log, '--url', url, '--max-docs', '500', '--dead-letter', path('dead.ndjson')];
    const { stderr } = await runInTerminal(args, { terminals: ['stderr'], columns: 120, env });
    assert.match(stderr, /\r\x1b\[2K\[=* *\] +\d+% {2}[\d.]+ MB of 2\.3 MB {2}[\d,]+ events {2}[\d,]+\/s {2}(?:1 error {2})?1 retry {2}ETA \d:\d\d/);
    assert.match(stderr, /\r\x1b\[2K1 object, 20,000 events: 20,000 created, 1 bad line, 1 retry, [\d.]+ kB sent in/);
  });

  test('a line every ten seconds elsewhere', async (context) => {
    let now = 0;
    context.mock.method(performance, 'now', () => (now += 1000));
    const log = folder.write('long.log', records(20_000).join('\n'));
    const { stderr } = await runInTerminal(['ship', log, '-o', path('out.ndjson')], { terminals: [], env });
    assert.match(stderr, /^(?:[\d.]+ [MkB]+ of 2\.3 MB, [\d,]+ events, [\d,]+\/s(?:, ETA \d:\d\d)?\n)+1 object, /);
    assert.doesNotMatch(stderr, /\r/);
  });
});
