// Parquet files, written by another package, decoded to lines.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { compressors } from 'hyparquet-compressors';
import * as hyparquet from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { copyPackage } from '../../scripts/run.mjs';
import { temporaryFolder } from './command.js';
import { decoders as withoutParquet, read } from './decoded.js';
import { documentsOf, entryOf, imported, packageRoot } from './package.js';
import { Dice } from './random.js';

const fixtures = new URL('../fixtures/inputs/parquet/', import.meta.url);
const parquet = async () => ({ ...hyparquet, compressors });
const decoders = Object.fromEntries(Object.entries(withoutParquet).map(([name, decode]) => {
  return [name, (input, options) => decode(input, { parquet, ...options })];
}));

/** Returns columns as AWS writes them: numbers of 32 and 64 bits, texts, and nothing where a value is absent. */
function columns(rows) {
  const column = (name, type, valueOf) => ({ name, type, data: Array.from({ length: rows }, (_, row) => valueOf(row)) });
  return [
    column('version', 'INT32', () => 2),
    column('account_id', 'STRING', () => '123456789010'),
    column('srcaddr', 'STRING', (row) => (row % 10 === 3 ? null : `10.0.${row % 256}.1`)),
    column('srcport', 'INT32', (row) => (row % 10 === 3 ? null : row % 65_536)),
    column('bytes', 'INT64', (row) => 9_007_199_254_740_993n + BigInt(row)),
    column('end', 'INT64', (row) => 1_418_530_070n + BigInt(row)),
    column('log_status', 'STRING', (row) => (row % 10 === 3 ? 'NODATA' : 'OK')),
  ];
}

/** Returns the lines that AWS writes for the same rows. */
function linesOf(rows) {
  const lines = Array.from({ length: rows }, (_, row) => {
    const has = row % 10 !== 3;
    return `2 123456789010 ${has ? `10.0.${row % 256}.1 ${row % 65_536}` : '- -'} ${9_007_199_254_740_993n + BigInt(row)} ${1_418_530_070 + row} ${has ? 'OK' : 'NODATA'}`;
  });
  return `version account-id srcaddr srcport bytes end log-status\n${lines.join('\n')}\n`;
}

const write = (rows, more = {}) => new Uint8Array(parquetWriteBuffer({
  columnData: columns(rows), compressors: { GZIP: (bytes) => new Uint8Array(gzipSync(bytes)) }, ...more,
}));

