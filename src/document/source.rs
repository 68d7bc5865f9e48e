//! What a document is made from: a record and the line that it is in; and what stays between records.

use super::id_cache::Hashes;
use crate::base::output::{copy, put_bytes};
use crate::base::span::Span;
use crate::base::time::Times;
use crate::error::Error;
use crate::geo::{Fragment, Fragments};
use crate::json::write_escaped;
use crate::record::Record;
use crate::value::Value;

/// What a document is made from, besides the plan.
pub(crate) struct Source<'a> {
    /// A text in UTF-8 that starts with the record's line, and may go on after it.
    pub(crate) text: &'a [u8],
    /// The line's length in bytes.
    pub(crate) len: usize,
    /// Whether JSON writes the line as it stands: it has no character to escape.
    pub(crate) plain: bool,
    /// Whether texts are written as they are, and not for JSON.
    pub(crate) raw: bool,
    /// Its values.
    pub(crate) record: &'a Record,
    /// The time of parsing, in RFC 3339.
    pub(crate) now: &'a str,
    /// What is wrong with the line, in an error's event.
    pub(crate) error: Option<&'a Error>,
    /// What was found of the source and of the destination.
    pub(crate) ends: [Fragments<'a>; 2],
}

/// What writing remembers between records.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(super) times: Times,
    /// Community IDs that have a place in the output, but no value yet.
    pub(crate) ids: Hashes,
    /// Which fields the record has; see `Shape::key`.
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

    /// The token, which is `-` if the field is absent.
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

    /// An object that was looked up; empty if nothing was found.
    pub(super) fn looked_up(&self, end: usize, fragment: Fragment) -> &[u8] {
        self.ends.get(end).copied().unwrap_or_default().get(fragment)
    }

    /// Writes a part of the line as the inside of a JSON string.
    #[inline(always)]
    pub(super) fn write_text(&self, span: Span, room: &mut [u8], at: usize) -> usize {
        if self.plain || self.raw {
            copy(self.text, span.start, span.end, room, at)
        } else {
            write_escaped(span.of(self.text), room, at)
        }
    }

    /// Writes a number's digits, without leading zeros.
    #[inline(always)]
    pub(super) fn write_digits(&self, column: usize, room: &mut [u8], at: usize) -> usize {
        self.write_text(without_zeros(self.span(column), self.text), room, at)
    }

    /// Writes a text that is no part of the line.
    pub(super) fn write_other(&self, text: &[u8], room: &mut [u8], at: usize) -> usize {
        if self.raw { put_bytes(text, room, at) } else { write_escaped(text, room, at) }
    }
}

/// A decimal token as JSON writes a number: without leading zeros.
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
