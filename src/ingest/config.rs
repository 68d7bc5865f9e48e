//! The options of a processor or a pipeline. Reading an option removes it, so that those left at the end are unknown.
//!
//! Source: `ConfigurationUtils` of Elasticsearch, and a real server's answers.

use super::failure::Failure;
use super::mustache::{Source, Template};
use super::value::{Map, Value, java_order};
use crate::geo::Databases;

/// The options of a processor or of a pipeline.
#[derive(Debug)]
pub(super) struct Config {
    /// The type of the processor; `None` for a pipeline.
    kind: Option<String>,
    tag: Option<String>,
    options: Map,
    /// The databases of the pipeline.
    pub(super) databases: Option<Databases>,
    /// The names of the options that were asked for.
    #[cfg(test)]
    pub(super) asked: std::collections::BTreeSet<String>,
}

impl Config {
    pub(super) fn new(kind: Option<&str>, options: Map) -> Config {
        Config {
            kind: kind.map(str::to_owned),
            tag: None,
            options,
            databases: None,
            #[cfg(test)]
            asked: std::collections::BTreeSet::new(),
        }
    }

    /// Sets the processor that the options belong to, once it is known.
    pub(super) fn name(&mut self, kind: &str, tag: Option<String>) {
        self.kind = Some(kind.to_owned());
        self.tag = tag;
    }

    /// Returns a failure about an option, or about the processor as a whole.
    pub(super) fn failure(&self, property: Option<&str>, reason: impl AsRef<str>) -> Failure {
        let reason = match property {
            Some(property) => format!("[{property}] {}", reason.as_ref()),
            None => reason.as_ref().to_owned(),
        };
        let failure = Failure::new("parse_exception", reason);
        let failure = match property {
            Some(property) => failure.with("property_name", property),
            None => failure,
        };
        self.described(failure)
    }

    /// Adds the type and the tag of the processor to a failure.
    pub(super) fn described(&self, failure: Failure) -> Failure {
        let failure = match &self.kind {
            _ if failure.has_detail("processor_type") => return failure,
            Some(kind) => failure.with("processor_type", kind.as_str()),
            None => failure,
        };
        match (&self.tag, &self.kind) {
            (Some(tag), Some(_)) => failure.with("processor_tag", tag.as_str()),
            _ => failure,
        }
    }

    fn missing(&self, name: &str) -> Failure {
        self.failure(Some(name), "required property is missing")
    }

    fn mistyped(&self, name: &str, expected: &str, found: &Value) -> Failure {
        self.failure(Some(name), format!("property isn't {expected}, but of type [{}]", found.java_type()))
    }

    /// Takes an option; `None` if it is absent or null.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        #[cfg(test)]
        self.asked.insert(name.to_owned());
        self.options.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a required value of any type.
    pub(super) fn any(&mut self, name: &str) -> Result<Value, Failure> {
        self.take(name).ok_or_else(|| self.missing(name))
    }

    pub(super) fn text(&mut self, name: &str) -> Result<String, Failure> {
        self.optional_text(name)?.ok_or_else(|| self.missing(name))
    }

    pub(super) fn optional_text(&mut self, name: &str) -> Result<Option<String>, Failure> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.mistyped(name, "a string", &other)),
        }
    }

    pub(super) fn text_or(&mut self, name: &str, default: &str) -> Result<String, Failure> {
        Ok(self.optional_text(name)?.unwrap_or_else(|| default.to_owned()))
    }

    /// Takes a text, or a number as its text.
    pub(super) fn optional_text_or_int(&mut self, name: &str) -> Result<Option<String>, Failure> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Integer(number)) => Ok(Some(number.to_string())),
            Some(other) => Err(self.mistyped(name, "a string or int", &other)),
        }
    }

    pub(super) fn flag(&mut self, name: &str, default: bool) -> Result<bool, Failure> {
        match self.take(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(self.mistyped(name, "a boolean", &other)),
        }
    }

    pub(super) fn optional_int(&mut self, name: &str) -> Result<Option<i32>, Failure> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let text = value.to_java_string();
        let reason = format!("property cannot be converted to an int [{text}]");
        text.parse().map(Some).map_err(|_| self.failure(Some(name), reason))
    }

    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Value>, Failure> {
        self.optional_list(name)?.ok_or_else(|| self.missing(name))
    }

    pub(super) fn optional_list(&mut self, name: &str) -> Result<Option<Vec<Value>>, Failure> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::List(items)) => Ok(Some(items)),
            Some(other) => Err(self.mistyped(name, "a list", &other)),
        }
    }

    pub(super) fn optional_map(&mut self, name: &str) -> Result<Option<Map>, Failure> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Map(members)) => Ok(Some(members)),
            Some(other) => Err(self.mistyped(name, "a map", &other)),
        }
    }

    pub(super) fn map(&mut self, name: &str) -> Result<Map, Failure> {
        self.optional_map(name)?.ok_or_else(|| self.missing(name))
    }

    /// Checks that all items of a list are texts. Elasticsearch accepts other items until the processor runs. Here they
    /// are refused with the message of any option of a wrong type.
    pub(super) fn texts(&self, name: &str, items: Vec<Value>) -> Result<Vec<String>, Failure> {
        let text = |item| match item {
            Value::String(text) => Ok(text),
            other => Err(self.mistyped(name, "a list of strings", &other)),
        };
        items.into_iter().map(text).collect()
    }

    /// Takes a text that may contain templates.
    pub(super) fn template(&mut self, name: &str) -> Result<Template, Failure> {
        let text = self.text(name)?;
        self.compiled(Template::compile(&text))
    }

    /// Takes a value whose texts may contain templates.
    pub(super) fn source(&mut self, name: &str) -> Result<Source, Failure> {
        let escapes = self.escapes()?;
        let value = self.any(name)?;
        self.compiled(Source::compile(&value, escapes))
    }

    /// Takes `media_type`; true if `{{name}}` is escaped for JSON.
    pub(super) fn escapes(&mut self) -> Result<bool, Failure> {
        let media_type = self.text_or("media_type", "application/json")?;
        match media_type.as_str() {
            "application/json" => Ok(true),
            "text/plain" => Ok(false),
            _ => {
                let reason = format!("property does not contain a supported media type [{media_type}]");
                Err(self.failure(Some("media_type"), reason))
            }
        }
    }

    /// Adds the processor to a failure of compilation.
    fn compiled<T>(&self, compiled: Result<T, Failure>) -> Result<T, Failure> {
        compiled.map_err(|failure| self.described(failure))
    }

    /// Lists the names of the unread options, in Elasticsearch's form and order.
    pub(super) fn leftovers(&self) -> Option<String> {
        let names: Vec<&str> = self.options.keys().map(String::as_str).collect();
        (!names.is_empty()).then(|| format!("[{}]", java_order(&names).join(", ")))
    }
}
