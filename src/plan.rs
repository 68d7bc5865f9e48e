//! The mapping table, compiled for one format, and the writer of one JSON document for one record.
//!
//! Everything that is the same for all records of a format is done once, by [`Plan::compile`]: which rows apply, where
//! their columns are, how the objects nest, and the bytes of keys and constants. Records differ in which of their fields
//! are absent; for each such *shape* of a record, what remains is a text with gaps ([`Shape`]), and writing a document is
//! copying the text and filling the gaps.

use std::cell::Cell as Slot;
#[cfg(feature = "ingest")]
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::community_id::{End, Flow};
use crate::error::{Error, ErrorCode, quoted};
use crate::field::Field;
use crate::format::Format;
#[cfg(feature = "ingest")]
use crate::geo::Fragments;
use crate::hashes::Hashes;
use crate::json::{self, Json, write_escaped};
use crate::mapping::{Addresses, Family, How, Keywords, Outputs, RULES, Rule, Setting, original_how, stays_original};
use crate::output::{Output, copy, put, put_block, put_bytes};
use crate::place::place_of;
use crate::protocol::{elastic_names, protocol_keyword};
use crate::record::{Record, Span};
use crate::sorted::sorted_by;
use crate::strings::Strings;
use crate::time::Times;
#[cfg(feature = "ingest")]
use crate::value::parse_v6;
use crate::value::{Kind, Value, percent_decoded};

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
    #[cfg(feature = "ingest")]
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
    #[cfg(feature = "ingest")]
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
    #[cfg(feature = "ingest")]
    ends: [Option<usize>; 2],
}

#[derive(Debug)]
enum Step {
    /// `"key":{`
    Open(Vec<u8>),
    /// `},`, or nothing at all for an object that stayed empty and may go.
    Close { stays: bool },
    /// `"key":` and a value and `,`; the other value, or nothing at all, if the first is absent.
    Leaf { key: Vec<u8>, value: usize, otherwise: Option<Vec<u8>> },
    /// `"key":value,`
    Constant(Vec<u8>),
}

/// The document of the records that have the same fields: a text with gaps.
#[derive(Debug)]
struct Shape {
    /// A bit for each column, and one for each conditional value: whether the record has it.
    key: Vec<u64>,
    pieces: Vec<Piece>,
    /// Bytes that a document has at most, besides those of the record's tokens.
    own_bytes: usize,
    /// How often a part of the line is written at most.
    copies: usize,
    /// The different values of the gaps, for whoever assembles the document elsewhere.
    slots: Vec<Emit>,
    /// By which number that one knows the shape; 0 before it has been told.
    number: u32,
}

/// A part of a document: some text, and a value after it.
#[derive(Debug)]
struct Piece {
    /// A block of text, of which the first `len` bytes count.
    text: [u8; PIECE],
    len: usize,
    value: Emit,
}

/// Bytes of text in a piece: two copies of sixteen. Longer texts are several pieces.
const PIECE: usize = 32;

/// Bytes that a value has at most, besides those of tokens: the names of six flags.
const VALUE_BYTES: usize = 64;

/// Places for shapes, a power of two. Logs have tens of shapes; in long formats with many absent fields, hundreds.
const PLACES: usize = 4_096;

/// Places where a shape may be.
const NEIGHBOURS: usize = 4;

/// The shapes of a plan, by a hash of their keys. Where all its places are taken, a new shape drives one out.
#[derive(Default)]
struct Shapes(Slot<Vec<Option<Box<Shape>>>>);

impl std::fmt::Debug for Shapes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shapes")
    }
}

/// How to write a value. Numbers are columns.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Emit {
    Text(usize),
    TextOrDash(usize),
    Tag(usize),
    Integer(usize),
    Digits(usize),
    Lower(usize),
    Time(usize),
    ConstantIfAny(Vec<usize>, &'static str),
    EventType(Option<usize>),
    Outcome(usize, &'static str, &'static str),
    Transport(usize, Keywords),
    NetworkType {
        kind: Option<usize>,
        addresses: Vec<usize>,
        family: Family,
    },
    CommunityId {
        addresses: [usize; 2],
        ports: [Option<usize>; 2],
        protocol: usize,
    },
    RelatedIp(Vec<usize>, Addresses),
    FlagNames {
        column: usize,
        empty: bool,
    },
    #[cfg(feature = "ingest")]
    LookedUp(LookedUp),
    Line,
    Now,
    ErrorMessage,
    ErrorCode,
    Json(Vec<u8>),
    Nothing,
}

/// An object of the source (0) or of the destination (1).
#[cfg(feature = "ingest")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LookedUp {
    Geo(usize),
    As(usize),
}

