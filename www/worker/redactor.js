/**
 * Replaces the values that identify the owner of a log. Equal values get equal replacements, and addresses with a common
 * prefix keep one of the same length. Replacements are random and kept for the life of the redactor: none can be reversed.
 *
 * A token is redacted by the kind of its field. The safest kind is `text`: all letters and digits are replaced. It stands
 * for unknown fields and kinds, and for tokens that do not look like their kind.
 */

import { bytesOfIpv6, classOf4, classOf6, ipv6Of } from './addresses.js';

const ARN = /^arn:aws[a-z-]*:[\w-]*:[\w-]*:\d*:./;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;
const ID = /^[a-z]{1,12}(?:-[a-z]{1,12}){0,3}-[\da-f]{8,17}$/;
const ADDRESS = { test: (token) => IPV4.test(token) || bytesOfIpv6(token) !== undefined };
const NUMBER = /^\d+$/;
const WORD = /^[a-z]\w*$/i;
/** The kind of the columns of a header line. */
export const FIELD = 'field';

/** The kinds whose values identify nobody. */
const KEPT = new Map(Object.entries({
  integer: NUMBER, port: NUMBER, protocol: NUMBER, time: NUMBER, word: WORD, code: WORD, [FIELD]: /^[${]*[a-z][\w-]*\}?$/i,
  region: /^[a-z]{2,}(?:-[a-z]+)+-\d+$/, az_id: /^[a-z]{2,5}\d+(?:-[a-z]{1,8}\d*)+$/,
}));

/** The kinds whose values look alike and are replaced. */
const REPLACED = new Map(Object.entries({ address: ADDRESS, account: /^(?:\d+|unknown)$/, id: ID, arn: ARN }));

/** True if a token looks like a value of this kind, or is absent. */
export const looksLike = (token, kind) => token === '-' || ((KEPT.get(kind) ?? REPLACED.get(kind))?.test(token) ?? true);

/** A string of JSON, which may be cut off, with the colon after a key; or what stands between strings. */
const JSON_PART = /"([^"\\]*(?:\\[^][^"\\]*)*)(?:"|\\?$)(\s*:)?|[^"]+/g;
const JSON_LITERAL = /^(?:true|false|null|-?\d{1,11}|-?\d{13,}|-?\d+[.e][-+.\de]+)$/i;

export class Redactor {
  #fill;
  #bytes = new Uint8Array(4096);
  #drawn = 4096;
  /** A random permutation for each prefix and class of the next byte. */
  #permutations = new Map();
  #replacements = new Map();
  #used = new Set();

  /** @param {(values: Uint8Array) => Uint8Array} fill fills the array with random bytes, as `crypto.getRandomValues` */
  constructor(fill) {
    this.#fill = fill;
  }

  /**
   * Redacts a line, or the strings of a line that is a JSON wrapper.
   *
   * @param {(record: string) => string[] | undefined} kindsOf returns the kinds of a record's columns, if they are known
   */
  line(line, kindsOf) {
    if (!/^\s*\{/.test(line)) return this.#record(line, kindsOf);
    let key;
    return line.replace(JSON_PART, (part, string, colon) => {
      if (string === undefined) return part.replace(/[^\s{}[\],:]+/g, (token) => (JSON_LITERAL.test(token) ? token : this.token(token)));
      if (colon) key = string;
      const redacted = colon ? this.token(string, FIELD) : this.#record(stringOf(string), key === 'message' ? kindsOf : () => undefined);
      return JSON.stringify(redacted) + (colon ?? '');
    });
  }

  #record(record, kindsOf) {
    const kinds = kindsOf(record) ?? [];
    let index = -1;
    return record.replace(/\S+/g, (token) => this.token(token, kinds[(index += 1)]));
  }

  /** Redacts a token of a column with values of this kind. Addresses, ARNs and accounts are known in any column. */
  token(token, kind = 'text') {
    if (token === '-' || KEPT.get(kind)?.test(token)) return token;
    if (ARN.test(token)) return this.#arn(token);
    if (IPV4.test(token)) return this.#ipv4(token);
    if (ADDRESS.test(token)) return this.#ipv6(token);
    if (kind === 'account' ? NUMBER.test(token) : /^\d{12}$/.test(token)) return this.#account(token);
    if (kind === 'account' && token === 'unknown') return token;
    return kind === 'id' && ID.test(token) ? this.#id(token) : this.#name(token);
  }

  #id(id) {
    const at = id.lastIndexOf('-') + 1;
    return this.#replacement('id', id, () => id.slice(0, at) + id.slice(at).replace(/./g, () => (this.#byte() % 16).toString(16)));
  }

  /** Replaces a name. A percent-encoded byte becomes a percent-encoded letter, and ASCII punctuation stays. */
  #name(name) {
    return this.#replacement('name', name, () => name.replace(/%[\da-f]{2}|[^!-/:-@[-`{-~]/giu, (found) =>
      (found.length === 3 && found[0] === '%' ? `%6${(1 + (this.#byte() % 15)).toString(16)}` : this.#letter())));
  }

  #account(digits) {
    return this.#replacement('account', digits, () => digits.replace(/\d/g, (_, at) => String(at === 0 ? 1 + (this.#byte() % 9) : this.#byte() % 10)));
  }

  #ipv4(text) {
    const octets = text.split('.').map(Number);
    return octets.map((octet, index) => this.#permuted(`4:${octets.slice(0, index)}`, octet, classOf4(octets, index))).join('.');
  }

  #ipv6(text) {
    const bytes = bytesOfIpv6(text);
    return ipv6Of(bytes.map((byte, index) => this.#permuted(`6:${bytes.slice(0, index)}`, byte, classOf6(bytes, index))));
  }

  /** Replaces a byte after this prefix by one of its class; no two bytes by the same one. */
  #permuted(prefix, byte, among) {
    if (!among) return byte;
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
    return permutation.get(byte);
  }

  /** Replaces the account and all names. The partition, the service, the Region and, in an account, the type stay. */
  #arn(arn) {
    const [, head, account, rest] = /^((?:[^:]*:){4})([^:]*):(.*)$/.exec(arn);
    const hidden = rest.replace(/[^/:]+/g, (name, at) => (account && at === 0 && name !== rest ? name : this.#name(name)));
    return `${head}${account && this.#account(account)}:${hidden}`;
  }

  #replacement(kind, text, make) {
    const key = `${kind}:${text}`;
    if (!this.#replacements.has(key)) {
      let made = make();
      for (let tries = 0; (this.#used.has(`${kind}:${made}`) || made === text) && tries < 100; tries++) made = make();
      this.#used.add(`${kind}:${made}`);
      this.#replacements.set(key, made);
    }
    return this.#replacements.get(key);
  }

  #byte() {
    if (this.#drawn === this.#bytes.length) {
      this.#fill(this.#bytes);
      this.#drawn = 0;
    }
    return this.#bytes[this.#drawn++];
  }

  #letter() {
    return 'abcdefghjkmnpqrstuvwxyz23456789ab'[this.#byte() % 32];
  }

  /** Returns a random number below a limit of at most 256, each with the same probability. */
  #below(limit) {
    for (;;) {
      const byte = this.#byte();
      if (byte < 256 - (256 % limit)) return byte % limit;
    }
  }
}

/** Reads the inside of a JSON string; one with a wrong escape is taken as it is. */
function stringOf(raw) {
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return raw;
  }
}
