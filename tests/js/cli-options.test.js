// The options of the command, right and wrong.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCommand, temporaryFolder } from './command.js';
import { imported, manifest } from './package.js';
import { GOOD, HEADER, OTHER } from './samples.js';

const folder = temporaryFolder();
const LOG = `${[HEADER, GOOD, '', OTHER].join('\n')}\n`;
const logFile = folder.write('flow.log', LOG);

describe('options', () => {
  const documentsFor = async (args) => {
    const { status, stdout, stderr } = await runCommand(args, { input: `${GOOD}\n` });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  };

  test('reach the parser', async () => {
    const { parse } = imported;
    const expectations = [
      [['--format', 'default'], {}],
      [['--format=v3', '-f', '${srcaddr} ${dstaddr}', '-f', 'default'], {}],
      [['--schema', 'beats', '--mode', 'original'], { schema: 'beats', mode: 'original' }],
      [['-s', 'elastic-integration'], { schema: 'elastic-integration' }],
      [['--preserve-original', '--tag', 'a', '-t', 'b'], { preserveOriginal: true, tags: ['a', 'b'] }],
      [['--fields', '{"host":{"name":"one"}}'], { fields: { host: { name: 'one' } } }],
      [['--data-stream'], { dataStream: true }],
      [['--data-stream=prod'], { dataStream: { namespace: 'prod' } }],
      [['--ingested=2024-02-29T00:00:00Z'], { ingested: '2024-02-29T00:00:00Z' }],
      [['--strict', '-f', 'default'], { strict: true }],
      [['--no-community-id'], { communityId: false }],
      [['--omit-log-status', 'NODATA', '--omit-log-status=SKIPDATA'], { omitLogStatus: ['NODATA', 'SKIPDATA'] }],
      [['--precedence', 'format', '-f', 'default'], { precedence: 'format' }],
    ];
    for (const [args, options] of expectations) {
      assert.deepStrictEqual(await documentsFor(args), parse(GOOD, 'default', options), args.join(' '));
    }
  });

  test('--ingested is now', async () => {
    const before = Date.now();
    const { event } = await documentsFor(['--ingested']);
    const time = Date.parse(event.ingested);
    assert.ok(time >= before - 1000 && time <= Date.now() + 1000, event.ingested);
  });

  test('--bulk-* write bodies of bulk requests', async () => {
    const dataStream = { namespace: 'prod' };
    const expectations = [
      [['--bulk-index', 'flows'], {}, { index: 'flows' }],
      [['--bulk-index=flows', '--bulk-op', 'index', '--bulk-id', 'fingerprint'], {}, { index: 'flows', op: 'index', id: 'fingerprint' }],
      [['--bulk-data-stream'], {}, { dataStream: true }],
      [['--bulk-data-stream', '--data-stream'], { dataStream: true }, { dataStream: true }],
      [['--bulk-data-stream', '--data-stream=prod'], { dataStream }, { dataStream }],
      [['--bulk-data-stream=logs-a-b', '--data-stream=prod'], { dataStream }, { dataStream: 'logs-a-b' }],
    ];
    for (const [args, options, bulk] of expectations) {
      const { status, stdout, stderr } = await runCommand([...args, logFile]);
      assert.equal(status, 0, stderr);
      assert.equal(stdout, Buffer.from(new imported.Parser(options).toBulk(LOG, bulk)).toString(), args.join(' '));
    }
  });

  test('--pretty indents as JSON.stringify does', async () => {
    const { stdout } = await runCommand(['--pretty', logFile]);
    const ndjson = Buffer.from(new imported.Parser().toNdjson(LOG)).toString();
    const lines = ndjson.trimEnd().split('\n');
    assert.equal(stdout, lines.map((line) => `${JSON.stringify(JSON.parse(line), null, 2)}\n`).join(''));
  });

  test('--pretty keeps all digits of big integers', async () => {
    const input = `${GOOD.replace(' 4249 ', ' 9223372036854775807 ')}\n`;
    const { stdout } = await runCommand(['--pretty'], { input });
    assert.equal(stdout.match(/"bytes": 9223372036854775807\b/g).length, 2);
  });

  test('--help', async () => {
    for (const name of ['--help', '-h']) {
      const { status, stdout, stderr } = await runCommand([name]);
      assert.equal(status, 0);
      assert.equal(stderr, '');
      for (const word of ['usage: vpcflow-ecs', '--format', '--schema', '--mode', '--preserve-original', '--on-error',
        '--pretty', '--tag', '--fields', '--data-stream', '--ingested', '--strict', '--max-errors', '--version']) {
        assert.ok(stdout.includes(word), word);
      }
      for (const line of stdout.split('\n')) assert.ok(line.length <= 90, line);
    }
  });

  test('--version', async () => {
    const { status, stdout } = await runCommand(['--version']);
    assert.equal(stdout, `${manifest.version}\n`);
    assert.equal(status, 0);
  });
});

