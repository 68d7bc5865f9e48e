//! What the vectors of `scan/` and `v4/` have in common.

use std::arch::wasm32::{u64x2, v128};

/// Sixteen bytes as a vector: the compiler makes one load of it.
#[inline(always)]
pub(crate) fn load(bytes: &[u8; 16]) -> v128 {
    let all = u128::from_le_bytes(*bytes);
    u64x2(all as u64, (all >> 64) as u64)
}
