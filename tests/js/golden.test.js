// Every golden document, through the installed package.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { documentCases, documentsOf, fixture, imported, stopClock } from './package.js';

const { FlowLogError, Parser, compileFormat, decode, detectFormat, parse } = imported;

const cases = documentCases();

stopClock();

test('there are golden cases, each with one expectation per line', () => {
  assert.ok(cases.length > 100, `only ${cases.length} cases`);
  for (const { file, name, lines, expected } of cases) assert.equal(lines.length, expected.length, `${file}: ${name}`);
});

for (const file of new Set(cases.map((each) => each.file))) {
  describe(file, () => {
    for (const { name, options = {}, lines, expected } of cases.filter((each) => each.file === file)) {
      test(name, () => {
        const parser = new Parser(options);
        assert.deepStrictEqual(lines.map((line) => parser.parse(line)), expected, 'Parser.parse');
        assert.deepStrictEqual(
          lines.map((line) => parser.parse(new TextEncoder().encode(line))),
          expected,
          'Parser.parse of bytes',
        );
        parser.free();

        // A header is a matter of several lines, which `parse` knows nothing of.
        const { format, ...others } = options;
        if (!expected.includes(null)) {
          assert.deepStrictEqual(lines.map((line) => parse(line, format, others)), expected, 'parse');
        }

        const documents = expected.filter((document) => document !== null);
        const input = lines.join('\n');
        assert.deepStrictEqual(documentsOf(new Parser(options).toNdjson(input)), documents, 'Parser.toNdjson');
        assert.deepStrictEqual(documentsOf(new Parser(options).toNdjson(`${input}\n`)), documents, 'with a last line feed');
      });
    }
  });
}

for (const file of ['inputs/layers.json', 'inputs/reported.json']) {
  describe(file, () => {
    for (const each of fixture(file)) {
      const { name, options, expected, layers, errors = [], warnings = [], code, thrown, decode: isDecoded } = each;
      test(name, async () => {
        const input = isDecoded ? await decodedText(each.input) : each.input;
        const found = [];
        const parser = new Parser({ ...options, onError: 'skip', report: ({ message }) => found.push(message) });
        if (code !== undefined) {
          const error = { code, ...(thrown && { message: thrown }) };
          assert.throws(() => parser.toNdjson(input), error);
          assert.throws(() => parser.parseMany(input), error);
          return;
        }
        assert.deepStrictEqual(documentsOf(parser.toNdjson(input)), expected, 'Parser.toNdjson');
        assert.deepStrictEqual([found, parser.layers, parser.warnings], [errors, layers, warnings]);
        assert.deepStrictEqual(parser.parseMany(input), expected, 'Parser.parseMany');
        // Byte by byte, so that every line comes in pieces.
        const bytes = new TextEncoder().encode(input);
        const pieces = Array.from(bytes, (_, index) => documentsOf(parser.push(bytes.subarray(index, index + 1))));
        assert.deepStrictEqual([...pieces.flat(), ...documentsOf(parser.end())], expected, 'Parser.push');
      });
    }
  });
}

/** Returns the lines that `decode` gives of a text. */
async function decodedText(text) {
  const chunks = [];
  for await (const chunk of decode(text)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

describe('inputs/formats.json', () => {
  for (const { name, input, ...expected } of fixture('inputs/formats.json')) {
    test(name, () => {
      const [{ origin, format, unresolved }] = detectFormat(input);
      const names = compileFormat(format).fields.map((field) => field.name);
      const open = unresolved.filter(({ alternatives }) => alternatives.length > 0).map(({ index }) => names[index]).sort();
      assert.deepStrictEqual({ origin, ...(expected.format && { format }), open }, expected);
    });
  }
});

describe('community-id.json', () => {
  for (const { name, source, destination, protocol, sourcePort, destinationPort, id } of fixture('community-id.json')) {
    test(name, () => {
      const line = [source, destination, sourcePort, destinationPort, protocol].map((value) => value ?? '-').join(' ');
      const document = parse(line, 'srcaddr dstaddr srcport dstport protocol');
      assert.equal(document.network?.community_id ?? null, id);
    });
  }
});

describe('errors.json', () => {
  for (const { name, options, input, error: expected } of fixture('errors.json') ?? []) {
    test(name, () => {
      const attempt = () => new Parser({ ...options, onError: 'throw' }).toNdjson(input);
      assert.throws(attempt, (error) => {
        assert.ok(error instanceof FlowLogError, String(error));
        const found = Object.fromEntries(Object.keys(expected).map((key) => [key, error[key] ?? null]));
        assert.deepStrictEqual(found, expected);
        return true;
      });
    });
  }
});
