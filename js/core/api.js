/**
 * The public functions and classes, made from the exports of the WASM glue. Node and browsers get the same ones: the
 * entries differ only in how they load the module.
 *
 * @module
 */

import { Chunks, joined, plainBytes } from './bytes.js';
import { CoreCache } from './cache.js';
import { FlowLogError, isRaw, nameClass, toPublicError } from './error.js';
import { isTrap } from './instances.js';
import { isRest, writeInto } from './into.js';
import { checkNames, checkOptions, copyFormat, describe, invalidOption, jsonOf, jsonText, packOptions } from './options.js';
import { ObjectReader } from './objects.js';
import { parseInPieces, pushForView, pushInPieces } from './pieces.js';
import { readBounds, sampleBytes } from './sample.js';
import { createStreams } from './streams.js';

/** @typedef {import('./instances.js').Core} Core */

/** @param {import('./instances.js').Instances<import('./instances.js').MainGlue, import('./instances.js').DetectionGlue>} instances */
export function createApi(instances) {
  /**
   * @param {import('./options.js').PackedOptions} options
   * @param {(raw: unknown) => void} [report]
   */
  const coreOf = ({ json, geo }, report) => new instances.main.Core(json, geo, report);

  const cache = new CoreCache(instances, (json) => ({ core: coreOf({ json, geo: undefined }), objects: new ObjectReader() }));

  /**
   * Returns the document of a line; null for a header or a blank line.
   *
   * @param {{ core: Core, objects: ObjectReader }} kept
   * @param {string | Uint8Array} line
   */
  const parseWith = ({ core, objects }, line) => {
    // A text longer than any line is refused without copying all of it into the WASM memory.
    const text = line.length > MAX_LINE_LENGTH ? line.slice(0, MAX_LINE_LENGTH) : line;
    const { memory } = instances;
    if (typeof text === 'string') objects.parse(core, memory, text);
    else core.parseBytes(text);
    /** @type {import('../index.js').FlowLogDocument[]} */
    const documents = [];
    objects.read(core, memory, documents);
    return documents.length === 0 ? null : documents[0];
  };

  /**
   * Returns the document of one line, or null. Types and examples of all that follows are in `index.d.ts`.
   *
   * @param {string | Uint8Array} line
   * @param {import('../index.js').Format | null} [format]
   * @param {import('../index.js').ParserOptions} [options]
   */
  function parse(line, format, options) {
    const text = checkText(line, 'line');
    const given = checkOptions(options, 'options');
    if (given.bulk !== undefined) {
      throw invalidOption('option "bulk": an object has no action line; make a Parser and use toBulk');
    }
    if (given.geo !== undefined) {
      throw invalidOption('option "geo": make a Parser, which opens the databases once and not for each line');
    }
    const argument = copyFormat(format, 'argument "format"');
    if (argument !== undefined && given.format !== undefined && given.format !== null) {
      throw invalidOption('option "format": already given as the second argument');
    }
    const json = jsonOf(argument === undefined ? given : { ...given, format: argument });
    return instances.call(() => {
      const kept = cache.get(json);
      // Stateless: what an earlier call left behind (a header line, the line count) is forgotten.
      kept.core.reset();
      return parseWith(kept, text);
    });
  }

  /** @type {import('./streams.js').PushDocuments} */
  let pushDocuments;
  /** @type {import('./streams.js').TakeHeld} */
  let takeHeld;

  /** A format and options, compiled once. */
  class Parser {
    static {
      // The streams of documents read objects chunk by chunk, which no public method does.
      pushDocuments = (parser, chunk, isLast) => {
        const text = checkText(chunk, 'chunk');
        const own = /** @type {Parser} */ (/** @type {unknown} */ (parser));
        return own.#run((core) => own.#deliver(() => {
          return parseInPieces(core, own.#objects, instances.memory, isLast ? own.#chunks.end() : own.#chunks.bytes(text), { isLast });
        }));
      };
      takeHeld = (parser) => {
        const own = /** @type {Parser} */ (/** @type {unknown} */ (parser));
        const held = own.#held;
        own.#held = undefined;
        return held;
      };
    }

    /** @type {Core | undefined} */
    #core;
    /** The generation of the core's instance. */
    #generation;
    #objects = new ObjectReader();
    /** True while a call into the core is running, which a callback must not enter again. */
    #busy = false;
    /** The option `bulk` as JSON text, which holds for `push` and `end`. */
    #bulk;
    /** The one that the core has now. */
    #bulkInUse;
    #callback;
    /** @type {[unknown] | undefined} what `report` threw during the running call */
    #reportFailure;
    /** @type {Uint8Array | import('../index.js').FlowLogDocument[] | undefined} documents of a chunk during which `report` threw */
    #held;
    #chunks = new Chunks();
    #release;
    /** @type {(import('./into.js').Unfinished & { bulk: string | undefined }) | undefined} an input of `toNdjsonInto` */
    #unfinished;

    /** @param {import('../index.js').ParserOptions} [options] */
    constructor(options) {
      // The callback is the one option that is not data.
      const { report, ...data } = checkOptions(options, 'options');
      if (report !== undefined && report !== null && typeof report !== 'function') {
        throw invalidOption(`option "report": expected a function, found ${describe(report)}`);
      }
      const packed = packOptions(data);
      this.#callback = /** @type {((error: unknown) => void) | undefined} */ (report);
      const forward = report ? Parser.#forwarder(weak(this)) : undefined;
      const make = () => instances.call(() => coreOf(packed, forward));
      const { core, release } = instances.unfreed.make(this, Object.values(packed.geo ?? {}), make);
      this.#core = core;
      this.#release = release;
      this.#generation = instances.generation;
      this.#bulk = bulkText(data.bulk);
      this.#bulkInUse = this.#bulk;
    }

    /**
     * Returns the document of one line, or null.
     *
     * @param {string | Uint8Array} line
     */
    parse(line) {
      const text = checkText(line, 'line');
      return this.#run((core) => parseWith({ core, objects: this.#objects }, text));
    }

    /**
     * Returns the documents of a whole input.
     *
     * @param {string | Uint8Array} input
     */
    parseMany(input) {
      const text = checkText(input, 'input');
      return this.#run((core) => {
        return this.#wholly(core, () => parseInPieces(core, this.#objects, instances.memory, toBytes(text)));
      });
    }

    /**
     * Converts a whole input, lines to lines.
     *
     * @param {string | Uint8Array} input
     * @param {import('../index.js').OutputOptions} [options]
     */
    toNdjson(input, options) {
      return this.#write(input, undefined, wayOf(options, 'toNdjson'));
    }

    /**
     * Converts a whole input to the body of a bulk request.
     *
     * @param {string | Uint8Array} input
     * @param {import('../index.js').BulkTarget | null} [bulk]
     * @param {import('../index.js').OutputOptions} [options]
     */
    toBulk(input, bulk, options) {
      return this.#write(input, this.#givenBulk(bulk), wayOf(options, 'toBulk'));
    }

    /**
     * Writes the documents of an input into a buffer, as many as fit.
     *
     * @param {string | Uint8Array} input
     * @param {Uint8Array} target
     */
    toNdjsonInto(input, target) {
      return this.#writeInto(input, target, undefined);
    }

    /**
     * Writes the body of a bulk request into a buffer, as many actions with their documents as fit.
     *
     * @param {string | Uint8Array} input
     * @param {Uint8Array} target
     * @param {import('../index.js').BulkTarget | null} [bulk]
     */
    toBulkInto(input, target, bulk) {
      return this.#writeInto(input, target, this.#givenBulk(bulk));
    }

    /**
     * Reads the next piece of an input, and returns the documents of the lines that it completes.
     *
     * @param {string | Uint8Array} chunk
     * @param {import('../index.js').OutputOptions} [options]
     */
    push(chunk, options) {
      return this.#continue(checkText(chunk, 'chunk'), wayOf(options, 'push'), false);
    }

    /**
     * Ends an input, and returns the document of a last line without line feed.
     *
     * @param {import('../index.js').OutputOptions} [options]
     */
    end(options) {
      return this.#continue(NOTHING, wayOf(options, 'end'), true);
    }

    /**
     * @param {string | Uint8Array} input
     * @param {string | undefined} bulk
     * @param {Way} way
     */
    #write(input, bulk, way) {
      const text = checkText(input, 'input');
      return this.#run((core) => {
        this.#useBulk(core, bulk);
        return this.#wholly(core, () => way(core, instances.memory, toBytes(text), { isLast: true }));
      });
    }

    /**
     * @param {string | Uint8Array} input
     * @param {Uint8Array} target
     * @param {string | undefined} bulk
     */
    #writeInto(input, target, bulk) {
      const text = checkText(input, 'input');
      const space = plainBytes(target, 'argument "target"');
      if (space === undefined) throw new TypeError(`argument "target": expected a Uint8Array, found ${describe(target)}`);
      const unfinished = this.#unfinished;
      if (unfinished && !(unfinished.bulk === bulk && isRest(text, unfinished))) throw notTheRest();
      const begin = (/** @type {Core} */ core) => {
        // An exception ends the input.
        this.#unfinished = undefined;
        if (!unfinished) this.#forget(core);
        this.#useBulk(core, bulk);
        const state = { unfinished, linesPerDocument: bulk === undefined ? 1 : 2 };
        return orReset(core, () => writeInto(core, instances.memory, text, space, state));
      };
      const { read, written, unfinished: rest, needed } = this.#run(begin, { goesOn: true });
      this.#unfinished = rest && { ...rest, bulk };
      if (needed !== undefined) throw targetTooSmall(needed, space.length);
      return { read, written };
    }

    /** @param {unknown} bulk an argument; by default, the option */
    #givenBulk(bulk) {
      const text = bulk === undefined ? this.#bulk : bulkText(bulk);
      if (text === undefined) {
        throw invalidOption('argument "bulk": expected an object with "index" or "dataStream", found nothing');
      }
      return text;
    }

    /**
     * Sets the bulk target before the core writes, never after: a view of its output is valid until the next call only.
     *
     * @param {Core} core
     * @param {string | undefined} bulk
     */
    #useBulk(core, bulk) {
      if (bulk === this.#bulkInUse) return;
      core.setBulk(bulk);
      this.#bulkInUse = bulk;
    }

    /**
     * Reads the next piece of an input, or its end.
     *
     * @param {string | Uint8Array} chunk
     * @param {Way} way
     * @param {boolean} isLast
     */
    #continue(chunk, way, isLast) {
      return this.#run((core) => {
        this.#useBulk(core, this.#bulk);
        const bytes = isLast ? this.#chunks.end() : this.#chunks.bytes(chunk);
        return this.#deliver(() => way(core, instances.memory, bytes, { isLast }));
      });
    }

    /**
     * Returns the documents of a chunk, after those that are held. If `report` has thrown meanwhile, the caller gets its exception
     * instead, and the documents are held for the next chunk.
     *
     * @template {Uint8Array | import('../index.js').FlowLogDocument[]} Documents
     * @param {() => Documents} write
     * @returns {Documents}
     */
    #deliver(write) {
      const before = /** @type {Documents | undefined} */ (this.#held);
      this.#held = undefined;
      /** @param {Documents} documents */
      const afterHeld = (documents) => {
        const all = before === undefined ? documents : /** @type {Documents} */ (joinedDocuments(before, documents));
        if (this.#reportFailure) this.#held = all.slice();
        return all;
      };
      try {
        return afterHeld(write());
      } catch (thrown) {
        if (isRaw(thrown)) {
          if (thrown.output !== undefined) thrown.output = /** @type {Uint8Array} */ (afterHeld(/** @type {Documents} */ (thrown.output)));
          if (thrown.documents !== undefined) {
            thrown.documents = /** @type {import('../index.js').FlowLogDocument[]} */ (afterHeld(/** @type {Documents} */ (thrown.documents)));
          }
        }
        throw thrown;
      }
    }

    /**
     * Reads a whole input; nothing of it is left, whether that goes well or not.
     *
     * @template T
     * @param {Core} core
     * @param {() => T} read
     */
    #wholly(core, read) {
      this.#forget(core);
      return orReset(core, read);
    }

    /**
     * Forgets the input that was begun.
     *
     * @param {Core} core
     */
    #forget(core) {
      this.#held = undefined;
      this.#chunks = new Chunks();
      core.reset();
    }

    /** Forgets the input that was begun. */
    reset() {
      this.#run((core) => this.#forget(core));
    }

    /** Discards an unfinished line, where an input is damaged. */
    cut() {
      this.#chunks = new Chunks();
      this.#run((core) => core.cut());
    }

    /**
     * Passes whole lines of the input that are not read.
     *
     * @param {number} lines
     * @param {number} bytes
     */
    skip(lines, bytes) {
      for (const [name, value] of Object.entries({ lines, bytes })) {
        if (Number.isSafeInteger(value) && value >= 0) continue;
        throw new TypeError(`argument "${name}": expected an integer from 0, found ${typeof value === 'number' ? value : describe(value)}`);
      }
      this.#run((core) => core.skip(lines, bytes));
    }

    /** Totals of all inputs. */
    get stats() {
      return this.#ask((core) => core.stats());
    }

    /** The format that was inferred from the lines of the input. */
    get inferred() {
      return this.#ask((core) => core.inferred);
    }

    /** Warnings of the given formats and of headers. */
    get warnings() {
      return this.#ask((core) => core.warnings);
    }

    /** The layers around the records of the input. */
    get layers() {
      const layers = this.#ask((core) => core.layers);
      return layers === '' ? [] : layers.split(' › ');
    }

    /** Gives the WASM memory back. */
    free() {
      if (this.#core === undefined) return;
      // The memory of a lost one was released with its instance.
      if (this.#generation === instances.generation) this.#ask((core) => core.free());
      this.#core = undefined;
      this.#release();
      this.#objects = new ObjectReader();
      this.#held = undefined;
    }

    /** Returns the core, if it may be used now. */
    #open() {
      if (this.#core === undefined) {
        throw new FlowLogError('this parser has been freed: make a new one', { code: 'parser_freed' });
      }
      if (this.#generation !== instances.generation) {
        // It has the memory of its instance in view.
        this.#objects = new ObjectReader();
        const message = 'this parser was lost when the WebAssembly module trapped: make a new one';
        throw new FlowLogError(message, { code: 'parser_lost' });
      }
      if (this.#busy) {
        throw new FlowLogError('a parser cannot be used inside its own "report" callback', { code: 'parser_busy' });
      }
      return this.#core;
    }

    /**
     * Asks the core for something that it knows.
     *
     * @template T
     * @param {(core: Core) => T} question
     */
    #ask(question) {
      const core = this.#open();
      return instances.call(() => question(core));
    }

    /**
     * Runs a call into the core.
     *
     * @template T
     * @param {(core: Core) => T} call
     * @param {object} [options]
     * @param {boolean} [options.goesOn] false to discard an input that `toNdjsonInto` has not read to its end
     */
    #run(call, { goesOn = false } = {}) {
      const core = this.#open();
      this.#busy = true;
      try {
        if (this.#unfinished && !goesOn) {
          this.#unfinished = undefined;
          instances.call(() => core.reset());
        }
        return instances.call(() => call(core));
      } finally {
        this.#busy = false;
        const failure = this.#reportFailure;
        this.#reportFailure = undefined;
        // An exception of the caller's own callback goes back to the caller, never through the WASM module.
        if (failure) throw failure[0];
      }
    }

    /**
     * Returns the function that the module calls with errors. The module keeps it until the core is released, and what it keeps
     * must not keep the parser, which releases the core.
     *
     * @param {{ deref(): Parser | undefined }} self
     * @returns {(raw: unknown) => void}
     */
    static #forwarder(self) {
      return (raw) => {
        const parser = self.deref();
        if (parser) parser.#report(raw);
      };
    }

    /**
     * Passes an error on; after the callback has thrown once, no more.
     *
     * @param {unknown} raw
     */
    #report(raw) {
      if (this.#reportFailure) return;
      try {
        this.#callback?.(toPublicError(raw));
      } catch (error) {
        this.#reportFailure = [error];
      }
    }
  }

  nameClass(Parser, 'Parser');

  // Engines without explicit resource management get the method under the name that its polyfills use.
  Object.defineProperty(Parser.prototype, Symbol.dispose ?? Symbol.for('Symbol.dispose'), {
    value: Parser.prototype.free,
    configurable: true,
    writable: true,
  });

  /**
   * Returns a format's fields, version and text, or throws what is wrong with it.
   *
   * @param {import('../index.js').Format} format
   * @param {{ strict?: boolean }} [options]
   */
  function compileFormat(format, options) {
    const copy = copyFormat(format, 'argument "format"');
    if (copy === undefined) {
      throw new TypeError(`argument "format": expected a string or an array of strings, found ${describe(format)}`);
    }
    const { strict = false } = checkNames(options, 'compileFormat', ['strict']);
    if (typeof strict !== 'boolean') {
      throw invalidOption(`option "strict": expected true or false, found ${describe(strict)}`);
    }
    return instances.call(() => instances.main.compileFormat(jsonOf({ format: copy, strict })));
  }

  /**
   * Returns the formats that a log may have, the most likely first.
   *
   * @param {string | Uint8Array | readonly string[]} sample
   * @param {{ maxLines?: number, maxBytes?: number }} [options]
   */
  function detectFormat(sample, options) {
    const { maxLines, maxBytes } = readBounds(options);
    const bytes = sampleBytes(sample, { maxLines, maxBytes });
    return instances.call(() => instances.detection('detectFormat').detectFormat(bytes, maxLines, maxBytes));
  }

  /**
   * Explains a line token by token.
   *
   * @param {string} line
   * @param {import('../index.js').Format | null} [format]
   * @param {{ schema?: string, mode?: string, layers?: boolean | readonly string[], header?: string }} [options]
   */
  function explain(line, format, options) {
    if (typeof line !== 'string') {
      throw new TypeError(`argument "line": expected a string, found ${describe(line)}`);
    }
    const { header, ...shape } = checkNames(options, 'explain', ['schema', 'mode', 'layers', 'header']);
    if (header !== undefined && typeof header !== 'string') {
      throw invalidOption(`option "header": expected a string, found ${describe(header)}`);
    }
    const given = copyFormat(format, 'argument "format"');
    if (line.length > MAX_EXPLAINED_LENGTH) {
      const message = `expected a line of at most ${MAX_EXPLAINED_LENGTH} characters, found one of ${line.length}`;
      throw new FlowLogError(message, { code: 'line_too_long' });
    }
    return instances.call(() => instances.detection('explain').explain(line, header, jsonOf({ ...shape, format: given })));
  }

  const fields = () => instances.call(() => instances.detection('fields').fields());
  const presets = () => instances.call(() => instances.detection('presets').presets());
  const schemas = () => instances.call(() => instances.detection('schemas').schemas());

  const { conversions, ...streams } = createStreams({ Parser: /** @type {any} */ (Parser), pushDocuments, takeHeld });

  return {
    parse, Parser, ...streams, detectFormat, explain, compileFormat, fields, presets, schemas, FlowLogError,
    /** Of the streams of Node.js. */
    conversions,
  };
}

