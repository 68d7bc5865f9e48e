//! The sample of a log: its lines as tokens, its headers, and the number of tokens that most lines have.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Bounds;
use crate::base::tokens::Tokens;
use crate::error::{Error, ErrorCode};
use crate::format::Format;

/// The lines of a sample.
pub(super) struct Sample<'a> {
    pub(super) rows: Vec<Vec<&'a [u8]>>,
    pub(super) token_count: usize,
    /// The distinct headers, each with the number of its first line, from 1.
    pub(super) headers: Vec<(usize, Format)>,
}

/// Returns the lines within the bounds.
pub(super) fn lines(sample: &[u8], bounds: Bounds) -> Vec<&[u8]> {
    let kept = sample.get(..bounds.max_bytes.min(sample.len())).unwrap_or_default();
    let mut lines: Vec<&[u8]> = kept.split(|byte| *byte == b'\n').take(bounds.max_lines.saturating_add(1)).collect();
    if lines.len() > bounds.max_lines {
        lines.truncate(bounds.max_lines);
    } else if (kept.len() < sample.len() && lines.len() > 1) || lines.last().is_some_and(|line| line.is_empty()) {
        // The last text is not a line if the bound cuts it, or if it is the empty one after the last line end.
        lines.pop();
    }
    lines
}

impl<'a> Sample<'a> {
    pub(super) fn read(lines: &'a [Cow<'_, [u8]>]) -> Result<Sample<'a>, Error> {
        let mut tokens = Tokens::default();
        let (mut rows, mut headers, mut odd) = (Vec::new(), Vec::<(usize, Format)>::new(), None);
        for (index, text) in lines.iter().enumerate() {
            let text: &[u8] = text;
            if std::str::from_utf8(text).is_err() || text.contains(&0) {
                odd.get_or_insert((index, "it is binary data"));
                continue;
            }
            if let Some(what) = other_log(text) {
                odd.get_or_insert((index, what));
                continue;
            }
            tokens.split(text);
            let row: Vec<&[u8]> = tokens.spans().iter().map(|span| span.of(text)).collect();
            match Format::of_header(&row) {
                _ if row.is_empty() || tokens.count() > MAX_TOKENS => {}
                // A single name is a header in the first line only.
                Some(Ok(format)) if row.len() > 1 || index == 0 => {
                    if headers.len() < MAX_HEADERS && headers.iter().all(|(_, other)| *other != format) {
                        headers.push((index + 1, format));
                    }
                }
                _ => rows.push(row),
            }
        }
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for row in &rows {
            *counts.entry(row.len()).or_default() += 1;
        }
        let token_count = counts.iter().max_by_key(|(_, lines)| **lines).map_or(0, |(count, _)| *count);
        let regular = counts.get(&token_count).copied().unwrap_or(0);
        match (headers.first(), odd) {
            (_, Some((index, what))) if regular * 2 < lines.len() => {
                return Err(not_a_flow_log(&format!("{what}, as in line {}", index + 1)));
            }
            (Some((_, format)), _) if rows.is_empty() => {
                let token_count = format.columns().len();
                return Ok(Sample { rows, token_count, headers });
            }
            (None, _) if rows.is_empty() => return Err(not_a_flow_log("it has no line with text")),
            (None, _) if token_count < 2 => return Err(not_a_flow_log("its lines have one token only")),
            (None, _) if regular * 2 < rows.len() => {
                return Err(not_a_flow_log("its lines have inconsistent field counts"));
            }
            _ => {}
        }
        Ok(Sample { rows, token_count, headers })
    }
}

/// The most distinct headers that are kept.
const MAX_HEADERS: usize = 16;

/// The most tokens of a line that is not ignored: more than any known format has columns.
const MAX_TOKENS: usize = 200;

/// Returns a description of a line of another kind of log.
fn other_log(text: &[u8]) -> Option<&'static str> {
    let has = |needle: &[u8]| text.windows(needle.len()).take(4_096).any(|window| window == needle);
    let start = text.trim_ascii_start();
    match start.first() {
        Some(b'{' | b'[') if has(b"\"eventVersion\"") || has(b"\"Records\"") => {
            Some("it is JSON such as AWS CloudTrail writes")
        }
        Some(b'{' | b'[') => Some("it is JSON, but not {\"message\":\"...\"}"),
        Some(b'<') => Some("it is XML or HTML"),
        _ if [&b"http "[..], b"https ", b"h2 ", b"grpcs ", b"ws ", b"wss "]
            .iter()
            .any(|kind| start.starts_with(kind)) =>
        {
            Some("it is the access log of a load balancer")
        }
        _ if has(b" \"GET ") || has(b" \"POST ") || has(b"HTTP/1.1\"") => Some("it is an access log of HTTP requests"),
        _ => None,
    }
}

pub(super) fn not_a_flow_log(reason: &str) -> Error {
    Error::sentence(ErrorCode::NotAFlowLog, format!("this is not a flow log: {reason}"))
}
