//! The tape: values as strings and numbers, of which JavaScript makes objects.

use super::emit::{Emit, Form, Gap, List, Part};
use super::{Memory, Source};
use crate::base::interner::Interner;
use crate::base::output::{Output, copy};
use crate::base::span::Span;
use crate::base::tokens::Tokens;

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

#[cfg_attr(not(all(target_arch = "wasm32", feature = "js", not(wasm_module = "detect"))), allow(dead_code))]
impl Tape {
    /// Returns the number of a string, which is a part of a text. The output gets it, unless it has it already.
    #[inline(always)]
    fn number_of(&mut self, text: &[u8], Span { start, end }: Span, out: &mut Output) -> u32 {
        let at = out.len();
        let buffer = out.reserve(end - start);
        let copied = copy(text, start, end, buffer, at);
        let (number, end) = self.strings.number_of(buffer, at, copied);
        out.advance(end);
        number
    }

    /// Describes all shapes again, when they occur.
    pub(crate) fn forget_shapes(&mut self) {
        self.forgotten = self.described;
    }
}

impl Gap {
    /// Returns the count of the tape's entries for the value. A list has the count of its strings, and one for each that
    /// it can have; all else has one.
    pub(super) fn width(&self) -> usize {
        if let Gap::Made(Emit::List(list)) = self { 1 + list.most_parts() } else { 1 }
    }

    /// Appends the entries of the value, which is in a slot, to the tape as
    /// [`Shape::write_values`](super::shape::Shape::write_values) says, and its new strings to the output.
    #[inline(always)]
    pub(super) fn write_to_tape(
        &self,
        slot: usize,
        source: &Source<'_>,
        tokens: &Tokens,
        out: &mut Output,
        memory: &mut Memory,
        tape: &mut Tape,
    ) {
        let (text, span) = (tokens.text(), tokens.slot(slot));
        let entry = match self {
            Gap::Digits(column, Form::Number) => match source.integer(*column) {
                Some(small @ 0..0x8000_0000) => small as u32,
                Some(_) | None => !tape.number_of(text, span, out),
            },
            Gap::Made(Emit::CommunityId { .. }) if memory.ids.is_blank() => {
                // A string that is still to be hashed cannot be looked up.
                let at = out.len();
                out.extend(span.of(text));
                memory.ids.add(at, out);
                tape.strings.push(out.len())
            }
            Gap::Made(Emit::List(list)) => return list.write_to_tape(source, tokens, out, tape),
            Gap::Token(_) | Gap::Digits(..) | Gap::Made(_) => tape.number_of(text, span, out),
        };
        tape.entries.push(entry);
    }
}

impl List {
    /// Appends the count of strings, and the entries of each; then zeros, up to the list's width.
    fn write_to_tape(&self, source: &Source<'_>, tokens: &Tokens, out: &mut Output, tape: &mut Tape) {
        let count = tape.entries.len();
        tape.entries.push(0);
        self.parts(source, tokens, |part| {
            let number = match part {
                Part::Token(span) => tape.number_of(tokens.text(), span, out),
                Part::Word(word) => tape.number_of(word.as_bytes(), Span { start: 0, end: word.len() }, out),
            };
            tape.entries.push(number);
        });
        let parts = tape.entries.len() - count - 1;
        if let Some(entry) = tape.entries.get_mut(count) {
            *entry = parts as u32;
        }
        tape.entries.resize(count + 1 + self.most_parts(), 0);
    }
}
