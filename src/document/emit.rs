//! The ways to make a value. Each is made once for a record, whatever the number of its copies in the document.

use super::community_id::{End, Flow};
use super::id_cache::ID;
use super::source::without_zeros;
use super::{Memory, Source};
use crate::base::output::{copy, put};
use crate::base::span::Span;
use crate::base::time::rfc3339;
use crate::base::tokens::Tokens;
use crate::geo::Fragment;
use crate::record::transport::TransportKey;
use crate::schema::protocol::{TCP_FLAGS, protocol_keyword};
use crate::schema::{Addresses, Family, Keywords};
use crate::value::{Value, percent_decoded};

/// A value that differs between records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// The token of a column, as a string.
    Token(usize),
    /// The digits of a column of integers, as a number or a string.
    Digits(usize, Form),
    /// A value that is made.
    Made(Emit),
}

/// A value that is made of a record: a string unless its variant says otherwise. Numbers are columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Emit {
    TokenOrDash(usize),
    Lower(usize),
    Time(usize),
    /// The first word for ACCEPT, the second for REJECT.
    Outcome(usize, Word, Word),
    Transport(usize, Keywords),
    NetworkType {
        kind: Option<usize>,
        addresses: Vec<usize>,
        family: Family,
    },
    /// The time of the record's envelope, else the time of parsing, for records without a time of their own.
    OuterTime,
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

impl Gap {
    /// Returns the value's form in JSON.
    pub(super) fn form(&self) -> Form {
        match self {
            Gap::Token(_) => Form::String,
            Gap::Digits(_, form) => *form,
            Gap::Made(emit) => emit.form(),
        }
    }
}

impl Emit {
    fn form(&self) -> Form {
        match self {
            Emit::TokenOrDash(_)
            | Emit::Lower(_)
            | Emit::Time(_)
            | Emit::OuterTime
            | Emit::Outcome(..)
            | Emit::Transport(..)
            | Emit::NetworkType { .. }
            | Emit::CommunityId { .. }
            | Emit::Rare(_) => Form::String,
            Emit::List(_) => Form::List,
            Emit::LookedUp(..) => Form::Json,
        }
    }

    /// Makes the value, and returns its span; `None` if the record lacks it. Of a string, it makes what is between the quotes.
    ///
    /// The Community ID of a flow that is not known is blank: see [`IdCache`](super::id_cache::IdCache).
    #[inline(always)]
    pub(super) fn make(&self, source: &Source<'_>, tokens: &mut Tokens, memory: &mut Memory) -> Option<Span> {
        match self {
            Emit::TokenOrDash(column) => Some(source.text(tokens.slot(*column), tokens)),
            Emit::Time(column) => match source.value(*column) {
                Value::Time(millis) => {
                    let text = memory.times.rfc3339(millis);
                    Some(tokens.make_block(text, text.len()))
                }
                Value::Absent | Value::Text | Value::Integer(_) | Value::V4(_) | Value::V6 => None,
            },
            Emit::OuterTime if source.has_time => None,
            Emit::OuterTime => Some(outer_time(source, tokens)),
            Emit::List(list) => list.make(source, tokens, memory),
            Emit::Outcome(column, accept, reject) => accepted(source, tokens, *column).map(|is_accepted| {
                let word = if is_accepted { accept } else { reject };
                tokens.make_block(&word.block, word.len)
            }),
            Emit::Transport(column, keywords) => {
                let keyword = transport(source, tokens, *column, *keywords, &memory.tables)?;
                Some(tokens.make_block(&keyword.block, keyword.len))
            }
            Emit::NetworkType { kind, addresses, family } => {
                network_type(source, tokens, *kind, addresses, *family).map(|text| tokens.make_block(text, text.len()))
            }
            Emit::Lower(column) => source.has(*column).then(|| lower(source, tokens.slot(*column), tokens)),
            Emit::CommunityId { addresses: [from, to], ports, protocol } => {
                let protocol = source.integer(*protocol).and_then(|number| u8::try_from(number).ok())?;
                let port = |column: Option<usize>| column.and_then(|column| source.integer(column)).unwrap_or(0) as u16;
                let [from_port, to_port] = *ports;
                let end = |column: usize| source.record.address(column).map(End::from);
                let flow = Flow::of_record([end(*from)?, end(*to)?], [port(from_port), port(to_port)], protocol)?;
                let text = memory.ids.find(&flow);
                Some(tokens.make_block(text, ID))
            }
            Emit::Rare(rare) => rare.make(source, tokens),
            Emit::LookedUp(end, fragment) => match source.looked_up(*end, *fragment) {
                b"" => None,
                object => Some(tokens.make(object)),
            },
        }
    }
}

/// Makes the time of a record without a time of its own.
#[inline(never)]
fn outer_time(source: &Source<'_>, tokens: &mut Tokens) -> Span {
    match source.outer_time {
        Some(millis) => tokens.make(&rfc3339(millis)),
        None => tokens.make(source.now.as_bytes()),
    }
}

