//! Rows: the cells of a line of CSV or TSV, and the members of a JSON object, as the columns of a format.
//!
//! A cell is a part of its line wherever that is possible, so that an error has its column. Other cells, absent ones and
//! those with escapes, are after the line in the same text.
//!
//! Source: RFC 4180.

use crate::base::span::Span;
use crate::base::tokens::is_blank;
use crate::field::{Field, same_letters};
use crate::format::{Format, MAX_COLUMNS};
use crate::json;
use crate::record::transport::TransportKey;
use crate::value::{Kind, without_fraction};

use super::{outer, transport};

/// The documented fields from which on an object with other members, too, is a record.
pub(super) const MIN_FIELDS: usize = 4;

/// The documented fields from which on names with an interface among them are those of a record.
const MANY_FIELDS: usize = 8;

/// The names of columns with the text of a record.
const TEXTS: [&str; 5] = ["message", "@message", "log", "_raw", "event.original"];

/// The first cell of an event in the text that the AWS CLI prints, and the columns after it, sorted by name.
///
/// Source: *text output format* of the AWS CLI; `get-log-events` and `filter-log-events`.
const EVENTS: &str = "EVENTS";
const EVENT_COLUMNS: [&[&str]; 2] = [
    &["ingestionTime", "message", "timestamp"],
    &["eventId", "ingestionTime", "logStreamName", "message", "timestamp"],
];

/// The rows of an input. The buffers are reused.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The columns that have been named.
    columns: Vec<Column>,
    /// The number of columns that are fields.
    fields: usize,
    /// True if there are fields that have not been handed over.
    is_new: bool,
    /// The format of the fields.
    format: Option<Format>,
    /// The number of the row, by which a column that it has twice is found.
    number: usize,
    /// The line being read, and after it the cells that are not a part of it. The first is an absent one.
    text: Vec<u8>,
    /// All cells of a line of CSV.
    split: Vec<Span>,
    /// The cells of the fields.
    cells: Vec<Span>,
    /// The time of the event.
    time: Option<u64>,
    /// The time at which CloudWatch Logs got it.
    late: Option<u64>,
}

/// A column that has been named.
#[derive(Debug)]
struct Column {
    name: String,
    role: Role,
    /// The number of the last row that has it.
    row: usize,
}

/// The contents of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The field of this number.
    Field(usize),
    /// The text of a record.
    Text,
    /// The time of the event.
    Time,
    /// A value of the transport.
    Transport(TransportKey),
    /// Nothing that a name says.
    Unused,
}

/// A line of CSV, read.
pub(super) struct Row<'a> {
    pub(super) content: Content<'a>,
    /// The values of its transport.
    pub(super) transport: Vec<(TransportKey, String)>,
}

/// The content of a line of CSV.
pub(super) enum Content<'a> {
    /// Nothing: a line for a spreadsheet, a header of other columns, or a line of the AWS CLI without an event.
    Nothing,
    /// A header; the names of the fields.
    Header(String),
    /// The cells of a record.
    Cells { text: &'a [u8], cells: &'a [Span], time: Option<u64> },
    /// The cell with the text of a record, and its offset in the line.
    Text { text: &'a [u8], offset: Option<usize>, time: Option<u64> },
}

/// The names of fields that no other kind of log has. Aliases are names that others have, too.
const TELLING: [&str; 5] = ["srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr", "log-status"];

/// The documented fields among names, in any spelling.
#[derive(Default)]
pub(super) struct Named {
    pub(super) fields: usize,
    /// True if no other kind of log has a field of one of the names.
    is_telling: bool,
    has_interface: bool,
}

impl Named {
    /// Counts a name. False if it is not that of a field.
    pub(super) fn add(&mut self, name: &str) -> bool {
        let name = as_in_format(name);
        let Some(field) = Field::of_name(&name) else { return false };
        self.fields += 1;
        self.is_telling |= TELLING.iter().any(|telling| same_letters(telling, &name));
        self.has_interface |= field == Field::InterfaceId;
        true
    }

