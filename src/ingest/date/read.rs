//! Reads a text by the items of a pattern.

use super::civil::{Civil, MILLIS_PER_DAY, Moment};
use super::item::{DAYS, Field, Item, MONTHS, Names};
use super::offset::read_offset;
use crate::base::time::{days_of_month, days_since_1970, is_leap};

/// A reader: the text, and the values of its fields so far.
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) fields: Vec<(Field, i64)>,
    pub(super) offset: Option<i32>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Reads items in order. The error is the offset of the mismatch, in bytes.
    pub(super) fn items(&mut self, items: &[Item]) -> Result<(), usize> {
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

    /// Stores a value. A field that occurs twice must have the same value.
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

    pub(super) fn check_ranges(&self) -> Result<(), String> {
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

    pub(super) fn moment(&self, offset: i32, year: i32) -> Result<Moment, String> {
        let year = self.get(Field::Year).or(self.get(Field::YearOfEra)).unwrap_or(i64::from(year));
        let has_year = self.get(Field::Year).or(self.get(Field::YearOfEra)).is_some();
        let months = self.get(Field::Month);
        let hours = [Field::Hour, Field::ClockHour, Field::HourOfAmPm, Field::ClockHourOfAmPm];
        let has_hour = hours.into_iter().any(|hour| self.get(hour).is_some());
        let days = match self.get(Field::DayOfYear) {
            // Elasticsearch drops a year that stands alone with a time.
            None if has_year && months.is_none() && has_hour => 0,
            Some(366) if months.is_none() && has_year && !is_leap(year) => {
                return Err(format!("Invalid date 'DayOfYear 366' as '{year}' is not a leap year"));
            }
            Some(day) if months.is_none() && has_year => days_since_1970(year, 1, 1) + day - 1,
            _ => {
                // A year with a day needs a month.
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
        if let Some(stated) = self.get(Field::DayOfWeek).filter(|stated| has_date && *stated != weekday) {
            let date = Civil::of(Moment::new(days * MILLIS_PER_DAY, 0));
            let Civil { year, month, day, .. } = date;
            return Err(format!(
                "Conflict found: Field DayOfWeek {weekday} differs from DayOfWeek {stated} derived from \
                 {year:04}-{month:02}-{day:02}"
            ));
        }
        let half = self.get(Field::HourOfAmPm).or(self.get(Field::ClockHourOfAmPm).map(|hour| hour % 12));
        let by_half = self.get(Field::AmPm).zip(half).map(|(afternoon, hour)| hour + 12 * afternoon);
        let hour = self.get(Field::Hour).or(self.get(Field::ClockHour).map(|hour| hour % 24)).or(by_half);
        let [minute, second, nano] = [Field::Minute, Field::Second, Field::Nano].map(|field| self.get(field));
        // A time needs an hour, and no gap below it.
        let has_gap =
            (minute.is_none() && (second.is_some() || nano.is_some())) || (second.is_none() && nano.is_some());
        let (seconds, nanos) = match hour {
            Some(hour) if !has_gap => (hour * 3600 + minute.unwrap_or(0) * 60 + second.unwrap_or(0), nano.unwrap_or(0)),
            _ if has_year => (0, 0),
            _ => (hour.unwrap_or(0) * 3600, nano.unwrap_or(0)),
        };
        // A time without a year is in the zone, whichever offset it names.
        let own = self.offset.filter(|_| has_year).unwrap_or(offset);
        let millis = days * MILLIS_PER_DAY + (seconds - i64::from(own)) * 1000 + nanos / 1_000_000;
        Ok(Moment { millis, nanos: (nanos % 1_000_000) as u32, offset })
    }
}
