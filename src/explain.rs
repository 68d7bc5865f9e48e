//! The meaning of a line, token by token: the field of each, its value, the keys of a document that it becomes, and what is
//! wrong with it. It is for messages and pages that people read, not for pipelines.

use crate::base::span::Span;
use crate::base::time::rfc3339;
use crate::base::tokens::{Tokens, is_blank};
use crate::detect::{self, Bounds};
use crate::error::{Error, ErrorCode, quoted};
use crate::field::Field;
use crate::format::{Column, Format};
use crate::layers::{self, Peeler, SEPARATOR};
use crate::options::{Found, Layers};
use crate::parser::Line;
use crate::record::{Located, mismatched, plural};
use crate::schema::protocol::{TCP_FLAGS, protocol_keyword};
use crate::schema::{Content, How, Mode, Outputs, RULES, Schema, original, original_path};
use crate::value::{Kind, Value, percent_decoded};

/// A line, explained.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The kind of the line; a line that cannot be read counts as a record.
    pub kind: Line,
    /// The format it was read by: the given one, or the one it looks like. A header's is its own.
    pub format: Option<Format>,
    /// The tokens, from left to right.
    pub tokens: Vec<Token>,
    /// The names of the format's fields for which no token is left.
    pub missing: Vec<String>,
    /// The error of the line as a whole.
    pub problem: Option<String>,
}

/// A token of a line.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its text.
    pub text: String,
    /// Its offset in the line, in bytes from 0; `None` in a wrapper whose text has escapes.
    pub offset: Option<usize>,
    /// The name of its column; `None` for a token too many.
    pub name: Option<String>,
    /// The documented field that it is.
    pub field: Option<Field>,
    /// The other fields that it may be, if the format was detected from the line.
    pub alternatives: Vec<Field>,
    /// Its value, as JSON: a number, a time, a decoded text; `None` if it is absent or wrong.
    pub value: Option<serde_json::Value>,
    /// The meaning of a value that does not show it by itself: a protocol's name, the flags that are set.
    pub meaning: Option<String>,
    /// The keys of a document that are made from it.
    pub paths: Vec<String>,
    /// Its error: `expected 0 to 65535, found "70000"`.
    pub problem: Option<String>,
}

/// Explains a line by a format, or without one by the format that it looks like.
///
/// ```
/// use vpcflow_ecs::explain::explain;
/// use vpcflow_ecs::{Format, Mode, Schema};
///
/// let format = Format::parse("protocol tcp-flags srcport")?;
/// let explanation = explain("6 18 70000", Some(&format), Schema::Ecs, Mode::Ecs);
/// assert_eq!(explanation.tokens[0].meaning.as_deref(), Some("tcp"));
/// assert_eq!(explanation.tokens[1].meaning.as_deref(), Some("syn, ack"));
/// assert_eq!(explanation.tokens[2].problem.as_deref(), Some("expected 0 to 65535, found \"70000\""));
/// assert_eq!(explanation.tokens[2].paths, ["source.port", "network.community_id"]);
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
pub fn explain(line: &str, format: Option<&Format>, schema: Schema, mode: Mode) -> Explanation {
    explain_inside(line, None, &Layers::default(), format, schema, mode)
}

