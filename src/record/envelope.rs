//! What surrounds the text of a line: byte order mark, line ends, and the JSON wrapper.

use std::borrow::Cow;

use crate::error::{Error, ErrorCode};
use crate::json::{self, Json, Misread};

/// The line without a byte order mark, carriage returns at its end, and a line feed that a wrapper may hold.
pub(crate) fn without_end(line: &[u8]) -> &[u8] {
    let mut line = without_mark(line);
    while let [rest @ .., b'\r' | b'\n'] = line {
        line = rest;
    }
    line
}

/// The line without a byte order mark.
pub(crate) fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}

/// The text in a wrapper, `{"message":"..."}`, as Amazon Data Firehose delivers flow logs: JSON, so whatever its spacing,
/// its order of keys and its escapes.
pub(crate) fn unwrap(text: &[u8]) -> Result<Cow<'_, str>, (Option<usize>, Error)> {
    if let Some(message) = simply_wrapped(text) {
        return Ok(Cow::Borrowed(message));
    }
    let wrong = |start: Option<usize>, reason: String| {
        let detail = format!("expected {{\"message\":\"...\"}}, since the line starts as JSON: {reason}");
        let error = Error::sentence(ErrorCode::InvalidWrapper, detail);
        let is_subscription = text.windows(11).any(|part| part == b"\"logEvents\"");
        let hint = "this is a CloudWatch Logs subscription's payload: take the message out of each of its logEvents";
        (start, if is_subscription { error.with_hint(hint) } else { error })
    };
    let message = json::read_member(text, "message").map_err(|Misread { reason, end }| {
        // JSON over several lines: the place is not in the line that the error is of.
        let is_first_line = !text.iter().take(end).any(|byte| *byte == b'\n');
        wrong(is_first_line.then(|| end.saturating_sub(1)), reason.into())
    })?;
    let end = Some(text.trim_ascii_end().len().saturating_sub(1));
    match message {
        Some(Json::String(message)) => Ok(Cow::Owned(message)),
        Some(other) => Err(wrong(end, format!("field `message` is no text but {other}"))),
        None => Err(wrong(end, "missing field `message`".into())),
    }
}

/// The text in a wrapper that has nothing else, and in it nothing that JSON escapes.
fn simply_wrapped(text: &[u8]) -> Option<&str> {
    let inner = text.strip_prefix(b"{\"message\":\"")?.strip_suffix(b"\"}")?;
    let is_plain = inner.iter().all(|byte| matches!(byte, 0x20..) && !matches!(byte, b'"' | b'\\'));
    if is_plain { std::str::from_utf8(inner).ok() } else { None }
}

/// Where a part of a line begins in it; `None` if it is no part of it, as the text of a wrapper with escapes.
pub(crate) fn place_in(line: &[u8], part: &[u8]) -> Option<usize> {
    let start = (part.as_ptr() as usize).checked_sub(line.as_ptr() as usize)?;
    (start + part.len() <= line.len()).then_some(start)
}

/// The text in a line for a first look: that of a wrapper, or the line itself.
#[cfg(feature = "detect")]
pub(crate) fn inside(line: &[u8]) -> Cow<'_, [u8]> {
    let text = without_end(line);
    match text.trim_ascii_start().starts_with(b"{").then(|| unwrap(text)) {
        Some(Ok(Cow::Borrowed(message))) => Cow::Borrowed(without_end(message.as_bytes())),
        Some(Ok(Cow::Owned(message))) => Cow::Owned(without_end(message.as_bytes()).to_vec()),
        _ => Cow::Borrowed(text),
    }
}
