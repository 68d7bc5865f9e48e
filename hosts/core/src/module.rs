//! The parsers of the module, the input buffer, and the result of the last call.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use vpcflow_ecs::{Error, Line, Options, Output, Parser};

use crate::error;

/// The longest input buffer in bytes, which is the longest line that the option `maxLineBytes` allows: 64 MiB.
const MAX_BUFFER: u32 = 64 * 1024 * 1024;
/// The most parsers at a time.
const MAX_PARSERS: usize = 1_024;
/// The bytes of a chunk that are read without a look at the length of the result: 64 KiB.
const PIECE: usize = 64 * 1024;
/// The bytes of documents or errors after which a call stops: 4 MiB.
const ENOUGH: usize = 4 * 1024 * 1024;
/// The end of the year 9999 in milliseconds since 1970.
const LAST_TIME: i64 = 253_402_300_799_999;

/// The value of a call that succeeded.
const DONE: i32 = 0;
/// The value of a call that failed: the result has an error.
const FAILED: i32 = -1;

/// The time of parsing, as the host set it. [`Parser::set_clock`] takes a function, which cannot know a module.
static NOW: AtomicU64 = AtomicU64::new(0);

/// Sets the time of parsing, which is between 1970 and the end of 9999.
pub(crate) fn set_clock(milliseconds: i64) {
    NOW.store(milliseconds.clamp(0, LAST_TIME).unsigned_abs(), Ordering::Relaxed);
}

/// Everything that a module holds.
#[derive(Default)]
pub(crate) struct Module {
    buffer: Vec<u8>,
    parsers: Vec<Option<Parser>>,
    documents: Output,
    /// Errors as lines of JSON, or the description of a parser.
    text: Vec<u8>,
    result: Box<Written>,
}

/// The result record: five numbers of 32 bits, in this order.
#[repr(C)]
#[derive(Default)]
struct Written {
    /// Address of the documents.
    documents: u32,
    /// Their length in bytes.
    documents_length: u32,
    /// Address of the errors, or of the description of a parser.
    text: u32,
    /// Its length in bytes.
    text_length: u32,
    /// The bytes of the chunk that were read.
    consumed: u32,
}

impl Module {
    pub(crate) fn buffer(&mut self, length: u32) -> u32 {
        let needed = length.max(1) as usize;
        let missing = needed.saturating_sub(self.buffer.len());
        if length > MAX_BUFFER || self.buffer.try_reserve(missing).is_err() {
            return 0;
        }
        if missing > 0 {
            self.buffer.resize(needed, 0);
        }
        self.buffer.as_ptr() as u32
    }

    pub(crate) fn result(&self) -> u32 {
        std::ptr::from_ref::<Written>(&self.result) as u32
    }

    pub(crate) fn open(&mut self, length: u32) -> i32 {
        self.call(|module| {
            let options = Options::from_json(part(&module.buffer, 0, length)?).map_err(|error| error::of(&error))?;
            let mut parser = Parser::new(options).map_err(|error| error::of(&error))?;
            parser.set_clock(|| NOW.load(Ordering::Relaxed));
            let free = module.parsers.iter().position(Option::is_none);
            let index = free.unwrap_or(module.parsers.len());
            match module.parsers.get_mut(index) {
                Some(free) => *free = Some(parser),
                None if index < MAX_PARSERS => module.parsers.push(Some(parser)),
                None => return Err(error::of_call(&format!("expected at most {MAX_PARSERS} open parsers"))),
            }
            Ok(index as i32 + 1)
        })
    }

    pub(crate) fn close(&mut self, handle: i32) -> i32 {
        self.call(|module| {
            parser(&mut module.parsers, handle)?;
            if let Some(slot) = module.parsers.get_mut(handle as usize - 1) {
                *slot = None;
            }
            Ok(DONE)
        })
    }

    pub(crate) fn reset(&mut self, handle: i32) -> i32 {
        self.call(|module| {
            parser(&mut module.parsers, handle)?.reset();
            Ok(DONE)
        })
    }

    pub(crate) fn line(&mut self, handle: i32, start: u32, length: u32) -> i32 {
        self.call(|module| {
            let parser = parser(&mut module.parsers, handle)?;
            let line = part(&module.buffer, start, length)?;
            let without_time = parser.stats().without_time;
            let kind = parser.parse_line(line, &mut module.documents).map_err(|error| error::of(&error))?;
            Ok(match kind {
                Line::Record if parser.stats().without_time > without_time => 4,
                Line::Record => 0,
                Line::Omitted => 1,
                Line::Header => 2,
                Line::Blank => 3,
            })
        })
    }

