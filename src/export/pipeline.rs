//! The mapping table as an ingest pipeline of Elasticsearch's own processors.
//!
//! A line is read and checked first, below the scratch object `_temp_`, so that a line that is not a record changes
//! nothing else. Then each rule becomes a processor or two. The scripts in `painless/` have the parts that need a
//! script: ranges, the forms of an address, percent-encoding, tables. Their text is the same for every format, so that
//! a cluster compiles it once.
//!
//! Source: the *Ingest processor reference* of Elasticsearch. All processors are in 7.10, except `community_id` (7.12)
//! and the optional `geoip`.
//!
//! The file is longer than 500 lines, since one builder has the processors of lines, rules and options. A reader of a
//! pipeline looks for them side by side.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::base::time::MAX_MILLIS;
use crate::base::time::MAX_SECONDS;
use crate::document::Settings;
use crate::error::{Error, ErrorCode, quoted};
use crate::field::Field;
use crate::format::{Column, Format};
use crate::json::Json;
use crate::options::settings::PRESERVED;
use crate::options::settings::settings;
use crate::options::{Ingested, Options};
use crate::parser::Parser;
use crate::schema::protocol::{TCP_FLAGS, protocol_keyword};
use crate::schema::{Addresses, Family, How, Keywords, Outputs, RULES, Setting, original, original_path};
use crate::value::{Kind, Type};

/// The options of a pipeline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PipelineOptions {
    /// The parser's options, with one format. `on_error` and `max_line_bytes` have no effect: a bad line always becomes
    /// an error's event. With `community_id`, the pipeline needs Elasticsearch 7.12.
    pub parser: Options,
    /// True if documents get `source.geo`, `source.as` and the same of `destination`, from the cluster's databases.
    pub geo: bool,
}

/// Returns the body of `PUT _ingest/pipeline/<id>`. From documents with a line in `message`, the pipeline makes the
/// documents that a [`Parser`] with the same options makes from the lines.
///
/// Blank lines and headers are dropped. A line that is not a record becomes an event with `event.kind`
/// `pipeline_error`.
///
/// ```
/// use vpcflow_ecs::{Format, Options, export};
///
/// let parser = Options { formats: vec![Format::parse("srcaddr dstaddr bytes")?], ..Options::default() };
/// let pipeline = export::ingest_pipeline(&export::PipelineOptions { parser, ..Default::default() })?;
/// assert_eq!(
///     pipeline["processors"][8]["dissect"]["pattern"],
///     "%{_temp_.field.srcaddr} %{_temp_.field.dstaddr} %{_temp_.field.bytes}"
/// );
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
///
/// # Errors
/// Those of [`Parser::new`]; `invalid_option` if there is not exactly one format, or if the option `fields` has a key
/// that no processor can address.
pub fn ingest_pipeline(options: &PipelineOptions) -> Result<Value, Error> {
    let parser = &options.parser;
    let [format] = parser.formats.as_slice() else {
        let detail = format!("a pipeline reads one format, and {} were given", parser.formats.len());
        return Err(Error::sentence(ErrorCode::InvalidOption, detail));
    };
    // The parser's own checks come first.
    Parser::new(parser.clone())?;
    let mut good = Builder::new(options, format, Outputs::of(parser.schema, parser.mode));
    good.read_line()?;
    good.rules()?;
    good.remove_scratch();
    good.fields(&parser.fields.0, "")?;

    let no_fields = Format::of_fields([]);
    let mut bad = Builder::new(options, &no_fields, Outputs::ERROR);
    bad.tags = good.tags;
    bad.rules()?;
    bad.append("tags", json!([PRESERVED]), false, None)?;
    bad.remove_scratch();
    bad.fields(&parser.fields.0, "")?;

    Ok(json!({
        "description": format!("Makes ECS documents of VPC flow log lines of the format {format}"),
        "processors": good.processors,
        "on_failure": bad.processors,
    }))
}

