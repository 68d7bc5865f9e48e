//! The JavaScript face of the crate: argument checks, conversion, one error mapper; no parsing. The only module that
//! knows JavaScript. `js/` wraps what is exported here.

use js_sys::{Array, BigInt, Date, Function, JSON, Object, Reflect};
use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::prelude::*;

use crate::bulk::Bulk;
use crate::detect::{self, Bounds, Origin};
use crate::error::{Error, ErrorCode};
use crate::explain;
use crate::field::Field;
use crate::format::{Column, Format};
use crate::layout::PRESETS;
use crate::options::Options;
use crate::output::Output;
use crate::parser::{Line, Parser};

/// A parser with its options compiled.
///
/// Documents are written into one buffer of the module, which JavaScript reads at [`Core::output`] before the next call.
#[wasm_bindgen]
pub struct Core {
    parser: Parser,
    report: Option<Function>,
    out: Output,
    consumed: usize,
}

#[wasm_bindgen]
impl Core {
    /// Compiles the options, an object. `report` is called with each error that is passed over.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, report: Option<Function>) -> Result<Core, JsValue> {
        let compiled = read_options(options)?;
        let mut parser = Parser::new(compiled).map_err(|error| to_js_error(&error))?;
        parser.set_clock(|| Date::now() as u64);
        Ok(Core { parser, report, out: Output::new(), consumed: 0 })
    }

    /// The document of a line as an object; `null` for a header or a blank line.
    pub fn parse(&mut self, line: &str) -> Result<JsValue, JsValue> {
        self.parse_bytes(line.as_bytes())
    }

    /// The same, of bytes.
    #[wasm_bindgen(js_name = parseBytes)]
    pub fn parse_bytes(&mut self, line: &[u8]) -> Result<JsValue, JsValue> {
        self.out.clear();
        self.parser.parse_line(line, &mut self.out).map_err(|error| to_js_error(&error))?;
        if self.out.is_empty() { Ok(JsValue::NULL) } else { to_object(&self.out) }
    }

    /// Writes an action line before each document from now on, or none; see [`Bulk::new`].
    #[wasm_bindgen(js_name = setBulk)]
    pub fn set_bulk(&mut self, bulk: &JsValue) -> Result<(), JsValue> {
        let bulk = match bulk.is_undefined() {
            true => None,
            false => Some(Bulk::new(&json_value(bulk)?).map_err(|error| to_js_error(&error))?),
        };
        self.parser.set_bulk(bulk);
        Ok(())
    }

    /// Forgets what is in the buffer.
    pub fn clear(&mut self) {
        self.out.clear();
    }

    /// Appends the documents of the lines that end in a chunk to the buffer; of the first of them only, if they are so
    /// many bytes. How much of the chunk has been read is then in `consumed`, and the rest is to be pushed again.
    pub fn push(&mut self, chunk: &[u8], enough_bytes: usize) -> Result<(), JsValue> {
        self.consumed = 0;
        let mut consumed = 0;
        let result = self.run(|parser, out, report| {
            consumed = parser.push_some(chunk, enough_bytes, out, report)?;
            Ok(())
        });
        self.consumed = consumed;
        result
    }

    /// How many bytes of the last chunk have been read.
    #[wasm_bindgen(getter)]
    pub fn consumed(&self) -> usize {
        self.consumed
    }

    /// Where the buffer is in the module's memory.
    #[wasm_bindgen(getter)]
    pub fn output(&self) -> *const u8 {
        self.out.as_ptr()
    }

    /// How many bytes the buffer has.
    #[wasm_bindgen(getter, js_name = outputLength)]
    pub fn output_length(&self) -> usize {
        self.out.len()
    }

    /// The format that was read off the lines of this input or the last one, as AWS writes it.
    #[wasm_bindgen(getter)]
    pub fn inferred(&self) -> Option<String> {
        self.parser.inferred().map(|format| format.to_string())
    }

    /// Appends the documents of what has not been read yet to the buffer.
    pub fn end(&mut self) -> Result<(), JsValue> {
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

    /// The counts since the parser was made.
    pub fn stats(&self) -> JsValue {
        let stats = self.parser.stats();
        let object = Object::new();
        let counts = [
            ("lines", stats.lines),
            ("records", stats.records),
            ("headers", stats.headers),
            ("blanks", stats.blanks),
            ("errors", stats.errors),
        ];
        for (name, count) in counts {
            set(&object, name, &JsValue::from_f64(count as f64));
        }
        object.into()
    }

    /// Forgets the header, the line number and an unfinished line.
    pub fn reset(&mut self) {
        self.parser.reset();
    }
}

