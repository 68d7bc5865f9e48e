//! Milliseconds since 1970 to RFC 3339 in UTC and back, and the calendar.

/// The last second that RFC 3339 can express: the end of the year 9999.
pub(crate) const MAX_SECONDS: u64 = 253_402_300_799;
/// The last millisecond that RFC 3339 can express.
pub(crate) const MAX_MILLIS: u64 = MAX_SECONDS * 1_000 + 999;

/// The length of a formatted time in bytes.
pub(crate) const LEN: usize = "2014-12-14T04:06:50.000Z".len();

/// Formats a time, e.g. `2014-12-14T04:06:50.000Z`. A time beyond the year 9999 becomes the end of that year.
pub(crate) fn rfc3339(millis: u64) -> [u8; LEN] {
    let millis = millis.min(MAX_MILLIS);
    // Compilers replace divisions of 32 bits by multiplications, but not those of 64 bits in WebAssembly.
    let days = (millis / 86_400_000) as u32;
    let in_day = (millis - u64::from(days) * 86_400_000) as u32;
    let (year, month, day) = civil(days);
    let digits = |number: u32| [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
    let ([y0, y1], [y2, y3]) = (digits(year / 100), digits(year % 100));
    let ([m0, m1], [d0, d1]) = (digits(month), digits(day));
    let ([h0, h1], [i0, i1]) = (digits(in_day / 3_600_000), digits(in_day / 60_000 % 60));
    let ([s0, s1], [f0, f1]) = (digits(in_day / 1_000 % 60), digits(in_day % 1_000 / 10));
    let [_, f2] = digits(in_day % 10);
    [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', i0, i1, b':', s0, s1, b'.', f0, f1, f2, b'Z']
}

/// Cached times, a power of two: more seconds than most records of an interval are apart.
const TIMES: usize = 256;

/// A cache of formatted times, which a run of records shares.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    /// A slot has the last time that hashed to it.
    rendered: Box<[(u64, [u8; LEN]); TIMES]>,
}

impl Default for Times {
    fn default() -> Self {
        Times { rendered: Box::new([(0, rfc3339(0)); TIMES]) }
    }
}

impl Times {
    /// Formats a time as [`rfc3339`] does, or takes it from the cache.
    #[inline]
    pub(crate) fn rfc3339(&mut self, millis: u64) -> &[u8; LEN] {
        // The low three bits of whole seconds are zeros, and the next ones differ for as many seconds in a row.
        let slot = &mut self.rendered[(millis >> 3) as usize % TIMES];
        if slot.0 != millis {
            *slot = (millis, rfc3339(millis));
        }
        &slot.1
    }
}

/// True if a text is a time in RFC 3339, e.g. `2021-09-28T19:10:43.075027100Z` or `2021-09-28T21:10:43+02:00`.
pub(crate) fn is_rfc3339(text: &str) -> bool {
    written(text.as_bytes()).is_some_and(|Written { between, zone, .. }| {
        between == b'T' && (zone == b"Z" || (zone.get(3) == Some(&b':') && offset_minutes(zone).is_some()))
    })
}

/// Reads a time as text, and returns milliseconds since 1970, which are negative before that.
///
/// It takes RFC 3339 and the forms of SQL: `2026-01-01T00:00:14Z`, `2026-01-01 01:00:14.123456+01`. A time without an
/// offset is UTC, and so is one that ends in ` UTC`. Digits beyond the milliseconds are dropped.
pub(crate) fn millis_of(text: &[u8]) -> Option<i64> {
    let Written { millis, between, zone } = written(text)?;
    let offset = match zone {
        b"" | b"Z" | b" UTC" => 0,
        _ => offset_minutes(zone)?,
    };
    matches!(between, b'T' | b' ').then_some(millis - offset * 60_000)
}

/// A date and a time of day that a text starts with.
struct Written<'a> {
    /// The milliseconds since 1970, as if in UTC.
    millis: i64,
    /// The byte between the date and the time of day.
    between: u8,
    /// The rest of the text.
    zone: &'a [u8],
}

/// Reads `2026-01-01T00:00:14` and the fraction after it, whatever byte is between the date and the time of day.
fn written(text: &[u8]) -> Option<Written<'_>> {
    const PATTERN: &[u8] = b"0000-00-00?00:00:00";
    let (date_time, rest) = text.split_at_checked(PATTERN.len())?;
    let fits = |(byte, pattern): (&u8, &u8)| match pattern {
        b'0' => byte.is_ascii_digit(),
        b'?' => true,
        _ => byte == pattern,
    };
    if !date_time.iter().zip(PATTERN).all(fits) {
        return None;
    }
    let number = |from: usize, to: usize| decimal(date_time.get(from..to).unwrap_or_default());
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let (hour, minute, second) = (number(11, 13), number(14, 16), number(17, 19));
    let (fraction, zone) = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            fraction.split_at_checked(digits).filter(|(digits, _)| !digits.is_empty())?
        }
        None => rest.split_at_checked(0)?,
    };
    let is_date = (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
    // The second 60 is a leap second, which Unix time counts as the next second.
    let is_clock = hour < 24 && minute < 60 && second <= 60;
    let in_second = (0..3).fold(0, |millis, index| {
        let digit = fraction.get(index).map_or(0, |byte| i64::from(byte - b'0'));
        millis * 10 + digit
    });
    (is_date && is_clock).then(|| Written {
        millis: ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + in_second,
        between: date_time.get(10).copied().unwrap_or_default(),
        zone,
    })
}

