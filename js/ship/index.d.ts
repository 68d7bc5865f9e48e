/**
 * Delivery of documents to Elasticsearch and OpenSearch, for Node.js.
 *
 * @module vpcflow-ecs/ship
 */

import type { AbortSignalLike, BulkTarget, Bytes, DecodeOptions, FlowLogError, Parser, ParserOptions as MainParserOptions } from 'vpcflow-ecs';

/** Options of the parser; the target and the callback are options of `ship`. */
export type ParserOptions = Omit<MainParserOptions, 'bulk' | 'report'>;

/** An object of a source: a file, an object of Amazon S3, the payload of an event. `vpcflow-ecs/sources` has sources of them. */
export interface ShipObject {
  /** The name, for messages, the checkpoint and the dead letter. It identifies the object. */
  readonly name: string;
  /** Bytes as they are stored, if that is known. */
  readonly size?: number;
  /** A text that changes when the content does. An object of another version is read from its start. */
  readonly version?: string;
  /** Options of the parser for this object, beside those of the run: JSON values. */
  readonly parser?: ParserOptions;
  /** True if `open` takes `start` and `end`: an object of lines then goes on where an earlier run has ended. */
  readonly hasRanges?: boolean;
  /** Returns the bytes as they are stored, or those from `start` to before `end`: whatever `decode` takes in chunks. */
  open(options?: { signal?: AbortSignal; start?: number; end?: number }): AsyncIterable<Uint8Array>;
  /** Called when all events of the object are delivered or in the dead letter. */
  acknowledge?(): Promise<void>;
  /** Called instead if the object cannot be read to its end. */
  release?(error: unknown): Promise<void>;
}

/** A client of `@elastic/elasticsearch` or `@opensearch-project/opensearch`. */
export interface BulkClient {
  helpers: { bulk(options: any): PromiseLike<unknown> };
}

/** The counts of a run so far. */
export interface ShipStats {
  /** Objects whose events are all acknowledged. */
  objects: number;
  /** Objects that an earlier run has acknowledged, by the checkpoint. */
  skipped: number;
  /** Bytes read, as they are stored. */
  bytes: number;
  /** The sizes of the objects found so far, together. */
  totalBytes: number;
  lines: number;
  /** Documents made. */
  events: number;
  /** Documents that are delivered, or whose lines are in the dead letter. */
  acknowledged: number;
  /** Documents that the destination accepted. */
  created: number;
  /** Documents that Elasticsearch had already: status 409 on `create`. */
  duplicates: number;
  /** Documents that were refused; their lines are in the dead letter. */
  rejected: number;
  /** Bad lines. */
  errors: number;
  requests: number;
  /** Requests and groups of documents that were sent again. */
  retries: number;
  /** Bytes of the bodies of requests, after compression. */
  bytesSent: number;
  /** Seconds since the start. */
  seconds: number;
}

/** The result of a run. */
export interface ShipResult extends ShipStats {
  /** Objects that could not be read to their end, or not be acknowledged. Their events so far are delivered. */
  failed: { name: string; error: Error }[];
  /** True if the signal ended the run, or the reader of a stream did by closing it. */
  isStopped: boolean;
}

/** The options of all destinations. */
export interface ShipCommonOptions {
  /** Options of the parser. `onError` is `'skip'` with a dead letter, which then has the bad lines, and `'throw'` without. */
  parser?: ParserOptions;
  /** The class of the parser, such as that of `vpcflow-ecs/ingest`, whose documents can have geo data. */
  Parser?: new (options?: any) => Parser;
  /** Options of `decode`. */
  decode?: Omit<DecodeOptions, 'signal'>;
  /** Batches that are sent at the same time, from 1 to 256; 1 for a file or a stream. Default: 4. */
  concurrency?: number;
  /** Objects that are read at the same time, from 1 to 256; 1 for a file or a stream. Default: 2. */
  readers?: number;
  /**
   * Threads that read objects, from 0 to 256. Each reads one object at a time, so that several objects are parsed at the same time; with 1,
   * one is parsed while this thread sends. A file and a stream still get the documents in the order of the lines. With threads, the
   * options are those that can be copied: neither `Parser` nor functions. Default: 0, which reads in this thread.
   */
  threads?: number;
  /** Most bytes of a batch before compression. A single document may exceed it. Default: 5 MiB. */
  maxBytes?: number;
  /** Most documents of a batch. Default: 5,000. */
  maxDocs?: number;
  /** Milliseconds after which a batch is sent that is not full. Default: 1,000. */
  flushAfter?: number;
  /**
   * The path of the dead letter: NDJSON with the lines that were not delivered and the reasons. `ship` takes it as an object
   * again. Without it, a refused document ends the run.
   */
  deadLetter?: string;
  /** The path of the checkpoint: which objects are acknowledged, and up to which line and byte. Default: none. */
  checkpoint?: string;
  /** Least milliseconds between two writes of the checkpoint. Default: 1,000. */
  checkpointInterval?: number;
  /** Called with the counts, ten times a second at most. */
  onProgress?: (progress: ShipStats) => void;
  /** Called for each bad line, and for each object that could not be read or acknowledged. */
  report?: (error: FlowLogError | Error, object: ShipObject) => void;
  /** Stops the run: requests under way end, and no other is begun. The promise is fulfilled. */
  signal?: AbortSignalLike | AbortSignal | null;
}

