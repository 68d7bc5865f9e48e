// Compares objects of the module with what JSON says, on random input. It runs in the tests, and by itself:
// `node tests/js/objects.js FIRST LAST` checks the seeds of a range, for a process that cannot make functions.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { decoder, imported } from './package.js';
import { Dice } from './random.js';

const { Parser, fields, presets, schemas } = imported;

/** Parts of texts: plain, escaped in JSON, not ASCII, percent-encoded, or similar to our marks. */
const SCRAPS = ['a', 'eni-1', '#', '##', '#0', '"', '\\', '\\"', '\u0001', '\u007f', '\u0085', 'é', 'ß', '語', '\u{1f600}',
  '\u2028', '%20', '%C3%A9', '%E2%82%AC', '%zz', '%00', '%22', "'", '`', '${x}', '","', '{', '}', '[', '\ufffd', '\\u0041', '/*'];
/** Names of fields, plain and others. */
const NAMES = ['host', 'name', '__proto__', 'constructor', 'toString', 'a-b', '@a', '_x', '0', '1a', 'ключ', 'ä', '"', '\\', "a'b", 'a b', '#', ''];
const UNKNOWN = ['next-field', 'a_b', 'vpc-color', 'hop-1', 'constructor', '__proto__'];
const NUMBERS = [0, 1, -1, 0.5, 1e21, -1e-7, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];
const INTEGERS = ['0', '1', '007', '4249', '2147483647', '4294967294', '4294967295', '4294967296', '0000000012345678901',
  '9007199254740991', '9007199254740992', '9223372036854775807'];

function textOf(dice) {
  return Array.from({ length: 1 + dice.below(3) }, () => dice.of(SCRAPS)).join('');
}

function jsonOf(dice, depth = 0) {
  const kinds = [
    () => textOf(dice),
    () => dice.of(NUMBERS),
    () => dice.of([true, false, null, '', '#', '#1', '##2']),
    () => Array.from({ length: dice.below(3) }, () => jsonOf(dice, depth + 1)),
    () => objectOf(dice, depth + 1),
  ];
  return dice.of(depth > 2 ? kinds.slice(0, 3) : kinds)();
}

function objectOf(dice, depth = 0) {
  const members = dice.some(NAMES.filter((name) => name !== '' || depth > 0), dice.below(5));
  // Members with the name `__proto__`, too, which a literal could not have.
  return Object.fromEntries(members.map((name) => [name, jsonOf(dice, depth)]));
}

/** Returns a value that a field may have. */
function valueOf(dice, { name, type } = { type: 'string' }) {
  if (dice.once(5)) return '-';
  if (name === 'version') return String(dice.below(12));
  if (name === 'action') return dice.of(['ACCEPT', 'REJECT']);
  if (name === 'log-status') return dice.of(['OK', 'SKIPDATA']);
  if (name === 'type') return dice.of(['IPv4', 'IPv6', 'EFA']);
  if (name === 'flow-direction') return dice.of(['ingress', 'egress']);
  if (type === 'ip') return dice.of(['192.0.2.1', '198.51.100.7', '2001:db8::1', '2001:DB8::1', '::ffff:192.0.2.1']);
  if (type === 'timestamp') return dice.of(['1767225600', '1767225658', '0', '1767225600123']);
  if (type === 'integer') return String(dice.of([0, 6, 17, 47, 1, 63, 2, 18, 255]));
  if (type === 'long') return dice.of(INTEGERS);
  if (dice.once(2)) return textOf(dice).replaceAll(/[\s\u0085\u2028]/g, '_');
  return dice.of(['eni-0a1b2c3d4e5f60718', 'eu-central-1', 'S3', 'vpc-0abcdef0123456789', 'unknown-value']);
}

/** Options and a log, the same for the same seed. */
export function sample(seed) {
  const dice = new Dice(seed);
  const facts = new Map(fields().map((field) => [field.name, field]));
  const names = dice.once(3)
    ? dice.of(presets()).fields
    : [...dice.some([...facts.keys()], 1 + dice.below(20)), ...(dice.once(3) ? dice.some(UNKNOWN, 2) : [])];
  const { name: schema, modes } = dice.of(schemas());
  const options = { onError: dice.of(['skip', 'document']), schema, mode: dice.of(modes) };
  // Events of bad lines say when they were made.
  options.ingested = '2026-01-01T00:00:00.000Z';
  if (dice.once(3)) options.communityId = false;
  if (dice.once(3)) options.preserveOriginal = true;
  if (dice.once(3)) options.tags = [textOf(dice), '#'];
  if (dice.once(3)) options.dataStream = true;
  if (dice.once(2)) options.fields = objectOf(dice);
  const hasHeader = dice.once(2);
  if (!hasHeader) options.format = names.join(' ');
  const lines = hasHeader ? [names.join(' ')] : [];
  for (let count = dice.below(60); count > 0; count--) {
    const line = names.map((name) => valueOf(dice, facts.get(name))).join(dice.once(20) ? '  ' : ' ');
    if (dice.once(15)) lines.push(dice.of(['', textOf(dice), `${line} ${textOf(dice)}`]));
    else lines.push(dice.once(20) ? JSON.stringify({ message: line }) : line);
  }
  return { options, log: lines.join(dice.of(['\n', '\r\n'])), lines };
}

