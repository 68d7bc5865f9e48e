//! Offsets from UTC.

use crate::ingest::failure::Failure;

/// A form of an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OffsetStyle {
    /// `+02`, `+0230`; with `z`, `Z` for UTC.
    Hours { z: bool },
    /// `+0200`.
    Digits { z: bool },
    /// `+02:00`.
    Colon { z: bool },
    /// Any of these, or `UTC`, `GMT`, `UT`.
    Any,
}

/// Reads an offset. Returns its seconds and its length in bytes.
pub(super) fn read_offset(text: &str, style: OffsetStyle) -> Option<(i32, usize)> {
    let (z, minutes, colon) = match style {
        OffsetStyle::Any => {
            for name in ["UTC", "GMT", "UT"] {
                if let Some(rest) = text.strip_prefix(name) {
                    return Some(match read_offset(rest, OffsetStyle::Colon { z: false }) {
                        Some((offset, length)) => (offset, name.len() + length),
                        None => (0, name.len()),
                    });
                }
            }
            let styles =
                [OffsetStyle::Colon { z: true }, OffsetStyle::Digits { z: true }, OffsetStyle::Hours { z: true }];
            return styles.into_iter().find_map(|style| read_offset(text, style));
        }
        OffsetStyle::Hours { z } => (z, false, false),
        OffsetStyle::Digits { z } => (z, true, false),
        OffsetStyle::Colon { z } => (z, true, true),
    };
    if z && text.starts_with('Z') {
        return Some((0, 1));
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let two = |at: usize| -> Option<i32> {
        let digits = text.get(at..at + 2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.parse().ok()
    };
    let hours = two(1).filter(|hours| *hours <= 18)?;
    let minutes_at = if colon { (text.get(3..4)? == ":").then_some(4)? } else { 3 };
    match two(minutes_at).filter(|minutes| *minutes < 60) {
        Some(found) => Some((sign * (hours * 3600 + found * 60), minutes_at + 2)),
        None if !minutes => Some((sign * hours * 3600, 3)),
        None => None,
    }
}

/// Reads the zone of an option: `UTC`, `Z`, or an offset. Returns seconds east of UTC.
///
/// # Errors
/// Elasticsearch's failure for a text that is not a zone; a failure of this crate for named zones.
pub(in crate::ingest) fn zone(text: &str) -> Result<i32, Failure> {
    if ["UTC", "Z", "GMT", "UT", "Etc/UTC", "Etc/GMT", "Zulu", "Etc/Zulu"].contains(&text) {
        return Ok(0);
    }
    if let Some((offset, _)) = read_offset(text, OffsetStyle::Any).filter(|(_, length)| *length == text.len()) {
        return Ok(offset);
    }
    if text.is_empty() || text.starts_with(['+', '-']) {
        let reason = format!("Invalid ID for ZoneOffset, invalid format: {text}");
        return Err(Failure::new("date_time_exception", reason));
    }
    let reason = format!("the time zone [{text}] is not supported: expected UTC or an offset such as +02:00");
    Err(Failure::new("zone_rules_exception", reason))
}

pub(super) fn write_offset(style: OffsetStyle, offset: i32, out: &mut String) {
    let (z, always, colon) = match style {
        OffsetStyle::Hours { z } => (z, false, ""),
        OffsetStyle::Digits { z } => (z, true, ""),
        OffsetStyle::Colon { z } => (z, true, ":"),
        OffsetStyle::Any => (true, true, ":"),
    };
    if offset == 0 && z {
        out.push('Z');
        return;
    }
    let (hours, minutes) = (offset.abs() / 3600, offset.abs() / 60 % 60);
    let sign = if offset < 0 { '-' } else { '+' };
    out.push_str(&format!("{sign}{hours:02}"));
    if always || minutes > 0 {
        out.push_str(&format!("{colon}{minutes:02}"));
    }
}
