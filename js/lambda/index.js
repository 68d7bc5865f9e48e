/**
 * Entry `vpcflow-ecs/lambda`: functions of AWS Lambda.
 *
 * @module
 */

export { createFirehoseTransform } from './firehose.js';
export { createCloudWatchHandler, createS3Handler, createSqsHandler } from './handlers.js';
