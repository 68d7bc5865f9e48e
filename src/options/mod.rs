//! The options of a [`Parser`](crate::Parser), each set by its name, so that an error can name it.

pub(crate) mod bulk;
mod data_stream;
pub(crate) mod settings;

pub use self::data_stream::DataStream;
#[cfg(feature = "ingest")]
pub(crate) use self::data_stream::check_part;
use crate::base::time::is_rfc3339;
use crate::error::words::nearest;
use crate::error::{Error, ErrorCode, quoted};
use crate::field::{Field, LogStatus};
use crate::format::Format;
use crate::format::presets;
use crate::json::{self, Json};
use crate::options::bulk::Bulk;
use crate::schema::{Mode, Schema};

/// The treatment of lines that are not records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The run stops with the error.
    #[default]
    Throw,
    /// The line is reported, counted and skipped.
    Skip,
    /// The line is reported and counted, and an event with `event.kind` `pipeline_error` takes its place.
    Document,
}

/// The format that counts where a header and a given format disagree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precedence {
    /// The header's: it belongs to the file. Lines that do not fit it may have a given format.
    #[default]
    Header,
    /// A given one: headers are skipped.
    Format,
}

/// The source of `event.ingested`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ingested {
    /// The schema's own choice: only `elastic-integration-1.12` has the field.
    #[default]
    AsSchema,
    /// None: documents lack the field.
    No,
    /// The time of parsing.
    Now,
    /// This text, a time in RFC 3339, as it is.
    At(String),
}

/// The layers around the records of an input, such as a wrapper or a time before each record.
///
/// ```
/// use vpcflow_ecs::{Layers, Options, Parser};
///
/// let layers = Layers::given(&["json message", "prefix 1"]);
/// let parser = Parser::new(Options { layers, ..Options::default() })?;
///
/// let layers = Layers::given(&["prefix 99"]);
/// let error = Parser::new(Options { layers, ..Options::default() }).unwrap_err();
/// assert!(error.to_string().starts_with("option \"layers\": expected"));
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layers(pub(crate) Found);

/// The origin of the layers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Found {
    /// JSON shows itself, and others are found by evidence over the lines.
    #[default]
    ByEvidence,
    /// These and JSON.
    Given(Vec<String>),
    /// None: a line is its record.
    Off,
}

impl Layers {
    /// Finds the layers by evidence over the lines.
    pub const FOUND: Layers = Layers(Found::ByEvidence);

    /// Finds none: each line is a record.
    pub const OFF: Layers = Layers(Found::Off);

    /// Returns given layers, from outside in, in the words of [`Parser::layers`](crate::Parser::layers). The parser checks
    /// the words.
    pub fn given<S: AsRef<str>>(words: &[S]) -> Layers {
        Layers(Found::Given(words.iter().map(|words| words.as_ref().to_owned()).collect()))
    }
}

/// Members that every document has under the event's own values, each at the path that its key gives.
///
/// An object under a key is merged with what the event has there; what the event has already stays.
///
/// ```
/// use serde_json::json;
/// use vpcflow_ecs::{CustomFields, Options};
///
/// let fields = CustomFields::try_from(json!({ "labels": { "team": "network" }, "cloud.project.id": 7 }))?;
/// let options = Options { fields, ..Options::default() };
///
/// let error = CustomFields::try_from(json!(["network"])).unwrap_err();
/// assert_eq!(error.to_string(), "option \"fields\": expected an object, found [\"network\"]");
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomFields(pub(crate) Vec<(String, Json)>);

impl From<serde_json::Map<String, serde_json::Value>> for CustomFields {
    fn from(members: serde_json::Map<String, serde_json::Value>) -> CustomFields {
        CustomFields(json::members(members))
    }
}

/// An object; anything else is an `invalid_option`.
impl TryFrom<serde_json::Value> for CustomFields {
    type Error = Error;

