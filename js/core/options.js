/**
 * Checks arguments and turns them into what the WASM module takes: plain JSON values, with `fields` as JSON text.
 *
 * Names and values of options are checked by the core, which knows them. Here is refused only what cannot be said in
 * JSON, because it would be lost without a word on the way.
 *
 * @module
 */

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
 * A copy of the options that no later change by the caller can reach.
 *
 * @param {Record<string, unknown>} options
 * @returns {Record<string, unknown>}
 */
export function copyOptions(options) {
  const copy = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (name === 'format') copy.format = copyFormat(value, 'option "format"');
    else if (name === 'fields') copy.fields = fieldsText(value);
    else if (name === 'geo') copy.geo = checkDatabases(value);
    else copy[name] = JSON.parse(jsonText(value, name));
  }
  return copy;
}

/**
 * A format as text or as a list of texts; compiled formats stand for their text.
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

function formatText(format, what) {
  if (typeof format === 'string') return format;
  if (isObject(format) && typeof format.logFormat === 'string') return format.logFormat;
  throw new FlowLogError(
    `${what}: expected a string, an array of strings, or a compiled format, found ${describe(format)}`,
    { code: 'invalid_option' },
  );
}

/**
 * The databases of the option `geo`, which only `vpcflow-ecs/ingest` has: bytes by kind. The core copies them.
 *
 * @param {unknown} geo
 * @returns {{ city?: Uint8Array, asn?: Uint8Array, country?: Uint8Array }}
 */
export function checkDatabases(geo) {
  const refuse = (message) => {
    throw new FlowLogError(message, { code: 'invalid_option' });
  };
  if (!isObject(geo)) refuse(`option "geo": expected an object, found ${describe(geo)}`);
  const databases = {};
  for (const [kind, bytes] of Object.entries(geo)) {
    if (!['city', 'asn', 'country'].includes(kind)) {
      refuse(`unknown option "geo.${kind}": there are city, asn and country`);
    }
    if (bytes === undefined) continue;
    if (!(bytes instanceof Uint8Array) && !(bytes instanceof ArrayBuffer)) {
      refuse(`option "geo.${kind}": expected a Uint8Array or an ArrayBuffer, found ${describe(bytes)}`);
    }
    databases[kind] = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength);
  }
  return databases;
}

function fieldsText(fields) {
  if (!isObject(fields)) {
    const message = `option "fields": expected an object, found ${describe(fields)}`;
    throw new FlowLogError(message, { code: 'invalid_option' });
  }
  return jsonText(fields, 'fields');
}

/**
 * JSON text of an option's value.
 *
 * @param {unknown} value
 * @param {string} option
 * @returns {string}
 */
function jsonText(value, option) {
  const refuse = (reason) => {
    throw new FlowLogError(`option "${option}": ${reason}`, { code: 'invalid_option' });
  };
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
    // What JSON.stringify itself throws for: a cycle, a nesting too deep, a getter or toJSON method that fails.
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
 * What a value is, for messages: `a number`, `an array`, `null`, `a Map`.
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

function firstLine(error) {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0];
}
