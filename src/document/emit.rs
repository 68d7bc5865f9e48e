//! The ways to write a value.

use super::community_id::{End, Flow};
use super::source::without_zeros;
use super::{Memory, Source};
use crate::base::output::{copy, put, put_block, put_bytes};
use crate::base::span::Span;
use crate::base::time::rfc3339;
use crate::geo::Fragment;
use crate::record::transport::TransportKey;
use crate::schema::protocol::{TCP_FLAGS, protocol_keyword};
use crate::schema::{Addresses, Family, Keywords};
use crate::value::{Value, percent_decoded};

/// A value that differs between records: a string unless its variant says otherwise. Numbers are columns.
///
/// Strings are not an enum of their own, since writing a document matches on this one for every value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Emit {
    Token(usize),
    TokenOrDash(usize),
    /// A number: an integer's digits.
    Number(usize),
    /// The same as a string.
    Digits(usize),
    Lower(usize),
    Time(usize),
    Outcome(usize, &'static str, &'static str),
    Transport(usize, Keywords),
    NetworkType {
        kind: Option<usize>,
        addresses: Vec<usize>,
        family: Family,
    },
    CommunityId {
        addresses: [usize; 2],
        ports: [Option<usize>; 2],
        protocol: usize,
    },
    Rare(Rare),
    /// A list of strings that need no escape.
    List(List),
    /// An object that is looked up for the source's address (0) or the destination's (1), as JSON.
    LookedUp(usize, Fragment),
}

/// The form of a value in JSON, by the letter that describes a gap to JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A string, whose quotes are in the text around it.
    String = b's' as isize,
    /// A number.
    Number = b'n' as isize,
    /// A list of strings.
    List = b'l' as isize,
    /// Any JSON text.
    Json = b'j' as isize,
}

/// A string that few logs have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rare {
    Tag(usize),
    Line,
    Now,
    /// The time of the record's envelope, else the time of parsing.
    OuterTime,
    Transport(TransportKey),
    ErrorMessage,
    ErrorCode,
}

/// A value that is a list of strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum List {
    EventType(Option<usize>),
    RelatedIp(Vec<usize>, Addresses),
    FlagNames { column: usize, empty: bool },
}

impl Emit {
    /// Returns the value's form in JSON.
    pub(super) fn form(&self) -> Form {
        match self {
            Emit::Token(_)
            | Emit::TokenOrDash(_)
            | Emit::Digits(_)
            | Emit::Lower(_)
            | Emit::Time(_)
            | Emit::Outcome(..)
            | Emit::Transport(..)
            | Emit::NetworkType { .. }
            | Emit::CommunityId { .. }
            | Emit::Rare(_) => Form::String,
            Emit::Number(_) => Form::Number,
            Emit::List(_) => Form::List,
            Emit::LookedUp(..) => Form::Json,
        }
    }

    /// True if a record may lack the value though it has the columns.
    pub(super) fn is_conditional(&self) -> bool {
        match self {
            Emit::Transport(..)
            | Emit::NetworkType { .. }
            | Emit::CommunityId { .. }
            | Emit::List(List::FlagNames { .. }) => true,
            Emit::LookedUp(..) | Emit::Rare(Rare::Transport(_)) => true,
            Emit::Token(_)
            | Emit::TokenOrDash(_)
            | Emit::Number(_)
            | Emit::Digits(_)
            | Emit::Lower(_)
            | Emit::Time(_)
            | Emit::Outcome(..)
            | Emit::Rare(_)
            | Emit::List(List::EventType(_) | List::RelatedIp(..)) => false,
        }
    }

