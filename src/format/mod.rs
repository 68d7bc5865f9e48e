//! From the text of a format to its columns, and back. A format is compiled once and read often.
//!
//! Source of the syntaxes: `LogFormat` of the Amazon EC2 API's *CreateFlowLogs*, the header line of *Flow log files* in
//! S3, and Terraform's escape for `${`.

pub(crate) mod presets;

use std::fmt;

use crate::error::{Error, ErrorCode, Position, quoted};
use crate::field::{Field, same_name};
use crate::json::{self, Json};
use crate::value::{Kind, Reader};

/// One column of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    name: String,
    column: String,
    field: Option<Field>,
    kind: Kind,
    reader: Reader,
}

impl Column {
    fn of(field: Field) -> Column {
        Column {
            name: field.name().into(),
            column: field.column().into(),
            field: Some(field),
            kind: field.kind(),
            reader: Reader::of(field.kind()),
        }
    }

    fn unknown(name: &str) -> Column {
        Column {
            name: name.replace('_', "-"),
            column: name.replace('-', "_"),
            field: None,
            kind: Kind::Text,
            reader: Reader::Text,
        }
    }

    /// The name as AWS writes it, with hyphens.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name with underscores: the key below `aws.vpcflow`.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// The documented field, or `None` for a name that AWS did not document when this version was made.
    pub fn field(&self) -> Option<Field> {
        self.field
    }

    /// What its values are: those of a name that AWS has not documented, any text.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// What reads them.
    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }
}

/// A compiled format: which field stands in which column.
///
/// ```
/// use vpcflow_ecs::Format;
///
/// let aws = Format::parse("${version} ${vpc-id} ${srcaddr}")?;
/// let terraform = Format::parse("$${version} $${vpc-id} $${srcaddr}")?;
/// let header = Format::parse("version vpc-id srcaddr")?;
/// let columns = Format::parse("version vpc_id srcaddr")?;
/// let names = Format::parse(r#"["version", "vpc-id", "srcaddr"]"#)?;
/// assert!([terraform, header, columns, names].iter().all(|format| *format == aws));
/// assert_eq!(aws.to_string(), "${version} ${vpc-id} ${srcaddr}");
/// assert_eq!(Format::parse("v5")?.columns().len(), 29);
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    columns: Vec<Column>,
}

impl Format {
    /// Compiles a format in any of its syntaxes: AWS's `${version} ${vpc-id}`, Terraform's `$${version}`, names with
    /// hyphens or underscores separated by blanks, commas or line ends (so also an S3 header line), a JSON array of
    /// names, or the name of a [preset](crate::PRESETS) such as `default` or `v5`.
    ///
    /// # Errors
    /// `empty_format`; `repeated_field`; `unknown_field` when none of the names is a documented one; `invalid_format`
    /// with the column of what no syntax knows. Some unknown names among known ones are fine: see
    /// [`Format::warnings`].
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

    pub(crate) fn of_fields(fields: impl IntoIterator<Item = Field>) -> Format {
        Format { columns: fields.into_iter().map(Column::of).collect() }
    }

    fn compile(names: &[(&str, Position)]) -> Result<Format, Error> {
        if names.len() > MAX_COLUMNS {
            let expected = format!("at most {MAX_COLUMNS} fields");
            let detail = format!("the format has more than {MAX_COLUMNS} fields");
            return Err(Error::sentence(ErrorCode::InvalidFormat, detail).expecting(expected, "more"));
        }
        let mut columns: Vec<Column> = Vec::with_capacity(names.len());
        for (name, position) in names {
            let column = Field::named(name).map_or_else(|| Column::unknown(name), Column::of);
            if let Some(first) = columns.iter().position(|other| same_name(&other.name, &column.name)) {
                let (first, second) = (first + 1, columns.len() + 1);
                let detail = format!("the format has it twice, at positions {first} and {second}; keep one");
                let error = Error::sentence(ErrorCode::RepeatedField, detail).in_field(column.name);
                return Err(error.at(*position));
            }
            columns.push(column);
        }
        let format = Format { columns };
        match names {
            [] => Err(Error::sentence(
                ErrorCode::EmptyFormat,
                "the format is empty; name at least one field, or a preset such as \"default\"",
            )),
            [(first, position), ..] if format.columns.iter().all(|column| column.field.is_none()) => {
                let detail = match presets::preset(first) {
                    Some(_) => "this is a preset: give it alone, or several formats as a list".into(),
                    None => {
                        let near = presets::nearest(first).or_else(|| Field::nearest(first));
                        format!("there is no such field or preset{}", did_you_mean(near))
                    }
                };
                Err(Error::sentence(ErrorCode::UnknownField, detail).at(*position).in_field(*first))
            }
            _ => Ok(format),
        }
    }

