//! The rules that apply to a format, compiled into a plan for its documents.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::emit::Emit;
use super::shape::{MANY_BYTES, NEIGHBOURS, PLACES, Shape, Shapes, Table};
use super::tree::{self, Step};
use super::{Memory, Settings, Source, Tape};
use crate::base::output::Output;
use crate::base::slot::place_of;
use crate::base::sorted::sorted_by;
use crate::error::Error;
use crate::field::Field;
use crate::format::Format;
use crate::geo::Fragment;
use crate::record::Record;
use crate::schema::{Addresses, How, Outputs, Rule, Setting};
use crate::value::{Kind, Value, parse_v6};

/// The steps to a document, and the shapes of documents met so far.
#[derive(Debug)]
pub(crate) struct Plan {
    steps: Vec<Step>,
    values: Vec<Emit>,
    /// Those of the values that a record may lack though it has their columns.
    conditional: Vec<usize>,
    shapes: Shapes,
    /// The columns of the source's and the destination's address.
    ends: [Option<usize>; 2],
}

impl Plan {
    /// Compiles the rows that apply to a format.
    ///
    /// # Errors
    /// `invalid_option` when a field of option `fields` is an object where the documents have a value, or the other way
    /// round, or deeper than 32 objects; `invalid_format` when an unknown name takes the place of a key that the documents have.
    pub(crate) fn compile(format: &Format, outputs: Outputs, settings: &Settings) -> Result<Plan, Error> {
        let (steps, values) = tree::steps(format, outputs, settings)?;
        let conditional = values.iter().enumerate().filter(|(_, value)| value.is_conditional()).map(|(index, _)| index);
        let conditional = conditional.collect();
        Ok(Plan {
            steps,
            values,
            conditional,
            shapes: Shapes::default(),
            ends: [Field::Srcaddr, Field::Dstaddr].map(|field| format.index_of(field)),
        })
    }

    /// Compiles the event that stands for a line that is no record.
    pub(crate) fn of_errors(settings: &Settings) -> Result<Plan, Error> {
        Plan::compile(&Format::of_fields([]), Outputs::ERROR, settings)
    }

    /// The addresses of a record's source and destination, in the text that its line starts.
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

    /// Appends the document, without a line end.
    pub(crate) fn write(&self, source: &Source<'_>, out: &mut Output, memory: &mut Memory) {
        let mut shapes = self.shapes.0.take();
        if let Some(shape) = self.find_shape(&mut shapes, source, memory) {
            shape.write(source, out, memory);
        }
        self.shapes.0.set(shapes);
    }

    /// Appends the document's values alone, and tells of them on the tape.
    pub(crate) fn write_values(&self, source: &Source<'_>, out: &mut Output, memory: &mut Memory, tape: &mut Tape) {
        let mut shapes = self.shapes.0.take();
        if let Some(shape) = self.find_shape(&mut shapes, source, memory) {
            if shape.number <= tape.shapes_forgotten {
                tape.shapes_told += 1;
                shape.number = tape.shapes_told;
                tape.new_shapes.push(shape.describe());
            }
            shape.write_values(source, out, memory, tape);
        }
        self.shapes.0.set(shapes);
    }

    /// The shape of a record, made if need be.
    fn find_shape<'a>(&self, shapes: &'a mut Table, source: &Source<'_>, memory: &mut Memory) -> Option<&'a mut Shape> {
        self.find_key(source, &mut memory.key);
        if shapes.bytes > MANY_BYTES {
            *shapes = Table::default();
        }
        if shapes.places.is_empty() {
            shapes.places.resize_with(PLACES + NEIGHBOURS, || None);
        }
        let first = place_of::<PLACES>(memory.key.iter().copied());
        let places = shapes.places.get_mut(first..first + NEIGHBOURS)?;
        // Word by word, which is less than a call for a few words.
        let is_it = |shape: &Shape| shape.key.iter().eq(&memory.key);
        let fits = |place: &Option<Box<Shape>>| place.as_deref().is_none_or(is_it);
        let at = places.iter().position(fits).unwrap_or(0);
        let place = places.get_mut(at)?;
        if !place.as_deref().is_some_and(is_it) {
            let shape = Shape::of(&self.steps, &self.values, source, memory.key.clone());
            shapes.bytes += shape.bytes();
            *place = Some(Box::new(shape));
        }
        place.as_deref_mut()
    }

    /// Which fields and conditional values a record has.
    fn find_key(&self, source: &Source<'_>, key: &mut Vec<u64>) {
        key.clear();
        key.extend_from_slice(source.record.present());
        for values in self.conditional.chunks(64) {
            let is_present = |value: &usize| self.values.get(*value).is_some_and(|value| value.is_present(source));
            key.push(values.iter().rev().fold(0, |bits, value| bits << 1 | u64::from(is_present(value))));
        }
    }
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
