// The code that users write today: a line is split, its document is put together as an object, and JSON.stringify writes it. The
// Community ID is hashed by node:crypto. It makes the documents of the schema `ecs`, mode `ecs`, and refuses lines that are
// not records.

import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { PROTOCOLS } from './protocols.js';

const INTEGERS = {
  version: 2 ** 31 - 1, srcport: 65_535, dstport: 65_535, protocol: 255, packets: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER,
  start: 253_402_300_799, end: 253_402_300_799, 'tcp-flags': 2 ** 31 - 1, 'traffic-path': 2 ** 31 - 1, 'encryption-status': 2 ** 31 - 1,
};
const WORDS = {
  action: ['ACCEPT', 'REJECT'], 'log-status': ['OK', 'NODATA', 'SKIPDATA'], type: ['IPv4', 'IPv6', 'EFA'], 'flow-direction': ['ingress', 'egress'],
};
const ADDRESSES = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];
const FLAGS = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'];

/** Fields with a place of their own in ECS; all others are under `aws.vpcflow`. */
const ELSEWHERE = new Set([
  'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'packets', 'bytes', 'start', 'end', 'region', 'az-id', 'flow-direction',
  'ecs-cluster-arn', 'ecs-cluster-name', 'ecs-container-instance-arn', 'ecs-container-instance-id', 'ecs-service-name', 'reject-reason',
]);
const RENAMED = { 'pkt-src-aws-service': 'pkt_src_service', 'pkt-dst-aws-service': 'pkt_dst_service' };

const decoder = new TextDecoder();

/** A line that is not a record. */
class BadLine extends Error {}

/** Reads the values of a line by the names of its fields. */
function readRecord(line, names) {
  const tokens = line.split(' ');
  if (tokens.length !== names.length) throw new BadLine(`expected ${names.length} fields, found ${tokens.length}`);
  const record = {};
  names.forEach((name, index) => {
    const token = tokens[index];
    if (token === '-') return;
    if (name in INTEGERS) {
      if (!/^\d+$/.test(token) || Number(token) > INTEGERS[name]) throw new BadLine(`${name}: expected a number, found ${token}`);
      record[name] = Number(token);
      return;
    }
    if (ADDRESSES.includes(name) && isIP(token) === 0) throw new BadLine(`${name}: expected an address, found ${token}`);
    if (WORDS[name] && !WORDS[name].includes(token)) throw new BadLine(`${name}: expected ${WORDS[name].join(' or ')}, found ${token}`);
    record[name] = name.includes('-tag') ? decodeTag(token) : token;
  });
  return record;
}

