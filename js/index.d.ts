/**
 * Parsers of flow logs, the formats of lines, and the conversion of lines to documents.
 *
 * @module vpcflow-ecs
 */

// Types of the package, for `import` and for `require`. The build copies this file for the latter: it imports nothing, and is
// one long file for that reason. `npm run docs` prints the members of documents between the markers.

/// <reference lib="esnext.disposable" />

/** The text of a format, in any spelling that AWS or Terraform uses, or the name of a preset. */
export type FormatText = string;

/**
 * A format: the fields of a line in order.
 *
 * - a text: `'${version} ${account-id}'`, `'version account-id'`, `'version account_id'`, a preset such as `'v5'`;
 * - several texts: each line goes to the one whose field count and value types it satisfies;
 * - an array of field names;
 * - what `compileFormat` returns, or one of the candidates of `detectFormat`.
 *
 * Without a format, a header line determines it, or else the line must fit one of the layouts that AWS documents. In whole
 * inputs, a format can also be inferred from the first lines, as `detectFormat` does.
 */
export type Format = FormatText | { readonly format: FormatText } | readonly (FormatText | { readonly format: FormatText })[];

/** The shape of the documents. */
export type Schema = 'ecs' | 'elastic-integration' | 'elastic-integration-1.12' | 'beats';

/** Which fields the documents have: those of ECS, AWS's own under `aws.vpcflow`, or both. */
export type Mode = 'ecs' | 'ecs_and_original' | 'original';

/** Bytes that are the caller's own: a `Uint8Array<ArrayBuffer>`, which `fetch` takes as a body. TypeScript before 5.7 has no such type. */
export type Bytes = ReturnType<Uint8ArrayConstructor['of']>;

/** A JSON object. */
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

/** Anything that JSON can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** Options of the documents. */
export interface DocumentOptions {
  /** Default: `'ecs'`. */
  schema?: Schema;
  /** For the schemas `ecs` and `beats`. Default: `'ecs'`. */
  mode?: Mode;
  /** Refuse formats with field names that AWS does not document. Default: false, they are kept. */
  strict?: boolean;
  /** Keep the line in `event.original` and add the tag `preserve_original_event`. Default: false. */
  preserveOriginal?: boolean;
  /** Tags of every document. */
  tags?: readonly string[];
  /**
   * Merged under the document's own values: what a shipper knows and a line does not. A dotted key is a path.
   *
   * @example { host: { name: 'collector-1' }, cloud: { project: { id: 'example' } } }
   */
  fields?: { [key: string]: JsonValue | undefined };
  /** Add `data_stream.*`, `event.module` and `event.dataset`. Defaults: `logs`, `aws.vpcflow`, `default`. */
  dataStream?: boolean | { type?: string; dataset?: string; namespace?: string };
  /** Add `event.ingested`: the current time, or a fixed RFC 3339 time. */
  ingested?: boolean | string;
  /** Add `network.community_id`, where the schema has it. Default: true. */
  communityId?: boolean;
  /**
   * Log statuses whose records become no documents: windows without traffic (`NODATA`), and windows with records that
   * were skipped (`SKIPDATA`). Default: none.
   */
  omitLogStatus?: readonly ('NODATA' | 'SKIPDATA')[];
  /** Longest line that is accepted, in bytes: from 1 to 2^26. Default: 2^20. */
  maxLineBytes?: number;
  /**
   * The layers around the records, from outside in, as `parser.layers` lists them; `false` for none. Default: `true`,
   * they are found.
   *
   * @example ['json message', 'prefix 1']
   */
  layers?: boolean | readonly string[];
  /**
   * Add what the JSON or the CSV around a record says of it: `aws.cloudwatch.log_group` and `log_stream`, `cloud.account.id`,
   * `cloud.region`, `event.id`, `event.created` and others. Default: false.
   */
  transport?: boolean;
}

/**
 * The target of a bulk request to Elasticsearch: an index or a data stream, the operation, and the identifiers.
 *
 * @example { dataStream: { namespace: 'prod' }, id: 'fingerprint' }
 */
export type BulkTarget = BulkIndex | BulkDataStream;

/** Documents for an index or an alias. */
export interface BulkIndex {
  /** A name that Elasticsearch accepts: at most 255 bytes, lower case. */
  index: string;
  dataStream?: false | null;
  /** `'create'` refuses a document whose identifier is there already, `'index'` replaces it. Default: `'create'`. */
  op?: 'create' | 'index' | null;
  id?: BulkId | null;
}

/** Documents for a data stream. */
export interface BulkDataStream {
  /** `true` for `logs-aws.vpcflow-default`; a name of type, dataset and namespace, or its parts. */
  dataStream: true | string | { type?: string; dataset?: string; namespace?: string };
  index?: null;
  /** Data streams take nothing else. */
  op?: 'create' | null;
  id?: BulkId | null;
}

/**
 * `'fingerprint'`: the SHA-1 of the record's text (the line without line end, byte order mark and wrapper), as 27
 * characters of base64 for URLs. A record that is sent again becomes the same document again. Two records with the
 * same text count as one.
 */
export type BulkId = 'fingerprint';

/** Options of a parser. */
export interface ParserOptions extends DocumentOptions {
  /** Default: determined line by line, or inferred from the first lines. */
  format?: Format | null;
  /**
   * The format that counts where a header and the given one disagree, which is a warning: `'header'`, or `'format'`, which
   * skips headers. Default: `'header'`; a line that does not fit the header may have the given format.
   */
  precedence?: 'header' | 'format';
  /**
   * The policy for a bad line in whole inputs and chunks: `'throw'` ends the call, `'skip'` continues, `'document'`
   * continues and writes a document with `event.kind: "pipeline_error"`, `error.message` and `event.original`.
   * Default: `'throw'`.
   */
  onError?: 'throw' | 'skip' | 'document';
  /**
   * Called for each bad line with `onError: 'skip'` or `'document'`. If it throws, the method that was running throws the
   * same at its end. The documents of a chunk then come with the next `push` or `end`.
   */
  report?: (error: FlowLogError) => void;
  /**
   * Makes `push` and `end` write the body of a bulk request: before each document a line with its action.
   * It is also the default of the second argument of `toBulk`. Default: none.
   */
  bulk?: BulkTarget | null;
}

