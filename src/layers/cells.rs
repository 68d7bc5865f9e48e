//! Rows: the cells of a line of CSV or TSV, and the members of a JSON object, as the columns of a format.
//!
//! A cell is a part of its line wherever that is possible, so that an error has its column. Other cells, absent ones and
//! those with escapes, are after the line in the same text.
//!
//! Source: RFC 4180.

use crate::base::span::Span;
use crate::base::tokens::is_blank;
use crate::field::Field;
use crate::format::MAX_COLUMNS;
use crate::json;

use super::outer;

/// The documented fields from which on an object with other members, too, is a record.
pub(super) const MIN_FIELDS: usize = 4;

/// The names of columns with the text of a record.
const TEXTS: [&str; 5] = ["message", "@message", "log", "_raw", "event.original"];

/// The names of columns with the time of an event.
const TIMES: [&str; 5] = ["timestamp", "@timestamp", "time", "_time", "@ingestionTime"];

/// The rows of an input. The buffers are reused.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The columns that have been named.
    columns: Vec<Column>,
    /// The number of columns that are fields.
    fields: usize,
    /// True if there are fields that have not been handed over.
    is_new: bool,
    /// The line being read, and after it the cells that are not a part of it. The first is an absent one.
    text: Vec<u8>,
    /// All cells of a line of CSV.
    split: Vec<Span>,
    /// The cells of the fields.
    cells: Vec<Span>,
    /// The time of the event.
    time: Option<u64>,
}

/// A column that has been named.
#[derive(Debug)]
struct Column {
    name: String,
    role: Role,
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
    /// A field that another column has.
    Unused,
}

/// A line of CSV, read.
pub(super) enum Row<'a> {
    /// A header; with the names of the fields, unless a column has their text.
    Header(Option<String>),
    /// The cells of a record.
    Cells { text: &'a [u8], cells: &'a [Span], time: Option<u64> },
    /// The cell with the text of a record, and its offset in the line.
    Text { text: &'a [u8], offset: Option<usize>, time: Option<u64> },
}

/// Returns the documented field of a name in any spelling.
pub(super) fn named(name: &str) -> Option<Field> {
    let name = name.replace(' ', "-");
    Field::named(&name).or_else(|| Field::with_alias(&name))
}

/// True if no other kind of log has a field of that name, in any spelling. Aliases are names that others have, too.
pub(super) fn is_telling(name: &str) -> bool {
    let letters =
        || name.bytes().filter(|byte| !matches!(byte, b'-' | b'_' | b' ')).map(|byte| byte.to_ascii_lowercase());
    TELLING.iter().any(|telling| letters().eq(telling.bytes()))
}

/// The names of such fields, without hyphens.
const TELLING: [&str; 5] = ["srcaddr", "dstaddr", "pktsrcaddr", "pktdstaddr", "logstatus"];

