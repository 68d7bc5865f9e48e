// Configurations of programs that ship logs.

import { js, yaml } from './quote.js';

/** The last version of fields that shippers support. */
const KNOWN_VERSION = 5;

const isKnown = ({ version, fields }) => version <= KNOWN_VERSION && fields.every(({ known }) => known);

export function filebeat(format) {
  const { fields, mode } = format;
  const names = fields.map(({ name }) => name).join(' ');
  const first = yaml(`^${fields[0].name}${fields[1] ? ` ${fields[1].name}` : ''}( |$)`);
  const parse = isKnown(format)
    ? `
      - parse_aws_vpc_flow_log:
          field: message
          target_field: aws.vpcflow
          mode: ${mode ?? 'ecs'}
          format: ${yaml(names)}`
    : '';
  const note = isKnown(format)
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
  api_key: '\${ES_API_KEY}'${isKnown(format) ? '' : '\n  pipeline: aws-vpcflow'}
`;
}

export function vector(format) {
  const { fields } = format;
  const columns = fields.map(({ column }) => column);
  const head = `${fields[0].name}${fields[1] ? ` ${fields[1].name}` : ''}`;
  const parse = isKnown(format)
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
      if starts_with(line, ${js(head)}) { abort }
      ${parse}

sinks:
  out:
    type: console
    inputs: [parsed]
    encoding:
      codec: json
`;
}

export function otel({ fields }) {
  const columns = fields.map(({ column }) => column).join(' ');
  const head = `^${fields[0].name}${fields[1] ? ` ${fields[1].name}` : ''}( |$)`;
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
        expr: ${yaml(`body matches ${js(head)}`)}
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
