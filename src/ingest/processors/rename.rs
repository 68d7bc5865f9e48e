//! `rename`: moves a value to another field.

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::mustache::Template;
use crate::ingest::processor::{Outcome, Processor};

#[derive(Debug)]
struct Rename {
    field: Template,
    target_field: Template,
    ignores_missing: bool,
    overrides: bool,
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let field = config.template("field")?;
    let target_field = config.template("target_field")?;
    let ignores_missing = config.flag("ignore_missing", false)?;
    let overrides = config.flag("override", false)?;
    Ok(Box::new(Rename { field, target_field, ignores_missing, overrides }))
}

impl Processor for Rename {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let path = self.field.render(document, context)?;
        let is_nothing = path.is_empty();
        if is_nothing || !document.has_within(&path)? {
            if self.ignores_missing {
                return Ok(Outcome::Continue);
            }
            return Err(Failure::illegal_argument(if is_nothing {
                "field path cannot be null nor empty".to_owned()
            } else {
                format!("field [{path}] doesn't exist")
            }));
        }
        let target = self.target_field.render(document, context)?;
        if !self.overrides && document.has_within(&target)? {
            return Err(Failure::illegal_argument(format!("field [{target}] already exists")));
        }
        let value = document.remove(&path)?;
        context.spend(value.weight())?;
        if let Err(failure) = document.set(&target, value.clone()) {
            // The value returns to its old field.
            document.set(&path, value)?;
            return Err(failure);
        }
        Ok(Outcome::Continue)
    }
}
