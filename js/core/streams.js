/**
 * Web streams around a parser: text in, documents out, at the pace of the reader.
 *
 * A `TransformStream` queues everything that one chunk becomes. These pairs of a readable and a writable side convert a
 * chunk in pieces instead, and continue when the reader asks for more. So the memory does not depend on a chunk's size.
 *
 * @module
 */

import { isHighSurrogate, partsOf, plainBytes } from './bytes.js';
import { checkOptions, invalidOption } from './options.js';

/** A piece of text, some 450 lines, whose documents are made at once. */
const PIECE_BYTES = 64 * 1024;

/** Objects that are queued ahead of the reader. Bytes are not. */
const QUEUED_DOCUMENTS = 256;

const NOTHING = new Uint8Array(0);

/**
 * A parser with the way in which it converts, by which streams of all kinds are made.
 *
 * @typedef {object} Conversion
 * @property {import('../index.js').Parser} parser
 * @property {(chunk: string | Uint8Array) => Generator<any, void, undefined>} push yields what a chunk becomes
 * @property {() => Generator<any, void, undefined>} end yields what a last line without line feed becomes
 * @property {number} queued values that are queued ahead of the reader
 *
 * @typedef {(parser: import('../index.js').Parser, chunk: string | Uint8Array, isLast: boolean) =>
 *   import('../index.js').FlowLogDocument[]} PushDocuments
 *
 * A function that takes the documents of a chunk during which `report` has thrown.
 *
 * @typedef {(parser: import('../index.js').Parser) => Uint8Array | import('../index.js').FlowLogDocument[] | undefined} TakeHeld
 */

/**
 * @param {object} parts
 * @param {new (options: import('../index.js').ParserOptions) => import('../index.js').Parser} parts.Parser
 * @param {PushDocuments} parts.pushDocuments
 * @param {TakeHeld} parts.takeHeld
 */
export function createStreams({ Parser, pushDocuments, takeHeld }) {
  /**
   * Yields the values of a call; also those of an error, before it is thrown.
   *
   * @param {import('../index.js').Parser} parser
   * @param {'output' | 'documents'} member of an error that has the values before it
   * @param {() => unknown[]} call
   */
  function* withOutput(parser, member, call) {
    let values;
    let failure;
    try {
      values = call();
    } catch (error) {
      failure = [error];
      // After an exception of `report`, the parser holds them.
      const before = takeHeld(parser) ?? /** @type {{ output?: Uint8Array, documents?: unknown[] } | undefined} */ (error)?.[member];
      values = before instanceof Uint8Array ? [before] : before ?? [];
    }
    for (const value of values) {
      if (!(value instanceof Uint8Array) || value.length > 0) yield value;
    }
    if (failure) throw failure[0];
  }

  /** @param {unknown} options @param {boolean} isBulk @returns {Conversion} */
  const bytesOf = (options, isBulk) => {
    const given = checkOptions(options, 'options');
    if (isBulk !== (given.bulk !== undefined && given.bulk !== null)) {
      throw invalidOption(isBulk
        ? 'option "bulk": expected an object with "index" or "dataStream", found nothing'
        : 'option "bulk": bulkStream writes bodies of bulk requests');
    }
    const parser = new Parser(given);
    return {
      parser,
      *push(chunk) {
        for (const piece of piecesOf(chunk)) yield* withOutput(parser, 'output', () => [parser.push(piece)]);
      },
      *end() {
        yield* withOutput(parser, 'output', () => [parser.end()]);
      },
      queued: 0,
    };
  };

  /** @type {Record<'ndjson' | 'bulk' | 'documents', (options: unknown) => Conversion>} */
  const conversions = {
    ndjson: (options) => bytesOf(options, false),
    bulk: (options) => bytesOf(options, true),
    documents(options) {
      const given = checkOptions(options, 'options');
      if (given.bulk !== undefined) {
        throw invalidOption('option "bulk": an object has no action line; bulkStream writes bodies of bulk requests');
      }
      const parser = new Parser(given);
      return {
        parser,
        *push(chunk) {
          for (const piece of piecesOf(chunk)) yield* withOutput(parser, 'documents', () => pushDocuments(parser, piece, false));
        },
        *end() {
          yield* withOutput(parser, 'documents', () => pushDocuments(parser, NOTHING, true));
        },
        queued: QUEUED_DOCUMENTS,
      };
    },
  };

  return {
    conversions,

    /** @param {import('../index.js').ParserOptions} [options] */
    ndjsonStream: (options) => new ParserStream(conversions.ndjson(options)),

    /** @param {import('../index.js').ParserOptions} options */
    bulkStream: (options) => new ParserStream(conversions.bulk(options)),

    /** @param {import('../index.js').ParserOptions} [options] */
    documentStream: (options) => new ParserStream(conversions.documents(options)),
  };
}

