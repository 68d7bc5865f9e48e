/**
 * IPv4 and IPv6 addresses as bytes, and the class of a byte: the values that may replace it, so that an address stays
 * private, public, link-local or multicast. A byte without a class stays.
 *
 * @module
 */

/** @param {number} from @param {number} to */
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
/** @param {number[]} all @param {number[]} some */
const without = (all, ...some) => all.filter((value) => !some.includes(value));
const ALL = range(0, 255);
const PRIVATE_172 = range(16, 31);
const SHARED_100 = range(64, 127);
const PUBLIC = without(range(1, 223), 10, 100, 127, 169, 172, 192);
/** @param {number} value @param {number[]} some */
const split = (value, some) => (some.includes(value) ? some : without(ALL, ...some));

/** Returns the class of an octet of an IPv4 address. @param {number[]} octets @param {number} index @returns {number[] | undefined} */
export function classOf4(octets, index) {
  const [first] = octets;
  if (index === 0) return PUBLIC.includes(first) ? PUBLIC : undefined;
  if (index > 1) return first === 0 || first === 255 ? undefined : ALL;
  if (first === 172) return split(octets[1], PRIVATE_172);
  if (first === 100) return split(octets[1], SHARED_100);
  if (first === 192) return octets[1] === 168 ? undefined : split(octets[1], [168]);
  if (first === 169) return octets[1] === 254 ? undefined : split(octets[1], [254]);
  return first === 0 || first >= 224 ? undefined : ALL;
}

/** Returns the class of a byte of an IPv6 address. @param {number[]} bytes @param {number} index @returns {number[] | undefined} */
export function classOf6(bytes, index) {
  const zeros = bytes.findIndex((byte) => byte !== 0);
  const isUnspecifiedOrLoopback = zeros < 0 || zeros === 15;
  if (isUnspecifiedOrLoopback || bytes[0] === 0xff) return undefined;
  // An IPv4 address within an IPv6 address.
  if (zeros >= 8) return index < 12 ? undefined : ALL;
  if (index > 1) return ALL;
  if (index === 1) return bytes[0] === 0xfe ? undefined : ALL;
  if (bytes[0] >= 0x20 && bytes[0] <= 0x3f) return range(0x20, 0x3f);
  return undefined;
}

/** Returns the sixteen bytes of an IPv6 address; undefined for other texts. @param {string} text */
export function bytesOfIpv6(text) {
  if (!/^[\da-f:.]+$/i.test(text) || !URL.canParse(`http://[${text}]`)) return undefined;
  const [start, end] = canonical(text).split('::').map((half) => half.split(':').filter(Boolean));
  const groups = end ? [...start, ...Array(8 - start.length - end.length).fill('0'), ...end] : start;
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}

/** Returns the text of an IPv6 address in the form of RFC 5952. @param {number[]} bytes */
export function ipv6Of(bytes) {
  return canonical(range(0, 7).map((index) => (bytes[2 * index] * 256 + bytes[2 * index + 1]).toString(16)).join(':'));
}

/** Returns an IPv6 address as the hosts of URLs have it. @param {string} text */
const canonical = (text) => new URL(`http://[${text}]`).hostname.slice(1, -1);
