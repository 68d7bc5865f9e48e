//! The JavaScript face of the exporters: options in, JSON text out, which `js/ingest/exporters.js` reads.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{json_value, to_js_error};
use crate::error::{Error, ErrorCode, quoted};
use crate::export::{PipelineOptions, TemplateOptions, component_templates, index_template, ingest_pipeline};

/// The body of an ingest pipeline. `options` are those of a parser, and `geo`.
#[wasm_bindgen(js_name = toIngestPipeline)]
pub fn to_ingest_pipeline(options: &Object) -> Result<String, JsValue> {
    let mut read = PipelineOptions::default();
    for (name, value) in entries(options) {
        match name.as_str() {
            "geo" => read.geo = value.as_bool().ok_or_else(|| refused("option \"geo\": expected true or false"))?,
            _ => read.parser.set_json(&name, json_value(&value)?).map_err(|error| to_js_error(&error))?,
        }
    }
    ingest_pipeline(&read).map(|pipeline| pipeline.to_string()).map_err(|error| to_js_error(&error))
}

/// The bodies of component templates, by name.
#[wasm_bindgen(js_name = componentTemplates)]
pub fn to_component_templates() -> String {
    serde_json::Value::Object(component_templates()).to_string()
}

/// The body of an index template. `options` has `namespace` and `pipeline`.
#[wasm_bindgen(js_name = indexTemplate)]
pub fn to_index_template(options: &Object) -> Result<String, JsValue> {
    let mut read = TemplateOptions::default();
    for (name, value) in entries(options) {
        let place = match name.as_str() {
            "namespace" => &mut read.namespace,
            "pipeline" => &mut read.pipeline,
            _ => return Err(refused(&format!("unknown option {}: there are namespace and pipeline", quoted(&name)))),
        };
        let Some(text) = value.as_string() else {
            return Err(refused(&format!("option {}: expected a text", quoted(&name))));
        };
        *place = Some(text);
    }
    index_template(&read).map(|template| template.to_string()).map_err(|error| to_js_error(&error))
}

/// The members of an object that are not `undefined`.
fn entries(options: &Object) -> Vec<(String, JsValue)> {
    let keys = Object::keys(options);
    let entry = |key: JsValue| {
        let value = Reflect::get(options, &key).ok().filter(|value| !value.is_undefined())?;
        Some((key.as_string()?, value))
    };
    keys.iter().filter_map(entry).collect()
}

fn refused(detail: &str) -> JsValue {
    to_js_error(&Error::sentence(ErrorCode::InvalidOption, detail))
}