/** Decodes `%XX`, unless that gives no text. */
function decodeTag(token) {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

const time = (seconds) => seconds === undefined ? undefined : new Date(seconds * 1000).toISOString();

/** Returns the bytes of an address. */
function addressBytes(address) {
  if (isIP(address) === 4) return address.split('.').map(Number);
  const [head, tail] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const groups = tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
}

/** Returns the Community ID, version 1, of a flow. */
function communityId({ srcaddr, dstaddr, srcport = 0, dstport = 0, protocol }) {
  if (srcaddr === undefined || dstaddr === undefined || protocol === undefined || protocol === 255) return undefined;
  let [from, to] = [{ address: addressBytes(srcaddr), port: srcport }, { address: addressBytes(dstaddr), port: dstport }];
  if (protocol === 1) [from.port, to.port] = [0, 8];
  if (protocol === 58) [from.port, to.port] = [0, 0];
  const order = Buffer.compare(Buffer.from(from.address), Buffer.from(to.address)) || from.port - to.port;
  if (order > 0 && protocol !== 58) [from, to] = [to, from];
  const ports = [1, 6, 17, 58, 132].includes(protocol) ? [from.port >> 8, from.port & 255, to.port >> 8, to.port & 255] : [];
  const bytes = Buffer.from([0, 0, ...from.address, ...to.address, protocol, 0, ...ports]);
  return `1:${createHash('sha1').update(bytes).digest('base64')}`;
}

/** Returns an object without members that have no value; undefined if none is left. */
function compact(object) {
  let result;
  for (const key of Object.keys(object)) {
    const value = object[key];
    const kept = typeof value === 'object' && !Array.isArray(value) ? compact(value) : value;
    if (kept === undefined || kept.length === 0) continue;
    result ??= {};
    result[key] = kept;
  }
  return result;
}

/** Returns the members of `aws.vpcflow` by name: those of the fields that have no place of their own in ECS. */
function vpcflow(record, keys) {
  const members = {};
  for (const [key, name] of keys) {
    if (name === 'sublocation') members[key] = { id: record['sublocation-id'], type: record['sublocation-type'] };
    else if (key === 'tcp_flags_array') members[key] = FLAGS.filter((_, bit) => (record['tcp-flags'] >> bit) & 1);
    else members[key] = record[name];
  }
  return members;
}

/** Returns the keys of `aws.vpcflow` in their order, each with the field that it is made of. */
function keysOf(names) {
  const own = names.filter((name) => !ELSEWHERE.has(name) && !name.startsWith('sublocation-'));
  const keys = own.map((name) => [RENAMED[name] ?? name.replaceAll('-', '_'), name]);
  keys.push(['sublocation', 'sublocation'], ['tcp_flags_array', 'tcp-flags']);
  return keys.sort(([one], [other]) => (one < other ? -1 : 1));
}

function documentOf(record, keys) {
  const { srcaddr, dstaddr, action, protocol } = record;
  const isRejected = action === 'REJECT';
  const address = srcaddr ?? dstaddr;
  const family = address && `ipv${isIP(address)}`;
  return compact({
    '@timestamp': time(record.end),
    aws: { vpcflow: vpcflow(record, keys) },
    cloud: {
      account: { id: record['account-id'] },
      availability_zone: record['az-id'],
      instance: { id: record['instance-id'] },
      provider: 'aws',
      region: record.region,
    },
    container: { id: record['ecs-container-id'] },
    destination: { address: dstaddr, ip: dstaddr, port: record.dstport },
    ecs: { version: '8.17.0' },
    event: {
      action: action && (isRejected ? 'reject' : 'accept'),
      category: ['network'],
      end: time(record.end),
      kind: 'event',
      outcome: action && (isRejected ? 'failure' : 'success'),
      reason: record['reject-reason'],
      start: time(record.start),
      type: action ? ['connection', isRejected ? 'denied' : 'allowed'] : ['connection'],
    },
    network: {
      bytes: record.bytes,
      community_id: communityId(record),
      direction: record['flow-direction'],
      iana_number: protocol === undefined ? undefined : String(protocol),
      packets: record.packets,
      transport: PROTOCOLS[protocol] || undefined,
      type: ['IPv4', 'IPv6'].includes(record.type) ? record.type.toLowerCase() : family,
    },
    orchestrator: {
      cluster: { id: record['ecs-cluster-arn'], name: record['ecs-cluster-name'] },
      resource: {
        id: record['ecs-container-instance-id'],
        name: record['ecs-container-instance-arn'],
        type: record['ecs-container-instance-arn'] && 'container',
      },
      type: (record['ecs-cluster-arn'] ?? record['ecs-cluster-name']) && 'ecs',
    },
    related: { ip: [...new Set(ADDRESSES.map((name) => record[name]).filter(Boolean))] },
    service: { name: record['ecs-service-name'] },
    source: { address: srcaddr, bytes: record.bytes, ip: srcaddr, packets: record.packets, port: record.srcport },
  });
}

/**
 * Returns the reader of a format, which skips bad lines.
 *
 * @param {string[]} names of the fields, as AWS writes them
 */
export function userCode(names) {
  const keys = keysOf(names);
  const toObjects = (chunk) => {
    const documents = [];
    for (const line of decoder.decode(chunk).split('\n')) {
      if (line === '') continue;
      try {
        documents.push(documentOf(readRecord(line, names), keys));
      } catch (error) {
        if (!(error instanceof BadLine)) throw error;
      }
    }
    return documents;
  };
  return { toObjects, toNdjson: (chunk) => toObjects(chunk).map((document) => `${JSON.stringify(document)}\n`).join('') };
}
