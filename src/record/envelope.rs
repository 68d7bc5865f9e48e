//! The envelope of a line: the byte order mark and line ends around its text.

use super::{Located, offset_in};
use crate::error::{Error, ErrorCode};

/// The content of a line: its text, without the envelope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content<'a> {
    /// One line of UTF-8.
    pub(crate) text: &'a [u8],
    /// The offset of the text in the line, in bytes.
    pub(crate) offset: Option<usize>,
}

/// The advice for characters that occur only in other encodings.
pub(crate) const NO_TEXT: &str = "this looks like UTF-16; convert it to UTF-8 first";

/// Returns the content of a line.
///
/// # Errors
/// `several_lines` and `invalid_utf8`, with their offset in the line.
pub(crate) fn open(line: &[u8]) -> Result<Content<'_>, Located> {
    let text = without_end(line);
    let offset = offset_in(line, text);
    match checked(text) {
        Ok(text) => Ok(Content { text, offset }),
        Err(error) => Err(error.within(offset)),
    }
}

/// Returns a text that is one line of UTF-8.
///
/// # Errors
/// `several_lines` and `invalid_utf8`, with their offset in the text.
pub(crate) fn checked(text: &[u8]) -> Result<&[u8], Located> {
    if let Some(end) = memchr::memchr(b'\n', text) {
        let detail = "expected one line, found several; read them as a whole input, not as a line";
        return Err(Located { start: Some(end), error: Error::sentence(ErrorCode::SeveralLines, detail) });
    }
    std::str::from_utf8(text).map(|_| text).map_err(|error| {
        let start = error.valid_up_to();
        let found: String = text.iter().skip(start).take(4).map(|byte| format!("\\x{byte:02x}")).collect();
        let detail = format!("expected UTF-8, found bytes {found}");
        let error = Error::sentence(ErrorCode::InvalidUtf8, detail).expecting("UTF-8", found);
        // A byte order mark of UTF-16, of either order, or the other half of its characters.
        let is_utf_16 = matches!(text, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) || text.contains(&0);
        Located { start: Some(start), error: if is_utf_16 { error.with_hint(NO_TEXT) } else { error } }
    })
}

/// Returns a line without a byte order mark, carriage returns at its end, and line feeds that a layer may contain.
pub(crate) fn without_end(line: &[u8]) -> &[u8] {
    let mut line = without_mark(line);
    while let [rest @ .., b'\r' | b'\n'] = line {
        line = rest;
    }
    line
}

/// Returns a line without a byte order mark.
pub(crate) fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}
