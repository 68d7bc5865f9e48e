//! The current time.

/// Returns the milliseconds since 1970 by the system's clock.
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
pub(crate) fn system_clock() -> u64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// Returns 0: the target has no clock. `src/wasm/` and users set one with `Parser::set_clock`.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub(crate) fn system_clock() -> u64 {
    0
}
