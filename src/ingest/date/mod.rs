//! Dates and times, read and written by Java's patterns.
//!
//! Patterns have letters, texts in quotes, and optional parts in brackets. The letters, in the counts that Java
//! defines, are:
//!
//! - date: `y`, `u`, `M`, `L`, `d`, `D`, `E`
//! - time: `a`, `H`, `K`, `h`, `k`, `m`, `s`, `S`, `n`
//! - offset: `X`, `x`, `Z`, `z`
//!
//! Names of months and days are English. Zones are UTC and offsets. Named zones such as `Europe/Paris` would need a
//! database of zones, and are refused. Source: `java.time.format.DateTimeFormatter`, and a real server's answers.

mod civil;
mod item;
mod offset;
mod read;
mod write;

use self::civil::Civil;
use self::item::{Field, Item, compile_items, reserve};
use self::offset::OffsetStyle;
use self::read::Reader;
use self::write::write_items;
use super::failure::Failure;

pub(super) use self::civil::Moment;
pub(super) use self::offset::zone;

/// A pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    text: String,
    items: Vec<Item>,
    /// True if reading fails for a day that its month does not have, as with `ISO8601`.
    is_strict: bool,
    /// True if Elasticsearch has several patterns under the name, one for each form of offset, and does not report the
    /// index of a mismatch.
    is_joined: bool,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// The part that is wrong or not supported.
    pub(super) fn compile(text: &str) -> Result<Pattern, String> {
        // The prefix 8 marked a pattern of Java 8.
        let text = text.strip_prefix('8').unwrap_or(text);
        let source = text.trim();
        if source.len() > MAX_PATTERN {
            return Err(format!("expected at most {MAX_PATTERN} bytes"));
        }
        let characters: Vec<char> = source.chars().collect();
        let mut at = 0;
        let mut items = compile_items(&characters, &mut at, 0)?;
        reserve(&mut items);
        Ok(Pattern { text: text.to_owned(), items, is_strict: false, is_joined: false })
    }

    /// Returns the pattern of a format: that of a name (`ISO8601` may be in capitals), or the text itself.
    ///
    /// # Errors
    /// As [`Pattern::compile`].
    pub(super) fn of(format: &str) -> Result<Pattern, String> {
        let name = if format == "ISO8601" { "iso8601" } else { format };
        Pattern::named(name).map_or_else(|| Pattern::compile(format), Ok)
    }

    /// Returns the pattern of one of Elasticsearch's names, or `None` if it is not one of [`NAMED`].
    pub(super) fn named(name: &str) -> Option<Pattern> {
        let (_, pattern) = NAMED.into_iter().find(|(known, _)| *known == name)?;
        let mut compiled = Pattern::compile(pattern).ok()?;
        loosen(&mut compiled.items);
        Some(Pattern { text: name.to_owned(), is_strict: true, is_joined: pattern.ends_with('X'), ..compiled })
    }

    /// Reads a text. A text without an offset is in the zone `offset`; one without a year is in `year`.
    pub(super) fn parse(&self, text: &str, offset: i32, year: i32) -> Result<Moment, Failure> {
        let wrong = |cause: Failure| {
            let pattern = &self.text;
            Failure::illegal_argument(format!("failed to parse date field [{text}] with format [{pattern}]"))
                .caused_by(cause)
        };
        let unreadable = |detail: String| {
            let reason = match self.is_joined {
                true => "Failed to parse with all enclosed parsers".to_owned(),
                false => format!("Text '{text}' could not be parsed{detail}"),
            };
            Failure::new("date_time_parse_exception", reason)
        };
        let mut reader = Reader { text, at: 0, fields: Vec::new(), offset: None };
        let utf16 = |at: usize| text.get(..at).unwrap_or(text).encode_utf16().count();
        if let Err(at) = reader.items(&self.items) {
            return Err(wrong(unreadable(format!(" at index {}", utf16(at)))));
        }
        if reader.at < text.len() {
            return Err(wrong(unreadable(format!(", unparsed text found at index {}", utf16(reader.at)))));
        }
        let refused = |reason: String| {
            let failure = unreadable(format!(": {reason}"));
            wrong(if self.is_joined { failure } else { failure.caused_by(Failure::new("date_time_exception", reason)) })
        };
        reader.check_ranges().map_err(refused)?;
        reader.moment(offset, year).map_err(|reason| match self.is_strict {
            true => refused(reason),
            // Java finds this one when it resolves the date, after reading.
            false => Failure::new("date_time_exception", reason),
        })
    }

    /// Writes a moment.
    pub(super) fn format(&self, moment: Moment) -> String {
        let mut out = String::new();
        write_items(&self.items, &Civil::of(moment), &mut out);
        out
    }
}

