//! `dot_expander`: expands a key with dots to nested objects.

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::{Document, cannot_cast};
use crate::ingest::failure::Failure;
use crate::ingest::processor::{Outcome, Processor};
use crate::ingest::value::Value;

#[derive(Debug)]
struct DotExpander {
    field: String,
    /// The object that has the key; `None` for the source itself.
    path: Option<String>,
    overrides: bool,
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let field = config.text("field")?;
    let refused = if field == "*" {
        None
    } else if !field.contains('.') {
        Some("field does not contain a dot and is not a wildcard")
    } else if field.starts_with('.') || field.ends_with('.') {
        Some("Field can't start or end with a dot")
    } else if field.contains("..") {
        Some("No space between dots")
    } else {
        None
    };
    if let Some(reason) = refused {
        return Err(config.failure(Some("field"), reason));
    }
    let path = config.optional_text("path")?;
    let overrides = config.flag("override", false)?;
    Ok(Box::new(DotExpander { field, path, overrides }))
}

impl Processor for DotExpander {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        if self.field != "*" {
            self.expand(&self.field, document, context)?;
            return Ok(Outcome::Continue);
        }
        let has_dot = |name: &&String| name.contains('.');
        let names: Vec<String> = match &self.path {
            None => document.source.keys().filter(has_dot).cloned().collect(),
            Some(path) => match document.get(path)? {
                Value::Map(members) => members.keys().filter(has_dot).cloned().collect(),
                other => return Err(cannot_cast(path, other, "java.util.Map")),
            },
        };
        for name in names {
            self.expand(&name, document, context)?;
        }
        Ok(Outcome::Continue)
    }
}

impl DotExpander {
    fn expand(&self, field: &str, document: &mut Document, context: &mut Context<'_>) -> Result<(), Failure> {
        let path = match &self.path {
            Some(path) => format!("{path}.{field}"),
            None => field.to_owned(),
        };
        document.check_depth(&path)?;
        let members = match &self.path {
            None => &mut document.source,
            Some(parent) => match document.get_mut(parent)? {
                Value::Map(members) => members,
                Value::Null => {
                    let reason = "Cannot invoke \"java.util.Map.containsKey(Object)\" because \"map\" is null";
                    return Err(Failure::new("null_pointer_exception", reason));
                }
                other => return Err(cannot_cast(parent, other, "java.util.Map")),
            },
        };
        let Some(value) = members.get(field).cloned() else { return Ok(()) };
        context.spend(value.weight())?;
        if document.has(&path)? {
            self.remove(field, document)?;
            if self.overrides {
                document.set(&path, value)?;
            } else {
                document.append(&path, value, true)?;
            }
            return Ok(());
        }
        // A value on the way may be a scalar.
        for (dot, _) in path.match_indices('.') {
            let part = path.get(..dot).unwrap_or_default();
            if document.has(part)? && !matches!(document.get(part)?, Value::Map(_)) {
                let reason =
                    format!("cannot expand [{path}], because [{part}] is not an object field, but a value field");
                return Err(Failure::illegal_argument(reason));
            }
        }
        self.remove(field, document)?;
        document.set(&path, value)
    }

    fn remove(&self, field: &str, document: &mut Document) -> Result<(), Failure> {
        let members = match &self.path {
            None => Some(&mut document.source),
            Some(parent) => match document.get_mut(parent)? {
                Value::Map(members) => Some(members),
                _ => None,
            },
        };
        members.and_then(|members| members.remove(field));
        Ok(())
    }
}
