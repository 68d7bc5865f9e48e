//! Layers: the transport around a record, peeled from its line.
//!
//! JSON shows itself: a text that starts with a brace is peeled wherever it occurs (`json.rs`). The other layers could
//! also be a part of the record. They are found by evidence over the lines (`find.rs`) or given, and are then the same for
//! all lines of an input.
//!
//! The innermost is a piece: a text to split at blanks, or the cells of a row.

mod cells;
mod json;
pub(crate) mod outer;

use std::borrow::Cow;
use std::fmt;

use self::cells::{Row, Rows};
use crate::base::span::Span;
use crate::base::tokens::is_blank;
use crate::error::{Error, ErrorCode};
use crate::format::Format;
use crate::record::envelope::{checked, without_end, without_mark};
use crate::record::{Located, offset_in};

/// A layer around a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Quotes around the text, or the item of a JSON array that has a line for each item.
    Quotes,
    /// So many tokens before the text.
    Prefix(usize),
    /// So many tokens after it.
    Suffix(usize),
    /// Non-breaking spaces and form feeds in place of spaces.
    Spaces,
    /// Several texts with tabs between them.
    Tabs,
    /// A row of cells, separated by this byte. The cells are the record, or one of them has its text.
    Cells(u8),
    /// A JSON object with the text in the member of this name.
    Json(Cow<'static, str>),
    /// A JSON object with events in the list of this name.
    Events(&'static str),
    /// A JSON list.
    List,
    /// A JSON object whose members are the fields.
    Fields,
}

/// Writes the layer's words, e.g. `prefix 2`, which [`Layer::named`] reads.
impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Layer::Quotes => f.write_str("quotes"),
            Layer::Prefix(count) => write!(f, "prefix {count}"),
            Layer::Suffix(count) => write!(f, "suffix {count}"),
            Layer::Spaces => f.write_str("spaces"),
            Layer::Tabs => f.write_str("tabs"),
            Layer::Cells(b'\t') => f.write_str("tsv"),
            Layer::Cells(b';') => f.write_str("csv ;"),
            Layer::Cells(_) => f.write_str("csv"),
            Layer::Json(key) => write!(f, "json {key}"),
            Layer::Events(key) => write!(f, "events {key}"),
            Layer::List => f.write_str("list"),
            Layer::Fields => f.write_str("fields"),
        }
    }
}

impl Layer {
    /// Reads a layer's words. Of `events`, `list` and `fields`, the words are checked only: JSON shows itself.
    pub(crate) fn named(words: &str) -> Option<Layer> {
        let (kind, rest) = words.split_once(' ').unwrap_or((words, ""));
        let count = || rest.parse().ok().filter(|count| (1..=MAX_TOKENS).contains(count));
        match (kind, rest) {
            ("quotes", "") => Some(Layer::Quotes),
            ("prefix", _) => count().map(Layer::Prefix),
            ("suffix", _) => count().map(Layer::Suffix),
            ("spaces", "") => Some(Layer::Spaces),
            ("tabs", "") => Some(Layer::Tabs),
            ("tsv", "") => Some(Layer::Cells(b'\t')),
            ("csv", "") => Some(Layer::Cells(b',')),
            ("csv", ";") => Some(Layer::Cells(b';')),
            ("json", key) if !key.is_empty() => Some(Layer::Json(Cow::Owned(key.to_owned()))),
            ("events", key) => json::EVENTS.iter().find(|name| **name == key).map(|name| Layer::Events(name)),
            ("list", "") => Some(Layer::List),
            ("fields", "") => Some(Layer::Fields),
            _ => None,
        }
    }

    /// True if JSON shows the layer.
    pub(crate) fn shows_itself(&self) -> bool {
        matches!(self, Layer::Json(_) | Layer::Events(_) | Layer::List | Layer::Fields)
    }
}

/// The most tokens before or after a text.
pub(crate) const MAX_TOKENS: usize = 16;

/// The deepest nesting of objects and texts in JSON.
const MAX_DEPTH: usize = 8;

/// A text that may be a record, or a row.
#[derive(Clone, Copy, Debug)]
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
}

/// A result of peeling.
pub(crate) enum Peeled<'a> {
    /// A piece.
    Piece(Piece<'a>),
    /// The format of the rows after it.
    Header(Result<Format, Error>),
}