/// Elasticsearch's names of patterns. In them, `S` is a fraction of one to nine digits, and `X` is any offset.
const NAMED: [(&str, &str); 35] = [
    ("basic_date", "uuuuMMdd"),
    ("basic_date_time", "uuuuMMdd'T'HHmmss.SX"),
    ("basic_date_time_no_millis", "uuuuMMdd'T'HHmmssX"),
    ("basic_ordinal_date", "uuuuDDD"),
    ("basic_ordinal_date_time", "uuuuDDD'T'HHmmss.SX"),
    ("basic_ordinal_date_time_no_millis", "uuuuDDD'T'HHmmssX"),
    ("basic_time", "HHmmss.SX"),
    ("basic_time_no_millis", "HHmmssX"),
    ("basic_t_time", "'T'HHmmss.SX"),
    ("basic_t_time_no_millis", "'T'HHmmssX"),
    ("iso8601", "uuuu[-MM[-dd]]['T'[HH[:mm[:ss[.S][,S]]][X]]]"),
    ("strict_date", "uuuu-MM-dd"),
    ("strict_date_hour", "uuuu-MM-dd'T'HH"),
    ("strict_date_hour_minute", "uuuu-MM-dd'T'HH:mm"),
    ("strict_date_hour_minute_second", "uuuu-MM-dd'T'HH:mm:ss"),
    ("strict_date_hour_minute_second_fraction", "uuuu[-MM[-dd]]'T'HH:mm:ss.S"),
    ("strict_date_hour_minute_second_millis", "uuuu[-MM[-dd]]'T'HH:mm:ss.S"),
    ("strict_date_optional_time", "uuuu[-MM[-dd]]['T'[HH[:mm[:ss[.S][,S]]][X]]]"),
    ("strict_date_time", "uuuu[-MM[-dd]]'T'HH:mm:ss[.S]X"),
    ("strict_date_time_no_millis", "uuuu[-MM[-dd]]'T'HH:mm:ssX"),
    ("strict_hour", "HH"),
    ("strict_hour_minute", "HH:mm"),
    ("strict_hour_minute_second", "HH:mm:ss"),
    ("strict_hour_minute_second_fraction", "HH:mm:ss.S"),
    ("strict_hour_minute_second_millis", "HH:mm:ss.S"),
    ("strict_ordinal_date", "uuuu-DDD"),
    ("strict_ordinal_date_time", "uuuu-DDD'T'HH:mm[:ss.S]X"),
    ("strict_ordinal_date_time_no_millis", "uuuu-DDD'T'HH:mm:ssX"),
    ("strict_t_time", "'T'HH:mm:ss.SX"),
    ("strict_t_time_no_millis", "'T'HH:mm:ssX"),
    ("strict_time", "HH:mm:ss.SX"),
    ("strict_time_no_millis", "HH:mm:ssX"),
    ("strict_year", "uuuu"),
    ("strict_year_month", "uuuu-MM"),
    ("strict_year_month_day", "uuuu[-MM[-dd]]"),
];

/// Changes a pattern's items to those of a name.
fn loosen(items: &mut [Item]) {
    for item in items {
        match item {
            Item::Fraction { most, .. } => *most = 9,
            Item::Offset(style) => *style = OffsetStyle::Any,
            Item::Number { field: Field::Year, most, reserved: 0, .. } => *most = 10,
            Item::Optional(inner) => loosen(inner),
            _ => {}
        }
    }
}

