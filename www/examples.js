// An example of each kind of record that AWS documents. All values are made up; addresses are private ones and those
// that are reserved for documentation.

/** The values of fields without one of their own, by kind. A field of another kind is absent. */
const SAMPLES = {
  address: '10.0.1.20', port: '443', protocol: '6', integer: '0', time: '1767225600', account: '123456789010', region: 'eu-central-1', az_id: 'euc1-az2',
  arn: 'arn:aws:ecs:eu-central-1:123456789010:cluster/shop', name: 'shop', tag: 'web%20front',
};

/** The values of fields. A field that is missing has that of the field of its kind that its name ends with, or a sample. */
export const VALUES = {
  'interface-id': 'eni-0a1b2c3d4e5f60718', dstaddr: '198.51.100.23', srcport: '49152', packets: '18', bytes: '4249', end: '1767225658',
  action: 'ACCEPT', 'log-status': 'OK', 'vpc-id': 'vpc-0abcdef0123456789', 'subnet-id': 'subnet-0123456789abcdef0', 'instance-id': 'i-0123456789abcdef0',
  'tcp-flags': '2', type: 'IPv4', 'flow-direction': 'egress', 'traffic-path': '8', 'encryption-status': '1',
  'resource-type': 'TransitGateway', 'tgw-id': 'tgw-0123456789abcdef0', 'tgw-attachment-id': 'tgw-attach-0a1b2c3d4e5f60718',
  'tgw-pair-attachment-id': 'tgw-attach-0b2c3d4e5f6071829', 'tgw-dst-vpc-account-id': '210987654321', 'tgw-dst-az-id': 'euc1-az3',
  'tgw-dst-vpc-id': 'vpc-09876543210fedcba',
  'tgw-dst-subnet-id': 'subnet-0fedcba9876543210', 'tgw-src-eni': 'eni-0a1b2c3d4e5f60718', 'tgw-dst-eni': 'eni-0b2c3d4e5f6071829',
  'ecs-container-instance-arn': '-', 'ecs-container-instance-id': '-', 'ecs-container-id': 'd2a1c5f0b3', 'ecs-second-container-id': '-',
  'ecs-task-arn': 'arn:aws:ecs:eu-central-1:123456789010:task/shop/0f9de17a6465404e8b1b2356dc13c2f8', 'ecs-service-name': 'checkout',
  'ecs-task-definition-arn': 'arn:aws:ecs:eu-central-1:123456789010:task-definition/checkout:7', 'ecs-task-id': '0f9de17a6465404e8b1b2356dc13c2f8',
  'resource-id': 'nat-0123456789abcdef0', 'interface-tag': 'blue', 'interface-type': 'nat_gateway', 'next-hop-interface-id': 'eni-0b2c3d4e5f6071829',
  'next-hop-subnet-id': 'subnet-0fedcba9876543210',
};

const IN = { srcaddr: '203.0.113.77', dstaddr: '10.0.1.20', srcport: '40113', dstport: '22', 'flow-direction': 'ingress', 'traffic-path': '-' };
const BACK = { srcaddr: '198.51.100.23', dstaddr: '10.0.1.20', srcport: '443', dstport: '49152', 'tcp-flags': '18', 'flow-direction': 'ingress', 'traffic-path': '-' };
const NONE = Object.fromEntries(['srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol', 'packets', 'bytes', 'action'].map((name) => [name, '-']));
const ICMP = { protocol: '1', srcport: '0', dstport: '0', packets: '4', bytes: '336' };
const NAT = { 'instance-id': '-', 'interface-id': 'eni-0c3d4e5f60718293a' };

