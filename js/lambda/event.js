/**
 * Parts of the events that functions receive.
 *
 * @module
 */

import { FlowLogError } from 'vpcflow-ecs';

/**
 * Returns the records of an event.
 *
 * @param {unknown} event
 * @param {'records' | 'Records'} name
 * @returns {any[]}
 */
export function recordsOf(event, name) {
  const records = isObject(event) ? event[name] : undefined;
  if (Array.isArray(records) && records.every(isObject)) return records;
  throw invalid(`expected an event with a list of ${name}`, event);
}

/**
 * Returns the bytes of base64.
 *
 * @param {unknown} data
 * @param {string} name of the member, for messages
 */
export function bytesOf(data, name) {
  if (typeof data === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(data)) return Buffer.from(data, 'base64');
  throw invalid(`${name}: expected base64`, data);
}

/** @param {string} problem @param {unknown} found */
function invalid(problem, found) {
  const text = found === undefined ? 'nothing' : JSON.stringify(found);
  return new FlowLogError(`${problem}, found ${text.length <= 80 ? text : `${text.slice(0, 80)}…`}`, { code: 'invalid_event' });
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Writes to the log of the function.
 *
 * @param {Error} error
 * @param {{ name: string }} [object] in which it was found
 */
export function log(error, object) {
  console.error(object === undefined ? error.message : `${object.name}: ${error.message}`);
}