    /// The same format, or an error if it has a name that AWS did not document when this version was made.
    ///
    /// # Errors
    /// `unknown_field`, with the name, its position and the nearest documented name.
    pub fn strict(self) -> Result<Format, Error> {
        let error = self.unknown().next().map(|(position, column)| {
            let hint = did_you_mean(Field::nearest(&column.name));
            let detail = format!("AWS documents no such field, at position {position}{hint}");
            Error::sentence(ErrorCode::UnknownField, detail).in_field(&column.name)
        });
        error.map_or(Ok(self), Err)
    }

    fn unknown(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.columns.iter().enumerate().filter(|(_, c)| c.field.is_none()).map(|(index, c)| (index + 1, c))
    }

    /// A sentence for each unknown name: where it is, where its text goes, and which documented name is near.
    pub fn warnings(&self) -> Vec<String> {
        let warning = |(position, column): (usize, &Column)| {
            format!(
                "unknown field {} at position {position}: its text goes to aws.vpcflow.{}{}",
                quoted(&column.name),
                column.column,
                did_you_mean(Field::nearest(&column.name))
            )
        };
        self.unknown().map(warning).collect()
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The highest version among the fields, as AWS writes it into the `version` field of the records.
    pub fn version(&self) -> u8 {
        self.columns.iter().filter_map(|column| column.field).map(|field| field.facts().version).max().unwrap_or(2)
    }

    pub(crate) fn index_of(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|column| column.field == Some(field))
    }

    /// The format that a header line gives, if the line is one; an error if its names cannot be used.
    ///
    /// A header is known by its names alone, wherever it stands: each token looks like a name, and there are more
    /// documented names among them, two at least, than others (so that a header of a newer version is one too). Of one
    /// name alone, only the caller can tell.
    pub(crate) fn of_header(tokens: &[&[u8]]) -> Option<Result<Format, Error>> {
        let mut names = Vec::with_capacity(tokens.len());
        let mut known = 0;
        for token in tokens {
            let name = std::str::from_utf8(token).ok()?;
            let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
            if !is_name {
                return None;
            }
            known += usize::from(Field::named(name).is_some());
            names.push((name, Position::default()));
        }
        let is_header = known * 2 > names.len() && (known >= 2 || names.len() == 1);
        is_header.then(|| Format::compile(&names))
    }

    /// Whether every name is a documented one.
    pub(crate) fn is_documented(&self) -> bool {
        self.unknown().next().is_none()
    }
}

/// The format as AWS's API, CLI and console write it: `${version} ${account-id}`.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, column) in self.columns.iter().enumerate() {
            write!(f, "{}${{{}}}", if index == 0 { "" } else { " " }, column.name)?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Format, Error> {
        Format::parse(text)
    }
}

fn did_you_mean(name: Option<&str>) -> String {
    name.map(|name| format!("; did you mean {}?", quoted(name))).unwrap_or_default()
}

/// What may stand between names: blanks, line ends, commas, and the quotes of a shell or a configuration file.
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
    (is_name && ends && name.len() <= MAX_NAME_BYTES).then_some((name, after))
}

/// Longer than any name that AWS has.
const MAX_NAME_BYTES: usize = 64;

/// More than any flow log can have.
pub(crate) const MAX_COLUMNS: usize = 1_000;

fn column_of(text: &str, offset: usize) -> Position {
    let column = text.get(..offset).map_or(0, |before| before.chars().count()) + 1;
    Position { line: None, column: Some(column as u64), offset: Some(offset as u64) }
}
