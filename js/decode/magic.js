/**
 * Kinds of files by their first bytes.
 *
 * Sources: RFC 1952 (gzip), RFC 8878 (zstd), the specifications of Parquet, ORC and Avro, and the formats of zip, bzip2
 * and xz.
 *
 * @module
 */

/**
 * A kind of file: its name, its first bytes, and what to do with one that is not read here.
 *
 * @typedef {{ name: string, magic: number[], advice?: string }} Kind
 */

/** @type {Kind[]} */
const KINDS = [
  { name: 'gzip', magic: [0x1f, 0x8b] },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'Parquet', magic: [0x50, 0x41, 0x52, 0x31] },
  { name: 'Parquet', magic: [0x50, 0x41, 0x52, 0x45], advice: 'it is encrypted: decrypt it first' },
  { name: 'ORC', magic: [0x4f, 0x52, 0x43], advice: 'convert it to Parquet, CSV or JSON lines first' },
  { name: 'Avro', magic: [0x4f, 0x62, 0x6a, 0x01], advice: 'convert it to Parquet, CSV or JSON lines first' },
  { name: 'zip', magic: [0x50, 0x4b, 0x03, 0x04], advice: 'unpack it first, for example with unzip -p' },
  { name: 'zip', magic: [0x50, 0x4b, 0x05, 0x06], advice: 'unpack it first; this one is empty' },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68], advice: 'unpack it first, for example with bzip2 -dc' },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], advice: 'unpack it first, for example with xz -dc' },
  { name: 'LZ4', magic: [0x04, 0x22, 0x4d, 0x18], advice: 'unpack it first, for example with lz4 -dc' },
  { name: '7-Zip', magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], advice: 'unpack it first, for example with 7z x -so' },
];

/** The number of first bytes that are looked at. */
export const MAGIC_BYTES = 16;

/**
 * Returns the kind of a file; undefined for a text.
 *
 * @param {Uint8Array} head its first bytes, `MAGIC_BYTES` of them if there are so many
 * @returns {Kind | undefined}
 */
export function kindOf(head) {
  const kind = KINDS.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
  // Words such as ORC may start a text, which has no control characters.
  return kind && head.some(isBinary) ? kind : undefined;
}

/** @param {number} byte */
function isBinary(byte) {
  return (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) || byte > 126;
}
