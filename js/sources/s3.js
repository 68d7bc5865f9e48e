/**
 * Objects of Amazon S3: listed below a prefix by AWS's own layout, and read.
 *
 * @module
 */

import { FlowLogError } from 'vpcflow-ecs';
import { checkNames } from '../core/options.js';
import { loadS3, requestError, statusOf } from './aws.js';
import { checkKey, fileOf, folderOf } from './key.js';

/** @typedef {import('./index.js').S3Options} S3Options */
/** @typedef {import('./index.js').S3Reference} S3Reference */
/** @typedef {import('./index.js').SourceObject} SourceObject */
/** @typedef {import('./aws.js').Client} Client */

/** The number of times that reading continues after a connection has ended in the middle of an object. */
const CONTINUATIONS = 4;

/**
 * Yields the objects below a prefix, in the order of their keys. Types and an example are in `index.d.ts`.
 *
 * @param {string | URL} url
 * @param {S3Options} [options]
 * @returns {AsyncGenerator<SourceObject, void, undefined>}
 * @throws {FlowLogError} `invalid_option`
 */
export function s3Objects(url, options = {}) {
  checkNames(options, 's3Objects', ['since', 'until', 'client', 'signal']);
  const { bucket, prefix } = parseS3Url(String(url));
  const span = spanOf(options);
  const { client: given, signal } = options;
  return (async function* objects() {
    const client = await s3Client(given);
    for await (const found of list({ bucket, span, client, signal }, prefix)) yield s3Object(found, client);
  })();
}

/**
 * Returns the bucket and the prefix of a URL.
 *
 * @param {string} url
 * @throws {FlowLogError} `invalid_option`
 */
function parseS3Url(url) {
  const [, bucket, prefix] = /^s3:\/\/([a-zA-Z0-9._-]{3,255})(?:\/(.*))?$/s.exec(url) ?? [];
  if (bucket === undefined) {
    throw new FlowLogError(`expected s3://BUCKET/PREFIX, found ${JSON.stringify(url)}`, { code: 'invalid_option' });
  }
  return { bucket, prefix: prefix ?? '' };
}

/** @param {unknown} [given] @returns {Promise<Client>} */
export async function s3Client(given) {
  if (given !== undefined) return /** @type {Client} */ (given);
  const { S3Client } = await loadS3();
  return new S3Client({ followRegionRedirects: true });
}

/**
 * Returns an object of a source, which is not requested before it is opened.
 *
 * @param {S3Reference} found
 * @param {Client} client
 * @returns {SourceObject}
 */
export function s3Object(found, client) {
  const { bucket, key, size, etag, versionId } = found;
  const version = etag ?? versionId;
  return {
    name: `s3://${bucket}/${key}`,
    ...(size !== undefined && { size }),
    ...(version !== undefined && { version }),
    hasRanges: true,
    open: (options = {}) => read(found, client, options),
  };
}

/**
 * Reads an object or a range of it, and continues where a connection has ended in its middle.
 *
 * @param {S3Reference} found
 * @param {Client} client
 * @param {import('./index.js').OpenOptions} options
 * @returns {AsyncGenerator<Uint8Array, void, undefined>}
 */
async function* read({ bucket, key, versionId, size, etag: known }, client, { signal, start = 0, end: stop }) {
  checkKeyOf(bucket, key);
  // A range that begins at the end is an error in S3.
  if (start >= (stop ?? size ?? Infinity)) return;
  const { GetObjectCommand } = await loadS3();
  const version = versionId === undefined ? {} : { VersionId: versionId };
  let offset = start;
  /** @type {string | undefined} of the object that a range is of, or of the first answer */
  let etag = start > 0 || stop !== undefined ? known && `"${known}"` : undefined;
  /** @type {number | undefined} */
  let end;
  for (let continuations = 0; ; continuations++) {
    // The bytes before the offset and those after it have to be of one object.
    const range = offset > 0 || stop !== undefined
      ? { Range: `bytes=${offset}-${stop === undefined ? '' : stop - 1}`, ...(etag !== undefined && { IfMatch: etag }) }
      : {};
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...version, ...range });
      const { Body, ETag, ContentLength } = await client.send(command, signal ? { abortSignal: signal } : {});
      etag ??= ETag;
      end ??= ContentLength === undefined ? undefined : offset + ContentLength;
      for await (const chunk of Body) {
        yield chunk;
        offset += chunk.length;
      }
      if (end === undefined || offset >= end) return;
      throw new Error(`the connection ended after ${offset} of ${end} bytes`);
    } catch (error) {
      signal?.throwIfAborted();
      // An error after the last byte is another one: the checksum is wrong.
      const isCut = statusOf(error) === undefined && offset > start && offset < (end ?? Infinity);
      if (!isCut || continuations >= CONTINUATIONS) throw requestError(error, `s3://${bucket}/${key}: cannot be read`, 's3:GetObject');
    }
  }
}

