//! The peeler: the layers of a line, from outside in.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::cells::{Content, Rows};
use super::layer::Layer;
#[cfg(feature = "detect")]
use super::starts_as_json;
use super::{Path, Peel, Peeled, Piece, SEPARATOR, Take, each, is_comment, outer, shows_json};
#[cfg(feature = "detect")]
use crate::base::span::Span;
use crate::base::tokens::is_blank;
use crate::error::{Error, ErrorCode};
#[cfg(feature = "detect")]
use crate::format::{Column, Format};
use crate::record::envelope::{checked, without_end};
use crate::record::transport::Transport;
use crate::record::{Located, offset_in};

/// The deepest nesting of objects and texts in JSON.
pub(super) const MAX_DEPTH: usize = 8;

/// Peels lines.
#[derive(Debug, Default)]
pub(crate) struct Peeler {
    /// The layers that do not show themselves, from outside in.
    layers: Vec<Layer>,
    /// The names of members with texts that were given, before the usual ones.
    pub(super) keys: Vec<String>,
    /// The columns of the rows.
    rows: Rows,
    pub(super) fields: Rows,
    /// True if the values of the transport are kept.
    pub(super) has_transport: bool,
    /// Those around the text being peeled.
    pub(super) transport: Transport,
    /// The layers around the text being peeled: their words, and the number of those that do not show themselves.
    words: String,
    hidden: usize,
}

/// A text inside a line.
#[derive(Clone, Copy)]
pub(super) struct Inside<'a> {
    pub(super) text: &'a [u8],
    /// Its offset in the line.
    pub(super) offset: Option<usize>,
    /// The time of the innermost layer that has one, in milliseconds since 1970.
    pub(super) time: Option<u64>,
    /// The number of the next layer that does not show itself.
    pub(super) next: usize,
    /// The number of JSON texts around it.
    pub(super) depth: usize,
}

impl<'a> Inside<'a> {
    /// Returns a part of the text, after a layer.
    #[inline(never)]
    pub(super) fn part(self, part: &'a [u8]) -> Inside<'a> {
        let start = offset_in(self.text, part);
        let offset = self.offset.zip(start).map(|(offset, start)| offset + start);
        Inside { text: part, offset, ..self }
    }
}

impl Peel for Peeler {
    fn peel(&mut self, text: &[u8], len: usize, take: &mut Take<'_>) -> Result<bool, Located> {
        let line = text.get(..len).unwrap_or(text);
        let text = without_end(line);
        let offset = offset_in(line, text);
        let text = checked(text).map_err(|error| error.within(offset))?;
        self.words.clear();
        self.hidden = 0;
        self.transport.truncate(0);
        self.inside(Inside { text, offset, time: None, next: 0, depth: 0 }, take)
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

    /// Returns a peeler of layers in words.
    ///
    /// # Errors
    /// The words that are not a layer.
    pub(crate) fn named(words: &str) -> Result<Peeler, &str> {
        let layers: Result<Vec<Layer>, &str> = each(words).map(|words| Layer::named(words).ok_or(words)).collect();
        Ok(Peeler::new(&layers?))
    }

    /// Keeps the values of the transport or not.
    pub(crate) fn with_transport(self, has_transport: bool) -> Peeler {
        Peeler { has_transport, ..self }
    }

    /// Notes that a text is inside a layer. Returns the state to [leave](Peeler::leave) it for.
    #[inline(never)]
    pub(super) fn enter(&mut self, layer: &Layer) -> (usize, usize) {
        let before = (self.words.len(), self.hidden);
        if !self.words.is_empty() {
            self.words.push_str(SEPARATOR);
        }
        // Writing to a text cannot fail.
        let _ = write!(self.words, "{layer}");
        self.hidden += usize::from(!layer.shows_itself());
        before
    }

    /// Notes that it is not any more.
    pub(super) fn leave(&mut self, (words, hidden): (usize, usize)) {
        self.words.truncate(words);
        self.hidden = hidden;
    }

    /// Returns the layers around the text being peeled, which is an object of fields or not.
    pub(super) fn path(&self, is_object: bool) -> Path<'_> {
        Path { words: &self.words, shows_itself: self.hidden == 0, is_object }
    }

