//! The rules that apply to a format, compiled into a plan for its documents.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::emit::{Emit, Form, Gap, List, Rare, Word};
use super::shape::{BUCKET, MANY_BYTES, NO_VALUE, SHAPES, Shape, Shapes, Table};
use super::source::{escaped, without_zeros};
use super::tree::{self, Step};
use super::{Memory, Settings, Source, Tape};
use crate::base::output::Output;
use crate::base::slot::slot_of;
use crate::base::sorted::sorted_by;
use crate::base::span::Span;
use crate::base::tokens::{SLOTS, Tokens};
use crate::error::Error;
use crate::field::{Field, LogStatus};
use crate::format::Format;
use crate::geo::Fragment;
use crate::record::Record;
use crate::schema::{Addresses, How, Outputs, Setting};
use crate::value::{Address, Kind, Type, without_fraction};

/// The steps to a document, and the shapes of documents met so far.
///
/// Values are in slots: the tokens in the order of the columns, then the values that are made of them. The digits of
/// integers are in the last slots.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) steps: Vec<Step<Content>>,
    /// The values that are made, in slots from `first_slot` on.
    values: Vec<Emit>,
    first_slot: usize,
    /// The columns of integers whose digits are copied, in slots from [`LAST_DIGITS`] down, and the form that they get.
    digits: Vec<(usize, Form)>,
    /// The slot of the Community ID.
    pub(super) id: Option<usize>,
    shapes: Shapes,
    /// The columns of integers.
    integers: Vec<usize>,
    /// The columns of the source's and the destination's address.
    ends: [Option<usize>; 2],
    /// The columns of the record's times.
    times: [Option<usize>; 2],
    /// The column of its log status.
    log_status: Option<usize>,
}

impl Plan {
    /// Compiles the rows that apply to a format.
    ///
    /// # Errors
    /// - `invalid_option`: a member of the option `fields` is an object where the documents have a value, or the other way
    ///   round, or is deeper than 32 objects.
    /// - `invalid_format`: an unknown name needs a key that the documents have already.
    pub(crate) fn compile(format: &Format, outputs: Outputs, settings: &Settings) -> Result<Plan, Error> {
        let (mut values, mut digits) = (Vec::new(), Vec::new());
        // The bits of a shape's key for the values start with a word of their own.
        let first_slot = format.columns().len().div_ceil(64) * 64;
        let mut choice_of = |gap: Gap| match gap {
            Gap::Token(column) => Choice { bit: column, slot: column },
            Gap::Digits(column, form) => {
                let slot = LAST_DIGITS - index_of(&mut digits, (column, form));
                Choice { bit: column, slot }
            }
            Gap::Made(emit) => {
                let slot = first_slot + index_of(&mut values, emit);
                Choice { bit: slot, slot }
            }
        };
        let steps = tree::steps(format, outputs, settings)?.into_iter();
        let steps = steps.map(|step| step.map(|leaf| Content::of(leaf, &mut choice_of))).collect();
        let is_id = |emit: &Emit| matches!(emit, Emit::CommunityId { .. });
        Ok(Plan {
            steps,
            id: values.iter().position(is_id).map(|index| first_slot + index),
            values,
            digits,
            first_slot,
            shapes: Shapes::default(),
            integers: format.readers().integers.iter().map(|(column, _)| *column).collect(),
            ends: [Field::Srcaddr, Field::Dstaddr].map(|field| format.index_of(field)),
            times: [Field::End, Field::Start].map(|field| format.index_of(field)),
            log_status: format.index_of(Field::LogStatus),
        })
    }

    /// Compiles the event that stands for a line that is not a record.
    pub(crate) fn of_errors(settings: &Settings) -> Result<Plan, Error> {
        Plan::compile(&Format::of_fields([]), Outputs::ERROR, settings)
    }

    /// Returns the addresses of a record's source and destination.
    pub(crate) fn addresses(&self, record: &Record) -> [Option<IpAddr>; 2] {
        self.ends.map(|column| {
            let Address { number, is_v4 } = record.address(column?)?;
            Some(if is_v4 { Ipv4Addr::from(number as u32).into() } else { Ipv6Addr::from(number).into() })
        })
    }

    /// True if a record has a time of its own.
    #[inline]
    pub(crate) fn has_time(&self, record: &Record) -> bool {
        self.times.into_iter().flatten().any(|column| record.has(column))
    }

    /// Returns the log status of a record.
    #[inline]
    pub(crate) fn log_status(&self, record: &Record, tokens: &Tokens) -> Option<LogStatus> {
        let column = self.log_status.filter(|column| record.has(*column))?;
        LogStatus::of_token(tokens.slot(column).of(tokens.text()))
    }

