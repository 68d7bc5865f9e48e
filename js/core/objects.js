/**
 * Makes objects of the values that the core writes: each document is a shape, which many have in common, and values.
 *
 * The look of a shape comes from the plan that the core compiled; nothing about the documents is known here. The members of
 * a document are parts that shapes share: a log may have a thousand shapes, but all except one of their members are of a
 * few kinds. For each part a function is made once that has the objects as literals, so that the engine gives all of them
 * one layout. Where making functions is forbidden (a content security policy), the same is done step by step.
 *
 * @module
 */

import { NodeBuffer } from './buffer.js';

/** Uses of a part, step by step, before a function is made for it, which costs as much as many uses. */
const USES_BEFORE_FUNCTION = 8;

/**
 * Uses of a part or a shape before its function also reads the tape. Engines optimise such a function when it has run for long. Until
 * then, a function that gets the values as arguments, from a loop that all parts share, is faster.
 */
const USES_BEFORE_READER = 2_000;

/** Shapes that are kept, as many as the core keeps, and characters of them. Logs have tens; of long formats, a thousand. */
const MAX_SHAPES = 4_096;
const MAX_CHARACTERS = 8 * 1024 * 1024;

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
 * @typedef {(strings: string[], tape: Int32Array, at: number) => any} Step
 *
 * A shape: the parts with gaps, the index of each on the tape, and their object, which shapes with the same keys share.
 *
 * @typedef {{ width: number, parts: Part[], offsets: number[], root: Root }} Shape
 * @typedef {{ make(parts: Part[], offsets: number[], strings: string[], tape: Int32Array, at: number): any }} Root
 *
 * A gap in a shape's text: the kind of value that it gets, and where the tape has that.
 *
 * @typedef {{ kind: 's' | 'n' | 'l' | 'j', place: number }} Gap
 * @typedef {(value: unknown) => Gap | undefined} GapOf
 *
 * @typedef {import('../../pkg/vpcflow_ecs.js').Core} Core
 */

export class ObjectReader {
  /** @type {Shape[]} by the shape's number less the first one's */
  #shapes = [];
  #firstNumber = 0;
  /** @type {Map<string, Part | Root>} what shapes share, by its source */
  #shared = new Map();
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
      documents.push(shape.root.make(shape.parts, shape.offsets, strings, tape, at + 1));
      at += 1 + shape.width;
    }
    if (shapes.length > MAX_SHAPES || this.#characters > MAX_CHARACTERS) {
      this.#shapes = [];
      this.#shared = new Map();
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
      this.#shapes[number - this.#firstNumber] = compile(lines, width, this.#shared);
    }
  }
}

/**
 * Compiles a shape.
 *
 * @param {string[]} lines the text before each gap, and its kind and place, in turns; the text after the last
 * @param {number} width numbers that the tape has for the values
 * @param {Map<string, Part | Root>} shared
 * @returns {Shape}
 */
function compile(lines, width, shared) {
  const texts = lines.filter((_, index) => index % 2 === 0);
  const gaps = lines.filter((_, index) => index % 2 === 1).map((gap) => {
    return { kind: /** @type {Gap['kind']} */ (gap[0]), place: Number(gap.slice(1)) };
  });
  const mark = markFor(texts);
  const marked = texts.map((text, index) => {
    if (index === gaps.length) return text;
    return gaps[index].kind === 's' ? `${text}${mark}${index}` : `${text}"${mark}${index}"`;
  });
  const template = JSON.parse(marked.join(''));
  /** @type {GapOf} */
  const gapOf = (value) => (typeof value === 'string' && value.startsWith(mark) ? gaps[Number(value.slice(mark.length))] : undefined);
  if (!mayMakeFunctions() || !hasPlainKeys(template, gapOf)) {
    const step = stepOf(template, gapOf);
    return { width, parts: [], offsets: [], root: { make: (parts, offsets, strings, tape, at) => step(strings, tape, at) } };
  }
  /** @type {Part[]} */
  const parts = [];
  /** @type {number[]} */
  const offsets = [];
  const members = Object.entries(template).map(([key, value]) => {
    const first = firstPlace(value, gapOf);
    if (first === undefined) return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
    const number = offsets.push(first) - 1;
    // The same part may be anywhere in other shapes: its places count from its first one.
    parts.push(partOf(value, (gap) => moved(gapOf(gap), -first), shared));
    const read = gapOf(value)?.kind === 's' ? `s[v[i+o[${number}]]]` : `p[${number}].make(s,v,i+o[${number}])`;
    return `${JSON.stringify(key)}:${read}`;
  });
  const root = rootOf(`{${members.join()}}`, template, gapOf, shared);
  let uses = 0;
  /** @type {Shape} */
  const shape = {
    width,
    parts,
    offsets,
    // A log of few shapes is fastest with a function for each of them.
    root: {
      make(parts, offsets, strings, tape, at) {
        uses += 1;
        if (uses === USES_BEFORE_READER) shape.root = wholeOf(template, gapOf);
        return root.make(parts, offsets, strings, tape, at);
      },
    },
  };
  return shape;
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
 * Returns a function that makes all of a shape's documents from the tape.
 *
 * @param {unknown} template
 * @param {GapOf} gapOf
 * @returns {Root}
 */
function wholeOf(template, gapOf) {
  const { n, l, j } = readers;
  return { make: new Function('n', 'l', 'j', `return (p,o,s,v,i)=>(${sourceOf(template, gapOf, readerOf)})`)(n, l, j) };
}

/** @param {Gap | undefined} gap @param {number} by @returns {Gap | undefined} */
function moved(gap, by) {
  return gap && { kind: gap.kind, place: gap.place + by };
}

/**
 * Returns the first place of a value's gaps.
 *
 * @param {unknown} value
 * @param {GapOf} gapOf
 * @returns {number | undefined}
 */
function firstPlace(value, gapOf) {
  const gap = gapOf(value);
  if (gap) return gap.place;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const member of Object.values(value)) {
    const place = firstPlace(member, gapOf);
    if (place !== undefined) return place;
  }
  return undefined;
}

