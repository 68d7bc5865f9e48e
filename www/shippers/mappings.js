// The keys that other shippers make of a flow log, field by field. Facts from their documentation only: a field without a row is
// shown as "not documented".
//
// Beats and Elastic's integration have no rows here: the schemas `beats` and `elastic-integration` of the package are
// their documents.

/** The documents that the facts are from. */
const SOURCES = {
  beats: 'the reference of the Filebeat processor parse_aws_vpc_flow_log',
  integration: "the documented fields of Elastic's AWS integration, data stream vpcflow",
  vrl: "the examples and the return type of VRL's function parse_aws_vpc_flow_log, vrl 0.38.0",
  extension: 'the attributes of the extension awslogsencodingextension as they are known; not compared with a release of it or with a running Collector',
};

/** True if a field is one of VPC flow logs: no shipper but Elastic's knows those of transit gateways. */
const isVpc = ({ logTypes }) => logTypes.includes('vpc');

const isInteger = (text) => /^[+-]?\d+$/.test(text);

/** The fields that VRL returns as integers. All others are strings, and `-` is null. */
const INTEGERS = new Set('version srcport dstport protocol packets bytes start end tcp-flags traffic-path encryption-status'.split(' '));

/**
 * The attributes of the extension by field, and the form of each value where it is documented: by the table itself, or by
 * the semantic conventions for the attribute.
 */
const ATTRIBUTES = {
  version: ['aws.vpc.flow.log.version'],
  'account-id': ['cloud.account.id', 'text', 'resource'],
  'interface-id': ['network.interface.name', 'text'],
  srcaddr: ['source.address', 'text'],
  dstaddr: ['destination.address', 'text'],
  srcport: ['source.port', 'number'],
  dstport: ['destination.port', 'number'],
  protocol: ['network.protocol.name', 'name'],
  packets: ['aws.vpc.flow.packets'],
  bytes: ['aws.vpc.flow.bytes'],
  start: ['aws.vpc.flow.start'],
  end: ['timestamp', 'nanoseconds', 'record'],
  action: ['aws.vpc.flow.action', 'text'],
  'log-status': ['aws.vpc.flow.status', 'text'],
  'vpc-id': ['aws.vpc.id', 'text'],
  'subnet-id': ['aws.vpc.subnet.id', 'text'],
  'instance-id': ['host.id', 'text'],
  'tcp-flags': ['network.tcp.flags'],
  type: ['network.type', 'lower'],
  'pkt-srcaddr': ['source.address', 'text'],
  'pkt-dstaddr': ['destination.address', 'text'],
  region: ['cloud.region', 'text', 'resource'],
  'az-id': ['aws.az.id', 'text'],
  'sublocation-type': ['aws.sublocation.type', 'text'],
  'sublocation-id': ['aws.sublocation.id', 'text'],
  'pkt-src-aws-service': ['aws.vpc.flow.source.service', 'text'],
  'pkt-dst-aws-service': ['aws.vpc.flow.destination.service', 'text'],
  'flow-direction': ['network.io.direction', 'direction'],
  'traffic-path': ['aws.vpc.flow.traffic_path'],
  'ecs-cluster-arn': ['aws.ecs.cluster.arn', 'text'],
  'ecs-cluster-name': ['aws.ecs.cluster.name', 'text'],
  'ecs-container-instance-arn': ['aws.ecs.container.instance.arn', 'text'],
  'ecs-container-instance-id': ['aws.ecs.container.instance.id', 'text'],
  'ecs-container-id': ['aws.ecs.container.id', 'text'],
  'ecs-second-container-id': ['aws.ecs.second.container.id', 'text'],
  'ecs-service-name': ['aws.ecs.service.name', 'text'],
  'ecs-task-definition-arn': ['aws.ecs.task.definition.arn', 'text'],
  'ecs-task-arn': ['aws.ecs.task.arn', 'text'],
  'ecs-task-id': ['aws.ecs.task.id', 'text'],
  'reject-reason': ['aws.vpc.flow.reject_reason', 'text'],
};

const DIRECTIONS = { ingress: 'receive', egress: 'transmit' };

const FORMS = {
  text: ({ text }) => JSON.stringify(text),
  number: ({ text }) => text,
  lower: ({ text }) => JSON.stringify(text.toLowerCase()),
  name: ({ meaning, text }) => JSON.stringify(meaning?.toLowerCase() ?? text),
  direction: ({ text }) => DIRECTIONS[text] && JSON.stringify(DIRECTIONS[text]),
  nanoseconds: ({ text }) => (isInteger(text) ? `${text}000000000` : undefined),
};

/** Returns the reason why VRL's function fails on a line; undefined if it does not. */
function vectorFailure(tokens) {
  const wrong = tokens.find(({ field, text }) => INTEGERS.has(field) && text !== '-' && !isInteger(text));
  if (wrong) return `the function fails on ${wrong.field}: it expects an integer`;
  const twice = tokens.find(({ field }, index) => tokens.findIndex((other) => other.field === field) < index);
  return twice && `the function fails on a format that has ${twice.field} twice`;
}

/** Returns the keys that VRL makes of a token. */
function vectorKeys(token) {
  const isNumber = INTEGERS.has(token.field);
  const value = token.text === '-' ? 'null' : isNumber ? String(BigInt(token.text)) : JSON.stringify(token.text);
  return [{ path: token.field.replaceAll('-', '_'), value }];
}

/** Returns the attributes that the extension makes of a token. Of two addresses that differ, only the packet's is documented. */
function otelKeys(token, tokens) {
  const known = ATTRIBUTES[token.field];
  if (!known) return undefined;
  if (token.text === '-') return [];
  const inPacket = tokens.find(({ field }) => field === `pkt-${token.field}`)?.text ?? '-';
  if (inPacket !== '-') return inPacket === token.text ? [] : undefined;
  const [path, form, within = 'attribute'] = known;
  const value = form ? FORMS[form](token) : token.text;
  return value === undefined ? undefined : [{ path, value, within, isUntyped: !form }];
}

/**
 * The shippers. One with a `schema` has the documents of this schema. `reads` is true for the fields that it knows, and
 * `refuses` says what becomes of a format with another one. `failure` returns the reason why a line fails. `isPartial` is true if keys that no token sets are not documented.
 */
export const SHIPPERS = [
  { id: 'beats', name: 'Filebeat', schema: 'beats', versions: 'versions 2 to 8', source: SOURCES.beats,
    reads: ({ version }) => version <= 8, refuses: 'Filebeat does not start with a format that has' },
  { id: 'integration', name: "Elastic's integration", schema: 'elastic-integration', versions: 'formats of 6, 14, 17, 21, 29, 36, 39 or 40 fields in a fixed order', source: SOURCES.integration,
    reads: () => true },
  { id: 'vector', name: 'Vector', versions: 'versions 2 to 11, without transit gateways', source: SOURCES.vrl,
    reads: isVpc, refuses: 'the function fails on a format that has', failure: vectorFailure, keysOf: vectorKeys },
  { id: 'otel', name: 'OpenTelemetry', versions: 'versions 2 to 5, 7 and 8; the table has no other field', source: SOURCES.extension,
    reads: ({ name }) => Object.hasOwn(ATTRIBUTES, name), isPartial: true, keysOf: otelKeys },
];