/// Returns the path of a column's token while a document is made.
fn token(column: &str) -> String {
    format!("_temp_.field.{column}")
}

/// Returns the condition that a field is present.
fn is_present(field: Field) -> String {
    format!("ctx._temp_.field.{} != null", field.column())
}

/// Returns a template that copies a text.
fn copy_of(path: &str) -> Value {
    format!("{{{{{{{path}}}}}}}").into()
}

/// Returns a value that a processor writes unchanged. Text with two braces would be a template, and becomes a template
/// of itself, with other delimiters.
fn literal(value: &Value) -> Result<Value, Error> {
    Ok(match value {
        Value::String(text) if text.contains("{{") => {
            let mark = "%|~^!@#$&*;:+?/".chars().find(|mark| !text.contains(&format!("<{mark}")));
            let Some(mark) = mark else {
                let detail = format!("no processor can write the text {} as it stands", quoted(text));
                return Err(Error::sentence(ErrorCode::InvalidOption, detail));
            };
            format!("{{{{=<{mark} {mark}>=}}}}{text}").into()
        }
        Value::Array(items) => Value::Array(items.iter().map(literal).collect::<Result<_, Error>>()?),
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| match literal(&key.as_str().into())? {
                Value::String(key) => Ok((key, literal(value)?)),
                _ => Ok((key.clone(), literal(value)?)),
            };
            Value::Object(members.iter().map(member).collect::<Result<_, Error>>()?)
        }
        other => other.clone(),
    })
}

fn parsed(json: &[u8]) -> Value {
    serde_json::from_slice(json).unwrap_or_default()
}

/// A builder of the processors of one kind of document, in order.
struct Builder<'a> {
    options: &'a PipelineOptions,
    format: &'a Format,
    outputs: Outputs,
    settings: Settings,
    processors: Vec<Value>,
    /// The number of times that each tag was requested.
    tags: BTreeMap<String, usize>,
}

