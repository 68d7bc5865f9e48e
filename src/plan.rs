//! The mapping table, compiled for one format: a list of steps that append one JSON document for one record.
//!
//! Everything that is the same for all records of a format is done here, once: which rows apply, where their columns
//! are, how the objects nest, and the bytes of keys and constants.

use std::collections::BTreeMap;

use crate::community_id::community_id;
use crate::error::{Error, ErrorCode, quoted};
use crate::field::Field;
use crate::format::Format;
use crate::json;
use crate::mapping::{Addresses, Family, How, Keywords, Outputs, RULES, Rule, Setting, original_how, stays_original};
use crate::protocol::{elastic_names, protocol_keyword};
use crate::record::Cell;
use crate::time::rfc3339;
use crate::value::{Kind, Value, percent_decoded};

/// What options put into every document, compiled to JSON.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) preserve_original: bool,
    pub(crate) ingested: bool,
    pub(crate) ecs_version: Option<&'static str>,
    pub(crate) data_stream: Option<[Vec<u8>; 3]>,
    pub(crate) tags: Option<Vec<u8>>,
    pub(crate) fields: serde_json::Map<String, serde_json::Value>,
}

/// What a document is made from, besides the plan.
pub(crate) struct Source<'a> {
    /// The record's text.
    pub(crate) line: &'a str,
    /// Its values, one for each column of the plan's format.
    pub(crate) cells: &'a [Cell],
    /// The time of parsing, in RFC 3339.
    pub(crate) now: &'a str,
    /// What is wrong with the line, in an error's event.
    pub(crate) error: Option<&'a Error>,
}

/// The steps.
#[derive(Debug)]
pub(crate) struct Plan {
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    /// `"key":{`
    Open(Vec<u8>),
    /// `},`, or nothing at all for an object that stayed empty and may go.
    Close { stays: bool },
    /// `"key":` and a value and `,`; the other value, or nothing at all, if the first is absent.
    Leaf { key: Vec<u8>, value: Emit, otherwise: Option<Vec<u8>> },
    /// `"key":value,`
    Constant(Vec<u8>),
}

/// How to write a value. Numbers are columns.
#[derive(Debug)]
enum Emit {
    Text(usize),
    TextOrDash(usize),
    Tag(usize),
    Integer(usize),
    Digits(usize),
    Lower(usize),
    Time(usize),
    ConstantIfAny(Vec<usize>, &'static str),
    EventType(Option<usize>),
    Outcome(usize, &'static str, &'static str),
    Transport(usize, Keywords),
    NetworkType { kind: Option<usize>, addresses: Vec<usize>, family: Family },
    CommunityId { addresses: [usize; 2], ports: [Option<usize>; 2], protocol: usize },
    RelatedIp(Vec<usize>, Addresses),
    FlagNames { column: usize, empty: bool },
    Line,
    Now,
    ErrorMessage,
    ErrorCode,
    Json(Vec<u8>),
}

/// A document's tree while it is compiled; its keys sorted.
enum Node {
    Object { children: BTreeMap<String, Node>, stays: bool },
    Leaf { value: Emit, otherwise: Option<Vec<u8>> },
}

impl Plan {
    /// Compiles the rows that apply to a format.
    ///
    /// # Errors
    /// `invalid_option` when a field of option `fields` is an object where the documents have a value, or the other way
    /// round, or deeper than 32 objects; `invalid_format` when an unknown name takes the place of a key that the documents have.
    pub(crate) fn compile(format: &Format, outputs: Outputs, settings: &Settings) -> Result<Plan, Error> {
        let mut root = BTreeMap::new();
        for rule in RULES.iter().filter(|rule| rule.outputs.meets(outputs)) {
            if rule.how == How::Object {
                if rule.from.is_empty() || rule.from.iter().any(|field| format.index_of(*field).is_some()) {
                    keep_object(&mut root, rule.path);
                }
            } else if let Some(value) = emit(rule, format, settings, outputs) {
                put(&mut root, rule.path, value).map_err(|()| taken(rule.path))?;
            }
        }
        for (index, column) in format.columns().iter().enumerate() {
            let path = format!("aws.vpcflow.{}", column.column());
            match column.field() {
                None => put(&mut root, &path, Emit::Text(index)).map_err(|()| taken(&path))?,
                Some(field) if stays_original(field, outputs) && !has(&root, &path) => {
                    let value = typed_or_text(original_how(outputs, field), field, index);
                    put(&mut root, &path, value).map_err(|()| taken(&path))?;
                }
                Some(_) => {}
            }
        }
        merge_fields(&mut root, &settings.fields, "", 0)?;
        Ok(Plan { steps: linear(root) })
    }

