//! `dissect`: splits a text into fields, by the delimiters between them.
//!
//! - `%{name}` is a field; after `%{name->}`, the delimiter may be repeated.
//! - `%{+name}` and `%{+name/2}` are joined to one value, in that order.
//! - `%{?name}` and `%{}` are left out.
//! - `%{*name}` and `%{&name}` are a pair: the name of a field, and its value.
//!
//! Source: the reference of Elasticsearch's dissect processor, and a real server's answers.

use std::collections::{BTreeMap, BTreeSet};

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::processor::{Outcome, Processor, text_of};
use crate::ingest::value::Value;

#[derive(Debug)]
struct Dissect {
    field: String,
    ignores_missing: bool,
    append_separator: String,
    pattern: Pattern,
}

#[derive(Debug)]
struct Pattern {
    text: String,
    /// The text before the first key.
    leading: String,
    /// The keys, each with the delimiter after it. The delimiter of the last key may be empty.
    pairs: Vec<(Key, String)>,
}

#[derive(Debug)]
struct Key {
    name: String,
    kind: Kind,
    /// True if the delimiter after the key may be repeated.
    skips_padding: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    /// A value that is left out.
    Skip,
    /// A value that is joined, in this order. Those without an order come first, as they stand.
    Append(Option<u32>),
    /// A value that is the name of a field.
    FieldName,
    /// A value of the field that the pair names.
    FieldValue,
}

/// The limit of keys in a pattern.
const MAX_KEYS: usize = 1_000;

/// The limit of a delimiter, in bytes: it is compared at every byte of a text.
const MAX_DELIMITER: usize = 1_000;

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let field = config.text("field")?;
    let pattern = config.text("pattern")?;
    let append_separator = config.text_or("append_separator", "")?;
    let ignores_missing = config.flag("ignore_missing", false)?;
    let pattern = parse(&pattern).map_err(|cause| {
        let reason = format!("org.elasticsearch.dissect.DissectException${}: {}", class_of(&cause), cause.reason());
        config.described(Failure::new("exception", reason).caused_by(cause))
    })?;
    Ok(Box::new(Dissect { field, ignores_missing, append_separator, pattern }))
}

fn class_of(failure: &Failure) -> &'static str {
    if failure.kind() == "key_parse" { "KeyParse" } else { "PatternParse" }
}

fn wrong_pattern(pattern: &str, reason: &str) -> Failure {
    Failure::new("pattern_parse", format!("Unable to parse pattern: {pattern} Reason: {reason}"))
}

fn parse(text: &str) -> Result<Pattern, Failure> {
    let nothing = || wrong_pattern(text, "Unable to find any keys or delimiters.");
    let first = text.find("%{").ok_or_else(nothing)?;
    let leading = text.get(..first).unwrap_or_default().to_owned();
    let mut pairs: Vec<(Key, String)> = Vec::new();
    let mut rest = text.get(first..).unwrap_or_default();
    while let Some((inner, after)) = rest.strip_prefix("%{").and_then(|inner| inner.split_once('}')) {
        let key = parse_key(inner)?;
        // A delimiter does not contain a percent sign.
        let end = after.find('%').unwrap_or(after.len());
        pairs.push((key, after.get(..end).unwrap_or_default().to_owned()));
        let next = after.find("%{").unwrap_or(after.len());
        rest = after.get(next..).unwrap_or_default();
        if end > MAX_DELIMITER {
            return Err(wrong_pattern(text, &format!("expected delimiters of at most {MAX_DELIMITER} bytes")));
        }
        if pairs.len() > MAX_KEYS {
            return Err(wrong_pattern(text, &format!("expected at most {MAX_KEYS} keys")));
        }
    }
    if pairs.iter().all(|(key, _)| key.kind == Kind::Skip) {
        return Err(nothing());
    }
    let is_reference = |key: &&Key| matches!(key.kind, Kind::FieldName | Kind::FieldValue);
    let references: Vec<&str> =
        pairs.iter().map(|(key, _)| key).filter(is_reference).map(|key| key.name.as_str()).collect();
    // A name and a value form a pair.
    if let Some(name) = references.iter().find(|name| references.iter().filter(|other| other == name).count() != 2) {
        let reason = format!(
            "Found invalid key/reference associations: '{name}' Please ensure each '*<key>' is matched with a matching \
             '&<key>"
        );
        return Err(wrong_pattern(text, &reason));
    }
    Ok(Pattern { text: text.to_owned(), leading, pairs })
}

