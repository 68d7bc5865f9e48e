// Measures hosts outside of JavaScript beside native Rust, on the log v5: programs of their own, which take turns, and the library
// for the JVM by JMH. See README.md.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { columns, countLines, markdownTable, median, number, timed } from './clock.mjs';
import { inProcess } from './rows.mjs';

const LOG = 'v5';
/** Bytes of a chunk: what a program may read at once. */
const CHUNK_BYTES = 64 * 1024;

const NATIVE = 'native Rust';

/**
 * @param {object} options
 * @param {string} options.folder where the logs are
 * @param {number} options.rounds
 * @param {object} options.api the package
 * @param {string} options.native path of the crate's own benchmark
 * @param {string} options.go path of that of the library for Go
 * @param {{ command: string, path: string }} options.python an interpreter and the path of that of the library for Python
 * @param {{ command: string, classPath: string, module: string }} [options.jvm] Java, the class path of JMH's benchmark, and the
 * module that the interpreter runs
 * @param {(text: string, fraction?: number) => void} [options.progress]
 */
export async function measureHosts({ folder, rounds, api, native, go, python, jvm, progress = () => {} }) {
  const log = join(folder, `${LOG}.log`);
  const bytes = readFileSync(log);
  const lines = countLines(bytes);
  const args = [log, LOG, String(CHUNK_BYTES)];
  const programs = [
    { name: NATIVE, command: native, args },
    { name: 'Go, wazero: Push', command: go, args },
    { name: 'Go, wazero: Line', command: go, args: [...args, 'lines'] },
    { name: 'Python, wasmtime: push', command: python.command, args: [python.path, ...args] },
  ];
  const expected = Buffer.from(new api.Parser({ format: LOG, onError: 'skip' }).toNdjson(bytes));
  for (const { name, command, args: all } of programs.filter((program) => !program.args.includes('lines'))) {
    progress(`checking ${name}`);
    const printed = execFileSync(command, [...all, 'print'], { maxBuffer: 4 * expected.length + 1000 });
    assert.ok(expected.equals(printed), `${name}: other bytes than expected`);
  }
  const node = { name: 'Node.js: toNdjson, view', run: () => readChunks(new api.Parser({ format: LOG, onError: 'skip' }), bytes) };
  const rows = [...programs.map((program) => inProcess(program.name, program.command, program.args)), node];
  const times = new Map(rows.map(({ name }) => [name, { wall: [], cpu: [] }]));
  try {
    // The first round warms up and does not count.
    for (let round = 0; round <= rounds; round++) {
      for (const row of rows) {
        progress(row.name, round / (rounds + 1));
        const { wall, cpu } = await timed(row.run);
        if (round === 0) continue;
        times.get(row.name).wall.push(wall / lines);
        times.get(row.name).cpu.push(cpu / lines);
      }
    }
  } finally {
    for (const row of rows) row.stop?.();
  }
  const reference = median(times.get(NATIVE).wall);
  const measured = [...times].map(([row, { wall, cpu }]) => {
    return { row, nsPerLine: median(wall), least: Math.min(...wall), most: Math.max(...wall), cpuNsPerLine: median(cpu), ratio: median(wall) / reference };
  });
  if (jvm) measured.push(...measureJvm({ ...jvm, log, reference, progress }));
  progress('');
  return { lines, rows: measured };
}

/** Reads the log in chunks that end with lines. */
function readChunks(parser, bytes) {
  let written = 0;
  for (let start = 0; start < bytes.length; ) {
    const end = start + CHUNK_BYTES < bytes.length ? bytes.lastIndexOf(10, start + CHUNK_BYTES - 1) + 1 : bytes.length;
    written += parser.toNdjson(bytes.subarray(start, end), { view: true }).length;
    start = end;
  }
  return written;
}

/** Runs JMH, which warms up as long as the virtual machine needs: hosts/jvm/. */
function measureJvm({ command, classPath, module, log, reference, progress }) {
  progress('JVM, some minutes');
  const results = join(log, '../jmh.json');
  const args = ['-cp', classPath, 'org.openjdk.jmh.Main', '-rf', 'json', '-rff', results, '-v', 'SILENT'];
  execFileSync(command, [...args, '-jvmArgsAppend', `-Dlog=${log} -Dmodule=${module}`, 'LineBenchmark'], { stdio: ['ignore', 'ignore', 'inherit'] });
  return JSON.parse(readFileSync(results, 'utf8')).map(({ benchmark, params, primaryMetric }) => {
    const taken = primaryMetric.rawData.flat().map((microseconds) => microseconds * 1000);
    const row = `JVM, Chicory ${params.machine}: a line to ${benchmark.endsWith('.map') ? 'a map' : 'JSON'}`;
    return { row, nsPerLine: median(taken), least: Math.min(...taken), most: Math.max(...taken), cpuNsPerLine: null, ratio: median(taken) / reference };
  });
}

const HEADINGS = ['host', 'ns a line', 'least', 'most', 'CPU ns', 'ratio'];

function cells({ row, nsPerLine, least, most, cpuNsPerLine, ratio }) {
  return [row, number(nsPerLine, 0), number(least, 0), number(most, 0), number(cpuNsPerLine, 0), number(ratio, 2)];
}

/** Returns the results as lines of columns. */
export function hostsText({ rows }, style) {
  return columns([HEADINGS, ...rows.map(cells)], style.dim);
}

/** Returns the results as a table in Markdown. */
export function hostsMarkdown({ lines, rows }) {
  return `${number(lines, 0)} lines of the log ${LOG} a round.\n\n${markdownTable([HEADINGS, ...rows.map(cells)])}`;
}
