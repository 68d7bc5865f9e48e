//! Layers of JSON: wrappers with a record in a member, envelopes with several, lists, and objects whose members are the
//! fields.
//!
//! Sources: *Using CloudWatch Logs subscription filters* and *FilterLogEvents* of AWS; the message formats of Docker,
//! Fluent Bit, journald, the HTTP Event Collector, Google Cloud Logging, OpenTelemetry, Elasticsearch's searches and ECS.

use std::borrow::Cow;

use super::cells::{MIN_FIELDS, Named};
use super::layer::Layer;
use super::peeler::{Inside, MAX_DEPTH, Peeler};
use super::{Peeled, Piece, Take, outer, shows_json, simply_wrapped, transport};
use crate::base::sorted::sorted_by;
use crate::base::span::Span;
use crate::base::tokens::is_blank;
use crate::error::{Error, ErrorCode, quoted};
use crate::json::{self, Misread};
use crate::record::Located;
use crate::record::envelope::without_end;
use crate::record::transport::TransportKey;

/// The names of members that have the text of a record, the likeliest first.
const KEYS: [&str; 14] = [
    "message", "@message", "log", "event.original", "original", "body", "textPayload", "_raw", "raw", "event", "line",
    "msg", "stringValue", "MESSAGE",
];

/// The names of lists of events.
pub(super) const EVENTS: [&str; 7] =
    ["logEvents", "events", "results", "resourceLogs", "scopeLogs", "logRecords", "hits"];

/// The names of objects that have such a member in place of the outermost, the likeliest first. Others are tried after them.
const INNER: [&str; 6] = ["event", "log", "body", "result", "_source", "jsonPayload"];

/// The most objects of an object that are tried.
const MAX_INNER: usize = 16;

/// The parts of an object that decide what it is.
#[derive(Default)]
struct Parts {
    /// The rank of the key and the value of the text.
    text: Option<(usize, String, Span)>,
    /// The value of `message` if it is not a text.
    other_message: Option<Span>,
    events: Option<(&'static str, Span)>,
    /// The ranks and the values of objects.
    inner: Vec<(usize, Span)>,
    time: Option<u64>,
    /// The values of the transport, if they are kept.
    transport: Vec<(TransportKey, String)>,
    is_control: bool,
    /// True if a member is an action of a bulk request, which has no other.
    is_action: bool,
    /// The name of a text of AWS that has no record as it is.
    foreign: Option<&'static str>,
    /// The documented fields among the names.
    named: Named,
}

impl Peeler {
    /// Peels a text that starts as JSON: values, one after the other.
    pub(super) fn json(&mut self, inside: Inside<'_>, take: &mut Take<'_>) -> Result<bool, Located> {
        let inside = Inside { depth: inside.depth + 1, ..inside };
        if let Some(message) = simply_wrapped(inside.text) {
            let before = self.enter(&Layer::Json(Cow::Borrowed("message")));
            let more = self.text(inside.part(message), take);
            self.leave(before);
            return more;
        }
        let mut rest = inside;
        loop {
            let end = self.value(rest, take)?;
            let Some(end) = end else { return Ok(false) };
            let after = rest.text.get(end..).unwrap_or_default();
            let blanks = after.iter().take_while(|byte| is_blank(**byte) || matches!(byte, b'\r' | b'\n')).count();
            rest = rest.part(after.get(blanks..).unwrap_or_default());
            match rest.text.first() {
                None => return Ok(true),
                Some(b'{' | b'[') => {}
                // An item of a list that has a line for each.
                Some(b',') if rest.text.trim_ascii() == b"," => return Ok(true),
                Some(_) => return Err(wrong(rest, Some(0), "trailing characters")),
            }
        }
    }

