// The parts of a document that cost most to make: times, addresses, Community IDs.

import { Buffer } from 'node:buffer';
import * as crypto from 'node:crypto';

// Times: RFC 3339, the first part of the last 4,096 different minutes cached by their low bits.

const MINUTES = 4096;
const minuteKeys = new Float64Array(MINUTES).fill(-1);
const minuteTexts = new Array(MINUTES).fill('');
const minuteDoubles = new Float64Array(MINUTES * 2);
/** Returns eight ASCII characters as the number whose bytes they are: an engine moves it in one instruction. */
export function toDouble(text) {
  return new DataView(Uint8Array.from(Buffer.from(text.padEnd(8), 'latin1')).buffer).getFloat64(0, true);
}

const SECONDS = Array.from({ length: 60 }, (_, second) => `${String(second).padStart(2, '0')}.000Z`);
const SECOND_DOUBLES = Float64Array.from(SECONDS, (text) => toDouble(`:${text}`));

export function timeText(seconds) {
  const minute = Math.floor(seconds / 60);
  return minuteTexts[minuteSlot(minute)] + SECONDS[seconds - minute * 60];
}

function minuteSlot(minute) {
  const slot = minute % MINUTES;
  if (minuteKeys[slot] !== minute) {
    minuteKeys[slot] = minute;
    minuteTexts[slot] = new Date(minute * 60_000).toISOString().slice(0, 17);
    minuteDoubles[2 * slot] = toDouble(minuteTexts[slot].slice(0, 8));
    minuteDoubles[2 * slot + 1] = toDouble(minuteTexts[slot].slice(8, 16));
  }
  return slot;
}

/** Writes a time's 24 bytes; gives the place after them. */
export function writeTime(view, at, seconds) {
  const minute = Math.floor(seconds / 60);
  const slot = minuteSlot(minute);
  view.setFloat64(at, minuteDoubles[2 * slot], true);
  view.setFloat64(at + 8, minuteDoubles[2 * slot + 1], true);
  view.setFloat64(at + 16, SECOND_DOUBLES[seconds - minute * 60], true);
  return at + 24;
}


// Addresses: from `at` on, the family (0 absent, 4, 6) and four words, of which IPv4 has the last.

const HEX = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** Returns the end of the address that begins there, or -1 if there is none; leaves IPv6 with an IPv4 part to others. */
export function readAddress(bytes, from, words, at) {
  let p = from;
  let value = 0;
  for (let octet = 0; octet < 4; octet++) {
    const a = bytes[p] - 48;
    if (a < 0 || a > 9) return octet === 0 && bytes[p] === 45 ? absentAddress(p, words, at) : readV6(bytes, from, words, at);
    let number = a;
    const b = bytes[++p] - 48;
    if (b >= 0 && b <= 9) {
      number = number * 10 + b;
      const c = bytes[++p] - 48;
      if (c >= 0 && c <= 9) {
        number = number * 10 + c;
        p++;
      }
      if (a === 0 || number > 255) return readV6(bytes, from, words, at);
    }
    value = (value << 8) | number;
    if (octet < 3 && bytes[p++] !== 46) return readV6(bytes, from, words, at);
  }
  words[at] = 4;
  words[at + 1] = words[at + 2] = words[at + 3] = 0;
  words[at + 4] = value;
  return p;
}

function absentAddress(p, words, at) {
  words[at] = 0;
  return p + 1;
}

const groups = new Int32Array(8);

function readV6(bytes, from, words, at) {
  let p = from;
  let count = 0;
  let gap = -1;
  if (bytes[p] === 58) {
    if (bytes[p + 1] !== 58) return -1;
    gap = 0;
    p += 2;
  }
  if (gap < 0 || HEX[bytes[p]] >= 0) {
    for (;;) {
      const start = p;
      let group = 0;
      for (let digit = HEX[bytes[p]]; digit >= 0; digit = HEX[bytes[++p]]) group = (group << 4) | digit;
      if (p === start || p - start > 4 || count === 8) return -1;
      groups[count++] = group;
      if (bytes[p] !== 58) break;
      p++;
      if (bytes[p] === 58) {
        if (gap >= 0) return -1;
        gap = count;
        p++;
        if (HEX[bytes[p]] < 0) break;
      }
    }
  }
  if (gap < 0 ? count !== 8 : count > 7) return -1;
  if (gap >= 0) {
    const moved = count - gap;
    for (let i = 1; i <= moved; i++) groups[8 - i] = groups[count - i];
    for (let i = gap; i < 8 - moved; i++) groups[i] = 0;
  }
  words[at] = 6;
  for (let i = 0; i < 4; i++) words[at + 1 + i] = (groups[2 * i] << 16) | groups[2 * i + 1];
  // An IPv4 address in IPv6 (::ffff:0:0/96) counts as IPv4 in a Community ID: a case for the slow reader.
  return words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0xffff ? -1 : p;
}

export function same(bytes, p, start, end) {
  for (let i = start; i < end; i++) if (bytes[p++] !== bytes[i]) return false;
  return bytes[p] <= 32;
}