/**
 * Reads, and leaves nothing of the input if that throws.
 *
 * @template T
 * @param {Core} core
 * @param {() => T} read
 */
function orReset(core, read) {
  try {
    return read();
  } catch (thrown) {
    if (!isTrap(thrown)) core.reset();
    throw thrown;
  }
}

function notTheRest() {
  const message = 'argument "input": expected the rest of the last input, from "read" on; reset begins a new one';
  return new FlowLogError(message, { code: 'not_the_rest' });
}

/**
 * @param {number} needed
 * @param {number} found
 */
function targetTooSmall(needed, found) {
  const message = `argument "target": expected at least ${needed} bytes for the next document, found ${found}`;
  return new FlowLogError(message, { code: 'target_too_small', expected: String(needed), found: String(found) });
}

/** One more than the largest `maxLineBytes`. */
const MAX_LINE_LENGTH = 64 * 1024 * 1024 + 1;

/** The most that `explain` takes: as many characters as a line has bytes by default. */
const MAX_EXPLAINED_LENGTH = 1024 * 1024;

const encoder = new TextEncoder();

const NOTHING = new Uint8Array(0);

/** @param {string | Uint8Array} text */
function toBytes(text) {
  return typeof text === 'string' ? encoder.encode(text) : text;
}

/**
 * Returns a text or bytes as they may be read, whatever class and realm an array is of.
 *
 * @param {unknown} value
 * @param {string} argument
 */
