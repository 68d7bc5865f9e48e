//! The one error type: what is wrong, where, what was found and what was expected.
//!
//! Everything that can go wrong in the crate is an [`Error`]: a format that does not compile, an option that does not
//! exist, a line that is not a record. It knows nothing of AWS or of JSON.

pub(crate) mod words;

use std::fmt::{self, Write as _};

/// The kind of an error, with a stable word for programs ([`ErrorCode::as_str`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// An option has an unknown name or a value of the wrong kind.
    InvalidOption,
    /// A format names no field at all.
    EmptyFormat,
    /// A format has a character or a structure that no syntax of formats knows.
    InvalidFormat,
    /// A format names a field that AWS does not document (in strict mode, or when no name is known).
    UnknownField,
    /// A format names a field twice.
    RepeatedField,
    /// A line and its format have different numbers of fields.
    FieldCount,
    /// A value is not of its field's type.
    InvalidValue,
    /// A number is outside its field's range.
    OutOfRange,
    /// A line is not UTF-8.
    InvalidUtf8,
    /// A line is longer than `max_line_bytes`.
    LineTooLong,
    /// A text has several lines where one is expected.
    SeveralLines,
    /// A line starts as JSON that no record is in, or lacks a layer that others have.
    InvalidWrapper,
    /// No format was given and the line fits no layout that AWS documents.
    UnknownLayout,
    /// The text whose format is to be detected is not a flow log.
    NotAFlowLog,
    /// No format was given, and the lines do not determine it.
    UnresolvedFormat,
    /// An input is not text but compressed, or a file of columns.
    UnsupportedInput,
    /// An input was continued after an error had ended it.
    Stopped,
    /// A line fits two formats that would read it differently.
    AmbiguousFormat,
    /// An ingest pipeline has a processor or an option that does not exist, or one that is wrong.
    InvalidPipeline,
    /// A geo database is not a MaxMind database, is the wrong type, or is corrupt.
    InvalidDatabase,
}

impl ErrorCode {
    /// Returns the word for programs and logs, e.g. `out_of_range`.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorCode::InvalidOption => "invalid_option",
            ErrorCode::EmptyFormat => "empty_format",
            ErrorCode::InvalidFormat => "invalid_format",
            ErrorCode::UnknownField => "unknown_field",
            ErrorCode::RepeatedField => "repeated_field",
            ErrorCode::FieldCount => "field_count",
            ErrorCode::InvalidValue => "invalid_value",
            ErrorCode::OutOfRange => "out_of_range",
            ErrorCode::InvalidUtf8 => "invalid_utf8",
            ErrorCode::LineTooLong => "line_too_long",
            ErrorCode::SeveralLines => "several_lines",
            ErrorCode::InvalidWrapper => "invalid_wrapper",
            ErrorCode::UnknownLayout => "unknown_layout",
            ErrorCode::UnresolvedFormat => "unresolved_format",
            ErrorCode::UnsupportedInput => "unsupported_input",
            ErrorCode::Stopped => "stopped",
            ErrorCode::NotAFlowLog => "not_a_flow_log",
            ErrorCode::AmbiguousFormat => "ambiguous_format",
            ErrorCode::InvalidPipeline => "invalid_pipeline",
            ErrorCode::InvalidDatabase => "invalid_database",
        }
    }
}

/// The position of an error.
///
/// An error of a line has its position in the input. An error of a format has no `line`, and `column` and `offset` are those
/// in the format's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Line of the input, from 1.
    pub line: Option<u64>,
    /// Column in the line, in characters from 1.
    pub column: Option<u64>,
    /// Bytes from the start of the input, from 0.
    pub offset: Option<u64>,
}

/// An error with its code, its position, and the expected and the found text.
///
/// The message ([`std::fmt::Display`]) is always one line; quoted input in it is escaped and cut short.
///
/// ```
/// let error = vpcflow_ecs::parse("2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 70000 22 6 20 4249 \
///                                 1418530010 1418530070 ACCEPT OK", Some("default")).unwrap_err();
/// assert_eq!(error.to_string(), "line 1, column 65: field \"srcport\": expected 0 to 65535, found \"70000\"");
/// assert_eq!(error.code().as_str(), "out_of_range");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    code: ErrorCode,
    position: Position,
    field: Option<String>,
    expected: Option<String>,
    found: Option<String>,
    /// Replaces "expected ..., found ..." in the text.
    detail: Option<String>,
    /// The advice after a semicolon at the end of the message.
    hint: Option<String>,
    /// The format that the line was compared with, as AWS writes it.
    format: Option<String>,
    input: Option<Vec<u8>>,
}