    pub(crate) fn push(&mut self, handle: i32, start: u32, length: u32) -> i32 {
        self.call(|module| {
            let parser = parser(&mut module.parsers, handle)?;
            let chunk = part(&module.buffer, start, length)?;
            let Module { documents, text, .. } = module;
            let mut consumed = 0;
            loop {
                let rest = chunk.get(consumed..).unwrap_or_default();
                let piece = rest.get(..PIECE).unwrap_or(rest);
                let report = &mut |error: &Error| append(text, &error::of(error));
                let missing = ENOUGH - documents.len();
                consumed += parser.push_some(piece, missing, documents, report).map_err(|error| error::of(&error))?;
                if consumed >= chunk.len() || documents.len() >= ENOUGH || text.len() >= ENOUGH {
                    module.result.consumed = consumed as u32;
                    return Ok(DONE);
                }
            }
        })
    }

    pub(crate) fn end(&mut self, handle: i32) -> i32 {
        self.call(|module| {
            let parser = parser(&mut module.parsers, handle)?;
            let Module { documents, text, .. } = module;
            let report = &mut |error: &Error| append(text, &error::of(error));
            parser.end(documents, report).map_err(|error| error::of(&error))?;
            Ok(DONE)
        })
    }

    pub(crate) fn info(&mut self, handle: i32) -> i32 {
        self.call(|module| {
            let parser = parser(&mut module.parsers, handle)?;
            let stats = parser.stats();
            let info = json!({
                "inferred": parser.inferred().map(ToString::to_string),
                "layers": parser.layers(),
                "warnings": parser.warnings(),
                "stats": {
                    "lines": stats.lines,
                    "records": stats.records,
                    "omitted": stats.omitted,
                    "headers": stats.headers,
                    "blanks": stats.blanks,
                    "errors": stats.errors,
                    "nodata": stats.nodata,
                    "skipdata": stats.skipdata,
                    "withoutTime": stats.without_time,
                },
            });
            append(&mut module.text, &info);
            Ok(DONE)
        })
    }

    /// Makes a call: empties the result, and describes it after the call. An error becomes the last line of the text.
    #[inline]
    fn call(&mut self, work: impl FnOnce(&mut Module) -> Result<i32, Value>) -> i32 {
        self.documents.clear();
        self.text.clear();
        self.result.consumed = 0;
        let value = work(self).unwrap_or_else(|error| {
            append(&mut self.text, &error);
            FAILED
        });
        self.result.documents = self.documents.as_ptr() as u32;
        self.result.documents_length = self.documents.len() as u32;
        self.result.text = self.text.as_ptr() as u32;
        self.result.text_length = self.text.len() as u32;
        value
    }
}

/// Returns the parser of a handle.
#[inline]
fn parser(parsers: &mut [Option<Parser>], handle: i32) -> Result<&mut Parser, Value> {
    let index = usize::try_from(handle).ok().and_then(|handle| handle.checked_sub(1));
    let parser = index.and_then(|index| parsers.get_mut(index)).and_then(Option::as_mut);
    parser.ok_or_else(|| not_open(handle))
}

#[cold]
#[inline(never)]
fn not_open(handle: i32) -> Value {
    error::of_call(&format!("expected the handle of an open parser, found {handle}"))
}

/// Returns a part of the buffer.
#[inline]
fn part(buffer: &[u8], start: u32, length: u32) -> Result<&[u8], Value> {
    let part = buffer.get(start as usize..).and_then(|rest| rest.get(..length as usize));
    part.ok_or_else(|| not_there(buffer.len(), start, length))
}

#[cold]
#[inline(never)]
fn not_there(has: usize, start: u32, length: u32) -> Value {
    error::of_call(&format!("expected a part of the buffer of {has} bytes, found {length} bytes from {start} on"))
}

/// Appends a value as a line of JSON.
#[cold]
#[inline(never)]
fn append(text: &mut Vec<u8>, value: &Value) {
    text.extend_from_slice(value.to_string().as_bytes());
    text.push(b'\n');
}
