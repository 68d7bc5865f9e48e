/**
 * Functions of AWS Lambda that deliver or transform flow logs.
 *
 * @module vpcflow-ecs/lambda
 */

import type { ParserOptions as MainParserOptions } from 'vpcflow-ecs';
import type { ShipOptions } from 'vpcflow-ecs/ship';
import type { AwsClient } from 'vpcflow-ecs/sources';

/** Options of `ship`, for every event that a function receives. Without a dead letter, a refused document fails the event. */
export type HandlerOptions = ShipOptions & {
  /** A client of `@aws-sdk/client-s3`. Default: one with the region and the credentials of the function. */
  s3?: AwsClient;
};

/** The part of Lambda's context that is used: a run ends five seconds before the function's time does. */
export interface LambdaContext {
  getRemainingTimeInMillis?(): number;
}

/** A function whose failure makes Lambda try again, and send the event to the function's destination for failures in the end. */
export type Handler = (event: unknown, context?: LambdaContext) => Promise<void>;

/** A function that names the messages that return to the queue, with `ReportBatchItemFailures`. */
export type SqsHandler = (event: unknown, context?: LambdaContext) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>;

/** Options of `createFirehoseTransform`: those of the parser. */
export interface FirehoseOptions extends Omit<MainParserOptions, 'bulk'> {
  /** Called for each record that is answered with `ProcessingFailed`, and for each bad line. Default: a line in the function's log. */
  report?: (error: Error) => void;
  /**
   * True to compress the documents of each record: for a destination in Amazon S3, where they become a gzip file of several
   * members. An answer then has space for about ten times as many. Default: false.
   */
  gzip?: boolean;
}

/** The answer to a record. */
export interface FirehoseAnswer {
  recordId: string;
  /** `Ok`: documents; `Dropped`: none, as for a header; `ProcessingFailed`: Firehose keeps the record for errors. */
  result: 'Ok' | 'Dropped' | 'ProcessingFailed';
  /** Base64 of NDJSON, which may be compressed, with `Ok`. */
  data?: string;
}

/** A function that transforms a batch of records. */
export type FirehoseHandler = (event: unknown) => Promise<{ records: FirehoseAnswer[] }>;

/**
 * Returns a handler for notifications of Amazon S3: straight, through SNS or through EventBridge. It ships the objects that an
 * event announces.
 *
 * @example
 * export const handler = createS3Handler({ url: process.env.ELASTICSEARCH_URL, dataStream: true, id: 'fingerprint' });
 */
export function createS3Handler(options: HandlerOptions): Handler;

/**
 * Returns a handler for the messages of an SQS queue that S3, SNS or EventBridge fills. Each message is a run of its own. One that
 * fails is reported and returns to the queue, and the others are deleted.
 *
 * @example
 * export const handler = createSqsHandler({ url: process.env.ELASTICSEARCH_URL, dataStream: true, id: 'fingerprint' });
 */
export function createSqsHandler(options: HandlerOptions): SqsHandler;

/**
 * Returns a handler for a subscription of CloudWatch Logs. Control messages are left out.
 *
 * @example
 * export const handler = createCloudWatchHandler({ url: process.env.ELASTICSEARCH_URL, dataStream: true, parser: { format: 'v5' } });
 */
export function createCloudWatchHandler(options: ShipOptions): Handler;

/**
 * Returns a transformation for Amazon Data Firehose: flow logs that AWS delivers to a stream, and subscriptions of CloudWatch Logs.
 *
 * A record that is not a flow log fails, and Firehose keeps it. So does one for which the answer, of 6 MB at most, has no space
 * left. Documents are several times as long as their lines: lower the buffer size, or use `gzip`.
 *
 * @throws {FlowLogError} if an option is wrong
 * @example
 * export const handler = createFirehoseTransform({ format: 'v5', dataStream: true });
 */
export function createFirehoseTransform(options?: FirehoseOptions): FirehoseHandler;
