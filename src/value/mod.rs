//! Bytes of one token to a value, and what the values of a kind look like. Allocates nothing; knows no field.
//!
//! Source of the facts: the type, range and examples of each field in AWS's *Flow log records*.

mod ipv4;

use crate::record::Span;

/// What the values of a field look like.
///
/// Numbers, addresses, times and closed words are checked in every record. The shapes of texts (`eni-...`, an ARN) are
/// evidence for choosing between layouts only: a text of an unforeseen shape is never a reason to refuse a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A decimal integer from 0.
    Integer {
        /// The largest value.
        max: u64,
    },
    /// An IPv4 or IPv6 address.
    Address,
    /// Unix time in seconds.
    Time,
    /// One of a closed set of words.
    Word(&'static [&'static str]),
    /// An account number, or `unknown`.
    Account,
    /// An identifier that starts like this, e.g. `eni-`.
    Id(&'static str),
    /// `arn:...`
    Arn,
    /// A name or an identifier that is not an ARN.
    Name,
    /// A region code, e.g. `ap-southeast-2`.
    Region,
    /// An Availability Zone ID, e.g. `apse2-az3`.
    AzId,
    /// A code in capitals, e.g. `GLOBALACCELERATOR`.
    Upper,
    /// A code in small letters, e.g. `nat_gateway`.
    Lower,
    /// A word that starts with a capital, e.g. `TransitGateway`.
    Camel,
    /// A tag's value, percent-encoded.
    Tag,
    /// Any text.
    Text,
}

/// The largest 32-bit and 64-bit signed integers: AWS types the numbers of a record as INT_32 and INT_64.
const INT_32: u64 = i32::MAX as u64;
const INT_64: u64 = i64::MAX as u64;

impl Kind {
    pub(crate) const VERSION: Kind = Kind::Integer { max: INT_32 };
    pub(crate) const INTEGER: Kind = Kind::Integer { max: INT_32 };
    pub(crate) const LONG: Kind = Kind::Integer { max: INT_64 };
    pub(crate) const PORT: Kind = Kind::Integer { max: 65_535 };
    pub(crate) const PROTOCOL: Kind = Kind::Integer { max: 255 };

    /// The type's name: `integer`, `long`, `timestamp`, `ip` or `string`.
    pub fn type_name(self) -> &'static str {
        match self {
            Kind::Integer { max: INT_64 } => "long",
            Kind::Integer { .. } => "integer",
            Kind::Address => "ip",
            Kind::Time => "timestamp",
            _ => "string",
        }
    }

    /// What a message says that it expected.
    pub fn expected(self) -> String {
        match self {
            Kind::Integer { max } => format!("0 to {max}"),
            Kind::Address => "an IPv4 or IPv6 address".into(),
            Kind::Time => format!("Unix seconds, 0 to {MAX_SECONDS}"),
            Kind::Word([words @ .., last]) if !words.is_empty() => format!("{} or {last}", words.join(", ")),
            Kind::Id(prefix) => format!("{prefix}..."),
            _ => "text".into(),
        }
    }

    /// Reads a token. `-` is absent whatever the kind.
    pub(crate) fn read(self, token: &[u8]) -> Result<Value, Mismatch> {
        if token == b"-" {
            return Ok(Value::Absent);
        }
        match self {
            Kind::Integer { max } => match parse_u64(token)? {
                number if number <= max => Ok(Value::Integer(number)),
                _ => Err(Mismatch::Range),
            },
            Kind::Address => parse_address(token).ok_or(Mismatch::Kind),
            Kind::Time => parse_time(token).map(Value::Time),
            Kind::Word(words) => match words.iter().position(|word| word.as_bytes() == token) {
                Some(_) => Ok(Value::Text),
                None => Err(Mismatch::Kind),
            },
            _ => Ok(Value::Text),
        }
    }

    /// Whether a token that [`Kind::read`] accepts also looks like a value of this kind.
    pub(crate) fn looks_right(self, token: &[u8]) -> bool {
        if token == b"-" {
            return true;
        }
        let all = |allowed: fn(&u8) -> bool| token.iter().all(allowed);
        match self {
            Kind::Account => token == b"unknown" || (token.len() >= 10 && all(u8::is_ascii_digit)),
            // `tgw-attach-...` is no `tgw-...`: what follows the prefix is the identifier's own part.
            Kind::Id(prefix) => match token.strip_prefix(prefix.as_bytes()) {
                Some(rest) => !rest.is_empty() && rest.iter().all(u8::is_ascii_alphanumeric),
                None => false,
            },
            Kind::Arn => token.starts_with(b"arn:"),
            Kind::Name => !token.starts_with(b"arn:"),
            Kind::Region => is_region(token),
            Kind::AzId => is_az_id(token),
            Kind::Upper => all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_'),
            Kind::Lower => all(|byte| byte.is_ascii_lowercase() || *byte == b'_'),
            Kind::Camel => token.first().is_some_and(u8::is_ascii_uppercase) && all(u8::is_ascii_alphanumeric),
            _ => true,
        }
    }
}