/// Takes what is peeled, and the layers around it. False ends the line.
pub(crate) type Take<'t> = dyn FnMut(Peeled<'_>, &[Layer]) -> bool + 't;

/// Peels the lines of an input.
#[derive(Debug, Default)]
pub(crate) struct Peeler {
    /// The layers that do not show themselves, from outside in.
    layers: Vec<Layer>,
    /// The names of members with texts that were given, before the usual ones.
    keys: Vec<String>,
    /// The columns of the rows.
    rows: Rows,
    fields: Rows,
    /// The layers around the text being peeled.
    path: Vec<Layer>,
}

/// A text inside a line.
#[derive(Clone, Copy)]
struct Inside<'a> {
    text: &'a [u8],
    /// Its offset in the line.
    offset: Option<usize>,
    /// The time of the innermost layer that has one, in milliseconds since 1970.
    time: Option<u64>,
    /// The number of the next layer that does not show itself.
    next: usize,
    /// The number of JSON texts around it.
    depth: usize,
}

impl<'a> Inside<'a> {
    /// Returns a part of the text, after a layer.
    #[inline(never)]
    fn part(self, part: &'a [u8]) -> Inside<'a> {
        let start = offset_in(self.text, part);
        let offset = self.offset.zip(start).map(|(offset, start)| offset + start);
        Inside { text: part, offset, ..self }
    }
}

impl Peeler {
    /// Returns a peeler of given layers.
    pub(crate) fn new(layers: &[Layer]) -> Peeler {
        let keys = layers.iter().filter_map(|layer| match layer {
            Layer::Json(key) => Some(key.to_string()),
            _ => None,
        });
        let keys = keys.collect();
        let layers = layers.iter().filter(|layer| !layer.shows_itself()).cloned().collect();
        Peeler { layers, keys, ..Peeler::default() }
    }

    /// True if lines have layers other than JSON.
    #[inline]
    pub(crate) fn has_layers(&self) -> bool {
        !self.layers.is_empty()
    }

    /// Peels a line, and hands each piece over.
    ///
    /// # Errors
    /// `invalid_wrapper` or `invalid_value` of a line without such a layer, `several_lines` and `invalid_utf8`, with their
    /// offset in the line.
    pub(crate) fn peel(&mut self, line: &[u8], take: &mut Take<'_>) -> Result<bool, Located> {
        let text = without_end(line);
        let offset = offset_in(line, text);
        let text = checked(text).map_err(|error| error.within(offset))?;
        self.path.clear();
        self.inside(Inside { text, offset, time: None, next: 0, depth: 0 }, take)
    }

    /// Notes that a text is inside a layer.
    #[inline(never)]
    fn enter(&mut self, layer: Layer) {
        self.path.push(layer);
    }

    /// Notes that it is not any more.
    #[inline(never)]
    fn leave(&mut self) {
        self.path.pop();
    }