    /// Compiles the event that stands for a line that is no record.
    pub(crate) fn of_errors(settings: &Settings) -> Result<Plan, Error> {
        Plan::compile(&Format::of_fields([]), Outputs::ERROR, settings)
    }

    /// Appends the document, without a line end.
    pub(crate) fn write(&self, source: &Source<'_>, out: &mut Vec<u8>, opened: &mut Vec<usize>) {
        opened.clear();
        out.push(b'{');
        for step in &self.steps {
            match step {
                Step::Constant(bytes) => out.extend_from_slice(bytes),
                Step::Open(bytes) => {
                    opened.push(out.len());
                    out.extend_from_slice(bytes);
                }
                Step::Close { stays } => {
                    let start = opened.pop().unwrap_or_default();
                    if out.last() == Some(&b'{') && !stays {
                        out.truncate(start);
                    } else {
                        close(out);
                        out.push(b',');
                    }
                }
                Step::Leaf { key, value, otherwise } => {
                    let start = out.len();
                    out.extend_from_slice(key);
                    if value.write(source, out) {
                        out.push(b',');
                    } else if let Some(otherwise) = otherwise {
                        out.extend_from_slice(otherwise);
                        out.push(b',');
                    } else {
                        out.truncate(start);
                    }
                }
            }
        }
        close(out);
    }
}

/// Ends an object whose members each ended in a comma.
fn close(out: &mut Vec<u8>) {
    if out.last() == Some(&b',') {
        out.pop();
    }
    out.push(b'}');
}

fn taken(path: &str) -> Error {
    let detail = format!("the documents have {} already, for something else; rename the column", quoted(path));
    Error::sentence(ErrorCode::InvalidFormat, detail)
}

/// How a field is written by its type, or as text; a tag is decoded in any case.
fn typed_or_text(how: How, field: Field, index: usize) -> Emit {
    match (how, field.kind()) {
        (_, Kind::Tag) => Emit::Tag(index),
        (How::Typed, Kind::Integer { .. }) => Emit::Integer(index),
        (How::Typed, Kind::Time) => Emit::Time(index),
        _ => Emit::Text(index),
    }
}

/// What a row writes, if the format and the options have what it needs.
fn emit(rule: &Rule, format: &Format, settings: &Settings, outputs: Outputs) -> Option<Emit> {
    let columns = || rule.from.iter().filter_map(|field| format.index_of(*field)).collect::<Vec<usize>>();
    let at = |position: usize| rule.from.get(position).and_then(|field| format.index_of(*field));
    let some = |columns: Vec<usize>| if columns.is_empty() { None } else { Some(columns) };
    Some(match rule.how {
        How::Constant(json) => Emit::Json(json.into()),
        How::ConstantIfAny(json) => Emit::ConstantIfAny(some(columns())?, json),
        How::Text | How::Typed => typed_or_text(rule.how, *rule.from.first()?, at(0)?),
        How::TextOrDash => Emit::TextOrDash(at(0)?),
        How::Digits => Emit::Digits(at(0)?),
        How::Lower => Emit::Lower(at(0)?),
        How::Time => Emit::Time(at(0)?),
        How::EventType => Emit::EventType(at(0)),
        How::Outcome(accept, reject) => Emit::Outcome(at(0)?, accept, reject),
        How::Transport(keywords) => Emit::Transport(at(0)?, keywords),
        How::NetworkType(family) => {
            let addresses = [Field::Srcaddr, Field::Dstaddr].into_iter().filter(|field| rule.from.contains(field));
            let addresses: Vec<usize> = addresses.filter_map(|field| format.index_of(field)).collect();
            let kind = rule.from.contains(&Field::Type).then(|| format.index_of(Field::Type)).flatten();
            some(columns())?;
            Emit::NetworkType { kind, addresses, family }
        }
        How::CommunityId => Emit::CommunityId { addresses: [at(0)?, at(1)?], ports: [at(2), at(3)], protocol: at(4)? },
        How::RelatedIp(addresses) => {
            let mut columns = some(columns())?;
            match addresses {
                Addresses::Pair if columns.len() < 2 => return None,
                Addresses::UniqueInFormatOrder => columns.sort_unstable(),
                _ => {}
            }
            Emit::RelatedIp(columns, addresses)
        }
        How::FlagNames { empty } => Emit::FlagNames { column: at(0)?, empty },
        How::Object => return None,
        How::Given(setting) => {
            let data_stream = |part: usize| settings.data_stream.as_ref().and_then(|parts| parts.get(part)).cloned();
            match setting {
                Setting::Original if settings.preserve_original || outputs == Outputs::ERROR => Emit::Line,
                Setting::Original => return None,
                Setting::Line => Emit::Line,
                Setting::DataStreamType => Emit::Json(data_stream(0)?),
                Setting::DataStreamDataset => Emit::Json(data_stream(1)?),
                Setting::DataStreamNamespace => Emit::Json(data_stream(2)?),
                Setting::Module => data_stream(0).map(|_| Emit::Json(b"\"aws\"".to_vec()))?,
                Setting::Ingested if settings.ingested => Emit::Now,
                Setting::Ingested => return None,
                Setting::Now => Emit::Now,
                Setting::Tags => Emit::Json(settings.tags.clone()?),
                Setting::EcsVersion => Emit::Json(settings.ecs_version?.into()),
                Setting::ErrorMessage => Emit::ErrorMessage,
                Setting::ErrorCode => Emit::ErrorCode,
            }
        }
    })
}

/// The object at a dotted path, made if need be; `None` if a value is in the way.
fn object_at<'a>(root: &'a mut BTreeMap<String, Node>, path: &str) -> Option<&'a mut BTreeMap<String, Node>> {
    let mut children = root;
    for part in path.split('.') {
        let node =
            children.entry(part.to_owned()).or_insert_with(|| Node::Object { children: BTreeMap::new(), stays: false });
        match node {
            Node::Object { children: below, .. } => children = below,
            Node::Leaf { .. } => return None,
        }
    }
    Some(children)
}

