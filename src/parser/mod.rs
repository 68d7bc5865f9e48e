//! The parser: lines in, documents out. It takes the lines out of the input, keeps count, and applies the error policy.

mod choice;

use crate::base::clock::system_clock;
use crate::base::output::Output;
use crate::base::scan::{self, Scanned};
use crate::base::time::rfc3339;
use crate::base::tokens::Tokens;
use crate::base::tokens::is_blank;
use crate::document::{Memory, Plan, Source, Tape};
use crate::error::{Error, ErrorCode, Position};
use crate::format::Format;
use crate::format::inferred::{LOOK_AHEAD_BYTES, LOOK_AHEAD_LINES, ReadOff};
use crate::geo::Lookups;
use crate::options::bulk::{Bulk, Fingerprints};
use crate::options::settings::settings;
use crate::options::{Ingested, OnError, Options};
use crate::parser::choice::{Choice, Located, NO_TEXT};
use crate::record::Record;
use crate::record::envelope;

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

/// Without detection, lines that fit no documented layout are errors.
#[cfg(not(feature = "detect"))]
fn read_nothing_off(_: &[u8]) -> Option<ReadOff> {
    None
}

/// Reads flow log lines and writes documents.
///
/// ```
/// use vpcflow_ecs::{Options, Output, Parser};
///
/// let log = b"version srcaddr dstaddr log-status\n2 192.0.2.10 198.51.100.20 OK\n";
/// let mut documents = Output::new();
/// let mut parser = Parser::new(Options::default())?;
/// parser.write_ndjson(log, &mut documents, &mut |_| {})?;
/// assert!(documents.starts_with(br#"{"aws":{"vpcflow":{"log_status":"OK","version":2}},"cloud":{"provider":"aws"},"#));
/// assert_eq!((parser.stats().headers, parser.stats().records), (1, 1));
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
#[derive(Debug)]
pub struct Parser {
    choice: Choice,
    errors: Plan,
    on_error: OnError,
    bulk: Option<Bulk>,
    /// Instead of documents, their values are written, and told of here.
    tape: Option<Tape>,
    max_line_bytes: usize,
    /// Whether documents say when they were made.
    says_time: bool,
    fixed_now: Option<String>,
    clock: fn() -> u64,
    /// Reads a format off lines that fit no documented layout.
    detector: fn(&[u8]) -> Option<ReadOff>,

    stats: Stats,
    /// Records of the inputs before this one.
    records_before: u64,
    line_number: u64,
    offset: u64,
    /// The start of a line whose end has not come yet.
    carry: Vec<u8>,
    /// How many bytes of that line were not kept, because it is too long anyway.
    not_carried: u64,
    look_ahead: LookAhead,
    /// The format that was read off the lines of this input, or of the last one.
    inferred: Option<Format>,
    /// Whether the input ended with an error.
    stopped: bool,
    now: String,
    scratch: Scratch,
    /// What was found of addresses, if there are databases to look them up in.
    lookups: Option<Lookups>,
}

/// Whole lines that wait until there are enough of them to read their format off.
#[derive(Debug, Default)]
enum LookAhead {
    /// So far, every line had a format.
    #[default]
    NotNeeded,
    /// Lines with their line ends, and their number.
    Waiting(Vec<u8>, usize),
    /// It has been tried.
    Done,
}

/// Lines that are enough to ask for their format, rather than to say what is wrong with each.
const ENOUGH_LINES: usize = 5;

/// What reading one line needs, kept between lines.
#[derive(Debug, Default)]
struct Scratch {
    tokens: Tokens,
    record: Record,
    memory: Memory,
    fingerprints: Fingerprints,
}

impl Scratch {
    /// Writes the hashes that have a place in the output, but no text yet.
    fn finish(&mut self, out: &mut Output) {
        self.memory.ids.finish(out);
        self.fingerprints.finish(out);
    }
}

/// A line at the start of a text.
#[derive(Clone, Copy)]
struct RawLine<'a> {
    text: &'a [u8],
    /// Its length in bytes, without its line end.
    len: usize,
    /// Whether it is plain, and its tokens have been taken.
    plain: bool,
}

impl<'a> RawLine<'a> {
    fn bytes(self) -> &'a [u8] {
        self.text.get(..self.len).unwrap_or(self.text)
    }
}

