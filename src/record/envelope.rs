//! The envelope of a line: the byte order mark, line ends and the JSON wrapper around its text.

use std::borrow::Cow;

use super::Located;
use crate::base::tokens::is_blank;
use crate::error::{Error, ErrorCode};
use crate::json::{self, Json, Misread};

/// The content of a line: its text, without the envelope.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    /// One line of UTF-8.
    pub(crate) text: Cow<'a, [u8]>,
    /// The offset of the text in the line, in bytes; `None` if it is not a part of the line, as in a wrapper with
    /// escapes.
    pub(crate) offset: Option<usize>,
}

/// The advice for characters that occur only in other encodings.
pub(crate) const NO_TEXT: &str = "this looks like UTF-16; convert it to UTF-8 first";

/// Returns the content of a line.
///
/// # Errors
/// `invalid_wrapper`, `several_lines` and `invalid_utf8`, with their offset in the line.
pub(crate) fn open(line: &[u8]) -> Result<Content<'_>, Located> {
    let text = without_end(line);
    let start = offset_in(line, text);
    let text = match text.iter().copied().find(|byte| !is_blank(*byte)) {
        Some(b'{') => {
            let message = unwrap(text).map_err(|error| error.within(start))?;
            if without_end(message.as_bytes()).contains(&b'\n') {
                let detail = "expected one line in the wrapper, found several; take them out of it first";
                return Err(Error::sentence(ErrorCode::SeveralLines, detail).into());
            }
            match message {
                Cow::Borrowed(message) => Cow::Borrowed(without_end(message.as_bytes())),
                Cow::Owned(message) => Cow::Owned(without_end(message.as_bytes()).to_vec()),
            }
        }
        _ => Cow::Borrowed(text),
    };
    let offset = offset_in(line, &text);
    match check(&text) {
        Ok(()) => Ok(Content { text, offset }),
        Err(error) => Err(error.within(offset)),
    }
}

/// Checks that a text is one line of UTF-8.
fn check(text: &[u8]) -> Result<(), Located> {
    if let Some(end) = memchr::memchr(b'\n', text) {
        let detail = "expected one line, found several; read them as a whole input, not as a line";
        return Err(Located { start: Some(end), error: Error::sentence(ErrorCode::SeveralLines, detail) });
    }
    std::str::from_utf8(text).map(|_| ()).map_err(|error| {
        let start = error.valid_up_to();
        let found: String = text.iter().skip(start).take(4).map(|byte| format!("\\x{byte:02x}")).collect();
        let detail = format!("expected UTF-8, found bytes {found}");
        let error = Error::sentence(ErrorCode::InvalidUtf8, detail).expecting("UTF-8", found);
        // A byte order mark of UTF-16, of either order, or the other half of its characters.
        let is_utf_16 = matches!(text, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) || text.contains(&0);
        Located { start: Some(start), error: if is_utf_16 { error.with_hint(NO_TEXT) } else { error } }
    })
}

/// Returns a line without a byte order mark, carriage returns at its end, and a line feed that a wrapper may contain.
fn without_end(line: &[u8]) -> &[u8] {
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

/// Returns the text in a wrapper, `{"message":"..."}`, as Amazon Data Firehose delivers flow logs. A wrapper is JSON:
/// its spacing, the order of its keys and its escapes are free.
fn unwrap(text: &[u8]) -> Result<Cow<'_, str>, Located> {
    if let Some(message) = simply_wrapped(text) {
        return Ok(Cow::Borrowed(message));
    }
    let wrong = |start: Option<usize>, reason: String| {
        let detail = format!("expected {{\"message\":\"...\"}}, since the line starts as JSON: {reason}");
        let error = Error::sentence(ErrorCode::InvalidWrapper, detail);
        let is_subscription = text.windows(11).any(|part| part == b"\"logEvents\"");
        let hint = "this is a CloudWatch Logs subscription's payload: take the message out of each of its logEvents";
        Located { start, error: if is_subscription { error.with_hint(hint) } else { error } }
    };
    let message = json::read_member(text, "message").map_err(|Misread { reason, end }| {
        // JSON over several lines: the offset is not in the line that the error is of.
        let is_first_line = !text.iter().take(end).any(|byte| *byte == b'\n');
        wrong(is_first_line.then(|| end.saturating_sub(1)), reason.into())
    })?;
    let end = Some(text.trim_ascii_end().len().saturating_sub(1));
    match message {
        Some(Json::String(message)) => Ok(Cow::Owned(message)),
        Some(other) => Err(wrong(end, format!("field `message` is not a text but {other}"))),
        None => Err(wrong(end, "missing field `message`".into())),
    }
}

/// Returns the text in a wrapper without spaces, other keys and escapes.
fn simply_wrapped(text: &[u8]) -> Option<&str> {
    let inner = text.strip_prefix(b"{\"message\":\"")?.strip_suffix(b"\"}")?;
    let is_plain = inner.iter().all(|byte| matches!(byte, 0x20..) && !matches!(byte, b'"' | b'\\'));
    if is_plain { std::str::from_utf8(inner).ok() } else { None }
}

/// Returns the offset of a part of a line; `None` if it is not a part of it, as the text of a wrapper with escapes.
fn offset_in(line: &[u8], part: &[u8]) -> Option<usize> {
    let start = (part.as_ptr() as usize).checked_sub(line.as_ptr() as usize)?;
    (start + part.len() <= line.len()).then_some(start)
}

/// Returns the text of a line for detection: that in its wrapper or, if it is not a wrapper, all of it.
#[cfg(feature = "detect")]
pub(crate) fn inside(line: &[u8]) -> Cow<'_, [u8]> {
    let text = without_end(line);
    match text.trim_ascii_start().starts_with(b"{").then(|| unwrap(text)) {
        Some(Ok(Cow::Borrowed(message))) => Cow::Borrowed(without_end(message.as_bytes())),
        Some(Ok(Cow::Owned(message))) => Cow::Owned(without_end(message.as_bytes()).to_vec()),
        _ => Cow::Borrowed(text),
    }
}
