//! The current time.

/// Returns the milliseconds since 1970 by the system's clock.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn system_clock() -> u64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// Returns 0: the module has no clock of its own, and `src/wasm/` sets that of JavaScript.
#[cfg(target_arch = "wasm32")]
pub(crate) fn system_clock() -> u64 {
    0
}