impl Parser {
    /// Compiles the options.
    ///
    /// # Errors
    /// `invalid_option`, or what is wrong with a format.
    pub fn new(options: Options) -> Result<Parser, Error> {
        options.check()?;
        let settings = settings(&options);
        Ok(Parser {
            choice: Choice::new(&options, &settings)?,
            errors: Plan::of_errors(&settings)?,
            on_error: options.on_error,
            bulk: options.bulk,
            tape: None,
            max_line_bytes: options.max_line_bytes,
            says_time: settings.ingested || options.on_error == OnError::Document,
            fixed_now: match options.ingested {
                Ingested::At(time) => Some(time),
                _ => None,
            },
            clock: system_clock,
            #[cfg(feature = "detect")]
            detector: crate::detect::read_off,
            #[cfg(not(feature = "detect"))]
            detector: read_nothing_off,
            stats: Stats::default(),
            records_before: 0,
            line_number: 0,
            offset: 0,
            carry: Vec::new(),
            not_carried: 0,
            look_ahead: LookAhead::default(),
            inferred: None,
            stopped: false,
            now: String::new(),
            scratch: Scratch::default(),
            lookups: options.geo.map(Lookups::new),
        })
    }

    /// Takes the time of parsing from this clock, in milliseconds since 1970, instead of the system's.
    pub fn set_clock(&mut self, clock: fn() -> u64) {
        self.clock = clock;
    }

    /// Reads formats off lines with this function, instead of with [`detect`](crate::detect) (cargo feature `detect`). It
    /// gets whole lines that have neither a header nor a documented layout, 2,000 lines or 1 MiB of them at most, and
    /// gives nothing if they are no flow log.
    pub fn set_detector(&mut self, detector: fn(&[u8]) -> Option<ReadOff>) {
        self.detector = detector;
    }

    /// Writes the values of documents from now on, and tells of them on a tape, or the documents again.
    #[cfg_attr(not(all(target_arch = "wasm32", feature = "parser")), allow(dead_code))]
    pub(crate) fn set_tape(&mut self, tape: Option<Tape>) {
        self.tape = tape;
    }

    /// The tape, if there is one.
    #[cfg_attr(not(all(target_arch = "wasm32", feature = "parser")), allow(dead_code))]
    pub(crate) fn tape(&mut self) -> Option<&mut Tape> {
        self.tape.as_mut()
    }

    /// Writes an action line before each document from now on, or none.
    pub fn set_bulk(&mut self, bulk: Option<Bulk>) {
        self.bulk = bulk;
    }

    /// Counts since the parser was made.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    /// Forgets what it remembers of the input: the header, the line number, what was read ahead, an unfinished line and
    /// an error. The counts stay.
    pub fn reset(&mut self) {
        self.inferred = None;
        self.forget();
    }

    /// The format that was read off the lines of this input, if they had no header and no documented layout; after
    /// [`Parser::end`], of the input that ended.
    pub fn inferred(&self) -> Option<&Format> {
        self.inferred.as_ref()
    }

    fn forget(&mut self) {
        self.choice.reset();
        self.records_before = self.stats.records;
        self.line_number = 0;
        self.offset = 0;
        self.carry.clear();
        self.not_carried = 0;
        self.look_ahead = LookAhead::default();
        self.stopped = false;
    }

    /// Reads one line, with or without its line end, and appends the document of a record, without a line end and
    /// without an action line.
    ///
    /// One line alone is never enough to read an undocumented format off.
    ///
    /// # Errors
    /// What is wrong with the line and where; nothing is appended then, whatever the option `on_error` says.
    pub fn parse_line(&mut self, line: &[u8], out: &mut Output) -> Result<Line, Error> {
        self.tell_time();
        let len = line.strip_suffix(b"\n").unwrap_or(line).len();
        let text = line.get(..len).unwrap_or(line);
        let plain = scan::last_line(text, &mut self.scratch.tokens) == Scanned::Plain(len);
        let bulk = self.bulk.take();
        let read = self.read_line(RawLine { text: line, len, plain }, out);
        self.bulk = bulk;
        self.count(&read);
        self.offset += len as u64 + 1;
        self.scratch.finish(out);
        read
    }

    /// Reads lines and appends the documents, each with a line end. The last line needs none.
    ///
    /// Each line that is no record and that the option `on_error` passes over is given to `report`.
    ///
    /// # Errors
    /// With `on_error` `throw`, what is wrong with the first line that is no record; in any case `unresolved_format`, if
    /// no format was given and the lines do not tell it. The documents of the lines before it have been appended; the
    /// lines after it have not been read.
    pub fn write_ndjson(
        &mut self,
        input: &[u8],
        out: &mut Output,
        report: &mut dyn FnMut(&Error),
    ) -> Result<(), Error> {
        self.reset();
        self.push(input, out, report)?;
        self.end(out, report)
    }

