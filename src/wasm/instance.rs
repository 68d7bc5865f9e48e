//! The instance of the module, and how JavaScript replaces it.

use wasm_bindgen::prelude::*;

/// Returns the module's memory. The next call overwrites the buffer and may move it.
#[wasm_bindgen(js_name = linearMemory)]
pub fn linear_memory() -> JsValue {
    wasm_bindgen::memory()
}

/// Makes the next call into the module begin with a new instance of it. This is the one function that may be called after a
/// trap: it reads and writes no memory.
#[wasm_bindgen(js_name = scheduleRestart)]
pub fn schedule_restart() {
    wasm_bindgen::handler::schedule_reinit();
}
