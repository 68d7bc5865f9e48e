// The documents of schema `ecs`, mode `ecs`: which field goes where, how a record is read by the book, and its JSON.
//
// The generated readers (strings.js, bytes.js) do the same faster for the lines that they foresee.

import { Buffer, isUtf8 } from 'node:buffer';
import { isIPv4, isIPv6 } from 'node:net';
import { communityId, readAddress } from './flow.js';
import { PROTOCOLS } from './protocols.js';

const INT = 2 ** 31 - 1;
const LONG = 2n ** 63n - 1n;
const MAX_SECONDS = 253_402_300_799;

/** Fields that are not plain text. */
export const KINDS = {
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
export const USUAL = new Set([
  'version', 'account-id', 'interface-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'packets', 'bytes',
  'start', 'end', 'action', 'log-status', 'vpc-id', 'subnet-id', 'type', 'pkt-srcaddr', 'pkt-dstaddr', 'region',
  'az-id', 'flow-direction',
]);

const FLAGS = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'];
export const FLAG_NAMES = Array.from({ length: 64 }, (_, flags) => FLAGS.filter((_, bit) => (flags >> bit) & 1));
export const FLAG_JSON = FLAG_NAMES.map((names) => JSON.stringify(names));
export const TRANSPORTS = Array.from({ length: 256 }, (_, number) => PROTOCOLS[number] ?? '');

export const ADDRESSES = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];
export const FLOW = ['srcaddr', 'dstaddr', 'protocol'];

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

/** Returns the tree of a format's documents, its keys sorted: Map of key to rule or Map. */
export function documentTree(names, communityId) {
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

const NEEDS_ESCAPE = /["\\\u0000-\u001f]/;

export const quoted = (text) => (NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`);

/** Returns a tag's text: `%XX` decoded, unless that gives no UTF-8. */
export function tagText(token) {
  if (!token.includes('%')) return token;
  const decoded = Buffer.from(
    Buffer.from(token).toString('latin1').replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
  return isUtf8(decoded) ? decoded.toString() : token;
}

export class Mismatch extends Error {
  constructor(field, expected, found) {
    super(`field "${field}": expected ${expected}, found "${found}"`);
    Object.assign(this, { field, expected, found });
  }
}

/** Returns the values of a line by field name, absent ones left out; undefined for a blank or header line. */
export function readRecord(line, names) {
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

const words = new Int32Array(10);

/** Reads the words of an address; an IPv4 address in IPv6 is IPv4. */
function readWords(text, at) {
  const dotted = /^(.*:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const hex = (high, low) => ((Number(high) << 8) | Number(low)).toString(16);
  const bytes = Buffer.from(`${dotted?.[1] ? `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}` : text}\n`);
  readAddress(bytes, 0, words, at);
  if (words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0xffff) {
    words[at] = 4;
    words[at + 3] = 0;
  }
}

/** By rule: the JSON text of a value, or undefined. */
const rules = {
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
    readWords(values.srcaddr, 0);
    readWords(values.dstaddr, 5);
    const [source, destination, protocol] = ['srcport', 'dstport', 'protocol'].map((name) => Number(values[name] ?? -1));
    const id = communityId(words, 0, 5, source, destination, protocol);
    return id === '' ? undefined : `"${id}"`;
  },
  relatedIp(values, fields) {
    const addresses = new Set(fields.map((field) => values[field]).filter(Boolean));
    return addresses.size > 0 ? JSON.stringify([...addresses]) : undefined;
  },
  flagNames: (values, field) => values[field] & 63 ? FLAG_JSON[values[field] & 63] : undefined,
};

export const EVENT_TYPES = ['["connection","allowed"]', '["connection","denied"]'];

/** Returns the JSON text of a document, or '' if it would be empty. */
export function writeDocument(node, values) {
  if (!(node instanceof Map)) {
    const [how, ...rest] = node;
    return rules[how](values, ...rest) ?? '';
  }
  const members = [];
  for (const [key, child] of node) {
    const text = writeDocument(child, values);
    if (text !== '') members.push(`"${key}":${text}`);
  }
  return members.length > 0 ? `{${members.join(',')}}` : '';
}
