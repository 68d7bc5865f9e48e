/**
 * Clients of AWS, from the packages of the AWS SDK for JavaScript: optional peer dependencies, loaded when first needed.
 *
 * Without options, a client takes the region and the credentials from its environment, as all tools of AWS do.
 *
 * @module
 */

import { FlowLogError } from 'vpcflow-ecs';
import { isMissingPackage } from '../core/error.js';

/**
 * A client of the AWS SDK.
 *
 * @typedef {object} Client
 * @property {(command: object, options?: { abortSignal?: AbortSignal }) => Promise<any>} send
 */

// Each in a `try` of its own: bundlers then take a package that is not installed for an optional one.

/** Returns the package of Amazon S3. */
export async function loadS3() {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (error) {
    throw loadError(error, '@aws-sdk/client-s3');
  }
}

/** Returns the package of Amazon SQS. */
export async function loadSqs() {
  try {
    return await import('@aws-sdk/client-sqs');
  } catch (error) {
    throw loadError(error, '@aws-sdk/client-sqs');
  }
}

/** Returns the package of Amazon EC2. */
export async function loadEc2() {
  try {
    return await import('@aws-sdk/client-ec2');
  } catch (error) {
    throw loadError(error, '@aws-sdk/client-ec2');
  }
}

/** @param {unknown} error @param {string} name */
function loadError(error, name) {
  if (!isMissingPackage(error)) return error;
  return new FlowLogError(`the package ${name} is not installed: run npm install ${name}`, { code: 'missing_package' });
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