/**
 * Yields the pieces of a chunk. Anything that is neither text nor bytes goes on to the parser, which says what it expects.
 *
 * @param {string | Uint8Array} chunk
 */
function* piecesOf(chunk) {
  if (typeof chunk === 'string') {
    for (let start = 0; start < chunk.length;) {
      let end = start + PIECE_BYTES;
      // Both halves of a character beyond 16 bits belong to one piece.
      if (isHighSurrogate(chunk.charCodeAt(end - 1))) end += 1;
      yield chunk.slice(start, end);
      start = end;
    }
    return;
  }
  const bytes = plainBytes(chunk, 'argument "chunk"');
  if (bytes === undefined) yield chunk;
  else yield* partsOf(bytes, PIECE_BYTES);
}

/** The facts that a parser knows of its input, kept when its memory is released. */
export class Facts {
  #parser;
  /** @type {Pick<import('../index.js').Parser, 'stats' | 'warnings' | 'inferred' | 'layers'> | undefined} */
  #last;

  /** @param {import('../index.js').Parser} parser */
  constructor(parser) {
    this.#parser = parser;
  }

  /** Totals of the input so far. */
  get stats() {
    return (this.#last ?? this.#parser).stats;
  }

  /** Warnings of the given formats and of headers. */
  get warnings() {
    return (this.#last ?? this.#parser).warnings;
  }

  /** The format that was inferred from the lines. */
  get inferred() {
    return (this.#last ?? this.#parser).inferred;
  }

  /** The layers around the records. */
  get layers() {
    return (this.#last ?? this.#parser).layers;
  }

  /** Keeps the facts, and releases the parser's memory. Not a method, since streams of users inherit those. @param {Facts} facts */
  static finish(facts) {
    if (facts.#last) return;
    const { stats, warnings, inferred, layers } = facts.#parser;
    facts.#last = { stats, warnings, inferred, layers };
    facts.#parser.free();
  }
}

/** The two sides of a transform stream, and what the parser knows of the input. */
class ParserStream extends Facts {
  /** @param {Conversion} conversion */
  constructor(conversion) {
    super(conversion.parser);
    const { readable, writable } = sidesOf(conversion, () => Facts.finish(this));
    this.readable = readable;
    this.writable = writable;
  }
}

/**
 * Makes the two sides of a transform stream.
 *
 * @param {Conversion} conversion
 * @param {() => void} finish called once at the end, whatever the end is
 */
function sidesOf({ push, end, queued }, finish) {
  /** @type {ReadableStreamDefaultController<any>} */
  let output;
  /** @type {WritableStreamDefaultController} */
  let input;
  let isAskedFor = false;
  /** @type {[unknown] | undefined} why nobody wants more */
  let stopped;
  let wake = () => {};

  /** @param {unknown} reason */
  const stop = (reason) => {
    stopped ??= [reason];
    wake();
  };

  /** Waits until the reader has taken so much that there are `most` values in the queue. @param {number} most */
  const taken = async (most) => {
    while (!stopped && !isAskedFor && queued - (output.desiredSize ?? 0) > most) {
      await /** @type {Promise<void>} */ (new Promise((resolve) => { wake = resolve; }));
    }
    if (stopped) throw stopped[0];
  };

  /** @param {Generator<unknown>} values */
  const deliver = async (values) => {
    try {
      for (const value of values) {
        await taken(queued - 1);
        isAskedFor = false;
        output.enqueue(value);
      }
    } catch (error) {
      try {
        // An error discards the queue.
        await taken(0);
        output.error(error);
      } finally {
        finish();
      }
      throw error;
    }
  };

  const readable = new ReadableStream({
    start(controller) {
      output = controller;
    },
    pull() {
      // With a queue, it is called whenever the queue is not full.
      isAskedFor = queued === 0;
      wake();
    },
    cancel(reason) {
      stop(reason);
      input.error(reason);
      finish();
    },
  }, { highWaterMark: queued });

  const writable = new WritableStream({
    start(controller) {
      input = controller;
      // The side is aborted only after the write that is under way, which therefore must not wait for the reader.
      controller.signal.addEventListener('abort', () => stop(controller.signal.reason));
    },
    write: (chunk) => deliver(push(chunk)),
    async close() {
      await deliver(end());
      output.close();
      finish();
    },
    abort(reason) {
      output.error(reason);
      finish();
    },
  });
  return { readable, writable };
}
