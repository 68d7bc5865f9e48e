/**
 * The one error class of the package. It carries what the Rust core found out and adds nothing to it.
 *
 * @module
 */

/** Properties that are copied to the error when they are there. */
const DETAILS = ['lineNumber', 'column', 'offset', 'field', 'expected', 'found', 'input'];

/**
 * A line that is not a flow log record, a format that does not compile, or an option that does not exist.
 *
 * Programs look at `code`; the message is for people and always on one line.
 */
export class FlowLogError extends Error {
  /**
   * @param {string} message
   * @param {{ code?: string, lineNumber?: number, column?: number, offset?: number, field?: string,
   *   expected?: string, found?: string, input?: string, output?: Uint8Array,
   *   documents?: object[] }} [details]
   */
  constructor(message, details = {}) {
    super(message);
    this.code = details.code ?? 'unknown';
    for (const name of DETAILS) {
      if (details[name] !== undefined && details[name] !== null) this[name] = details[name];
    }
    if (details.output instanceof Uint8Array) {
      // Not enumerable: a printed error should not list a megabyte of documents.
      Object.defineProperty(this, 'output', { value: details.output, configurable: true, writable: true });
    }
    if (Array.isArray(details.documents)) {
      Object.defineProperty(this, 'documents', { value: details.documents, configurable: true, writable: true });
    }
  }
}

Object.defineProperty(FlowLogError.prototype, 'name', { value: 'FlowLogError', configurable: true, writable: true });

/**
 * The error to throw for something that the WASM module threw: a FlowLogError for its plain error objects, and
 * anything else (a trap, say) as it is.
 *
 * @param {unknown} thrown
 * @returns {unknown}
 */
export function toPublicError(thrown) {
  const isRaw = typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error) &&
    typeof thrown.code === 'string' && typeof thrown.message === 'string';
  return isRaw ? new FlowLogError(thrown.message, thrown) : thrown;
}
