// Logs whose format is known, for the tests of detection.

import { imported } from './package.js';

/**
 * Returns the values of all version 5 fields in one record: traffic of seven instances with each other, with hosts on the
 * internet, and with a service of AWS.
 */
function values(number) {
  const vary = (factor, limit) => (number * factor + 7) % limit;
  const local = number % 7;
  const isOut = vary(5, 11) < 6;
  const isInternal = vary(3, 13) < 4;
  const isService = !isInternal && vary(7, 17) < 5;
  const peers = [`10.0.2.${vary(11, 30) + 10}`, `52.219.72.${vary(17, 90)}`, `198.51.100.${vary(13, 120)}`];
  const own = `10.0.1.${20 + local}`;
  const peer = peers[isInternal ? 0 : isService ? 1 : 2];
  const [srcaddr, dstaddr] = isOut ? [own, peer] : [peer, own];
  const protocol = [6, 6, 17, 6, 1][vary(3, 5)];
  const [high, low] = protocol === 1 ? [0, 0] : [32768 + vary(379, 28000), [443, 53, 22, 8080][vary(3, 4)]];
  const isClient = vary(5, 7) < 4;
  const start = 1767225600 + 7 * number;
  const packets = 1 + vary(13, 40);
  return {
    version: 5,
    'account-id': '123456789010',
    'interface-id': `eni-0a1b2c3d4e5f6000${local}`,
    srcaddr,
    dstaddr,
    srcport: isClient ? high : low,
    dstport: isClient ? low : high,
    protocol,
    packets,
    bytes: packets * (52 + vary(29, 1300)),
    start,
    end: start + 1 + vary(5, 58),
    action: vary(5, 9) === 0 ? 'REJECT' : 'ACCEPT',
    'log-status': 'OK',
    'vpc-id': 'vpc-0abcdef0123456789',
    'subnet-id': `subnet-0123456789abcdef${local % 2}`,
    'instance-id': `i-0123456789abcde0${local}`,
    'tcp-flags': protocol === 6 ? [2, 3, 18, 19][vary(3, 4)] : 0,
    type: 'IPv4',
    'pkt-srcaddr': srcaddr,
    'pkt-dstaddr': dstaddr,
    region: 'eu-central-1',
    'az-id': `euc1-az${2 + (local % 2)}`,
    'sublocation-type': '-',
    'sublocation-id': '-',
    'pkt-src-aws-service': isService && !isOut ? 'S3' : '-',
    'pkt-dst-aws-service': isService && isOut ? 'S3' : '-',
    'flow-direction': isOut ? 'egress' : 'ingress',
    'traffic-path': !isOut ? '-' : isInternal ? 1 : isService ? 7 : 8,
  };
}

/** Returns lines of a log without a header; `format` is any format, or the name of a preset. */
export function linesOf(format, count) {
  const names = imported.compileFormat(format).fields.map(({ name }) => name);
  return Array.from({ length: count }, (_, number) => {
    const record = values(number);
    return names.map((name) => record[name]).join(' ');
  });
}

/** A format of no documented layout whose columns nobody can mistake for others. */
export const PLAIN = '${account-id} ${action} ${start} ${end} ${log-status} ${flow-direction}';

/** Lines that leave open which address and which port they have. */
export const OPEN_LINES = Array.from({ length: 8 }, (_, number) => `${number % 2 ? 'REJECT' : 'ACCEPT'} 10.0.1.${number + 4} 443 OK`);

/** Inputs that are not flow logs, and the kind that the message names. */
export const NO_LOGS = {
  'binary data': [Uint8Array.from({ length: 512 }, (_, index) => (index * 37) % 256), /binary/],
  JSON: ['{"level":"info","msg":"hello"}\n{"level":"info","msg":"world"}\n', /JSON/],
  CloudTrail: ['{"Records":[{"eventVersion":"1.08","eventSource":"s3.amazonaws.com"}]}\n', /CloudTrail/],
  'the log of a load balancer': [
    'https 2026-01-01T00:00:00.186641Z app/my-alb/50dc6c495c0c9188 192.0.2.44:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 ' +
      '0 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/8.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2\n',
    /load balancer/,
  ],
  'lines of one token': ['one\ntwo\nthree\n', /one token/],
  prose: ['It was the best of times, it was the worst of times.\nIt was the age of wisdom.\n', /not a flow log/],
  'an empty file': ['', /no line with text/],
  'blank lines': ['\n\n  \n', /no line with text/],
};
