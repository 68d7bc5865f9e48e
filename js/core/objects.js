/**
 * Makes objects of the values that the core writes: each document is a shape, which many have in common, and values.
 *
 * The look of a shape comes from the plan that the core compiled; nothing about the documents is known here. A log may have
 * a thousand shapes, but they differ only in which members they have. So all shapes are merged into one layout, of which one
 * function is made. It adds to each object the members that the shape has. In pages, whose content security policy may forbid
 * making functions, the same is done step by step.
 *
 * @module
 */

import { NodeBuffer } from './buffer.js';

/** Documents that are made step by step after a change of the layout, before a function is made, which costs as much as many documents. */
const USES_BEFORE_FUNCTION = 64;

/** Shapes that are kept, as many as the core keeps, and characters of them. Logs have tens; of long formats, a thousand. */
const MAX_SHAPES = 4_096;
const MAX_CHARACTERS = 8 * 1024 * 1024;

/**
 * Members of a layout beyond which new shapes get another one. All documents pass over all members of their layout; logs have
 * fewer than two hundred, but headers that name other fields again and again make any number.
 */
const MAX_MEMBERS = 512;

/** Keys that may stand in the source of a function. All that ECS and AWS have are such; others are set step by step. */
const PLAIN_KEY = /^[A-Za-z@][\w@-]*$/;

/** Characters of a line that is written into the module's memory in place: nearly all are far shorter. */
const USUAL_LENGTH = 16 * 1024;

const encoder = new TextEncoder();

/**
 * The members of the record of what the core wrote last, each a number of 32 bits, with their indexes. `Written` of
 * `src/wasm/core.rs` has them in this order and says what they mean: a test compares the two.
 */
export const WRITTEN = Object.freeze({
  tape: 0,
  tapeLength: 1,
  stringEnds: 2,
  stringCount: 3,
  firstString: 4,
  text: 5,
  textLength: 6,
  isAscii: 7,
  hasNewShapes: 8,
});

/**
 * A function that makes a value from the strings, the tape and an index of that.
 *
 * @typedef {(strings: string[], tape: Int32Array, at: number) => any} Read
 *
 * A shape: the count of the tape's numbers for its values, its layout, and the places of the layout's members.
 *
 * @typedef {{ width: number, layout: Layout, places: Places }} Shape
 *
 * For each member of the layout by its number, the distance from the shape's number on the tape to its value; 0 if the shape
 * lacks the member. A member without a value on the tape has any other number.
 *
 * @typedef {Int32Array} Places
 *
 * A gap in a shape's text: the kind of value that it gets, and where the tape has that.
 *
 * @typedef {{ kind: keyof typeof readers, place: number }} Gap
 * @typedef {(value: unknown) => Gap | undefined} GapOf
 *
 * @typedef {import('../../pkg/vpcflow_ecs.js').Core} Core
 */

export class ObjectReader {
  /** @type {Shape[]} by the shape's number less the first one's */
  #shapes = [];
  #firstNumber = 0;
  /** The layout of new shapes. */
  #layout = new Layout();
  /** Characters of the texts of the shapes. */
  #characters = 0;
  /** @type {string[]} those that the core knows by their numbers */
  #strings = [];
  /** @type {Uint8Array | import('./buffer.js').NodeBytes} all of the module's memory; made again when that has grown */
  #bytes = new Uint8Array(0);
  /** The same in numbers of 32 bits. */
  #numbers = new Int32Array(0);

  /**
   * Appends the documents that the core wrote last.
   *
   * @param {Core} core
   * @param {WebAssembly.Memory} memory
   * @param {import('../index.js').FlowLogDocument[]} documents
   */
  read(core, memory, documents) {
    const written = core.written() / 4;
    this.#lookAt(memory);
    if (this.#numbers[written + WRITTEN.hasNewShapes] === 1) {
      this.#learn(core.newShapes() ?? '');
      this.#lookAt(memory);
    }
    this.#cut(written);
    const tape = this.#numbers;
    const strings = this.#strings;
    const shapes = this.#shapes;
    const first = this.#firstNumber;
    const start = (tape[written + WRITTEN.tape] >>> 0) / 4;
    for (let at = start, end = start + tape[written + WRITTEN.tapeLength]; at < end; ) {
      const shape = shapes[tape[at] - first];
      documents.push(shape.layout.make(shape.places, strings, tape, at));
      at += 1 + shape.width;
    }
    if (shapes.length > MAX_SHAPES || this.#characters > MAX_CHARACTERS) {
      this.#shapes = [];
      this.#layout = new Layout();
      this.#characters = 0;
      core.forgetShapes();
    }
  }

