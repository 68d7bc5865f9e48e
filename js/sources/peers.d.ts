// The parts of the optional peer dependencies that this room calls. Their own types are not needed to check the package.

interface AwsSdkClient {
  send(command: object, options?: { abortSignal?: AbortSignal }): Promise<any>;
}

declare module '@aws-sdk/client-s3' {
  export const S3Client: new (configuration: object) => AwsSdkClient;
  export const GetObjectCommand: new (input: object) => object;
  export const ListObjectsV2Command: new (input: object) => object;
}

declare module '@aws-sdk/client-sqs' {
  export const SQSClient: new (configuration: object) => AwsSdkClient;
  export const ReceiveMessageCommand: new (input: object) => object;
  export const DeleteMessageCommand: new (input: object) => object;
  export const ChangeMessageVisibilityCommand: new (input: object) => object;
}

declare module '@aws-sdk/client-ec2' {
  export const EC2Client: new (configuration: object) => AwsSdkClient;
  export const DescribeFlowLogsCommand: new (input: object) => object;
}