describe('wrong usage', () => {
  const wrong = [
    [['--fromat', 'v5'], 'there is no option --fromat; did you mean --format?'],
    [['--unheard-of'], 'there is no option --unheard-of; see vpcflow-ecs --help'],
    [['-x'], 'there is no option -x; see vpcflow-ecs --help'],
    [['--flow-log', 'vpc-1'], '--flow-log: expected the identifier of a flow log (fl-0123456789abcdef0), found "vpc-1"'],
    [['--flow-log', 'fl-0123456789abcdef0', '-f', 'v5'], '--flow-log gives the format: give it or --format, not both'],
    [['--flow-log', 'fl-0123456789abcdef0', '--accept'], '--flow-log gives the format: give it or --accept, not both'],
    [['--format'], '--format needs a value: --format=FORMAT'],
    [['--format', '--pretty'], '--format needs a value: --format=FORMAT'],
    [['--pretty=yes'], '--pretty takes no value'],
    [['--schema', 'esc'], '--schema is one of ecs, elastic-integration, elastic-integration-1.12 or beats, not "esc"; did you mean ecs?'],
    [['--on-error', 'throw'], '--on-error is one of fail, skip or document, not "throw"'],
    [['--schema', 'ecs', '--schema', 'beats'], '--schema is given twice'],
    [['--max-errors', 'all'], '--max-errors must be a whole number, not "all"'],
    [['--fields', '{'], /^--fields is not JSON: /],
    [['--fields', '["a"]'], '--fields must be a JSON object such as {"host":{"name":"a"}}'],
    [['--schema', 'elastic-integration', '--mode', 'original'], /mode/],
    [['--ingested=yesterday'], /ingested/],
    [['--format', ''], /^--format: .*in single quotes/],
    [['--format', 'srcaddr srcaddr;'], /^--format: .*srcaddr;/],
    [['--bulk-id', 'fingerprint'], '--bulk-id goes with --bulk-index or --bulk-data-stream'],
    [['--bulk-op', 'index'], '--bulk-op goes with --bulk-index or --bulk-data-stream'],
    [['--bulk-index', 'a', '--pretty'], 'bulk requests have one document a line: leave out --pretty'],
    [['--bulk-index', 'a', '--bulk-data-stream'], /^option "bulk": give "index" or "dataStream"/],
    [['--bulk-index', 'A'], 'option "bulk.index": expected a name in small letters, found "A"'],
    [['--bulk-data-stream', '--bulk-op', 'index'], /^option "bulk.op": a data stream takes "create" only/],
    [['--strict', '--format', 'version srcadr'], /^--format: .*"srcadr".*"srcaddr"/],
  ];
  for (const [args, expected] of wrong) {
    test(args.join(' '), async () => {
      const { status, stdout, stderr } = await runCommand([logFile, ...args]);
      assert.equal(status, 2, stderr);
      assert.equal(stdout, '');
      const [first] = stderr.split('\n');
      assert.ok(first.startsWith('vpcflow-ecs: '), stderr);
      const message = first.slice('vpcflow-ecs: '.length);
      if (expected instanceof RegExp) assert.match(message, expected);
      else assert.equal(message, expected);
    });
  }

  test('shows the place in a format', async () => {
    const { stderr } = await runCommand(['--format', 'version srcaddr; dstaddr'], { input: '' });
    assert.ok(stderr.includes(`\n  version srcaddr; dstaddr\n  ${' '.repeat(8)}^^^^^^^^\n`), stderr);
  });
});
