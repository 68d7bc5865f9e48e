//! Appends JSON text to a buffer. Knows no AWS word.

use crate::output::{Output, put, put_bytes};

/// Writes the inside of a string into a room from a place on, with what JSON wants escaped escaped, and gives where it
/// ends; beyond the room, if it did not fit.
pub(crate) fn write_escaped(text: &[u8], room: &mut [u8], at: usize) -> usize {
    let mut at = at;
    let mut plain = 0;
    for (index, &byte) in text.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        at = put_bytes(text.get(plain..index).unwrap_or_default(), room, at);
        plain = index + 1;
        at = match byte {
            b'"' => put(b"\\\"", room, at),
            b'\\' => put(b"\\\\", room, at),
            b'\n' => put(b"\\n", room, at),
            b'\r' => put(b"\\r", room, at),
            b'\t' => put(b"\\t", room, at),
            _ => {
                let hex = |nibble: u8| b"0123456789abcdef".get(usize::from(nibble)).copied().unwrap_or(b'0');
                put(&[b'\\', b'u', b'0', b'0', hex(byte >> 4), hex(byte & 15)], room, at)
            }
        };
    }
    put_bytes(text.get(plain..).unwrap_or_default(), room, at)
}

/// The string in quotes.
pub(crate) fn string(text: &str) -> Vec<u8> {
    let mut out = Output::new();
    out.extend(b"\"");
    let start = out.len();
    let end = write_escaped(text.as_bytes(), out.room(text.len() * 6), start);
    out.advance(end);
    out.extend(b"\"");
    out.into_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_read_back_as_they_were() {
        let every_ascii: String = (0..128_u8).map(char::from).collect();
        for text in ["", "plain", "a\"b\\c", "\u{7f}\u{2028}é😀", "\n\r\t\u{8}\u{c}\0", &every_ascii] {
            let written = string(text);
            assert!(!written.contains(&b'\n'));
            assert_eq!(serde_json::from_slice::<String>(&written).ok().as_deref(), Some(text));
        }
        assert_eq!(string("a\"\\\n\u{1f}"), br#""a\"\\\n\u001f""#);
    }
}