    fn try_from(value: serde_json::Value) -> Result<CustomFields, Error> {
        match value {
            serde_json::Value::Object(members) => Ok(members.into()),
            other => Err(invalid("fields", "an object", &other.into())),
        }
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
    /// The formats that lines may have. Without one, a line is read by the header before it, or by the preset that it
    /// fits.
    pub formats: Vec<Format>,
    /// True if a name that AWS has not documented is an error.
    pub strict: bool,
    /// The schema of the documents.
    pub schema: Schema,
    /// The fields that they have.
    pub mode: Mode,
    /// True if they keep the line in `event.original`, and a tag for that.
    pub preserve_original: bool,
    /// Their `tags`.
    pub tags: Vec<String>,
    /// Members that are merged under the event's own values.
    pub fields: CustomFields,
    /// The values of `data_stream.*` and `event.dataset`. Without them, documents lack those and `event.module`.
    pub data_stream: Option<DataStream>,
    /// The source of their `event.ingested`.
    pub ingested: Ingested,
    /// The treatment of lines that are not records.
    pub on_error: OnError,
    /// True if they have `network.community_id`, in the schemas that know it.
    pub community_id: bool,
    /// The action line before each document, for Elasticsearch's bulk API.
    pub bulk: Option<Bulk>,
    /// The format that counts where a header and a given format disagree.
    pub precedence: Precedence,
    /// The log statuses of records that do not become documents. [`LogStatus::Ok`] is none of them.
    pub omit_log_status: Vec<LogStatus>,
    /// The longest line, in bytes, without its line end: 1 MiB by default, at most 64 MiB.
    pub max_line_bytes: usize,
    /// The layers around the records: found by default.
    pub layers: Layers,
    /// Adds what the JSON around a record says of it: the log group and stream, the owner, the region, and the identifier and
    /// time of the event.
    pub transport: bool,
    /// The databases for locations and autonomous systems of addresses: `source.geo`, `source.as`, and the same of
    /// `destination`. Without the cargo feature `ingest`, there are no databases.
    pub geo: Option<crate::geo::Databases>,
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
            fields: CustomFields::default(),
            data_stream: None,
            ingested: Ingested::default(),
            on_error: OnError::default(),
            community_id: true,
            bulk: None,
            precedence: Precedence::default(),
            omit_log_status: Vec::new(),
            max_line_bytes: 1024 * 1024,
            layers: Layers::default(),
            transport: false,
            geo: None,
        }
    }
}

/// Reads the JSON text of an object of options.
///
/// # Errors
/// `invalid_option` if the text is something else.
pub(crate) fn members_of(text: &[u8]) -> Result<Vec<(String, Json)>, Error> {
    let detail = match json::read(text) {
        Ok(Json::Object(members)) => return Ok(members),
        Ok(_) => "the options cannot be read as JSON: expected an object".to_owned(),
        Err(misread) if misread.reason == json::TOO_DEEP => {
            format!("the options nest too deeply: expected at most {} levels of objects and arrays", json::MAX_DEPTH)
        }
        Err(misread) => format!("the options cannot be read as JSON: {}", misread.reason),
    };
    Err(Error::sentence(ErrorCode::InvalidOption, detail))
}

const NAMES: [&str; 17] = [
    "format", "strict", "schema", "mode", "preserveOriginal", "tags", "fields", "dataStream", "ingested", "onError",
    "communityId", "bulk", "precedence", "omitLogStatus", "maxLineBytes", "layers", "transport",
];

impl Options {
    /// Reads options from the JSON text of an object that has them by name, as [`Options::set`] does.
    ///
    /// ```
    /// let options = vpcflow_ecs::Options::from_json(br#"{"format":"v5","mode":"ecs_and_original"}"#)?;
    /// assert_eq!(options.formats.len(), 1);
    ///
    /// let error = vpcflow_ecs::Options::from_json(b"[]").unwrap_err();
    /// assert_eq!(error.to_string(), "the options cannot be read as JSON: expected an object");
    /// # Ok::<(), vpcflow_ecs::Error>(())
    /// ```
    ///
    /// # Errors
    /// `invalid_option` if the text is not the JSON text of an object; otherwise as [`Options::set`].
    pub fn from_json(text: &[u8]) -> Result<Options, Error> {
        let mut options = Options::default();
        for (name, value) in members_of(text)? {
            options.set_json(&name, value)?;
        }
        Ok(options)
    }