    /// Peels the object or list that a text starts with, and returns the offset after it; `None` if no more is taken.
    fn value(&mut self, inside: Inside<'_>, take: &mut Take<'_>) -> Result<Option<usize>, Located> {
        let text = inside.text;
        if text.trim_ascii_start().starts_with(b"[") {
            if let Some((line, end)) = line_of(text, false) {
                let before = self.enter(&Layer::List);
                let more = self.text(Inside { text: &line, offset: None, ..inside }, take);
                self.leave(before);
                return Ok(more?.then_some(end));
            }
            let mut items = Vec::new();
            let end = json::walk(text, &mut |_, value| push_item(&mut items, value, text))
                .map_err(|misread| misread_in(inside, &misread))?;
            return Ok(self.items(Layer::List, &items, inside, take)?.then_some(end));
        }
        let mut parts = Parts::default();
        let mut members = 0;
        let walked = json::walk(text, &mut |name, value| {
            members += usize::from(!transport::TIMES.contains(&name));
            parts.add(name, value.of(text), value, &self.keys);
            if self.has_transport {
                add_transport(name, value.of(text), &mut parts.transport);
            }
        });
        let end = walked.map_err(|misread| misread_in(inside, &misread))?;
        let inside = Inside { time: parts.time.or(inside.time), ..inside };
        let before = self.transport.len();
        for (key, value) in std::mem::take(&mut parts.transport) {
            self.transport.push(key, value);
        }
        let more = match parts {
            Parts { is_control: true, .. } => true,
            Parts { is_action: true, .. } if members == 1 => true,
            Parts { events: Some((name, list)), .. } => {
                let mut items = Vec::new();
                let part = inside.part(list.of(text));
                json::walk(part.text, &mut |_, value| push_item(&mut items, value, part.text))
                    .map_err(|misread| misread_in(part, &misread))?;
                self.items(Layer::Events(name), &items, part, take)?
            }
            Parts { text: Some((_, name, value)), .. } => {
                let before = self.enter(&Layer::Json(Cow::Owned(name)));
                let more = match json::string_of(value.of(text)) {
                    Some(Cow::Borrowed(part)) => self.text(inside.part(part.as_bytes()), take),
                    Some(Cow::Owned(owned)) => {
                        self.text(Inside { text: owned.as_bytes(), offset: None, ..inside }, take)
                    }
                    None => Ok(true),
                };
                self.leave(before);
                more?
            }
            Parts { named, .. } if named.tells() && (named.fields >= MIN_FIELDS || named.fields == members) => {
                let before = self.enter(&Layer::Fields);
                let more = self.fields(inside.part(text.get(..end).unwrap_or(text)), take);
                self.leave(before);
                more?
            }
            Parts { inner, foreign: None, .. } if !inner.is_empty() && inside.depth < MAX_DEPTH => {
                self.inner(sorted_by(inner.into_iter(), |(rank, _)| *rank), inside, end, take)?
            }
            Parts { other_message: Some(value), .. } => {
                let found = json::read(value.of(text)).map(|found| found.to_string()).unwrap_or_default();
                return Err(wrong(inside, Some(end - 1), &format!("field `message` is not a text but {found}")));
            }
            Parts { foreign: Some(foreign), .. } => {
                return Err(other(inside, end, format!("expected a flow log record, found {foreign}")));
            }
            _ => return Err(no_record(inside, end)),
        };
        self.transport.truncate(before);
        Ok(more.then_some(end))
    }

    /// Peels the first of some objects that a record is in.
    fn inner(
        &mut self,
        objects: Vec<(usize, Span)>,
        inside: Inside<'_>,
        end: usize,
        take: &mut Take<'_>,
    ) -> Result<bool, Located> {
        let mut error = None;
        let before = self.transport.len();
        for (index, (rank, object)) in objects.into_iter().enumerate().take(MAX_INNER) {
            let part = inside.part(object.of(inside.text));
            match self.value(Inside { depth: inside.depth + 1, ..part }, take) {
                Ok(more) => return Ok(more.is_some()),
                Err(other) if index == 0 && rank < INNER.len() => error = Some(other),
                Err(_) => {}
            }
            self.transport.truncate(before);
        }
        Err(error.unwrap_or_else(|| no_record(inside, end)))
    }

