//! `split`: splits a text into a list, at the matches of a regular expression.

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::processor::{Outcome, Processor, text_of};
use crate::ingest::regex;
use crate::ingest::value::Value;

#[derive(Debug)]
struct Split {
    field: String,
    separator: regex::Pattern,
    target_field: String,
    ignores_missing: bool,
    keeps_trailing: bool,
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let field = config.text("field")?;
    let ignores_missing = config.flag("ignore_missing", false)?;
    let target_field = config.text_or("target_field", &field)?;
    let keeps_trailing = config.flag("preserve_trailing", false)?;
    let separator = config.text("separator")?;
    let separator = regex::compile(&separator)
        .map_err(|refused| config.failure(Some("separator"), format!("Invalid regex pattern. {refused}")))?;
    Ok(Box::new(Split { field, separator, target_field, ignores_missing, keeps_trailing }))
}

impl Processor for Split {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let Some(text) = text_of(document, &self.field, self.ignores_missing, "split")? else {
            return Ok(Outcome::Continue);
        };
        context.spend(self.separator.work(text.len()))?;
        let parts = regex::split(&self.separator, text, self.keeps_trailing)?;
        let parts = Value::List(parts.into_iter().map(Value::String).collect());
        context.spend(parts.weight())?;
        document.set(&self.target_field, parts)?;
        Ok(Outcome::Continue)
    }
}
