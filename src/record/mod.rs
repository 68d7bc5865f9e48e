//! Records: the tokens of a line as the values of a format's columns.

pub(crate) mod container;
pub(crate) mod envelope;
pub(crate) mod transport;

use crate::base::span::Span;
use crate::base::tokens::Tokens;
use crate::error::{Error, ErrorCode};
use crate::field::Field;
use crate::format::{Column, Format};
use crate::value::{Mismatch, Value, without_fraction};

/// The values of a line by a format. It is reused for the next line, so that reading allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Record {
    cells: Vec<Cell>,
    /// A bit for each column: 1 if it has a value, 0 if it is absent.
    present: Vec<u64>,
}

/// A column's token and its value.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    span: Span,
    value: Value,
}

impl Record {
    #[inline(always)]
    pub(crate) fn value(&self, column: usize) -> Value {
        self.cells.get(column).map_or(Value::Absent, |cell| cell.value)
    }

    #[inline(always)]
    pub(crate) fn span(&self, column: usize) -> Span {
        self.cells.get(column).map_or(Span::default(), |cell| cell.span)
    }

    /// Returns the number of columns.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Returns a bit for each column: 1 if it has a value.
    pub(crate) fn present(&self) -> &[u64] {
        &self.present
    }
}

/// A line that does not fit a format: the column (from 0) where it stops fitting, and the error there.
#[derive(Debug)]
pub(crate) struct Misfit {
    pub(crate) index: usize,
    pub(crate) start: usize,
    pub(crate) error: Error,
}

/// An error with its offset in the line, in bytes.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) start: Option<usize>,
    pub(crate) error: Error,
}

impl Located {
    /// Returns the error of a line that contains this one's at an offset; `None` if it is not a part of that line.
    pub(crate) fn within(self, offset: Option<usize>) -> Located {
        Located { start: offset.zip(self.start).map(|(offset, start)| offset + start), error: self.error }
    }

    /// Adds advice to the error.
    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Located {
        Located { start: self.start, error: self.error.with_hint(hint) }
    }
}

/// Returns the offset of a part of a text; `None` if it is not a part of it.
#[inline(never)]
pub(crate) fn offset_in(text: &[u8], part: &[u8]) -> Option<usize> {
    let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    (start + part.len() <= text.len()).then_some(start)
}

impl From<Error> for Located {
    fn from(error: Error) -> Located {
        Located { start: None, error }
    }
}

impl From<Misfit> for Located {
    fn from(misfit: Misfit) -> Located {
        Located { start: Some(misfit.start), error: misfit.error }
    }
}

/// Reads a line by a format: all values, or the first misfit. The text starts with the line and may go on after it.
pub(crate) fn read(format: &Format, text: &[u8], tokens: &Tokens, record: &mut Record) -> Result<(), Misfit> {
    record.present.clear();
    let columns = format.columns();
    if tokens.count() != columns.len() {
        return Err(wrong_count(format, text, tokens));
    }
    record.cells.resize(columns.len(), Cell::default());
    let mut present = 0;
    for (index, ((column, span), cell)) in columns.iter().zip(tokens.spans()).zip(&mut record.cells).enumerate() {
        let read = match column.reader().read(text, *span) {
            Some(value) => Cell { span: *span, value },
            None => read_slowly(column, index, text, *span)?,
        };
        present |= u64::from(read.value != Value::Absent) << (index % 64);
        if index % 64 == 63 {
            record.present.push(present);
            present = 0;
        }
        *cell = read;
    }
    record.present.push(present);
    match format.repeats() {
        [] => Ok(()),
        repeats => check_repeats(format, repeats, text, tokens),
    }
}

/// Checks that columns have the text of those that they repeat.
#[inline(never)]
fn check_repeats(format: &Format, repeats: &[(usize, usize)], text: &[u8], tokens: &Tokens) -> Result<(), Misfit> {
    let span = |index: usize| tokens.spans().get(index).copied().unwrap_or_default();
    let differs = |(first, second): &&(usize, usize)| span(*first).of(text) != span(*second).of(text);
    let Some((first, second)) = repeats.iter().find(differs).copied() else { return Ok(()) };
    let (expected, found) = (self::text(span(first).of(text)), self::text(span(second).of(text)));
    let detail = format!(
        "expected {}, as in column {} of the format, found {}",
        crate::error::quoted(&expected),
        first + 1,
        crate::error::quoted(&found)
    );
    let name = format.columns().get(second).map_or("", |column| column.name());
    let error = Error::sentence(ErrorCode::RepeatedField, detail).expecting(expected, found).in_field(name);
    Err(Misfit { index: second, start: span(second).start, error })
}

/// Reads an unusual token by its definition, or returns its misfit. Of an integer, only the digits are kept.
#[inline(never)]
fn read_slowly(column: &Column, index: usize, text: &[u8], span: Span) -> Result<Cell, Misfit> {
    let token = span.of(text);
    match column.kind().read(token) {
        Ok(value @ Value::Integer(_)) => {
            Ok(Cell { span: Span { start: span.start, end: span.start + without_fraction(token).len() }, value })
        }
        Ok(value) => Ok(Cell { span, value }),
        Err(mismatch) => {
            let error = match column.field() {
                Some(field) => mismatched(field, token, mismatch),
                None => Error::mismatch(ErrorCode::InvalidValue, column.kind().expected(), self::text(token)),
            };
            Err(Misfit { index, start: span.start, error })
        }
    }
}

/// True if the texts of a line that [`read`] accepted have the usual shapes of their columns.
pub(crate) fn looks_right(format: &Format, line: &[u8], tokens: &Tokens) -> bool {
    format.columns().iter().zip(tokens.spans()).all(|(column, span)| column.kind().looks_right(span.of(line)))
}

pub(crate) fn mismatched(field: Field, token: &[u8], mismatch: Mismatch) -> Error {
    let code = match mismatch {
        Mismatch::Kind => ErrorCode::InvalidValue,
        Mismatch::Range => ErrorCode::OutOfRange,
    };
    Error::mismatch(code, field.kind().expected(), text(token)).in_field(field.name())
}

fn wrong_count(format: &Format, line: &[u8], tokens: &Tokens) -> Misfit {
    let (expected, found) = (format.columns().len(), tokens.count());
    let (index, start, what) = match (tokens.spans().get(expected), format.columns().get(found)) {
        (Some(extra), _) => {
            (expected, extra.start, format!("nothing is expected at {}", crate::error::quoted(&text(extra.of(line)))))
        }
        (None, Some(missing)) => {
            let after = tokens.spans().last().map_or(0, |last| last.end);
            (found, after, format!("nothing is left for {}", crate::error::quoted(missing.name())))
        }
        (None, None) => (0, 0, String::new()),
    };
    let detail = format!("expected {expected} {}, found {found}: {what}", plural(expected));
    let error = Error::sentence(ErrorCode::FieldCount, detail)
        .expecting(format!("{expected} {}", plural(expected)), found.to_string());
    Misfit { index, start, error }
}

pub(crate) fn plural(count: usize) -> &'static str {
    if count == 1 { "field" } else { "fields" }
}

/// Returns a token as text, cut to the length that messages show.
fn text(token: &[u8]) -> String {
    const MAX_FOUND_BYTES: usize = 1_024;
    let kept = token.get(..token.len().min(MAX_FOUND_BYTES)).unwrap_or_default();
    String::from_utf8_lossy(kept).trim_end_matches('\u{fffd}').to_owned()
}
