//! The syntaxes in which formats are written.
//!
//! Source: `LogFormat` of the Amazon EC2 API's *CreateFlowLogs*, the header line of *Flow log files* in S3, and Terraform's
//! escape for `${`.

use super::{Format, MAX_COLUMNS, presets};
use crate::error::{Error, ErrorCode, Position};
use crate::field::Field;
use crate::json::{self, Json};

impl Format {
    /// Compiles a format in any of its syntaxes:
    ///
    /// - AWS's `${version} ${vpc-id}`, and Terraform's `$${version} $${vpc-id}`
    /// - names with hyphens or underscores, separated by blanks, commas or line ends, such as the header line of a file in S3
    /// - a JSON array of names
    /// - the name of a [preset](crate::PRESETS), such as `default` or `v5`
    ///
    /// # Errors
    /// - `empty_format`
    /// - `unknown_field`, if none of the names is documented; for unknown names among known ones see [`Format::warnings`]
    /// - `invalid_format`, with the column of the text that no syntax knows
    pub fn parse(text: &str) -> Result<Format, Error> {
        let trimmed = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\u{feff}'));
        if trimmed.starts_with('[') {
            let none = |reason: String| {
                let detail = format!("the format starts as a JSON array of names, but is none: {reason}");
                Error::sentence(ErrorCode::InvalidFormat, detail)
            };
            let list = json::read(trimmed.as_bytes()).map_err(|error| none(error.reason.into()))?;
            let list = if let Json::Array(list) = list { list } else { Vec::new() };
            let mut names = Vec::new();
            for (index, name) in list.iter().enumerate() {
                let position = index + 1;
                names.push(
                    name.as_str()
                        .ok_or_else(|| none(format!("expected a text at position {position}, found {name}")))?,
                );
            }
            return Format::from_names(&names);
        }
        if let Some(preset) = presets::preset(trimmed) {
            return Ok(preset.format());
        }
        let mut names = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches(is_separator);
            if rest.is_empty() {
                break;
            }
            let offset = text.len() - rest.len();
            let (name, after) = next_name(rest).ok_or_else(|| {
                let found: String = rest.chars().take_while(|c| !is_separator(*c)).collect();
                Error::mismatch(ErrorCode::InvalidFormat, "a field name such as ${srcaddr} or srcaddr", found)
                    .at(column_of(text, offset))
            })?;
            names.push((name, column_of(text, offset)));
            if names.len() > MAX_COLUMNS {
                break;
            }
            rest = after;
        }
        Format::compile(&names)
    }

    /// Compiles a list of names, with hyphens or underscores.
    ///
    /// # Errors
    /// As [`Format::parse`].
    pub fn from_names<S: AsRef<str>>(names: &[S]) -> Result<Format, Error> {
        let mut checked = Vec::new();
        for (index, name) in names.iter().enumerate() {
            match next_name(name.as_ref()) {
                Some((bare, "")) => checked.push((bare, Position::default())),
                _ => {
                    let expected = format!("a field name at position {}", index + 1);
                    return Err(Error::mismatch(ErrorCode::InvalidFormat, expected, name.as_ref()));
                }
            }
        }
        Format::compile(&checked)
    }

    /// Returns the format of a header line, or `None` if the line is not a header; an error if its names are unusable.
    ///
    /// Names alone make a header, anywhere in a file: each token looks like a name, most names are documented or aliases,
    /// and at least two are documented. So the header of a newer version counts too. Only the caller can decide about a
    /// single name.
    pub(crate) fn of_header(tokens: &[&[u8]]) -> Option<Result<Format, Error>> {
        let mut names = Vec::with_capacity(tokens.len());
        let (mut documented, mut aliases) = (0, 0);
        for token in tokens {
            let name = std::str::from_utf8(token).ok()?;
            let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if !is_name {
                return None;
            }
            let is_documented = Field::named(name).is_some();
            documented += usize::from(is_documented);
            aliases += usize::from(!is_documented && Field::with_alias(name).is_some());
            names.push((name, Position::default()));
        }
        let most_are_known = (documented + aliases) * 2 > names.len();
        let is_header = most_are_known && (documented >= 2 || (documented == 1 && names.len() == 1));
        is_header.then(|| Format::compile(&names))
    }
}

/// True if a character separates names: blanks, line ends, commas, and the quotes of a shell or a configuration file.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '"' | '\'' | '\u{feff}')
}

/// Splits a name off the front: `name`, `${name}`, `$${name}`, `\${name}`, `{name}` or `$name`.
fn next_name(text: &str) -> Option<(&str, &str)> {
    let is_name_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let bare = ["$$", "\\$", "$"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let (name, after) = match bare.strip_prefix('{') {
        Some(braced) => braced.split_once('}')?,
        None => bare.split_at_checked(bare.find(|c| !is_name_char(c)).unwrap_or(bare.len()))?,
    };
    let ends = bare.starts_with('{') || after.is_empty() || after.starts_with(is_separator);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_name_char);
    (is_name && ends).then_some((name, after))
}

fn column_of(text: &str, offset: usize) -> Position {
    let column = text.get(..offset).map_or(0, |before| before.chars().count()) + 1;
    Position { line: None, column: Some(column as u64), offset: Some(offset as u64) }
}
