// A gigabyte through the command: how long it takes, and how much memory. See README.md.
//
// The log is that of `npm run bench` for v5, again and again. Documents go to /dev/null; processes run one after the other,
// in rounds, and the round with the least time counts, but the one with the most memory.

import { spawnSync } from 'node:child_process';
import { closeSync, createReadStream, createWriteStream, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'target/bench');
const log = join(folder, 'gigabyte.log');
const packed = `${log}.gz`;
const BYTES = 1e9;
const ROUNDS = 3;

/** Loaded into a process of Node: says at its end how much memory it took. */
const probe = join(folder, 'memory-probe.mjs');
const probeFile = join(folder, 'memory');

mkdirSync(folder, { recursive: true });
if (!existsSync(log) || statSync(log).size < BYTES) {
  const source = join(folder, 'v5.log');
  if (!existsSync(source)) {
    const cargo = ['run', '--locked', '--release', '--quiet', '--example', 'bench_corpus', '--', folder];
    spawnSync('cargo', cargo, { cwd: root, stdio: 'inherit' });
  }
  const block = readFileSync(source);
  const file = openSync(log, 'w');
  for (let written = 0; written < BYTES; written += block.length) writeSync(file, block);
  closeSync(file);
  await pipeline(createReadStream(log), createGzip({ level: 6 }), createWriteStream(packed));
}
writeFileSync(probe, `
  import { writeFileSync } from 'node:fs';
  process.on('exit', () => writeFileSync(${JSON.stringify(probeFile)}, String(process.resourceUsage().maxRSS)));
`);

const node = ['node', '--import', probe];
const command = [...node, join(root, 'js/cli/main.js'), '-f', 'v5'];
const zlib = `
  const { createReadStream } = require('node:fs');
  const gunzip = createReadStream(process.argv[1]).pipe(require('node:zlib').createGunzip({ chunkSize: 512 * 1024 }));
  gunzip.on('data', () => {});
`;

const rows = {
  'the command, text from a file': [[...command, log]],
  'the command, text from a pipe': [command, `cat ${log}`],
  'the command, gzip from a file': [[...command, packed]],
  'the command, gzip from a pipe': [command, `cat ${packed}`],
  'the command, to a pipe': [[...command, log], undefined, '| cat'],
  'gunzip -c': [['gunzip', '-c', packed]],
  "node:zlib's stream": [[...node, '--eval', zlib, packed]],
};

const quoted = (words) => words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');

const sizes = [log, packed].map((path) => `${(statSync(path).size / 1e6).toFixed(0)} MB`);
console.log(`The log has ${sizes[0]}, as gzip ${sizes[1]}.\n`);
console.log('| what | seconds | processor seconds | peak MB |\n| --- | ---: | ---: | ---: |');
const results = new Map(Object.keys(rows).map((name) => [name, { seconds: Infinity, processor: Infinity, kilobytes: 0 }]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, [words, input, output = '']] of Object.entries(rows)) {
    const line = `${input ? `${input} |` : ''} ${quoted(words)} ${output} > /dev/null`;
    writeFileSync(probeFile, '0');
    const script = `TIMEFORMAT='%R %U %S'; time { ${line}; }`;
    const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', script], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    const [real, user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
    const best = results.get(name);
    best.seconds = Math.min(best.seconds, real);
    best.processor = Math.min(best.processor, user + system);
    best.kilobytes = Math.max(best.kilobytes, Number(readFileSync(probeFile, 'utf8')));
  }
}
for (const [name, { seconds, processor, kilobytes }] of results) {
  const memory = kilobytes > 0 ? ((kilobytes * 1024) / 1e6).toFixed(0) : '';
  console.log(`| ${name} | ${seconds.toFixed(1)} | ${processor.toFixed(1)} | ${memory} |`);
}
