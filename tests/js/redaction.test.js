// Redaction: what is replaced, by kind and by shape, and what stays; redacted lines parse as they did.

import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { redact } from '../../www/worker/redaction.js';
import { Log } from '../../www/worker/log.js';
import { EXAMPLES, textOf } from '../../www/examples.js';
import { facts } from '../../www/facts.js';
import { runCommand, temporaryFolder } from './command.js';
import { documentCases, fixture, importFrom, imported, repository } from './package.js';
import { GOOD, HEADER } from './samples.js';

const { Redactor } = await importFrom('js/redact/redactor.js');
const tables = { fields: imported.fields(), presets: imported.presets(), schemas: imported.schemas() };
facts.set(tables);

describe('redaction', () => {
  const redactor = () => new Redactor((values) => randomFillSync(values));
  const octets = (address) => address.split('.');
  const common = (a, b) => a.findIndex((part, index) => part !== b[index]);

  test('addresses of one prefix share a prefix of the same length, and no more', () => {
    const one = redactor();
    const addresses = Array.from({ length: 400 }, (_, index) => [52, 219, index % 7, (index * 37) % 256].join('.'));
    addresses.push('8.8.8.8', '52.95.1.2', '203.0.113.7', '10.0.1.20', '10.0.1.21', '10.1.0.1', '192.168.4.5', '172.16.0.9', '172.217.1.1', '100.64.2.3', '169.254.1.1');
    const mapped = addresses.map((address) => one.token(address));
    for (const [i, a] of addresses.entries()) {
      assert.equal(one.token(a), mapped[i]);
      for (const [j, b] of addresses.entries()) assert.equal(common(octets(mapped[i]), octets(mapped[j])), common(octets(a), octets(b)), `${a} ${b}`);
    }
    assert.notDeepStrictEqual(addresses, mapped);
  });

  test('private stays private, public stays public, IPv6 keeps its kind', () => {
    const kinds = [/^10\./, /^192\.168\./, /^172\.(1[6-9]|2\d|3[01])\./, /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./, /^169\.254\./];
    for (let round = 0; round < 20; round++) {
      const one = redactor();
      for (const [index, address] of ['10.2.3.4', '192.168.7.8', '172.20.1.1', '100.99.1.2', '169.254.3.4'].entries()) assert.match(one.token(address), kinds[index]);
      for (const address of ['8.8.8.8', '172.217.4.4', '203.0.113.9', '192.0.2.3', '169.1.2.3']) {
        const found = one.token(address);
        assert.ok(!kinds.some((kind) => kind.test(found)), found);
        assert.ok(Number(octets(found)[0]) > 0 && Number(octets(found)[0]) < 224, found);
      }
      assert.match(one.token('2001:db8::7'), /^[23][0-9a-f]{3}:/);
      assert.match(one.token('fe80::1'), /^fe80:/);
      assert.equal(one.token('::1'), '::1');
      const [a, b] = [one.token('2001:db8:1:2::1'), one.token('2001:db8:1:3::1')].map((text) => text.split(':'));
      assert.equal(common(a, b), 3);
    }
  });

  test('accounts, identifiers, ARNs and names get equal replacements in all columns; counts stay', () => {
    const one = redactor();
    const fields = ['account-id', 'interface-id', 'ecs-task-arn', 'ecs-cluster-name', 'bytes', 'action', 'instance-tag'];
    const line = '123456789010 eni-0a1b2c3d arn:aws:ecs:eu-central-1:123456789010:task/shop/0f9de1 shop 999999999999 REJECT web%20front';
    const kinds = new Map(imported.fields().map(({ name, kind }) => [name, kind]));
    const kindsOf = (names) => names.map((name) => kinds.get(name));
    const [account, eni, arn, cluster, bytes, action, tag] = one.line(line, kindsOf(fields)).split(' ');
    assert.match(account, /^[1-9]\d{11}$/);
    assert.notEqual(account, '123456789010');
    assert.match(eni, /^eni-[0-9a-f]{8}$/);
    assert.notEqual(eni, 'eni-0a1b2c3d');
    assert.equal(arn.split(':')[4], account);
    assert.equal(arn.split('/')[1], cluster);
    assert.ok(!arn.includes('shop') && !arn.includes('0f9de1'));
    assert.deepStrictEqual([bytes, action], ['999999999999', 'REJECT']);
    assert.notEqual(tag, 'web%20front');
    assert.equal(one.line('123456789010 unknown - -', kindsOf(['account-id', 'account-id', 'instance-tag', 'bytes'])), `${account} unknown - -`);
  });

});