impl Error {
    /// Makes an error with the message `expected ..., found "..."`.
    pub(crate) fn mismatch(code: ErrorCode, expected: impl Into<String>, found: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            code,
            position: Position::default(),
            field: None,
            expected: Some(expected.into()),
            found: Some(found.into()),
            detail: None,
            hint: None,
            format: None,
            input: None,
        }))
    }

    /// Makes an error with a message of its own.
    pub(crate) fn sentence(code: ErrorCode, detail: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            code,
            position: Position::default(),
            field: None,
            expected: None,
            found: None,
            detail: Some(detail.into()),
            hint: None,
            format: None,
            input: None,
        }))
    }

    pub(crate) fn at(mut self, position: Position) -> Error {
        self.0.position = position;
        self
    }

    pub(crate) fn in_field(mut self, field: impl Into<String>) -> Error {
        self.0.field = Some(field.into());
        self
    }

    pub(crate) fn expecting(mut self, expected: impl Into<String>, found: impl Into<String>) -> Error {
        self.0.expected = Some(expected.into());
        self.0.found = Some(found.into());
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Error {
        self.0.hint = Some(hint.into());
        self
    }

    pub(crate) fn by_format(mut self, format: String) -> Error {
        self.0.format = Some(format);
        self
    }

    /// Adds a note after the advice.
    pub(crate) fn with_note(mut self, note: impl Into<String>) -> Error {
        let note = note.into();
        self.0.hint = Some(self.0.hint.map_or_else(|| note.clone(), |hint| format!("{hint}; {note}")));
        self
    }

    pub(crate) fn with_input(mut self, line: &[u8]) -> Error {
        // A line that is too long is never kept whole.
        let kept = if self.0.code == ErrorCode::LineTooLong { line.len().min(MAX_INPUT_BYTES) } else { line.len() };
        self.0.input = line.get(..kept).map(<[u8]>::to_vec);
        self
    }

    /// Returns the kind of the error.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// Returns the position of the error.
    pub fn position(&self) -> Position {
        self.0.position
    }

    /// Returns the name of the AWS field, e.g. `srcport`.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Returns the expected values, e.g. `0 to 65535`.
    pub fn expected(&self) -> Option<&str> {
        self.0.expected.as_deref()
    }

    /// Returns the text that was found, as it is in the input.
    pub fn found(&self) -> Option<&str> {
        self.0.found.as_deref()
    }

    /// Returns the raw line. Of one that is too long, it is the start: as many bytes as the option `max_line_bytes` allows, at
    /// most [`MAX_INPUT_BYTES`]. Errors of formats and options have none.
    pub fn input(&self) -> Option<&[u8]> {
        self.0.input.as_deref()
    }

    /// Returns the format that the line was compared with, as AWS writes it, where none or several were given.
    pub fn format(&self) -> Option<&str> {
        self.0.format.as_deref()
    }

    /// Returns the message without the position: `field "srcport": expected 0 to 65535, found "70000"`.
    pub fn problem(&self) -> String {
        let mut text = String::new();
        if let Some(field) = &self.0.field {
            let _ = write!(text, "field {}: ", quoted(field));
        }
        match (&self.0.detail, &self.0.expected, &self.0.found) {
            (Some(detail), _, _) => text.push_str(detail),
            (None, Some(expected), Some(found)) => {
                let _ = write!(text, "expected {expected}, found {}", quoted(found));
            }
            _ => text.push_str(self.0.code.as_str()),
        }
        if let Some(hint) = &self.0.hint {
            let _ = write!(text, "; {hint}");
        }
        text
    }
}

