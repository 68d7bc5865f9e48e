//! The source of a document, which is a record and its line, and the state that writing keeps between records.

use super::id_cache::IdCache;
use crate::base::output::{copy, put_bytes};
use crate::base::span::Span;
use crate::base::time::Times;
use crate::error::Error;
use crate::geo::{Fragment, Fragments};
use crate::json::write_escaped;
use crate::record::Record;
use crate::record::transport::Transport;
use crate::value::Value;

/// The source of a document.
pub(crate) struct Source<'a> {
    /// A text in UTF-8 that starts with the record's line, and may go on after it.
    pub(crate) text: &'a [u8],
    /// The line's length in bytes.
    pub(crate) len: usize,
    /// True if JSON writes the line as it stands: it has no character to escape.
    pub(crate) plain: bool,
    /// True if texts are written as they are, and not for JSON.
    pub(crate) raw: bool,
    /// Its values.
    pub(crate) record: &'a Record,
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
    /// The key of the record's shape; see `Shape::key`.
    pub(super) key: Vec<u64>,
}

impl Source<'_> {
    #[inline(always)]
    pub(super) fn value(&self, column: usize) -> Value {
        self.record.value(column)
    }

    #[inline(always)]
    pub(super) fn has(&self, column: usize) -> bool {
        self.value(column) != Value::Absent
    }

    #[inline(always)]
    pub(super) fn span(&self, column: usize) -> Span {
        self.record.span(column)
    }

    /// Returns the token, which is `-` if the field is absent.
    #[inline(always)]
    pub(super) fn token(&self, column: usize) -> &[u8] {
        self.span(column).of(self.text)
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

    /// Writes a part of the line as the inside of a JSON string.
    #[inline(always)]
    pub(super) fn write_text(&self, span: Span, buffer: &mut [u8], at: usize) -> usize {
        if self.plain || self.raw {
            copy(self.text, span.start, span.end, buffer, at)
        } else {
            write_escaped(span.of(self.text), buffer, at)
        }
    }

    /// Writes a number's digits, without leading zeros.
    #[inline(always)]
    pub(super) fn write_digits(&self, column: usize, buffer: &mut [u8], at: usize) -> usize {
        self.write_text(without_zeros(self.span(column), self.text), buffer, at)
    }

    /// Writes a text that is not a part of the line as the inside of a JSON string.
    pub(super) fn write_other(&self, text: &[u8], buffer: &mut [u8], at: usize) -> usize {
        if self.raw { put_bytes(text, buffer, at) } else { write_escaped(text, buffer, at) }
    }
}

/// Returns the part of a decimal token that JSON writes for a number: without leading zeros.
#[inline(always)]
pub(super) fn without_zeros(span: Span, text: &[u8]) -> Span {
    match span.of(text) {
        [b'0', _, ..] => {
            let zeros = span.of(text).iter().take_while(|digit| **digit == b'0').count();
            Span { start: (span.start + zeros).min(span.end - 1), end: span.end }
        }
        _ => span,
    }
}
