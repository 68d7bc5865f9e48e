//! The parser: lines in, documents out.
//!
//! A line's way through this folder:
//!
//! 1. `lines.rs` cuts it out of the input.
//! 2. `look_ahead.rs` buffers it, if its layers have to be found or its format to be inferred.
//! 3. `layered.rs` peels the layers around its records, if it has any.
//! 4. `line.rs` reads it by the format that `choice.rs` finds: a given one, the header's, a documented layout
//!    (`layouts.rs`) or the inferred one.
//! 5. `writer.rs` writes its document.
//!
//! This file has the parser that users call, and applies the error policy.

mod candidate;
mod choice;
mod layered;
mod layouts;
mod line;
mod lines;
mod look_ahead;
mod writer;

use self::choice::Choice;
use self::layered::{Around, Finder, MAX_LAYERS, MakePeeler};
use self::line::LineReader;
use self::lines::{Lines, RawLine};
use self::look_ahead::LookAhead;
use self::writer::{RecordCounts, Writer};
use crate::base::output::Output;
use crate::base::scan::{self, Scanned};
use crate::document::Tape;
use crate::error::{Error, ErrorCode};
use crate::format::Format;
use crate::format::inferred::Inferred;
use crate::json::Json;
use crate::layers::{self, Peeler};
use crate::options::bulk::Bulk;
use crate::options::settings::settings;
use crate::options::{OnError, Options, invalid};
use crate::record::{Located, container, envelope};

/// The kind of a line that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A record. Its document was appended.
    Record,
    /// A record that the option `omitLogStatus` leaves out.
    Omitted,
    /// A header line.
    Header,
    /// A line without a token.
    Blank,
}

/// Counts since the parser was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Lines read. It is the sum of records, omitted, headers, blanks and errors, unless lines have several records each.
    pub lines: u64,
    /// Records that became documents.
    pub records: u64,
    /// Lines that were records and that the option `omitLogStatus` left out.
    pub omitted: u64,
    /// Header lines.
    pub headers: u64,
    /// Blank lines, comments and envelopes without a record.
    pub blanks: u64,
    /// Lines with an error. Of a line with several records, each may have one.
    pub errors: u64,
    /// Records with the log status NODATA, omitted or not.
    pub nodata: u64,
    /// Records with the log status SKIPDATA, omitted or not.
    pub skipdata: u64,
    /// Documents of records that have neither `end` nor `start`, nor a time from what is around them.
    pub without_time: u64,
}

/// A function that infers the format of whole lines.
type Detector = fn(&[u8]) -> Option<Inferred>;

/// Services that another module may render in place of this one: few logs need them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Services {
    /// Infers the format of lines that fit no documented layout.
    pub(crate) infer: Detector,
    /// Finds the layers of lines that fit nothing.
    pub(crate) find_layers: Finder,
    /// Makes what peels them.
    pub(crate) make_peeler: MakePeeler,
}

impl Services {
    /// The services of this crate. Without detection, nothing is inferred, and layers are found only if they show themselves.
    const OWN: Services = Services {
        #[cfg(feature = "detect")]
        infer: crate::detect::infer,
        #[cfg(not(feature = "detect"))]
        infer: |_| None,
        #[cfg(feature = "detect")]
        find_layers: crate::detect::find_layers,
        #[cfg(not(feature = "detect"))]
        find_layers: |_, _, _| None,
        make_peeler: |words, has_transport| Ok(Box::new(peeler_of(words, has_transport)?)),
    };
}

/// Makes a peeler of layers in words, which keeps the values of the transport or not.
///
/// # Errors
/// `invalid_option`, with the words that are not a layer.
pub(crate) fn peeler_of(words: &str, has_transport: bool) -> Result<Peeler, Error> {
    let peeler = Peeler::named(words).map_err(|words| invalid("layers", LAYERS, &Json::String(words.to_owned())))?;
    Ok(peeler.with_transport(has_transport))
}

/// The layers that can be given, in words.
const LAYERS: &str = "\"quotes\", \"prefix N\", \"suffix N\", \"syslog\", \"number\", \"end ,\", \"end ;\", \"label\", \"spaces\", \"tabs\", \"records N\", \"csv\", \"csv ;\", \"csv |\", \"tsv\" or \"json KEY\"";

