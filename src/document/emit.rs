//! How a value is written: as JSON, or as strings and numbers on a tape.

use super::{Memory, Settings, Source, Tape};
use crate::base::output::{copy, put, put_block, put_bytes};
use crate::base::sorted::sorted_by;
use crate::base::span::Span;
use crate::document::community_id::{End, Flow};
use crate::field::Field;
use crate::format::Format;
use crate::geo::Fragment;
use crate::json::write_escaped;
use crate::schema::protocol::{elastic_names, protocol_keyword};
use crate::schema::{Addresses, Family, How, Keywords, Outputs, Rule, Setting};
use crate::value::{Kind, Value, percent_decoded};

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

/// How a field is written by its type, or as text; a tag is decoded in any case.
pub(super) fn typed_or_text(how: How, field: Field, index: usize) -> Emit {
    match (how, field.kind()) {
        (_, Kind::Tag) => Emit::Tag(index),
        (How::Typed, Kind::Integer { .. }) => Emit::Integer(index),
        (How::Typed, Kind::Time) => Emit::Time(index),
        _ => Emit::Text(index),
    }
}

/// What a row writes, if the format and the options have what it needs.
pub(super) fn emit(rule: &Rule, format: &Format, settings: &Settings, outputs: Outputs) -> Option<Emit> {
    let columns = || rule.from.iter().filter_map(|field| format.index_of(*field)).collect::<Vec<usize>>();
    let at = |position: usize| rule.from.get(position).and_then(|field| format.index_of(*field));
    let some = |columns: Vec<usize>| if columns.is_empty() { None } else { Some(columns) };
    Some(match rule.how {
        How::Constant(json) => Emit::Json(json.into()),
        How::ConstantIfAny(json) => Emit::ConstantIfAny(some(columns())?, json),
        How::Text | How::Typed => typed_or_text(rule.how, *rule.from.first()?, at(0)?),
        How::TextOrDash => Emit::TextOrDash(at(0)?),
        How::Digits => Emit::Digits(at(0)?),
        How::Lower => Emit::Lower(at(0)?),
        How::Time => Emit::Time(at(0)?),
        How::EventType => Emit::EventType(at(0)),
        How::Outcome(accept, reject) => Emit::Outcome(at(0)?, accept, reject),
        How::Transport(keywords) => Emit::Transport(at(0)?, keywords),
        How::NetworkType(family) => {
            let addresses = [Field::Srcaddr, Field::Dstaddr].into_iter().filter(|field| rule.from.contains(field));
            let addresses: Vec<usize> = addresses.filter_map(|field| format.index_of(field)).collect();
            let kind = rule.from.contains(&Field::Type).then(|| format.index_of(Field::Type)).flatten();
            some(columns())?;
            Emit::NetworkType { kind, addresses, family }
        }
        How::CommunityId if !settings.community_id => return None,
        How::CommunityId => Emit::CommunityId { addresses: [at(0)?, at(1)?], ports: [at(2), at(3)], protocol: at(4)? },
        How::RelatedIp(addresses) => {
            let mut columns = some(columns())?;
            match addresses {
                Addresses::Pair if columns.len() < 2 => return None,
                Addresses::UniqueInFormatOrder => columns = sorted_by(columns.into_iter(), |column| *column),
                _ => {}
            }
            Emit::RelatedIp(columns, addresses)
        }
        How::FlagNames { empty } => Emit::FlagNames { column: at(0)?, empty },
        How::Geo => looked_up(rule, format, settings, Fragment::GEO?)?,
        How::As => looked_up(rule, format, settings, Fragment::SYSTEM?)?,
        How::Object => return None,
        How::Given(setting) => {
            let data_stream = |part: usize| settings.data_stream.as_ref().and_then(|parts| parts.get(part)).cloned();
            match setting {
                Setting::Original if settings.preserve_original || outputs == Outputs::ERROR => Emit::Line,
                Setting::Original => return None,
                Setting::Line => Emit::Line,
                Setting::DataStreamType => Emit::Json(data_stream(0)?),
                Setting::DataStreamDataset => Emit::Json(data_stream(1)?),
                Setting::DataStreamNamespace => Emit::Json(data_stream(2)?),
                Setting::Module => data_stream(0).map(|_| Emit::Json(b"\"aws\"".to_vec()))?,
                Setting::Ingested if settings.ingested => Emit::Now,
                Setting::Ingested => return None,
                Setting::Now => Emit::Now,
                Setting::Tags => Emit::Json(settings.tags.clone()?),
                Setting::EcsVersion => Emit::Json(settings.ecs_version?.into()),
                Setting::ErrorMessage => Emit::ErrorMessage,
                Setting::ErrorCode => Emit::ErrorCode,
            }
        }
    })
}

/// An object that is looked up, if there are databases.
fn looked_up(rule: &Rule, format: &Format, settings: &Settings, fragment: Fragment) -> Option<Emit> {
    let field = rule.from.first().filter(|field| settings.geo && format.index_of(**field).is_some())?;
    Some(Emit::LookedUp(usize::from(*field == Field::Dstaddr), fragment))
}

