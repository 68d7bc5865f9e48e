//! The operations of `scalar.rs` with WebAssembly's vectors of 128 bits.

use std::arch::wasm32::{
    u32x4, u32x4_add, u32x4_extract_lane, u32x4_shl, u32x4_shr, v128, v128_and, v128_or, v128_xor,
};

/// Four integers, one of each message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lanes(v128);

impl Lanes {
    #[inline(always)]
    pub(super) fn new([a, b, c, d]: [u32; 4]) -> Lanes {
        Lanes(u32x4(a, b, c, d))
    }

    #[inline(always)]
    pub(super) fn values(self) -> [u32; 4] {
        let value = self.0;
        [
            u32x4_extract_lane::<0>(value),
            u32x4_extract_lane::<1>(value),
            u32x4_extract_lane::<2>(value),
            u32x4_extract_lane::<3>(value),
        ]
    }

    #[inline(always)]
    pub(super) fn plus(self, other: Lanes) -> Lanes {
        Lanes(u32x4_add(self.0, other.0))
    }

    #[inline(always)]
    pub(super) fn xor(self, other: Lanes) -> Lanes {
        Lanes(v128_xor(self.0, other.0))
    }

    #[inline(always)]
    pub(super) fn and(self, other: Lanes) -> Lanes {
        Lanes(v128_and(self.0, other.0))
    }

    #[inline(always)]
    pub(super) fn or(self, other: Lanes) -> Lanes {
        Lanes(v128_or(self.0, other.0))
    }

    #[inline(always)]
    pub(super) fn rotated<const BITS: u32>(self) -> Lanes {
        Lanes(v128_or(u32x4_shl(self.0, BITS), u32x4_shr(self.0, 32 - BITS)))
    }
}
