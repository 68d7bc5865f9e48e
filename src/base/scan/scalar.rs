//! The definition of [`Block`], with integers of eight bytes.

use super::{BLOCK, Block};

/// Returns the contents of a block.
pub(super) fn look(block: &[u8; BLOCK]) -> Block {
    let mut all = Block { spaces: 0, line_feeds: 0, odd: 0, dashes: 0 };
    for eight in block.as_chunks::<8>().0.iter().rev() {
        let Block { spaces, line_feeds, odd, dashes } = look_at_eight(u64::from_le_bytes(*eight));
        all = Block {
            spaces: all.spaces << 8 | spaces,
            line_feeds: all.line_feeds << 8 | line_feeds,
            odd: all.odd << 8 | odd,
            dashes: all.dashes << 8 | dashes,
        };
    }
    all
}

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// Returns the contents of eight bytes, the first byte in the low bits.
fn look_at_eight(bytes: u64) -> Block {
    let odd = below(bytes, 0x20) | equal(bytes, b'"') | equal(bytes, b'\\') | (bytes & HIGH);
    let [spaces, line_feeds, dashes] = [b' ', b'\n', b'-'].map(|byte| bits(equal(bytes, byte)));
    Block { spaces, line_feeds, odd: bits(odd), dashes }
}

/// Sets the high bit of every byte that equals this one.
fn equal(bytes: u64, byte: u8) -> u64 {
    let differences = bytes ^ (ONES * u64::from(byte));
    !(((differences & !HIGH) + !HIGH) | differences) & HIGH
}

/// Sets the high bit of every byte below this one, which is at most 128.
fn below(bytes: u64, byte: u8) -> u64 {
    !((bytes | HIGH) - ONES * u64::from(byte)) & !bytes & HIGH
}

/// Collects the high bits of eight bytes.
fn bits(high: u64) -> u64 {
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
