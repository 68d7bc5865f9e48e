//! The parser: lines in, documents out. It chooses each line's format, keeps count, and applies the error policy.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Deserialize;

use crate::error::{Error, ErrorCode, Position, quoted};
use crate::field::Field;
use crate::format::Format;
use crate::json;
use crate::layout::{self, PRESETS, Preset};
use crate::mapping::{Outputs, Schema};
use crate::options::{DataStream, Ingested, OnError, Options};
use crate::plan::{Plan, Settings, Source};
use crate::record::{self, Cell, Misfit, Tokens, is_blank, plural};
use crate::time::rfc3339;

/// What a line was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A record; its document was appended.
    Record,
    /// A header line.
    Header,
    /// A line without a field.
    Blank,
}

/// Counts since the parser was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Lines read: the sum of the others.
    pub lines: u64,
    /// Lines that were records.
    pub records: u64,
    /// Header lines.
    pub headers: u64,
    /// Blank lines.
    pub blanks: u64,
    /// Lines that were none of these.
    pub errors: u64,
}

/// A format and what was compiled for it.
#[derive(Debug)]
struct Candidate {
    name: String,
    format: Format,
    plan: Plan,
}

/// Reads flow log lines and writes documents.
///
/// ```
/// use vpcflow_ecs::{Options, Parser};
///
/// let log = b"version srcaddr dstaddr log-status\n2 192.0.2.10 198.51.100.20 OK\n";
/// let mut documents = Vec::new();
/// let mut parser = Parser::new(Options::default())?;
/// parser.write_ndjson(log, &mut documents, &mut |_| {})?;
/// assert!(documents.starts_with(br#"{"aws":{"vpcflow":{"log_status":"OK","version":2}},"cloud":{"provider":"aws"},"#));
/// assert_eq!((parser.stats().headers, parser.stats().records), (1, 1));
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
#[derive(Debug)]
pub struct Parser {
    outputs: Outputs,
    settings: Settings,
    on_error: OnError,
    max_line_bytes: usize,
    strict: bool,
    schema: Schema,
    fixed_now: Option<String>,
    clock: fn() -> u64,

    /// The formats that were given.
    given: Vec<Candidate>,
    /// The format of the last header line.
    header: Option<Candidate>,
    /// Without a given format: the layouts of each field count met so far.
    known: Vec<(usize, Vec<Candidate>)>,
    errors: Plan,

    stats: Stats,
    line_number: u64,
    offset: u64,
    /// The start of a line whose end has not come yet.
    carry: Vec<u8>,
    /// How many bytes of that line were not kept, because it is too long anyway.
    not_carried: u64,
    now: String,
    scratch: Scratch,
}

/// What reading one line needs, kept between lines.
#[derive(Debug, Default)]
struct Scratch {
    tokens: Tokens,
    cells: Vec<Cell>,
    opened: Vec<usize>,
}

impl Parser {
    /// Compiles the options.
    ///
    /// # Errors
    /// `invalid_option`, or what is wrong with a format.
    pub fn new(options: Options) -> Result<Parser, Error> {
        options.check()?;
        let outputs = Outputs::of(options.schema, options.mode);
        let settings = settings(&options);
        let options_lack_a_format = options.formats.is_empty();
        let given: Result<Vec<Candidate>, Error> = options
            .formats
            .into_iter()
            .map(|format| Candidate::compile(format.to_string(), format, outputs, &settings))
            .collect();
        if options_lack_a_format {
            // Layouts are compiled when they are met; what cannot be compiled with any field is refused now.
            Plan::compile(&Format::of_fields(Field::ALL.iter().copied()), outputs, &settings)?;
        }
        Ok(Parser {
            given: given?,
            errors: Plan::of_errors(&settings)?,
            outputs,
            settings,
            on_error: options.on_error,
            max_line_bytes: options.max_line_bytes,
            strict: options.strict,
            schema: options.schema,
            fixed_now: match options.ingested {
                Ingested::At(time) => Some(time),
                _ => None,
            },
            clock: system_clock,
            header: None,
            known: Vec::new(),
            stats: Stats::default(),
            line_number: 0,
            offset: 0,
            carry: Vec::new(),
            not_carried: 0,
            now: String::new(),
            scratch: Scratch::default(),
        })
    }

