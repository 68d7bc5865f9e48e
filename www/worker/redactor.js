/**
 * Replaces what tells who a log is about, so that it can be shown to others and still be read: the same text always
 * becomes the same replacement, and addresses that share a prefix share one afterwards.
 *
 * Every choice is drawn at random and kept for the life of the redactor. Nothing can be computed back.
 */

const RESOURCE = String.raw`(?:eni|i|vpc|subnet|nat|tgw-attach|tgw-rtb|tgw|igw|vpce|acl|sg|ami|fl|ipam|pcx|vgw|eigw|lgw)-[\da-f]{8,17}`;

/** All that is looked for in a text, in one pass: what was replaced is not looked at again. */
const TELLING = new RegExp([
  String.raw`\b(?<arn>arn:[\w-]+:[\w-]*:[\w-]*:\d*:\S+)`,
  String.raw`(?<![\w:.])(?=[\da-f]*:[\da-f]*:)(?<ipv6>[\da-f:]{3,39})(?![\w:.])`,
  String.raw`(?<![\d.])(?<ipv4>(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d))(?!\d|\.\d)`,
  String.raw`\b(?<resource>${RESOURCE})\b`,
  String.raw`(?<!\d)(?<account>\d{12})(?!\d)`,
].join('|'), 'gi');

const IS_RESOURCE = new RegExp(`^${RESOURCE}$`, 'i');

/** Fields that hold names people chose, or ids without a prefix. */
const NAMES = /^(?:ecs-(?!.*arn).*|(?:instance|interface|asg)-tag(?:-2)?|resource-id)$/;
const ACCOUNTS = /account-id$/;
/** Numbers that may have twelve digits and are no account. */
const COUNTS = /^(?:bytes|packets|start|end|version|srcport|dstport|protocol|tcp-flags|traffic-path|packets-lost-.*)$/;

export class Redactor {
  #fill;
  /** From a prefix and the kind of what follows to a random permutation. */
  #permutations = new Map();
  #texts = new Map();
  #used = new Set();

  /** @param {(values: Uint8Array) => Uint8Array} fill with random bytes: `crypto.getRandomValues` */
  constructor(fill) {
    this.#fill = fill;
  }

  /**
   * A line, redacted.
   *
   * @param {string} line
   * @param {string[]} [fields] the names of its fields, if they are known
   */
  line(line, fields) {
    let index = -1;
    return line.replace(/[^\s]+/g, (token) => {
      index += 1;
      const name = fields?.[index];
      if (name && COUNTS.test(name)) return token;
      if (name && ACCOUNTS.test(name)) return /^\d+$/.test(token) ? this.account(token) : token;
      if (name && NAMES.test(name) && token !== '-' && !IS_RESOURCE.test(token)) return this.#name(token);
      return this.text(token);
    });
  }

  /** Any text: what looks like an address, an id, an account or an ARN. */
  text(text) {
    return text.replace(TELLING, (found, ...rest) => {
      const { arn, ipv6, ipv4, resource } = rest.at(-1);
      if (arn) return this.#arn(arn);
      if (ipv6) return bytesOfIpv6(ipv6) ? this.ipv6(ipv6) : ipv6;
      if (ipv4) return this.ipv4(ipv4);
      return resource ? this.#resource(resource) : this.account(found);
    });
  }

