// Measures: logs in, tables out. `npm run bench` builds what this needs and starts it; see README.md.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createApi } from '../js/core/api.js';
import { INGEST_LOG, measureIngest } from './ingest.mjs';
import { REFERENCE, rowsOf } from './rows.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The logs that `tools/bench_corpus.rs` writes, and their formats. */
export const LOGS = { v2: 'default', v5: 'v5', v11: 'v11', ipv6: 'v5', errors: 'v5' };

/** The goals for the v5 log: `row` over `to`, at least or at most a number. */
const TARGETS = [
  { what: 'tuned plain JS to a string, over NDJSON', row: 'plain JS: to string', to: REFERENCE, atLeast: 10 },
  { what: 'the same, made byte by byte', row: 'plain JS: byte by byte, to string', to: REFERENCE, atLeast: 10 },
  { what: 'NDJSON over gunzip of the same bytes', row: REFERENCE, to: 'gunzip: at once', atMost: 0.5 },
  { what: 'NDJSON over the same core in native Rust', row: REFERENCE, to: 'ours: native Rust', atMost: 1.5 },
  { what: 'VRL (parse alone) over NDJSON', row: 'VRL: parse only, native Rust', to: REFERENCE, atLeast: 4 },
  { what: 'objects over tuned plain JS to objects', row: 'ours: parseMany', to: 'plain JS: to objects', atMost: 1 },
];
const MAX_GZIP_KILOBYTES = 60;

const SHIPPED = ['pkg/vpcflow_ecs_bg.wasm', 'pkg/vpcflow_ecs.js', 'pkg/node.cjs'];

/**
 * @param {object} options
 * @param {string} options.folder where the logs are
 * @param {string[]} options.logs their names
 * @param {number} options.rounds
 * @param {'wall' | 'cpu'} [options.clock] by which the ratios are
 * @param {RegExp} [options.only] the rows' names; the row that all are compared with is always there
 * @param {{ api: object, scalar?: object, native?: string, vrl?: string }} options.builds
 * @param {(text: string) => void} [options.progress]
 */
export async function measure({ folder, logs, rounds, only = /(?:)/, clock = 'wall', builds, progress = () => {} }) {
  const measured = {};
  for (const name of logs) {
    const path = join(folder, `${name}.log`);
    const bytes = readFileSync(path);
    const format = LOGS[name];
    const names = builds.api.compileFormat(format).fields.map((field) => field.name);
    const rows = rowsOf({ path, bytes, format, names }, builds).filter(
      (row) => row.name === REFERENCE || only.test(row.name),
    );
    const lines = bytes.reduce((count, byte) => count + (byte === 10), 0);
    const results = new Map(rows.map((row) => [row, { wall: [], cpu: [], bytesOut: 0 }]));
    try {
      for (const row of rows) {
        progress(`${name}: checking ${row.name}`);
        await row.check();
      }
      // The first round warms up and does not count.
      for (let round = 0; round <= rounds; round++) {
        for (const [i, row] of rows.entries()) {
          progress(`${name} ${bar((round * rows.length + i) / ((rounds + 1) * rows.length))} ${row.name}`);
          const cpuStart = process.cpuUsage();
          const start = process.hrtime.bigint();
          const made = await row.run();
          const wall = Number(process.hrtime.bigint() - start);
          const { user, system } = process.cpuUsage(cpuStart);
          const { ns = wall, cpu = (user + system) * 1000, bytes: bytesOut = made } = typeof made === 'object' ? made : {};
          const result = results.get(row);
          result.bytesOut = bytesOut;
          if (round === 0) continue;
          result.wall.push(ns / lines);
          result.cpu.push(cpu / lines);
        }
      }
    } finally {
      for (const row of rows) row.stop?.();
    }
    measured[name] = { format, lines, bytesIn: bytes.length, rows: summary(results, lines, bytes.length, clock) };
  }
  progress('');
  return measured;
}

function summary(results, lines, bytesIn, clock) {
  const reference = [...results].find(([row]) => row.name === REFERENCE)[1];
  return [...results].map(([row, times]) => {
    const ns = median(times.wall);
    // Bytes a line over nanoseconds a line are gigabytes a second.
    const megabytes = (bytes) => (bytes > 0 ? (bytes / lines / ns) * 1000 : null);
    return {
      row: row.name,
      nsPerLine: ns,
      least: Math.min(...times.wall),
      most: Math.max(...times.wall),
      cpuNsPerLine: median(times.cpu),
      megabytesInPerSecond: megabytes(bytesIn),
      megabytesOutPerSecond: megabytes(times.bytesOut),
      ratio: median(times[clock]) / median(reference[clock]),
    };
  });
}

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];

