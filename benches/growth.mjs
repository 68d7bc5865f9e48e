// How time and memory grow with lines, columns and threads. Each measurement is a process of its own, which reads the log
// again and again in chunks: `node benches/growth.mjs LOG FORMAT LINES THREADS` is such a process.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { columns, countLines, markdownTable, median, number } from './clock.mjs';

const LINES = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
const THREADS = [1, 2, 4, 8];
const COLUMNS = [5, 10, 14, 20, 29, 40, 54];
/** Lines for columns and threads. */
const USUAL_LINES = 500_000;
/** Lines that are read before a measurement counts, and in it, at least. */
const WARM_LINES = 1_000_000;
const CHUNK_BYTES = 256 * 1024;
/** Files of a run with threads. */
const FILES = 4;

const program = fileURLToPath(import.meta.url);

/**
 * @param {object} options
 * @param {string} options.folder where the logs are
 * @param {number} options.most the most lines
 * @param {(text: string, fraction?: number) => void} [options.progress] gets what is done, and the part of all that was done before
 */
export function measureGrowth({ folder, most, progress = () => {} }) {
  const counts = LINES.filter((lines) => lines <= most);
  const usual = Math.min(USUAL_LINES, most);
  const threadCounts = THREADS.filter((threads) => threads <= availableParallelism());
  const all = sumOf(counts.map(readLines)) + (COLUMNS.length + threadCounts.length) * readLines(usual);
  let done = 0;
  const run = (log, format, lines, threads = 0) => {
    progress(`${number(lines, 0)} lines of ${format}, ${threads || 'no'} threads`, done / all);
    done += readLines(lines);
    const args = [program, log, format, String(lines), String(threads)];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  };
  const v5 = join(folder, 'v5.log');
  const rows = counts.map((lines) => ({ what: `${number(lines, 0)} lines`, ...run(v5, 'v5', lines) }));
  for (const count of COLUMNS) {
    const { path, format } = narrowed(folder, count);
    rows.push({ what: `${count} columns`, ...run(path, format, usual) });
  }
  for (const threads of threadCounts) {
    rows.push({ what: `${threads} ${threads === 1 ? 'thread' : 'threads'}`, ...run(v5, 'v5', usual, threads) });
  }
  progress('');
  return rows;
}

const sumOf = (numbers) => numbers.reduce((sum, each) => sum + each, 0);

/** Returns how many lines a measurement of so many reads: few are read again and again, and nearly all once before. */
const readLines = (lines) => Math.max(lines, WARM_LINES) + (lines <= WARM_LINES ? lines : 0);

/** Writes a log with the first columns of v11. */
function narrowed(folder, count) {
  const source = readFileSync(join(folder, 'v11.log'), 'utf8').trimEnd().split('\n');
  const path = join(folder, `v11-${count}.log`);
  writeFileSync(path, source.map((line) => `${line.split(' ').slice(0, count).join(' ')}\n`).join(''));
  return { path, format: `v11 ${count}` };
}

const HEADINGS = ['what', 'ns a line', 'CPU ns', 'bytes a line', 'ns a byte', 'peak MB'];

function cells({ what, ns, cpu, bytes, megabytes }) {
  return [what, number(ns, 0), number(cpu, 0), number(bytes, 0), number(ns / bytes, 1), number(megabytes, 0)];
}

export const growthMarkdown = (rows) => markdownTable([HEADINGS, ...rows.map(cells)]);
export const growthText = (rows, style) => columns([HEADINGS, ...rows.map(cells)], style.dim);

/** Measures one row in this process. */
async function measureOne([path, format, count, threads]) {
  const { Parser, compileFormat, parallel } = await import('../js/node.js');
  const [name, width] = format.split(' ');
  const given = width ? compileFormat(name).fields.slice(0, Number(width)).map((field) => field.name).join(' ') : name;
  const log = readFileSync(path);
  const lines = Number(count);
  const options = { format: given, onError: 'skip' };
  const convert = Number(threads) > 0 ? inThreads(parallel, log, lines, { ...options, threads: Number(threads) }) : inChunks(new Parser(options), log, lines);
  // The first time compiles the module's functions.
  if (lines <= WARM_LINES) await convert();
  const times = [];
  const start = process.cpuUsage();
  do {
    const from = process.hrtime.bigint();
    await convert();
    times.push(Number(process.hrtime.bigint() - from) / lines);
  } while (times.length * lines < WARM_LINES && times.length < 100);
  const { user, system } = process.cpuUsage(start);
  const cpu = ((user + system) * 1000) / (times.length * lines);
  const bytes = log.length / countLines(log);
  console.log(JSON.stringify({ ns: median(times), cpu, bytes, megabytes: peakMegabytes() }));
}

/**
 * Returns the most memory that this process has had. On Linux, `maxRSS` would be that of the process which started it, if that
 * had more.
 */
function peakMegabytes() {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return (Number(kibibytes) * 1024) / 1e6;
}

/** Returns a number of lines as parts of a log: all of it as often as they need it, and then its start. */
function partsOf(log, lines) {
  const all = countLines(log);
  let end = 0;
  for (let line = 0; line < lines % all; line++) end = log.indexOf(10, end) + 1;
  return [...Array(Math.floor(lines / all)).fill(log), log.subarray(0, end)];
}

function inChunks(parser, log, lines) {
  const parts = partsOf(log, lines);
  return () => {
    for (const part of parts) {
      for (let start = 0; start < part.length; start += CHUNK_BYTES) parser.push(part.subarray(start, start + CHUNK_BYTES));
    }
    parser.end();
  };
}

/** Writes the lines into files, of which each thread takes one at a time. */
function inThreads(parallel, log, lines, options) {
  const folder = fileURLToPath(new URL('../target/bench/threads/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const files = Array.from({ length: FILES }, (_, index) => join(folder, `${index}.log`));
  for (const file of files) writeFileSync(file, Buffer.concat(partsOf(log, lines / FILES)));
  return async () => {
    for await (const { chunk } of parallel(files, options)) if (chunk.length === 0) throw new Error('an empty chunk');
  };
}

if (process.argv[1] === program) await measureOne(process.argv.slice(2));
