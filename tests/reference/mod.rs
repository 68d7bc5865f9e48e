//! A naive reader of flow log lines: `split_whitespace`, `str::parse`, maps. Slow and plain on purpose; the crate must
//! agree with it on anything.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::{Map, Value};
use vpcflow_ecs::{Column, Format, Kind};

/// Returns the document of mode `original` under `aws.vpcflow`, or `None` if the line does not fit the format.
pub fn original(format: &Format, line: &str) -> Option<Map<String, Value>> {
    let tokens: Vec<&str> = line.split([' ', '\t']).filter(|token| !token.is_empty()).collect();
    if tokens.len() != format.columns().len() {
        return None;
    }
    let mut document = Map::new();
    let mut first: BTreeMap<String, (&str, Option<Value>)> = BTreeMap::new();
    for (column, token) in format.columns().iter().zip(tokens) {
        let name = column.column().to_ascii_lowercase();
        let value = if token == "-" { None } else { Some(value(column, token)?) };
        // Neither case nor hyphens distinguish names. A field that occurs again must have the same text or the same value, of
        // which the first counts.
        if let Some((before, of_before)) = first.get(&name) {
            let is_same = match column.field().map(|field| field.kind()) {
                _ if *before == token => true,
                Some(Kind::Integer { .. } | Kind::Time) => *of_before == value,
                Some(Kind::Address) => before.parse::<IpAddr>().is_ok_and(|left| token.parse() == Ok(left)),
                _ => false,
            };
            if !is_same {
                return None;
            }
            continue;
        }
        first.insert(name, (token, value.clone()));
        let Some(value) = value else { continue };
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

/// Returns the value of a token in a document, or `None` if the token does not fit its column.
fn value(column: &Column, token: &str) -> Option<Value> {
    Some(match column.field().map(|field| field.kind()) {
        Some(Kind::Integer { max }) => Value::from(number(token).filter(|number| *number <= max)?),
        Some(Kind::Address) => {
            let _: IpAddr = token.parse().ok()?;
            token.into()
        }
        Some(Kind::Time) => match number(token) {
            Some(number) => time(number)?.into(),
            None if is_number(token) => return None,
            None => time_of_text(token)?.into(),
        },
        Some(Kind::Word(words)) => words.contains(&token).then(|| token.into())?,
        Some(Kind::Tag) => decoded(token).into(),
        _ => token.into(),
    })
}

/// Times as text, and what documents have for them.
#[allow(dead_code)]
pub const TIMES: [(&str, &str); 5] = [
    ("2026-01-01T00:00:14Z", "2026-01-01T00:00:14.000Z"),
    ("2026-01-01T00:00:14.123456Z", "2026-01-01T00:00:14.123Z"),
    ("2024-02-29T23:30:00.5-01:00", "2024-03-01T00:30:00.500Z"),
    ("2024-01-01T00:30:00+0100", "2023-12-31T23:30:00.000Z"),
    ("1999-12-31T23:59:59", "1999-12-31T23:59:59.000Z"),
];

/// Returns the digits of a number, without a fraction of zeros.
fn whole(token: &str) -> &str {
    match token.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.chars().all(|digit| digit == '0') => whole,
        _ => token,
    }
}

fn is_number(token: &str) -> bool {
    let digits = whole(token);
    !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit())
}

fn number(token: &str) -> Option<u64> {
    is_number(token).then(|| whole(token).parse().ok())?
}

/// True if a text is a time in RFC 3339 and in UTC.
#[allow(dead_code)]
pub fn is_time(text: &str) -> bool {
    text.ends_with('Z') && text.get(10..11) == Some("T") && time_of_text(text).is_some()
}

/// Reads a time as text: RFC 3339 and the forms of SQL.
fn time_of_text(token: &str) -> Option<String> {
    let pieces: Vec<char> = token.chars().collect();
    let digits = |from: usize, to: usize| -> Option<i64> {
        let text: String = pieces.get(from..to)?.iter().collect();
        text.chars().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok())?
    };
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
    let marks: String = [4, 7, 10, 13, 16].iter().map(|index| pieces[*index]).collect();
    if marks != "--T::" {
        return None;
    }
    let mut rest: String = pieces[19..].iter().collect();
    let mut millis = 0;
    if let Some(after) = rest.strip_prefix('.') {
        let fraction: String = after.chars().take_while(char::is_ascii_digit).collect();
        millis = format!("{fraction:0<3}").get(..3).filter(|_| !fraction.is_empty())?.parse().ok()?;
        rest = after[fraction.len()..].to_owned();
    }
    let offset = match rest.as_str() {
        "" | "Z" => 0,
        zone => {
            let sign = if zone.starts_with('+') { 1 } else { -1 };
            let digits = zone.strip_prefix(['+', '-'])?;
            let digits = if digits.len() == 5 && digits.get(2..3) == Some(":") {
                digits.replace(':', "")
            } else {
                digits.into()
            };
            let is_offset = [2, 4].contains(&digits.len()) && digits.chars().all(|digit| digit.is_ascii_digit());
            let number = |text: Option<&str>| text.map_or(Some(0), |text| text.parse::<i64>().ok());
            let (hours, minutes) = (number(digits.get(..2))?, number(digits.get(2..4))?);
            (is_offset && hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))?
        }
    };
    let leap = |year: i64| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let lengths = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let is_date = (1..=12).contains(&month) && (1..=lengths[month as usize - 1]).contains(&day);
    // The second 60 is a leap second.
    if !is_date || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // There are 719,528 days from 0000-01-01 to 1970-01-01.
    let years: i64 = (0..year).map(|year| 365 + i64::from(leap(year))).sum();
    let days = years + lengths[..month as usize - 1].iter().sum::<i64>() + day - 1 - 719_528;
    let millis = (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1_000 + millis;
    text_of_millis(u64::try_from(millis).ok()?)
}

fn time(number: u64) -> Option<String> {
    let millis = match number {
        0..=253_402_300_799 => number * 1_000,
        253_402_300_800..=253_402_300_799_999 => number,
        _ => return None,
    };
    text_of_millis(millis)
}

/// Formats a time; `None` beyond the year 9999. It counts the years up from 1970, a day at a time being too slow only for the
/// far future.
fn text_of_millis(millis: u64) -> Option<String> {
    if millis > 253_402_300_799_999 {
        return None;
    }
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
