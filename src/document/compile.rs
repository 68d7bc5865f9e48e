//! The rules that apply to a format, compiled into a plan for its documents.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::emit::{Emit, List, Rare};
use super::shape::{BUCKET, MANY_BYTES, SLOTS, Shape, Shapes, Table};
use super::tree::{self, Step};
use super::{Memory, Settings, Source, Tape};
use crate::base::output::Output;
use crate::base::slot::slot_of;
use crate::base::sorted::sorted_by;
use crate::error::Error;
use crate::field::{Field, LogStatus};
use crate::format::Format;
use crate::geo::Fragment;
use crate::record::Record;
use crate::schema::{Addresses, How, Outputs, Setting};
use crate::value::{Kind, Type, Value, parse_v6};

/// The steps to a document, and the shapes of documents met so far.
#[derive(Debug)]
pub(crate) struct Plan {
    steps: Vec<Step>,
    /// The values that a record may lack though it has their columns.
    conditional: Vec<Emit>,
    shapes: Shapes,
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
        let steps = tree::steps(format, outputs, settings)?;
        let mut conditional = Vec::new();
        for step in &steps {
            if let Step::Leaf { leaf, .. } = step {
                conditional.extend(leaf.emits().iter().filter(|emit| emit.is_conditional()).cloned());
            }
        }
        Ok(Plan {
            conditional,
            steps,
            shapes: Shapes::default(),
            ends: [Field::Srcaddr, Field::Dstaddr].map(|field| format.index_of(field)),
            times: [Field::End, Field::Start].map(|field| format.index_of(field)),
            log_status: format.index_of(Field::LogStatus),
        })
    }

    /// Compiles the event that stands for a line that is not a record.
    pub(crate) fn of_errors(settings: &Settings) -> Result<Plan, Error> {
        Plan::compile(&Format::of_fields([]), Outputs::ERROR, settings)
    }

    /// Returns the addresses of a record's source and destination. The text starts with its line.
    pub(crate) fn addresses(&self, record: &Record, text: &[u8]) -> [Option<IpAddr>; 2] {
        self.ends.map(|column| {
            let column = column?;
            match record.value(column) {
                Value::V4(v4) => Some(Ipv4Addr::from(v4 as u32).into()),
                Value::V6 => parse_v6(record.span(column).of(text)).map(|v6| Ipv6Addr::from(v6).into()),
                _ => None,
            }
        })
    }

    /// True if a record has a time of its own.
    #[inline]
    pub(crate) fn has_time(&self, record: &Record) -> bool {
        self.times.into_iter().flatten().any(|column| record.value(column) != Value::Absent)
    }

    /// Returns the log status of a record. The text starts with its line.
    #[inline]
    pub(crate) fn log_status(&self, record: &Record, text: &[u8]) -> Option<LogStatus> {
        let column = self.log_status.filter(|column| record.value(*column) != Value::Absent)?;
        LogStatus::of_token(record.span(column).of(text))
    }

    /// Appends the document, without a line end.
    pub(crate) fn write(&self, source: &Source<'_>, out: &mut Output, memory: &mut Memory) {
        let mut shapes = self.shapes.0.take();
        if let Some(shape) = self.find_shape(&mut shapes, source, memory) {
            shape.write(source, out, memory);
        }
        self.shapes.0.set(shapes);
    }

    /// Appends the document's values alone, and their entries to the tape.
    pub(crate) fn write_values(&self, source: &Source<'_>, out: &mut Output, memory: &mut Memory, tape: &mut Tape) {
        let mut shapes = self.shapes.0.take();
        if let Some(shape) = self.find_shape(&mut shapes, source, memory) {
            if shape.number <= tape.forgotten {
                tape.described += 1;
                shape.number = tape.described;
                tape.new_shapes.push(shape.describe());
            }
            shape.write_values(source, out, memory, tape);
        }
        self.shapes.0.set(shapes);
    }

    /// Returns the shape of a record, which is made if necessary.
    fn find_shape<'a>(&self, shapes: &'a mut Table, source: &Source<'_>, memory: &mut Memory) -> Option<&'a mut Shape> {
        self.find_key(source, &mut memory.key);
        if shapes.bytes > MANY_BYTES {
            *shapes = Table::default();
        }
        if shapes.slots.is_empty() {
            shapes.slots.resize_with(SLOTS + BUCKET, || None);
        }
        let first = slot_of::<SLOTS>(memory.key.iter().copied());
        let bucket = shapes.slots.get_mut(first..first + BUCKET)?;
        // Word by word, which is less than a call for a few words.
        let is_it = |shape: &Shape| shape.key.iter().eq(&memory.key);
        let fits = |slot: &Option<Box<Shape>>| slot.as_deref().is_none_or(is_it);
        let at = bucket.iter().position(fits).unwrap_or(0);
        let slot = bucket.get_mut(at)?;
        if !slot.as_deref().is_some_and(is_it) {
            let shape = Shape::of(&self.steps, source, memory.key.clone());
            shapes.bytes += shape.bytes();
            *slot = Some(Box::new(shape));
        }
        slot.as_deref_mut()
    }

    /// Writes the key of a record's shape: which fields and conditional values it has.
    fn find_key(&self, source: &Source<'_>, key: &mut Vec<u64>) {
        key.clear();
        key.extend_from_slice(source.record.present());
        for values in self.conditional.chunks(64) {
            key.push(values.iter().rev().fold(0, |bits, value| bits << 1 | u64::from(value.is_present(source))));
        }
    }
}

