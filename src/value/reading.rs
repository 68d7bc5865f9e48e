//! Reads one token as a value of a kind.

use super::address::Address;
use super::{Kind, Type, Value};
use crate::base::digits::eight;
use crate::base::span::Span;
use crate::base::time::{MAX_MILLIS, MAX_SECONDS, millis_of};
use crate::base::tokens::{ShortText, word_at};

impl Kind {
    /// Reads a token. `-` is absent whatever the kind.
    pub(crate) fn read(self, token: &[u8]) -> Result<Value, Mismatch> {
        if token == b"-" {
            return Ok(Value::Absent);
        }
        match self.value_type() {
            Type::Integer { max } => match parse_u64(token)? {
                number if number <= max => Ok(Value::Integer(number)),
                _ => Err(Mismatch::Range),
            },
            Type::Address => Address::parse(token).map(Address::value).ok_or(Mismatch::Kind),
            Type::Time => parse_time(token).map(Value::Time),
            Type::Word(words) => match words.iter().position(|word| word.as_bytes() == token) {
                Some(_) => Ok(Value::Text),
                None => Err(Mismatch::Kind),
            },
            Type::Text => Ok(Value::Text),
        }
    }

    /// True if two tokens are the same value.
    pub(crate) fn is_same(self, left: &[u8], right: &[u8]) -> bool {
        left == right
            || match self.value_type() {
                Type::Integer { .. } | Type::Time => self.read(left).is_ok_and(|value| self.read(right) == Ok(value)),
                Type::Address => Address::parse(left).is_some_and(|address| Address::parse(right) == Some(address)),
                Type::Word(_) | Type::Text => false,
            }
    }
}

/// The reason why a token is not a value of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// It is something else.
    Kind,
    /// It is a number outside the range.
    Range,
}

/// A closed set of words, each as the integer that [`eight`] makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Words([u64; 3]);

impl Words {
    /// Compiles words, three at most, of at most eight bytes.
    pub(crate) fn of(words: &[&str]) -> Words {
        let mut integers = [u64::MAX; 3];
        for (integer, word) in integers.iter_mut().zip(words) {
            *integer = eight(word.as_bytes());
        }
        Words(integers)
    }

    /// True if a token is one of the words.
    #[inline(always)]
    pub(crate) fn has(&self, text: &ShortText, Span { start, end }: Span) -> bool {
        let len = end.wrapping_sub(start);
        if !(1..=8).contains(&len) {
            return false;
        }
        let free = 64 - 8 * len as u32;
        let bytes = word_at(text, start) << free;
        // Zero bytes pad the words in the integers: a token that ends in one is not a word.
        bytes >> 56 != 0 && self.0.contains(&(bytes >> free))
    }
}

/// Parses decimal digits: no sign, no blank, no separator, and no fraction but zeros.
fn parse_u64(token: &[u8]) -> Result<u64, Mismatch> {
    let digits = without_fraction(token);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Mismatch::Kind);
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = u64::from(digit - b'0');
        number.checked_mul(10).and_then(|tens| tens.checked_add(digit)).ok_or(Mismatch::Range)
    })
}

/// Returns the digits of an integer that a table of floating-point numbers has written, as in `25238.0`.
pub(crate) fn without_fraction(token: &[u8]) -> &[u8] {
    let whole = || {
        let point = token.iter().position(|byte| *byte == b'.')?;
        let (whole, fraction) = (token.get(..point)?, token.get(point + 1..)?);
        (!fraction.is_empty() && fraction.iter().all(|digit| *digit == b'0')).then_some(whole)
    };
    whole().unwrap_or(token)
}

/// Parses Unix seconds and returns milliseconds. A number too large for seconds, but not for milliseconds, counts as
/// milliseconds. Anything but a number is a time as text; see [`millis_of`].
fn parse_time(token: &[u8]) -> Result<u64, Mismatch> {
    match parse_u64(token) {
        Ok(seconds @ 0..=MAX_SECONDS) => Ok(seconds * 1_000),
        Ok(millis @ 0..=MAX_MILLIS) => Ok(millis),
        Ok(_) | Err(Mismatch::Range) => Err(Mismatch::Range),
        Err(Mismatch::Kind) => {
            let millis = u64::try_from(millis_of(token).ok_or(Mismatch::Kind)?).map_err(|_| Mismatch::Range)?;
            if millis <= MAX_MILLIS { Ok(millis) } else { Err(Mismatch::Range) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn integers() {
        let port = Kind::PORT;
        let cases: &[(&str, Result<Value, Mismatch>)] = &[
            ("0", Ok(Value::Integer(0))),
            ("65535", Ok(Value::Integer(65_535))),
            ("0022", Ok(Value::Integer(22))),
            ("-", Ok(Value::Absent)),
            ("65536", Err(Mismatch::Range)),
            ("99999999999999999999999", Err(Mismatch::Range)),
            ("-1", Err(Mismatch::Kind)),
            ("+1", Err(Mismatch::Kind)),
            ("0x16", Err(Mismatch::Kind)),
            ("1_0", Err(Mismatch::Kind)),
            ("25238.0", Ok(Value::Integer(25_238))),
            ("6.000", Ok(Value::Integer(6))),
            ("65536.0", Err(Mismatch::Range)),
            ("1.5", Err(Mismatch::Kind)),
            ("1.", Err(Mismatch::Kind)),
            (".0", Err(Mismatch::Kind)),
            ("1.0.0", Err(Mismatch::Kind)),
            ("", Err(Mismatch::Kind)),
            ("٣", Err(Mismatch::Kind)),
        ];
        for (token, expected) in cases {
            assert_eq!(port.read(token.as_bytes()), *expected, "{token}");
        }
        assert_eq!(Kind::LONG.read(b"9223372036854775807"), Ok(Value::Integer(i64::MAX as u64)));
        assert_eq!(Kind::LONG.read(b"9223372036854775808"), Err(Mismatch::Range));
        assert_eq!(Kind::LONG.read(b"18446744073709551616"), Err(Mismatch::Range));
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn times_are_seconds_or_what_can_only_be_milliseconds_or_text() {
        assert_eq!(parse_time(b"1418530010"), Ok(1_418_530_010_000));
        assert_eq!(parse_time(b"0"), Ok(0));
        assert_eq!(parse_time(b"253402300799"), Ok(MAX_MILLIS - 999));
        assert_eq!(parse_time(b"1418530010123"), Ok(1_418_530_010_123));
        assert_eq!(parse_time(b"253402300799999"), Ok(MAX_MILLIS));
        assert_eq!(parse_time(b"253402300800000"), Err(Mismatch::Range));
        assert_eq!(parse_time(b"1418530010.0"), Ok(1_418_530_010_000));
        assert_eq!(parse_time(b"1418530010.5"), Err(Mismatch::Kind));
        assert_eq!(parse_time(b"2014-12-14T04:06:50.25Z"), Ok(1_418_530_010_250));
        assert_eq!(parse_time(b"2014-12-14 05:06:50+01"), Ok(1_418_530_010_000));
        assert_eq!(parse_time(b"1969-12-31T23:59:59Z"), Err(Mismatch::Range));
        assert_eq!(parse_time(b"9999-12-31T23:59:59-01:00"), Err(Mismatch::Range));
        assert_eq!(parse_time(b"2014-12-14"), Err(Mismatch::Kind));
    }
}
