//! The parser and formats.

use std::arch::wasm32::memory_size;

use js_sys::{Array, Date, Function, Object};
use wasm_bindgen::prelude::*;

use super::{one_format, options_of, read_options, set, to_js_error};
use crate::base::output::Output;
use crate::document::Tape;
use crate::error::{Error, ErrorCode};
use crate::json;
use crate::options::bulk::Bulk;
use crate::parser::Parser;

/// A parser with its options compiled.
///
/// Documents are written to one buffer of the module. JavaScript reads it at [`Core::output`] before the next call.
#[wasm_bindgen]
pub struct Core {
    parser: Parser,
    report: Option<Function>,
    out: Output,
    consumed: usize,
    line: Vec<u8>,
    tape: Tape,
    /// True if the buffer has the tape's strings instead of documents.
    has_strings: bool,
    /// Number of strings that JavaScript has.
    strings_known: usize,
    written: Written,
    /// The pages of the module's memory at the last check.
    pages: usize,
}

/// The record of what the last call wrote. JavaScript reads it from the module's memory as numbers of 32 bits, by the
/// names that `WRITTEN` of `js/core/objects.js` has in the same order: a test compares them.
#[repr(C)]
#[derive(Default)]
struct Written {
    /// Address of the tape.
    tape: u32,
    /// Numbers that the tape has.
    tape_length: u32,
    /// Address of the ends of the new strings, counted in bytes from the start of all strings.
    string_ends: u32,
    /// Number of new strings.
    string_count: u32,
    /// Number of the first of them; all strings before are forgotten if it is 0.
    first_string: u32,
    /// Address of the text of the new strings.
    text: u32,
    /// Length of the text in bytes.
    text_length: u32,
    /// 1 if the text is ASCII, so that a byte is a character.
    is_ascii: u32,
    /// 1 if the tape has shapes that JavaScript does not know.
    has_new_shapes: u32,
}

/// The length of a page of memory in bytes.
const PAGE: usize = 64 * 1024;

/// The number of strings from which on all are removed, here and in JavaScript.
const MANY_STRINGS: usize = 2_048;
/// The number of bytes of strings from which on all are removed.
const MANY_BYTES: usize = 32 * 1024;

