// The run of the command as a whole: signals, files of a folder, where the output and the counts go, and how much it says.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync, mkdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runCommand, runInTerminal, temporaryFolder } from './command.js';
import { cliPath, imported } from './package.js';

const folder = temporaryFolder();
mkdirSync(join(folder.path, 'logs/deep'), { recursive: true });
const files = { 'logs/a.log': '192.0.2.1\n', 'logs/b.txt': '192.0.2.2\n', 'logs/deep/c.log': '192.0.2.3\n', 'logs/.hidden': 'x\n' };
for (const [name, text] of Object.entries(files)) folder.write(name, text);
const logs = join(folder.path, 'logs');
const FORMAT = ['--format', 'srcaddr'];

const ips = (ndjson) => ndjson.split('\n').slice(0, -1).map((line) => JSON.parse(line).source.ip);

describe('a signal', () => {
  /** Starts the command, sends the signal after the first documents, and returns all that is to be seen. */
  async function interrupted(signal, { input, args = FORMAT }) {
    const child = spawn(process.execPath, [cliPath, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => { texts[name] += text; });
    child.stdin.on('error', () => {});
    // The input does not end.
    child.stdin.write(input);
    await once(child.stdout, 'data');
    child.kill(signal);
    const [status, killedBy] = await once(child, 'close');
    return { status, killedBy, ...texts };
  }

  for (const signal of ['SIGINT', 'SIGTERM']) {
    test(`${signal} ends the run with whole lines, the summary and its status`, async () => {
      const { status, killedBy, stdout, stderr } = await interrupted(signal, { input: '192.0.2.1\n192.0.2.2\n192.0.2.3' });
      assert.deepStrictEqual([status, killedBy], [128 + constants.signals[signal], null]);
      // The last line may have been cut.
      assert.deepStrictEqual(ips(stdout), ['192.0.2.1', '192.0.2.2']);
      assert.match(stderr, /^interrupted: 1 file \(1 not read to the end\), 2 lines: 2 records, 0 headers, 0 blanks, 0 errors; 2 records without a time in /);
    });
  }

  test('is in the counts', async () => {
    const counts = join(folder.path, 'interrupted.json');
    await interrupted('SIGINT', { input: '192.0.2.1\n', args: [...FORMAT, '--summary-json', counts] });
    const { interrupted: isInterrupted, records, unreadable } = JSON.parse(readFileSync(counts, 'utf8'));
    assert.deepStrictEqual({ isInterrupted, records, unreadable }, { isInterrupted: true, records: 1, unreadable: 1 });
  });
});

describe('files', () => {
  test('of a folder and of a quoted pattern', async () => {
    const cases = [
      [[logs], ['192.0.2.1', '192.0.2.2', '192.0.2.3']],
      [[join(logs, '*.log')], ['192.0.2.1']],
      [[join(logs, '**/*.log')], ['192.0.2.1', '192.0.2.3']],
      [[join(logs, '{b,c}.txt'), join(logs, 'a.log')], ['192.0.2.2', '192.0.2.1']],
    ];
    for (const [args, expected] of cases) {
      const { status, stdout } = await runCommand([...FORMAT, ...args]);
      assert.deepStrictEqual([status, ips(stdout)], [0, expected], args.join(' '));
    }
    const { status, stdout, stderr } = await runCommand([...FORMAT, join(logs, '*.gz'), join(logs, 'a.log')]);
    assert.deepStrictEqual([status, ips(stdout)], [1, ['192.0.2.1']]);
    assert.ok(stderr.startsWith(`${join(logs, '*.gz')}: no file matches this pattern\n2 files (1 not read to the end), `), stderr);
  });

  test('that cannot be read are printed up to --max-errors, the others counted', async () => {
    const missing = Array.from({ length: 5 }, (_, index) => join(folder.path, `missing-${index}`));
    const { status, stderr } = await runCommand(['--max-errors', '2', ...missing]);
    assert.equal(status, 1);
    assert.equal(stderr.replace(/ in .*/, ''), `${missing[0]}: cannot be read: no such file or directory
${missing[1]}: cannot be read: no such file or directory
3 more inputs that cannot be read not shown (--max-errors)
5 files (5 not read to the end), 0 lines: 0 records, 0 headers, 0 blanks, 0 errors
`);
  });
});

describe('output', () => {
  test('to a file', async () => {
    const path = join(folder.path, 'out.ndjson');
    const { status, stdout, stderr } = await runCommand([...FORMAT, '-o', path, logs]);
    assert.deepStrictEqual([status, stdout], [0, '']);
    assert.deepStrictEqual(ips(readFileSync(path, 'utf8')), ['192.0.2.1', '192.0.2.2', '192.0.2.3']);
    assert.match(stderr, /^3 files, 3 lines: 3 records/);
    const same = await runCommand([...FORMAT, path, '--output', path]);
    assert.equal(same.status, 2);
    assert.match(same.stderr, /is a file to read, and --output would write it: give another file\n$/);
    const nowhere = await runCommand([...FORMAT, '-o', join(folder.path, 'none/out'), logs]);
    assert.equal(nowhere.status, 1);
    assert.match(nowhere.stderr, /^vpcflow-ecs: cannot write: ENOENT/);
  });

  test('that is an input by another path is refused, and stays as it is', async () => {
    const text = '192.0.2.1\n';
    mkdirSync(join(folder.path, 'kept'));
    const log = folder.write('kept/in.log', text);
    linkSync(log, join(folder.path, 'link.log'));
    const others = [join(folder.path, 'kept/../kept/in.log'), join(folder.path, 'link.log')];
    for (const input of [log, join(folder.path, 'kept'), join(folder.path, 'kept/*.log')]) {
      for (const [option, written] of [...others.map((other) => ['--output', other]), ['--summary-json', log], ...(input === log ? [] : [['--output', log]])]) {
        const { status, stdout, stderr } = await runCommand([...FORMAT, input, option, written]);
        assert.deepStrictEqual([status, stdout], [2, '']);
        assert.ok(stderr.includes(`in.log" is a file to read, and ${option} would write it: give another file`), stderr);
        assert.equal(readFileSync(log, 'utf8'), text);
      }
    }
    // A new file in the folder is not among the files that are read.
    const path = join(folder.path, 'kept/out.ndjson');
    const { status } = await runCommand([...FORMAT, join(folder.path, 'kept'), '--output', path]);
    assert.deepStrictEqual([status, ips(readFileSync(path, 'utf8'))], [0, ['192.0.2.1']]);
  });

  test('that a device does not take is a failure', { skip: !existsSync('/dev/full') }, async () => {
    const { status, stderr } = await runCommand([...FORMAT, '-o', '/dev/full', logs]);
    assert.equal(status, 1);
    assert.match(stderr, /^vpcflow-ecs: cannot write: ENOSPC/);
  });

  test('counts as JSON', async () => {
    const path = join(folder.path, 'counts.json');
    await runCommand([...FORMAT, '--on-error', 'skip', '--summary-json', path], { input: 'srcaddr\n192.0.2.1\n\nx\n' });
    const { seconds, ...counts } = JSON.parse(readFileSync(path, 'utf8'));
    assert.deepStrictEqual(counts, {
      files: 1, unreadable: 0, lines: 4, records: 1, omitted: 0, headers: 1, blanks: 1, errors: 1, nodata: 0, skipdata: 0, withoutTime: 1,
      interrupted: false,
    });
    assert.equal(typeof seconds, 'number');
  });
});

describe('what is said', () => {
  test('with --quiet: errors only', async () => {
    const input = 'srcaddr dstaddr unknown\n192.0.2.1 - a\nx - b\n';
    const { status, stdout, stderr } = await runCommand(['--quiet', '--on-error', 'skip'], { input });
    assert.equal(status, 1);
    assert.deepStrictEqual(ips(stdout), ['192.0.2.1']);
    assert.match(stderr, /^<stdin>: line 3, column 1: field "srcaddr": expected an IPv4 or IPv6 address, found "x"\n {2}x - b\n {2}\^\n$/);
  });

  test('of bad lines beyond --max-errors: counts by kind', async () => {
    const { stderr } = await runCommand(['--format', 'srcaddr bytes', '--on-error', 'skip', '--max-errors', '1'], {
      input: 'a 1\n192.0.2.1\n192.0.2.1 x\n192.0.2.1 y\n192.0.2.1 9223372036854775808\n',
    });
    assert.match(stderr, /\n4 more bad lines not shown \(--max-errors\): 2 invalid_value, 1 field_count, 1 out_of_range\n1 file, /);
  });

  test('in colours as --color says', async () => {
    const run = (color, terminals) => runInTerminal([...FORMAT, '--pretty', '--color', color], { input: '192.0.2.1\n', terminals });
    assert.ok((await run('always', [])).stdout.includes('\x1b['));
    assert.ok(!(await run('never', ['stdout', 'stderr'])).stdout.includes('\x1b['));
    assert.ok((await run('auto', ['stdout', 'stderr'])).stdout.includes('\x1b['));
    assert.ok(!(await run('auto', [])).stdout.includes('\x1b['));
  });

  test('by help, and a word of a command', async () => {
    for (const [words, same] of [[['help'], ['--help']], [['help', 'detect'], ['detect', '--help']], [['help', 'ship'], ['ship', '--help']]]) {
      assert.deepStrictEqual(await runCommand(words), await runCommand(same), words.join(' '));
    }
  });
});

test('--max-line-bytes is the bound of a line', async () => {
  const input = `192.0.2.1 ${'x'.repeat(100)}\n`;
  const args = ['--format', 'srcaddr note', '--max-line-bytes'];
  const short = await runCommand([...args, '50'], { input });
  assert.equal(short.status, 1);
  assert.match(short.stderr, /: line 1: .*50 bytes/);
  assert.equal((await runCommand([...args, '110'], { input })).status, 0);
  const wrong = await runCommand([...args, '0'], { input });
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /^vpcflow-ecs: --max-line-bytes must be a whole number from 1 to 67,108,864, not "0"\n/);
});

