/**
 * Reads the rows of Parquet files as lines of a log, through the package `hyparquet`.
 *
 * A file names rows, values and sizes that it may not have. So all pages of a group of rows are checked before it is
 * read: what `hyparquet` makes of it is bounded then.
 *
 * @module
 */

import { VALUE_BYTES, checkPages } from './pages.js';
import { damaged, missing, tooLarge } from './problem.js';

/** The rows that are read at a time, unless a page has more. */
const RANGE_ROWS = 32 * 1024;

/** Codecs that need nothing: `hyparquet` has the second. */
const SIMPLE_CODECS = ['UNCOMPRESSED', 'SNAPPY'];

const encoder = new TextEncoder();

/**
 * The exports of `hyparquet` that are used, and decompressors by the names of codecs.
 *
 * @typedef {(bytes: Uint8Array, length: number) => Uint8Array} Decompress
 * @typedef {object} ParquetModule
 * @property {(file: Parts, options: object) => Promise<Metadata>} parquetMetadataAsync
 * @property {(options: object) => Promise<void>} parquetRead
 * @property {(packed: Uint8Array, unpacked: Uint8Array) => void} snappyUncompress
 * @property {Record<string, Decompress>} [compressors]
 *
 * @typedef {import('./source.js').Parts} Parts
 * @typedef {object} Metadata
 * @property {{ name: string, num_children?: number, repetition_type?: string }[]} schema
 * @property {{ num_rows: bigint | number, columns: { meta_data?: ColumnMetadata }[] }[]} row_groups
 *
 * @typedef {object} ColumnMetadata
 * @property {string[]} path_in_schema
 * @property {string} type
 * @property {string} codec
 * @property {bigint | number} data_page_offset
 * @property {bigint | number} [dictionary_page_offset]
 * @property {bigint | number} total_compressed_size
 */

/**
 * Yields a header line and a line for each row.
 *
 * @param {Parts} file
 * @param {object} settings
 * @param {ParquetModule} settings.module
 * @param {Record<string, Decompress>} settings.decompressors of the platform
 * @param {number} settings.maxMemory
 * @param {(warning: string) => void} settings.warn
 * @returns {AsyncGenerator<Uint8Array, void, undefined>}
 */
export async function* parquetLines(file, { module, decompressors, maxMemory, warn }) {
  const metadata = await reading(() => module.parquetMetadataAsync(file, { geoparquet: false }));
  const names = await reading(() => columnsOf(metadata, warn));
  const compressors = { ...module.compressors, ...decompressors };
  const header = `${names.map((name) => name.replaceAll('_', '-')).join(' ')}\n`;
  yield encoder.encode(header);
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const chunks = await reading(() => chunksOf(group, metadata.schema, names));
    for (const { codec } of chunks) {
      if (SIMPLE_CODECS.includes(codec) || codec in compressors) continue;
      throw missing(`the Parquet file is compressed with ${codec}: install the package hyparquet-compressors, which has it`);
    }
    const start = Math.min(...chunks.map((chunk) => chunk.start));
    const end = Math.max(...chunks.map((chunk) => chunk.end));
    if (end - start > maxMemory) throw beyond(maxMemory);
    const bytes = new Uint8Array(await file.slice(start, end));
    const pages = await reading(() => chunks.map(({ start: from, end: to, codec, ...column }) => {
      const unpack = unpacker(codec, module, compressors);
      return checkPages(bytes.subarray(from - start, to - start), rows, { ...column, unpack }, maxMemory);
    }));
    if (pages.reduce((sum, { memory }) => sum + memory, 0) > maxMemory) throw beyond(maxMemory);
    const held = {
      byteLength: file.byteLength,
      /** @param {number} from @param {number} [to] */
      slice: (from, to = file.byteLength) => bytes.slice(from - start, to - start).buffer,
    };
    const fitting = Math.max(1, Math.floor(maxMemory / names.length / VALUE_BYTES));
    const step = Math.min(Math.max(RANGE_ROWS, ...pages.map(({ most }) => most)), fitting);
    for (let first = 0; first < rows; first += step) {
      /** @type {unknown[][]} */
      let found = [];
      const range = { rowStart: groupStart + first, rowEnd: groupStart + Math.min(first + step, rows) };
      await reading(() => module.parquetRead({
        file: held, metadata, columns: names, compressors, ...range, onComplete: (/** @type {unknown[][]} */ all) => (found = all),
      }));
      yield encoder.encode(linesOf(found, names, header));
    }
    groupStart += rows;
  }
}

/**
 * Runs a step of the reading, whose errors are those of a damaged file.
 *
 * @template T
 * @param {() => T | Promise<T>} step
 */