describe('shapes', () => {
  const redactor = () => new Redactor((values) => randomFillSync(values));
  /** Returns the redacted text of a line whose columns are not known. */
  const free = (line, one = redactor()) => one.line(line, undefined, () => undefined);

  /** Secrets, and what has to be left of the line: a pattern. */
  const SHAPES = {
    'a host name of EC2 with a private address': ['from ip-10-0-13-7.ec2.internal', ['10-0-13-7'], /ip-10-\d+-\d+-\d+\.ec2\.internal$/],
    'a host name of EC2 with a public address': ['ec2-52-219-72-9.eu-central-1.compute.amazonaws.com', ['52-219-72-9'], /^ec2-\d+-\d+-\d+-\d+\.eu-central-1\.compute\.amazonaws\.com$/],
    'another host name with an address': ['node-10-1-2-3.corp.example', ['10-1-2-3', 'node', 'corp', 'example'], /^\w{4}-10-\d+-\d+-\d+\.\w{4}\.\w{7}$/],
    'an access key': ['key=AKIAIOSFODNN7EXAMPLE', ['AKIAIOSFODNN7EXAMPLE'], /^\w{3}=AKIA[A-Z2-7]{16}$/],
    'an ARN': ['arn:aws:iam::123456789010:user/alice', ['123456789010', 'alice'], /^arn:aws:iam::\d{12}:user\/\w{5}$/],
    'a mail address': ['to <alice.b@example.com>', ['alice', 'example', 'com'], /^\w\w <\w{5}\.\w@\w{7}\.\w{3}>$/],
    'a MAC address': ['0a:1B:2c:3d:4e:5f', ['0a:1B:2c', '3d:4e:5f'], /^02(?::[\da-f]{2}){5}$/],
    'a MAC address with hyphens': ['0a-1b-2c-3d-4e-5f', ['1b-2c-3d'], /^02(?:-[\da-f]{2}){5}$/],
    'an account in a path': ['s3://b/AWSLogs/123456789010/vpcflowlogs/eu-central-1/2026/01/02/123456789010_vpcflowlogs_eu-central-1_fl-0a1b2c3d_20260102T0000Z_abc.log.gz', ['123456789010', 'fl-0a1b2c3d', 'abc.'], /AWSLogs\/(\d{12})\/vpcflowlogs\/eu-central-1\/2026\/01\/02\/\1_vpcflowlogs_eu-central-1_fl-[\da-f]{8}_20260102T0000Z_\w{3}\.log\.gz$/],
    'a stream with an identifier': ['eni-0a1b2c3d4e5f60718-all', ['0a1b2c3d4e5f60718'], /^eni-[\da-f]{17}-all$/],
    'IPv6 in brackets with a zone': ['[2001:DB8:0:0:8:800:200C:417A%eth0]:443', ['200C', '200c', 'eth0', '443'], /^\[[23][\da-f]{3}:[\da-f:]+%\w{4}\]:\d{3}$/],
    'an IPv4 address within IPv6': ['::ffff:198.51.100.7', ['198.51.100.7'], /^::ffff:\d+\.\d+\.\d+\.\d+$/],
    'a network': ['10.1.2.0/24', ['10.1.2.0'], /^10\.\d+\.\d+\.\d+\/\d\d$/],
    'escapes': ['alice\\u0062ob\\n\\tcarol%20d\\"eve', ['alice', 'u0062', 'carol', 'eve'], /^\w{5}\\u006[1-9a-f]\w{2}\\n\\t\w{5}%20\w\\"\w{3}$/],
    'JSON within JSON': ['{"owner":"123456789010","logGroup":"/vpc/shop","message":"{\\"ip\\":\\"10.0.0.1\\",\\"who\\":\\"alice\\"}"}', ['123456789010', 'shop', '10.0.0.1', 'alice'],
      /^\{"owner":"\d{12}","logGroup":"\/vpc\/\w{4}","message":"\{\\"ip\\":\\"10\.\d+\.\d+\.\d+\\",\\"who\\":\\"\w{5}\\"\}"\}$/],
    'a phone number and a card': ['call 4915112345678 or 4111 1111 1111 1111', ['4915112345678', '4111', '1111'], /^\w{4} \d{13} \w\w \d{4} \d{4} \d{4} \d{4}$/],
    'keys of JSON': ['{"alice@acme.example":1,"i-0123456789abcdef0":2,"db01.prod.acme":3,"logGroup":4}', ['alice', 'acme', 'example', '0123456789abcdef0', 'db01', 'prod'],
      /^\{"\w{5}@\w{4}\.\w{7}":1,"i-[\da-f]{17}":2,"\w{4}\.\w{4}\.\w{4}":3,"logGroup":4\}$/],
    'an ARN of a topic': ['arn:aws:sns:eu-central-1:123456789010:acme-secret-topic:0a1b2c', ['123456789010', 'acme', 'secret', 'topic', '0a1b2c'],
      /^arn:aws:sns:eu-central-1:\d{12}:\w{4}-\w{6}-\w{5}:\w{6}$/],
    'an ARN of an API': ['arn:aws:execute-api:eu-central-1:123456789010:abc123xyz/prod', ['123456789010', 'abc123xyz', 'prod'], /^arn:aws:execute-api:eu-central-1:\d{12}:\w{9}\/\w{4}$/],
    'a broken line': ['2 123456789010 eni-0a1b2c3d 10.0.0.1 alice 443 1767225604 ACCEPT OK', ['123456789010', 'eni-0a1b2c3d', '10.0.0.1', 'alice'], /^2 \d{12} eni-[\da-f]{8} 10\.\d+\.\d+\.\d+ \w{5} \d{3} 1767225604 ACCEPT OK$/],
  };
  for (const [name, [line, secrets, left]] of Object.entries(SHAPES)) {
    test(name, () => {
      const rounds = Array.from({ length: 20 }, () => free(line));
      for (const found of rounds) assert.match(found, left);
      for (const secret of secrets) {
        const leaks = rounds.filter((found) => found.includes(secret));
        // A short secret can be a replacement by chance, but not in each round.
        assert.ok(leaks.length < (secret.length > 5 ? 1 : rounds.length), `${secret} in ${leaks[0]}`);
      }
    });
  }

  test('a megabyte of backslashes is read in one pass', { timeout: 60_000 }, () => {
    const slashes = '\\'.repeat(1 << 20);
    for (const line of [`"${slashes}`, `${slashes}" x ${slashes}`, `${'\\'.repeat(31)}" ${slashes}`]) {
      const found = free(`${line}alice`);
      assert.equal(found.length, line.length + 5);
      assert.equal(found.replaceAll(/[^\\" ]/g, 'x'), `${line}xxxxx`.replaceAll(/[^\\" ]/g, 'x'));
    }
  });

  test('equal values are equal in every shape', () => {
    const one = redactor();
    const address = one.token('10.0.13.7', 'address');
    assert.equal(free('ip-10-0-13-7.ec2.internal', one), `ip-${address.replaceAll('.', '-')}.ec2.internal`);
    assert.equal(free('::ffff:10.0.13.7', one), `::ffff:${address}`);
    assert.equal(free('::ffff:a00:d07', one), one.token('::ffff:10.0.13.7', 'address').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...octets) => {
      const [a, b, c, d] = octets.slice(0, 4).map(Number);
      return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
    }));
    const account = one.token('123456789010', 'account');
    assert.equal(free('arn:aws:iam::123456789010:root', one).split(':')[4], account);
    // An account that is known is one in a column of numbers, too; other numbers of that length stay there.
    assert.equal(one.token('123456789010', 'integer'), account);
    assert.equal(one.token('999999999999', 'integer'), '999999999999');
    assert.equal(free('AKIAIOSFODNN7EXAMPLE', one), one.token('AKIAIOSFODNN7EXAMPLE', 'code'));
  });

  test('words of kinds stay only if they cannot be somebody', () => {
    const one = redactor();
    one.begin();
    assert.deepStrictEqual(['ACCEPT', 'REJECT', 'NODATA'].map((word) => one.token(word, 'word')), ['ACCEPT', 'REJECT', 'NODATA']);
    assert.notEqual(one.token('alice', 'word'), 'alice');
    assert.equal(one.token('DYNAMODB', 'code'), 'DYNAMODB');
    assert.equal(one.token('2024-01-01T12:34:56.789Z', 'time'), '2024-01-01T12:34:56.789Z');
    assert.equal(one.token('12:34:56', 'time'), '12:34:56');
    assert.notEqual(one.token('OK', 'tag'), 'OK');
    assert.notEqual(one.token('4711', 'text'), '4711');
    const { counts, kept } = one.report();
    assert.deepStrictEqual(kept, [['ACCEPT', 1], ['REJECT', 1], ['NODATA', 1], ['DYNAMODB', 1], ['2024-01-01T12:34:56.789Z', 1]]);
    assert.deepStrictEqual(counts, [['name', 2], ['number', 1]]);
    // Nothing stays behind a time.
    assert.match(one.token('2024-01-01_alice@acme.example', 'time'), /^(?!.*(?:alice|acme|example)).*_\w{5}@\w{4}\.\w{7}$/);
    assert.doesNotMatch(one.token('12:34alice', 'time'), /alice/);
  });

  test('no name becomes a number, whatever the random bytes are', () => {
    for (let byte = 0; byte < 32; byte++) {
      const one = new Redactor((values) => values.fill(byte));
      one.begin();
      assert.match(one.token('ssh', 'port'), /^[a-z][a-z\d]{2}$/, String(byte));
    }
  });

  test('types of resources stay in ARNs, and are among the words that stay', () => {
    const one = redactor();
    one.begin();
    assert.match(free('arn:aws:ecs:eu-central-1:123456789010:task-definition/shop:7', one), /^arn:aws:ecs:eu-central-1:\d{12}:task-definition\/\w{4}:\d$/);
    assert.deepStrictEqual(one.report().kept, [['arn:aws:ecs:eu-central-1', 1], ['task-definition', 1]]);
  });

  test('a log is redacted in chunks as in one', async () => {
    const lines = ['srcaddr instance-tag', '10.0.0.1 Zoë', '', '10.0.0.2 Zoë', '10.0.0.1'];
    const bytes = Buffer.from(lines.join('\n'));
    const whole = await redact([bytes], imported, undefined);
    const chunked = await redact(Array.from(bytes, (byte) => Uint8Array.of(byte)), imported, undefined);
    const text = await chunked.blob.text();
    assert.equal(text, await whole.blob.text());
    assert.deepStrictEqual(chunked.report, whole.report);
    assert.match(text, /^srcaddr instance-tag\n(10\.\d+\.\d+\.\d+) (\w{3})\n\n10\.\d+\.\d+\.\d+ \2\n\1$/);
  });

  test('names in a line that only looks like a header do not stay', () => {
    const text = async (line) => (await redact([Buffer.from(line)], imported, undefined)).blob.text();
    return Promise.all([
      ['account start end alice', /^account start end (?!alice)\w{5}$/], ['version account_id start acmeprod bobsmith', /^version account_id start (?!acmeprod)\w{8} (?!bobsmith)\w{8}$/],
      ['version account-id srcaddr dstaddr', /^version account-id srcaddr dstaddr$/],
    ].map(async ([line, expected]) => assert.match(await text(line), expected)));
  });
});

