// Inputs as people have them, decoded and read: one set of fixtures in Node.js and in browsers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BROWSER, launchBrowser, serve } from './browser.js';
import { bytesOf } from './inputs.js';
import { cut, decoders } from './decoded.js';
import { NOW, documentsOf, fixture, imported, packageRoot, stopClock } from './package.js';
import { Dice } from './random.js';

const { Parser } = imported;

stopClock();

/** Decodes an input and reads it. */
async function read(decoded, options) {
  const errors = [];
  const parser = new Parser({ ...options, onError: 'skip', report: ({ message }) => errors.push(message) });
  const documents = [];
  for await (const chunk of decoded) documents.push(...documentsOf(parser.push(chunk)));
  documents.push(...documentsOf(parser.end()));
  return { documents, errors, layers: parser.layers };
}

const { cases, expected, options } = fixture('inputs/decode.json');

for (const [name, decode] of Object.entries(decoders)) {
  describe(`decoded ${name}`, () => {
    for (const each of cases) {
      test(each.name, async () => {
        const bytes = bytesOf(each);
        const dice = new Dice(bytes.length);
        // Whole, and in chunks that are cut anywhere.
        for (const input of [bytes, ...Array.from({ length: 5 }, () => cut(bytes, dice, 200))]) {
          const decoded = decode(input);
          const found = await read(decoded, options);
          assert.deepStrictEqual(found, { documents: expected, errors: [], layers: each.layers });
          assert.deepStrictEqual([decoded.layers, decoded.warnings], [each.decoded, []]);
        }
      });
    }

    // The parser reads decoded inputs as it reads them by itself.
    for (const file of ['inputs/layers.json', 'inputs/reported.json']) {
      for (const { name: title, input, options: given, expected: documents, errors = [], code } of fixture(file)) {
        if (code !== undefined) continue;
        test(`${file}: ${title}`, async () => {
          const decoded = decode(input);
          const found = await read(decoded, given).catch((error) => error);
          if (found.code !== undefined) {
            // A notification is not an error of a line: there is nothing to read.
            assert.equal(found.code, 'unsupported_input');
            assert.ok(documents.length === 0 && errors.length > 0);
            return;
          }
          assert.deepStrictEqual(found.documents, documents);
          // Records that were on one line have lines of their own.
          const isSame = decoded.layers.length === 0;
          assert.deepStrictEqual(isSame ? found.errors : found.errors.length, isSame ? errors : errors.length);
        });
      }
    }
  });
}

test('the members of envelopes are in documents with the option transport', async () => {
  const event = {
    Records: [{
      kinesis: { data: bytesOf(cases.find(({ name }) => name === 'a payload of a subscription')).toString('base64') },
      eventSource: 'aws:kinesis', eventSourceARN: 'arn:aws:kinesis:us-east-1:111122223333:stream/flow', awsRegion: 'us-east-1',
    }],
  };
  const { documents } = await read(imported.decode(JSON.stringify(event)), { transport: true });
  const id = '3562500000000000000000000000000000000000000000000000000';
  const kept = documents.map(({ aws, cloud, event: { id: identifier, created } }) => [aws.cloudwatch, aws.kinesis, cloud.region, identifier, created]);
  const [logs, kinesis] = [{ log_group: '/vpc/flow', log_stream: 'eni-0a1b2c3d4e5f60718-all' }, { arn: event.Records[0].eventSourceARN }];
  assert.deepStrictEqual(kept, [
    [logs, kinesis, 'us-east-1', `${id}0`, '2026-01-01T00:00:14.000Z'],
    [logs, kinesis, 'us-east-1', `${id}1`, '2026-01-01T00:00:52.000Z'],
  ]);
});

test('notifications are named, and payloads of AWS are read', async () => {
  for (const { name, notification, objects } of fixture('aws/notifications.json')) {
    if (objects === undefined) continue;
    const text = typeof notification === 'string' ? notification : JSON.stringify(notification);
    await assert.rejects(read(imported.decode(text), {}), { code: 'unsupported_input', message: /^this is an? (?:event|test message|message) of S/ }, name);
  }
  for (const { name, message } of fixture('aws/payloads.json')) {
    if (!Array.isArray(message?.logEvents)) continue;
    const { documents, errors } = await read(imported.decode(JSON.stringify(message, null, 2)), {});
    const expectedCount = message.messageType === 'CONTROL_MESSAGE' ? 0 : message.logEvents.length;
    assert.deepStrictEqual([documents.length, errors], [expectedCount, []], name);
  }
  for (const { name, event, message } of fixture('aws/payloads.json')) {
    if (event === undefined) continue;
    const { documents, errors } = await read(imported.decode(JSON.stringify(event)), {});
    assert.deepStrictEqual(errors, [], name);
    assert.ok(documents.length >= (message?.logEvents.length ?? 1), name);
  }
});

test(`decoded in ${BROWSER}`, async () => {
  const reported = ['inputs/layers.json', 'inputs/reported.json'].flatMap(fixture).filter(({ code }) => code === undefined);
  const all = [
    ...cases.map((each) => ({ name: each.name, base64: bytesOf(each).toString('base64'), options, expected, layers: [each.decoded, each.layers] })),
    ...reported.map((each) => ({ ...each, base64: Buffer.from(each.input).toString('base64'), layers: undefined })),
  ];
  const [browser, server] = await Promise.all([launchBrowser(), serve({ '/package/': packageRoot })]);
  try {
    const page = await browser.newPage();
    await page.goto(server.origin);
    const found = await page.evaluate(async ([inputs, now]) => {
      Date.now = () => now;
      const { init, decode, Parser } = await import('/package/js/index.js');
      await init();
      const results = [];
      for (const { base64, options: given } of inputs) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const parser = new Parser({ ...given, onError: 'skip' });
        const decoded = decode(new Blob([bytes]).stream());
        let text = '';
        const add = (documents) => (text += new TextDecoder().decode(documents));
        let code;
        try {
          for await (const chunk of decoded) add(parser.push(chunk));
          add(parser.end());
        } catch (error) {
          ({ code } = error);
        }
        results.push({ text, code, errors: parser.stats.errors, layers: [decoded.layers, parser.layers] });
      }
      return results;
    }, [all, Date.parse(NOW)]);
    for (const [index, { name, expected: documents, errors = [], layers }] of all.entries()) {
      const { text, code, ...rest } = found[index];
      assert.ok(code === undefined || (code === 'unsupported_input' && documents.length === 0 && errors.length > 0), `${name}: ${code}`);
      if (code !== undefined) continue;
      assert.deepStrictEqual(text.split('\n').filter(Boolean).map((line) => JSON.parse(line)), documents, name);
      assert.deepStrictEqual(rest, { errors: errors.length, layers: layers ?? rest.layers }, name);
    }
  } finally {
    await browser.close();
    await server.close();
  }
});
