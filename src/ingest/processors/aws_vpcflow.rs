//! `aws_vpcflow`: reads a field's text as a flow log record and merges its document into the source.
//!
//! The options are:
//!
//! - `field` (default `message`), `target_field` (default the source itself), `ignore_missing`
//! - those of [`Options`] in snake case: `format`, `schema`, `mode`, `strict`, `preserve_original`, `tags`, `fields`,
//!   `data_stream`, `ingested`, `community_id`, `omit_log_status`, `max_line_bytes`, `layers`
//! - `geo` (default `false`), which adds the places and autonomous systems of the pipeline's databases
//!
//! A member of the record's document replaces the member of the source; objects are merged. `tags` and `related.ip`
//! collect values, and are extended. A source that has a time keeps it if the record has none. Header lines and blank lines change nothing. Each document is read by itself, so
//! that a header does not apply to later documents.

use std::sync::{Mutex, PoisonError};

use crate::base::output::Output;
use crate::error::ErrorCode;
use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::{Document, is_metadata};
use crate::ingest::failure::Failure;
use crate::ingest::processor::{Outcome, Processor, text_of};
use crate::ingest::value::{Map, Value, merge, to_json};
use crate::options::Options;
use crate::parser::{Line, Parser};

#[derive(Debug)]
struct AwsVpcflow {
    field: String,
    target_field: Option<String>,
    ignores_missing: bool,
    parser: Mutex<Reader>,
}

#[derive(Debug)]
struct Reader {
    parser: Parser,
    document: Output,
}

const TIMESTAMP: &str = "@timestamp";

/// The names of the options here and in the parser.
const OPTIONS: [(&str, &str); 13] = [
    ("format", "format"),
    ("schema", "schema"),
    ("mode", "mode"),
    ("strict", "strict"),
    ("preserve_original", "preserveOriginal"),
    ("tags", "tags"),
    ("fields", "fields"),
    ("data_stream", "dataStream"),
    ("ingested", "ingested"),
    ("community_id", "communityId"),
    ("omit_log_status", "omitLogStatus"),
    ("max_line_bytes", "maxLineBytes"),
    ("layers", "layers"),
];

/// The names of all options, in order.
pub(super) const NAMES: [&str; 17] = [
    "community_id", "data_stream", "field", "fields", "format", "geo", "ignore_missing", "ingested", "layers",
    "max_line_bytes", "mode", "omit_log_status", "preserve_original", "schema", "strict", "tags", "target_field",
];

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let field = config.text_or("field", "message")?;
    let target_field = config.optional_text("target_field")?.filter(|field| !field.is_empty());
    let ignores_missing = config.flag("ignore_missing", false)?;
    let mut options = Options::default();
    for (name, known_as) in OPTIONS {
        if let Some(value) = config.take(name) {
            let set = options.set(known_as, to_json(&value));
            set.map_err(|error| config.failure(Some(name), option_reason(&error, known_as)))?;
        }
    }
    if config.flag("geo", false)? {
        let none = || config.failure(Some("geo"), "the pipeline was given no databases");
        options.geo = Some(config.databases.clone().ok_or_else(none)?);
    }
    if let (Some(name), None) =
        (options.fields.0.iter().map(|(name, _)| name).find(|name| is_metadata(name)), &target_field)
    {
        return Err(config.failure(Some("fields"), format!("[{name}] is metadata: use the set processor")));
    }
    let parser = Parser::new(options).map_err(|error| config.failure(None, error.to_string()))?;
    let parser = Mutex::new(Reader { parser, document: Output::new() });
    Ok(Box::new(AwsVpcflow { field, target_field, ignores_missing, parser }))
}

/// Returns the message without the prefix that names the option.
fn option_reason(error: &crate::error::Error, name: &str) -> String {
    let text = error.to_string();
    text.strip_prefix(&format!("option \"{name}\": ")).map_or(text.clone(), str::to_owned)
}

impl Processor for AwsVpcflow {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let Some(text) = text_of(document, &self.field, self.ignores_missing, "process it")? else {
            return Ok(Outcome::Continue);
        };
        context.spend(text.len())?;
        let record = {
            let mut reader = self.parser.lock().unwrap_or_else(PoisonError::into_inner);
            let Reader { parser, document } = &mut *reader;
            // The line is read independently of the lines before it.
            parser.reset();
            parser.set_clock(context.clock());
            document.clear();
            let without_time = parser.stats().without_time;
            match parser.parse_line(text.as_bytes(), document).map_err(|error| failure(&error))? {
                Line::Omitted => return Ok(Outcome::Drop),
                Line::Header | Line::Blank => return Ok(Outcome::Continue),
                Line::Record => {}
            }
            let record = serde_json::from_slice(document).map_err(|error| {
                Failure::illegal_argument(format!("the document of the record is not JSON, which is a bug: {error}"))
            })?;
            (record, parser.stats().without_time == without_time)
        };
        let (Value::Map(mut record), has_time) = record else { return Ok(Outcome::Continue) };
        if !has_time && self.target_field.is_none() && document.source.contains_key(TIMESTAMP) {
            // The time that the source came with is nearer to the event than the time of parsing.
            record.remove(TIMESTAMP);
        }
        match &self.target_field {
            None => merge(&mut document.source, record, is_collected),
            Some(target) => {
                let old = if document.has(target)? { document.get(target)?.clone() } else { Value::Null };
                context.spend(old.weight())?;
                let mut members = match old {
                    Value::Map(members) => members,
                    _ => Map::new(),
                };
                merge(&mut members, record, is_collected);
                document.set(target, Value::Map(members))?;
            }
        }
        Ok(Outcome::Continue)
    }
}

/// Makes a failure of an error. The message has the column only, as there is one line.
fn failure(error: &crate::error::Error) -> Failure {
    let column = error.position().column.map(|column| format!("column {column}: ")).unwrap_or_default();
    let kind = match error.code() {
        ErrorCode::InvalidOption => "illegal_state_exception",
        _ => "illegal_argument_exception",
    };
    Failure::new(kind, format!("{column}{}", error.problem()))
}

/// True if several processors add values to the list at a path.
fn is_collected(path: &str) -> bool {
    ["tags", "related.ip"].contains(&path)
}
