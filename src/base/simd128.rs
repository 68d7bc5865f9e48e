//! Vectors of 128 bits, shared by `scan/` and `value/ipv4/`.

use std::arch::wasm32::{u64x2, v128};

/// Loads sixteen bytes as a vector. The compiler makes one instruction of it.
#[inline(always)]
pub(crate) fn load(bytes: &[u8; 16]) -> v128 {
    let all = u128::from_le_bytes(*bytes);
    u64x2(all as u64, (all >> 64) as u64)
}