/// Explains a line as [`explain`] does, inside layers. Of a line of CSV, `header` names the cells.
///
/// ```
/// use vpcflow_ecs::explain::explain_inside;
/// use vpcflow_ecs::{Format, Layers, Mode, Schema};
///
/// let format = Format::parse("protocol tcp-flags")?;
/// let layers = Layers::given(&["prefix 1"]);
/// let line = "2026-01-01T00:00:14.000Z 6 18";
/// let explanation = explain_inside(line, None, &layers, Some(&format), Schema::Ecs, Mode::Ecs);
/// assert_eq!(explanation.tokens[0].meaning.as_deref(), Some("tcp"));
/// assert_eq!(explanation.tokens[0].offset, Some(25));
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
pub fn explain_inside(
    line: &str,
    header: Option<&str>,
    inside: &Layers,
    format: Option<&Format>,
    schema: Schema,
    mode: Mode,
) -> Explanation {
    let outputs = Outputs::of(schema, mode);
    let raw = line.as_bytes();
    let mut blank = Explanation { kind: Line::Blank, format: None, tokens: vec![], missing: vec![], problem: None };
    let words = if let Found::Given(words) = &inside.0 { words.join(SEPARATOR) } else { String::new() };
    let peeler = match Peeler::named(&words) {
        Ok(peeler) => peeler,
        Err(unknown) => {
            blank.problem = Some(format!("there is no layer {}", quoted(unknown)));
            return blank;
        }
    };
    let first = match layers::first(raw, header.map(str::as_bytes), peeler) {
        Ok(first) => first,
        Err(Located { error, .. }) => {
            blank.kind = Line::Record;
            blank.problem = Some(match error.code() {
                ErrorCode::SeveralLines => "expected one line, found several".into(),
                _ => error.problem(),
            });
            return blank;
        }
    };
    let own_names: Vec<&str> = first.names.as_deref().map_or(vec![], |names| names.split(' ').collect());
    let names = first.names.as_ref().and_then(|_| Format::from_names(&own_names).ok());
    // Of the tokens of a long line, not all have spans.
    let mut tokens = Tokens::default();
    let (text, spans, base) = match (first.len, &names) {
        (Some(len), _) => {
            let spans = first.cells.unwrap_or_else(|| {
                tokens.split(first.text.get(..len).unwrap_or_default());
                tokens.spans().to_vec()
            });
            (first.text, spans, first.offset)
        }
        (None, Some(_)) => (raw.to_vec(), names_of(raw), Some(0)),
        (None, None) => return blank,
    };
    // Cells that are not a part of the line are after it.
    let len = first.len.unwrap_or(text.len());
    let texts: Vec<&[u8]> = spans.iter().map(|span| span.of(&text)).collect();
    if texts.is_empty() {
        return blank;
    }
    let (header, own) = match first.len {
        None => (names, None),
        Some(_) => (Format::of_header(&texts).and_then(Result::ok), names),
    };
    let kind = if header.is_some() { Line::Header } else { Line::Record };

    let mut problem = None;
    let mut open = Vec::new();
    let format = match header.or(own).or_else(|| format.cloned()) {
        Some(format) => Some(format),
        None => match detect::detect_format(&texts.join(&b' '), Bounds::default()) {
            Ok(detection) => detection.candidates.into_iter().next().map(|candidate| {
                open = candidate.unresolved;
                candidate.format
            }),
            Err(error) => {
                problem = Some(error.problem());
                None
            }
        },
    };
    let columns = format.as_ref().map(Format::columns).unwrap_or_default();
    let count = tokens.count().max(spans.len());
    if format.is_some() && columns.len() != count && kind == Line::Record {
        let expected = columns.len();
        problem = Some(format!("expected {expected} {}, found {count}", plural(expected)));
    }
    // A header of cells also names columns that are not fields.
    let mut named = 0;
    let explained = spans.iter().zip(&texts).enumerate().map(|(index, (span, text))| {
        let column = if first.len.is_some() {
            columns.get(index)
        } else {
            let name = layers::as_in_format(&String::from_utf8_lossy(text));
            let column = columns.get(named).filter(|_| own_names.get(named).is_some_and(|own| *own == name));
            named += usize::from(column.is_some());
            column
        };
        let field = column.and_then(|column| column.field());
        let mut token = Token {
            text: String::from_utf8_lossy(text).into_owned(),
            offset: base.filter(|_| span.end <= len).map(|base| base + span.start),
            name: column.map(|column| column.name().to_owned()),
            field,
            alternatives: open.iter().find(|open| open.index == index).map_or(vec![], |open| open.alternatives.clone()),
            value: None,
            meaning: None,
            paths: match (field, column) {
                _ if column.is_some_and(|column| column.repeats().is_some()) => vec![],
                (Some(field), _) => paths(field, columns, outputs),
                (None, Some(column)) => vec![original_path(column.column(), outputs)],
                (None, None) => vec![],
            },
            problem: None,
        };
        if kind == Line::Header {
            token.meaning = field.map(|field| field.facts().description.to_owned());
        } else if column.is_none() && format.is_some() {
            token.problem = Some("the format has no field for it".into());
        } else if let Some(field) = field {
            read(field, text, &mut token);
        } else if column.is_some() && *text != b"-" {
            token.value = Some(token.text.clone().into());
        }
        let repeated = column.and_then(|column| Some((column.repeats()?, texts.get(column.repeats()?)?)));
        if let Some((first, expected)) = repeated.filter(|(_, expected)| kind == Line::Record && *expected != text) {
            let (expected, found) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(text));
            let (expected, found) = (quoted(&expected), quoted(&found));
            token.problem = Some(format!("expected {expected}, as in column {}, found {found}", first + 1));
        }
        token
    });
    let tokens = explained.collect::<Vec<Token>>();
    let missing = columns.iter().skip(tokens.len()).map(|column| column.name().to_owned()).collect();
    Explanation { kind, format, tokens, missing, problem }
}