for (const [name, decode] of Object.entries(decoders)) {
  test(`${name}, rows are lines, in any codec, group and container`, async () => {
    const expected = linesOf(5000);
    for (const codec of ['UNCOMPRESSED', 'SNAPPY', 'GZIP']) {
      for (const rowGroupSize of [700, 5000]) {
        const file = write(5000, { codec, rowGroupSize, pageSize: 10_000 });
        const inputs = [
          [file, ['parquet']], [new Blob([file]), ['parquet']], [[file.subarray(0, 10), file.subarray(10)], ['parquet']],
          [{ byteLength: file.length, async slice(start, end = this.byteLength) { return file.slice(start, end).buffer; } }, ['parquet']],
          [gzipSync(file), ['gzip', 'parquet']], [Buffer.from(file).toString('base64'), ['base64', 'parquet']],
        ];
        for (const [input, layers] of inputs) {
          const found = await read(decode(input));
          assert.equal(found.error, undefined);
          assert.ok(found.text === expected, `${codec} ${rowGroupSize} ${layers}`);
          assert.deepStrictEqual([found.layers, found.warnings], [layers, []]);
        }
      }
    }
  });

  test(`${name}, files of another writer: pages of zstd, snappy and gzip, of differences, of both versions, in groups`, async () => {
    const expected = linesOf(500);
    const files = readdirSync(fixtures).filter((file) => file.endsWith('.parquet'));
    assert.deepStrictEqual(files.sort(), ['delta-1', 'delta-2', 'gzip-1', 'gzip-2', 'snappy-1', 'snappy-2', 'zstd-1', 'zstd-2'].map((file) => `${file}.parquet`));
    for (const file of files) {
      const bytes = new Uint8Array(readFileSync(new URL(file, fixtures)));
      const { text, error } = await read(decode(bytes));
      assert.deepStrictEqual([file, error, text === expected], [file, undefined, true]);
    }
  });

  test(`${name}, their pages that are damaged or cut short are an error, or rows`, async () => {
    const dice = new Dice(26);
    for (const file of readdirSync(fixtures).filter((each) => each.endsWith('.parquet'))) {
      const bytes = new Uint8Array(readFileSync(new URL(file, fixtures)));
      let failures = 0;
      for (let round = 0; round < 60; round++) {
        const damaged = bytes.slice();
        // Without a page's end, the file still has its own: the bytes between are zeros.
        const at = 4 + dice.below(bytes.length - 2000);
        if (round % 2) damaged.fill(0, at, at + 300);
        else for (let count = 0; count < 5; count++) damaged[at + count] ^= 1 + dice.below(255);
        const { text, error } = await read(decode(damaged, { maxMemory: 64 << 20 }));
        if (error === undefined) continue;
        failures += 1;
        assert.match(error.code, /^(?:damaged_input|input_too_large)$/, error.stack);
        assert.ok(text.length < 200_000);
      }
      assert.ok(failures > 20, `${file}: ${failures} failures`);
      for (const length of [8, 100, bytes.length - 1, bytes.length >> 1]) {
        const { error } = await read(decode(bytes.subarray(0, length), { maxMemory: 64 << 20 }));
        assert.ok(error, `${length} bytes of ${file}`);
        assert.equal(error.code, 'damaged_input', error.stack);
      }
    }
  });

  test(`${name}, a byte of a page with a checksum that is another is an error`, async () => {
    for (const file of ['delta-1', 'delta-2']) {
      const bytes = new Uint8Array(readFileSync(new URL(`${file}.parquet`, fixtures)));
      const at = Buffer.from(bytes).indexOf('123456789010');
      bytes[at] ^= 1;
      const { text, error } = await read(decode(bytes));
      const message = 'the Parquet file is damaged or cut short: a page has another checksum than its bytes';
      assert.deepStrictEqual([file, text, error?.message], [file, '', message]);
    }
  });

  test(`${name}, numbers of a page's header that are too large end the reading before the page is unpacked`, async () => {
    const unpacked = () => { throw new Error('it was unpacked'); };
    const readPage = (page, rows) => {
      const column = { path_in_schema: ['version'], type: 'BYTE_ARRAY', codec: 'LZ4', data_page_offset: 4, total_compressed_size: page.length };
      const metadata = {
        schema: [{ name: 'root', num_children: 1 }, { name: 'version', repetition_type: 'REQUIRED' }],
        row_groups: [{ num_rows: rows, columns: [{ meta_data: column }] }],
      };
      const module = { ...hyparquet, parquetMetadataAsync: async () => metadata, compressors: { LZ4: unpacked } };
      const file = Buffer.concat(['PAR1', page, 'PAR1'].map((part) => Buffer.from(part)));
      return read(decode(file, { parquet: async () => module, maxMemory: 1 << 20 }));
    };
    const zigzag = (number) => {
      const bytes = [];
      let left = number * 2;
      for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
      return [...bytes, left];
    };
    // Fields 1, 2 and 3: the kind, and the sizes; field 5: the number of values, the encoding, and those of the levels.
    const pageOf = (size, count) => [
      0x15, ...zigzag(0), 0x15, ...zigzag(size), 0x15, ...zigzag(1),
      0x2c, 0x15, ...zigzag(count), 0x15, ...zigzag(7), 0x15, ...zigzag(3), 0x15, ...zigzag(3), 0, 0, 0,
    ];
    const beyond = 'a group of rows of the Parquet file needs more than 1048576 bytes, as the option "maxMemory" allows';
    const damage = 'the Parquet file is damaged or cut short: ';
    const cases = [
      // A list of numbers of eight bytes.
      [[0x19, 0xf7, ...zigzag(2 ** 50), 0, 0], 1, `${damage}a header is cut short`],
      [pageOf(1 << 20, 1), 1, beyond],
      [pageOf(1, 1 << 20), 1 << 20, beyond],
      [pageOf(1 << 10, 1), 1, `${damage}it was unpacked`],
    ];
    for (const [page, rows, message] of cases) {
      const { text, error } = await readPage(page, rows);
      assert.deepStrictEqual([text, error?.message], ['', message]);
    }
  });

  test(`${name}, documents are those of the lines`, async () => {
    const { text } = await read(decode(write(200)));
    const documents = documentsOf(new imported.Parser().toNdjson(text));
    assert.deepStrictEqual(documents, documentsOf(new imported.Parser().toNdjson(linesOf(200))));
    assert.equal(documents.length, 200);
  });

  test(`${name}, a value that a line cannot have, times and other columns`, async () => {
    const columnData = [
      { name: 'version', type: 'INT32', data: [2, 2] },
      { name: 'srcaddr', type: 'STRING', data: ['192.0.2.1', '192.0.2.2'] },
      { name: 'start', type: 'TIMESTAMP', data: [new Date(1418530010000), new Date(1418530011500)] },
      { name: 'my_note', type: 'STRING', data: ['two words', ''] },
    ];
    const { text } = await read(decode(new Uint8Array(parquetWriteBuffer({ columnData }))));
    assert.equal(text, [
      'version srcaddr start my-note',
      '{"version":2,"srcaddr":"192.0.2.1","start":"2014-12-14T04:06:50.000Z","my_note":"two words"}',
      'version srcaddr start my-note',
      '2 192.0.2.2 2014-12-14T04:06:51.500Z -', '',
    ].join('\n'));
  });

  test(`${name}, files that are cut short or damaged are an error, and take bounded memory`, async () => {
    const dice = new Dice(11);
    const file = write(3000, { codec: 'SNAPPY', rowGroupSize: 1000 });
    const whole = linesOf(3000);
    for (let round = 0; round < 300; round++) {
      const damaged = file.slice(0, round % 3 === 0 ? dice.below(file.length) : file.length);
      // The headers and the end of the file have the numbers that could cost memory.
      const at = round % 3 === 1 ? damaged.length - 1 - dice.below(Math.min(2000, damaged.length)) : dice.below(damaged.length || 1);
      if (round % 3 > 0) damaged[at] ^= 1 << dice.below(8);
      const { text, error } = await read(decode(damaged, { maxMemory: 64 << 20 }));
      if (error !== undefined) assert.match(error.code, /^(?:damaged_input|input_too_large|missing_package|unsupported_input)$/, error.stack);
      else if (round % 3 === 0) assert.ok(text === '' || damaged.length < 16, `${damaged.length} bytes were read`);
      assert.ok(text.length < 2 * whole.length);
    }
    const { rss } = process.memoryUsage();
    assert.ok(rss < 1e9, `${rss} bytes`);
    const cut = await read(decode(file.subarray(0, file.length - 100)));
    assert.equal(cut.error.message, 'the Parquet file is damaged or cut short: parquet file invalid (footer != PAR1)');
    const { error } = await read(decode([file], { maxMemory: 1000 }));
    assert.match(error.message, /^the Parquet file has more than 1000 bytes, as the option "maxMemory" allows; give it as bytes/);
  });
}

test('without the package that reads it, Parquet is named, with what to do', async () => {
  const file = write(3);
  const browser = await read(withoutParquet['in browsers'](file));
  assert.equal(browser.error.message, 'this is Parquet, which the package hyparquet reads: give the option "parquet"');
  // A copy of the package, in a folder without the packages around the other.
  const alone = join(temporaryFolder().path, 'vpcflow-ecs');
  copyPackage(packageRoot, alone);
  const { decode } = await import(pathToFileURL(join(alone, entryOf('.'))).href);
  const { error } = await read(decode(file));
  assert.equal(error.message, 'this is Parquet, which the package hyparquet reads: install it beside vpcflow-ecs, with npm install hyparquet');
});