/// The most bytes that an [`Error`] keeps of a line that is too long: 64 KiB.
pub const MAX_INPUT_BYTES: usize = 64 * 1024;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column, .. } = self.0.position;
        match (line, column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column {column}: ")?,
            (Some(line), None) => write!(f, "line {line}: ")?,
            (None, Some(column)) => write!(f, "column {column}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.problem())
    }
}

impl std::error::Error for Error {}

/// The longest quotation of input in a message, in characters.
const MAX_QUOTED_CHARS: usize = 64;

/// Quotes a text: in double quotes and cut short, with quotes, backslashes and characters that do not print escaped.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for (count, character) in text.chars().enumerate() {
        if count == MAX_QUOTED_CHARS {
            quoted.push('…');
            break;
        }
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\0' => quoted.push_str("\\0"),
            '\t' => quoted.push_str("\\t"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            other if is_hidden(other) => quoted.extend(other.escape_unicode()),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// The first and the last of characters that do not print, or that change those beside them.
///
/// They are controls, blanks other than a space, fillers, marks that combine, variation selectors, and characters for private use.
/// Source: Unicode's general categories Cc, Cf, Co, Zl, Zp and Zs, its property Default_Ignorable_Code_Point, its blocks of marks for
/// all scripts, and the blank pattern of Braille.
const HIDDEN: [(char, char); 36] = [
    ('\0', '\x1f'),
    ('\x7f', '\u{a0}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{300}', '\u{36f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{1ab0}', '\u{1aff}'),
    ('\u{1dc0}', '\u{1dff}'),
    ('\u{2000}', '\u{200f}'),
    ('\u{2028}', '\u{202f}'),
    ('\u{205f}', '\u{206f}'),
    ('\u{20d0}', '\u{20ff}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{e000}', '\u{f8ff}'),
    ('\u{fdd0}', '\u{fdef}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{fe20}', '\u{fe2f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{fffe}', '\u{ffff}'),
    ('\u{110bd}', '\u{110cd}'),
    ('\u{13430}', '\u{13455}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', char::MAX),
];

/// True if a character does not print. The table is a twentieth of the standard library's, which is downloaded, too.
fn is_hidden(character: char) -> bool {
    HIDDEN.iter().any(|(first, last)| (*first..=*last).contains(&character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_do_not_print_are_escaped() {
        let cases = [
            ("a \"b\" \\ 'c'", r#""a \"b\" \\ 'c'""#),
            ("\0\t\r\n\x1b[31m\x7f\u{85}", r#""\0\t\r\n\u{1b}[31m\u{7f}\u{85}""#),
            ("é ß 日本 😀 \u{fffd}", "\"é ß 日本 😀 \u{fffd}\""),
            ("\u{a0}\u{200b}\u{202e}\u{2028}\u{feff}", r#""\u{a0}\u{200b}\u{202e}\u{2028}\u{feff}""#),
            (
                "\u{115f}\u{1160}\u{17b4}\u{2800}\u{3164}\u{ffa0}",
                r#""\u{115f}\u{1160}\u{17b4}\u{2800}\u{3164}\u{ffa0}""#,
            ),
            ("e\u{301}\u{fe0f}\u{e000}\u{e0041}", r#""e\u{301}\u{fe0f}\u{e000}\u{e0041}""#),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn all_controls_and_blanks_are_hidden() {
        for character in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let shows_nothing = character.is_control() || (character.is_whitespace() && character != ' ');
            assert!(!shows_nothing || is_hidden(character), "{character:?}");
        }
    }

    #[test]
    fn text_has_place_field_expected_and_found() {
        let error = Error::mismatch(ErrorCode::OutOfRange, "0 to 65535", "70000").in_field("srcport").at(Position {
            line: Some(3),
            column: Some(42),
            offset: Some(200),
        });
        assert_eq!(error.to_string(), "line 3, column 42: field \"srcport\": expected 0 to 65535, found \"70000\"");
    }

    #[test]
    fn quotations_are_escaped_and_cut_short() {
        assert_eq!(quoted("a\"b\\c\n\u{1b}[31m'é"), r#""a\"b\\c\n\u{1b}[31m'é""#);
        assert_eq!(quoted(&"x".repeat(65)), format!("\"{}…\"", "x".repeat(64)));
    }
}
