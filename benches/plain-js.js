// The rival: tuned plain JavaScript that makes the documents of schema `ecs`, mode `ecs`.
//
// It is what one would write instead of using the module, and it checks what the module checks: the number of fields,
// the ranges of integers, addresses, closed words, UTF-8. For each format it writes a function that reads a line's bytes
// once and knows every column (`compile` at the end). Lines that such a function does not foresee (tabs, doubled blanks,
// quotes, leading zeros, bad lines) go to a slow, plain reader, which decides.
//
// What makes it fast, each found by measuring:
// - bytes are scanned in the Uint8Array, texts are cut from one Latin-1 string of the whole chunk;
// - the constant parts of a document are literals of the generated code;
// - a document's string is written into one buffer before the next is made, so that no ropes pile up;
// - times are remembered in a table of 4,096 minutes, Community IDs in one of 16,384 flows, both of fixed size;
// - the Community ID's SHA-1 is computed by node:crypto's one-shot `hash` where Node has it, else by `createHash`.

import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import * as crypto from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { PROTOCOLS } from './protocols.js';

// ---------------------------------------------------------------------------------------------------------------------
// What the fields hold, and what becomes of them.

const INT = 2 ** 31 - 1;
const LONG = 2n ** 63n - 1n;
const MAX_SECONDS = 253_402_300_799;

/** Fields that are not plain text. */
const KINDS = {
  version: { int: INT },
  srcaddr: { address: true },
  dstaddr: { address: true },
  srcport: { int: 65_535 },
  dstport: { int: 65_535 },
  protocol: { int: 255 },
  packets: { long: true },
  bytes: { long: true },
  start: { time: true },
  end: { time: true },
  action: { words: ['ACCEPT', 'REJECT'] },
  'log-status': { words: ['OK', 'NODATA', 'SKIPDATA'] },
  'tcp-flags': { int: INT },
  type: { words: ['IPv4', 'IPv6', 'EFA'] },
  'pkt-srcaddr': { address: true },
  'pkt-dstaddr': { address: true },
  'flow-direction': { words: ['ingress', 'egress'] },
  'traffic-path': { int: INT },
  'encryption-status': { int: INT },
  'instance-tag': { tag: true },
  'instance-tag-2': { tag: true },
  'interface-tag': { tag: true },
  'interface-tag-2': { tag: true },
  'asg-tag': { tag: true },
  'asg-tag-2': { tag: true },
};

/** Fields that a record with data always has: the generated code has a short way for lines that have all of them. */
const USUAL = new Set([
  'version', 'account-id', 'interface-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'packets', 'bytes',
  'start', 'end', 'action', 'log-status', 'vpc-id', 'subnet-id', 'type', 'pkt-srcaddr', 'pkt-dstaddr', 'region',
  'az-id', 'flow-direction',
]);

const FLAGS = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'];
const FLAG_NAMES = Array.from({ length: 64 }, (_, flags) => FLAGS.filter((_, bit) => (flags >> bit) & 1));
const FLAG_JSON = FLAG_NAMES.map((names) => JSON.stringify(names));
const TRANSPORTS = Array.from({ length: 256 }, (_, number) => PROTOCOLS[number] ?? '');

const ADDRESSES = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];
const FLOW = ['srcaddr', 'dstaddr', 'protocol'];