/// The longest line that may be the start of a record that is cut, in bytes.
const MAX_CUT_BYTES: usize = 4_096;

/// True if the error is that of a line with too many or too few fields.
fn is_of_another_count(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::UnknownLayout | ErrorCode::FieldCount)
}

/// Reads flow log lines and writes documents.
///
/// ```
/// use vpcflow_ecs::{Options, Output, Parser};
///
/// let log = b"version srcaddr end log-status\n2 192.0.2.10 1418530070 OK\n";
/// let mut documents = Output::new();
/// let mut parser = Parser::new(Options::default())?;
/// parser.write_ndjson(log, &mut documents, &mut |_| {})?;
/// assert!(documents.starts_with(br#"{"@timestamp":"2014-12-14T04:07:50.000Z","aws":{"vpcflow":{"log_status":"OK","#));
/// assert_eq!((parser.stats().headers, parser.stats().records), (1, 1));
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
#[derive(Debug)]
pub struct Parser {
    lines: Lines,
    look_ahead: LookAhead,
    around: Around,
    reader: LineReader,
    writer: Writer,
    on_error: OnError,
    services: Services,
    /// The format that was inferred from the lines of this input, or of the last one.
    inferred: Option<Format>,
    stats: Stats,
    /// The format that lines may have which fit no documented layout.
    likely: Option<Format>,
    /// The number of the last line that was too short for a format, and its text: the next line may be its rest.
    cut: Option<(u64, Vec<u8>)>,
    /// Records of the inputs before this one.
    records_before: u64,
    /// True if the input ended with an error.
    stopped: bool,
}

/// The destinations of a call's documents and errors.
struct Sink<'a> {
    out: &'a mut Output,
    report: &'a mut dyn FnMut(&Error),
}

impl Parser {
    /// Compiles the options.
    ///
    /// # Errors
    /// `invalid_option`, or the error of a format.
    pub fn new(options: Options) -> Result<Parser, Error> {
        Parser::with(options, Services::OWN)
    }

    /// Compiles the options, as [`Parser::new`] does, for a parser with other services.
    pub(crate) fn with(options: Options, services: Services) -> Result<Parser, Error> {
        options.check()?;
        let settings = settings(&options);
        Ok(Parser {
            lines: Lines::new(options.max_line_bytes),
            look_ahead: LookAhead::default(),
            around: Around::new(options.layers.clone(), options.transport, services.make_peeler)?,
            reader: LineReader::new(Choice::new(&options, &settings)?, options.max_line_bytes),
            on_error: options.on_error,
            writer: Writer::new(options, &settings)?,
            services,
            inferred: None,
            likely: None,
            cut: None,
            stats: Stats::default(),
            records_before: 0,
            stopped: false,
        })
    }

    /// Sets the clock that gives the time of parsing, in milliseconds since 1970, instead of the system's.
    pub fn set_clock(&mut self, clock: fn() -> u64) {
        self.writer.clock = clock;
    }

    /// Sets the function that infers formats, instead of [`detect`](crate::detect) (cargo feature `detect`).
    ///
    /// It takes whole lines that have neither a header nor a documented layout, at most 2,000 lines or 1 MiB of them.
    /// It returns `None` if they are not a flow log.
    pub fn set_detector(&mut self, detector: fn(&[u8]) -> Option<Inferred>) {
        self.services.infer = detector;
    }

    /// Sets the tape: from now on, the values of documents are written and described on it. `None` has documents
    /// written.
    #[cfg_attr(not(all(target_arch = "wasm32", feature = "js", not(wasm_module = "detect"))), allow(dead_code))]
    pub(crate) fn set_tape(&mut self, tape: Option<Tape>) {
        self.writer.tape = tape;
    }

    /// Returns the tape, if there is one.
    #[cfg_attr(not(all(target_arch = "wasm32", feature = "js", not(wasm_module = "detect"))), allow(dead_code))]
    pub(crate) fn tape(&mut self) -> Option<&mut Tape> {
        self.writer.tape.as_mut()
    }