/// Makes a part of the line in lower case.
#[inline(always)]
fn lower(source: &Source<'_>, span: Span, tokens: &mut Tokens) -> Span {
    let len = span.end - span.start;
    let block = tokens.text().get(span.start..).and_then(<[u8]>::first_chunk::<16>);
    match block.filter(|_| len <= 16 && source.is_verbatim()) {
        Some(block) => tokens.make_block(&block.map(|byte| byte.to_ascii_lowercase()), len),
        None => {
            let text = span.of(tokens.text()).to_ascii_lowercase();
            source.other(&text, tokens)
        }
    }
}

impl Rare {
    /// Makes the inside of the string.
    #[inline(never)]
    fn make(&self, source: &Source<'_>, tokens: &mut Tokens) -> Option<Span> {
        Some(match self {
            Rare::Tag(column) if !source.has(*column) => return None,
            Rare::Tag(column) => match percent_decoded(tokens.slot(*column).of(tokens.text())) {
                Some(text) => source.other(text.as_bytes(), tokens),
                None => source.text(tokens.slot(*column), tokens),
            },
            Rare::Line => source.text(Span { start: 0, end: source.len }, tokens),
            Rare::Now => tokens.make(source.now.as_bytes()),
            Rare::Transport(key) => source.other(source.transport.get(*key)?.as_bytes(), tokens),
            Rare::ErrorMessage => source.other(source.error?.to_string().as_bytes(), tokens),
            Rare::ErrorCode => tokens.make(source.error?.code().as_str().as_bytes()),
        })
    }
}

impl List {
    /// Makes the list as JSON, if the record has it. A list that is not meant for JSON is not made: see `tape.rs`.
    #[cfg_attr(wasm_module = "scalar", inline(never))]
    #[cfg_attr(not(wasm_module = "scalar"), inline(always))]
    fn make(&self, source: &Source<'_>, tokens: &mut Tokens, memory: &mut Memory) -> Option<Span> {
        Some(match self {
            List::EventType(column) => {
                let word = match column.and_then(|column| accepted(source, tokens, column)) {
                    Some(true) => &ALLOWED_TYPE,
                    Some(false) => &DENIED_TYPE,
                    None => &CONNECTION_TYPE,
                };
                tokens.make_block(&word.block, word.len)
            }
            List::FlagNames { column, empty } => {
                let flags = source.integer(*column)? & NAMED_FLAGS;
                let list = memory.tables.flag_lists.get(flags as usize).filter(|_| flags != 0 || *empty)?;
                tokens.make_block(&list.block, list.len)
            }
            List::RelatedIp(columns, addresses) => match related(columns, *addresses, source, tokens) {
                (_, 0) => return None,
                _ if source.raw => Span::default(),
                (spans, count) => {
                    let spans = spans.get(..count).unwrap_or_default();
                    tokens.make_with(source.len + 3 * ADDRESSES, |text, free| {
                        let mut at = put(b"[", free, 0);
                        for (index, Span { start, end }) in spans.iter().enumerate() {
                            at = if index == 0 { put(b"\"", free, at) } else { put(b",\"", free, at) };
                            at = copy(text, *start, *end, free, at);
                            at = put(b"\"", free, at);
                        }
                        put(b"]", free, at)
                    })
                }
            },
        })
    }

    /// Calls `each` with every string of the list.
    #[inline(always)]
    pub(super) fn parts<'a>(&self, source: &Source<'_>, tokens: &Tokens, mut each: impl FnMut(Part<'a>)) {
        match self {
            List::EventType(column) => {
                each(Part::Word("connection"));
                match column.and_then(|column| accepted(source, tokens, column)) {
                    Some(true) => each(Part::Word("allowed")),
                    Some(false) => each(Part::Word("denied")),
                    None => {}
                }
            }
            List::RelatedIp(columns, addresses) => {
                let (spans, count) = related(columns, *addresses, source, tokens);
                spans.iter().take(count).for_each(|span| each(Part::Token(*span)));
            }
            List::FlagNames { column, .. } => {
                let flags = source.integer(*column).unwrap_or(0);
                let is_set = |(bit, _): &(usize, &&str)| flags >> bit & 1 == 1;
                TCP_FLAGS.iter().enumerate().filter(is_set).for_each(|(_, name)| each(Part::Word(name)));
            }
        }
    }

    /// Returns the most strings that the list can have.
    pub(super) fn most_parts(&self) -> usize {
        match self {
            List::EventType(_) => 2,
            List::RelatedIp(columns, _) => columns.len(),
            List::FlagNames { .. } => TCP_FLAGS.len(),
        }
    }
}

/// True if the action is ACCEPT, false if it is REJECT, `None` if it is absent.
#[inline(always)]
fn accepted(source: &Source<'_>, tokens: &Tokens, column: usize) -> Option<bool> {
    source.has(column).then(|| tokens.text().get(tokens.slot(column).start) == Some(&b'A'))
}

#[inline(always)]
fn transport<'t>(
    source: &Source<'_>,
    tokens: &Tokens,
    column: usize,
    keywords: Keywords,
    tables: &'t Tables,
) -> Option<&'t Word> {
    let number = u8::try_from(source.integer(column)?).ok()?;
    let has_zeros = || without_zeros(tokens.slot(column), tokens.text()) != tokens.slot(column);
    let named = keywords.has(number) && !(keywords.is_by_text() && has_zeros());
    tables.keywords.get(usize::from(number)).filter(|keyword| named && keyword.len > 0)
}

