/**
 * Replaces the values that identify the owner of a log. Equal values get equal replacements, and addresses with a common
 * prefix keep one of the same length. Replacements are random and kept for the life of the redactor: none can be reversed.
 *
 * A token is redacted by the kind of its field. All other text is redacted by its shapes: broken lines, the envelopes around
 * records, and fields that are not known. Its words stay only if AWS or the tools around logs write them in every log.
 *
 * @module
 */

import { bytesOfIpv6, classOf4, classOf6, ipv6Of } from './addresses.js';
import { ANY_SHAPE, ECS_ROOTS, EPOCH, KEY, PUBLIC, RESOURCE_TYPES, TIME_ALONE } from './shapes.js';

const ARN = /^arn:aws[a-z-]*:[\w-]*:[\w-]*:\d*:./;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/;
const ID = /^[a-z]{1,12}(?:-[a-z]{1,12}){0,3}-[\da-f]{8,17}$/;
const ADDRESS = { test: (/** @type {string} */ token) => IPV4.test(token) || bytesOfIpv6(token) !== undefined };
const INTEGER = /^\d+(?:\.0+)?$/;
const WORD = /^[A-Za-z]\w*$/;
const ACCOUNT = /^\d{12}$/;
/** The kind of the columns of a header line. */
const FIELD = 'field';

/**
 * The kinds whose values identify nobody.
 *
 * @type {Map<string, { test(token: string): boolean }>}
 */
const KEPT = new Map(Object.entries({
  integer: INTEGER, port: /^\d{1,6}(?:\.0+)?$/, protocol: /^\d{1,4}(?:\.0+)?$/, word: { test: (/** @type {string} */ token) => PUBLIC.has(token) },
  time: { test: (/** @type {string} */ token) => (/^\d{1,16}(?:\.\d+)?$/.test(token) && !ACCOUNT.test(token)) || EPOCH.test(token) || TIME_ALONE.test(token) },
  code: WORD, [FIELD]: { test: isName },
  region: /^[a-z]{2,}(?:-[a-z]+)+-\d+$/, az_id: /^[a-z]{2,5}\d+(?:-[a-z]{1,8}\d*)+$/,
}));

/**
 * The kinds whose values look alike and are replaced.
 *
 * @type {Map<string, { test(token: string): boolean }>}
 */
const REPLACED = new Map(Object.entries({ address: ADDRESS, account: /^(?:\d+(?:\.0+)?|unknown)$/, id: ID, arn: ARN }));

/** True if a token looks like a value of this kind, or is absent. @param {string} token @param {string} kind */
export const looksLike = (token, kind) => token === '-' || token === 'null' || ((KEPT.get(kind) ?? REPLACED.get(kind))?.test(token) ?? true);

/** The first letters of names, so that none looks like a number. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz';

/** The first digits of replacements for numbers of a length, up to a limit. */
const RANGES = [[1, 1, 3, 255], [3, 9, 3, 999], [1, 5, 5, 65_535], [7, 9, 5, 99_999]];

/** The most words that are kept for the list of what stays. */
const MOST_KEPT = 1000;

