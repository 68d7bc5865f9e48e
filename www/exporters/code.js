// Programs that use the package.

import { js } from './quote.js';

function options({ format, schema, mode }) {
  const lines = [`  format: ${js(format)},`, `  schema: ${js(schema)},`];
  if (mode) lines.push(`  mode: ${js(mode)},`);
  return lines.join('\n');
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
  return `// index.mjs: an AWS Lambda function for Node.js 20 or later, to be deployed with the package vpcflow-ecs.
// It receives notifications of Amazon S3 and subscriptions of CloudWatch Logs, and sends documents to Elasticsearch.
// Environment: ELASTICSEARCH_URL, ELASTICSEARCH_API_KEY, and DATA_STREAM (default: logs-aws.vpcflow-default).
import { gunzipSync } from 'node:zlib';
import { Parser } from 'vpcflow-ecs';

const { ELASTICSEARCH_URL, ELASTICSEARCH_API_KEY, DATA_STREAM = 'logs-aws.vpcflow-default' } = process.env;
const BATCH = 5000;

const parser = new Parser({
${options(format)}
  dataStream: true,
  onError: 'document',
});

export async function handler(event) {
  if (event.awslogs) return send(fromCloudWatch(event));
  for (const { eventName = '', s3 } of event.Records ?? []) {
    if (!eventName.startsWith('ObjectCreated:')) continue;
    await send(await fromS3(s3.bucket.name, decodeURIComponent(s3.object.key.replaceAll('+', ' '))));
  }
}

/** Returns the records of a subscription: JSON, compressed by gzip, in base64. */
function fromCloudWatch({ awslogs }) {
  const { messageType, logEvents } = JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString());
  return messageType === 'DATA_MESSAGE' ? logEvents.map(({ message }) => message).join('\\n') : '';
}

/** Returns the text of an object, which gzip may have compressed. */
async function fromS3(bucket, key) {
  const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const { Body } = await new S3Client({}).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const bytes = await Body.transformToByteArray();
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

async function send(lines) {
  const documents = new TextDecoder().decode(parser.toNdjson(lines)).split('\\n').filter(Boolean);
  for (let start = 0; start < documents.length; start += BATCH) {
    const body = documents.slice(start, start + BATCH).map((document) => \`{"create":{}}\\n\${document}\\n\`).join('');
    const response = await fetch(new URL(\`\${DATA_STREAM}/_bulk\`, ELASTICSEARCH_URL), {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', authorization: \`ApiKey \${ELASTICSEARCH_API_KEY}\` },
      body,
    });
    if (!response.ok) throw new Error(\`Elasticsearch responded with status \${response.status}: \${await response.text()}\`);
    const { errors, items } = await response.json();
    // 409: the document already exists.
    const failed = errors ? items.filter(({ create }) => create.error && create.status !== 409) : [];
    if (failed.length > 0) throw new Error(\`\${failed.length} documents were rejected; the first: \${JSON.stringify(failed[0])}\`);
  }
}
`;
}
