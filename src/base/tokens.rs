//! A line split at its blanks.

use crate::base::span::Span;

/// The tokens of a line. It is reused for the next line, so that splitting allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// Storage for the tokens, of which the first `count` are valid.
    spans: Vec<Span>,
    count: usize,
}

/// The most tokens that are stored: one more than a format may have columns. Further tokens are only counted.
pub(crate) const MAX_TOKENS: usize = 1_001;

impl Tokens {
    /// Splits at runs of blanks and tabs.
    pub(crate) fn split(&mut self, line: &[u8]) {
        self.clear();
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

    /// Takes the cells of a row as tokens.
    pub(crate) fn set(&mut self, cells: &[Span]) {
        self.clear();
        cells.iter().for_each(|cell| self.push(*cell));
    }

    /// Splits at every space as Elastic's integration does: doubled, leading and trailing spaces make empty tokens.
    pub(crate) fn split_at_each_space(&mut self, line: &[u8]) {
        self.clear();
        let mut start = 0;
        for space in memchr::memchr_iter(b' ', line) {
            self.push(Span { start, end: space });
            start = space + 1;
        }
        self.push(Span { start, end: line.len() });
    }

    /// Removes the tokens of the last line.
    pub(crate) fn clear(&mut self) {
        if self.spans.is_empty() {
            self.spans.resize(MAX_TOKENS, Span::default());
        }
        self.count = 0;
    }

    /// Appends a token.
    #[inline(always)]
    pub(crate) fn push(&mut self, span: Span) {
        if let Some(stored) = self.spans.get_mut(self.count) {
            *stored = span;
        }
        self.count += 1;
    }

    /// Returns the number of tokens.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Returns the tokens, [`MAX_TOKENS`] at most.
    pub(crate) fn spans(&self) -> &[Span] {
        self.spans.get(..self.count).unwrap_or(&self.spans)
    }
}

/// True if a byte separates tokens.
pub(crate) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Vec<&str> {
        let mut tokens = Tokens::default();
        tokens.split(line.as_bytes());
        tokens.spans().iter().map(|span| &line[span.start..span.end]).collect()
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
        let line = " a  b ";
        let mut tokens = Tokens::default();
        tokens.split_at_each_space(line.as_bytes());
        let texts: Vec<&str> = tokens.spans().iter().map(|span| &line[span.start..span.end]).collect();
        assert_eq!(texts, ["", "a", "", "b", ""]);
    }

    #[test]
    fn endless_tokens_are_counted_but_not_kept() {
        let mut tokens = Tokens::default();
        tokens.split("x ".repeat(100_000).as_bytes());
        assert_eq!((tokens.count(), tokens.spans().len()), (100_000, MAX_TOKENS));
    }
}