/** Options of a method that returns bytes. */
export interface OutputOptions {
  /**
   * True to return a view of the WASM memory instead of a copy. It is valid until the next call into the package, on any
   * object or function; after that it may have other content, or none. Hash it, copy it, or write it synchronously at
   * once. An error's `output` is always a copy. Default: false.
   */
  view?: boolean;
}

/** The result of `toNdjsonInto` and `toBulkInto`. */
export interface IntoResult {
  /** The length of the input that was read: bytes, or UTF-16 code units of a string. It ends at a line. */
  read: number;
  /** The bytes of the target that were written. They end with a document. */
  written: number;
}

/** The counts of a parser since it was made. */
export interface ParserStats {
  /** Lines read: the sum of records, omitted, headers, blanks and errors. */
  lines: number;
  /** Records that became documents. */
  records: number;
  /** Records that `omitLogStatus` left out. */
  omitted: number;
  headers: number;
  blanks: number;
  errors: number;
  /** Records with the log status NODATA, omitted or not. */
  nodata: number;
  /** Records with the log status SKIPDATA, omitted or not. */
  skipdata: number;
  /** Documents of records without a time of their own or around them. */
  withoutTime: number;
}

/**
 * Returns the document of one line; null for a header, a blank line or an omitted record.
 *
 * Calls are independent of each other. Recently compiled formats are cached.
 *
 * @throws {FlowLogError} if the line is not a record of the format
 * @example
 * const document = parse('2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 ' +
 *   '1418530010 1418530070 ACCEPT OK', 'default');
 * document?.source?.ip; // '172.31.16.139'
 */
export function parse(
  line: string | Uint8Array,
  format?: Format | null,
  options?: DocumentOptions & { format?: Format | null },
): FlowLogDocument | null;

/**
 * A format and options, compiled once.
 *
 * @example
 * const parser = new Parser({ format: 'v5', onError: 'skip', report: (error) => console.warn(error.message) });
 * for await (const chunk of readable) writable.write(parser.push(chunk));
 * writable.write(parser.end());
 */
export class Parser {
  /** @throws {FlowLogError} if a format or option is wrong */
  constructor(options?: ParserOptions);
  /**
   * Returns the document of one line; null for a header, a blank line or an omitted record. A header applies to the lines after it.
   *
   * @throws {FlowLogError} if the line is not a record, whatever `onError` says
   */
  parse(line: string | Uint8Array): FlowLogDocument | null;
  /**
   * Converts a whole input to NDJSON: one document a line, each with its line feed.
   *
   * @throws {FlowLogError} with `onError: 'throw'`, at the first bad line; its `output` has the documents before that.
   *   With any `onError`, `unresolved_format` if no format was given and the lines do not determine one
   */
  toNdjson(input: string | Uint8Array, options?: OutputOptions): Bytes;
  /**
   * Converts a whole input to the body of a bulk request: for each record a line with its action, and its document.
   *
   * @param bulk default: the option `bulk`
   * @throws {FlowLogError} as `toNdjson`; `invalid_option`, naming the member, if `bulk` is wrong or missing
   * @example
   * const body = parser.toBulk(bytes, { dataStream: true, id: 'fingerprint' });
   * await fetch(`${url}/_bulk`, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body });
   */
  toBulk(input: string | Uint8Array, bulk?: BulkTarget, options?: OutputOptions): Bytes;
  /**
   * Writes NDJSON into a buffer of the caller's, which can be used again: as many documents as fit. The bytes are those of
   * `toNdjson`.
   *
   * `read` is less than the input's length if not all documents fit. Then the next call takes the rest of the input, from
   * `read` on, and goes on with its header, its format and its line numbers. `reset`, and any other method that reads,
   * discard the rest.
   *
   * @throws {FlowLogError} as `toNdjson`; its `output` is the part of the target that was written.
   *   `target_too_small` if the next document alone needs a longer target. `expected` is the length that it needs, in bytes.
   *   A call with the same input and a longer target goes on.
   *   `not_the_rest` if the input is not the rest of the last one.
   * @example
   * const target = new Uint8Array(1024 * 1024);
   * for (let at = 0; at < bytes.length; ) {
   *   const { read, written } = parser.toNdjsonInto(bytes.subarray(at), target);
   *   writeSync(file, target, 0, written);
   *   at += read;
   * }
   */
  toNdjsonInto(input: string | Uint8Array, target: Uint8Array): IntoResult;
  /**
   * Writes the body of a bulk request into a buffer, as `toNdjsonInto`. An action and its document stay together.
   *
   * @param bulk default: the option `bulk`
   * @throws {FlowLogError} as `toNdjsonInto`; `invalid_option`, naming the member, if `bulk` is wrong or missing
   */
  toBulkInto(input: string | Uint8Array, target: Uint8Array, bulk?: BulkTarget): IntoResult;
  /**
   * Returns the documents of a whole input as objects: as if `JSON.parse` had read the lines of `toNdjson`, except that
   * integers beyond 2^53 - 1 are BigInts.
   *
   * @throws {FlowLogError} as `toNdjson`; the error's `documents` are those of the lines before
   */
  parseMany(input: string | Uint8Array): FlowLogDocument[];
  /**
   * Reads the next chunk of an input, cut anywhere, and returns the documents of the lines that it completes. Without a
   * format, lines that have neither a header nor a documented layout are buffered, up to 2,000 of them or 1 MiB, to
   * infer their format.
   *
   * @throws {FlowLogError} as `toNdjson`. The rest of that input is lost then: until `end` or `reset`, `push` throws
   *   `stopped`
   */
  push(chunk: string | Uint8Array, options?: OutputOptions): Bytes;
  /**
   * Ends an input, and returns the document of a last line without line feed. The next `push` starts a new input, at
   * line 1 and without a header.
   *
   * @throws {FlowLogError} as `toNdjson`; not again for an input that has ended with an error of `push`
   */
  end(options?: OutputOptions): Bytes;
  /** Totals of all inputs. */
  get stats(): ParserStats;
  /**
   * The format that was inferred from the lines of this input or, after `end`, of the last one; it can be given as the
   * option `format`. Undefined before that, and with a given format, a header or a documented layout.
   */
  get inferred(): string | undefined;
  /**
   * Warnings of the given formats, as `compileFormat` returns them, and of headers, each once and 100 at most. They are
   * about names that AWS does not document, fields that are named twice, and headers that are not the given format.
   */
  get warnings(): string[];
  /**
   * The layers around the records of this input or, after `end`, of the last one: `['json message', 'prefix 1']` for a
   * wrapper with one token before each record. They are those of the first record that has any, and can be given as the
   * option `layers`.
   */
  get layers(): string[];
  /**
   * Discards the unfinished input: buffered lines, the unfinished line, the header, the line number and an error that
   * ended it. The stats and warnings stay.
   */
  reset(): void;
  /**
   * Discards an unfinished line, because the input is damaged or cut short there: the line is not a record even if it looks like
   * one. `end` then returns the documents of the lines before it that are held back.
   *
   * @example
   * try {
   *   for await (const chunk of decode(file)) write(parser.push(chunk));
   * } catch (error) {
   *   parser.cut();
   *   write(parser.end());
   *   throw error;
   * }
   */
  cut(): void;
  /**
   * Passes whole lines of the input that are not read: line numbers and offsets of errors count them, `stats` does not. It is for a
   * program that goes on in an input where it has ended before: it pushes the start, which has the header, and skips to there.
   *
   * @param lines the number of lines
   * @param bytes their length with their line ends
   */
  skip(lines: number, bytes: number): void;
  /**
   * Releases the memory at once; the parser cannot be used afterwards. Without it, garbage collection does that, but not before the
   * running task ends: a loop that makes thousands of parsers must free them.
   */
  free(): void;
  /** `free`, for `using parser = new Parser()`. Where the engine has no `Symbol.dispose`, polyfills find it. */
  [Symbol.dispose](): void;
}

