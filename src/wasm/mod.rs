//! The JavaScript face of the crate: argument checks, conversions, and the one place that maps errors. Nothing else knows
//! JavaScript, and nothing is parsed here. `js/` wraps the exports.

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
mod instance;

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

#[cfg(not(wasm_module = "detect"))]
pub use self::core::{Core, compile_format};
#[cfg(feature = "detect")]
pub use self::detect::{
    detect_format, drop_peeler, explain, fields, find_layers, infer, make_peeler, peel, presets, schemas,
};
pub use self::instance::{linear_memory, schedule_restart};
use crate::error::{Error, ErrorCode};
use crate::format::Format;
use crate::options::Options;

/// The allocator, with a third of the code of the standard library's.
#[cfg(wasm_module = "main")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// The largest integer up to which a JavaScript number holds every integer exactly.
#[cfg(feature = "detect")]
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Reads options: the JSON text of an object that has them by name, and the option `geo`, which JSON cannot hold.
#[cfg(not(wasm_module = "detect"))]
fn read_options(options: &str, geo: &JsValue) -> Result<Options, JsValue> {
    let read = options_of(options)?;
    if geo.is_undefined() {
        return Ok(read);
    }
    #[cfg(feature = "ingest")]
    return Ok(Options { geo: Some(databases(geo)?), ..read });
    #[cfg(not(feature = "ingest"))]
    return {
        let detail = "unknown option \"geo\": it is one of vpcflow-ecs/ingest";
        Err(to_js_error(&Error::sentence(ErrorCode::InvalidOption, detail)))
    };
}

/// Reads options that JSON can hold.
fn options_of(options: &str) -> Result<Options, JsValue> {
    Options::from_json(options.as_bytes()).map_err(|error| to_js_error(&error))
}

/// Takes the format out of options that have one.
fn one_format(options: &mut Options) -> Result<Option<Format>, Error> {
    let format = options.formats.pop();
    match options.formats.is_empty() {
        true => Ok(format),
        false => Err(Error::sentence(ErrorCode::InvalidFormat, "expected one format, found several")),
    }
}

/// Opens the databases of an object with the bytes of `city`, `asn` and `country`.
#[cfg(feature = "ingest")]
pub(crate) fn databases(files: &JsValue) -> Result<crate::geo::Databases, JsValue> {
    if !files.is_object() {
        let detail = "option \"geo\": expected an object with city, asn and country";
        return Err(to_js_error(&Error::sentence(ErrorCode::InvalidOption, detail)));
    }
    let bytes = |name: &str| {
        let value = Reflect::get(files, &name.into()).unwrap_or_default();
        let Some(file) = value.dyn_ref::<js_sys::Uint8Array>() else { return Ok(None) };
        let length = file.length() as usize;
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(length).is_err() {
            let detail = format!(
                "option \"geo.{name}\": there is no memory for {length} bytes; free parsers that are not needed"
            );
            return Err(Error::sentence(ErrorCode::InvalidDatabase, detail));
        }
        bytes.resize(length, 0);
        file.copy_to(&mut bytes);
        Ok(Some(bytes))
    };
    let open = || crate::geo::Databases::open(bytes("city")?, bytes("asn")?, bytes("country")?);
    open().map_err(|error| to_js_error(&error))
}

/// Converts an error to a plain object, of which `js/core/error.js` makes a `FlowLogError`.
pub(crate) fn to_js_error(error: &Error) -> JsValue {
    let object = Object::new();
    let position = error.position();
    set(&object, "code", &error.code().as_str().into());
    set(&object, "message", &error.to_string().into());
    set(&object, "problem", &error.problem().into());
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
        ("format", error.format()),
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