    /// Peels a text.
    fn inside(&mut self, inside: Inside<'_>, take: &mut Take<'_>) -> Result<bool, Located> {
        let text = inside.text;
        if inside.depth < MAX_DEPTH && shows_json(text) {
            return self.json(inside, take);
        }
        let Some(layer) = self.layers.get(inside.next).cloned() else {
            let piece = Piece { text, len: text.len(), cells: None, offset: inside.offset, outer_time: inside.time };
            return Ok(take(Peeled::Piece(piece), &self.path));
        };
        if text.iter().all(|byte| is_blank(*byte)) || is_comment(text) {
            return Ok(true);
        }
        self.enter(layer.clone());
        let next = Inside { next: inside.next + 1, ..inside };
        let more = match layer {
            Layer::Prefix(count) => {
                let (time, rest) = outer::after(text, count).ok_or_else(|| missing(&layer, inside.offset))?;
                self.inside(Inside { time: time.or(inside.time), ..next.part(rest) }, take)
            }
            Layer::Suffix(count) => {
                let (time, rest) = outer::before(text, count).ok_or_else(|| missing(&layer, inside.offset))?;
                self.inside(Inside { time: time.or(inside.time), ..next.part(rest) }, take)
            }
            Layer::Quotes => match unquoted(text).ok_or_else(|| missing(&layer, inside.offset))? {
                // The brackets of a list with a line for each item.
                Cow::Borrowed([]) => Ok(true),
                Cow::Borrowed(part) => self.inside(next.part(part), take),
                Cow::Owned(owned) => self.inside(Inside { text: &owned, offset: None, ..next }, take),
            },
            Layer::Spaces => {
                // As many bytes as before, so that offsets stay.
                let spaces = spaced(text);
                self.inside(Inside { text: &spaces, ..next }, take)
            }
            Layer::Tabs => {
                let mut more = true;
                for part in text.split(|byte| *byte == b'\t').filter(|part| !part.is_empty()) {
                    more = more && self.inside(next.part(part), take)?;
                }
                Ok(more)
            }
            Layer::Cells(delimiter) => {
                let mut rows = std::mem::take(&mut self.rows);
                let more = match rows.read(text, delimiter) {
                    Row::Header(header) => Ok(header.is_none_or(|header| take(Peeled::Header(header), &self.path))),
                    Row::Cells { text: padded, cells, time } => {
                        let len = text.len();
                        let piece = Piece {
                            text: padded,
                            len,
                            cells: Some(cells),
                            offset: inside.offset,
                            outer_time: time.or(inside.time),
                        };
                        Ok(take(Peeled::Piece(piece), &self.path))
                    }
                    Row::Text { text: cell, offset, time } => {
                        let offset = inside.offset.zip(offset).map(|(outer, inner)| outer + inner);
                        self.inside(Inside { text: cell, offset, time: time.or(inside.time), ..next }, take)
                    }
                };
                self.rows = rows;
                more
            }
            Layer::Json(_) | Layer::Events(_) | Layer::List | Layer::Fields => self.inside(next, take),
        };
        self.leave();
        more
    }
}

/// Returns the texts of lines in layers, and the layers around the first. Cells of a row have one space between them. A
/// line that cannot be peeled is its own text.
#[cfg(feature = "detect")]
pub(crate) fn texts<'a>(lines: impl Iterator<Item = &'a [u8]>, layers: &[Layer]) -> (Vec<Cow<'a, [u8]>>, Vec<Layer>) {
    let mut peeler = Peeler::new(layers);
    let (mut texts, mut found) = (Vec::new(), Vec::new());
    for line in lines {
        if !peeler.has_layers() && !starts_as_json(line) {
            texts.push(Cow::Borrowed(without_end(line)));
            continue;
        }
        let before = (texts.len(), found.is_empty());
        let peeled = peeler.peel(line, &mut |peeled, path| {
            if found.is_empty() {
                found = path.to_vec();
            }
            texts.push(Cow::Owned(match peeled {
                Peeled::Header(Ok(format)) => {
                    let names: Vec<&str> = format.columns().iter().map(|column| column.name()).collect();
                    names.join(" ").into_bytes()
                }
                Peeled::Header(Err(_)) => return false,
                Peeled::Piece(Piece { text, cells: Some(cells), .. }) => {
                    let joined = |byte: &u8| if is_blank(*byte) { b'_' } else { *byte };
                    let cells: Vec<Vec<u8>> =
                        cells.iter().map(|cell| cell.of(text).iter().map(joined).collect()).collect();
                    cells.join(&b' ')
                }
                Peeled::Piece(piece) => piece.text.get(..piece.len).unwrap_or_default().to_vec(),
            }));
            true
        });
        // JSON of another log may have a word where others have a record.
        let peeled_texts = texts.get(before.0..).unwrap_or_default();
        let has_record = peeled_texts.iter().any(|text| outer::tokens(text).nth(1).is_some());
        if !has_record && (peeled.is_err() || !peeled_texts.is_empty()) {
            texts.truncate(before.0);
            texts.push(Cow::Borrowed(without_end(line)));
            if before.1 {
                found.clear();
            }
        }
    }
    (texts, found)
}

/// Returns the first text of a line inside JSON, and its offset in the line if it is a part of it.
///
/// # Errors
/// As of [`Peeler::peel`].
#[cfg(feature = "detect")]
pub(crate) fn first_text(line: &[u8]) -> Result<(Vec<u8>, Option<usize>), Located> {
    let mut first = (Vec::new(), None);
    let peeled = Peeler::default().peel(line, &mut |peeled, _| match peeled {
        Peeled::Header(_) => true,
        Peeled::Piece(piece) => {
            first = (piece.text.get(..piece.len).unwrap_or_default().to_vec(), piece.offset);
            false
        }
    });
    peeled.map(|_| first)
}