function checkText(value, argument) {
  const text = typeof value === 'string' ? value : plainBytes(value, `argument "${argument}"`);
  if (text === undefined) throw new TypeError(`argument "${argument}": expected a string or a Uint8Array, found ${describe(value)}`);
  return text;
}

/**
 * Returns a weak reference, or a strong one where there are none.
 *
 * @template {object} T
 * @param {T} value
 * @returns {{ deref(): T | undefined }}
 */
function weak(value) {
  return typeof WeakRef === 'function' ? new WeakRef(value) : { deref: () => value };
}

/**
 * @param {Uint8Array | import('../index.js').FlowLogDocument[]} before
 * @param {Uint8Array | import('../index.js').FlowLogDocument[]} after
 */
function joinedDocuments(before, after) {
  if (Array.isArray(before)) return [...before, .../** @type {import('../index.js').FlowLogDocument[]} */ (after)];
  return joined([before, /** @type {Uint8Array} */ (after)]);
}

/**
 * Returns the function that writes: as a copy, or as a view.
 *
 * @typedef {typeof pushInPieces} Way
 *
 * @param {unknown} options
 * @param {string} method
 * @returns {Way}
 */
function wayOf(options, method) {
  if (options === undefined) return pushInPieces;
  const { view = false } = checkNames(options, method, ['view']);
  if (typeof view !== 'boolean') throw invalidOption(`option "view": expected true or false, found ${describe(view)}`);
  return view ? pushForView : pushInPieces;
}

/**
 * Returns a bulk target as JSON text; undefined if there is none.
 *
 * @param {unknown} bulk
 */
function bulkText(bulk) {
  return bulk === undefined || bulk === null ? undefined : jsonText(bulk, 'bulk');
}
