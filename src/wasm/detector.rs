//! Detection in another module, which the parser asks through JavaScript.

use std::cell::RefCell;

use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::format::Format;
use crate::format::inferred::Inferred;

thread_local! {
    static DETECTOR: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Sets the function that infers formats from lines: from bytes to `{ format, problem }`, or to nothing.
#[wasm_bindgen(js_name = setDetector)]
pub fn set_detector(detector: Function) {
    DETECTOR.set(Some(detector));
}

/// Infers a format with that function.
pub(super) fn infer(lines: &[u8]) -> Option<Inferred> {
    let detector = DETECTOR.with_borrow(Clone::clone)?;
    let found = detector.call1(&JsValue::NULL, &Uint8Array::from(lines)).ok()?;
    let text = |name: &str| Reflect::get(&found, &name.into()).ok().and_then(|value| value.as_string());
    Some(Inferred { format: Format::parse(&text("format")?).ok()?, problem: text("problem") })
}