/// True if a text is JSON that a record may be in.
pub(crate) fn shows_json(text: &[u8]) -> bool {
    let mut bytes = text.iter().copied().filter(|byte| !is_blank(*byte));
    match bytes.next() {
        Some(b'{') => true,
        Some(b'[') => matches!(bytes.next(), Some(b'{' | b'[' | b'"')),
        _ => false,
    }
}

/// True if a line, which may have a byte order mark, starts as JSON.
pub(crate) fn starts_as_json(line: &[u8]) -> bool {
    shows_json(without_mark(line))
}

/// True if a line is a comment: no record starts so, unless its format says that it does.
pub(crate) fn is_comment(text: &[u8]) -> bool {
    text.iter().copied().find(|byte| !is_blank(*byte)) == Some(b'#')
}

/// Makes the error of a text that lacks a layer.
#[inline(never)]
fn missing(layer: &Layer, offset: Option<usize>) -> Located {
    let error = Error::sentence(ErrorCode::InvalidWrapper, format!("the line has no layer {layer}, as others have"));
    Located { start: offset, error }
}

/// Returns the text in quotes, before a comma if any. A bracket alone is an empty text.
fn unquoted(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    let text = text.trim_ascii();
    if matches!(text, b"[" | b"]") {
        return Some(Cow::Borrowed(b""));
    }
    let quoted = text.strip_suffix(b",").unwrap_or(text).trim_ascii_end();
    let quote = quoted.first().copied().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let inner = quoted.strip_prefix(&[quote])?.strip_suffix(&[quote])?;
    if !inner.iter().any(|byte| *byte == b'\\' || *byte == quote) {
        return Some(Cow::Borrowed(inner));
    }
    // Only JSON has quotes in quotes; those of CSV are cells.
    crate::json::string_of(quoted).map(|text| Cow::Owned(text.into_owned().into_bytes()))
}

/// Returns a text with spaces in place of non-breaking spaces and form feeds, each as long as before.
fn spaced(text: &[u8]) -> Vec<u8> {
    let mut spaced = text.to_vec();
    for index in 0..spaced.len() {
        match spaced.get_mut(index..) {
            Some([first @ 0xc2, second @ 0xa0, ..]) => (*first, *second) = (b' ', b' '),
            Some([byte @ (0x0b | 0x0c), ..]) => *byte = b' ',
            _ => {}
        }
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_layers_are_read_again() {
        let words = [
            "quotes", "prefix 3", "suffix 1", "spaces", "tabs", "csv", "csv ;", "tsv", "json a b", "events logEvents",
            "list", "fields",
        ];
        for word in words {
            assert_eq!(Layer::named(word).map(|layer| layer.to_string()).as_deref(), Some(word));
        }
        for word in ["", "quote", "quotes x", "prefix", "prefix 0", "prefix 17", "json", "json ", "events x", "csv :"] {
            assert_eq!(Layer::named(word), None, "{word}");
        }
    }

    #[test]
    fn quotes_are_those_of_json() {
        let text = |text: &str| unquoted(text.as_bytes()).map(|text| String::from_utf8_lossy(&text).into_owned());
        let cases = [
            ("\"a b\"", Some("a b")),
            (" \"a\" , ", Some("a")),
            ("'a'", Some("a")),
            ("\"a\\\"b\\\\\"", Some("a\"b\\")),
            ("\"a \"\"b\"\"\"", None),
            ("[", Some("")),
            ("]", Some("")),
            ("\"a\"b\"", None),
            ("\"a", None),
            ("a", None),
            ("\"", None),
        ];
        for (quoted, expected) in cases {
            assert_eq!(text(quoted).as_deref(), expected, "{quoted}");
        }
    }

    #[test]
    fn spaces_keep_their_offsets() {
        assert_eq!(spaced("a\u{a0}b\u{c}c\u{e9}".as_bytes()), "a  b c\u{e9}".as_bytes());
    }
}
