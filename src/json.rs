//! Appends JSON text to a buffer. Knows no AWS word.

/// Appends a string in quotes, with what JSON wants escaped escaped.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut plain = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(bytes.get(plain..index).unwrap_or_default());
        plain = index + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                let hex = |nibble: u8| b"0123456789abcdef".get(usize::from(nibble)).copied().unwrap_or(b'0');
                out.extend_from_slice(b"\\u00");
                out.push(hex(byte >> 4));
                out.push(hex(byte & 15));
            }
        }
    }
    out.extend_from_slice(bytes.get(plain..).unwrap_or_default());
    out.push(b'"');
}

/// The string in quotes.
pub(crate) fn string(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    write_string(&mut out, text);
    out
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
