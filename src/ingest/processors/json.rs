//! `json`: parses a text as JSON.
//!
//! Text after the first value is refused with `strict_json_parsing`, which is the default as in Elasticsearch since
//! version 8.9; otherwise it is ignored. Messages about texts that are not JSON are those of this crate's reader.

use serde::Deserialize as _;

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::processor::{Outcome, Processor};
use crate::ingest::value::{Value, deserialize_unique, merge};

#[derive(Debug)]
struct Json {
    field: String,
    to: To,
    allows_duplicates: bool,
    is_strict: bool,
}

#[derive(Debug)]
enum To {
    Field(String),
    /// The document itself: the members of the value become its members.
    Root {
        merges: bool,
    },
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let field = config.text("field")?;
    let target_field = config.optional_text("target_field")?;
    let to_root = config.flag("add_to_root", false)?;
    let allows_duplicates = config.flag("allow_duplicate_keys", false)?;
    let strategy = config.optional_text("add_to_root_conflict_strategy")?;
    let is_strict = config.flag("strict_json_parsing", true)?;
    if strategy.is_some() && !to_root {
        let reason = "Cannot set `add_to_root_conflict_strategy` if `add_to_root` is false";
        return Err(config.failure(Some("add_to_root_conflict_strategy"), reason));
    }
    if to_root && target_field.is_some() {
        let reason = "Cannot set a target field while also setting `add_to_root` to true";
        return Err(config.failure(Some("target_field"), reason));
    }
    let to = if to_root {
        let merges = match strategy.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("replace") => false,
            Some("merge") => true,
            Some(_) => {
                let reason = "conflict strategy [{}] not supported, cannot convert field.";
                let reason = reason.replace("{}", strategy.as_deref().unwrap_or_default());
                return Err(config.failure(Some("add_to_root_conflict_strategy"), reason));
            }
        };
        To::Root { merges }
    } else {
        To::Field(target_field.unwrap_or_else(|| field.clone()))
    };
    Ok(Box::new(Json { field, to, allows_duplicates, is_strict }))
}

impl Processor for Json {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let found = document.get(&self.field)?;
        context.spend(found.weight())?;
        let value = match found {
            Value::Null => Value::Null,
            // Of other values, Elasticsearch parses Java's text.
            Value::String(text) => self.parse(text)?,
            other => self.parse(&other.to_java_string())?,
        };
        context.spend(value.weight())?;
        match &self.to {
            To::Field(target) => document.set(target, value)?,
            To::Root { merges } => {
                let Value::Map(members) = value else {
                    return Err(Failure::illegal_argument("cannot add non-map fields to root of document"));
                };
                for (name, value) in members {
                    match (document.member(&name), value) {
                        (Some(whole @ Value::Map(old)), Value::Map(new)) if *merges => {
                            context.spend(whole.weight())?;
                            let mut members = old.clone();
                            merge(&mut members, new, |_| false);
                            document.set_member(&name, Value::Map(members))?;
                        }
                        (_, value) => document.set_member(&name, value)?,
                    }
                }
            }
        }
        Ok(Outcome::Continue)
    }
}

impl Json {
    fn parse(&self, text: &str) -> Result<Value, Failure> {
        if text.trim().is_empty() {
            return Ok(Value::Null);
        }
        let mut reader = serde_json::Deserializer::from_str(text);
        let refused = |error: serde_json::Error| {
            let reason = error.to_string();
            Failure::illegal_argument(reason.clone()).caused_by(Failure::new("json_parse_exception", reason))
        };
        let value = if self.allows_duplicates {
            Value::deserialize(&mut reader).map_err(refused)?
        } else {
            deserialize_unique(&mut reader).map_err(refused)?
        };
        if self.is_strict {
            reader.end().map_err(|_| {
                let reason =
                    format!("The input {text} is not valid JSON and the strict_json_parsing parameter is true");
                Failure::illegal_argument(reason)
            })?;
        }
        Ok(value)
    }
}
