// The generated reader that makes bytes, and no strings on the way: the work of WebAssembly, written in JavaScript.
//
// Bytes are copied eight at a time, as a double through a DataView: an engine turns that into one load and one store. All
// of them are ASCII here, so none is a NaN that would change. The last of a part's eights writes too far, where the next
// part overwrites it.

import { Buffer } from 'node:buffer';
import { ADDRESSES, EVENT_TYPES, FLAG_JSON, FLOW, KINDS, TRANSPORTS, tagText } from './document.js';
import { readAddress, same, toDouble, writeCommunityId, writeTime } from './flow.js';

/** Lines that are longer are left to the slow reader. */
const LONGEST = 8192;

/** The buffer that chunks are read from and documents are written to, used again for each chunk. */
class Room {
  constructor(length) {
    this.bytes = Buffer.alloc(length);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, length);
  }
}

/** Texts of which one is written, by their number: eights, and lengths. */
class Choice {
  constructor(texts) {
    this.eights = Math.ceil(Math.max(...texts.map((text) => text.length)) / 8);
    this.lengths = Int32Array.from(texts, (text) => text.length);
    this.doubles = Float64Array.from(
      texts.flatMap((text) => Array.from({ length: this.eights }, (_, i) => toDouble(text.slice(8 * i, 8 * i + 8)))),
    );
  }
}

function writeChoice(view, at, choice, number) {
  const { eights, doubles } = choice;
  for (let i = 0; i < eights; i++) view.setFloat64(at + 8 * i, doubles[number * eights + i], true);
  return at + choice.lengths[number];
}

function copy(input, output, from, to, at) {
  for (let i = from, j = at; i < to; i += 8, j += 8) output.setFloat64(j, input.getFloat64(i, true), true);
  return at + to - from;
}

function isSameText(bytes, x, y, from, to) {
  if (y - x !== to - from) return false;
  for (let i = x, j = from; i < y; i++, j++) if (bytes[i] !== bytes[j]) return false;
  return true;
}

/** Writes a tag's text, decoded, as JSON. */
function writeTag(room, at, input, from, to) {
  const text = JSON.stringify(tagText(input.latin1Slice(from, to)));
  return at + room.bytes.utf8Write(text, at);
}

const library = {
  readAddress, same, writeTime, writeCommunityId, writeChoice, copy, isSameText, writeTag,
  FLAGS: new Choice(FLAG_JSON), TRANSPORT: new Choice(TRANSPORTS), W: new Int32Array(20),
};

/** Of column i: `x` and `y` where it begins and ends, equal if it is absent; `n` its number, `w` its word, `r` as in strings.js. */
class Columns {
  constants = {};

  constructor(names) {
    this.names = names;
  }

  at(field) {
    return this.names.indexOf(field);
  }

  choice(texts) {
    const name = `C${Object.keys(this.constants).length}`;
    this.constants[name] = new Choice(texts);
    return name;
  }

  read(i) {
    const field = this.names[i];
    const { int, long, time, address, words } = KINDS[field] ?? {};
    const end = i === this.names.length - 1 ? 10 : 32;
    const next = `if (b[p] !== ${end}) return -1; p++;`;
    if (words) {
      const tests = words.map((word, place) => {
        const bytes = [...Buffer.from(word), end].map((byte, j) => `b[p + ${j}] === ${byte}`);
        return `if (${bytes.join(' && ')}) { w${i} = ${place}; p += ${word.length}; y${i} = p; p++; }`;
      });
      return `let w${i} = -1, x${i} = p, y${i} = p; ${tests.join(' else ')} else if (b[p] === 45 && b[p + 1] === ${end}) p += 2; else return -1;`;
    }
    if (address) {
      const at = 5 * ADDRESSES.indexOf(field);
      const others = at < 10 ? [] : at === 10 ? ['srcaddr', 'dstaddr'] : ['dstaddr', 'srcaddr'];
      const known = others.filter((other) => this.at(other) >= 0 && this.at(other) < i).map((other) => {
        const j = this.at(other);
        return `if (y${j} > x${j} && same(b, p, x${j}, y${j})) { p += y${j} - x${j}; y${i} = p; r${i} = ${ADDRESSES.indexOf(other) + 1}; }`;
      });
      const reading = `{ p = readAddress(b, p, W, ${at}); if (p < 0) return -1; if (W[${at}] > 0) { r${i} = 3; y${i} = p; } }`;
      return `const x${i} = p; let r${i} = 0, y${i} = p; ${[...known, reading].join(' else ')} ${next}`;
    }
    if (int || time || long) {
      const digits = long ? 15 : time ? 11 : String(int).length - (int > 65_535 ? 1 : 0);
      const limit = int && int <= 65_535 ? `|| n${i} > ${int}` : '';
      return `const x${i} = p; let n${i} = -1, y${i} = p;
        if (b[p] === 45) p++;
        else {
          ${long ? '' : `n${i} = 0;`}
          for (let d = b[p] - 48; d >= 0 && d <= 9; d = b[++p] - 48) ${long ? '' : `n${i} = n${i} * 10 + d`};
          y${i} = p;
          const length = p - x${i};
          if (length === 0 || length > ${digits} || (b[x${i}] === 48 && length > 1) ${limit}) return -1;
        } ${next}`;
    }
    return `const x${i} = p; while (b[p] > 32) p++; let y${i} = p; if (y${i} === x${i}) return -1;
      if (y${i} - x${i} === 1 && b[x${i}] === 45) y${i} = x${i}; ${next}`;
  }

