//! Containers: files that are not text, by their first bytes.
//!
//! Sources: RFC 1952 (gzip), RFC 8878 (zstd), the specifications of Parquet, ORC and Avro, and the formats of zip, bzip2 and
//! xz.

/// The advice for containers that the other faces of this project decode.
const DECODE: &str = "decode it first, as decode() of the npm package and the command do";

/// The advice for others with text in them.
const UNPACK: &str = "unpack it first";

/// The advice for others with columns in them.
const CONVERT: &str = "convert it to Parquet, CSV or JSON lines first";

/// Names, first bytes and advice.
const CONTAINERS: [(&str, &[u8], &str); 10] = [
    ("gzip", b"\x1f\x8b", DECODE),
    ("zstd", b"\x28\xb5\x2f\xfd", DECODE),
    ("Parquet", b"PAR1", DECODE),
    ("Parquet", b"PARE", "it is encrypted: decrypt it first"),
    ("ORC", b"ORC", CONVERT),
    ("Avro", b"Obj\x01", CONVERT),
    ("zip", b"PK\x03\x04", UNPACK),
    ("bzip2", b"BZh", UNPACK),
    ("xz", b"\xfd7zXZ\0", UNPACK),
    ("LZ4", b"\x04\x22\x4d\x18", UNPACK),
];

/// Returns the name of a container and the advice for it, by the start of an input; `None` for text.
pub(crate) fn of(start: &[u8]) -> Option<(&'static str, &'static str)> {
    let (name, _, advice) = CONTAINERS.into_iter().find(|(_, magic, _)| start.starts_with(magic))?;
    // Words such as ORC may start a text, which has no control characters.
    let is_binary = start.iter().take(16).any(|byte| !matches!(byte, b' '..=b'~' | b'\t' | b'\r'));
    is_binary.then_some((name, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_not_containers() {
        let name = |start: &[u8]| of(start).map(|(name, _)| name);
        assert_eq!(name(b"\x1f\x8b\x08\0"), Some("gzip"));
        assert_eq!(name(b"PAR1\x15\x04"), Some("Parquet"));
        assert_eq!(name(b"BZh91AY&SY\x0a"), Some("bzip2"));
        for text in [&b"ORC 2 123"[..], b"PAR1 x", b"BZhang", b"PK", b"", b"2 123", b"\xef\xbb\xbf2"] {
            assert_eq!(name(text), None);
        }
    }
}
