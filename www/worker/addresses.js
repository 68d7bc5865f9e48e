// IPv4 and IPv6 addresses as bytes, and the class of a byte: the values that may replace it, so that an address stays
// private, public, link-local or multicast. A byte without a class stays.

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const without = (all, ...some) => all.filter((value) => !some.includes(value));
const ALL = range(0, 255);
const PRIVATE_172 = range(16, 31);
const SHARED_100 = range(64, 127);
const PUBLIC = without(range(1, 223), 10, 100, 127, 169, 172, 192);
const split = (value, some, all = ALL) => (some.includes(value) ? some : without(all, ...some));

/** Returns the class of an octet of an IPv4 address. */
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

/** Returns the class of a byte of an IPv6 address. */
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

/** Returns the sixteen bytes of an IPv6 address; undefined for other texts. */
export function bytesOfIpv6(text) {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const count = groups.flat().length;
  if (groups.flat().some((group) => !/^[\da-f]{1,4}$/i.test(group))) return undefined;
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined;
  const all = halves.length === 1 ? groups[0] : [...groups[0], ...Array(8 - count).fill('0'), ...groups[1]];
  return all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}

/** Returns an IPv6 address in the form of RFC 5952, with the longest run of zeros as `::`. */
export function ipv6Of(bytes) {
  const groups = range(0, 7).map((index) => (bytes[2 * index] * 256 + bytes[2 * index + 1]).toString(16));
  const runs = [...groups.join(':').matchAll(/(?<![\da-f])0(?::0)+(?![\da-f])/g)];
  const longest = runs.sort((a, b) => b[0].length - a[0].length)[0];
  const text = groups.join(':');
  if (!longest) return text;
  return `${text.slice(0, longest.index).replace(/:$/, '')}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`;
}