    /// Sets an option by its JavaScript name from a JSON value.
    ///
    /// | Option | Value |
    /// |---|---|
    /// | `format` | a format or a list; see below |
    /// | `strict`, `preserveOriginal`, `communityId`, `transport` | a boolean |
    /// | `schema`, `mode` | a word |
    /// | `tags` | a list of strings |
    /// | `fields` | an object, or its JSON text |
    /// | `dataStream` | `true`, or an object with `type`, `dataset` and `namespace` |
    /// | `ingested` | a boolean, or a time in RFC 3339 |
    /// | `onError` | `throw`, `skip` or `document` |
    /// | `bulk` | an object; see [`Bulk::new`] |
    /// | `precedence` | `header` or `format` |
    /// | `omitLogStatus` | a list of `NODATA` and `SKIPDATA` |
    /// | `maxLineBytes` | an integer |
    /// | `layers` | `true`, `false`, or a list of words; see [`Layers::given`] |
    ///
    /// A list of bare names as `format` is one format. It is several formats if a member is a preset's name, a list, or has
    /// blanks, braces or a bracket. In a list, `tcp-flags` is the field and not the preset of that name.
    ///
    /// # Errors
    /// `invalid_option`, naming the option; for `format` also the errors of [`Format::parse`].
    pub fn set(&mut self, name: &str, value: impl Into<serde_json::Value>) -> Result<(), Error> {
        self.set_json(name, value.into().into())
    }

    /// Sets an option as [`Options::set`] does, from a value that this crate has read.
    pub(crate) fn set_json(&mut self, name: &str, value: Json) -> Result<(), Error> {
        match name {
            "format" => self.formats = formats(value)?,
            "strict" => self.strict = flag(name, &value)?,
            "schema" => self.schema = word(name, &value, &Schema::ALL.map(|schema| (schema.word(), schema)))?,
            "mode" => self.mode = word(name, &value, &Mode::ALL.map(|mode| (mode.word(), mode)))?,
            "preserveOriginal" => self.preserve_original = flag(name, &value)?,
            "tags" => {
                let expected = "a list of texts";
                let Json::Array(tags) = &value else { return Err(invalid(name, expected, &value)) };
                let text = |tag: &Json| tag.as_str().map(str::to_owned).ok_or_else(|| invalid(name, expected, tag));
                self.tags = tags.iter().map(text).collect::<Result<_, Error>>()?;
            }
            "fields" => {
                let read = value.as_str().and_then(|text| json::read(text.as_bytes()).ok());
                self.fields = match read.unwrap_or_else(|| value.clone()) {
                    Json::Object(fields) => CustomFields(fields),
                    _ => return Err(invalid(name, "an object", &value)),
                };
            }
            "dataStream" => {
                self.data_stream = match &value {
                    Json::Bool(on) => on.then(DataStream::default),
                    Json::Object(names) => Some(DataStream::of(names)?),
                    _ => return Err(invalid(name, "true, false, or an object", &value)),
                };
            }
            "ingested" => {
                self.ingested = match &value {
                    Json::Bool(true) => Ingested::Now,
                    Json::Bool(false) => Ingested::No,
                    Json::String(time) if is_rfc3339(time) => Ingested::At(time.clone()),
                    _ => return Err(invalid(name, "true, false, or a time in RFC 3339", &value)),
                };
            }
            "onError" => self.on_error = word(name, &value, &POLICIES)?,
            "communityId" => self.community_id = flag(name, &value)?,
            "transport" => self.transport = flag(name, &value)?,
            "bulk" => self.bulk = if value == Json::Null { None } else { Some(Bulk::of(&value)?) },
            "precedence" => self.precedence = word(name, &value, &PRECEDENCES)?,
            "omitLogStatus" => {
                let expected = "a list of \"NODATA\" and \"SKIPDATA\"";
                let Json::Array(words) = &value else { return Err(invalid(name, expected, &value)) };
                self.omit_log_status.clear();
                for word in words {
                    let mut omissible = [LogStatus::NoData, LogStatus::SkipData].into_iter();
                    let status = omissible.find(|status| word.as_str() == Some(status.word()));
                    self.omit_log_status.push(status.ok_or_else(|| invalid(name, expected, word))?);
                }
            }
            "maxLineBytes" => {
                let bytes = match &value {
                    Json::Number(number) => {
                        number.as_str().parse::<i64>().ok().and_then(|bytes| usize::try_from(bytes).ok())
                    }
                    _ => None,
                };
                self.max_line_bytes = bytes
                    .filter(|bytes| (1..=MAX_LINE_BYTES).contains(bytes))
                    .ok_or_else(|| invalid(name, &format!("an integer from 1 to {MAX_LINE_BYTES}"), &value))?;
            }
            "layers" => {
                let expected = "true, false, or a list of layers";
                self.layers = match &value {
                    Json::Bool(true) => Layers::FOUND,
                    Json::Bool(false) => Layers::OFF,
                    Json::Array(list) => {
                        let words = list.iter().map(|item| item.as_str().ok_or_else(|| invalid(name, expected, item)));
                        Layers::given(&words.collect::<Result<Vec<&str>, Error>>()?)
                    }
                    _ => return Err(invalid(name, expected, &value)),
                };
            }
            unknown => {
                let hint = nearest(unknown, NAMES.into_iter())
                    .map(|near| format!("; did you mean {}?", quoted(near)))
                    .unwrap_or_default();
                let detail = format!("unknown option {}{hint}", quoted(unknown));
                return Err(Error::sentence(ErrorCode::InvalidOption, detail));
            }
        }
        Ok(())
    }