/** Milliseconds of processes of their own: an idle one, one that reads a line, and how long that took within it. */
export function measureStart(runs) {
  const module = pathToFileURL(here('../js/node.js')).href;
  const taken = { idle: [], withFirstLine: [], importToFirstLine: [] };
  const timed = (args) => {
    const start = performance.now();
    const text = execFileSync(process.execPath, args, { encoding: 'utf8' });
    return { took: performance.now() - start, text };
  };
  for (let run = 0; run < runs; run++) {
    taken.idle.push(timed(['-e', '0']).took);
    const { took, text } = timed([here('start.mjs'), module]);
    taken.withFirstLine.push(took);
    taken.importToFirstLine.push(Number(text));
  }
  return Object.fromEntries(Object.entries(taken).map(([name, times]) => [name, median(times)]));
}

/** Kilobytes (of 1,000 bytes) of what is shipped. */
export function measureSizes() {
  return SHIPPED.map((file) => {
    const bytes = readFileSync(here(`../${file}`));
    const kilobytes = (bytes) => bytes.length / 1000;
    return {
      file,
      raw: kilobytes(bytes),
      gzip: kilobytes(gzipSync(bytes, { level: 9 })),
      brotli: kilobytes(brotliCompressSync(bytes)),
    };
  });
}

/** Returns each target, the measured value, and true if that is enough. */
export function judge({ logs, sizes }) {
  const times = new Map(logs.v5?.rows.map(({ row, ratio }) => [row, ratio]));
  const judged = TARGETS.filter(({ row, to }) => times.has(row) && times.has(to)).map(({ what, row, to, atLeast, atMost }) => {
    const measured = times.get(row) / times.get(to);
    const target = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
    return { what, target, measured, met: atLeast === undefined ? measured <= atMost : measured >= atLeast };
  });
  const { gzip } = sizes[0];
  const size = { what: `kB of ${sizes[0].file}, gzip`, target: `at most ${MAX_GZIP_KILOBYTES}`, measured: gzip, met: gzip <= MAX_GZIP_KILOBYTES };
  return [...judged, size];
}

export function machine() {
  const rustc = (() => {
    try {
      return execFileSync('rustc', ['--version'], { encoding: 'utf8' }).trim();
    } catch {
      return null;
    }
  })();
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, load: loadavg()[0], platform: `${process.platform} ${process.arch}`, node: process.version, rustc };
}

// ---------------------------------------------------------------------------------------------------------------------
// Text.

const number = (value, digits) =>
  value === null ? '' : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const CLOCKS = { wall: 'elapsed time', cpu: 'processor time' };

const HEADINGS = ['row', 'ns a line', 'least', 'most', 'CPU ns', 'MB/s in', 'MB/s out', 'ratio'];

function cells({ row, nsPerLine, least, most, cpuNsPerLine, megabytesInPerSecond, megabytesOutPerSecond, ratio }) {
  return [row, number(nsPerLine, 0), number(least, 0), number(most, 0), number(cpuNsPerLine, 0), number(megabytesInPerSecond, 0), number(megabytesOutPerSecond, 0), number(ratio, 2)];
}

const INGEST_HEADINGS = ['pipeline', 'ns a document', 'least', 'most', 'as _nodes/stats counts'];

function ingestCells({ row, nsPerDocument, least, most, counted }) {
  return [row, number(nsPerDocument, 0), number(least, 0), number(most, 0), number(counted, 0)];
}

const ingestTitle = ({ documents, communityId }) =>
  `pipelines: ${number(documents, 0)} documents of the log ${INGEST_LOG}, ${communityId ? 'with' : 'without'} Community ID`;

const title = (name, { format, lines, bytesIn }) =>
  `${name}: ${number(lines, 0)} lines of format ${format}, ${number(bytesIn / lines, 0)} bytes each`;

const startText = ({ idle, withFirstLine, importToFirstLine }) =>
  `From import to the first parsed line ${number(importToFirstLine, 1)} ms. A process that does so takes ${number(withFirstLine, 0)} ms, ` +
  `one that does nothing ${number(idle, 0)} ms.`;

/** Describes the machine. The load is the number of processes that wanted the cores at the end: above 1, others disturbed. */
const machineText = ({ cpu, cores, load, platform, node, rustc }) =>
  `${cpu}, ${cores} cores, load ${number(load, 1)}, ${platform}; Node.js ${node}; ${rustc}`;

/** Lines of columns, the first to the left, the others to the right. */
function columns(rows, bold) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return rows.map((row, i) => (i === 0 ? bold(line(row)) : line(row))).join('\n');
}