/** A transform stream: what `pipeThrough` takes, with what the parser knows of the input so far. */
export interface ParserStream {
  /** The documents. */
  readonly readable: Instance<'ReadableStream'>;
  /** The log: text or bytes, cut anywhere. */
  readonly writable: Instance<'WritableStream'>;
  readonly stats: ParserStats;
  readonly warnings: string[];
  readonly inferred: string | undefined;
  readonly layers: string[];
}

/**
 * Returns a web stream from a log to NDJSON. A chunk is converted in pieces of 64 KiB, each when the reader has taken the
 * documents of the previous one: memory does not depend on a chunk's size. No chunk is a view of the module's memory.
 *
 * With `onError: 'throw'`, a bad line errors the stream after the documents before it.
 *
 * @throws {FlowLogError} at once, if a format or option is wrong
 * @example
 * const response = await fetch(url);
 * for await (const ndjson of response.body.pipeThrough(ndjsonStream({ format: 'v5' }))) await send(ndjson);
 */
export function ndjsonStream(options?: ParserOptions & { bulk?: null }): ParserStream;

/**
 * Returns a web stream from a log to bodies of bulk requests; as `ndjsonStream`. Each chunk has whole documents with their
 * actions and is a body of its own.
 *
 * @throws {FlowLogError} at once, if a format or option is wrong
 */
export function bulkStream(options: ParserOptions & { bulk: BulkTarget }): ParserStream;

/**
 * Returns a web stream from a log to documents as objects; as `ndjsonStream`. At most 256 documents are queued ahead of
 * the reader.
 *
 * @throws {FlowLogError} at once, if a format or option is wrong
 */
export function documentStream(options?: ParserOptions & { bulk?: null }): ParserStream;

// @ts-ignore It is any without the types of Node.js.
type NodeDuplex = import('stream').Duplex;

/** A stream of Node.js, with what the parser knows of the input so far. */
export type ParserDuplex = NodeDuplex & Pick<ParserStream, 'stats' | 'warnings' | 'inferred' | 'layers'>;

/**
 * The same as streams of Node.js, in Node.js only.
 *
 * @example
 * await pipeline(createReadStream('flow.log'), toNode.ndjson({ format: 'v5' }), createWriteStream('documents.ndjson'));
 */
export const toNode: {
  ndjson(options?: ParserOptions & { bulk?: null }): ParserDuplex;
  bulk(options: ParserOptions & { bulk: BulkTarget }): ParserDuplex;
  /** Its readable side has objects. */
  documents(options?: ParserOptions & { bulk?: null }): ParserDuplex;
};

/** Options of `parallel`: a parser's, and those of the run. */
export interface ParallelOptions extends ParserOptions {
  /** Threads, from 1 to 256; never more than there are files. Default: `os.availableParallelism()`. */
  threads?: number;
  /**
   * Most bytes of pending documents and errors, of all threads together: a thread that is ahead continues until its share is full.
   * The documents of a piece of input, about a megabyte, may exceed it. Default: 2^27.
   */
  maxBufferedBytes?: number;
  /** The decoding of the files. */
  decode?: Omit<DecodeOptions, 'parquet' | 'signal'>;
  /** Ends the run: the iteration throws the signal's reason. */
  signal?: AbortSignalLike | null;
  /**
   * Called in the order of the files for each bad line that does not end the run; the error's `file` is its file. If it
   * throws, the run ends.
   */
  report?: (error: FlowLogError) => void;
}

/** An `AbortSignal`, which these types do not need. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: any;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
  throwIfAborted(): void;
}

/** Documents of a file, in whole lines. */
export interface ParallelChunk {
  /** The path as it was given; that of a URL. */
  file: string;
  /** NDJSON, or the body of a bulk request; never empty. */
  chunk: Bytes;
}

/** A run over files, which can be iterated once, with `for await`. */
export interface ParallelRun {
  [Symbol.asyncIterator](): AsyncGenerator<ParallelChunk, void, undefined>;
  /** Totals of the files that are complete. */
  readonly stats: ParserStats & { files: number };
  /** The warnings of the given formats, of the headers in those files and of their decoding, each once. */
  readonly warnings: string[];
}

/**
 * Converts files on worker threads and yields documents in input order, whichever file finishes first: as one parser would
 * write them for each. Files are decoded as `decode` does. In Node.js only.
 *
 * The threads start when the iteration does, and end with it: when all is done, at `break`, at an error, or with the
 * signal. The iteration throws
 * - a FlowLogError for a bad line with `onError: 'throw'`; `output` has the file's last documents before it;
 * - a FlowLogError for a file that cannot be decoded, as `decode` throws;
 * - an Error with the code of the system (`ENOENT`) for a file that cannot be read.
 *
 * Both have the file in `file` and before the message.
 *
 * @throws {FlowLogError} at once, if a format or option is wrong
 * @example
 * const run = parallel(paths, { format: 'v5', bulk: { dataStream: true, id: 'fingerprint' } });
 * for await (const { chunk } of run) await send(chunk);
 * run.stats.records;
 */
