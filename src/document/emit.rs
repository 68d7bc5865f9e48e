//! The ways to write a value.

use super::community_id::{End, Flow};
use super::source::without_zeros;
use super::{Memory, Source};
use crate::base::output::{copy, put, put_block, put_bytes};
use crate::base::span::Span;
use crate::geo::Fragment;
use crate::schema::protocol::{elastic_names, protocol_keyword};
use crate::schema::{Addresses, Family, Keywords};
use crate::value::{Value, percent_decoded};

/// How to write a value. Numbers are columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Emit {
    Text(usize),
    TextOrDash(usize),
    Tag(usize),
    Integer(usize),
    Digits(usize),
    Lower(usize),
    Time(usize),
    ConstantIfAny(Vec<usize>, &'static str),
    EventType(Option<usize>),
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
    RelatedIp(Vec<usize>, Addresses),
    FlagNames {
        column: usize,
        empty: bool,
    },
    /// An object of the source's address (0) or of the destination's (1).
    LookedUp(usize, Fragment),
    Line,
    Now,
    ErrorMessage,
    ErrorCode,
    Json(Vec<u8>),
    Nothing,
}

impl Emit {
    /// What JSON has for the value: `s`, a string, whose quotes are written with the key; `n`, a number; `l`, a list of
    /// strings that need no escape; `j`, something else.
    pub(super) fn kind(&self) -> char {
        match self {
            Emit::Integer(_) => 'n',
            _ if self.most_parts().is_some() => 'l',
            Emit::ConstantIfAny(..) | Emit::LookedUp(..) | Emit::Json(_) | Emit::Nothing => 'j',
            _ => 's',
        }
    }

    /// The value, if it is the same for all records that have it.
    pub(super) fn constant(&self) -> Option<&[u8]> {
        match self {
            Emit::ConstantIfAny(_, json) => Some(json.as_bytes()),
            Emit::Json(json) => Some(json),
            _ => None,
        }
    }

    /// Whether a record may lack the value though it has the columns.
    pub(super) fn is_conditional(&self) -> bool {
        matches!(
            self,
            Emit::Transport(..)
                | Emit::NetworkType { .. }
                | Emit::CommunityId { .. }
                | Emit::FlagNames { .. }
                | Emit::LookedUp(..)
        )
    }

    /// Whether the record has the value.
    pub(super) fn is_present(&self, source: &Source<'_>) -> bool {
        match self {
            Emit::Text(column)
            | Emit::Tag(column)
            | Emit::Integer(column)
            | Emit::Digits(column)
            | Emit::Lower(column)
            | Emit::Time(column)
            | Emit::Outcome(column, ..) => source.has(*column),
            Emit::ConstantIfAny(columns, _) => columns.iter().any(|column| source.has(*column)),
            Emit::Transport(column, keywords) => transport(source, *column, *keywords).is_some(),
            Emit::NetworkType { kind, addresses, family } => network_type(source, *kind, addresses, *family).is_some(),
            Emit::CommunityId { addresses: [from, to], protocol, .. } => {
                source.has(*from) && source.has(*to) && source.integer(*protocol).is_some_and(|number| number < 255)
            }
            Emit::RelatedIp(columns, Addresses::Pair) => columns.iter().all(|column| source.has(*column)),
            Emit::RelatedIp(columns, _) => columns.iter().any(|column| source.has(*column)),
            Emit::FlagNames { column, empty } => {
                source.integer(*column).is_some_and(|flags| flags & 0x3f != 0 || *empty)
            }
            Emit::LookedUp(end, fragment) => !source.looked_up(*end, *fragment).is_empty(),
            Emit::ErrorMessage | Emit::ErrorCode => source.error.is_some(),
            Emit::TextOrDash(_) | Emit::EventType(_) | Emit::Line | Emit::Now | Emit::Json(_) | Emit::Nothing => true,
        }
    }

    /// Counts how often each column, and the whole line, is written.
    pub(super) fn count_copies(&self, uses: &mut [usize]) {
        let mut count = |column: usize| {
            if let Some(uses) = uses.get_mut(column) {
                *uses += 1;
            }
        };
        match self {
            Emit::Text(column)
            | Emit::TextOrDash(column)
            | Emit::Tag(column)
            | Emit::Integer(column)
            | Emit::Digits(column)
            | Emit::Lower(column) => count(*column),
            Emit::RelatedIp(columns, _) => columns.iter().for_each(|column| count(*column)),
            Emit::Line => (0..uses.len()).for_each(|column| uses[column] += 1),
            _ => {}
        }
    }

