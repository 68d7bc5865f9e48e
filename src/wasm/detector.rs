//! Detection and layers in another module, which the parser asks through JavaScript.

use std::cell::RefCell;
use std::fmt;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use crate::error::{Error, ErrorCode};
use crate::format::Format;
use crate::format::inferred::Inferred;
use crate::layers::{Peel, Take, starts_as_json, wire};
use crate::parser::Services;
use crate::record::Located;

#[wasm_bindgen]
extern "C" {
    /// The functions of the other module.
    #[derive(Clone)]
    pub type Detector;

    /// Infers a format from lines: `{ format, problem }`, or nothing.
    #[wasm_bindgen(method, structural, catch)]
    fn infer(this: &Detector, lines: &[u8]) -> Result<JsValue, JsValue>;

    /// Finds layers of lines around records of formats, which have a line each, in words; or nothing.
    #[wasm_bindgen(method, structural, catch, js_name = findLayers)]
    fn find_layers(this: &Detector, lines: &[u8], formats: &str, max_layers: u32) -> Result<Option<String>, JsValue>;

    /// Makes a peeler of layers in words, which keeps the values of the transport or not, and returns its number; throws the message about words that are not a layer.
    #[wasm_bindgen(method, structural, catch, js_name = makePeeler)]
    fn make_peeler(this: &Detector, layers: &str, has_transport: bool) -> Result<u32, JsValue>;

    /// Peels lines, each with a line feed, with the peeler of a number: an answer for each.
    #[wasm_bindgen(method, structural, catch)]
    fn peel(this: &Detector, peeler: u32, lines: &[u8]) -> Result<Vec<u8>, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = dropPeeler)]
    fn drop_peeler(this: &Detector, peeler: u32) -> Result<(), JsValue>;
}

thread_local! {
    static DETECTOR: RefCell<Option<Detector>> = const { RefCell::new(None) };
}

/// Sets the functions of the other module, which is loaded when the first of them is called.
#[wasm_bindgen(js_name = setDetector)]
pub fn set_detector(detector: Detector) {
    DETECTOR.set(Some(detector));
}

fn detector() -> Option<Detector> {
    DETECTOR.with_borrow(Clone::clone)
}

/// The services of the other module.
pub(super) const SERVICES: Services = Services {
    infer: |lines| {
        let found = detector()?.infer(lines).ok()?;
        let text = |name: &str| Reflect::get(&found, &name.into()).ok().and_then(|value| value.as_string());
        Some(Inferred { format: Format::parse(&text("format")?).ok()?, problem: text("problem") })
    },
    find_layers: |lines, formats, max_layers| {
        let formats: Vec<String> = formats.iter().map(Format::to_string).collect();
        detector()?.find_layers(lines, &formats.join("\n"), max_layers as u32).ok()?
    },
    make_peeler: |words, has_transport| {
        let made = detector().ok_or(JsValue::NULL).and_then(|detector| detector.make_peeler(words, has_transport));
        match made {
            Ok(peeler) => Ok(Box::new(Remote {
                peeler,
                peels_all: !words.is_empty(),
                lines: Vec::new(),
                next_line: 0,
                last_line: 0,
                answers: Vec::new(),
                next_answer: 0,
                last_answer: 0,
            })),
            Err(thrown) => Err(match thrown.as_string() {
                Some(detail) => Error::sentence(ErrorCode::InvalidOption, detail),
                None => unanswered(),
            }),
        }
    },
};

/// The most bytes of lines that are peeled at once: 64 KiB, if a single line does not have more.
const MOST_BYTES: usize = 64 * 1024;

/// A peeler in the other module. Lines that follow each other are peeled at once, and their answers kept.
struct Remote {
    /// Its number there.
    peeler: u32,
    /// True if lines that do not start as JSON are peeled, too.
    peels_all: bool,
    /// The lines that were peeled, each with a line feed.
    lines: Vec<u8>,
    /// The offsets of the next of them and of the one before it.
    next_line: usize,
    last_line: usize,
    answers: Vec<u8>,
    /// The offsets of their answers.
    next_answer: usize,
    last_answer: usize,
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Remote")
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        // There is nothing to drop if the module has gone.
        let _ = detector().map(|detector| detector.drop_peeler(self.peeler));
    }
}

impl Peel for Remote {
    fn peel(&mut self, text: &[u8], len: usize, take: &mut Take<'_>) -> Result<bool, Located> {
        // A line that was peeled may be asked for again.
        if self.is_at(self.next_line, text, len) {
            self.pass(len);
        } else if self.next_line == 0 || !self.is_at(self.last_line, text, len) {
            self.ask(text, len)?;
            self.pass(len);
        }
        let answer = self.answers.get(self.last_answer..self.next_answer).unwrap_or_default();
        wire::take_answer(answer, take)
    }
}

impl Remote {
    /// True if the line that a text starts with is the one at an offset of the lines that were peeled.
    fn is_at(&self, start: usize, text: &[u8], len: usize) -> bool {
        let line = self.lines.get(start..start + len + 1).and_then(|line| line.strip_suffix(b"\n"));
        line.is_some_and(|line| text.get(..len) == Some(line))
    }

    /// Passes a line that was peeled.
    fn pass(&mut self, len: usize) {
        (self.last_line, self.last_answer) = (self.next_line, self.next_answer);
        self.next_line += len + 1;
        self.next_answer += wire::len_of(self.answers.get(self.next_answer..).unwrap_or_default());
    }

    /// Has the line that a text starts with peeled, and those that follow it.
    fn ask(&mut self, text: &[u8], len: usize) -> Result<(), Error> {
        self.lines.clear();
        self.lines.extend_from_slice(text.get(..len).unwrap_or(text));
        self.lines.push(b'\n');
        (self.next_line, self.next_answer, self.last_answer) = (0, 0, 0);
        let mut rest = text.get(len + 1..).unwrap_or_default();
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end + 1);
            if self.lines.len() + line.len() > MOST_BYTES || !(self.peels_all || starts_as_json(line)) {
                break;
            }
            self.lines.extend_from_slice(line);
            rest = after;
        }
        let answers = detector().and_then(|detector| detector.peel(self.peeler, &self.lines).ok());
        self.answers = answers.ok_or_else(unanswered)?;
        Ok(())
    }
}

/// Makes the error of a line that the other module does not peel.
fn unanswered() -> Error {
    Error::sentence(
        ErrorCode::InvalidWrapper,
        "the line has layers, and the module of detection, which peels them, is not loaded",
    )
}