impl Rows {
    /// Reads a line of CSV.
    pub(super) fn read(&mut self, line: &[u8], delimiter: u8) -> Row<'_> {
        self.start(line);
        // A line for spreadsheets.
        if line.strip_prefix(b"sep=") == Some(&[delimiter]) {
            return Row::Header(None);
        }
        self.split(line.len(), delimiter);
        if self.take_names(line.len()) {
            let is_text = self.columns.iter().any(|column| column.role == Role::Text);
            self.is_new = true;
            return Row::Header(if is_text { None } else { self.header() });
        }
        let mut text = None;
        for (index, cell) in self.split.iter().enumerate() {
            match self.columns.get(index).map(|column| column.role) {
                None | Some(Role::Field(_)) => self.cells.push(*cell),
                Some(Role::Text) => text = Some(*cell),
                Some(Role::Time) => self.time = outer::time(cell.of(&self.text)),
                Some(Role::Unused) => {}
            }
        }
        let time = self.time;
        match text {
            Some(cell) => {
                let offset = (cell.end <= line.len()).then_some(cell.start);
                Row::Text { text: cell.of(&self.text), offset, time }
            }
            None => Row::Cells { text: &self.text, cells: &self.cells, time },
        }
    }

    /// Starts a row.
    pub(super) fn start(&mut self, line: &[u8]) {
        self.text.clear();
        self.text.extend_from_slice(line);
        self.text.push(b'-');
        self.split.clear();
        self.cells.clear();
        self.cells.resize(self.fields, Span { start: line.len(), end: line.len() + 1 });
        self.time = None;
    }

    /// Adds a member of an object.
    pub(super) fn add(&mut self, name: &str, value: Span, line: &[u8]) {
        // Objects of a log have their members in one order.
        let index = self.split.len();
        self.split.push(value);
        let is_it = |column: &Column| column.name == name;
        let known =
            self.columns.get(index).filter(|column| is_it(column)).or_else(|| self.columns.iter().find(|c| is_it(c)));
        let role = match known.map(|column| column.role) {
            Some(role) => role,
            // One more than a format may have is enough for the error.
            None if self.columns.len() > MAX_COLUMNS => return,
            None => self.push(name, false),
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
            Role::Time => self.time = outer::time(cell.of(&self.text)),
            Role::Text | Role::Unused => {}
        }
    }

    /// Returns the names of the fields, with a space between them, if there are new ones.
    pub(super) fn header(&mut self) -> Option<String> {
        if !std::mem::take(&mut self.is_new) {
            return None;
        }
        let fields = self.columns.iter().filter(|column| matches!(column.role, Role::Field(_)));
        let names: Vec<String> = fields.map(|column| canonical(&column.name)).collect();
        Some(names.join(" "))
    }

    /// Returns the text and the cells of an object, and its time.
    pub(super) fn row(&self) -> (&[u8], &[Span], Option<u64>) {
        (&self.text, &self.cells, self.time)
    }

    /// Adds a column.
    fn push(&mut self, name: &str, may_be_text: bool) -> Role {
        let canonical = canonical(name);
        let is_taken = |column: &Column| {
            matches!(column.role, Role::Field(_)) && crate::field::same_name(&self::canonical(&column.name), &canonical)
        };
        let role = if may_be_text && TEXTS.contains(&name) {
            Role::Text
        } else if TIMES.contains(&name) {
            Role::Time
        } else if canonical.is_empty() || self.columns.iter().any(is_taken) {
            Role::Unused
        } else {
            self.is_new = true;
            self.fields += 1;
            Role::Field(self.fields - 1)
        };
        self.columns.push(Column { name: name.to_owned(), role });
        role
    }

    /// Takes the cells as the names of columns, if they are a header.
    fn take_names(&mut self, len: usize) -> bool {
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
        let is_text = names.len() > 1 && names.iter().any(|name| TEXTS.contains(name));
        let (mut fields, mut tells) = (0, false);
        for name in names.iter().filter(|name| named(name).is_some()) {
            fields += 1;
            tells |= is_telling(name);
        }
        let others = names.iter().filter(|name| !name.is_empty() && !TIMES.contains(name)).count() - fields;
        let are_fields = tells && fields >= 2 && fields > others;
        if !is_text && !are_fields {
            return false;
        }
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        self.columns.clear();
        self.fields = 0;
        for name in &names {
            self.push(name, true);
        }
        self.cells.clear();
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

/// Returns the name of a column as a format may have it: AWS's, or one with letters, digits, hyphens and underscores.
fn canonical(name: &str) -> String {
    if let Some(field) = named(name) {
        return field.name().to_owned();
    }
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' })
        .take(64)
        .collect();
    name.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the cells of lines; a header is `#`.
    fn rows(lines: &[&str], delimiter: u8) -> Vec<String> {
        let mut rows = Rows::default();
        let read = |line: &&str| match rows.read(line.as_bytes(), delimiter) {
            Row::Header(_) => "#".to_owned(),
            Row::Text { text, offset, .. } => format!("{offset:?} {}", String::from_utf8_lossy(text)),
            Row::Cells { text, cells, .. } => {
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
