/**
 * Checks arguments and turns them into what the WASM module takes: JSON text.
 *
 * Names and values of options are checked by the core, which knows them. Here is refused only what cannot be said in
 * JSON, because it would be lost without a word on the way.
 *
 * @module
 */

import { bytesOfBuffer, plainBytes } from './bytes.js';
import { FlowLogError } from './error.js';

/**
 * @param {unknown} options
 * @param {string} argument name of the argument, for messages
 * @returns {Record<string, unknown>} the options; an empty object for `undefined` and `null`
 */
export function checkOptions(options, argument) {
  if (options === undefined || options === null) return {};
  if (isObject(options)) return options;
  throw new TypeError(`argument "${argument}": expected an object, found ${describe(options)}`);
}

/**
 * Checks that options have no other names than these.
 *
 * @param {unknown} options
 * @param {string} caller
 * @param {string[]} names
 * @returns {Record<string, unknown>}
 */
export function checkNames(options, caller, names) {
  const given = checkOptions(options, 'options');
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) {
      const known = names.map((each) => `"${each}"`).join(' and ');
      throw invalidOption(`unknown option "${name}": ${caller} knows ${known} only`);
    }
  }
  return given;
}

/**
 * Options as they cross into the core: once, as text, which no later change by the caller can reach.
 *
 * @typedef {object} PackedOptions
 * @property {string} json an object with the options that JSON can hold
 * @property {Databases | undefined} geo the bytes of databases
 *
 * @typedef {{ city?: Uint8Array, asn?: Uint8Array, country?: Uint8Array }} Databases
 *
 * @param {Record<string, unknown>} options
 * @returns {PackedOptions}
 */
export function packOptions(options) {
  const { geo } = options;
  return { geo: geo === undefined ? undefined : checkDatabases(geo), json: jsonOf(options, 'geo') };
}

/**
 * Returns the JSON text of options, without those that are undefined.
 *
 * @param {Record<string, unknown>} options
 * @param {string} [without] the name of an option to leave out
 */
export function jsonOf(options, without) {
  let members = '';
  // One function call for each line goes this way, so that nothing is made that is not needed.
  for (const name of Object.keys(options)) {
    const value = options[name];
    if (value === undefined || name === without) continue;
    const text = name === 'format' ? JSON.stringify(copyFormat(value, 'option "format"')) : jsonText(value, name);
    if (text !== undefined && hasLoneSurrogate(text)) {
      throw invalidOption(`option "${name}": expected Unicode text, found half of a character (a lone surrogate)`);
    }
    if (text !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${text}`;
  }
  return `{${members}}`;
}

/**
 * True if a JSON text has the half of a character that needs two code units: JSON writes it as an escape.
 *
 * @param {string} text
 */
export function hasLoneSurrogate(text) {
  return text.includes('\\ud') && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(text);
}

/**
 * Returns a format as text or as a list of texts; compiled and detected formats stand for their text.
 *
 * @param {unknown} format
 * @param {string} what what to call it in messages: `argument "format"`, `option "format"`
 * @returns {string | string[] | undefined} undefined for `undefined` and `null`: find the format out line by line
 */
export function copyFormat(format, what) {
  if (format === undefined || format === null) return undefined;
  if (Array.isArray(format)) return format.map((item, index) => formatText(item, `${what}[${index}]`));
  return formatText(format, what);
}

/**
 * @param {unknown} format
 * @param {string} what
 */
function formatText(format, what) {
  if (typeof format === 'string') return format;
  if (isObject(format) && typeof format.format === 'string') return format.format;
  throw invalidOption(`${what}: expected a string, an array of strings, or a compiled format, found ${describe(format)}`);
}

/**
 * Returns the databases of the option `geo`, which only `vpcflow-ecs/ingest` has: bytes by kind. The core copies them.
 *
 * @param {unknown} geo
 * @returns {Databases}
 */
export function checkDatabases(geo) {
  if (!isObject(geo)) throw invalidOption(`option "geo": expected an object, found ${describe(geo)}`);
  /** @type {Databases} */
  const databases = {};
  for (const [kind, bytes] of Object.entries(geo)) {
    if (kind !== 'city' && kind !== 'asn' && kind !== 'country') {
      throw invalidOption(`unknown option "geo.${kind}": there are city, asn and country`);
    }
    if (bytes === undefined) continue;
    const database = bytesOfBuffer(bytes) ?? plainBytes(bytes, `option "geo.${kind}"`);
    if (database) databases[kind] = database;
    else throw invalidOption(`option "geo.${kind}": expected a Uint8Array or an ArrayBuffer, found ${describe(bytes)}`);
  }
  return databases;
}

/**
 * Returns the JSON text of an option's value.
 *
 * @param {unknown} value
 * @param {string} option
 * @returns {string}
 */
export function jsonText(value, option) {
  /** @param {string} reason @returns {never} */
  const refuse = (reason) => {
    throw invalidOption(`option "${option}": ${reason}`);
  };
  if (option === 'fields' && !isObject(value)) refuse(`expected an object, found ${describe(value)}`);
  if (typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  /** @param {string} key @param {unknown} item */
  const check = (key, item) => {
    const isLost = typeof item === 'function' || typeof item === 'symbol' || typeof item === 'bigint' ||
      (typeof item === 'number' && !Number.isFinite(item)) || item instanceof Map || item instanceof Set;
    if (isLost) refuse(`expected a JSON value${key === '' ? '' : ` under "${key}"`}, found ${describe(item)}`);
    return item;
  };
  try {
    return JSON.stringify(value, check) ?? refuse(`expected a JSON value, found ${describe(value)}`);
  } catch (error) {
    if (error instanceof FlowLogError) throw error;
    // JSON.stringify itself throws for a cycle, a nesting too deep, and a getter or toJSON method that fails.
    return refuse(`has no JSON text: ${firstLine(error)}`);
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>} true for objects with named members; false for arrays, maps, dates, ...
 */
export function isObject(value) {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/**
 * Returns the kind of a value for messages: `a number`, `an array`, `null`, `a Map`.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function describe(value) {
  if (value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value))) {
    return String(value);
  }
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') {
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    return tag === 'Object' ? 'an object' : `${/^[AEIOU]/.test(tag) ? 'an' : 'a'} ${tag}`;
  }
  return typeof value === 'bigint' ? 'a BigInt' : `a ${typeof value}`;
}

/** @param {unknown} error */
export function firstLine(error) {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0];
}

/**
 * Returns the error for an option that is wrong.
 *
 * @param {string} message
 */
export function invalidOption(message) {
  return new FlowLogError(message, { code: 'invalid_option' });
}