/// The limit of a pattern, in bytes.
const MAX_PATTERN: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, text: &str) -> String {
        let compiled = Pattern::of(pattern);
        let written = Pattern::compile("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        match (compiled, written) {
            (Ok(pattern), Ok(written)) => match pattern.parse(text, 0, 2026) {
                Ok(moment) => written.format(moment),
                Err(failure) => failure.cause().unwrap_or(&failure).reason().to_owned(),
            },
            (Err(refused), _) | (_, Err(refused)) => refused,
        }
    }

    /// Answers of Elasticsearch 7.10.2.
    #[test]
    fn patterns_read_what_java_reads() {
        let cases = [
            ("ISO8601", "2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"),
            ("ISO8601", "2026-01-02T03:04:05", "2026-01-02T03:04:05.000Z"),
            ("ISO8601", "2026-01-02T03:04", "2026-01-02T03:04:00.000Z"),
            ("ISO8601", "2026-01", "2026-01-01T00:00:00.000Z"),
            ("ISO8601", "2026", "2026-01-01T00:00:00.000Z"),
            ("ISO8601", "2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05.000Z"),
            ("ISO8601", "2026-01-02T03:04:05+0200", "2026-01-02T01:04:05.000Z"),
            ("ISO8601", "2026-01-02T03:04:05+02", "2026-01-02T01:04:05.000Z"),
            ("ISO8601", "2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123Z"),
            ("ISO8601", "2026-01-02T03:04:05,678Z", "2026-01-02T03:04:05.678Z"),
            ("ISO8601", "2026-01-02T03Z", "2026-01-02T03:00:00.000Z"),
            ("ISO8601", "2026-01-02T", "2026-01-02T00:00:00.000Z"),
            ("ISO8601", "+12026-01-02T03:04:05Z", "+12026-01-02T03:04:05.000Z"),
            ("ISO8601", "-0001-01-01", "0002-01-01T00:00:00.000Z"),
            (
                "ISO8601",
                "2026-01-02 03:04:05",
                "Text '2026-01-02 03:04:05' could not be parsed, unparsed text found at index 10",
            ),
            ("ISO8601", "y", "Text 'y' could not be parsed at index 0"),
            ("ISO8601", "2026-02-30", "Text '2026-02-30' could not be parsed: Invalid date 'FEBRUARY 30'"),
            (
                "ISO8601",
                "2026-01-02T24:00:00Z",
                "Text '2026-01-02T24:00:00Z' could not be parsed: Invalid value for HourOfDay (valid values 0 - 23): 24",
            ),
            ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2026-01-02T03:04:05.678+02:00", "2026-01-02T01:04:05.678Z"),
            ("dd/MM/yyyy HH:mm:ss", "31/02/2026 00:00:00", "Invalid date 'FEBRUARY 31'"),
            ("dd/MMM/yyyy:HH:mm:ss Z", "02/Jan/2026:03:04:05 +0100", "2026-01-02T02:04:05.000Z"),
            ("MMM d HH:mm:ss", "Jan 12 03:04:05", "2026-01-12T03:04:05.000Z"),
            ("yyyyMMddHHmmssSSS", "20260102030405678", "2026-01-02T03:04:05.678Z"),
            ("M/d/yy h:mm a", "1/2/26 3:04 PM", "2026-01-02T15:04:00.000Z"),
            ("M/d/yy h:mm a", "1/2/26 3:04 pm", "Text '1/2/26 3:04 pm' could not be parsed at index 12"),
            ("uuuu-MM-dd HH:mm:ss[.SSS]", "2026-01-02 03:04:05.123", "2026-01-02T03:04:05.123Z"),
            ("uuuu-MM-dd HH:mm:ss[.SSS]", "2026-01-02 03:04:05", "2026-01-02T03:04:05.000Z"),
            ("EEE MMM dd HH:mm:ss zzz yyyy", "Fri Jan 02 03:04:05 UTC 2026", "2026-01-02T03:04:05.000Z"),
            ("yyyy-MM-dd'T'HH:mm:ssX", "2026-01-02T03:04:05+0230", "2026-01-02T00:34:05.000Z"),
            (
                "yyyy-MM-dd HH:mm:ss,SSS",
                "2026-01-02 03:04:05,6",
                "Text '2026-01-02 03:04:05,6' could not be parsed at index 20",
            ),
            ("yyyy'x''y'MM", "2026x'y03", "2026-03-01T00:00:00.000Z"),
            ("yyyy-DDD", "2026-033", "2026-02-02T00:00:00.000Z"),
            ("yyyy-MM-dd kk:mm", "2026-01-02 24:04", "2026-01-02T00:04:00.000Z"),
            ("yyyy-MM-dd hh:mm:ss a", "2026-01-02 12:04:05 AM", "2026-01-02T00:04:05.000Z"),
            ("yy", "69", "2069-01-01T00:00:00.000Z"),
            ("mm", "20", "2026-01-01T00:00:00.000Z"),
            ("HH:HH", "03:04", "Text '03:04' could not be parsed at index 3"),
            ("yyyy-DDD", "2026-366", "Invalid date 'DayOfYear 366' as '2026' is not a leap year"),
            ("uuuu'T'HH", "2026T04", "1970-01-01T04:00:00.000Z"),
            ("strict_hour", "04", "2026-01-01T04:00:00.000Z"),
            ("strict_hour_minute_second_millis", "04:06:50.1", "2026-01-01T04:06:50.100Z"),
            ("strict_t_time", "T04:06:50.123+02:00", "2026-01-01T04:06:50.123Z"),
            ("basic_time_no_millis", "040650Z", "2026-01-01T04:06:50.000Z"),
            ("strict_time", "04:06:50Z", "Failed to parse with all enclosed parsers"),
            ("foo", "", "Unknown pattern letter: f"),
            ("yyyy-MM-dd'", "", "Pattern ends with an incomplete string literal: yyyy-MM-dd'"),
            ("{{f}}", "", "Pattern includes reserved character: '{'"),
            ("YYYY", "", "the pattern letter Y is not supported"),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(read(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn zones_are_offsets() {
        assert_eq!(zone("UTC"), Ok(0));
        assert_eq!(zone("+05:30"), Ok(19_800));
        assert_eq!(zone("-0800"), Ok(-28_800));
        assert_eq!(zone("UTC+1").map_err(|failure| failure.kind().to_owned()), Err("zone_rules_exception".into()));
        assert!(zone("Europe/Paris").is_err() && zone("").is_err());
    }
}