    /// True if the names are those of a flow log.
    pub(super) fn tells(&self) -> bool {
        self.is_telling || (self.has_interface && self.fields >= MANY_FIELDS)
    }
}

impl Rows {
    /// Reads a line of CSV, and the values of its transport if there are to be any.
    pub(super) fn read(&mut self, line: &[u8], delimiter: u8, has_transport: bool) -> Row<'_> {
        self.start(line);
        let mut row = Row { content: Content::Nothing, transport: Vec::new() };
        // A line for spreadsheets.
        if line.strip_prefix(b"sep=") == Some(&[delimiter]) {
            return row;
        }
        // A rule of a table.
        if delimiter == b'|' && line.iter().all(|byte| b"|+-=: ".contains(byte)) {
            return row;
        }
        self.split(line.len(), delimiter);
        if delimiter == b'\t' && self.take_events(has_transport) {
            return row;
        }
        if self.take_names(line.len(), has_transport) {
            let is_text = self.columns.iter().any(|column| column.role == Role::Text);
            self.is_new = true;
            if let Some(names) = self.header().filter(|_| !is_text) {
                row.content = Content::Header(names);
            }
            return row;
        }
        let mut text = None;
        for (index, cell) in self.split.iter().enumerate() {
            match self.columns.get(index).map(|column| column.role) {
                None | Some(Role::Field(_)) => self.cells.push(*cell),
                Some(Role::Text) => text = Some(*cell),
                Some(Role::Time) => self.time = self.time.or(outer::time(cell.of(&self.text))),
                Some(Role::Transport(TransportKey::IngestionTime)) => self.late = outer::time(cell.of(&self.text)),
                Some(Role::Transport(_) | Role::Unused) => {}
            }
            let key = self.columns.get(index).filter(|_| has_transport).and_then(Column::transport);
            if let (Some(key), Ok(value)) = (key, std::str::from_utf8(cell.of(&self.text))) {
                transport::read(key, value, &mut |key, value| row.transport.push((key, value)));
            }
        }
        let time = self.time.or(self.late);
        row.content = match text {
            Some(cell) => {
                let offset = (cell.end <= line.len()).then_some(cell.start);
                Content::Text { text: cell.of(&self.text), offset, time }
            }
            None => {
                self.complete();
                Content::Cells { text: &self.text, cells: &self.cells, time }
            }
        };
        row
    }

    /// Starts a row.
    pub(super) fn start(&mut self, line: &[u8]) {
        self.number += 1;
        self.text.clear();
        self.text.extend_from_slice(line);
        self.text.push(b'-');
        self.split.clear();
        self.cells.clear();
        self.cells.resize(self.fields, Span { start: line.len(), end: line.len() + 1 });
        self.time = None;
        self.late = None;
    }

    /// Adds a member of an object.
    pub(super) fn add(&mut self, name: &str, value: Span, line: &[u8]) {
        // Objects of a log have their members in one order. A name that an object has twice is another column.
        let index = self.split.len();
        self.split.push(value);
        let is_it = |column: &Column| column.name == name && column.row != self.number;
        let at_index = self.columns.get(index).filter(|column| is_it(column)).map(|_| index);
        let role = match at_index.or_else(|| self.columns.iter().position(is_it)) {
            Some(known) => self.columns.get_mut(known).map_or(Role::Unused, |column| {
                column.row = self.number;
                column.role
            }),
            // One more than a format may have is enough for the error.
            None if self.columns.len() > MAX_COLUMNS => return,
            None => self.push(name, self.role_of_member(name)),
        };
        let absent = Span { start: line.len(), end: line.len() + 1 };
        if let Role::Field(number) = role {
            self.cells.resize(self.cells.len().max(number + 1), absent);
        }
        let text = value.of(line);
        let cell = match text {
            b"null" | b"\"\"" => return,
            [b'"', .., b'"'] if !text.contains(&b'\\') => Span { start: value.start + 1, end: value.end - 1 },
            [b'"', ..] => {
                let start = self.text.len();
                self.text.extend_from_slice(json::string_of(text).unwrap_or_default().as_bytes());
                Span { start, end: self.text.len() }
            }
            _ => value,
        };
        match role {
            Role::Field(number) => {
                if let Some(to) = self.cells.get_mut(number) {
                    *to = cell;
                }
            }
            Role::Time => self.time = self.time.or(outer::time(cell.of(&self.text))),
            Role::Transport(_) => self.late = outer::time(cell.of(&self.text)),
            Role::Text | Role::Unused => {}
        }
    }

    /// Returns the names of the fields, with a space between them, if there are new ones.
    pub(super) fn header(&mut self) -> Option<String> {
        if !std::mem::take(&mut self.is_new) {
            return None;
        }
        let fields = self.columns.iter().filter(|column| matches!(column.role, Role::Field(_)));
        let names: Vec<String> = fields.map(|column| as_in_format(&column.name)).collect();
        self.format = Format::from_names(&names).ok();
        Some(names.join(" "))
    }

    /// Returns the text and the cells of an object, and its time.
    pub(super) fn row(&mut self) -> (&[u8], &[Span], Option<u64>) {
        self.complete();
        (&self.text, &self.cells, self.time.or(self.late))
    }

    /// Completes the cells of a row. Of two columns of a field, an absent one has the other's value. The digits of an account
    /// are a text, also where a table of numbers has written them.
    fn complete(&mut self) {
        let Some(format) = &self.format else { return };
        let absent = Span { start: self.text.len(), end: self.text.len() };
        let cell = |cells: &[Span], index: usize| {
            cells.get(index).copied().filter(|cell| cell.of(&self.text) != b"-").unwrap_or(absent)
        };
        // The first has the value of any other, before the others have its value.
        for is_of_first in [true, false] {
            for &(first, second) in format.repeats() {
                let (to, from) = if is_of_first { (first, second) } else { (second, first) };
                let value = cell(&self.cells, from);
                if value != absent && cell(&self.cells, to) == absent {
                    self.cells.get_mut(to).into_iter().for_each(|cell| *cell = value);
                }
            }
        }
        for (column, cell) in format.columns().iter().zip(&mut self.cells) {
            if column.kind() == Kind::Account {
                cell.end = cell.start + without_fraction(cell.of(&self.text)).len();
            }
        }
    }

    /// Adds a column. Only a field has a name.
    fn push(&mut self, name: &str, role: Role) -> Role {
        let role = match role {
            Role::Field(_) if as_in_format(name).is_empty() => Role::Unused,
            Role::Field(_) => {
                self.is_new = true;
                self.fields += 1;
                Role::Field(self.fields - 1)
            }
            other => other,
        };
        self.columns.push(Column { name: name.to_owned(), role, row: self.number });
        role
    }

    /// Returns the role of a member of an object.
    fn role_of_member(&self, name: &str) -> Role {
        match name {
            "@ingestionTime" => Role::Transport(TransportKey::IngestionTime),
            _ if transport::is_time(name) => Role::Time,
            _ => Role::Field(self.fields),
        }
    }

    /// Sets columns that a line names.
    fn set_columns(&mut self, names: &[&str], has_transport: bool) {
        let has_text = has_text(names);
        self.columns.clear();
        self.fields = 0;
        for name in names {
            let role = match transport::key(name) {
                _ if has_text && TEXTS.contains(name) => Role::Text,
                Some(TransportKey::Time) if has_text || transport::is_time(name) => Role::Time,
                // Beside fields, only names with an at sign are those of a query, and not of a field.
                Some(key) if has_text || (has_transport && name.starts_with('@')) => Role::Transport(key),
                _ => self.role_of_member(name),
            };
            self.push(name, role);
        }
        self.cells.clear();
    }

    /// Takes the cells as an event that the AWS CLI prints, and has its columns read. True if they are another line of it.
    fn take_events(&mut self, has_transport: bool) -> bool {
        let cells: Vec<&[u8]> = self.split.iter().map(|cell| cell.of(&self.text)).collect();
        let is_token = |cell: &&[u8]| matches!(cell, [b'b' | b'f', b'/', rest @ ..] if rest.len() >= 40 && rest.iter().take(40).all(u8::is_ascii_digit));
        match cells.as_slice() {
            [b"SEARCHEDLOGSTREAMS" | b"NEXTTOKEN", ..] => true,
            [first, rest @ ..] if *first == EVENTS.as_bytes() => {
                if let Some(names) = EVENT_COLUMNS.iter().find(|names| names.len() == rest.len()) {
                    let names = || [EVENTS].into_iter().chain(names.iter().copied());
                    if !self.columns.iter().map(|column| column.name.as_str()).eq(names()) {
                        self.set_columns(&names().collect::<Vec<_>>(), has_transport);
                    }
                }
                false
            }
            cells => cells.iter().all(is_token),
        }
    }

    /// Takes the cells as the names of columns, if they are a header.
    fn take_names(&mut self, len: usize, has_transport: bool) -> bool {
        let mut names: Vec<&str> = Vec::new();
        let absent = Span { start: len, end: len + 1 };
        for cell in &self.split {
            match std::str::from_utf8(cell.of(&self.text)) {
                // A column without a name, as tables with an index have it.
                _ if *cell == absent => names.push(""),
                Ok(name) if is_name(name) => names.push(name),
                _ => return false,
            }
        }
        let mut named = Named::default();
        let mut others = 0;
        for name in &names {
            let is_other = !named.add(name) && !name.is_empty() && !name.starts_with('@') && !transport::is_time(name);
            others += usize::from(is_other);
        }
        let are_fields = named.tells() && named.fields >= 2 && named.fields > others;
        if !has_text(&names) && !are_fields {
            return false;
        }
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        self.set_columns(&names.iter().map(String::as_str).collect::<Vec<_>>(), has_transport);
        true
    }

    /// Splits the line at the start of the text into cells.
    #[inline(never)]
    fn split(&mut self, len: usize, delimiter: u8) {
        let absent = Span { start: len, end: len + 1 };
        self.cells.clear();
        let mut at = 0;
        loop {
            let line = self.text.get(..len).unwrap_or_default();
            let rest = line.get(at..).unwrap_or_default();
            let blanks = rest.iter().take_while(|byte| is_blank(**byte) && **byte != delimiter).count();
            let start = at + blanks;
            let mut cell;
            let end;
            if line.get(start) == Some(&b'"') {
                let (inner, has_quotes) = quoted(line, start + 1);
                cell = inner;
                let after = line.get(inner.end..).unwrap_or_default();
                end = inner.end + memchr::memchr(delimiter, after).unwrap_or(after.len());
                if has_quotes {
                    let single = inner.of(line).to_vec();
                    let from = self.text.len();
                    let mut was_quote = false;
                    for byte in single {
                        was_quote = byte == b'"' && !was_quote;
                        if !was_quote || byte != b'"' {
                            self.text.push(byte);
                        }
                    }
                    cell = Span { start: from, end: self.text.len() };
                }
            } else {
                let rest = line.get(start..).unwrap_or_default();
                end = start + memchr::memchr(delimiter, rest).unwrap_or(rest.len());
                let text = line.get(start..end).unwrap_or_default().trim_ascii_end();
                cell = Span { start, end: start + text.len() };
            }
            self.split.push(if cell.end <= cell.start { absent } else { cell });
            if end >= len || self.split.len() > MAX_COLUMNS {
                break;
            }
            at = end + 1;
        }
    }
}

