//! The items of a pattern, and the compilation of a pattern's text to them.

use super::offset::OffsetStyle;

/// An item of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    Literal(String),
    /// A number.
    Number {
        field: Field,
        /// The least number of digits.
        least: usize,
        /// The most digits.
        most: usize,
        /// True if more digits than the least need a plus sign.
        signs: bool,
        /// The digits of fixed fields that follow at once.
        reserved: usize,
    },
    /// Two digits of a year from 2000 on.
    ShortYear,
    /// The digits after the decimal point.
    Fraction {
        least: usize,
        most: usize,
    },
    Name(Names),
    Offset(OffsetStyle),
    Optional(Vec<Item>),
}

/// A field of a date or a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
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

/// A list of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    ShortMonth,
    Month,
    ShortDay,
    Day,
    AmPm,
}

/// The months and the days of the week. Their first three letters are the short names.
pub(super) const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
];
pub(super) const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The limit of levels of optional parts.
const MAX_OPTIONAL: usize = 20;

pub(super) fn compile_items(pattern: &[char], at: &mut usize, depth: usize) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    while let Some(&character) = pattern.get(*at) {
        match character {
            '[' if depth == MAX_OPTIONAL => {
                return Err(format!("expected at most {MAX_OPTIONAL} levels of optional parts"));
            }
            '[' => {
                *at += 1;
                let inner = compile_items(pattern, at, depth + 1)?;
                // Java accepts a pattern without the last brackets.
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

/// Reserves digits: a number of variable length leaves the digits of the fixed numbers right after it.
pub(super) fn reserve(items: &mut [Item]) {
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
