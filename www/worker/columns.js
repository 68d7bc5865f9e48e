/**
 * The flows of a log in typed arrays, with one value per record, for charts and filters.
 *
 * Addresses and interfaces are numbers of words in a dictionary. It holds a million words; later ones share the word
 * `other`.
 */

import { Grown } from './grown.js';

const MAX_WORDS = 1_000_000;
/** The lengths of a bar in seconds. The shortest one with fewer than MAX_BARS bars is used. */
const STEPS = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 86_400, 604_800, 2_592_000, 31_536_000];
const MAX_BARS = 60;
const NONE = 65_535 + 1;
const NO_PROTOCOL = 256;

export const ACCEPT = 1;
export const REJECT = 2;
/** The protocols that have ports: TCP, UDP, DCCP, SCTP and UDP-Lite. AWS writes port 0 for ICMP, which is not one. */
const WITH_PORTS = [6, 17, 33, 132, 136];
const VERDICTS = new Map(Object.entries({ ACCEPT, REJECT }));

export class Columns {
  #words = ['-'];
  #numbers = new Map([['-', 0]]);
  line = new Grown(Uint32Array);
  start = new Grown(Float64Array);
  source = new Grown(Uint32Array);
  destination = new Grown(Uint32Array);
  port = new Grown(Uint32Array);
  sourcePort = new Grown(Uint32Array);
  protocol = new Grown(Uint16Array);
  action = new Grown(Uint8Array);
  interface = new Grown(Uint32Array);
  bytes = new Grown(Float64Array);
  packets = new Grown(Float64Array);

  get length() {
    return this.line.length;
  }

  #word(text) {
    if (text === undefined || text === null) return 0;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#words.length >= MAX_WORDS) return text === 'other' ? this.#words.length - 1 : this.#word('other');
    this.#numbers.set(text, this.#words.length);
    return this.#words.push(text) - 1;
  }

  add(line, flow) {
    this.line.push(line);
    this.start.push(flow.start ? Date.parse(flow.start) / 1000 : 0);
    this.source.push(this.#word(flow.srcaddr ?? flow.pkt_srcaddr));
    this.destination.push(this.#word(flow.dstaddr ?? flow.pkt_dstaddr));
    const hasPorts = flow.protocol === undefined || WITH_PORTS.includes(flow.protocol);
    this.port.push((hasPorts ? flow.dstport : undefined) ?? NONE);
    this.sourcePort.push((hasPorts ? flow.srcport : undefined) ?? NONE);
    this.protocol.push(flow.protocol ?? NO_PROTOCOL);
    this.action.push(VERDICTS.get(flow.action) ?? 0);
    this.interface.push(this.#word(flow.interface_id ?? flow.tgw_attachment_id ?? flow.resource_id));
    this.bytes.push(Number(flow.bytes ?? 0));
    this.packets.push(Number(flow.packets ?? 0));
  }

  /** Returns a test of records by their index. A record passes if all values of the filter match. */
  test({ address, port, protocol, action, interface: name, from, to }) {
    const word = (text) => (text === undefined ? undefined : (this.#numbers.get(text) ?? -1));
    const [host, nic] = [word(address), word(name)];
    const verdict = action === undefined ? undefined : VERDICTS.get(action) ?? 0;
    return (i) =>
      (host === undefined || this.source.at(i) === host || this.destination.at(i) === host) &&
      (port === undefined || this.port.at(i) === port || this.sourcePort.at(i) === port) &&
      (protocol === undefined || this.protocol.at(i) === protocol) &&
      (verdict === undefined || this.action.at(i) === verdict) &&
      (nic === undefined || this.interface.at(i) === nic) &&
      (from === undefined || (this.start.at(i) >= from && this.start.at(i) < to));
  }

  /** Returns a 1 for each line whose record passes a test. */
  marks(test, lines) {
    const marks = new Uint8Array(lines);
    for (let i = 0; i < this.length; i++) if (test(i)) marks[this.line.at(i)] = 1;
    return marks;
  }

  /** Returns the sums of `flows`, `bytes` or `packets` over the records on the given lines. */
  summary(weight, marks) {
    const weigh = weight === 'flows' ? () => 1 : (i) => this[weight].at(i);
    const talkers = new Map();
    const ports = new Map();
    const protocols = new Map();
    const rejects = new Map();
    const count = (map, key, action, by) => {
      const sums = map.get(key) ?? [0, 0, 0];
      sums[action] += by;
      map.set(key, sums);
    };
    let [first, last] = [Infinity, -Infinity];
    const chosen = [];
    for (let i = 0; i < this.length; i++) {
      if (marks && !marks[this.line.at(i)]) continue;
      chosen.push(i);
      const start = this.start.at(i);
      if (start > 0) [first, last] = [Math.min(first, start), Math.max(last, start)];
      const [action, by] = [this.action.at(i), weigh(i)];
      if (this.source.at(i)) count(talkers, this.source.at(i), action, by);
      if (this.destination.at(i) && this.destination.at(i) !== this.source.at(i)) count(talkers, this.destination.at(i), action, by);
      if (this.port.at(i) !== NONE) count(ports, this.port.at(i), action, by);
      if (this.protocol.at(i) !== NO_PROTOCOL) count(protocols, this.protocol.at(i), action, by);
      if (action === REJECT && this.interface.at(i)) count(rejects, this.interface.at(i), action, by);
    }
    const top = (map, name) =>
      [...map].map(([key, sums]) => ({ name: name(key), sums, total: sums[0] + sums[1] + sums[2] }))
        .sort((a, b) => b.total - a.total || (String(a.name) < String(b.name) ? -1 : 1)).slice(0, 8);
    const word = (number) => this.#words[number];
    return {
      records: chosen.length,
      time: this.#bars(chosen, first, last, weigh),
      talkers: top(talkers, word),
      ports: top(ports, Number),
      protocols: top(protocols, Number),
      rejects: top(rejects, word),
    };
  }

  #bars(chosen, first, last, weigh) {
    if (first > last) return { step: 60, bars: [] };
    const step = STEPS.find((seconds) => (last - first) / seconds < MAX_BARS - 1) ?? STEPS.at(-1);
    const from = Math.floor(first / step) * step;
    const count = Math.min(4 * MAX_BARS, Math.floor((last - from) / step) + 1);
    const bars = Array.from({ length: count }, (_, index) => ({ from: from + index * step, sums: [0, 0, 0] }));
    for (const i of chosen) {
      const start = this.start.at(i);
      if (start > 0) bars[Math.min(count - 1, Math.floor((start - from) / step))].sums[this.action.at(i)] += weigh(i);
    }
    return { step, bars };
  }
}
