//! The options of a [`Parser`](crate::Parser), each set by its name, so that a mistake is named too.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorCode, quoted};
use crate::field::{Field, nearest};
use crate::format::Format;
use crate::layout;
use crate::mapping::{Mode, Schema};
use crate::time::is_rfc3339;

/// What happens with a line that is no record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// The run stops with the error.
    #[default]
    Throw,
    /// The line is reported and counted, and passed over.
    Skip,
    /// The line is reported and counted, and an event with `event.kind` `pipeline_error` stands for it.
    Document,
}

/// Whether documents say when they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ingested {
    /// As the schema does by itself: `elastic-integration-1.12` does, the others do not.
    #[default]
    AsSchema,
    /// They do not.
    No,
    /// They say the time of parsing.
    Now,
    /// They say this, as it stands; RFC 3339.
    At(String),
}

/// The names that [`data_stream.*`](https://www.elastic.co/docs/reference/ecs/ecs-data_stream) gets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataStream {
    /// `data_stream.type`: `logs` by default.
    pub r#type: String,
    /// `data_stream.dataset` and `event.dataset`: `aws.vpcflow` by default.
    pub dataset: String,
    /// `data_stream.namespace`: `default` by default.
    pub namespace: String,
}

impl Default for DataStream {
    fn default() -> Self {
        DataStream { r#type: "logs".into(), dataset: "aws.vpcflow".into(), namespace: "default".into() }
    }
}

/// The options of a [`Parser`](crate::Parser).
///
/// ```
/// use vpcflow_ecs::{Options, Schema};
///
/// let mut options = Options { schema: Schema::Beats, ..Options::default() };
/// options.set("format", serde_json::json!("${version} ${srcaddr} ${dstaddr}"))?;
/// assert_eq!(options.formats.len(), 1);
///
/// let error = options.set("formt", serde_json::json!("v5")).unwrap_err();
/// assert_eq!(error.to_string(), "unknown option \"formt\"; did you mean \"format\"?");
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The formats that lines may have; none means that each line is read by the header before it, or else by the
    /// documented layout that it fits.
    pub formats: Vec<Format>,
    /// Whether a name that AWS has not documented is an error.
    pub strict: bool,
    /// What the documents look like.
    pub schema: Schema,
    /// Which fields they have.
    pub mode: Mode,
    /// Whether they keep the line in `event.original`, and say so in `tags`.
    pub preserve_original: bool,
    /// Their `tags`.
    pub tags: Vec<String>,
    /// An object that is merged under the event's own values; a dotted key is a path.
    pub fields: Map<String, Value>,
    /// Whether they have `data_stream.*`, `event.module` and `event.dataset`.
    pub data_stream: Option<DataStream>,
    /// Whether they have `event.ingested`.
    pub ingested: Ingested,
    /// What happens with a line that is no record.
    pub on_error: OnError,
    /// The longest line, in bytes, without its line end: 1 MiB by default.
    pub max_line_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            formats: Vec::new(),
            strict: false,
            schema: Schema::default(),
            mode: Mode::default(),
            preserve_original: false,
            tags: Vec::new(),
            fields: Map::new(),
            data_stream: None,
            ingested: Ingested::default(),
            on_error: OnError::default(),
            max_line_bytes: 1024 * 1024,
        }
    }
}

/// A switch, or what it switches on.
#[derive(Deserialize)]
#[serde(untagged)]
enum Switch<T> {
    Flag(bool),
    Value(T),
}

/// One format, a list of names, or a list of formats.
#[derive(Deserialize)]
#[serde(untagged)]
enum Formats {
    Text(String),
    List(Vec<Formats>),
}

const NAMES: [&str; 11] = [
    "format", "strict", "schema", "mode", "preserveOriginal", "tags", "fields", "dataStream", "ingested", "onError",
    "maxLineBytes",
];