fn parse_key(text: &str) -> Result<Key, Failure> {
    let (name, skips_padding) = text.strip_suffix("->").map_or((text, false), |name| (name, true));
    let wrong =
        || Failure::new("key_parse", format!("Unable to parse key: {text} Reason: The key name could be determined"));
    let (kind, name) = match name.chars().next() {
        None => (Kind::Skip, ""),
        Some('?') => (Kind::Skip, name.get(1..).unwrap_or_default()),
        Some('*') => (Kind::FieldName, name.get(1..).unwrap_or_default()),
        Some('&') => (Kind::FieldValue, name.get(1..).unwrap_or_default()),
        Some('+') => {
            let name = name.get(1..).unwrap_or_default();
            match name.split_once('/') {
                None => (Kind::Append(None), name),
                Some((name, order)) => (Kind::Append(Some(order.parse().map_err(|_| wrong())?)), name),
            }
        }
        Some(_) => (Kind::Plain, name),
    };
    if kind != Kind::Skip && kind != Kind::Plain && name.starts_with(['+', '*', '&', '?']) {
        let reason = format!("Unable to parse key: {text} Reason: multiple modifiers are not allowed.");
        return Err(Failure::new("key_parse", reason));
    }
    let has_sign = name.contains(['/', '+', '*', '&', '?']);
    if kind != Kind::Skip && (name.is_empty() || has_sign) {
        return Err(wrong());
    }
    Ok(Key { name: name.to_owned(), kind, skips_padding })
}

impl Pattern {
    /// Splits a text into the values of the keys, or returns `None` if the text does not fit.
    ///
    /// Repeated delimiters give empty values to the next keys, regardless of the delimiters of those. Right after a
    /// delimiter, another one is not found.
    fn split<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let rest = text.strip_prefix(self.leading.as_str()).filter(|rest| !rest.is_empty())?;
        let matches = |at: usize, delimiter: &str| {
            !delimiter.is_empty()
                && rest.as_bytes().get(at..).is_some_and(|from| from.starts_with(delimiter.as_bytes()))
        };
        let mut pairs = self.pairs.iter();
        let (mut key, mut delimiter) = pairs.next().map(|(key, delimiter)| (key, delimiter.as_str()))?;
        let mut values = Vec::with_capacity(self.pairs.len());
        let (mut at, mut start) = (0, 0);
        'text: while at < rest.len() {
            if matches(at, delimiter) {
                values.push(rest.get(start..at)?);
                at += delimiter.len();
                while matches(at, delimiter) {
                    at += delimiter.len();
                    if !key.skips_padding {
                        let Some((next, _)) = pairs.next() else { break };
                        key = next;
                        values.push("");
                    }
                }
                let Some((next, after)) = pairs.next() else { break 'text };
                (key, delimiter) = (next, after.as_str());
                start = at;
            }
            at += 1;
        }
        // The last key takes the rest.
        if values.len() + 1 == self.pairs.len() && self.pairs.last()?.1.is_empty() {
            values.push(rest.get(start..)?);
        }
        (values.len() == self.pairs.len()).then_some(values)
    }
}

impl Processor for Dissect {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let Some(text) = text_of(document, &self.field, self.ignores_missing, "process it")? else {
            return Ok(Outcome::Continue);
        };
        context.spend(text.len() + 64 * self.pattern.pairs.len())?;
        let Some(values) = self.pattern.split(text) else { return Err(self.no_match(text)) };
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        let mut joined: BTreeMap<&str, Vec<(Option<u32>, &str)>> = BTreeMap::new();
        let mut pairs: BTreeMap<&str, (Option<&str>, Option<&str>)> = BTreeMap::new();
        let appended: BTreeSet<&str> = self
            .pattern
            .pairs
            .iter()
            .filter(|(key, _)| matches!(key.kind, Kind::Append(_)))
            .map(|(key, _)| key.name.as_str())
            .collect();
        for ((key, _), value) in self.pattern.pairs.iter().zip(values) {
            let name = key.name.as_str();
            match key.kind {
                Kind::Skip => {}
                Kind::Plain if appended.contains(name) => joined.entry(name).or_default().push((None, value)),
                Kind::Plain => _ = fields.insert(name.to_owned(), value.to_owned()),
                Kind::Append(order) => joined.entry(name).or_default().push((order, value)),
                Kind::FieldName => pairs.entry(name).or_default().0 = Some(value),
                Kind::FieldValue => pairs.entry(name).or_default().1 = Some(value),
            }
        }
        for (name, mut parts) in joined {
            parts.sort_by_key(|(order, _)| *order);
            let parts: Vec<&str> = parts.into_iter().map(|(_, part)| part).collect();
            fields.insert(name.to_owned(), parts.join(&self.append_separator));
        }
        for pair in pairs.into_values() {
            let (Some(name), Some(value)) = pair else { return Err(self.no_match(text)) };
            fields.insert(name.to_owned(), value.to_owned());
        }
        for (name, value) in fields {
            document.set(&name, Value::String(value))?;
        }
        Ok(Outcome::Continue)
    }
}

impl Dissect {
    fn no_match(&self, text: &str) -> Failure {
        let pattern = &self.pattern.text;
        let reason = format!("Unable to find match for dissect pattern: {pattern} against source: {text}");
        Failure::new("find_match", reason)
    }
}
