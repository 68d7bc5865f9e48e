//! The material of seeds: the cases of the fixtures.

use serde_json::{Map, Value};
use vpcflow_ecs::{Field, PRESETS};

use crate::cases::{DOCUMENTS, ERRORS, FORMATS, INPUTS, cases};

/// The longest input of a seed, in bytes. Longer ones are slow and have nothing that others lack.
const MAX_BYTES: usize = 4_096;

/// An input with the options that it is read with.
pub(crate) struct Seed {
    pub(crate) options: Map<String, Value>,
    pub(crate) input: String,
    /// The layers that are found.
    pub(crate) layers: Vec<String>,
}

impl Seed {
    /// Returns the format, if the options have one in a text.
    pub(crate) fn format(&self) -> Option<&str> {
        self.options.get("format")?.as_str()
    }
}

/// Returns the inputs of all fixtures.
pub(crate) fn inputs() -> Vec<Seed> {
    let files = DOCUMENTS.iter().chain(INPUTS).map(|(_, json)| *json).chain([ERRORS, FORMATS]);
    let seeds = files.flat_map(cases).filter_map(|case| {
        let input = match case.get("lines") {
            Some(lines) => lines.as_array()?.iter().filter_map(Value::as_str).collect::<Vec<&str>>().join("\n"),
            None => case.get("input")?.as_str()?.to_owned(),
        };
        let options = case.get("options").and_then(Value::as_object).cloned().unwrap_or_default();
        let layers = case.get("layers").and_then(Value::as_array).into_iter().flatten();
        let layers = layers.filter_map(|words| words.as_str().map(str::to_owned)).collect();
        Some(Seed { options, input, layers })
    });
    seeds.filter(|seed| seed.input.len() <= MAX_BYTES).collect()
}

/// Returns words that mean something in an input: names, and the words of layers, options and processors.
pub fn words() -> Vec<String> {
    let mut words: Vec<String> = Field::ALL.iter().map(|field| field.name().to_owned()).collect();
    words.extend(PRESETS.iter().map(|preset| preset.name.to_owned()));
    let seeds = inputs();
    words.extend(seeds.iter().flat_map(|seed| seed.options.keys().cloned()));
    words.extend(seeds.iter().flat_map(|seed| seed.layers.clone()));
    let processors = crate::pipeline::requests();
    let keys = processors.iter().filter_map(|request| request.pointer("/pipeline/processors")?.as_array());
    let objects = keys.flatten().filter_map(Value::as_object);
    for (kind, options) in objects.flatten() {
        words.push(kind.clone());
        words.extend(options.as_object().into_iter().flat_map(Map::keys).cloned());
    }
    let others = [
        " - ", "ACCEPT", "REJECT", "OK", "NODATA", "10.0.0.1", "::ffff:", "2026-01-01T00:00:14Z", ".0", "%20", "\\u00",
        "{\"message\":\"", "\"}", "\r\n", "\u{feff}", " › ", "${", "ctx.", "{{{", "}}}", "UNIX", "yyyy", "%{",
        "instanceof",
    ];
    words.extend(others.map(str::to_owned));
    words.sort();
    words.dedup();
    words
}
