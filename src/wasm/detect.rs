//! Detected formats, explained lines, and the tables of fields, presets and schemas.

use std::cell::RefCell;

use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::prelude::*;

use super::{MAX_SAFE_INTEGER, one_format, options_of, set, to_js_error};
use crate::detect::{self, Bounds, Origin};
use crate::explain;
use crate::field::Field;
use crate::format::Format;
use crate::format::presets::PRESETS;
use crate::layers::{Peeler, wire};
use crate::parser::{Line, peeler_of};
use crate::schema::Schema;

/// Makes an object of rows: `null` for an absent value, and a BigInt for an integer of 64 bits.
fn to_object(rows: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::new();
    let serializer = serializer.serialize_missing_as_null(true).serialize_large_number_types_as_bigints(true);
    Ok(rows.serialize(&serializer)?)
}

/// Infers the format of lines without a header and a documented layout: `{ format, problem }`, or nothing.
#[wasm_bindgen(js_name = infer)]
pub fn infer(lines: &[u8]) -> JsValue {
    let Some(read) = detect::infer(lines) else { return JsValue::UNDEFINED };
    let object = js_sys::Object::new();
    set(&object, "format", &read.format.to_string().into());
    if let Some(problem) = read.problem {
        set(&object, "problem", &problem.into());
    }
    object.into()
}

/// Finds the layers of lines around records of formats, which have a line each, or of presets, in words, or nothing.
#[wasm_bindgen(js_name = findLayers)]
pub fn find_layers(lines: &[u8], formats: &str, max_layers: u32) -> Option<String> {
    let formats: Vec<Format> = formats.lines().filter_map(|format| Format::parse(format).ok()).collect();
    detect::find_layers(lines, &formats, max_layers as usize)
}

thread_local! {
    /// The peelers of the main module's parsers, by their numbers.
    static PEELERS: RefCell<Vec<Option<Peeler>>> = const { RefCell::new(Vec::new()) };
}

/// Makes a peeler of layers in words, which keeps the values of the transport or not. It returns its number, and throws the message about words
/// that are not a layer.
#[wasm_bindgen(js_name = makePeeler)]
pub fn make_peeler(layers: &str, has_transport: bool) -> Result<u32, JsValue> {
    let peeler = peeler_of(layers, has_transport).map_err(|error| JsValue::from_str(&error.problem()))?;
    PEELERS.with_borrow_mut(|peelers| {
        let free = peelers.iter().position(Option::is_none).unwrap_or(peelers.len());
        peelers.resize_with(peelers.len().max(free + 1), || None);
        if let Some(slot) = peelers.get_mut(free) {
            *slot = Some(peeler);
        }
        Ok(free as u32)
    })
}

/// Peels lines, each with a line feed, with the peeler of a number, and returns the answers, which only the main module
/// reads.
#[wasm_bindgen]
pub fn peel(peeler: u32, lines: &[u8]) -> Vec<u8> {
    PEELERS.with_borrow_mut(|peelers| match peelers.get_mut(peeler as usize) {
        Some(Some(peeler)) => wire::answers(peeler, lines),
        _ => Vec::new(),
    })
}

/// Drops the peeler of a number.
#[wasm_bindgen(js_name = dropPeeler)]
pub fn drop_peeler(peeler: u32) {
    PEELERS.with_borrow_mut(|peelers| {
        if let Some(slot) = peelers.get_mut(peeler as usize) {
            *slot = None;
        }
    });
}

