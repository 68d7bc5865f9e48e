//! The tape: values as strings and numbers, of which JavaScript makes objects.

use super::emit::{Emit, List};
use super::{Memory, Source};
use crate::base::interner::Interner;
use crate::value::Value;

/// The values of records without the text around them, of which JavaScript makes objects.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    /// For each record its shape's number and the entries of its values: see
    /// [`Shape::write_values`](super::shape::Shape::write_values).
    pub(crate) entries: Vec<u32>,
    /// The strings of the records, which are the output.
    pub(crate) strings: Interner,
    /// The descriptions of shapes that occurred for the first time.
    pub(crate) new_shapes: Vec<String>,
    /// Shapes described so far.
    pub(super) described: u32,
    /// Those of them that have to be described again.
    pub(super) forgotten: u32,
}

#[cfg_attr(not(all(target_arch = "wasm32", not(wasm_module = "detect"))), allow(dead_code))]
impl Tape {
    /// Appends the number of a string that was written behind all others, and returns where the strings end: see
    /// [`Interner::number_of`].
    #[inline(always)]
    fn push_string(&mut self, buffer: &[u8], start: usize, end: usize) -> usize {
        let (number, end) = self.strings.number_of(buffer, start, end);
        self.entries.push(number);
        end
    }

    /// Describes all shapes again, when they occur.
    pub(crate) fn forget_shapes(&mut self) {
        self.forgotten = self.described;
    }
}

impl Emit {
    /// Returns the count of the tape's entries for the value. A list has the count of its strings, and one for each that
    /// it can have; all else has one.
    pub(super) fn width(&self) -> usize {
        match self {
            Emit::List(list) => 1 + list.most_parts(),
            Emit::Token(_)
            | Emit::TokenOrDash(_)
            | Emit::Number(_)
            | Emit::Digits(_)
            | Emit::Lower(_)
            | Emit::Time(_)
            | Emit::Outcome(..)
            | Emit::Transport(..)
            | Emit::NetworkType { .. }
            | Emit::CommunityId { .. }
            | Emit::Rare(_)
            | Emit::LookedUp(..) => 1,
        }
    }

    /// Appends the value's entries to the tape as [`Shape::write_values`](super::shape::Shape::write_values) says, writes
    /// its new strings behind all others, and returns where the strings end.
    #[inline(always)]
    pub(super) fn write_to_tape(
        &self,
        source: &Source<'_>,
        buffer: &mut [u8],
        at: usize,
        memory: &mut Memory,
        tape: &mut Tape,
    ) -> usize {
        match self {
            Emit::Token(column) | Emit::TokenOrDash(column) => {
                let end = source.write_text(source.span(*column), buffer, at);
                tape.push_string(buffer, at, end)
            }
            Emit::Number(column) => match source.value(*column) {
                Value::Integer(small @ 0..0x8000_0000) => {
                    tape.entries.push(small as u32);
                    at
                }
                Value::Integer(_) | Value::Absent | Value::Text | Value::V4(_) | Value::V6 | Value::Time(_) => {
                    let end = source.write_digits(*column, buffer, at);
                    let (number, end) = tape.strings.number_of(buffer, at, end);
                    tape.entries.push(!number);
                    end
                }
            },
            Emit::CommunityId { .. } => {
                let pending = memory.ids.pending();
                let end = self.write(source, buffer, at, memory);
                if memory.ids.pending() == pending {
                    return tape.push_string(buffer, at, end);
                }
                // A string that is still to be hashed cannot be looked up.
                tape.entries.push(tape.strings.push(end));
                end
            }
            Emit::List(list) => list.write_to_tape(source, buffer, at, tape),
            Emit::Digits(_)
            | Emit::Lower(_)
            | Emit::Time(_)
            | Emit::Outcome(..)
            | Emit::Transport(..)
            | Emit::NetworkType { .. }
            | Emit::Rare(_)
            | Emit::LookedUp(..) => {
                let end = self.write(source, buffer, at, memory);
                tape.push_string(buffer, at, end)
            }
        }
    }
}

impl List {
    /// Appends the count of strings, and the entries of each; then zeros, up to the list's width.
    fn write_to_tape(&self, source: &Source<'_>, buffer: &mut [u8], at: usize, tape: &mut Tape) -> usize {
        let (count, mut at) = (tape.entries.len(), at);
        tape.entries.push(0);
        self.parts(source, |part| {
            let end = part.write(source, buffer, at);
            at = tape.push_string(buffer, at, end);
        });
        let parts = tape.entries.len() - count - 1;
        if let Some(entry) = tape.entries.get_mut(count) {
            *entry = parts as u32;
        }
        tape.entries.resize(count + 1 + self.most_parts(), 0);
        at
    }
}
