//! The documents of the records that have the same values: a text with gaps, and what fills the gaps.

use std::cell::Cell;

use super::compile::{Content, Plan};
use super::emit::{Form, Gap};
use super::id_cache::ID;
use super::tree::Step;
use super::{Memory, Source, Tape};
use crate::base::output::{Output, copy};
use crate::base::span::Span;
use crate::base::tokens::{BEYOND, SHORT, SLOTS, ShortText, Tokens};

/// The document of the records that have the same values: a text with gaps.
#[derive(Debug)]
pub(super) struct Shape {
    /// A bit for each slot: set if the record has its value.
    pub(super) key: Vec<u64>,
    pieces: Vec<Piece>,
    /// The number of pieces up to the one with the Community ID.
    until_id: usize,
    /// The different slots of the gaps with their values, for the side that assembles the document. They are found when it
    /// first asks for them.
    gaps: Vec<(usize, Gap)>,
    /// The number by which that side knows the shape; 0 before it has been described.
    pub(super) number: u32,
}

/// A part of a document: some text, and the value of a slot after it. Its 32 bytes are half a line of a processor's cache.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct Piece {
    text: [u8; MAX_TEXT],
    /// The length of the text in the low 5 bits, and the slot in the others.
    len_and_slot: u16,
}

/// The most bytes of text in a piece. Longer texts are several pieces.
const MAX_TEXT: usize = 30;

/// The bytes that copying a piece with a usual value may touch.
const ROOM: usize = 64;

/// The slot of a piece without a value: its span is always empty.
pub(super) const NO_VALUE: usize = SLOTS - 1;

impl Piece {
    fn new(bytes: &[u8], slot: usize) -> Piece {
        let mut text = [0; MAX_TEXT];
        for (to, from) in text.iter_mut().zip(bytes) {
            *to = *from;
        }
        Piece { text, len_and_slot: (slot << 5 | bytes.len()) as u16 }
    }

    /// Returns the length of the text.
    #[inline(always)]
    fn len(&self) -> usize {
        usize::from(self.len_and_slot & 31)
    }

    /// Returns the slot of the value.
    #[inline(always)]
    fn slot(&self) -> usize {
        usize::from(self.len_and_slot >> 5)
    }

    fn text(&self) -> &[u8] {
        self.text.get(..self.len()).unwrap_or_default()
    }
}

impl Shape {
    /// Makes the shape of the records with a key.
    pub(super) fn of(plan: &Plan, key: &[u64]) -> Shape {
        let has = |slot: usize| key.get(slot / 64).is_some_and(|bits| bits >> (slot % 64) & 1 == 1);
        let mut text = vec![b'{'];
        // The ends of the text before each gap, and the slot that fills it.
        let mut gaps: Vec<(usize, usize)> = Vec::new();
        let mut opened = Vec::new();
        for step in &plan.steps {
            match step {
                Step::Open(bytes) => {
                    opened.push((text.len(), gaps.len()));
                    text.extend_from_slice(bytes);
                }
                Step::Close { stays } => {
                    let (start, before) = opened.pop().unwrap_or_default();
                    if text.last() == Some(&b'{') && gaps.len() == before && !stays {
                        text.truncate(start);
                    } else {
                        close(&mut text);
                        text.push(b',');
                    }
                }
                Step::Leaf { key, leaf, otherwise } => {
                    let slot = match leaf {
                        Content::FirstOf(choices, form) => {
                            choices.iter().find(|choice| has(choice.bit)).map(|choice| Some((choice.slot, *form)))
                        }
                        Content::Constant(_) => Some(None),
                        Content::ConstantIfAny(columns, _) => columns.iter().any(|slot| has(*slot)).then_some(None),
                    };
                    let value = match (slot, leaf, otherwise) {
                        (Some(Some((slot, form))), ..) => {
                            let quote: &[u8] = if form == Form::String { b"\"" } else { b"" };
                            text.extend_from_slice(key);
                            text.extend_from_slice(quote);
                            gaps.push((text.len(), slot));
                            text.extend_from_slice(quote);
                            text.push(b',');
                            continue;
                        }
                        (Some(None), Content::Constant(json), _) => json.as_slice(),
                        (Some(None), Content::ConstantIfAny(_, json), _) => json.as_bytes(),
                        (None, _, Some(otherwise)) => otherwise.as_slice(),
                        _ => continue,
                    };
                    text.extend_from_slice(key);
                    text.extend_from_slice(value);
                    text.push(b',');
                }
            }
        }
        close(&mut text);
        gaps.push((text.len(), NO_VALUE));
        let mut pieces = Vec::with_capacity(gaps.len() + text.len() / MAX_TEXT);
        let (mut start, mut until_id) = (0, 0);
        for (end, slot) in gaps {
            let mut rest = text.get(start..end).unwrap_or_default();
            while let Some((block, after)) = rest.split_at_checked(MAX_TEXT).filter(|(_, after)| !after.is_empty()) {
                pieces.push(Piece::new(block, NO_VALUE));
                rest = after;
            }
            pieces.push(Piece::new(rest, slot));
            if Some(slot) == plan.id {
                until_id = pieces.len();
            }
            start = end;
        }
        Shape { key: key.to_vec(), pieces, until_id, gaps: Vec::new(), number: 0 }
    }