/// A kind, made ready for reading many tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Any text.
    Text,
    /// Integers up to this.
    Integer(u64),
    Time,
    Address,
    /// Words, each as [`eight`] makes an integer of it.
    Word([u64; 3]),
}

impl Reader {
    pub(crate) fn of(kind: Kind) -> Reader {
        match kind {
            Kind::Integer { max } => Reader::Integer(max),
            Kind::Time => Reader::Time,
            Kind::Address => Reader::Address,
            Kind::Word(words) => {
                let mut integers = [u64::MAX; 3];
                for (integer, word) in integers.iter_mut().zip(words) {
                    *integer = eight(word.as_bytes());
                }
                Reader::Word(integers)
            }
            _ => Reader::Text,
        }
    }

    /// Reads a token in a text that goes on for some bytes after it, as an integer of bytes rather than one by one.
    ///
    /// `None` is left to [`Kind::read`], which is the definition: all that is unusual, and what is near the end of the
    /// text.
    #[inline(always)]
    pub(crate) fn read(&self, text: &[u8], span: Span) -> Option<Value> {
        let len = span.end - span.start;
        if len == 1 && text.get(span.start) == Some(&b'-') {
            return Some(Value::Absent);
        }
        match self {
            Reader::Text => Some(Value::Text),
            Reader::Integer(max) => digits_at(text, span).filter(|number| number <= max).map(Value::Integer),
            Reader::Time => {
                digits_at(text, span).filter(|seconds| *seconds <= MAX_SECONDS).map(|s| Value::Time(s * 1_000))
            }
            Reader::Address => ipv4::at(text, span).map(|address| Value::V4(address.into())),
            Reader::Word(words) => {
                // In the integers, zeros are after a word: a token that ends in one is none.
                if !(1..=8).contains(&len) || text.get(span.end - 1) == Some(&0) {
                    return None;
                }
                let free = 64 - 8 * len as u32;
                let bytes = eight_at(text, span.start)? << free >> free;
                words.contains(&bytes).then_some(Value::Text)
            }
        }
    }
}

/// `ap-southeast-2`, `us-gov-west-1`: two letters, words, a number.
fn is_region(token: &[u8]) -> bool {
    let mut parts = token.split(|byte| *byte == b'-');
    let is_word = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_lowercase);
    let is_number = |part: &[u8]| matches!(part.len(), 1 | 2) && part.iter().all(u8::is_ascii_digit);
    let first = parts.next().is_some_and(|part| part.len() == 2 && is_word(part));
    let last = parts.next_back().is_some_and(is_number);
    let words = parts.clone().count();
    first && last && (1..=3).contains(&words) && parts.all(is_word)
}

/// `apse2-az3`, `usw2-lax1-az1`, `use1-wl1-bos-wlz1`: the region in short, the place, and the zone's number.
fn is_az_id(token: &[u8]) -> bool {
    let mut parts = token.split(|byte| *byte == b'-');
    let numbered = |part: &[u8]| {
        let letters = part.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let digits = part.len() - letters;
        let ends = part.get(letters..).is_some_and(|rest| rest.iter().all(u8::is_ascii_digit));
        (letters, digits, ends && letters > 0)
    };
    let first = parts.next().map(numbered).is_some_and(|(letters, digits, ends)| letters <= 5 && digits == 1 && ends);
    let zone = parts.next_back().is_some_and(|part| {
        let (_, digits, ends) = numbered(part);
        ends && matches!(digits, 1 | 2) && (part.starts_with(b"az") || part.starts_with(b"wlz"))
    });
    first && zone && parts.all(|part| numbered(part).2)
}

/// A token, read. Small enough to be passed in two registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Value {
    /// `-`
    #[default]
    Absent,
    /// Text, to be taken from the line.
    Text,
    /// An integer.
    Integer(u64),
    /// An IPv4 address, as a number.
    V4(u64),
    /// An IPv6 address, to be taken from the line with [`parse_v6`].
    V6,
    /// Milliseconds since 1970, UTC; at most [`MAX_MILLIS`].
    Time(u64),
}

/// Why a token is not a value of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// It is something else.
    Kind,
    /// It is a number beyond the range.
    Range,
}

