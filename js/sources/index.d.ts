/**
 * Flow logs in files, in objects of Amazon S3, and in queues of Amazon SQS.
 *
 * @module vpcflow-ecs/sources
 */

/** Bytes in chunks: a Node.js stream, a web stream of Node.js, or a generator. */
export type Bytes = AsyncIterable<Uint8Array>;

/** An object of a source: a file, an object of Amazon S3, a stream. */
export interface SourceObject {
  /** The path or the URL, for messages: `flow.log.gz`, `s3://bucket/key`, `<stdin>`. */
  readonly name: string;
  /** Bytes as they are stored, which may be compressed, if that is known. */
  readonly size?: number;
  /**
   * A text that changes when the content does, if there is one: the ETag in S3; the time of a file's last change, its size and its
   * inode.
   */
  readonly version?: string;
  /** True if `open` takes `start` and `end`. */
  readonly hasRanges?: true;
  /** Returns the bytes as they are stored. */
  open(options?: OpenOptions): Bytes;
  /** Called when all events of the object are acknowledged by their receiver. Resolves when the source knows. */
  acknowledge?(): Promise<void>;
  /** Called instead if that will not happen, because the object cannot be read or the run stops. */
  release?(): Promise<void>;
}

/** Options of `open`. */
export interface OpenOptions {
  /** Ends the reading. */
  signal?: AbortSignal;
  /** The offset of the first byte, of an object that has ranges. Default: 0. */
  start?: number;
  /** The offset before which the bytes end, of an object that has ranges. Default: the end of the object. */
  end?: number;
}

/** A client of the AWS SDK for JavaScript, version 3. */
export interface AwsClient {
  send(command: any, options?: any): Promise<any>;
}

/** Options of a single request. */
export interface ClientOptions {
  /** Default: a client with the region and the credentials of the environment. */
  client?: AwsClient;
  /** Ends the request: it throws the signal's reason. */
  signal?: AbortSignal;
}

/** Options of `s3Objects`. */
export interface S3Options extends ClientOptions {
  /**
   * The first time, a `Date` or a text: `'2026-01-31'` in UTC, `'2026-01-31T12:00Z'`. Objects count by the time in the
   * names that AWS gives them, others by the time of their last change. Default: no bound.
   */
  since?: string | Date;
  /** The time before which objects are. Default: no bound. */
  until?: string | Date;
}

/** Options of `sqsObjects`. */
export interface SqsOptions {
  /** A client of `@aws-sdk/client-sqs`. Default: one with the region and the credentials of the environment. */
  client?: AwsClient;
  /** The same of `@aws-sdk/client-s3`. */
  s3?: AwsClient;
  /** True to wait for messages until the signal ends that; false to end when the queue is empty. Default: true. */
  watch?: boolean;
  /**
   * Seconds for which a message is invisible to other readers, from 1 to 43,200. They are extended while its objects are processed, twelve
   * hours in total at most. Default: 300.
   */
  visibilityTimeout?: number;
  /**
   * Called for a message that is not a notification, and for a request that failed and is repeated. Default: a warning of
   * the process.
   */
  report?: (error: Error) => void;
  /** Ends the source: no more messages are received. */
  signal?: AbortSignal;
}

/** Options of `openSources`. */
export interface SourceOptions {
  /** The first time of objects in S3, as for `s3Objects`. An error if no source is there. */
  since?: string | Date;
  /** The time before which objects in S3 are. */
  until?: string | Date;
  /** True to wait for messages of a queue, which has to be the last source then. Default: false. */
  watch?: boolean;
  /** As for `sqsObjects`. */
  visibilityTimeout?: number;
  /** As for `sqsObjects`. */
  report?: (error: Error) => void;
  /** Clients of the AWS SDK. Default: those of the environment. */
  s3?: AwsClient;
  sqs?: AwsClient;
  /** The stream for `-`. Default: the standard input of the process. */
  stdin?: Bytes;
  /** Ends all sources. */
  signal?: AbortSignal;
}

/** An object of S3, as a notification or a listing names it. */
export interface S3Reference {
  bucket: string;
  /** The key itself, decoded. */
  key: string;
  /** Bytes. */
  size?: number;
  etag?: string;
  versionId?: string;
  /** The region of the bucket. */
  region?: string;
}