/** Path to rule: by which function of `rules` it is made, and of which field. */
const PLACES = {
  '@timestamp': ['time', 'end'],
  'cloud.account.id': ['text', 'account-id'],
  'cloud.availability_zone': ['text', 'az-id'],
  'cloud.instance.id': ['text', 'instance-id'],
  'cloud.provider': ['constant', 'aws'],
  'cloud.region': ['text', 'region'],
  'container.id': ['text', 'ecs-container-id'],
  'destination.address': ['text', 'dstaddr'],
  'destination.ip': ['text', 'dstaddr'],
  'destination.port': ['number', 'dstport'],
  'ecs.version': ['constant', '8.17.0'],
  'event.action': ['choice', 'action', ['accept', 'reject']],
  'event.category': ['constant', ['network']],
  'event.end': ['time', 'end'],
  'event.kind': ['constant', 'event'],
  'event.outcome': ['choice', 'action', ['success', 'failure']],
  'event.reason': ['text', 'reject-reason'],
  'event.start': ['time', 'start'],
  'event.type': ['eventType', 'action'],
  'network.bytes': ['number', 'bytes'],
  'network.community_id': ['communityId', FLOW],
  'network.direction': ['text', 'flow-direction'],
  'network.iana_number': ['digits', 'protocol'],
  'network.packets': ['number', 'packets'],
  'network.transport': ['transport', 'protocol'],
  'network.type': ['networkType', ['type', 'srcaddr', 'dstaddr']],
  'orchestrator.cluster.id': ['text', 'ecs-cluster-arn'],
  'orchestrator.cluster.name': ['text', 'ecs-cluster-name'],
  'orchestrator.resource.id': ['text', 'ecs-container-instance-id'],
  'orchestrator.resource.name': ['text', 'ecs-container-instance-arn'],
  'orchestrator.resource.type': ['constantIfAny', ['ecs-container-instance-arn'], 'container'],
  'orchestrator.type': ['constantIfAny', ['ecs-cluster-arn', 'ecs-cluster-name'], 'ecs'],
  'related.ip': ['relatedIp', ADDRESSES],
  'service.name': ['text', 'ecs-service-name'],
  'source.address': ['text', 'srcaddr'],
  'source.bytes': ['number', 'bytes'],
  'source.ip': ['text', 'srcaddr'],
  'source.packets': ['number', 'packets'],
  'source.port': ['number', 'srcport'],
};

/** Fields whose place under `aws.vpcflow` is not their own name, or that have none there. */
const VPCFLOW = {
  'sublocation-type': 'sublocation.type',
  'sublocation-id': 'sublocation.id',
  'pkt-src-aws-service': 'pkt_src_service',
  'pkt-dst-aws-service': 'pkt_dst_service',
};
const ELSEWHERE = new Set([
  'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'packets', 'bytes', 'start', 'end', 'region', 'az-id',
  'flow-direction', 'ecs-cluster-arn', 'ecs-cluster-name', 'ecs-container-instance-arn', 'ecs-container-instance-id',
  'ecs-service-name', 'reject-reason',
]);

/** The tree of a format's documents, its keys sorted: Map of key to rule or Map. */
function documentTree(names, communityId) {
  const places = Object.entries(PLACES).filter(([, [how, from]]) => {
    if (how === 'communityId' && !communityId) return false;
    if (how === 'constant' || how === 'eventType') return true;
    if (how === 'communityId') return from.every((field) => names.includes(field));
    return [from].flat().some((field) => names.includes(field));
  });
  for (const field of names.filter((name) => !ELSEWHERE.has(name))) {
    const kind = KINDS[field] ?? {};
    const how = kind.tag ? 'tag' : kind.int ? 'number' : 'text';
    places.push([`aws.vpcflow.${VPCFLOW[field] ?? field.replaceAll('-', '_')}`, [how, field]]);
    if (field === 'tcp-flags') places.push(['aws.vpcflow.tcp_flags_array', ['flagNames', field]]);
  }
  const root = new Map();
  for (const [path, rule] of places) {
    const keys = path.split('.');
    const last = keys.pop();
    let node = root;
    for (const key of keys) {
      if (!node.has(key)) node.set(key, new Map());
      node = node.get(key);
    }
    node.set(last, rule);
  }
  const sorted = (node) =>
    node instanceof Map ? new Map([...node].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, n]) => [k, sorted(n)])) : node;
  return sorted(root);
}

// ---------------------------------------------------------------------------------------------------------------------
// Times: RFC 3339, the first part of the last 4,096 different minutes remembered by their low bits.

const MINUTES = 4096;
const minuteKeys = new Float64Array(MINUTES).fill(-1);
const minuteTexts = new Array(MINUTES).fill('');
const SECONDS = Array.from({ length: 60 }, (_, second) => `${String(second).padStart(2, '0')}.000Z`);