describe('redacted lines', () => {
  /** Returns what a parser says of an input, without values: for each record the keys, for each error its code and line. */
  function shapeOf(input, options) {
    const found = [];
    const keys = (value, path = '') => (typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => keys(inner, `${path}.${key}`)) : [path]);
    const parser = new imported.Parser({ ...options, onError: 'skip', report: ({ code, lineNumber }) => found.push(`${lineNumber}: ${code}`) });
    try {
      found.push(...parser.parseMany(input).map((document) => keys(document).sort().join(' ')));
    } catch (error) {
      found.push(error.code);
    }
    return [found, parser.layers, parser.stats.lines, parser.stats.headers, parser.stats.blanks];
  }

  async function redacted(input, options) {
    const { format, layers = true } = options;
    const text = Array.isArray(format) ? undefined : format;
    const log = new Log(imported, text, { layers, options });
    log.feed(Buffer.from(input));
    log.finish();
    const { blob } = await redact([Buffer.from(input)], imported, log);
    log.free();
    return blob.text();
  }

  const inputs = [
    ...documentCases().map(({ file, name, options = {}, lines }) => ({ name: `${file}: ${name}`, options, input: lines.join('\n') })),
    ...['layers', 'reported'].flatMap((file) => fixture(`inputs/${file}.json`).filter((each) => !each.decode).map(({ name, options = {}, input }) => ({ name: `${file}: ${name}`, options, input }))),
    ...fixture('errors.json').filter(({ input, error, options }) => typeof input === 'string' && error.lineNumber !== null && !options.onError)
      .map(({ name, options, input }) => ({ name: `errors: ${name}`, options, input })),
    ...EXAMPLES.map((example) => ({ name: `example: ${example.title}`, options: example.format ? { format: example.format } : {}, input: textOf(example, tables) })),
  ];

  /** Inputs that may differ, with the reasons. */
  const DEVIATIONS = {
    'documents-choice.json: a tag whose value is the name of a field': 'the page has one format, and the lines have one of several',
    'reported: a Parquet file': 'it is not text',
    "errors: a header with a name that takes another key's place": 'the line is not a header, so that only the names of fields stay in it',
    'errors: unknown field in a header, strict': 'the same',
  };

  test('have the documents, keys, layers and errors that they had', async () => {
    const differing = [];
    for (const { name, options, input } of inputs) {
      const found = await redacted(input, options);
      try {
        assert.deepStrictEqual(shapeOf(found, options), shapeOf(input, options));
      } catch {
        if (!(name in DEVIATIONS)) differing.push(`${name}\n  ${input.slice(0, 300)}\n  ${found.slice(0, 300)}`);
      }
    }
    assert.ok(inputs.length > 350, String(inputs.length));
    assert.deepStrictEqual(differing, []);
  });
});

