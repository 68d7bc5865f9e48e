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
        self.cut();
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

    /// Discards the start of the next line.
    pub(super) fn cut(&mut self) {
        self.carry.clear();
        self.dropped = 0;
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

    /// Passes whole lines that are not read.
    pub(super) fn skip(&mut self, lines: u64, bytes: u64) {
        self.count += lines;
        self.offset += bytes;
    }

    /// Returns the number of the next line, from 1.
    pub(super) fn number(&self) -> u64 {
        self.count + 1
    }

    /// Returns the position of a byte of the next line, or of the line as a whole.
    pub(super) fn position(&self, start: Option<usize>, column: Option<u64>) -> Position {
        let offset = self.offset + start.unwrap_or_default() as u64;
        Position { line: Some(self.number()), column, offset: Some(offset) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the lines of an input in two chunks: their kept bytes, and the position of the byte at which each
    /// starts.
    fn lines(chunks: [&[u8]; 2], max_bytes: usize) -> Vec<(Vec<u8>, u64, Position)> {
        let (mut lines, mut tokens, mut found) = (Lines::new(max_bytes), Tokens::default(), Vec::new());
        let mut take = |lines: &mut Lines, line: RawLine<'_>| {
            found.push((line.bytes().to_vec(), line.dropped, lines.position(None, None)));
            lines.pass(line);
        };
        for chunk in chunks {
            let mut rest = chunk;
            while let Some((line, after)) = lines.split(rest, &mut tokens) {
                if lines.has_carry() {
                    lines.carry_over(line.bytes());
                    let (text, dropped) = lines.take_carry();
                    take(&mut lines, RawLine { text: &text, len: text.len(), dropped, plain: false });
                    lines.reuse(text);
                } else {
                    take(&mut lines, line);
                }
                rest = after;
            }
            lines.carry_over(rest);
        }
        found
    }

    fn at(line: u64, offset: u64) -> Position {
        Position { line: Some(line), column: None, offset: Some(offset) }
    }

    #[test]
    fn lines_do_not_depend_on_the_cut() {
        let input = "a b\n\n\u{e9}\"\r\nlast c\nno end".as_bytes();
        let expected = vec![
            (b"a b".to_vec(), 0, at(1, 0)),
            (b"".to_vec(), 0, at(2, 4)),
            ("\u{e9}\"\r".as_bytes().to_vec(), 0, at(3, 5)),
            (b"last c".to_vec(), 0, at(4, 10)),
        ];
        for cut in 0..=input.len() {
            let (first, second) = input.split_at(cut);
            assert_eq!(lines([first, second], 100), expected, "cut at {cut}");
        }
    }

    #[test]
    fn one_byte_more_than_the_longest_line_is_kept_and_all_are_counted() {
        let expected = vec![(b"abcd".to_vec(), 3, at(1, 0)), (b"x".to_vec(), 0, at(2, 8))];
        assert_eq!(lines([b"abcdef", b"g\nx\n"], 3), expected);
    }
}