// Community IDs: version 1, seed 0; the last 16,384 different flows cached by a hash of them.

const FLOWS = 16_384;
const flowKeys = new Int32Array(FLOWS * 10).fill(-1);
const flowIds = new Array(FLOWS).fill('');
const flowDoubles = new Float64Array(FLOWS * 4);
const flowBytes = Buffer.from(flowDoubles.buffer);
/** The IDs whose bytes are in `flowDoubles`. */
const flowWritten = new Array(FLOWS).fill('');
export const flowCache = { asked: 0, missed: 0 };

const hashInput = Buffer.alloc(40);

const sha1 = crypto.hash
  ? (length) => crypto.hash('sha1', hashInput.subarray(0, length), 'base64')
  : (length) => crypto.createHash('sha1').update(hashInput.subarray(0, length)).digest('base64');

/** Returns the ID of a flow between the addresses at two offsets, or '' if it has none. */
export function communityId(words, from, to, sourcePort, destinationPort, protocol) {
  const slot = communityIdSlot(words, from, to, sourcePort, destinationPort, protocol);
  return slot < 0 ? '' : flowIds[slot];
}

/** Returns the ID's slot in the table, or -1. */
function communityIdSlot(words, from, to, sourcePort, destinationPort, protocol) {
  if (words[from] === 0 || words[to] === 0 || protocol === 255 || protocol < 0) return -1;
  let first = sourcePort < 0 ? 0 : sourcePort;
  let second = destinationPort < 0 ? 0 : destinationPort;
  let hasPorts = true;
  let isOneWay = false;
  if (protocol === 1) {
    first = 0;
    second = 8;
  } else if (protocol === 58) {
    first = second = 0;
    isOneWay = true;
  } else if (protocol !== 6 && protocol !== 17 && protocol !== 132) {
    hasPorts = false;
    first = second = 0;
  }
  if (!isOneWay) {
    let order = 0;
    for (let i = 1; i <= 4 && order === 0; i++) order = (words[from + i] >>> 0) - (words[to + i] >>> 0);
    if (order > 0 || (order === 0 && first > second)) {
      let swapped = from;
      from = to;
      to = swapped;
      swapped = first;
      first = second;
      second = swapped;
    }
  }
  const ports = (first << 16) | second;
  const kind = protocol | (words[from] << 8) | (words[to] << 12);
  let hash = Math.imul(ports ^ kind, 0x9e3779b1);
  for (let i = 1; i <= 4; i++) hash = Math.imul(hash ^ words[from + i] ^ ((words[to + i] << 7) | (words[to + i] >>> 25)), 0x85ebca6b) ^ (hash >>> 15);
  const slot = (hash ^ (hash >>> 16)) & (FLOWS - 1);
  const at = slot * 10;
  flowCache.asked++;
  if (
    flowKeys[at] === kind && flowKeys[at + 1] === ports &&
    flowKeys[at + 2] === words[from + 4] && flowKeys[at + 3] === words[to + 4] &&
    flowKeys[at + 4] === words[from + 3] && flowKeys[at + 5] === words[to + 3] &&
    flowKeys[at + 6] === words[from + 2] && flowKeys[at + 7] === words[to + 2] &&
    flowKeys[at + 8] === words[from + 1] && flowKeys[at + 9] === words[to + 1]
  ) {
    return slot;
  }
  flowCache.missed++;
  flowKeys[at] = kind;
  flowKeys[at + 1] = ports;
  for (let i = 1; i <= 4; i++) {
    flowKeys[at + 10 - 2 * i] = words[from + i];
    flowKeys[at + 11 - 2 * i] = words[to + i];
  }
  flowIds[slot] = hashFlow(words, from, to, first, second, protocol, hasPorts);
  return slot;
}

/** Writes an ID's 30 bytes, if the flow has one; gives the place after them. */
export function writeCommunityId(view, at, words, from, to, sourcePort, destinationPort, protocol) {
  const slot = communityIdSlot(words, from, to, sourcePort, destinationPort, protocol);
  if (slot < 0) return at;
  const id = flowIds[slot];
  if (flowWritten[slot] !== id) {
    flowWritten[slot] = id;
    flowBytes.latin1Write(id, 32 * slot);
  }
  for (let i = 0; i < 4; i++) view.setFloat64(at + 8 * i, flowDoubles[4 * slot + i], true);
  return at + 30;
}

function hashFlow(words, from, to, first, second, protocol, hasPorts) {
  let length = hashAddress(words, to, hashAddress(words, from, 2));
  hashInput[length++] = protocol;
  hashInput[length++] = 0;
  if (hasPorts) {
    hashInput.writeUInt16BE(first, length);
    hashInput.writeUInt16BE(second, length + 2);
    length += 4;
  }
  return `1:${sha1(length)}`;
}

function hashAddress(words, at, length) {
  for (let i = words[at] === 4 ? 4 : 1; i <= 4; i++) length = hashInput.writeInt32BE(words[at + i], length);
  return length;
}