#[cfg_attr(wasm_module = "scalar", inline(never))]
#[cfg_attr(not(wasm_module = "scalar"), inline(always))]
fn network_type(
    source: &Source<'_>,
    tokens: &Tokens,
    kind: Option<usize>,
    addresses: &[usize],
    family: Family,
) -> Option<&'static [u8; 4]> {
    let token = |column: usize| tokens.slot(column).of(tokens.text());
    // The types are IPv4, IPv6, EFA and none.
    match kind.and_then(|column| token(column).last()) {
        Some(b'4') => return Some(b"ipv4"),
        Some(b'6') => return Some(b"ipv6"),
        _ => {}
    }
    let address = addresses.iter().copied().find(|column| source.has(*column))?;
    let dotted = matches!(source.value(address), Value::V4(_))
        || (family == Family::SourceDot && token(address).contains(&b'.'));
    Some(if dotted { b"ipv4" } else { b"ipv6" })
}

/// Returns the addresses of a list, and their number: each text once, unless they are a pair. A pair is whole or empty.
#[inline(always)]
fn related(
    columns: &[usize],
    addresses: Addresses,
    source: &Source<'_>,
    tokens: &Tokens,
) -> ([Span; ADDRESSES], usize) {
    let (mut spans, mut numbers, mut count) = ([Span::default(); ADDRESSES], [0; ADDRESSES], 0);
    for column in columns.iter().copied() {
        let span = tokens.slot(column);
        let (number, is_known) = match source.value(column) {
            // An IPv4 address has one text only.
            Value::V4(number) => (number, numbers.iter().take(count).any(|other| *other == number)),
            Value::V6 => (IPV6, is_among(&spans, span, tokens)),
            _ => continue,
        };
        if (addresses == Addresses::Pair || !is_known)
            && let (Some(free), Some(free_number)) = (spans.get_mut(count), numbers.get_mut(count))
        {
            (*free, *free_number) = (span, number);
            count += 1;
        }
    }
    if addresses == Addresses::Pair && count < columns.len() { (spans, 0) } else { (spans, count) }
}

/// The number that stands for any IPv6 address, and for no IPv4 address.
const IPV6: u64 = u64::MAX;

/// True if a text is that of one of the spans.
#[inline(never)]
fn is_among(spans: &[Span], span: Span, tokens: &Tokens) -> bool {
    spans.iter().any(|other| other.of(tokens.text()) == span.of(tokens.text()))
}

/// A string of a list, which needs no escape.
pub(super) enum Part<'a> {
    /// A part of the line.
    Token(Span),
    Word(&'a str),
}

/// The most addresses of a list.
const ADDRESSES: usize = 4;

/// A short text in a block, which is copied at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<const N: usize = 16> {
    block: [u8; N],
    len: usize,
}

impl<const N: usize> Word<N> {
    /// Makes a block of the first bytes of a text.
    pub(super) const fn of(text: &[u8]) -> Word<N> {
        let mut block = [0; N];
        let mut len = 0;
        while len < text.len() && len < N {
            block[len] = text[len];
            len += 1;
        }
        Word { block, len }
    }
}

const CONNECTION_TYPE: Word<32> = Word::of(br#"["connection"]"#);
const ALLOWED_TYPE: Word<32> = Word::of(br#"["connection","allowed"]"#);
const DENIED_TYPE: Word<32> = Word::of(br#"["connection","denied"]"#);

/// The bits of flags that have a name.
const NAMED_FLAGS: u64 = (1 << TCP_FLAGS.len()) - 1;

/// Texts that are chosen by a number.
#[derive(Debug)]
pub(super) struct Tables {
    /// The lists of names of all sets of TCP flags, as JSON.
    flag_lists: Vec<Word<48>>,
    /// The keywords of all protocols; empty where there is none.
    keywords: Vec<Word>,
}

impl Default for Tables {
    fn default() -> Tables {
        let list = |flags: u64| {
            let names = TCP_FLAGS.iter().enumerate().filter(|(bit, _)| flags >> bit & 1 == 1);
            let names: Vec<String> = names.map(|(_, name)| format!("\"{name}\"")).collect();
            Word::of(format!("[{}]", names.join(",")).as_bytes())
        };
        let keyword = |number: u8| Word::of(protocol_keyword(number).unwrap_or_default().as_bytes());
        Tables { flag_lists: (0..=NAMED_FLAGS).map(list).collect(), keywords: (0..=u8::MAX).map(keyword).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_the_tables_fits_its_block() {
        let tables = Tables::default();
        for (number, keyword) in (0..=u8::MAX).zip(&tables.keywords) {
            assert_eq!(&keyword.block[..keyword.len], protocol_keyword(number).unwrap_or_default().as_bytes());
        }
        let all = tables.flag_lists.last().map(|list| &list.block[..list.len]);
        assert_eq!(all, Some(br#"["fin","syn","rst","psh","ack","urg"]"#.as_slice()));
    }
}
