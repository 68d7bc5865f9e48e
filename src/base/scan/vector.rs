//! The functions of `scalar.rs` with vectors of sixteen bytes.

use wide::u8x16;

use super::{BLOCK, Block};

/// Returns the contents of a block.
#[inline(always)]
pub(super) fn look(block: &[u8; BLOCK]) -> Block {
    let equal = |bytes: u8x16, byte: u8| bytes.simd_eq(u8x16::splat(byte));
    // The smaller of a byte and the last control character is that byte only for control characters. Bytes beyond ASCII
    // have the bit that `bits` collects.
    let is_control = |bytes: u8x16| bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    let odd = bits(block, |bytes| bytes | is_control(bytes) | equal(bytes, b'"') | equal(bytes, b'\\'));
    // Line feeds are odd bytes, and most blocks have none.
    let line_feeds = if odd == 0 { 0 } else { bits(block, |bytes| equal(bytes, b'\n')) };
    Block { spaces: bits(block, |bytes| equal(bytes, b' ')), line_feeds, odd }
}

/// Returns the high bit of each byte of a block after an operation.
#[inline(always)]
fn bits(block: &[u8; BLOCK], operation: impl Fn(u8x16) -> u8x16) -> u64 {
    let mask = |sixteen: &[u8; 16]| u64::from(operation(u8x16::new(*sixteen)).to_bitmask());
    match block.as_chunks::<16>().0 {
        [first, second, third, fourth] => mask(first) | mask(second) << 16 | mask(third) << 32 | mask(fourth) << 48,
        _ => 0,
    }
}
