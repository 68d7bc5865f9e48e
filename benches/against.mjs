// A comparison with an older build: both packages in one process, both crates in processes that wait in between, row by row
// in turns. `npm run bench -- --against REVISION` builds the older one.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { columns, countLines, markdownTable, median, number, timed } from './clock.mjs';
import { CHUNK_BYTES, TARGET_BYTES, chunksOf, inProcess } from './rows.mjs';

/** Ratios to the older build that are to be reached: those of the log v5, and those of all others. */
const GOALS = {
  'native Rust': { v5: 0.48, others: 0.65 },
  'toNdjson, view': { v5: 0.55, others: 0.65 },
  toNdjson: { v5: 0.58, others: 0.65 },
  'toNdjsonInto; toNdjson before': { v5: 0.55, others: 0.65 },
};

/**
 * @typedef {{ api: object, native?: string }} Build the package, and the path of the crate's benchmark
 *
 * @param {object} options
 * @param {string} options.folder where the logs are
 * @param {Record<string, string>} options.logs their names and formats
 * @param {number} options.rounds
 * @param {Build} options.before
 * @param {Build} options.now
 * @param {(text: string, fraction?: number) => void} [options.progress] gets what is done, and the part of all that was done before
 */
export async function measureAgainst({ folder, logs, rounds, before, now, progress = () => {} }) {
  const rows = [];
  for (const [place, [log, format]] of Object.entries(logs).entries()) {
    const path = join(folder, `${log}.log`);
    const bytes = readFileSync(path);
    const lines = countLines(bytes);
    const pairs = pairsOf({ path, bytes, format }, before, now);
    const times = pairs.map(() => ({ before: { wall: [], cpu: [] }, now: { wall: [], cpu: [] } }));
    try {
      for (let round = 0; round <= rounds; round++) {
        for (const [index, pair] of pairs.entries()) {
          const done = (round + index / pairs.length) / (rounds + 1);
          progress(`${log}, round ${round} of ${rounds}: ${pair.name}`, (place + done) / Object.keys(logs).length);
          // Each is first in half of the rounds. The first round warms up and does not count.
          for (const side of round % 2 ? ['before', 'now'] : ['now', 'before']) {
            const { wall, cpu } = await timed(pair[side]);
            if (round === 0) continue;
            times[index][side].wall.push(wall / lines);
            times[index][side].cpu.push(cpu / lines);
          }
        }
      }
    } finally {
      for (const { stop } of pairs) stop?.();
    }
    for (const [index, { name }] of pairs.entries()) rows.push(rowOf(log, name, times[index]));
  }
  progress('');
  return rows;
}

function rowOf(log, name, { before, now }) {
  const ratio = (clock) => median(now[clock]) / median(before[clock]);
  return {
    log,
    row: name,
    before: median(before.wall),
    now: median(now.wall),
    beforeCpu: median(before.cpu),
    nowCpu: median(now.cpu),
    ratio: ratio('wall'),
    cpuRatio: ratio('cpu'),
    leastRatio: Math.min(...now.wall) / Math.min(...before.wall),
    goal: GOALS[name]?.[log === 'v5' ? 'v5' : 'others'] ?? null,
  };
}

/** Returns the rows of a log, each as two functions that go over it once. Their outputs have been compared. */
function pairsOf({ path, bytes, format }, before, now) {
  const chunks = chunksOf(bytes);
  const lines = bytes.toString().split('\n').slice(0, -1);
  const options = { format, onError: 'skip' };
  const parsers = { before: new before.api.Parser(options), now: new now.api.Parser(options) };
  const target = new Uint8Array(TARGET_BYTES);
  const over = (call) => () => chunks.reduce((sum, chunk) => sum + call(chunk).length, 0);
  const each = (call) => ({ before: over((chunk) => call(parsers.before, chunk)), now: over((chunk) => call(parsers.now, chunk)) });
  const lineByLine = (parser) => () => {
    for (const line of lines) parsed(parser, line);
    return 0;
  };
  const into = (chunk) => {
    const { read, written } = parsers.now.toNdjsonInto(chunk, target);
    assert.equal(read, chunk.length);
    return target.subarray(0, written);
  };

  const toNdjson = (parser) => Buffer.concat(chunks.map((chunk) => parser.toNdjson(chunk)));
  const expected = toNdjson(parsers.before);
  assert.ok(toNdjson(parsers.now).equals(expected), `${path}: other documents than before`);
  assert.ok(Buffer.concat(chunks.map((chunk) => Buffer.from(into(chunk)))).equals(expected), `${path}: toNdjsonInto`);
  const objects = (parser) => chunks.flatMap((chunk) => parser.parseMany(chunk));
  assert.ok(isDeepStrictEqual(objects(parsers.now), objects(parsers.before)), `${path}: other objects than before`);

  const pairs = [
    { name: 'toNdjson, view', ...each((parser, chunk) => parser.toNdjson(chunk, { view: true })) },
    { name: 'toNdjson', ...each((parser, chunk) => parser.toNdjson(chunk)) },
    { name: 'toNdjsonInto; toNdjson before', before: over((chunk) => parsers.before.toNdjson(chunk)), now: over(into) },
    { name: 'parseMany', ...each((parser, chunk) => parser.parseMany(chunk)) },
    { name: 'parse, line by line', before: lineByLine(parsers.before), now: lineByLine(parsers.now) },
  ];
  if (before.native === undefined || now.native === undefined) return pairs;
  const args = [path, format, String(CHUNK_BYTES)];
  const rows = [before, now].map(({ native }) => {
    const printed = execFileSync(native, [...args, 'print'], { maxBuffer: 4 * expected.length + 1000 });
    assert.ok(printed.equals(expected), `${native}: other documents than those of the package`);
    return inProcess('native Rust', native, args);
  });
  return [{ name: 'native Rust', before: rows[0].run, now: rows[1].run, stop: () => rows.forEach((row) => row.stop()) }, ...pairs];
}

/** Parses a line; the log of errors has bad ones. */
function parsed(parser, line) {
  try {
    return parser.parse(line);
  } catch (error) {
    if (error.code === undefined) throw error;
    return undefined;
  }
}

const HEADINGS = ['log', 'row', 'before, ns a line', 'now', 'CPU, before', 'CPU, now', 'ratio', 'of CPU', 'of least times', 'goal'];

function cells({ log, row, before, now, beforeCpu, nowCpu, ratio, cpuRatio, leastRatio, goal }) {
  const times = [before, now, beforeCpu, nowCpu].map((time) => number(time, 0));
  return [log, row, ...times, ...[ratio, cpuRatio, leastRatio, goal].map((value) => number(value, 2))];
}

export const againstMarkdown = (rows) => markdownTable([HEADINGS, ...rows.map(cells)]);
export const againstText = (rows, style) => columns([HEADINGS, ...rows.map(cells)], style.dim);
