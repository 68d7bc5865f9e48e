//! Records: the tokens of a line as the values of a format's columns.

pub(crate) mod container;
pub(crate) mod envelope;
pub(crate) mod transport;

use crate::base::digits::digits_at;
use crate::base::time::MAX_SECONDS;
use crate::base::tokens::Tokens;
use crate::error::{Error, ErrorCode};
use crate::field::Field;
use crate::format::{Format, Readers};
use crate::value::{Address, AddressCache, Mismatch, Value};

/// The values of a line by a format. It is reused for the next line, so that reading allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// The values of the columns. Those of texts and words are not set: their tokens are all there is of them.
    values: Vec<Value>,
    /// A bit for each column: 1 if it has a value, 0 if it is absent.
    present: Vec<u64>,
    /// The addresses in columns of such as numbers. Those of the other columns are not set.
    numbers: Vec<u128>,
    /// True if all values are written as usual: integers are digits alone.
    is_usual: bool,
    /// The addresses of recent lines.
    addresses: AddressCache,
}

impl Record {
    /// Returns the value of a column of numbers, times or addresses.
    #[inline(always)]
    pub(crate) fn value(&self, column: usize) -> Value {
        self.values.get(column).copied().unwrap_or_default()
    }

    /// True if a column has a value.
    #[inline(always)]
    pub(crate) fn has(&self, column: usize) -> bool {
        self.present.get(column / 64).is_some_and(|bits| bits >> (column % 64) & 1 == 1)
    }

    /// Returns the address of a column of such.
    #[inline(always)]
    pub(crate) fn address(&self, column: usize) -> Option<Address> {
        let is_v4 = match self.value(column) {
            Value::V4(_) => true,
            Value::V6 => false,
            _ => return None,
        };
        Some(Address { number: self.numbers.get(column).copied()?, is_v4 })
    }

    /// True if all values are written as usual: integers are digits alone.
    #[inline(always)]
    pub(crate) fn is_usual(&self) -> bool {
        self.is_usual
    }