describe('vpcflow-ecs redact', () => {
  const folder = temporaryFolder();
  const sample = readFileSync(join(repository, 'examples/sample.log'), 'utf8');

  test('writes lines that parse as before, and says what was replaced and what stays', async () => {
    folder.write('sample.log.gz', gzipSync(sample));
    const { status, stdout, stderr } = await runCommand(['redact', 'sample.log.gz'], { cwd: folder.path });
    assert.equal(status, 0);
    const shape = (text) => {
      const parser = new imported.Parser({ onError: 'skip' });
      const documents = parser.parseMany(text);
      return [documents.map((document) => Object.keys(document).join(' ')), parser.stats];
    };
    assert.deepStrictEqual(shape(stdout), shape(sample));
    assert.equal(stdout.split('\n')[0], sample.split('\n')[0]);
    for (const [address] of sample.matchAll(/\b\d+\.\d+\.\d+\.\d+\b/g)) assert.ok(!stdout.includes(` ${address} `), address);
    assert.match(stderr, /^12 lines: [^\n]*\d+ addresses[^\n]* replaced\nthese words stay: [^\n]*ACCEPT \(\d+\)[^\n]*\n$/);
  });

  test('has equal replacements in all files of a run, each read by its own header', async () => {
    const other = `srcaddr note dstaddr\n172.31.16.139 alice 10.0.0.1\n`;
    folder.write('a.log', `${HEADER}\n${GOOD}\n`);
    folder.write('b.log', other);
    const { status, stdout, stderr } = await runCommand(['redact', '--quiet', 'a.log', 'b.log'], { cwd: folder.path });
    assert.deepStrictEqual([status, stderr], [0, '']);
    const [first, record, second, line, end] = stdout.split('\n').map((text) => text.split(' '));
    assert.deepStrictEqual([first.join(' '), end], [HEADER, ['']]);
    // A name that no field has can be somebody's.
    assert.match(second.join(' '), /^srcaddr (?!note)\w{4} dstaddr$/);
    assert.equal(line[0], record[3]);
    assert.deepStrictEqual(record.slice(5), GOOD.split(' ').slice(5));
    assert.match(line.join(' '), /^172\.\d+\.\d+\.\d+ [a-z\d]{5} 10\.\d+\.\d+\.\d+$/);
    assert.notEqual(line[1], 'alice');
  });

  test('writes the lines before the place where an input is damaged', async () => {
    const lines = Array.from({ length: 500 }, (_, index) => GOOD.replace(' 4249 ', ` ${index} `));
    folder.write('damaged.log.gz', gzipSync(`${lines.join('\n')}\n`).subarray(0, -8));
    const { status, stdout, stderr } = await runCommand(['redact', '--quiet', 'damaged.log.gz'], { cwd: folder.path });
    assert.equal(status, 1);
    assert.match(stderr, /^damaged\.log\.gz: after line 500: [^\n]*\n$/);
    assert.deepStrictEqual(stdout.split('\n').map((line) => line.split(' ')[9]), [...lines.keys()].map(String).concat([undefined]));
  });

  test('takes a format and a file to write, and tells errors apart', async () => {
    const { status, stdout } = await runCommand(['redact', '-f', 'srcaddr customer-id', '-o', 'out.log', '-'], { cwd: folder.path, input: '10.0.0.1 4711\n' });
    assert.deepStrictEqual([status, stdout], [0, '']);
    const out = readFileSync(join(folder.path, 'out.log'), 'utf8');
    assert.match(out, /^10\.\d+\.\d+\.\d+ \d{4}\n$/);
    assert.ok(!out.includes('4711'));
    const missing = await runCommand(['redact', 'missing.log', 'a.log'], { cwd: folder.path });
    assert.deepStrictEqual([missing.status, missing.stdout.split('\n').length], [1, 3]);
    assert.match(missing.stderr, /^missing\.log: cannot be read: no such file or directory\n/);
    const wrong = await runCommand(['redact', '--format', 'srcaddr ${x', '-o', 'none.log', 'a.log'], { cwd: folder.path });
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /--format: /);
    assert.ok(!existsSync(join(folder.path, 'none.log')));
    const own = await runCommand(['redact', '-o', 'a.log', 'a.log'], { cwd: folder.path });
    assert.equal(own.status, 2);
    assert.match(own.stderr, /"a\.log" is a file to read, and --output would write it/);
    assert.match((await runCommand(['redact', '--help'])).stdout, /^usage: vpcflow-ecs redact /);
  });
});