    /// True if the record has the value.
    pub(super) fn is_present(&self, source: &Source<'_>) -> bool {
        match self {
            Emit::Token(column)
            | Emit::Number(column)
            | Emit::Digits(column)
            | Emit::Lower(column)
            | Emit::Time(column)
            | Emit::Outcome(column, ..)
            | Emit::Rare(Rare::Tag(column)) => source.has(*column),
            Emit::Transport(column, keywords) => transport(source, *column, *keywords).is_some(),
            Emit::NetworkType { kind, addresses, family } => network_type(source, *kind, addresses, *family).is_some(),
            Emit::CommunityId { addresses: [from, to], protocol, .. } => {
                source.has(*from) && source.has(*to) && source.integer(*protocol).is_some_and(|number| number < 255)
            }
            Emit::List(list) => list.is_present(source),
            Emit::LookedUp(end, fragment) => !source.looked_up(*end, *fragment).is_empty(),
            Emit::Rare(Rare::Transport(key)) => source.transport.get(*key).is_some(),
            Emit::Rare(Rare::ErrorMessage | Rare::ErrorCode) => source.error.is_some(),
            Emit::TokenOrDash(_) | Emit::Rare(Rare::Line | Rare::Now | Rare::OuterTime) => true,
        }
    }

    /// Adds one to the count of each column that the value copies; of all columns, if it copies the line.
    pub(super) fn count_copies(&self, copies: &mut [usize]) {
        let mut count = |column: usize| {
            if let Some(copies) = copies.get_mut(column) {
                *copies += 1;
            }
        };
        match self {
            Emit::Token(column)
            | Emit::TokenOrDash(column)
            | Emit::Number(column)
            | Emit::Digits(column)
            | Emit::Lower(column)
            | Emit::Rare(Rare::Tag(column)) => count(*column),
            Emit::List(List::RelatedIp(columns, _)) => columns.iter().for_each(|column| count(*column)),
            Emit::Rare(Rare::Line) => copies.iter_mut().for_each(|copies| *copies += 1),
            Emit::Time(_)
            | Emit::Outcome(..)
            | Emit::Transport(..)
            | Emit::NetworkType { .. }
            | Emit::CommunityId { .. }
            | Emit::Rare(Rare::Now | Rare::OuterTime | Rare::Transport(_) | Rare::ErrorMessage | Rare::ErrorCode)
            | Emit::List(List::EventType(_) | List::FlagNames { .. })
            | Emit::LookedUp(..) => {}
        }
    }

    /// Writes the value, which the record has, into a buffer from an offset on, and returns where it ends. Of a string, it
    /// writes what is between the quotes.
    #[inline(always)]
    pub(super) fn write(&self, source: &Source<'_>, buffer: &mut [u8], at: usize, memory: &mut Memory) -> usize {
        match self {
            Emit::Token(column) | Emit::TokenOrDash(column) => source.write_text(source.span(*column), buffer, at),
            Emit::Number(column) | Emit::Digits(column) => source.write_digits(*column, buffer, at),
            Emit::Time(column) => match source.value(*column) {
                Value::Time(millis) => put(memory.times.rfc3339(millis), buffer, at),
                Value::Absent | Value::Text | Value::Integer(_) | Value::V4(_) | Value::V6 => at,
            },
            Emit::List(list) => list.write(source, buffer, at),
            Emit::Outcome(column, accept, reject) => {
                let text = if accepted(source, *column) == Some(true) { accept } else { reject };
                put_bytes(text.as_bytes(), buffer, at)
            }
            Emit::Transport(column, keywords) => {
                put_bytes(transport(source, *column, *keywords).unwrap_or_default().as_bytes(), buffer, at)
            }
            Emit::NetworkType { kind, addresses, family } => {
                put(network_type(source, *kind, addresses, *family).unwrap_or(b"    "), buffer, at)
            }
            Emit::Lower(column) => {
                let end = source.write_text(source.span(*column), buffer, at);
                if let Some(text) = buffer.get_mut(at..end) {
                    text.iter_mut().for_each(|byte| byte.make_ascii_lowercase());
                }
                end
            }
            Emit::CommunityId { addresses: [from, to], ports, protocol } => {
                let port = |column: Option<usize>| column.and_then(|column| source.integer(column)).unwrap_or(0) as u16;
                let [from_port, to_port] = *ports;
                let ports = [port(from_port), port(to_port)];
                let protocol = source.integer(*protocol).unwrap_or(0) as u8;
                let end = |column: usize| End::of(source.value(column), source.token(column));
                let flow = end(*from).zip(end(*to)).and_then(|(from, to)| Flow::of_record([from, to], ports, protocol));
                let at = put(b"1:", buffer, at);
                match flow {
                    Some(flow) => memory.ids.write(&flow, buffer, at),
                    None => at,
                }
            }
            Emit::Rare(rare) => rare.write(source, buffer, at),
            Emit::LookedUp(end, fragment) => put_bytes(source.looked_up(*end, *fragment), buffer, at),
        }
    }
}