    /// Sets the action lines that are written before documents from now on; with `None`, none are.
    pub fn set_bulk(&mut self, bulk: Option<Bulk>) {
        self.writer.bulk = bulk;
    }

    /// Returns the counts since the parser was made.
    pub fn stats(&self) -> Stats {
        let RecordCounts { nodata, skipdata, without_time } = self.writer.counts;
        Stats { nodata, skipdata, without_time, ..self.stats }
    }

    /// Returns the warnings of the given formats, as of [`Format::warnings`], and of headers: each once since the parser was
    /// made, 100 at most.
    pub fn warnings(&self) -> &[String] {
        &self.reader.choice.warnings
    }

    /// Resets the parser to the start of an input: it drops the header, the line number, pending lines, an unfinished
    /// line and an error. The counts and warnings stay.
    pub fn reset(&mut self) {
        self.inferred = None;
        self.around.found.clear();
        self.next_input();
    }

    /// Passes whole lines of the input that are not read: the positions of errors count them, and the counts do not. It is
    /// for a reader that continues an input after its header, where it was interrupted.
    ///
    /// ```
    /// use vpcflow_ecs::{Options, Output, Parser};
    ///
    /// let mut parser = Parser::new(Options::default())?;
    /// parser.push(b"srcaddr dstaddr bytes\n", &mut Output::new(), &mut |_| {})?;
    /// parser.skip(1_000, 25_000);
    /// let result = parser.push(b"10.0.0.1 10.0.0.2 x\n", &mut Output::new(), &mut |_| {});
    /// assert_eq!(result.unwrap_err().position().line, Some(1_002));
    /// # Ok::<(), vpcflow_ecs::Error>(())
    /// ```
    pub fn skip(&mut self, lines: u64, bytes: u64) {
        self.lines.skip(lines, bytes);
    }

    /// Discards an unfinished line, because the input is damaged or cut short there. It is not a record even if it looks like
    /// one. [`Parser::end`] then reads the pending lines before it.
    ///
    /// ```
    /// use vpcflow_ecs::{Options, Output, Parser};
    ///
    /// let mut documents = Output::new();
    /// let mut parser = Parser::new(Options::default())?;
    /// parser.push(b"bytes srcaddr\n40 10.0.0.1\n52 10.0.0.2", &mut documents, &mut |_| {})?;
    /// parser.cut();
    /// parser.end(&mut documents, &mut |_| {})?;
    /// assert_eq!(parser.stats().records, 1);
    /// # Ok::<(), vpcflow_ecs::Error>(())
    /// ```
    pub fn cut(&mut self) {
        self.lines.cut();
    }

    /// Returns the format that was inferred from the lines of this input; after [`Parser::end`], of the input that
    /// ended.
    ///
    /// Formats are inferred from lines without a header and a documented layout.
    pub fn inferred(&self) -> Option<&Format> {
        self.inferred.as_ref()
    }

    /// Returns the layers around the records of this input, from outside in, as words; after [`Parser::end`], of the
    /// input that ended. They are those of the first record that has any.
    ///
    /// ```
    /// use vpcflow_ecs::{Options, Output, Parser};
    ///
    /// let log = b"{\"log\":\"2026-01-01T00:00:14.000Z 2 123456789010 eni-1235b8ca123456789 172.31.16.139 \
    ///             172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\"}\n";
    /// let mut parser = Parser::new(Options::default())?;
    /// parser.write_ndjson(log, &mut Output::new(), &mut |_| {})?;
    /// assert_eq!(parser.layers(), ["json log", "prefix 1"]);
    /// # Ok::<(), vpcflow_ecs::Error>(())
    /// ```
    pub fn layers(&self) -> Vec<String> {
        layers::each(self.layer_words()).map(str::to_owned).collect()
    }

    /// Returns the words of these layers.
    pub(crate) fn layer_words(&self) -> &str {
        &self.around.found
    }

