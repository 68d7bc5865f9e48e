//! The documents of the records that have the same fields: a text with gaps, and what fills the gaps.

use std::cell::Cell as Slot;

use super::compile::Leaf;
use super::emit::{Emit, Form};
use super::tree::Step;
use super::{Memory, Source, Tape};
use crate::base::output::{Output, put_block};

/// The document of the records that have the same fields: a text with gaps.
#[derive(Debug)]
pub(super) struct Shape {
    /// A bit for each column, and one for each conditional value: set if the record has it.
    pub(super) key: Vec<u64>,
    pieces: Vec<Piece>,
    /// The most bytes that a document has, without those of the record's tokens.
    own_bytes: usize,
    /// The most copies of a part of the line.
    copies: usize,
    /// The different values of the gaps, for the side that assembles the document.
    slots: Vec<Emit>,
    /// The number by which that side knows the shape; 0 before it has been described.
    pub(super) number: u32,
}

/// A part of a document: some text, and a value after it.
#[derive(Debug)]
struct Piece {
    /// A block of text, of which the first `len` bytes count.
    text: [u8; PIECE],
    len: usize,
    value: Option<Emit>,
}

/// Bytes of text in a piece: two copies of sixteen. Longer texts are several pieces.
const PIECE: usize = 32;

/// The most bytes that a value has, without those of tokens: the names of six flags.
const VALUE_BYTES: usize = 64;

impl Piece {
    fn new(bytes: &[u8], value: Option<Emit>) -> Piece {
        let mut text = [0; PIECE];
        for (to, from) in text.iter_mut().zip(bytes) {
            *to = *from;
        }
        Piece { text, len: bytes.len(), value }
    }
}

impl Shape {
    /// Makes the shape of a record.
    pub(super) fn of(steps: &[Step], source: &Source<'_>, key: Vec<u64>) -> Shape {
        let mut text = vec![b'{'];
        // The ends of the text before each gap, and what fills it.
        let mut gaps: Vec<(usize, Option<&Emit>)> = Vec::new();
        let mut opened = Vec::new();
        let mut copies = vec![0; source.record.len() + 1];
        for step in steps {
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
                Step::Leaf { key, leaf, .. } if leaf.is_present(source) => {
                    text.extend_from_slice(key);
                    match leaf {
                        Leaf::Constant(json) => text.extend_from_slice(json),
                        Leaf::ConstantIfAny(_, json) => text.extend_from_slice(json.as_bytes()),
                        Leaf::Emit(emit) => fill(emit, &mut text, &mut gaps, &mut copies),
                        Leaf::FirstOf(emits) => {
                            if let Some(emit) = emits.iter().find(|emit| emit.is_present(source)) {
                                fill(emit, &mut text, &mut gaps, &mut copies);
                            }
                        }
                    }
                    text.push(b',');
                }
                Step::Leaf { key, otherwise: Some(otherwise), .. } => {
                    text.extend_from_slice(key);
                    text.extend_from_slice(otherwise);
                    text.push(b',');
                }
                Step::Leaf { otherwise: None, .. } => {}
            }
        }
        close(&mut text);
        let own_bytes = text.len() + gaps.len() * VALUE_BYTES + PIECE;
        let copies = copies.into_iter().max().unwrap_or(0);
        gaps.push((text.len(), None));
        let mut slots: Vec<Emit> = Vec::new();
        let mut pieces = Vec::with_capacity(gaps.len());
        let mut start = 0;
        for (end, value) in gaps {
            if let Some(value) = value
                && !slots.contains(value)
            {
                slots.push(value.clone());
            }
            let mut blocks = text.get(start..end).unwrap_or_default().chunks(PIECE).peekable();
            while let Some(block) = blocks.next() {
                let is_last = blocks.peek().is_none();
                pieces.push(Piece::new(block, value.filter(|_| is_last).cloned()));
            }
            start = end;
        }
        Shape { key, pieces, own_bytes, copies, slots, number: 0 }
    }

    /// Returns the bytes of memory that the shape takes.
    pub(super) fn bytes(&self) -> usize {
        let Shape { key, pieces, slots, .. } = self;
        size_of::<Shape>() + size_of_val(&**key) + size_of_val(&**pieces) + size_of_val(&**slots)
    }

    /// Appends the document of a record of this shape.
    pub(super) fn write(&self, source: &Source<'_>, out: &mut Output, memory: &mut Memory) {
        append(self.own_bytes + source.len * self.copies, out, memory, |buffer, start, memory| {
            self.pieces.iter().fold(start, |at, piece| {
                let at = put_block(&piece.text, piece.len, buffer, at);
                match &piece.value {
                    Some(value) => value.write(source, buffer, at, memory),
                    None => at,
                }
            })
        });
    }

    /// Appends the record's entries to the tape, and to the output the strings that it does not have yet, as they are.
    ///
    /// The entries are the shape's number, and for each value as many numbers as [`Emit::width`] says:
    ///
    /// - A string is its number.
    /// - An integer of 31 bits is itself; a larger one is the number of its digits as a string, inverted.
    /// - A list is the count of its strings, and the number of each.
    pub(super) fn write_values(&self, source: &Source<'_>, out: &mut Output, memory: &mut Memory, tape: &mut Tape) {
        let (entries, strings) = (tape.entries.len(), tape.strings.count());
        append(self.own_bytes + source.len * self.copies, out, memory, |buffer, start, memory| {
            if tape.entries.len() > entries {
                tape.entries.truncate(entries);
                tape.strings.rewind(strings);
            }
            tape.entries.push(self.number);
            self.slots.iter().fold(start, |at, value| value.write_to_tape(source, buffer, at, memory, tape))
        });
    }

    /// Describes what all documents of the shape have in common, for the side that assembles them, in lines:
    ///
    /// 1. The shape's number, and the count of the tape's entries for its values.
    /// 2. For each gap, the text before it; then the letter of its form and the offset of its entries.
    /// 3. The text after the last gap.
    ///
    /// JSON's texts do not contain line feeds, so neither does a line.
    pub(super) fn describe(&self) -> String {
        let width = |slots: &[Emit]| slots.iter().map(Emit::width).sum::<usize>();
        let mut lines = vec![format!("{} {}", self.number, width(&self.slots))];
        let mut text = Vec::new();
        for Piece { text: block, len, value } in &self.pieces {
            text.extend_from_slice(block.get(..*len).unwrap_or_default());
            if let Some(value) = value {
                lines.push(String::from_utf8_lossy(&std::mem::take(&mut text)).into_owned());
                let before = self.slots.split(|other| other == value).next().unwrap_or_default();
                lines.push(format!("{}{}", value.form() as u8 as char, width(before)));
            }
        }
        lines.push(String::from_utf8_lossy(&text).into_owned());
        lines.join("\n")
    }
}