    /// Returns the bytes of memory that the shape takes.
    pub(super) fn bytes(&self) -> usize {
        let Shape { key, pieces, .. } = self;
        size_of::<Shape>() + size_of_val(&**key) + size_of_val(&**pieces)
    }

    /// Appends the document of a record of this shape.
    #[inline(always)]
    pub(super) fn write(&self, tokens: &Tokens, out: &mut Output, memory: &mut Memory) {
        let mut rest = self.pieces.as_slice();
        if memory.ids.is_blank()
            && let Some((before, after)) = rest.split_at_checked(self.until_id)
        {
            append(before, tokens, out);
            memory.ids.add(out.len() - ID, out);
            rest = after;
        }
        append(rest, tokens, out);
    }

    /// Appends the record's entries to the tape, and to the output the strings that it does not have yet, as they are.
    ///
    /// The entries are the shape's number, and for each value as many numbers as [`Gap::width`] says:
    ///
    /// - A string is its number.
    /// - An integer of 31 bits is itself; a larger one is the number of its digits as a string, inverted.
    /// - A list is the count of its strings, and the number of each.
    pub(super) fn write_values(
        &self,
        source: &Source<'_>,
        tokens: &Tokens,
        out: &mut Output,
        memory: &mut Memory,
        tape: &mut Tape,
    ) {
        tape.entries.push(self.number);
        for (slot, gap) in &self.gaps {
            gap.write_to_tape(*slot, source, tokens, out, memory, tape);
        }
    }

    /// Describes what all documents of the shape have in common, for the side that assembles them, in lines:
    ///
    /// 1. The shape's number, and the count of the tape's entries for its values.
    /// 2. For each gap, the text before it; then the letter of its form and the offset of its entries.
    /// 3. The text after the last gap.
    ///
    /// JSON's texts do not contain line feeds, so neither does a line.
    pub(super) fn describe(&mut self, plan: &Plan) -> String {
        self.gaps.clear();
        let mut offsets = Vec::new();
        let mut width = 0;
        let mut lines = Vec::new();
        let mut text = Vec::new();
        for piece in &self.pieces {
            text.extend_from_slice(piece.text());
            let slot = piece.slot();
            if slot != NO_VALUE {
                lines.push(String::from_utf8_lossy(&std::mem::take(&mut text)).into_owned());
                let index = self.gaps.iter().position(|(other, _)| *other == slot).unwrap_or_else(|| {
                    let gap = plan.gap(slot);
                    offsets.push(width);
                    width += gap.width();
                    self.gaps.push((slot, gap));
                    self.gaps.len() - 1
                });
                let form = self.gaps.get(index).map_or(Form::String, |(_, gap)| gap.form());
                let offset = offsets.get(index).copied().unwrap_or_default();
                lines.push(format!("{}{offset}", form as u8 as char));
            }
        }
        lines.push(String::from_utf8_lossy(&text).into_owned());
        lines.insert(0, format!("{} {width}", self.number));
        lines.join("\n")
    }
}

