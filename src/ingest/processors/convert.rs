//! `convert`: changes a value's type, or that of each item of a list.

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::number::{decimal, integer};
use crate::ingest::processor::{Outcome, Processor};
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
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let value = document.get_or_null(&self.field, self.ignores_missing)?;
        context.spend(value.weight())?;
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
        // Of a list, a null item fails.
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
            // An address with an IPv6 zone is valid, too.
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

/// Converts a text to the first type that fits.
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
