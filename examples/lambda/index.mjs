// Ships flow logs from Amazon S3 to Elasticsearch: S3 announces objects to a queue, and the queue calls this function.

import { createSqsHandler } from 'vpcflow-ecs/lambda';

const { ELASTICSEARCH_URL, ELASTICSEARCH_API_KEY, NAMESPACE } = process.env;

// logs-aws.vpcflow-NAMESPACE
const dataStream = { namespace: NAMESPACE };

export const handler = createSqsHandler({
  url: ELASTICSEARCH_URL,
  apiKey: ELASTICSEARCH_API_KEY,
  dataStream,
  // An event that is sent again becomes the same document.
  id: 'fingerprint',
  // A bad line becomes a document that says why. Without this, the message of its object goes to the dead-letter queue.
  parser: { dataStream, onError: 'document' },
});
