// For AWS itself: the flow log with this format, and the Athena table of its files.

import { column, hcl, shell } from './quote.js';

const BUCKET = 'amzn-s3-demo-bucket';

/** Returns the resource that a flow log with these fields is created for. */
function resource({ fields }) {
  if (fields.some(({ logTypes }) => !logTypes.includes('vpc'))) {
    return { type: 'TransitGateway', argument: 'transit_gateway_id', id: 'tgw-0123456789abcdef0' };
  }
  return { type: 'VPC', argument: 'vpc_id', id: 'vpc-0abcdef0123456789' };
}

const tagNote = ({ fields }, mark) => (fields.some(({ kind }) => kind === 'tag')
  ? `${mark} Tag fields stay empty until TagFieldSpecifications of the flow log name their tag keys.\n`
  : '');

export function cli(format) {
  const { type, id } = resource(format);
  const options = [
    `--resource-type ${type}`, `--resource-ids ${id}`, ...(type === 'VPC' ? ['--traffic-type ALL'] : []),
    '--log-destination-type s3', `--log-destination arn:aws:s3:::${BUCKET}/flow-logs/`,
    '--destination-options FileFormat=plain-text,HiveCompatiblePartitions=false,PerHourPartition=false',
    '--max-aggregation-interval 60', `--log-format ${shell(format.format)}`,
  ];
  return `${tagNote(format, '#')}aws ec2 create-flow-logs \\\n  ${options.join(' \\\n  ')}\n`;
}

export function terraform(format) {
  const { type, argument, id } = resource(format);
  const pairs = [
    [argument, hcl(id)], ...(type === 'VPC' ? [['traffic_type', '"ALL"']] : []), ['log_destination_type', '"s3"'],
    ['log_destination', hcl(`arn:aws:s3:::${BUCKET}/flow-logs/`)], ['max_aggregation_interval', '60'], ['log_format', hcl(format.format)],
  ];
  const lines = pairs.map(([name, value]) => `  ${name.padEnd(24)} = ${value}`);
  return `${tagNote(format, '#')}resource "aws_flow_log" "flow_log" {
${lines.join('\n')}

  destination_options {
    file_format                = "plain-text"
    hive_compatible_partitions = false
    per_hour_partition         = false
  }
}
`;
}

/** AWS's own statement declares the protocol as a bigint. */
const TYPES = { integer: 'int', long: 'bigint', timestamp: 'bigint', string: 'string', ip: 'string' };

/** Returns a table of the text files in a bucket, with partitions that Athena derives from the path. */
export function athena({ fields }) {
  const columns = fields.map(({ column: name, type, kind }) => `  ${column(name)} ${kind === 'protocol' ? 'bigint' : TYPES[type] ?? 'string'}`);
  const base = `s3://${BUCKET}/flow-logs/AWSLogs/123456789010/vpcflowlogs`;
  return `-- One table per account. The columns must be all fields of the flow log, in its order. Numeric columns read a dash as NULL.
CREATE EXTERNAL TABLE IF NOT EXISTS ${column('vpc_flow_logs')} (
${columns.join(',\n')}
)
PARTITIONED BY (
  ${column('log_region')} string,
  ${column('log_day')} string
)
ROW FORMAT DELIMITED
FIELDS TERMINATED BY ' '
STORED AS TEXTFILE
LOCATION '${base}/'
TBLPROPERTIES (
  'skip.header.line.count' = '1',
  'projection.enabled' = 'true',
  'projection.log_region.type' = 'enum',
  'projection.log_region.values' = 'eu-central-1,us-east-1',
  'projection.log_day.type' = 'date',
  'projection.log_day.format' = 'yyyy/MM/dd',
  'projection.log_day.range' = '2025/01/01,NOW',
  'storage.location.template' = '${base}/\${log_region}/\${log_day}'
);
`;
}
