// The declarations of `vpcflow-ecs/sources`, as users have them without the AWS SDK.

import { describeFormat, localObjects, openSources, readNotification, s3Objects, sqsObjects } from 'vpcflow-ecs/sources';
import type { AwsClient, S3Reference, SourceObject } from 'vpcflow-ecs/sources';

declare const client: AwsClient;

export async function all(signal: AbortSignal): Promise<void> {
  for await (const object of openSources(['logs', '-', new URL('file:///logs'), new Blob(['a']).stream() as AsyncIterable<Uint8Array>], { since: '2026-01-01', watch: true, signal })) {
    const size: number | undefined = object.size;
    for await (const chunk of object.open({ signal })) chunk.subarray(size ?? 1);
    await object.acknowledge?.();
    await object.release?.();
  }
  const objects: AsyncGenerator<SourceObject, void, undefined>[] = [
    localObjects('a.log'),
    s3Objects('s3://bucket/prefix', { since: new Date(), until: '2026-01-02T00:00Z', client }),
    sqsObjects('https://sqs.us-east-1.amazonaws.com/123456789012/a', { watch: false, visibilityTimeout: 60, report: (error) => error.message }),
  ];
  objects.length;
  const references: S3Reference[] = readNotification('{}');
  references[0]?.key.length;
  const format: string = await describeFormat('fl-0123456789abcdef0', { client });
  format.length;
  // @ts-expect-error: it is a Date or a text
  s3Objects('s3://bucket', { since: 1 });
  // @ts-expect-error: a list of sources
  openSources('a.log', { unknown: true });
}