impl Source<'_> {
    #[inline(always)]
    fn value(&self, column: usize) -> Value {
        self.record.value(column)
    }

    #[inline(always)]
    fn has(&self, column: usize) -> bool {
        self.value(column) != Value::Absent
    }

    #[inline(always)]
    fn span(&self, column: usize) -> Span {
        self.record.span(column)
    }

    /// The token, which is `-` if the field is absent.
    #[inline(always)]
    fn token(&self, column: usize) -> &[u8] {
        self.span(column).of(self.text)
    }

    #[inline(always)]
    fn integer(&self, column: usize) -> Option<u64> {
        match self.value(column) {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// An object that was looked up; empty if nothing was found.
    fn looked_up(&self, end: usize, fragment: Fragment) -> &[u8] {
        self.ends.get(end).copied().unwrap_or_default().get(fragment)
    }

    /// Writes a part of the line as the inside of a JSON string.
    #[inline(always)]
    fn write_text(&self, span: Span, room: &mut [u8], at: usize) -> usize {
        if self.plain || self.raw {
            copy(self.text, span.start, span.end, room, at)
        } else {
            write_escaped(span.of(self.text), room, at)
        }
    }

    /// Writes a number's digits, without leading zeros.
    #[inline(always)]
    fn write_digits(&self, column: usize, room: &mut [u8], at: usize) -> usize {
        self.write_text(without_zeros(self.span(column), self.text), room, at)
    }

    /// Writes a text that is no part of the line.
    fn write_other(&self, text: &[u8], room: &mut [u8], at: usize) -> usize {
        if self.raw { put_bytes(text, room, at) } else { write_escaped(text, room, at) }
    }
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
    fn parts(&self, source: &Source<'_>, mut each: impl FnMut(Part)) {
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
    fn most_parts(&self) -> Option<usize> {
        match self {
            Emit::EventType(_) => Some(2),
            Emit::RelatedIp(columns, _) => Some(columns.len()),
            Emit::FlagNames { .. } => Some(FLAGS.len()),
            _ => None,
        }
    }

    /// How many numbers a tape has for the value.
    pub(super) fn width(&self) -> usize {
        self.most_parts().map_or(1, |most| 1 + most)
    }

    /// Writes the value's strings that are new behind all others, tells of the value as [`Shape::write_values`] says, and
    /// gives where the strings end.
    #[inline(always)]
    pub(super) fn write_to_tape(
        &self,
        source: &Source<'_>,
        room: &mut [u8],
        at: usize,
        memory: &mut Memory,
        tape: &mut Tape,
    ) -> usize {
        match self {
            Emit::Text(column) | Emit::TextOrDash(column) => {
                let end = source.write_text(source.span(*column), room, at);
                tape.tell(room, at, end)
            }
            Emit::Integer(column) => match source.value(*column) {
                Value::Integer(small @ 0..0x8000_0000) => {
                    tape.entries.push(small as u32);
                    at
                }
                _ => {
                    let end = source.write_digits(*column, room, at);
                    let (number, end) = tape.strings.number_of(room, at, end);
                    tape.entries.push(!number);
                    end
                }
            },
            Emit::CommunityId { .. } => {
                let waiting = memory.ids.waiting();
                let end = self.write(source, room, at, memory);
                if memory.ids.waiting() == waiting {
                    return tape.tell(room, at, end);
                }
                // What is still to be hashed cannot be looked for.
                tape.entries.push(tape.strings.push(end));
                end
            }
            _ => match self.most_parts() {
                Some(most) => self.write_list_to_tape(most, source, room, at, tape),
                None => {
                    let end = self.write(source, room, at, memory);
                    tape.tell(room, at, end)
                }
            },
        }
    }

    /// The same of a list of so many strings at most.
    fn write_list_to_tape(
        &self,
        most: usize,
        source: &Source<'_>,
        room: &mut [u8],
        at: usize,
        tape: &mut Tape,
    ) -> usize {
        let (count, mut at) = (tape.entries.len(), at);
        tape.entries.push(0);
        self.parts(source, |part| {
            let end = part.write(source, room, at);
            at = tape.tell(room, at, end);
        });
        let parts = tape.entries.len() - count - 1;
        if let Some(place) = tape.entries.get_mut(count) {
            *place = parts as u32;
        }
        tape.entries.resize(count + 1 + most, 0);
        at
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

/// A decimal token as JSON writes a number: without leading zeros.
#[inline(always)]
fn without_zeros(span: Span, text: &[u8]) -> Span {
    match span.of(text) {
        [b'0', _, ..] => {
            let zeros = span.of(text).iter().take_while(|digit| **digit == b'0').count();
            Span { start: (span.start + zeros).min(span.end - 1), end: span.end }
        }
        _ => span,
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
enum Part {
    /// The token of a column.
    Token(usize),
    Word(&'static Word),
}

/// A short text in a block of sixteen bytes, which is written at once.
struct Word {
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