/** Options of attempts. */
export interface RetryOptions {
  /** Attempts after the first one; `Infinity` for no limit. Default: 8. */
  retries?: number;
  /** The first wait in milliseconds; each further one is twice as long. Half of each is random. Default: 500. */
  minDelay?: number;
  /** The longest wait in milliseconds, except for `Retry-After`, which is obeyed up to five minutes. Default: 30,000. */
  maxDelay?: number;
}

type Target = BulkTarget;

/** Bulk requests to Elasticsearch or OpenSearch. */
export type ShipToCluster = ShipCommonOptions & RetryOptions & Target & {
  /** The cluster: a URL, or several of which one is used until it fails. A path, as behind a proxy, is kept. */
  url: string | URL | readonly (string | URL)[];
  /** The API key, encoded or as `id:key`. */
  apiKey?: string;
  /** `NAME:PASSWORD`. */
  basic?: string;
  /** The certificate of the cluster's authority, as PEM. */
  ca?: Uint8Array;
  /** False to send bodies as they are. Default: true. */
  gzip?: boolean;
  /** Milliseconds for a request. Default: 60,000. */
  timeout?: number;
};

/** Bulk requests by a client's own `helpers.bulk`, which gets the documents as texts. */
export type ShipToClient = ShipCommonOptions & RetryOptions & Target & { client: BulkClient };

/** NDJSON in a file. A batch is acknowledged when it is on disk. */
export type ShipToFile = ShipCommonOptions & {
  /** A path; or one with rotation, to `path.1`, `path.2`, ... */
  file: string | {
    path: string;
    /** Bytes after which the file is rotated. Default: never. */
    maxBytes?: number;
    /** Files that are kept, with the one that is written. Default: 10. */
    maxFiles?: number;
  };
};

/** NDJSON to a stream of Node.js, at the pace of its reader. A reader that closes the stream stops the run. */
export type ShipToStream = ShipCommonOptions & { writable: { write(chunk: Uint8Array, callback: () => void): unknown; on(event: string, listener: (...values: any[]) => void): unknown } };

/** NDJSON to a function; bodies of bulk requests with `index` or `dataStream`. Its promise acknowledges the batch. */
export type ShipToFunction = ShipCommonOptions & (Target | { index?: undefined; dataStream?: undefined }) & {
  to: (batch: { body: Bytes; count: number; signal: AbortSignal }) => unknown;
};

export type ShipOptions = ShipToCluster | ShipToClient | ShipToFile | ShipToStream | ShipToFunction;

/**
 * Sends the events of all objects of a source. An object is acknowledged when each of its events is delivered, or in the
 * dead letter. That is at least once; with `id: 'fingerprint'`, an event that is sent again becomes the same document.
 *
 * Requests are repeated after a connection error and the statuses 429, 502, 503 and 504, and documents after 429. Other
 * refused documents go to the dead letter. Objects that cannot be read are in `failed`, and the others go on. The files that the
 * run writes are left out of the source.
 *
 * @throws {FlowLogError} at once, if an option is wrong
 * @throws {ShipError} if the destination, the dead letter or the checkpoint fails. Undelivered events are not acknowledged
 * @example
 * const result = await ship(openSources(['logs/']), {
 *   url: 'https://localhost:9200', apiKey, dataStream: true, id: 'fingerprint', deadLetter: 'dead.ndjson', checkpoint: 'ship.json',
 * });
 */
export function ship(source: AsyncIterable<ShipObject> | Iterable<ShipObject>, options: ShipOptions): Promise<ShipResult>;

/**
 * Yields the objects of a listing that is taken again and again until the signal ends that. An object is yielded when two
 * listings have it with the same version and size, and again when they change.
 *
 * @param list gives the objects there are now
 * @param options `interval`: milliseconds between two listings, 1,000 by default
 * @example
 * await ship(follow(() => localObjects('logs/'), { signal }), { url, dataStream: true, checkpoint: 'ship.json', signal });
 */
export function follow(
  list: () => AsyncIterable<ShipObject>,
  options?: { interval?: number; signal?: AbortSignal },
): AsyncGenerator<ShipObject, void, undefined>;

/** An error that ends a run. */
export class ShipError extends Error {
  /**
   * `refused`, `unreachable`, `gave_up`, `rejected` (a document without a dead letter), `answer`, `dead_letter`, `checkpoint`,
   * `write`, or `thread`.
   */
  code: string;
  constructor(message: string, details: { code: string; cause?: unknown });
}
