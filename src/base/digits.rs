//! Digits to numbers, eight at a time.

use crate::base::span::Span;

/// Eight bytes of a text as an integer, the first of them in its low bits.
#[inline]
pub(crate) fn eight_at(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..).and_then(<[u8]>::first_chunk::<8>).map(|bytes| u64::from_le_bytes(*bytes))
}

/// The number that up to 16 digits make; `None` for more, for anything else, and near the end of the text.
#[inline(always)]
pub(crate) fn digits_at(text: &[u8], span: Span) -> Option<u64> {
    let len = span.end - span.start;
    match len {
        1..=8 => eight_digits(eight_at(text, span.start)?, len),
        9..=16 => {
            let high = eight_digits(eight_at(text, span.start)?, len - 8)?;
            let low = eight_digits(eight_at(text, span.end - 8)?, 8)?;
            Some(high * 100_000_000 + low)
        }
        _ => None,
    }
}

/// The number that the first `len` of eight bytes make, 1 to 8.
///
/// They are moved to the end, with zeros before them. Then two digits are made one number of up to 99 in all four pairs
/// of bytes at once, then two of these one of up to 9,999, then both of those the number.
#[inline]
pub(crate) fn eight_digits(bytes: u64, len: usize) -> Option<u64> {
    const ZEROS: u64 = u64::from_le_bytes(*b"00000000");
    let free = 64 - 8 * len as u32;
    let bytes = (bytes << free) | (ZEROS & ((1 << free) - 1));
    let values = bytes ^ ZEROS;
    // Of a digit, the high half is 3, and stays 3 when 6 is added.
    let are_digits = (values | values.wrapping_add(u64::from_le_bytes([6; 8]))) & u64::from_le_bytes([0xf0; 8]) == 0;
    if !are_digits {
        return None;
    }
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours * 10_000 + (fours >> 32)) & 0xffff_ffff)
}

/// Up to eight bytes as an integer, the first of them in its low bits.
pub(crate) fn eight(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

pub(crate) fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// The value of a hexadecimal digit.
pub(crate) fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