/// A document's tree while it is compiled.
enum Node {
    Object { children: Children, stays: bool },
    Leaf { value: Emit, otherwise: Option<Vec<u8>> },
}

/// The members of an object, in the order of their keys.
#[derive(Default)]
struct Children(Vec<(String, Node)>);

impl Children {
    /// Where a key is, or where it belongs.
    fn find(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.as_str().cmp(key))
    }

    fn get(&self, key: &str) -> Option<&Node> {
        self.0.get(self.find(key).ok()?).map(|(_, node)| node)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let at = self.find(key).ok()?;
        self.0.get_mut(at).map(|(_, node)| node)
    }

    /// The node of a key: the new one, if there is none yet.
    fn get_or_insert(&mut self, key: &str, new: Node) -> Option<&mut Node> {
        let at = self.find(key).unwrap_or_else(|at| {
            self.0.insert(at, (key.to_owned(), new));
            at
        });
        self.0.get_mut(at).map(|(_, node)| node)
    }
}

impl Plan {
    /// Compiles the rows that apply to a format.
    ///
    /// # Errors
    /// `invalid_option` when a field of option `fields` is an object where the documents have a value, or the other way
    /// round, or deeper than 32 objects; `invalid_format` when an unknown name takes the place of a key that the documents have.
    pub(crate) fn compile(format: &Format, outputs: Outputs, settings: &Settings) -> Result<Plan, Error> {
        let mut root = Children::default();
        for rule in RULES.iter().filter(|rule| rule.outputs.meets(outputs)) {
            if rule.how == How::Object {
                if rule.from.is_empty() || rule.from.iter().any(|field| format.index_of(*field).is_some()) {
                    keep_object(&mut root, rule.path);
                }
            } else if let Some(value) = emit(rule, format, settings, outputs) {
                insert(&mut root, rule.path, value).map_err(|()| taken(rule.path))?;
            }
        }
        for (index, column) in format.columns().iter().enumerate() {
            let path = format!("aws.vpcflow.{}", column.column());
            match column.field() {
                None => insert(&mut root, &path, Emit::Text(index)).map_err(|()| taken(&path))?,
                Some(field) if stays_original(field, outputs) && !has(&root, &path) => {
                    let value = typed_or_text(original_how(outputs, field), field, index);
                    insert(&mut root, &path, value).map_err(|()| taken(&path))?;
                }
                Some(_) => {}
            }
        }
        merge_fields(&mut root, &settings.fields, "", 0)?;
        let mut values = Vec::new();
        let steps = linear(root, &mut values);
        let conditional = values.iter().enumerate().filter(|(_, value)| value.is_conditional()).map(|(index, _)| index);
        let conditional = conditional.collect();
        Ok(Plan {
            steps,
            values,
            conditional,
            shapes: Shapes::default(),
            #[cfg(feature = "ingest")]
            ends: [Field::Srcaddr, Field::Dstaddr].map(|field| format.index_of(field)),
        })
    }

    /// Compiles the event that stands for a line that is no record.
    pub(crate) fn of_errors(settings: &Settings) -> Result<Plan, Error> {
        Plan::compile(&Format::of_fields([]), Outputs::ERROR, settings)
    }