function tables({ machine, rounds, clock, logs, ingest, start, sizes, targets }, style) {
  const parts = [`${machineText(machine)}\nmedians of ${rounds} rounds, ratios of ${CLOCKS[clock]}`];
  for (const [name, log] of Object.entries(logs)) {
    parts.push(`${style.bold(title(name, log))}\n${columns([HEADINGS, ...log.rows.map(cells)], style.dim)}`);
  }
  if (ingest.rows) parts.push(`${style.bold(ingestTitle(ingest))}\n${columns([INGEST_HEADINGS, ...ingest.rows.map(ingestCells)], style.dim)}`);
  else parts.push(`pipelines: skipped: ${ingest.skipped}`);
  parts.push(startText(start));
  const sizeRows = sizes.map(({ file, raw, gzip, brotli }) => [file, number(raw, 1), number(gzip, 1), number(brotli, 1)]);
  parts.push(columns([['kB', 'raw', 'gzip', 'brotli'], ...sizeRows], style.dim));
  const targetRows = targets.map(({ what, target, measured, met }) => {
    return [what, target, number(measured, 2), met ? style.green('met') : style.red('not met')];
  });
  parts.push(columns([['target', '', 'measured', ''], ...targetRows], style.dim));
  return `${parts.join('\n\n')}\n`;
}

function markdown({ machine, rounds, clock, logs, ingest, start, sizes, targets }) {
  const table = ([head, ...rows]) =>
    [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  const parts = [`Measured on: ${machineText(machine)}. Medians of ${rounds} rounds; ratios of ${CLOCKS[clock]}.`];
  for (const [name, log] of Object.entries(logs)) {
    parts.push(`### ${title(name, log)}`, table([HEADINGS, ...log.rows.map(cells)]));
  }
  if (ingest.rows) parts.push(`### ${ingestTitle(ingest)}`, table([INGEST_HEADINGS, ...ingest.rows.map(ingestCells)]));
  parts.push('### Start and size', startText(start));
  parts.push(table([['kB', 'raw', 'gzip', 'brotli'], ...sizes.map(({ file, raw, gzip, brotli }) => [`\`${file}\``, number(raw, 1), number(gzip, 1), number(brotli, 1)])]));
  parts.push('### Targets, on the log `v5`');
  parts.push(table([['what', 'target', 'measured', 'met'], ...targets.map(({ what, target, measured, met }) => [what, target, number(measured, 2), met ? 'yes' : 'no'])]));
  return parts.join('\n\n');
}

/** Puts the results into README.md, in place of those that are there. */
function write(results) {
  const path = here('README.md');
  const [start, end] = ['<!-- results -->', '<!-- end of results -->'];
  const text = readFileSync(path, 'utf8');
  const [before, after] = [text.slice(0, text.indexOf(start) + start.length), text.slice(text.indexOf(end))];
  writeFileSync(path, `${before}\n\n${markdown(results)}\n\n${after}`);
}

function bar(fraction) {
  const width = 24;
  const done = Math.floor(fraction * width);
  return `[${'='.repeat(done)}${' '.repeat(width - done)}]`;
}

function progressOn(stream) {
  if (!stream.isTTY) return () => {};
  return (text) => stream.write(`\r\x1b[2K${text.slice(0, (stream.columns || 80) - 1)}`);
}

export const OPTIONS = {
  corpus: { type: 'string', multiple: true },
  lines: { type: 'string', default: '100000' },
  rounds: { type: 'string', default: '7' },
  rows: { type: 'string' },
  clock: { type: 'string', default: 'wall' },
  json: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  'no-elasticsearch': { type: 'boolean', default: false },
};

/**
 * @param {string[]} args the arguments of the command
 * @param {{ folder: string, scalar?: string, native?: string, vrl?: string }} paths of the built files
 * @param {{ url: string, name: string } | string} server one to compare pipelines with, or the reason why there is none
 */
export async function run(args, { folder, scalar, native, vrl }, server) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const api = await import('../js/node.js');
  const builds = { api, native, vrl, scalar: scalar && (await loadFrom(scalar)) };
  const rounds = Number(values.rounds);
  const progress = progressOn(process.stderr);
  const logs = await measure({
    folder,
    logs: values.corpus?.flatMap((names) => names.split(',')) ?? Object.keys(LOGS),
    rounds,
    clock: values.clock,
    only: values.rows && new RegExp(values.rows),
    builds,
    progress,
  });
  const ingest = typeof server === 'string' ? { skipped: server } : await measureIngest({ folder, rounds, server, progress });
  const results = { machine: machine(), rounds, clock: values.clock, logs, ingest, start: measureStart(Math.max(rounds, 5)), sizes: measureSizes() };
  results.targets = judge(results);
  if (values.write) write(results);
  const paint = (code) => (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text);
  const style = { bold: paint(1), dim: paint(2), red: paint(31), green: paint(32) };
  process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : tables(results, style));
}

/** Loads the package's own JavaScript with the module of another build. */
async function loadFrom(folder) {
  const glue = await import(pathToFileURL(join(folder, 'vpcflow_ecs.js')).href);
  glue.initSync({ module: readFileSync(join(folder, 'vpcflow_ecs_bg.wasm')) });
  return createApi(() => glue);
}