    /// Takes the time of parsing from this clock, in milliseconds since 1970, instead of the system's.
    pub fn set_clock(&mut self, clock: fn() -> u64) {
        self.clock = clock;
    }

    /// Counts since the parser was made.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Forgets what it remembers of the input: the header, the line number and an unfinished line. The counts stay.
    pub fn reset(&mut self) {
        self.header = None;
        self.line_number = 0;
        self.offset = 0;
        self.carry.clear();
        self.not_carried = 0;
    }

    /// Reads one line, with or without its line end, and appends the document of a record, without a line end.
    ///
    /// # Errors
    /// What is wrong with the line and where; nothing is appended then, whatever the option `on_error` says.
    pub fn parse_line(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<Line, Error> {
        self.tell_time();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let read = self.read_line(line, out);
        self.offset += line.len() as u64 + 1;
        read
    }

    /// Reads lines and appends the documents, each with a line end. The last line needs none.
    ///
    /// Each line that is no record and that the option `on_error` passes over is given to `report`.
    ///
    /// # Errors
    /// With `on_error` `throw`, what is wrong with the first line that is no record. The documents of the lines before it
    /// have been appended; the lines after it have not been read.
    pub fn write_ndjson(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        report: &mut dyn FnMut(&Error),
    ) -> Result<(), Error> {
        self.reset();
        self.push(input, out, report)?;
        self.end(out, report)
    }

    /// Reads a piece of an input that comes in pieces, cut anywhere, and appends the documents of the lines that end in
    /// it. The documents do not depend on the cuts.
    ///
    /// # Errors
    /// As [`Parser::write_ndjson`].
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        self.tell_time();
        let mut rest = chunk;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            if self.carry.is_empty() {
                self.write_line(line, out, report)?;
            } else {
                self.carry_over(line);
                self.finish_carried(out, report)?;
            }
        }
        self.carry_over(rest);
        Ok(())
    }

    /// Reads the last line, if it came without a line end, and forgets the input, so that another may follow.
    ///
    /// # Errors
    /// As [`Parser::write_ndjson`].
    pub fn end(&mut self, out: &mut Vec<u8>, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        self.tell_time();
        let result = if self.carry.is_empty() { Ok(()) } else { self.finish_carried(out, report) };
        self.reset();
        result
    }

    fn carry_over(&mut self, part: &[u8]) {
        // One byte more than allowed is enough to know that the line is too long.
        let room = (self.max_line_bytes + 1).saturating_sub(self.carry.len());
        let (kept, rest) = part.split_at(part.len().min(room));
        self.carry.extend_from_slice(kept);
        self.not_carried += rest.len() as u64;
    }

    fn finish_carried(&mut self, out: &mut Vec<u8>, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        let line = std::mem::take(&mut self.carry);
        let result = self.write_line(&line, out, report);
        self.offset += std::mem::take(&mut self.not_carried);
        self.carry = line;
        self.carry.clear();
        result
    }

    /// Reads a line by the error policy.
    fn write_line(&mut self, line: &[u8], out: &mut Vec<u8>, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        let start = out.len();
        let read = self.read_line(line, out);
        self.offset += line.len() as u64 + 1;
        let result = match read {
            Ok(_) => Ok(()),
            Err(error) => match self.on_error {
                OnError::Throw => Err(error),
                OnError::Skip => {
                    report(&error);
                    Ok(())
                }
                OnError::Document => {
                    self.write_error(&error, out);
                    report(&error);
                    Ok(())
                }
            },
        };
        if out.len() > start {
            out.push(b'\n');
        }
        result
    }

    fn write_error(&mut self, error: &Error, out: &mut Vec<u8>) {
        let line = String::from_utf8_lossy(error.input().unwrap_or_default());
        let source = Source { line: &line, cells: &[], now: &self.now, error: Some(error) };
        self.errors.write(&source, out, &mut self.scratch.opened);
    }

    /// Sets the time of parsing, if the documents say it.
    fn tell_time(&mut self) {
        if !self.settings.ingested && self.on_error != OnError::Document {
            return;
        }
        match &self.fixed_now {
            Some(time) if self.now != *time => self.now.clone_from(time),
            Some(_) => {}
            None => self.now = String::from_utf8_lossy(&rfc3339((self.clock)())).into_owned(),
        }
    }

    /// Reads one line without its line end: counts it, and puts the place into an error.
    fn read_line(&mut self, raw: &[u8], out: &mut Vec<u8>) -> Result<Line, Error> {
        self.stats.lines += 1;
        self.line_number += 1;
        let mut scratch = std::mem::take(&mut self.scratch);
        let result = self.read_text(raw, out, &mut scratch);
        self.scratch = scratch;
        match &result {
            Ok(Line::Record) => self.stats.records += 1,
            Ok(Line::Header) => self.stats.headers += 1,
            Ok(Line::Blank) => self.stats.blanks += 1,
            Err(_) => self.stats.errors += 1,
        }
        result.map_err(|(start, error)| {
            let column = start.map(|start| {
                let before = raw.get(..start).unwrap_or_default();
                before.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64 + 1
            });
            let offset = self.offset + start.unwrap_or_default() as u64;
            let position = Position { line: Some(self.line_number), column, offset: Some(offset) };
            error.at(position).with_input(raw)
        })
    }

    fn read_text(&mut self, raw: &[u8], out: &mut Vec<u8>, scratch: &mut Scratch) -> Result<Line, Located> {
        if raw.len() > self.max_line_bytes {
            let expected = format!("a line of at most {} bytes", self.max_line_bytes);
            let detail = format!("expected {expected}, found a longer one; raise maxLineBytes if it is a record");
            let error = Error::sentence(ErrorCode::LineTooLong, detail);
            return Err((None, error));
        }
        let text = without_end(raw);
        let unwrapped;
        let (text, base) = match text.iter().copied().find(|byte| !is_blank(*byte)) {
            Some(b'{') => {
                unwrapped = unwrap(text)?;
                let inner = without_end(unwrapped.as_bytes());
                (inner, place_in(raw, inner))
            }
            _ => (text, place_in(raw, text)),
        };
        if let Some(end) = memchr::memchr(b'\n', text) {
            let detail = "expected one line, found several; give them to toNdjson (in Rust, write_ndjson)";
            return Err((base.map(|base| base + end), Error::sentence(ErrorCode::SeveralLines, detail)));
        }
        let line = std::str::from_utf8(text).map_err(|error| {
            let found: String = text.iter().skip(error.valid_up_to()).take(4).map(|b| format!("\\x{b:02x}")).collect();
            let detail = format!("expected UTF-8, found bytes {found}");
            let error_at = base.map(|base| base + error.valid_up_to());
            (error_at, Error::sentence(ErrorCode::InvalidUtf8, detail).expecting("UTF-8", found))
        })?;

        scratch.tokens.split(text);
        if scratch.tokens.count() == 0 {
            return Ok(Line::Blank);
        }
        if self.is_header(text, &scratch.tokens)? {
            return Ok(Line::Header);
        }
        if self.reads_like_elastic() {
            scratch.tokens.split_at_each_space(text);
        }
        if self.given.is_empty() && self.header.is_none() {
            self.meet_layouts(scratch.tokens.count()).map_err(|error| (None, error))?;
        }
        let located = |(start, error): Located| (base.zip(start).map(|(base, start)| base + start), error);
        let candidate = self.choose(text, scratch).map_err(located)?;
        let source = Source { line, cells: &scratch.cells, now: &self.now, error: None };
        candidate.plan.write(&source, out, &mut scratch.opened);
        Ok(Line::Record)
    }

    /// Elastic's integration, left to itself, goes by the number of pieces between single spaces, and by nothing else.
    fn reads_like_elastic(&self) -> bool {
        self.given.is_empty() && matches!(self.schema, Schema::ElasticIntegration | Schema::ElasticIntegration112)
    }

    /// Whether the line is a header; if so, its format is remembered for the lines after it.
    fn is_header(&mut self, text: &[u8], tokens: &Tokens) -> Result<bool, Located> {
        let may_be =
            tokens.spans().first().is_some_and(|span| span.of(text).iter().take(1).all(u8::is_ascii_lowercase));
        if !may_be {
            return Ok(false);
        }
        let names: Vec<&[u8]> = tokens.spans().iter().map(|span| span.of(text)).collect();
        let Some(format) = Format::of_header(&names) else { return Ok(false) };
        if self.reads_like_elastic() || self.header.as_ref().is_some_and(|header| header.format == format) {
            return Ok(true);
        }
        let format = if self.strict { format.strict().map_err(|error| (None, error))? } else { format };
        let header = Candidate::compile("the header".into(), format, self.outputs, &self.settings);
        self.header = Some(header.map_err(|error| (None, error))?);
        Ok(true)
    }

    /// The candidate whose format a line has, with its cells read; or why there is none, with the place in the line.
    fn choose(&self, text: &[u8], scratch: &mut Scratch) -> Result<&Candidate, Located> {
        let Scratch { tokens, cells, .. } = scratch;
        if let Some(header) = &self.header {
            match record::read(&header.format, text, tokens, cells) {
                Ok(()) => return Ok(header),
                Err(misfit) if self.given.is_empty() => return Err((Some(misfit.start), misfit.error)),
                Err(_) => {}
            }
        }
        match self.given.as_slice() {
            [] => {
                let strictly = !self.reads_like_elastic();
                let known = self.known.iter().find(|(count, _)| *count == tokens.count());
                let layouts = known.map(|(_, layouts)| layouts.as_slice()).unwrap_or_default();
                match fitting(layouts, text, tokens, cells, strictly)? {
                    Fit::Fits(layout) => Ok(layout),
                    Fit::Nearest(layout, misfit) => Err(self.fits_no_layout(layout, &misfit, layouts.len())),
                    Fit::NoneOfThatCount => Err(self.no_layout_of(tokens.count())),
                }
            }
            [only] => match record::read(&only.format, text, tokens, cells) {
                Ok(()) => Ok(only),
                Err(misfit) => Err((Some(misfit.start), misfit.error)),
            },
            several => match fitting(several, text, tokens, cells, false)? {
                Fit::Fits(candidate) => Ok(candidate),
                Fit::Nearest(_, misfit) => Err((Some(misfit.start), misfit.error)),
                Fit::NoneOfThatCount => {
                    let counts = either(several.iter().map(|candidate| candidate.format.columns().len()));
                    let found = tokens.count();
                    let detail = format!("expected {counts} fields, found {found}");
                    let error = Error::sentence(ErrorCode::FieldCount, detail);
                    Err((None, error.expecting(format!("{counts} fields"), found.to_string())))
                }
            },
        }
    }

    /// Compiles the layouts of so many fields when they are first met.
    fn meet_layouts(&mut self, count: usize) -> Result<(), Error> {
        if self.known.iter().any(|(known, _)| *known == count) {
            return Ok(());
        }
        let mut layouts: Vec<Candidate> = Vec::new();
        for preset in self.presets().filter(|preset| preset.field_count() == count) {
            let format = preset.format();
            if layouts.iter().all(|layout| layout.format != format) {
                layouts.push(Candidate::compile(preset.name.into(), format, self.outputs, &self.settings)?);
            }
        }
        if !layouts.is_empty() {
            self.known.push((count, layouts));
        }
        Ok(())
    }

    fn presets(&self) -> impl Iterator<Item = &'static Preset> {
        let names = match self.schema {
            _ if !self.reads_like_elastic() => None,
            Schema::ElasticIntegration112 => Some(layout::ELASTIC_1_12),
            _ => Some(layout::ELASTIC),
        };
        PRESETS.iter().filter(move |preset| names.is_none_or(|names| names.contains(&preset.name)))
    }

    fn layouts_are(&self) -> &'static str {
        if self.reads_like_elastic() { "layout of Elastic's integration" } else { "documented layout" }
    }

    fn fits_no_layout(&self, nearest: &Candidate, misfit: &Misfit, layouts: usize) -> Located {
        let (layout, fields) = (self.layouts_are(), nearest.format.columns().len());
        let among = match layouts {
            1 => format!("the {layout} of {fields} fields"),
            _ => format!("any of the {layouts} {layout}s of {fields} fields"),
        };
        let (name, reason) = (quoted(&nearest.name), misfit.error.reason());
        let detail = format!("does not fit {among}: as {name}, {reason}; {ADVICE}");
        let error = Error::sentence(ErrorCode::UnknownLayout, detail);
        let found = misfit.error.expected().zip(misfit.error.found());
        (
            Some(misfit.start),
            match found {
                Some((expected, found)) => error.expecting(expected, found),
                None => error,
            },
        )
    }

    fn no_layout_of(&self, count: usize) -> Located {
        let counts = either(self.presets().map(Preset::field_count));
        let (layout, plural) = (self.layouts_are(), plural(count));
        let detail = format!("no {layout} has {count} {plural}, but {counts}; {ADVICE}");
        let error = Error::sentence(ErrorCode::UnknownLayout, detail);
        (None, error.expecting(format!("{counts} fields"), count.to_string()))
    }
}

