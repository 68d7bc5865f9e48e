// The command `vpcflow-ecs detect`, and what the converting command says of formats that nobody gave.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createGzip, gzipSync } from 'node:zlib';
import { runCommand, runInTerminal, temporaryFolder } from './command.js';
import { NO_LOGS, OPEN_LINES, PLAIN, linesOf } from './logs.js';
import { cliPath, documentsOf, imported } from './package.js';
import { GOOD, HEADER } from './samples.js';

const folder = temporaryFolder();
const openLog = folder.write('open.log', `${OPEN_LINES.join('\n')}\n`);
const v5Log = folder.write('v5.log', `${linesOf('v5', 40).join('\n')}\n`);
const { format: V5 } = imported.compileFormat('v5');

describe('detect', () => {
  test('prints the candidates, their columns, the evidence and the text to copy', async () => {
    const { status, stdout, stderr } = await runCommand(['detect', v5Log]);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    const lines = stdout.split('\n');
    assert.equal(lines[0], 'RANK  ORIGIN  CONFIDENCE  FORMAT');
    assert.match(lines[1], /^ {3}1 {2}preset {2,}[\d.]+ % {2}v5, 29 columns$/);
    assert.match(stdout, /^ {2}COLUMN {2}EXAMPLE +FIELD$/m);
    assert.match(stdout, /^ {7}3 {2}eni-0a1b2c3d4e5f60000 +interface-id$/m);
    assert.match(stdout, /^ {2}- 40 of 40 lines fit it/m);
    assert.ok(stdout.includes(`\n  --log-format '${V5}'\n`), stdout);
  });

  test('says which columns are open', async () => {
    const { status, stdout } = await runCommand(['detect', openLog]);
    assert.equal(status, 0);
    assert.match(stdout, /^ {3}1 {2}inferred +[\d.]+ % {2}4 columns, 2 of them open$/m);
    assert.match(stdout, /^ {2}COLUMN {2}EXAMPLE +FIELD +OR$/m);
    assert.match(stdout, /^ {7}2 {2}10\.0\.1\.4 +\S*(src|dst)addr +.*(src|dst)addr/m);
    assert.match(stdout, /^ {7}4 {2}OK +log-status$/m);
  });

  test('offers another field and no field for every column, unless a header names them', async () => {
    const hint = /^A column can also be another field, or none of the fields: .*column-1\.\n.*detect --json lists, as "choices", .*\.\n$/m;
    for (const log of [v5Log, openLog]) {
      assert.match((await runCommand(['detect', log])).stdout, hint);
      const { stdout } = await runCommand(['detect', '--json', log]);
      const [{ choices, tokens }] = JSON.parse(stdout);
      assert.equal(choices.length, tokens.length);
      for (const [index, { field }] of tokens.entries()) assert.ok(choices[index].includes(field) && choices[index].length > 1, field);
    }
    assert.doesNotMatch((await runCommand(['detect'], { input: `${HEADER}\n${GOOD}` })).stdout, /A column can also be/);
    // Any other name is a column that is not a field.
    const { status, stdout } = await runCommand(['--format', '${action} ${dstaddr} ${column-3} ${log-status}', openLog]);
    assert.equal(documentsOf(Buffer.from(stdout))[0].aws.vpcflow.column_3, '443');
    assert.equal(status, 0);
  });

  test('has all columns under their titles', async () => {
    for (const log of [v5Log, openLog]) {
      const { stdout } = await runCommand(['detect', log]);
      const lines = stdout.split('\n');
      const head = lines.findIndex((line) => line.startsWith('  COLUMN'));
      const start = lines[head].indexOf('FIELD');
      const [{ tokens }] = imported.detectFormat(log === v5Log ? linesOf('v5', 40) : OPEN_LINES);
      for (const [index, { field, text }] of tokens.entries()) {
        const line = lines[head + 1 + index];
        assert.equal(line.slice(10, start).trim(), text);
        assert.ok(line.startsWith(field, start), line);
      }
    }
  });

  test('the text to copy is a format of the command', async () => {
    const { stdout } = await runCommand(['detect'], { input: linesOf(PLAIN, 50).join('\n') });
    const [, format] = /--log-format '(.*)'$/m.exec(stdout);
    assert.equal(format, PLAIN);
    const { status } = await runCommand(['--format', format], { input: linesOf(PLAIN, 50).join('\n') });
    assert.equal(status, 0);
  });

  test('--json prints the array of detectFormat', async () => {
    for (const lines of [linesOf('v5', 40), OPEN_LINES, [HEADER, GOOD]]) {
      const { status, stdout } = await runCommand(['detect', '--json'], { input: lines.join('\n') });
      assert.deepStrictEqual(JSON.parse(stdout), imported.detectFormat(lines));
      assert.equal(status, 0);
    }
  });

  test('--max-lines', async () => {
    const log = folder.write('mixed.log', [...linesOf('v5', 7), ...linesOf('service-name', 90)].join('\n'));
    for (const args of [['--max-lines', '7', log], [log, '--max-lines=7']]) {
      const { stdout } = await runCommand(['detect', ...args]);
      assert.match(stdout, /7 of 7 lines fit it/);
    }
    // More than is read by default, in lines and in bytes.
    const long = folder.write('long.log', linesOf('v5', 20_000).join('\n'));
    assert.match((await runCommand(['detect', '--max-lines', '100000', long])).stdout, /20,?000 of 20,?000 lines fit it/);
  });

  test('standard input and gzip', async () => {
    const input = linesOf('v5', 40).join('\n');
    const expected = (await runCommand(['detect', v5Log])).stdout;
    for (const [args, bytes] of [[[], input], [['-'], input], [['-'], gzipSync(input)], [[folder.write('v5', gzipSync(input))], '']]) {
      const { status, stdout } = await runCommand(['detect', ...args], { input: bytes });
      assert.equal(stdout, expected);
      assert.equal(status, 0);
    }
  });

  const endless = {
    lines: [Buffer.from(`${linesOf('v5', 500).join('\n')}\n`), (stream) => stream],
    'gzip of lines': [Buffer.from(`${linesOf('v5', 500).join('\n')}\n`), (stream) => {
      const packed = createGzip();
      packed.pipe(stream);
      return packed;
    }],
    'a line without end': [Buffer.alloc(65_536, 'x '), (stream) => stream],
  };
  for (const [name, [block, open]] of Object.entries(endless)) {
    test(`stops reading an endless pipe: ${name}`, async () => {
      const child = spawn(process.execPath, [cliPath, 'detect'], { stdio: ['pipe', 'pipe', 'pipe'] });
      const closed = once(child, 'close');
      const texts = { stdout: '', stderr: '' };
      for (const stream of ['stdout', 'stderr']) {
        child[stream].setEncoding('utf8').on('data', (text) => {
          texts[stream] += text;
        });
      }
      child.stdin.on('error', () => {});
      const input = open(child.stdin);
      let written = 0;
      const feed = () => {
        while (child.stdin.writable && written < 1e9) {
          written += block.length;
          if (!input.write(block)) return;
        }
      };
      input.on('drain', feed);
      feed();
      const [status] = await closed;
      input.destroy();
      // The input that it read, and that in the pipe.
      assert.ok(written < 30e6, `${written} bytes`);
      if (name === 'a line without end') {
        assert.match(texts.stderr, /^<stdin>: this is not a flow log: /);
        assert.equal(status, 1);
      } else {
        assert.equal(texts.stderr, '');
        assert.ok(texts.stdout.includes(`'${V5}'`), texts.stdout);
        assert.equal(status, 0);
      }
    });
  }

  for (const [name, [input, message]] of Object.entries(NO_LOGS)) {
    test(`says that it is not a flow log: ${name}`, async () => {
      for (const args of [[], ['--json']]) {
        const { status, stdout, stderr } = await runCommand(['detect', ...args], { input });
        assert.equal(stdout, '');
        assert.match(stderr, /^<stdin>: this is not a flow log: [^\n]*\n$/);
        assert.match(stderr, message);
        assert.equal(status, 1);
      }
    });
  }

  test('what cannot be read', async () => {
    const cut = folder.write('cut.gz', gzipSync(linesOf('v5', 40).join('\n')).subarray(0, 200));
    for (const [file, message] of [['missing.log', 'cannot be read: no such file or directory'], [cut, 'the gzip data is cut short']]) {
      const { status, stdout, stderr } = await runCommand(['detect', file], { cwd: folder.path });
      assert.equal(stdout, '');
      assert.equal(stderr, `${file}: ${message}\n`);
      assert.equal(status, 1);
    }
  });

  test('--help', async () => {
    for (const args of [['detect', '--help'], ['detect', '-h', openLog]]) {
      const { status, stdout, stderr } = await runCommand(args);
      assert.deepStrictEqual([status, stderr], [0, '']);
      for (const word of ['usage: vpcflow-ecs detect', '--json', '--max-lines', 'Exit status: 0']) assert.ok(stdout.includes(word), word);
      for (const line of stdout.split('\n')) assert.ok(line.length <= 90, line);
    }
    assert.match((await runCommand(['--help'])).stdout, /vpcflow-ecs detect/);
  });

  const wrong = [
    [['--jsno'], 'there is no option --jsno; did you mean --json?'],
    [['--pretty'], 'there is no option --pretty; see vpcflow-ecs detect --help'],
    [['--max-lines'], '--max-lines needs a value: --max-lines=N'],
    [['--max-lines', '0'], '--max-lines must be a whole number from 1 to 100,000, not "0"'],
    [['--max-lines', 'all'], '--max-lines must be a whole number from 1 to 100,000, not "all"'],
    [['--json=yes'], '--json takes no value'],
    [[openLog], 'detect reads one file, not 2'],
  ];
  for (const [args, expected] of wrong) {
    test(`wrong usage: ${expected}`, async () => {
      const { status, stdout, stderr } = await runCommand(['detect', v5Log, ...args]);
      assert.deepStrictEqual([status, stdout, stderr], [2, '', `vpcflow-ecs: ${expected}\n`]);
    });
  }

  test('a file of that name is another thing', async () => {
    folder.write('detect', `${HEADER}\n${GOOD}\n`);
    const { status, stdout } = await runCommand(['./detect'], { cwd: folder.path });
    assert.equal(documentsOf(Buffer.from(stdout)).length, 1);
    assert.equal(status, 0);
  });
});

