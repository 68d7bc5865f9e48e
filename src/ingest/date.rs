//! Dates and times by Java's patterns: read, and written.
//!
//! Known letters are `y`, `u`, `M`, `L`, `d`, `D`, `E`, `a`, `H`, `K`, `h`, `k`, `m`, `s`, `S`, `n`, `X`, `x`, `Z` and `z`, in the
//! counts that Java gives a meaning; texts in quotes, and optional parts in brackets. Names of months and days are
//! English. Zones are UTC and offsets: what has a name, such as `Europe/Paris`, would need a database of zones and is
//! refused. Source: `java.time.format.DateTimeFormatter`, and a real server's answers.

use super::failure::Failure;
use crate::base::time::{days_of_month, is_leap};

/// A pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    text: String,
    items: Vec<Item>,
    /// Whether a day that its month does not have is found while reading, as with `ISO8601`.
    is_strict: bool,
    /// Whether Elasticsearch has several patterns under the name, for several forms of offsets, so that it cannot say where
    /// a text fits none of them.
    is_joined: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Item {
    Literal(String),
    /// A number: the field, fewest and most digits, whether more than the fewest need a plus sign, and how many digits
    /// of fixed fields follow at once.
    Number {
        field: Field,
        least: usize,
        most: usize,
        signs: bool,
        reserved: usize,
    },
    /// Two digits of a year from 2000 on.
    ShortYear,
    /// Digits after the point.
    Fraction {
        least: usize,
        most: usize,
    },
    Name(Names),
    Offset(OffsetStyle),
    Optional(Vec<Item>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Year,
    YearOfEra,
    Month,
    Day,
    DayOfYear,
    Hour,
    ClockHour,
    HourOfAmPm,
    ClockHourOfAmPm,
    Minute,
    Second,
    Nano,
    AmPm,
    DayOfWeek,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    ShortMonth,
    Month,
    ShortDay,
    Day,
    AmPm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OffsetStyle {
    /// `+02`, `+0230`; `Z` for none if `z`.
    Hours { z: bool },
    /// `+0200`.
    Digits { z: bool },
    /// `+02:00`.
    Colon { z: bool },
    /// Any of these, or `UTC`, `GMT`, `UT`.
    Any,
}

/// Months and days of the week; their first three letters are the short names.
const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A point in time and the offset it is told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Milliseconds since 1970, in UTC.
    pub(super) millis: i64,
    /// Nanoseconds beyond them.
    nanos: u32,
    /// Seconds east of UTC.
    pub(super) offset: i32,
}

impl Moment {
    pub(super) fn new(millis: i64, offset: i32) -> Moment {
        Moment { millis, nanos: 0, offset }
    }
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// What is wrong or not supported.
    pub(super) fn compile(text: &str) -> Result<Pattern, String> {
        // An 8 in front said that it is a pattern of Java 8.
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

    /// The pattern of a format: what a name stands for (`ISO8601` may be in capitals), or the text itself.
    ///
    /// # Errors
    /// As [`Pattern::compile`].
    pub(super) fn of(format: &str) -> Result<Pattern, String> {
        let name = if format == "ISO8601" { "iso8601" } else { format };
        Pattern::named(name).map_or_else(|| Pattern::compile(format), Ok)
    }

    /// What Elasticsearch has a name for; `None` if it is not one of [`NAMED`].
    pub(super) fn named(name: &str) -> Option<Pattern> {
        let (_, pattern) = NAMED.into_iter().find(|(known, _)| *known == name)?;
        let mut compiled = Pattern::compile(pattern).ok()?;
        loosen(&mut compiled.items);
        Some(Pattern { text: name.to_owned(), is_strict: true, is_joined: pattern.ends_with('X'), ..compiled })
    }

    /// Reads a text. Without an offset of its own, it is in the zone `offset`; without a year, in `year`.
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
            // Java finds this one only when it puts the date together.
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

/// Elasticsearch's names of patterns. In them `S` is a fraction of one to nine digits, and `X` any offset.
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

/// Makes of a pattern's items those of a name.
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

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 1_000;

/// Optional parts in one another.
const MAX_OPTIONAL: usize = 20;

fn compile_items(pattern: &[char], at: &mut usize, depth: usize) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    while let Some(&character) = pattern.get(*at) {
        match character {
            '[' if depth == MAX_OPTIONAL => return Err(format!("expected at most {MAX_OPTIONAL} optional parts")),
            '[' => {
                *at += 1;
                let inner = compile_items(pattern, at, depth + 1)?;
                // Java lets the last brackets be missing.
                if pattern.get(*at) == Some(&']') {
                    *at += 1;
                }
                items.push(Item::Optional(inner));
            }
            ']' if depth == 0 => return Err("Pattern invalid as it contains ] without previous [".into()),
            ']' => return Ok(items),
            '\'' => {
                let mut text = String::new();
                *at += 1;
                loop {
                    match (pattern.get(*at), pattern.get(*at + 1)) {
                        (Some('\''), Some('\'')) => {
                            text.push('\'');
                            *at += 2;
                        }
                        (Some('\''), _) => {
                            *at += 1;
                            break;
                        }
                        (Some(other), _) => {
                            text.push(*other);
                            *at += 1;
                        }
                        (None, _) => {
                            let whole: String = pattern.iter().collect();
                            return Err(format!("Pattern ends with an incomplete string literal: {whole}"));
                        }
                    }
                }
                items.push(Item::Literal(if text.is_empty() { "'".into() } else { text }));
            }
            '{' | '}' | '#' => return Err(format!("Pattern includes reserved character: '{character}'")),
            letter if letter.is_ascii_alphabetic() => {
                let count = pattern.iter().skip(*at).take_while(|c| **c == letter).count();
                *at += count;
                items.push(letters(letter, count)?);
            }
            other => {
                items.push(Item::Literal(other.to_string()));
                *at += 1;
            }
        }
    }
    Ok(items)
}

fn letters(letter: char, count: usize) -> Result<Item, String> {
    let number = |field, least, most, signs| Ok(Item::Number { field, least, most, signs, reserved: 0 });
    let too_many = || Err(format!("Too many pattern letters: {letter}"));
    let plain = |field| match count {
        1 => number(field, 1, 19, false),
        2 => number(field, 2, 2, false),
        _ => too_many(),
    };
    match (letter, count) {
        ('y' | 'u', 2) => Ok(Item::ShortYear),
        ('u', 1..=19) => number(Field::Year, count, 19, count >= 4),
        ('y', 1..=19) => number(Field::YearOfEra, count, 19, count >= 4),
        ('M' | 'L', 1 | 2) => plain(Field::Month),
        ('M' | 'L', 3) => Ok(Item::Name(Names::ShortMonth)),
        ('M' | 'L', 4) => Ok(Item::Name(Names::Month)),
        ('d', _) => plain(Field::Day),
        ('D', 1) => number(Field::DayOfYear, 1, 19, false),
        ('D', 2 | 3) => number(Field::DayOfYear, count, 3, false),
        ('E', 1..=3) => Ok(Item::Name(Names::ShortDay)),
        ('E', 4) => Ok(Item::Name(Names::Day)),
        ('a', 1) => Ok(Item::Name(Names::AmPm)),
        ('H', _) => plain(Field::Hour),
        ('k', _) => plain(Field::ClockHour),
        ('K', _) => plain(Field::HourOfAmPm),
        ('h', _) => plain(Field::ClockHourOfAmPm),
        ('m', _) => plain(Field::Minute),
        ('s', _) => plain(Field::Second),
        ('S', 1..=9) => Ok(Item::Fraction { least: count, most: count }),
        ('n', 1..=19) => number(Field::Nano, count, 19, false),
        ('X' | 'x', 1) => Ok(Item::Offset(OffsetStyle::Hours { z: letter == 'X' })),
        ('X' | 'x', 2) => Ok(Item::Offset(OffsetStyle::Digits { z: letter == 'X' })),
        ('X' | 'x', 3) => Ok(Item::Offset(OffsetStyle::Colon { z: letter == 'X' })),
        ('Z', 1..=3) => Ok(Item::Offset(OffsetStyle::Digits { z: false })),
        ('Z', 5) => Ok(Item::Offset(OffsetStyle::Colon { z: true })),
        ('z', 1..=4) => Ok(Item::Offset(OffsetStyle::Any)),
        ('y' | 'u' | 'D' | 'M' | 'L' | 'E' | 'a' | 'S' | 'n' | 'X' | 'x' | 'Z' | 'z', _) => too_many(),
        ('Y' | 'w' | 'W' | 'e' | 'c' | 'G' | 'Q' | 'q' | 'B' | 'A' | 'N' | 'V' | 'v' | 'O' | 'F' | 'p' | 'g', _) => {
            Err(format!("the pattern letter {letter} is not supported"))
        }
        _ => Err(format!("Unknown pattern letter: {letter}")),
    }
}

/// A number that may be long leaves the digits of fixed numbers right after it alone.
fn reserve(items: &mut [Item]) {
    let mut following = 0;
    for item in items.iter_mut().rev() {
        match item {
            Item::Number { least, most, reserved, .. } if least == most => {
                *reserved = 0;
                following += *most;
            }
            Item::Number { reserved, .. } => {
                *reserved = following;
                following = 0;
            }
            Item::ShortYear => following += 2,
            Item::Fraction { least, most } if least == most => following += *most,
            Item::Optional(inner) => {
                reserve(inner);
                following = 0;
            }
            _ => following = 0,
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    fields: Vec<(Field, i64)>,
    offset: Option<i32>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Reads items one after the other; fails with the place.
    fn items(&mut self, items: &[Item]) -> Result<(), usize> {
        for item in items {
            self.item(item)?;
        }
        Ok(())
    }

    fn item(&mut self, item: &Item) -> Result<(), usize> {
        let start = self.at;
        match item {
            Item::Literal(text) => match self.rest().starts_with(text.as_str()) {
                true => self.at += text.len(),
                false => return Err(start),
            },
            Item::Number { field, least, most, signs, reserved } => {
                let negative = self.rest().starts_with('-');
                let positive = self.rest().starts_with('+');
                let is_year = matches!(field, Field::Year | Field::YearOfEra);
                let may_sign = *signs || (is_year && *most > *least);
                if (negative || positive) && !may_sign {
                    return Err(start);
                }
                self.at += usize::from(negative || positive);
                let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
                let width = if *reserved > 0 { digits.saturating_sub(*reserved).max(*least) } else { digits };
                let width = width.min(*most);
                if digits < *least || width > 18 {
                    return Err(start);
                }
                if *signs && !negative && positive != (width > *least) {
                    return Err(start);
                }
                let number: i64 = self.rest().get(..width).and_then(|digits| digits.parse().ok()).ok_or(start)?;
                self.at += width;
                self.put(start, *field, if negative { -number } else { number })?;
            }
            Item::ShortYear => {
                let digits = self.rest().get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
                let number: i64 = digits.and_then(|digits| digits.parse().ok()).ok_or(start)?;
                self.at += 2;
                self.put(start, Field::Year, 2000 + number)?;
            }
            Item::Fraction { least, most } => {
                let digits = self.rest().bytes().take(*most).take_while(u8::is_ascii_digit).count();
                if digits < *least {
                    return Err(self.at);
                }
                let number: i64 = self.rest().get(..digits).and_then(|digits| digits.parse().ok()).ok_or(start)?;
                self.at += digits;
                self.put(start, Field::Nano, number * 10_i64.pow(9 - digits.min(9) as u32))?;
            }
            Item::Name(names) => {
                let (field, all): (Field, &[&str]) = match names {
                    Names::ShortMonth | Names::Month => (Field::Month, &MONTHS),
                    Names::ShortDay | Names::Day => (Field::DayOfWeek, &DAYS),
                    Names::AmPm => (Field::AmPm, &["AM", "PM"]),
                };
                let short = matches!(names, Names::ShortMonth | Names::ShortDay);
                let name = |name: &'static str| if short { name.get(..3).unwrap_or(name) } else { name };
                let found = all.iter().position(|full| self.rest().starts_with(name(full))).ok_or(start)?;
                self.at += all.get(found).map_or(0, |full| name(full).len());
                let first = i64::from(field != Field::AmPm);
                self.put(start, field, found as i64 + first)?;
            }
            Item::Offset(style) => {
                let (offset, length) = read_offset(self.rest(), *style).ok_or(start)?;
                if self.offset.is_some_and(|known| known != offset) {
                    return Err(start);
                }
                self.at += length;
                self.offset = Some(offset);
            }
            Item::Optional(inner) => {
                let (fields, offset) = (self.fields.len(), self.offset);
                if self.items(inner).is_err() {
                    self.at = start;
                    self.fields.truncate(fields);
                    self.offset = offset;
                }
            }
        }
        Ok(())
    }

    /// Keeps a value; what stands in the text twice must be the same.
    fn put(&mut self, start: usize, field: Field, value: i64) -> Result<(), usize> {
        if self.get(field).is_some_and(|known| known != value) {
            return Err(start);
        }
        self.fields.push((field, value));
        Ok(())
    }

    fn get(&self, field: Field) -> Option<i64> {
        self.fields.iter().rev().find(|(known, _)| *known == field).map(|(_, value)| *value)
    }

    fn check_ranges(&self) -> Result<(), String> {
        for (field, value) in &self.fields {
            let (name, least, most, shown) = match field {
                Field::Month => ("MonthOfYear", 1, 12, "1 - 12"),
                Field::Day => ("DayOfMonth", 1, 31, "1 - 28/31"),
                Field::DayOfYear => ("DayOfYear", 1, 366, "1 - 365/366"),
                Field::Hour => ("HourOfDay", 0, 23, "0 - 23"),
                Field::ClockHour => ("ClockHourOfDay", 1, 24, "1 - 24"),
                Field::HourOfAmPm => ("HourOfAmPm", 0, 11, "0 - 11"),
                Field::ClockHourOfAmPm => ("ClockHourOfAmPm", 1, 12, "1 - 12"),
                Field::Minute => ("MinuteOfHour", 0, 59, "0 - 59"),
                Field::Second => ("SecondOfMinute", 0, 59, "0 - 59"),
                Field::Nano => ("NanoOfSecond", 0, 999_999_999, "0 - 999999999"),
                Field::YearOfEra => ("YearOfEra", 1, 999_999_999, "1 - 999999999/1000000000"),
                Field::Year => ("Year", -999_999_999, 999_999_999, "-999999999 - 999999999"),
                Field::AmPm | Field::DayOfWeek => continue,
            };
            if !(least..=most).contains(value) {
                return Err(format!("Invalid value for {name} (valid values {shown}): {value}"));
            }
        }
        Ok(())
    }

    fn moment(&self, offset: i32, year: i32) -> Result<Moment, String> {
        let year = self.get(Field::Year).or(self.get(Field::YearOfEra)).unwrap_or(i64::from(year));
        let has_year = self.get(Field::Year).or(self.get(Field::YearOfEra)).is_some();
        let months = self.get(Field::Month);
        let hours = [Field::Hour, Field::ClockHour, Field::HourOfAmPm, Field::ClockHourOfAmPm];
        let has_hour = hours.into_iter().any(|hour| self.get(hour).is_some());
        let days = match self.get(Field::DayOfYear) {
            // Elasticsearch forgets a year that stands alone with a time.
            None if has_year && months.is_none() && has_hour => 0,
            Some(366) if months.is_none() && has_year && !is_leap(year) => {
                return Err(format!("Invalid date 'DayOfYear 366' as '{year}' is not a leap year"));
            }
            Some(day) if months.is_none() && has_year => days_since_1970(year, 1, 1) + day - 1,
            _ => {
                // In a year, a day belongs to a month.
                let day = self.get(Field::Day).filter(|_| months.is_some() || !has_year).unwrap_or(1);
                let month = months.unwrap_or(1);
                if day > days_of_month(year, month) {
                    return Err(match (month, day) {
                        (2, 29) => format!("Invalid date 'February 29' as '{year}' is not a leap year"),
                        _ => {
                            let name = MONTHS.get(month as usize - 1).map_or(String::new(), |name| name.to_uppercase());
                            format!("Invalid date '{name} {day}'")
                        }
                    });
                }
                days_since_1970(year, month, day)
            }
        };
        let weekday = (days + 3).rem_euclid(7) + 1;
        let has_date = has_year && self.get(Field::Day).or(self.get(Field::DayOfYear)).is_some();
        if let Some(told) = self.get(Field::DayOfWeek).filter(|told| has_date && *told != weekday) {
            let date = Civil::of(Moment::new(days * MILLIS_PER_DAY, 0));
            let Civil { year, month, day, .. } = date;
            return Err(format!(
                "Conflict found: Field DayOfWeek {weekday} differs from DayOfWeek {told} derived from \
                 {year:04}-{month:02}-{day:02}"
            ));
        }
        let half = self.get(Field::HourOfAmPm).or(self.get(Field::ClockHourOfAmPm).map(|hour| hour % 12));
        let by_half = self.get(Field::AmPm).zip(half).map(|(afternoon, hour)| hour + 12 * afternoon);
        let hour = self.get(Field::Hour).or(self.get(Field::ClockHour).map(|hour| hour % 24)).or(by_half);
        let [minute, second, nano] = [Field::Minute, Field::Second, Field::Nano].map(|field| self.get(field));
        // Without an hour there is no time, nor with a gap in it.
        let has_gap =
            (minute.is_none() && (second.is_some() || nano.is_some())) || (second.is_none() && nano.is_some());
        let (seconds, nanos) = match hour {
            Some(hour) if !has_gap => (hour * 3600 + minute.unwrap_or(0) * 60 + second.unwrap_or(0), nano.unwrap_or(0)),
            _ if has_year => (0, 0),
            _ => (hour.unwrap_or(0) * 3600, nano.unwrap_or(0)),
        };
        // A time without a year is taken to be of the zone, whatever offset it names.
        let own = self.offset.filter(|_| has_year).unwrap_or(offset);
        let millis = days * MILLIS_PER_DAY + (seconds - i64::from(own)) * 1000 + nanos / 1_000_000;
        Ok(Moment { millis, nanos: (nanos % 1_000_000) as u32, offset })
    }
}

/// An offset in seconds and how many bytes it takes.
fn read_offset(text: &str, style: OffsetStyle) -> Option<(i32, usize)> {
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

/// The zone of an option: `UTC`, `Z`, or an offset.
///
/// # Errors
/// Elasticsearch's failure for what is no zone; our own for zones with names.
pub(super) fn zone(text: &str) -> Result<i32, Failure> {
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

const MILLIS_PER_DAY: i64 = 86_400_000;

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that a leap day is the
/// last of its year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// A moment by the calendar and the clock of its offset.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    day_of_year: i64,
    weekday: i64,
    /// Seconds of the day.
    seconds: i64,
    nanos: i64,
    offset: i32,
}

impl Civil {
    fn of(moment: Moment) -> Civil {
        let local = moment.millis.saturating_add(i64::from(moment.offset) * 1000);
        let (days, in_day) = (local.div_euclid(MILLIS_PER_DAY), local.rem_euclid(MILLIS_PER_DAY));
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let from_march = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * from_march + 2) / 153;
        let day = from_march - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Civil {
            year,
            month,
            day,
            day_of_year: days - days_since_1970(year, 1, 1) + 1,
            weekday: (days + 3).rem_euclid(7) + 1,
            seconds: in_day / 1000,
            nanos: in_day % 1000 * 1_000_000 + i64::from(moment.nanos),
            offset: moment.offset,
        }
    }

    fn get(&self, field: Field) -> i64 {
        let hour = self.seconds / 3600;
        match field {
            Field::Year => self.year,
            // There is no year 0: before year 1 is year 1 before Christ.
            Field::YearOfEra if self.year > 0 => self.year,
            Field::YearOfEra => 1 - self.year,
            Field::Month => self.month,
            Field::Day => self.day,
            Field::DayOfYear => self.day_of_year,
            Field::Hour => hour,
            Field::ClockHour => {
                if hour == 0 {
                    24
                } else {
                    hour
                }
            }
            Field::HourOfAmPm => hour % 12,
            Field::ClockHourOfAmPm => {
                if hour % 12 == 0 {
                    12
                } else {
                    hour % 12
                }
            }
            Field::Minute => self.seconds / 60 % 60,
            Field::Second => self.seconds % 60,
            Field::Nano => self.nanos,
            Field::AmPm => hour / 12,
            Field::DayOfWeek => self.weekday,
        }
    }
}

fn write_items(items: &[Item], civil: &Civil, out: &mut String) {
    for item in items {
        match item {
            Item::Literal(text) => out.push_str(text),
            Item::Number { field, least, signs, .. } => {
                let number = civil.get(*field);
                let digits = number.unsigned_abs().to_string();
                if number < 0 {
                    out.push('-');
                } else if *signs && digits.len() > *least {
                    out.push('+');
                }
                out.push_str(&"0".repeat(least.saturating_sub(digits.len())));
                out.push_str(&digits);
            }
            Item::ShortYear => out.push_str(&format!("{:02}", civil.year.rem_euclid(100))),
            Item::Fraction { most, .. } => {
                let digits = format!("{:09}", civil.nanos);
                out.push_str(digits.get(..*most).unwrap_or(&digits));
            }
            Item::Name(names) => {
                let (all, index): (&[&str], i64) = match names {
                    Names::ShortMonth | Names::Month => (&MONTHS, civil.month - 1),
                    Names::ShortDay | Names::Day => (&DAYS, civil.weekday - 1),
                    Names::AmPm => (&["AM", "PM"], civil.get(Field::AmPm)),
                };
                let name = usize::try_from(index).ok().and_then(|index| all.get(index)).copied().unwrap_or_default();
                let short = matches!(names, Names::ShortMonth | Names::ShortDay);
                out.push_str(if short { name.get(..3).unwrap_or(name) } else { name });
            }
            Item::Offset(style) => write_offset(*style, civil.offset, out),
            Item::Optional(inner) => write_items(inner, civil, out),
        }
    }
}

fn write_offset(style: OffsetStyle, offset: i32, out: &mut String) {
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

    #[test]
    fn every_day_has_its_date() {
        for days in (-1_000_000..1_000_000).step_by(37) {
            let civil = Civil::of(Moment::new(days * MILLIS_PER_DAY, 0));
            assert_eq!(days_since_1970(civil.year, civil.month, civil.day), days);
        }
    }
}
