// `decode`, in Node.js with zlib and as browsers have it.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { decompress } from 'fzstd';
import { cut, decoders, read } from './decoded.js';
import { PLAIN, linesOf } from './logs.js';
import { importFrom, imported } from './package.js';
import { Dice } from './random.js';

const { createDecode } = await importFrom('js/decode/decode.js');
const { portable } = await importFrom('js/decode/portable.js');
const { Parser } = imported;
const { gzipSync } = zlib;

const TEXT = Array.from({ length: 5000 }, (_, index) => `2 123456789012 eni-0${index} 10.0.0.1 10.0.0.2 ${index} 443 6 1 40 1 2 ACCEPT OK\n`).join('');

for (const [name, decode] of Object.entries(decoders)) {
  test(`${name}, inputs of every kind are the same bytes`, async () => {
    const bytes = new TextEncoder().encode(TEXT);
    const inputs = {
      text: TEXT, bytes, buffer: bytes.buffer, view: new DataView(bytes.buffer), blob: new Blob([bytes]), chunks: [bytes, ''],
      texts: TEXT.split(/(?<=\n)/), readable: Readable.from([bytes]), stream: new Blob([bytes]).stream(),
      parts: new (class {
        byteLength = bytes.length;

        async slice(start, end) {
          return bytes.slice(start, Math.min(end, this.byteLength)).buffer;
        }
      })(),
    };
    for (const [kind, input] of Object.entries(inputs)) {
      const { text, layers, error } = await read(decode(input));
      assert.equal(error, undefined, kind);
      assert.ok(text === TEXT, kind);
      assert.deepStrictEqual(layers, [], kind);
    }
    for (const input of [undefined, 1, {}, null]) assert.throws(() => decode(input), TypeError);
    const { error } = await read(decode([1]));
    assert.equal(error.message, 'argument "input": expected chunks of bytes or text, found a number');
  });

  test(`${name}, members of gzip are read whole, wherever they and the chunks are cut`, async () => {
    const dice = new Dice(7);
    for (let round = 0; round < 30; round++) {
      const members = cut(Buffer.from(TEXT), dice, 300_000).map((part) => gzipSync(part, { level: round % 10 }));
      const tail = [[], [Buffer.from('not gzip')], [Buffer.alloc(70_000)]][round % 3];
      const found = await read(decode(cut(Buffer.concat([...members, ...tail]), dice)));
      assert.equal(found.error, undefined);
      assert.ok(found.text === TEXT);
      const end = members.reduce((sum, { length }) => sum + length, 0);
      const warning = `the gzip data ends at byte ${end}; after it there is something else, which was not read`;
      assert.deepStrictEqual(found.warnings, round % 3 === 1 ? [warning] : []);
    }
  });

  test(`${name}, damage costs no text before it`, async () => {
    const packed = gzipSync(TEXT);
    const whole = await read(decode(packed));
    assert.ok(whole.text === TEXT && whole.error === undefined);
    for (const length of [0, 1, 2, 9, 10, 11, 500, packed.length - 9, packed.length - 1]) {
      const { text, error } = await read(decode(packed.subarray(0, length)));
      // Two bytes are the least that shows gzip.
      const expected = length < 2 ? [undefined, undefined] : ['damaged_input', `byte ${length}: the gzip data is cut short`];
      assert.deepStrictEqual([error?.code, error?.message], expected);
      assert.ok(length < 2 || TEXT.startsWith(text));
    }
    const cut = await read(decode(packed.subarray(0, packed.length - 9)));
    assert.ok(cut.text.length > TEXT.length - 100, `${cut.text.length} of ${TEXT.length} bytes`);
    const sums = [[packed.length - 8, 'checksum'], [packed.length - 1, 'length']];
    for (const [at, what] of sums) {
      const damaged = Buffer.from(packed);
      damaged[at] ^= 1;
      const { text, error } = await read(decode([damaged]));
      assert.ok(text === TEXT);
      assert.equal(error.message, `byte ${packed.length - 8}: the gzip data is damaged: its ${what} is wrong`);
      assert.equal(error.offset, packed.length - 8);
    }
    const header = await read(decode(Uint8Array.of(0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 0)));
    assert.equal(header.error.message, 'byte 0: the gzip data is damaged: its header is unknown');
  });

  test(`${name}, any damage of gzip is an error or the text`, async () => {
    const dice = new Dice(3);
    const packed = gzipSync(TEXT.slice(0, 20_000), { level: 6 });
    for (let round = 0; round < 300; round++) {
      const damaged = Buffer.from(packed);
      damaged[10 + dice.below(packed.length - 10)] ^= 1 << dice.below(8);
      const { text, error } = await read(decode(damaged));
      if (error === undefined) assert.ok(text === TEXT.slice(0, 20_000));
      else assert.equal(error.code, 'damaged_input');
    }
  });

  test(`${name}, a bomb is an error`, async () => {
    const inner = gzipSync(Buffer.alloc(100e6));
    for (const [bomb, options] of [[inner, {}], [gzipSync(inner), {}], [inner, { maxExpansion: 1e9, maxBytes: 1e6 }]]) {
      let length = 0;
      const failure = await (async () => {
        for await (const chunk of decode(bomb, options)) length += chunk.length;
      })().catch((error) => error);
      assert.equal(failure?.code, 'input_too_large');
      assert.ok(length <= 68e6, `${length} bytes`);
    }
    const { error } = await read(decode(JSON.stringify({ awslogs: { data: inner.toString('base64') } }), { maxMemory: 1e6 }));
    assert.equal(error.message, 'the records of an envelope become more than 1000000 bytes, as the option "maxMemory" allows');
    // Several records of one envelope are held together.
    const data = gzipSync(`${'2 1\n'.repeat(100_000)}`).toString('base64');
    const several = await read(decode(JSON.stringify({ records: [{ data }, { data }, { data }] }), { maxMemory: 1e6 }));
    assert.equal(several.error.code, 'input_too_large');
  });

  test(`${name}, a line and a JSON text without end take bounded memory`, async () => {
    const piece = Buffer.alloc(1 << 20, 'x ');
    const count = 1024;
    const lines = async function* (start) {
      yield start;
      for (let index = 0; index < count; index++) yield piece;
    };
    let length = 0;
    for await (const chunk of decode(lines(''))) length += chunk.length;
    assert.equal(length, count * piece.length);
    for (const start of ['{"message":"', '[["', '{"events":[{"message":"a"},{"message":"']) {
      const { error } = await read(decode(lines(start), { maxMemory: 32 << 20 }));
      assert.equal(error.code, 'input_too_large', start);
    }
    const { rss } = process.memoryUsage();
    assert.ok(rss < 1e9, `${rss} bytes`);
  });

  test(`${name}, a list is cut between its items`, async () => {
    const events = Array.from({ length: 200_000 }, (_, index) => ({ timestamp: index, message: `2 ${index} ${'x'.repeat(60)}` }));
    const { text, layers } = await read(decode(cut(Buffer.from(JSON.stringify({ events, nextToken: 't' }, null, 2)), new Dice(5), 1 << 20)));
    const lines = text.trimEnd().split('\n');
    assert.equal(lines.length, events.length);
    assert.ok(lines.every((line, index) => JSON.parse(line).message === events[index].message));
    assert.deepStrictEqual(layers, ['log-events']);
  });

  test(`${name}, damage within a line costs no line before it, also if their format is inferred`, async () => {
    const lines = [...new Set(linesOf(PLAIN, 200))];
    // Not compressed, so that the text ends where the data is cut.
    const packed = gzipSync(`${lines.join('\n')}\n`, { level: 0 });
    for (const length of [packed.length - 9, packed.length - 40]) {
      const parser = new Parser();
      let [text, documents, code] = ['', '', undefined];
      const take = (bytes) => (documents += Buffer.from(bytes));
      try {
        for await (const chunk of decode(packed.subarray(0, length))) {
          text += Buffer.from(chunk);
          take(parser.push(chunk));
        }
      } catch (error) {
        ({ code } = error);
        parser.cut();
        take(parser.end());
      }
      assert.ok(!text.endsWith('\n') && text.length > 5000, 'the text ends within a line');
      assert.equal(code, 'damaged_input');
      assert.equal(parser.inferred, PLAIN);
      assert.equal(documents, Buffer.from(new Parser().toNdjson(text.slice(0, text.lastIndexOf('\n') + 1))).toString());
    }
  });

  test(`${name}, JSON that is cut short or damaged costs no other line`, async () => {
    const [first, second] = ['a', 'b'].map((message) => JSON.stringify({ logGroup: 'g', logEvents: [{ message }] }));
    const lines = [first, '{"message":"cut', second, '{"a":1', '{"message":"c"}x', '{"message":"d"}'];
    const { text, error } = await read(decode(lines.join('\n')));
    assert.equal(error, undefined);
    assert.deepStrictEqual(text.trimEnd().split('\n').map((line) => line.trim()), [
      '{"logGroup":"g","message":"a"}', '{"message":"cut', '{"logGroup":"g","message":"b"}', '{"a":1', '{"message":"c"}', 'x', '{"message":"d"}',
    ]);
    const whole = JSON.stringify({ logGroup: 'g', logEvents: [{ message: 'a' }, { message: 'b' }, { message: 'c' }] });
    const part = await read(decode(whole.slice(0, -10)));
    assert.equal(part.text, '{"logGroup":"g","message":"a"}\n{"logGroup":"g","message":"b"}\n');
    assert.equal(part.error.message, `byte ${whole.length - 10}: the JSON text is cut short`);
  });

  test(`${name}, numbers keep their digits, and text its letters`, async () => {
    const list = '[{"version":2,"bytes":9223372036854775807,"packets":1.50e3,"tag":"\\u00e9 \u{1f600} \\"x\\""},{"version":3}]';
    const { text } = await read(decode(list.replaceAll(',', ',\n')));
    assert.equal(text.trimEnd().split('\n')[0], list.slice(1, list.indexOf('},') + 1).replaceAll(',', ', '));
  });

  test(`${name}, the members of envelopes are kept`, async () => {
    const data = (value) => Buffer.from(value).toString('base64');
    const kinesis = { data: data(gzipSync(JSON.stringify({ owner: '1', logGroup: 'g', logStream: 's', logEvents: [{ id: '7', timestamp: 5, message: 'm' }] }))) };
    const stream = { Records: [{ kinesis, eventSource: 'aws:kinesis', eventSourceARN: 'arn:k', awsRegion: 'r' }] };
    const kept = await read(decode(JSON.stringify(stream)));
    assert.deepStrictEqual(JSON.parse(kept.text), {
      eventSourceARN: 'arn:k', awsRegion: 'r', owner: '1', logGroup: 'g', logStream: 's', id: '7', timestamp: 5, message: 'm',
    });
    // The region of a stream is not a field of a record.
    const firehose = { deliveryStreamArn: 'arn:f', region: 'r', records: [{ data: data('{"srcaddr":"192.0.2.1"}') }, { data: data('a\nb\n') }] };
    const { text } = await read(decode(JSON.stringify(firehose)));
    assert.deepStrictEqual(text.trimEnd().split('\n').map((line) => JSON.parse(line)), [
      { deliveryStreamArn: 'arn:f', region: 'r', event: { srcaddr: '192.0.2.1' } },
      { deliveryStreamArn: 'arn:f', region: 'r', message: 'a' },
      { deliveryStreamArn: 'arn:f', region: 'r', message: 'b' },
    ]);
  });

  test(`${name}, others are named`, async () => {
    const names = {
      'this is zip, which is not text: unpack it first, for example with unzip -p': 'PK\x03\x04\x14\0',
      'this is ORC, which is not text: convert it to Parquet, CSV or JSON lines first': 'ORC\x11\0\0',
      'this is Avro, which is not text: convert it to Parquet, CSV or JSON lines first': 'Obj\x01\x02',
      'this is bzip2, which is not text: unpack it first, for example with bzip2 -dc': 'BZh91AY&SY\x9a\0',
      'this is xz, which is not text: unpack it first, for example with xz -dc': '\xfd7zXZ\0\0',
    };
    for (const [message, start] of Object.entries(names)) {
      const { text, error } = await read(decode(Buffer.from(start, 'latin1')));
      assert.deepStrictEqual([text, error.message, error.code], ['', message, 'unsupported_input']);
    }
    const s3 = { Records: [{ eventSource: 'aws:s3', s3: { object: { key: 'k' } } }] };
    const notifications = [
      ['an event of S3', s3],
      ['an event of SQS', { Records: [{ eventSource: 'aws:sqs', body: JSON.stringify(s3) }] }],
      ['an event of SNS', { Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(s3) } }] }],
      ['a message of SNS', { Type: 'Notification', TopicArn: 'arn', Message: JSON.stringify(s3) }],
      ['messages of SQS', { Messages: [{ ReceiptHandle: 'r', Body: '{}' }] }],
      ['an event of S3 through EventBridge', { 'detail-type': 'Object Created', source: 'aws.s3', detail: {} }],
      ['a test message of S3', { Service: 'Amazon S3', Event: 's3:TestEvent' }],
    ];
    for (const [what, message] of notifications) {
      const { error } = await read(decode(JSON.stringify(message)));
      assert.ok(error?.message.startsWith(`this is ${what}, which names objects and has no records: `), error?.message);
    }
    for (const [text, layers] of [['ORC 2 3', []], ['PAR1 x', []], ['[info] x', []], ['', []], ['\n\n', []]]) {
      const found = await read(decode(text));
      assert.deepStrictEqual([found.text, found.layers, found.error], [text, layers, undefined]);
    }
  });

  test(`${name}, without layers`, async () => {
    const json = JSON.stringify({ logGroup: 'g', logEvents: [{ message: 'a' }] }, null, 2);
    const found = await read(decode(gzipSync(Buffer.from(json, 'utf16le')), { layers: false }));
    assert.deepStrictEqual([found.text, found.layers], [json, ['gzip', 'utf-16le']]);
  });

  test(`${name}, options are checked, and a signal ends it`, async () => {
    const wrong = { layers: 1, maxBytes: 0, maxExpansion: 'x', maxMemory: Number.NaN, parquet: true, maxByte: 1 };
    for (const [option, value] of Object.entries(wrong)) {
      assert.throws(() => decode('', { [option]: value }), { code: 'invalid_option', message: new RegExp(`"${option}"`) });
    }
    const controller = new AbortController();
    const decoded = decode((async function* () {
      yield '2 1 2 3\n';
      controller.abort(new Error('enough'));
      yield 'b\n';
    })(), { signal: controller.signal });
    const { text, error } = await read(decoded);
    assert.deepStrictEqual([text, error.message], ['2 1 2 3\n', 'enough']);
  });

  test(`${name}, a source is closed by break and by the stream's end`, async () => {
    let isClosed = false;
    const source = () => (async function* () {
      try {
        for (;;) yield gzipSync('2 1\n');
      } finally {
        isClosed = true;
      }
    })();
    for await (const chunk of decode(source())) if (chunk.length > 0) break;
    assert.ok(isClosed);
    isClosed = false;
    const reader = decode(source()).stream().getReader();
    assert.match(Buffer.from((await reader.read()).value).toString(), /^2 1\n/);
    await reader.cancel();
    assert.ok(isClosed);
  });
}