  /** Returns the code of a rule: `when` it makes a value (always, if undefined), and the code that writes it. */
  rule([how, from, more]) {
    const i = typeof from === 'string' ? this.at(from) : -1;
    const when = i >= 0 ? `y${i} > x${i}` : undefined;
    const copied = (column) => `q = copy(u, v, x${column}, y${column}, q);`;
    switch (how) {
      case 'constant': return { parts: [{ text: JSON.stringify(from) }] };
      case 'constantIfAny': {
        const columns = from.map((field) => this.at(field)).filter((column) => column >= 0);
        return { when: columns.map((column) => `y${column} > x${column}`).join(' || '), parts: [{ text: `"${more}"` }] };
      }
      case 'text': case 'digits': return { when, parts: [{ text: '"' }, copied(i), { text: '"' }] };
      case 'tag': return { when, parts: [`q = writeTag(room, q, input, x${i}, y${i});`] };
      case 'number': return { when, parts: [copied(i)] };
      case 'time': return { when, parts: [{ text: '"' }, `q = writeTime(v, q, n${i});`, { text: '"' }] };
      case 'choice': return { when, parts: [`q = writeChoice(v, q, ${this.choice(more.map((text) => `"${text}"`))}, w${i});`] };
      case 'eventType': return i < 0
        ? { parts: [{ text: '["connection"]' }] }
        : { parts: [`q = writeChoice(v, q, ${this.choice(['["connection"]', ...EVENT_TYPES])}, w${i} + 1);`] };
      case 'transport': return {
        when: `n${i} >= 0 && TRANSPORT.lengths[n${i}] > 0`,
        parts: [{ text: '"' }, `q = writeChoice(v, q, TRANSPORT, n${i});`, { text: '"' }],
      };
      case 'networkType': {
        const [type, source, destination] = from.map((field) => this.at(field));
        const address = (column, at) => (column < 0 ? '' : `W[${at}] > 0 ? W[${at}] : `);
        const byAddress = `${address(source, 0)}${address(destination, 5)}0`;
        const family = type < 0 ? byAddress : `w${type} === 0 ? 4 : w${type} === 1 ? 6 : ${byAddress}`;
        return {
          before: `const family = ${family};`,
          when: 'family > 0',
          parts: [`q = writeChoice(v, q, ${this.choice(['"ipv4"', '"ipv6"'])}, family === 4 ? 0 : 1);`],
        };
      }
      case 'communityId': {
        const port = (field) => (this.at(field) < 0 ? '-1' : `n${this.at(field)}`);
        const [source, destination, protocol] = FLOW.map((field) => this.at(field));
        const call = `writeCommunityId(v, q, W, 0, 5, ${port('srcport')}, ${port('dstport')}, n${protocol})`;
        return {
          when: `y${source} > x${source} && y${destination} > x${destination} && n${protocol} >= 0 && n${protocol} !== 255`,
          parts: [{ text: '"' }, `q = ${call};`, { text: '"' }],
        };
      }
      case 'relatedIp': {
        const columns = from.map((field) => this.at(field)).filter((column) => column >= 0);
        const [source, destination] = [this.at('srcaddr'), this.at('dstaddr')];
        const code = columns.map((column, place) => {
          const isPacket = column !== source && column !== destination;
          const earlier = columns.slice(0, place).map((other) => `!isSameText(b, x${column}, y${column}, x${other}, y${other})`);
          const conditions = [isPacket ? `r${column} === 3` : `y${column} > x${column}`, ...earlier].join(' && ');
          return `if (${conditions}) { o[q++] = 34; ${copied(column)} o[q++] = 34; o[q++] = 44; }`;
        });
        const when = columns.map((column) => `y${column} > x${column}`).join(' || ');
        return { when, parts: [{ text: '[' }, code.join(' '), 'q--;', { text: ']' }] };
      }
      case 'flagNames': return { when: `n${i} > 0 && (n${i} & 63) > 0`, parts: [`q = writeChoice(v, q, FLAGS, n${i} & 63);`] };
      default: throw new Error(`no code for ${how}`);
    }
  }
}