    /// The addresses of a record's source and destination, in the text that its line starts.
    #[cfg(feature = "ingest")]
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
    fn find_shape<'a>(
        &self,
        shapes: &'a mut Vec<Option<Box<Shape>>>,
        source: &Source<'_>,
        memory: &mut Memory,
    ) -> Option<&'a mut Shape> {
        self.find_key(source, &mut memory.key);
        if shapes.is_empty() {
            shapes.resize_with(PLACES + NEIGHBOURS, || None);
        }
        let first = place_of::<PLACES>(memory.key.iter().copied());
        let places = shapes.get_mut(first..first + NEIGHBOURS)?;
        // Word by word, which is less than a call for a few words.
        let is_it = |shape: &Shape| shape.key.iter().eq(&memory.key);
        let fits = |place: &Option<Box<Shape>>| place.as_deref().is_none_or(is_it);
        let at = places.iter().position(fits).unwrap_or(0);
        let place = places.get_mut(at)?;
        if !place.as_deref().is_some_and(is_it) {
            *place = Some(Box::new(self.shape(source, memory.key.clone())));
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

    /// Makes the text of a document with gaps.
    fn shape(&self, source: &Source<'_>, key: Vec<u64>) -> Shape {
        let mut text = vec![b'{'];
        // The ends of the text before each gap, and what fills it.
        let mut gaps: Vec<(usize, Emit)> = Vec::new();
        let mut opened = Vec::new();
        let mut uses = vec![0; source.record.len() + 1];
        for step in &self.steps {
            match step {
                Step::Constant(bytes) => text.extend_from_slice(bytes),
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
                Step::Leaf { key, value, otherwise } => match (self.values.get(*value), otherwise) {
                    (Some(emit), _) if emit.is_present(source) => {
                        text.extend_from_slice(key);
                        if let Some(constant) = emit.constant() {
                            text.extend_from_slice(constant);
                        } else {
                            let quote: &[u8] = if emit.kind() == 's' { b"\"" } else { b"" };
                            text.extend_from_slice(quote);
                            gaps.push((text.len(), emit.clone()));
                            text.extend_from_slice(quote);
                            emit.count_copies(&mut uses);
                        }
                        text.push(b',');
                    }
                    (_, Some(otherwise)) => {
                        text.extend_from_slice(key);
                        text.extend_from_slice(otherwise);
                        text.push(b',');
                    }
                    (_, None) => {}
                },
            }
        }
        close(&mut text);
        let own_bytes = text.len() + gaps.len() * VALUE_BYTES + PIECE;
        let copies = uses.into_iter().max().unwrap_or(0);
        gaps.push((text.len(), Emit::Nothing));
        let mut slots: Vec<Emit> = Vec::new();
        let mut pieces = Vec::with_capacity(gaps.len());
        let mut start = 0;
        for (end, value) in gaps {
            if value != Emit::Nothing && !slots.contains(&value) {
                slots.push(value.clone());
            }
            let mut blocks = text.get(start..end).unwrap_or_default().chunks(PIECE).peekable();
            while let Some(block) = blocks.next() {
                let is_last = blocks.peek().is_none();
                pieces.push(Piece::new(block, if is_last { value.clone() } else { Emit::Nothing }));
            }
            start = end;
        }
        Shape { key, pieces, own_bytes, copies, slots, number: 0 }
    }
}

impl Piece {
    fn new(bytes: &[u8], value: Emit) -> Piece {
        let mut text = [0; PIECE];
        for (to, from) in text.iter_mut().zip(bytes) {
            *to = *from;
        }
        Piece { text, len: bytes.len(), value }
    }
}

impl Shape {
    /// Appends the document of a record of this shape.
    fn write(&self, source: &Source<'_>, out: &mut Output, memory: &mut Memory) {
        append(self.own_bytes + source.len * self.copies, out, memory, |room, start, memory| {
            self.pieces.iter().fold(start, |at, piece| {
                let at = put_block(&piece.text, piece.len, room, at);
                piece.value.write(source, room, at, memory)
            })
        });
    }

    /// Appends the strings alone that the output does not have yet, as they are, and tells of the record on the tape: the
    /// shape's number, and for each value as many numbers as [`Emit::width`] says. Those are the number of its string; or
    /// of an integer of 31 bits, itself, and of a larger one the number of its digits, inverted; or of a list, how many
    /// strings it has, and theirs.
    fn write_values(&self, source: &Source<'_>, out: &mut Output, memory: &mut Memory, tape: &mut Tape) {
        let Tape { entries, strings, .. } = tape;
        let (entries_before, strings_before) = (entries.len(), strings.count());
        append(self.own_bytes + source.len * self.copies, out, memory, |room, start, memory| {
            if entries.len() > entries_before {
                entries.truncate(entries_before);
                strings.rewind(strings_before);
            }
            entries.push(self.number);
            self.slots
                .iter()
                .fold(start, |at, value| value.write_to_tape(source, room, at, memory, (&mut *entries, &mut *strings)))
        });
    }