/// The module's memory. What is read from it is gone with the next call: the buffer is written anew, and may be moved.
#[wasm_bindgen(js_name = linearMemory)]
pub fn linear_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// Compiles a format: a text in any syntax, or a list of names.
#[wasm_bindgen(js_name = compileFormat)]
pub fn compile_format(format: JsValue, strict: bool) -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Compiled<'a> {
        fields: Vec<CompiledField<'a>>,
        version: u8,
        log_format: String,
        warnings: Vec<String>,
    }
    #[derive(Serialize)]
    struct CompiledField<'a> {
        name: &'a str,
        column: &'a str,
        known: bool,
    }
    let mut options = Options::default();
    let compiled = options.set("format", json_value(&format)?).and_then(|()| {
        match (options.formats.pop(), options.formats.is_empty()) {
            (Some(format), true) => Ok(format),
            _ => Err(Error::sentence(ErrorCode::InvalidFormat, "expected one format, found several")),
        }
    });
    let format: Format = match strict {
        true => compiled.and_then(Format::strict),
        false => compiled,
    }
    .map_err(|error| to_js_error(&error))?;
    fn compiled_field(column: &Column) -> CompiledField<'_> {
        CompiledField { name: column.name(), column: column.column(), known: column.field().is_some() }
    }
    let compiled = Compiled {
        fields: format.columns().iter().map(compiled_field).collect(),
        version: format.version(),
        log_format: format.to_string(),
        warnings: format.warnings(),
    };
    Ok(serde_wasm_bindgen::to_value(&compiled)?)
}

/// The formats that a log may have, the likeliest first. `bounds` has `maxLines` and `maxBytes`.
#[wasm_bindgen(js_name = detectFormat)]
pub fn detect_format(sample: &[u8], max_lines: Option<u32>, max_bytes: Option<u32>) -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        format: String,
        origin: &'static str,
        preset: Option<&'static str>,
        confidence: f64,
        evidence: Vec<String>,
        unresolved: Vec<Open>,
        is_settled: bool,
        tokens: Vec<Token>,
    }
    #[derive(Serialize)]
    struct Open {
        column: usize,
        field: Option<&'static str>,
        alternatives: Vec<&'static str>,
    }
    #[derive(Serialize)]
    struct Token {
        text: String,
        name: String,
    }
    let default = Bounds::default();
    let bounds = Bounds {
        max_lines: max_lines.map_or(default.max_lines, |lines| lines as usize),
        max_bytes: max_bytes.map_or(default.max_bytes, |bytes| bytes as usize),
    };
    let detection = detect::detect_format(sample, bounds).map_err(|error| to_js_error(&error))?;
    let row = |candidate: &detect::Candidate| {
        let (origin, preset) = match candidate.origin {
            Origin::Header => ("header", None),
            Origin::Layout(name) => ("layout", Some(name)),
            Origin::Inferred => ("inferred", None),
        };
        let open = |open: &detect::Unresolved| Open {
            column: open.column + 1,
            field: open.field.map(Field::name),
            alternatives: open.alternatives.iter().map(|field| field.name()).collect(),
        };
        let texts = candidate.example.split(' ').filter(|text| !text.is_empty());
        let tokens = candidate.format.columns().iter().zip(texts);
        Row {
            format: candidate.format.to_string(),
            origin,
            preset,
            confidence: candidate.confidence,
            evidence: candidate.evidence.clone(),
            unresolved: candidate.unresolved.iter().map(open).collect(),
            is_settled: candidate.is_settled(),
            tokens: tokens.map(|(column, text)| Token { text: text.into(), name: column.name().into() }).collect(),
        }
    };
    Ok(serde_wasm_bindgen::to_value(&detection.candidates.iter().map(row).collect::<Vec<Row>>())?)
}

/// What a line means, token by token. `options` may have `format`, `schema` and `mode`.
#[wasm_bindgen]
pub fn explain(line: &str, options: &JsValue) -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    struct Explained {
        kind: &'static str,
        format: Option<String>,
        tokens: Vec<Token>,
        missing: Vec<String>,
        problem: Option<String>,
    }
    #[derive(Serialize)]
    struct Token {
        text: String,
        offset: Option<usize>,
        name: Option<String>,
        known: bool,
        alternatives: Vec<&'static str>,
        #[serde(skip)]
        value: Option<Value>,
        meaning: Option<String>,
        paths: Vec<String>,
        problem: Option<String>,
    }
    let options = read_options(options)?;
    let explanation = explain::explain(line, options.formats.first(), options.schema, options.mode);
    let explained = Explained {
        kind: match explanation.kind {
            Line::Record => "record",
            Line::Header => "header",
            Line::Blank => "blank",
        },
        format: explanation.format.map(|format| format.to_string()),
        tokens: explanation
            .tokens
            .into_iter()
            .map(|token| Token {
                text: token.text,
                offset: token.offset,
                name: token.name,
                known: token.field.is_some(),
                alternatives: token.candidates.into_iter().map(Field::name).collect(),
                value: token.value,
                meaning: token.meaning,
                paths: token.paths,
                problem: token.problem,
            })
            .collect(),
        missing: explanation.missing,
        problem: explanation.problem,
    };
    let object = serde_wasm_bindgen::to_value(&explained)?;
    // Values go the way of the documents' values, large integers included.
    let tokens = Array::from(&Reflect::get(&object, &"tokens".into())?);
    for (token, object) in explained.tokens.iter().zip(tokens.iter()) {
        set(&object, "value", &token.value.as_ref().map_or(JsValue::UNDEFINED, to_js));
    }
    Ok(object)
}

