//! Lines: an input that comes in chunks, cut anywhere, is cut into lines and counted.

use crate::base::scan::{self, Scanned};
use crate::base::tokens::Tokens;
use crate::error::Position;

/// A line at the start of a text.
#[derive(Clone, Copy)]
pub(super) struct RawLine<'a> {
    /// A text that starts with the line and may go on after it.
    pub(super) text: &'a [u8],
    /// The length of the line in the text, in bytes, without its line end.
    pub(super) len: usize,
    /// The number of bytes of the line that were dropped after those of the text, because it is too long anyway.
    pub(super) dropped: u64,
    /// True if the line is [plain](scan), and its tokens have been found.
    pub(super) plain: bool,
}

impl<'a> RawLine<'a> {
    /// Returns the line alone.
    pub(super) fn bytes(self) -> &'a [u8] {
        self.text.get(..self.len).unwrap_or(self.text)
    }
}

/// The position in the input, and the start of a line whose end is in a later chunk.
#[derive(Debug)]
pub(super) struct Lines {
    /// The longest line of which all bytes are kept.
    max_bytes: usize,
    /// The number of lines before the next one.
    count: u64,
    /// The offset of the next line in the input, in bytes.
    offset: u64,
    /// The start of the next line, from the chunks before.
    carry: Vec<u8>,
    /// The number of bytes of that line that were dropped.
    dropped: u64,
}

impl Lines {
    /// Returns the start of an input.
    pub(super) fn new(max_bytes: usize) -> Lines {
        Lines { max_bytes, count: 0, offset: 0, carry: Vec::new(), dropped: 0 }
    }

    /// Returns to the start of an input.
    pub(super) fn reset(&mut self) {
        self.count = 0;
        self.offset = 0;
        self.carry.clear();
        self.dropped = 0;
    }

    /// True if no line has been passed.
    pub(super) fn is_at_first(&self) -> bool {
        self.count == 0
    }

    /// True if the next line started in a chunk before.
    #[inline]
    pub(super) fn has_carry(&self) -> bool {
        !self.carry.is_empty()
    }

    /// Splits a text after its first line feed. Returns the line, and the text after it; `None` if there is no line
    /// feed. Of a line that started in a chunk before, only the rest is returned.
    #[inline]
    pub(super) fn split<'a>(&self, text: &'a [u8], tokens: &mut Tokens) -> Option<(RawLine<'a>, &'a [u8])> {
        let mut line = RawLine { text, len: 0, dropped: 0, plain: false };
        if self.carry.is_empty()
            && let Scanned::Plain(len) = scan::line(text, tokens)
        {
            (line.len, line.plain) = (len, true);
        } else {
            line.len = memchr::memchr(b'\n', text)?;
        }
        Some((line, text.get(line.len + 1..).unwrap_or_default()))
    }

    /// Keeps a part of the next line until its end is there.
    pub(super) fn carry_over(&mut self, part: &[u8]) {
        // One byte more than allowed is enough to know that the line is too long.
        let left = self.max_bytes.saturating_add(1).saturating_sub(self.carry.len());
        let (kept, rest) = part.split_at(part.len().min(left));
        self.carry.extend_from_slice(kept);
        self.dropped += rest.len() as u64;
    }

    /// Takes out the bytes kept of the next line, and the number of those dropped.
    pub(super) fn take_carry(&mut self) -> (Vec<u8>, u64) {
        (std::mem::take(&mut self.carry), std::mem::take(&mut self.dropped))
    }

    /// Takes the memory of a line back, to use it again.
    pub(super) fn reuse(&mut self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.carry = buffer;
    }

    /// Passes the next line.
    #[inline]
    pub(super) fn pass(&mut self, line: RawLine<'_>) {
        self.count += 1;
        self.offset += line.len as u64 + 1 + line.dropped;
    }

    /// Returns the position of a byte of the next line, or of the line as a whole.
    pub(super) fn position(&self, start: Option<usize>, column: Option<u64>) -> Position {
        let offset = self.offset + start.unwrap_or_default() as u64;
        Position { line: Some(self.count + 1), column, offset: Some(offset) }
    }
}