    /// Starts the next input. The inferred format of the last one stays, and so do its layers.
    fn next_input(&mut self) {
        self.around.reset();
        self.reader.choice.reset();
        self.records_before = self.stats.records;
        self.lines.reset();
        self.look_ahead = LookAhead::default();
        self.likely = None;
        self.cut = None;
        self.stopped = false;
    }

    /// Reads one line, with or without its line end, and appends the document of a record, without a line end and
    /// without an action line.
    ///
    /// An undocumented format is never inferred from one line alone.
    ///
    /// # Errors
    /// The error of the line, with its position. Nothing is appended then, whatever the option `on_error` says.
    #[cfg_attr(wasm_module = "scalar", inline(never))]
    pub fn parse_line(&mut self, line: &[u8], out: &mut Output) -> Result<Line, Error> {
        self.writer.start();
        let len = line.strip_suffix(b"\n").unwrap_or(line).len();
        let text = line.get(..len).unwrap_or(line);
        let plain = scan::last_line(text, &mut self.reader.tokens) == Scanned::Plain(len);
        let bulk = self.writer.bulk.take();
        let line = RawLine { text: line, len, dropped: 0, plain };
        let mut read = if self.around.peels(line) { self.parse_layers(line, out) } else { self.read_line(line, out) };
        if read.is_err() {
            read = self.parse_again(line, read, out);
        }
        self.writer.bulk = bulk;
        self.lines.pass(line);
        self.stats.lines += 1;
        self.count(&read);
        self.writer.finish(out);
        read
    }

    /// Reads a line again, that was not a record: as a comment, or in layers that only this line shows.
    #[inline(never)]
    fn parse_again(&mut self, line: RawLine<'_>, read: Result<Line, Error>, out: &mut Output) -> Result<Line, Error> {
        let Err(error) = read else { return read };
        if self.reader.fits(line) && self.find_layers_of(line.bytes()) {
            return self.parse_layers(line, out);
        }
        self.without_comment(line, error).map_err(|error| {
            if error.code() == ErrorCode::UnknownLayout && self.reader.choice.may_infer() {
                self.likely = (self.services.infer)(line.bytes()).map(|inferred| inferred.format);
            }
            let count = self.reader.tokens.count();
            self.with_likely(error, count)
        })
    }

    /// Adds to the error of a line of an input that it and the line before it are one record, or the format that it may
    /// have.
    #[inline(never)]
    fn with_advice(&mut self, line: RawLine<'_>, error: Error) -> Error {
        let number = self.lines.number();
        let count = self.reader.tokens.count();
        if let Some((before, mut text)) = self.cut.take().filter(|(before, _)| before + 1 == number) {
            text.push(b' ');
            text.extend_from_slice(line.bytes());
            if self.reader.reads(&text) {
                return error.with_note(format!("it is a record together with line {before}, which is cut"));
            }
        }
        if is_of_another_count(&error) && line.len <= MAX_CUT_BYTES {
            self.cut = Some((number, line.bytes().to_vec()));
        }
        self.with_likely(error, count)
    }

    /// Adds to the error of a line that fits no documented layout the format that it may have.
    fn with_likely(&self, error: Error, count: usize) -> Error {
        match &self.likely {
            // If a layout has as many fields, its error is the line's.
            Some(format)
                if is_of_another_count(&error) && format.columns().len() == count && error.format().is_none() =>
            {
                error.with_note(format!("by its values, the format may be {format}"))
            }
            _ => error,
        }
    }

    /// Reads lines and appends the documents, each with a line end. The last line needs none.
    ///
    /// Unless the option `on_error` is `throw`, `report` is called with the error of each bad line.
    ///
    /// # Errors
    /// - With `on_error` `throw`, the error of the first bad line.
    /// - In any case `unresolved_format`, if no format was given and the lines leave it open, and `unsupported_input`, if
    ///   the input is compressed or another container.
    ///
    /// The documents of the lines before have been appended. The lines after have not been read.
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

