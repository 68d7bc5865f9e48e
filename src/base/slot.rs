//! The slot of a key in a hash table of fixed size.

/// Returns the slot of a key among `SLOTS`, a power of two.
#[inline(always)]
pub(crate) fn slot_of<const SLOTS: usize>(key: impl Iterator<Item = u64>) -> usize {
    // The multiplier is 2^64 divided by the golden ratio, whose bits have no pattern.
    let hash = key.fold(0_u64, |hash, word| (hash.rotate_left(29) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    (hash >> 32) as usize % SLOTS
}
