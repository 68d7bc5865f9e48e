//! The JavaScript face of pipelines: documents and requests in and out, no logic. The only module here that knows
//! JavaScript.

use js_sys::{Date, JSON, Object, Reflect, Uint8Array};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use super::document::Document;
use super::failure::Failure;
use super::pipeline::{Environment, Pipeline};
use crate::error::{Error, ErrorCode};
use crate::geo::Databases;
use crate::wasm::{to_js_error, to_object};

/// A pipeline, ready to run.
#[wasm_bindgen]
pub struct IngestPipeline {
    pipeline: Pipeline,
}

#[wasm_bindgen]
impl IngestPipeline {
    /// Builds a pipeline from its definition: a text in JSON or YAML, or an object. `environment` may have `pipelines`,
    /// and `city`, `asn` and `country` with the bytes of databases.
    #[wasm_bindgen(constructor)]
    pub fn new(definition: &JsValue, environment: &JsValue) -> Result<IngestPipeline, JsValue> {
        let mut surroundings = Environment { clock: Some(|| Date::now() as u64), ..Environment::default() };
        let pipelines = Reflect::get(environment, &"pipelines".into()).unwrap_or(JsValue::UNDEFINED);
        if !pipelines.is_undefined() {
            match json_value(&pipelines)? {
                Value::Object(pipelines) => surroundings.pipelines = pipelines.into_iter().collect(),
                _ => return Err(invalid("option \"pipelines\": expected an object of definitions")),
            }
        }
        let bytes = |name: &str| {
            let value = Reflect::get(environment, &name.into()).ok()?;
            value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)
        };
        let [city, asn, country] = ["city", "asn", "country"].map(bytes);
        if city.is_some() || asn.is_some() || country.is_some() {
            let databases = Databases::open(city, asn, country).map_err(|error| to_js_error(&error))?;
            surroundings.databases = Some(databases);
        }
        let pipeline = match definition.as_string() {
            Some(text) => Pipeline::from_text(&text, surroundings),
            None => Pipeline::new(&json_value(definition)?, surroundings),
        };
        Ok(IngestPipeline { pipeline: pipeline.map_err(|error| to_js_error(&error))? })
    }

    /// Runs a document, `{ _source, _index, ... }`; gives it back in that form with `_ingest`, or `null` if it was
    /// dropped.
    pub fn run(&self, document: &JsValue) -> Result<JsValue, JsValue> {
        let mut read = Document::default();
        if let Value::Object(members) = json_value(document)? {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("_source", source) => read.set_source(source),
                    (_, value) => read = read.with_metadata(&name, value),
                }
            }
        }
        match self.pipeline.run(read) {
            Ok(Some(document)) => {
                let mut response = document.metadata();
                if let Value::Object(members) = &mut response {
                    members.insert("_source".into(), document.source());
                }
                to_object(response.to_string().as_bytes())
            }
            Ok(None) => Ok(JsValue::NULL),
            Err(failure) => Err(to_js_failure(&failure)),
        }
    }

    /// Answers a request of `_simulate`.
    pub fn simulate(&self, request: &JsValue) -> Result<JsValue, JsValue> {
        to_object(self.pipeline.simulate(&json_value(request)?).to_string().as_bytes())
    }
}

/// A value as JSON has it. What has a BigInt in it has no JSON text and is read member by member.
fn json_value(value: &JsValue) -> Result<Value, JsValue> {
    let text = JSON::stringify(value).ok().and_then(|text| text.as_string());
    let read = match text {
        Some(text) => serde_json::from_str(&text).ok(),
        None => serde_wasm_bindgen::from_value(value.clone()).ok(),
    };
    read.ok_or_else(|| invalid("expected what JSON can write, of at most 128 levels"))
}

fn invalid(reason: &str) -> JsValue {
    to_js_error(&Error::sentence(ErrorCode::InvalidPipeline, reason))
}

/// A failure as a plain object: `js/ingest/pipeline.js` makes an error of it.
fn to_js_failure(failure: &Failure) -> JsValue {
    let members = json!({
        "code": "pipeline_failure",
        "message": failure.reason(),
        "failure": failure.to_json(),
        "processorType": failure.processor_type(),
        "processorTag": failure.processor_tag(),
    });
    to_object(members.to_string().as_bytes()).unwrap_or_else(|_| Object::new().into())
}
