/**
 * The transformation of a stream of Amazon Data Firehose. Its contract is on the page "Transform source data in Amazon Data
 * Firehose" of its Developer Guide: each record is answered once, as `Ok`, `Dropped` or `ProcessingFailed`.
 *
 * @module
 */

import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { FlowLogError, Parser, decode } from 'vpcflow-ecs';
import { bytesOf, log, recordsOf } from './event.js';

/** The longest answer of a Lambda function is 6 MB (page "Lambda quotas"), taken for the smaller of the two millions. */
const ANSWER_BYTES = 6_000_000;

/**
 * Returns the handler of a transformation. Types and an example are in `index.d.ts`.
 *
 * @param {import('./index.js').FirehoseOptions} [options]
 * @returns {import('./index.js').FirehoseHandler}
 */
export function createFirehoseTransform({ report = log, gzip = false, ...options } = {}) {
  const settings = { ...options, report };
  // The parser says what is wrong with its options, here and now.
  new Parser(settings).free();
  return async function transform(event) {
    const records = recordsOf(event, 'records');
    const parser = new Parser(settings);
    // Every record has an answer, whatever the others need.
    let free = ANSWER_BYTES - records.reduce((sum, { recordId }) => sum + lengthOf(failed(recordId)), '{"records":[]}'.length);
    const answers = [];
    try {
      for (const { recordId, data, kafkaRecordValue } of records) {
        try {
          const documents = await answerOf(documentsOf(parser, data ?? kafkaRecordValue), { gzip, free });
          free -= lengthInBase64(documents.length);
          answers.push(documents.length > 0 ? { recordId, result: 'Ok', data: documents.toString('base64') } : { recordId, result: 'Dropped' });
        } catch (error) {
          parser.reset();
          report(named(recordId, error));
          answers.push(failed(recordId));
        }
      }
    } finally {
      parser.free();
    }
    return { records: /** @type {import('./index.js').FirehoseAnswer[]} */ (answers) };
  };
}

/** @param {string} recordId */
function failed(recordId) {
  return { recordId, result: 'ProcessingFailed' };
}

/** Returns the length of an answer in JSON, with a comma and the member `data`. @param {object} answer */
function lengthOf(answer) {
  return Buffer.byteLength(JSON.stringify(answer)) + ',"data":"",'.length;
}

/**
 * Yields the documents of a record, which has one event or many.
 *
 * @param {import('../index.js').Parser} parser
 * @param {unknown} data base64
 */
async function* documentsOf(parser, data) {
  for await (const text of decode(bytesOf(data, 'data'))) yield parser.push(text);
  yield parser.end();
}

/**
 * Returns the bytes of an answer; none if there are no documents.
 *
 * @param {AsyncIterable<Uint8Array>} documents
 * @param {{ gzip: boolean, free: number }} settings `free`: characters of base64 that the answer can hold
 * @throws {Error}
 */
async function answerOf(documents, { gzip, free }) {
  /** @type {Uint8Array[]} */
  const chunks = [];
  let length = 0;
  let hasDocuments = false;
  const noted = async function* () {
    for await (const chunk of documents) {
      hasDocuments ||= chunk.length > 0;
      yield chunk;
    }
  };
  /** @param {AsyncIterable<Uint8Array>} output */
  const collect = async (output) => {
    for await (const chunk of output) {
      length += chunk.length;
      if (lengthInBase64(length) > free) {
        const advice = 'lower the buffer size of the transformation (BufferSizeInMBs), or use the option "gzip" if the destination takes it';
        throw new FlowLogError(`the answer of all records would be longer than ${ANSWER_BYTES} bytes: ${advice}`, { code: 'answer_too_large' });
      }
      chunks.push(chunk);
    }
  };
  if (gzip) await pipeline(noted, createGzip(), collect);
  else await collect(noted());
  return hasDocuments ? Buffer.concat(chunks) : Buffer.alloc(0);
}

/** @param {number} bytes */
function lengthInBase64(bytes) {
  return Math.ceil(bytes / 3) * 4;
}

/** @param {string} recordId @param {unknown} thrown */
function named(recordId, thrown) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const message = `record ${recordId}: ${error.message}`;
  return error instanceof FlowLogError ? new FlowLogError(message, error) : new Error(message, { cause: error });
}