/// What to do about a line that fits no layout.
const ADVICE: &str = "give the format, or the log's header line first";

/// An error and the place of it in the line, in bytes from 0.
type Located = (Option<usize>, Error);

impl Candidate {
    fn compile(name: String, format: Format, outputs: Outputs, settings: &Settings) -> Result<Candidate, Error> {
        let plan = Plan::compile(&format, outputs, settings)?;
        Ok(Candidate { name, format, plan })
    }
}

/// Whether one of several candidates fits a line.
enum Fit<'a> {
    /// This one does, and its cells are read.
    Fits(&'a Candidate),
    /// None does; this one fits longest.
    Nearest(&'a Candidate, Misfit),
    /// None has so many fields.
    NoneOfThatCount,
}

/// The one of several candidates that a line fits by count, types and, if need be (or `strictly`, always), by the shapes
/// of its texts.
///
/// # Errors
/// `ambiguous_format`, when two fit that would read the line differently.
fn fitting<'a>(
    candidates: &'a [Candidate],
    text: &[u8],
    tokens: &Tokens,
    cells: &mut Vec<Cell>,
    strictly: bool,
) -> Result<Fit<'a>, Located> {
    let mut typed: Vec<(&Candidate, bool)> = Vec::new();
    let mut nearest: Option<(&Candidate, Misfit)> = None;
    for candidate in candidates.iter().filter(|candidate| candidate.format.columns().len() == tokens.count()) {
        match record::read(&candidate.format, text, tokens, cells) {
            Ok(()) => typed.push((candidate, record::looks_right(&candidate.format, text, cells))),
            Err(misfit) if nearest.as_ref().is_none_or(|(_, other)| misfit.index > other.index) => {
                nearest = Some((candidate, misfit));
            }
            Err(_) => {}
        }
    }
    let any_right = typed.iter().any(|(_, right)| *right);
    let mut fits = typed.iter().filter(|(_, right)| *right || !(any_right || strictly)).map(|(c, _)| *c);
    let Some(first) = fits.next() else {
        let misshapen = typed.first().map(|(candidate, _)| (*candidate, misshapen(candidate, text, tokens)));
        return Ok(match misshapen.or(nearest) {
            Some((candidate, misfit)) => Fit::Nearest(candidate, misfit),
            None => Fit::NoneOfThatCount,
        });
    };
    if let Some(other) = fits.find(|other| !same_meaning(first, other, text, tokens)) {
        let detail = format!(
            "fits both {} and {}, which mean different things; give one format",
            quoted(&first.name),
            quoted(&other.name)
        );
        return Err((None, Error::sentence(ErrorCode::AmbiguousFormat, detail)));
    }
    // The cells are those of the candidate that was read last.
    Ok(match record::read(&first.format, text, tokens, cells) {
        Ok(()) => Fit::Fits(first),
        Err(misfit) => Fit::Nearest(first, misfit),
    })
}