/// Makes the object at a dotted path stay when it is empty.
fn keep_object(root: &mut BTreeMap<String, Node>, path: &str) {
    let (parent, key) = match path.rsplit_once('.') {
        Some((parent, key)) => (object_at(root, parent), key),
        None => (Some(root), path),
    };
    let Some(parent) = parent else { return };
    let made = || Node::Object { children: BTreeMap::new(), stays: true };
    if let Node::Object { stays, .. } = parent.entry(key.to_owned()).or_insert_with(made) {
        *stays = true;
    }
}

/// Puts a value at a dotted path; an error if something is there, or in the way.
fn put(root: &mut BTreeMap<String, Node>, path: &str, value: Emit) -> Result<(), ()> {
    let (parent, key) = match path.rsplit_once('.') {
        Some((parent, key)) => (object_at(root, parent).ok_or(())?, key),
        None => (root, path),
    };
    if parent.contains_key(key) {
        return Err(());
    }
    parent.insert(key.to_owned(), Node::Leaf { value, otherwise: None });
    Ok(())
}

fn has(root: &BTreeMap<String, Node>, path: &str) -> bool {
    match path.split_once('.') {
        None => root.contains_key(path),
        Some((key, rest)) => match root.get(key) {
            Some(Node::Object { children, .. }) => has(children, rest),
            _ => false,
        },
    }
}

/// Merges option `fields` under the event's own values: dotted keys are paths, and where the documents have a value at
/// a path, the option's stands in for it in a record that lacks it.
fn merge_fields(
    children: &mut BTreeMap<String, Node>,
    fields: &serde_json::Map<String, serde_json::Value>,
    above: &str,
    depth: usize,
) -> Result<(), Error> {
    for (key, value) in fields {
        let whole = format!("{above}{key}");
        let depth = depth + 1 + key.matches('.').count();
        if depth > MAX_DEPTH {
            let detail = format!("option \"fields\": {} is deeper than {MAX_DEPTH} objects", quoted(&whole));
            return Err(Error::sentence(ErrorCode::InvalidOption, detail));
        }
        if is_empty(value) {
            continue;
        }
        if whole == "tags" {
            let detail = "option \"fields\": give \"tags\" with the option \"tags\" instead";
            return Err(Error::sentence(ErrorCode::InvalidOption, detail));
        }
        let conflict = |what: &str| {
            let detail = format!("option \"fields\": {} is {what}", quoted(&whole));
            Error::sentence(ErrorCode::InvalidOption, detail)
        };
        let (parent, key) = match key.rsplit_once('.') {
            Some((path, key)) if is_path(path) && !key.is_empty() => (
                object_at(children, path).ok_or_else(|| conflict("below a value of the documents, or of its own"))?,
                key,
            ),
            _ => (&mut *children, key.as_str()),
        };
        match (value, parent.get_mut(key)) {
            (serde_json::Value::Object(below), None) => {
                let mut made = BTreeMap::new();
                merge_fields(&mut made, below, &format!("{whole}."), depth)?;
                parent.insert(key.to_owned(), Node::Object { children: made, stays: false });
            }
            (serde_json::Value::Object(below), Some(Node::Object { children, .. })) => {
                merge_fields(children, below, &format!("{whole}."), depth)?;
            }
            (serde_json::Value::Object(_), Some(Node::Leaf { .. })) => {
                return Err(conflict("an object here, but a value in the documents"));
            }
            (_, Some(Node::Object { .. })) => {
                return Err(conflict("a value here, but an object in the documents"));
            }
            (_, None) => {
                let json = value.to_string().into_bytes();
                parent.insert(key.to_owned(), Node::Leaf { value: Emit::Json(json), otherwise: None });
            }
            (_, Some(Node::Leaf { otherwise, .. })) => *otherwise = Some(value.to_string().into_bytes()),
        }
    }
    Ok(())
}

