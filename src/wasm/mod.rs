//! The JavaScript face of the crate: argument checks, conversion, one error mapper; no parsing. The only module that
//! knows JavaScript, with those of the feature `ingest`. `js/` wraps what is exported here.

#[cfg(not(wasm_module = "detect"))]
mod core;
#[cfg(feature = "detect")]
mod detect;
#[cfg(not(feature = "detect"))]
mod detector;
#[cfg(feature = "ingest")]
mod export;
#[cfg(feature = "ingest")]
mod ingest;

#[cfg(feature = "detect")]
use js_sys::BigInt;
use js_sys::{Array, JSON, Object, Reflect};
#[cfg(feature = "detect")]
use serde_json::Value;
use wasm_bindgen::prelude::*;

#[cfg(not(wasm_module = "detect"))]
pub use self::core::{Core, compile_format, linear_memory};
#[cfg(feature = "detect")]
pub use self::detect::{detect_format, explain, fields, infer, presets, schemas};
use crate::error::{Error, ErrorCode};
use crate::json::{self, Json};
use crate::options::Options;

/// With a third of the code of the standard library's allocator.
#[cfg(wasm_module = "main")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// The largest integer that a JavaScript number holds exactly together with all below it.
#[cfg(feature = "detect")]
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// A document as an object. `JSON.parse` makes it fastest; only a document with an integer that a number cannot hold is
/// built key by key, with a BigInt in that place.
#[cfg(feature = "ingest")]
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

#[cfg(feature = "detect")]
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
                #[cfg(feature = "ingest")]
                if name == "geo" {
                    read.geo = Some(databases(&value)?);
                    continue;
                }
                #[cfg(not(feature = "ingest"))]
                if name == "geo" {
                    let detail = "unknown option \"geo\": it is one of vpcflow-ecs/ingest";
                    return Err(to_js_error(&Error::sentence(ErrorCode::InvalidOption, detail)));
                }
                read.set_json(&name, json_value(&value)?).map_err(|error| to_js_error(&error))?;
            }
        }
    }
    Ok(read)
}

/// Databases of an object with the bytes of `city`, `asn` and `country`.
#[cfg(feature = "ingest")]
pub(crate) fn databases(files: &JsValue) -> Result<crate::geo::Databases, JsValue> {
    if !files.is_object() {
        let detail = "option \"geo\": expected an object with city, asn and country";
        return Err(to_js_error(&Error::sentence(ErrorCode::InvalidOption, detail)));
    }
    let bytes = |name: &str| {
        let value = Reflect::get(files, &name.into()).unwrap_or_default();
        value.dyn_ref::<js_sys::Uint8Array>().map(js_sys::Uint8Array::to_vec)
    };
    crate::geo::Databases::open(bytes("city"), bytes("asn"), bytes("country")).map_err(|error| to_js_error(&error))
}

/// An option's value. JSON is what options are made of, and it has one kind of number, as the native options have.
pub(crate) fn json_value(value: &JsValue) -> Result<Json, JsValue> {
    let text = JSON::stringify(value).ok().and_then(|json| json.as_string()).unwrap_or_default();
    json::read(text.as_bytes()).map_err(|_| {
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