/**
 * @param {string} source
 * @param {Record<string, unknown>} template
 * @param {GapOf} gapOf
 * @param {Map<string, Part | Root>} shared
 */
function rootOf(source, template, gapOf, shared) {
  const known = shared.get(source);
  if (known) return /** @type {Root} */ (known);
  const constants = Object.entries(template).map(([key, value]) => {
    return { key, step: firstPlace(value, gapOf) === undefined ? stepOf(value, gapOf) : undefined };
  });
  let uses = 0;
  /** @type {Root} */
  const root = {
    make(parts, offsets, strings, tape, at) {
      uses += 1;
      if (uses === USES_BEFORE_FUNCTION) root.make = /** @type {Root['make']} */ (new Function('p', 'o', 's', 'v', 'i', `return ${source}`));
      /** @type {Record<string, unknown>} */
      const object = {};
      let part = 0;
      for (const { key, step } of constants) {
        object[key] = step ? step(strings, tape, at) : parts[part].make(strings, tape, at + offsets[part++]);
      }
      return object;
    },
  };
  shared.set(source, root);
  return root;
}

/**
 * @param {unknown} template
 * @param {GapOf} gapOf
 * @param {Map<string, Part | Root>} shared
 */
function partOf(template, gapOf, shared) {
  const source = sourceOf(template, gapOf, readerOf);
  const known = shared.get(source);
  if (known) return /** @type {Part} */ (known);
  const part = new Part(template, gapOf, source);
  shared.set(source, part);
  return part;
}

/** A value with gaps that shapes share. */
class Part {
  #template;
  #gapOf;
  #source;
  #step;
  #uses = 0;
  /** @type {Step | undefined} a function that reads the tape itself */
  #reader;
  /** @type {Function} a function of the gaps' values */
  #literal = Function.prototype;
  /** The kinds of the gaps, by their index in `KINDS`, and their places. */
  #kinds = new Uint8Array(0);
  #places = new Int32Array(0);
  /** @type {unknown[]} the values of the gaps, in an array that parts with as many gaps share */
  #values = [];

  /**
   * @param {unknown} template
   * @param {GapOf} gapOf
   * @param {string} source
   */
  constructor(template, gapOf, source) {
    this.#template = template;
    this.#gapOf = gapOf;
    this.#source = source;
    this.#step = stepOf(template, gapOf);
  }