function timeText(seconds) {
  const minute = Math.floor(seconds / 60);
  const slot = minute % MINUTES;
  if (minuteKeys[slot] !== minute) {
    minuteKeys[slot] = minute;
    minuteTexts[slot] = new Date(seconds * 1000).toISOString().slice(0, 17);
  }
  return minuteTexts[slot] + SECONDS[seconds - minute * 60];
}

// ---------------------------------------------------------------------------------------------------------------------
// Addresses: from `at` on, the family (0 absent, 4, 6) and four words, of which IPv4 has the last.

const HEX = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

/** The end of the address that begins there, or -1 if it is none; an IPv6 address with an IPv4 part is left to others. */
function readAddress(bytes, from, words, at) {
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

function same(bytes, p, start, end) {
  for (let i = start; i < end; i++) if (bytes[p++] !== bytes[i]) return false;
  return bytes[p] <= 32;
}

// ---------------------------------------------------------------------------------------------------------------------
// Community IDs: version 1, seed 0; the last 16,384 different flows remembered by a hash of them.

const FLOWS = 16_384;
const flowKeys = new Int32Array(FLOWS * 10).fill(-1);
const flowIds = new Array(FLOWS).fill('');
export const flowCache = { asked: 0, missed: 0 };

const hashInput = Buffer.alloc(40);

const sha1 = crypto.hash
  ? (length) => crypto.hash('sha1', hashInput.subarray(0, length), 'base64')
  : (length) => crypto.createHash('sha1').update(hashInput.subarray(0, length)).digest('base64');

/** The ID of a flow between the addresses at two places, or '' if it has none. */
function communityId(words, from, to, sourcePort, destinationPort, protocol) {
  if (words[from] === 0 || words[to] === 0 || protocol === 255 || protocol < 0) return '';
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
    return flowIds[slot];
  }
  flowCache.missed++;
  flowKeys[at] = kind;
  flowKeys[at + 1] = ports;
  for (let i = 1; i <= 4; i++) {
    flowKeys[at + 10 - 2 * i] = words[from + i];
    flowKeys[at + 11 - 2 * i] = words[to + i];
  }
  return (flowIds[slot] = hashFlow(words, from, to, first, second, protocol, hasPorts));
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

// ---------------------------------------------------------------------------------------------------------------------
// Texts.

const NEEDS_ESCAPE = /["\\\u0000-\u001f]/;

const quoted = (text) => (NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`);

/** A tag's text: `%XX` decoded, unless that gives no UTF-8. */
function tagText(token) {
  if (!token.includes('%')) return token;
  const decoded = Buffer.from(
    Buffer.from(token).toString('latin1').replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
  return isUtf8(decoded) ? decoded.toString() : token;
}

// ---------------------------------------------------------------------------------------------------------------------
// The slow reader: any line, by the same table.

class Mismatch extends Error {
  constructor(field, expected, found) {
    super(`field "${field}": expected ${expected}, found "${found}"`);
    Object.assign(this, { field, expected, found });
  }
}

/** The values of a line by field name, absent ones left out; undefined for a blank or header line. */
function readSlowly(line, names) {
  if (!isUtf8(line)) throw new Mismatch('line', 'UTF-8', line.toString('latin1'));
  const tokens = line.toString().replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '').split(/[ \t]+/).filter((token) => token !== '');
  if (tokens.length === 0 || tokens.every((token, i) => token === names[i])) return undefined;
  if (tokens.length !== names.length) throw new Mismatch('line', `${names.length} fields`, tokens.length);
  const values = {};
  for (const [i, name] of names.entries()) {
    const token = tokens[i];
    if (token !== '-') values[name] = readValue(name, token);
  }
  return values;
}

function readValue(name, token) {
  const { int, long, time, address, words } = KINDS[name] ?? {};
  if (words && !words.includes(token)) throw new Mismatch(name, words.join(' or '), token);
  if (address && !isIPv4(token) && !(isIPv6(token) && !token.includes('%'))) throw new Mismatch(name, 'an address', token);
  if (!(int || long || time)) return token;
  if (!/^[0-9]+$/.test(token)) throw new Mismatch(name, 'digits', token);
  const most = int ? BigInt(int) : long ? LONG : BigInt(MAX_SECONDS) * 1000n + 999n;
  if (BigInt(token) > most) throw new Mismatch(name, `0 to ${most}`, token);
  return time ? token : String(BigInt(token));
}

const slowWords = new Int32Array(10);

/** The words of an address; an IPv4 address in IPv6 is IPv4. */
function slowAddress(text, at) {
  const dotted = /^(.*:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const hex = (high, low) => ((Number(high) << 8) | Number(low)).toString(16);
  const bytes = Buffer.from(`${dotted?.[1] ? `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}` : text}\n`);
  readAddress(bytes, 0, slowWords, at);
  if (slowWords[at + 1] === 0 && slowWords[at + 2] === 0 && slowWords[at + 3] === 0xffff) {
    slowWords[at] = 4;
    slowWords[at + 3] = 0;
  }
}

/** By rule: the JSON text of a value, or undefined. */
const slowRules = {
  constant: (values, json) => JSON.stringify(json),
  constantIfAny: (values, fields, text) => (fields.some((field) => field in values) ? JSON.stringify(text) : undefined),
  text: (values, field) => field in values ? quoted(values[field]) : undefined,
  tag: (values, field) => field in values ? quoted(tagText(values[field])) : undefined,
  number: (values, field) => values[field],
  digits: (values, field) => field in values ? `"${values[field]}"` : undefined,
  time(values, field) {
    if (!(field in values)) return undefined;
    const number = Number(values[field]);
    return `"${new Date(number <= MAX_SECONDS ? number * 1000 : number).toISOString()}"`;
  },
  choice: (values, field, texts) => field in values ? `"${texts[KINDS[field].words.indexOf(values[field])]}"` : undefined,
  eventType: (values, field) => EVENT_TYPES[KINDS[field].words.indexOf(values[field])] ?? '["connection"]',
  transport: (values, field) => TRANSPORTS[values[field]] ? `"${TRANSPORTS[values[field]]}"` : undefined,
  networkType(values) {
    const address = values.srcaddr ?? values.dstaddr;
    if (values.type === 'IPv4' || values.type === 'IPv6') return `"${values.type.toLowerCase()}"`;
    return address === undefined ? undefined : address.includes(':') ? '"ipv6"' : '"ipv4"';
  },
  communityId(values) {
    if (!('srcaddr' in values && 'dstaddr' in values)) return undefined;
    slowAddress(values.srcaddr, 0);
    slowAddress(values.dstaddr, 5);
    const [source, destination, protocol] = ['srcport', 'dstport', 'protocol'].map((name) => Number(values[name] ?? -1));
    const id = communityId(slowWords, 0, 5, source, destination, protocol);
    return id === '' ? undefined : `"${id}"`;
  },
  relatedIp(values, fields) {
    const addresses = new Set(fields.map((field) => values[field]).filter(Boolean));
    return addresses.size > 0 ? JSON.stringify([...addresses]) : undefined;
  },
  flagNames: (values, field) => values[field] & 63 ? FLAG_JSON[values[field] & 63] : undefined,
};

const EVENT_TYPES = ['["connection","allowed"]', '["connection","denied"]'];

/** The JSON text of a document, or '' if it would be empty. */
function writeSlowly(node, values) {
  if (!(node instanceof Map)) {
    const [how, ...rest] = node;
    return slowRules[how](values, ...rest) ?? '';
  }
  const members = [];
  for (const [key, child] of node) {
    const text = writeSlowly(child, values);
    if (text !== '') members.push(`"${key}":${text}`);
  }
  return members.length > 0 ? `{${members.join(',')}}` : '';
}

// ---------------------------------------------------------------------------------------------------------------------
// The generated reader. Of column i: `t` its text, '' if absent; `n` its number, `w` the place of its word, -1 if absent;
// `r` whether an address is that of `srcaddr` (1), of `dstaddr` (2), another (3) or absent (0). `b` are the chunk's
// bytes, `s` is the chunk as a string, `p` the place in both, `W` the words of the addresses.

/** Where strings are written, used anew for each chunk. */
const room = {
  bytes: Buffer.alloc(8 << 20),
  grow(used, more) {
    const larger = Buffer.alloc(2 * (used + more));
    this.bytes.copy(larger, 0, 0, used);
    this.bytes = larger;
  },
};

/** What the generated code uses of this module. */
const library = {
  readAddress, same, timeText, communityId, quoted, tagText, relatedText, relatedList,
  FLAG_JSON, FLAG_NAMES, TRANSPORTS, room, W: new Int32Array(20),
};

function relatedText(...addresses) {
  return relatedList(...addresses).map((address) => `"${address}"`).join(',');
}

function relatedList(...addresses) {
  return addresses.filter((address, i) => address !== '' && addresses.indexOf(address) === i);
}

class Columns {
  constructor(names) {
    this.names = names;
  }

  at(field) {
    return this.names.indexOf(field);
  }

  /** The condition under which a field is present; undefined if it is so anyway. */
  present(field, isUsual) {
    if (isUsual && USUAL.has(field)) return undefined;
    const i = this.at(field);
    const { int, time, words } = KINDS[field] ?? {};
    return words ? `w${i} >= 0` : int || time ? `n${i} >= 0` : `t${i} !== ''`;
  }

  /** The statements that read one column; `break` leaves the short way. */
  read(i, wantsNumbers) {
    const field = this.names[i];
    const { int, long, time, address, words } = KINDS[field] ?? {};
    const end = i === this.names.length - 1 ? 10 : 32;
    const next = `if (b[p] !== ${end}) return null; p++;`;
    const cut = `s.slice(x, p)`;
    if (words) {
      const tests = words.map((word, place) => {
        const bytes = [...Buffer.from(word), end].map((byte, j) => `b[p + ${j}] === ${byte}`);
        return `if (${bytes.join(' && ')}) { w${i} = ${place}; p += ${word.length + 1}; }`;
      });
      return `let w${i} = -1; ${tests.join(' else ')} else if (b[p] === 45 && b[p + 1] === ${end}) p += 2; else return null;
        const t${i} = w${i} < 0 ? '' : ${JSON.stringify(words)}[w${i}];`;
    }
    if (address) {
      const at = 5 * ADDRESSES.indexOf(field);
      const others = at < 10 ? [] : at === 10 ? ['srcaddr', 'dstaddr'] : ['dstaddr', 'srcaddr'];
      const known = others.filter((other) => this.at(other) >= 0 && this.at(other) < i).map((other) => {
        const j = this.at(other);
        return `if (t${j} !== '' && same(b, p, x${j}, y${j})) { p += y${j} - x${j}; t${i} = t${j}; r${i} = ${ADDRESSES.indexOf(other) + 1}; }`;
      });
      const reading = `{ p = readAddress(b, p, W, ${at}); if (p < 0) return null; r${i} = W[${at}] === 0 ? 0 : 3; if (r${i} > 0) t${i} = s.slice(x${i}, p); }`;
      return `const x${i} = p; let r${i} = 0, t${i} = ''; ${[...known, reading].join(' else ')} const y${i} = p; ${next}`;
    }
    if (int || time || long) {
      // More digits than this, or a leading zero, is for the slow reader.
      const digits = long ? 15 : time ? 11 : String(int).length - (int > 65_535 ? 1 : 0);
      const counts = !long || wantsNumbers;
      const limit = int && int <= 65_535 ? `|| n${i} > ${int}` : '';
      return `let t${i} = '', n${i} = -1;
        if (b[p] === 45) p++;
        else {
          const x = p; ${counts ? `n${i} = 0;` : ''}
          for (let d = b[p] - 48; d >= 0 && d <= 9; d = b[++p] - 48) ${counts ? `n${i} = n${i} * 10 + d` : ''};
          const length = p - x;
          if (length === 0 || length > ${digits} || (b[x] === 48 && length > 1) ${limit}) return null;
          ${time ? `t${i} = timeText(n${i});` : wantsNumbers && field !== 'protocol' ? `t${i} = 'x';` : `t${i} = ${cut};`}
        } ${next}`;
    }
    return `let t${i} = ''; { const x = p; while (b[p] > 32) p++; const length = p - x; if (length === 0) return null;
      if (length !== 1 || b[x] !== 45) t${i} = ${KINDS[field]?.tag ? `tagText(${cut})` : cut}; } ${next}`;
  }

  /** What all rules share. */
  prepare() {
    const flow = [...FLOW, 'srcport', 'dstport'].map((field) => this.at(field));
    const [source, destination, protocol, from, to] = flow;
    const port = (column) => (column < 0 ? '-1' : `n${column}`);
    return source < 0 || destination < 0 || protocol < 0
      ? ''
      : `communityId(W, 0, 5, ${port(from)}, ${port(to)}, n${protocol})`;
  }

  /** The code of a rule: `when` it makes a value (always, if undefined), its JSON text and the value itself. */
  rule([how, from, more], isUsual) {
    const i = typeof from === 'string' ? this.at(from) : -1;
    const when = typeof from === 'string' && i >= 0 ? this.present(from, isUsual) : undefined;
    switch (how) {
      case 'constant': return { text: [JSON.stringify(JSON.stringify(from))], value: JSON.stringify(from) };
      case 'constantIfAny': {
        const conditions = from.filter((field) => this.at(field) >= 0).map((field) => this.present(field, isUsual));
        return { when: conditions.join(' || '), text: [JSON.stringify(`"${more}"`)], value: `'${more}'` };
      }
      case 'text': case 'digits': case 'time': return { when, text: [`'"'`, `t${i}`, `'"'`], value: `t${i}` };
      case 'tag': return { when, text: [`quoted(t${i})`], value: `t${i}` };
      case 'number': return { when, text: [`t${i}`], value: `n${i}` };
      case 'choice': return {
        when, text: [`(w${i} === 0 ? '"${more[0]}"' : '"${more[1]}"')`], value: `(w${i} === 0 ? '${more[0]}' : '${more[1]}')`,
      };
      case 'eventType': return i < 0
        ? { text: [`'["connection"]'`], value: `['connection']` }
        : {
          text: [`(w${i} === 0 ? '${EVENT_TYPES[0]}' : w${i} === 1 ? '${EVENT_TYPES[1]}' : '["connection"]')`],
          value: `(w${i} === 0 ? ${EVENT_TYPES[0]} : w${i} === 1 ? ${EVENT_TYPES[1]} : ['connection'])`,
        };
      case 'transport': return { when: `n${i} >= 0 && TRANSPORTS[n${i}] !== ''`, text: [`'"'`, `TRANSPORTS[n${i}]`, `'"'`], value: `TRANSPORTS[n${i}]` };
      case 'networkType': return { when: `family > 0`, text: [`(family === 4 ? '"ipv4"' : '"ipv6"')`], value: `(family === 4 ? 'ipv4' : 'ipv6')` };
      case 'communityId': return { when: `id !== ''`, text: [`'"'`, 'id', `'"'`], value: 'id' };
      case 'relatedIp': return {
        when: isUsual && this.at('srcaddr') >= 0 ? undefined : `related !== ''`, text: [`'['`, 'related', `']'`], value: 'related',
      };
      case 'flagNames': return { when: `n${i} > 0 && (n${i} & 63) > 0`, text: [`FLAG_JSON[n${i} & 63]`], value: `FLAG_NAMES[n${i} & 63].slice()` };
      default: throw new Error(`no code for ${how}`);
    }
  }

  /** `family` and, as text or as a list, `related`. */
  derived(wantsObjects) {
    const [type, source, destination, first, second] = ['type', ...ADDRESSES].map((field) => this.at(field));
    const address = (column, at) => (column < 0 ? '' : `W[${at}] > 0 ? W[${at}] : `);
    const byAddress = `${address(source, 0)}${address(destination, 5)}0`;
    const family = type < 0 ? byAddress : `w${type} === 0 ? 4 : w${type} === 1 ? 6 : ${byAddress}`;
    const columns = [source, destination, first, second].filter((column) => column >= 0);
    const texts = columns.map((column) => `t${column}`).join(', ');
    const general = wantsObjects ? `relatedList(${texts})` : `relatedText(${texts})`;
    const isPlain = [
      `t${source} !== t${destination}`, `t${source} !== ''`, `t${destination} !== ''`,
      ...[first, second].filter((column) => column >= 0).map((column) => `r${column} < 3`),
    ].join(' && ');
    const pair = wantsObjects
      ? `[t${source}, t${destination}]`
      : `'"' + t${source} + '","' + t${destination} + '"'`;
    const related = source < 0 || destination < 0 ? general : `${isPlain} ? ${pair} : ${general}`;
    return `const family = ${family}; ${columns.length > 0 ? `let related = ${related};` : ''}
      ${columns.length > 0 && wantsObjects ? `if (related.length === 0) related = '';` : ''}`;
  }
}

/** Expressions to one: neighbouring literals become one. */
function concatenation(parts) {
  const merged = [];
  for (const part of parts) {
    const literal = /^(['"])(?:[^\\'"]|\\.|(?!\1)['"])*\1$/.test(part) ? evaluate(part) : undefined;
    const last = merged.at(-1);
    if (literal !== undefined && last?.literal !== undefined) last.literal += literal;
    else merged.push(literal === undefined ? { part } : { literal });
  }
  return merged.map(({ literal, part }) => (literal === undefined ? part : JSON.stringify(literal))).join(' + ');
}

const evaluate = (literal) => new Function(`return ${literal}`)();

/** The code that writes an object's members: `when` there are any, and the parts of their text. */
function textCode(node, columns, isUsual, temporaries) {
  const members = [...node].map(([key, child]) => {
    if (!(child instanceof Map)) {
      const { when, text } = columns.rule(child, isUsual);
      return { when, parts: [JSON.stringify(`"${key}":`), ...text] };
    }
    const { when, parts } = textCode(child, columns, isUsual, temporaries);
    return { when, parts: [JSON.stringify(`"${key}":{`), ...parts, `'}'`] };
  });
  const anchor = members.findIndex(({ when }) => when === undefined);
  if (anchor >= 0) {
    // Before a member that is always there, commas come after; behind it, before.
    const parts = members.flatMap(({ when, parts }, i) => {
      const withComma = i < anchor ? [...parts, `','`] : i > anchor ? [`','`, ...parts] : parts;
      return when === undefined ? withComma : [`(${when} ? ${concatenation(withComma)} : '')`];
    });
    return { parts };
  }
  const name = `o${temporaries.length}`;
  temporaries.push(name);
  const all = members.map(({ when, parts }) => `(${when} ? ${concatenation([`','`, ...parts])} : '')`);
  return { when: `(${name} = ${all.join(' + ')}) !== ''`, parts: [`${name}.slice(1)`] };
}

/** The statements that make an object, and the condition under which it has members. */
function objectCode(node, columns, isUsual, temporaries) {
  const name = `o${temporaries.length}`;
  temporaries.push(name);
  const before = [];
  const always = [];
  const sometimes = [];
  for (const [key, child] of node) {
    let made;
    if (child instanceof Map) {
      const { code, when, name: value } = objectCode(child, columns, isUsual, temporaries);
      before.push(code);
      made = { when, value };
    } else {
      made = columns.rule(child, isUsual);
    }
    const quotedKey = JSON.stringify(key);
    if (made.when === undefined) always.push(`${quotedKey}: ${made.value}`);
    else sometimes.push({ when: made.when, key: quotedKey, value: made.value });
  }
  if (always.length > 0) {
    const more = sometimes.map(({ when, key, value }) => `if (${when}) ${name}[${key}] = ${value};`);
    return { name, code: [...before, `${name} = { ${always.join(', ')} };`, ...more].join('\n') };
  }
  const more = sometimes.map(({ when, key, value }) => `if (${when}) (${name} ??= {})[${key}] = ${value};`);
  return { name, when: `${name} !== undefined`, code: [...before, `${name} = undefined;`, ...more].join('\n') };
}

function generate(names, tree, wantsObjects, hasId) {
  const columns = new Columns(names);
  const usual = names.filter((name) => USUAL.has(name)).map((name) => columns.present(name, false)).join(' && ') || 'false';
  const body = (isUsual) => {
    const temporaries = [];
    const { code, value } = wantsObjects
      ? (({ code, name }) => ({ code, value: name }))(objectCode(tree, columns, isUsual, temporaries))
      : { code: '', value: concatenation([`'{'`, ...textCode(tree, columns, isUsual, temporaries).parts, `'}\\n'`]) };
    return `${temporaries.length > 0 ? `let ${temporaries.join(', ')};` : ''} ${code} return ${value};`;
  };
  // What the generated code makes is ASCII, but for decoded tags.
  const write = names.some((name) => KINDS[name]?.tag) ? 'utf8Write' : 'latin1Write';
  const writing = (text, how = write) =>
    `if (q + 3 * ${text}.length > room.bytes.length) room.grow(q, 3 * ${text}.length); q += room.bytes.${how}(${text}, q);`;
  return `
    let next = 0;
    function readLine(b, s, p) {
      ${names.map((_, i) => columns.read(i, wantsObjects)).join('\n')}
      next = p;
      ${hasId && columns.prepare() ? `const id = ${columns.prepare()};` : ''}
      ${columns.derived(wantsObjects)}
      if (${usual}) { ${body(true)} } else { ${body(false)} }
    }
    /** Reads a chunk's lines; \`odd\` reads one of those that are not foreseen, and gives the place of the next. */
    return function read(b, s, end, odd, add) {
      ${wantsObjects ? 'const made = [];' : `let q = 0;`}
      let p = 0;
      while (p < end) {
        const document = odd.isRisky(p) ? null : readLine(b, s, p);
        if (document !== null) {
          ${wantsObjects ? 'made.push(document);' : writing('document')}
          p = next;
        } else {
          const text = odd.read(p);
          p = odd.next;
          if (text !== '') ${wantsObjects ? 'made.push(JSON.parse(text));' : `{ const line = text + '\\n'; ${writing('line', 'utf8Write')} }`}
        }
      }
      return ${wantsObjects ? 'made' : 'room.bytes.subarray(0, q)'};
    }`;
}

const decoded = (bytes) => (isAscii(bytes) ? bytes.latin1Slice() : bytes.utf8Slice());

/** The lines that the generated code does not foresee. */
class Odd {
  next = 0;
  #bytes;
  #isPlain;

  constructor(reader, bytes) {
    this.reader = reader;
    this.#bytes = bytes;
    this.#isPlain = isAscii(bytes) && !bytes.includes(34) && !bytes.includes(92);
  }

  /** Whether a line has bytes that the generated code must not copy as they are. */
  isRisky(p) {
    if (this.#isPlain) return false;
    for (let byte = this.#bytes[p]; byte !== 10; byte = this.#bytes[++p]) {
      if (byte === 34 || byte === 92 || byte >= 128) return true;
    }
    return false;
  }

  read(p) {
    const end = this.#bytes.indexOf(10, p);
    this.next = end + 1;
    return this.reader.readOdd(this.#bytes.subarray(p, end));
  }
}

/**
 * The reader of a format.
 *
 * @param {string[]} names of the fields, as AWS writes them
 * @param {{ communityId?: boolean, onError?: 'throw' | 'skip' }} [options]
 */
export function compile(names, { communityId: hasId = true, onError = 'throw' } = {}) {
  const tree = documentTree(names, hasId);
  const make = (wantsObjects) => {
    const source = generate(names, tree, wantsObjects, hasId);
    return new Function(...Object.keys(library), source)(...Object.values(library));
  };
  const reader = {
    errors: 0,
    readOdd(line) {
      try {
        const values = readSlowly(line, names);
        return values === undefined ? '' : writeSlowly(tree, values);
      } catch (error) {
        if (onError === 'throw' || !(error instanceof Mismatch)) throw error;
        reader.errors += 1;
        return '';
      }
    },
  };
  const run = (read) => (chunk) => {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (bytes.length > 0 && bytes.at(-1) !== 10) bytes = Buffer.concat([bytes, Buffer.from('\n')]);
    return read(bytes, bytes.latin1Slice(), bytes.length, new Odd(reader, bytes));
  };
  const toBytes = run(make(false));
  return Object.assign(reader, {
    /** Bytes of whole lines to an array of documents. */
    toObjects: run(make(true)),
    /** Bytes of whole lines to NDJSON, as bytes that hold until the next call. */
    toBytes,
    /** Bytes of whole lines to NDJSON, as a string. */
    toText: (chunk) => decoded(toBytes(chunk)),
  });
}
