//! A naive reader of flow log lines: `split_whitespace`, `str::parse`, maps. Slow and plain on purpose; the crate must
//! agree with it on anything.

use std::net::IpAddr;

use serde_json::{Map, Value};
use vpcflow_ecs::{Format, Kind};

/// Returns the document of mode `original` under `aws.vpcflow`, or `None` if the line does not fit the format.
pub fn original(format: &Format, line: &str) -> Option<Map<String, Value>> {
    let tokens: Vec<&str> = line.split([' ', '\t']).filter(|token| !token.is_empty()).collect();
    if tokens.len() != format.columns().len() {
        return None;
    }
    let mut document = Map::new();
    for (column, token) in format.columns().iter().zip(tokens) {
        if token == "-" {
            continue;
        }
        let value = match column.field().map(|field| field.kind()) {
            Some(Kind::Integer { max }) => Value::from(number(token).filter(|number| *number <= max)?),
            Some(Kind::Address) => {
                let _: IpAddr = token.parse().ok()?;
                token.into()
            }
            Some(Kind::Time) => match TIMES.iter().find(|(text, _)| *text == token) {
                Some((_, time)) => (*time).into(),
                None => time(number(token)?)?.into(),
            },
            Some(Kind::Word(words)) => words.contains(&token).then(|| token.into())?,
            Some(Kind::Tag) => decoded(token).into(),
            _ => token.into(),
        };
        if column.name() == "tcp-flags" {
            let names = ["fin", "syn", "rst", "psh", "ack", "urg"];
            let set = |bit: &usize| value.as_u64().is_some_and(|flags| flags & (1 << bit) != 0);
            let flags: Vec<Value> = (0..6).filter(set).map(|bit| names[bit].into()).collect();
            if !flags.is_empty() {
                document.insert("tcp_flags_array".into(), flags.into());
            }
        }
        document.insert(column.column().to_owned(), value);
    }
    Some(document)
}

/// Times as text, and what documents have for them.
pub const TIMES: [(&str, &str); 5] = [
    ("2026-01-01T00:00:14Z", "2026-01-01T00:00:14.000Z"),
    ("2026-01-01T00:00:14.123456Z", "2026-01-01T00:00:14.123Z"),
    ("2024-02-29T23:30:00.5-01:00", "2024-03-01T00:30:00.500Z"),
    ("2024-01-01T00:30:00+0100", "2023-12-31T23:30:00.000Z"),
    ("1999-12-31T23:59:59", "1999-12-31T23:59:59.000Z"),
];

fn number(token: &str) -> Option<u64> {
    let token = token.strip_suffix(".0").unwrap_or(token);
    token.bytes().all(|byte| byte.is_ascii_digit()).then(|| token.parse().ok())?
}

/// Counts the years up from 1970, a day at a time being too slow only for the far future.
fn time(number: u64) -> Option<String> {
    let millis = match number {
        0..=253_402_300_799 => number * 1_000,
        253_402_300_800..=253_402_300_799_999 => number,
        _ => return None,
    };
    let (mut days, mut year) = (millis / 86_400_000, 1970);
    let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    let (seconds, millis) = (millis / 1_000 % 86_400, millis % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    Some(format!("{year:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z", month + 1, days + 1))
}

fn decoded(token: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = token.as_bytes();
    while !rest.is_empty() {
        let hex = rest.get(1..3).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex
            .filter(|hex| rest[0] == b'%' && hex.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(rest[0]));
        rest = &rest[if byte.is_some() { 3 } else { 1 }..];
    }
    String::from_utf8(bytes).unwrap_or_else(|_| token.to_owned())
}
