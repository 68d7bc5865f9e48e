//! The same as `scalar.rs`, with WebAssembly's vectors of 128 bits.

use std::arch::wasm32::{i8x16_lt, i8x16_splat, u8x16_bitmask, u8x16_eq, u8x16_splat, u64x2, v128, v128_or};

use super::{BLOCK, Block};

/// What is in sixteen bytes.
pub(super) fn look(block: &[u8; BLOCK]) -> Block {
    let all = u128::from_le_bytes(*block);
    let bytes = u64x2(all as u64, (all >> 64) as u64);
    let equal = |byte: u8| u8x16_eq(bytes, u8x16_splat(byte));
    let bits = |bytes: v128| u32::from(u8x16_bitmask(bytes));
    // As signed numbers, bytes beyond ASCII are negative, and so below a space too.
    let below_space = i8x16_lt(bytes, i8x16_splat(0x20));
    let odd = bits(v128_or(below_space, v128_or(equal(b'"'), equal(b'\\'))));
    // Line feeds are odd, and mostly there are none.
    let line_feeds = if odd == 0 { 0 } else { bits(equal(b'\n')) };
    Block { spaces: bits(equal(b' ')), line_feeds, odd }
}