/// Whether two formats give each field the same text of this line.
fn same_meaning(left: &Candidate, right: &Candidate, text: &[u8], tokens: &Tokens) -> bool {
    let pairs = |candidate: &Candidate| {
        let columns = candidate.format.columns().iter().zip(tokens.spans());
        let mut pairs: Vec<(String, Vec<u8>)> = columns
            .map(|(column, span)| (column.name().to_owned(), span.of(text).to_vec()))
            .filter(|(_, token)| token != b"-")
            .collect();
        pairs.sort_unstable();
        pairs
    };
    pairs(left) == pairs(right)
}

/// Where a line that has the types of a layout stops looking like it.
fn misshapen(candidate: &Candidate, text: &[u8], tokens: &Tokens) -> Misfit {
    let columns = candidate.format.columns().iter().zip(tokens.spans()).enumerate();
    for (index, (column, span)) in columns {
        if let Some(field) = column.field().filter(|field| !field.kind().looks_right(span.of(text))) {
            let found = String::from_utf8_lossy(span.of(text)).into_owned();
            let error = Error::mismatch(ErrorCode::InvalidValue, field.kind().expected(), found);
            return Misfit { index, start: span.start, error: error.in_field(field.name()) };
        }
    }
    Misfit { index: 0, start: 0, error: Error::sentence(ErrorCode::UnknownLayout, "does not look like it") }
}

