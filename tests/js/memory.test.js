// A long input needs no more memory than a short one.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from './command.js';
import { cliPath } from './package.js';

const INPUT_BYTES = 200e6;
/** Batches of 5 MiB, two of them, and their compression, are on top of that. */
const MAX_SHIP_KILOBYTES = 250e6 / 1024;
/** 150 MB. Node itself takes about 50 of them; an input or output that was kept would take many times as much. */
const MAX_RESIDENT_KILOBYTES = 150e6 / 1024;

const folder = temporaryFolder();

// Loaded into the command's process: says at its end how much memory it took.
const probe = folder.write('probe.mjs', `
  import { writeFileSync } from 'node:fs';
  process.on('exit', () => writeFileSync(process.env.PROBE_FILE, String(process.resourceUsage().maxRSS)));
`);

/** Returns about a megabyte of records, different from block to block. */
function block(number) {
  const lines = [];
  for (let i = 0; i < 8000; i++) {
    const port = (number * 8000 + i) % 65536;
    lines.push(`2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 ${port} 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n`);
  }
  return Buffer.from(lines.join(''));
}

const blocks = Array.from({ length: 8 }, (_, number) => block(number));

const inputs = {
  text: blocks,
  // Members of a gzip file may follow each other.
  gzip: blocks.map((text) => gzipSync(text)),
};

/** The command for each kind of input, the most memory that it may take, and the start of its summary. */
const runs = {
  text: { args: [], most: MAX_RESIDENT_KILOBYTES },
  gzip: { args: [], most: MAX_RESIDENT_KILOBYTES },
  'gzip, shipped': { kind: 'gzip', args: ['ship', '-', '-o', '-'], most: MAX_SHIP_KILOBYTES, summary: (count) => `1 object, ${count} events: ${count} created in` },
};

for (const [name, { kind = name, args, most, summary = (count) => `1 file, ${count} lines: ${count} records, 0 headers, 0 blanks, 0 errors in` }] of Object.entries(runs)) {
  const chunks = inputs[kind];
  test(`200 MB of ${name} pass through in constant memory`, async () => {
    const probeFile = join(folder.path, 'memory');
    const child = spawn(process.execPath, ['--import', probe, cliPath, ...args, '-f', 'default'], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, PROBE_FILE: probeFile },
    });
    const closed = once(child, 'close');
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    let written = 0;
    let lines = 0;
    for (let number = 0; written < INPUT_BYTES; number++) {
      const index = number % blocks.length;
      written += blocks[index].length;
      lines += 8000;
      if (!child.stdin.write(chunks[index])) await once(child.stdin, 'drain');
    }
    child.stdin.end();
    const [status] = await closed;
    assert.equal(status, 0, stderr);
    const count = lines.toLocaleString('en-US');
    assert.ok(stderr.includes(summary(count)), stderr);
    const kilobytes = Number(readFileSync(probeFile, 'utf8'));
    assert.ok(kilobytes > 10_000 && kilobytes < most, `it took ${kilobytes} kB`);
  });
}
