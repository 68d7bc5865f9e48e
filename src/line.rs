//! What surrounds the text of a line: byte order mark, line ends, and the JSON wrapper.

use std::borrow::Cow;

use serde::Deserialize;

use crate::error::{Error, ErrorCode};

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

/// `{"message":"..."}`, as Amazon Data Firehose delivers flow logs.
#[derive(Deserialize)]
struct Wrapper<'a> {
    #[serde(borrow)]
    message: Cow<'a, str>,
}

/// The text in a wrapper: JSON, so whatever its spacing, its order of keys and its escapes.
pub(crate) fn unwrap(text: &[u8]) -> Result<Cow<'_, str>, (Option<usize>, Error)> {
    let wrapper: Wrapper<'_> = serde_json::from_slice(text).map_err(|error| {
        // JSON over several lines: a column of one of them is none of the text.
        let start = (error.line() == 1).then(|| error.column().saturating_sub(1).min(text.len()));
        let detail = format!("expected {{\"message\":\"...\"}}, since the line starts as JSON: {}", reason(&error));
        let error = Error::sentence(ErrorCode::InvalidWrapper, detail);
        let is_subscription = memchr::memmem::find(text, b"\"logEvents\"").is_some();
        let hint = "this is a CloudWatch Logs subscription's payload: take the message out of each of its logEvents";
        (start, if is_subscription { error.with_hint(hint) } else { error })
    })?;
    Ok(wrapper.message)
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

/// What is wrong with JSON, without the place in it, which the error of the line has.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason).to_owned()
}