/**
 * Returns the objects of several sources, one source after the other:
 *
 * - `-`: standard input;
 * - `s3://bucket/prefix`: `s3Objects`;
 * - the URL of a queue: `sqsObjects`, which ends when the queue is empty unless `watch` is true;
 * - a path, a folder or a pattern: `localObjects`;
 * - a stream of Node.js, a web stream or a generator of bytes: itself.
 *
 * @throws {FlowLogError} `invalid_option`, at once
 * @example
 * for await (const object of openSources(['logs/*.log.gz', 's3://bucket/AWSLogs/'])) console.log(object.name, object.size);
 */
export function openSources(sources: Iterable<string | URL | Bytes>, options?: SourceOptions): AsyncGenerator<SourceObject, void, undefined>;

/**
 * Returns a file, the files below a folder, or those that a pattern matches (`*`, `?`, `[a-z]`, `{a,b}`, and `**` for any
 * folders), in the order of their names. Names that start with a dot are left out, unless the path is given itself.
 *
 * The iteration throws
 *
 * - an Error with the code of the system (`ENOENT`), also if nothing matches a pattern;
 * - a FlowLogError `outside_folder` for a symbolic link that leads out of the folder.
 */
export function localObjects(path: string | URL): AsyncGenerator<SourceObject, void, undefined>;

/**
 * Returns the objects in Amazon S3 below a prefix, in the order of their keys. Needs the package `@aws-sdk/client-s3`, and the
 * permissions `s3:ListBucket` and `s3:GetObject`.
 *
 * Folders are listed as AWS lays them out, with or without partitions for Hive and per hour: those of other services and of
 * other days are not requested. An object whose connection ends is requested again from there.
 *
 * @throws {FlowLogError} `invalid_option`, at once
 * @example
 * const objects = s3Objects('s3://bucket/AWSLogs/123456789010/', { since: '2026-01-01', until: '2026-01-08' });
 */
export function s3Objects(url: string | URL, options?: S3Options): AsyncGenerator<SourceObject, void, undefined>;

/**
 * Returns the objects that the messages of a queue announce. Needs the packages `@aws-sdk/client-sqs` and
 * `@aws-sdk/client-s3`, and the permissions `sqs:ReceiveMessage`, `sqs:DeleteMessage`, `sqs:ChangeMessageVisibility` and
 * `s3:GetObject`.
 *
 * A message is deleted when all its objects are acknowledged. If one is released, it is visible again after `visibilityTimeout`. A message
 * that is not a notification is reported and stays in the queue, whose dead-letter queue receives it in the end.
 *
 * @param queueUrl `https://sqs.eu-central-1.amazonaws.com/123456789010/flow-logs`
 * @throws {FlowLogError} `invalid_option`, at once
 */
export function sqsObjects(queueUrl: string | URL, options?: SqsOptions): AsyncGenerator<SourceObject, void, undefined>;

/**
 * Returns the objects that a notification announces; a test event announces none. A notification is
 *
 * - an event of Amazon S3, or one of EventBridge;
 * - a message of SQS or SNS with such an event, or one of SQS with one of SNS;
 * - the event of a Lambda function with any of these.
 *
 * @param notification its text, or the object that the text is
 * @throws {FlowLogError} `invalid_notification` if it is none of these, or is damaged
 * @example
 * readNotification(message.Body).map(({ bucket, key }) => `s3://${bucket}/${key}`);
 */
export function readNotification(notification: unknown): S3Reference[];

/**
 * Returns the format of a flow log, for the option `format`: records in CloudWatch Logs and Firehose do not have it. Needs the
 * package `@aws-sdk/client-ec2` and the permission `ec2:DescribeFlowLogs`.
 *
 * @throws {FlowLogError} `unknown_flow_log`; `invalid_option` if the identifier cannot be one
 * @example
 * const parser = new Parser({ format: await describeFormat('fl-0123456789abcdef0') });
 */
export function describeFormat(flowLogId: string, options?: ClientOptions): Promise<string>;
