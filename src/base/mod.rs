//! Bytes, numbers and times. Nothing here knows about flow logs.

pub(crate) mod base64;
pub(crate) mod clock;
pub(crate) mod digits;
#[cfg_attr(not(all(target_arch = "wasm32", feature = "js", not(wasm_module = "detect"))), allow(dead_code))]
pub(crate) mod interner;
pub(crate) mod output;
pub(crate) mod scan;
pub(crate) mod sha1;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) mod simd128;
pub(crate) mod slot;
pub(crate) mod sorted;
pub(crate) mod span;
pub(crate) mod time;
pub(crate) mod tokens;
