//! The way of a line or of a piece of one: out of its envelope, into tokens, to its format, to the values of that format's columns.

use super::Line;
use super::candidate::{Readings, lost_account, misshapen};
use super::choice::Choice;
use super::lines::RawLine;
use super::writer::Reading;
use crate::base::tokens::Tokens;
use crate::error::{Error, ErrorCode};
use crate::layers::Piece;
use crate::record::transport::Transport;
use crate::record::{Located, envelope};

/// Reads lines, one at a time. Its buffers are kept between lines.
#[derive(Debug)]
pub(super) struct LineReader {
    pub(super) choice: Choice,
    max_line_bytes: usize,
    /// The tokens of the line, which of a plain line are found with its end.
    pub(super) tokens: Tokens,
    readings: Readings,
}

impl LineReader {
    /// Returns a reader of lines in the formats of a choice.
    pub(super) fn new(choice: Choice, max_line_bytes: usize) -> LineReader {
        LineReader { choice, max_line_bytes, tokens: Tokens::default(), readings: Readings::default() }
    }

    /// True if a line is not too long.
    pub(super) fn fits(&self, line: RawLine<'_>) -> bool {
        line.len <= self.max_line_bytes
    }

    /// Returns the bytes of a line that errors show. Of a line that is too long, more may be left or not, as chunks are cut.
    pub(super) fn shown<'a>(&self, line: RawLine<'a>) -> &'a [u8] {
        let bytes = line.bytes();
        bytes.get(..self.max_line_bytes).unwrap_or(bytes)
    }

    /// True if a text is a record of a format.
    pub(super) fn reads(&mut self, text: &[u8]) -> bool {
        let LineReader { choice, tokens, readings, .. } = self;
        tokens.split(text);
        choice.choose(tokens, readings).is_ok()
    }

    /// Reads a line, and has a record written.
    #[inline]
    pub(super) fn read(
        &mut self,
        line: RawLine<'_>,
        is_first: bool,
        write: impl FnOnce(Reading<'_>) -> Result<Line, Error>,
    ) -> Result<Line, Located> {
        if !self.fits(line) {
            return Err(too_long(self.max_line_bytes).into());
        }
        let content;
        let (inner, offset) = if line.plain {
            // A plain line is its own content, and its tokens have been found.
            (line, None)
        } else {
            content = envelope::open(line.bytes())?;
            let text = content.text;
            self.tokens.split(text);
            (RawLine { text, len: text.len(), dropped: 0, plain: false }, content.offset)
        };
        let read = self.read_tokens(inner, None, Transport::NONE, is_first, write);
        if line.plain { read } else { read.map_err(|error| error.within(offset)) }
    }

    /// Reads a piece of a line, and has a record written. The values of an object must have the shapes of their fields: no
    /// other line shows that it is a flow log.
    pub(super) fn read_piece(
        &mut self,
        piece: Piece<'_>,
        is_object: bool,
        is_first: bool,
        write: impl FnOnce(Reading<'_>) -> Result<Line, Error>,
    ) -> Result<Line, Located> {
        let Piece { text, len, cells, offset, outer_time, transport } = piece;
        let line = RawLine { text, len, dropped: 0, plain: false };
        let read = match cells {
            None => {
                self.tokens.split(line.bytes());
                self.read_tokens(line, outer_time, transport, is_first, write)
            }
            Some(cells) => {
                let LineReader { choice, tokens, readings, .. } = self;
                tokens.set(text, cells);
                let chosen = choice.choose(tokens, readings).and_then(|candidate| {
                    let misfit = lost_account(candidate, tokens);
                    match misfit.or_else(|| misshapen(candidate, tokens).filter(|_| is_object)) {
                        None => Ok(candidate),
                        Some(misfit) => Err(misfit.into()),
                    }
                });
                chosen.and_then(|candidate| {
                    Ok(write(Reading {
                        line,
                        outer_time,
                        transport,
                        plan: &candidate.plan,
                        record: &readings.best,
                        tokens,
                    })?)
                })
            }
        };
        // The cells after the piece in its text are not a part of the line.
        read.map_err(|Located { start, error }| {
            Located { start: start.filter(|start| *start <= len), error }.within(offset)
        })
    }

    /// Reads a line whose tokens have been found. Its envelope may have a time, in milliseconds since 1970.
    #[inline]
    fn read_tokens(
        &mut self,
        line: RawLine<'_>,
        outer_time: Option<u64>,
        transport: &Transport,
        is_first: bool,
        write: impl FnOnce(Reading<'_>) -> Result<Line, Error>,
    ) -> Result<Line, Located> {
        let LineReader { choice, tokens, readings, .. } = self;
        if tokens.count() == 0 {
            return Ok(Line::Blank);
        }
        if choice.accept_header(tokens, is_first)? {
            return Ok(Line::Header);
        }
        // The tokens of a plain line are the same.
        if choice.reads_like_elastic() && !line.plain {
            tokens.split_at_each_space(line.bytes());
        }
        match choice.choose(tokens, readings) {
            Ok(candidate) => Ok(write(Reading {
                line,
                outer_time,
                transport,
                plan: &candidate.plan,
                record: &readings.best,
                tokens,
            })?),
            Err(error) => Err(choice.with_hint(error, tokens, readings)),
        }
    }
}

/// Makes the error of a line that is too long.
fn too_long(max_line_bytes: usize) -> Error {
    let expected = format!("a line of at most {max_line_bytes} bytes");
    let detail = format!("expected {expected}, found a longer one; raise maxLineBytes if it is a record");
    Error::sentence(ErrorCode::LineTooLong, detail)
}