/// Returns the names in a header of cells.
fn names_of(line: &[u8]) -> Vec<Span> {
    let is_between = |byte: u8| is_blank(byte) || matches!(byte, b',' | b';' | b'"' | b'\r' | b'\n');
    let mut names = Vec::new();
    let mut start = None;
    for (index, byte) in line.iter().copied().chain([b',']).enumerate() {
        match (is_between(byte), start) {
            (false, None) => start = Some(index),
            (true, Some(first)) => {
                names.push(Span { start: first, end: index });
                start = None;
            }
            _ => {}
        }
    }
    names
}

fn read(field: Field, text: &[u8], token: &mut Token) {
    match field.kind().read(text) {
        Ok(Value::Absent) => token.meaning = Some("absent".into()),
        Ok(Value::Integer(number)) => {
            token.value = Some(number.into());
            token.meaning = meaning(field, number);
        }
        Ok(Value::Time(millis)) => {
            token.value = Some(String::from_utf8_lossy(&rfc3339(millis)).into_owned().into());
        }
        Ok(Value::Text | Value::V4(_) | Value::V6) => {
            let decoded = (field.kind() == Kind::Tag).then(|| percent_decoded(text)).flatten();
            token.value = Some(decoded.unwrap_or_else(|| token.text.clone()).into());
            if !field.kind().looks_right(text) {
                token.meaning = Some(format!("unusual: expected {}", field.kind().expected()));
            }
        }
        Err(mismatch) => {
            let error: Error = mismatched(field, text, mismatch);
            debug_assert!(matches!(error.code(), ErrorCode::InvalidValue | ErrorCode::OutOfRange));
            let expected = error.expected().unwrap_or_default();
            token.problem = Some(format!("expected {expected}, found {}", quoted(error.found().unwrap_or_default())));
        }
    }
}

/// Returns the meaning of a number.
fn meaning(field: Field, number: u64) -> Option<String> {
    match field {
        Field::Protocol => u8::try_from(number).ok().and_then(protocol_keyword).map(str::to_owned),
        Field::TcpFlags => {
            let set: Vec<&str> =
                TCP_FLAGS.iter().enumerate().filter(|(bit, _)| number >> bit & 1 == 1).map(|(_, name)| *name).collect();
            Some(if set.is_empty() { "no flag".into() } else { set.join(", ") })
        }
        Field::TrafficPath => {
            let paths = [
                "another resource in the same VPC",
                "an internet gateway or a gateway VPC endpoint",
                "a virtual private gateway",
                "a VPC peering connection in the region",
                "a VPC peering connection to another region",
                "a Local Zone or Wavelength Zone",
                "a gateway VPC endpoint",
                "an internet gateway",
            ];
            let path = usize::try_from(number).ok()?.checked_sub(1)?;
            paths.get(path).map(|path| format!("through {path}"))
        }
        Field::EncryptionStatus => {
            let states = ["not encrypted", "encrypted by Nitro", "encrypted by the application", "encrypted by both"];
            states.get(usize::try_from(number).ok()?).map(|state| (*state).to_owned())
        }
        _ => None,
    }
}

/// Returns the keys that a field of some columns feeds, in the table's order.
fn paths(field: Field, columns: &[Column], outputs: Outputs) -> Vec<String> {
    let is_column = |field: &Field| columns.iter().any(|column| column.field() == Some(*field));
    let rules = RULES.iter().filter(|rule| {
        let feeds = match rule.how {
            How::EventTime => rule.from.iter().copied().find(is_column) == Some(field),
            _ => rule.from.contains(&field),
        };
        // A fact from a database is not a part of the line.
        rule.outputs.meets(outputs) && feeds && rule.how.content() != Content::LookedUp
    });
    let original = original(field, outputs).map(|_| original_path(field.column(), outputs));
    rules.map(|rule| rule.path.to_owned()).chain(original).collect()
}
