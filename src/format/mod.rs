//! From the text of a format to its columns, and back. A format is compiled once and read often.
//!
//! Source of the syntaxes: `LogFormat` of the Amazon EC2 API's *CreateFlowLogs*, the header line of *Flow log files* in
//! S3, and Terraform's escape for `${`.

mod column;
pub(crate) mod inferred;
pub(crate) mod presets;
mod syntax;

use std::fmt;

pub use self::column::Column;
pub(crate) use self::column::Readers;
use crate::base::tokens::MAX_TOKENS;
use crate::error::{Error, ErrorCode, Position, quoted};
use crate::field::{Field, same_name};

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
    /// The columns that repeat another one: the index of that, and their own.
    repeats: Vec<(usize, usize)>,
    readers: Readers,
}

impl Format {
    pub(crate) fn of_fields(fields: impl IntoIterator<Item = Field>) -> Format {
        let columns: Vec<Column> = fields.into_iter().map(Column::of).collect();
        Format { readers: Readers::of(&columns), repeats: Vec::new(), columns }
    }

    fn compile(names: &[(&str, Position)]) -> Result<Format, Error> {
        if names.len() > MAX_COLUMNS {
            let expected = format!("at most {MAX_COLUMNS} fields");
            let detail = format!("the format has more than {MAX_COLUMNS} fields");
            return Err(Error::sentence(ErrorCode::InvalidFormat, detail).expecting(expected, "more"));
        }
        if let Some((name, position)) = names.iter().find(|(name, _)| name.len() > MAX_NAME_BYTES) {
            let expected = format!("a field name of at most {MAX_NAME_BYTES} bytes");
            return Err(Error::mismatch(ErrorCode::InvalidFormat, expected, *name).at(*position));
        }
        let mut columns: Vec<Column> = Vec::with_capacity(names.len());
        for (index, (name, _)) in names.iter().enumerate() {
            // A word for other things, too, is an alias only where no other column has the field.
            let is_free = |field: &Field| {
                names.iter().enumerate().all(|(other, (name, _))| {
                    Field::of_name(name) != Some(*field) || (other >= index && Field::is_word(name))
                })
            };
            let alias = Field::with_alias(name).filter(|field| !Field::is_word(name) || is_free(field));
            let mut column = match (Field::named(name), alias) {
                (Some(field), _) => Column::of(field),
                (None, Some(field)) => Column::with_alias(field, name),
                (None, None) => Column::unknown(name),
            };
            column.repeats = columns.iter().position(|other| same_name(&other.name, &column.name));
            columns.push(column);
        }
        let repeats = columns.iter().enumerate().filter_map(|(index, column)| Some((column.repeats?, index)));
        let format = Format { repeats: repeats.collect(), readers: Readers::of(&columns), columns };
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

    /// Returns the format itself, or an error if AWS had not documented one of its names when this version was released.
    ///
    /// # Errors
    /// `unknown_field`, with the name, its position and the documented name that is meant or nearest.
    pub fn strict(self) -> Result<Format, Error> {
        let error = self.undocumented().next().map(|(position, column)| {
            let (name, meant) = match &column.alias {
                Some(alias) => (alias, Some(column.name.as_str())),
                None => (&column.name, Field::nearest(&column.name)),
            };
            let detail = format!("AWS documents no such field, at position {position}{}", did_you_mean(meant));
            Error::sentence(ErrorCode::UnknownField, detail).in_field(name)
        });
        error.map_or(Ok(self), Err)
    }

    /// Returns the columns whose names AWS has not documented, and their positions from 1.
    fn undocumented(&self) -> impl Iterator<Item = (usize, &Column)> {
        let columns = self.columns.iter().enumerate().map(|(index, column)| (index + 1, column));
        columns.filter(|(_, column)| column.field.is_none() || column.alias.is_some())
    }

    /// Returns a sentence for each column that may be a mistake, with its position:
    ///
    /// - one that repeats another, which is the one in documents;
    /// - an alias, with the field that it is read as;
    /// - an unknown name, with the key of its text and a documented name nearby.
    ///
    /// ```
    /// use vpcflow_ecs::Format;
    /// let warnings = Format::parse("srcaddr windowstart mtu")?.warnings();
    /// assert_eq!(warnings[0], "field \"windowstart\" at position 2 is read as \"start\", AWS's name for it");
    /// assert_eq!(warnings[1], "unknown field \"mtu\" at position 3: its text goes to aws.vpcflow.mtu");
    /// # Ok::<(), vpcflow_ecs::Error>(())
    /// ```
    pub fn warnings(&self) -> Vec<String> {
        let warning = |(index, column): (usize, &Column)| {
            let (position, name) = (index + 1, quoted(&column.name));
            match (column.repeats, &column.alias, column.field) {
                (Some(first), alias, _) => {
                    let name = alias.as_ref().map_or(name.clone(), |alias| format!("{}, AWS's {name},", quoted(alias)));
                    Some(format!(
                        "field {name} at position {position} is at position {} already, which counts: a line where they \
                         differ is an error",
                        first + 1
                    ))
                }
                (None, Some(alias), _) => {
                    Some(format!("field {} at position {position} is read as {name}, AWS's name for it", quoted(alias)))
                }
                (None, None, Some(_)) => None,
                (None, None, None) => Some(format!(
                    "unknown field {name} at position {position}: its text goes to aws.vpcflow.{}{}",
                    column.column,
                    did_you_mean(Field::nearest(&column.name))
                )),
            }
        };
        self.columns.iter().enumerate().filter_map(warning).collect()
    }

    /// Returns the columns that repeat another one: the index of that, and their own.
    #[inline(always)]
    pub(crate) fn repeats(&self) -> &[(usize, usize)] {
        &self.repeats
    }

    /// Returns the columns by the type of their values.
    #[inline(always)]
    pub(crate) fn readers(&self) -> &Readers {
        &self.readers
    }

    /// Returns the columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns the highest version among the fields, as AWS writes it into the `version` field of records.
    pub fn version(&self) -> u8 {
        self.columns.iter().filter_map(|column| column.field).map(|field| field.facts().version).max().unwrap_or(2)
    }

    pub(crate) fn index_of(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|column| column.field == Some(field))
    }
}

/// Writes the format as AWS's API, CLI and console do: `${version} ${account-id}`.
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

/// The most columns of a format, more than any flow log has.
pub(crate) const MAX_COLUMNS: usize = MAX_TOKENS - 1;

/// The limit of bytes in the name of a field. The names of AWS are shorter.
const MAX_NAME_BYTES: usize = 64;
