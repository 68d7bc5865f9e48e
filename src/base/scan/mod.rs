//! Finds the tokens of a plain line in one pass, 64 bytes at a time.
//!
//! A line is *plain* if it consists of printable ASCII characters that JSON writes unescaped, with one space between
//! tokens. Nearly every line of a flow log is plain; the others are split byte by byte, by [`Tokens::split`].
//!
//! `scalar.rs` defines the contents of a block of bytes for the tests. `vector.rs` computes the same with vectors: the crate
//! `wide` has those of x86-64, AArch64 and WebAssembly, and arrays for other targets.

#[cfg(any(test, fuzzing))]
pub(crate) mod check;
#[cfg(any(test, fuzzing))]
mod scalar;
mod vector;

use vector::look;

use crate::base::span::Span;
use crate::base::tokens::{MAX_SCANNED, Parts, Tokens, set_bit};

/// The length of a block in bytes: one for each bit of an integer.
const BLOCK: usize = 64;

/// The contents of a block: bit *n* describes byte *n*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    /// Spaces.
    spaces: u64,
    /// Line feeds.
    line_feeds: u64,
    /// Bytes that a plain line cannot have: control characters (line feeds included), `"`, `\`, and bytes beyond ASCII.
    odd: u64,
    /// Dashes, of which a token of one is an absent value.
    dashes: u64,
}

/// The result of a scan: the first line of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scanned {
    /// A plain line with this many bytes before its line feed; its tokens are stored.
    Plain(usize),
    /// A line that is not plain, or whose end is missing.
    Other,
}

/// Finds the end of the first line and the tokens in it, and copies the line to them.
pub(crate) fn line(text: &[u8], tokens: &mut Tokens) -> Scanned {
    scan(text, tokens, false)
}

/// Finds the tokens of a line without its line feed, and copies the line to them.
pub(crate) fn last_line(text: &[u8], tokens: &mut Tokens) -> Scanned {
    scan(text, tokens, true)
}

/// Finds the end of the first line, which is that of a text that `ends_line`.
#[inline(never)]
fn scan(text: &[u8], tokens: &mut Tokens, ends_line: bool) -> Scanned {
    let Parts { text: buffer, slots, absent } = tokens.parts_mut();
    let mut count = 0;
    let mut push = |count: usize, span: Span| {
        if let Some(slot) = slots.get_mut(count) {
            *slot = span;
        }
    };
    let mut token = 0;
    let mut at = 0;
    // The last bits of the block before, in their places before this one: of spaces, of which the line is after one, and of
    // dashes.
    let (mut spaces_before, mut dashes_before) = (1 << (BLOCK - 1), 0);
    let mut rest = text;
    let mut free = buffer.get_mut(..MAX_SCANNED).unwrap_or_default();
    loop {
        let padded;
        let block = match rest.split_first_chunk::<BLOCK>() {
            Some((block, after)) => {
                rest = after;
                block
            }
            None if rest.is_empty() && !ends_line => return Scanned::Other,
            None => {
                // The bytes after the text count as a line feed or, where the line needs one of its own, as odd.
                let mut last = [if ends_line { b'\n' } else { 0 }; BLOCK];
                for (to, from) in last.iter_mut().zip(rest) {
                    *to = *from;
                }
                rest = &[];
                padded = last;
                &padded
            }
        };
        let Some((copy, after)) = free.split_first_chunk_mut::<BLOCK>() else { return Scanned::Other };
        *copy = *block;
        free = after;
        let Block { mut spaces, line_feeds, odd, dashes } = look(block);
        let ends = line_feeds != 0;
        let end = line_feeds.trailing_zeros();
        if odd != 0 {
            // No byte before the line feed may be odd.
            let before = if ends { (1 << end) - 1 } else { u64::MAX };
            if odd & before != 0 {
                return Scanned::Other;
            }
            spaces &= before;
        }
        // A space after a space, or at either end of the line, would make an empty token.
        let line_end = if ends { 1 << end } else { 0 };
        let after = |bits: u64, before: u64, by: usize| bits << by | before >> (BLOCK - by);
        let token_ends = spaces | line_end;
        if after(spaces, spaces_before, 1) & token_ends != 0 {
            return Scanned::Other;
        }
        // The ends of tokens of one byte, a dash.
        let mut absences = token_ends & after(spaces, spaces_before, 2) & after(dashes, dashes_before, 1);
        while absences != 0 {
            let lowest = absences & absences.wrapping_neg();
            set_bit(absent, count + (spaces & (lowest - 1)).count_ones() as usize);
            absences ^= lowest;
        }
        (spaces_before, dashes_before) = (spaces, dashes);
        while spaces != 0 {
            let space = at + spaces.trailing_zeros() as usize;
            push(count, Span { start: token, end: space });
            count += 1;
            token = space + 1;
            spaces &= spaces - 1;
        }
        if ends {
            let end = at + end as usize;
            push(count, Span { start: token, end });
            tokens.set_scanned(end, count + 1);
            return Scanned::Plain(end);
        }
        at += BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::check::{block, tokens};
    use super::*;

    /// The step between the cases that are checked: in Miri, which is slow, some of them are.
    const STEP: usize = if cfg!(miri) { 13 } else { 1 };

    /// Runs each case with every width on both sides, so that it crosses every edge of a block.
    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn tokens_are_those_of_the_definition() {
        let cases: [&[u8]; 14] = [
            b"",
            b"\n",
            b"a",
            b"a\n",
            b"a b\n",
            b"a  b\n",
            b" a\n",
            b"a \n",
            b"a\tb\n",
            b"a\rb\n",
            b"a\\\n",
            b"a\"\n",
            "é\n".as_bytes(),
            b"a\n b\x7f\0\n",
        ];
        for case in cases {
            for before in (0..40).step_by(STEP) {
                for after in (0..20).step_by(STEP) {
                    for (left, right) in [("x", "y"), ("x ", " y"), ("xx ", "\n")] {
                        let mut text: Vec<u8> = left.bytes().cycle().take(before).collect();
                        text.extend_from_slice(case);
                        text.extend(right.bytes().cycle().take(after));
                        tokens(&text);
                    }
                }
            }
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn every_byte_is_what_it_is_in_every_place() {
        for byte in (0..=255_u8).step_by(STEP) {
            for place in (0..BLOCK).step_by(STEP) {
                let mut bytes = [b'a'; BLOCK];
                bytes[place] = byte;
                let bit = |is: bool| u64::from(is) << place;
                let expected = Block {
                    spaces: bit(byte == b' '),
                    line_feeds: bit(byte == b'\n'),
                    odd: bit(!(0x20..0x80).contains(&byte) || byte == b'"' || byte == b'\\'),
                    dashes: bit(byte == b'-'),
                };
                assert_eq!(scalar::look(&bytes), expected, "{byte} at {place}");
                block(&bytes);
            }
        }
    }
}