    /// Appends the document, without a line end.
    #[inline]
    pub(crate) fn write(&self, source: &Source<'_>, tokens: &mut Tokens, out: &mut Output, memory: &mut Memory) {
        self.make_values(source, tokens, memory);
        let mut shapes = self.shapes.0.take();
        if let Some(shape) = self.find_shape(&mut shapes, &memory.key) {
            shape.write(tokens, out, memory);
        }
        self.shapes.0.set(shapes);
    }

    /// Appends the document's values alone, and their entries to the tape.
    pub(crate) fn write_values(
        &self,
        source: &Source<'_>,
        tokens: &mut Tokens,
        out: &mut Output,
        memory: &mut Memory,
        tape: &mut Tape,
    ) {
        self.make_values(source, tokens, memory);
        let mut shapes = self.shapes.0.take();
        if let Some(shape) = self.find_shape(&mut shapes, &memory.key) {
            if shape.number <= tape.forgotten {
                tape.described += 1;
                shape.number = tape.described;
                tape.new_shapes.push(shape.describe(self));
            }
            shape.write_values(source, tokens, out, memory, tape);
        }
        self.shapes.0.set(shapes);
    }

    /// Makes the values of a record, each once, and the key of its shape: a bit for each slot, set if it has a value.
    #[inline(never)]
    fn make_values(&self, source: &Source<'_>, tokens: &mut Tokens, memory: &mut Memory) {
        if !source.record.is_usual() {
            self.drop_fractions(tokens);
        }
        let mut key = std::mem::take(&mut memory.key);
        key.clear();
        key.extend_from_slice(source.record.present());
        let (text, slots) = tokens.text_and_slots();
        for ((column, _), slot) in self.digits.iter().zip((0..=LAST_DIGITS).rev()) {
            slots[slot % SLOTS] = without_zeros(slots[column % SLOTS], text);
        }
        let mut slot = self.first_slot;
        for values in self.values.chunks(64) {
            let mut bits = 0;
            for (index, value) in values.iter().enumerate() {
                if let Some(span) = value.make(source, tokens, memory) {
                    tokens.set_slot(slot + index, span);
                    bits |= 1 << index;
                }
            }
            key.push(bits);
            slot += 64;
        }
        memory.key = key;
        if !source.is_verbatim() {
            self.escape(source, tokens);
        }
    }

    /// Replaces the tokens by what JSON writes inside a string. The values have been made of the tokens.
    #[inline(never)]
    fn escape(&self, source: &Source<'_>, tokens: &mut Tokens) {
        for column in (0..tokens.count().min(self.first_slot)).filter(|column| source.has(*column)) {
            let escaped = escaped(tokens.slot(column), tokens);
            tokens.set_slot(column, escaped);
        }
    }

    /// Drops the fractions of integers, which are zeros: `25238.0`.
    #[inline(never)]
    fn drop_fractions(&self, tokens: &mut Tokens) {
        for column in &self.integers {
            let Span { start, .. } = tokens.slot(*column);
            let len = without_fraction(tokens.slot(*column).of(tokens.text())).len();
            tokens.set_slot(*column, Span { start, end: start + len });
        }
    }

    /// Returns the shape of a key, which is made if necessary.
    #[inline]
    fn find_shape<'a>(&self, shapes: &'a mut Table, key: &[u64]) -> Option<&'a mut Shape> {
        if shapes.slots.is_empty() {
            shapes.slots.resize_with(SHAPES + BUCKET, || None);
        }
        let first = slot_of::<SHAPES>(key.iter().copied());
        let bucket = shapes.slots.get_mut(first..first + BUCKET)?;
        // Word by word, which is less than a call for a few words.
        let is_it = |shape: &Shape| shape.key.iter().eq(key);
        let fits = |slot: &Option<Box<Shape>>| slot.as_deref().is_none_or(is_it);
        let at = bucket.iter().position(fits).unwrap_or(0);
        let slot = bucket.get_mut(at)?;
        if !slot.as_deref().is_some_and(is_it) {
            let shape = Box::new(Shape::of(self, key));
            shapes.bytes += shape.bytes();
            *slot = Some(shape);
            if shapes.bytes > MANY_BYTES {
                let shape = slot.take();
                *shapes = Table::default();
                shapes.slots.resize_with(SHAPES + BUCKET, || None);
                let slot = shapes.slots.get_mut(first)?;
                *slot = shape;
                return slot.as_deref_mut();
            }
        }
        shapes.slots.get_mut(first + at)?.as_deref_mut()
    }

    /// Returns the value in a slot.
    pub(super) fn gap(&self, slot: usize) -> Gap {
        let made = slot.checked_sub(self.first_slot).and_then(|index| self.values.get(index));
        let digits = LAST_DIGITS.checked_sub(slot).and_then(|index| self.digits.get(index));
        match (made, digits) {
            (Some(emit), _) => Gap::Made(emit.clone()),
            (None, Some((column, form))) => Gap::Digits(*column, *form),
            (None, None) => Gap::Token(slot),
        }
    }
}