    /// Reads a piece of an input that comes in pieces, cut anywhere, and appends the documents of the lines that end in
    /// it. The documents do not depend on the cuts.
    ///
    /// Where no format was given, and a line has neither a header nor a documented layout, up to 2,000 lines or 1 MiB are
    /// held back to read the format off them.
    ///
    /// # Errors
    /// As [`Parser::write_ndjson`]. The rest of the input cannot be read after an error: [`Parser::end`] or
    /// [`Parser::reset`] begins a new one.
    pub fn push(&mut self, chunk: &[u8], out: &mut Output, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        self.push_some(chunk, usize::MAX, out, report).map(|_| ())
    }

    /// The same, but it stops after a line once so many bytes have been appended; gives how many bytes of the chunk it
    /// has read.
    ///
    /// # Errors
    /// As [`Parser::push`].
    pub fn push_some(
        &mut self,
        chunk: &[u8],
        enough_bytes: usize,
        out: &mut Output,
        report: &mut dyn FnMut(&Error),
    ) -> Result<usize, Error> {
        if self.stopped {
            let detail = "the input ended with an error; end or reset begins a new one";
            return Err(Error::sentence(ErrorCode::Stopped, detail));
        }
        if self.line_number == 0 && self.carry.is_empty() && matches!(self.look_ahead, LookAhead::NotNeeded) {
            self.inferred = None;
        }
        self.tell_time();
        let result = self.push_lines(chunk, enough_bytes, out, report);
        self.scratch.finish(out);
        self.stopped = result.is_err();
        result
    }

    fn push_lines(
        &mut self,
        chunk: &[u8],
        enough_bytes: usize,
        out: &mut Output,
        report: &mut dyn FnMut(&Error),
    ) -> Result<usize, Error> {
        let before = out.len();
        let mut rest = chunk;
        while let Some(line) = self.next_line(rest) {
            let after = rest.get(line.len + 1..).unwrap_or_default();
            if self.carry.is_empty() {
                self.write_line(line, out, report)?;
            } else {
                self.carry_over(line.bytes());
                self.finish_carried(out, report)?;
            }
            rest = after;
            if out.len() - before >= enough_bytes {
                return Ok(chunk.len() - rest.len());
            }
        }
        self.carry_over(rest);
        Ok(chunk.len())
    }

