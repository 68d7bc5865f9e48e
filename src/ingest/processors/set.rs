//! `set`: writes a value, or copies it from another field.

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::mustache::{Source, Template};
use crate::ingest::processor::{Outcome, Processor};

#[derive(Debug)]
struct Set {
    field: Template,
    value: Origin,
    overrides: bool,
    ignores_empty: bool,
}

#[derive(Debug)]
enum Origin {
    Value(Source),
    Field(String),
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let field = config.template("field")?;
    let value = match config.optional_text("copy_from")? {
        None => Origin::Value(config.source("value")?),
        Some(from) => {
            config.escapes()?;
            if config.take("value").is_some() {
                let reason = "cannot set both `copy_from` and `value` in the same processor";
                return Err(config.failure(Some("copy_from"), reason));
            }
            Origin::Field(from)
        }
    };
    let overrides = config.flag("override", true)?;
    let ignores_empty = config.flag("ignore_empty_value", false)?;
    Ok(Box::new(Set { field, value, overrides, ignores_empty }))
}

impl Processor for Set {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let path = self.field.render(document, context)?;
        if !self.overrides && document.has(&path)? && !document.get(&path)?.is_null() {
            return Ok(Outcome::Continue);
        }
        let (value, may_be_empty) = match &self.value {
            Origin::Field(from) => {
                let value = document.get_or_null(from, self.ignores_empty)?;
                context.spend(value.weight())?;
                (value.clone(), true)
            }
            // Only the result of a template counts as empty.
            Origin::Value(source) => (source.resolve(document, context)?, source.is_template()),
        };
        let is_empty = value.is_null() || value.as_str() == Some("");
        if !(self.ignores_empty && may_be_empty && is_empty) {
            document.set(&path, value)?;
        }
        Ok(Outcome::Continue)
    }
}
