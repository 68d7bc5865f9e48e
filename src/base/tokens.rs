//! A line split at its blanks, and the texts that are made of it.

use crate::base::digits::eight_at;
use crate::base::span::Span;

/// The most tokens that are stored: one more than a format may have columns. Further tokens are only counted.
pub(crate) const MAX_TOKENS: usize = 1_001;

/// The number of spans: those of the tokens, and those of values that are made of them.
pub(crate) const SLOTS: usize = 2_048;

/// The longest line that is scanned by blocks, in bytes. Longer ones are split byte by byte.
pub(crate) const MAX_SCANNED: usize = 16 * 1024;

/// The length of a short text in bytes: a line with all that is made of it. It is a power of two.
pub(crate) const SHORT: usize = 32 * 1024;

/// A short text, and bytes after it. Indexes modulo its length are not checked, since they cannot be beyond it.
pub(crate) type ShortText = [u8; SHORT + BEYOND];

/// Returns the eight bytes at an offset of a short text as an integer, the first byte in its low bits.
#[inline(always)]
pub(crate) fn word_at(text: &ShortText, at: usize) -> u64 {
    eight_at(text, at % SHORT).unwrap_or_default()
}

/// The number of bytes after a text that a copy of it may read.
pub(crate) const BEYOND: usize = 32;

/// Bytes of a line and of the texts made of it, after which their memory is given back.
const MANY_BYTES: usize = 1024 * 1024;

/// A line, its tokens, and the texts that are made of it: all that a document copies is a span of one buffer.
///
/// It is reused for the next line, so that splitting allocates nothing.
#[derive(Debug)]
pub(crate) struct Tokens {
    /// The line, from its start, and the texts made of it. The bytes after them are initialised and have no meaning.
    text: Vec<u8>,
    /// The offset of the end of the line and of what was made of it.
    end: usize,
    slots: Box<[Span; SLOTS]>,
    /// The number of tokens, whose spans are in the first slots.
    count: usize,
    absent: Absent,
}

/// A bit for each token: 1 if it is `-`.
pub(crate) type Absent = [u64; MAX_TOKENS.div_ceil(64)];

/// The token of an absent value.
pub(crate) const ABSENT: u8 = b'-';

/// The parts of tokens that a scan fills.
pub(crate) struct Parts<'a> {
    pub(crate) text: &'a mut [u8],
    pub(crate) slots: &'a mut [Span; SLOTS],
    pub(crate) absent: &'a mut Absent,
}

impl Default for Tokens {
    fn default() -> Tokens {
        let text = vec![0; SHORT + BEYOND];
        Tokens { text, end: 0, slots: Box::new([Span::default(); SLOTS]), count: 0, absent: Absent::default() }
    }
}

impl Tokens {
    /// Splits a line at runs of blanks and tabs.
    pub(crate) fn split(&mut self, line: &[u8]) {
        self.set_line(line);
        let mut start = None;
        for (index, &byte) in line.iter().enumerate() {
            match (is_blank(byte), start) {
                (true, Some(from)) => {
                    self.push(Span { start: from, end: index });
                    start = None;
                }
                (false, None) => start = Some(index),
                _ => {}
            }
        }
        if let Some(from) = start {
            self.push(Span { start: from, end: line.len() });
        }
    }

    /// Takes the cells of a row as tokens. The text has them after its line, too.
    pub(crate) fn set(&mut self, text: &[u8], cells: &[Span]) {
        self.set_line(text);
        cells.iter().for_each(|cell| self.push(*cell));
    }

    /// Splits a line at every space as Elastic's integration does: doubled, leading and trailing spaces make empty tokens.
    pub(crate) fn split_at_each_space(&mut self, line: &[u8]) {
        self.set_line(line);
        let mut start = 0;
        for space in memchr::memchr_iter(b' ', line) {
            self.push(Span { start, end: space });
            start = space + 1;
        }
        self.push(Span { start, end: line.len() });
    }

    /// Takes a line without tokens.
    pub(crate) fn set_line(&mut self, line: &[u8]) {
        if self.text.len() > MANY_BYTES {
            *self = Tokens::default();
        }
        (self.count, self.end) = (0, 0);
        self.absent = Absent::default();
        self.make(line);
    }