/** Returns a text of up to 255 bytes as zstd: a frame with one block that is not compressed. */
function zstdOf(text) {
  const bytes = Buffer.from(text);
  const block = (bytes.length << 3) | 1;
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length, block & 255, (block >> 8) & 255, block >> 16]), bytes]);
}

test('zstd is read where there is an unpacker, and named where there is none', async () => {
  const line = '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n';
  const packed = zstdOf(line);
  const unzstd = async function* (chunks) {
    const parts = [];
    for await (const chunk of chunks) parts.push(Buffer.from(chunk));
    yield decompress(Buffer.concat(parts));
  };
  const given = createDecode({ ...portable, unzstd });
  const found = await read(given(gzipSync(packed)));
  assert.deepStrictEqual([found.text, found.layers, found.error], [line, ['gzip', 'zstd'], undefined]);
  const cut = await read(given(packed.subarray(0, 20)));
  assert.equal(cut.error.code, 'damaged_input');
  assert.match(cut.error.message, /^the zstd data is damaged or cut short: /);
  for (const [has, decode] of [[Boolean(zlib.createZstdDecompress), imported.decode], [Boolean(portable.unzstd), createDecode(portable)]]) {
    const { text, error } = await read(decode(packed));
    if (has) assert.equal(text, line);
    else assert.equal(error.message, 'this is zstd, which this platform does not have: unpack it first, for example with zstd -dc');
  }
});
