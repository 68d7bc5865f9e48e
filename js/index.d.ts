// Types of the package, for `import` and for `require`. The build copies this file for the latter: it imports nothing.

/// <reference lib="esnext.disposable" />

/** The text of a format, in any spelling that AWS or Terraform uses, or the name of a preset. */
export type FormatText = string;

/**
 * What the fields of a line are.
 *
 * - a text: `'${version} ${account-id}'`, `'version account-id'`, `'version account_id'`, a preset such as `'v5'`;
 * - several texts: each line goes to the one whose field count and value types it satisfies;
 * - an array of field names;
 * - what `compileFormat` gave.
 *
 * Without a format, a header line says it, or else the line must fit one of the layouts that AWS documents; in whole
 * inputs, a format can also be read off the first lines, as `detectFormat` does.
 */
export type Format = FormatText | CompiledFormat | readonly (FormatText | CompiledFormat)[];

/** The shape of the documents. */
export type Schema = 'ecs' | 'elastic-integration' | 'elastic-integration-1.12' | 'beats';

/** Which fields the documents have: those of ECS, AWS's own under `aws.vpcflow`, or both. */
export type Mode = 'ecs' | 'ecs_and_original' | 'original';

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
  /** Longest line that is accepted, in bytes: from 1 to 2^26. Default: 2^20. */
  maxLineBytes?: number;
}

/**
 * What a bulk request of Elasticsearch does with the documents: where they go, how, and under which identifier.
 *
 * @example { dataStream: { namespace: 'prod' }, id: 'fingerprint' }
 */
export type BulkTarget = BulkIndex | BulkDataStream;

/** Documents for an index or an alias. */
export interface BulkIndex {
  /** A name that Elasticsearch accepts: at most 255 bytes, small letters. */
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
 * characters of base64 for URLs. A record that is sent again is the same document again. Two records with the same text
 * count as one.
 */
export type BulkId = 'fingerprint';

/** Options of a parser. */
export interface ParserOptions extends DocumentOptions {
  /** Default: found out line by line, or read off the first lines. */
  format?: Format | null;
  /**
   * What a bad line does in whole inputs and chunks: `'throw'` ends the call, `'skip'` goes on, `'document'` goes
   * on and writes a document with `event.kind: "pipeline_error"`, `error.message` and `event.original`.
   * Default: `'throw'`.
   */
  onError?: 'throw' | 'skip' | 'document';
  /**
   * Called for each bad line that `onError: 'skip'` or `'document'` passes over. What it throws is thrown by the
   * method that was running, at its end.
   */
  report?: (error: FlowLogError) => void;
  /**
   * Makes `push` and `end` write the body of a bulk request: before each document a line that says what to do with it.
   * `toBulk` takes it for its second argument's default. Default: none.
   */
  bulk?: BulkTarget | null;
}

/** What a parser has seen since it was made. */
export interface ParserStats {
  lines: number;
  records: number;
  headers: number;
  blanks: number;
  errors: number;
}

/**
 * The document of one line; null for a header or a blank line.
 *
 * Nothing is remembered from call to call but the compiled formats of late.
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
   * The document of one line; null for a header or a blank line. A header holds for the lines after it.
   *
   * @throws {FlowLogError} if the line is not a record, whatever `onError` says
   */
  parse(line: string | Uint8Array): FlowLogDocument | null;
  /**
   * A whole input, lines to lines: NDJSON, one document a line, each with its line feed.
   *
   * @throws {FlowLogError} with `onError: 'throw'`, at the first bad line; its `output` has the documents before that.
   *   Whatever `onError` says, with the code `unresolved_format`, if no format was given and the lines do not tell it
   */
  toNdjson(input: string | Uint8Array): Uint8Array;
  /**
   * As `toNdjson`, but without a copy: a view of the WASM memory, valid until the next call into the package, whichever
   * object or function it is of. Use it up at once: hash it, copy it, or write it where writing is synchronous. After
   * that it may have other content, or none.
   *
   * @throws {FlowLogError} as `toNdjson`; the error's `output` is a copy
   */
  toNdjsonView(input: string | Uint8Array): Uint8Array;
  /**
   * A whole input, as the body of a bulk request: for each record a line that says what to do, and its document.
   *
   * @param bulk default: the option `bulk`
   * @throws {FlowLogError} as `toNdjson`; `invalid_option`, naming the member, if `bulk` is wrong or missing
   * @example
   * const body = parser.toBulk(bytes, { dataStream: true, id: 'fingerprint' });
   * await fetch(`${url}/_bulk`, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body });
   */
  toBulk(input: string | Uint8Array, bulk?: BulkTarget): Uint8Array;
  /** As `toBulk`, but a view, valid until the next call into the package: see `toNdjsonView`. */
  toBulkView(input: string | Uint8Array, bulk?: BulkTarget): Uint8Array;
  /**
   * The documents of a whole input, as objects: what `JSON.parse` makes of the lines of `toNdjson`, but that integers
   * beyond 2^53 - 1 are BigInts.
   *
   * @throws {FlowLogError} as `toNdjson`; the error's `documents` are those of the lines before
   */
  parseMany(input: string | Uint8Array): FlowLogDocument[];
  /**
   * The next piece of an input, cut anywhere: the documents of the lines that it completes. Without a format, lines
   * that have neither a header nor a documented layout are held back, up to 2,000 of them or 1 MiB, to read their
   * format off them.
   *
   * @throws {FlowLogError} as `toNdjson`. The rest of that input cannot be read then: until `end` or `reset`, `push`
   *   throws with the code `stopped`
   */
  push(chunk: string | Uint8Array): Uint8Array;
  /** As `push`, but a view, valid until the next call into the package: see `toNdjsonView`. */
  pushView(chunk: string | Uint8Array): Uint8Array;
  /**
   * The end of an input: the document of a last line without line feed. The next `push` starts a new input, at line 1
   * and without a header.
   *
   * @throws {FlowLogError} as `toNdjson`; not again for an input that has ended with an error of `push`
   */
  end(): Uint8Array;
  /** As `end`, but a view, valid until the next call into the package: see `toNdjsonView`. */
  endView(): Uint8Array;
  /** Totals of all inputs. */
  get stats(): ParserStats;
  /**
   * The format that was read off the lines, good as the option `format`: of this input or, after `end`, of the last
   * one. Undefined until the lines have told it, and where a format, a header or a documented layout does.
   */
  get inferred(): string | undefined;
  /**
   * Forgets the input that was begun: lines that were held back, the unfinished line, the header, the line number and
   * an error that ended it, but not the stats.
   */
  reset(): void;
  /** Gives the memory back at once; the parser cannot be used afterwards. Without it, garbage collection does that. */
  free(): void;
  /** `free`, for `using parser = new Parser()`. Where the engine has no `Symbol.dispose`, polyfills find it. */
  [Symbol.dispose](): void;
}

