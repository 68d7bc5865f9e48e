//! The definition of a [`Lanes`]: four integers side by side.

/// Four integers, one of each message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lanes([u32; 4]);

impl Lanes {
    #[inline(always)]
    pub(super) fn new(values: [u32; 4]) -> Lanes {
        Lanes(values)
    }

    #[inline(always)]
    pub(super) fn values(self) -> [u32; 4] {
        self.0
    }

    #[inline(always)]
    fn with(self, other: Lanes, operation: impl Fn(u32, u32) -> u32) -> Lanes {
        let ([a, b, c, d], [w, x, y, z]) = (self.0, other.0);
        Lanes([operation(a, w), operation(b, x), operation(c, y), operation(d, z)])
    }

    #[inline(always)]
    pub(super) fn plus(self, other: Lanes) -> Lanes {
        self.with(other, u32::wrapping_add)
    }

    #[inline(always)]
    pub(super) fn xor(self, other: Lanes) -> Lanes {
        self.with(other, |left, right| left ^ right)
    }

    #[inline(always)]
    pub(super) fn and(self, other: Lanes) -> Lanes {
        self.with(other, |left, right| left & right)
    }

    #[inline(always)]
    pub(super) fn or(self, other: Lanes) -> Lanes {
        self.with(other, |left, right| left | right)
    }

    #[inline(always)]
    pub(super) fn rotated<const BITS: u32>(self) -> Lanes {
        Lanes(self.0.map(|value| value.rotate_left(BITS)))
    }
}