/// Decimal digits, nothing else: no sign, no blank, no separator.
fn parse_u64(token: &[u8]) -> Result<u64, Mismatch> {
    if token.is_empty() || !token.iter().all(u8::is_ascii_digit) {
        return Err(Mismatch::Kind);
    }
    token.iter().try_fold(0_u64, |number, digit| {
        let digit = u64::from(digit - b'0');
        number.checked_mul(10).and_then(|tens| tens.checked_add(digit)).ok_or(Mismatch::Range)
    })
}

/// Eight bytes of a text as an integer, the first of them in its low bits.
#[inline]
pub(crate) fn eight_at(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..).and_then(<[u8]>::first_chunk::<8>).map(|bytes| u64::from_le_bytes(*bytes))
}

/// The number that up to 16 digits make; `None` for more, for anything else, and near the end of the text.
#[inline(always)]
fn digits_at(text: &[u8], span: Span) -> Option<u64> {
    let len = span.end - span.start;
    match len {
        1..=8 => eight_digits(eight_at(text, span.start)?, len),
        9..=16 => {
            let high = eight_digits(eight_at(text, span.start)?, len - 8)?;
            let low = eight_digits(eight_at(text, span.end - 8)?, 8)?;
            Some(high * 100_000_000 + low)
        }
        _ => None,
    }
}

/// The number that the first `len` of eight bytes make, 1 to 8.
///
/// They are moved to the end, with zeros before them. Then two digits are made one number of up to 99 in all four pairs
/// of bytes at once, then two of these one of up to 9,999, then both of those the number.
#[inline]
fn eight_digits(bytes: u64, len: usize) -> Option<u64> {
    const ZEROS: u64 = u64::from_le_bytes(*b"00000000");
    let free = 64 - 8 * len as u32;
    let bytes = (bytes << free) | (ZEROS & ((1 << free) - 1));
    let values = bytes ^ ZEROS;
    // Of a digit, the high half is 3, and stays 3 when 6 is added.
    let are_digits = (values | values.wrapping_add(u64::from_le_bytes([6; 8]))) & u64::from_le_bytes([0xf0; 8]) == 0;
    if !are_digits {
        return None;
    }
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours * 10_000 + (fours >> 32)) & 0xffff_ffff)
}

/// Up to eight bytes as an integer, the first of them in its low bits.
fn eight(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The last second and millisecond that RFC 3339 can write: the end of the year 9999.
pub(crate) const MAX_SECONDS: u64 = 253_402_300_799;
/// See [`MAX_SECONDS`].
pub(crate) const MAX_MILLIS: u64 = MAX_SECONDS * 1_000 + 999;

/// Unix seconds; a number that is too large for seconds, but not for milliseconds, is milliseconds.
fn parse_time(token: &[u8]) -> Result<u64, Mismatch> {
    match parse_u64(token)? {
        seconds @ 0..=MAX_SECONDS => Ok(seconds * 1_000),
        millis @ 0..=MAX_MILLIS => Ok(millis),
        _ => Err(Mismatch::Range),
    }
}

/// An address in the forms that RFC 4291 and dotted decimal know: no zone, no prefix length, no leading zeros in IPv4.
fn parse_address(token: &[u8]) -> Option<Value> {
    match parse_v4(token) {
        Some(v4) => Some(Value::V4(v4.into())),
        None => parse_v6(token).map(|_| Value::V6),
    }
}

/// An IPv6 address as a number.
pub(crate) fn parse_v6(token: &[u8]) -> Option<u128> {
    let (mut address, mut groups) = (0_u128, 0_u32);
    // After how many groups `::` stands.
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
            // An IPv4 address at the end is as long as two groups.
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
        // `::` stands for one group at least.
        Some(_) if groups == 8 => None,
        Some(before) => {
            // The groups after the gap stay where they are; those before it go to the front.
            let after = 16 * groups.checked_sub(before)?;
            let last = address & ((1 << after) - 1);
            let first = if before == 0 { 0 } else { address >> after << (128 - 16 * before) };
            Some(first | last)
        }
    }
}

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

fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// A tag's text: `%XX` decoded, anything else as it is, `+` included. `None` if nothing changes: there is no valid
/// `%XX`, or what it decodes to is not UTF-8.
pub(crate) fn percent_decoded(token: &[u8]) -> Option<String> {
    memchr::memchr(b'%', token)?;
    let mut decoded = Vec::with_capacity(token.len());
    let mut rest = token;
    while let Some((&byte, after)) = rest.split_first() {
        let escape = match (byte, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                decoded.push(high << 4 | low);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push(byte);
                rest = after;
            }
        }
    }
    if decoded.len() == token.len() { None } else { String::from_utf8(decoded).ok() }
}

