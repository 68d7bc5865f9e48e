//! One column of a format.

use crate::field::Field;
use crate::value::{Kind, Reader};

/// One column of a format.
#[derive(Clone, Debug)]
pub struct Column {
    pub(super) name: String,
    pub(super) column: String,
    pub(super) field: Option<Field>,
    /// The name that the format has for the field, if it is not AWS's.
    pub(super) alias: Option<String>,
    /// The index of the first column of the same name, if this is not that column.
    pub(super) repeats: Option<usize>,
    kind: Kind,
    reader: Reader,
}

impl Column {
    pub(super) fn of(field: Field) -> Column {
        Column {
            name: field.name().into(),
            column: field.column().into(),
            field: Some(field),
            alias: None,
            repeats: None,
            kind: field.kind(),
            reader: Reader::of(field.kind()),
        }
    }

    pub(super) fn with_alias(field: Field, alias: &str) -> Column {
        Column { alias: Some(alias.into()), ..Column::of(field) }
    }

    pub(super) fn unknown(name: &str) -> Column {
        Column {
            name: name.replace('_', "-"),
            column: name.replace('-', "_"),
            field: None,
            alias: None,
            repeats: None,
            kind: Kind::Text,
            reader: Reader::Text,
        }
    }

    /// Returns the name as AWS writes it, with hyphens.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the name with underscores: the key below `aws.vpcflow`.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// Returns the documented field, or `None` for a name that AWS had not documented when this version was released.
    pub fn field(&self) -> Option<Field> {
        self.field
    }

    /// Returns the index of the first column of the same name, if this is not that column. Its own values are not in
    /// documents.
    pub(crate) fn repeats(&self) -> Option<usize> {
        self.repeats
    }

    /// Returns the kind of the values. A name that AWS has not documented may have any text.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the reader of the values.
    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }
}

/// Columns of the same values are equal, by whatever names the format knows them.
impl PartialEq for Column {
    fn eq(&self, other: &Column) -> bool {
        self.name == other.name && self.field == other.field
    }
}

impl Eq for Column {}
