//! Processors that change a text, or each text of a list: `lowercase`, `uppercase`, `trim`.

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::{Document, cannot_cast};
use crate::ingest::failure::Failure;
use crate::ingest::processor::{Outcome, Processor};
use crate::ingest::value::Value;

/// The options of a processor that changes texts, in the order of their names.
pub(super) const OPTIONS: [&str; 3] = ["field", "ignore_missing", "target_field"];

/// A processor that changes texts, with the options that these have in common.
#[derive(Debug)]
pub(super) struct TextProcessor<C> {
    field: String,
    target_field: String,
    ignores_missing: bool,
    pub(super) change: C,
}

/// A change of a text.
pub(super) trait Change: std::fmt::Debug + Send + Sync {
    fn change(&self, text: &str) -> Result<Value, Failure>;

    /// Returns the work of a change, in bytes copied, for a value of so many bytes.
    fn work(&self, bytes: usize) -> usize {
        bytes
    }
}

impl<C: Change + 'static> TextProcessor<C> {
    /// Reads the common options, and those of the change.
    pub(super) fn build(
        config: &mut Config,
        change: impl FnOnce(&mut Config) -> Result<C, Failure>,
    ) -> Result<Box<dyn Processor>, Failure> {
        let field = config.text("field")?;
        let ignores_missing = config.flag("ignore_missing", false)?;
        let target_field = config.text_or("target_field", &field)?;
        let change = change(config)?;
        Ok(Box::new(TextProcessor { field, target_field, ignores_missing, change }))
    }
}

impl<C: Change> Processor for TextProcessor<C> {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let field = &self.field;
        let found = document.get_or_null(field, self.ignores_missing)?;
        context.spend(self.change.work(found.weight()))?;
        let changed = match found {
            Value::Null if self.ignores_missing => return Ok(Outcome::Continue),
            Value::Null => {
                return Err(Failure::illegal_argument(format!("field [{field}] is null, cannot process it.")));
            }
            Value::String(text) => self.change.change(text)?,
            Value::List(items) => {
                let mut changed = Vec::with_capacity(items.len());
                for item in items {
                    match item {
                        Value::String(text) => changed.push(self.change.change(text)?),
                        Value::Null => {
                            let reason = "Cannot invoke \"Object.getClass()\" because \"value\" is null";
                            return Err(Failure::new("null_pointer_exception", reason));
                        }
                        other => {
                            return Err(Failure::illegal_argument(format!(
                                "value [{}] of type [{}] in list field [{field}] cannot be cast to [java.lang.String]",
                                other.to_java_string(),
                                other.java_type()
                            )));
                        }
                    }
                }
                Value::List(changed)
            }
            other => return Err(cannot_cast(field, other, "java.lang.String")),
        };
        context.spend(changed.weight())?;
        document.set(&self.target_field, changed)?;
        Ok(Outcome::Continue)
    }
}

#[derive(Debug)]
struct Lowercase;

impl Change for Lowercase {
    fn change(&self, text: &str) -> Result<Value, Failure> {
        Ok(Value::String(text.to_lowercase()))
    }
}

#[derive(Debug)]
struct Uppercase;

impl Change for Uppercase {
    fn change(&self, text: &str) -> Result<Value, Failure> {
        Ok(Value::String(text.to_uppercase()))
    }
}

#[derive(Debug)]
struct Trim;

impl Change for Trim {
    fn change(&self, text: &str) -> Result<Value, Failure> {
        // Java's `trim` removes blanks and control characters.
        Ok(Value::String(text.trim_matches(|c: char| c <= ' ').to_owned()))
    }
}

pub(super) fn lowercase(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    TextProcessor::build(config, |_| Ok(Lowercase))
}

pub(super) fn uppercase(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    TextProcessor::build(config, |_| Ok(Uppercase))
}

pub(super) fn trim(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    TextProcessor::build(config, |_| Ok(Trim))
}