/// Returns a quoted text from after its first quote, and whether it has doubled quotes.
fn quoted(line: &[u8], start: usize) -> (Span, bool) {
    let mut at = start;
    let mut has_quotes = false;
    loop {
        let rest = line.get(at..).unwrap_or_default();
        match memchr::memchr(b'"', rest) {
            Some(quote) if rest.get(quote + 1) == Some(&b'"') => {
                has_quotes = true;
                at += quote + 2;
            }
            Some(quote) => return (Span { start, end: at + quote }, has_quotes),
            None => return (Span { start, end: line.len() }, has_quotes),
        }
    }
}

/// True if a cell may be the name of a column.
fn is_name(text: &str) -> bool {
    let is_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | ' ');
    text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '@' | '_'))
        && text.len() <= 64
        && text.chars().all(is_char)
}

/// Returns the name of a column as a format may have it: with letters, digits, hyphens and underscores. Elastic's prefix for
/// fields is not a part of it.
pub(crate) fn as_in_format(name: &str) -> String {
    let name = name.strip_prefix("aws.vpcflow.").unwrap_or(name);
    let is_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name: String = name.chars().map(|c| if is_char(c) { c } else { '_' }).take(64).collect();
    name.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_owned()
}

/// True if a column of several has the text of a record.
fn has_text(names: &[&str]) -> bool {
    names.len() > 1 && names.iter().any(|name| TEXTS.contains(name))
}