    /// Peels the items of a list: texts and objects.
    fn items(
        &mut self,
        layer: Layer,
        items: &[Span],
        inside: Inside<'_>,
        take: &mut Take<'_>,
    ) -> Result<bool, Located> {
        let before = self.enter(&layer);
        let mut more = true;
        for item in items {
            let part = inside.part(item.of(inside.text));
            more = more
                && match json::string_of(part.text) {
                    Some(Cow::Borrowed(text)) => self.text(part.part(text.as_bytes()), take)?,
                    Some(Cow::Owned(text)) => {
                        self.text(Inside { text: text.as_bytes(), offset: None, ..part }, take)?
                    }
                    None => self.item(part, take)?,
                };
        }
        self.leave(before);
        Ok(more)
    }

    /// Peels an item that is not a string.
    fn item(&mut self, part: Inside<'_>, take: &mut Take<'_>) -> Result<bool, Located> {
        if let Some((line, _)) = line_of(part.text, true) {
            return self.text(Inside { text: &line, offset: None, ..part }, take);
        }
        let pairs = if part.depth < MAX_DEPTH { object_of_pairs(part.text) } else { None };
        let inner = match &pairs {
            Some(object) => Inside { text: object, offset: None, depth: part.depth + 1, ..part },
            None if part.depth >= MAX_DEPTH || !part.text.starts_with(b"{") => {
                return Err(wrong(part, Some(0), "an item is not an object or a text"));
            }
            None => Inside { depth: part.depth + 1, ..part },
        };
        Ok(self.value(inner, take)?.is_some())
    }

    /// Peels the text of a string.
    #[inline(never)]
    fn text(&mut self, inside: Inside<'_>, take: &mut Take<'_>) -> Result<bool, Located> {
        let text = without_end(inside.text);
        // Pretty-printed JSON has lines, too.
        if !text.contains(&b'\n') || shows_json(text) {
            return self.inside(inside.part(text), take);
        }
        let before = self.enter(&Layer::Lines);
        let mut more = true;
        for line in text.split(|byte| *byte == b'\n') {
            let line = without_end(line);
            more = more && (line.is_empty() || self.inside(inside.part(line), take)?);
        }
        self.leave(before);
        Ok(more)
    }

