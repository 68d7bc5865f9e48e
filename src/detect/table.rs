//! A sample as columns: each column's distinct values, their counts, and the value of each row.

use std::collections::HashMap;
use std::ops::Range;

use crate::base::time::millis_of;
use crate::value::without_fraction;

/// Lines of one token count, read by column.
pub(super) struct Table<'a> {
    pub(super) rows: usize,
    pub(super) columns: Vec<ColumnData<'a>>,
}

/// One column.
pub(super) struct ColumnData<'a> {
    /// For each row, the index of its value in `values`.
    pub(super) cells: Vec<usize>,
    /// The distinct values, in the order of their first row; `-` among them.
    pub(super) values: Vec<Distinct<'a>>,
}

/// A distinct value of a column.
pub(super) struct Distinct<'a> {
    pub(super) text: &'a [u8],
    pub(super) count: usize,
    pub(super) number: Option<u64>,
    /// True if it is an address of the internet; `None` if it is not an address.
    pub(super) is_public: Option<bool>,
}

impl Distinct<'_> {
    pub(super) fn is_absent(&self) -> bool {
        self.text == b"-"
    }
}

impl<'a> Table<'a> {
    pub(super) fn new(lines: &[Vec<&'a [u8]>], columns: usize) -> Table<'a> {
        let columns =
            (0..columns).map(|index| ColumnData::new(lines.iter().filter_map(|line| line.get(index)).copied()));
        Table { rows: lines.len(), columns: columns.collect() }
    }

    /// Returns the value of a column in a row.
    pub(super) fn at(&self, column: usize, row: usize) -> Option<&Distinct<'a>> {
        let column = self.columns.get(column)?;
        column.values.get(*column.cells.get(row)?)
    }

    /// Returns the value's number, if it is one.
    pub(super) fn number(&self, column: usize, row: usize) -> Option<u64> {
        self.at(column, row)?.number
    }

    /// Returns the value's index among the distinct ones, if it is present.
    pub(super) fn id(&self, column: usize, row: usize) -> Option<usize> {
        let data = self.columns.get(column)?;
        let id = *data.cells.get(row)?;
        data.values.get(id).filter(|value| !value.is_absent()).map(|_| id)
    }

    /// True if nine values in ten of a column are the same; absent ones do not count.
    pub(super) fn hardly_changes(&self, column: usize) -> bool {
        self.usual(column).is_some()
    }

    /// Returns the text that nine values in ten of a column have, if there is one; absent values do not count.
    pub(super) fn usual(&self, column: usize) -> Option<&'a [u8]> {
        let column = self.columns.get(column)?;
        let most = column.most()?;
        (most.count * 10 > (self.rows - column.absent()) * 9).then_some(most.text)
    }

    /// Returns the indexes of all rows.
    pub(super) fn all_rows(&self) -> Range<usize> {
        0..self.rows
    }
}

impl<'a> ColumnData<'a> {
    fn new(texts: impl Iterator<Item = &'a [u8]>) -> ColumnData<'a> {
        let mut indexes: HashMap<&[u8], usize> = HashMap::new();
        let mut values: Vec<Distinct<'a>> = Vec::new();
        let cells = texts.map(|text| {
            let index = *indexes.entry(text).or_insert_with(|| {
                values.push(Distinct { text, count: 0, number: number(text), is_public: is_public(text) });
                values.len() - 1
            });
            if let Some(value) = values.get_mut(index) {
                value.count += 1;
            }
            index
        });
        let cells = cells.collect();
        ColumnData { cells, values }
    }

    /// Returns the value that most rows have, of those that are present.
    pub(super) fn most(&self) -> Option<&Distinct<'a>> {
        self.present().max_by_key(|value| value.count)
    }

    /// Returns the distinct values that are present.
    pub(super) fn present(&self) -> impl Iterator<Item = &Distinct<'a>> {
        self.values.iter().filter(|value| !value.is_absent())
    }

    /// Returns the number of rows in which it is absent.
    pub(super) fn absent(&self) -> usize {
        self.values.iter().filter(|value| value.is_absent()).map(|value| value.count).sum()
    }
}

/// Returns the number that a text is, or the seconds since 1970 of a time that it is. Numbers do not begin with zeros, as
/// those of accounts may.
fn number(text: &[u8]) -> Option<u64> {
    let digits = without_fraction(text);
    if digits.len() > 1 && digits.first() == Some(&b'0') && digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if !digits.is_empty() && digits.len() <= 19 && digits.iter().all(u8::is_ascii_digit) {
        return std::str::from_utf8(digits).ok()?.parse().ok();
    }
    u64::try_from(millis_of(text)? / 1_000).ok()
}

fn is_public(text: &[u8]) -> Option<bool> {
    use std::net::IpAddr;
    if text.len() > 45 || !text.iter().any(|byte| matches!(byte, b'.' | b':')) {
        return None;
    }
    match std::str::from_utf8(text).ok()?.parse().ok()? {
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && (v4.octets()[1] & 0xc0) == 64;
            Some(!(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_broadcast() || shared))
        }
        IpAddr::V6(v6) => Some(!(v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local())),
    }
}
