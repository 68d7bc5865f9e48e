//! The answers of a peeler in another module, as bytes: for each line, what was peeled of it.
//!
//! An answer is its length and items. Lengths and offsets are numbers of 32 bits, little-endian.

#[cfg(feature = "detect")]
mod write;

#[cfg(feature = "detect")]
#[cfg_attr(not(all(target_arch = "wasm32", feature = "js")), allow(unused_imports))]
pub(crate) use self::write::answers;
use super::{Path, Peeled, Piece, Take};
use crate::base::span::Span;
use crate::error::{Error, ErrorCode};
use crate::record::Located;
use crate::record::transport::{Transport, TransportKey};

/// The number for a value that is absent.
const NONE: u32 = u32::MAX;

/// The first byte of an item.
const PATH: u8 = b'p';
const PIECE: u8 = b't';
const HEADER: u8 = b'h';
const SEVERAL: u8 = b's';

/// The rest of an answer. Reading beyond its end gives nothing.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at_checked(count).unwrap_or_default();
        self.0 = rest;
        bytes
    }

    fn number(&mut self) -> u32 {
        self.bytes(4).try_into().map_or(NONE, u32::from_le_bytes)
    }

    fn option(&mut self) -> Option<usize> {
        Some(self.number()).filter(|number| *number != NONE).map(|number| number as usize)
    }

    fn text(&mut self) -> &'a [u8] {
        let len = self.number();
        self.bytes(len as usize)
    }

    fn str(&mut self) -> &'a str {
        std::str::from_utf8(self.text()).unwrap_or_default()
    }
}

/// Returns the length of the answer that bytes start with, with its own four bytes.
#[cfg_attr(not(all(target_arch = "wasm32", feature = "js", not(feature = "detect"))), allow(dead_code))]
pub(crate) fn len_of(answers: &[u8]) -> usize {
    4 + Rest(answers).option().unwrap_or_default()
}

/// Hands over what an answer has, as [`Peel::peel`] does.
///
/// # Errors
/// The line's error.
#[cfg_attr(not(all(target_arch = "wasm32", feature = "js", not(feature = "detect"))), allow(dead_code))]
pub(crate) fn take_answer(answer: &[u8], take: &mut Take<'_>) -> Result<bool, Located> {
    let mut rest = Rest(answer.get(4..).unwrap_or_default());
    let mut path = Path { words: "", shows_itself: true, is_object: false };
    let mut cells = Vec::new();
    while let Some(kind) = rest.bytes(1).first() {
        let more = match *kind {
            PATH => {
                let flags = rest.bytes(2);
                path = Path {
                    words: rest.str(),
                    shows_itself: flags.first() == Some(&1),
                    is_object: flags.last() == Some(&1),
                };
                true
            }
            HEADER => take(Peeled::Header(rest.str()), path),
            PIECE => {
                let (text, len, offset) = (rest.text(), rest.number() as usize, rest.option());
                let time = rest.bytes(8).try_into().map_or(u64::MAX, u64::from_le_bytes);
                let count = rest.option();
                cells.clear();
                for _ in 0..count.unwrap_or_default() {
                    cells.push(Span { start: rest.number() as usize, end: rest.number() as usize });
                }
                let outer_time = Some(time).filter(|time| *time != u64::MAX);
                let cells = count.map(|_| cells.as_slice());
                let mut transport = Transport::default();
                for _ in 0..rest.option().unwrap_or_default() {
                    let key = rest.bytes(1).first().and_then(|key| TransportKey::ALL.get(usize::from(*key)));
                    let Some(key) = key else { break };
                    transport.push(*key, rest.str().to_owned());
                }
                let transport = &transport;
                take(Peeled::Piece(Piece { text, len, cells, offset, outer_time, transport }), path)
            }
            code => {
                let code = if code == SEVERAL { ErrorCode::SeveralLines } else { ErrorCode::InvalidWrapper };
                let start = rest.option();
                return Err(Located { start, error: Error::sentence(code, rest.str()) });
            }
        };
        if !more {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(all(test, feature = "detect"))]
mod tests {
    use super::*;
    use crate::layers::Peeler;
    use crate::layers::check::peeling;

    #[test]
    fn an_answer_has_what_the_peeler_hands_over() {
        let lines = [
            "{\"message\":\"a b\",\"timestamp\":1418530010000,\"id\":\"1\"}",
            "{\"srcaddr\":\"10.0.0.1\",\"dstaddr\":null}{\"log\":\"a\\\"b\"}",
            "{\"log\":\"a\\nb\"}",
            "{\"log\":",
            "plain text",
            "",
            "[\"a\",\"b\"]",
        ];
        let text = lines.map(|line| format!("{line}\n")).concat();
        peeling("", text.as_bytes());
        // A part of an answer is not a panic.
        let answers = answers(&mut Peeler::default().with_transport(true), text.as_bytes());
        let mut rest = answers.as_slice();
        while !rest.is_empty() {
            let (answer, after) = rest.split_at(len_of(rest));
            for len in 0..answer.len() {
                let _ = take_answer(&answer[..len], &mut |_, _| true);
            }
            rest = after;
        }
    }
}
