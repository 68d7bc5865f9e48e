// Lines that several tests use.

export const HEADER = 'version account-id interface-id srcaddr dstaddr srcport dstport protocol ' +
  'packets bytes start end action log-status';

/** An example record of the AWS documentation. */
export const GOOD = '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 ' +
  '1418530010 1418530070 ACCEPT OK';

export const OTHER = GOOD.replace('ACCEPT', 'REJECT');

/** Its source port is none, in column 65. */
export const BAD = GOOD.replace(' 20641 ', ' 70000 ');
export const BAD_PLACE = 'column 65';
export const BAD_REASON = 'field "srcport": expected 0 to 65535, found "70000"';
