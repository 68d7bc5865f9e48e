/**
 * The public functions and classes, made from the exports of the WASM glue. Node and browsers get the same ones: the
 * entries differ only in how they load the module.
 *
 * @module
 */

import { CoreCache } from './cache.js';
import { FlowLogError, toPublicError } from './error.js';
import { checkOptions, copyFormat, copyOptions, describe } from './options.js';
import { ObjectReader } from './objects.js';
import { parseInPieces, pushForView, pushInPieces } from './pieces.js';
import { readBounds, sampleBytes } from './sample.js';

/**
 * @param {() => typeof import('../../pkg/vpcflow_ecs.js')} mainGlue gives the glue's exports, or throws while the WASM
 *   module is not loaded
 * @param {() => typeof import('../../pkg/vpcflow_ecs_detect.js')} detectionGlue the same of the module that reads formats
 *   off lines
 */
export function createApi(mainGlue, detectionGlue) {
  let knowsDetection = false;

  /** The main module, which asks the other where lines do not tell their format. */
  function glue() {
    const exports = mainGlue();
    if (!knowsDetection) {
      exports.setDetector?.((lines) => detectionGlue().infer(lines));
      knowsDetection = true;
    }
    return exports;
  }

  /** The module's memory, asked for once: WebAssembly has one for all cores. */
  let memory;

  function coreOf(options, report) {
    const { Core, linearMemory } = glue();
    memory ??= linearMemory();
    return new Core(options, report);
  }

  const cache = new CoreCache((options) => ({ core: coreOf(options), objects: new ObjectReader() }));

  /** Calls into the WASM module; its plain error objects become FlowLogErrors. */
  const guarded = (call) => {
    try {
      return call();
    } catch (thrown) {
      throw toPublicError(thrown);
    }
  };

  /** The document of a line; null for a header or a blank line. */
  const parseWith = ({ core, objects }, line) => {
    // What is longer than any line may be need not be copied into the WASM memory to be refused.
    const text = line.length > MAX_LINE_LENGTH ? line.slice(0, MAX_LINE_LENGTH) : line;
    if (typeof text === 'string') objects.parse(core, memory, text);
    else core.parseBytes(text);
    const documents = [];
    objects.read(core, memory, documents);
    return documents.length === 0 ? null : documents[0];
  };

  /**
   * The document of one line, or null. Types and examples of all that follows are in `index.d.ts`.
   *
   * @param {string | Uint8Array} line
   * @param {import('../index.js').Format | null} [format]
   * @param {import('../index.js').ParserOptions} [options]
   */
  function parse(line, format, options) {
    checkText(line, 'line');
    const copy = copyOptions(checkOptions(options, 'options'));
    if (copy.bulk !== undefined) {
      throw invalidOption('option "bulk": an object has no action line; make a Parser and use toBulk');
    }
    if (copy.geo !== undefined) {
      throw invalidOption('option "geo": make a Parser, which opens the databases once and not for each line');
    }
    const given = copyFormat(format, 'argument "format"');
    if (given !== undefined) {
      if (copy.format !== undefined) {
        throw invalidOption('option "format": already given as the second argument');
      }
      copy.format = given;
    }
    return guarded(() => {
      const kept = cache.get(copy);
      // Stateless: what an earlier call left behind (a header line, the line count) is forgotten.
      kept.core.reset();
      return parseWith(kept, line);
    });
  }

  /** A format and options, compiled once. */
  class Parser {
    #core;
    #objects = new ObjectReader();
    /** True while a call into the core is running, which a callback must not enter again. */
    #busy = false;
    /** The option `bulk`, which holds for `push` and `end`. */
    #bulk;
    /** What the core was told last. */
    #bulkInUse;
    /** What `report` threw during the running call, in an array of one. */
    #reportFailure;

    /** @param {import('../index.js').ParserOptions} [options] */
    constructor(options) {
      // The callback is the one option that is not data.
      const { report, ...data } = checkOptions(options, 'options');
      if (report !== undefined && report !== null && typeof report !== 'function') {
        throw invalidOption(`option "report": expected a function, found ${describe(report)}`);
      }
      const copy = copyOptions(data);
      const forward = report ? (raw) => this.#report(report, raw) : undefined;
      this.#core = guarded(() => coreOf(copy, forward));
      this.#bulk = copy.bulk ?? undefined;
      this.#bulkInUse = this.#bulk;
    }

    /** The document of one line, or null. */
    parse(line) {
      checkText(line, 'line');
      return this.#run((core) => parseWith({ core, objects: this.#objects }, line));
    }

    /** The documents of a whole input. */
    parseMany(input) {
      checkText(input, 'input');
      return this.#run((core) => {
        return wholly(core, () => parseInPieces(core, this.#objects, memory, toBytes(input)));
      });
    }

    /** A whole input: lines to lines. */
    toNdjson(input) {
      return this.#write(input, pushInPieces, undefined);
    }

    /** The same, in the module's own memory: good until the next call. */
    toNdjsonView(input) {
      return this.#write(input, pushForView, undefined);
    }

    /** A whole input, as the body of a bulk request. */
    toBulk(input, bulk) {
      return this.#write(input, pushInPieces, this.#bulkOr(bulk));
    }

    /** The same, in the module's own memory: good until the next call. */
    toBulkView(input, bulk) {
      return this.#write(input, pushForView, this.#bulkOr(bulk));
    }

    /** The next piece of an input: the documents of the lines that it completes. */
    push(chunk) {
      checkText(chunk, 'chunk');
      return this.#continue(chunk, pushInPieces);
    }

    /** The same, in the module's own memory: good until the next call. */
    pushView(chunk) {
      checkText(chunk, 'chunk');
      return this.#continue(chunk, pushForView);
    }

    /** The end of an input: the document of a last line without line feed. */
    end() {
      return this.#continue(NOTHING, pushInPieces, { isLast: true });
    }

    /** The same, in the module's own memory: good until the next call. */
    endView() {
      return this.#continue(NOTHING, pushForView, { isLast: true });
    }

    /** What to do with each document: as the argument says, or else the option. */
    #bulkOr(bulk) {
      const given = bulk === undefined ? this.#bulk : copyOptions({ bulk }).bulk;
      if (given === undefined || given === null) {
        throw invalidOption('argument "bulk": expected an object with "index" or "dataStream", found nothing');
      }
      return given;
    }

    #write(input, push, bulk) {
      checkText(input, 'input');
      return this.#run((core) => {
        this.#useBulk(core, bulk);
        return wholly(core, () => push(core, memory, toBytes(input), { isLast: true }));
      });
    }

    /** Called before the core writes, never after: a view of what it wrote is good until the next call only. */
    #useBulk(core, bulk) {
      if (bulk === this.#bulkInUse) return;
      core.setBulk(bulk);
      this.#bulkInUse = bulk;
    }

    /** The next piece of an input, or its end, written in a way. */
    #continue(chunk, push, options) {
      return this.#run((core) => {
        this.#useBulk(core, this.#bulk);
        return push(core, memory, toBytes(chunk), options);
      });
    }

    /** Forgets the input that was begun. */
    reset() {
      this.#run((core) => core.reset());
    }

    /** Totals of all inputs. */
    get stats() {
      const { lines, records, headers, blanks, errors } = this.#open().stats();
      return { lines, records, headers, blanks, errors };
    }

    /** The format that was read off the lines of the input. */
    get inferred() {
      return this.#open().inferred;
    }

    /** Gives the WASM memory back. */
    free() {
      if (this.#core === undefined) return;
      this.#open().free();
      this.#core = undefined;
    }

    /** The core, if it may be used now. */
    #open() {
      if (this.#core === undefined) {
        throw new FlowLogError('this parser has been freed: make a new one', { code: 'parser_freed' });
      }
      if (this.#busy) {
        throw new FlowLogError('a parser cannot be used inside its own "report" callback', { code: 'parser_busy' });
      }
      return this.#core;
    }

    /** Runs a call into the core. */
    #run(call) {
      const core = this.#open();
      this.#busy = true;
      try {
        return guarded(() => call(core));
      } finally {
        this.#busy = false;
        const failure = this.#reportFailure;
        this.#reportFailure = undefined;
        // An exception of the caller's own callback goes back to the caller, never through the WASM module.
        if (failure) throw failure[0];
      }
    }

    /** Passes an error on; after the callback has thrown once, no more. */
    #report(report, raw) {
      if (this.#reportFailure) return;
      try {
        report(toPublicError(raw));
      } catch (error) {
        this.#reportFailure = [error];
      }
    }
  }

  // Engines without explicit resource management get the method under the name that its polyfills use.
  Object.defineProperty(Parser.prototype, Symbol.dispose ?? Symbol.for('Symbol.dispose'), {
    value: Parser.prototype.free,
    configurable: true,
    writable: true,
  });

  /**
   * What a format means, or what is wrong with it.
   *
   * @param {import('../index.js').Format} format
   * @param {{ strict?: boolean }} [options]
   */
  function compileFormat(format, options) {
    const copy = copyFormat(format, 'argument "format"');
    if (copy === undefined) {
      throw new TypeError(`argument "format": expected a string or an array of strings, found ${describe(format)}`);
    }
    const { strict = false, ...others } = copyOptions(checkOptions(options, 'options'));
    if (typeof strict !== 'boolean') {
      throw invalidOption(`option "strict": expected true or false, found ${describe(strict)}`);
    }
    for (const name of Object.keys(others)) {
      throw invalidOption(`unknown option "${name}": compileFormat knows "strict" only`);
    }
    return guarded(() => glue().compileFormat(copy, strict));
  }

  /**
   * The formats that a log may have, the likeliest first.
   *
   * @param {string | Uint8Array | readonly string[]} sample
   * @param {{ maxLines?: number, maxBytes?: number }} [options]
   */
  function detectFormat(sample, options) {
    const { maxLines, maxBytes } = readBounds(options);
    const bytes = sampleBytes(sample, { maxLines, maxBytes });
    return guarded(() => detectionGlue().detectFormat(bytes, maxLines, maxBytes)).map((candidate) => ({
      ...candidate,
      preset: candidate.preset ?? null,
      unresolved: candidate.unresolved.map((column) => ({ ...column, field: column.field ?? null })),
    }));
  }

  /**
   * What a line means, token by token.
   *
   * @param {string} line
   * @param {import('../index.js').Format | null} [format]
   * @param {{ schema?: string, mode?: string }} [options]
   */
  function explain(line, format, options) {
    if (typeof line !== 'string') {
      throw new TypeError(`argument "line": expected a string, found ${describe(line)}`);
    }
    const { schema, mode, ...others } = copyOptions(checkOptions(options, 'options'));
    for (const name of Object.keys(others)) {
      throw invalidOption(`unknown option "${name}": explain knows "schema" and "mode" only`);
    }
    const given = copyFormat(format, 'argument "format"');
    if (line.length > MAX_EXPLAINED_LENGTH) {
      const message = `expected a line of at most ${MAX_EXPLAINED_LENGTH} characters, found one of ${line.length}`;
      throw new FlowLogError(message, { code: 'line_too_long' });
    }
    return guarded(() => {
      const { compileFormat: compile } = glue();
      // A parser knows which schemas have modes.
      cache.get({ schema, mode });
      const compiled = given === undefined ? undefined : compile(given, false).logFormat;
      const { kind, format: found, tokens, missing, problem } = detectionGlue().explain(line, { format: compiled, schema, mode });
      return {
        kind,
        format: found ?? null,
        tokens: tokens.map((token) => ({
          text: token.text,
          offset: token.offset ?? null,
          name: token.name ?? null,
          known: token.known,
          alternatives: token.alternatives,
          value: token.value ?? null,
          meaning: token.meaning ?? null,
          paths: token.paths,
          problem: token.problem ?? null,
        })),
        missing,
        problem: problem ?? null,
      };
    });
  }

  const fields = () => guarded(() => detectionGlue().fields());
  const presets = () => guarded(() => detectionGlue().presets());
  const schemas = () => guarded(() => detectionGlue().schemas());

  return { parse, Parser, detectFormat, explain, compileFormat, fields, presets, schemas, FlowLogError };
}

/** Reads a whole input; nothing of it is left, whether that goes well or not. */
function wholly(core, read) {
  core.reset();
  try {
    return read();
  } catch (thrown) {
    core.reset();
    throw thrown;
  }
}

/** One more than the largest `maxLineBytes`. */
const MAX_LINE_LENGTH = 64 * 1024 * 1024 + 1;

/** The most that `explain` takes: as many characters as a line has bytes by default. */
const MAX_EXPLAINED_LENGTH = 1024 * 1024;

const encoder = new TextEncoder();

const NOTHING = new Uint8Array(0);

function toBytes(text) {
  return typeof text === 'string' ? encoder.encode(text) : text;
}

function checkText(value, argument) {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
    throw new TypeError(`argument "${argument}": expected a string or a Uint8Array, found ${describe(value)}`);
  }
}

function invalidOption(message) {
  return new FlowLogError(message, { code: 'invalid_option' });
}
