//! `append`: adds values to a list.

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::mustache::{Source, Template};
use crate::ingest::processor::{Outcome, Processor};
use crate::ingest::value::Value;

#[derive(Debug)]
struct Append {
    field: Template,
    value: Source,
    allows_duplicates: bool,
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let field = config.template("field")?;
    let value = config.source("value")?;
    let allows_duplicates = config.flag("allow_duplicates", true)?;
    Ok(Box::new(Append { field, value, allows_duplicates }))
}

impl Processor for Append {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let path = self.field.render(document, context)?;
        let value = self.value.resolve(document, context)?;
        if let (false, Value::List(items), Ok(Value::List(old))) = (self.allows_duplicates, &value, document.get(&path))
        {
            // Each item is compared with all others.
            context.spend(items.len().saturating_mul(old.len() + items.len()))?;
        }
        document.append(&path, value, self.allows_duplicates)?;
        Ok(Outcome::Continue)
    }
}