    /// What is the same in all documents of the shape, for whoever assembles them: the shape's number, and how many
    /// numbers its values have on the tape; then the text before each gap, and the gap's kind and the place of its numbers;
    /// the text after the last; line by line. No line of it has a line feed in it, since JSON's texts have none.
    fn describe(&self) -> String {
        let width = |slots: &[Emit]| slots.iter().map(Emit::width).sum::<usize>();
        let mut lines = vec![format!("{} {}", self.number, width(&self.slots))];
        let mut text = Vec::new();
        for Piece { text: block, len, value } in &self.pieces {
            text.extend_from_slice(block.get(..*len).unwrap_or_default());
            if *value != Emit::Nothing {
                lines.push(String::from_utf8_lossy(&std::mem::take(&mut text)).into_owned());
                let before = self.slots.split(|other| other == value).next().unwrap_or_default();
                lines.push(format!("{}{}", value.kind(), width(before)));
            }
        }
        lines.push(String::from_utf8_lossy(&text).into_owned());
        lines.join("\n")
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

fn taken(path: &str) -> Error {
    let detail = format!("the documents have {} already, for something else; rename the column", quoted(path));
    Error::sentence(ErrorCode::InvalidFormat, detail)
}

/// How a field is written by its type, or as text; a tag is decoded in any case.
fn typed_or_text(how: How, field: Field, index: usize) -> Emit {
    match (how, field.kind()) {
        (_, Kind::Tag) => Emit::Tag(index),
        (How::Typed, Kind::Integer { .. }) => Emit::Integer(index),
        (How::Typed, Kind::Time) => Emit::Time(index),
        _ => Emit::Text(index),
    }
}

/// What a row writes, if the format and the options have what it needs.
fn emit(rule: &Rule, format: &Format, settings: &Settings, outputs: Outputs) -> Option<Emit> {
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
        How::Geo | How::As => return looked_up(rule, format, settings),
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
#[cfg(feature = "ingest")]
fn looked_up(rule: &Rule, format: &Format, settings: &Settings) -> Option<Emit> {
    let field = rule.from.first().filter(|field| settings.geo && format.index_of(**field).is_some())?;
    let end = usize::from(*field == Field::Dstaddr);
    Some(Emit::LookedUp(if rule.how == How::Geo { LookedUp::Geo(end) } else { LookedUp::As(end) }))
}

#[cfg(not(feature = "ingest"))]
fn looked_up(_: &Rule, _: &Format, _: &Settings) -> Option<Emit> {
    None
}

/// The object at a dotted path, made if need be; `None` if a value is in the way.
fn object_at<'a>(root: &'a mut Children, path: &str) -> Option<&'a mut Children> {
    let mut children = root;
    for part in path.split('.') {
        match children.get_or_insert(part, Node::Object { children: Children::default(), stays: false })? {
            Node::Object { children: below, .. } => children = below,
            Node::Leaf { .. } => return None,
        }
    }
    Some(children)
}

/// The object that a dotted path ends in, and the last key.
fn parent_of<'a, 'b>(root: &'a mut Children, path: &'b str) -> Option<(&'a mut Children, &'b str)> {
    match path.rsplit_once('.') {
        Some((parent, key)) => Some((object_at(root, parent)?, key)),
        None => Some((root, path)),
    }
}

/// Makes the object at a dotted path stay when it is empty.
fn keep_object(root: &mut Children, path: &str) {
    let new = Node::Object { children: Children::default(), stays: true };
    if let Some((parent, key)) = parent_of(root, path)
        && let Some(Node::Object { stays, .. }) = parent.get_or_insert(key, new)
    {
        *stays = true;
    }
}

/// Puts a value at a dotted path; an error if something is there, or in the way.
fn insert(root: &mut Children, path: &str, value: Emit) -> Result<(), ()> {
    let (parent, key) = parent_of(root, path).ok_or(())?;
    if parent.get(key).is_some() {
        return Err(());
    }
    parent.get_or_insert(key, Node::Leaf { value, otherwise: None });
    Ok(())
}

fn has(root: &Children, path: &str) -> bool {
    match path.split_once('.') {
        None => root.get(path).is_some(),
        Some((key, rest)) => match root.get(key) {
            Some(Node::Object { children, .. }) => has(children, rest),
            _ => false,
        },
    }
}

/// Merges option `fields` under the event's own values: dotted keys are paths, and where the documents have a value at
/// a path, the option's stands in for it in a record that lacks it.
fn merge_fields(children: &mut Children, fields: &[(String, Json)], above: &str, depth: usize) -> Result<(), Error> {
    for (key, value) in fields {
        let whole = format!("{above}{key}");
        let depth = depth + 1 + key.matches('.').count();
        if depth > MAX_DEPTH {
            let detail = format!("option \"fields\": {} is deeper than {MAX_DEPTH} objects", quoted(&whole));
            return Err(Error::sentence(ErrorCode::InvalidOption, detail));
        }
        if is_empty(value) {
            continue;
        }
        if whole == "tags" {
            let detail = "option \"fields\": give \"tags\" with the option \"tags\" instead";
            return Err(Error::sentence(ErrorCode::InvalidOption, detail));
        }
        let conflict = |what: &str| {
            let detail = format!("option \"fields\": {} is {what}", quoted(&whole));
            Error::sentence(ErrorCode::InvalidOption, detail)
        };
        let (parent, key) = match key.rsplit_once('.') {
            Some((path, key)) if is_path(path) && !key.is_empty() => (
                object_at(children, path).ok_or_else(|| conflict("below a value of the documents, or of its own"))?,
                key,
            ),
            _ => (&mut *children, key.as_str()),
        };
        match (value, parent.get_mut(key)) {
            (Json::Object(below), None) => {
                let mut made = Children::default();
                merge_fields(&mut made, below, &format!("{whole}."), depth)?;
                parent.get_or_insert(key, Node::Object { children: made, stays: false });
            }
            (Json::Object(below), Some(Node::Object { children, .. })) => {
                merge_fields(children, below, &format!("{whole}."), depth)?;
            }
            (Json::Object(_), Some(Node::Leaf { .. })) => {
                return Err(conflict("an object here, but a value in the documents"));
            }
            (_, Some(Node::Object { .. })) => {
                return Err(conflict("a value here, but an object in the documents"));
            }
            (_, None) => {
                let json = value.to_string().into_bytes();
                parent.get_or_insert(key, Node::Leaf { value: Emit::Json(json), otherwise: None });
            }
            (_, Some(Node::Leaf { otherwise, .. })) => *otherwise = Some(value.to_string().into_bytes()),
        }
    }
    Ok(())
}

/// Objects within objects, at most.
const MAX_DEPTH: usize = 32;

/// What a document never has: nothing, an empty object, an empty list.
fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Object(members) => members.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn is_path(path: &str) -> bool {
    path.split('.').all(|part| !part.is_empty())
}

/// The tree as steps.
fn linear(children: Children, values: &mut Vec<Emit>) -> Vec<Step> {
    let mut steps = Vec::new();
    for (key, node) in children.0 {
        let mut bytes = json::string(&key);
        bytes.push(b':');
        match node {
            Node::Object { children, stays } => {
                bytes.push(b'{');
                steps.push(Step::Open(bytes));
                steps.extend(linear(children, values));
                steps.push(Step::Close { stays });
            }
            Node::Leaf { value: Emit::Json(json), .. } => {
                bytes.extend(json);
                bytes.push(b',');
                steps.push(Step::Constant(bytes));
            }
            Node::Leaf { value, otherwise } => {
                values.push(value);
                steps.push(Step::Leaf { key: bytes, value: values.len() - 1, otherwise });
            }
        }
    }
    steps
}

impl Source<'_> {
    #[inline(always)]
    fn value(&self, column: usize) -> Value {
        self.record.value(column)
    }

