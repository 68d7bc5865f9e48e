/**
 * The option `--flow-log`: the format of a flow log, as AWS knows it.
 *
 * @module
 */

import { describeFormat } from '../sources/index.js';
import { UsageError, messageOf } from './arguments.js';

/** AWS did not say what the command needs to know; the message says why. */
export class AwsError extends Error {}

/**
 * Gives a parser the format of a flow log, if one is named.
 *
 * @param {{ format?: import('../index.js').Format | null }} parser options
 * @param {string | undefined} flowLogId
 * @throws {UsageError | AwsError}
 */
export async function askForFormat(parser, flowLogId) {
  if (flowLogId === undefined) return;
  try {
    parser.format = await describeFormat(flowLogId);
  } catch (error) {
    const message = `--flow-log: ${messageOf(error)}`;
    const isUsage = error instanceof Error && 'code' in error && error.code === 'invalid_option';
    throw isUsage ? new UsageError(message) : new AwsError(message, { cause: error });
  }
}
