// Makes screenshots small: rewrites a PNG with a palette of 256 colours, which text on plain ground hardly exceeds.

import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const COLOURS = 256;

/**
 * Returns a PNG with a palette, made from one without.
 *
 * @param {Buffer} png of 8 bits for each of red, green and blue, as Chromium writes it
 */
export function withPalette(png) {
  const { width, height, pixels } = decode(png);
  const { palette, indexOf } = paletteOf(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0, at = 0; y < height; y++) {
    // Each row begins with its filter: none.
    for (let x = 0; x < width; x++, at += 3) rows[y * (width + 1) + 1 + x] = indexOf.get(pixels.readUIntBE(at, 3));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Bits of an index; colours by palette.
  header.set([8, 3], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, colour >> 8 & 255, colour & 255]));
  const parts = [chunk('IHDR', header), chunk('PLTE', colours), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([SIGNATURE, ...parts]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** Returns the size of a PNG and its pixels, three bytes each. */
function decode(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error('expected a PNG');
  const data = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  if (png[24] !== 8 || png[25] !== 2) throw new Error('expected a PNG of 8 bits for each of red, green and blue');
  return { width, height, pixels: unfilter(inflateSync(Buffer.concat(data)), width * 3, height) };
}

/** Returns the bytes of rows, each of which PNG stores as differences from its neighbours. */
function unfilter(stored, size, height) {
  const bytes = Buffer.alloc(size * height);
  for (let y = 0; y < height; y++) {
    const filter = stored[y * (size + 1)];
    for (let x = 0; x < size; x++) {
      const at = y * size + x;
      const left = x >= 3 ? bytes[at - 3] : 0;
      const above = y > 0 ? bytes[at - size] : 0;
      const corner = x >= 3 && y > 0 ? bytes[at - size - 3] : 0;
      const predicted = [0, left, above, left + above >> 1, nearest(left, above, corner)][filter];
      bytes[at] = stored[y * (size + 1) + 1 + x] + predicted;
    }
  }
  return bytes;
}

/** Returns the neighbour that is the nearest to their gradient (PNG's filter "Paeth"). */
function nearest(left, above, corner) {
  const distance = (value) => Math.abs(left + above - corner - value);
  if (distance(left) <= distance(above) && distance(left) <= distance(corner)) return left;
  return distance(above) <= distance(corner) ? above : corner;
}

/** Returns the most frequent colours, one of each small cube of similar ones, and for every colour the index of the nearest. */
function paletteOf(pixels) {
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += 3) {
    const colour = pixels.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const cubes = new Map();
  for (const colour of byCount) {
    const cube = colour & 0xf0f0f0;
    if (!cubes.has(cube)) cubes.set(cube, colour);
  }
  const palette = [...new Set([...cubes.values()].slice(0, COLOURS / 2).concat(byCount))].slice(0, COLOURS);
  const difference = (a, b, shift) => ((a >> shift & 255) - (b >> shift & 255)) ** 2;
  const indexOf = new Map(byCount.map((colour) => {
    const distances = palette.map((other) => difference(colour, other, 16) + difference(colour, other, 8) + difference(colour, other, 0));
    return [colour, distances.indexOf(Math.min(...distances))];
  }));
  return { palette, indexOf };
}
