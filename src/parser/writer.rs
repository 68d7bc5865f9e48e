//! The documents of records and of errors, with their action lines, times, hashes and results of databases.

use super::Line;
use super::lines::RawLine;
use crate::base::clock::system_clock;
use crate::base::output::Output;
use crate::base::time::rfc3339;
use crate::base::tokens::Tokens;
use crate::document::fingerprint::Fingerprints;
use crate::document::{Memory, Plan, Settings, Source, Tape};
use crate::error::Error;
use crate::field::LogStatus;
use crate::geo::Lookups;
use crate::options::bulk::Bulk;
use crate::options::{Ingested, OnError, Options};
use crate::record::Record;
use crate::record::transport::Transport;

/// A line that was read as a record.
pub(super) struct Reading<'a> {
    /// The line's content.
    pub(super) line: RawLine<'a>,
    /// The time of its envelope, in milliseconds since 1970.
    pub(super) outer_time: Option<u64>,
    /// The values of its transport.
    pub(super) transport: &'a Transport,
    /// The plan of the format that it was read by.
    pub(super) plan: &'a Plan,
    /// Its values.
    pub(super) record: &'a Record,
    /// Its tokens, of which the texts of the document are made.
    pub(super) tokens: &'a mut Tokens,
}

/// Counts of records, since the writer was made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RecordCounts {
    pub(super) nodata: u64,
    pub(super) skipdata: u64,
    pub(super) without_time: u64,
}

/// Writes documents. Its buffers are kept between them.
#[derive(Debug)]
pub(super) struct Writer {
    /// The plan of the documents of errors.
    errors: Plan,
    pub(super) bulk: Option<Bulk>,
    /// Instead of documents, their values are written, and described here.
    pub(super) tape: Option<Tape>,
    /// True if all documents may have the time of parsing.
    has_now: bool,
    fixed_now: Option<String>,
    pub(super) clock: fn() -> u64,
    now: String,
    pub(super) counts: RecordCounts,
    /// The log statuses of records that are left out.
    omits: Vec<LogStatus>,
    memory: Memory,
    fingerprints: Fingerprints,
    /// A record without a value, of errors, and the tokens of its line.
    nothing: (Record, Tokens),
    /// Cached results for addresses, if there are databases to look them up in.
    lookups: Option<Lookups>,
}

impl Writer {
    /// Compiles the options.
    ///
    /// # Errors
    /// `invalid_option`, as of [`Plan::compile`].
    pub(super) fn new(options: Options, settings: &Settings) -> Result<Writer, Error> {
        Ok(Writer {
            errors: Plan::of_errors(settings)?,
            bulk: options.bulk,
            tape: None,
            has_now: settings.ingested || options.on_error == OnError::Document,
            fixed_now: match options.ingested {
                Ingested::At(time) => Some(time),
                _ => None,
            },
            clock: system_clock,
            now: String::new(),
            counts: RecordCounts::default(),
            omits: options.omit_log_status,
            memory: Memory::default(),
            fingerprints: Fingerprints::default(),
            nothing: Default::default(),
            lookups: options.geo.map(Lookups::new),
        })
    }

    /// Begins a call of the parser, which has one time of parsing.
    pub(super) fn start(&mut self) {
        self.now.clear();
        if self.has_now {
            self.take_time();
        }
    }

    /// Counts a record without data. True if it is left out.
    #[inline(never)]
    fn omits(&mut self, status: Option<LogStatus>) -> bool {
        match status {
            Some(LogStatus::NoData) => self.counts.nodata += 1,
            Some(LogStatus::SkipData) => self.counts.skipdata += 1,
            Some(LogStatus::Ok) | None => {}
        }
        status.is_some_and(|status| self.omits.contains(&status))
    }

    /// Takes the time of parsing, unless this call of the parser has taken it.
    #[inline(never)]
    fn take_time(&mut self) {
        if self.now.is_empty() {
            match &self.fixed_now {
                Some(time) => self.now.clone_from(time),
                None => self.now.push_str(&String::from_utf8_lossy(&rfc3339((self.clock)()))),
            }
        }
    }

    /// Ends a call of the parser: writes the hashes that are pending.
    pub(super) fn finish(&mut self, out: &mut Output) {
        self.memory.ids.finish(out);
        self.fingerprints.finish(out);
    }

    /// Appends the document of a record, without a line end, after its action line.
    ///
    /// # Errors
    /// The error of a database; nothing is appended then.
    #[inline]
    pub(super) fn write(&mut self, reading: Reading<'_>, out: &mut Output) -> Result<Line, Error> {
        let Reading { line, outer_time, transport, plan, record, tokens } = reading;
        let status = plan.log_status(record, tokens);
        if status.is_some_and(|status| status != LogStatus::Ok) && self.omits(status) {
            return Ok(Line::Omitted);
        }
        let has_time = plan.has_time(record);
        if !has_time && outer_time.is_none() {
            self.counts.without_time += 1;
            self.take_time();
        }
        let ends = match &mut self.lookups {
            Some(lookups) => lookups.fragments(plan.addresses(record))?,
            None => Default::default(),
        };
        // From here on, nothing can go wrong: an action line is followed by its document.
        if let Some(bulk) = self.bulk.as_ref().filter(|_| self.tape.is_none()) {
            bulk.write(line.bytes(), out, &mut self.fingerprints);
        }
        let source = Source {
            len: line.len,
            plain: line.plain || Source::is_verbatim_line(tokens),
            raw: self.tape.is_some(),
            record,
            has_time,
            outer_time,
            now: &self.now,
            transport,
            error: None,
            ends,
        };
        match &mut self.tape {
            Some(tape) => plan.write_values(&source, tokens, out, &mut self.memory, tape),
            None => plan.write(&source, tokens, out, &mut self.memory),
        }
        Ok(Line::Record)
    }

    /// Appends the document of an error, without a line end, after its action line.
    pub(super) fn write_error(&mut self, error: &Error, out: &mut Output) {
        let line = String::from_utf8_lossy(error.input().unwrap_or_default());
        if let Some(bulk) = self.bulk.as_ref().filter(|_| self.tape.is_none()) {
            bulk.write(line.as_bytes(), out, &mut self.fingerprints);
        }
        let (record, tokens) = &mut self.nothing;
        tokens.set_line(line.as_bytes());
        let source = Source {
            len: line.len(),
            plain: false,
            raw: self.tape.is_some(),
            record,
            has_time: false,
            outer_time: None,
            now: &self.now,
            transport: Transport::NONE,
            error: Some(error),
            ends: Default::default(),
        };
        match &mut self.tape {
            Some(tape) => self.errors.write_values(&source, tokens, out, &mut self.memory, tape),
            None => self.errors.write(&source, tokens, out, &mut self.memory),
        }
    }
}