    #[inline(always)]
    fn has(&self, column: usize) -> bool {
        self.value(column) != Value::Absent
    }

    #[inline(always)]
    fn span(&self, column: usize) -> Span {
        self.record.span(column)
    }

    /// The token, which is `-` if the field is absent.
    #[inline(always)]
    fn token(&self, column: usize) -> &[u8] {
        self.span(column).of(self.text)
    }

    #[inline(always)]
    fn integer(&self, column: usize) -> Option<u64> {
        match self.value(column) {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// An object that was looked up; empty if nothing was found.
    #[cfg(feature = "ingest")]
    fn looked_up(&self, object: LookedUp) -> &[u8] {
        let fragments = |end: usize| self.ends.get(end).copied().unwrap_or_default();
        match object {
            LookedUp::Geo(end) => fragments(end).geo,
            LookedUp::As(end) => fragments(end).system,
        }
    }

    /// Writes a part of the line as the inside of a JSON string.
    #[inline(always)]
    fn write_text(&self, span: Span, room: &mut [u8], at: usize) -> usize {
        if self.plain || self.raw {
            copy(self.text, span.start, span.end, room, at)
        } else {
            write_escaped(span.of(self.text), room, at)
        }
    }

    /// Writes a text that is no part of the line.
    fn write_other(&self, text: &[u8], room: &mut [u8], at: usize) -> usize {
        if self.raw { put_bytes(text, room, at) } else { write_escaped(text, room, at) }
    }
}

impl Emit {
    /// What JSON has for the value: `s`, a string, whose quotes are written with the key; `n`, a number; `l`, a list of
    /// strings that need no escape; `j`, something else.
    fn kind(&self) -> char {
        match self {
            Emit::Integer(_) => 'n',
            Emit::EventType(_) | Emit::RelatedIp(..) | Emit::FlagNames { .. } => 'l',
            Emit::ConstantIfAny(..) | Emit::Json(_) | Emit::Nothing => 'j',
            #[cfg(feature = "ingest")]
            Emit::LookedUp(_) => 'j',
            _ => 's',
        }
    }

    /// The value, if it is the same for all records that have it.
    fn constant(&self) -> Option<&[u8]> {
        match self {
            Emit::ConstantIfAny(_, json) => Some(json.as_bytes()),
            Emit::Json(json) => Some(json),
            _ => None,
        }
    }

    /// Whether a record may lack the value though it has the columns.
    fn is_conditional(&self) -> bool {
        #[cfg(feature = "ingest")]
        if matches!(self, Emit::LookedUp(_)) {
            return true;
        }
        matches!(
            self,
            Emit::Transport(..) | Emit::NetworkType { .. } | Emit::CommunityId { .. } | Emit::FlagNames { .. }
        )
    }

    /// Whether the record has the value.
    fn is_present(&self, source: &Source<'_>) -> bool {
        match self {
            Emit::Text(column)
            | Emit::Tag(column)
            | Emit::Integer(column)
            | Emit::Digits(column)
            | Emit::Lower(column)
            | Emit::Time(column)
            | Emit::Outcome(column, ..) => source.has(*column),
            Emit::ConstantIfAny(columns, _) => columns.iter().any(|column| source.has(*column)),
            Emit::Transport(column, keywords) => transport(source, *column, *keywords).is_some(),
            Emit::NetworkType { kind, addresses, family } => network_type(source, *kind, addresses, *family).is_some(),
            Emit::CommunityId { addresses: [from, to], protocol, .. } => {
                source.has(*from) && source.has(*to) && source.integer(*protocol).is_some_and(|number| number < 255)
            }
            Emit::RelatedIp(columns, Addresses::Pair) => columns.iter().all(|column| source.has(*column)),
            Emit::RelatedIp(columns, _) => columns.iter().any(|column| source.has(*column)),
            Emit::FlagNames { column, empty } => {
                source.integer(*column).is_some_and(|flags| flags & 0x3f != 0 || *empty)
            }
            #[cfg(feature = "ingest")]
            Emit::LookedUp(object) => !source.looked_up(*object).is_empty(),
            Emit::ErrorMessage | Emit::ErrorCode => source.error.is_some(),
            Emit::TextOrDash(_) | Emit::EventType(_) | Emit::Line | Emit::Now | Emit::Json(_) | Emit::Nothing => true,
        }
    }

    /// Counts how often each column, and the whole line, is written.
    fn count_copies(&self, uses: &mut [usize]) {
        let mut count = |column: usize| {
            if let Some(uses) = uses.get_mut(column) {
                *uses += 1;
            }
        };
        match self {
            Emit::Text(column)
            | Emit::TextOrDash(column)
            | Emit::Tag(column)
            | Emit::Integer(column)
            | Emit::Digits(column)
            | Emit::Lower(column) => count(*column),
            Emit::RelatedIp(columns, _) => columns.iter().for_each(|column| count(*column)),
            Emit::Line => (0..uses.len()).for_each(|column| uses[column] += 1),
            _ => {}
        }
    }

    /// Writes the value, which the record has, into a room from a place on, and gives where it ends.
    #[inline(always)]
    fn write(&self, source: &Source<'_>, room: &mut [u8], at: usize, memory: &mut Memory) -> usize {
        match self {
            Emit::Text(column) | Emit::TextOrDash(column) => source.write_text(source.span(*column), room, at),
            Emit::Integer(column) | Emit::Digits(column) => {
                source.write_text(without_zeros(source.span(*column), source.text), room, at)
            }
            Emit::Time(column) => match source.value(*column) {
                Value::Time(millis) => put(memory.times.rfc3339(millis), room, at),
                _ => at,
            },
            Emit::EventType(_) | Emit::RelatedIp(..) | Emit::FlagNames { .. } => self.write_list(source, room, at),
            Emit::Outcome(column, accept, reject) => {
                let text = if accepted(source, *column) == Some(true) { accept } else { reject };
                put_bytes(text.as_bytes(), room, at)
            }
            Emit::Transport(column, keywords) => {
                put_bytes(transport(source, *column, *keywords).unwrap_or_default().as_bytes(), room, at)
            }
            Emit::NetworkType { kind, addresses, family } => {
                put(network_type(source, *kind, addresses, *family).unwrap_or(b"    "), room, at)
            }
            Emit::Lower(column) => {
                let end = source.write_text(source.span(*column), room, at);
                if let Some(text) = room.get_mut(at..end) {
                    text.iter_mut().for_each(|byte| byte.make_ascii_lowercase());
                }
                end
            }
            Emit::CommunityId { addresses: [from, to], ports, protocol } => {
                let port = |column: Option<usize>| column.and_then(|column| source.integer(column)).unwrap_or(0) as u16;
                let [from_port, to_port] = *ports;
                let ports = [port(from_port), port(to_port)];
                let protocol = source.integer(*protocol).unwrap_or(0) as u8;
                let end = |column: usize| End::of(source.value(column), source.token(column));
                let flow = end(*from).zip(end(*to)).and_then(|(from, to)| Flow::of_record([from, to], ports, protocol));
                let at = put(b"1:", room, at);
                match flow {
                    Some(flow) => memory.ids.write(&flow, room, at),
                    None => at,
                }
            }
            Emit::Nothing => at,
            _ => self.write_seldom(source, room, at),
        }
    }

    /// Writes the value of a list, as JSON.
    #[inline(always)]
    fn write_list(&self, source: &Source<'_>, room: &mut [u8], at: usize) -> usize {
        let start = put(b"[", room, at);
        let mut end = start;
        self.parts(source, |part| {
            let quoted = if end == start { put(b"\"", room, end) } else { put(b",\"", room, end) };
            end = part.write(source, room, quoted);
            end = put(b"\"", room, end);
        });
        put(b"]", room, end)
    }

    /// The strings of a list, one by one; of any other value, none.
    #[inline(always)]
    fn parts(&self, source: &Source<'_>, mut each: impl FnMut(Part)) {
        match self {
            Emit::EventType(column) => {
                each(Part::Word(&CONNECTION));
                match column.and_then(|column| accepted(source, column)) {
                    Some(true) => each(Part::Word(&ALLOWED)),
                    Some(false) => each(Part::Word(&DENIED)),
                    None => {}
                }
            }
            Emit::RelatedIp(columns, addresses) => {
                for (index, column) in columns.iter().enumerate().filter(|(_, column)| source.has(**column)) {
                    let mut before = columns.iter().take(index);
                    if *addresses == Addresses::Pair || !before.any(|other| is_same(source, *other, *column)) {
                        each(Part::Token(*column));
                    }
                }
            }
            Emit::FlagNames { column, .. } => {
                let flags = source.integer(*column).unwrap_or(0);
                let is_set = |(bit, _): &(usize, &Word)| flags >> bit & 1 == 1;
                FLAGS.iter().enumerate().filter(is_set).for_each(|(_, name)| each(Part::Word(name)));
            }
            _ => {}
        }
    }

    /// How many strings a list has at most; `None` if the value is no list.
    fn most_parts(&self) -> Option<usize> {
        match self {
            Emit::EventType(_) => Some(2),
            Emit::RelatedIp(columns, _) => Some(columns.len()),
            Emit::FlagNames { .. } => Some(FLAGS.len()),
            _ => None,
        }
    }

    /// How many numbers a tape has for the value.
    fn width(&self) -> usize {
        self.most_parts().map_or(1, |most| 1 + most)
    }

    /// Writes the value's strings that are new behind all others, tells of the value as [`Shape::write_values`] says, and
    /// gives where the strings end.
    #[inline(always)]
    fn write_to_tape(
        &self,
        source: &Source<'_>,
        room: &mut [u8],
        at: usize,
        memory: &mut Memory,
        tape: (&mut Vec<u32>, &mut Strings),
    ) -> usize {
        let (entries, strings) = tape;
        match self {
            Emit::Text(column) | Emit::TextOrDash(column) => {
                let end = source.write_text(source.span(*column), room, at);
                let (number, end) = strings.number_of(room, at, end);
                entries.push(number);
                end
            }
            Emit::Integer(column) => match source.value(*column) {
                Value::Integer(small @ 0..0x8000_0000) => {
                    entries.push(small as u32);
                    at
                }
                _ => {
                    let end = source.write_text(without_zeros(source.span(*column), source.text), room, at);
                    let (number, end) = strings.number_of(room, at, end);
                    entries.push(!number);
                    end
                }
            },
            _ => self.write_other_to_tape(source, room, at, memory, (entries, strings)),
        }
    }

    /// The same, for what is neither a token nor an integer.
    #[inline(never)]
    fn write_other_to_tape(
        &self,
        source: &Source<'_>,
        room: &mut [u8],
        at: usize,
        memory: &mut Memory,
        tape: (&mut Vec<u32>, &mut Strings),
    ) -> usize {
        let (entries, strings) = tape;
        if let Some(most) = self.most_parts() {
            let (count, mut at) = (entries.len(), at);
            entries.push(0);
            self.parts(source, |part| {
                let end = part.write(source, room, at);
                let (number, end) = strings.number_of(room, at, end);
                entries.push(number);
                at = end;
            });
            let parts = entries.len() - count - 1;
            if let Some(place) = entries.get_mut(count) {
                *place = parts as u32;
            }
            entries.resize(count + 1 + most, 0);
            return at;
        }
        let waiting = memory.ids.waiting();
        let end = self.write(source, room, at, memory);
        let (number, end) = match memory.ids.waiting() == waiting {
            true => strings.number_of(room, at, end),
            // What is still to be hashed cannot be looked for.
            false => (strings.push(end), end),
        };
        entries.push(number);
        end
    }

    /// The same as [`Emit::write`], for what a log has seldom.
    #[inline(never)]
    fn write_seldom(&self, source: &Source<'_>, room: &mut [u8], at: usize) -> usize {
        match self {
            Emit::Tag(column) => match percent_decoded(source.token(*column)) {
                Some(text) => source.write_other(text.as_bytes(), room, at),
                None => source.write_text(source.span(*column), room, at),
            },
            #[cfg(feature = "ingest")]
            Emit::LookedUp(object) => put_bytes(source.looked_up(*object), room, at),
            Emit::Line => source.write_text(Span { start: 0, end: source.len }, room, at),
            Emit::Now => put_bytes(source.now.as_bytes(), room, at),
            Emit::ErrorMessage => {
                let message = source.error.map(ToString::to_string).unwrap_or_default();
                source.write_other(message.as_bytes(), room, at)
            }
            Emit::ErrorCode => put_bytes(source.error.map_or("", |error| error.code().as_str()).as_bytes(), room, at),
            _ => at,
        }
    }
}

/// A decimal token as JSON writes a number: without leading zeros.
#[inline(always)]
fn without_zeros(span: Span, text: &[u8]) -> Span {
    match span.of(text) {
        [b'0', _, ..] => {
            let zeros = span.of(text).iter().take_while(|digit| **digit == b'0').count();
            Span { start: (span.start + zeros).min(span.end - 1), end: span.end }
        }
        _ => span,
    }
}

/// Whether the action is ACCEPT or REJECT, of which it is one if it is there.
#[inline(always)]
fn accepted(source: &Source<'_>, column: usize) -> Option<bool> {
    source.has(column).then(|| source.token(column).first() == Some(&b'A'))
}

fn transport(source: &Source<'_>, column: usize, keywords: Keywords) -> Option<&'static str> {
    let number = u8::try_from(source.integer(column)?).ok()?;
    // Elastic's pipeline compares the token's text.
    let is_plain = || without_zeros(source.span(column), source.text) == source.span(column);
    let named = match keywords {
        Keywords::Iana => true,
        Keywords::Elastic => elastic_names(number),
        Keywords::ElasticByText => elastic_names(number) && is_plain(),
        Keywords::TcpUdp => matches!(number, 6 | 17) && is_plain(),
    };
    protocol_keyword(number).filter(|_| named)
}

fn network_type(
    source: &Source<'_>,
    kind: Option<usize>,
    addresses: &[usize],
    family: Family,
) -> Option<&'static [u8; 4]> {
    // The types are IPv4, IPv6, EFA and none.
    match kind.and_then(|column| source.token(column).last()) {
        Some(b'4') => return Some(b"ipv4"),
        Some(b'6') => return Some(b"ipv6"),
        _ => {}
    }
    let address = addresses.iter().copied().find(|column| source.has(*column))?;
    let dotted = matches!(source.value(address), Value::V4(_))
        || (family == Family::SourceDot && source.token(address).contains(&b'.'));
    Some(if dotted { b"ipv4" } else { b"ipv6" })
}

/// Whether the texts of two addresses are the same.
#[inline(always)]
fn is_same(source: &Source<'_>, left: usize, right: usize) -> bool {
    match (source.value(left), source.value(right)) {
        // An IPv4 address has one text only.
        (Value::V4(left), Value::V4(right)) => left == right,
        _ => source.token(left) == source.token(right),
    }
}

/// A string of a list.
enum Part {
    /// The token of a column.
    Token(usize),
    Word(&'static Word),
}

/// A short text in a block of sixteen bytes, which is written at once.
struct Word {
    block: [u8; 16],
    len: usize,
}

impl Word {
    const fn of(text: &str) -> Word {
        let mut block = [0; 16];
        let mut len = 0;
        while len < text.len() {
            block[len] = text.as_bytes()[len];
            len += 1;
        }
        Word { block, len }
    }
}

const CONNECTION: Word = Word::of("connection");
const ALLOWED: Word = Word::of("allowed");
const DENIED: Word = Word::of("denied");

/// The names of the low six bits, in the order of the bits.
const FLAGS: [Word; 6] =
    [Word::of("fin"), Word::of("syn"), Word::of("rst"), Word::of("psh"), Word::of("ack"), Word::of("urg")];

impl Part {
    /// Writes the string, which needs no escape, and gives where it ends.
    #[inline(always)]
    fn write(&self, source: &Source<'_>, room: &mut [u8], at: usize) -> usize {
        match self {
            Part::Token(column) => {
                let Span { start, end } = source.span(*column);
                copy(source.text, start, end, room, at)
            }
            Part::Word(word) => put_block(&word.block, word.len, room, at),
        }
    }
}
