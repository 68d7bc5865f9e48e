// Configurations of programs that ship logs.

import { SHIPPERS } from '../shippers/mappings.js';
import { js, yaml } from './quote.js';

/** Returns the start of the header line of files with these fields. */
const headOf = (fields) => fields.slice(0, 2).map(({ name }) => name).join(' ');

/** True if a shipper knows all fields of a format. */
function isKnown(id, { fields }) {
  const { reads } = SHIPPERS.find((shipper) => shipper.id === id);
  return fields.every((field) => field.known && reads(field));
}

export function filebeat(format) {
  const { fields, mode } = format;
  const names = fields.map(({ name }) => name).join(' ');
  const first = yaml(`^${headOf(fields)}( |$)`);
  const knows = isKnown('beats', format);
  const parse = knows
    ? `
      - parse_aws_vpc_flow_log:
          field: message
          target_field: aws.vpcflow
          mode: ${mode ?? 'ecs'}
          format: ${yaml(names)}`
    : '';
  const note = knows
    ? ''
    : `# The processor of Filebeat does not support all of these fields. The lines are sent unchanged, and Elasticsearch parses
# them with the ingest pipeline that this page exports. Store it under the name aws-vpcflow.
`;
  return `${note}filebeat.inputs:
  - type: aws-s3
    queue_url: https://sqs.eu-central-1.amazonaws.com/123456789010/flow-logs
    number_of_workers: 5
    processors:
      - drop_event:
          when:
            regexp:
              message: ${first}${parse}

output.elasticsearch:
  hosts: ['https://localhost:9200']
  api_key: '\${ES_API_KEY}'${knows ? '' : '\n  pipeline: aws-vpcflow'}
`;
}

export function vector(format) {
  const { fields } = format;
  const columns = fields.map(({ column }) => column);
  const parse = isKnown('vector', format)
    ? `. = parse_aws_vpc_flow_log!(line, format: ${js(columns.join(' '))})`
    : `# The function of Vector does not support all of these fields.
      values = split(line, " ")
      if length(values) != ${fields.length} { abort }
      . = {
${columns.map((column, index) => `        ${js(column)}: values[${index}]`).join(',\n')}
      }`;
  return `sources:
  flow_logs:
    type: aws_s3
    region: eu-central-1
    compression: auto
    sqs:
      queue_url: https://sqs.eu-central-1.amazonaws.com/123456789010/flow-logs

transforms:
  parsed:
    type: remap
    inputs: [flow_logs]
    drop_on_abort: true
    source: |
      line = strip_whitespace(string!(.message))
      # Skip the header line of each file.
      if starts_with(line, ${js(headOf(fields))}) { abort }
      ${parse}

sinks:
  out:
    type: console
    inputs: [parsed]
    encoding:
      codec: json
`;
}

/**
 * Returns a configuration with the encoding extension for AWS's logs, if its table has all fields; otherwise one that splits the
 * lines of files into columns.
 */
export function otel(format) {
  return isKnown('otel', format) ? otelEncoding(format) : otelColumns(format);
}

/** Returns a configuration with the extension. It reads the headers of files, and needs the format for CloudWatch Logs only, which have none. */
function otelEncoding({ fields }) {
  return `extensions:
  awslogs_encoding:
    format: vpcflow
    vpcflow:
      file_format: plain-text
      format: ${yaml(fields.map(({ name }) => name).join(' '))}

receivers:
  awss3:
    s3downloader:
      region: eu-central-1
      s3_bucket: amzn-s3-demo-bucket
      s3_prefix: flow-logs
    sqs:
      queue_url: https://sqs.eu-central-1.amazonaws.com/123456789010/flow-logs
      region: eu-central-1
    encodings:
      - extension: awslogs_encoding
        suffix: .log.gz

exporters:
  debug:
    verbosity: detailed

service:
  extensions: [awslogs_encoding]
  pipelines:
    logs:
      receivers: [awss3]
      exporters: [debug]
`;
}

function otelColumns({ fields }) {
  const columns = fields.map(({ column }) => column).join(' ');
  const time = fields.find(({ name }) => name === 'end') ?? fields.find(({ name }) => name === 'start');
  const timestamp = time
    ? `
        timestamp:
          parse_from: attributes.${time.column}
          layout_type: epoch
          layout: s`
    : '';
  return `receivers:
  filelog:
    include: [/var/log/flow-logs/*.log]
    start_at: beginning
    operators:
      - type: filter
        expr: ${yaml(`body matches ${js(`^${headOf(fields)}( |$)`)}`)}
      - type: csv_parser
        delimiter: ' '
        header: ${yaml(columns)}
        lazy_quotes: true${timestamp}

exporters:
  debug:
    verbosity: detailed

service:
  pipelines:
    logs:
      receivers: [filelog]
      exporters: [debug]
`;
}