impl<'a> Builder<'a> {
    fn new(options: &'a PipelineOptions, format: &'a Format, outputs: Outputs) -> Builder<'a> {
        let settings = settings(&options.parser);
        Builder { options, format, outputs, settings, processors: Vec::new(), tags: BTreeMap::new() }
    }

    /// Adds a processor with a unique tag, by which an error names it.
    fn add(&mut self, kind: &str, about: &str, mut body: Value, condition: Option<Value>) {
        if let Value::Object(body) = &mut body {
            let about = about.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            let tag = format!("{kind}_{about}");
            let count = self.tags.entry(tag.clone()).or_default();
            *count += 1;
            body.insert("tag".into(), if *count == 1 { tag } else { format!("{tag}_{count}") }.into());
            body.extend(condition.map(|condition| ("if".to_owned(), condition)));
        }
        self.processors.push(Value::Object(Map::from_iter([(kind.to_owned(), body)])));
    }

    fn set(&mut self, path: &str, value: &Value, condition: Option<String>) -> Result<(), Error> {
        self.add("set", path, json!({ "field": path, "value": literal(value)? }), condition.map(Value::from));
        Ok(())
    }

    /// Copies the text at a path, unless it is missing.
    fn copy(&mut self, path: &str, from: &str) {
        let body = json!({ "field": path, "value": copy_of(from), "ignore_empty_value": true });
        self.add("set", path, body, None);
    }

    fn append(
        &mut self,
        path: &str,
        value: Value,
        allow_duplicates: bool,
        condition: Option<String>,
    ) -> Result<(), Error> {
        let mut body = json!({ "field": path, "value": value });
        if !allow_duplicates {
            body["allow_duplicates"] = false.into();
        }
        self.add("append", path, body, condition.map(Value::from));
        Ok(())
    }

    fn script(&mut self, name: &str, source: &str, params: Value, condition: Option<String>) {
        let body = json!({ "lang": "painless", "source": source.trim_end(), "params": params });
        self.add("script", name, body, condition.map(Value::from));
    }

    /// Adds a script that writes the value at a path, with the path's objects and its last key as parameters.
    fn script_value(&mut self, path: &str, source: &str, mut params: Value, condition: String) {
        let (objects, key) = path.rsplit_once('.').unwrap_or(("", path));
        params["objects"] = objects.split('.').filter(|name| !name.is_empty()).collect();
        params["key"] = key.into();
        self.script(path, source, params, Some(condition));
    }

    /// Adds the processors from the line to its checked tokens.
    fn read_line(&mut self) -> Result<(), Error> {
        let without_end = |from: &str| {
            let pattern = "^\\uFEFF|[\\r\\n]+\\z";
            json!({ "field": from, "target_field": "_temp_.line", "pattern": pattern, "replacement": "" })
        };
        self.add("gsub", "line", without_end("message"), None);
        // {"message":"..."}, as Amazon Data Firehose delivers it. A text that only starts with a brace is not JSON.
        let starts = |text: &str| format!("ctx._temp_.line.trim().startsWith('{{{text}')");
        let is_wrapper =
            format!("{} || ({} || {}) && ctx._temp_.line.contains('\"')", starts("\""), starts(" "), starts("\t"));
        let body = json!({ "field": "_temp_.line", "target_field": "_temp_.wrapper" });
        self.add("json", "wrapper", body, Some(is_wrapper.into()));
        let unwrapped = without_end("_temp_.wrapper.message");
        self.add("gsub", "wrapped_line", unwrapped, Some("ctx._temp_.wrapper != null".into()));

        let replace = |from: &str, pattern: &str, replacement: &str| {
            json!({
                "field": from, "target_field": "_temp_.text", "pattern": pattern, "replacement": replacement,
            })
        };
        self.add("gsub", "blanks", replace("_temp_.line", "[ \\t]+", " "), None);
        self.add("gsub", "outer_blanks", replace("_temp_.text", "^ | \\z", ""), None);
        // Header lines, and lines without a field.
        let values = |kind: Kind| match kind.value_type() {
            Type::Integer { .. } | Type::Address | Type::Time => json!([]),
            Type::Word(words) => json!(words),
            Type::Text => Value::Null,
        };
        let values: Vec<Value> = self
            .format
            .columns()
            .iter()
            .map(|column| column.field().map_or(Value::Null, |f| values(f.kind())))
            .collect();
        let own: Vec<&str> = self.format.columns().iter().map(|column| column.name()).collect();
        let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
        let in_letters = names.iter().map(|name| name.replace('-', ""));
        let others = Field::ALL.iter().flat_map(|field| field.facts().aliases).map(|alias| (*alias).to_owned());
        let aliases: Vec<String> = in_letters.chain(others).collect();
        let is_header = json!({
            "lang": "painless",
            "source": include_str!("painless/is_header.painless").trim_end(),
            "params": { "names": names, "aliases": aliases, "own": own.join(" "), "own_values": values },
        });
        self.add("drop", "blank_line", json!({}), Some("ctx._temp_.text.isEmpty()".into()));
        self.add("drop", "header", json!({}), Some(is_header));

        let count = self.format.columns().len();
        let source = include_str!("painless/check_field_count.painless");
        self.script("check_field_count", source, json!({ "expected": count }), None);
        let scratch = |(index, column): (usize, &Column)| match column.repeats() {
            None => token(column.column()),
            Some(_) => format!("_temp_.repeated.{index}"),
        };
        let keys: Vec<String> =
            self.format.columns().iter().enumerate().map(|column| format!("%{{{}}}", scratch(column))).collect();
        let body = json!({ "field": "_temp_.text", "pattern": keys.join(" ") });
        self.add("dissect", "fields", body, None);
        let repeats: Vec<Value> = self
            .format
            .repeats()
            .iter()
            .filter_map(|(first, second)| {
                let column = self.format.columns().get(*second)?;
                let (key, name) = (column.column(), column.name());
                Some(json!({ "key": key, "name": name, "index": second.to_string(), "first": first + 1 }))
            })
            .collect();
        if !repeats.is_empty() {
            let source = include_str!("painless/check_repeated_fields.painless");
            self.script("check_repeated_fields", source, json!({ "repeats": repeats }), None);
        }
        let own = self.format.columns().iter().filter(|column| column.repeats().is_none());
        let columns: Vec<Value> = own.filter_map(|column| checks(column.field()?)).collect();
        let source = include_str!("painless/read_values.painless");
        self.script("read_values", source, json!({ "columns": columns }), None);
        if self.has(Field::LogStatus) {
            for status in &self.options.parser.omit_log_status {
                self.add("drop", status.word(), json!({}), Some(is("log_status", status.word()).into()));
            }
        }
        Ok(())
    }

    /// Adds the rules that apply, and the fields that keep their own names.
    fn rules(&mut self) -> Result<(), Error> {
        let outputs = self.outputs;
        for rule in RULES.iter().filter(|rule| rule.outputs.meets(outputs)) {
            self.rule(rule.path, rule.from, rule.how)?;
        }
        for column in self.format.columns().iter().filter(|column| column.repeats().is_none()) {
            let path = original_path(column.column(), outputs);
            match column.field() {
                None => self.copy(&path, &token(column.column())),
                Some(field) => {
                    if let Some(how) = original(field, outputs) {
                        self.rule(&path, &[field], how)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds the geographic location of an address, from the databases that the cluster has.
    fn location(&mut self, path: &str, address: Field) {
        let body = json!({ "field": token(address.column()), "target_field": path, "ignore_missing": true });
        self.add("geoip", path, body, None);
    }

    /// Adds the autonomous system of an address, from the databases that the cluster has.
    fn system(&mut self, path: &str, address: Field) {
        let body = json!({
            "field": token(address.column()), "target_field": path, "database_file": "GeoLite2-ASN.mmdb",
            "properties": ["asn", "organization_name"], "ignore_missing": true,
        });
        self.add("geoip", path, body, None);
        for (from, to) in [("asn", "number"), ("organization_name", "organization.name")] {
            let (from, to) = (format!("{path}.{from}"), format!("{path}.{to}"));
            self.add("rename", &to, json!({ "field": from, "target_field": to, "ignore_missing": true }), None);
        }
    }

    fn has(&self, field: Field) -> bool {
        self.format.index_of(field).is_some()
    }

    /// Returns the fields that the format has.
    fn of_format(&self, fields: &[Field]) -> Vec<Field> {
        fields.iter().copied().filter(|field| self.has(*field)).collect()
    }

    /// Adds a field by its type: an integer as a number, a time as a date, all else as text.
    fn typed(&mut self, path: &str, field: Field) {
        let from = token(field.column());
        match field.kind().value_type() {
            Type::Integer { .. } => {
                let body = json!({ "field": from, "target_field": path, "type": "long", "ignore_missing": true });
                self.add("convert", path, body, None);
            }
            Type::Time => self.time(path, field),
            Type::Address | Type::Word(_) | Type::Text => self.copy(path, &from),
        }
    }

    /// Adds a time. The script that checks values has converted it to milliseconds.
    fn time(&mut self, path: &str, field: Field) {
        let body = json!({ "field": token(field.column()), "target_field": path, "formats": ["UNIX_MS"] });
        self.add("date", path, body, Some(is_present(field).into()));
    }

    /// Adds the time of the first field that is present. Without one, the document keeps the time that it came with, or
    /// gets the time of ingestion.
    fn event_time(&mut self, path: &str, fields: &[Field]) {
        let mut condition = String::new();
        for field in fields {
            let body = json!({ "field": token(field.column()), "target_field": path, "formats": ["UNIX_MS"] });
            self.add("date", path, body, Some(format!("{condition}{}", is_present(*field)).into()));
            condition += &format!("ctx._temp_.field.{} == null && ", field.column());
        }
        self.now(path);
    }

    /// Adds the time of ingestion, if the document has no value at a path.
    fn now(&mut self, path: &str) {
        let body = json!({ "field": path, "value": copy_of("_ingest.timestamp"), "override": false });
        self.add("set", path, body, None);
    }

    /// Adds a value that is made from fields; nothing if the format or the options lack what it needs.
    fn rule(&mut self, path: &str, from: &[Field], how: How) -> Result<(), Error> {
        let fields = self.of_format(from);
        // The field of a value that is made from one.
        let first = fields.first().copied();
        match how {
            How::Constant(json) => self.set(path, &parsed(json.as_bytes()), None)?,
            How::ConstantIfAny(json) => {
                if first.is_some() {
                    let any: Vec<String> = fields.into_iter().map(is_present).collect();
                    self.set(path, &parsed(json.as_bytes()), Some(any.join(" || ")))?;
                }
            }
            How::Text => {
                if let Some(field) = first {
                    self.copy(path, &token(field.column()));
                }
            }
            How::Typed => {
                if let Some(field) = first {
                    self.typed(path, field);
                }
            }
            How::TextOrDash => {
                if let Some(field) = first {
                    self.copy(path, &token(field.column()));
                    self.set(path, &json!("-"), Some(format!("ctx._temp_.field.{} == null", field.column())))?;
                }
            }
            How::Digits => {
                if let Some(field) = first {
                    let body = json!({
                        "field": token(field.column()), "target_field": path, "pattern": "^0+(?=[0-9])",
                        "replacement": "", "ignore_missing": true,
                    });
                    self.add("gsub", path, body, None);
                }
            }
            How::Lower => {
                if let Some(field) = first {
                    let body = json!({ "field": token(field.column()), "target_field": path, "ignore_missing": true });
                    self.add("lowercase", path, body, None);
                }
            }
            How::Time => {
                if let Some(field) = first {
                    self.time(path, field);
                }
            }
            How::EventTime => self.event_time(path, &fields),
            How::EventType => {
                self.set(path, &json!(["connection"]), None)?;
                if first.is_some() {
                    self.append(path, json!("allowed"), true, Some(is("action", "ACCEPT")))?;
                    self.append(path, json!("denied"), true, Some(is("action", "REJECT")))?;
                }
            }
            How::Outcome(accept, reject) => {
                if first.is_some() {
                    self.set(path, &accept.into(), Some(is("action", "ACCEPT")))?;
                    self.set(path, &reject.into(), Some(is("action", "REJECT")))?;
                }
            }
            How::Transport(keywords) => {
                if let Some(field) = first {
                    let params = json!({ "keywords": keywords_of(keywords), "by_text": keywords.is_by_text() });
                    let source = include_str!("painless/transport.painless");
                    self.script_value(path, source, params, is_present(field));
                }
            }
            How::NetworkType(family) => self.network_type(path, &fields, family)?,
            How::CommunityId => self.community_id(path, from),
            How::RelatedIp(addresses) => self.related_ip(path, fields, addresses)?,
            How::FlagNames { empty } => {
                if let Some(field) = first {
                    let params = json!({ "names": TCP_FLAGS, "keeps_empty": empty });
                    let source = include_str!("painless/tcp_flags_array.painless");
                    self.script_value(path, source, params, is_present(field));
                }
            }
            How::Geo => {
                if let Some(field) = first.filter(|_| self.options.geo) {
                    self.location(path, field);
                }
            }
            How::As => {
                if let Some(field) = first.filter(|_| self.options.geo) {
                    self.system(path, field);
                }
            }
            How::Object => {
                if from.is_empty() || first.is_some() {
                    self.add("set", path, json!({ "field": path, "value": {}, "override": false }), None);
                }
            }
            How::Given(setting) => self.given(path, setting)?,
        }
        Ok(())
    }

    fn community_id(&mut self, path: &str, from: &[Field]) {
        let [source, destination, source_port, destination_port, protocol] = from else { return };
        let needed = [source, destination, protocol].into_iter().all(|field| self.has(*field));
        if needed && self.settings.community_id {
            let body = json!({
                "source_ip": token(source.column()),
                "source_port": token(source_port.column()),
                "destination_ip": token(destination.column()),
                "destination_port": token(destination_port.column()),
                "iana_number": token(protocol.column()),
                "target_field": path,
                "ignore_missing": true,
                "ignore_failure": true,
            });
            self.add("community_id", path, body, None);
        }
    }

    fn network_type(&mut self, path: &str, fields: &[Field], family: Family) -> Result<(), Error> {
        let kind = fields.contains(&Field::Type);
        if kind {
            self.set(path, &json!("ipv4"), Some(is("type", "IPv4")))?;
            self.set(path, &json!("ipv6"), Some(is("type", "IPv6")))?;
        }
        let addresses: Vec<String> = [Field::Srcaddr, Field::Dstaddr]
            .into_iter()
            .filter(|field| fields.contains(field))
            .map(|field| format!("ctx._temp_.field.{}", field.column()))
            .collect();
        if addresses.is_empty() {
            return Ok(());
        }
        let address = match addresses.as_slice() {
            [one] => one.clone(),
            several => format!("({})", several.join(" ?: ")),
        };
        let untold = if kind { "!['IPv4', 'IPv6'].contains(ctx._temp_.field.type) && " } else { "" };
        let (mark, with, without) = match family {
            Family::SourceDot => ('.', "ipv4", "ipv6"),
            Family::SourceColon | Family::TypeThenAddress => (':', "ipv6", "ipv4"),
        };
        let has_mark = format!("{address}.contains('{mark}')");
        self.set(path, &with.into(), Some(format!("{untold}{address} != null && {has_mark}")))?;
        self.set(path, &without.into(), Some(format!("{untold}{address} != null && !{has_mark}")))
    }

    fn related_ip(&mut self, path: &str, mut fields: Vec<Field>, addresses: Addresses) -> Result<(), Error> {
        let is_pair = addresses == Addresses::Pair;
        if is_pair && fields.len() < 2 {
            return Ok(());
        }
        if addresses == Addresses::UniqueInFormatOrder {
            fields.sort_by_key(|field| self.format.index_of(*field));
        }
        let all: Vec<String> = fields.iter().map(|field| is_present(*field)).collect();
        for field in fields {
            let condition = if is_pair { all.join(" && ") } else { is_present(field) };
            self.append(path, copy_of(&token(field.column())), is_pair, Some(condition))?;
        }
        Ok(())
    }

    /// Adds a value that an option or the event gives.
    fn given(&mut self, path: &str, setting: Setting) -> Result<(), Error> {
        let is_error = self.outputs == Outputs::ERROR;
        let data_stream =
            |part: usize| self.settings.data_stream.as_ref().and_then(|parts| parts.get(part)).map(|json| parsed(json));
        let value = match setting {
            // `message` has the whole line, even if it is not a record.
            Setting::Original if is_error => {
                self.copy(path, "message");
                return Ok(());
            }
            Setting::Original if !self.settings.preserve_original => return Ok(()),
            Setting::Original | Setting::Line => {
                self.copy(path, "_temp_.line");
                return Ok(());
            }
            Setting::DataStreamType => data_stream(0),
            Setting::DataStreamDataset => data_stream(1),
            Setting::DataStreamNamespace => data_stream(2),
            Setting::Module => data_stream(0).map(|_| json!("aws")),
            Setting::Ingested if !self.settings.ingested => None,
            Setting::Ingested => match &self.options.parser.ingested {
                Ingested::At(time) => Some(time.as_str().into()),
                Ingested::AsSchema | Ingested::Now | Ingested::No => {
                    self.copy(path, "_ingest.timestamp");
                    return Ok(());
                }
            },
            Setting::Now => {
                self.now(path);
                return Ok(());
            }
            Setting::Tags => {
                if let Some(tags) = &self.settings.tags {
                    let tags = literal(&parsed(tags))?;
                    self.append(path, tags, true, None)?;
                }
                return Ok(());
            }
            Setting::EcsVersion => self.settings.ecs_version.map(|json| parsed(json.as_bytes())),
            // A pipeline gets the record alone.
            Setting::Transport(_) => None,
            Setting::ErrorMessage => return self.append(path, MESSAGE.into(), true, None),
            // Failures of processors do not have codes.
            Setting::ErrorCode => None,
        };
        value.map_or(Ok(()), |value| self.set(path, &value, None))
    }

    /// Removes the scratch object, and the line that the document came with, unless the documents keep it.
    fn remove_scratch(&mut self) {
        let keeps_message = RULES.iter().any(|rule| rule.path == "message" && rule.outputs.meets(self.outputs));
        let fields = if keeps_message { json!(["_temp_"]) } else { json!(["_temp_", "message"]) };
        self.add("remove", "scratch", json!({ "field": fields, "ignore_missing": true }), None);
    }

    /// Adds the option `fields`, which does not replace the document's own values.
    fn fields(&mut self, fields: &[(String, Json)], above: &str) -> Result<(), Error> {
        for (key, value) in fields {
            let path = format!("{above}{key}");
            match value {
                Json::Null => {}
                Json::Array(items) if items.is_empty() => {}
                Json::Object(below) => self.fields(below, &format!("{path}."))?,
                _ if path.split('.').any(str::is_empty) || path.contains("{{") => {
                    let detail = format!("option \"fields\": no processor can address {}", quoted(&path));
                    return Err(Error::sentence(ErrorCode::InvalidOption, detail));
                }
                _ => {
                    let body = json!({ "field": path, "value": literal(&parsed(value.to_string().as_bytes()))?, "override": false });
                    self.add("set", &path, body, None);
                }
            }
        }
        Ok(())
    }
}

/// The message of an error's event, in the words of Elastic's own pipelines.
const MESSAGE: &str = "Processor '{{{_ingest.on_failure_processor_type}}}' with tag \
                       '{{{_ingest.on_failure_processor_tag}}}' failed with message '{{{_ingest.on_failure_message}}}'";

/// Returns the condition that a field has a text.
fn is(column: &str, text: &str) -> String {
    format!("ctx._temp_.field.{column} == '{text}'")
}

/// Returns a field's parameters for the script that reads values, or `None` for plain text.
fn checks(field: Field) -> Option<Value> {
    let kind = field.kind();
    let mut checks = json!({ "key": field.column(), "name": field.name(), "expected": kind.expected() });
    let own = match kind.value_type() {
        // A full long needs no limit, and a JavaScript number cannot hold that one exactly.
        Type::Integer { .. } if kind == Kind::LONG => json!({ "type": "integer" }),
        Type::Integer { max } => json!({ "type": "integer", "max": max }),
        Type::Time => json!({ "type": "timestamp", "max_seconds": MAX_SECONDS, "max_milliseconds": MAX_MILLIS }),
        Type::Address => json!({ "type": "ip" }),
        Type::Word(words) => json!({ "type": "word", "words": words }),
        Type::Text if kind == Kind::Tag => json!({ "type": "tag" }),
        Type::Text => return None,
    };
    if let (Value::Object(checks), Value::Object(own)) = (&mut checks, own) {
        checks.extend(own);
    }
    Some(checks)
}

/// Returns the keywords of protocol numbers.
fn keywords_of(keywords: Keywords) -> Map<String, Value> {
    let keyword = |number| Some((number, protocol_keyword(number).filter(|_| keywords.has(number))?));
    (0..=u8::MAX).filter_map(keyword).map(|(number, keyword)| (number.to_string(), keyword.into())).collect()
}