/**
 * A listing of a bucket.
 *
 * @typedef {object} Listing
 * @property {string} bucket
 * @property {Span} span
 * @property {Client} client
 * @property {AbortSignal | undefined} signal
 *
 * @typedef {{ start: number, end: number }} Span from `start` to before `end`, in milliseconds since 1970
 */

/**
 * Lists a folder, by its part of AWS's layout:
 *
 * - one of another service, or of another time, is skipped;
 * - one whose objects all belong to the span is listed as a whole, without its folders;
 * - any other is listed folder by folder.
 *
 * @param {Listing} listing
 * @param {string} prefix
 * @returns {AsyncGenerator<S3Reference, void, undefined>}
 */
async function* list(listing, prefix) {
  const { bucket, span, client, signal } = listing;
  const { ListObjectsV2Command } = await loadS3();
  const folder = folderOf(prefix.slice(0, prefix.lastIndexOf('/') + 1));
  const isAll = span.start === -Infinity && span.end === Infinity;
  const isInside = isAll || (folder.span !== undefined && span.start <= folder.span.start && folder.span.end <= span.end);
  const isWhole = folder.isFlowLog && isInside;
  /** @type {string | undefined} */
  let token;
  do {
    signal?.throwIfAborted();
    const input = {
      Bucket: bucket,
      Prefix: prefix,
      // XML cannot hold every key.
      EncodingType: 'url',
      ...(!isWhole && { Delimiter: '/' }),
      ...(token !== undefined && { ContinuationToken: token }),
    };
    let page;
    try {
      page = await client.send(new ListObjectsV2Command(input), signal ? { abortSignal: signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw requestError(error, `s3://${bucket}/${prefix}: cannot be listed`, 's3:ListBucket');
    }
    /** @type {{ key: string, item?: any }[]} */
    const entries = [
      ...(page.Contents ?? []).map((/** @type {any} */ item) => ({ key: decode(item.Key), item })),
      ...(page.CommonPrefixes ?? []).map((/** @type {any} */ { Prefix }) => ({ key: decode(Prefix) })),
    ];
    // A page has its objects before its folders, whatever their keys are.
    for (const { key, item } of entries.sort((a, b) => (a.key < b.key ? -1 : 1))) {
      if (item === undefined) {
        if (hasPart(key, span)) yield* list(listing, key);
      } else if (!(key.endsWith('/') && item.Size === 0) && isOf(span, key, item)) {
        // Notifications have no quotes around it.
        yield { bucket, key, size: item.Size, etag: item.ETag?.replaceAll('"', '') };
      }
    }
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** @param {string} encoded */
const decode = (encoded) => decodeURIComponent(encoded.replaceAll('+', ' '));

/**
 * True if a folder may have flow logs of a span.
 *
 * @param {string} prefix
 * @param {Span} span
 */
function hasPart(prefix, span) {
  const folder = folderOf(prefix);
  return !folder.isOther && (folder.span === undefined || (folder.span.start < span.end && span.start < folder.span.end));
}

/**
 * True if an object is of a span: by the time in its name or, in other names, by the time of its last change.
 *
 * @param {Span} span
 * @param {string} key
 * @param {{ LastModified?: Date }} item
 */
function isOf(span, key, { LastModified }) {
  const time = fileOf(key)?.time ?? LastModified?.getTime() ?? 0;
  return span.start <= time && time < span.end;
}

/**
 * @param {S3Options} options
 * @returns {Span}
 */
function spanOf({ since, until }) {
  const start = since === undefined ? -Infinity : timeOf('since', since);
  const end = until === undefined ? Infinity : timeOf('until', until);
  if (start < end) return { start, end };
  throw new FlowLogError('option "until": expected a time after that of option "since"', { code: 'invalid_option' });
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function timeOf(name, value) {
  const isText = typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(value);
  const time = isText || value instanceof Date ? new Date(value).getTime() : NaN;
  if (!Number.isNaN(time)) return time;
  const expected = 'a Date, a day (2026-01-31) or a time with its zone (2026-01-31T12:00Z)';
  throw new FlowLogError(`option "${name}": expected ${expected}, found ${JSON.stringify(value)}`, { code: 'invalid_option' });
}

/**
 * @param {string} bucket
 * @param {string} key
 */
function checkKeyOf(bucket, key) {
  try {
    checkKey(key);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new FlowLogError(`s3://${bucket}: ${problem}`, { code: 'invalid_key', problem });
  }
}
