//! Checks of the scan against its definitions, for the tests and the fuzz targets.

use super::{BLOCK, Scanned, last_line, line, scalar, vector};
use crate::base::span::Span;
use crate::base::tokens::Tokens;

/// Finds what [`line`] should find, byte by byte.
fn naive(text: &[u8]) -> Option<(usize, Vec<Span>)> {
    let end = text.iter().position(|byte| *byte == b'\n')?;
    let line = text.get(..end)?;
    let mut spans = Vec::new();
    let mut start = 0;
    for piece in line.split(|byte| *byte == b' ') {
        let is_plain = |byte: &u8| matches!(byte, 0x21..=0x7f) && !matches!(byte, b'"' | b'\\');
        if piece.is_empty() || !piece.iter().all(is_plain) {
            return None;
        }
        spans.push(Span { start, end: start + piece.len() });
        start += piece.len() + 1;
    }
    Some((end, spans))
}

/// Asserts that the scan finds the line and the tokens of a text, of up to 1,000 tokens and 8 kB, that the definition finds.
pub fn tokens(text: &[u8]) {
    let mut tokens = Tokens::default();
    let found = match line(text, &mut tokens) {
        Scanned::Plain(end) => Some((end, tokens.spans().to_vec())),
        Scanned::Other => None,
    };
    if let Some((end, _)) = found {
        let line = text.get(..end).unwrap_or_default();
        let mut split = Tokens::default();
        split.split(line);
        assert_eq!(tokens.absent(), split.absent());
        assert_eq!(tokens.made(), line);
    }
    assert_eq!(found, naive(text), "{:?}", String::from_utf8_lossy(text));
    let found = match last_line(text, &mut tokens) {
        Scanned::Plain(end) => Some((end, tokens.spans().to_vec())),
        Scanned::Other => None,
    };
    assert_eq!(found, naive(&[text, b"\n"].concat()), "{:?}", String::from_utf8_lossy(text));
}

/// Asserts that vectors find in the blocks of a text what integers find.
#[cfg(fuzzing)]
pub fn blocks(text: &[u8]) {
    for bytes in text.chunks(BLOCK) {
        let mut copy = [b'\n'; BLOCK];
        copy.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        block(&copy);
    }
}

/// Asserts that vectors find in a block what integers find.
pub fn block(bytes: &[u8; BLOCK]) {
    assert_eq!(vector::look(bytes), scalar::look(bytes), "{:?}", String::from_utf8_lossy(bytes));
}
