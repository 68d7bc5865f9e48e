// Programs that use the package.

import { js } from './quote.js';

function options({ format, schema, mode }, indent = '  ') {
  const given = Object.entries({ format, schema, mode }).filter(([, value]) => value);
  return given.map(([name, value]) => `${indent}${name}: ${js(value)},`).join('\n');
}

export function node(format) {
  return `// node flow-logs.mjs flow.log.gz > documents.ndjson
// Sources are files, folders, patterns, s3://BUCKET/PREFIX, queues of Amazon SQS, or - for standard input.
import { ship } from 'vpcflow-ecs/ship';
import { openSources } from 'vpcflow-ecs/sources';

const { failed, ...counts } = await ship(openSources(process.argv.slice(2)), {
  // For a cluster: url: 'https://localhost:9200', apiKey: process.env.ELASTICSEARCH_API_KEY, dataStream: true, id: 'fingerprint'
  writable: process.stdout,
  parser: {
${options(format, '    ')}
    onError: 'skip',
  },
  report: (error, { name }) => console.error(\`\${name}: \${error.message}\`),
});
console.error(counts);
if (failed.length > 0) process.exitCode = 1;
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
