/**
 * Makes objects of the values that the core tells of: each document is a shape, which many have in common, and values.
 *
 * What a shape looks like comes from the plan that the core compiled; nothing about the documents is known here. For each
 * shape a function is made once that has the objects as literals, so that the engine gives all documents of the shape
 * one layout. Where making functions is forbidden (a content security policy), the same is done step by step.
 *
 * @module
 */

/** The end of a value on the tape that is an integer itself. */
const INTEGER = 0xffffffff;

/** Documents of a shape that are made step by step before a function is made for it. */
const USES_BEFORE_FUNCTION = 8;

/** Shapes that are kept. Logs have tens or hundreds. */
const MAX_SHAPES = 2_000;

/** Keys that may stand in the source of a function. All that ECS and AWS have are such; others are set step by step. */
const PLAIN_KEY = /^[A-Za-z@][\w@-]*$/;

export class ObjectReader {
  /** What makes the documents of a shape, `{ slots, make, makeDecoded }`, by the shape's number less the first one's. */
  #shapes = [];
  #firstNumber = 0;
  /** All of the module's memory, in bytes and in numbers of 32 bits; made anew when the memory has grown. */
  #bytes = new Uint8Array(0);
  #numbers = new Uint32Array(0);

  /**
   * Appends the documents that the core has told of.
   *
   * @param {import('../pkg/vpcflow_ecs.js').Core} core
   * @param {WebAssembly.Memory} memory
   * @param {object[]} documents
   */
  read(core, memory, documents) {
    const told = core.told() / 4;
    this.#lookAt(memory);
    if (this.#numbers[told + 5] === 1) {
      this.#learn(core.newShapes());
      this.#lookAt(memory);
    }
    const tape = this.#numbers;
    const end = tape[told] / 4 + tape[told + 1];
    if (tape[told + 1] === 0) return;
    const start = tape[told] / 4;
    const text = byteString(this.#bytes, tape[told + 2], tape[told + 2] + tape[told + 3]);
    const isAscii = tape[told + 4] === 1;
    const shapes = this.#shapes;
    const first = this.#firstNumber;
    for (let at = start; at < end; ) {
      const shape = shapes[tape[at] - first];
      documents.push(isAscii ? shape.make(text, tape, at + 1) : shape.makeDecoded(text, tape, at + 1));
      at += 1 + 2 * shape.slots;
    }
    if (shapes.length > MAX_SHAPES) {
      this.#shapes = [];
      core.forgetShapes();
    }
  }

  #lookAt(memory) {
    if (this.#bytes.buffer === memory.buffer) return;
    this.#bytes = hasLatin1 ? Buffer.from(memory.buffer) : new Uint8Array(memory.buffer);
    this.#numbers = new Uint32Array(memory.buffer);
  }

  #learn(told) {
    for (const description of told.split('\n\n')) {
      const [number, ...lines] = description.split('\n');
      if (this.#shapes.length === 0) this.#firstNumber = Number(number);
      this.#shapes[Number(number) - this.#firstNumber] = compile(lines);
    }
  }
}

/**
 * @param {string[]} lines the text before each gap, and its kind and slot, in turns; the text after the last
 */
function compile(lines) {
  const texts = lines.filter((_, index) => index % 2 === 0);
  const gaps = lines.filter((_, index) => index % 2 === 1).map((gap) => ({ kind: gap[0], slot: Number(gap.slice(1)) }));
  // A mark that is in none of the texts stands for the gaps, so that what JSON makes of it can be told apart.
  let mark = '#';
  while (texts.some((text) => text.includes(mark))) mark += '#';
  const marked = texts.map((text, index) => {
    if (index === gaps.length) return text;
    return gaps[index].kind === 's' ? `${text}${mark}${index}` : `${text}"${mark}${index}"`;
  });
  const template = JSON.parse(marked.join(''));
  const gapOf = (value) => (typeof value === 'string' && value.startsWith(mark) ? gaps[value.slice(mark.length)] : undefined);
  const slots = Math.max(0, ...gaps.map(({ slot }) => slot + 1));
  const steps = compileSteps(template, gapOf);
  let uses = 0;
  const shape = {
    slots,
    // A function costs as much as many documents step by step: it is made for shapes that come again.
    make(text, tape, at) {
      uses += 1;
      if (uses === USES_BEFORE_FUNCTION) Object.assign(shape, compileFunctions(template, gaps, gapOf) ?? { make: steps.make });
      return steps.make(text, tape, at);
    },
    makeDecoded: steps.makeDecoded,
  };
  return shape;
}

/** The values of the kinds of gaps, read from a text from one place to another. */
const readers = {
  s: (text, start, end) => text.substring(start, end),
  n: (text, start, end) => (end === INTEGER ? start : largeInteger(text.substring(start, end))),
  l: (text, start, end) => (end - start === 2 ? [] : list(text, start + 2, end - 2)),
  j: (text, start, end) => JSON.parse(text.substring(start, end)),
};

/** The same where the text is a string of bytes that are not all ASCII. */
const decodingReaders = {
  ...readers,
  s: (text, start, end) => decoded(text.substring(start, end)),
  j: (text, start, end) => JSON.parse(decoded(text.substring(start, end))),
};

/** The strings of a list, from the start of the first to the end of the last. */
function list(text, start, end) {
  const strings = [];
  for (let from = start; ; ) {
    const to = text.indexOf('"', from);
    strings.push(text.substring(from, to));
    if (to >= end) return strings;
    from = to + 3;
  }
}

/** An integer beyond 32 bits. */
function largeInteger(digits) {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** Functions with the objects as literals, or undefined where that cannot be. */
function compileFunctions(template, gaps, gapOf) {
  if (!mayMakeFunctions || !hasPlainKeys(template, gapOf)) return undefined;
  const uses = new Map();
  for (const { slot } of gaps) uses.set(slot, (uses.get(slot) ?? 0) + 1);
  const place = (slot) => `v[i${slot === 0 ? '' : `+${2 * slot}`}],v[i+${2 * slot + 1}]`;
  const read = ({ kind, slot }) => (kind === 's' ? `s(t,${place(slot)})` : `${kind}(t,${place(slot)})`);
  // A string that stands in several places is made once.
  const shared = gaps.filter(({ kind, slot }, index) =>
    kind !== 'l' && kind !== 'j' && uses.get(slot) > 1 && gaps.findIndex((gap) => gap.slot === slot) === index);
  const isShared = new Set(shared.map(({ slot }) => slot));
  const literal = (value) => {
    const gap = gapOf(value);
    if (gap) return isShared.has(gap.slot) ? `x${gap.slot}` : read(gap);
    if (Array.isArray(value)) return `[${value.map(literal).join()}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    return `{${Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${literal(member)}`).join()}}`;
  };
  const constants = shared.map((gap) => `const x${gap.slot}=${read(gap)};`).join('');
  const body = `return (t,v,i)=>{${constants}return ${literal(template)}}`;
  const { s, n, l, j } = readers;
  return { make: new Function('s', 'n', 'l', 'j', body)(s, n, l, j) };
}

function hasPlainKeys(value, gapOf) {
  if (typeof value !== 'object' || value === null) return true;
  const members = Object.entries(value);
  return members.every(([key, member]) =>
    (Array.isArray(value) || PLAIN_KEY.test(key)) && (gapOf(member) !== undefined || hasPlainKeys(member, gapOf)));
}

/** The same step by step. */
function compileSteps(template, gapOf) {
  const make = (readers) => (text, tape, at) => {
    const build = (value) => {
      const gap = gapOf(value);
      if (gap) return readers[gap.kind](text, tape[at + 2 * gap.slot], tape[at + 2 * gap.slot + 1]);
      if (Array.isArray(value)) return value.map(build);
      if (typeof value !== 'object' || value === null) return value;
      // As JSON.parse does, this makes an own key of `__proto__`, too.
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, build(member)]));
    };
    return build(template);
  };
  return { make: make(readers), makeDecoded: make(decodingReaders) };
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

/** Node's own way to a string with a character for each byte. */
const hasLatin1 = typeof Buffer === 'function' && typeof Buffer.prototype.latin1Slice === 'function';

/** The text of a string of bytes. */
function decoded(bytes) {
  return utf8.decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

/** A string with a character for each byte of a part. */
function byteString(bytes, start, end) {
  if (hasLatin1) return bytes.latin1Slice(start, end);
  const part = bytes.subarray(start, end);
  const text = utf8.decode(part);
  if (text.length === part.length) return text;
  let characters = '';
  for (let at = 0; at < part.length; at += 8192) {
    characters += String.fromCharCode(...part.subarray(at, at + 8192));
  }
  return characters;
}