/** Options of `parallel`: a parser's, and those of the run. */
export interface ParallelOptions extends ParserOptions {
  /** Threads, from 1 to 256; never more than there are files. Default: `os.availableParallelism()`. */
  threads?: number;
  /**
   * How many bytes of documents may wait for their turn, all threads together: a thread that is ahead goes on until its
   * share is full. The documents of a piece of input, about a megabyte, may come on top. Default: 2^27.
   */
  maxBufferedBytes?: number;
  /** Ends the run: the iteration throws the signal's reason. */
  signal?: AbortSignalLike | null;
  /**
   * Called in the order of the files for each bad line that is passed over; the error's `file` says in which. What it
   * throws ends the run.
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
  chunk: Uint8Array;
}

/** A run over files: to be gone through once, with `for await`. */
export interface ParallelRun {
  [Symbol.asyncIterator](): AsyncGenerator<ParallelChunk, void, undefined>;
  /** Totals of the files that have been gone through. */
  readonly stats: ParserStats & { files: number };
}

/**
 * The documents of many files, converted in threads. They come in the order of the files, as one parser would write them
 * for each. Files are text or gzip, told apart by content. In Node only.
 *
 * The threads start when the iteration does, and end with it: when all is done, at `break`, at an error, or with the
 * signal. The iteration throws
 * - a FlowLogError for a bad line with `onError: 'throw'`; `output` has the file's last documents before it;
 * - an Error with the code of the system or of zlib (`ENOENT`, `Z_BUF_ERROR`) for a file that cannot be read.
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

/** A format that was compiled: what the text means. It can be given wherever a format can. */
export interface CompiledFormat {
  /** The fields in order. */
  fields: { name: string; column: string; known: boolean }[];
  /** The flow log version that the fields need. */
  version: number;
  /** The text that AWS takes: `${version} ${account-id} ...`. */
  logFormat: string;
  /** What is odd but no error: field names that AWS does not document. */
  warnings: string[];
}

/**
 * Compiles a format to see what it means, or what is wrong with it.
 *
 * @throws {FlowLogError}
 * @example
 * compileFormat('version vpc_id').logFormat; // '${version} ${vpc-id}'
 */
export function compileFormat(format: Format, options?: { strict?: boolean }): CompiledFormat;

/** How much of a sample `detectFormat` reads. */
export interface DetectOptions {
  /** Lines, from 1 to 100,000. Default: 2,000. */
  maxLines?: number;
  /** Bytes, from 1 to 2^26. Default: 2^22. */
  maxBytes?: number;
}

/** A format that a log may have. */
export interface FormatCandidate {
  /**
   * The text that AWS takes: `${version} ${account-id} ...`, good as the option `format`. A column that is no
   * documented field, or absent in every line, is named `column-N`.
   */
  format: string;
  /** Where it comes from: a header line, a documented layout, or the columns' values. */
  origin: 'header' | 'layout' | 'inferred';
  /** The name of the documented layout; null for other origins. */
  preset: string | null;
  /** How likely it is that every column is right, as far as the lines tell: 0 to 1. */
  confidence: number;
  /** What speaks for it, in sentences. */
  evidence: string[];
  /** The columns that the lines leave open. */
  unresolved: UnresolvedColumn[];
  /** Whether nothing is open that would change a document: columns that are absent in every line would not. */
  isSettled: boolean;
  /** The first line of this kind, token by token; empty if the sample has nothing but a header. */
  tokens: { text: string; name: string }[];
}

/** A column that may be another field as well. */
export interface UnresolvedColumn {
  /** From 1. */
  column: number;
  /** What the candidate's format takes it for; null for a column that is no documented field or always absent. */
  field: string | null;
  /** What it may be as well; empty if nothing is known of it. */
  alternatives: string[];
}

/**
 * The formats that a log may have, the likeliest first; at least one. A header line says it, or else a documented
 * layout that the lines fit, or else what the values of each column are and how the columns go together.
 *
 * What the lines do not tell is listed in `unresolved`. Of a long sample only the start is read.
 *
 * @param sample a text, bytes, or an array of lines
 * @throws {FlowLogError} `not_a_flow_log`, with the reason
 * @example
 * const [best] = detectFormat(firstLines);
 * if (best?.isSettled) parser = new Parser({ format: best.format });
 */
export function detectFormat(sample: string | Uint8Array | readonly string[], options?: DetectOptions): FormatCandidate[];

/** A line, explained. */
export interface Explanation {
  /** `record` is also what should be one. */
  kind: 'record' | 'header' | 'blank';
  /** The format it was read by: its own for a header, the given one, or the one it looks like; null if there is none. */
  format: string | null;
  /** The tokens, from left to right: 1,001 of them at most, one more than a format may have fields. */
  tokens: ExplainedToken[];
  /** The names of the format's fields for which no token is left. */
  missing: string[];
  /** What is wrong with the line as a whole. */
  problem: string | null;
}

/** A token of a line. */
export interface ExplainedToken {
  text: string;
  /** Where it begins in the line, in bytes of UTF-8 from 0; null in a wrapper whose text has escapes. */
  offset: number | null;
  /** The name of its field; null for a token too many. */
  name: string | null;
  /** Whether AWS documents that field. */
  known: boolean;
  /** What it may be as well, if the format was read off the line. */
  alternatives: string[];
  /** What it says: a number, an RFC 3339 time, a decoded text; null if it is absent or wrong. */
  value: string | Long | null;
  /** What that means where the value does not say it: a protocol's name, the flags that are set; `absent`. */
  meaning: string | null;
  /** The keys of a document that are made from it. */
  paths: string[];
  /** What is wrong with it: `expected 0 to 65535, found "70000"`. */
  problem: string | null;
}

/**
 * What a line means, token by token, whether it is right or wrong. Without a format, it is read by the one that it
 * looks like; one line seldom tells that, so see the tokens' `alternatives`.
 *
 * @param line at most 2^20 characters
 * @param options of the documents that the `paths` are about
 * @throws {FlowLogError} if the format or an option is wrong; never for what is wrong with the line
 * @example
 * explain('6 18 70000', 'protocol tcp-flags srcport').tokens.map(({ meaning, problem }) => meaning ?? problem);
 * // [ 'tcp', 'syn, ack', 'expected 0 to 65535, found "70000"' ]
 */
export function explain(
  line: string,
  format?: Format | null,
  options?: Pick<DocumentOptions, 'schema' | 'mode'>,
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

/** All fields that AWS documents. */
export function fields(): FieldFacts[];

/** A format with a name. */
export interface Preset {
  name: string;
  /** AWS's field names in order. */
  fields: string[];
  description: string;
}

/** The formats that can be given by name. */
export function presets(): Preset[];

/** A schema: a form of the documents. */
export interface SchemaFacts {
  /** The value of the option `schema`. */
  name: Schema;
  /** The values that the option `mode` may have with it; the first is the default. */
  modes: Mode[];
  description: string;
}

/** The schemas; the first is the default. */
export function schemas(): SchemaFacts[];

/** What is wrong, as a stable word. Versions to come may add some. */
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
  | 'invalid_pipeline'
  | 'invalid_database'
  | 'not_initialized'
  | 'parser_freed'
  | 'parser_busy'
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
  /** What was expected: `0 to 65535`. */
  expected?: string;
  /** What was found, as it stands in the input: `70000`. */
  found?: string;
  /** The raw line; of one that is too long, the first 64 KiB. */
  input?: string;
  /** Documents of the lines before, when a method threw that writes bytes: always a copy. */
  output?: Uint8Array;
  /** The same as objects, when `parseMany` threw. */
  documents?: FlowLogDocument[];
}

/** The properties of a FlowLogError beside its message and code. */
export type FlowLogErrorDetails = Pick<
  FlowLogError,
  'lineNumber' | 'column' | 'offset' | 'field' | 'expected' | 'found' | 'input' | 'output' | 'documents'
>;

/** Where a WASM module is, or what it is. */
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
 * Loads the WASM modules: needed in browsers, before anything else is called; in Node they load by themselves. Calling
 * it again does nothing.
 *
 * @param input the main module. Default: the `.wasm` file of the package, beside its scripts
 * @param detectionInput the module that reads formats off lines, the same way
 * @example
 * import { init, parse } from 'vpcflow-ecs';
 * await init();
 */
export function init(input?: InitInput | Promise<InitInput>, detectionInput?: InitInput | Promise<InitInput>): Promise<void>;
export default init;

/**
 * As `init`, at once. Browsers allow that in workers, or for a compiled `WebAssembly.Module`. Without the second module,
 * `detectFormat`, `explain`, `fields`, `presets` and `schemas` throw `not_initialized`, and a parser reads no format off lines: one
 * that fits no documented layout is an error by itself.
 */
export function initSync(input: InitSyncInput, detectionInput?: InitSyncInput): void;

/** A WASM module that is at hand. */
export type InitSyncInput = ArrayBuffer | ArrayBufferView | Compiled;

/** An integer: a BigInt if it is beyond 2^53 - 1, where a number would lose digits. */
export type Long = number | bigint;

/**
 * A document. Which members it has depends on the schema, the format and the line; where schemas differ in a type, the
 * union is given. Members below `host`, `container` and the like come from the option `fields` only, which may bring
 * others, too.
 */
export interface FlowLogDocument {
  '@timestamp'?: string;
  aws?: { vpcflow?: VpcflowFields };
  cloud?: {
    account?: { id?: string };
    availability_zone?: string;
    image?: { id?: string };
    instance?: { id?: string; name?: string };
    machine?: { type?: string };
    project?: { id?: string };
    provider?: string;
    region?: string;
  };
  container?: { id?: string; name?: string; image?: { name?: string }; labels?: JsonObject };
  data_stream?: { type?: string; dataset?: string; namespace?: string };
  destination?: Endpoint;
  ecs?: { version?: string };
  /** Of an event that stands for a bad line (`onError: 'document'`). */
  error?: { code?: string; message?: string | string[] };
  event?: {
    /** `accept` or `reject`; upper case in the schema `elastic-integration`. */
    action?: string;
    /** A string in the schema `elastic-integration-1.12`. */
    category?: string[] | string;
    dataset?: string;
    end?: string;
    ingested?: string;
    kind?: 'event' | 'pipeline_error';
    module?: string;
    original?: string;
    /** `allow` and `deny` in the schema `elastic-integration-1.12`. */
    outcome?: 'success' | 'failure' | 'allow' | 'deny';
    reason?: string;
    start?: string;
    /** A string in the schema `elastic-integration-1.12`. */
    type?: string[] | string;
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
  /** The line, in the schema `beats`. */
  message?: string;
  network?: {
    bytes?: Long;
    community_id?: string;
    /** `ingress` or `egress`. */
    direction?: string;
    /** The protocol number, as text: that is how ECS has it. */
    iana_number?: string;
    packets?: Long;
    transport?: string;
    type?: string;
  };
  orchestrator?: {
    cluster?: { id?: string; name?: string };
    resource?: { id?: string; name?: string; type?: string };
    type?: string;
  };
  related?: { ip?: string[] };
  service?: { name?: string };
  source?: Endpoint & { bytes?: Long; packets?: Long };
  tags?: string[];
}

/** One side of a flow. */
export interface Endpoint {
  address?: string;
  ip?: string;
  port?: number;
  as?: { number?: number; organization?: { name?: string } };
  geo?: {
    city_name?: string;
    continent_name?: string;
    country_iso_code?: string;
    country_name?: string;
    location?: { lat: number; lon: number };
    region_iso_code?: string;
    region_name?: string;
  };
}

/**
 * What ECS has no field for, under AWS's column names; every field of the line in the modes `original` and
 * `ecs_and_original`. Fields that AWS does not document (yet) are here as text.
 */
export interface VpcflowFields {
  /** Text in the schemas of the Elastic integration, as `tcp_flags`, `traffic_path` and `encryption_status`. */
  version?: number | string;
  account_id?: string;
  interface_id?: string;
  srcaddr?: string;
  dstaddr?: string;
  srcport?: number;
  dstport?: number;
  protocol?: number;
  packets?: Long;
  bytes?: Long;
  /** RFC 3339 with milliseconds, as `end`. */
  start?: string;
  end?: string;
  action?: string;
  log_status?: string;
  vpc_id?: string;
  subnet_id?: string;
  instance_id?: string;
  tcp_flags?: number | string;
  /** Names of the bits that are set. */
  tcp_flags_array?: ('fin' | 'syn' | 'rst' | 'psh' | 'ack' | 'urg')[];
  type?: string;
  pkt_srcaddr?: string;
  pkt_dstaddr?: string;
  region?: string;
  az_id?: string;
  sublocation_type?: string;
  sublocation_id?: string;
  /** In the schemas `ecs` and `elastic-integration`. */
  sublocation?: { type?: string; id?: string };
  pkt_src_aws_service?: string;
  pkt_dst_aws_service?: string;
  /** In the schemas `ecs` and `elastic-integration`, as `pkt_dst_service`. */
  pkt_src_service?: string;
  pkt_dst_service?: string;
  flow_direction?: string;
  traffic_path?: number | string;
  ecs_cluster_arn?: string;
  ecs_cluster_name?: string;
  ecs_container_instance_arn?: string;
  ecs_container_instance_id?: string;
  ecs_container_id?: string;
  ecs_second_container_id?: string;
  ecs_service_name?: string;
  ecs_task_definition_arn?: string;
  ecs_task_arn?: string;
  ecs_task_id?: string;
  reject_reason?: string;
  resource_id?: string;
  encryption_status?: number | string;
  /** Percent-decoded, as the other tags. */
  instance_tag?: string;
  instance_tag_2?: string;
  interface_tag?: string;
  interface_tag_2?: string;
  asg_tag?: string;
  asg_tag_2?: string;
  interface_type?: string;
  next_hop_interface_id?: string;
  next_hop_subnet_id?: string;
  next_hop_az_id?: string;
  next_hop_vpc_id?: string;
  next_hop_interface_type?: string;
  resource_type?: string;
  tgw_id?: string;
  tgw_attachment_id?: string;
  tgw_src_vpc_account_id?: string;
  tgw_dst_vpc_account_id?: string;
  tgw_src_vpc_id?: string;
  tgw_dst_vpc_id?: string;
  tgw_src_subnet_id?: string;
  tgw_dst_subnet_id?: string;
  tgw_src_eni?: string;
  tgw_dst_eni?: string;
  tgw_src_az_id?: string;
  tgw_dst_az_id?: string;
  tgw_pair_attachment_id?: string;
  packets_lost_no_route?: Long;
  packets_lost_blackhole?: Long;
  packets_lost_mtu_exceeded?: Long;
  packets_lost_ttl_expired?: Long;
  [column: string]: unknown;
}
