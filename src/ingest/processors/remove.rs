//! `remove`: removes fields, or all fields except some.

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::mustache::Template;
use crate::ingest::processor::{Outcome, Processor};
use crate::ingest::value::{Map, Value};

#[derive(Debug)]
struct Remove {
    fields: Vec<Template>,
    /// True if the fields are those to keep.
    keeps: bool,
    ignores_missing: bool,
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let mut fields = |name: &str| -> Result<Option<Vec<Template>>, Failure> {
        let items = match config.take(name) {
            None => return Ok(None),
            Some(Value::List(items)) => items,
            Some(item) => vec![item],
        };
        let texts = config.texts(name, items)?;
        texts.iter().map(|text| Template::compile(text)).collect::<Result<_, _>>().map(Some)
    };
    let (removed, kept) = (fields("field")?, fields("keep")?);
    let (fields, keeps) = match (removed.filter(|all| !all.is_empty()), kept.filter(|all| !all.is_empty())) {
        (Some(fields), None) => (fields, false),
        (None, Some(fields)) => (fields, true),
        (None, None) => return Err(config.failure(Some("keep"), "or [field] must be specified")),
        (Some(_), Some(_)) => {
            let reason = "and [field] cannot both be used in the same processor";
            return Err(config.failure(Some("keep"), reason));
        }
    };
    let ignores_missing = config.flag("ignore_missing", false)?;
    Ok(Box::new(Remove { fields, keeps, ignores_missing }))
}

impl Processor for Remove {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let paths = self.fields.iter().map(|field| field.render(document, context)).collect::<Result<Vec<_>, _>>()?;
        if self.keeps {
            context.spend(document.weight().saturating_mul(1 + paths.len() / 16))?;
            let source = std::mem::take(&mut document.source);
            let paths: Vec<&str> = paths.iter().map(String::as_str).filter(|path| !path.is_empty()).collect();
            document.source = kept(source, "", &paths);
            return Ok(Outcome::Continue);
        }
        for path in paths {
            match document.remove(&path) {
                Err(_) if self.ignores_missing && document.has(&path).is_ok() => {}
                other => _ = other?,
            }
        }
        Ok(Outcome::Continue)
    }
}

/// Returns the members to keep, in whole or in part.
fn kept(members: Map, prefix: &str, paths: &[&str]) -> Map {
    let mut kept_members = Map::new();
    for (name, value) in members {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let is_above = |kept: &&str| kept.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('.'));
        let value = match value {
            value if paths.contains(&path.as_str()) => value,
            Value::Map(members) if paths.iter().any(is_above) => match kept(members, &path, paths) {
                inner if inner.is_empty() => continue,
                inner => Value::Map(inner),
            },
            _ => continue,
        };
        kept_members.insert(name, value);
    }
    kept_members
}