    /// Peels a text.
    pub(super) fn inside(&mut self, inside: Inside<'_>, take: &mut Take<'_>) -> Result<bool, Located> {
        let text = inside.text;
        if inside.depth < MAX_DEPTH && shows_json(text) {
            return self.json(inside, take);
        }
        let Some(layer) = self.layers.get(inside.next).cloned() else {
            let piece = Piece {
                text,
                len: text.len(),
                cells: None,
                offset: inside.offset,
                outer_time: inside.time,
                transport: &self.transport,
            };
            return Ok(take(Peeled::Piece(piece), self.path(false)));
        };
        if text.iter().all(|byte| is_blank(*byte)) || is_comment(text) {
            return Ok(true);
        }
        let before = self.enter(&layer);
        let next = Inside { next: inside.next + 1, ..inside };
        let more = match layer {
            // The number of a blank line.
            Layer::Number if outer::tokens(text).nth(1).is_none() => Ok(true),
            Layer::Prefix(_) | Layer::Suffix(_) | Layer::Syslog | Layer::Number => {
                let found = match layer {
                    Layer::Prefix(count) => outer::after(text, count),
                    Layer::Suffix(count) => outer::before(text, count),
                    Layer::Syslog => outer::syslog(text),
                    _ => outer::after_number(text),
                };
                let (time, rest) = found.ok_or_else(|| missing(&layer, inside.offset))?;
                self.inside(Inside { time: time.or(inside.time), ..next.part(rest) }, take)
            }
            // The last line of a list has none.
            Layer::End(end) => self.inside(next.part(without_last(text, end)), take),
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
            Layer::Label => {
                let rest = unlabelled(text).ok_or_else(|| missing(&layer, inside.offset))?;
                self.inside(next.part(rest), take)
            }
            Layer::Records(count) => {
                let mut more = true;
                for part in records(text, count) {
                    more = more && self.inside(next.part(part), take)?;
                }
                Ok(more)
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
                let row = rows.read(text, delimiter, self.has_transport);
                let transport = self.transport.len();
                for (key, value) in row.transport {
                    self.transport.push(key, value);
                }
                let more = match row.content {
                    Content::Nothing => Ok(true),
                    Content::Header(names) => Ok(take(Peeled::Header(&names), self.path(false))),
                    Content::Cells { text: padded, cells, time } => {
                        let len = text.len();
                        let piece = Piece {
                            text: padded,
                            len,
                            cells: Some(cells),
                            offset: inside.offset,
                            outer_time: time.or(inside.time),
                            transport: &self.transport,
                        };
                        Ok(take(Peeled::Piece(piece), self.path(false)))
                    }
                    Content::Text { text: cell, offset, time } => {
                        let offset = inside.offset.zip(offset).map(|(outer, inner)| outer + inner);
                        self.inside(Inside { text: cell, offset, time: time.or(inside.time), ..next }, take)
                    }
                };
                self.transport.truncate(transport);
                self.rows = rows;
                more
            }
            Layer::Json(_) | Layer::Events(_) | Layer::List | Layer::Lines | Layer::Fields => self.inside(next, take),
        };
        self.leave(before);
        more
    }
}

/// Returns the texts of lines in layers, and the words of the layers around the first. Cells of a row have one space between
/// them. A line that cannot be peeled is its own text.
#[cfg(feature = "detect")]
pub(crate) fn texts<'a>(lines: impl Iterator<Item = &'a [u8]>, layers: &[Layer]) -> (Vec<Cow<'a, [u8]>>, String) {
    let mut peeler = Peeler::new(layers);
    let (mut texts, mut found) = (Vec::new(), String::new());
    for line in lines {
        if layers.is_empty() && !starts_as_json(line) {
            texts.push(Cow::Borrowed(without_end(line)));
            continue;
        }
        let before = (texts.len(), found.is_empty());
        let peeled = peeler.peel(line, line.len(), &mut |peeled, path| {
            if found.is_empty() {
                path.words.clone_into(&mut found);
            }
            texts.push(Cow::Owned(match peeled {
                Peeled::Header(names) => match Format::from_names(&names.split(' ').collect::<Vec<&str>>()) {
                    Ok(format) => {
                        format.columns().iter().map(Column::name).collect::<Vec<&str>>().join(" ").into_bytes()
                    }
                    Err(_) => names.as_bytes().to_vec(),
                },
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

/// The first piece of a line.
#[cfg(feature = "detect")]
#[derive(Default)]
pub(crate) struct First {
    /// The names that the line itself gives to the columns, as a header or as an object of fields.
    pub(crate) names: Option<String>,
    /// The text of the piece, after which there may be cells that are not a part of it.
    pub(crate) text: Vec<u8>,
    /// The length of the piece, in bytes; `None` if the line has no piece.
    pub(crate) len: Option<usize>,
    /// The cells of a row; `None` if the text is to be split at blanks.
    pub(crate) cells: Option<Vec<Span>>,
    /// The offset of the piece in its line, in bytes; `None` if it is not a part of it.
    pub(crate) offset: Option<usize>,
}

/// Returns the first piece of a line, whose cells are named by a header line if there is one.
///
/// # Errors
/// As of [`Peel::peel`].
#[cfg(feature = "detect")]
pub(crate) fn first(line: &[u8], header: Option<&[u8]>, mut peeler: Peeler) -> Result<First, Located> {
    if let Some(header) = header {
        peeler.peel(header, header.len(), &mut |_, _| true)?;
    }
    let mut first = First::default();
    let peeled = peeler.peel(line, line.len(), &mut |peeled, _| match peeled {
        Peeled::Header(names) => {
            first.names = Some(names.to_owned());
            true
        }
        Peeled::Piece(Piece { text, len, cells, offset, .. }) => {
            first.text = text.to_vec();
            first.len = Some(len);
            first.cells = cells.map(<[Span]>::to_vec);
            first.offset = offset;
            false
        }
    });
    peeled.map(|_| first)
}

/// Makes the error of a text that lacks a layer.
#[inline(never)]
fn missing(layer: &Layer, offset: Option<usize>) -> Located {
    let tokens = |count: &usize| if *count == 1 { "a token".to_owned() } else { format!("{count} tokens") };
    let lacks = match layer {
        Layer::Prefix(count) => format!("{} before the record", tokens(count)),
        Layer::Suffix(count) => format!("{} after the record", tokens(count)),
        layer => format!("the layer {layer}"),
    };
    let error = Error::sentence(ErrorCode::InvalidWrapper, format!("the line lacks {lacks}, which others have"));
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

/// Returns a text without a character at its end.
fn without_last(text: &[u8], last: u8) -> &[u8] {
    let text = text.trim_ascii_end();
    text.strip_suffix(&[last]).unwrap_or(text)
}

/// Returns a text after the label of its first token, which ends before JSON or a quote.
fn unlabelled(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii_start();
    let token = text.split(|byte| is_blank(*byte)).next()?;
    let end = token.iter().position(|byte| matches!(byte, b'{' | b'[' | b'"'));
    if let Some(end) = end
        && matches!(token.get(..end)?.last(), Some(b':' | b'=' | b'|'))
    {
        return text.get(end..);
    }
    let mark = token.iter().rposition(|byte| matches!(byte, b':' | b'=' | b'|'))?;
    (mark + 1 < token.len()).then(|| text.get(mark + 1..)).flatten()
}

/// Returns the records of a text that have so many tokens each. Without a space between two, the last token of one is
/// followed by the first of the text, with which all start.
fn records(text: &[u8], count: usize) -> Vec<&[u8]> {
    let first = outer::tokens(text).next().unwrap_or_default();
    let has_spaces = outer::tokens(text).count().is_multiple_of(count);
    let (mut records, mut start, mut tokens) = (Vec::new(), None, 0);
    for token in outer::tokens(text) {
        let at = offset_in(text, token).unwrap_or_default();
        let mut end = at + token.len();
        start = start.or(Some(at));
        tokens += 1;
        if tokens < count {
            continue;
        }
        let is_last = text.get(end..).unwrap_or_default().iter().all(|byte| is_blank(*byte));
        let is_glued = !has_spaces && !is_last && token.len() > first.len() && token.ends_with(first);
        end -= if is_glued { first.len() } else { 0 };
        records.extend(start.and_then(|start| text.get(start..end)));
        (start, tokens) = if is_glued { (Some(end), 1) } else { (None, 0) };
    }
    records.extend(start.and_then(|start| text.get(start..)));
    records
}

/// Returns the length of a blank of Unicode that a text starts with, or of another that tokens are not split at.
pub(crate) fn blank_len(text: &[u8]) -> Option<usize> {
    match text {
        [0x0b | 0x0c, ..] => Some(1),
        [0xc2, 0xa0, ..] => Some(2),
        [0xe2, 0x80, 0x80..=0x8a | 0xaf, ..] | [0xe2, 0x81, 0x9f, ..] | [0xe3, 0x80, 0x80, ..] => Some(3),
        _ => None,
    }
}

/// Returns a text with spaces in place of such blanks, each as long as before.
fn spaced(text: &[u8]) -> Vec<u8> {
    let mut spaced = text.to_vec();
    for index in 0..spaced.len() {
        let len = blank_len(spaced.get(index..).unwrap_or_default()).unwrap_or(0);
        spaced.get_mut(index..index + len).unwrap_or_default().fill(b' ');
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_layers_are_read_again() {
        let words = [
            "quotes", "prefix 3", "suffix 1", "syslog", "number", "end ,", "end ;", "spaces", "label", "tabs",
            "records 14", "csv", "csv ;", "csv |", "tsv", "json a b", "events logEvents", "list", "lines", "fields",
        ];
        for word in words {
            assert_eq!(Layer::named(word).map(|layer| layer.to_string()).as_deref(), Some(word));
        }
        for word in [
            "", "quote", "quotes x", "prefix", "prefix 0", "prefix 17", "json", "json ", "events x", "csv :", "end",
            "end x",
        ] {
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
        assert_eq!(spaced("\u{2009}a\u{202f}\u{3000}".as_bytes()), b"   a      ");
    }

    #[test]
    fn labels_end_at_the_last_mark_of_the_first_token() {
        let rest = |text: &str| unlabelled(text.as_bytes()).map(|text| String::from_utf8_lossy(text).into_owned());
        assert_eq!(rest("a.log:12:2 x:y").as_deref(), Some("2 x:y"));
        assert_eq!(rest(" msg=2").as_deref(), Some("2"));
        assert_eq!(rest("a.log:12:{\"a\":\"b:c\"}").as_deref(), Some("{\"a\":\"b:c\"}"));
        assert_eq!(rest("msg=\"a:b\"").as_deref(), Some("\"a:b\""));
        assert_eq!(rest("a: b"), None);
        assert_eq!(rest("a b:c"), None);
        assert_eq!(rest(""), None);
    }

    #[test]
    fn records_are_split_where_one_ends() {
        let split = |text: &str, count| -> Vec<String> {
            records(text.as_bytes(), count).iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect()
        };
        assert_eq!(split("2 a OK 2 b OK", 3), ["2 a OK", "2 b OK"]);
        assert_eq!(split("2 a OK2 b OK2 c OK\t", 3), ["2 a OK", "2 b OK", "2 c OK"]);
        assert_eq!(split("2 a OK2 b", 3), ["2 a OK", "2 b"]);
        assert_eq!(split("2 a 2 2 b 2", 3), ["2 a 2", "2 b 2"]);
        assert_eq!(split("", 3), [""; 0]);
    }
}
