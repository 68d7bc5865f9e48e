// detectFormat, and what Parser makes of logs whose format nobody gave.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { throwsFlowLogError } from './assertions.js';
import { NO_LOGS, OPEN_LINES, PLAIN, linesOf } from './logs.js';
import { documentsOf, imported } from './package.js';
import { GOOD, HEADER } from './samples.js';

const { Parser, compileFormat, detectFormat } = imported;

const KEYS = ['format', 'origin', 'preset', 'confidence', 'evidence', 'unresolved', 'choices', 'isSettled', 'tokens', 'layers'];

describe('detectFormat', () => {
  test('goes by a header', () => {
    const candidates = detectFormat(`${HEADER}\n${GOOD}\n`);
    assert.equal(candidates.length, 1);
    const [{ tokens, evidence, choices, ...best }] = candidates;
    const { format, fields } = compileFormat('default');
    assert.equal(choices.length, fields.length);
    for (const [index, { name }] of fields.entries()) assert.ok(choices[index].includes(name), name);
    assert.deepStrictEqual(best, {
      format,
      origin: 'header',
      preset: null,
      confidence: 1,
      unresolved: [],
      isSettled: true,
      layers: [],
    });
    assert.match(evidence[0], /line 1 is a header/);
    assert.deepStrictEqual(tokens, GOOD.split(' ').map((text, index) => ({ text, field: fields[index].name })));
  });

  test('takes a header alone', () => {
    const [best] = detectFormat('version srcaddr a-field-of-next-year\n');
    assert.equal(best.format, '${version} ${srcaddr} ${a-field-of-next-year}');
    assert.deepStrictEqual(best.tokens, []);
  });

  test('knows the documented layouts', () => {
    const [best] = detectFormat(GOOD);
    assert.deepStrictEqual([best.origin, best.preset, best.isSettled], ['preset', 'default', true]);
    assert.deepStrictEqual(Object.keys(best).sort(), [...KEYS].sort());
  });

  for (const preset of ['v5', 'v5-alphabetical', 'service-name']) {
    test(`tells the three layouts of 29 fields apart: ${preset}`, () => {
      const lines = linesOf(preset, 40);
      assert.equal(lines[0].split(' ').length, 29);
      const [best] = detectFormat(lines);
      assert.equal(best.preset, preset);
      assert.equal(best.format, compileFormat(preset).format);
      assert.ok(best.isSettled && best.confidence > 0.99, `${best.confidence}`);
    });
  }

  test('reads an undocumented format off the lines', () => {
    const [best] = detectFormat(linesOf(PLAIN, 50));
    assert.equal(best.format, PLAIN);
    assert.deepStrictEqual([best.origin, best.preset, best.unresolved, best.isSettled], ['inferred', null, [], true]);
    assert.ok(best.evidence.length > 0);
    assert.equal(documentsOf(new Parser({ format: best }).toNdjson(linesOf(PLAIN, 3).join('\n'))).length, 3);
  });

  test('says what the lines leave open', () => {
    const [best] = detectFormat(OPEN_LINES);
    assert.equal(best.isSettled, false);
    const open = best.unresolved.find(({ index }) => index === 1);
    const addresses = [open.field, ...open.alternatives];
    for (const name of ['srcaddr', 'dstaddr']) assert.ok(addresses.includes(name), addresses.join());
    assert.deepStrictEqual(Object.keys(open).sort(), ['alternatives', 'field', 'index']);
    assert.ok(best.unresolved.some(({ index }) => index === 2));
    assert.ok(best.unresolved.every(({ index }) => index === 1 || index === 2));
  });

  test('has null for a column that is not a field', () => {
    const lines = linesOf(PLAIN, 20).map((line) => `${line} -`);
    const [best] = detectFormat(lines);
    assert.equal(best.format, `${PLAIN} \${column-7}`);
    const open = best.unresolved.find(({ index }) => index === 6);
    assert.equal(open.field, null);
  });

  test('takes text, bytes and lines alike', () => {
    const lines = linesOf('v5', 20);
    const expected = detectFormat(lines);
    const text = lines.join('\n');
    for (const sample of [text, `${text}\n`, text.replaceAll('\n', '\r\n'), Buffer.from(text), lines.map((line) => `${line}\n`)]) {
      assert.deepStrictEqual(detectFormat(sample)[0].format, expected[0].format);
    }
    assert.deepStrictEqual(detectFormat(Buffer.from(text)), expected);
    assert.deepStrictEqual(detectFormat(Object.freeze(lines), {}), expected);
    const inLayers = (layers) => expected.map((candidate) => ({ ...candidate, layers }));
    assert.deepStrictEqual(detectFormat(lines.map((message) => JSON.stringify({ message }))), inLayers(['json message']));
    const afterTimes = lines.map((line) => `2026-01-01T00:00:14Z ${line}`);
    assert.deepStrictEqual(detectFormat(afterTimes), inLayers(['prefix 1']));
  });

  for (const [name, [sample, message]] of Object.entries(NO_LOGS)) {
    test(`refuses ${name}`, () => {
      throwsFlowLogError(() => detectFormat(sample), { code: 'not_a_flow_log', message });
      throwsFlowLogError(() => detectFormat(sample), { message: /^this is not a flow log: / });
    });
  }

  test('refuses an empty array', () => {
    throwsFlowLogError(() => detectFormat([]), { code: 'not_a_flow_log' });
  });
});

