//! The time of day.

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn system_clock() -> u64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// The module has no clock of its own: `src/wasm/` sets JavaScript's.
#[cfg(target_arch = "wasm32")]
pub(crate) fn system_clock() -> u64 {
    0
}