    /// Hands over an object whose members are the fields.
    fn fields(&mut self, inside: Inside<'_>, take: &mut Take<'_>) -> Result<bool, Located> {
        let mut fields = std::mem::take(&mut self.fields);
        let text = inside.text;
        fields.start(text);
        let walked = json::walk(text, &mut |name, value| fields.add(name, value, text));
        let more = match walked {
            Err(misread) => Err(misread_in(inside, &misread)),
            Ok(_) => {
                if let Some(names) = fields.header()
                    && !take(Peeled::Header(&names), self.path(true))
                {
                    self.fields = fields;
                    return Ok(false);
                }
                let (padded, cells, time) = fields.row();
                let (len, offset, outer_time) = (text.len(), inside.offset, time.or(inside.time));
                Ok(take(
                    Peeled::Piece(Piece {
                        text: padded,
                        len,
                        cells: Some(cells),
                        offset,
                        outer_time,
                        transport: &self.transport,
                    }),
                    self.path(true),
                ))
            }
        };
        self.fields = fields;
        more
    }
}

impl Parts {
    /// Adds a member.
    #[inline(never)]
    fn add(&mut self, name: &str, value: &[u8], span: Span, keys: &[String]) {
        let rank = keys.iter().map(String::as_str).chain(KEYS).position(|key| key == name);
        match value.first() {
            Some(b'"') => {
                if let Some(rank) = rank
                    && self.text.as_ref().is_none_or(|(other, ..)| rank <= *other)
                {
                    self.text = Some((rank, name.to_owned(), span));
                }
                self.is_control |= name == "messageType" && value == b"\"CONTROL_MESSAGE\"";
            }
            Some(b'[') => {
                if let Some(events) = EVENTS.iter().find(|events| **events == name) {
                    self.events = Some((events, span));
                }
            }
            Some(b'{') => {
                self.is_action |= matches!(name, "create" | "index" | "update" | "delete");
                let rank = INNER.iter().position(|inner| *inner == name).unwrap_or(INNER.len());
                if self.inner.len() < MAX_INNER || rank < INNER.len() {
                    self.inner.push((rank, span));
                }
            }
            _ => {}
        }
        self.foreign = self.foreign.or_else(|| foreign(name, value));
        if name == "message" {
            self.other_message = (value.first() != Some(&b'"')).then_some(span);
        }
        if transport::TIMES.contains(&name) && self.time.is_none() {
            let text = json::string_of(value);
            self.time = outer::time(text.as_ref().map_or(value, |text| text.as_bytes()));
        }
        self.named.add(name);
    }
}

/// Adds the values of a transport that a member has.
fn add_transport(name: &str, value: &[u8], values: &mut Vec<(TransportKey, String)>) {
    let Some(key) = transport::key(name) else { return };
    let text = match value.first() {
        Some(b'"') => json::string_of(value),
        Some(b'0'..=b'9') => std::str::from_utf8(value).ok().map(Cow::Borrowed),
        _ => None,
    };
    if let Some(text) = text {
        transport::read(key, &text, &mut |key, value| values.push((key, value)));
    }
}

/// Returns what a member shows its object to be, of the texts in which AWS delivers records or names objects with records.
///
/// Sources:
/// - *HTTP endpoint delivery request and response specifications* of Firehose;
/// - *Event message structure* of Amazon S3, and *Amazon SNS message formats*;
/// - *Using Lambda* with Amazon SQS, Amazon SNS, Kinesis and CloudWatch Logs.
fn foreign(name: &str, value: &[u8]) -> Option<&'static str> {
    let has = |part: &str| memchr::memmem::find(value, part.as_bytes()).is_some();
    Some(match name {
        "Records" if has("\"aws:kinesis\"") => "an event of Kinesis with records in base64: decode it first",
        "Records" if has("\"aws:sqs\"") => {
            "an event of Amazon SQS, whose messages name objects with records: read those"
        }
        "Records" if has("\"aws:sns\"") => {
            "an event of Amazon SNS, whose messages name objects with records: read those"
        }
        "Records" if has("\"aws:s3\"") => "a notification of Amazon S3, which names objects with records: read those",
        "Messages" if has("\"Body\"") => {
            "a response of Amazon SQS, whose messages name objects with records: read those"
        }
        "Event" if value == b"\"s3:TestEvent\"" => "a test event of Amazon S3, which has no record",
        "TopicArn" => "a notification of Amazon SNS, whose message names objects with records: read those",
        "detail-type" => "an event of EventBridge, which names objects with records: read those",
        "awslogs" => "an event of CloudWatch Logs with records in base64: decode it first",
        "records" if has("\"data\"") => "a request of Firehose with records in base64: decode it first",
        "kinesis" | "partitionKey" | "PartitionKey" => "a record of Kinesis in base64: decode it first",
        _ => return None,
    })
}

/// Adds an item of a list, up to the first that is neither an object, a list nor a text: so the items take no more memory than
/// their list.
fn push_item(items: &mut Vec<Span>, item: Span, text: &[u8]) {
    let may_have_record = |item: &Span| matches!(item.of(text).first(), Some(b'{' | b'[' | b'"'));
    if items.last().is_none_or(may_have_record) {
        items.push(item);
    }
}

