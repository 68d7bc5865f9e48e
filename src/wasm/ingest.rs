//! The JavaScript face of pipelines: it converts documents and requests, and has no logic of its own.

use js_sys::{Array, BigInt, Date, JSON, Object};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use super::{MAX_SAFE_INTEGER, to_js_error};
use crate::error::{Error, ErrorCode};
use crate::geo::Databases;
use crate::ingest::{COMMON_OPTIONS, Document, Environment, Failure, Pipeline, inspect, processor_types};

/// A pipeline, ready to run.
#[wasm_bindgen]
pub struct IngestPipeline {
    pipeline: Pipeline,
}

#[wasm_bindgen]
impl IngestPipeline {
    /// Builds a pipeline from the text of its definition, in JSON or YAML. `pipelines` is the JSON text of the
    /// definitions of other pipelines. `city`, `asn` and `country` are the bytes of databases.
    #[wasm_bindgen(constructor)]
    pub fn new(
        definition: &str,
        pipelines: Option<String>,
        city: Option<Vec<u8>>,
        asn: Option<Vec<u8>>,
        country: Option<Vec<u8>>,
    ) -> Result<IngestPipeline, JsValue> {
        let environment = environment(pipelines, [city, asn, country])?;
        let pipeline = Pipeline::from_text(definition, environment).map_err(|error| to_js_error(&error))?;
        Ok(IngestPipeline { pipeline })
    }

    /// Runs a document, given as the JSON text of `{ _source, _index, ... }`. Returns it in that form, or `null` if it
    /// was dropped.
    pub fn run(&self, document: &str) -> Result<JsValue, JsValue> {
        match self.pipeline.run(Document::from_text(document).map_err(no_json)?) {
            Ok(Some(document)) => to_object(&document.to_text().map_err(no_json)?),
            Ok(None) => Ok(JsValue::NULL),
            Err(failure) => Err(to_js_failure(&failure)),
        }
    }

    /// Answers a request of `_simulate`, given as JSON text.
    pub fn simulate(&self, request: &str) -> Result<JsValue, JsValue> {
        answer(&self.pipeline.simulate(&json_value(request)?))
    }

    /// Returns the way of a document, given as for `run`, through the processors.
    pub fn trace(&self, document: &str) -> Result<JsValue, JsValue> {
        answer(&self.pipeline.trace(Document::from_text(document).map_err(no_json)?))
    }

    /// Returns the counts of documents, given as the JSON text of a list of objects as for `run`.
    pub fn tally(&self, documents: &str) -> Result<JsValue, JsValue> {
        answer(&self.pipeline.tally(Document::all_from_text(documents).map_err(no_json)?))
    }
}

/// Examines the text of a definition for an editor. The arguments are those of a pipeline.
#[wasm_bindgen(js_name = inspectPipeline)]
pub fn inspect_pipeline(
    definition: &str,
    pipelines: Option<String>,
    city: Option<Vec<u8>>,
    asn: Option<Vec<u8>>,
    country: Option<Vec<u8>>,
) -> Result<JsValue, JsValue> {
    let environment = environment(pipelines, [city, asn, country])?;
    answer(&inspect(definition, environment))
}

/// Returns the types of processors, as JSON text.
#[wasm_bindgen(js_name = processorTypes)]
pub fn to_processor_types() -> String {
    let types = processor_types().into_iter().map(|known| match known.instead {
        None => {
            let options = [known.options, &COMMON_OPTIONS[..]].concat();
            json!({ "name": known.name, "options": options })
        }
        Some(instead) => json!({ "name": known.name, "instead": instead }),
    });
    types.collect::<Value>().to_string()
}

fn environment(pipelines: Option<String>, [city, asn, country]: [Option<Vec<u8>>; 3]) -> Result<Environment, JsValue> {
    let mut environment = Environment { clock: Some(|| Date::now() as u64), ..Environment::default() };
    if let Some(pipelines) = pipelines {
        match json_value(&pipelines)? {
            Value::Object(pipelines) => environment.pipelines = pipelines.into_iter().collect(),
            _ => return Err(invalid("option \"pipelines\": expected an object of definitions")),
        }
    }
    if city.is_some() || asn.is_some() || country.is_some() {
        let databases = Databases::open(city, asn, country).map_err(|error| to_js_error(&error))?;
        environment.databases = Some(databases);
    }
    Ok(environment)
}

fn json_value(text: &str) -> Result<Value, JsValue> {
    serde_json::from_str(text).map_err(no_json)
}

/// Makes an error for text from `JSON.stringify`, which can nest deeper than the reader allows, and has no other fault.
fn no_json(error: serde_json::Error) -> JsValue {
    match error.is_syntax() {
        true => invalid("the JSON nests too deeply: expected at most 127 levels of objects and arrays"),
        false => invalid(&format!("the JSON cannot be read: {error}")),
    }
}

fn invalid(reason: &str) -> JsValue {
    to_js_error(&Error::sentence(ErrorCode::InvalidPipeline, reason))
}

/// Converts an answer to an object.
fn answer(value: &Value) -> Result<JsValue, JsValue> {
    to_object(value.to_string().as_bytes())
}

/// Converts a document to an object. `JSON.parse` is the fastest way. Only a document with an integer that a number cannot
/// hold is built key by key, with a BigInt for that integer.
fn to_object(document: &[u8]) -> Result<JsValue, JsValue> {
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

/// Makes a plain object of a failure, which `js/ingest/api.js` turns into an error.
fn to_js_failure(failure: &Failure) -> JsValue {
    let members = json!({
        "code": "pipeline_failure",
        "message": failure.reason(),
        "failure": failure.to_json(),
        "processorType": failure.processor_type(),
        "processorTag": failure.processor_tag(),
    });
    answer(&members).unwrap_or_else(|_| Object::new().into())
}