describe('the bounds of detectFormat', () => {
  const [first] = linesOf('service-name', 1);
  const log = [...linesOf('v5', 30), ...Array(200).fill(first)];

  test('maxLines', () => {
    const samples = [log, log.join('\n'), Buffer.from(log.join('\n'))];
    for (const sample of samples) {
      assert.equal(detectFormat(sample, { maxLines: 30 })[0].preset, 'v5');
      assert.match(detectFormat(sample, { maxLines: 7 })[0].evidence[0], /^7 of 7 lines/);
    }
  });

  test('maxBytes: a line that it cuts does not count', () => {
    const maxBytes = log.slice(0, 30).join('\n').length + 40;
    const samples = [log, log.join('\n'), Buffer.from(log.join('\n'))];
    for (const sample of samples) assert.match(detectFormat(sample, { maxBytes })[0].evidence[0], /^30 of 30 lines/);
  });

  test('hold for samples that could not be copied whole', () => {
    // More than the module's memory can hold; it is zeros that nobody reads.
    const huge = new Uint8Array(3e9);
    huge.set(Buffer.from(`${HEADER}\n${GOOD}\n`));
    assert.equal(detectFormat(huge, { maxLines: 2 })[0].origin, 'header');
    const long = 'x'.repeat(2e8);
    assert.equal(detectFormat([HEADER, GOOD, ...Array(40).fill(long)])[0].origin, 'header');
  });

  test('may be as large as they say', () => {
    const bounds = { maxLines: 100_000, maxBytes: 2 ** 26 };
    assert.equal(detectFormat(linesOf('default', 500), bounds)[0].preset, 'default');
  });

  test('are checked by name', () => {
    const refused = [
      [{ maxLines: 0 }, 'option "maxLines": expected an integer from 1 to 100000, found 0'],
      [{ maxLines: 100_001 }, /option "maxLines": .*found 100001/],
      [{ maxLines: 1.5 }, /option "maxLines": .*found 1\.5/],
      [{ maxLines: '5' }, /option "maxLines": .*found a string/],
      [{ maxBytes: 2 ** 26 + 1 }, 'option "maxBytes": expected an integer from 1 to 67108864, found 67108865'],
      [{ maxBytes: NaN }, /option "maxBytes": .*found NaN/],
      [{ lines: 5 }, 'unknown option "lines": detectFormat knows "maxLines" and "maxBytes" only'],
    ];
    for (const [options, message] of refused) {
      throwsFlowLogError(() => detectFormat(GOOD, options), { code: 'invalid_option' });
      assert.throws(() => detectFormat(GOOD, options), { message });
    }
    assert.throws(() => detectFormat(GOOD, 5), { name: 'TypeError', message: /argument "options"/ });
    assert.throws(() => detectFormat(), { name: 'TypeError', message: 'argument "sample": expected a string, a Uint8Array or an array of lines, found undefined' });
    assert.throws(() => detectFormat([GOOD, 5]), { name: 'TypeError', message: 'argument "sample"[1]: expected a string, found a number' });
  });
});

describe('a Parser without a format', () => {
  test('reads an undocumented format off the lines', () => {
    const input = linesOf(PLAIN, 50).join('\n');
    const expected = documentsOf(new Parser({ format: PLAIN }).toNdjson(input));
    const parser = new Parser();
    assert.deepStrictEqual(documentsOf(parser.toNdjson(input)), expected);
    assert.deepStrictEqual(parser.stats, { lines: 50, records: 50, omitted: 0, headers: 0, blanks: 0, errors: 0, nodata: 0, skipdata: 0, withoutTime: 0 });
  });

  test('holds lines back until their end', () => {
    const parser = new Parser();
    assert.equal(parser.push(`${linesOf(PLAIN, 50).join('\n')}\n`).length, 0);
    assert.equal(documentsOf(parser.end()).length, 50);
  });

  test('gives the inferred format', () => {
    const parser = new Parser();
    assert.equal(parser.inferred, undefined);
    parser.push(`${linesOf(PLAIN, 50).join('\n')}\n`);
    assert.equal(parser.inferred, undefined);
    parser.end();
    assert.equal(parser.inferred, PLAIN);
    for (const input of [GOOD, `${HEADER}\n${GOOD}`, '']) {
      parser.toNdjson(linesOf(PLAIN, 50).join('\n'));
      assert.equal(parser.inferred, PLAIN);
      parser.toNdjson(input);
      assert.equal(parser.inferred, undefined, input);
    }
    parser.toNdjson(linesOf(PLAIN, 50).join('\n'));
    parser.reset();
    assert.equal(parser.inferred, undefined);
    const given = new Parser({ format: PLAIN });
    given.toNdjson(linesOf(PLAIN, 50).join('\n'));
    assert.equal(given.inferred, undefined);
    given.free();
    throwsFlowLogError(() => given.inferred, { code: 'parser_freed' });
  });

  test('stops at lines that leave it open, whatever onError says', () => {
    for (const onError of ['throw', 'skip', 'document']) {
      throwsFlowLogError(() => new Parser({ onError }).toNdjson(OPEN_LINES.join('\n')), {
        code: 'unresolved_format',
        lineNumber: 1,
        message: /column 2 may be "dstaddr" or "srcaddr"/,
      });
    }
  });

  test('never infers a format from one line', () => {
    throwsFlowLogError(() => new Parser().parse(linesOf(PLAIN, 1)[0]), { code: 'unknown_layout' });
    throwsFlowLogError(() => imported.parse(linesOf(PLAIN, 1)[0]), { code: 'unknown_layout' });
  });
});
