/**
 * Makes objects of the values that the core tells of: each document is a shape, which many have in common, and values.
 *
 * What a shape looks like comes from the plan that the core compiled; nothing about the documents is known here. For each
 * shape a function is made once that has the objects as literals, so that the engine gives all documents of the shape
 * one layout. Where making functions is forbidden (a content security policy), the same is done step by step.
 *
 * @module
 */

import { NodeBuffer } from './buffer.js';

/** Documents of a shape that are made step by step before a function is made for it. */
const USES_BEFORE_FUNCTION = 8;

/** Shapes that are kept, as many as the core keeps, and characters of them. Logs have tens; of long formats, a thousand. */
const MAX_SHAPES = 4_096;
const MAX_CHARACTERS = 8 * 1024 * 1024;

/** Keys that may stand in the source of a function. All that ECS and AWS have are such; others are set step by step. */
const PLAIN_KEY = /^[A-Za-z@][\w@-]*$/;

/** Characters of a line that is written into the module's memory in place: nearly all are far shorter. */
const USUAL_LENGTH = 16 * 1024;

const encoder = new TextEncoder();

export class ObjectReader {
  /** What makes the documents of a shape, `{ width, make }`, by the shape's number less the first one's. */
  #shapes = [];
  #firstNumber = 0;
  /** Characters of what was told of the shapes. */
  #characters = 0;
  /** The strings that the core knows by their numbers. */
  #strings = [];
  /** All of the module's memory, in bytes and in numbers of 32 bits; made anew when the memory has grown. */
  #bytes = new Uint8Array(0);
  #numbers = new Int32Array(0);

  /**
   * Appends the documents that the core has told of.
   *
   * @param {import('../../pkg/vpcflow_ecs.js').Core} core
   * @param {WebAssembly.Memory} memory
   * @param {object[]} documents
   */
  read(core, memory, documents) {
    const told = core.told() / 4;
    this.#lookAt(memory);
    if (this.#numbers[told + 8] === 1) {
      this.#learn(core.newShapes());
      this.#lookAt(memory);
    }
    this.#cut(told);
    const tape = this.#numbers;
    const strings = this.#strings;
    const shapes = this.#shapes;
    const first = this.#firstNumber;
    for (let at = (tape[told] >>> 0) / 4, end = at + tape[told + 1]; at < end; ) {
      const shape = shapes[tape[at] - first];
      documents.push(shape.make(strings, tape, at + 1));
      at += 1 + shape.width;
    }
    if (shapes.length > MAX_SHAPES || this.#characters > MAX_CHARACTERS) {
      this.#shapes = [];
      this.#characters = 0;
      core.forgetShapes();
    }
  }

  /**
   * Has the core read a line.
   *
   * @param {import('../../pkg/vpcflow_ecs.js').Core} core
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
    const room = core.room(most) >>> 0;
    this.#lookAt(memory);
    const bytes = this.#bytes;
    const written = NodeBuffer ? bytes.write(line, room, most, 'utf8') : encoder.encodeInto(line, bytes.subarray(room, room + most)).written;
    core.parseWritten(written);
  }

  #lookAt(memory) {
    if (this.#bytes.buffer === memory.buffer) return;
    this.#bytes = NodeBuffer ? NodeBuffer.from(memory.buffer) : new Uint8Array(memory.buffer);
    this.#numbers = new Int32Array(memory.buffer);
  }

  /**
   * Takes the new strings, each of which may stand in many documents.
   *
   * @param {number} told where it is told of them
   */
  #cut(told) {
    const numbers = this.#numbers;
    if (numbers[told + 4] === 0) this.#strings = [];
    const count = numbers[told + 3];
    if (count === 0) return;
    const strings = this.#strings;
    const output = numbers[told + 5] >>> 0;
    const length = numbers[told + 6];
    const text = byteString(this.#bytes, output, output + length);
    const isAscii = numbers[told + 7] === 1;
    const ends = (numbers[told + 2] >>> 0) / 4;
    // The ends are those in all strings, of which the text is the last part.
    const before = numbers[ends + count - 1] - length;
    let start = 0;
    for (let index = ends; index < ends + count; index++) {
      const end = numbers[index] - before;
      const string = text.substring(start, end);
      strings.push(isAscii || IS_ASCII.test(string) ? string : decoded(string));
      start = end;
    }
  }