#[wasm_bindgen]
impl Core {
    /// Compiles options: JSON text, and the databases of the option `geo`. `report` gets each error of a skipped line.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, geo: &JsValue, report: Option<Function>) -> Result<Core, JsValue> {
        let compiled = read_options(options, geo)?;
        #[cfg(feature = "detect")]
        let parser = Parser::new(compiled);
        #[cfg(not(feature = "detect"))]
        let parser = Parser::with(compiled, super::detector::SERVICES);
        let mut parser = parser.map_err(|error| to_js_error(&error))?;
        parser.set_clock(|| Date::now() as u64);
        let mut core = Core {
            parser,
            report,
            out: Output::new(),
            consumed: 0,
            line: Vec::new(),
            tape: Tape::default(),
            has_strings: false,
            strings_known: 0,
            written: Written::default(),
            pages: 0,
        };
        core.grow_early();
        Ok(core)
    }

    /// Returns the address for a line of up to this many bytes, for [`Core::parse_written`].
    #[wasm_bindgen(js_name = lineBuffer)]
    pub fn line_buffer(&mut self, bytes: usize) -> *mut u8 {
        if self.line.len() < bytes {
            self.line.resize(bytes, 0);
        }
        self.line.as_mut_ptr()
    }

    /// Parses a line of this many bytes that JavaScript has written there, as [`Core::parse_bytes`] does.
    #[wasm_bindgen(js_name = parseWritten)]
    pub fn parse_written(&mut self, bytes: usize) -> Result<(), JsValue> {
        let line = std::mem::take(&mut self.line);
        let result = self.parse_bytes(line.get(..bytes).unwrap_or(&line));
        self.line = line;
        result
    }

    /// Parses a line: writes the strings of its document to the buffer and describes it on the tape. A header or a blank
    /// line gives nothing.
    #[wasm_bindgen(js_name = parseBytes)]
    pub fn parse_bytes(&mut self, line: &[u8]) -> Result<(), JsValue> {
        self.grow_early();
        self.with_tape(|core| {
            core.parser.parse_line(line, &mut core.out).map(|_| ()).map_err(|error| to_js_error(&error))
        })
    }

    /// Reads a chunk as [`Core::push`] does, to strings and the tape.
    #[wasm_bindgen(js_name = pushValues)]
    pub fn push_values(&mut self, chunk: &[u8], enough_bytes: usize) -> Result<(), JsValue> {
        self.with_tape(|core| core.read_some(chunk, enough_bytes))
    }

    /// Ends the input as [`Core::end`] does, to strings and the tape.
    #[wasm_bindgen(js_name = endValues)]
    pub fn end_values(&mut self) -> Result<(), JsValue> {
        self.with_tape(Core::read_rest)
    }

    /// Reads records to an empty tape. Earlier strings stay until there are many.
    fn with_tape<T>(&mut self, read: impl FnOnce(&mut Core) -> T) -> T {
        let mut tape = std::mem::take(&mut self.tape);
        tape.entries.clear();
        if !self.has_strings || tape.strings.count() > MANY_STRINGS || self.out.len() > MANY_BYTES {
            tape.strings.clear();
            self.out.clear();
            (self.has_strings, self.strings_known) = (true, 0);
        }
        self.parser.set_tape(Some(tape));
        let result = read(self);
        self.tape = self.parser.tape().map(std::mem::take).unwrap_or_default();
        self.parser.set_tape(None);
        result
    }

    /// Returns the address of the record of what the last call wrote.
    ///
    /// The tape has for each document the number of its shape, and for each value of the shape one of these:
    ///
    /// - the number of a string;
    /// - an integer of 31 bits, or the number of the digits of a larger one, inverted;
    /// - for a list, the number of its strings, their numbers, and zeros up to the most strings that it may have.
    pub fn written(&mut self) -> *const u32 {
        let entries = &self.tape.entries;
        let (known, ends) = self.tape.strings.ends().split_at_checked(self.strings_known).unwrap_or_default();
        let start = known.last().map_or(0, |end| *end as usize);
        let end = ends.last().map_or(start, |end| *end as usize);
        let text = self.out.get(start..end).unwrap_or_default();
        self.written = Written {
            tape: entries.as_ptr() as u32,
            tape_length: entries.len() as u32,
            string_ends: ends.as_ptr() as u32,
            string_count: ends.len() as u32,
            first_string: self.strings_known as u32,
            text: text.as_ptr() as u32,
            text_length: text.len() as u32,
            is_ascii: text.is_ascii().into(),
            has_new_shapes: (!self.tape.new_shapes.is_empty()).into(),
        };
        self.strings_known += ends.len();
        std::ptr::from_ref(&self.written).cast()
    }

    /// Returns the shapes that are new on the tape, each described once, with an empty line between them.
    #[wasm_bindgen(js_name = newShapes)]
    pub fn new_shapes(&mut self) -> Option<String> {
        let shapes = std::mem::take(&mut self.tape.new_shapes);
        (!shapes.is_empty()).then(|| shapes.join("\n\n"))
    }

    /// Makes all shapes new again.
    #[wasm_bindgen(js_name = forgetShapes)]
    pub fn forget_shapes(&mut self) {
        self.tape.forget_shapes();
    }

    /// Writes an action line before each document from now on, or none. `bulk` is JSON text; see `Bulk::new`.
    #[wasm_bindgen(js_name = setBulk)]
    pub fn set_bulk(&mut self, bulk: Option<String>) -> Result<(), JsValue> {
        let read = |text: String| Bulk::of(&json::read(text.as_bytes()).unwrap_or_default());
        self.parser.set_bulk(bulk.map(read).transpose().map_err(|error| to_js_error(&error))?);
        Ok(())
    }

    /// Empties the buffer.
    pub fn clear(&mut self) {
        self.out.clear();
        self.has_strings = false;
    }

    /// Appends the documents of the lines that end in a chunk to the buffer, and stops early after `enough_bytes` of
    /// documents. `consumed` says how much of the chunk was read; the rest is to be pushed again.
    pub fn push(&mut self, chunk: &[u8], enough_bytes: usize) -> Result<(), JsValue> {
        self.without_strings();
        self.read_some(chunk, enough_bytes)
    }

    /// Empties the buffer if it has strings, since documents only follow documents.
    fn without_strings(&mut self) {
        if self.has_strings {
            self.clear();
        }
    }

    fn read_some(&mut self, chunk: &[u8], enough_bytes: usize) -> Result<(), JsValue> {
        self.grow_early();
        self.consumed = 0;
        let mut consumed = 0;
        let result = self.run(|parser, out, report| {
            consumed = parser.push_some(chunk, enough_bytes, out, report)?;
            Ok(())
        });
        self.consumed = consumed;
        result
    }

    /// Returns how many bytes of the last chunk were read.
    #[wasm_bindgen(getter)]
    pub fn consumed(&self) -> usize {
        self.consumed
    }

    /// Returns the address of the buffer.
    #[wasm_bindgen(getter)]
    pub fn output(&self) -> *const u8 {
        self.out.as_ptr()
    }

    /// Returns the length of the buffer in bytes.
    #[wasm_bindgen(getter, js_name = outputLength)]
    pub fn output_length(&self) -> usize {
        self.out.len()
    }

    /// Returns the format that was inferred from the lines of this input or the last one, as AWS writes it.
    #[wasm_bindgen(getter)]
    pub fn inferred(&self) -> Option<String> {
        self.parser.inferred().map(|format| format.to_string())
    }

    /// Returns the warnings of the given formats and of headers.
    #[wasm_bindgen(getter)]
    pub fn warnings(&self) -> Array {
        self.parser.warnings().iter().map(|warning| JsValue::from_str(warning)).collect()
    }

    /// Returns the words of the layers around the records of this input or the last one, with ` › ` between layers.
    #[wasm_bindgen(getter)]
    pub fn layers(&self) -> String {
        self.parser.layer_words().to_owned()
    }

    /// Ends the input: appends the documents of the lines that are still pending to the buffer.
    pub fn end(&mut self) -> Result<(), JsValue> {
        self.without_strings();
        self.read_rest()
    }

    /// Lets the module's memory grow by an eighth once it had to grow. Allocators let it grow by the missing bytes only, and
    /// each time JavaScript collects garbage. Without that much memory, nothing happens.
    fn grow_early(&mut self) {
        let pages = memory_size::<0>();
        if pages != self.pages {
            _ = Vec::<u8>::new().try_reserve_exact(pages.max(128) * PAGE / 8);
            self.pages = memory_size::<0>();
        }
    }

    fn read_rest(&mut self) -> Result<(), JsValue> {
        self.run(|parser, out, report| parser.end(out, report))
    }

    fn run(
        &mut self,
        read: impl FnOnce(&mut Parser, &mut Output, &mut dyn FnMut(&Error)) -> Result<(), Error>,
    ) -> Result<(), JsValue> {
        let mut thrown = None;
        let report = self.report.as_ref();
        let mut on_error = |error: &Error| {
            if let Some(report) = report {
                let called = report.call1(&JsValue::NULL, &to_js_error(error));
                thrown = thrown.take().or(called.err());
            }
        };
        let result = read(&mut self.parser, &mut self.out, &mut on_error);
        match thrown {
            Some(thrown) => Err(thrown),
            None => result.map_err(|error| to_js_error(&error)),
        }
    }

    /// Returns the counts since the parser was made.
    pub fn stats(&self) -> JsValue {
        let stats = self.parser.stats();
        let object = Object::new();
        let counts = [
            ("lines", stats.lines),
            ("records", stats.records),
            ("omitted", stats.omitted),
            ("headers", stats.headers),
            ("blanks", stats.blanks),
            ("errors", stats.errors),
            ("nodata", stats.nodata),
            ("skipdata", stats.skipdata),
            ("withoutTime", stats.without_time),
        ];
        for (name, count) in counts {
            set(&object, name, &JsValue::from_f64(count as f64));
        }
        object.into()
    }

    /// Discards the header, the line number and an unfinished line.
    pub fn reset(&mut self) {
        self.parser.reset();
    }

    /// Discards an unfinished line.
    pub fn cut(&mut self) {
        self.parser.cut();
    }

    /// Passes whole lines that are not read. Numbers are exact up to 2^53.
    pub fn skip(&mut self, lines: f64, bytes: f64) {
        self.parser.skip(lines as u64, bytes as u64);
    }
}

/// Compiles a format. `options` is JSON text with `format`, in any syntax, and `strict`.
#[wasm_bindgen(js_name = compileFormat)]
pub fn compile_format(options: &str) -> Result<JsValue, JsValue> {
    let mut options = options_of(options)?;
    let format = one_format(&mut options).and_then(|format| {
        let format =
            format.ok_or_else(|| Error::sentence(ErrorCode::InvalidFormat, "expected a format, found none"))?;
        if options.strict { format.strict() } else { Ok(format) }
    });
    let format = format.map_err(|error| to_js_error(&error))?;
    let fields = Array::new();
    for column in format.columns() {
        let field = Object::new();
        set(&field, "name", &column.name().into());
        set(&field, "column", &column.column().into());
        set(&field, "known", &column.field().is_some().into());
        fields.push(&field);
    }
    let compiled = Object::new();
    set(&compiled, "fields", &fields);
    set(&compiled, "version", &format.version().into());
    set(&compiled, "format", &format.to_string().into());
    set(&compiled, "warnings", &format.warnings().iter().map(|warning| JsValue::from_str(warning)).collect::<Array>());
    Ok(compiled.into())
}