/** Parses JSON. Integers beyond 2^53 - 1, which the core wrote as plain digits, are BigInts, as in objects. */
function fromJson(line) {
  const large = new Set();
  // Strings are stepped over; of integers of 16 digits or more, those that a number cannot hold become marked strings.
  const marked = line.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => {
    if (!/^\d{16,}$/.test(token) || Number.isSafeInteger(Number(token))) return token;
    large.add(token);
    return JSON.stringify(`\u0000large ${token}`);
  });
  return JSON.parse(marked, (_, value) => (typeof value === 'string' && value.startsWith('\u0000large ') ? BigInt(value.slice(7)) : value));
}

/** Returns the keys of an object and of all objects in it, in their order, which deepStrictEqual ignores. */
function order(value) {
  if (typeof value !== 'object' || value === null) return typeof value;
  if (Array.isArray(value)) return value.map(order);
  return Object.entries(value).map(([key, member]) => [key, order(member)]);
}

/** Asserts that objects are what JSON says. */
export function check(seed) {
  const { options, log, lines } = sample(seed);
  let ndjson;
  try {
    ndjson = new Parser(options).toNdjson(log);
  } catch (error) {
    // Two fields may have the same key, or the format may be open: then objects are refused, too.
    assert.throws(() => new Parser(options).parseMany(log), { code: error.code, message: error.message }, `seed ${seed}`);
    return 0;
  }
  const expected = decoder.decode(ndjson).split('\n').slice(0, -1).map(fromJson);
  const isSame = (found, what) => {
    assert.deepStrictEqual(found, expected, `seed ${seed}: ${what}`);
    assert.deepStrictEqual(order(found), order(expected), `seed ${seed}: ${what}, order of keys`);
  };
  const parser = new Parser(options);
  isSame(parser.parseMany(log), 'parseMany of text');
  isSame(parser.parseMany(new TextEncoder().encode(log)), 'parseMany of bytes');
  if (options.onError === 'skip') {
    const one = new Parser(options);
    const documents = lines.map((line) => {
      try {
        return one.parse(line);
      } catch {
        return null;
      }
    });
    isSame(documents.filter((document) => document !== null), 'parse');
  }
  return expected.length;
}

/** Uses one parser for everything, in random order: a call must change nothing for the next one. */
export function interleave(seed) {
  const dice = new Dice(seed);
  const { options, log, lines } = sample(seed);
  let isArmed = false;
  const report = () => {
    if (isArmed) throw new Error('reported');
  };
  const read = (parser, call) => {
    try {
      return call(parser);
    } catch (error) {
      return error.message === 'reported' ? error.message : [error.code, error.message, error.documents ?? error.output];
    }
  };
  const inputs = [log, lines.slice(0, dice.below(lines.length + 1)).join('\n'), lines.slice(-1).join()];
  const calls = [
    (parser, input) => parser.parseMany(input),
    (parser, input) => input.split('\n').map((line) => read(parser, () => parser.parse(line))),
    (parser, input) => Buffer.from(parser.toNdjson(input)),
    (parser, input) => Buffer.from(parser.toNdjson(input, { view: true })),
    (parser, input) => Buffer.from(parser.toBulk(input, { index: 'a' })),
    (parser, input) => [Buffer.from(parser.push(input)), Buffer.from(parser.end())],
  ];
  let one;
  try {
    one = new Parser({ ...options, report });
  } catch {
    return 0;
  }
  for (let step = 0; step < 20; step++) {
    const [call, input] = [dice.of(calls), dice.of(inputs)];
    isArmed = dice.once(4);
    // Both begin a new input: a header would hold for the lines that are parsed after it.
    one.reset();
    const fresh = new Parser({ ...options, report });
    assert.deepStrictEqual(read(one, (parser) => call(parser, input)), read(fresh, (parser) => call(parser, input)), `seed ${seed}, step ${step}`);
    fresh.free();
  }
  one.free();
  return 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first, last] = process.argv.slice(2).map(Number);
  if (globalThis.Buffer) assert.throws(() => new Function('return 1'), EvalError, 'this process can make functions');
  let documents = 0;
  for (let seed = first; seed <= last; seed++) documents += check(seed);
  console.log(documents);
}