/// Returns the line of a list of columns, and the offset after the list: of texts and numbers, with a space between them.
/// Unless it is in another list, none of its texts has a blank or a separator of CSV, since such a text is a line of its own.
fn line_of(list: &[u8], is_inner: bool) -> Option<(Vec<u8>, usize)> {
    if !list.trim_ascii_start().starts_with(b"[") {
        return None;
    }
    let (mut line, mut columns, mut is_line) = (Vec::new(), 0, true);
    let walked = json::walk(list, &mut |_, item| {
        if !is_line {
            return;
        }
        let item = item.of(list);
        let text = match item {
            b"null" | b"\"\"" => Some(Cow::Borrowed("-")),
            [b'"', ..] => json::string_of(item),
            [b'0'..=b'9' | b'-', ..] => std::str::from_utf8(item).ok().map(Cow::Borrowed),
            _ => None,
        };
        let is_line_itself = |text: &str| text.contains(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'));
        let text = text.filter(|text| is_inner || !is_line_itself(text));
        let Some(text) = text else {
            is_line = false;
            return;
        };
        line.extend_from_slice(text.as_bytes());
        line.push(b' ');
        columns += 1;
    });
    line.pop();
    let end = walked.ok()?;
    (is_line && (columns > 1 || is_inner && columns > 0)).then_some((line, end))
}

/// Returns the object of a list of pairs, `{"field":"srcAddr","value":"10.0.0.1"}`; `None` if the list has something else.
///
/// Source: *GetQueryResults* of CloudWatch Logs.
fn object_of_pairs(list: &[u8]) -> Option<Vec<u8>> {
    if !list.starts_with(b"[") {
        return None;
    }
    let mut object = vec![b'{'];
    let mut is_pairs = true;
    let walked = json::walk(list, &mut |_, item| {
        let item = item.of(list);
        let (mut name, mut value): (&[u8], &[u8]) = (b"", b"");
        let walked = item.starts_with(b"{").then(|| {
            json::walk(item, &mut |key, span| match key {
                "field" => name = span.of(item),
                "value" => value = span.of(item),
                _ => {}
            })
        });
        is_pairs &= matches!(walked, Some(Ok(_))) && name.starts_with(b"\"") && !value.is_empty();
        for part in [name, b":", value, b","] {
            object.extend_from_slice(part);
        }
    });
    object.pop();
    object.push(b'}');
    (walked.is_ok() && is_pairs && object.len() > 2).then_some(object)
}

/// Makes the error of a text that is not JSON.
fn misread_in(inside: Inside<'_>, misread: &Misread) -> Located {
    // JSON over several lines: the offset is not in the line that the error is of.
    let is_first_line = !inside.text.iter().take(misread.end).any(|byte| *byte == b'\n');
    wrong(inside, is_first_line.then(|| misread.end.saturating_sub(1)), misread.reason)
}

/// The names of members that an error has.
const MAX_SHOWN: usize = 3;

/// Makes the error of an object that is not a record and has none.
#[inline(never)]
fn no_record(inside: Inside<'_>, end: usize) -> Located {
    let (mut shown, mut others) = (Vec::new(), 0);
    // It has been walked without an error.
    let _ = json::walk(inside.text, &mut |name, _| {
        if shown.len() < MAX_SHOWN {
            shown.push(quoted(name));
        } else {
            others += 1;
        }
    });
    let more = if others > 0 { format!(" and {others} more") } else { String::new() };
    let found = if shown.is_empty() { "an empty object".into() } else { format!("{}{more}", shown.join(", ")) };
    let detail = "expected a record in a member such as \"message\", or members with the names of fields such as \"srcaddr\", \
                  since the line starts as JSON";
    other(inside, end, format!("{detail}; found {found}"))
}

/// Makes the error of an object that no record is in.
fn other(inside: Inside<'_>, end: usize, detail: String) -> Located {
    Located { start: Some(end - 1), error: Error::sentence(ErrorCode::InvalidWrapper, detail) }.within(inside.offset)
}

/// Makes the error of JSON that cannot be read.
#[inline(never)]
fn wrong(inside: Inside<'_>, start: Option<usize>, reason: &str) -> Located {
    let detail = format!("expected {{\"message\":\"...\"}}, since the line starts as JSON: {reason}");
    Located { start, error: Error::sentence(ErrorCode::InvalidWrapper, detail) }.within(inside.offset)
}
