/**
 * The shapes of what identifies somebody, wherever it stands in a text, and of what does not.
 *
 * @module
 */

/** The prefixes of identifiers that AWS gives to resources of a network. */
const PREFIXES = [
  'acl', 'ami', 'cgw', 'dopt', 'eigw', 'eipalloc', 'eipassoc', 'eni', 'eni-attach', 'fl', 'i', 'igw', 'lgw', 'lgw-rtb', 'nat', 'pcx', 'pl',
  'r', 'rtb', 'rtbassoc', 'sg', 'sgr', 'snap', 'subnet', 'tgw', 'tgw-attach', 'tgw-rtb', 'vgw', 'vol', 'vpc', 'vpce', 'vpce-svc', 'vpn',
];

const TIME = String.raw`(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])`;
const DIRECTION = '(?:north|south|east|west|central|northeast|northwest|southeast|southwest)';

/**
 * The shapes by name, in the order in which they are tried. A `word` is a run without white space and ASCII punctuation.
 */
const SHAPES = {
  arn: String.raw`arn:aws[a-z-]*:[\w-]*:[\w-]*:\d*:[^\s"',;|\\]+`,
  key: String.raw`(?<![A-Za-z\d])A[A-Z]{3}[A-Z\d]{12,124}(?![A-Za-z\d])`,
  mac: String.raw`(?<![\w:.-])[\dA-Fa-f]{2}(?<between>[:-])(?:[\dA-Fa-f]{2}\k<between>){4}[\dA-Fa-f]{2}(?![\w:.-])`,
  dashed: String.raw`(?<!\d[-.]?)\d{1,3}(?:-\d{1,3}){3}(?!-?\d)`,
  ipv6: String.raw`(?<![A-Za-z\d:.])(?:[\dA-Fa-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[\dA-Fa-f]{0,4})(?![A-Za-z\d:]|\.\d)`,
  ipv4: String.raw`(?<![A-Za-z\d.])(?:\d{1,3}\.){3}\d{1,3}(?![A-Za-z\d]|\.\d)`,
  id: String.raw`(?<![A-Za-z\d-])(?:${PREFIXES.sort((a, b) => b.length - a.length).join('|')})-[\da-f]{2,32}(?![A-Za-z\d])`,
  time: String.raw`(?<![\d-])${TIME}|(?<![A-Za-z\d])20\d{6}T\d{4,6}Z?(?![A-Za-z\d])|(?<=\/)20\d\d\/[01]\d\/[0-3]\d(?=\/)|(?<![\w:.])[0-2]\d:[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?Z?(?![\w:])`,
  region: String.raw`(?<![A-Za-z\d-])[a-z]{2}(?:-gov|-iso[a-z]?)?-${DIRECTION}-\d(?:[a-f])?(?![A-Za-z\d])|(?<![A-Za-z\d-])[a-z]{2,5}\d-(?:[a-z]{2,6}\d-)?az\d(?![A-Za-z\d])`,
  host: String.raw`(?<=\.)(?:(?:ec2|compute|[a-z\d-]+\.compute)\.internal|compute(?:-1)?\.amazonaws\.com(?:\.cn)?|amazonaws\.com(?:\.cn)?)(?![\w-])`,
  number: String.raw`(?<![A-Za-z\d.])\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![A-Za-z\d])`,
  word: '[^\\s!-/:-@\\[-`{-~]+',
};

/** Finds all shapes in a text. The name of the group that matches is the shape. */
export const ANY_SHAPE = new RegExp(Object.entries(SHAPES).map(([name, pattern]) => `(?<${name}>${pattern})`).join('|'), 'gu');

/** A time alone. */
export const TIME_ALONE = new RegExp(`^(?:${SHAPES.time})$`, 'u');

/** An access key or another unique identifier of AWS IAM. */
export const KEY = new RegExp(`^${SHAPES.key}$`, 'u');

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, of the years 2001 to 2033. */
export const EPOCH = /^1\d{9}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?$/;

/** The words that AWS and the tools around logs write in every log, so that they identify nobody. */
export const PUBLIC = new Set([
  'ACCEPT', 'REJECT', 'OK', 'NODATA', 'SKIPDATA', 'IPv4', 'IPv6', 'EFA', 'ingress', 'egress', 'unknown', 'true', 'false', 'null',
  'AWS', 'aws', 'AWSLogs', 'vpcflowlogs', 'vpc', 'VPC', 's3', 'S3', 'account', 'id', 'service', 'region', 'year', 'month', 'day', 'hour',
  'log', 'gz', 'parquet', 'all', 'accept', 'reject', 'ip', 'ec2', 'compute', 'CEF', 'msg', 'stdout', 'stderr', 'flow',
  'timestamp', 'message', 'ingestionTime', 'logStream', 'logStreamName', 'ptr', 'field', 'value', 'sep', 'index',
  'DATA', 'CONTROL', 'MESSAGE', 'EVENTS', 'SEARCHEDLOGSTREAMS', 'True', 'False', 'T', 'Z',
  'Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun',
]);

/** The types of resources in ARNs, which name none of them. */
export const RESOURCE_TYPES = new Set([
  'assumed-role', 'certificate', 'cluster', 'container-instance', 'db', 'deliverystream', 'distribution', 'federated-user', 'function', 'group', 'instance',
  'instance-profile', 'internet-gateway', 'key', 'listener', 'loadbalancer', 'log-group', 'log-stream', 'natgateway', 'network-acl', 'network-interface',
  'nodegroup', 'policy', 'repository', 'role', 'route-table', 'rule', 'secret', 'security-group', 'service', 'stack', 'stream', 'subnet', 'table', 'targetgroup',
  'task', 'task-definition', 'transit-gateway', 'transit-gateway-attachment', 'user', 'volume', 'vpc', 'vpc-endpoint', 'vpc-flow-log', 'vpc-peering-connection',
]);

/** The first parts of keys of ECS. */
export const ECS_ROOTS = new Set([
  'agent', 'aws', 'client', 'cloud', 'container', 'data_stream', 'destination', 'ecs', 'event', 'file', 'host', 'input', 'log', 'network', 'observer',
  'orchestrator', 'related', 'rule', 'server', 'service', 'source',
]);
