//! Writes a moment by the items of a pattern.

use super::civil::Civil;
use super::item::{DAYS, Field, Item, MONTHS, Names};
use super::offset::write_offset;

impl Civil {
    fn get(&self, field: Field) -> i64 {
        let hour = self.seconds / 3600;
        match field {
            Field::Year => self.year,
            // There is not a year 0: 1 BC precedes year 1.
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

pub(super) fn write_items(items: &[Item], civil: &Civil, out: &mut String) {
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