/// Slots for shapes, a power of two. Logs have tens of shapes; in long formats with many absent fields, a thousand.
pub(super) const SLOTS: usize = 4_096;

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
pub(super) struct Shapes(pub(super) Slot<Table>);

impl std::fmt::Debug for Shapes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shapes")
    }
}

/// Adds a gap to a text, with its quotes.
fn fill<'a>(emit: &'a Emit, text: &mut Vec<u8>, gaps: &mut Vec<(usize, Option<&'a Emit>)>, copies: &mut [usize]) {
    let quote: &[u8] = if emit.form() == Form::String { b"\"" } else { b"" };
    text.extend_from_slice(quote);
    gaps.push((text.len(), Some(emit)));
    text.extend_from_slice(quote);
    emit.count_copies(copies);
}

/// Appends what `fill` writes into the buffer from an offset on. It returns where that ends, which is beyond the buffer's
/// end if it does not fit.
#[inline(always)]
fn append(
    bytes: usize,
    out: &mut Output,
    memory: &mut Memory,
    mut fill: impl FnMut(&mut [u8], usize, &mut Memory) -> usize,
) {
    let mut bytes = bytes;
    loop {
        let start = out.len();
        let buffer = out.reserve(bytes);
        let end = fill(buffer, start, memory);
        if end <= buffer.len() {
            out.advance(end);
            break memory.ids.settle(out);
        }
        // Escapes make a text longer: once more, with as much space as it takes.
        memory.ids.retract();
        bytes = end - start;
    }
}

/// Ends an object whose members each ended in a comma.
fn close(out: &mut Vec<u8>) {
    if out.last() == Some(&b',') {
        out.pop();
    }
    out.push(b'}');
}
