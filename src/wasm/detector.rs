//! Detection in another module, which the parser asks through JavaScript.

use std::cell::RefCell;

use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::format::Format;
use crate::format::inferred::Inferred;
use crate::layers::Layer;

thread_local! {
    static DETECTOR: RefCell<Option<Function>> = const { RefCell::new(None) };
    static FINDER: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Sets the function that infers formats from lines: from bytes to `{ format, problem }`, or to nothing.
#[wasm_bindgen(js_name = setDetector)]
pub fn set_detector(detector: Function) {
    DETECTOR.set(Some(detector));
}

/// Sets the function that finds layers: from bytes, formats with a line for each, and the most layers, to a line for each
/// layer, or to nothing.
#[wasm_bindgen(js_name = setFinder)]
pub fn set_finder(finder: Function) {
    FINDER.set(Some(finder));
}

/// Finds layers with that function.
pub(super) fn find_layers(lines: &[u8], formats: &[Format], max_layers: usize) -> Option<Vec<Layer>> {
    let finder = FINDER.with_borrow(Clone::clone)?;
    let formats: Vec<String> = formats.iter().map(Format::to_string).collect();
    let (lines, formats) = (Uint8Array::from(lines), formats.join("\n"));
    let found = finder.call3(&JsValue::NULL, &lines, &formats.into(), &(max_layers as u32).into()).ok()?;
    found.as_string()?.split('\n').map(Layer::named).collect()
}

/// Infers a format with that function.
pub(super) fn infer(lines: &[u8]) -> Option<Inferred> {
    let detector = DETECTOR.with_borrow(Clone::clone)?;
    let found = detector.call1(&JsValue::NULL, &Uint8Array::from(lines)).ok()?;
    let text = |name: &str| Reflect::get(&found, &name.into()).ok().and_then(|value| value.as_string());
    Some(Inferred { format: Format::parse(&text("format")?).ok()?, problem: text("problem") })
}
