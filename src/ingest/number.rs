//! Numbers in texts, as Java reads them.
//!
//! Source: `Long.decode`, `Float.parseFloat` and `Double.parseDouble` of Java, and a real server's answers.

use super::failure::Failure;

/// Reads an integer in decimal digits or, after `0x`, in hexadecimal digits.
pub(super) fn integer(text: &str, least: i64, most: i64) -> Result<i64, Failure> {
    let lower = text.to_ascii_lowercase();
    let hexadecimal = lower.strip_prefix("0x").map(|digits| (digits, false));
    let hexadecimal = hexadecimal.or_else(|| lower.strip_prefix("-0x").map(|digits| (digits, true)));
    if let Some((digits, negative)) = hexadecimal.filter(|(digits, _)| !digits.is_empty()) {
        let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = i128::from_str_radix(digits, 16).ok().filter(|_| is_number);
        let number = number.map(|number| if negative { -number } else { number }).and_then(|n| i64::try_from(n).ok());
        return number.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
            let digits = text.get(text.len() - digits.len()..).unwrap_or_default();
            let sign = if negative { "-" } else { "" };
            Failure::new("number_format_exception", format!("For input string: \"{sign}{digits}\" under radix 16"))
        });
    }
    // Java reads the digits of every script.
    let digits: String = text.chars().map(|c| decimal_digit(c).unwrap_or(c)).collect();
    digits.parse::<i64>().ok().filter(|number| (least..=most).contains(number)).ok_or_else(|| number_format(text))
}

/// Converts a decimal digit of a script that occurs in logs to an ASCII digit.
fn decimal_digit(character: char) -> Option<char> {
    const ZEROS: [u32; 6] = [0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10];
    let code = u32::from(character);
    let zero = ZEROS.into_iter().find(|zero| (*zero..*zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// A decimal number in both of Java's sizes, each rounded once.
pub(super) struct Decimal {
    pub(super) single: f32,
    pub(super) double: f64,
}

/// Reads a number as Java's `Float.parseFloat` and `Double.parseDouble` do.
pub(super) fn decimal(text: &str) -> Result<Decimal, Failure> {
    let trimmed = text.trim_matches(|c: char| c <= ' ');
    if trimmed.is_empty() {
        return Err(Failure::new("number_format_exception", "empty String"));
    }
    let (sign, unsigned) = match trimmed.strip_prefix(['-', '+']) {
        Some(rest) if trimmed.starts_with('-') => (-1.0, rest),
        Some(rest) => (1.0, rest),
        None => (1.0, trimmed),
    };
    match unsigned {
        "NaN" => return Ok(Decimal { single: f32::NAN, double: f64::NAN }),
        "Infinity" => return Ok(Decimal { single: f32::INFINITY * sign as f32, double: f64::INFINITY * sign }),
        _ => {}
    }
    if unsigned.starts_with("0x") || unsigned.starts_with("0X") {
        return hexadecimal(unsigned)
            .map(|number| Decimal { single: (number * sign) as f32, double: number * sign })
            .ok_or_else(|| number_format(trimmed));
    }
    let digits = unsigned.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(unsigned);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match (digits.parse::<f32>(), digits.parse::<f64>()) {
        (Ok(single), Ok(double)) if is_number => Ok(Decimal { single: single * sign as f32, double: double * sign }),
        _ => {
            let points = digits.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.');
            if points.filter(|byte| *byte == b'.').count() > 1 {
                return Err(Failure::new("number_format_exception", "multiple points"));
            }
            Err(number_format(trimmed))
        }
    }
}

/// Reads a hexadecimal floating point number such as `0x1.8p3`. The exponent, a power of two, is required.
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.get(2..)?.split_once(['p', 'P'])?;
    let exponent: i32 = exponent.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(exponent).parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    // Longer digits exceed the bits of a double, and are not supported.
    if digits.is_empty() || digits.len() > 13 || exponent.abs() > 2_000 {
        return None;
    }
    let number = u64::from_str_radix(&digits, 16).ok()?;
    Some(number as f64 * 2_f64.powi(exponent - 4 * i32::try_from(fraction.len()).ok()?))
}

/// Returns Java's failure for a text that is not a number.
pub(super) fn number_format(text: &str) -> Failure {
    Failure::new("number_format_exception", format!("For input string: \"{text}\""))
}