/// `6, 8 or 14`
fn either(counts: impl Iterator<Item = usize>) -> String {
    let words: BTreeSet<usize> = counts.collect();
    let words: Vec<String> = words.iter().map(usize::to_string).collect();
    match words.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        _ => words.concat(),
    }
}

/// The line without a byte order mark, carriage returns at its end, and a line feed that a wrapper may hold.
fn without_end(line: &[u8]) -> &[u8] {
    let mut line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    while let [rest @ .., b'\r' | b'\n'] = line {
        line = rest;
    }
    line
}

/// `{"message":"..."}`, as Amazon Data Firehose delivers flow logs.
#[derive(Deserialize)]
struct Wrapper<'a> {
    #[serde(borrow)]
    message: Cow<'a, str>,
}

/// The text in a wrapper: JSON, so whatever its spacing, its order of keys and its escapes.
fn unwrap(text: &[u8]) -> Result<Cow<'_, str>, Located> {
    let wrapper: Wrapper<'_> = serde_json::from_slice(text).map_err(|error| {
        let start = error.column().saturating_sub(1).min(text.len());
        let detail = format!("expected {{\"message\":\"...\"}}, since the line starts as JSON: {error}");
        (Some(start), Error::sentence(ErrorCode::InvalidWrapper, detail))
    })?;
    Ok(wrapper.message)
}

