//! SHA-1 of four messages at once, each in a lane of a vector of four integers.
//!
//! The tests compare the hashes with those of the `sha1` crate.
//!
//! Source: FIPS 180-4, *Secure Hash Standard*. SHA-1 names things here, as the Community ID specification asks; it signs
//! nothing.

mod pending;

use wide::u32x4 as Lanes;

pub(crate) use self::pending::Pending;

/// The number of messages that are hashed at once.
pub(crate) const LANES: usize = 4;
/// The length of a hash in bytes.
pub(crate) const LEN: usize = 20;
/// The length of a block in bytes.
pub(crate) const BLOCK: usize = 64;
/// The number of rounds for a block, each with a word of four bytes.
const ROUNDS: usize = 80;

const START: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// Hashes four messages.
pub(crate) fn sha1(messages: [&[u8]; LANES]) -> [[u8; LEN]; LANES] {
    let blocks = messages.map(|message| (message.len() + 8) / BLOCK + 1);
    let mut state = START.map(|word| [word; LANES]);
    for index in 0..blocks.into_iter().max().unwrap_or(0) {
        let padded = messages.map(|message| padded(message, index));
        let next = compress(state, padded.each_ref());
        // A message that has ended keeps its hash.
        for (word, next) in state.iter_mut().zip(next) {
            for ((old, new), count) in word.iter_mut().zip(next).zip(blocks) {
                if index < count {
                    *old = new;
                }
            }
        }
    }
    hashes(state)
}

/// Hashes four messages of one block each, padding included.
pub(crate) fn sha1_of_blocks(blocks: [&[u8; BLOCK]; LANES]) -> [[u8; LEN]; LANES] {
    hashes(compress(START.map(|word| [word; LANES]), blocks))
}

fn hashes(state: [[u32; LANES]; 5]) -> [[u8; LEN]; LANES] {
    let mut hashes = [[0; LEN]; LANES];
    for (index, word) in state.into_iter().enumerate() {
        for (hash, lane) in hashes.iter_mut().zip(word) {
            if let Some(place) = hash.as_chunks_mut::<4>().0.get_mut(index) {
                *place = lane.to_be_bytes();
            }
        }
    }
    hashes
}

/// Returns a block of a message with the padding of the standard: a bit, zeros, and the length in bits.
fn padded(message: &[u8], index: usize) -> [u8; BLOCK] {
    let rest = message.get(index * BLOCK..).unwrap_or_default();
    if let Some(block) = rest.first_chunk::<BLOCK>() {
        return *block;
    }
    let mut block = [0; BLOCK];
    for (to, from) in block.iter_mut().zip(rest) {
        *to = *from;
    }
    if index * BLOCK <= message.len()
        && let Some(place) = block.get_mut(rest.len())
    {
        *place = 0x80;
    }
    if rest.len() + 9 <= BLOCK
        && let Some(place) = block.last_chunk_mut::<8>()
    {
        *place = (message.len() as u64 * 8).to_be_bytes();
    }
    block
}

/// Returns the state after one more block of each message.
fn compress(state: [[u32; LANES]; 5], blocks: [&[u8; BLOCK]; LANES]) -> [[u32; LANES]; 5] {
    let [first, second, third, fourth] = blocks.map(|block| block.as_chunks::<4>().0);
    let word = |block: &[[u8; 4]], index: usize| block.get(index).map_or(0, |bytes| u32::from_be_bytes(*bytes));
    let mut words = [Lanes::new([0; LANES]); ROUNDS];
    for (index, place) in words.iter_mut().enumerate().take(16) {
        *place = Lanes::new([word(first, index), word(second, index), word(third, index), word(fourth, index)]);
    }
    let start = state.map(Lanes::new);
    let [mut a, mut b, mut c, mut d, mut e] = start;
    for index in 16..ROUNDS {
        words[index] = rotated::<1>(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]);
    }
    // Five rounds at a time, after which each of the five variables is back where it was.
    macro_rules! rounds {
        ($range:expr, $mix:expr, $constant:expr) => {
            let constant = Lanes::new([$constant; LANES]);
            for [v, w, x, y, z] in words[$range].as_chunks::<5>().0 {
                e += rotated::<5>(a) + $mix(b, c, d) + *v + constant;
                b = rotated::<30>(b);
                d += rotated::<5>(e) + $mix(a, b, c) + *w + constant;
                a = rotated::<30>(a);
                c += rotated::<5>(d) + $mix(e, a, b) + *x + constant;
                e = rotated::<30>(e);
                b += rotated::<5>(c) + $mix(d, e, a) + *y + constant;
                d = rotated::<30>(d);
                a += rotated::<5>(b) + $mix(c, d, e) + *z + constant;
                c = rotated::<30>(c);
            }
        };
    }
    let choose = |b: Lanes, c: Lanes, d: Lanes| d ^ (b & (c ^ d));
    let parity = |b: Lanes, c: Lanes, d: Lanes| b ^ c ^ d;
    let majority = |b: Lanes, c: Lanes, d: Lanes| (b & c) | (d & (b | c));
    rounds!(0..20, choose, 0x5a82_7999);
    rounds!(20..40, parity, 0x6ed9_eba1);
    rounds!(40..60, majority, 0x8f1b_bcdc);
    rounds!(60..80, parity, 0xca62_c1d6);
    let [a0, b0, c0, d0, e0] = start;
    [a0 + a, b0 + b, c0 + c, d0 + d, e0 + e].map(Lanes::to_array)
}

#[inline(always)]
fn rotated<const BITS: u32>(lanes: Lanes) -> Lanes {
    lanes << BITS | lanes >> (32 - BITS)
}

#[cfg(test)]
mod tests {
    use ::sha1::Digest as _;

    use super::*;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn four_messages_of_any_lengths() {
        let bytes: Vec<u8> = (0..300_u32).map(|n| (n * 7 + n / 5) as u8).collect();
        // In Miri, which is slow, some lengths are checked.
        for length in (0..=260).step_by(if cfg!(miri) { 29 } else { 1 }) {
            let messages = [&bytes[..length], &bytes[length..], &bytes[length / 3..length], b"abc"];
            let expected = messages.map(|message| <[u8; LEN]>::from(::sha1::Sha1::digest(message)));
            assert_eq!(sha1(messages), expected, "{length}");
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn the_standards_example() {
        let [hash, ..] = sha1([b"abc", b"", b"", b""]);
        assert_eq!(hash[..4], [0xa9, 0x99, 0x3e, 0x36]);
    }
}
