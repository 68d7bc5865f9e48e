//! Parses IPv4 and IPv6 addresses, one character at a time.

use super::Value;
use crate::base::digits::{digit, hex};

/// An address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) number: u128,
    pub(crate) is_v4: bool,
}

impl Address {
    /// Parses an address in dotted decimal or in a form of RFC 4291, without a zone, a prefix length, or leading zeros in
    /// IPv4.
    pub(crate) fn parse(token: &[u8]) -> Option<Address> {
        match parse_v4(token) {
            Some(v4) => Some(Address { number: v4.into(), is_v4: true }),
            None => parse_v6(token).map(|number| Address { number, is_v4: false }),
        }
    }

    /// Returns the address as the value of a token.
    #[inline(always)]
    pub(crate) fn value(self) -> Value {
        if self.is_v4 { Value::V4(self.number as u64) } else { Value::V6 }
    }
}

/// Parses an IPv6 address and returns it as a number.
fn parse_v6(token: &[u8]) -> Option<u128> {
    let (mut address, mut groups) = (0_u128, 0_u32);
    // The number of groups before `::`.
    let mut gap = None;
    let mut rest = token;
    if let Some(after) = rest.strip_prefix(b"::") {
        gap = Some(0);
        rest = after;
    }
    while !rest.is_empty() {
        let start = rest;
        let mut group = 0;
        let mut digits = 0;
        while let Some((digit, after)) = rest.split_first()
            && let Some(value) = hex(*digit)
        {
            group = group << 4 | u32::from(value);
            digits += 1;
            rest = after;
        }
        if !(1..=4).contains(&digits) || groups == 8 {
            return None;
        }
        address = address << 16 | u128::from(group);
        groups += 1;
        match rest {
            [] => break,
            [b':', b':', after @ ..] if gap.is_none() => {
                gap = Some(groups);
                rest = after;
            }
            [b':', after @ ..] if !after.is_empty() => rest = after,
            // An IPv4 address at the end has the length of two groups.
            [b'.', ..] if groups < 8 => {
                address = address >> 16 << 32 | u128::from(parse_v4(start)?);
                groups += 1;
                break;
            }
            _ => return None,
        }
    }
    match gap {
        None => (groups == 8).then_some(address),
        // `::` replaces at least one group.
        Some(_) if groups == 8 => None,
        Some(before) => {
            // The groups after the gap stay where they are; those before it move to the front.
            let after = 16 * groups.checked_sub(before)?;
            let last = address & ((1 << after) - 1);
            let first = if before == 0 { 0 } else { address >> after << (128 - 16 * before) };
            Some(first | last)
        }
    }
}

/// Parses an IPv4 address in dotted decimal.
fn parse_v4(token: &[u8]) -> Option<u32> {
    let mut address = 0_u32;
    let mut octets = 0;
    for octet in token.split(|&byte| byte == b'.') {
        octets += 1;
        let number = match *octet {
            [a] => digit(a)?,
            [b'0', _] | [b'0', _, _] => return None,
            [a, b] => digit(a)? * 10 + digit(b)?,
            [a, b, c] => digit(a)? * 100 + digit(b)? * 10 + digit(c)?,
            _ => return None,
        };
        if number > 255 || octets > 4 {
            return None;
        }
        address = (address << 8) | number;
    }
    (octets == 4).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn addresses() {
        let cases: &[(&str, Option<Value>)] = &[
            ("0.0.0.0", Some(Value::V4(0))),
            ("255.255.255.255", Some(Value::V4(u32::MAX.into()))),
            ("10.0.133.8", Some(Value::V4(0x0a00_8508))),
            ("::", Some(Value::V6)),
            ("2001:db8::1", Some(Value::V6)),
            ("2001:0DB8:0:0:0:0:0:1", Some(Value::V6)),
            ("::ffff:192.0.2.1", Some(Value::V6)),
            ("256.0.0.1", None),
            ("01.0.0.1", None),
            ("00.0.0.1", None),
            ("1.2.3", None),
            ("1.2.3.4.5", None),
            ("1.2.3.4.", None),
            ("1..3.4", None),
            ("1.2.3.a", None),
            ("1.2.3.4/8", None),
            ("1.2.3.4:80", None),
            ("fe80::1%eth0", None),
            ("1::2::3", None),
            ("12345::", None),
            ("eni-1", None),
            ("", None),
        ];
        for (token, expected) in cases {
            assert_eq!(Address::parse(token.as_bytes()).map(Address::value), *expected, "{token}");
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn addresses_are_as_the_standard_library_reads_them() {
        // All texts of five of these pieces, so that `::` stands everywhere, with every count of groups near the limits.
        let pieces = ["1", "ab", "FFFF", "0", ":", "::", "12345", "1:2:3:4:5:6", "7:8:9", "1.2.3.4", "g"];
        let mut read = 0;
        for number in 0..pieces.len().pow(5) {
            let text: String = (0..5).map(|place| pieces[number / pieces.len().pow(place) % pieces.len()]).collect();
            let expected = text.parse::<std::net::Ipv6Addr>().ok().map(u128::from);
            assert_eq!(parse_v6(text.as_bytes()), expected, "{text}");
            read += usize::from(expected.is_some());
        }
        assert!(read > 1_000, "{read}");
    }
}