async function reading(step) {
  try {
    return await step();
  } catch (error) {
    if (error instanceof Error && error.name === 'FlowLogError') throw error;
    throw damaged(`the Parquet file is damaged or cut short: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Returns what unpacks the pages of a codec.
 *
 * @param {string} codec
 * @param {ParquetModule} module
 * @param {Record<string, Decompress>} compressors
 * @returns {Decompress}
 */
function unpacker(codec, { snappyUncompress }, compressors) {
  const unpack = (/** @type {Uint8Array} */ bytes, /** @type {number} */ size) => {
    if (codec === 'UNCOMPRESSED') return bytes;
    if (codec in compressors) return compressors[codec](bytes, size);
    const unpacked = new Uint8Array(size);
    snappyUncompress(bytes, unpacked);
    return unpacked;
  };
  return (bytes, size) => {
    const unpacked = unpack(bytes, size);
    if (unpacked.length !== size) throw new Error('a page unpacks to another size than its header has');
    return unpacked;
  };
}

/** @param {number} maxMemory */
function beyond(maxMemory) {
  return tooLarge(`a group of rows of the Parquet file needs more than ${maxMemory} bytes, as the option "maxMemory" allows`);
}

/**
 * Returns the names of the columns that have one value for each row.
 *
 * @param {Metadata} metadata
 * @param {(warning: string) => void} warn
 */
function columnsOf({ schema }, warn) {
  const names = [];
  const [root, ...elements] = schema;
  if (root?.repetition_type === 'REPEATED') throw new Error('all of it is repeated');
  let left = root?.num_children ?? 0;
  for (let index = 0; left > 0 && index < elements.length; left--) {
    const { name, repetition_type: repetition } = elements[index];
    if (typeof name !== 'string') throw new Error('a column has no name');
    const count = descendants(elements, index);
    if (count === 0 && repetition !== 'REPEATED') names.push(name);
    else warn(`the column ${JSON.stringify(name)} of the Parquet file is nested, and is not read`);
    index += count + 1;
  }
  if (names.length === 0) throw new Error('it has no columns');
  return names;
}

/** Returns the number of elements below one. @param {Metadata['schema']} elements @param {number} index */
function descendants(elements, index) {
  let count = 0;
  for (let left = elements[index]?.num_children ?? 0; left > 0 && index + count + 1 < elements.length; left--) {
    count += 1;
    left += elements[index + count].num_children ?? 0;
  }
  return count;
}

/**
 * Returns the parts of the file that have the columns of a group.
 *
 * @param {Metadata['row_groups'][number]} group
 * @param {Metadata['schema']} schema
 * @param {string[]} names
 */
function chunksOf({ columns }, schema, names) {
  const chunks = columns.flatMap(({ meta_data: data }) => {
    if (data === undefined || data.path_in_schema.length !== 1 || !names.includes(data.path_in_schema[0])) return [];
    const first = Number(data.data_page_offset);
    const start = Math.min(first, Number(data.dictionary_page_offset || first));
    const optional = schema.find(({ name }) => name === data.path_in_schema[0])?.repetition_type !== 'REQUIRED';
    return [{ type: data.type, optional, codec: data.codec, start, end: start + Number(data.total_compressed_size) }];
  });
  if (chunks.length !== names.length) throw new Error('a group of rows lacks a column');
  if (chunks.some(({ start, end }) => !(start >= 4 && end > start))) throw new Error('a column is outside the file');
  return chunks;
}

/**
 * Returns the lines of rows. A row with a value that a line cannot have is a JSON object, after which the header is
 * repeated.
 *
 * @param {unknown[][]} rows
 * @param {string[]} names
 * @param {string} header
 */
function linesOf(rows, names, header) {
  let text = '';
  for (const row of rows) {
    let line = '';
    for (let index = 0; index < names.length; index++) {
      const token = tokenOf(row[index]);
      if (token === undefined) {
        line = `${objectOf(row, names)}\n${header}`;
        break;
      }
      line += index === names.length - 1 ? `${token}\n` : `${token} `;
    }
    text += line;
  }
  return text;
}

/** Returns a value as the token of a line; undefined if it cannot be one. @param {unknown} value */
function tokenOf(value) {
  if (value === null || value === undefined || value === '') return '-';
  // eslint-disable-next-line no-control-regex
  if (typeof value === 'string') return /[\s\0-\x1f"{]/.test(value) ? undefined : value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  return undefined;
}

/** @param {unknown[]} row @param {string[]} names */
function objectOf(row, names) {
  const members = names.map((name, index) => {
    const value = row[index];
    const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value ?? null, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner));
    return `${JSON.stringify(name)}:${text}`;
  });
  return `{${members.join(',')}}`;
}
