//! All four octets at once, each in a lane of four bytes, with WebAssembly's vectors of 128 bits.

use std::arch::wasm32::{
    i8x16_shuffle, i8x16_swizzle, i32x4_add, i32x4_eq, i32x4_mul, i32x4_shuffle, i32x4_splat, i32x4_sub, u8x16,
    u8x16_add, u8x16_bitmask, u8x16_eq, u8x16_gt, u8x16_le, u8x16_splat, u8x16_sub, u16x8_extmul_high_u8x16,
    u16x8_extmul_low_u8x16, u32x4, u32x4_extadd_pairwise_u16x8, u32x4_extract_lane, u32x4_gt, u32x4_lt, v128, v128_and,
    v128_any_true, v128_or,
};

use super::BLOCK;
use crate::base::simd128::load;

/// Reads the first `len` bytes of a block, 15 at most, as an address.
#[inline]
pub(super) fn read(block: &[u8; BLOCK], len: usize) -> Option<u32> {
    let bytes = load(block);
    let dots = u32::from(u8x16_bitmask(u8x16_eq(bytes, u8x16_splat(b'.')))) & ((1 << len) - 1);
    if dots.count_ones() != 3 {
        return None;
    }
    let after_first = dots & (dots - 1);
    let after_second = after_first & (after_first - 1);
    let ends = u32x4(dots.trailing_zeros(), after_first.trailing_zeros(), after_second.trailing_zeros(), len as u32);
    let before = i32x4_shuffle::<3, 4, 5, 6>(i32x4_splat(-1), ends);
    let lens = i32x4_sub(i32x4_sub(ends, before), i32x4_splat(1));
    // The three bytes before the end of each octet, of which only those of the octet count.
    let to_bytes = |lanes: v128| i32x4_mul(lanes, i32x4_splat(0x0101_0101));
    const OFF: u8 = 0x80;
    let places = u8x16(253, 254, 255, OFF, 253, 254, 255, OFF, 253, 254, 255, OFF, 253, 254, 255, OFF);
    let characters = i8x16_swizzle(bytes, u8x16_add(to_bytes(ends), places));
    let from_end = u8x16(3, 2, 1, OFF, 3, 2, 1, OFF, 3, 2, 1, OFF, 3, 2, 1, OFF);
    let counts = u8x16_le(from_end, to_bytes(lens));
    let digits = v128_and(u8x16_sub(characters, u8x16_splat(b'0')), counts);
    let worth = u8x16(100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0);
    let first_two = u32x4_extadd_pairwise_u16x8(u16x8_extmul_low_u8x16(digits, worth));
    let last_two = u32x4_extadd_pairwise_u16x8(u16x8_extmul_high_u8x16(digits, worth));
    let hundreds_and_tens = i32x4_shuffle::<0, 2, 4, 6>(first_two, last_two);
    let octets = i32x4_add(hundreds_and_tens, i32x4_shuffle::<1, 3, 5, 7>(first_two, last_two));
    // The smallest numbers of two and of three digits without a leading zero.
    let two = v128_and(i32x4_eq(lens, i32x4_splat(2)), i32x4_splat(10));
    let least = v128_or(two, v128_and(i32x4_eq(lens, i32x4_splat(3)), i32x4_splat(100)));
    let wrong_lens = u32x4_gt(i32x4_sub(lens, i32x4_splat(1)), i32x4_splat(2));
    let wrong_digits = u8x16_gt(digits, u8x16_splat(9));
    let wrong_octets = v128_or(u32x4_gt(octets, i32x4_splat(255)), u32x4_lt(octets, least));
    if v128_any_true(v128_or(wrong_lens, v128_or(wrong_digits, wrong_octets))) {
        return None;
    }
    let address = i8x16_shuffle::<12, 8, 4, 0, 12, 8, 4, 0, 12, 8, 4, 0, 12, 8, 4, 0>(octets, octets);
    Some(u32x4_extract_lane::<0>(address))
}
