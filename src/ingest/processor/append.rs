//! `append`: adds values to a list.

use super::{Outcome, Processor};
use crate::ingest::config::Config;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::mustache::{Source, Template};
use crate::ingest::pipeline::Run;

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
    fn run(&self, document: &mut Document, run: &mut Run<'_>) -> Result<Outcome, Failure> {
        let path = self.field.render(document, run)?;
        let value = self.value.resolve(document, run)?;
        document.append(&path, value, self.allows_duplicates)?;
        Ok(Outcome::Continue)
    }
}