export function parallel(files: Iterable<string | Instance<'URL'>>, options?: ParallelOptions): ParallelRun;

/** Options of `decode`. */
export interface DecodeOptions {
  /**
   * False to leave JSON and base64 as they are: only compression, Parquet and UTF-16 are decoded then. Default: true.
   */
  layers?: boolean;
  /** Most bytes that the whole input may become. Default: no limit. */
  maxBytes?: number;
  /**
   * Most times that compressed bytes may grow, checked from 64 MiB on: a decompression bomb is an error. Default: 250; logs
   * grow some ten times.
   */
  maxExpansion?: number;
  /**
   * Most bytes that are held of a JSON value, a group of rows in a Parquet file, or a Parquet file that comes as a
   * stream. Default: 2^28.
   */
  maxMemory?: number;
  /**
   * Loads what reads Parquet: the exports of `hyparquet`, and `compressors` if files have other codecs than Snappy and
   * gzip. Default in Node.js: the packages `hyparquet` and `hyparquet-compressors`, if they are installed.
   *
   * @example { parquet: () => import('hyparquet') }
   */
  parquet?: () => Promise<ParquetModule>;
  /** Ends the decoding: the iteration throws the signal's reason. */
  signal?: AbortSignalLike | null;
}

/** The exports of the package `hyparquet` that are used, and those of `hyparquet-compressors`. */
export interface ParquetModule {
  parquetMetadataAsync: (file: any, options?: any) => Promise<any>;
  parquetRead: (options: any) => Promise<void>;
  snappyUncompress: (packed: Uint8Array, unpacked: Uint8Array) => void;
  compressors?: { [codec: string]: (bytes: Uint8Array, length: number) => Uint8Array };
}

/**
 * An input of `decode`: text, bytes, a Blob or a File, a stream, or chunks of text and bytes. A Parquet file is read in
 * parts if it comes as bytes, as a Blob or as an `AsyncBuffer`.
 */
export type DecodeInput =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | AsyncBuffer
  | Instance<'Blob'>
  | Instance<'ReadableStream'>
  | Iterable<string | ArrayBuffer | ArrayBufferView>
  | AsyncIterable<string | ArrayBuffer | ArrayBufferView>;

/** A file of which any part can be read, such as an object in S3. */
export interface AsyncBuffer {
  /** The length in bytes. */
  byteLength: number;
  /** Returns the bytes from one offset up to another. */
  slice(start: number, end?: number): ArrayBuffer | Promise<ArrayBuffer>;
}

/** An input being decoded, which can be iterated once, with `for await`. */
export interface Decoded {
  /** Chunks of lines, cut anywhere. Each is valid until the next one is requested. */
  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined>;
  /** Returns the same as a web stream, in place of the iteration. */
  stream(): Instance<'ReadableStream'>;
  /**
   * The layers around the lines that were found so far, from outside in: `['gzip', 'utf-16le', 'cloudwatch-subscription']`.
   * Those within a line are `parser.layers`.
   */
  readonly layers: string[];
  /** Oddities that cost no record, such as bytes after the end of gzip data. */
  readonly warnings: string[];
  /** The bytes of the input that were read so far. */
  readonly bytesRead: number;
  /**
   * True from the first chunk on if the chunks are the bytes of the input as they are, so that an offset in the lines is one in the
   * input.
   */
  readonly isVerbatim: boolean;
}

/**
 * Decodes an input to lines for a parser: the layers around a whole file, found by magic bytes and by shape. Plain lines
 * pass unchanged. `docs/inputs.md` lists all inputs.
 *
 * Memory is bounded by the options. All lines before an error are yielded first.
 *
 * @throws {TypeError} at once, if the input is of another kind
 * @throws {FlowLogError} at once, if an option is wrong; during the iteration `damaged_input`, `input_too_large`, and
 *   `unsupported_input` and `missing_package`, which say what to do
 * @example
 * const decoded = decode(createReadStream('flow.log.gz'));
 * for await (const chunk of decoded) writable.write(parser.push(chunk));
 * writable.write(parser.end());
 * decoded.layers; // [ 'gzip' ]
 */
export function decode(input: DecodeInput, options?: DecodeOptions): Decoded;

/** A compiled format. It can be given wherever a format can. */
export interface CompiledFormat {
  /** The text that AWS takes: `${version} ${account-id} ...`. */
  format: string;
  /** The fields in order: the name, the name as a column and JSON key, and whether AWS documents the field. */
  fields: { name: string; column: string; known: boolean }[];
  /** The flow log version that the fields need. */
  version: number;
  /** Oddities that are not errors: field names that AWS does not document. */
  warnings: string[];
}

/**
 * Compiles a format, and returns its fields, version and text, or throws what is wrong with it.
 *
 * @throws {FlowLogError}
 * @example
 * compileFormat('version vpc_id').format; // '${version} ${vpc-id}'
 */
export function compileFormat(format: Format, options?: { strict?: boolean }): CompiledFormat;

/** The part of a sample that `detectFormat` reads. */
export interface DetectOptions {
  /** Lines, from 1 to 100,000. Default: 2,000. */
  maxLines?: number;
  /** Bytes, from 1 to 2^26. Default: 2^22. */
  maxBytes?: number;
}

/** A format that a log may have. It can be given wherever a format can. */
export interface FormatCandidate {
  /**
   * The text that AWS takes: `${version} ${account-id} ...`. A column that is not a documented field, or absent in every
   * line, is named `column-N`.
   */
  format: string;
  /** The origin of the format: a header line, a preset, or the columns' values. */
  origin: 'header' | 'preset' | 'inferred';
  /** The name of the preset; null for other origins. */
  preset: string | null;
  /** The probability, given the lines, that every column is right: 0 to 1. */
  confidence: number;
  /** The evidence for it, in sentences. */
  evidence: string[];
  /** The columns that the lines leave open. */
  unresolved: UnresolvedColumn[];
  /**
   * For each column, the fields that its values can be, the most likely first, whatever the other columns are; all fields
   * for a column that is absent in every line. A column can also be none of them: give it any other name, as `column-N`.
   */
  choices: string[][];
  /** True if nothing is open that would change a document: columns that are absent in every line would not. */
  isSettled: boolean;
  /** The first line of this kind, token by token; empty if the sample has nothing but a header. */
  tokens: { text: string; field: string }[];
  /** The layers around the records, as `parser.layers` lists them. */
  layers: string[];
}