/// The slot of the first digits.
const LAST_DIGITS: usize = NO_VALUE - 1;

/// Returns the index of an item, which is added if it is new.
fn index_of<T: PartialEq>(items: &mut Vec<T>, item: T) -> usize {
    items.iter().position(|other| *other == item).unwrap_or_else(|| {
        items.push(item);
        items.len() - 1
    })
}

/// The value of a key in the documents of a plan.
#[derive(Debug)]
pub(super) enum Content {
    /// This JSON text, always.
    Constant(Vec<u8>),
    /// This JSON text, if the record has any of the columns.
    ConstantIfAny(Vec<usize>, &'static str),
    /// The first of these values that the record has.
    FirstOf(Vec<Choice>, Form),
}

/// A value that a record may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    /// The bit of a shape's key that is set if the record has the value.
    pub(super) bit: usize,
    /// The slot of the value.
    pub(super) slot: usize,
}

impl Content {
    fn of(leaf: Leaf, choice_of: &mut impl FnMut(Gap) -> Choice) -> Content {
        match leaf {
            Leaf::Constant(json) => Content::Constant(json),
            Leaf::ConstantIfAny(columns, json) => Content::ConstantIfAny(columns, json),
            Leaf::Gap(gap) => {
                let form = gap.form();
                Content::FirstOf(vec![choice_of(gap)], form)
            }
            Leaf::FirstOf(emits) => {
                Content::FirstOf(emits.into_iter().map(|emit| choice_of(Gap::Made(emit))).collect(), Form::String)
            }
        }
    }
}

