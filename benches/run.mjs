// Measures: logs in, tables out. `npm run bench` builds what this needs and starts it; see README.md.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createApi } from '../js/core/api.js';
import { Instances } from '../js/core/instances.js';
import { againstMarkdown, againstText, measureAgainst } from './against.mjs';
import { columns, countLines, markdownTable, median, number, timed } from './clock.mjs';
import { compareBuilds, equalText } from './equal.mjs';
import { growthMarkdown, growthText, measureGrowth } from './growth.mjs';
import { hostsMarkdown, hostsText, measureHosts } from './hosts.mjs';
import { INGEST_LOG, measureIngest } from './ingest.mjs';
import { REFERENCE, rowsOf } from './rows.mjs';
import { measureServers, serversMarkdown, serversText } from './servers.mjs';
import { shipRowsOf } from './ship.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The logs that `tools/bench_corpus.rs` writes, and their formats. */
export const LOGS = { v2: 'default', v5: 'v5', v11: 'v11', ipv6: 'v5', errors: 'v5' };

/** The goals: `row` over `to` of a log, at least or at most a number. */
const TARGETS = [
  { what: 'tuned plain JS to a string, over NDJSON', row: 'plain JS: to string', to: REFERENCE, atLeast: 10 },
  { what: 'the same, made byte by byte', row: 'plain JS: byte by byte, to string', to: REFERENCE, atLeast: 10 },
  { what: 'NDJSON over gunzip of the same bytes', row: REFERENCE, to: 'gunzip: at once', atMost: 0.5 },
  { what: 'NDJSON over the same core in native Rust', row: REFERENCE, to: 'ours: native Rust', atMost: 1.5 },
  { what: 'VRL (parse alone) over NDJSON', row: 'VRL: parse only, native Rust', to: REFERENCE, atLeast: 4 },
  { what: 'objects over tuned plain JS to objects', row: 'ours: parseMany', to: 'plain JS: to objects', atMost: 1 },
  { what: 'the same, line by line', row: 'ours: parse, line by line', to: 'plain JS: to objects', atMost: 1 },
  { what: 'objects of v11 over tuned plain JS to objects', log: 'v11', row: 'ours: parseMany', to: 'plain JS: to objects', atMost: 1.2 },
  { what: 'the same, line by line', log: 'v11', row: 'ours: parse, line by line', to: 'plain JS: to objects', atMost: 1.2 },
];
const MAX_GZIP_KILOBYTES = 70;