  /** @type {Step} */
  make(strings, tape, at) {
    if (this.#reader !== undefined) return this.#reader(strings, tape, at);
    this.#uses += 1;
    if (this.#uses < USES_BEFORE_FUNCTION) return this.#step(strings, tape, at);
    if (this.#uses === USES_BEFORE_FUNCTION) this.#compile();
    if (this.#uses === USES_BEFORE_READER) {
      const { n, l, j } = readers;
      this.#reader = new Function('n', 'l', 'j', `return (s,v,i)=>(${this.#source})`)(n, l, j);
    }
    const kinds = this.#kinds;
    const places = this.#places;
    const values = this.#values;
    for (let index = 0; index < kinds.length; index++) {
      const place = at + places[index];
      switch (kinds[index]) {
        case 0: values[index] = strings[tape[place]]; break;
        case 1: values[index] = readers.n(strings, tape, place); break;
        case 2: values[index] = readers.l(strings, tape, place); break;
        default: values[index] = readers.j(strings, tape, place);
      }
    }
    return Reflect.apply(this.#literal, undefined, values);
  }

  #compile() {
    /** @type {Gap[]} */
    const gaps = [];
    const source = sourceOf(this.#template, this.#gapOf, (gap) => `a${gaps.push(gap) - 1}`);
    this.#literal = new Function(...gaps.map((_, index) => `a${index}`), `return ${source}`);
    this.#kinds = Uint8Array.from(gaps, ({ kind }) => KINDS.indexOf(kind));
    this.#places = Int32Array.from(gaps, ({ place }) => place);
    this.#values = valuesByCount[gaps.length] ??= Array(gaps.length).fill('');
  }
}

/** The kinds of gaps: those of `readers`. */
const KINDS = 'snlj';

/** @type {unknown[][]} arrays for the values of gaps, by their number */
const valuesByCount = [];

/** The values of the kinds of gaps: a string, a number, a list of strings, JSON. */
const readers = {
  /** @type {Step} */
  s: (strings, tape, at) => strings[tape[at]],
  /** @type {Step} */
  n: (strings, tape, at) => (tape[at] >= 0 ? tape[at] : largeInteger(strings[~tape[at]])),
  /** @type {Step} */
  l: (strings, tape, at) => {
    const count = tape[at];
    if (count === 2) return [strings[tape[at + 1]], strings[tape[at + 2]]];
    const list = [];
    for (let index = 1; index <= count; index++) list.push(strings[tape[at + index]]);
    return list;
  },
  /** @type {Step} */
  j: (strings, tape, at) => JSON.parse(strings[tape[at]]),
};

/** Returns an integer beyond 31 bits. @param {string} digits */
function largeInteger(digits) {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/**
 * Returns the JavaScript of a value with gaps, whose keys are plain.
 *
 * @param {unknown} template
 * @param {GapOf} gapOf
 * @param {(gap: Gap) => string} read returns the JavaScript of a gap
 */
function sourceOf(template, gapOf, read) {
  /** @param {unknown} value @returns {string} */
  const literal = (value) => {
    const gap = gapOf(value);
    if (gap) return read(gap);
    if (Array.isArray(value)) return `[${value.map(literal).join()}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    return `{${Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${literal(member)}`).join()}}`;
  };
  return literal(template);
}

/** Returns the JavaScript that reads a gap's value from the tape. @param {Gap} gap */
function readerOf({ kind, place }) {
  const number = `v[i+${place}]`;
  if (kind === 's') return `s[${number}]`;
  return kind === 'n' ? `${number}>=0?${number}:n(s,v,i+${place})` : `${kind}(s,v,i+${place})`;
}

/** @param {unknown} value @param {GapOf} gapOf @returns {boolean} */
function hasPlainKeys(value, gapOf) {
  if (typeof value !== 'object' || value === null) return true;
  const members = Object.entries(value);
  return members.every(([key, member]) =>
    (Array.isArray(value) || PLAIN_KEY.test(key)) && (gapOf(member) !== undefined || hasPlainKeys(member, gapOf)));
}

/**
 * Makes a function that does the same step by step.
 *
 * @param {unknown} value
 * @param {GapOf} gapOf
 * @returns {Step}
 */
function stepOf(value, gapOf) {
  const gap = gapOf(value);
  if (gap) {
    const read = readers[gap.kind];
    const { place } = gap;
    return (strings, tape, at) => read(strings, tape, at + place);
  }
  if (typeof value !== 'object' || value === null) return () => value;
  const keys = Object.keys(value);
  const steps = Object.values(value).map((member) => stepOf(member, gapOf));
  if (Array.isArray(value)) return (strings, tape, at) => steps.map((step) => step(strings, tape, at));
  return (strings, tape, at) => {
    /** @type {Record<string, unknown>} */
    const object = {};
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index];
      const member = steps[index](strings, tape, at);
      // As JSON.parse does, this makes an own key of `__proto__`, too.
      if (key === '__proto__') Object.defineProperty(object, key, { value: member, configurable: true, enumerable: true, writable: true });
      else object[key] = member;
    }
    return object;
  };
}

/** @type {boolean | undefined} */
let canMakeFunctions;

/** True if functions can be made of text, which a content security policy may forbid. It is tried when objects are first made. */
function mayMakeFunctions() {
  if (canMakeFunctions === undefined) {
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