    /// The first line of a text, if its end is there.
    #[inline]
    fn next_line<'a>(&mut self, text: &'a [u8]) -> Option<RawLine<'a>> {
        if self.carry.is_empty()
            && let Scanned::Plain(len) = scan::line(text, &mut self.scratch.tokens)
        {
            return Some(RawLine { text, len, plain: true });
        }
        let len = memchr::memchr(b'\n', text)?;
        Some(RawLine { text, len, plain: false })
    }

    /// Reads what has not been read yet, and forgets the input, so that another may follow.
    ///
    /// # Errors
    /// As [`Parser::write_ndjson`].
    pub fn end(&mut self, out: &mut Output, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        self.tell_time();
        let mut result = Ok(());
        if !self.stopped {
            if !self.carry.is_empty() {
                result = self.finish_carried(out, report);
            }
            if result.is_ok() {
                result = self.read_ahead(out, report);
            }
        }
        self.scratch.finish(out);
        self.forget();
        result
    }

    fn carry_over(&mut self, part: &[u8]) {
        // One byte more than allowed is enough to know that the line is too long.
        let room = self.max_line_bytes.saturating_add(1).saturating_sub(self.carry.len());
        let (kept, rest) = part.split_at(part.len().min(room));
        self.carry.extend_from_slice(kept);
        self.not_carried += rest.len() as u64;
    }

    fn finish_carried(&mut self, out: &mut Output, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        let mut line = std::mem::take(&mut self.carry);
        let result = self.write_line(RawLine { text: &line, len: line.len(), plain: false }, out, report);
        line.clear();
        self.carry = line;
        result
    }

    /// Reads a line, or holds it back with those before it.
    fn write_line(&mut self, line: RawLine<'_>, out: &mut Output, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        // What was not kept of this line: those that wait are read with theirs.
        let not_carried = std::mem::take(&mut self.not_carried);
        match &mut self.look_ahead {
            // A line that is too long has no place among them: it stands for what it is.
            LookAhead::Waiting(lines, count) if line.len <= self.max_line_bytes => {
                lines.extend_from_slice(line.bytes());
                lines.push(b'\n');
                *count += 1;
                if *count >= LOOK_AHEAD_LINES || lines.len() >= LOOK_AHEAD_BYTES {
                    self.read_ahead(out, report)?;
                }
                return Ok(());
            }
            LookAhead::Waiting(..) => self.read_ahead(out, report)?,
            LookAhead::NotNeeded | LookAhead::Done => {}
        }
        let start = out.len();
        let mut read = self.read_line(line, out);
        if matches!(self.look_ahead, LookAhead::NotNeeded)
            && self.choice.may_infer()
            && let Err(error) = &read
            && error.code() == ErrorCode::UnknownLayout
        {
            self.line_number -= 1;
            self.look_ahead = LookAhead::Waiting(Vec::new(), 0);
            self.not_carried = not_carried;
            return self.write_line(line, out, report);
        }
        self.count(&read);
        self.offset += line.len as u64 + 1 + not_carried;
        if let Err(error) = &read {
            if self.on_error == OnError::Document {
                self.write_error(error, out);
            }
            if self.on_error != OnError::Throw {
                report(error);
                read = Ok(Line::Blank);
            }
        }
        if out.len() > start && self.tape.is_none() {
            out.extend(b"\n");
        }
        read.map(|_| ())
    }

    /// Reads a format off the lines that were held back, and then the lines.
    fn read_ahead(&mut self, out: &mut Output, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        let LookAhead::Waiting(lines, count) = std::mem::replace(&mut self.look_ahead, LookAhead::Done) else {
            return Ok(());
        };
        match (self.detector)(&lines) {
            None => {}
            Some(ReadOff { format, question: None }) => {
                self.choice.infer(format.clone())?;
                self.inferred = Some(format);
            }
            // A few lines, or lines after records of a documented layout, are odd ones, each with its own error.
            Some(_) if count < ENOUGH_LINES || self.stats.records > self.records_before => {}
            Some(ReadOff { question: Some(question), .. }) => {
                let position = Position { line: Some(self.line_number + 1), column: None, offset: Some(self.offset) };
                let error = Error::sentence(ErrorCode::UnresolvedFormat, question).at(position);
                self.stats.lines += 1;
                self.stats.errors += 1;
                return Err(error);
            }
        }
        self.write_lines(&lines, out, report)
    }

    fn write_lines(&mut self, lines: &[u8], out: &mut Output, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        let mut rest = lines;
        while let Some(line) = self.next_line(rest) {
            rest = rest.get(line.len + 1..).unwrap_or_default();
            self.write_line(line, out, report)?;
        }
        Ok(())
    }

    fn write_error(&mut self, error: &Error, out: &mut Output) {
        let line = String::from_utf8_lossy(error.input().unwrap_or_default());
        let Scratch { record, memory, fingerprints, .. } = &mut self.scratch;
        if let Some(bulk) = self.bulk.as_ref().filter(|_| self.tape.is_none()) {
            bulk.write(line.as_bytes(), out, fingerprints);
        }
        record.clear();
        let (text, len) = (line.as_bytes(), line.len());
        let source = Source {
            text,
            len,
            plain: false,
            raw: self.tape.is_some(),
            record,
            now: &self.now,
            error: Some(error),
            ends: Default::default(),
        };
        match &mut self.tape {
            Some(tape) => self.errors.write_values(&source, out, memory, tape),
            None => self.errors.write(&source, out, memory),
        }
    }

    /// Sets the time of parsing, if the documents say it.
    fn tell_time(&mut self) {
        if self.says_time {
            match &self.fixed_now {
                Some(time) => self.now.clone_from(time),
                None => self.now = String::from_utf8_lossy(&rfc3339((self.clock)())).into_owned(),
            }
        }
    }

    fn count(&mut self, read: &Result<Line, Error>) {
        self.stats.lines += 1;
        match read {
            Ok(Line::Record) => self.stats.records += 1,
            Ok(Line::Header) => self.stats.headers += 1,
            Ok(Line::Blank) => self.stats.blanks += 1,
            Err(_) => self.stats.errors += 1,
        }
    }

    /// Reads one line without its line end, and puts the place into an error.
    fn read_line(&mut self, line: RawLine<'_>, out: &mut Output) -> Result<Line, Error> {
        self.line_number += 1;
        self.read_text(line, out).map_err(|(start, error)| {
            let raw = line.bytes();
            let column = start.map(|start| {
                // A byte order mark is no character of the line.
                let before = envelope::without_mark(raw.get(..start).unwrap_or_default());
                before.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64 + 1
            });
            let offset = self.offset + start.unwrap_or_default() as u64;
            error.at(Position { line: Some(self.line_number), column, offset: Some(offset) }).with_input(raw)
        })
    }

    fn read_text(&mut self, line: RawLine<'_>, out: &mut Output) -> Result<Line, Located> {
        if line.len > self.max_line_bytes {
            let expected = format!("a line of at most {} bytes", self.max_line_bytes);
            let detail = format!("expected {expected}, found a longer one; raise maxLineBytes if it is a record");
            return Err((None, Error::sentence(ErrorCode::LineTooLong, detail)));
        }
        if line.plain && line.text.first() != Some(&b'{') {
            return self.read_tokens(line, out);
        }
        let raw = line.bytes();
        let text = envelope::without_end(raw);
        let unwrapped;
        let (text, base) = match text.iter().copied().find(|byte| !is_blank(*byte)) {
            Some(b'{') => {
                let start = envelope::place_in(raw, text).unwrap_or_default();
                unwrapped =
                    envelope::unwrap(text).map_err(|(place, error)| (place.map(|place| start + place), error))?;
                let inner = envelope::without_end(unwrapped.as_bytes());
                if inner.contains(&b'\n') {
                    let detail = "expected one line in the wrapper, found several; take them out of it first";
                    return Err((None, Error::sentence(ErrorCode::SeveralLines, detail)));
                }
                (inner, envelope::place_in(raw, inner))
            }
            _ => (text, envelope::place_in(raw, text)),
        };
        let located = |(start, error): Located| (base.zip(start).map(|(base, start)| base + start), error);
        if let Some(end) = memchr::memchr(b'\n', text) {
            let detail = "expected one line, found several; read them as a whole input, not as a line";
            return Err(located((Some(end), Error::sentence(ErrorCode::SeveralLines, detail))));
        }
        std::str::from_utf8(text).map_err(|error| {
            let start = error.valid_up_to();
            let found: String = text.iter().skip(start).take(4).map(|byte| format!("\\x{byte:02x}")).collect();
            let detail = format!("expected UTF-8, found bytes {found}");
            let error = Error::sentence(ErrorCode::InvalidUtf8, detail).expecting("UTF-8", found);
            // A byte order mark of UTF-16, of either order, or the other half of its characters.
            let is_utf_16 = matches!(text, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) || text.contains(&0);
            located((Some(start), if is_utf_16 { error.with_hint(NO_TEXT) } else { error }))
        })?;
        self.scratch.tokens.split(text);
        self.read_tokens(RawLine { text, len: text.len(), plain: false }, out).map_err(located)
    }

    /// Reads a line whose tokens have been taken.
    #[inline]
    fn read_tokens(&mut self, line: RawLine<'_>, out: &mut Output) -> Result<Line, Located> {
        let Scratch { tokens, record, memory, fingerprints } = &mut self.scratch;
        if tokens.count() == 0 {
            return Ok(Line::Blank);
        }
        if self.choice.is_header(line.text, tokens, self.line_number == 1).map_err(|error| (None, error))? {
            return Ok(Line::Header);
        }
        // The tokens of a plain line are the same.
        if self.choice.reads_like_elastic() && !line.plain {
            tokens.split_at_each_space(line.bytes());
        }
        self.choice.prepare(tokens.count()).map_err(|error| (None, error))?;
        let (start, error) = match self.choice.choose(line.text, tokens, record) {
            Ok(candidate) => {
                let RawLine { text, len, plain } = line;
                let ends = match &mut self.lookups {
                    Some(lookups) => lookups.fragments(candidate.plan.addresses(record, text)),
                    None => Ok(Default::default()),
                }
                .map_err(|error| (None, error))?;
                // From here on, nothing can go wrong: an action line is followed by its document.
                if let Some(bulk) = self.bulk.as_ref().filter(|_| self.tape.is_none()) {
                    bulk.write(line.bytes(), out, fingerprints);
                }
                let source =
                    Source { text, len, plain, raw: self.tape.is_some(), record, now: &self.now, error: None, ends };
                match &mut self.tape {
                    Some(tape) => candidate.plan.write_values(&source, out, memory, tape),
                    None => candidate.plan.write(&source, out, memory),
                }
                return Ok(Line::Record);
            }
            Err(error) => error,
        };
        Err((start, self.choice.with_hint(error, line.text, tokens, record)))
    }
}