/** The rows of the table in the repository's README, and their names there. */
const README_ROWS = {
  'what users write today: to NDJSON': 'what users write today: `split`, an object, `JSON.stringify`, `node:crypto`',
  'plain JS: to string': 'JavaScript generated for the format, to a string',
  'plain JS: byte by byte, to bytes': 'JavaScript generated for the format, byte by byte',
  'VRL: parse only, native Rust': "`parse_aws_vpc_flow_log` of Vector's language, in native Rust: without ECS, Community ID and JSON",
  'ours: toNdjson': '`toNdjson`',
  'ours: toNdjsonInto': '`toNdjsonInto`',
  'ours: toNdjson, view': '`toNdjson`, view',
  'ours: native Rust': 'the crate in native Rust',
  'gunzip: at once': 'unpacking the log with gunzip',
  'memcpy: input and output': 'copying the log and its documents: the minimum',
  'what users write today: to objects': 'to objects: what users write today',
  'plain JS: to objects': 'to objects: JavaScript generated for the format',
  'ours: parseMany': 'to objects: `parseMany`',
  'ours: parse, line by line': 'to objects: `parse`',
};

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
  for (const [place, name] of logs.entries()) {
    const path = join(folder, `${name}.log`);
    const bytes = readFileSync(path);
    const format = LOGS[name];
    const names = builds.api.compileFormat(format).fields.map((field) => field.name);
    const log = { path, bytes, format, names };
    const rows = [...rowsOf(log, builds), ...shipRowsOf(log, builds)].filter(
      (row) => row.name === REFERENCE || only.test(row.name),
    );
    const lines = countLines(bytes);
    const results = new Map(rows.map((row) => [row, { wall: [], cpu: [], bytesOut: 0 }]));
    try {
      for (const row of rows) {
        progress(`${name}: checking ${row.name}`);
        await row.check();
      }
      // The first round warms up and does not count.
      for (let round = 0; round <= rounds; round++) {
        for (const [i, row] of rows.entries()) {
          progress(`${name}, ${row.name}`, (place + (round * rows.length + i) / ((rounds + 1) * rows.length)) / logs.length);
          const { wall, cpu, bytes: bytesOut } = await timed(row.run);
          const result = results.get(row);
          result.bytesOut = bytesOut;
          if (round === 0) continue;
          result.wall.push(wall / lines);
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

/** Milliseconds of processes of their own: an idle one, one that reads a line, and how long that took within it. */
export function measureStart(runs, folder = here('..')) {
  const module = pathToFileURL(join(folder, 'js/node.js')).href;
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
  const ratio = (log, name) => logs[log]?.rows.find(({ row }) => row === name)?.ratio;
  const judged = TARGETS.flatMap(({ what, log = 'v5', row, to, atLeast, atMost }) => {
    const measured = ratio(log, row) / ratio(log, to);
    if (Number.isNaN(measured)) return [];
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

const START_HEADINGS = ['ms', 'Node.js, from import', 'a process with it', 'an idle process', 'Chromium, from import', 'from init()', 'from init(undefined, null)'];

/** Returns the rows of the start: to the first parsed line. */
function startCells(start) {
  return Object.entries(start).map(([build, { node, chromium }]) => {
    const times = [node.importToFirstLine, node.withFirstLine, node.idle, chromium?.importToFirstLine ?? null, chromium?.initToFirstLine ?? null, chromium?.mainToFirstLine ?? null];
    return [build, ...times.map((time) => number(time, 1))];
  });
}

/** Describes the machine. The load is the number of processes that wanted the cores at the end: above 1, others disturbed. */
const machineText = ({ cpu, cores, load, platform, node, rustc }) =>
  `${cpu}, ${cores} cores, load ${number(load, 1)}, ${platform}; Node.js ${node}; ${rustc}`;

function tables({ machine, rounds, clock, logs, ingest, against, equal, growth, hosts, servers, start, sizes, targets }, style) {
  const parts = [`${machineText(machine)}\nmedians of ${rounds} rounds, ratios of ${CLOCKS[clock]}`];
  for (const [name, log] of Object.entries(logs)) {
    parts.push(`${style.bold(title(name, log))}\n${columns([HEADINGS, ...log.rows.map(cells)], style.dim)}`);
  }
  if (ingest.rows) parts.push(`${style.bold(ingestTitle(ingest))}\n${columns([INGEST_HEADINGS, ...ingest.rows.map(ingestCells)], style.dim)}`);
  else parts.push(`pipelines: skipped: ${ingest.skipped}`);
  if (against?.rows) parts.push(`${style.bold(`against ${against.revision}, in one process`)}\n${againstText(against.rows, style)}`);
  if (equal) parts.push(equalText(equal, equal.revision));
  if (growth) parts.push(`${style.bold('growth')}\n${growthText(growth, style)}`);
  if (hosts) parts.push(`${style.bold('hosts')}\n${hostsText(hosts, style)}`);
  if (servers) parts.push(`${style.bold('servers')}\n${serversText(servers, style)}`);
  if (start === undefined) return `${parts.join('\n\n')}\n`;
  parts.push(`${style.bold('start, to the first parsed line')}\n${columns([START_HEADINGS, ...startCells(start)], style.dim)}`);
  const sizeRows = sizes.map(({ file, raw, gzip, brotli }) => [file, number(raw, 1), number(gzip, 1), number(brotli, 1)]);
  parts.push(columns([['kB', 'raw', 'gzip', 'brotli'], ...sizeRows], style.dim));
  const targetRows = targets.map(({ what, target, measured, met }) => {
    return [what, target, number(measured, 2), met ? style.green('met') : style.red('not met')];
  });
  parts.push(columns([['target', '', 'measured', ''], ...targetRows], style.dim));
  return `${parts.join('\n\n')}\n`;
}

const measuredOn = ({ machine, rounds, clock }) => `Measured on: ${machineText(machine)}. Medians of ${rounds} rounds; ratios of ${CLOCKS[clock]}.`;

function markdown({ logs, ingest, start, sizes, targets, ...run }) {
  const parts = [measuredOn(run)];
  for (const [name, log] of Object.entries(logs)) {
    parts.push(`### ${title(name, log)}`, markdownTable([HEADINGS, ...log.rows.map(cells)]));
  }
  if (ingest.rows) parts.push(`### ${ingestTitle(ingest)}`, markdownTable([INGEST_HEADINGS, ...ingest.rows.map(ingestCells)]));
  parts.push('### Start and size', 'Milliseconds to the first parsed line, and kilobytes:', markdownTable([START_HEADINGS, ...startCells(start)]));
  parts.push(markdownTable([['kB', 'raw', 'gzip', 'brotli'], ...sizes.map(({ file, raw, gzip, brotli }) => [`\`${file}\``, number(raw, 1), number(gzip, 1), number(brotli, 1)])]));
  parts.push('### Targets');
  parts.push(markdownTable([['what', 'target', 'measured', 'met'], ...targets.map(({ what, target, measured, met }) => [what, target, number(measured, 2), met ? 'yes' : 'no'])]));
  return parts.join('\n\n');
}

/** Returns the table of the repository's README: the log v5, from the slowest row to the fastest of each kind. */
function readmeTable({ logs, ...run }) {
  const rows = new Map(logs.v5.rows.map((row) => [row.row, row]));
  const shown = Object.entries(README_ROWS).filter(([row]) => rows.has(row)).map(([row, name]) => {
    const { nsPerLine, megabytesInPerSecond, ratio } = rows.get(row);
    return [name, number(nsPerLine, 0), number(megabytesInPerSecond, 0), number(ratio, 2)];
  });
  return `${measuredOn(run)}\n\n${markdownTable([['', 'ns a line', 'MB/s', 'of `toNdjson`'], ...shown])}`;
}

/** The parts of a run, in their order. Each writes its own results as soon as it has them. */
export const PARTS = ['rows', 'against', 'equal', 'growth', 'hosts', 'servers'];

/** Puts the results of a part into files between their marks, in place of those that are there. */
function write(part, results) {
  const benches = here('README.md');
  const { machine, rounds, against, equal, growth, hosts, servers, logs } = results;
  if (part === 'rows') {
    replace(benches, 'results', markdown(results));
    if (logs.v5) replace(here('../README.md'), 'speed', readmeTable(results));
  } else if (part === 'against') {
    replace(benches, 'against', `${measuredOn(results)} Before: ${against.revision}.\n\n${againstMarkdown(against.rows)}`);
  } else if (part === 'equal') {
    replace(benches, 'equal', equalText(equal, equal.revision));
  } else if (part === 'growth') {
    replace(benches, 'growth', `Measured on: ${machineText(machine)}.\n\n${growthMarkdown(growth)}`);
  } else {
    const table = part === 'hosts' ? hostsMarkdown(hosts) : serversMarkdown(servers);
    replace(benches, part, `Measured on: ${machineText(machine)}. Medians of ${rounds} rounds. ${table}`);
  }
}

function replace(path, mark, content) {
  const [start, end] = [`<!-- ${mark} -->`, `<!-- end of ${mark} -->`];
  const text = readFileSync(path, 'utf8');
  const [before, after] = [text.slice(0, text.indexOf(start) + start.length), text.slice(text.indexOf(end))];
  writeFileSync(path, `${before}\n\n${content}\n\n${after}`);
}

/** Returns a duration as minutes and seconds. @param {number} seconds */
const duration = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/** Seconds between two lines of progress in a file. */
const BETWEEN_LINES = 30;

/**
 * Returns a function that prints what is measured, how much of its part is done (0 to 1), and the time that is left for that.
 *
 * A terminal has one line, which is replaced. Anything else gets a line every half a minute.
 *
 * @param {NodeJS.WriteStream} stream
 * @param {string} part
 */
export function progressOn(stream, part) {
  const start = performance.now();
  let printed = start;
  return (/** @type {string} */ text, /** @type {number | undefined} */ fraction) => {
    const now = performance.now();
    if (!stream.isTTY && (text === '' || now - printed < BETWEEN_LINES * 1000)) return;
    printed = now;
    const seconds = (now - start) / 1000;
    const left = fraction ? `, ${Math.floor(fraction * 100)} %, about ${duration((seconds * (1 - fraction)) / fraction)} left` : '';
    const line = text && `${part}, ${duration(seconds)}${left}: ${text}`;
    stream.write(stream.isTTY ? `\r\x1b[2K${line.slice(0, (stream.columns || 80) - 1)}` : `${line}\n`);
  };
}

export const OPTIONS = {
  corpus: { type: 'string', multiple: true },
  lines: { type: 'string', default: '100000' },
  rounds: { type: 'string', default: '7' },
  rows: { type: 'string' },
  clock: { type: 'string', default: 'wall' },
  against: { type: 'string' },
  equal: { type: 'string' },
  growth: { type: 'string' },
  hosts: { type: 'boolean', default: false },
  servers: { type: 'boolean', default: false },
  parts: { type: 'string' },
  json: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  'no-elasticsearch': { type: 'boolean', default: false },
};

/**
 * @param {string[]} args the arguments of the command
 * @param {object} paths of the built files
 * @param {string} paths.folder of the logs
 * @param {string} [paths.scalar]
 * @param {string} [paths.native]
 * @param {string} [paths.vrl]
 * @param {{ revision: string, folder: string, native: string }} [paths.older] a build to compare with
 * @param {object} [paths.hosts] programs of other languages, as `measureHosts` takes them
 * @param {(() => Promise<object>)[]} [paths.servers] functions that start servers with the plug-in
 * @param {{ url: string, name: string } | string} server one to compare pipelines with, or the reason why there is none
 */
export async function run(args, { folder, scalar, native, vrl, older, hosts, servers }, server) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const api = await import('../js/node.js');
  const builds = { api, native, vrl, scalar: scalar && (await loadFrom(scalar)) };
  const rounds = Number(values.rounds);
  const names = values.corpus?.flatMap((list) => list.split(',')) ?? Object.keys(LOGS);
  const parts = partsOf(values);
  const pair = older && (await bothBuilds(native, older));
  const compared = { folder, logs: Object.fromEntries(names.map((name) => [name, LOGS[name]])), rounds, ...pair };
  const results = { rounds, clock: values.clock, logs: {}, ingest: { skipped: 'other parts were asked for' }, seconds: {} };
  const measures = {
    async rows(progress) {
      const only = values.rows && new RegExp(values.rows);
      const logs = await measure({ folder, logs: names, rounds, clock: values.clock, only, builds, progress });
      const ingest = typeof server === 'string' ? { skipped: server } : await measureIngest({ folder, rounds, server, progress });
      const start = await startOf(rounds, { now: here('..'), ...(older && { [older.revision]: older.folder }) });
      const sizes = measureSizes();
      return { logs, ingest, start, sizes, targets: judge({ logs, sizes }) };
    },
    against: async (progress) => ({ against: { revision: older.revision, rows: await measureAgainst({ ...compared, progress }) } }),
    equal: (progress) => ({ equal: { revision: older.revision, ...compareBuilds({ ...compared, lines: Number(values.equal), progress }) } }),
    growth: (progress) => ({ growth: measureGrowth({ folder, most: Number(values.growth), progress }) }),
    hosts: async (progress) => ({ hosts: await measureHosts({ folder, rounds, api, native, ...hosts, progress }) }),
    servers: async (progress) => ({ servers: await measureServers({ folder, rounds, servers, progress }) }),
  };
  for (const part of parts) {
    const start = performance.now();
    Object.assign(results, await measures[part](progressOn(process.stderr, part)), { machine: machine() });
    results.seconds[part] = (performance.now() - start) / 1000;
    if (values.write) write(part, results);
    const done = `${part} took ${duration(results.seconds[part])}`;
    process.stderr.write(`bench: ${done}${values.write ? '; its results are written' : ''}\n`);
  }
  const paint = (code) => (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text);
  const style = { bold: paint(1), dim: paint(2), red: paint(31), green: paint(32) };
  process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : tables(results, style));
}

/** Returns the parts of a run that are asked for: all that the other options allow, or those of the option `parts`. */
export function partsOf({ parts, against, equal, growth, hosts, servers }) {
  const isPossible = { rows: true, against, equal: against && equal, growth, hosts, servers };
  return PARTS.filter((part) => isPossible[part] && (parts === undefined || parts.split(',').includes(part)));
}

/** Loads the package of an older build and that of this one into this process. */
async function bothBuilds(native, older) {
  const load = async (root, program) => ({ api: await import(pathToFileURL(join(root, 'js/node.js')).href), native: program });
  return { before: await load(older.folder, older.native), now: await load(here('..'), native) };
}

/** Returns the times of the start of packages, by name, in Node.js and, where there is one, in Chromium. */
async function startOf(runs, folders) {
  const browser = await import('./start-browser.mjs')
    .then(({ measureBrowserStart }) => measureBrowserStart(runs, folders))
    .catch(() => ({}));
  return Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, { node: measureStart(Math.max(runs, 5), folder), chromium: browser[name] }]));
}

/** Loads the package's own JavaScript with the module of another build. */
async function loadFrom(folder) {
  const glue = await import(pathToFileURL(join(folder, 'vpcflow_ecs.js')).href);
  glue.initSync({ module: readFileSync(join(folder, 'vpcflow_ecs_bg.wasm')) });
  return createApi(new Instances(() => glue, () => glue));
}
