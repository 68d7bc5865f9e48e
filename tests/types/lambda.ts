// The declarations of `vpcflow-ecs/lambda`.

import { createCloudWatchHandler, createFirehoseTransform, createS3Handler, createSqsHandler } from 'vpcflow-ecs/lambda';
import type { AwsClient } from 'vpcflow-ecs/sources';

declare const s3: AwsClient;

export const queue = createSqsHandler({ url: 'https://localhost:9200', dataStream: true, id: 'fingerprint', parser: { format: 'v5' }, s3 });
export const straight = createS3Handler({ url: ['https://a', 'https://b'], apiKey: 'key', index: 'logs', report: (error) => error.message });
export const cloudWatch = createCloudWatchHandler({ to: ({ body }) => body.length });
export const firehose = createFirehoseTransform({ format: 'v5', onError: 'skip', report: (error) => error.message });

export async function call(): Promise<string | undefined> {
  await straight({}, { getRemainingTimeInMillis: () => 1 });
  const { batchItemFailures: [failure] } = await queue({ Records: [] });
  const { records: [answer] } = await firehose({ records: [] });
  if (answer?.result === 'Ok') return answer.data;
  return failure?.itemIdentifier;
}

// @ts-expect-error: a destination is missing
createS3Handler({ dataStream: true });
// @ts-expect-error: Firehose delivers the documents itself
createFirehoseTransform({ bulk: { dataStream: true } });
