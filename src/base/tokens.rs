//! A line cut at its blanks.

use crate::base::span::Span;

/// The tokens of a line, kept between lines so that splitting one allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    /// Room for the tokens; the first `count` of them count.
    spans: Vec<Span>,
    count: usize,
}

/// Most tokens that are kept: one more than any flow log can have, so that a line with more is told from others. Further
/// ones are only counted.
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

    /// Splits at every single space, so that doubled, leading and trailing ones make empty tokens, as Elastic's
    /// integration does.
    pub(crate) fn split_at_each_space(&mut self, line: &[u8]) {
        self.clear();
        let mut start = 0;
        for space in memchr::memchr_iter(b' ', line) {
            self.push(Span { start, end: space });
            start = space + 1;
        }
        self.push(Span { start, end: line.len() });
    }

    /// Forgets the tokens of the last line.
    pub(crate) fn clear(&mut self) {
        if self.spans.is_empty() {
            self.spans.resize(MAX_TOKENS, Span::default());
        }
        self.count = 0;
    }

    /// Appends a token.
    #[inline(always)]
    pub(crate) fn push(&mut self, span: Span) {
        if let Some(place) = self.spans.get_mut(self.count) {
            *place = span;
        }
        self.count += 1;
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The first [`MAX_TOKENS`] of them.
    pub(crate) fn spans(&self) -> &[Span] {
        self.spans.get(..self.count).unwrap_or(&self.spans)
    }
}

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
