//! Layers: the transport around a record, peeled from its line.
//!
//! JSON shows itself: a text that starts with a brace is peeled wherever it occurs (`json.rs`). The other layers could
//! also be a part of the record. They are found by evidence over the lines or given, and are then the same for all lines
//! of an input.
//!
//! The innermost is a piece: a text to split at blanks, or the cells of a row (`cells.rs`).
//!
//! Few logs have layers. So the main module asks another for the peeling, whose answers are bytes (`wire.rs`). This file
//! has what both sides need.

mod cells;
#[cfg(all(any(test, fuzzing), feature = "detect"))]
pub(crate) mod check;
mod json;
mod layer;
pub(crate) mod outer;
mod peeler;
mod transport;
pub(crate) mod wire;

use std::fmt::Debug;

#[cfg(feature = "detect")]
pub(crate) use self::cells::as_in_format;
#[cfg(feature = "detect")]
pub(crate) use self::layer::{Layer, MAX_TOKENS};
pub(crate) use self::peeler::Peeler;
#[cfg(feature = "detect")]
pub(crate) use self::peeler::{blank_len, first, texts};
use crate::base::span::Span;
use crate::base::tokens::is_blank;
use crate::record::Located;
use crate::record::envelope::without_mark;
use crate::record::transport::Transport;

/// Peels the lines of an input.
pub(crate) trait Peel: Debug + Send {
    /// Peels a line, which a text starts with, and hands each piece over. The rest of the text is read only to save time:
    /// lines that follow may be peeled at once. False if no more was taken.
    ///
    /// # Errors
    /// `invalid_wrapper` of a line without such a layer, and `several_lines`, with their offset in the line. The line must be
    /// UTF-8.
    fn peel(&mut self, text: &[u8], len: usize, take: &mut Take<'_>) -> Result<bool, Located>;
}

/// Takes what is peeled, and the layers around it. False ends the line.
pub(crate) type Take<'t> = dyn FnMut(Peeled<'_>, Path<'_>) -> bool + 't;

/// The layers around something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Path<'a> {
    /// Their words, from outside in, with [`SEPARATOR`] between them.
    pub(crate) words: &'a str,
    /// True if each of them shows itself.
    pub(crate) shows_itself: bool,
    /// True if the innermost is an object whose members are the fields.
    pub(crate) is_object: bool,
}

/// The separator of layers in words.
pub(crate) const SEPARATOR: &str = " › ";

/// A result of peeling.
pub(crate) enum Peeled<'a> {
    /// A text that may be a record, or a row.
    Piece(Piece<'a>),
    /// The names of the columns of the rows after it, with a space between them.
    Header(&'a str),
}

/// A text that may be a record, or a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    /// A text that starts with the piece and may go on after it, with cells that the piece has otherwise.
    pub(crate) text: &'a [u8],
    /// The length of the piece, in bytes.
    pub(crate) len: usize,
    /// The cells of a row; `None` if the text is to be split at blanks.
    pub(crate) cells: Option<&'a [Span]>,
    /// The offset of the piece in its line, in bytes; `None` if it is not a part of it.
    pub(crate) offset: Option<usize>,
    /// The time that a layer gives, in milliseconds since 1970.
    pub(crate) outer_time: Option<u64>,
    /// The values of its transport.
    pub(crate) transport: &'a Transport,
}

/// Returns the words of each of some layers.
pub(crate) fn each(words: &str) -> impl Iterator<Item = &str> {
    words.split(SEPARATOR).filter(|words| !words.is_empty())
}

/// True if a text is JSON that a record may be in: braces or brackets, and a quote after them, or the first number of a list.
/// No plain line starts so.
pub(crate) fn shows_json(text: &[u8]) -> bool {
    let mut bytes = text.iter().copied().filter(|byte| !is_blank(*byte));
    let first = bytes.next();
    if !matches!(first, Some(b'{' | b'[')) {
        return false;
    }
    match bytes.find(|byte| !matches!(byte, b'{' | b'[')) {
        Some(b'"') => true,
        Some(b'0'..=b'9') => first == Some(b'[') && bytes.find(|byte| !byte.is_ascii_digit()) == Some(b','),
        _ => false,
    }
}

/// True if a line, which may have a byte order mark, starts as JSON.
pub(crate) fn starts_as_json(line: &[u8]) -> bool {
    shows_json(without_mark(line))
}

/// True if a line is a comment, or a bracket of a list that has a line for each item. No record is so, unless its format
/// says so.
pub(crate) fn is_comment(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    text.starts_with(b"#") || matches!(text, b"[" | b"]" | b"],")
}

/// Returns the text in a wrapper without spaces, other keys and escapes: `{"message":"..."}`.
pub(crate) fn simply_wrapped(text: &[u8]) -> Option<&[u8]> {
    let inner = text.strip_prefix(b"{\"message\":\"")?.strip_suffix(b"\"}")?;
    let is_plain = inner.iter().all(|byte| matches!(byte, 0x20..) && !matches!(byte, b'"' | b'\\'));
    is_plain.then_some(inner)
}
