// The output of two builds compared on random lines, byte by byte: `npm run bench -- --against REVISION --equal LINES`.
//
// Half of the lines are traffic in the logs of the benchmark, in every schema and mode. The other half are the random
// formats, options and values of the tests of objects. Behaviour that was changed on purpose since
// the older build is not compared: inputs whose format is inferred, and lines with layers around their records.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { sample } from '../tests/js/objects.js';
import { Dice } from '../tests/js/random.js';

/** The start of lines that older builds refuse and later ones peel: quotes, JSON, comments. */
const MAY_HAVE_LAYERS = /^[\s\ufeff]*["'[{#;/]/;

/** Notes that later builds append to messages of errors. */
const NOTES = /; (?:it is a record together with line \d+, which is cut|by its values, the format may be [^"]*)/g;

/** Lines of an input of traffic. */
const INPUT_LINES = 2_000;

/**
 * @param {object} options
 * @param {string} options.folder where the logs are
 * @param {Record<string, string>} options.logs their names and formats
 * @param {number} options.lines
 * @param {{ api: object }} options.before
 * @param {{ api: object }} options.now
 * @param {(text: string, fraction?: number) => void} [options.progress] gets what is done, and the part of all that was done before
 * @returns {{ lines: number, documents: number, errors: number, bytes: number, inputs: number, combinations: number }}
 */
export function compareBuilds({ folder, logs, lines: wanted, before, now, progress = () => {} }) {
  const totals = { lines: 0, documents: 0, errors: 0, bytes: 0, inputs: 0, layered: 0, open: 0, combinations: new Set() };
  const compare = (input) => {
    const { documents, errors, bytes } = compareInput(input, before.api, now.api);
    totals.inputs += 1;
    totals.lines += input.lines.length;
    totals.documents += documents;
    totals.errors += errors;
    totals.bytes += bytes;
    totals.combinations.add(`${input.options.schema} ${input.options.mode}`);
    progress(`${totals.lines.toLocaleString('en-US')} lines`, totals.lines / wanted);
  };
  const traffic = trafficOf(folder, logs, before.api.schemas());
  while (totals.lines < wanted / 2) compare(traffic.next().value);
  for (let seed = 1; totals.lines < wanted; seed++) {
    const { options, lines } = sample(seed);
    const compared = lines.filter((line) => !MAY_HAVE_LAYERS.test(line));
    totals.layered += lines.length - compared.length;
    const hasFormat = options.format !== undefined || compared[0] === lines[0];
    if (hasFormat && compared.length > 0) compare({ options, log: compared.join(seed % 2 ? '\n' : '\r\n'), lines: compared, seed });
    else totals.open += 1;
  }
  progress('');
  return { ...totals, combinations: totals.combinations.size };
}

/** Yields inputs of traffic without end: each log in each schema and mode, with and without more options. */
function* trafficOf(folder, logs, schemas) {
  const texts = Object.entries(logs).map(([name, format]) => {
    return { name, format, lines: readFileSync(join(folder, `${name}.log`), 'utf8').trimEnd().split('\n') };
  });
  for (let seed = 1; ; ) {
    for (const { name, modes } of schemas) {
      for (const mode of modes) {
        const dice = new Dice(seed);
        const { format, lines: all } = texts[seed++ % texts.length];
        const start = dice.below(Math.max(all.length - INPUT_LINES, 1));
        const lines = all.slice(start, start + INPUT_LINES);
        const options = { format, schema: name, mode, onError: dice.of(['skip', 'document']), ingested: '2026-01-01T00:00:00.000Z' };
        if (dice.once(3)) options.communityId = false;
        if (dice.once(3)) options.preserveOriginal = true;
        if (dice.once(3)) options.tags = ['a', '"'];
        yield { options, lines, log: `${lines.join(dice.of(['\n', '\r\n']))}\n`, seed };
      }
    }
  }
}

/** Compares the output, the errors and the counts of an input in all ways out. */
function compareInput({ options, log, lines, seed }, before, now) {
  const place = `seed ${seed}, ${JSON.stringify(options)}`;
  const dice = new Dice(seed);
  const bytes = Buffer.from(log);
  const target = new Uint8Array(dice.of([3_000, 100_000, 4_000_000]));
  const bulk = { dataStream: 'logs-aws.vpcflow-default', id: 'fingerprint' };
  // Older builds do not peel layers.
  const withoutLayers = { ...options, layers: false };
  const expected = new Run(before, options).result((parser) => parser.toNdjson(bytes));
  const whole = new Run(now, withoutLayers).result((parser) => parser.toNdjson(bytes));
  assert.ok(isDeepStrictEqual(withoutNotes(whole), expected), `toNdjson: other output than before: ${place}`);
  const same = (found, what) => assert.ok(isDeepStrictEqual(found, whole), `${what}: other output than that of toNdjson: ${place}`);
  same(new Run(now, withoutLayers).result((parser) => Buffer.concat([...dice.cut(bytes, 1 + dice.below(5_000)).map((part) => parser.push(part)), parser.end()])), 'push');
  same(new Run(now, withoutLayers).result((parser) => into(parser, bytes, target)), 'toNdjsonInto');
  const body = [[before, options], [now, withoutLayers]].map(([api, given]) => new Run(api, given).result((parser) => parser.toBulk(bytes, bulk)));
  assert.ok(isDeepStrictEqual(body[0], withoutNotes(body[1])), `toBulk: other output than before: ${place}`);
  // Objects are slow to compare.
  if (dice.once(20)) {
    const objects = [[before, options], [now, withoutLayers]].map(([api, given]) => new Run(api, given).result((parser) => parser.parseMany(bytes)));
    assert.ok(isDeepStrictEqual(objects[0], withoutNotes(objects[1])), `parseMany: other output than before: ${place}`);
  }
  const { records = 0, errors = 0 } = expected.stats ?? {};
  return { documents: records, errors, bytes: expected.output?.length ?? 0, lines: lines.length };
}

/** Returns a result without the notes that older builds do not have. */
function withoutNotes(value) {
  if (typeof value === 'string') return value.replaceAll(NOTES, '');
  if (Buffer.isBuffer(value)) return value.includes('; ') ? Buffer.from(value.toString().replaceAll(NOTES, '')) : value;
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutNotes(member)]));
}

