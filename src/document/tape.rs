//! The tape: values as strings and numbers, of which JavaScript makes objects.

use super::emit::Emit;
use super::{Memory, Source};
use crate::base::interner::Strings;
use crate::value::Value;

/// The values of records, told apart from the text around them: what JavaScript makes objects of.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    /// For each record its shape's number, and what it has for the shape's values: see [`Shape::write_values`](super::shape::Shape::write_values).
    pub(crate) entries: Vec<u32>,
    /// The strings of the records, which are the output.
    pub(crate) strings: Strings,
    /// Shapes that were met for the first time, described.
    pub(crate) new_shapes: Vec<String>,
    pub(super) shapes_told: u32,
    pub(super) shapes_forgotten: u32,
}

#[cfg_attr(not(all(target_arch = "wasm32", feature = "parser")), allow(dead_code))]
impl Tape {
    /// Tells of a string in a room, behind all others, and gives where the strings end: see [`Strings::number_of`].
    #[inline(always)]
    fn tell(&mut self, room: &[u8], start: usize, end: usize) -> usize {
        let (number, end) = self.strings.number_of(room, start, end);
        self.entries.push(number);
        end
    }

    /// Tells all shapes again, when they are met.
    pub(crate) fn forget_shapes(&mut self) {
        self.shapes_forgotten = self.shapes_told;
    }
}

impl Emit {
    /// How many numbers a tape has for the value.
    pub(super) fn width(&self) -> usize {
        self.most_parts().map_or(1, |most| 1 + most)
    }

    /// Writes the value's strings that are new behind all others, tells of the value as [`Shape::write_values`](super::shape::Shape::write_values) says, and
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
}