/// The value of a key in the documents of a format.
#[derive(Debug)]
pub(super) enum Leaf {
    /// This JSON text, always.
    Constant(Vec<u8>),
    /// This JSON text, if the record has any of the columns.
    ConstantIfAny(Vec<usize>, &'static str),
    /// A value of the record, or of the occasion.
    Gap(Gap),
    /// The first of these strings that the record has.
    FirstOf(Vec<Emit>),
}

/// Returns the text of a column as it stands; a tag's value is decoded.
pub(super) fn text(field: Option<Field>, column: usize) -> Gap {
    let is_tag = field.is_some_and(|field| field.kind() == Kind::Tag);
    if is_tag { Gap::Made(Emit::Rare(Rare::Tag(column))) } else { Gap::Token(column) }
}

/// Returns what a column has by its field's type: a number, a time, or else text.
fn typed(field: Field, column: usize) -> Gap {
    match field.kind().value_type() {
        Type::Integer { .. } => Gap::Digits(column, Form::Number),
        Type::Time => Gap::Made(Emit::Time(column)),
        Type::Address | Type::Word(_) | Type::Text => text(Some(field), column),
    }
}

/// Returns the value that is made from fields in a way; `None` if the format or the options lack what it needs, or if it
/// is an object.
pub(super) fn leaf(how: How, from: &[Field], format: &Format, settings: &Settings, outputs: Outputs) -> Option<Leaf> {
    let columns = || from.iter().filter_map(|field| format.index_of(*field)).collect::<Vec<usize>>();
    let at = |position: usize| from.get(position).and_then(|field| format.index_of(*field));
    let some = |columns: Vec<usize>| if columns.is_empty() { None } else { Some(columns) };
    Some(Leaf::Gap(Gap::Made(match how {
        How::Constant(json) => return Some(Leaf::Constant(json.into())),
        How::ConstantIfAny(json) => return Some(Leaf::ConstantIfAny(some(columns())?, json)),
        How::Text => return Some(Leaf::Gap(text(from.first().copied(), at(0)?))),
        How::TextOrDash => Emit::TokenOrDash(at(0)?),
        How::Typed => return Some(Leaf::Gap(typed(*from.first()?, at(0)?))),
        How::Digits => return Some(Leaf::Gap(Gap::Digits(at(0)?, Form::String))),
        How::Lower => Emit::Lower(at(0)?),
        How::Time => Emit::Time(at(0)?),
        How::EventTime => {
            let times = columns().into_iter().map(Emit::Time);
            return Some(Leaf::FirstOf(times.chain([Emit::OuterTime]).collect()));
        }
        How::EventType => Emit::List(List::EventType(at(0))),
        How::Outcome(accept, reject) => Emit::Outcome(at(0)?, Word::of(accept.as_bytes()), Word::of(reject.as_bytes())),
        How::Transport(keywords) => Emit::Transport(at(0)?, keywords),
        How::NetworkType(family) => {
            let addresses = [Field::Srcaddr, Field::Dstaddr].into_iter().filter(|field| from.contains(field));
            let addresses: Vec<usize> = addresses.filter_map(|field| format.index_of(field)).collect();
            let kind = from.contains(&Field::Type).then(|| format.index_of(Field::Type)).flatten();
            some(columns())?;
            Emit::NetworkType { kind, addresses, family }
        }
        How::CommunityId if !settings.community_id => return None,
        How::CommunityId => {
            let (addresses, ports) = ([at(0)?, at(1)?], [at(2), at(3)]);
            Emit::CommunityId { addresses, ports, protocol: at(4)? }
        }
        How::RelatedIp(addresses) => {
            let columns = some(columns())?;
            let columns = match addresses {
                Addresses::Pair if columns.len() < 2 => return None,
                Addresses::Pair | Addresses::Unique => columns,
                Addresses::UniqueInFormatOrder => sorted_by(columns.into_iter(), |column| *column),
            };
            Emit::List(List::RelatedIp(columns, addresses))
        }
        How::FlagNames { empty } => Emit::List(List::FlagNames { column: at(0)?, empty }),
        How::Geo => looked_up(from, format, settings, Fragment::GEO?)?,
        How::As => looked_up(from, format, settings, Fragment::SYSTEM?)?,
        How::Object => return None,
        How::Given(setting) => return given(setting, settings, outputs),
    })))
}

/// Returns what an option or the occasion gives; `None` without the option.
fn given(setting: Setting, settings: &Settings, outputs: Outputs) -> Option<Leaf> {
    let data_stream = |part: usize| settings.data_stream.as_ref().and_then(|parts| parts.get(part)).cloned();
    let keeps_line = settings.preserve_original || outputs == Outputs::ERROR;
    let rare = match setting {
        Setting::Original => keeps_line.then_some(Rare::Line)?,
        Setting::Line => Rare::Line,
        Setting::DataStreamType => return data_stream(0).map(Leaf::Constant),
        Setting::DataStreamDataset => return data_stream(1).map(Leaf::Constant),
        Setting::DataStreamNamespace => return data_stream(2).map(Leaf::Constant),
        Setting::Module => return data_stream(0).map(|_| Leaf::Constant(b"\"aws\"".to_vec())),
        Setting::Ingested => settings.ingested.then_some(Rare::Now)?,
        Setting::Now => Rare::Now,
        Setting::Tags => return settings.tags.clone().map(Leaf::Constant),
        Setting::EcsVersion => return settings.ecs_version.map(|json| Leaf::Constant(json.into())),
        Setting::Transport(key) => settings.transport.then_some(Rare::Transport(key))?,
        Setting::ErrorMessage => Rare::ErrorMessage,
        Setting::ErrorCode => Rare::ErrorCode,
    };
    Some(Leaf::Gap(Gap::Made(Emit::Rare(rare))))
}

/// Returns an object that is looked up, if there are databases.
fn looked_up(from: &[Field], format: &Format, settings: &Settings, fragment: Fragment) -> Option<Emit> {
    let field = from.first().filter(|field| settings.geo && format.index_of(**field).is_some())?;
    Some(Emit::LookedUp(usize::from(*field == Field::Dstaddr), fragment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record;
    use crate::record::transport::Transport;
    use crate::schema::{Mode, Schema};

    /// Returns the document of a line whose envelope has a time.
    fn document(line: &str, outer_time: Option<u64>) -> Option<String> {
        let format = Format::of_fields([Field::Srcport, Field::End]);
        let plan = Plan::compile(&format, Outputs::of(Schema::Ecs, Mode::Original), &Settings::default()).ok()?;
        let (mut tokens, mut record) = (Tokens::default(), Record::default());
        tokens.split(line.as_bytes());
        record::read(&format, &tokens, &mut record).ok()?;
        let source = Source {
            len: line.len(),
            plain: false,
            raw: false,
            record: &record,
            has_time: plan.has_time(&record),
            outer_time,
            now: "now",
            transport: Transport::NONE,
            error: None,
            ends: Default::default(),
        };
        let mut out = Output::new();
        plan.write(&source, &mut tokens, &mut out, &mut Memory::default());
        Some(String::from_utf8_lossy(&out).into_owned())
    }

    #[test]
    fn the_time_of_the_envelope_is_for_records_without_one() {
        let at = Some(1_767_225_614_500);
        let own = r#"{"@timestamp":"2014-12-14T04:07:50.000Z","aws":{"vpcflow":{"end":"2014-12-14T04:07:50.000Z","srcport":7}}}"#;
        assert_eq!(document("7 1418530070", at).as_deref(), Some(own));
        let outer = r#"{"@timestamp":"2026-01-01T00:00:14.500Z","aws":{"vpcflow":{"srcport":7}}}"#;
        assert_eq!(document("7 -", at).as_deref(), Some(outer));
        let parsed = r#"{"@timestamp":"now","aws":{"vpcflow":{"srcport":7}}}"#;
        assert_eq!(document("7 -", None).as_deref(), Some(parsed));
    }
}
