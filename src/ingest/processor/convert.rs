//! `convert`: changes a value's type, or that of each item of a list.

use super::{Outcome, Processor};
use crate::ingest::config::Config;
use crate::ingest::document::{Document, number_format};
use crate::ingest::failure::Failure;
use crate::ingest::pipeline::Run;
use crate::ingest::value::Value;

#[derive(Debug)]
struct Convert {
    field: String,
    target_field: String,
    to: Type,
    ignores_missing: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    String,
    Ip,
    Auto,
}

const TYPES: [(&str, Type); 8] = [
    ("integer", Type::Integer),
    ("long", Type::Long),
    ("float", Type::Float),
    ("double", Type::Double),
    ("boolean", Type::Boolean),
    ("string", Type::String),
    ("ip", Type::Ip),
    ("auto", Type::Auto),
];

impl Type {
    fn name(self) -> &'static str {
        TYPES.into_iter().find(|(_, to)| *to == self).map_or("", |(name, _)| name)
    }
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let field = config.text("field")?;
    let name = config.text("type")?;
    let target_field = config.text_or("target_field", &field)?;
    let Some((_, to)) = TYPES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(&name)) else {
        return Err(config.failure(Some("type"), format!("type [{name}] not supported, cannot convert field.")));
    };
    let ignores_missing = config.flag("ignore_missing", false)?;
    Ok(Box::new(Convert { field, target_field, to, ignores_missing }))
}

impl Processor for Convert {
    fn run(&self, document: &mut Document, run: &mut Run<'_>) -> Result<Outcome, Failure> {
        let value = document.get_or_null(&self.field, self.ignores_missing)?;
        run.spend(value.weight())?;
        let converted = match value {
            Value::Null if self.ignores_missing => return Ok(Outcome::Continue),
            Value::Null => {
                let (field, name) = (&self.field, self.to.name());
                let reason = format!("Field [{field}] is null, cannot be converted to type [{name}]");
                return Err(Failure::illegal_argument(reason));
            }
            Value::List(items) => {
                Value::List(items.iter().map(|item| convert(item, self.to)).collect::<Result<_, _>>()?)
            }
            other => convert(other, self.to)?,
        };
        document.set(&self.target_field, converted)?;
        Ok(Outcome::Continue)
    }
}

fn convert(value: &Value, to: Type) -> Result<Value, Failure> {
    if value.is_null() && to != Type::Auto {
        // An item of a list.
        let reason = "Cannot invoke \"Object.toString()\" because \"value\" is null";
        return Err(Failure::new("null_pointer_exception", reason));
    }
    let text = value.to_java_string();
    let unable = |cause: Failure| {
        Failure::illegal_argument(format!("unable to convert [{text}] to {}", to.name())).caused_by(cause)
    };
    match to {
        Type::Integer => integer(&text, i64::from(i32::MIN), i64::from(i32::MAX))
            .map(|number| i32::try_from(number).map_or(Value::Long(number), Value::Integer))
            .map_err(unable),
        Type::Long => integer(&text, i64::MIN, i64::MAX).map(Value::Long).map_err(unable),
        Type::Float => decimal(&text).map(|number| Value::Float(number.single)).map_err(unable),
        Type::Double => decimal(&text).map(|number| Value::Double(number.double)).map_err(unable),
        Type::Boolean if text.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
        Type::Boolean if text.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
        Type::Boolean => {
            let reason = format!("[{text}] is not a boolean value, cannot convert to boolean");
            Err(Failure::illegal_argument(reason))
        }
        Type::String => Ok(Value::String(text)),
        Type::Ip => {
            // An address in an IPv6 zone is one, too.
            let address = text.split_once('%').map_or(text.as_str(), |(address, _)| address);
            match address.parse::<std::net::IpAddr>() {
                Ok(_) => Ok(Value::String(text)),
                Err(_) => Err(Failure::illegal_argument(format!("'{text}' is not an IP string literal."))),
            }
        }
        Type::Auto => Ok(match value {
            Value::String(text) => auto(text),
            other => other.clone(),
        }),
    }
}

/// The first type that fits a text.
fn auto(text: &str) -> Value {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return Value::Bool(text.eq_ignore_ascii_case("true"));
    }
    if let Ok(number) = integer(text, i64::MIN, i64::MAX) {
        return Value::from_i64(number);
    }
    match decimal(text) {
        Ok(number) => Value::Float(number.single),
        Err(_) => Value::String(text.to_owned()),
    }
}

/// An integer as Java reads it, in decimal digits or, after `0x`, in hexadecimal ones.
fn integer(text: &str, least: i64, most: i64) -> Result<i64, Failure> {
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

/// A decimal digit of the scripts that log texts may be in, as an ASCII digit.
fn decimal_digit(character: char) -> Option<char> {
    const ZEROS: [u32; 6] = [0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0xFF10];
    let code = u32::from(character);
    let zero = ZEROS.into_iter().find(|zero| (*zero..*zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// A decimal number in both of Java's sizes, each rounded once.
struct Decimal {
    single: f32,
    double: f64,
}

/// A number as Java's `Float.parseFloat` and `Double.parseDouble` read it.
fn decimal(text: &str) -> Result<Decimal, Failure> {
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

/// A number as Java's `Double.parseDouble` reads it.
pub(super) fn java_double(text: &str) -> Result<f64, Failure> {
    decimal(text).map(|number| number.double)
}

/// A hexadecimal floating point number, `0x1.8p3`: digits and an exponent of two, which it must have.
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.get(2..)?.split_once(['p', 'P'])?;
    let exponent: i32 = exponent.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(exponent).parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    // More digits than a double has bits for are none that anybody writes.
    if digits.is_empty() || digits.len() > 13 || exponent.abs() > 2_000 {
        return None;
    }
    let number = u64::from_str_radix(&digits, 16).ok()?;
    Some(number as f64 * 2_f64.powi(exponent - 4 * i32::try_from(fraction.len()).ok()?))
}
