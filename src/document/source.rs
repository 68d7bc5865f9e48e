//! The source of a document, which is a record and its line, and the state that writing keeps between records.

use super::emit::Tables;
use super::id_cache::IdCache;
use crate::base::span::Span;
use crate::base::time::Times;
use crate::base::tokens::Tokens;
use crate::error::Error;
use crate::geo::{Fragment, Fragments};
use crate::json::{is_verbatim, write_escaped};
use crate::record::Record;
use crate::record::transport::Transport;
use crate::value::Value;

/// The source of a document, beside the tokens of its line.
pub(crate) struct Source<'a> {
    /// The line's length in bytes.
    pub(crate) len: usize,
    /// True if JSON writes the line as it stands: it has no character to escape.
    pub(crate) plain: bool,
    /// True if texts are written as they are, and not for JSON.
    pub(crate) raw: bool,
    /// The values of the line.
    pub(crate) record: &'a Record,
    /// True if the record has a time of its own.
    pub(crate) has_time: bool,
    /// The time of the record's envelope, in milliseconds since 1970.
    pub(crate) outer_time: Option<u64>,
    /// The time of parsing, in RFC 3339; empty if the document does not have it.
    pub(crate) now: &'a str,
    /// The values of the record's transport.
    pub(crate) transport: &'a Transport,
    /// The line's error, in the event that stands for it.
    pub(crate) error: Option<&'a Error>,
    /// The objects that were looked up for the source and for the destination.
    pub(crate) ends: [Fragments<'a>; 2],
}

/// The state that writing keeps between records.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(super) times: Times,
    /// Community IDs, cached and pending.
    pub(crate) ids: IdCache,
    pub(super) tables: Tables,
    /// The key of the record's shape; see `Shape::key`.
    pub(super) key: Vec<u64>,
}

impl Source<'_> {
    /// True if JSON writes a line as it stands.
    pub(crate) fn is_verbatim_line(tokens: &Tokens) -> bool {
        is_verbatim(tokens.made())
    }

    #[inline(always)]
    pub(super) fn value(&self, column: usize) -> Value {
        self.record.value(column)
    }

    #[inline(always)]
    pub(super) fn has(&self, column: usize) -> bool {
        self.record.has(column)
    }

    #[inline(always)]
    pub(super) fn integer(&self, column: usize) -> Option<u64> {
        match self.value(column) {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// Returns an object that was looked up; empty if nothing was found.
    pub(super) fn looked_up(&self, end: usize, fragment: Fragment) -> &[u8] {
        self.ends.get(end).copied().unwrap_or_default().get(fragment)
    }

    /// True if a part of the line is the inside of a JSON string as it stands, or is not meant for JSON.
    #[inline(always)]
    pub(super) fn is_verbatim(&self) -> bool {
        self.plain || self.raw
    }

    /// Returns the span of a part of the line as the inside of a JSON string, which is made if necessary.
    #[inline(always)]
    pub(super) fn text(&self, span: Span, tokens: &mut Tokens) -> Span {
        if self.is_verbatim() { span } else { escaped(span, tokens) }
    }

    /// Makes the inside of a JSON string of a text that is not a part of the line.
    pub(super) fn other(&self, text: &[u8], tokens: &mut Tokens) -> Span {
        if self.raw {
            return tokens.make(text);
        }
        tokens.make_with(text.len(), |_, free| write_escaped(text, free, 0))
    }
}

/// Makes the inside of a JSON string of a part of the line.
#[inline(never)]
pub(super) fn escaped(span: Span, tokens: &mut Tokens) -> Span {
    tokens.make_with(span.end - span.start, |text, free| write_escaped(span.of(text), free, 0))
}

/// Returns the part of a decimal token that JSON writes for a number: without leading zeros.
#[inline(always)]
pub(super) fn without_zeros(span: Span, text: &[u8]) -> Span {
    if text.get(span.start) == Some(&b'0') { without_leading(span, text) } else { span }
}

#[inline(never)]
fn without_leading(span: Span, text: &[u8]) -> Span {
    let zeros = span.of(text).iter().take_while(|digit| **digit == b'0').count();
    Span { start: (span.start + zeros).min(span.end - 1), end: span.end }
}
