import { Buffer } from 'node:buffer';
import {
  ADDRESSES, EVENT_TYPES, FLAG_JSON, FLAG_NAMES, FLOW, KINDS, TRANSPORTS, USUAL, quoted, tagText,
} from './document.js';
import { communityId, readAddress, same, timeText } from './flow.js';

// The generated readers that make objects and strings. Their names, for a column i:
// - `t`: its text, '' if absent;
// - `n`: its number; `w`: the index of its word, -1 if absent;
// - `r`: an address that is that of `srcaddr` (1), of `dstaddr` (2), another (3) or absent (0).
//
// `b` are the chunk's bytes, `s` is the chunk as a string, `p` the offset in both, `W` the words of the addresses.

/** The buffer that strings are written to, used again for each chunk. */
const room = {
  bytes: Buffer.alloc(8 << 20),
  grow(used, more) {
    const larger = Buffer.alloc(2 * (used + more));
    this.bytes.copy(larger, 0, 0, used);
    this.bytes = larger;
  },
};

/** The parts of this module that the generated code uses. */
export const library = {
  readAddress, same, timeText, communityId, quoted, tagText, relatedText, relatedList,
  FLAG_JSON, FLAG_NAMES, TRANSPORTS, room, W: new Int32Array(20),
};

function relatedText(...addresses) {
  return relatedList(...addresses).map((address) => `"${address}"`).join(',');
}

function relatedList(...addresses) {
  return addresses.filter((address, i) => address !== '' && addresses.indexOf(address) === i);
}

export class Columns {
  constructor(names) {
    this.names = names;
  }

  at(field) {
    return this.names.indexOf(field);
  }

  /** Returns the condition under which a field is present; undefined if it always is. */
  present(field, isUsual) {
    if (isUsual && USUAL.has(field)) return undefined;
    const i = this.at(field);
    const { int, time, words } = KINDS[field] ?? {};
    return words ? `w${i} >= 0` : int || time ? `n${i} >= 0` : `t${i} !== ''`;
  }

  /** Returns the statements that read one column; `break` leaves the short way. */
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

  /** Prepares the values that all rules share. */
  prepare() {
    const flow = [...FLOW, 'srcport', 'dstport'].map((field) => this.at(field));
    const [source, destination, protocol, from, to] = flow;
    const port = (column) => (column < 0 ? '-1' : `n${column}`);
    return source < 0 || destination < 0 || protocol < 0
      ? ''
      : `communityId(W, 0, 5, ${port(from)}, ${port(to)}, n${protocol})`;
  }

  /** Returns the code of a rule: `when` it makes a value (always, if undefined), its JSON text and the value itself. */
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

  /** Returns the code of `family` and, as text or as a list, of `related`. */
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

/** Returns the code that writes an object's members: `when` there are any, and the parts of their text. */
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

/** Returns the statements that make an object, and the condition under which it has members. */
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

export function generate(names, tree, wantsObjects, hasId) {
  const columns = new Columns(names);
  const usual = names.filter((name) => USUAL.has(name)).map((name) => columns.present(name, false)).join(' && ') || 'false';
  const body = (isUsual) => {
    const temporaries = [];
    const { code, value } = wantsObjects
      ? (({ code, name }) => ({ code, value: name }))(objectCode(tree, columns, isUsual, temporaries))
      : { code: '', value: concatenation([`'{'`, ...textCode(tree, columns, isUsual, temporaries).parts, `'}\\n'`]) };
    return `${temporaries.length > 0 ? `let ${temporaries.join(', ')};` : ''} ${code} return ${value};`;
  };
  // The output of the generated code is ASCII, except for decoded tags.
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
