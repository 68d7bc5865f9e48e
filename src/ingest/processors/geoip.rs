//! `geoip`: adds the properties of an address in MaxMind's databases.
//!
//! The name in `database_file` determines the kind of the database; the pipeline's databases have the content. An
//! address without a record leaves the document unchanged. A missing database leaves a tag. Properties are cached
//! across documents.

use std::sync::{Mutex, PoisonError};

use crate::geo::{Cache, Database};
use crate::ingest::address;
use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::processor::{Outcome, Processor};
use crate::ingest::value::{Value, from_json};

#[derive(Debug)]
struct Geoip {
    field: String,
    target_field: String,
    database_file: String,
    database: Database,
    properties: Vec<&'static str>,
    ignores_missing: bool,
    first_only: bool,
    /// The values of `target_field` by address; null for an address without a record.
    found: Mutex<Cache<Value>>,
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let field = config.text("field")?;
    let target_field = config.text_or("target_field", "geoip")?;
    let database_file = config.text_or("database_file", "GeoLite2-City.mmdb")?;
    let ignores_missing = config.flag("ignore_missing", false)?;
    let first_only = config.flag("first_only", true)?;
    // Elasticsearch downloads the file; here its content is given.
    config.flag("download_database_on_pipeline_creation", true)?;
    let Some(database) = Database::of_type(&database_file) else {
        let reason =
            format!("database file [{database_file}] doesn't exist: expected a name with City, Country or ASN");
        return Err(config.failure(Some("database_file"), reason));
    };
    let properties = match config.optional_list("properties")? {
        None => database.default_properties().to_vec(),
        Some(items) => {
            let all = database.properties();
            let mut named = Vec::new();
            for text in config.texts("properties", items)? {
                let Some(known) = all.iter().find(|known| known.eq_ignore_ascii_case(&text)) else {
                    let valid: Vec<String> = all.iter().map(|name| name.to_uppercase()).collect();
                    let valid = valid.join(", ");
                    let reason = format!("illegal property value [{text}]. valid values are [{valid}]");
                    return Err(config.failure(Some("properties"), reason));
                };
                named.push(*known);
            }
            named
        }
    };
    let found = Mutex::new(Cache::new());
    Ok(Box::new(Geoip { field, target_field, database_file, database, properties, ignores_missing, first_only, found }))
}

impl Processor for Geoip {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let field = &self.field;
        let value = document.get_or_null(field, self.ignores_missing)?;
        context.spend(value.weight())?;
        if value.is_null() {
            if self.ignores_missing {
                return Ok(Outcome::Continue);
            }
            let reason = format!("field [{field}] is null, cannot extract geoip information.");
            return Err(Failure::illegal_argument(reason));
        }
        if !context.databases().is_some_and(|databases| databases.has(self.database)) {
            if !self.ignores_missing {
                let tag = format!("_geoip_database_unavailable_{}", self.database_file);
                document.append("tags", Value::String(tag), true)?;
            }
            return Ok(Outcome::Continue);
        }
        let found = match value {
            Value::String(text) => self.look_up(text, context)?,
            Value::List(items) => {
                let mut found = Vec::new();
                for item in items {
                    let Value::String(text) = item else {
                        let reason = format!("array in field [{field}] should only contain strings");
                        return Err(Failure::illegal_argument(reason));
                    };
                    let properties = self.look_up(text, context)?;
                    let is_match = properties.is_some();
                    found.push(properties.unwrap_or(Value::Null));
                    if is_match && self.first_only {
                        break;
                    }
                }
                match found.iter().any(|properties| !properties.is_null()) {
                    true if self.first_only => found.pop(),
                    true => Some(Value::List(found)),
                    false => None,
                }
            }
            _ => {
                let reason = format!("field [{field}] should contain only string or array of strings");
                return Err(Failure::illegal_argument(reason));
            }
        };
        if let Some(properties) = found {
            document.set(&self.target_field, properties)?;
        }
        Ok(Outcome::Continue)
    }
}

impl Geoip {
    /// Returns the properties of an address, or `None` if there are none.
    fn look_up(&self, text: &str, context: &mut Context<'_>) -> Result<Option<Value>, Failure> {
        let address = address::parse(text)?;
        let Some(databases) = context.databases() else { return Ok(None) };
        let mut cache = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        cache.reserve(1);
        let looked_up = cache.look_up(address, || {
            let found = databases.lookup(self.database, address)?.unwrap_or_default();
            let kept = found.into_iter().filter(|(name, _)| self.properties.contains(&name.as_str()));
            let kept: serde_json::Map<String, serde_json::Value> = kept.collect();
            let value = if kept.is_empty() { Value::Null } else { from_json(&kept.into()) };
            let bytes = value.weight();
            Ok((value, bytes))
        });
        looked_up.map_err(|error| Failure::illegal_argument(error.to_string()))?;
        let Some(value) = cache.get(address).filter(|value| !value.is_null()) else { return Ok(None) };
        context.spend(value.weight())?;
        Ok(Some(value.clone()))
    }
}