  #resource(id) {
    const at = id.lastIndexOf('-') + 1;
    return this.#random(id, 'id', () => id.slice(0, at) + id.slice(at).replace(/./g, () => (this.#byte() % 16).toString(16)));
  }

  #name(name) {
    return this.#random(name, 'name', () => name.replace(/[a-z\d]/gi, () => this.#letter()));
  }

  account(digits) {
    return this.#random(digits, 'account', () => digits.replace(/\d/g, (_, at) => String(at === 0 ? 1 + (this.#byte() % 9) : this.#byte() % 10)));
  }

  ipv4(text) {
    const octets = text.split('.').map(Number);
    return octets.map((octet, index) => this.#mapped(`4:${octets.slice(0, index)}`, octet, classOf(octets, index))).join('.');
  }

  ipv6(text) {
    const bytes = bytesOfIpv6(text);
    const mapped = bytes.map((byte, index) => this.#mapped(`6:${bytes.slice(0, index)}`, byte, classOf6(bytes, index)));
    return ipv6Of(mapped);
  }

  /** What a byte becomes behind its prefix: another of the same class, and no two the same. */
  #mapped(prefix, value, among) {
    if (!among) return value;
    const key = `${prefix}/${among[0]}`;
    let permutation = this.#permutations.get(key);
    if (!permutation) {
      const shuffled = [...among];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = this.#below(i + 1);
        [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
      }
      permutation = new Map(among.map((from, index) => [from, shuffled[index]]));
      this.#permutations.set(key, permutation);
    }
    return permutation.get(value);
  }

  /** Parts of an ARN: account and the names in it. */
  #arn(arn) {
    const [, partition, service, region, account, rest] = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/.exec(arn) ?? [];
    if (rest === undefined) return arn;
    const [type, ...names] = rest.split('/');
    const hidden = names.map((name) => this.#name(name));
    return ['arn', partition, service, region, account && this.account(account), [type, ...hidden].join('/')].join(':');
  }

  #random(text, kind, make) {
    const key = `${kind}:${text}`;
    if (!this.#texts.has(key)) {
      let made = make(text);
      for (let tries = 0; (this.#used.has(`${kind}:${made}`) || made === text) && tries < 100; tries++) made = make(text);
      this.#used.add(`${kind}:${made}`);
      this.#texts.set(key, made);
    }
    return this.#texts.get(key);
  }

  #byte() {
    return this.#fill(new Uint8Array(1))[0];
  }

  #letter() {
    return 'abcdefghjkmnpqrstuvwxyz23456789ab'[this.#byte() % 32];
  }

  /** A random number below a limit of at most 256, each as likely. */
  #below(limit) {
    for (;;) {
      const byte = this.#byte();
      if (byte < 256 - (256 % limit)) return byte % limit;
    }
  }
}

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const without = (all, ...some) => all.filter((value) => !some.includes(value));
const ALL = range(0, 255);
const PRIVATE_172 = range(16, 31);
const SHARED_100 = range(64, 127);
const PUBLIC = without(range(1, 223), 10, 100, 127, 169, 172, 192);
const split = (value, some, all = ALL) => (some.includes(value) ? some : without(all, ...some));

/** Among which values an octet is exchanged, so that private stays private; nothing if it stays as it is. */
function classOf(octets, index) {
  const [first] = octets;
  if (index === 0) return PUBLIC.includes(first) ? PUBLIC : undefined;
  if (index > 1) return first === 0 || first === 255 ? undefined : ALL;
  if (first === 172) return split(octets[1], PRIVATE_172);
  if (first === 100) return split(octets[1], SHARED_100);
  if (first === 192) return octets[1] === 168 ? undefined : split(octets[1], [168]);
  if (first === 169) return octets[1] === 254 ? undefined : split(octets[1], [254]);
  return first === 0 || first >= 224 ? undefined : ALL;
}

/** The same for IPv6: global unicast, unique local, link local and multicast stay what they are. */
function classOf6(bytes, index) {
  const isSpecial = bytes.slice(0, 8).every((byte) => byte === 0) || bytes[0] === 0xff;
  if (isSpecial) return undefined;
  if (index > 1) return ALL;
  if (index === 1) return bytes[0] === 0xfe ? undefined : ALL;
  if (bytes[0] >= 0x20 && bytes[0] <= 0x3f) return range(0x20, 0x3f);
  return undefined;
}

/** The sixteen bytes of an IPv6 address; undefined if it is none. */
function bytesOfIpv6(text) {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const count = groups.flat().length;
  if (groups.flat().some((group) => !/^[\da-f]{1,4}$/i.test(group))) return undefined;
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined;
  const all = halves.length === 1 ? groups[0] : [...groups[0], ...Array(8 - count).fill('0'), ...groups[1]];
  return all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}

/** In the form of RFC 5952: the longest run of zeros is left out. */
function ipv6Of(bytes) {
  const groups = range(0, 7).map((index) => (bytes[2 * index] * 256 + bytes[2 * index + 1]).toString(16));
  const runs = [...groups.join(':').matchAll(/(?<![\da-f])0(?::0)+(?![\da-f])/g)];
  const longest = runs.sort((a, b) => b[0].length - a[0].length)[0];
  const text = groups.join(':');
  if (!longest) return text;
  return `${text.slice(0, longest.index).replace(/:$/, '')}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`;
}
