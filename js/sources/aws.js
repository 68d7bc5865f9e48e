/**
 * Clients of AWS, from the packages of the AWS SDK for JavaScript: optional peer dependencies, loaded when first needed.
 *
 * Without options, a client takes the region and the credentials from its environment, as all tools of AWS do.
 *
 * @module
 */

import { FlowLogError } from '../node.js';

/**
 * A client of the AWS SDK.
 *
 * @typedef {object} Client
 * @property {(command: object, options?: { abortSignal?: AbortSignal }) => Promise<any>} send
 */

/** Returns the package of Amazon S3. */
export const loadS3 = () => load('@aws-sdk/client-s3', import('@aws-sdk/client-s3'));

/** Returns the package of Amazon SQS. */
export const loadSqs = () => load('@aws-sdk/client-sqs', import('@aws-sdk/client-sqs'));

/** Returns the package of Amazon EC2. */
export const loadEc2 = () => load('@aws-sdk/client-ec2', import('@aws-sdk/client-ec2'));

/**
 * @template T
 * @param {string} name
 * @param {Promise<T>} loading
 * @returns {Promise<T>}
 */
async function load(name, loading) {
  try {
    return await loading;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new FlowLogError(`the package ${name} is not installed: run npm install ${name}`, { code: 'missing_package' });
  }
}

/**
 * Returns an error of an AWS request that says what was requested and which permission it needs.
 *
 * @param {unknown} error
 * @param {string} what `s3://bucket/key: cannot be read`
 * @param {string} permission `s3:GetObject`
 * @returns {Error}
 */
export function requestError(error, what, permission) {
  if (!(error instanceof Error)) return new Error(`${what}: ${error}`);
  if (error.name === 'AbortError' || error instanceof FlowLogError) return error;
  const isDenied = /AccessDenied|Forbidden|UnauthorizedOperation|Credentials/.test(error.name) || statusOf(error) === 403;
  const advice = isDenied ? `; the role needs the permission ${permission}` : '';
  return Object.assign(new Error(`${what}: ${error.name}: ${error.message}${advice}`, { cause: error }), { code: error.name });
}

/** Returns the HTTP status of an error of the SDK, if a server has answered. @param {unknown} error */
export function statusOf(error) {
  const metadata = isObject(error) ? error.$metadata : undefined;
  return isObject(metadata) && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}