/// Objects within objects, at most.
const MAX_DEPTH: usize = 32;

/// What a document never has: nothing, an empty object, an empty list.
fn is_empty(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => true,
        serde_json::Value::Object(members) => members.is_empty(),
        serde_json::Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn is_path(path: &str) -> bool {
    path.split('.').all(|part| !part.is_empty())
}

/// The tree as steps.
fn linear(children: BTreeMap<String, Node>) -> Vec<Step> {
    let mut steps = Vec::new();
    for (key, node) in children {
        let mut bytes = json::string(&key);
        bytes.push(b':');
        match node {
            Node::Object { children, stays } => {
                bytes.push(b'{');
                steps.push(Step::Open(bytes));
                steps.extend(linear(children));
                steps.push(Step::Close { stays });
            }
            Node::Leaf { value: Emit::Json(json), .. } => {
                bytes.extend(json);
                bytes.push(b',');
                match steps.last_mut() {
                    Some(Step::Constant(before)) => before.extend(bytes),
                    _ => steps.push(Step::Constant(bytes)),
                }
            }
            Node::Leaf { value, otherwise } => steps.push(Step::Leaf { key: bytes, value, otherwise }),
        }
    }
    steps
}

impl Source<'_> {
    fn value(&self, column: usize) -> Value {
        self.cells.get(column).map_or(Value::Absent, |cell| cell.value)
    }

    /// The token, which is `-` if the field is absent.
    fn token(&self, column: usize) -> &str {
        self.cells.get(column).and_then(|cell| self.line.get(cell.span.start..cell.span.end)).unwrap_or("-")
    }

    fn text(&self, column: usize) -> Option<&str> {
        (self.value(column) != Value::Absent).then(|| self.token(column))
    }

    fn integer(&self, column: usize) -> Option<u64> {
        match self.value(column) {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }
}

impl Emit {
    /// Appends the value; `false`, with nothing appended, if it is absent.
    fn write(&self, source: &Source<'_>, out: &mut Vec<u8>) -> bool {
        self.try_write(source, out).is_some()
    }

    fn try_write(&self, source: &Source<'_>, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Emit::Text(column) => json::write_string(out, source.text(*column)?),
            Emit::TextOrDash(column) => json::write_string(out, source.token(*column)),
            Emit::Tag(column) => {
                let token = source.text(*column)?;
                json::write_string(out, percent_decoded(token.as_bytes()).as_deref().unwrap_or(token));
            }
            Emit::Integer(column) => {
                source.integer(*column)?;
                out.extend_from_slice(digits(source.token(*column)).as_bytes());
            }
            Emit::Digits(column) => {
                source.integer(*column)?;
                json::write_string(out, digits(source.token(*column)));
            }
            Emit::Lower(column) => json::write_string(out, &source.text(*column)?.to_ascii_lowercase()),
            Emit::Time(column) => match source.value(*column) {
                Value::Time(millis) => {
                    out.push(b'"');
                    out.extend_from_slice(&rfc3339(millis));
                    out.push(b'"');
                }
                _ => return None,
            },
            Emit::ConstantIfAny(columns, json) => {
                columns.iter().find(|column| source.value(**column) != Value::Absent)?;
                out.extend_from_slice(json.as_bytes());
            }
            Emit::EventType(column) => out.extend_from_slice(match column.map(|column| source.token(column)) {
                Some("ACCEPT") => br#"["connection","allowed"]"#,
                Some("REJECT") => br#"["connection","denied"]"#,
                _ => br#"["connection"]"#,
            }),
            Emit::Outcome(column, accept, reject) => match source.token(*column) {
                "ACCEPT" => json::write_string(out, accept),
                "REJECT" => json::write_string(out, reject),
                _ => return None,
            },
            Emit::Transport(column, keywords) => json::write_string(out, transport(source, *column, *keywords)?),
            Emit::NetworkType { kind, addresses, family } => {
                out.extend_from_slice(network_type(source, *kind, addresses, *family)?);
            }
            Emit::CommunityId { addresses: [from, to], ports, protocol } => {
                let port =
                    |column: &Option<usize>| column.and_then(|column| source.integer(column)).unwrap_or(0) as u16;
                let [source_port, destination_port] = ports;
                let ports = (port(source_port), port(destination_port));
                let protocol = u8::try_from(source.integer(*protocol)?).ok()?;
                let id = community_id(source.value(*from), source.value(*to), ports, protocol)?;
                out.push(b'"');
                out.extend_from_slice(&id);
                out.push(b'"');
            }
            Emit::RelatedIp(columns, addresses) => write_addresses(source, columns, *addresses, out)?,
            Emit::FlagNames { column, empty } => write_flags(source.integer(*column)?, *empty, out)?,
            Emit::Line => json::write_string(out, source.line),
            Emit::Now => json::write_string(out, source.now),
            Emit::ErrorMessage => json::write_string(out, &source.error?.to_string()),
            Emit::ErrorCode => json::write_string(out, source.error?.code().as_str()),
            Emit::Json(json) => out.extend_from_slice(json),
        }
        Some(())
    }
}