/** A parser with all that it says. */
class Run {
  #api;
  #options;

  constructor(api, options) {
    [this.#api, this.#options] = [api, options];
  }

  result(work) {
    const errors = [];
    const report = ({ code, message, lineNumber, column, offset, field, expected, found, input }) =>
      errors.push([code, message, lineNumber, column, offset, field, expected, found, input]);
    let parser;
    try {
      parser = new this.#api.Parser({ ...this.#options, report });
      const made = work(parser);
      return { output: made instanceof Uint8Array ? Buffer.from(made) : made, errors, stats: parser.stats };
    } catch (error) {
      if (!(error instanceof this.#api.FlowLogError)) throw error;
      return { thrown: [error.code, error.message], errors };
    } finally {
      parser?.free();
    }
  }
}

function into(parser, bytes, target) {
  const parts = [];
  let buffer = target;
  for (let at = 0; at < bytes.length; ) {
    try {
      const { read, written } = parser.toNdjsonInto(bytes.subarray(at), buffer);
      parts.push(buffer.slice(0, written));
      at += read;
    } catch (error) {
      if (error.code !== 'target_too_small') throw error;
      buffer = new Uint8Array(Number(error.expected));
    }
  }
  return Buffer.concat(parts);
}

export function equalText({ lines, documents, errors, bytes, inputs, layered, open, combinations }, revision) {
  const count = (value) => value.toLocaleString('en-US');
  return [
    `Equal to ${revision}: ${count(lines)} lines in ${count(inputs)} inputs, all ${combinations} schemas and modes; ` +
      `${count(documents)} documents of ${count(Math.round(bytes / 1e6))} MB, ${count(errors)} bad lines.`,
    '',
    'Compared:',
    '',
    '- bytes of toNdjson, push with random cuts, toNdjsonInto with small targets, and toBulk with fingerprints',
    '- objects of parseMany for one input in 20',
    '- codes, messages and positions of errors, and counts',
    '',
    'Not compared, because later builds read it differently on purpose:',
    '',
    `- ${count(layered)} lines that may have layers around their records: they start with a quote, JSON or a comment`,
    '- notes at the end of messages: the line is cut, or the format that it may have',
    `- ${count(open)} inputs whose format would be inferred from their lines`,
  ].join('\n');
}
