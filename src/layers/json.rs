//! Layers of JSON: wrappers with a record in a member, envelopes with several, lists, and objects whose members are the
//! fields.
//!
//! Sources: *Using CloudWatch Logs subscription filters* and *FilterLogEvents* of AWS; the message formats of Docker,
//! Fluent Bit, the HTTP Event Collector, Google Cloud Logging, OpenTelemetry and ECS.

use std::borrow::Cow;

use super::cells::{MIN_FIELDS, is_telling, named};
use super::layer::Layer;
use super::peeler::{Inside, MAX_DEPTH, Peeler};
use super::{Peeled, Piece, Take, outer, simply_wrapped};
use crate::base::span::Span;
use crate::base::tokens::is_blank;
use crate::error::{Error, ErrorCode};
use crate::json::{self, Misread};
use crate::record::Located;
use crate::record::envelope::without_end;

/// The names of members that have the text of a record, the likeliest first.
const KEYS: [&str; 13] = [
    "message", "@message", "log", "event.original", "original", "body", "textPayload", "_raw", "raw", "event", "line",
    "msg", "stringValue",
];

/// The names of lists of events.
pub(super) const EVENTS: [&str; 2] = ["logEvents", "events"];

/// The names of objects that have such a member in place of the outermost.
const INNER: [&str; 6] = ["event", "log", "body", "result", "_source", "jsonPayload"];

/// The names of the time of an event.
const TIMES: [&str; 4] = ["timestamp", "@timestamp", "time", "date"];

/// The parts of an object that decide what it is.
#[derive(Default)]
struct Parts {
    /// The rank of the key and the value of the text.
    text: Option<(usize, String, Span)>,
    /// The value of `message` if it is not a text.
    other_message: Option<Span>,
    events: Option<(&'static str, Span)>,
    inner: Option<(usize, Span)>,
    time: Option<u64>,
    is_control: bool,
    /// Documented fields among the names.
    fields: usize,
    /// True if one of them is a field of flow logs alone.
    tells: bool,
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
                Some(_) => return Err(wrong(rest, Some(0), "trailing characters")),
            }
        }
    }

    /// Peels the object or list that a text starts with, and returns the offset after it; `None` if no more is taken.
    fn value(&mut self, inside: Inside<'_>, take: &mut Take<'_>) -> Result<Option<usize>, Located> {
        let text = inside.text;
        if text.trim_ascii_start().starts_with(b"[") {
            let mut items = Vec::new();
            let end = json::walk(text, &mut |_, value| push_item(&mut items, value, text))
                .map_err(|misread| misread_in(inside, &misread))?;
            return Ok(self.items(Layer::List, &items, inside, take)?.then_some(end));
        }
        let mut parts = Parts::default();
        let mut members = 0;
        let walked = json::walk(text, &mut |name, value| {
            members += usize::from(!TIMES.contains(&name));
            parts.add(name, value.of(text), value, &self.keys);
        });
        let end = walked.map_err(|misread| misread_in(inside, &misread))?;
        let inside = Inside { time: parts.time.or(inside.time), ..inside };
        let more = match parts {
            Parts { is_control: true, .. } => true,
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
            Parts { tells: true, fields, .. } if fields >= MIN_FIELDS || fields == members => {
                let before = self.enter(&Layer::Fields);
                let more = self.fields(inside.part(text.get(..end).unwrap_or(text)), take);
                self.leave(before);
                more?
            }
            Parts { inner: Some((_, object)), .. } if inside.depth < MAX_DEPTH => {
                let part = inside.part(object.of(text));
                self.value(Inside { depth: inside.depth + 1, ..part }, take)?.is_some()
            }
            Parts { other_message: Some(value), .. } => {
                let found = json::read(value.of(text)).map(|found| found.to_string()).unwrap_or_default();
                return Err(wrong(inside, Some(end - 1), &format!("field `message` is not a text but {found}")));
            }
            _ => return Err(wrong(inside, Some(end - 1), "missing field `message`")),
        };
        Ok(more.then_some(end))
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
                    None if part.depth >= MAX_DEPTH || !part.text.starts_with(b"{") => {
                        return Err(wrong(part, Some(0), "an item is not an object or a text"));
                    }
                    None => self.value(Inside { depth: part.depth + 1, ..part }, take)?.is_some(),
                };
        }
        self.leave(before);
        Ok(more)
    }

    /// Peels the text of a string.
    #[inline(never)]
    fn text(&mut self, inside: Inside<'_>, take: &mut Take<'_>) -> Result<bool, Located> {
        let text = without_end(inside.text);
        if text.contains(&b'\n') {
            let detail = "expected one line in the wrapper, found several; take them out of it first";
            return Err(Error::sentence(ErrorCode::SeveralLines, detail).into());
        }
        self.inside(inside.part(text), take)
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
                    Peeled::Piece(Piece { text: padded, len, cells: Some(cells), offset, outer_time }),
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
                if let Some(rank) = INNER.iter().position(|inner| *inner == name)
                    && self.inner.as_ref().is_none_or(|(other, _)| rank < *other)
                {
                    self.inner = Some((rank, span));
                }
            }
            _ => {}
        }
        if name == "message" {
            self.other_message = (value.first() != Some(&b'"')).then_some(span);
        }
        if TIMES.contains(&name) && self.time.is_none() {
            let text = json::string_of(value);
            self.time = outer::time(text.as_ref().map_or(value, |text| text.as_bytes()));
        }
        if named(name).is_some() {
            self.fields += 1;
            self.tells |= is_telling(name);
        }
    }
}

/// Adds an item of a list, up to the first that is neither an object nor a text: so the items take no more memory than
/// their list.
fn push_item(items: &mut Vec<Span>, item: Span, text: &[u8]) {
    let may_have_record = |item: &Span| matches!(item.of(text).first(), Some(b'{' | b'"'));
    if items.last().is_none_or(may_have_record) {
        items.push(item);
    }
}

/// Makes the error of a text that is not JSON.
fn misread_in(inside: Inside<'_>, misread: &Misread) -> Located {
    // JSON over several lines: the offset is not in the line that the error is of.
    let is_first_line = !inside.text.iter().take(misread.end).any(|byte| *byte == b'\n');
    wrong(inside, is_first_line.then(|| misread.end.saturating_sub(1)), misread.reason)
}

/// Makes the error of JSON that no record is in.
#[inline(never)]
fn wrong(inside: Inside<'_>, start: Option<usize>, reason: &str) -> Located {
    let detail = format!("expected {{\"message\":\"...\"}}, since the line starts as JSON: {reason}");
    Located { start, error: Error::sentence(ErrorCode::InvalidWrapper, detail) }.within(inside.offset)
}
