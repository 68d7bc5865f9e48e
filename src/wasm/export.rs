//! The JavaScript face of the exporters: options in, JSON text for `js/ingest/exporters.js` out.

use wasm_bindgen::prelude::*;

use super::to_js_error;
use crate::error::{Error, ErrorCode, quoted};
use crate::export::{PipelineOptions, TemplateOptions, component_templates, index_template, ingest_pipeline};
use crate::json::Json;
use crate::options::members_of;

/// Returns the body of an ingest pipeline. `options` is JSON text with the options of a parser, and `geo`.
#[wasm_bindgen(js_name = toIngestPipeline)]
pub fn to_ingest_pipeline(options: &str) -> Result<String, JsValue> {
    let mut read = PipelineOptions::default();
    for (name, value) in members_of(options.as_bytes()).map_err(|error| to_js_error(&error))? {
        match (name.as_str(), value) {
            ("geo", Json::Bool(geo)) => read.geo = geo,
            ("geo", _) => return Err(refused("option \"geo\": expected true or false")),
            (_, value) => read.parser.set_json(&name, value).map_err(|error| to_js_error(&error))?,
        }
    }
    ingest_pipeline(&read).map(|pipeline| pipeline.to_string()).map_err(|error| to_js_error(&error))
}

/// Returns the bodies of component templates, by name.
#[wasm_bindgen(js_name = componentTemplates)]
pub fn to_component_templates() -> String {
    serde_json::Value::Object(component_templates()).to_string()
}

/// Returns the body of an index template. `options` is JSON text with `namespace` and `pipeline`.
#[wasm_bindgen(js_name = indexTemplate)]
pub fn to_index_template(options: &str) -> Result<String, JsValue> {
    let mut read = TemplateOptions::default();
    for (name, value) in members_of(options.as_bytes()).map_err(|error| to_js_error(&error))? {
        let place = match name.as_str() {
            "namespace" => &mut read.namespace,
            "pipeline" => &mut read.pipeline,
            _ => return Err(refused(&format!("unknown option {}: there are namespace and pipeline", quoted(&name)))),
        };
        let Json::String(text) = value else {
            return Err(refused(&format!("option {}: expected a text", quoted(&name))));
        };
        *place = Some(text);
    }
    index_template(&read).map(|template| template.to_string()).map_err(|error| to_js_error(&error))
}

fn refused(detail: &str) -> JsValue {
    to_js_error(&Error::sentence(ErrorCode::InvalidOption, detail))
}