/** Returns the code that writes parts; neighbouring texts become one. */
function writing(parts) {
  const merged = [];
  for (const part of parts) {
    if (part.text !== undefined && merged.at(-1)?.text !== undefined) merged.push({ text: merged.pop().text + part.text });
    else merged.push(part);
  }
  return merged
    .map((part) => {
      if (part.text === undefined) return part;
      const eights = part.text.match(/.{1,8}/gs).map((text, i) => `v.setFloat64(q + ${8 * i}, ${toDouble(text)}, true);`);
      return `${eights.join(' ')} q += ${part.text.length};`;
    })
    .join('\n');
}

/** Returns the parts of an object's members, each with a comma at its end, and whether there are always some. */
function members(node, columns) {
  const parts = [];
  let isSure = false;
  for (const [key, child] of node) {
    if (child instanceof Map) {
      const inner = members(child, columns);
      if (inner.isSure) {
        isSure = true;
        parts.push({ text: `"${key}":{` }, ...inner.parts, 'q--;', { text: '},' });
      } else {
        const code = writing([{ text: `"${key}":{` }, ...inner.parts]);
        parts.push(`{ const start = q; ${code} if (o[q - 1] === 44) { o[q - 1] = 125; o[q++] = 44; } else q = start; }`);
      }
    } else {
      const { before = '', when, parts: value } = columns.rule(child);
      const all = [{ text: `"${key}":` }, ...value, { text: ',' }];
      isSure ||= when === undefined;
      if (when === undefined) parts.push(...all);
      else parts.push(`${before} if (${when}) { ${writing(all)} }`);
    }
  }
  return { parts, isSure };
}

/**
 * Returns the reader of a format: `read(chunk, oddOf)` gives bytes that are valid until the next call.
 *
 * @param {string[]} names
 * @param {Map<string, unknown>} tree
 */
export function bytesReader(names, tree) {
  const columns = new Columns(names);
  const body = writing([{ text: '{' }, ...members(tree, columns).parts, 'q--;', { text: '}\n' }]);
  // The constant parts are shorter than their code, and no value is written more than five times.
  const most = body.length + 5 * LONGEST;
  const source = `
    let next = 0;
    /** Writes a line's document at \`q\`, and gives the place after it; -1 if the line is not foreseen. */
    function readLine(b, u, o, v, room, input, p, q) {
      const line = p;
      ${names.map((_, i) => columns.read(i)).join('\n')}
      if (p - line > ${LONGEST}) return -1;
      next = p;
      ${body}
      return q;
    }
    return function read(input, inputView, end, output, odd, larger) {
      let room = output, o = room.bytes, v = room.view;
      let p = 0, q = 0;
      while (p < end) {
        if (q + ${most} > o.length) { room = larger(q); o = room.bytes; v = room.view; }
        const after = odd.isRisky(p) ? -1 : readLine(input, inputView, o, v, room, input, p, q);
        if (after >= 0) {
          p = next;
          q = after;
        } else {
          const text = odd.read(p);
          p = odd.next;
          while (q + 3 * text.length + 1 > o.length) { room = larger(q); o = room.bytes; v = room.view; }
          if (text !== '') { q += o.utf8Write(text, q); o[q++] = 10; }
        }
      }
      return o.subarray(0, q);
    }`;
  const all = { ...library, ...columns.constants };
  const read = new Function(...Object.keys(all), source)(...Object.values(all));
  let input = new Room(1 << 20);
  let output = new Room(8 << 20);
  const larger = (used) => {
    const room = new Room(2 * output.bytes.length);
    output.bytes.copy(room.bytes, 0, 0, used);
    return (output = room);
  };
  return (chunk, oddOf) => {
    // Room for what the last eight bytes are read too far.
    if (chunk.length + 8 > input.bytes.length) input = new Room(2 * chunk.length);
    chunk.copy(input.bytes);
    const bytes = input.bytes.subarray(0, chunk.length);
    return read(input.bytes, input.view, chunk.length, output, oddOf(bytes), larger);
  };
}