/// Returns the formats that a log may have, the likeliest first.
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
        choices: Vec<Vec<&'static str>>,
        is_settled: bool,
        tokens: Vec<Token>,
        layers: Vec<String>,
    }
    #[derive(Serialize)]
    struct Open {
        index: u32,
        field: Option<&'static str>,
        alternatives: Vec<&'static str>,
    }
    #[derive(Serialize)]
    struct Token {
        text: String,
        field: String,
    }
    let default = Bounds::default();
    let bounds = Bounds {
        max_lines: max_lines.map_or(default.max_lines, |lines| lines as usize),
        max_bytes: max_bytes.map_or(default.max_bytes, |bytes| bytes as usize),
    };
    let detection = detect::detect_format(sample, bounds).map_err(|error| to_js_error(&error))?;
    let names = |fields: &[Field]| fields.iter().map(|field| field.name()).collect();
    let row = |candidate: &detect::Candidate| {
        let (origin, preset) = match candidate.origin {
            Origin::Header => ("header", None),
            Origin::Preset(name) => ("preset", Some(name)),
            Origin::Inferred => ("inferred", None),
        };
        let open = |open: &detect::Unresolved| Open {
            index: open.index as u32,
            field: open.field.map(Field::name),
            alternatives: names(&open.alternatives),
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
            choices: candidate.choices.iter().map(|fields| names(fields)).collect(),
            is_settled: candidate.is_settled(),
            tokens: tokens.map(|(column, text)| Token { text: text.into(), field: column.name().into() }).collect(),
            layers: detection.layers.clone(),
        }
    };
    to_object(&detection.candidates.iter().map(row).collect::<Vec<Row>>())
}

/// Explains a line, token by token; of CSV, after its header. `options` is JSON text that may have `format`, `schema`, `mode`
/// and `layers`.
#[wasm_bindgen]
pub fn explain(line: &str, header: Option<String>, options: &str) -> Result<JsValue, JsValue> {
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
        offset: Option<u32>,
        field: Option<String>,
        known: bool,
        alternatives: Vec<&'static str>,
        value: Option<Said>,
        meaning: Option<String>,
        paths: Vec<String>,
        problem: Option<String>,
    }
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Said {
        Text(String),
        Number(f64),
        Long(u64),
    }
    // A value is an integer or a text.
    let said = |value: Value| match (value.as_u64(), value) {
        (Some(long), _) if long > MAX_SAFE_INTEGER => Some(Said::Long(long)),
        (Some(number), _) => Some(Said::Number(number as f64)),
        (None, Value::String(text)) => Some(Said::Text(text)),
        (None, _) => None,
    };
    let mut options = options_of(options)?;
    options.check_mode().map_err(|error| to_js_error(&error))?;
    let format = one_format(&mut options).map_err(|error| to_js_error(&error))?;
    let (schema, mode) = (options.schema, options.mode);
    let explanation = explain::explain_inside(line, header.as_deref(), &options.layers, format.as_ref(), schema, mode);
    let explained = Explained {
        kind: match explanation.kind {
            Line::Record | Line::Omitted => "record",
            Line::Header => "header",
            Line::Blank => "blank",
        },
        format: explanation.format.map(|format| format.to_string()),
        tokens: explanation
            .tokens
            .into_iter()
            .map(|token| Token {
                text: token.text,
                offset: token.offset.map(|offset| offset as u32),
                field: token.name,
                known: token.field.is_some(),
                alternatives: token.alternatives.into_iter().map(Field::name).collect(),
                value: token.value.and_then(said),
                meaning: token.meaning,
                paths: token.paths,
                problem: token.problem,
            })
            .collect(),
        missing: explanation.missing,
        problem: explanation.problem,
    };
    to_object(&explained)
}

/// Returns the table of documented fields.
#[wasm_bindgen]
pub fn fields() -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        name: &'static str,
        column: &'static str,
        version: u8,
        r#type: &'static str,
        kind: &'static str,
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
            kind: facts.kind.name(),
            log_types: log_types.map(|(name, _)| name).collect(),
            description: facts.description,
        }
    };
    to_object(&Field::ALL.iter().map(row).collect::<Vec<Row>>())
}

/// Returns the presets.
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
    to_object(&rows)
}

/// Returns the schemas, each with its modes.
#[wasm_bindgen]
pub fn schemas() -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    struct Row {
        name: &'static str,
        modes: Vec<&'static str>,
        description: &'static str,
    }
    let row = |schema: Schema| {
        let facts = schema.facts();
        let modes = facts.modes.iter().map(|mode| mode.word()).collect();
        Row { name: facts.word, modes, description: facts.description }
    };
    to_object(&Schema::ALL.map(row))
}