/// Reads an offset from UTC in minutes: `+01:00`, `+0100` or `+01`.
fn offset_minutes(zone: &[u8]) -> Option<i64> {
    let (sign, digits) = zone.split_first()?;
    let (hours, minutes) = match digits {
        [h0, h1, b':', m0, m1] | [h0, h1, m0, m1] => ([*h0, *h1], [*m0, *m1]),
        [h0, h1] => ([*h0, *h1], *b"00"),
        _ => return None,
    };
    let is_offset = hours.iter().chain(&minutes).all(u8::is_ascii_digit);
    let (hours, minutes) = (decimal(&hours), decimal(&minutes));
    let minutes = (is_offset && hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
    match sign {
        b'+' => Some(minutes),
        b'-' => Some(-minutes),
        _ => None,
    }
}

/// Returns the number of a few digits.
fn decimal(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit.wrapping_sub(b'0')))
}

/// True if a year of the Gregorian calendar has a 29 February.
pub(crate) fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

/// Returns the number of days of a month, 1 to 12.
pub(crate) fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns the number of days from 1970-01-01 to a date of the Gregorian calendar, whose month is 1 to 12.
pub(crate) fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let days_before_year = before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    let days_before_month: i64 = (1..month).map(|month| days_of_month(year, month)).sum();
    // There are 719,162 days from 0001-01-01 to 1970-01-01.
    days_before_year - 719_162 + days_before_month + day - 1
}

/// Returns the year, month and day of a number of days since 1970-01-01, in the Gregorian calendar.
///
/// The calendar repeats every 400 years (146,097 days). Years are counted from March, so that a leap day is the last day of
/// its year and a month begins after `(153 * month + 2) / 5` days.
pub(crate) fn civil(days_since_1970: u32) -> (u32, u32, u32) {
    let days = days_since_1970 + 719_468; // since 0000-03-01
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u32::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(millis: u64) -> String {
        String::from_utf8_lossy(&rfc3339(millis)).into_owned()
    }

    #[test]
    fn known_times() {
        assert_eq!(text(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(text(1_418_530_010_000), "2014-12-14T04:06:50.000Z");
        assert_eq!(text(951_782_399_999), "2000-02-28T23:59:59.999Z");
        assert_eq!(text(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(text(4_107_542_400_000), "2100-03-01T00:00:00.000Z");
        assert_eq!(text(MAX_MILLIS), "9999-12-31T23:59:59.999Z");
        assert_eq!(text(u64::MAX), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn what_rfc3339_allows() {
        let right = [
            "2021-09-28T19:10:43.075027100Z",
            "2021-09-28T19:10:43Z",
            "2016-12-31T23:59:60Z",
            "2021-09-28T21:10:43+02:00",
        ];
        let wrong = [
            "",
            "yesterday",
            "2021-09-28",
            "2021-09-28T19:10:43",
            "2021-09-28T19:10:43.Z",
            "2021-13-28T19:10:43Z",
            "2021-09-28T24:10:43Z",
            "2021-09-28 19:10:43Z",
            "2021-09-28T19:10:43Zé",
            "é021-09-28T19:10:43Z",
            "2021-09-28T19:10:43+0200",
            "2023-02-29T00:00:00Z",
            "2021-09-28T19:10:43+99:99",
        ];
        assert!(right.into_iter().all(is_rfc3339));
        assert!(!wrong.into_iter().any(is_rfc3339));
    }

    #[test]
    fn times_as_text() {
        let at = 1_767_225_614_000; // 2026-01-01T00:00:14Z
        let cases = [
            ("2026-01-01T00:00:14Z", Some(at)),
            ("2026-01-01T00:00:14.5Z", Some(at + 500)),
            ("2026-01-01T00:00:14.123999Z", Some(at + 123)),
            ("2026-01-01T02:00:14+02:00", Some(at)),
            ("2025-12-31T18:30:14-0530", Some(at)),
            ("2026-01-01 01:00:14+01", Some(at)),
            ("2026-01-01 00:00:14", Some(at)),
            ("2026-01-01 00:00:14.000 UTC", Some(at)),
            ("2026-01-01T00:00:60Z", Some(at + 46_000)),
            ("1969-12-31T23:59:59Z", Some(-1_000)),
            ("1970-01-01T00:00:00.001Z", Some(1)),
            ("9999-12-31T23:59:59.999Z", Some(MAX_MILLIS as i64)),
            ("2024-02-29T00:00:00Z", Some(1_709_164_800_000)),
            ("2026-02-29T00:00:00Z", None),
            ("2026-01-01", None),
            ("2026-01-01T00:00", None),
            ("2026-01-01_00:00:14Z", None),
            ("2026-01-01  00:00:14", None),
            ("2026-01-01T00:00:14.", None),
            ("2026-01-01T00:00:14.Z", None),
            ("2026-01-01T00:00:14+24:00", None),
            ("2026-01-01T00:00:14+1:00", None),
            ("2026-01-01T00:00:14 CET", None),
            ("2026-01-01T00:00:61Z", None),
            ("2026-01-01T00:00:14Zx", None),
            ("１026-01-01T00:00:14Z", None),
        ];
        for (text, expected) in cases {
            assert_eq!(millis_of(text.as_bytes()), expected, "{text}");
        }
    }

    /// Checks every day of eight centuries against a count by the rule of the calendar.
    #[test]
    fn every_day_follows_the_one_before() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..146_097 * 2 {
            assert_eq!(civil(days), (year, month, day));
            assert_eq!(days_since_1970(year.into(), month.into(), day.into()), i64::from(days));
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = match month {
                2 => 28 + u32::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            (year, month, day) = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (_, day) if day == last => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
    }
}