/** A column that may be another field as well. */
export interface UnresolvedColumn {
  /** Index of the column in the format, from 0. */
  index: number;
  /** The field of the candidate's format; null for a column that is not a documented field, or always absent. */
  field: string | null;
  /** Other fields that it may be; empty if nothing is known of it. */
  alternatives: string[];
}

/**
 * Returns the formats that a log may have, the most likely first; at least one. A header line determines it, or else a
 * documented layout that the lines fit, or else the values of each column and the relations between columns.
 *
 * Columns that the lines leave open are listed in `unresolved`. Only the start of a long sample is read.
 *
 * @param sample a text, bytes, or an array of lines
 * @throws {FlowLogError} `not_a_flow_log`, with the reason
 * @example
 * const [best] = detectFormat(firstLines);
 * if (best?.isSettled) parser = new Parser({ format: best });
 */
export function detectFormat(sample: string | Uint8Array | readonly string[], options?: DetectOptions): FormatCandidate[];

/** A line, explained. */
export interface Explanation {
  /** `record` includes a line that should be one. */
  kind: 'record' | 'header' | 'blank';
  /** The format of the line: its own for a header, the given one, or the one it looks like; null if there is none. */
  format: string | null;
  /** The tokens, from left to right: 1,001 of them at most, one more than a format may have fields. */
  tokens: ExplainedToken[];
  /** The names of the format's fields for which no token is left. */
  missing: string[];
  /** The problem of the line as a whole. */
  problem: string | null;
}

/** A token of a line. */
export interface ExplainedToken {
  text: string;
  /** Offset in the line, in bytes of UTF-8 from 0; null in a wrapper whose text has escapes. */
  offset: number | null;
  /** The name of its field; null for a token too many. */
  field: string | null;
  /** True if AWS documents that field. */
  known: boolean;
  /** Other fields that it may be, if the format was inferred from the line. */
  alternatives: string[];
  /** The value: a number, an RFC 3339 time, a decoded text; null if it is absent or wrong. */
  value: string | Long | null;
  /** The meaning of a value that does not show it: a protocol's name, the flags that are set; `absent`. */
  meaning: string | null;
  /** The keys of a document that are made from it. */
  paths: string[];
  /** The problem of the token: `expected 0 to 65535, found "70000"`. */
  problem: string | null;
}

/**
 * Explains a line token by token, whether it is right or wrong. Without a format, it is read by the one that it looks
 * like; one line rarely determines that, so see the tokens' `alternatives`.
 *
 * @param line at most 2^20 characters
 * @param options of the documents that the `paths` are about; the layers around the record, as `parser.layers` lists them;
 *   and, if these include CSV, the header line that names the cells
 * @throws {FlowLogError} if the format or an option is wrong; never for what is wrong with the line
 * @example
 * explain('6 18 70000', 'protocol tcp-flags srcport').tokens.map(({ meaning, problem }) => meaning ?? problem);
 * // [ 'tcp', 'syn, ack', 'expected 0 to 65535, found "70000"' ]
 */
export function explain(
  line: string,
  format?: Format | null,
  options?: Pick<DocumentOptions, 'schema' | 'mode' | 'layers'> & { header?: string },
): Explanation;

/** A field that AWS documents. */
export interface FieldFacts {
  /** AWS's name: `pkt-srcaddr`. */
  name: string;
  /** The same as a column and JSON key: `pkt_srcaddr`. */
  column: string;
  /** The first flow log version that has it. */
  version: number;
  type: 'string' | 'integer' | 'long' | 'timestamp' | 'ip';
  /** The kind of its values. */
  kind: FieldKind;
  /** The logs that can have it: of a VPC, of a transit gateway. */
  logTypes: ('vpc' | 'tgw')[];
  description: string;
}

/**
 * The kind of a field's values. Later versions may add some: treat an unknown kind as `text`.
 *
 * - `address`: an IPv4 or IPv6 address
 * - `port`, `protocol`, `integer`: a number, of a port, of an IP protocol, or any other
 * - `time`: Unix seconds
 * - `word`: one of a closed set, such as `ACCEPT` and `REJECT`
 * - `account`: twelve digits, or `unknown`
 * - `id`: an identifier with a prefix, such as `eni-`
 * - `arn`, `region`, `az_id`: an ARN, a Region code, an Availability Zone ID
 * - `name`: a name or an identifier without a prefix
 * - `code`: a word of AWS whose set is open, such as `GLOBALACCELERATOR` or `nat_gateway`
 * - `tag`: the value of a tag, percent-encoded
 * - `text`: any text
 */
export type FieldKind =
  | 'address'
  | 'port'
  | 'protocol'
  | 'integer'
  | 'time'
  | 'word'
  | 'account'
  | 'id'
  | 'arn'
  | 'name'
  | 'region'
  | 'az_id'
  | 'code'
  | 'tag'
  | 'text'
  | (string & {});

/** Returns the fields that AWS documents. */
export function fields(): FieldFacts[];

/** A format with a name. */
export interface Preset {
  name: string;
  /** AWS's field names in order. */
  fields: string[];
  description: string;
}

/** Returns the formats that have a name. */
export function presets(): Preset[];

/** A schema: a form of the documents. */
export interface SchemaFacts {
  /** The value of the option `schema`. */
  name: Schema;
  /** The values that the option `mode` may have with it; the first is the default. */
  modes: Mode[];
  description: string;
}

/** Returns the schemas; the first is the default. */
export function schemas(): SchemaFacts[];