describe('facts', () => {
  test('of a line', async () => {
    const fine = await runCommand(['explain', '-f', 'srcaddr dstport', '192.0.2.44 443']);
    assert.deepStrictEqual(fine, { status: 0, stderr: '', stdout: `record of the format '\${srcaddr} \${dstport}'
TOKEN       FIELD    MEANING  KEYS
192.0.2.44  srcaddr           source.address, source.ip, network.community_id, network.type, related.ip
443         dstport           destination.port, network.community_id
` });
    const bad = await runCommand(['explain', '-f', 'srcaddr dstport', '192.0.2.44', '70000']);
    assert.equal(bad.status, 1);
    assert.match(bad.stdout, /^70000 +dstport +expected 0 to 65535, found "70000"/m);
    const json = await runCommand(['explain', '--json', '-f', 'srcaddr', '192.0.2.44']);
    assert.deepStrictEqual(JSON.parse(json.stdout), imported.explain('192.0.2.44', 'srcaddr'));
    const nothing = await runCommand(['explain']);
    assert.deepStrictEqual([nothing.status, nothing.stderr], [2, "vpcflow-ecs: explain needs a line: vpcflow-ecs explain 'LINE'\n"]);
  });

  test('of presets and fields', async () => {
    for (const what of ['presets', 'fields']) {
      const { stdout } = await runCommand([what]);
      const names = imported[what]().map(({ name }) => name);
      assert.deepStrictEqual(stdout.trimEnd().split('\n').slice(1).map((line) => line.split(' ', 1)[0]), names);
      assert.deepStrictEqual(JSON.parse((await runCommand([what, '--json'])).stdout), imported[what]());
    }
  });
});