    /// Returns the parts, to be filled before [`Tokens::set_scanned`]. No token is absent yet.
    #[inline(always)]
    pub(crate) fn parts_mut(&mut self) -> Parts<'_> {
        self.absent = Absent::default();
        Parts { text: &mut self.text, slots: &mut self.slots, absent: &mut self.absent }
    }

    /// Sets the length of a line and the number of its tokens, which were written to the parts.
    #[inline(always)]
    pub(crate) fn set_scanned(&mut self, len: usize, count: usize) {
        (self.end, self.count) = (len, count);
    }

    fn push(&mut self, span: Span) {
        if let Some(slot) = self.slots.get_mut(self.count) {
            *slot = span;
        }
        if span.of(&self.text) == [ABSENT] {
            set_bit(&mut self.absent, self.count);
        }
        self.count += 1;
    }

    /// Returns a bit for each token: 1 if it is `-`.
    #[inline(always)]
    pub(crate) fn absent(&self) -> &Absent {
        &self.absent
    }

    /// Returns the number of tokens.
    #[inline(always)]
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Returns the spans of the tokens, [`MAX_TOKENS`] at most.
    #[inline(always)]
    pub(crate) fn spans(&self) -> &[Span] {
        self.slots.get(..self.count.min(MAX_TOKENS)).unwrap_or_default()
    }

    /// Returns the texts of the tokens, [`MAX_TOKENS`] at most.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.spans().iter().map(|span| span.of(&self.text))
    }

    /// Returns the line, and what was made of it.
    pub(crate) fn made(&self) -> &[u8] {
        self.text.get(..self.end).unwrap_or_default()
    }

    /// Returns a text that starts with the line and goes on after it.
    #[inline(always)]
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Returns the text if it is short.
    #[inline(always)]
    pub(crate) fn short_text(&self) -> Option<&ShortText> {
        self.text.first_chunk().filter(|_| self.end <= SHORT)
    }

    /// Returns the spans of the tokens and of the values.
    #[inline(always)]
    pub(crate) fn slots(&self) -> &[Span; SLOTS] {
        &self.slots
    }

    /// Returns the text, and the slots to change.
    #[inline(always)]
    pub(crate) fn text_and_slots(&mut self) -> (&[u8], &mut [Span; SLOTS]) {
        (&self.text, &mut self.slots)
    }

    /// Returns the span in a slot, which is below [`SLOTS`].
    #[inline(always)]
    pub(crate) fn slot(&self, slot: usize) -> Span {
        self.slots[slot % SLOTS]
    }

    /// Sets the span in a slot, which is below [`SLOTS`].
    #[inline(always)]
    pub(crate) fn set_slot(&mut self, slot: usize, span: Span) {
        self.slots[slot % SLOTS] = span;
    }

    /// Appends the first bytes of a block to the buffer, and returns their span.
    #[inline(always)]
    pub(crate) fn make_block<const N: usize>(&mut self, block: &[u8; N], len: usize) -> Span {
        let start = self.end;
        match self.text.get_mut(start..).and_then(<[u8]>::first_chunk_mut::<N>) {
            Some(free) => {
                *free = *block;
                self.end = start + len;
                Span { start, end: self.end }
            }
            None => self.make(block.get(..len).unwrap_or_default()),
        }
    }

    /// Appends bytes to the buffer, and returns their span.
    pub(crate) fn make(&mut self, bytes: &[u8]) -> Span {
        self.make_with(bytes.len(), |_, free| match free.get_mut(..bytes.len()) {
            Some(free) => {
                free.copy_from_slice(bytes);
                bytes.len()
            }
            None => bytes.len(),
        })
    }

    /// Appends what a function writes to the bytes that are free, of which there are a number at least, and returns its
    /// span.
    ///
    /// The function gets the text before them, too. It returns the length of what it wrote or, without enough space, of
    /// what it would write; then it is called again.
    #[inline(always)]
    pub(crate) fn make_with(&mut self, bytes: usize, write: impl Fn(&[u8], &mut [u8]) -> usize) -> Span {
        let start = self.end;
        let mut bytes = bytes;
        loop {
            if self.text.len() - start < bytes + BEYOND {
                self.grow(bytes);
            }
            let (before, free) = self.text.split_at_mut(start);
            let len = write(before, free);
            if len + BEYOND <= free.len() {
                self.end = start + len;
                return Span { start, end: self.end };
            }
            bytes = len;
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, bytes: usize) {
        let needed = self.end + bytes + BEYOND;
        self.text.resize(needed.max(self.text.len().saturating_mul(2).min(needed + MANY_BYTES)), 0);
    }
}

/// Sets the bit of a token; nothing if the token is beyond those that are stored.
#[inline(always)]
pub(crate) fn set_bit(bits: &mut Absent, index: usize) {
    if let Some(word) = bits.get_mut(index / 64) {
        *word |= 1 << (index % 64);
    }
}

/// True if a byte separates tokens.
pub(crate) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(tokens: &Tokens) -> Vec<String> {
        tokens.texts().map(|text| String::from_utf8_lossy(text).into_owned()).collect()
    }

    fn split(line: &str) -> Vec<String> {
        let mut tokens = Tokens::default();
        tokens.split(line.as_bytes());
        texts(&tokens)
    }

    #[test]
    fn tokens_are_what_stands_between_blanks() {
        assert_eq!(split("a b"), ["a", "b"]);
        assert_eq!(split("  a \t b\t"), ["a", "b"]);
        assert_eq!(split(" \t "), [""; 0]);
        assert_eq!(split("a\u{a0}b\u{b}c"), ["a\u{a0}b\u{b}c"]);
    }

    #[test]
    fn single_spaces_make_empty_tokens() {
        let mut tokens = Tokens::default();
        tokens.split_at_each_space(b" a  b ");
        assert_eq!(texts(&tokens), ["", "a", "", "b", ""]);
    }

    #[test]
    fn endless_tokens_are_counted_but_not_kept() {
        let mut tokens = Tokens::default();
        tokens.split("x ".repeat(100_000).as_bytes());
        assert_eq!((tokens.count(), tokens.spans().len()), (100_000, MAX_TOKENS));
    }

    #[test]
    fn texts_of_any_length_are_appended() {
        let mut tokens = Tokens::default();
        tokens.split(b"a b");
        let mut expected = Vec::new();
        for len in [0, 1, 15, 16, 31, 32, 100, 5_000, 100_000, 3_000_000] {
            let text: Vec<u8> = (0..len).map(|index| index as u8).collect();
            expected.push((tokens.make(&text), text));
            expected.push((tokens.make_block(b"0123456789abcdef", len % 16), b"0123456789abcdef"[..len % 16].to_vec()));
        }
        for (span, text) in expected {
            assert!(span.of(tokens.text()) == text, "{span:?}");
            assert!(tokens.text().len() >= span.end + BEYOND);
        }
        assert_eq!(texts(&tokens), ["a", "b"]);
        tokens.split(b"c");
        assert_eq!(texts(&tokens), ["c"]);
        assert!(tokens.text().len() < MANY_BYTES);
    }
}