/** The code of an error, a stable word. Later versions may add some. */
export type FlowLogErrorCode =
  | 'invalid_option'
  | 'empty_format'
  | 'invalid_format'
  | 'unknown_field'
  | 'repeated_field'
  | 'field_count'
  | 'invalid_value'
  | 'out_of_range'
  | 'several_lines'
  | 'invalid_utf8'
  | 'line_too_long'
  | 'invalid_wrapper'
  | 'unknown_layout'
  | 'unresolved_format'
  | 'not_a_flow_log'
  | 'stopped'
  | 'ambiguous_format'
  | 'damaged_input'
  | 'unsupported_input'
  | 'input_too_large'
  | 'invalid_pipeline'
  | 'invalid_database'
  | 'not_initialized'
  | 'module_trapped'
  | 'parser_lost'
  | 'parser_freed'
  | 'parser_busy'
  | 'too_many_parsers'
  | 'detached_input'
  | 'target_too_small'
  | 'not_the_rest'
  | 'invalid_notification'
  | 'invalid_key'
  | 'outside_folder'
  | 'unknown_flow_log'
  | 'missing_package'
  | 'invalid_event'
  | 'answer_too_large'
  | (string & {});

/**
 * A line that is not a record, a format that does not compile, or an option that does not exist.
 *
 * @example
 * error.message; // 'line 3, column 42: field "srcport": expected 0 to 65535, found "70000"'
 */
export class FlowLogError extends Error {
  constructor(message: string, details?: Partial<FlowLogErrorDetails> & { code?: FlowLogErrorCode });
  readonly name: 'FlowLogError';
  code: FlowLogErrorCode;
  /** The file, if `parallel` read it. */
  file?: string;
  /** Line of the input, from 1. */
  lineNumber?: number;
  /** Column in the line, in characters from 1; in the format's text for an error of a format. */
  column?: number;
  /** Bytes from the start of the input, from 0. */
  offset?: number;
  /** The AWS field: `srcport`. */
  field?: string;
  /** The expected value: `0 to 65535`. */
  expected?: string;
  /** The text that was found, as in the input: `70000`. */
  found?: string;
  /** The message without the position: `field "srcport": expected 0 to 65535, found "70000"`. */
  problem: string;
  /** The format that the line was compared with, where none or several were given. */
  format?: string;
  /** The raw line; of one that is too long, the first `maxLineBytes` bytes, at most 64 KiB. */
  input?: string;
  /**
   * Documents of the lines before, when a method threw that writes bytes: a copy or, of `toNdjsonInto` and `toBulkInto`, the
   * part of the target that was written.
   */
  output?: Uint8Array;
  /** The same as objects, when `parseMany` threw. */
  documents?: FlowLogDocument[];
}

/** The properties of a FlowLogError beside its message and code. */
export type FlowLogErrorDetails = Pick<
  FlowLogError,
  'lineNumber' | 'column' | 'offset' | 'field' | 'expected' | 'found' | 'problem' | 'format' | 'input' | 'output' | 'documents'
>;

/** A WASM module, or its location. */
export type InitInput =
  | string
  | Instance<'URL'>
  | Instance<'Request'>
  | Instance<'Response'>
  | ArrayBuffer
  | ArrayBufferView
  | Compiled;

/** Classes that only some environments have; these types need none of them. */
type Instance<Name extends string> = typeof globalThis extends { [name in Name]: { prototype: infer T } } ? T : never;
type Compiled = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : never;

/**
 * Loads the WASM modules. Browsers need it before any other call; Node.js loads them itself. Further calls do nothing.
 *
 * @param input the main module. Default: the `.wasm` file of the package, beside its scripts
 * @param detectionInput the module that infers formats from lines, the same way. If the main module is given, the other is
 *   left out by default; null leaves it out, too. The first line is then parsed earlier, and another `init()` loads it later
 * @example
 * import { init, parse } from 'vpcflow-ecs';
 * await init();
 */
export function init(input?: InitInput | Promise<InitInput>, detectionInput?: InitInput | Promise<InitInput> | null): Promise<void>;
export default init;

/**
 * Loads the WASM modules at once. Browsers allow that in workers, or for a compiled `WebAssembly.Module`. Without the
 * second module, `detectFormat`, `explain`, `fields`, `presets` and `schemas` throw `not_initialized`, and a parser infers
 * no formats: each line that fits no documented layout is an error.
 */
export function initSync(input: InitSyncInput, detectionInput?: InitSyncInput): void;

/** A WASM module as bytes, or compiled. */
export type InitSyncInput = ArrayBuffer | ArrayBufferView | Compiled;

/** An integer: a BigInt if it is beyond 2^53 - 1, where a number would lose digits. */
export type Long = number | bigint;

/** One side of a flow. */
export type Endpoint = NonNullable<FlowLogDocument['destination']>;

// Generated from the code by `npm run docs`, up to the next mark.

/**
 * A document. Its members depend on the schema, the format and the line. Where schemas differ in a type, the union is
 * given. Members without a note come from the option `fields` or from shippers, which may add others.
 */