/** `layout` is a preset or field names (default: the default format), `rows` have the values that differ from VALUES, `more` has further lines. */
export const EXAMPLES = [
  { title: 'Mixed records', note: 'Default format with a header: accepted, rejected, IPv6, no data, and two invalid lines', hasHeader: true,
    rows: [{}, { ...IN, action: 'REJECT', packets: '3', bytes: '180' }, { srcaddr: '2001:db8:1234:a100::25', dstaddr: '2001:db8:1234:a102::7', dstport: '22', packets: '54', bytes: '8855' }, { ...ICMP }, { ...NONE, 'log-status': 'NODATA' }, { srcport: '70000', dstport: '5432' }, { dstaddr: '10.0.2.31', dstport: '3389', 'log-status': '' }] },
  { title: 'Accepted', note: 'SSH to an instance is accepted', rows: [IN] },
  { title: 'Rejected', note: 'RDP is rejected by a security group or network ACL', rows: [{ ...IN, dstport: '3389', action: 'REJECT' }] },
  { title: 'No data', note: 'No traffic on the interface in the capture window', rows: [{ ...NONE, 'log-status': 'NODATA' }] },
  { title: 'Skipped records', note: 'AWS skipped records of the capture window', rows: [{ ...NONE, 'log-status': 'SKIPDATA' }] },
  { title: 'Security group and network ACL', note: 'A ping is accepted, and the stateless network ACL rejects the reply', rows: [{ ...IN, ...ICMP }, { ...ICMP, dstaddr: '203.0.113.77', action: 'REJECT' }] },
  { title: 'IPv6', note: 'The default format with IPv6 addresses', rows: [{ srcaddr: '2001:db8:1234:a100::25', dstaddr: '2001:db8:1234:a102::7', srcport: '34892', dstport: '22' }] },
  { title: 'TCP flags', note: 'A connection opens and closes: SYN, SYN-ACK, FIN', layout: 'tcp-flags', rows: [{}, { ...BACK }, { 'tcp-flags': '1', start: '1767225660', end: '1767225718' }, { ...BACK, 'tcp-flags': '19' }] },
  { title: 'Zonal NAT gateway', note: 'Interface and packet addresses differ', layout: 'nat-gateway', rows: [{ ...NAT, dstaddr: '10.0.0.220', 'pkt-dstaddr': '198.51.100.23' }, { ...NAT, srcaddr: '10.0.0.220' }, { ...NAT, srcaddr: '198.51.100.23', dstaddr: '10.0.0.220', 'pkt-srcaddr': '198.51.100.23', 'pkt-dstaddr': '10.0.0.220' }] },
  { title: 'Regional NAT gateway', note: 'A resource ID instead of an interface and a subnet', layout: 'nat-gateway-regional', rows: [{ 'instance-id': '-', 'interface-id': '-', 'subnet-id': '-' }] },
  { title: 'Through a transit gateway', note: 'VPC flow log of traffic that a transit gateway forwards', layout: 'transit-gateway', rows: [{ dstaddr: '10.40.2.236', dstport: '80' }, { srcaddr: '10.40.1.175', dstaddr: '10.40.2.236', 'pkt-srcaddr': '10.0.1.20', dstport: '80', 'instance-id': '-' }] },
  { title: 'Transit gateway', note: 'Flow log of a transit gateway, in its default format', layout: 'tgw', rows: [{ dstaddr: '10.40.2.236' }, { dstaddr: '10.40.9.9', 'packets-lost-no-route': '18' }] },
  { title: 'AWS services and traffic path', note: 'Traffic to Amazon S3 through a gateway endpoint', layout: 'service-name', rows: [{ dstaddr: '52.219.72.25', 'pkt-dst-aws-service': 'S3', 'traffic-path': '7' }] },
  { title: 'Published to Amazon S3', note: 'Custom format of a flow log that publishes to a bucket', layout: 's3-example', rows: [{}, { ...BACK }] },
  { title: 'Console, “select all”', note: 'All fields sorted by name, with the header of a file in Amazon S3', layout: 'v5-alphabetical', hasHeader: true, rows: [{}, { ...BACK }] },
  { title: 'Amazon ECS', note: 'Version 7: the task and the container of the traffic', layout: 'v2-ecs' },
  { title: 'Block Public Access', note: 'Version 8: the reason of a rejection', layout: 'v8', rows: [{ ...IN, action: 'REJECT', 'reject-reason': 'BPA' }] },
  { title: 'Encryption controls', note: 'Version 10: the encryption status of the traffic', layout: 'encryption', hasHeader: true, rows: [{}, { 'encryption-status': '0', dstport: '80' }] },
  { title: 'Tags and next hop', note: 'Version 11: all VPC fields, with percent-encoded tags', layout: 'v11' },
  { title: 'From Amazon Data Firehose', note: 'Each record wrapped in a JSON object', isWrapped: true, rows: [{}, { ...IN, action: 'REJECT' }] },
  { title: 'Ambiguous format', note: 'The lines leave columns open, and the page asks for them', layout: ['action', 'srcaddr', 'dstport', 'log-status'], rows: Array.from({ length: 8 }, (_, index) => ({ srcaddr: `10.0.1.${index + 4}`, action: index % 2 ? 'REJECT' : 'ACCEPT' })) },
  { title: 'Undocumented field', note: 'An unknown name in the format is kept, with a warning', layout: ['srcaddr', 'dstaddr', 'shiny-new-field', 'action'], format: '${srcaddr} ${dstaddr} ${shiny-new-field} ${action}', rows: [{ 'shiny-new-field': 'as-it-is' }] },
  { title: 'Errors', note: 'A port out of range, an invalid word, missing and extra columns', format: 'default', rows: [{ srcport: '70000' }, { action: 'ALLOW' }, { dstaddr: '10.0.1.300' }, { 'log-status': 'OK extra' }, { bytes: '1e3' }], more: ['2 123456789010 eni-0a1b2c3d4e5f60718 10.0.1.20'] },
];

/** Returns the lines of an example, by the tables of the package. */
export function textOf({ layout = 'default', rows = [{}], hasHeader, isWrapped, more = [] }, { presets, fields }) {
  const names = Array.isArray(layout) ? layout : presets.find(({ name }) => name === layout).fields;
  const table = new Map(fields.map((field) => [field.name, field]));
  const valueOf = (values, name) => {
    const { kind } = table.get(name) ?? {};
    for (let own = name; own; own = own.replace(/^[^-]*-?/, '')) if (values[own] !== undefined && (own === name || table.get(own)?.kind === kind)) return values[own];
    return SAMPLES[kind] ?? '-';
  };
  const version = String(Math.max(...names.map((name) => table.get(name)?.version ?? 0)));
  // Each record is later than the one before.
  const timed = rows.map((row, index) => ({ version, start: String(Number(SAMPLES.time) + index * 7), end: String(Number(VALUES.end) + index * 11), ...row }));
  const lines = timed.map((row) => names.map((name) => valueOf({ ...VALUES, ...row }, name)).join(' ').trimEnd());
  const wrapped = isWrapped ? lines.map((message) => JSON.stringify({ message })) : lines;
  return [...(hasHeader ? [names.join(' ')] : []), ...wrapped, ...more].join('\n');
}
