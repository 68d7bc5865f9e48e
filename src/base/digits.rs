//! Digits to numbers, eight digits at a time.

use crate::base::span::Span;
use crate::base::tokens::{ShortText, word_at};

/// Reads eight bytes of a text as an integer, the first byte in its low bits.
#[inline]
pub(crate) fn eight_at(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..).and_then(<[u8]>::first_chunk::<8>).map(|bytes| u64::from_le_bytes(*bytes))
}

/// Reads a number of 1 to 16 digits in a short text. Returns `None` for more, and for other characters.
#[inline(always)]
pub(crate) fn digits_at(text: &ShortText, Span { start, end }: Span) -> Option<u64> {
    let len = end.wrapping_sub(start);
    match len {
        1..=8 => eight_digits(word_at(text, start), len),
        9..=16 => {
            let high = eight_digits(word_at(text, start), len - 8)?;
            let low = eight_digits(word_at(text, end - 8), 8)?;
            Some(high * 100_000_000 + low)
        }
        _ => None,
    }
}

/// Reads a number from the first `len` of eight bytes, 1 to 8.
///
/// The values of the digits move to the end, after zeros. Then each pair of bytes becomes a number up to 99, each pair of those a number up
/// to 9,999, and the last pair the result.
#[inline]
pub(crate) fn eight_digits(bytes: u64, len: usize) -> Option<u64> {
    const ZEROS: u64 = u64::from_le_bytes(*b"00000000");
    let values = (bytes ^ ZEROS) << (64 - 8 * len as u32);
    // The high half of a digit is 3, and stays 3 when 6 is added.
    let are_digits = (values | values.wrapping_add(u64::from_le_bytes([6; 8]))) & u64::from_le_bytes([0xf0; 8]) == 0;
    if !are_digits {
        return None;
    }
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours * 10_000 + (fours >> 32)) & 0xffff_ffff)
}

/// Reads up to eight bytes as an integer, the first byte in its low bits.
pub(crate) fn eight(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Returns the value of a decimal digit.
pub(crate) fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// Returns the value of a hexadecimal digit.
pub(crate) fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