/// Where a part of a line begins in it; `None` if it is no part of it, as the text of a wrapper with escapes.
fn place_in(line: &[u8], part: &[u8]) -> Option<usize> {
    let start = (part.as_ptr() as usize).checked_sub(line.as_ptr() as usize)?;
    (start + part.len() <= line.len()).then_some(start)
}

fn settings(options: &Options) -> Settings {
    let mut tags = options.tags.clone();
    if options.preserve_original && !tags.iter().any(|tag| tag == PRESERVED) {
        tags.push(PRESERVED.into());
    }
    let tags: Vec<Vec<u8>> = tags.iter().map(|tag| json::string(tag)).collect();
    let data_stream = |names: &DataStream| [&names.r#type, &names.dataset, &names.namespace].map(|n| json::string(n));
    Settings {
        preserve_original: options.preserve_original,
        ingested: match options.ingested {
            Ingested::AsSchema => options.schema == Schema::ElasticIntegration112,
            Ingested::No => false,
            Ingested::Now | Ingested::At(_) => true,
        },
        data_stream: options.data_stream.as_ref().map(data_stream),
        tags: (!tags.is_empty()).then(|| [b"[", tags.join(&b',').as_slice(), b"]"].concat()),
        fields: options.fields.clone(),
    }
}

/// The tag that makes Elasticsearch's final pipeline keep `event.original`.
const PRESERVED: &str = "preserve_original_event";

#[cfg(not(target_arch = "wasm32"))]
fn system_clock() -> u64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// The module has no clock of its own: `src/wasm.rs` sets JavaScript's.
#[cfg(target_arch = "wasm32")]
fn system_clock() -> u64 {
    0
}