    /// Reads a chunk of an input, cut anywhere, and appends the documents of the lines that end in it. The documents do
    /// not depend on the cuts.
    ///
    /// Without a given format, lines that have neither a header nor a documented layout are held back to infer their
    /// format: up to 2,000 lines or 1 MiB.
    ///
    /// # Errors
    /// As [`Parser::write_ndjson`]. The rest of the input cannot be read after an error: [`Parser::end`] or
    /// [`Parser::reset`] begins a new one.
    pub fn push(&mut self, chunk: &[u8], out: &mut Output, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        self.push_some(chunk, usize::MAX, out, report).map(|_| ())
    }

    /// Reads a chunk as [`Parser::push`] does, but stops after a line once `enough_bytes` have been appended. Returns
    /// the number of bytes of the chunk that were read.
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
        if self.lines.is_at_first() && !self.lines.has_carry() && self.look_ahead.may_start() {
            self.inferred = None;
            self.around.found.clear();
        }
        self.writer.start();
        let result = self.push_lines(chunk, enough_bytes, &mut Sink { out, report });
        self.writer.finish(out);
        self.stopped = result.is_err();
        result
    }

    fn push_lines(&mut self, chunk: &[u8], enough_bytes: usize, sink: &mut Sink<'_>) -> Result<usize, Error> {
        // Documents are four to nine times as long as their lines. Space for a part of a large input is enough to start with.
        const RATIO: usize = 9;
        const MAX_CHUNK: usize = 1024 * 1024;
        let before = sink.out.len();
        if self.writer.tape.is_none() {
            sink.out.reserve(chunk.len().min(MAX_CHUNK).min(enough_bytes / RATIO) * RATIO);
        }
        let mut rest = chunk;
        while let Some((line, after)) = self.lines.split(rest, &mut self.reader.tokens) {
            if self.lines.has_carry() {
                self.lines.carry_over(line.bytes());
                self.take_carried(sink)?;
            } else {
                self.take_line(line, sink)?;
            }
            rest = after;
            if sink.out.len() - before >= enough_bytes {
                return Ok(chunk.len() - rest.len());
            }
        }
        self.lines.carry_over(rest);
        Ok(chunk.len())
    }

    /// Reads the rest of the input: pending lines, and a last line without a line end. Another input may follow.
    ///
    /// # Errors
    /// As [`Parser::write_ndjson`].
    pub fn end(&mut self, out: &mut Output, report: &mut dyn FnMut(&Error)) -> Result<(), Error> {
        self.writer.start();
        let result = if self.stopped { Ok(()) } else { self.end_lines(&mut Sink { out, report }) };
        self.writer.finish(out);
        self.next_input();
        result
    }

    fn end_lines(&mut self, sink: &mut Sink<'_>) -> Result<(), Error> {
        if self.lines.has_carry() {
            self.take_carried(sink)?;
        }
        self.read_ahead(sink)
    }

    /// Takes the line that started in a chunk before.
    fn take_carried(&mut self, sink: &mut Sink<'_>) -> Result<(), Error> {
        let (line, dropped) = self.lines.take_carry();
        let result = self.take_line(RawLine { text: &line, len: line.len(), dropped, plain: false }, sink);
        self.lines.reuse(line);
        result
    }

    /// Reads a line, or buffers it with those before it.
    fn take_line(&mut self, line: RawLine<'_>, sink: &mut Sink<'_>) -> Result<(), Error> {
        if let LookAhead::Pending(pending) = &mut self.look_ahead {
            // A line that is too long is not buffered: it has an error of its own.
            let fits = self.reader.fits(line);
            if !fits || pending.push(line.bytes()) {
                self.read_ahead(sink)?;
            }
            if fits {
                return Ok(());
            }
        }
        if self.around.peels(line) && self.reader.fits(line) {
            return self.take_layers(line, true, sink);
        }
        let start = sink.out.len();
        let mut read = self.read_line(line, sink.out);
        if let Err(error) = read {
            if self.reader.fits(line) && self.may_search(&error) && self.search(line) {
                return self.take_line(line, sink);
            }
            read = self.without_comment(line, error).map_err(|error| self.with_advice(line, error));
        }
        self.lines.pass(line);
        self.stats.lines += 1;
        self.finish(read, start, sink)
    }

    /// Passes over a line that is not a record because it is a comment.
    #[inline(never)]
    fn without_comment(&self, line: RawLine<'_>, error: Error) -> Result<Line, Error> {
        if self.around.may_peel() && layers::is_comment(line.bytes()) { Ok(Line::Blank) } else { Err(error) }
    }

    /// Counts a line that was read, or a piece of one, whose document starts at an offset of the output, and applies the
    /// error policy.
    fn finish(&mut self, read: Result<Line, Error>, start: usize, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.count(&read);
        if let Err(error) = read {
            match self.on_error {
                OnError::Throw => return Err(error),
                // No line of the input can be read.
                _ if error.code() == ErrorCode::UnsupportedInput => return Err(error),
                OnError::Skip => {}
                OnError::Document => self.writer.write_error(&error, sink.out),
            }
            (sink.report)(&error);
        }
        if sink.out.len() > start && self.writer.tape.is_none() {
            sink.out.end_line();
        }
        Ok(())
    }

    /// Finds the layers of the pending lines or infers their format, and reads them.
    fn read_ahead(&mut self, sink: &mut Sink<'_>) -> Result<(), Error> {
        let Some(pending) = self.look_ahead.end() else { return Ok(()) };
        let is_after_records = self.stats.records > self.records_before;
        let has_layers = self.find_layers(&pending.lines, MAX_LAYERS);
        // A format that is not documented may be between tokens of a transport, too.
        let mut inferred = None;
        if !has_layers {
            if self.find_layers(&pending.lines, 0) {
                inferred = self.infer_inside(&pending.lines);
            }
            inferred = inferred.or_else(|| (self.services.infer)(&pending.lines));
        }
        self.likely = inferred.as_ref().filter(|_| !is_after_records).map(|inferred| inferred.format.clone());
        let inferred = pending.settle(inferred, is_after_records);
        match inferred {
            Ok(None) => {}
            Ok(Some(format)) => {
                self.reader.choice.infer(format.clone())?;
                self.inferred = Some(format);
            }
            Err(problem) => {
                self.stats.lines += 1;
                self.stats.errors += 1;
                let position = self.lines.position(None, None);
                return Err(Error::sentence(ErrorCode::UnresolvedFormat, problem).at(position));
            }
        }
        let mut rest = pending.lines.as_slice();
        while let Some((line, after)) = self.lines.split(rest, &mut self.reader.tokens) {
            self.take_line(line, sink)?;
            rest = after;
        }
        Ok(())
    }

    /// Reads one line and appends its document, without a line end.
    #[cfg_attr(wasm_module = "scalar", inline(never))]
    #[cfg_attr(not(wasm_module = "scalar"), inline)]
    fn read_line(&mut self, line: RawLine<'_>, out: &mut Output) -> Result<Line, Error> {
        let Parser { lines, reader, writer, .. } = self;
        let read = reader.read(line, lines.is_at_first(), |reading| writer.write(reading, out));
        read.map_err(|located| self.locate(line, located))
    }

    /// Returns the error of a line with its position and the line.
    fn locate(&self, line: RawLine<'_>, Located { start, error }: Located) -> Error {
        let raw = self.reader.shown(line);
        if self.lines.is_at_first()
            && let Some((name, advice)) = container::of(raw)
        {
            let detail = format!("expected lines of text, found {name}; {advice}");
            return Error::sentence(ErrorCode::UnsupportedInput, detail).at(self.lines.position(None, None));
        }
        let column = start.map(|start| {
            // A byte order mark is not a character of the line.
            let before = envelope::without_mark(raw.get(..start).unwrap_or_default());
            before.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64 + 1
        });
        error.at(self.lines.position(start, column)).with_input(raw)
    }

    /// Counts a line or a piece of one.
    #[inline]
    fn count(&mut self, read: &Result<Line, Error>) {
        match read {
            Ok(Line::Record) => self.stats.records += 1,
            Ok(Line::Omitted) => self.stats.omitted += 1,
            Ok(Line::Header) => self.stats.headers += 1,
            Ok(Line::Blank) => self.stats.blanks += 1,
            Err(_) => self.stats.errors += 1,
        }
    }
}
