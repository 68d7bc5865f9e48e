//! Appends JSON text to a buffer. Knows no AWS word.

use crate::output::{Output, SLACK};

/// Appends the inside of a string: the text with what JSON wants escaped escaped.
pub(crate) fn write_escaped(out: &mut Output, text: &[u8]) {
    out.reserve(text.len() + SLACK);
    let mut plain = 0;
    for (index, &byte) in text.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend(text.get(plain..index).unwrap_or_default());
        plain = index + 1;
        match byte {
            b'"' => out.push_array(b"\\\""),
            b'\\' => out.push_array(b"\\\\"),
            b'\n' => out.push_array(b"\\n"),
            b'\r' => out.push_array(b"\\r"),
            b'\t' => out.push_array(b"\\t"),
            _ => {
                let hex = |nibble: u8| b"0123456789abcdef".get(usize::from(nibble)).copied().unwrap_or(b'0');
                out.push_array(&[b'\\', b'u', b'0', b'0', hex(byte >> 4), hex(byte & 15)]);
            }
        }
    }
    out.extend(text.get(plain..).unwrap_or_default());
}

/// The string in quotes.
pub(crate) fn string(text: &str) -> Vec<u8> {
    let mut out = Output::new();
    out.extend(b"\"");
    write_escaped(&mut out, text.as_bytes());
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
