//! The functions of `scalar.rs` with vectors of sixteen bytes.

use wide::i8x16;

use super::{BLOCK, Block};

/// Returns the contents of a block.
#[inline(always)]
pub(super) fn look(block: &[u8; BLOCK]) -> Block {
    let equal = |bytes: i8x16, byte: u8| bytes.simd_eq(i8x16::splat(byte as i8));
    // Bytes beyond ASCII are negative as signed numbers, and so below a space too.
    let below_space = |bytes: i8x16| bytes.simd_lt(i8x16::splat(0x20));
    let odd = bits(block, |bytes| below_space(bytes) | equal(bytes, b'"') | equal(bytes, b'\\'));
    // Line feeds are odd bytes, and most blocks have none.
    let line_feeds = if odd == 0 { 0 } else { bits(block, |bytes| equal(bytes, b'\n')) };
    let (spaces, dashes) = (bits(block, |bytes| equal(bytes, b' ')), bits(block, |bytes| equal(bytes, b'-')));
    Block { spaces, line_feeds, odd, dashes }
}

/// Returns a bit for each byte of a block that satisfies a condition.
#[inline(always)]
fn bits(block: &[u8; BLOCK], is: impl Fn(i8x16) -> i8x16) -> u64 {
    let mask = |sixteen: &[u8; 16]| u64::from(is(i8x16::new(sixteen.map(|byte| byte as i8))).to_bitmask());
    match block.as_chunks::<16>().0 {
        [first, second, third, fourth] => mask(first) | mask(second) << 16 | mask(third) << 32 | mask(fourth) << 48,
        _ => 0,
    }
}