export interface FlowLogDocument {
  /**
   * the time of parsing; or `end`, `start`: the first of them that is present, else the time of parsing; or `end`: RFC
   * 3339, milliseconds
   */
  '@timestamp'?: string;
  agent?: {
    ephemeral_id?: string;
    id?: string;
    name?: string;
    type?: string;
    version?: string;
  };
  aws?: {
    cloudwatch?: {
      /** the event's ingestion time, with `transport` */
      ingestion_time?: string;
      /** the log group, with `transport` */
      log_group?: string;
      /** the log stream, with `transport` */
      log_stream?: string;
    };
    firehose?: {
      /** the delivery stream's ARN, with `transport` */
      arn?: string;
    };
    kinesis?: {
      /** the data stream's ARN, with `transport` */
      arn?: string;
    };
    s3?: {
      bucket?: {
        arn?: string;
        name?: string;
      };
      metadata?: JsonObject;
      object?: {
        key?: string;
      };
    };
    vpcflow?: VpcflowFields;
  };
  cloud?: {
    account?: {
      /** `account-id`: text; or the owner of the log group, with `transport`, if the format has no account */
      id?: string;
    };
    /** `az-id`: text; or text, `-` included */
    availability_zone?: string;
    image?: {
      id?: string;
    };
    instance?: {
      /** `instance-id`: text */
      id?: string;
      name?: string;
    };
    machine?: {
      type?: string;
    };
    project?: {
      id?: string;
    };
    /** `"aws"` */
    provider?: string;
    /** `region`: text; or text, `-` included; or the region, with `transport`, if the format has none */
    region?: string;
  };
  container?: {
    /** `ecs-container-id`: text */
    id?: string;
    image?: {
      name?: string;
    };
    labels?: JsonObject;
    name?: string;
  };
  data_stream?: {
    /** with `dataStream` */
    dataset?: string;
    /** with `dataStream` */
    namespace?: string;
    /** with `dataStream` */
    type?: string;
  };
  destination?: {
    /** `dstaddr`: text */
    address?: string;
    /** `dstaddr`: the autonomous system, an object, with `geo` */
    as?: {
      number?: number;
      organization?: {
        name?: string;
      };
    };
    /** `dstaddr`: the location, an object, with `geo` */
    geo?: {
      city_name?: string;
      continent_name?: string;
      country_iso_code?: string;
      country_name?: string;
      location?: { lat: number; lon: number };
      region_iso_code?: string;
      region_name?: string;
    };
    /** `dstaddr`: text */
    ip?: string;
    /** `dstport`: by its type */
    port?: number;
  };
  ecs?: {
    /** `"8.17.0"`; or `"8.11.0"`; or `"1.12.0"`; or as in the schema's documents */
    version?: string;
  };
  elastic_agent?: {
    id?: string;
    snapshot?: boolean;
    version?: string;
  };
  error?: {
    /** the error's code */
    code?: string;
    /** the error's message */
    message?: string;
  };
  event?: {
    /** `action`: text in lower case; or text */
    action?: string;
    agent_id_status?: string;
    /** `["network"]`; or `"network_traffic"` */
    category?: string | string[];
    /** the event's time, with `transport` */
    created?: string;
    /** with `dataStream` */
    dataset?: string;
    /** `end`: RFC 3339, milliseconds */
    end?: string;
    /** the event's identifier, with `transport` */
    id?: string;
    /** the time of parsing, with `ingested` */
    ingested?: string;
    /** `"event"`; or `"pipeline_error"` */
    kind?: 'event' | 'pipeline_error';
    /** `"aws"`, with `dataStream` */
    module?: string;
    /** the line, with `preserveOriginal` (in an error's event always) */
    original?: string;
    /** `action`: ACCEPT `success`, REJECT `failure`; or ACCEPT `allow`, REJECT `deny` */
    outcome?: 'allow' | 'deny' | 'failure' | 'success';
    /** `reject-reason`: text */
    reason?: string;
    /** `start`: RFC 3339, milliseconds */
    start?: string;
    /** `"flow"`; or `action`: `connection`, and `allowed` or `denied` */
    type?: string | string[];
  };
  host?: {
    architecture?: string;
    containerized?: boolean;
    domain?: string;
    hostname?: string;
    id?: string;
    ip?: string | string[];
    mac?: string | string[];
    name?: string;
    os?: {
      build?: string;
      codename?: string;
      family?: string;
      kernel?: string;
      name?: string;
      platform?: string;
      version?: string;
    };
    type?: string;
  };
  input?: {
    type?: string;
  };
  log?: {
    file?: {
      path?: string;
    };
    offset?: number;
  };
  /** the line */
  message?: string;
  network?: {
    /** `bytes`: by its type */
    bytes?: Long;
    /** `srcaddr`, `dstaddr`, `srcport`, `dstport`, `protocol`: Community ID, version 1, seed 0 */
    community_id?: string;
    /** `flow-direction`: text; or text, `-` included */
    direction?: string;
    /** `protocol`: digits, as a string; or text */
    iana_number?: string;
    /** `packets`: by its type */
    packets?: Long;
    /**
     * `protocol`: IANA's keyword, for every protocol that has one; or the keyword of protocols 0, 1, 2, 6, 8, 17, 47,
     * 50, 58, 112, 132; or `tcp` or `udp`
     */
    transport?: string;
    /**
     * `type`, `srcaddr`, `dstaddr`: `ipv4` or `ipv6`, by the first of them that shows it. Or `srcaddr`: `ipv6` if it
     * has a colon, else `ipv4`. Or `ipv4` if it has a dot, else `ipv6`
     */
    type?: string;
  };
  orchestrator?: {
    cluster?: {
      /** `ecs-cluster-arn`: text */
      id?: string;
      /** `ecs-cluster-name`: text */
      name?: string;
    };
    resource?: {
      /** `ecs-container-instance-id`: text */
      id?: string;
      /** `ecs-container-instance-arn`: text */
      name?: string;
      /** `ecs-container-instance-arn`: `"container"` if present */
      type?: string;
    };
    /** `ecs-cluster-arn`, `ecs-cluster-name`: `"ecs"` if present; or `ecs-cluster-name`: `"ecs"` if present */
    type?: string;
  };
  related?: {
    /**
     * `srcaddr`, `dstaddr`, `pkt-srcaddr`, `pkt-dstaddr`: each address once; or each address once, in the format's
     * order; or `srcaddr`, `dstaddr`: both addresses or none
     */
    ip?: string[];
  };
  service?: {
    /** `ecs-service-name`: text */
    name?: string;
    type?: string;
  };
  source?: {
    /** `srcaddr`: text */
    address?: string;
    /** `srcaddr`: the autonomous system, an object, with `geo` */
    as?: {
      number?: number;
      organization?: {
        name?: string;
      };
    };
    /** `bytes`: by its type */
    bytes?: Long;
    /** `srcaddr`: the location, an object, with `geo` */
    geo?: {
      city_name?: string;
      continent_name?: string;
      country_iso_code?: string;
      country_name?: string;
      location?: { lat: number; lon: number };
      region_iso_code?: string;
      region_name?: string;
    };
    /** `srcaddr`: text */
    ip?: string;
    /** `packets`: by its type */
    packets?: Long;
    /** `srcport`: by its type */
    port?: number;
  };
  /** `tags`, and `preserve_original_event` with `preserveOriginal` */
  tags?: string[];
}

/**
 * Values that ECS has no field for, under AWS's column names; every field of the line in the modes `original` and
 * `ecs_and_original`. Fields that AWS has not documented yet are here as text.
 */