  #learn(told) {
    this.#characters += told.length;
    for (const description of told.split('\n\n')) {
      const [numbers, ...lines] = description.split('\n');
      const [number, width] = numbers.split(' ').map(Number);
      if (this.#shapes.length === 0) this.#firstNumber = number;
      this.#shapes[number - this.#firstNumber] = compile(lines, width);
    }
  }
}

/**
 * @param {string[]} lines the text before each gap, and its kind and place, in turns; the text after the last
 * @param {number} width numbers that the tape has for the values
 */
function compile(lines, width) {
  const texts = lines.filter((_, index) => index % 2 === 0);
  const gaps = lines.filter((_, index) => index % 2 === 1).map((gap) => ({ kind: gap[0], place: Number(gap.slice(1)) }));
  // A mark that is in none of the texts stands for the gaps, so that what JSON makes of it can be told apart.
  let mark = '#';
  while (texts.some((text) => text.includes(mark))) mark += '#';
  const marked = texts.map((text, index) => {
    if (index === gaps.length) return text;
    return gaps[index].kind === 's' ? `${text}${mark}${index}` : `${text}"${mark}${index}"`;
  });
  const template = JSON.parse(marked.join(''));
  const gapOf = (value) => (typeof value === 'string' && value.startsWith(mark) ? gaps[value.slice(mark.length)] : undefined);
  const step = stepOf(template, gapOf);
  let uses = 0;
  const shape = {
    width,
    // A function costs as much as many documents step by step: it is made for shapes that come again.
    make(strings, tape, at) {
      uses += 1;
      if (uses === USES_BEFORE_FUNCTION) shape.make = functionOf(template, gapOf) ?? step;
      return step(strings, tape, at);
    },
  };
  return shape;
}

/** The values of the kinds of gaps, from the strings and the tape. */
const readers = {
  s: (strings, tape, at) => strings[tape[at]],
  n: (strings, tape, at) => (tape[at] >= 0 ? tape[at] : largeInteger(strings[~tape[at]])),
  l: (strings, tape, at) => {
    const count = tape[at];
    if (count === 2) return [strings[tape[at + 1]], strings[tape[at + 2]]];
    const list = [];
    for (let index = 1; index <= count; index++) list.push(strings[tape[at + index]]);
    return list;
  },
  j: (strings, tape, at) => JSON.parse(strings[tape[at]]),
};

/** An integer beyond 31 bits. */
function largeInteger(digits) {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** A function with the objects as literals, or undefined where that cannot be. */
function functionOf(template, gapOf) {
  if (!mayMakeFunctions || !hasPlainKeys(template, gapOf)) return undefined;
  const read = ({ kind, place }) => {
    const number = `v[i+${place}]`;
    if (kind === 's') return `s[${number}]`;
    return kind === 'n' ? `${number}>=0?${number}:n(s,v,i+${place})` : `${kind}(s,v,i+${place})`;
  };
  const literal = (value) => {
    const gap = gapOf(value);
    if (gap) return read(gap);
    if (Array.isArray(value)) return `[${value.map(literal).join()}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    return `{${Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${literal(member)}`).join()}}`;
  };
  const { n, l, j } = readers;
  return new Function('n', 'l', 'j', `return (s,v,i)=>(${literal(template)})`)(n, l, j);
}

function hasPlainKeys(value, gapOf) {
  if (typeof value !== 'object' || value === null) return true;
  const members = Object.entries(value);
  return members.every(([key, member]) =>
    (Array.isArray(value) || PLAIN_KEY.test(key)) && (gapOf(member) !== undefined || hasPlainKeys(member, gapOf)));
}

/** The same step by step. */
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

/** Whether functions can be made of text, which a content security policy may forbid. */
const mayMakeFunctions = (() => {
  try {
    return new Function('return true')();
  } catch {
    return false;
  }
})();

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

const IS_ASCII = /^[\0-\x7f]*$/;

/** The text of a string of bytes. */
function decoded(bytes) {
  return utf8.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

/** A string with a character for each byte of a part. */
function byteString(bytes, start, end) {
  if (NodeBuffer) return bytes.latin1Slice(start, end);
  const part = bytes.subarray(start, end);
  const text = utf8.decode(part);
  if (text.length === part.length) return text;
  let characters = '';
  for (let at = 0; at < part.length; at += 8192) {
    characters += String.fromCharCode(...part.subarray(at, at + 8192));
  }
  return characters;
}
