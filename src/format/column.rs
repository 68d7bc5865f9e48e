//! One column of a format.

use crate::field::Field;
use crate::value::{Kind, Type, Words};

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
}

/// The columns of a format by the type of their values, for reading many lines. Texts are not read: any token is one.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Readers {
    /// Columns of integers, and their largest value.
    pub(crate) integers: Vec<(usize, u64)>,
    pub(crate) times: Vec<usize>,
    pub(crate) addresses: Vec<usize>,
    /// Columns of closed sets of words.
    pub(crate) words: Vec<(usize, Words)>,
}

impl Readers {
    pub(super) fn of(columns: &[Column]) -> Readers {
        let mut readers = Readers::default();
        for (index, column) in columns.iter().enumerate() {
            match column.kind.value_type() {
                Type::Integer { max } => readers.integers.push((index, max)),
                Type::Time => readers.times.push(index),
                Type::Address => readers.addresses.push(index),
                Type::Word(words) => readers.words.push((index, Words::of(words))),
                Type::Text => {}
            }
        }
        readers
    }
}

/// Columns of the same values are equal, by whatever names the format knows them.
impl PartialEq for Column {
    fn eq(&self, other: &Column) -> bool {
        self.name == other.name && self.field == other.field
    }
}

impl Eq for Column {}
