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
    /// A bit for each column, and one for each conditional value: whether the record has it.
    pub(super) key: Vec<u64>,
    pieces: Vec<Piece>,
    /// Bytes that a document has at most, besides those of the record's tokens.
    own_bytes: usize,
    /// How often a part of the line is written at most.
    copies: usize,
    /// The different values of the gaps, for whoever assembles the document elsewhere.
    slots: Vec<Emit>,
    /// By which number that one knows the shape; 0 before it has been told.
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

/// Bytes that a value has at most, besides those of tokens: the names of six flags.
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
    /// Makes the text of a document with gaps.
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
                        Leaf::Emit(emit) => {
                            let quote: &[u8] = if emit.form() == Form::String { b"\"" } else { b"" };
                            text.extend_from_slice(quote);
                            gaps.push((text.len(), Some(emit)));
                            text.extend_from_slice(quote);
                            emit.count_copies(&mut copies);
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

    /// Bytes of memory that the shape takes.
    pub(super) fn bytes(&self) -> usize {
        let Shape { key, pieces, slots, .. } = self;
        size_of::<Shape>() + size_of_val(&**key) + size_of_val(&**pieces) + size_of_val(&**slots)
    }

    /// Appends the document of a record of this shape.
    pub(super) fn write(&self, source: &Source<'_>, out: &mut Output, memory: &mut Memory) {
        append(self.own_bytes + source.len * self.copies, out, memory, |room, start, memory| {
            self.pieces.iter().fold(start, |at, piece| {
                let at = put_block(&piece.text, piece.len, room, at);
                match &piece.value {
                    Some(value) => value.write(source, room, at, memory),
                    None => at,
                }
            })
        });
    }

    /// Appends the strings alone that the output does not have yet, as they are, and tells of the record on the tape: the
    /// shape's number, and for each value as many numbers as [`Emit::width`] says. Those are the number of its string; or
    /// of an integer of 31 bits, itself, and of a larger one the number of its digits, inverted; or of a list, how many
    /// strings it has, and theirs.
    pub(super) fn write_values(&self, source: &Source<'_>, out: &mut Output, memory: &mut Memory, tape: &mut Tape) {
        let (entries, strings) = (tape.entries.len(), tape.strings.count());
        append(self.own_bytes + source.len * self.copies, out, memory, |room, start, memory| {
            if tape.entries.len() > entries {
                tape.entries.truncate(entries);
                tape.strings.rewind(strings);
            }
            tape.entries.push(self.number);
            self.slots.iter().fold(start, |at, value| value.write_to_tape(source, room, at, memory, tape))
        });
    }

    /// What is the same in all documents of the shape, for whoever assembles them: the shape's number, and how many
    /// numbers its values have on the tape; then the text before each gap, and the gap's kind and the place of its numbers;
    /// the text after the last; line by line. No line of it has a line feed in it, since JSON's texts have none.
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

/// Places for shapes, a power of two. Logs have tens of shapes; in long formats with many absent fields, a thousand.
pub(super) const PLACES: usize = 4_096;

/// Places where a shape may be.
pub(super) const NEIGHBOURS: usize = 4;

/// Bytes of shapes, after which all are made anew: some two thousand of the longest format.
pub(super) const MANY_BYTES: usize = 16 * 1024 * 1024;

/// The shapes of a plan, by a hash of their keys. Where all its places are taken, a new shape drives one out.
#[derive(Default)]
pub(super) struct Table {
    pub(super) places: Vec<Option<Box<Shape>>>,
    /// Bytes of all that were made.
    pub(super) bytes: usize,
}

/// The table, which writing changes though the plan stays the same.
#[derive(Default)]
pub(super) struct Shapes(pub(super) Slot<Table>);

impl std::fmt::Debug for Shapes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shapes")
    }
}

/// Appends what `fill` writes into a room from a place on. It gives where that ends; beyond the room, if it did not fit.
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
        let room = out.room(bytes);
        let end = fill(room, start, memory);
        if end <= room.len() {
            out.advance(end);
            break memory.ids.settle(out);
        }
        // Escapes make a text longer: once more, with as much room as it takes.
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