/// The table of documented fields.
#[wasm_bindgen]
pub fn fields() -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        name: &'static str,
        column: &'static str,
        version: u8,
        r#type: &'static str,
        log_types: Vec<&'static str>,
        description: &'static str,
    }
    let row = |field: &Field| {
        let facts = field.facts();
        let log_types = [("vpc", facts.vpc), ("tgw", facts.tgw)].into_iter().filter(|(_, has)| *has);
        Row {
            name: facts.name,
            column: facts.column,
            version: facts.version,
            r#type: facts.kind.type_name(),
            log_types: log_types.map(|(name, _)| name).collect(),
            description: facts.description,
        }
    };
    Ok(serde_wasm_bindgen::to_value(&Field::ALL.iter().map(row).collect::<Vec<Row>>())?)
}

/// The layouts that have a name.
#[wasm_bindgen]
pub fn presets() -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    struct Row {
        name: &'static str,
        fields: Vec<&'static str>,
        description: &'static str,
    }
    let rows: Vec<Row> = PRESETS
        .iter()
        .map(|preset| Row {
            name: preset.name,
            fields: preset.fields().into_iter().map(Field::name).collect(),
            description: preset.description,
        })
        .collect();
    Ok(serde_wasm_bindgen::to_value(&rows)?)
}

/// The largest integer that a JavaScript number holds exactly together with all below it.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// A document as an object. `JSON.parse` makes it fastest; only a document with an integer that a number cannot hold is
/// built key by key, with a BigInt in that place.
pub(crate) fn to_object(document: &[u8]) -> Result<JsValue, JsValue> {
    // Sixteen digits in a row are rare: only then is it worth reading the document for them.
    let has_long_run = document.split(|byte| !byte.is_ascii_digit()).any(|digits| digits.len() >= 16);
    if has_long_run {
        let value: Value = serde_json::from_slice(document).map_err(|error| JsValue::from_str(&error.to_string()))?;
        return Ok(to_js(&value));
    }
    let text = std::str::from_utf8(document).map_err(|error| JsValue::from_str(&error.to_string()))?;
    JSON::parse(text)
}

fn to_js(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Bool(flag) => JsValue::from_bool(*flag),
        Value::String(text) => JsValue::from_str(text),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(large), _) if large > MAX_SAFE_INTEGER => BigInt::from(large).into(),
            (_, Some(small)) if small.unsigned_abs() > MAX_SAFE_INTEGER => BigInt::from(small).into(),
            _ => JsValue::from_f64(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::Array(items) => items.iter().map(to_js).collect::<Array>().into(),
        Value::Object(members) => {
            // As JSON.parse does, this makes an own key of `__proto__`, too.
            let entries = members.iter().map(|(key, member)| Array::of2(&key.into(), &to_js(member)));
            let object = Object::from_entries(&entries.collect::<Array>());
            object.map_or(JsValue::NULL, JsValue::from)
        }
    }
}

/// The options of an object; those that are `undefined` stay as they are.
fn read_options(options: &JsValue) -> Result<Options, JsValue> {
    let mut read = Options::default();
    if let Some(options) = options.dyn_ref::<Object>() {
        for entry in Object::entries(options).iter() {
            let entry = Array::from(&entry);
            let value = entry.get(1);
            if let (Some(name), false) = (entry.get(0).as_string(), value.is_undefined()) {
                read.set(&name, json_value(&value)?).map_err(|error| to_js_error(&error))?;
            }
        }
    }
    Ok(read)
}

/// An option's value. JSON is what options are made of, and it has one kind of number, as the native options have.
pub(crate) fn json_value(value: &JsValue) -> Result<Value, JsValue> {
    let json = JSON::stringify(value).ok().and_then(|json| json.as_string()).unwrap_or_default();
    serde_json::from_str(&json).map_err(|_| {
        to_js_error(&Error::sentence(ErrorCode::InvalidOption, "an option's value is nothing that JSON can write"))
    })
}

/// An error as a plain object, of which `js/error.js` makes a `FlowLogError`.
pub(crate) fn to_js_error(error: &Error) -> JsValue {
    let object = Object::new();
    let position = error.position();
    set(&object, "code", &error.code().as_str().into());
    set(&object, "message", &error.to_string().into());
    let numbers = [("lineNumber", position.line), ("column", position.column), ("offset", position.offset)];
    for (name, number) in numbers {
        if let Some(number) = number {
            set(&object, name, &JsValue::from_f64(number as f64));
        }
    }
    let input = error.input().map(String::from_utf8_lossy);
    let texts = [
        ("field", error.field()),
        ("expected", error.expected()),
        ("found", error.found()),
        ("input", input.as_deref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            set(&object, name, &text.into());
        }
    }
    object.into()
}

/// Sets a key of an object that was made here, which cannot fail.
fn set(object: &JsValue, key: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(key), value);
}
