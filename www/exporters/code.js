// Programs that use the package.

import { js } from './quote.js';

function options({ format, schema, mode }, indent = '  ') {
  const given = Object.entries({ format, schema, mode }).filter(([, value]) => value);
  return given.map(([name, value]) => `${indent}${name}: ${js(value)},`).join('\n');
}

export function node(format) {
  return `// node flow-logs.mjs flow.log.gz > documents.ndjson
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Parser } from 'vpcflow-ecs';

const parser = new Parser({
${options(format)}
  onError: 'skip',
  report: (error) => console.error(error.message),
});

const [path] = process.argv.slice(2);
const file = createReadStream(path);
const chunks = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;

for await (const chunk of chunks) process.stdout.write(parser.push(chunk));
process.stdout.write(parser.end());
console.error(parser.stats);
`;
}

export function lambda(format) {
  return `// index.mjs: functions of AWS Lambda for Node.js 20 or later, to be deployed with the packages vpcflow-ecs and @aws-sdk/client-s3.
// They send documents to Elasticsearch. The handler is one of
// - index.queue: messages of Amazon SQS from Amazon S3, SNS or EventBridge, with ReportBatchItemFailures;
// - index.s3: notifications of Amazon S3, SNS or EventBridge;
// - index.cloudWatch: a subscription of CloudWatch Logs.
// Environment: ELASTICSEARCH_URL, ELASTICSEARCH_API_KEY, and NAMESPACE of the data stream logs-aws.vpcflow-NAMESPACE.
import { createCloudWatchHandler, createS3Handler, createSqsHandler } from 'vpcflow-ecs/lambda';

const { ELASTICSEARCH_URL, ELASTICSEARCH_API_KEY, NAMESPACE = 'default' } = process.env;
const dataStream = { namespace: NAMESPACE };

const options = {
  url: ELASTICSEARCH_URL,
  apiKey: ELASTICSEARCH_API_KEY,
  dataStream,
  id: 'fingerprint',
  parser: {
${options(format, '    ')}
    dataStream,
    onError: 'document',
  },
};

export const queue = createSqsHandler(options);
export const s3 = createS3Handler(options);
export const cloudWatch = createCloudWatchHandler(options);
`;
}
