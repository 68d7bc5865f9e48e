// For AWS itself: the flow log with this format, and the Athena table of its files.

import { column, hcl, shell, yaml } from './quote.js';

const BUCKET = 'amzn-s3-demo-bucket';

/** Returns the resource that a flow log with these fields is created for. */
function resource({ fields }) {
  if (fields.some(({ logTypes }) => !logTypes.includes('vpc'))) {
    return { type: 'TransitGateway', argument: 'transit_gateway_id', id: 'tgw-0123456789abcdef0' };
  }
  return { type: 'VPC', argument: 'vpc_id', id: 'vpc-0abcdef0123456789' };
}

/** The resources whose tags a flow log can have, with the starts of their fields' names. */
const TAGGED = { 'instance-tag': 'instance', 'interface-tag': 'network-interface', 'asg-tag': 'auto-scaling-group' };

/** Returns the tag keys that the fields of a format need, by resource. The keys are stand-ins: a format does not name them. */
function tagFields({ fields }) {
  return Object.entries(TAGGED).flatMap(([start, type]) => {
    // The first key is for the field without a number. A second one needs a first.
    const count = Math.max(0, ...fields.filter(({ name }) => name === start || name === `${start}-2`).map(({ name }) => (name === start ? 1 : 2)));
    return count ? [{ type, keys: ['TAG_KEY_1', 'TAG_KEY_2'].slice(0, count) }] : [];
  });
}

/** Returns the comments about tags, which end with a line feed. */
function tagNote(format, mark) {
  const others = format.fields.filter(({ kind, name }) => kind === 'tag' && !Object.hasOwn(TAGGED, name.replace(/-2$/, ''))).map(({ name }) => name);
  return [
    tagFields(format).length > 0 && 'Put the keys of your tags in place of TAG_KEY_1 and TAG_KEY_2.',
    others.length > 0 && `Name the keys of the tags in ${others.join(', ')}, too, in TagFieldSpecifications.`,
  ].filter(Boolean).map((note) => `${mark} ${note}\n`).join('');
}

export function cli(format) {
  const { type, id } = resource(format);
  const tags = tagFields(format).map(({ type: of, keys }) => shell(`ResourceType=${of},TagKeys=${keys.join(',')}`));
  const options = [
    `--resource-type ${type}`, `--resource-ids ${id}`, ...(type === 'VPC' ? ['--traffic-type ALL'] : []),
    '--log-destination-type s3', `--log-destination arn:aws:s3:::${BUCKET}/flow-logs/`,
    '--destination-options FileFormat=plain-text,HiveCompatiblePartitions=false,PerHourPartition=false',
    '--max-aggregation-interval 60', ...(tags.length ? [`--tag-field-specifications ${tags.join(' ')}`] : []), `--log-format ${shell(format.format)}`,
  ];
  return `${tagNote(format, '#')}aws ec2 create-flow-logs \\\n  ${options.join(' \\\n  ')}\n`;
}

/** Returns a template of CloudFormation. Without `Fn::Sub`, its texts have no variables. */
export function cloudformation(format) {
  const { type, id } = resource(format);
  const tags = tagFields(format).map(({ type: of, keys }) => `        - ResourceType: ${of}\n          TagKeys: [${keys.join(', ')}]`);
  return `${tagNote(format, '#')}Resources:
  FlowLog:
    Type: AWS::EC2::FlowLog
    Properties:
      ResourceType: ${type}
      ResourceId: ${id}
${type === 'VPC' ? '      TrafficType: ALL\n' : ''}      LogDestinationType: s3
      LogDestination: arn:aws:s3:::${BUCKET}/flow-logs/
      MaxAggregationInterval: 60
      LogFormat: ${yaml(format.format)}
${tags.length ? `      TagFieldSpecifications:\n${tags.join('\n')}\n` : ''}      DestinationOptions:
        FileFormat: plain-text
        HiveCompatiblePartitions: false
        PerHourPartition: false
`;
}

export function terraform(format) {
  const { type, argument, id } = resource(format);
  const pairs = [
    [argument, hcl(id)], ...(type === 'VPC' ? [['traffic_type', '"ALL"']] : []), ['log_destination_type', '"s3"'],
    ['log_destination', hcl(`arn:aws:s3:::${BUCKET}/flow-logs/`)], ['max_aggregation_interval', '60'], ['log_format', hcl(format.format)],
  ];
  const lines = pairs.map(([name, value]) => `  ${name.padEnd(24)} = ${value}`);
  const tags = tagFields(format).map(({ type: of, keys }) => `
  tag_field_specification {
    resource_type = ${hcl(of)}
    tag_keys      = [${keys.map(hcl).join(', ')}]
  }
`).join('');
  return `${tagNote(format, '#')}resource "aws_flow_log" "flow_log" {
${lines.join('\n')}

  destination_options {
    file_format                = "plain-text"
    hive_compatible_partitions = false
    per_hour_partition         = false
  }
${tags}}
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