    /// Returns a bit for each column: 1 if it has a value.
    #[inline(always)]
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

/// Reads a line by a format: all values, or the first misfit.
pub(crate) fn read(format: &Format, tokens: &Tokens, record: &mut Record) -> Result<(), Misfit> {
    let columns = format.columns().len();
    if tokens.count() != columns {
        return Err(wrong_count(format, tokens));
    }
    if record.values.len() != columns {
        record.values.resize(columns, Value::Absent);
        record.present.resize(columns.div_ceil(64), 0);
        record.numbers.resize(columns, 0);
    }
    let mut left = columns;
    for (present, absent) in record.present.iter_mut().zip(tokens.absent()) {
        *present = !absent & (u64::MAX >> (64 - left.min(64)));
        left -= left.min(64);
    }
    record.is_usual = read_usual(format.readers(), tokens, record);
    if !record.is_usual {
        read_slowly(format, tokens, record)?;
    }
    match format.repeats() {
        [] => Ok(()),
        _ => check_repeats(format, tokens),
    }
}

/// Reads the values of a line, type by type. False if there is one that a reader does not know: it may be a misfit, or be
/// written in an unusual way.
#[inline(always)]
fn read_usual(readers: &Readers, tokens: &Tokens, record: &mut Record) -> bool {
    let Some(text) = tokens.short_text() else { return false };
    let Record { values, present, addresses, numbers, .. } = record;
    let span = |column: usize| tokens.slot(column);
    let is_absent = |column: usize| present.get(column / 64).is_none_or(|bits| bits >> (column % 64) & 1 == 0);
    let mut is_usual = true;
    // A value, or that of an absent token.
    let mut set = |column: usize, value: Option<Value>| {
        is_usual &= value.is_some() || is_absent(column);
        if let Some(stored) = values.get_mut(column) {
            *stored = value.unwrap_or(Value::Absent);
        }
    };
    for &(column, max) in &readers.integers {
        set(column, digits_at(text, span(column)).filter(|number| *number <= max).map(Value::Integer));
    }
    for &column in &readers.times {
        let seconds = digits_at(text, span(column)).filter(|seconds| *seconds <= MAX_SECONDS);
        set(column, seconds.map(|seconds| Value::Time(seconds * 1_000)));
    }
    for &column in &readers.addresses {
        let address = addresses.read(text, span(column));
        if let (Some(Address { number, .. }), Some(stored)) = (address, numbers.get_mut(column)) {
            *stored = number;
        }
        set(column, address.map(Address::value));
    }
    for (column, words) in &readers.words {
        is_usual &= words.has(text, span(*column)) || is_absent(*column);
    }
    is_usual
}

/// Reads the values of a line by their definition, or returns the first misfit.
#[inline(never)]
fn read_slowly(format: &Format, tokens: &Tokens, record: &mut Record) -> Result<(), Misfit> {
    for (index, (column, span)) in format.columns().iter().zip(tokens.spans()).enumerate() {
        let token = span.of(tokens.text());
        let value = column.kind().read(token).map_err(|mismatch| {
            let error = match column.field() {
                Some(field) => mismatched(field, token, mismatch),
                None => Error::mismatch(ErrorCode::InvalidValue, column.kind().expected(), text(token)),
            };
            Misfit { index, start: span.start, error }
        })?;
        if let Some(stored) = record.values.get_mut(index) {
            *stored = value;
        }
        if let (Value::V4(_) | Value::V6, Some(number)) = (value, record.numbers.get_mut(index)) {
            *number = Address::parse(token).unwrap_or_default().number;
        }
    }
    Ok(())
}

/// True if [`read`] would accept a line. It makes neither values nor an error.
pub(crate) fn fits(format: &Format, tokens: &Tokens) -> bool {
    let columns = format.columns();
    tokens.count() == columns.len()
        && columns.iter().zip(tokens.texts()).all(|(column, token)| column.kind().read(token).is_ok())
        && first_difference(format, tokens).is_none()
}

/// Returns the first column whose text and value are not those of the one that it repeats, after that one.
fn first_difference(format: &Format, tokens: &Tokens) -> Option<(usize, usize)> {
    let token = |column: usize| tokens.slot(column).of(tokens.text());
    let differs = |(first, second): &&(usize, usize)| {
        let kind = format.columns().get(*first).map(|column| column.kind());
        kind.is_none_or(|kind| !kind.is_same(token(*first), token(*second)))
    };
    format.repeats().iter().find(differs).copied()
}

/// Checks that columns have the text or the value of those that they repeat.
#[inline(never)]
fn check_repeats(format: &Format, tokens: &Tokens) -> Result<(), Misfit> {
    let text = tokens.text();
    let span = |index: usize| tokens.slot(index);
    let Some((first, second)) = first_difference(format, tokens) else { return Ok(()) };
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

/// True if the texts of a line that [`read`] accepted have the usual shapes of their columns.
pub(crate) fn looks_right(format: &Format, tokens: &Tokens) -> bool {
    format.columns().iter().zip(tokens.texts()).all(|(column, token)| column.kind().looks_right(token))
}

pub(crate) fn mismatched(field: Field, token: &[u8], mismatch: Mismatch) -> Error {
    let code = match mismatch {
        Mismatch::Kind => ErrorCode::InvalidValue,
        Mismatch::Range => ErrorCode::OutOfRange,
    };
    Error::mismatch(code, field.kind().expected(), text(token)).in_field(field.name())
}

fn wrong_count(format: &Format, tokens: &Tokens) -> Misfit {
    let (expected, found) = (format.columns().len(), tokens.count());
    let (index, start, what) = match (tokens.spans().get(expected), format.columns().get(found)) {
        (Some(extra), _) => (
            expected,
            extra.start,
            format!("nothing is expected at {}", crate::error::quoted(&text(extra.of(tokens.text())))),
        ),
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