impl Column {
    /// Returns the value of a transport that the column has.
    fn transport(&self) -> Option<TransportKey> {
        match self.role {
            Role::Transport(key) => Some(key),
            Role::Time => Some(TransportKey::Time),
            Role::Field(_) | Role::Text | Role::Unused => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the cells of lines; a header is `#`.
    fn rows(lines: &[&str], delimiter: u8) -> Vec<String> {
        let mut rows = Rows::default();
        let read = |line: &&str| match rows.read(line.as_bytes(), delimiter, false).content {
            Content::Nothing | Content::Header(_) => "#".to_owned(),
            Content::Text { text, offset, .. } => format!("{offset:?} {}", String::from_utf8_lossy(text)),
            Content::Cells { text, cells, .. } => {
                let texts = cells.iter().map(|cell| String::from_utf8_lossy(cell.of(text)).into_owned());
                texts.collect::<Vec<String>>().join("|")
            }
        };
        lines.iter().map(read).collect()
    }

    #[test]
    fn cells_are_those_of_rfc_4180() {
        assert_eq!(rows(&["a,b"], b','), ["a|b"]);
        assert_eq!(rows(&["", ",", " a , b "], b','), ["-", "-|-", "a|b"]);
        assert_eq!(rows(&["\"a,b\",c,\"\"", "\"a \"\"b\"\"\",\"\"\"\""], b','), ["a,b|c|-", "a \"b\"|\""]);
        assert_eq!(rows(&["\"open,b", "\"a\"x,b"], b','), ["open,b", "a|b"]);
        assert_eq!(rows(&["a b\t\tc"], b'\t'), ["a b|-|c"]);
        assert_eq!(rows(&["1;2,5"], b';'), ["1|2,5"]);
    }

    #[test]
    fn a_header_names_the_columns() {
        assert_eq!(rows(&["srcaddr,dstPort", "a,b", "srcaddr,dstPort"], b','), ["#", "a|b", "#"]);
        assert_eq!(rows(&["@timestamp,srcaddr,dstPort", "t,a,b"], b','), ["#", "a|b"]);
        assert_eq!(rows(&["id,message", "1,\"a \"\"b\"\"\"", "22,c d"], b','), ["#", "None a \"b\"", "Some(3) c d"]);
        // These are fields of any table.
        assert_eq!(rows(&["start,end,action"], b','), ["start|end|action"]);
    }

    #[test]
    fn cells_without_end_are_cut() {
        assert_eq!(rows(&[&",".repeat(5_000)], b',')[0].matches('-').count(), MAX_COLUMNS + 1);
    }
}
