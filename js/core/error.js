/**
 * The one error class of the package. It carries what the Rust core found out and adds nothing to it.
 *
 * @module
 */

/** Properties that are copied to the error when they are there. */
const DETAILS = /** @type {const} */ (['lineNumber', 'column', 'offset', 'field', 'expected', 'found', 'format', 'input']);

/** Marks the errors of every copy of the class: a bundle has its own, and so has each module of the package. */
const BRAND = Symbol.for('vpcflow-ecs.FlowLogError');

/**
 * A line that is not a flow log record, a format that does not compile, or an option that does not exist.
 *
 * Programs look at `code`; the message is for people and always on one line.
 */
export class FlowLogError extends Error {
  // Accessors are not enumerable: a printed error should not list a megabyte of documents, nor its message twice. To define
  // such properties on each error takes longer than all the rest.
  /** @type {string} */
  #problem;
  /** @type {Uint8Array | undefined} */
  #output;
  /** @type {import('../index.js').FlowLogDocument[] | undefined} */
  #documents;

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    // A subclass has none but its own.
    if (this !== FlowLogError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /**
   * @param {string} message
   * @param {Partial<import('../index.js').FlowLogErrorDetails> & { code?: string }} [details]
   */
  constructor(message, details = {}) {
    super(message);
    this.code = details.code ?? 'unknown';
    for (const name of DETAILS) {
      const value = details[name];
      if (value !== undefined && value !== null) /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (this))[name] = value;
    }
    const { problem = message, output, documents } = details;
    this.#problem = problem;
    if (output instanceof Uint8Array) this.#output = output;
    if (Array.isArray(documents)) this.#documents = documents;
  }

  get problem() {
    return this.#problem;
  }

  set problem(problem) {
    this.#problem = problem;
  }

  get output() {
    return this.#output;
  }

  set output(output) {
    this.#output = output;
  }

  get documents() {
    return this.#documents;
  }

  set documents(documents) {
    this.#documents = documents;
  }
}

nameClass(FlowLogError, 'FlowLogError');
Object.defineProperty(FlowLogError.prototype, 'name', { value: 'FlowLogError', configurable: true, writable: true });
Object.defineProperty(FlowLogError.prototype, BRAND, { value: true });

/**
 * Gives a class its name again, which bundlers change.
 *
 * @param {Function} constructor
 * @param {string} name
 */
export function nameClass(constructor, name) {
  Object.defineProperty(constructor, 'name', { value: name, configurable: true });
}

/**
 * Returns the error to throw for something that the WASM module threw: a FlowLogError for its plain error objects, and
 * anything else (a trap, say) as it is.
 *
 * @param {unknown} thrown
 * @returns {unknown}
 */
export function toPublicError(thrown) {
  return isRaw(thrown) ? new FlowLogError(thrown.message, thrown) : thrown;
}

/**
 * True if the WASM module threw it: a plain object.
 *
 * @param {unknown} thrown
 * @returns {thrown is { code: string, message: string } & Partial<import('../index.js').FlowLogErrorDetails>}
 */
export function isRaw(thrown) {
  return typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error) &&
    'code' in thrown && typeof thrown.code === 'string' && 'message' in thrown && typeof thrown.message === 'string';
}

/**
 * True if an import failed because a package is not installed: by Node.js's code, or by that of bundles.
 *
 * @param {unknown} error
 */
export function isMissingPackage(error) {
  return error instanceof Error && 'code' in error && (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND');
}

/**
 * Returns an error as an object that another thread can be sent, for `fromPlain` there.
 *
 * @typedef {{ message: string, code?: string, isFlowLogError: boolean } & Partial<import('../index.js').FlowLogErrorDetails>}
 *   PlainError
 *
 * @param {Error} error
 * @returns {PlainError}
 */
export function toPlain(error) {
  const { message, code, problem, output } = /** @type {Partial<PlainError>} */ (/** @type {unknown} */ (error));
  // Members that are not enumerable are sent, too.
  return /** @type {PlainError} */ ({ ...error, message, code, problem, output, isFlowLogError: error instanceof FlowLogError });
}

/**
 * Returns the error of another thread.
 *
 * @param {PlainError} plain
 * @param {string} [message]
 * @returns {Error & { code?: string }}
 */
export function fromPlain(plain, message = plain.message) {
  // An error of the system has its own code, such as ENOENT.
  return plain.isFlowLogError ? new FlowLogError(message, plain) : Object.assign(new Error(message), plain.code !== undefined && { code: plain.code });
}
