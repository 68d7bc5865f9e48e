//! Tokens of transports: times, log groups and streams, and the words of syslog.
//!
//! The tokens around a record are dropped, so at least one of them must be of a kind that no field's value is.

use crate::base::time::millis_of;
use crate::base::tokens::is_blank;
use crate::record::envelope::without_mark;
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

/// Returns the message of a line of syslog with a header and structured data as in RFC 5424, and its time; `None` if a text is
/// not one. A number of bytes may be before the header, as in RFC 6587.
pub(crate) fn syslog(text: &[u8]) -> Option<(Option<u64>, &[u8])> {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let text = text.trim_ascii_start();
    let octets = digits(text);
    let text = if octets > 0 { text.get(octets..)?.strip_prefix(b" ")? } else { text };
    let header = text.strip_prefix(b"<")?;
    let priority = digits(header);
    let rest = header.get(priority..)?.strip_prefix(b">")?;
    let version = digits(rest);
    if !(1..=3).contains(&priority) || !(1..=2).contains(&version) {
        return None;
    }
    let mut rest = rest.get(version..)?.strip_prefix(b" ")?;
    let stamp = rest.split(|byte| *byte == b' ').next()?;
    // The time, the host, the program, its process and the kind of the message.
    for _ in 0..5 {
        let end = rest.iter().position(|byte| *byte == b' ')?;
        rest = rest.get(end + 1..)?;
    }
    rest = match rest.strip_prefix(b"-") {
        Some(rest) => rest,
        None => after_structured_data(rest)?,
    };
    if !rest.first().is_none_or(|byte| is_blank(*byte)) {
        return None;
    }
    Some((time(stamp), without_mark(rest.trim_ascii_start())))
}

/// Returns the text after elements in brackets; `None` if there are none. A bracket in quotes ends nothing.
fn after_structured_data(text: &[u8]) -> Option<&[u8]> {
    let (mut is_quoted, mut is_escaped, mut is_open) = (false, false, false);
    for (index, byte) in text.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            b'[' => is_open = true,
            b']' => is_open = false,
            _ if !is_open => return text.get(index..).filter(|_| index > 0),
            _ => {}
        }
    }
    (!is_open && !text.is_empty()).then_some(&[])
}

/// Returns the text after a number, and the number if it is a time; `None` if there is no number, or nothing after it.
pub(super) fn after_number(text: &[u8]) -> Option<(Option<u64>, &[u8])> {
    let text = text.trim_ascii_start();
    let number = first_number(text)?;
    let rest = text.get(number.len()..)?.trim_ascii_start();
    (!rest.is_empty()).then(|| (time(number), rest))
}

/// Returns the number that is the first token of a text.
pub(crate) fn first_number(text: &[u8]) -> Option<&[u8]> {
    let first = tokens(text).next()?;
    (first.len() <= 10 && first.iter().all(u8::is_ascii_digit)).then_some(first)
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
    let has_marks = match token {
        // The priority of syslog, or a tag.
        [b'<', rest @ ..] => matches!(rest, [b'0'..=b'9', ..] | [.., b'>']),
        [.., b'>'] => token == b">",
        // A bracket may be around the record, whose first or last token it is a part of.
        [b'[' | b'(' | b'{', rest @ ..] => rest.iter().any(|byte| !byte.is_ascii_digit()),
        [rest @ .., b']'] => rest.iter().any(|byte| !byte.is_ascii_uppercase()),
        [b'/', ..] | [.., b':' | b'|'] => true,
        _ => token.iter().any(|byte| matches!(byte, b'|' | b'=')),
    };
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
            "thread-2]",
            "<app>",
            ">",
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
            "[2",
            "OK]",
            "<message>2",
            "OK</message>",
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
    fn messages_of_syslog() {
        let message =
            |text: &str| syslog(text.as_bytes()).map(|(time, rest)| (time, String::from_utf8_lossy(rest).into_owned()));
        let at = Some(1_767_225_614_500);
        let header = "<134>1 2026-01-01T00:00:14.5Z host app 7 ID";
        for data in ["-", "[a b=\"c d\"]", "[a b=\"]\\\"[\"][e]", "[a] "] {
            assert_eq!(message(&format!("{header} {data} 2 x")), Some((at, "2 x".into())), "{data}");
        }
        assert_eq!(message(&format!("{header} - \u{feff}2 x")), Some((at, "2 x".into())));
        assert_eq!(message(&format!("71 {header} - 2 x")), Some((at, "2 x".into())));
        assert_eq!(message("<134>1 - - - - - - 2 x"), Some((None, "2 x".into())));
        assert_eq!(message(&format!("{header} [a]")), Some((at, "".into())));
        for other in ["", "2 x", "<134>Jan 1 00:00:14 host app: 2 x", "<>1 - - - - - - x", "<134>1 - - - - -"] {
            assert_eq!(message(other), None, "{other}");
        }
        assert_eq!(message(&format!("{header} [a b=\"c\" 2 x")), None);
        assert_eq!(message(&format!("{header} x 2 x")), None);
        assert_eq!(message(&format!("{header} -x 2 x")), None);
    }

    #[test]
    fn numbers_before_a_text() {
        assert_eq!(after_number(b"   12\t2 a"), Some((None, &b"2 a"[..])));
        assert_eq!(after_number(b"1767225614 2 a"), Some((Some(1_767_225_614_000), &b"2 a"[..])));
        for other in ["", "12", "12 ", "a 2", "12: 2 a", "17672256140 2"] {
            assert_eq!(after_number(other.as_bytes()), None, "{other}");
        }
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
