//! Tokens of transports: times, log groups and streams, and the words of syslog.
//!
//! The tokens around a record are dropped, so at least one of them must be of a kind that no field's value is.

use crate::base::time::millis_of;
use crate::base::tokens::is_blank;
#[cfg(feature = "detect")]
use crate::value::Kind;

/// Returns the text after some tokens, and the time in them; `None` if there are fewer, or none is of a transport.
pub(super) fn after(text: &[u8], count: usize) -> Option<(Option<u64>, &[u8])> {
    let mut rest = text.trim_ascii_start();
    let outer = rest;
    for _ in 0..count {
        let end = rest.iter().position(|byte| is_blank(*byte))?;
        rest = rest.get(end..)?.trim_ascii_start();
    }
    let outer = outer.get(..outer.len() - rest.len())?;
    (!rest.is_empty() && is_outer(outer)).then(|| (time_in(outer), rest))
}

/// Returns the text before some tokens, and the time in them; `None` if there are fewer, or none is of a transport.
pub(super) fn before(text: &[u8], count: usize) -> Option<(Option<u64>, &[u8])> {
    let mut rest = text.trim_ascii_end();
    let outer = rest;
    for _ in 0..count {
        let start = rest.iter().rposition(|byte| is_blank(*byte))?;
        rest = rest.get(..start)?.trim_ascii_end();
    }
    let outer = outer.get(rest.len()..)?;
    (!rest.is_empty() && is_outer(outer)).then(|| (time_in(outer), rest))
}

/// Returns the tokens of a text.
pub(crate) fn tokens(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| is_blank(*byte)).filter(|token| !token.is_empty())
}

/// True if one of the tokens is of a transport.
fn is_outer(text: &[u8]) -> bool {
    tokens(text).any(is_of_transport)
}

/// True if no value of a field looks like a token. Such are times, milliseconds, names of log groups and streams, and
/// the marks of headers.
pub(crate) fn is_of_transport(token: &[u8]) -> bool {
    let count = |byte: u8| token.iter().filter(|other| **other == byte).count();
    let is_digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let is_clock =
        count(b':') == 2 && matches!(token, [b'0'..=b'9', b'0'..=b'9', b':', b'0'..=b'9', b'0'..=b'9', b':', ..]);
    let is_date = matches!(
        token,
        [
            b'0'..=b'9',
            b'0'..=b'9',
            b'0'..=b'9',
            b'0'..=b'9',
            b'-' | b'/',
            b'0'..=b'9',
            b'0'..=b'9',
            b'-' | b'/',
            b'0'..=b'9',
            b'0'..=b'9',
            ..
        ]
    );
    let is_epoch = match token.iter().position(|byte| *byte == b'.') {
        Some(point) => point == 10 && token.split(|byte| *byte == b'.').all(is_digits),
        // Milliseconds, microseconds and nanoseconds.
        None => matches!(token.len(), 13 | 16 | 19) && is_digits(token),
    };
    let is_stream =
        [&b"-all"[..], b"-accept", b"-reject"].iter().any(|end| token.ends_with(end) && token.starts_with(b"eni-"));
    let has_marks = matches!(token, [b'<' | b'[' | b'(' | b'/' | b'{', ..] | [.., b':' | b']' | b'>' | b'|'])
        || token.iter().any(|byte| matches!(byte, b'|' | b'='));
    is_clock || is_date || is_epoch || is_stream || has_marks
}

/// True if a token may be a value that only records have: an address, an account, the ID of a resource, or a word of AWS.
#[cfg(feature = "detect")]
pub(crate) fn may_be_value(token: &[u8]) -> bool {
    crate::field::Field::ALL.iter().any(|field| {
        let kind = field.kind();
        let is_specific = matches!(kind, Kind::Address | Kind::Account | Kind::Id(_) | Kind::Word(_));
        is_specific && kind.looks_right(token) && kind.read(token).is_ok()
    })
}

/// Returns the time in the tokens of a transport, in milliseconds since 1970.
fn time_in(text: &[u8]) -> Option<u64> {
    time(text.trim_ascii()).or_else(|| tokens(text).find_map(time))
}

/// Returns the time of a text, in milliseconds since 1970: Unix time in seconds or milliseconds, RFC 3339, or SQL's form.
pub(super) fn time(text: &[u8]) -> Option<u64> {
    let is_digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let number = |digits: &[u8]| digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
    match text.split_at_checked(10) {
        Some((seconds, rest)) if is_digits(seconds) => match rest {
            [] => Some(number(seconds) * 1_000),
            [_, _, _] if is_digits(rest) => Some(number(text)),
            [b'.', fraction @ ..] if is_digits(fraction) => {
                let millis: Vec<u8> = fraction.iter().chain(b"000").copied().take(3).collect();
                Some(number(seconds) * 1_000 + number(&millis))
            }
            _ => None,
        },
        _ => u64::try_from(millis_of(text)?).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_transports_are_not_values_of_fields() {
        let outer = [
            "2026-01-01T00:00:14.000Z",
            "2026-01-01",
            "2026/01/01",
            "00:00:14",
            "00:00:14.123",
            "1767225614000",
            "1767225614.123",
            "/vpc/flow",
            "eni-0a1b2c3d-all",
            "eni-0a1b2c3d-reject",
            "<134>Jan",
            "vpcflow:",
            "[info]",
            "CEF:0|Amazon|VPC",
            "level=info",
            "(stdout)",
        ];
        let inner = [
            "2",
            "123456789012",
            "unknown",
            "eni-0a1b2c3d",
            "10.0.0.1",
            "2001:db8::1",
            "2001:db8:0:0:0:0:0:1",
            "443",
            "1767225614",
            "ACCEPT",
            "OK",
            "-",
            "vpc-0461a061",
            "IPv4",
            "us-east-1",
            "use1-az4",
            "localzone",
            "AMAZON",
            "ingress",
            "arn:aws:ecs:us-east-1:123456789012:cluster/web",
            "nat_gateway",
            "Team%20Blue",
            "TransitGateway",
            "web",
        ];
        for token in outer {
            assert!(is_of_transport(token.as_bytes()), "{token}");
        }
        for token in inner {
            assert!(!is_of_transport(token.as_bytes()), "{token}");
        }
    }

    #[test]
    fn text_after_and_before_tokens() {
        assert_eq!(after(b" a: b  c d", 2).map(|(_, rest)| rest), Some(&b"c d"[..]));
        assert_eq!(after(b"a b c", 1), None);
        assert_eq!(after(b"a:", 1), None);
        assert_eq!(before(b"a b [c] ", 1).map(|(_, rest)| rest), Some(&b"a b"[..]));
        assert_eq!(before(b"a b c", 1), None);
    }

    #[test]
    fn times_of_events() {
        let at = Some(1_767_225_614_500);
        let times =
            ["1767225614500", "1767225614.5", "1767225614.5009", "2026-01-01T00:00:14.5Z", "2026-01-01 00:00:14.500"];
        for text in times {
            assert_eq!(time(text.as_bytes()), at, "{text}");
        }
        for text in ["", "1767225614.", "17672256145", "1969-12-31T00:00:00Z", "yesterday"] {
            assert_eq!(time(text.as_bytes()), None, "{text}");
        }
        assert_eq!(time_in(b"<134> 2026-01-01T00:00:14.5Z host: "), at);
        assert_eq!(time_in(b"2026-01-01 00:00:14.5 [host] "), None);
        assert_eq!(time_in(b"2026-01-01 00:00:14.5 "), at);
    }
}