  /**
   * Parses a line.
   *
   * @param {Core} core
   * @param {WebAssembly.Memory} memory
   * @param {string} line
   */
  parse(core, memory, line) {
    if (line.length > USUAL_LENGTH) {
      core.parseBytes(encoder.encode(line));
      return;
    }
    // The module's own way in for strings would go character by character.
    const most = 3 * line.length;
    const address = core.lineBuffer(most) >>> 0;
    this.#lookAt(memory);
    const bytes = this.#bytes;
    // Node.js has its Buffer here: see `#lookAt`.
    const written = 'write' in bytes ? bytes.write(line, address, most, 'utf8') : encoder.encodeInto(line, bytes.subarray(address, address + most)).written;
    core.parseWritten(written);
  }

  /** @param {WebAssembly.Memory} memory */
  #lookAt(memory) {
    if (this.#bytes.buffer === memory.buffer) return;
    this.#bytes = NodeBuffer ? NodeBuffer.from(memory.buffer) : new Uint8Array(memory.buffer);
    this.#numbers = new Int32Array(memory.buffer);
  }

  /**
   * Takes the new strings, each of which may stand in many documents.
   *
   * @param {number} written where the record of what the core wrote is, in numbers
   */
  #cut(written) {
    const numbers = this.#numbers;
    if (numbers[written + WRITTEN.firstString] === 0) this.#strings = [];
    const count = numbers[written + WRITTEN.stringCount];
    if (count === 0) return;
    const strings = this.#strings;
    const address = numbers[written + WRITTEN.text] >>> 0;
    const length = numbers[written + WRITTEN.textLength];
    const text = byteString(this.#bytes, address, address + length);
    const isAscii = numbers[written + WRITTEN.isAscii] === 1;
    const ends = (numbers[written + WRITTEN.stringEnds] >>> 0) / 4;
    // The ends are those in all strings, of which the text is the last part.
    const before = numbers[ends + count - 1] - length;
    let start = 0;
    for (let index = ends; index < ends + count; index++) {
      const end = numbers[index] - before;
      const string = text.substring(start, end);
      strings.push(isAscii || IS_ASCII.test(string) ? string : utf8String(this.#bytes, address + start, address + end));
      start = end;
    }
  }

  /** @param {string} shapes the texts of new shapes, with an empty line between them */
  #learn(shapes) {
    this.#characters += shapes.length;
    for (const description of shapes.split('\n\n')) {
      const [numbers, ...lines] = description.split('\n');
      const [number, width] = numbers.split(' ').map(Number);
      if (this.#shapes.length === 0) this.#firstNumber = number;
      if (this.#layout.size > MAX_MEMBERS) this.#layout = new Layout();
      this.#shapes[number - this.#firstNumber] = shapeOf(lines, width, this.#layout);
    }
  }
}

/**
 * Reads a shape, and adds its members to the layout.
 *
 * @param {string[]} lines the text before each gap, and its kind and place, in turns; the text after the last
 * @param {number} width numbers that the tape has for the values
 * @param {Layout} layout
 * @returns {Shape}
 */
function shapeOf(lines, width, layout) {
  const texts = lines.filter((_, index) => index % 2 === 0);
  const gaps = lines.filter((_, index) => index % 2 === 1).map((gap) => {
    return { kind: /** @type {Gap['kind']} */ (gap[0]), place: Number(gap.slice(1)) };
  });
  const mark = markFor(texts);
  const marked = texts.map((text, index) => {
    if (index === gaps.length) return text;
    return gaps[index].kind === 's' ? `${text}${mark}${index}` : `${text}"${mark}${index}"`;
  });
  /** @type {GapOf} */
  const gapOf = (value) => (typeof value === 'string' && value.startsWith(mark) ? gaps[Number(value.slice(mark.length))] : undefined);
  return { width, layout, places: layout.add(JSON.parse(marked.join('')), gapOf) };
}

/**
 * Returns a mark that is in none of the texts: it stands for the gaps, so that what JSON makes of it can be told apart.
 *
 * @param {string[]} texts
 */
function markFor(texts) {
  const numbers = new Set(texts.flatMap((text) => Array.from(text.matchAll(/#(\d+)(?=#)/g), ([, digits]) => Number(digits))));
  let number = 0;
  while (numbers.has(number)) number += 1;
  return `#${number}#`;
}

/**
 * A member of the layout. Members of the same key have values of different kinds, and a shape has one of them at most.
 *
 * @typedef {{ key: string, kind: '{' | Gap['kind'] | undefined, text: string, number: number, members: Member[],
 *   known: Map<string, Member> }} Member
 *
 * @property kind that of its gap, `{` for an object; undefined for a constant
 * @property text the JSON of a constant
 * @property members those of an object, in the order of their keys
 * @property known the same by their key, kind and text
 */

/** The members of all shapes. */
class Layout {
  /** @type {Member} */
  #root = { key: '', kind: '{', text: '', number: 0, members: [], known: new Map() };
  #count = 1;
  /** True if all keys may stand in the source of a function. */
  #isPlain = true;
  #uses = 0;

  /** The count of the members. */
  get size() {
    return this.#count;
  }

  /**
   * Adds the members of a shape, and returns their places.
   *
   * @param {object} template
   * @param {GapOf} gapOf
   * @returns {Places}
   */
  add(template, gapOf) {
    /** @type {number[]} */
    const places = [];
    /** @param {Member} object @param {object} values */
    const visit = (object, values) => {
      for (const [key, value] of Object.entries(values)) {
        const gap = gapOf(value);
        const isObject = !gap && typeof value === 'object' && value !== null && !Array.isArray(value);
        const kind = isObject ? '{' : gap?.kind;
        const member = this.#memberOf(object, key, kind, kind === undefined ? JSON.stringify(value) : '');
        places[member.number] = gap ? gap.place + 1 : 1;
        if (isObject) visit(member, value);
      }
    };
    visit(this.#root, template);
    // Most members of later shapes are within the array, too. Beyond it, it has undefined, which counts as 0.
    return Object.assign(new Int32Array(places.length + SPARE_PLACES), places);
  }

  /**
   * Returns a member of an object, which is added if it is new.
   *
   * @param {Member} object
   * @param {string} key
   * @param {Member['kind']} kind
   * @param {string} text
   */
  #memberOf({ members, known }, key, kind, text) {
    const name = `${kind}${text}\n${key}`;
    const found = known.get(name);
    if (found) return found;
    /** @type {Member} */
    const member = { key, kind, text, number: this.#count++, members: [], known: new Map() };
    known.set(name, member);
    let [low, high] = [0, members.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(key, members[middle].key)) high = middle;
      else low = middle + 1;
    }
    members.splice(low, 0, member);
    // A literal's `__proto__` is not a key, and one that all objects inherit may not be assignable.
    this.#isPlain &&= PLAIN_KEY.test(key) && !(key in Object.prototype) && !text.includes('"__proto__"');
    this.#uses = 0;
    this.make = this.#makeByStep;
    return member;
  }

  /**
   * Makes a document of a shape.
   *
   * @param {Places} places
   * @param {string[]} strings
   * @param {Int32Array} tape
   * @param {number} at the index of the shape's number on the tape
   */
  #makeByStep(places, strings, tape, at) {
    this.#uses += 1;
    if (this.#uses === USES_BEFORE_FUNCTION && this.#isPlain && mayMakeFunctions()) this.make = functionOf(this.#root);
    return makeObject(this.#root, places, strings, tape, at);
  }

  make = this.#makeByStep;
}

/** Places of a shape beyond its last member. */
const SPARE_PLACES = 64;

/**
 * True if a key is before another one in the core's order, which is that of code points.
 *
 * @param {string} key
 * @param {string} other
 */
function isBefore(key, other) {
  const [points, others] = [Array.from(key), Array.from(other)];
  const index = points.findIndex((point, index) => point !== others[index]);
  if (index < 0) return points.length < others.length;
  return index < others.length && Number(points[index].codePointAt(0)) < Number(others[index].codePointAt(0));
}

/**
 * Makes an object step by step.
 *
 * @param {Member} object
 * @param {Places} places
 * @param {string[]} strings
 * @param {Int32Array} tape
 * @param {number} at
 */
function makeObject({ members }, places, strings, tape, at) {
  /** @type {Record<string, any>} */
  const made = {};
  for (const member of members) {
    const place = places[member.number];
    if (!place) continue;
    const { key, kind } = member;
    const value = kind === '{' ? makeObject(member, places, strings, tape, at)
      : kind === undefined ? JSON.parse(member.text)
      : readers[kind](strings, tape, at + place);
    // As JSON.parse does, this makes an own key of `__proto__`, too.
    if (key in Object.prototype) Object.defineProperty(made, key, { value, configurable: true, enumerable: true, writable: true });
    else made[key] = value;
  }
  return made;
}

/**
 * Returns a function that does the same for all documents. The objects are made by functions of their own, so that the
 * engine gives them as much memory as their members need.
 *
 * @param {Member} root whose keys are plain
 */
function functionOf(root) {
  /** @type {string[]} */
  const sources = [];
  /** Appends the function of an object, and returns its name. @param {Member} object @returns {string} */
  const nameOf = ({ members }) => {
    const lines = members.map((member) => `if(k=p[${member.number}])this[${JSON.stringify(member.key)}]=${sourceOf(member)};`);
    return `O${sources.push(lines.join('\n')) - 1}`;
  };
  /** Returns the JavaScript of a value. @param {Member} member */
  const sourceOf = (member) => {
    switch (member.kind) {
      case '{': return `new ${nameOf(member)}(p,s,v,i)`;
      case 's': return 's[v[i+k]]';
      case 'n': return 'v[i+k]>=0?v[i+k]:n(s,v,i+k)';
      case undefined: return member.text;
      default: return `${member.kind}(s,v,i+k)`;
    }
  };
  const name = nameOf(root);
  const functions = sources.map((source, index) => `function O${index}(p,s,v,i){let k;${source}}O${index}.prototype=o;`);
  const { n, l, j } = readers;
  const source = `${functions.join('\n')}return (p,s,v,i)=>new ${name}(p,s,v,i)`;
  return /** @type {Layout['make']} */ (new Function('n', 'l', 'j', 'o', source)(n, l, j, Object.prototype));
}

/** The values of the kinds of gaps: a string, a number, a list of strings, JSON. */
const readers = {
  /** @type {Read} */
  s: (strings, tape, at) => strings[tape[at]],
  /** @type {Read} */
  n: (strings, tape, at) => (tape[at] >= 0 ? tape[at] : largeInteger(strings[~tape[at]])),
  /** @type {Read} */
  l: (strings, tape, at) => {
    const count = tape[at];
    if (count === 2) return [strings[tape[at + 1]], strings[tape[at + 2]]];
    const list = [];
    for (let index = 1; index <= count; index++) list.push(strings[tape[at + index]]);
    return list;
  },
  /** @type {Read} */
  j: (strings, tape, at) => JSON.parse(strings[tape[at]]),
};

/** Returns an integer beyond 31 bits. @param {string} digits */
function largeInteger(digits) {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** @type {boolean | undefined} */
let canMakeFunctions;

/**
 * True if functions can be made of text. It is tried when it is first needed, and never in a page or its workers: a content security
 * policy there may forbid it, and report the try. Nothing says without a report if it does.
 */
function mayMakeFunctions() {
  if (canMakeFunctions === undefined) {
    if ('document' in globalThis || 'WorkerGlobalScope' in globalThis) return false;
    try {
      canMakeFunctions = /** @type {boolean} */ (new Function('return true')());
    } catch {
      canMakeFunctions = false;
    }
  }
  return canMakeFunctions;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

const IS_ASCII = /^[\0-\x7f]*$/;

/**
 * Returns the text of a part.
 *
 * @param {Uint8Array | import('./buffer.js').NodeBytes} bytes
 * @param {number} start
 * @param {number} end
 */
function utf8String(bytes, start, end) {
  return 'utf8Slice' in bytes ? bytes.utf8Slice(start, end) : utf8.decode(bytes.subarray(start, end));
}

/**
 * Returns a string with a character for each byte of a part.
 *
 * @param {Uint8Array | import('./buffer.js').NodeBytes} bytes
 * @param {number} start
 * @param {number} end
 */
function byteString(bytes, start, end) {
  if ('latin1Slice' in bytes) return bytes.latin1Slice(start, end);
  const part = bytes.subarray(start, end);
  const text = utf8.decode(part);
  if (text.length === part.length) return text;
  let characters = '';
  for (let at = 0; at < part.length; at += 8192) {
    characters += String.fromCharCode(...part.subarray(at, at + 8192));
  }
  return characters;
}