impl Rare {
    /// Writes the inside of the string, and returns where it ends.
    #[inline(never)]
    fn write(&self, source: &Source<'_>, buffer: &mut [u8], at: usize) -> usize {
        match self {
            Rare::Tag(column) => match percent_decoded(source.token(*column)) {
                Some(text) => source.write_other(text.as_bytes(), buffer, at),
                None => source.write_text(source.span(*column), buffer, at),
            },
            Rare::Line => source.write_text(Span { start: 0, end: source.len }, buffer, at),
            Rare::Now => put_bytes(source.now.as_bytes(), buffer, at),
            Rare::OuterTime => match source.outer_time {
                Some(millis) => put(&rfc3339(millis), buffer, at),
                None => put_bytes(source.now.as_bytes(), buffer, at),
            },
            Rare::Transport(key) => {
                source.write_other(source.transport.get(*key).unwrap_or_default().as_bytes(), buffer, at)
            }
            Rare::ErrorMessage => {
                let message = source.error.map(ToString::to_string).unwrap_or_default();
                source.write_other(message.as_bytes(), buffer, at)
            }
            Rare::ErrorCode => put_bytes(source.error.map_or("", |error| error.code().as_str()).as_bytes(), buffer, at),
        }
    }
}

impl List {
    fn is_present(&self, source: &Source<'_>) -> bool {
        match self {
            List::EventType(_) => true,
            List::RelatedIp(columns, addresses) => match addresses {
                Addresses::Pair => columns.iter().all(|column| source.has(*column)),
                Addresses::Unique | Addresses::UniqueInFormatOrder => columns.iter().any(|column| source.has(*column)),
            },
            List::FlagNames { column, empty } => {
                source.integer(*column).is_some_and(|flags| flags & NAMED_FLAGS != 0 || *empty)
            }
        }
    }

    /// Writes the list as JSON, and returns where it ends.
    #[inline(always)]
    fn write(&self, source: &Source<'_>, buffer: &mut [u8], at: usize) -> usize {
        let start = put(b"[", buffer, at);
        let mut end = start;
        self.parts(source, |part| {
            let quoted = if end == start { put(b"\"", buffer, end) } else { put(b",\"", buffer, end) };
            end = part.write(source, buffer, quoted);
            end = put(b"\"", buffer, end);
        });
        put(b"]", buffer, end)
    }

    /// Calls `each` with every string of the list.
    #[inline(always)]
    pub(super) fn parts(&self, source: &Source<'_>, mut each: impl FnMut(Part)) {
        match self {
            List::EventType(column) => {
                each(Part::Word(&CONNECTION));
                match column.and_then(|column| accepted(source, column)) {
                    Some(true) => each(Part::Word(&ALLOWED)),
                    Some(false) => each(Part::Word(&DENIED)),
                    None => {}
                }
            }
            List::RelatedIp(columns, addresses) => {
                for (index, column) in columns.iter().enumerate().filter(|(_, column)| source.has(**column)) {
                    let mut before = columns.iter().take(index);
                    if *addresses == Addresses::Pair || !before.any(|other| is_same(source, *other, *column)) {
                        each(Part::Token(*column));
                    }
                }
            }
            List::FlagNames { column, .. } => {
                let flags = source.integer(*column).unwrap_or(0);
                let is_set = |(bit, _): &(usize, &Word)| flags >> bit & 1 == 1;
                FLAGS.iter().enumerate().filter(is_set).for_each(|(_, name)| each(Part::Word(name)));
            }
        }
    }

