//! The functions of `scalar.rs` with WebAssembly's vectors of 128 bits.

use std::arch::wasm32::{i8x16_lt, i8x16_splat, u8x16_bitmask, u8x16_eq, u8x16_splat, v128, v128_or};

use super::{BLOCK, Block};
use crate::base::simd128::load;

/// Returns the contents of a block.
#[inline(always)]
pub(super) fn look(block: &[u8; BLOCK]) -> Block {
    let equal = |bytes: v128, byte: u8| u8x16_eq(bytes, u8x16_splat(byte));
    // Bytes beyond ASCII are negative as signed numbers, and so below a space too.
    let below_space = |bytes: v128| i8x16_lt(bytes, i8x16_splat(0x20));
    let odd = bits(block, |bytes| v128_or(below_space(bytes), v128_or(equal(bytes, b'"'), equal(bytes, b'\\'))));
    // Line feeds are odd bytes, and most blocks have none.
    let line_feeds = if odd == 0 { 0 } else { bits(block, |bytes| equal(bytes, b'\n')) };
    Block { spaces: bits(block, |bytes| equal(bytes, b' ')), line_feeds, odd }
}

/// Returns a bit for each byte of a block that satisfies a condition.
#[inline(always)]
fn bits(block: &[u8; BLOCK], is: impl Fn(v128) -> v128) -> u64 {
    let mask = |sixteen: &[u8; 16]| u64::from(u8x16_bitmask(is(load(sixteen))));
    match block.as_chunks::<16>().0 {
        [first, second, third, fourth] => mask(first) | mask(second) << 16 | mask(third) << 32 | mask(fourth) << 48,
        _ => 0,
    }
}