/// The value of a hexadecimal digit.
pub(crate) fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn integers() {
        let port = Kind::PORT;
        let cases: &[(&str, Result<Value, Mismatch>)] = &[
            ("0", Ok(Value::Integer(0))),
            ("65535", Ok(Value::Integer(65_535))),
            ("0022", Ok(Value::Integer(22))),
            ("-", Ok(Value::Absent)),
            ("65536", Err(Mismatch::Range)),
            ("99999999999999999999999", Err(Mismatch::Range)),
            ("-1", Err(Mismatch::Kind)),
            ("+1", Err(Mismatch::Kind)),
            ("0x16", Err(Mismatch::Kind)),
            ("1_0", Err(Mismatch::Kind)),
            ("1.0", Err(Mismatch::Kind)),
            ("", Err(Mismatch::Kind)),
            ("٣", Err(Mismatch::Kind)),
        ];
        for (token, expected) in cases {
            assert_eq!(port.read(token.as_bytes()), *expected, "{token}");
        }
        assert_eq!(Kind::LONG.read(b"9223372036854775807"), Ok(Value::Integer(i64::MAX as u64)));
        assert_eq!(Kind::LONG.read(b"9223372036854775808"), Err(Mismatch::Range));
        assert_eq!(Kind::LONG.read(b"18446744073709551616"), Err(Mismatch::Range));
    }

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
            assert_eq!(parse_address(token.as_bytes()), *expected, "{token}");
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn addresses_are_as_the_standard_library_reads_them() {
        // All texts of up to seven of these pieces, so every place of `::` and every count of groups near the limits.
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

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn times_are_seconds_or_what_can_only_be_milliseconds() {
        assert_eq!(parse_time(b"1418530010"), Ok(1_418_530_010_000));
        assert_eq!(parse_time(b"0"), Ok(0));
        assert_eq!(parse_time(b"253402300799"), Ok(MAX_MILLIS - 999));
        assert_eq!(parse_time(b"1418530010123"), Ok(1_418_530_010_123));
        assert_eq!(parse_time(b"253402300799999"), Ok(MAX_MILLIS));
        assert_eq!(parse_time(b"253402300800000"), Err(Mismatch::Range));
        assert_eq!(parse_time(b"1418530010.5"), Err(Mismatch::Kind));
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn tags_are_decoded_where_they_can_be() {
        let cases: &[(&str, Option<&str>)] = &[
            ("Team%20Blue%2FEU", Some("Team Blue/EU")),
            ("caf%C3%A9", Some("café")),
            ("caf%c3%a9", Some("café")),
            ("a+b", None),
            ("plain", None),
            ("100%", None),
            ("100%2", None),
            ("%zz%20", Some("%zz ")),
            ("%25%32%30", Some("%20")),
            ("%FF", None),
            ("%C3%28", None),
            ("%00%0A%22", Some("\0\n\"")),
        ];
        for (token, expected) in cases {
            assert_eq!(percent_decoded(token.as_bytes()).as_deref(), *expected, "{token}");
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn shapes() {
        let fits: &[(Kind, &[&str], &[&str])] = &[
            (Kind::Account, &["123456789010", "001234567890", "unknown", "-"], &["6", "eni-1", "12345678901x"]),
            (Kind::Id("eni-"), &["eni-1235b8ca123456789", "-"], &["i-0123", "eni-", "eni"]),
            (Kind::Id("tgw-"), &["tgw-0abc"], &["tgw-attach-0abc"]),
            (Kind::Id("i-"), &["i-0c50d5961bcb2d47b"], &["eni-1235b8ca123456789"]),
            (
                Kind::Region,
                &["us-east-1", "us-gov-west-1", "ap-southeast-2"],
                &["use1-az1", "OK", "us-east", "tgw-attach-1", "a-b-1"],
            ),
            (
                Kind::AzId,
                &["apse2-az3", "use1-wl1-bos-wlz1", "usw2-lax1-az1"],
                &["us-east-1", "i-0123", "0a1b-2", "abc-12", "az1"],
            ),
            (Kind::Upper, &["S3", "EC2_INSTANCE_CONNECT"], &["s3", "IPv4"]),
            (Kind::Lower, &["nat_gateway"], &["eni-1", "S3"]),
            (Kind::Arn, &["arn:aws:ecs:us-east-1:1:cluster/x"], &["x"]),
            (Kind::Name, &["my-cluster"], &["arn:aws:ecs:us-east-1:1:cluster/x"]),
            (Kind::Camel, &["TransitGateway"], &["tgw-1"]),
        ];
        for (kind, right, wrong) in fits {
            for token in *right {
                assert!(kind.looks_right(token.as_bytes()), "{kind:?} {token}");
            }
            for token in *wrong {
                assert!(!kind.looks_right(token.as_bytes()), "{kind:?} {token}");
            }
        }
    }
}