    /// Returns the most strings that the list can have.
    pub(super) fn most_parts(&self) -> usize {
        match self {
            List::EventType(_) => 2,
            List::RelatedIp(columns, _) => columns.len(),
            List::FlagNames { .. } => FLAGS.len(),
        }
    }
}

/// True if the action is ACCEPT, false if it is REJECT, `None` if it is absent.
#[inline(always)]
fn accepted(source: &Source<'_>, column: usize) -> Option<bool> {
    source.has(column).then(|| source.token(column).first() == Some(&b'A'))
}

fn transport(source: &Source<'_>, column: usize, keywords: Keywords) -> Option<&'static str> {
    let number = u8::try_from(source.integer(column)?).ok()?;
    let has_zeros = || without_zeros(source.span(column), source.text) != source.span(column);
    let named = keywords.has(number) && !(keywords.is_by_text() && has_zeros());
    protocol_keyword(number).filter(|_| named)
}

fn network_type(
    source: &Source<'_>,
    kind: Option<usize>,
    addresses: &[usize],
    family: Family,
) -> Option<&'static [u8; 4]> {
    // The types are IPv4, IPv6, EFA and none.
    match kind.and_then(|column| source.token(column).last()) {
        Some(b'4') => return Some(b"ipv4"),
        Some(b'6') => return Some(b"ipv6"),
        _ => {}
    }
    let address = addresses.iter().copied().find(|column| source.has(*column))?;
    let dotted = matches!(source.value(address), Value::V4(_))
        || (family == Family::SourceDot && source.token(address).contains(&b'.'));
    Some(if dotted { b"ipv4" } else { b"ipv6" })
}

/// True if two addresses have the same text.
#[inline(always)]
fn is_same(source: &Source<'_>, left: usize, right: usize) -> bool {
    match (source.value(left), source.value(right)) {
        // An IPv4 address has one text only.
        (Value::V4(left), Value::V4(right)) => left == right,
        _ => source.token(left) == source.token(right),
    }
}

/// A string of a list.
pub(super) enum Part {
    /// The token of a column.
    Token(usize),
    Word(&'static Word),
}

/// A short text in a block of sixteen bytes, which is copied at once.
pub(super) struct Word {
    block: [u8; 16],
    len: usize,
}

impl Word {
    const fn of(text: &str) -> Word {
        let mut block = [0; 16];
        let mut len = 0;
        while len < text.len() {
            block[len] = text.as_bytes()[len];
            len += 1;
        }
        Word { block, len }
    }
}

const CONNECTION: Word = Word::of("connection");

const ALLOWED: Word = Word::of("allowed");

const DENIED: Word = Word::of("denied");

/// The flags' names, from the lowest bit up.
const FLAGS: [Word; TCP_FLAGS.len()] = {
    let mut words = [const { Word::of("") }; TCP_FLAGS.len()];
    let mut bit = 0;
    while bit < TCP_FLAGS.len() {
        words[bit] = Word::of(TCP_FLAGS[bit]);
        bit += 1;
    }
    words
};

/// The bits of flags that have a name.
const NAMED_FLAGS: u64 = (1 << FLAGS.len()) - 1;

impl Part {
    /// Writes the string, which needs no escape, and returns where it ends.
    #[inline(always)]
    pub(super) fn write(&self, source: &Source<'_>, buffer: &mut [u8], at: usize) -> usize {
        match self {
            Part::Token(column) => {
                let Span { start, end } = source.span(*column);
                copy(source.text, start, end, buffer, at)
            }
            Part::Word(word) => put_block(&word.block, word.len, buffer, at),
        }
    }
}
