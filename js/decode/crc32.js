/**
 * The checksum of gzip: CRC-32 (RFC 1952), eight bytes at a time.
 *
 * @module
 */

const TABLES = makeTables();

/**
 * Continues a checksum.
 *
 * @param {Uint8Array} bytes
 * @param {number} before the checksum of the bytes before, 0 at the start
 */
export function crc32(bytes, before) {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES;
  let crc = ~before;
  let at = 0;
  for (const stop = bytes.length - 7; at < stop; at += 8) {
    crc ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    crc = t7[crc & 255] ^ t6[(crc >>> 8) & 255] ^ t5[(crc >>> 16) & 255] ^ t4[crc >>> 24] ^
      t3[bytes[at + 4]] ^ t2[bytes[at + 5]] ^ t1[bytes[at + 6]] ^ t0[bytes[at + 7]];
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]) & 255];
  return ~crc >>> 0;
}

/** Returns for each of eight positions the effect of a byte. */
function makeTables() {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[0][byte] = crc;
  }
  for (let number = 1; number < 8; number++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[number - 1][byte];
      tables[number][byte] = (before >>> 8) ^ tables[0][before & 255];
    }
  }
  return tables;
}