impl Options {
    /// Sets an option by its JavaScript name from any serde value: `format`, `strict`, `schema`, `mode`,
    /// `preserveOriginal`, `tags`, `fields` (an object, or its JSON text), `dataStream` (`true`, or an object),
    /// `ingested` (a boolean or an RFC 3339 time), `onError` (`throw`, `skip`, `document`), `maxLineBytes`.
    ///
    /// # Errors
    /// `invalid_option`, naming the option; for `format` also what [`Format::parse`] says.
    pub fn set<'de, D: Deserializer<'de>>(&mut self, name: &str, value: D) -> Result<(), Error> {
        match name {
            "format" => self.formats = formats(read(name, "a format, or a list of formats or names", value)?)?,
            "strict" => self.strict = read(name, "true or false", value)?,
            "schema" => {
                let expected = r#""ecs", "elastic-integration", "elastic-integration-1.12" or "beats""#;
                self.schema = read(name, expected, value)?;
            }
            "mode" => self.mode = read(name, r#""ecs", "ecs_and_original" or "original""#, value)?,
            "preserveOriginal" => self.preserve_original = read(name, "true or false", value)?,
            "tags" => self.tags = read(name, "a list of texts", value)?,
            "fields" => {
                let expected = "an object";
                self.fields = match read(name, expected, value)? {
                    Value::Object(fields) => fields,
                    Value::String(json) => serde_json::from_str(&json).map_err(|e| invalid(name, expected, &e))?,
                    other => return Err(invalid(name, expected, &format!("found {other}"))),
                };
            }
            "dataStream" => {
                let expected = "true, false, or an object of type, dataset and namespace";
                self.data_stream = match read(name, expected, value)? {
                    Switch::Flag(on) => on.then(DataStream::default),
                    Switch::Value(names) => Some(names),
                };
            }
            "ingested" => {
                let expected = "true, false, or a time in RFC 3339";
                self.ingested = match read::<D, Switch<String>>(name, expected, value)? {
                    Switch::Flag(true) => Ingested::Now,
                    Switch::Flag(false) => Ingested::No,
                    Switch::Value(time) if is_rfc3339(&time) => Ingested::At(time),
                    Switch::Value(other) => return Err(invalid(name, expected, &format!("found {}", quoted(&other)))),
                };
            }
            "onError" => self.on_error = read(name, r#""throw", "skip" or "document""#, value)?,
            "maxLineBytes" => {
                let expected = "an integer from 1 to 1073741824";
                let bytes: f64 = read(name, expected, value)?;
                if bytes.fract() != 0.0 || !(1.0..=1_073_741_824.0).contains(&bytes) {
                    return Err(invalid(name, expected, &format!("found {bytes}")));
                }
                self.max_line_bytes = bytes as usize;
            }
            unknown => {
                let _ = IgnoredAny::deserialize(value);
                let hint = nearest(unknown, NAMES.into_iter())
                    .map(|near| format!("; did you mean {}?", quoted(near)))
                    .unwrap_or_default();
                let detail = format!("unknown option {}{hint}", quoted(unknown));
                return Err(Error::sentence(ErrorCode::InvalidOption, detail));
            }
        }
        Ok(())
    }

    /// Checks what one option alone cannot show.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let has_modes = matches!(self.schema, Schema::Ecs | Schema::Beats);
        if self.mode != Mode::Ecs && !has_modes {
            let detail = "option \"mode\": the schema has one form only; modes are for the schemas ecs and beats";
            return Err(Error::sentence(ErrorCode::InvalidOption, detail));
        }
        if self.strict {
            for format in &self.formats {
                format.clone().strict()?;
            }
        }
        Ok(())
    }
}

fn read<'de, D: Deserializer<'de>, T: Deserialize<'de>>(name: &str, expected: &str, value: D) -> Result<T, Error> {
    T::deserialize(value).map_err(|error| invalid(name, expected, &error))
}

fn invalid(name: &str, expected: &str, what: &dyn std::fmt::Display) -> Error {
    let detail = format!("option {}: expected {expected}: {what}", quoted(name));
    Error::sentence(ErrorCode::InvalidOption, detail)
}

/// A list is several formats if one of its members is more than a bare name (it has a blank, braces or a bracket, or is
/// a list itself) or a preset's name; otherwise it is the names of one format.
fn formats(given: Formats) -> Result<Vec<Format>, Error> {
    let list = match given {
        Formats::Text(text) => return Ok(vec![Format::parse(&text)?]),
        Formats::List(list) => list,
    };
    let is_name = |member: &Formats| match member {
        Formats::Text(text) => {
            let preset = layout::preset(text).is_some() && Field::named(text).is_none();
            !preset && !text.contains(|c: char| c.is_whitespace() || "${[,".contains(c))
        }
        Formats::List(_) => false,
    };
    if list.iter().all(is_name) {
        let names = list.into_iter().filter_map(|member| match member {
            Formats::Text(name) => Some(name),
            Formats::List(_) => None,
        });
        return Ok(vec![Format::from_names(&names.collect::<Vec<String>>())?]);
    }
    let mut formats = Vec::new();
    for member in list {
        formats.extend(self::formats(member)?);
    }
    Ok(formats)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(name: &str, value: Value) -> String {
        match Options::default().set(name, value) {
            Ok(()) => "fine".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn mistakes_are_named() {
        let cases = [
            ("preserve", json!(true), "unknown option \"preserve\""),
            ("onEror", json!("skip"), "unknown option \"onEror\"; did you mean \"onError\"?"),
            (
                "strict",
                json!(1),
                "option \"strict\": expected true or false: invalid type: integer `1`, expected a boolean",
            ),
            ("fields", json!([1]), "option \"fields\": expected an object: found [1]"),
            ("maxLineBytes", json!(0), "option \"maxLineBytes\": expected an integer from 1 to 1073741824: found 0"),
            (
                "format",
                json!("srcaddr; dstaddr"),
                "column 1: expected a field name such as ${srcaddr} or srcaddr, found \"srcaddr;\"",
            ),
            ("format", json!([]), "the format is empty; name at least one field, or a preset such as \"default\""),
        ];
        for (name, value, expected) in cases {
            assert_eq!(message(name, value), expected);
        }
    }

    #[test]
    fn a_list_is_names_or_formats() {
        let count = |value| {
            let mut options = Options::default();
            options.set("format", value).map(|()| options.formats.iter().map(|f| f.columns().len()).collect::<Vec<_>>())
        };
        assert_eq!(count(json!(["version", "srcaddr"])), Ok(vec![2]));
        assert_eq!(count(json!(["version", "tcp-flags"])), Ok(vec![2]));
        assert_eq!(count(json!(["default", "v5"])), Ok(vec![14, 29]));
        assert_eq!(count(json!(["default", "tcp-flags"])), Ok(vec![14, 21]));
        assert_eq!(count(json!(["version srcaddr", "dstaddr"])), Ok(vec![2, 1]));
        assert_eq!(count(json!(["${version}", "${srcaddr} ${dstaddr}"])), Ok(vec![1, 2]));
        assert_eq!(count(json!([["version", "srcaddr"], "tgw"])), Ok(vec![2, 36]));
    }
}