    /// Writes the value, which the record has, into a room from a place on, and gives where it ends.
    #[inline(always)]
    pub(super) fn write(&self, source: &Source<'_>, room: &mut [u8], at: usize, memory: &mut Memory) -> usize {
        match self {
            Emit::Text(column) | Emit::TextOrDash(column) => source.write_text(source.span(*column), room, at),
            Emit::Integer(column) | Emit::Digits(column) => source.write_digits(*column, room, at),
            Emit::Time(column) => match source.value(*column) {
                Value::Time(millis) => put(memory.times.rfc3339(millis), room, at),
                _ => at,
            },
            Emit::EventType(_) | Emit::RelatedIp(..) | Emit::FlagNames { .. } => self.write_list(source, room, at),
            Emit::Outcome(column, accept, reject) => {
                let text = if accepted(source, *column) == Some(true) { accept } else { reject };
                put_bytes(text.as_bytes(), room, at)
            }
            Emit::Transport(column, keywords) => {
                put_bytes(transport(source, *column, *keywords).unwrap_or_default().as_bytes(), room, at)
            }
            Emit::NetworkType { kind, addresses, family } => {
                put(network_type(source, *kind, addresses, *family).unwrap_or(b"    "), room, at)
            }
            Emit::Lower(column) => {
                let end = source.write_text(source.span(*column), room, at);
                if let Some(text) = room.get_mut(at..end) {
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
                let at = put(b"1:", room, at);
                match flow {
                    Some(flow) => memory.ids.write(&flow, room, at),
                    None => at,
                }
            }
            Emit::Nothing => at,
            _ => self.write_seldom(source, room, at),
        }
    }

    /// Writes the value of a list, as JSON.
    #[inline(always)]
    fn write_list(&self, source: &Source<'_>, room: &mut [u8], at: usize) -> usize {
        let start = put(b"[", room, at);
        let mut end = start;
        self.parts(source, |part| {
            let quoted = if end == start { put(b"\"", room, end) } else { put(b",\"", room, end) };
            end = part.write(source, room, quoted);
            end = put(b"\"", room, end);
        });
        put(b"]", room, end)
    }

    /// The strings of a list, one by one; of any other value, none.
    #[inline(always)]
    pub(super) fn parts(&self, source: &Source<'_>, mut each: impl FnMut(Part)) {
        match self {
            Emit::EventType(column) => {
                each(Part::Word(&CONNECTION));
                match column.and_then(|column| accepted(source, column)) {
                    Some(true) => each(Part::Word(&ALLOWED)),
                    Some(false) => each(Part::Word(&DENIED)),
                    None => {}
                }
            }
            Emit::RelatedIp(columns, addresses) => {
                for (index, column) in columns.iter().enumerate().filter(|(_, column)| source.has(**column)) {
                    let mut before = columns.iter().take(index);
                    if *addresses == Addresses::Pair || !before.any(|other| is_same(source, *other, *column)) {
                        each(Part::Token(*column));
                    }
                }
            }
            Emit::FlagNames { column, .. } => {
                let flags = source.integer(*column).unwrap_or(0);
                let is_set = |(bit, _): &(usize, &Word)| flags >> bit & 1 == 1;
                FLAGS.iter().enumerate().filter(is_set).for_each(|(_, name)| each(Part::Word(name)));
            }
            _ => {}
        }
    }

    /// How many strings a list has at most; `None` if the value is no list.
    pub(super) fn most_parts(&self) -> Option<usize> {
        match self {
            Emit::EventType(_) => Some(2),
            Emit::RelatedIp(columns, _) => Some(columns.len()),
            Emit::FlagNames { .. } => Some(FLAGS.len()),
            _ => None,
        }
    }

    /// The same as [`Emit::write`], for what a log has seldom.
    #[inline(never)]
    fn write_seldom(&self, source: &Source<'_>, room: &mut [u8], at: usize) -> usize {
        match self {
            Emit::Tag(column) => match percent_decoded(source.token(*column)) {
                Some(text) => source.write_other(text.as_bytes(), room, at),
                None => source.write_text(source.span(*column), room, at),
            },
            Emit::LookedUp(end, fragment) => put_bytes(source.looked_up(*end, *fragment), room, at),
            Emit::Line => source.write_text(Span { start: 0, end: source.len }, room, at),
            Emit::Now => put_bytes(source.now.as_bytes(), room, at),
            Emit::ErrorMessage => {
                let message = source.error.map(ToString::to_string).unwrap_or_default();
                source.write_other(message.as_bytes(), room, at)
            }
            Emit::ErrorCode => put_bytes(source.error.map_or("", |error| error.code().as_str()).as_bytes(), room, at),
            _ => at,
        }
    }
}

/// Whether the action is ACCEPT or REJECT, of which it is one if it is there.
#[inline(always)]
fn accepted(source: &Source<'_>, column: usize) -> Option<bool> {
    source.has(column).then(|| source.token(column).first() == Some(&b'A'))
}

fn transport(source: &Source<'_>, column: usize, keywords: Keywords) -> Option<&'static str> {
    let number = u8::try_from(source.integer(column)?).ok()?;
    // Elastic's pipeline compares the token's text.
    let is_plain = || without_zeros(source.span(column), source.text) == source.span(column);
    let named = match keywords {
        Keywords::Iana => true,
        Keywords::Elastic => elastic_names(number),
        Keywords::ElasticByText => elastic_names(number) && is_plain(),
        Keywords::TcpUdp => matches!(number, 6 | 17) && is_plain(),
    };
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

/// Whether the texts of two addresses are the same.
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

/// A short text in a block of sixteen bytes, which is written at once.
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

/// The names of the low six bits, in the order of the bits.
const FLAGS: [Word; 6] =
    [Word::of("fin"), Word::of("syn"), Word::of("rst"), Word::of("psh"), Word::of("ack"), Word::of("urg")];

impl Part {
    /// Writes the string, which needs no escape, and gives where it ends.
    #[inline(always)]
    pub(super) fn write(&self, source: &Source<'_>, room: &mut [u8], at: usize) -> usize {
        match self {
            Part::Token(column) => {
                let Span { start, end } = source.span(*column);
                copy(source.text, start, end, room, at)
            }
            Part::Word(word) => put_block(&word.block, word.len, room, at),
        }
    }
}