export interface VpcflowFields {
  /** Version of the record: 2 in the default format, else the highest version among the chosen fields */
  version?: number | string;
  /** Account that owns the recorded interface or transit gateway: twelve digits kept as text, or `unknown` */
  account_id?: string;
  /** Network interface that the traffic was recorded on */
  interface_id?: string;
  /** Source address as the interface sees it */
  srcaddr?: string;
  /** Destination address as the interface sees it */
  dstaddr?: string;
  /** Source port; 0 where the protocol has none */
  srcport?: number;
  /** Destination port; 0 where the protocol has none */
  dstport?: number;
  /** IANA protocol number */
  protocol?: number;
  /** Packets of the flow in the capture window */
  packets?: Long;
  /** Bytes of the flow in the capture window */
  bytes?: Long;
  /** Start of the capture window: RFC 3339, milliseconds */
  start?: string;
  /** End of the capture window: RFC 3339, milliseconds */
  end?: string;
  /** Decision on the traffic: accepted or rejected */
  action?: string;
  /** Completeness of the record: data, no traffic, or a number of records that were lost */
  log_status?: string;
  /** VPC of the interface */
  vpc_id?: string;
  /** Subnet of the interface */
  subnet_id?: string;
  /** Instance that the interface is attached to, if it is yours */
  instance_id?: string;
  /** TCP flags seen in the capture window, OR-ed: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32 */
  tcp_flags?: number | string;
  /**
   * `tcp-flags`: names of the flags that are set; no empty list; or names of the flags that are set; an empty list for
   * 0
   */
  tcp_flags_array?: ('fin' | 'syn' | 'rst' | 'psh' | 'ack' | 'urg')[];
  /** Kind of traffic */
  type?: string;
  /** Source address in the packet, where a hop in between changes it */
  pkt_srcaddr?: string;
  /** Destination address in the packet, where a hop in between changes it */
  pkt_dstaddr?: string;
  /** Region of the interface or transit gateway */
  region?: string;
  /** Availability Zone ID of the interface */
  az_id?: string;
  /** Kind of the sublocation: wavelength, outpost or localzone */
  sublocation_type?: string;
  sublocation?: {
    /** `sublocation-id`: text */
    id?: string;
    /** `sublocation-type`: text */
    type?: string;
  };
  /** Sublocation of the interface */
  sublocation_id?: string;
  /** AWS service whose address range holds the packet's source */
  pkt_src_aws_service?: string;
  /** `pkt-src-aws-service`: text */
  pkt_src_service?: string;
  /** AWS service whose address range holds the packet's destination */
  pkt_dst_aws_service?: string;
  /** `pkt-dst-aws-service`: text */
  pkt_dst_service?: string;
  /** Direction as the interface or transit gateway sees it */
  flow_direction?: string;
  /** Number of the path that egress traffic takes */
  traffic_path?: number | string;
  /** ARN of the Amazon ECS cluster whose task made the traffic */
  ecs_cluster_arn?: string;
  /** Name of the Amazon ECS cluster */
  ecs_cluster_name?: string;
  /** ARN of the Amazon ECS container instance */
  ecs_container_instance_arn?: string;
  /** ID of the Amazon ECS container instance */
  ecs_container_instance_id?: string;
  /** Runtime ID of the task's first container */
  ecs_container_id?: string;
  /** Runtime ID of the task's second container */
  ecs_second_container_id?: string;
  /** Amazon ECS service that started the task */
  ecs_service_name?: string;
  /** ARN of the Amazon ECS task definition */
  ecs_task_definition_arn?: string;
  /** ARN of the Amazon ECS task */
  ecs_task_arn?: string;
  /** ID of the Amazon ECS task */
  ecs_task_id?: string;
  /** Reason for the rejection: BPA or EC so far */
  reject_reason?: string;
  /** Regional NAT gateway that the flow belongs to */
  resource_id?: string;
  /** Encryption in transit: 0 none, 1 Nitro, 2 application, 3 both */
  encryption_status?: number | string;
  /** Value of the first chosen tag of the instance, percent-encoded */
  instance_tag?: string;
  /** Value of the second chosen tag of the instance, percent-encoded */
  instance_tag_2?: string;
  /** Value of the first chosen tag of the interface, percent-encoded */
  interface_tag?: string;
  /** Value of the second chosen tag of the interface, percent-encoded */
  interface_tag_2?: string;
  /** Value of the first chosen tag of the Auto Scaling group, percent-encoded */
  asg_tag?: string;
  /** Value of the second chosen tag of the Auto Scaling group, percent-encoded */
  asg_tag_2?: string;
  /** Kind of the recorded interface, e.g. nat_gateway */
  interface_type?: string;
  /** Interface of the next hop: the receiver for egress, the sender for ingress */
  next_hop_interface_id?: string;
  /** Subnet of the next hop */
  next_hop_subnet_id?: string;
  /** Availability Zone ID of the next hop */
  next_hop_az_id?: string;
  /** VPC of the next hop */
  next_hop_vpc_id?: string;
  /** Kind of the next hop's interface */
  next_hop_interface_type?: string;
  /** Kind of the recorded resource: TransitGateway or TransitGatewayAttachment */
  resource_type?: string;
  /** Transit gateway that the traffic was recorded on */
  tgw_id?: string;
  /** Attachment that the traffic was recorded on */
  tgw_attachment_id?: string;
  /** Account of the source VPC */
  tgw_src_vpc_account_id?: string;
  /** Account of the destination VPC */
  tgw_dst_vpc_account_id?: string;
  /** Source VPC */
  tgw_src_vpc_id?: string;
  /** Destination VPC */
  tgw_dst_vpc_id?: string;
  /** Subnet on the source side */
  tgw_src_subnet_id?: string;
  /** Subnet on the destination side */
  tgw_dst_subnet_id?: string;
  /** Attachment interface on the source side */
  tgw_src_eni?: string;
  /** Attachment interface on the destination side */
  tgw_dst_eni?: string;
  /** Availability Zone ID on the source side */
  tgw_src_az_id?: string;
  /** Availability Zone ID on the destination side */
  tgw_dst_az_id?: string;
  /** The flow's other attachment */
  tgw_pair_attachment_id?: string;
  /** Packets lost because no route matched */
  packets_lost_no_route?: Long;
  /** Packets lost to a blackhole route */
  packets_lost_blackhole?: Long;
  /** Packets lost because they exceeded the MTU */
  packets_lost_mtu_exceeded?: Long;
  /** Packets lost because their time to live ran out */
  packets_lost_ttl_expired?: Long;
  [column: string]: unknown;
}

// The end of what is generated.