/// The value of a key in the documents of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    /// This JSON text, always.
    Constant(Vec<u8>),
    /// This JSON text, if the record has any of the columns.
    ConstantIfAny(Vec<usize>, &'static str),
    /// A value of the record, or of the occasion.
    Emit(Emit),
    /// The first of these values that the record has.
    FirstOf(Vec<Emit>),
}

impl Leaf {
    /// True if the record has the value.
    pub(super) fn is_present(&self, source: &Source<'_>) -> bool {
        match self {
            Leaf::Constant(_) => true,
            Leaf::ConstantIfAny(columns, _) => columns.iter().any(|column| source.has(*column)),
            Leaf::Emit(emit) => emit.is_present(source),
            Leaf::FirstOf(emits) => emits.iter().any(|emit| emit.is_present(source)),
        }
    }

    /// Returns the values that differ between records.
    fn emits(&self) -> &[Emit] {
        match self {
            Leaf::Constant(_) | Leaf::ConstantIfAny(..) => &[],
            Leaf::Emit(emit) => std::slice::from_ref(emit),
            Leaf::FirstOf(emits) => emits,
        }
    }
}

/// Returns the text of a column as it stands; a tag's value is decoded.
pub(super) fn text(field: Option<Field>, column: usize) -> Emit {
    let is_tag = field.is_some_and(|field| field.kind() == Kind::Tag);
    if is_tag { Emit::Rare(Rare::Tag(column)) } else { Emit::Token(column) }
}

/// Returns what a column has by its field's type: a number, a time, or else text.
fn typed(field: Field, column: usize) -> Emit {
    match field.kind().value_type() {
        Type::Integer { .. } => Emit::Number(column),
        Type::Time => Emit::Time(column),
        Type::Address | Type::Word(_) | Type::Text => text(Some(field), column),
    }
}

/// Returns the value that is made from fields in a way; `None` if the format or the options lack what it needs, or if it
/// is an object.
pub(super) fn leaf(how: How, from: &[Field], format: &Format, settings: &Settings, outputs: Outputs) -> Option<Leaf> {
    let columns = || from.iter().filter_map(|field| format.index_of(*field)).collect::<Vec<usize>>();
    let at = |position: usize| from.get(position).and_then(|field| format.index_of(*field));
    let some = |columns: Vec<usize>| if columns.is_empty() { None } else { Some(columns) };
    Some(Leaf::Emit(match how {
        How::Constant(json) => return Some(Leaf::Constant(json.into())),
        How::ConstantIfAny(json) => return Some(Leaf::ConstantIfAny(some(columns())?, json)),
        How::Text => text(from.first().copied(), at(0)?),
        How::TextOrDash => Emit::TokenOrDash(at(0)?),
        How::Typed => typed(*from.first()?, at(0)?),
        How::Digits => Emit::Digits(at(0)?),
        How::Lower => Emit::Lower(at(0)?),
        How::Time => Emit::Time(at(0)?),
        How::EventTime => {
            let times = columns().into_iter().map(Emit::Time);
            return Some(Leaf::FirstOf(times.chain([Emit::Rare(Rare::OuterTime)]).collect()));
        }
        How::EventType => Emit::List(List::EventType(at(0))),
        How::Outcome(accept, reject) => Emit::Outcome(at(0)?, accept, reject),
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
    }))
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
    Some(Leaf::Emit(Emit::Rare(rare)))
}

/// Returns an object that is looked up, if there are databases.
fn looked_up(from: &[Field], format: &Format, settings: &Settings, fragment: Fragment) -> Option<Emit> {
    let field = from.first().filter(|field| settings.geo && format.index_of(**field).is_some())?;
    Some(Emit::LookedUp(usize::from(*field == Field::Dstaddr), fragment))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tokens::Tokens;
    use crate::record;
    use crate::record::transport::Transport;
    use crate::schema::{Mode, Schema};

    /// Returns the document of a line whose envelope has a time.
    fn document(line: &str, outer_time: Option<u64>) -> Option<String> {
        let format = Format::of_fields([Field::Srcport, Field::End]);
        let plan = Plan::compile(&format, Outputs::of(Schema::Ecs, Mode::Original), &Settings::default()).ok()?;
        let (mut tokens, mut record) = (Tokens::default(), Record::default());
        tokens.split(line.as_bytes());
        record::read(&format, line.as_bytes(), &tokens, &mut record).ok()?;
        let source = Source {
            text: line.as_bytes(),
            len: line.len(),
            plain: false,
            raw: false,
            record: &record,
            outer_time,
            now: "now",
            transport: Transport::NONE,
            error: None,
            ends: Default::default(),
        };
        let mut out = Output::new();
        plan.write(&source, &mut out, &mut Memory::default());
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
