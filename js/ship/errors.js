/**
 * Errors of shipping.
 *
 * @module
 */

/** Something that ends a run: nothing is acknowledged that was not delivered. The message says what to do. */
export class ShipError extends Error {
  /** A word for programs. */
  code;

  /**
   * @param {string} message
   * @param {{ code: string, cause?: unknown }} details
   */
  constructor(message, { code, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

Object.defineProperty(ShipError.prototype, 'name', { value: 'ShipError', configurable: true, writable: true });