describe('detect on a terminal', () => {
  test('has colours, unless it is asked for none', async () => {
    const colored = await runInTerminal(['detect', openLog]);
    assert.ok(colored.stdout.includes('\x1b[1mRANK'), colored.stdout);
    assert.match(colored.stdout, /^ {2}\x1b\[33m {5}2 {2}10\.0\.1\.4/m);
    for (const options of [{ env: { NO_COLOR: '1' } }, { terminals: ['stderr'] }]) {
      const plain = await runInTerminal(['detect', openLog], options);
      assert.equal(plain.stdout, stripVTControlCharacters(colored.stdout));
    }
    const json = await runInTerminal(['detect', '--json', openLog]);
    assert.ok(json.stdout.includes('\x1b[34m"origin"\x1b[0m: '));
    assert.deepStrictEqual(JSON.parse(stripVTControlCharacters(json.stdout)), imported.detectFormat(OPEN_LINES));
  });

  test('shows no control character of a log, and no long value', async () => {
    const input = `version instance-tag srcaddr\n2 \x1b[31m\u202e${'x'.repeat(100)} 10.0.0.1\n`;
    const { stdout } = await runInTerminal(['detect'], { input, terminals: [], env: {} });
    assert.doesNotMatch(stdout, /[^\P{C}\n]/u);
    assert.match(stdout, /^ {7}2 {2}\\u\{1b\}\[31m\\u\{202e\}x+… +instance-tag$/m);
  });

  test('without a file: the usage, exit 2', async () => {
    const { status, stdout, stderr } = await runInTerminal(['detect'], { terminals: ['stdin'] });
    assert.deepStrictEqual([status, stdout], [2, '']);
    assert.match(stderr, /^usage: vpcflow-ecs detect \[OPTION\.\.\.\] \[FILE\|-\]\n/);
  });
});

describe('converting without a format', () => {
  test('infers it from the lines', async () => {
    const input = linesOf(PLAIN, 50).join('\n');
    const { status, stdout, stderr } = await runCommand([], { input });
    assert.equal(stdout, Buffer.from(new imported.Parser({ format: PLAIN }).toNdjson(input)).toString());
    assert.match(stderr, /^<stdin>: read by the format of its lines: '([^']*)'\n1 file, 50 lines: [^\n]*\n$/);
    assert.equal(/'([^']*)'/.exec(stderr)[1], PLAIN);
    assert.equal(status, 0);
  });

  test('says so once per file, whatever becomes of its lines', async () => {
    const lines = linesOf(PLAIN, 5000);
    const plain = folder.write('plain.log', lines.join('\n'));
    const bad = folder.write('bad.log', [...lines, 'x y'].join('\n'));
    const { stderr } = await runCommand(['--on-error', 'skip', plain, v5Log, bad]);
    const notices = stderr.split('\n').filter((line) => line.includes('read by the format'));
    assert.deepStrictEqual(notices, [plain, bad].map((name) => `${name}: read by the format of its lines: '${PLAIN}'`));
    assert.ok(stderr.indexOf(notices[1]) < stderr.indexOf(`${bad}: line 5001`), stderr);
    const stopped = await runCommand([bad]);
    assert.match(stopped.stderr, /read by the format of its lines: /);
    assert.equal(stopped.status, 1);
  });

  test('says nothing of it where the format was given, documented or a header', async () => {
    const headed = folder.write('headed.log', `${HEADER}\n${GOOD}\n`);
    const { stderr } = await runCommand([v5Log, headed]);
    assert.doesNotMatch(stderr, /read by the format/);
    const given = await runCommand(['--format', PLAIN], { input: linesOf(PLAIN, 50).join('\n') });
    assert.doesNotMatch(given.stderr, /read by the format/);
  });

  test('shows the candidates of lines that leave it open, and how to choose', async () => {
    for (const [args, input] of [[[openLog], ''], [[], `\n\n${OPEN_LINES.join('\n')}`], [['--on-error', 'skip', openLog, v5Log], ''],
      [[], gzipSync(OPEN_LINES.join('\n'))]]) {
      const { status, stdout, stderr } = await runCommand(args, { input });
      assert.equal(stdout, '');
      assert.match(stderr, /^\S+: line \d+: the lines do not determine the format: [^\n]*\n\nRANK {2}ORIGIN/);
      const [{ format }] = imported.detectFormat(OPEN_LINES);
      assert.ok(stderr.includes(`\n  --format '${format}'\n`), stderr);
      assert.match(stderr, /\nChoose with the option --format: /);
      assert.match(stderr, /^1 file, \d+ lines?: 0 records/m);
      assert.equal(status, 1);
    }
  });

  test('shows it in colour on a terminal', async () => {
    const { stderr } = await runInTerminal([openLog]);
    assert.match(stderr, /^ {2}\x1b\[33m {5}2 {2}10\.0\.1\.4/m);
  });

  test('one wrong value in a line of the default format is that error, and not a question', async () => {
    const wrong = GOOD.split(' ').map((token, index) => (index === 6 ? '99443' : token)).join(' ');
    for (const [lines, number] of [[[wrong], 1], [[GOOD, wrong], 2], [[GOOD, GOOD, GOOD, GOOD, GOOD, wrong], 6]]) {
      const input = lines.join('\n');
      const { status, stdout, stderr } = await runCommand(['--on-error', 'skip'], { input });
      const [error] = stderr.split('\n');
      const layout = 'does not fit the documented layout of 14 fields: as "default", ';
      assert.ok(error.startsWith(`<stdin>: line ${number}, column 71: ${layout}field "dstport": expected 0 to 65535, found "99443"`), error);
      assert.doesNotMatch(stderr, /RANK|--format|may be/);
      assert.equal(documentsOf(Buffer.from(stdout)).length, lines.length - 1);
      assert.equal(status, 1);
      const [best, ...others] = imported.detectFormat(input);
      assert.deepStrictEqual([best.origin, best.preset, best.isSettled, others], ['preset', 'default', true, []]);
    }
  });

  test('--accept takes the likeliest format, and says so', async () => {
    const [{ format }] = imported.detectFormat(OPEN_LINES);
    const text = OPEN_LINES.join('\n');
    // The records have no time of their own, so that the documents have the time of parsing.
    const withoutTime = (documents) => documents.replace(/^{"@timestamp":"[^"]+",/gm, '{');
    const expected = withoutTime(Buffer.from(new imported.Parser({ format }).toNdjson(text)).toString());
    assert.equal(documentsOf(Buffer.from(expected))[0].destination.port, 443);
    for (const [args, input, name] of [[['--accept', openLog], '', openLog], [['--accept'], text, '<stdin>'],
      [['--accept', '-'], gzipSync(text), '<stdin>']]) {
      const { status, stdout, stderr } = await runCommand(args, { input });
      assert.equal(withoutTime(stdout), expected);
      const notice = /^(.*): accepted the likeliest format \(([\d.]+) %, columns 2, 3 open\): '(.*)'\n1 file, \d+ lines: [^\n]*\n$/.exec(stderr);
      assert.deepStrictEqual([notice?.[1], notice?.[3]], [name, format], stderr);
      assert.equal(status, 0);
    }
  });

  test('--accept changes nothing where nothing is open', async () => {
    const headed = folder.write('headed-too.log', `${HEADER}\n${GOOD}\n`);
    const plain = folder.write('plain-too.log', linesOf(PLAIN, 3000).join('\n'));
    for (const file of [headed, plain, v5Log, folder.write('empty.log', ''), folder.write('no.log', 'no flow log\n')]) {
      const [accepting, other] = [await runCommand(['--accept', file]), await runCommand([file])];
      for (const result of [accepting, other]) result.stderr = result.stderr.replace(/ in [\d.]+ s$/m, '');
      assert.deepStrictEqual(accepting, other);
    }
  });

  test('--accept does not take a format of lines that do not show a flow log', async () => {
    const flow = (index) => [1767225600 + index, `192.0.2.${index}`, 40000 + index * 7, '198.51.100.7', 443, 6, 400 + index * 31];
    const flows = Array.from({ length: 40 }, (_, index) => flow(index + 1).join(' ')).join('\n');
    const refused = await runCommand(['--accept'], { input: flows });
    assert.match(refused.stderr, /^<stdin>: did not accept the likeliest format \([\d.]+ %\): no column has values that only flow logs have\n/);
    assert.deepStrictEqual([refused.status, refused.stdout], [1, '']);
    // Without such values, the laws of a record show it.
    const lawful = (index) => [1767225600 + index, 1767225640 + index, `192.0.2.${index}`, '198.51.100.7', index, 60 * index];
    const input = Array.from({ length: 40 }, (_, index) => lawful(index + 1).join(' ')).join('\n');
    const { stdout, stderr } = await runCommand(['--accept'], { input });
    assert.match(stderr, /^<stdin>: accepted the likeliest format/);
    assert.equal(documentsOf(Buffer.from(stdout)).length, 40);
  });

  test('--accept keeps the documents before the end of a broken input', async () => {
    const cut = folder.write('cut-open.gz', gzipSync(`${OPEN_LINES.join('\n')}\n`.repeat(2000)).subarray(0, -9));
    const { status, stdout, stderr } = await runCommand(['--accept', cut]);
    assert.ok(stdout.split('\n').length > 1000, `${stdout.length}`);
    assert.match(stderr, /accepted the likeliest format .*\n.*: the gzip data is cut short\n/);
    assert.equal(status, 1);
  });

  test('--accept and --format are two ways to say it', async () => {
    const { status, stderr } = await runCommand(['--accept', '--format', 'v5', openLog]);
    const message = '--accept takes the format that the lines suggest: give it or --format, not both';
    assert.deepStrictEqual([status, stderr], [2, `vpcflow-ecs: ${message}\n`]);
  });

  test('what was asked for is taken', async () => {
    const format = '${action} ${dstaddr} ${dstport} ${log-status}';
    const { status, stdout } = await runCommand(['--format', format, openLog]);
    assert.equal(documentsOf(Buffer.from(stdout))[0].destination.ip, '10.0.1.4');
    assert.equal(status, 0);
  });
});
