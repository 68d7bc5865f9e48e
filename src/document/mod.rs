//! The mapping table, compiled for one format, and the writer of one JSON document for one record.
//!
//! Everything that is the same for all records of a format is done once, by [`Plan::compile`]: which rows apply, where
//! their columns are, how the objects nest, and the bytes of keys and constants. Records differ in which of their fields
//! are absent; for each such *shape* of a record, what remains is a text with gaps ([`Shape`]), and writing a document is
//! copying the text and filling the gaps.

pub(crate) mod community_id;
mod emit;
pub(crate) mod id_cache;
mod shape;
mod tree;

use std::cell::Cell as Slot;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use self::emit::Emit;
use self::shape::Shape;
use self::tree::Step;
use crate::base::interner::Strings;
use crate::base::output::Output;
use crate::base::slot::place_of;
use crate::base::time::Times;
use crate::document::id_cache::Hashes;
use crate::error::Error;
use crate::field::Field;
use crate::format::Format;
use crate::geo::Fragments;
use crate::json::Json;
use crate::record::Record;
use crate::schema::Outputs;
use crate::value::{Value, parse_v6};

/// What options put into every document, compiled to JSON.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) preserve_original: bool,
    pub(crate) ingested: bool,
    pub(crate) community_id: bool,
    pub(crate) ecs_version: Option<&'static str>,
    pub(crate) data_stream: Option<[Vec<u8>; 3]>,
    pub(crate) tags: Option<Vec<u8>>,
    pub(crate) fields: Vec<(String, Json)>,
    /// Whether there are databases to look addresses up in.
    pub(crate) geo: bool,
}

/// What a document is made from, besides the plan.
pub(crate) struct Source<'a> {
    /// A text in UTF-8 that starts with the record's line, and may go on after it.
    pub(crate) text: &'a [u8],
    /// The line's length in bytes.
    pub(crate) len: usize,
    /// Whether JSON writes the line as it stands: it has no character to escape.
    pub(crate) plain: bool,
    /// Whether texts are written as they are, and not for JSON.
    pub(crate) raw: bool,
    /// Its values.
    pub(crate) record: &'a Record,
    /// The time of parsing, in RFC 3339.
    pub(crate) now: &'a str,
    /// What is wrong with the line, in an error's event.
    pub(crate) error: Option<&'a Error>,
    /// What was found of the source and of the destination.
    pub(crate) ends: [Fragments<'a>; 2],
}

/// What writing remembers between records.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    times: Times,
    /// Community IDs that have a place in the output, but no value yet.
    pub(crate) ids: Hashes,
    /// Which fields the record has; see [`Shape::key`].
    key: Vec<u64>,
}

/// The values of records, told apart from the text around them: what JavaScript makes objects of.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    /// For each record its shape's number, and what it has for the shape's values: see [`Shape::write_values`].
    pub(crate) entries: Vec<u32>,
    /// The strings of the records, which are the output.
    pub(crate) strings: Strings,
    /// Shapes that were met for the first time, described.
    pub(crate) new_shapes: Vec<String>,
    shapes_told: u32,
    shapes_forgotten: u32,
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

/// Places for shapes, a power of two. Logs have tens of shapes; in long formats with many absent fields, a thousand.
const PLACES: usize = 4_096;

/// Places where a shape may be.
const NEIGHBOURS: usize = 4;

/// Bytes of shapes, after which all are made anew: some two thousand of the longest format.
const MANY_BYTES: usize = 16 * 1024 * 1024;

/// The shapes of a plan, by a hash of their keys. Where all its places are taken, a new shape drives one out.
#[derive(Default)]
struct Table {
    places: Vec<Option<Box<Shape>>>,
    /// Bytes of all that were made.
    bytes: usize,
}

/// The table, which writing changes though the plan stays the same.
#[derive(Default)]
struct Shapes(Slot<Table>);

impl std::fmt::Debug for Shapes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shapes")
    }
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