/// A decimal token as JSON writes a number: without leading zeros.
fn digits(token: &str) -> &str {
    match token.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    }
}

fn transport(source: &Source<'_>, column: usize, keywords: Keywords) -> Option<&'static str> {
    let number = u8::try_from(source.integer(column)?).ok()?;
    // Elastic's pipeline compares the token's text.
    let is_plain = digits(source.token(column)) == source.token(column);
    let named = match keywords {
        Keywords::Iana => true,
        Keywords::Elastic => elastic_names(number),
        Keywords::ElasticByText => is_plain && elastic_names(number),
        Keywords::TcpUdp => is_plain && matches!(number, 6 | 17),
    };
    protocol_keyword(number).filter(|_| named)
}

fn network_type(
    source: &Source<'_>,
    kind: Option<usize>,
    addresses: &[usize],
    family: Family,
) -> Option<&'static [u8]> {
    const IPV4: &[u8] = b"\"ipv4\"";
    const IPV6: &[u8] = b"\"ipv6\"";
    match kind.map(|column| source.token(column)) {
        Some("IPv4") => return Some(IPV4),
        Some("IPv6") => return Some(IPV6),
        _ => {}
    }
    let address = addresses.iter().copied().find(|column| source.value(*column) != Value::Absent)?;
    let dotted = matches!(source.value(address), Value::V4(_))
        || (family == Family::SourceDot && source.token(address).contains('.'));
    Some(if dotted { IPV4 } else { IPV6 })
}

fn write_addresses(source: &Source<'_>, columns: &[usize], addresses: Addresses, out: &mut Vec<u8>) -> Option<()> {
    let present = |column: &&usize| source.value(**column) != Value::Absent;
    let pair = addresses == Addresses::Pair;
    if pair && !columns.iter().all(|column| present(&column)) {
        return None;
    }
    columns.iter().find(present)?;
    out.push(b'[');
    for (index, column) in columns.iter().enumerate().filter(|(_, column)| present(column)) {
        let token = source.token(*column);
        let before = columns.get(..index).unwrap_or_default();
        if pair || !before.iter().any(|other| source.token(*other) == token) {
            json::write_string(out, token);
            out.push(b',');
        }
    }
    out.pop();
    out.push(b']');
    Some(())
}

/// The names of the low six bits, in the order of the bits.
fn write_flags(flags: u64, empty: bool, out: &mut Vec<u8>) -> Option<()> {
    const NAMES: [&[u8]; 6] = [b"\"fin\",", b"\"syn\",", b"\"rst\",", b"\"psh\",", b"\"ack\",", b"\"urg\","];
    if flags & 0x3f == 0 && !empty {
        return None;
    }
    out.push(b'[');
    for (bit, name) in NAMES.iter().enumerate() {
        if flags >> bit & 1 == 1 {
            out.extend_from_slice(name);
        }
    }
    if out.last() == Some(&b',') {
        out.pop();
    }
    out.push(b']');
    Some(())
}
