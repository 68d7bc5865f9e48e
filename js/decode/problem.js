/**
 * Errors of inputs that cannot be decoded.
 *
 * @module
 */

import { FlowLogError } from '../core/error.js';

/**
 * Makes the error of an input that is damaged or cut short.
 *
 * @param {string} problem
 * @param {number} [offset] the byte of the input at which it was found
 */
export function damaged(problem, offset) {
  return problemOf('damaged_input', problem, offset);
}

/**
 * Makes the error of an input of a kind that is not read here.
 *
 * @param {string} problem which says what to do
 */
export function unsupported(problem) {
  return problemOf('unsupported_input', problem);
}

/**
 * Makes the error of an input that an optional package reads.
 *
 * @param {string} problem which says what to install
 */
export function missing(problem) {
  return problemOf('missing_package', problem);
}

/**
 * Makes the error of an input that is beyond a bound.
 *
 * @param {string} problem
 * @param {number} [offset]
 */
export function tooLarge(problem, offset) {
  return problemOf('input_too_large', problem, offset);
}

/**
 * @param {string} code
 * @param {string} problem
 * @param {number} [offset]
 */
function problemOf(code, problem, offset) {
  const message = offset === undefined ? problem : `byte ${offset}: ${problem}`;
  return new FlowLogError(message, { code, problem, ...(offset !== undefined && { offset }) });
}
