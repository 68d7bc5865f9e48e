//! A layer and its words.

use std::borrow::Cow;
use std::fmt;

use super::{SEPARATOR, json};
use crate::format::MAX_COLUMNS;

/// A layer around a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Quotes around the text, or the item of a JSON array that has a line for each item.
    Quotes,
    /// So many tokens before the text.
    Prefix(usize),
    /// So many tokens after it.
    Suffix(usize),
    /// The header of syslog as in RFC 5424, whose structured data differs from line to line.
    Syslog,
    /// A number before the text: that of the line, or Unix seconds.
    Number,
    /// This character at the end of the text.
    End(u8),
    /// Non-breaking spaces and form feeds in place of spaces.
    Spaces,
    /// A label that the first token starts with, up to its last colon, equals sign or bar.
    Label,
    /// Several texts with tabs between them.
    Tabs,
    /// Several records of so many tokens, with a space or nothing between them.
    Records(usize),
    /// A row of cells, separated by this byte. The cells are the record, or one of them has its text.
    Cells(u8),
    /// A JSON object with the text in the member of this name.
    Json(Cow<'static, str>),
    /// A JSON object with events in the list of this name.
    Events(&'static str),
    /// A JSON list.
    List,
    /// Several lines in a text of JSON.
    Lines,
    /// A JSON object whose members are the fields.
    Fields,
}

/// Writes the layer's words, e.g. `prefix 2`, which [`Layer::named`] reads.
impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Layer::Quotes => f.write_str("quotes"),
            Layer::Prefix(count) => write!(f, "prefix {count}"),
            Layer::Suffix(count) => write!(f, "suffix {count}"),
            Layer::Syslog => f.write_str("syslog"),
            Layer::Number => f.write_str("number"),
            Layer::End(end) => write!(f, "end {}", char::from(*end)),
            Layer::Spaces => f.write_str("spaces"),
            Layer::Label => f.write_str("label"),
            Layer::Tabs => f.write_str("tabs"),
            Layer::Records(count) => write!(f, "records {count}"),
            Layer::Cells(b'\t') => f.write_str("tsv"),
            Layer::Cells(b',') => f.write_str("csv"),
            Layer::Cells(delimiter) => write!(f, "csv {}", char::from(*delimiter)),
            Layer::Json(key) => write!(f, "json {key}"),
            Layer::Events(key) => write!(f, "events {key}"),
            Layer::List => f.write_str("list"),
            Layer::Lines => f.write_str("lines"),
            Layer::Fields => f.write_str("fields"),
        }
    }
}

impl Layer {
    /// Reads a layer's words. Of `events`, `list`, `lines` and `fields`, the words are checked only: JSON shows itself.
    pub(crate) fn named(words: &str) -> Option<Layer> {
        let (kind, rest) = words.split_once(' ').unwrap_or((words, ""));
        let count = || rest.parse().ok().filter(|count| (1..=MAX_TOKENS).contains(count));
        match (kind, rest) {
            ("quotes", "") => Some(Layer::Quotes),
            ("prefix", _) => count().map(Layer::Prefix),
            ("suffix", _) => count().map(Layer::Suffix),
            ("syslog", "") => Some(Layer::Syslog),
            ("number", "") => Some(Layer::Number),
            ("end", ",") => Some(Layer::End(b',')),
            ("end", ";") => Some(Layer::End(b';')),
            ("spaces", "") => Some(Layer::Spaces),
            ("label", "") => Some(Layer::Label),
            ("tabs", "") => Some(Layer::Tabs),
            ("records", _) => rest.parse().ok().filter(|count| (2..=MAX_COLUMNS).contains(count)).map(Layer::Records),
            ("tsv", "") => Some(Layer::Cells(b'\t')),
            ("csv", "") => Some(Layer::Cells(b',')),
            ("csv", ";") => Some(Layer::Cells(b';')),
            ("csv", "|") => Some(Layer::Cells(b'|')),
            ("json", key)
                if !key.is_empty() && !key.contains(|c: char| c.is_control() || SEPARATOR.contains(c) && c != ' ') =>
            {
                Some(Layer::Json(Cow::Owned(key.to_owned())))
            }
            ("events", key) => json::EVENTS.iter().find(|name| **name == key).map(|name| Layer::Events(name)),
            ("list", "") => Some(Layer::List),
            ("lines", "") => Some(Layer::Lines),
            ("fields", "") => Some(Layer::Fields),
            _ => None,
        }
    }

    /// True if JSON shows the layer.
    pub(crate) fn shows_itself(&self) -> bool {
        matches!(self, Layer::Json(_) | Layer::Events(_) | Layer::List | Layer::Lines | Layer::Fields)
    }
}

/// The most tokens before or after a text.
pub(crate) const MAX_TOKENS: usize = 16;