/** A token, in group 1, or an escape. */
const TOKEN = /\\(?:u[\dA-Fa-f]{4}|[^])|([^\s,;|"'{}[\]\\]+)/g;

/** An escape of JSON or a percent-encoded byte. */
const ESCAPE = /(\\(?:u[\dA-Fa-f]{4}|["\\/bfnrt])|%[\dA-Fa-f]{2})/;

/**
 * A name in quotes that is the key of a JSON member: with its quotes, which are escaped in JSON within JSON, and the colon. A quote
 * has 31 backslashes at most, those of five levels, and each run of them is tried once, so that the time is linear.
 */
const JSON_KEY = /(?<!\\)(\\{0,31}")((?:[^"\\]|\\[^"])*?)(\1\s*:\s*)/g;

export class Redactor {
  #fill;
  #bytes = new Uint8Array(4096);
  #drawn = 4096;
  /** @type {Map<string, { from: Map<number, number>, taken: Set<number> }>} a random permutation for each prefix and class of the next byte */
  #permutations = new Map();
  /** @type {Map<string, string>} */
  #replacements = new Map();
  /** @type {Set<string>} */
  #used = new Set();
  /** Replacements by kind, and words that were left, since the report began. */
  #report = { counts: /** @type {Map<string, number>} */ (new Map()), kept: /** @type {Map<string, number>} */ (new Map()) };

  /** @param {(values: Uint8Array) => Uint8Array} fill fills the array with random bytes, as `crypto.getRandomValues` */
  constructor(fill) {
    this.#fill = fill;
  }

  /** Begins a report. */
  begin() {
    this.#report = { counts: new Map(), kept: new Map() };
  }

  /**
   * Returns how often a value of each kind was replaced, and the words that were left with their counts, the most frequent first.
   *
   * @returns {{ counts: [string, number][], kept: [string, number][] }}
   */
  report() {
    /** @param {[string, number]} a @param {[string, number]} b */
    const byCount = (a, b) => b[1] - a[1];
    return { counts: [...this.#report.counts].sort(byCount), kept: [...this.#report.kept].sort(byCount) };
  }

  /**
   * Redacts a line: a record, also inside other text, or an object whose members are fields.
   *
   * @param {string} line
   * @param {string[] | undefined} kinds of the columns, if they are known
   * @param {(key: string) => string | undefined} [kindOfKey] returns the kind of the field that a key of JSON names
   */
  line(line, kinds, kindOfKey = () => undefined) {
    const plain = kinds ? line.match(/\S+/g) ?? [] : [];
    const fits = plain.length === kinds?.length ? fitting(plain, kinds) : 0;
    if (kinds && fits === kinds.length) return this.#columns(line, kinds);
    const tokens = [...line.matchAll(TOKEN)].filter(([, text]) => text !== undefined).map(({ 0: text, index }) => ({ text, index }));
    const known = kinds ? aligned(tokens.map(({ text }) => text), kinds) : new Map();
    // A record alone has all its columns, right or wrong.
    if (kinds && 2 * fits > kinds.length && (known.size === 0 || tokens.length === plain.length)) return this.#columns(line, kinds);
    if (known.size === 0) return this.#json(line, kindOfKey);
    let out = '';
    let end = 0;
    for (const [number, kind] of known) {
      const { text, index } = tokens[number];
      out += this.#json(line.slice(end, index), kindOfKey) + this.token(text, kind);
      end = index + text.length;
    }
    return out + this.#json(line.slice(end), kindOfKey);
  }

  /**
   * Redacts a line of names. Those of fields stay; the others stay if the line is surely a header, and can be the name of a field.
   *
   * @param {string} line
   * @param {(key: string) => string | undefined} kindOfKey
   * @param {boolean} isSure
   */
  header(line, kindOfKey, isSure) {
    /** @param {string} name */
    const isKnown = (name) => kindOfKey(name.trim().replace(/\s+/g, '-')) !== undefined;
    // A cell of a table can have a name of several words.
    return line.replace(/[^,;|"]+/g, (cell) => (isKnown(cell) ? this.#stays(cell)
      : cell.replace(/\S+/g, (token) => (isKnown(token) ? this.#stays(token) : this.token(token, isSure ? FIELD : undefined)))));
  }

  /** Redacts a line with a token for each column. @param {string} line @param {string[]} kinds */
  #columns(line, kinds) {
    let number = -1;
    return line.replace(/\S+/g, (token) => this.token(token, kinds[(number += 1)]));
  }

  /** Redacts text with members of JSON. Keys that are names stay, and the values of fields have their kinds. @param {string} text @param {(key: string) => string | undefined} kindOfKey */
  #json(text, kindOfKey) {
    if (!text.includes('"')) return this.#text(text);
    let out = '';
    let end = 0;
    JSON_KEY.lastIndex = 0;
    for (let found = JSON_KEY.exec(text); found; found = JSON_KEY.exec(text)) {
      const [whole, quote, key, colon] = found;
      const kind = kindOfKey(key);
      out += this.#text(text.slice(end, found.index)) + quote + (kind === undefined ? this.token(key, FIELD) : this.#stays(key)) + colon;
      end = found.index + whole.length;
      if (kind === undefined) continue;
      const value = /^(\\*"?)([^"\\\s,{}[\]]+)/.exec(text.slice(end, end + 400));
      if (!value || (value[1] === '' && /^(?:null|true|false)$/.test(value[2]))) continue;
      out += value[1] + this.token(value[2], kind);
      end += value[0].length;
      JSON_KEY.lastIndex = end;
    }
    return out + this.#text(text.slice(end));
  }

  /** Redacts a token of a column with values of this kind. @param {string} token @param {string} [kind] */
  token(token, kind = 'text') {
    if (token === '-' || token === '' || token === 'null') return token;
    if (KEY.test(token)) return this.#key(token);
    if (KEPT.get(kind)?.test(token)) {
      // An account that another column has shown.
      if (kind === 'integer' && ACCOUNT.test(token) && this.#replacements.has(`account:${token}`)) return this.#account(token);
      return this.#stays(token);
    }
    if (kind === 'address' && IPV4.test(token)) return this.#ipv4(token);
    if (kind === 'account' && INTEGER.test(token)) return token.replace(/^\d+/, (digits) => this.#account(digits));
    if (kind === 'account' && token === 'unknown') return this.#stays(token);
    if (kind === 'id' && ID.test(token)) return this.#id(token);
    return this.#text(token, { isStrict: !KEPT.has(kind) });
  }

  /** Redacts text by its shapes. If it is strict, nothing in it is public, and all numbers are replaced. @param {string} text @param {{ isStrict?: boolean }} [how] @returns {string} */
  #text(text, { isStrict = false } = {}) {
    // A word does not go on over an escape.
    return text.split(ESCAPE).map((part, index) => (index % 2 === 1 ? this.#escape(part) : this.#plain(part, isStrict))).join('');
  }

  /** Redacts text without escapes. @param {string} text @param {boolean} isStrict @returns {string} */
  #plain(text, isStrict) {
    // No shape goes over these characters.
    return text.replace(/[^\s"',;{}()|]+/g, (part) => (/^(?:[A-Za-z]+|\d+)$/.test(part) && !KEY.test(part) ? this.#words(part, isStrict) : this.#shapes(part, isStrict)));
  }

  /** @param {string} text @param {boolean} isStrict @returns {string} */
  #shapes(text, isStrict) {
    return text.replace(ANY_SHAPE, (found, ...more) => {
      const groups = /** @type {Record<string, string | undefined>} */ (more.at(-1));
      if (groups.arn !== undefined) return this.#arn(found);
      if (groups.key !== undefined) return this.#key(found);
      if (groups.mac !== undefined) return this.#mac(found);
      if (groups.dashed !== undefined) {
        const address = found.replaceAll('-', '.');
        return IPV4.test(address) ? this.#ipv4(address).replaceAll('.', '-') : this.#words(found, isStrict);
      }
      if (groups.ipv4 !== undefined) return IPV4.test(found) ? this.#ipv4(found) : found.replace(/\d+/g, (octet) => this.#number(octet, isStrict));
      if (groups.ipv6 !== undefined) {
        if (bytesOfIpv6(found)) return this.#ipv6(found);
        return /^[0-2]\d:[0-5]\d:[0-6]\d$/.test(found) ? found : this.#words(found, isStrict);
      }
      if (groups.id !== undefined) return this.#id(found);
      if (groups.time !== undefined) return found;
      if (groups.region !== undefined || groups.host !== undefined) return this.#stays(found);
      return this.#words(found, isStrict);
    });
  }

  /** Redacts words and numbers without a shape. @param {string} text @param {boolean} isStrict */
  #words(text, isStrict) {
    return text.replace(/\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![A-Za-z\d])|[^\s!-/:-@[-`{-~]+/gu, (word) => {
      if (/^[\d.]+(?:[eE][-+]?\d+)?$/.test(word)) return this.#number(word, isStrict);
      if (!isStrict && (word.length === 1 || PUBLIC.has(word) || /^(?:OK|NODATA|SKIPDATA)\d$/.test(word))) return this.#stays(word);
      return this.#name(word);
    });
  }

  /** @param {string} digits @param {boolean} isStrict */
  #number(digits, isStrict) {
    if (ACCOUNT.test(digits)) return this.#account(digits);
    if (!isStrict && EPOCH.test(digits)) return digits;
    // One digit identifies nobody, and columns such as the version are one.
    if (!isStrict && digits.length === 1) return digits;
    // Octets and ports stay in range, and what is beyond stays there.
    const [least, most] = RANGES.find(([, , length, limit]) => digits.length === length && Number(digits) <= limit) ?? [1, 9];
    return this.#replacement('number', digits, () => digits.replace(/^\d+/, (all) => all.replace(/\d/g, (digit, at) => (at > 0 || all === '0' ? this.#digit() : digit === '0' ? '0' : this.#digit(least, most))))
      // A fraction that is zero stays so, and no other becomes zero.
      .replace(/\.\d*[1-9]\d*/, (fraction) => fraction.replace(/\d/g, () => this.#digit(1))));
  }

  /** Notes a word that is left. @param {string} word */
  #stays(word) {
    const { kept } = this.#report;
    if (/\p{L}/u.test(word) && (kept.has(word) || kept.size < MOST_KEPT)) kept.set(word, (kept.get(word) ?? 0) + 1);
    return word;
  }

  /** Replaces an escaped letter or digit by another escaped letter. Other escapes stay. @param {string} escape */
  #escape(escape) {
    const isPercent = escape[0] === '%';
    if (!isPercent && escape[1] !== 'u') return escape;
    const code = Number.parseInt(escape.slice(isPercent ? 1 : 2), 16);
    if (code < 0x80 && !/[A-Za-z\d]/.test(String.fromCharCode(code))) return escape;
    const letter = `6${(1 + (this.#byte() % 15)).toString(16)}`;
    return this.#replacement('name', escape, () => (isPercent ? `%${letter}` : `\\u00${letter}`));
  }

  /** @param {string} id */
  #id(id) {
    const at = id.lastIndexOf('-') + 1;
    return this.#replacement('identifier', id, () => id.slice(0, at) + id.slice(at).replace(/./g, () => (this.#byte() % 16).toString(16)));
  }

  /** Replaces an access key behind the four letters that say its kind. @param {string} key */
  #key(key) {
    return this.#replacement('access key', key, () => key.slice(0, 4) + key.slice(4).replace(/./g, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[this.#byte() % 32]));
  }

  /** @param {string} mac */
  #mac(mac) {
    const plain = mac.toLowerCase().replaceAll('-', ':');
    const made = this.#replacement('MAC address', plain, () => plain.replace(/[\da-f]/g, () => (this.#byte() % 16).toString(16)).replace(/^../, '02'));
    return mac.includes('-') ? made.replaceAll(':', '-') : made;
  }

  /** Replaces a name letter by letter. @param {string} name */
  #name(name) {
    return this.#replacement('name', name, () => name.replace(/./gsu, (_, at) => (at === 0 ? LETTERS[this.#below(LETTERS.length)] : this.#letter())));
  }

  /** @param {string} digits */
  #account(digits) {
    return this.#replacement('account', digits, () => digits.replace(/\d/g, (_, at) => (at === 0 ? this.#digit(1) : this.#digit())));
  }

  /** @param {string} text */
  #ipv4(text) {
    this.#count('address');
    return this.#mapped4(text.split('.').map(Number)).join('.');
  }

  /** @param {number[]} octets */
  #mapped4(octets) {
    return octets.map((octet, index) => this.#permuted(`4:${octets.slice(0, index)}`, octet, classOf4(octets, index)));
  }

  /** Replaces an IPv6 address. One that holds an IPv4 address gets the replacement of that. @param {string} text */
  #ipv6(text) {
    this.#count('address');
    const bytes = /** @type {number[]} */ (bytesOfIpv6(text));
    const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
    const isNat64 = bytes[0] === 0 && bytes[1] === 0x64 && bytes[2] === 0xff && bytes[3] === 0x9b && bytes.slice(4, 12).every((byte) => byte === 0);
    if (isMapped || isNat64) {
      const octets = this.#mapped4(bytes.slice(12));
      const start = isMapped ? '::ffff:' : '64:ff9b::';
      return text.includes('.') ? start + octets.join('.') : ipv6Of([...bytes.slice(0, 12), ...octets]);
    }
    return ipv6Of(bytes.map((byte, index) => this.#permuted(`6:${bytes.slice(0, index)}`, byte, classOf6(bytes, index))));
  }

  /** Replaces a byte after this prefix by one of its class; no two bytes by the same one. @param {string} prefix @param {number} byte @param {number[] | undefined} among */
  #permuted(prefix, byte, among) {
    if (!among) return byte;
    const key = `${prefix}/${among[0]}`;
    let permutation = this.#permutations.get(key);
    if (!permutation) this.#permutations.set(key, permutation = { from: new Map(), taken: new Set() });
    const known = permutation.from.get(byte);
    if (known !== undefined) return known;
    // Most prefixes have few bytes, so that they are drawn one by one.
    let made;
    do made = among[this.#below(among.length)]; while (permutation.taken.has(made));
    permutation.taken.add(made);
    permutation.from.set(byte, made);
    return made;
  }

  /** Replaces the account and all names. The partition, the service, the Region and a known type of resource stay. @param {string} arn @returns {string} */
  #arn(arn) {
    this.#count('ARN');
    const [, head, account, rest] = /** @type {RegExpExecArray} */ (/^((?:[^:]*:){4})([^:]*):(.*)$/s.exec(arn));
    this.#stays(head.slice(0, -1));
    const hidden = rest.replace(/[^/:]+/g, (name, at) => (at === 0 && name !== rest && RESOURCE_TYPES.has(name) ? this.#stays(name) : this.#text(name, { isStrict: true })));
    return `${head}${account && this.#account(account)}:${hidden}`;
  }

  /** @param {string} kind */
  #count(kind) {
    const { counts } = this.#report;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }

  /** @param {string} kind @param {string} text @param {() => string} make */
  #replacement(kind, text, make) {
    this.#count(kind);
    const key = `${kind}:${text}`;
    const known = this.#replacements.get(key);
    if (known !== undefined) return known;
    let made = make();
    for (let tries = 0; (this.#used.has(`${kind}:${made}`) || made === text) && tries < 100; tries++) made = make();
    this.#used.add(`${kind}:${made}`);
    this.#replacements.set(key, made);
    return made;
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

  /** Returns a random digit. @param {number} [least] @param {number} [most] */
  #digit(least = 0, most = 9) {
    return String(least + this.#below(most + 1 - least));
  }

  /** Returns a random number below a limit of at most 256, each with the same probability. @param {number} limit */
  #below(limit) {
    for (;;) {
      const byte = this.#byte();
      if (byte < 256 - (256 % limit)) return byte % limit;
    }
  }
}

/** True if a token can be the name of a field: it has words only, and dots only as a key of ECS. Hosts and mail addresses are none. @param {string} token */
function isName(token) {
  const [root, ...more] = token.split('.');
  return /^[${]*@?[a-z][\w.-]*\}?$/i.test(token) && (more.length === 0 || ECS_ROOTS.has(root)) &&
    [...token.matchAll(ANY_SHAPE)].every(({ groups }) => groups?.word !== undefined);
}

/** Returns the number of tokens that look like their kinds. @param {string[]} tokens @param {string[]} kinds */
function fitting(tokens, kinds) {
  return tokens.filter((token, index) => looksLike(token, kinds[index])).length;
}

/**
 * Finds records among the tokens of a line: runs of as many tokens as there are columns, all of which look like their kinds.
 *
 * @param {string[]} tokens
 * @param {string[]} kinds
 * @returns {Map<number, string>} the kinds of the tokens that belong to a record, by their numbers
 */
function aligned(tokens, kinds) {
  /** @type {Map<number, string>} */
  const known = new Map();
  for (let start = 0; start + kinds.length <= tokens.length;) {
    const fits = kinds.every((kind, index) => looksLike(tokens[start + index], kind));
    if (fits) for (const [index, kind] of kinds.entries()) known.set(start + index, kind);
    start += fits ? kinds.length : 1;
  }
  return known;
}