/// Appends pieces with the values of their slots.
#[inline(never)]
fn append(pieces: &[Piece], tokens: &Tokens, out: &mut Output) {
    /// Space for most documents.
    const USUAL: usize = 4 * 1024;
    let mut rest = pieces;
    while let Some(first) = rest.first() {
        let Span { start, end } = tokens.slot(first.slot());
        let at = out.len();
        let buffer = out.reserve(USUAL.max(ROOM + end - start));
        let (at, left) = match tokens.short_text() {
            Some(text) => copy_pieces(rest, tokens, buffer, at, |start| short_block(text, start)),
            None => copy_pieces(rest, tokens, buffer, at, |_| None),
        };
        out.advance(at);
        rest = left;
    }
}

/// Returns the block of a text that starts with a value. No index can be beyond the text, so the compiler drops the check.
#[inline(always)]
fn short_block(text: &ShortText, start: usize) -> Option<&[u8; BEYOND]> {
    text.get(start % SHORT..).and_then(<[u8]>::first_chunk::<BEYOND>)
}

/// Copies pieces with the values of their slots into a buffer from an offset on. Returns the offset of their end, and the
/// pieces that did not fit.
///
/// A text and a value are each one or two blocks of sixteen bytes, whatever their length. The next copy overwrites the
/// surplus. `block` gives the block that starts with a value, if a value can be copied in blocks.
#[inline(always)]
fn copy_pieces<'p, 't>(
    pieces: &'p [Piece],
    tokens: &Tokens,
    buffer: &mut [u8],
    at: usize,
    block: impl Fn(usize) -> Option<&'t [u8; BEYOND]>,
) -> (usize, &'p [Piece]) {
    let slots = tokens.slots();
    let (mut at, mut rest) = (at, pieces);
    while let Some((piece, after)) = rest.split_first() {
        let (len, Span { start, end }) = (piece.len(), slots[piece.slot()]);
        let value_len = end.wrapping_sub(start);
        let Some(room) = buffer.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<ROOM>) else { break };
        room[..16].copy_from_slice(&piece.text[..16]);
        if len > 16 {
            room[14..MAX_TEXT].copy_from_slice(&piece.text[14..]);
        }
        match block(start) {
            Some(value) if value_len <= BEYOND => {
                room[len..len + 16].copy_from_slice(&value[..16]);
                if value_len > 16 {
                    room[len + 16..len + 32].copy_from_slice(&value[16..]);
                }
            }
            _ => {
                if copy(tokens.text(), start, end, buffer, at + len) > buffer.len() {
                    break;
                }
            }
        }
        at += len + value_len;
        rest = after;
    }
    (at, rest)
}

/// Slots for shapes, a power of two. Logs have tens of shapes; in long formats with many absent fields, a thousand.
pub(super) const SHAPES: usize = 4_096;

/// Slots of a bucket: where a shape may be.
pub(super) const BUCKET: usize = 4;

/// Bytes of shapes, after which all are evicted: some two thousand of the longest format.
pub(super) const MANY_BYTES: usize = 16 * 1024 * 1024;

/// The shapes of a plan, by a hash of their keys. When a bucket is full, a new shape evicts its first.
#[derive(Default)]
pub(super) struct Table {
    pub(super) slots: Vec<Option<Box<Shape>>>,
    /// Bytes of all shapes made.
    pub(super) bytes: usize,
}

/// The table, which changes while the plan stays the same.
#[derive(Default)]
pub(super) struct Shapes(pub(super) Cell<Table>);

impl std::fmt::Debug for Shapes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shapes")
    }
}

/// Ends an object whose members each ended in a comma.
fn close(out: &mut Vec<u8>) {
    if out.last() == Some(&b',') {
        out.pop();
    }
    out.push(b'}');
}