    /// Checks that the schema has the mode.
    pub(crate) fn check_mode(&self) -> Result<(), Error> {
        if !self.schema.facts().modes.contains(&self.mode) {
            let with_modes =
                Schema::ALL.map(Schema::facts).into_iter().filter(|facts| facts.modes.contains(&self.mode));
            let words: Vec<&str> = with_modes.map(|facts| facts.word).collect();
            let detail = format!(
                "option \"mode\": the schema has one form only; modes are for the schemas {}",
                words.join(" and ")
            );
            return Err(Error::sentence(ErrorCode::InvalidOption, detail));
        }
        Ok(())
    }

    /// Checks the options that depend on each other.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.check_mode()?;
        if !(1..=MAX_LINE_BYTES).contains(&self.max_line_bytes) {
            let expected = format!("an integer from 1 to {MAX_LINE_BYTES}");
            return Err(invalid("maxLineBytes", &expected, &Json::Number((self.max_line_bytes as u64).into())));
        }
        if let Ingested::At(time) = &self.ingested
            && !is_rfc3339(time)
        {
            return Err(invalid("ingested", "a time in RFC 3339", &Json::String(time.clone())));
        }
        if let Some(data_stream) = &self.data_stream {
            data_stream.check()?;
        }
        let tags = Json::Array(self.tags.iter().map(|tag| Json::String(tag.clone())).collect());
        let repeated = Json::Array(vec![tags, Json::Object(self.fields.0.clone())]).to_string().len();
        if repeated > MAX_FIELDS_BYTES {
            let detail = format!(
                "options \"tags\" and \"fields\": every document would repeat more than {MAX_FIELDS_BYTES} bytes"
            );
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

/// The largest `maxLineBytes`: 64 MiB.
const MAX_LINE_BYTES: usize = 64 * 1024 * 1024;

/// The most bytes of JSON in `fields` and `tags` together, which every document repeats: 64 KiB.
const MAX_FIELDS_BYTES: usize = 64 * 1024;

const POLICIES: [(&str, OnError); 3] =
    [("throw", OnError::Throw), ("skip", OnError::Skip), ("document", OnError::Document)];

const PRECEDENCES: [(&str, Precedence); 2] = [("header", Precedence::Header), ("format", Precedence::Format)];

/// Makes the error for an option with a wrong value.
pub(crate) fn invalid(name: &str, expected: &str, found: &Json) -> Error {
    // Long enough to recognise the value, short enough for a line.
    let found: String = found.to_string().chars().take(60).collect();
    let detail = format!("option {}: expected {expected}, found {found}", quoted(name));
    Error::sentence(ErrorCode::InvalidOption, detail)
}

fn flag(name: &str, value: &Json) -> Result<bool, Error> {
    match value {
        Json::Bool(flag) => Ok(*flag),
        _ => Err(invalid(name, "true or false", value)),
    }
}

/// Reads one of a few words.
pub(crate) fn word<T: Copy>(name: &str, value: &Json, words: &[(&str, T)]) -> Result<T, Error> {
    let found = words.iter().find(|(word, _)| value.as_str() == Some(word));
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let words: Vec<String> = words.iter().map(|(word, _)| quoted(word)).collect();
        let expected = match words.as_slice() {
            [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
            _ => words.concat(),
        };
        invalid(name, &expected, value)
    })
}

/// Reads the formats of a text or a list; see [`Options::set`].
fn formats(given: Json) -> Result<Vec<Format>, Error> {
    let list = match given {
        Json::String(text) => return Ok(vec![Format::parse(&text)?]),
        Json::Array(list) => list,
        other => return Err(invalid("format", "a format, or a list of formats or names", &other)),
    };
    let is_name = |member: &Json| {
        member.as_str().is_some_and(|text| {
            let preset = presets::preset(text).is_some() && Field::named(text).is_none();
            !preset && !text.contains(|c: char| c.is_whitespace() || matches!(c, '$' | '{' | '[' | ','))
        })
    };
    if list.iter().all(is_name) {
        let names: Vec<&str> = list.iter().filter_map(Json::as_str).collect();
        return Ok(vec![Format::from_names(&names)?]);
    }
    let mut formats = Vec::new();
    for member in list {
        formats.extend(self::formats(member)?);
    }
    Ok(formats)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn message(name: &str, value: Value) -> String {
        match Options::default().set(name, value) {
            Ok(()) => "fine".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn mistakes_are_named() {
        let schemas = r#""ecs", "elastic-integration", "elastic-integration-1.12" or "beats""#;
        let cases = [
            ("preserve", json!(true), "unknown option \"preserve\"".to_owned()),
            ("onEror", json!("skip"), "unknown option \"onEror\"; did you mean \"onError\"?".into()),
            ("strict", json!(1), "option \"strict\": expected true or false, found 1".into()),
            ("schema", json!(7), format!("option \"schema\": expected {schemas}, found 7")),
            ("fields", json!([1]), "option \"fields\": expected an object, found [1]".into()),
            (
                "dataStream",
                json!({ "datset": "x" }),
                "unknown option \"dataStream.datset\": dataStream has type, dataset and namespace".into(),
            ),
            (
                "maxLineBytes",
                json!("5"),
                "option \"maxLineBytes\": expected an integer from 1 to 67108864, found \"5\"".into(),
            ),
            (
                "precedence",
                json!("file"),
                "option \"precedence\": expected \"header\" or \"format\", found \"file\"".into(),
            ),
            (
                "omitLogStatus",
                json!(["NODATA", "OK"]),
                "option \"omitLogStatus\": expected a list of \"NODATA\" and \"SKIPDATA\", found \"OK\"".into(),
            ),
            (
                "ingested",
                json!("yesterday"),
                "option \"ingested\": expected true, false, or a time in RFC 3339, found \"yesterday\"".into(),
            ),
            ("format", json!(5), "option \"format\": expected a format, or a list of formats or names, found 5".into()),
            (
                "format",
                json!("srcaddr; dstaddr"),
                "column 1: expected a field name such as ${srcaddr} or srcaddr, found \"srcaddr;\"".into(),
            ),
            (
                "format",
                json!([]),
                "the format is empty; name at least one field, or a preset such as \"default\"".into(),
            ),
        ];
        for (name, value, expected) in cases {
            assert_eq!(message(name, value), expected);
        }
    }

    #[test]
    fn a_list_is_names_or_formats() {
        let count = |value: Value| {
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
