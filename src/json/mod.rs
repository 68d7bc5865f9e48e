//! JSON values and JSON text.

mod read;

use std::fmt;

pub(crate) use self::read::{MAX_DEPTH, Misread, TOO_DEEP, read, string_of, walk};
use crate::base::output::{Output, put, put_bytes};

/// A JSON value of an option, a format or a wrapper.
///
/// Public signatures have `serde_json::Value`. This type replaces it inside the crate: its reader is a fraction of the
/// code, which keeps the main WebAssembly module small, and numbers keep their digits as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number with its digits as written.
    Number(Number),
    /// A string.
    String(String),
    /// A list.
    Array(Vec<Json>),
    /// An object, sorted by its keys.
    Object(Vec<(String, Json)>),
}

/// A JSON number within the range of floats of 64 bits, with its digits as written. It comes from JSON text or an integer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number(String);

impl Number {
    /// Returns the digits, e.g. `1.50`.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Number {
        Number(number.to_string())
    }
}

impl Json {
    /// Returns the string, if the value is one.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::String(text.to_owned())
    }
}

impl From<serde_json::Value> for Json {
    fn from(value: serde_json::Value) -> Json {
        use serde_json::Value;
        match value {
            Value::Null => Json::Null,
            Value::Bool(flag) => Json::Bool(flag),
            Value::Number(number) => Json::Number(Number(number.to_string())),
            Value::String(text) => Json::String(text),
            Value::Array(items) => Json::Array(items.into_iter().map(Json::from).collect()),
            Value::Object(members) => Json::Object(self::members(members)),
        }
    }
}

/// Converts an object's members.
pub(crate) fn members(members: serde_json::Map<String, serde_json::Value>) -> Vec<(String, Json)> {
    read::in_order(members.into_iter().map(|(key, member)| (key, member.into())).collect())
}

/// Writes the shortest JSON text.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| String::from_utf8(string(text)).unwrap_or_default();
        match self {
            Json::Null => f.write_str("null"),
            Json::Bool(true) => f.write_str("true"),
            Json::Bool(false) => f.write_str("false"),
            Json::Number(number) => f.write_str(number.as_str()),
            Json::String(text) => f.write_str(&quoted(text)),
            Json::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { "," })?;
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Json::Object(members) => {
                f.write_str("{")?;
                for (index, (key, member)) in members.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { "," })?;
                    f.write_str(&quoted(key))?;
                    f.write_str(":")?;
                    member.fmt(f)?;
                }
                f.write_str("}")
            }
        }
    }
}

/// Writes the inside of a string with JSON's escapes into a buffer from an offset on, and returns the offset of its end.
///
/// That offset is beyond the buffer if the string did not fit.
pub(crate) fn write_escaped(text: &[u8], buffer: &mut [u8], at: usize) -> usize {
    let mut at = at;
    let mut plain = 0;
    for (index, &byte) in text.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        at = put_bytes(text.get(plain..index).unwrap_or_default(), buffer, at);
        plain = index + 1;
        at = match byte {
            b'"' => put(b"\\\"", buffer, at),
            b'\\' => put(b"\\\\", buffer, at),
            b'\n' => put(b"\\n", buffer, at),
            b'\r' => put(b"\\r", buffer, at),
            b'\t' => put(b"\\t", buffer, at),
            _ => {
                let hex = |nibble: u8| b"0123456789abcdef".get(usize::from(nibble)).copied().unwrap_or(b'0');
                put(&[b'\\', b'u', b'0', b'0', hex(byte >> 4), hex(byte & 15)], buffer, at)
            }
        };
    }
    put_bytes(text.get(plain..).unwrap_or_default(), buffer, at)
}

/// True if a text is the inside of a JSON string as it stands.
pub(crate) fn is_verbatim(text: &[u8]) -> bool {
    text.iter().all(|byte| *byte >= 0x20 && !matches!(byte, b'"' | b'\\'))
}

/// Returns a string as JSON, in quotes.
pub(crate) fn string(text: &str) -> Vec<u8> {
    let mut out = Output::new();
    out.extend(b"\"");
    let start = out.len();
    let end = write_escaped(text.as_bytes(), out.reserve(text.len() * 6), start);
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
