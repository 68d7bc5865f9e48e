//! The addresses of recent lines, by their text: most records are between addresses that others have, too.

use super::address::Address;
use super::ipv4;
use crate::base::slot::slot_of;
use crate::base::span::Span;
use crate::base::tokens::{ShortText, word_at};

/// Cached addresses, a power of two.
const ADDRESSES: usize = 256;

/// A cache of addresses. Those of at most sixteen bytes, which are nearly all of IPv4, have slots of their own.
#[derive(Debug, Default)]
pub(crate) struct AddressCache {
    short: Vec<Slot<2>>,
    long: Vec<Slot<5>>,
}

/// An address and its text.
#[derive(Clone, Copy, Debug)]
struct Slot<const WORDS: usize> {
    key: Key<WORDS>,
    address: Address,
}

/// The bytes of a token in words that may overlap, and its length, which is 0 in a free slot.
#[derive(Clone, Copy, Debug)]
struct Key<const WORDS: usize> {
    words: [u64; WORDS],
    len: usize,
}

impl<const WORDS: usize> Key<WORDS> {
    /// True if two keys are equal. It takes all words at once, which is less than a call.
    #[inline(always)]
    fn is(&self, other: &Key<WORDS>) -> bool {
        let differences = (self.len ^ other.len) as u64;
        self.words.iter().zip(&other.words).fold(differences, |all, (left, right)| all | (left ^ right)) == 0
    }
}

impl Key<2> {
    /// Returns the key of a token of 1 to 16 bytes.
    #[inline(always)]
    fn of_short(text: &ShortText, start: usize, len: usize) -> Key<2> {
        let words = match len {
            1..=8 => [word_at(text, start) << (64 - 8 * len), 0],
            _ => [word_at(text, start), word_at(text, (start + len).wrapping_sub(8))],
        };
        Key { words, len }
    }
}

impl Key<5> {
    /// Returns the key of a token of 17 to 40 bytes.
    #[inline(always)]
    fn of_long(text: &ShortText, start: usize, len: usize) -> Key<5> {
        let end = start + len;
        let third = if len > 32 { start + 16 } else { start };
        Key { words: [start, start + 8, third, end - 16, end - 8].map(|at| word_at(text, at)), len }
    }
}

impl AddressCache {
    /// Reads a token as [`Address::parse`] does.
    #[inline(always)]
    pub(crate) fn read(&mut self, text: &ShortText, span: Span) -> Option<Address> {
        let len = span.end.wrapping_sub(span.start);
        if !(1..=16).contains(&len) {
            return self.read_long(text, span, len);
        }
        cached(&mut self.short, Key::of_short(text, span.start, len), text, span)
    }

    #[inline(never)]
    fn read_long(&mut self, text: &ShortText, span: Span, len: usize) -> Option<Address> {
        if !(17..=40).contains(&len) {
            return None;
        }
        cached(&mut self.long, Key::of_long(text, span.start, len), text, span)
    }
}

/// Returns the address of a token, from its slot if that has it.
#[inline(always)]
fn cached<const WORDS: usize>(
    slots: &mut Vec<Slot<WORDS>>,
    key: Key<WORDS>,
    text: &ShortText,
    span: Span,
) -> Option<Address> {
    let slot = slot_of::<ADDRESSES>(key.words.into_iter());
    match slots.get(slot) {
        Some(known) if known.key.is(&key) => Some(known.address),
        _ => add(slots, key, slot, text, span),
    }
}

/// Reads a token that is not cached, and caches it if it is an address.
#[inline(never)]
fn add<const WORDS: usize>(
    slots: &mut Vec<Slot<WORDS>>,
    key: Key<WORDS>,
    slot: usize,
    text: &ShortText,
    span: Span,
) -> Option<Address> {
    let address = parse(text, span)?;
    if slots.is_empty() {
        let free = Slot { key: Key { words: [0; WORDS], len: 0 }, address: Address::default() };
        slots.resize(ADDRESSES, free);
    }
    if let Some(free) = slots.get_mut(slot) {
        *free = Slot { key, address };
    }
    Some(address)
}

/// Reads a token that is not cached.
#[inline(never)]
fn parse(text: &ShortText, span: Span) -> Option<Address> {
    match ipv4::at(text, span) {
        Some(v4) => Some(Address { number: v4.into(), is_v4: true }),
        None => Address::parse(span.of(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn tokens_that_differ_in_one_byte_have_different_keys() {
        let is_same = |left: &ShortText, right: &ShortText, len: usize| match len {
            ..=16 => Key::of_short(left, 3, len).is(&Key::of_short(right, 3, len)),
            _ => Key::of_long(left, 3, len).is(&Key::of_long(right, 3, len)),
        };
        for len in 1..=40 {
            let text = [b'1'; size_of::<ShortText>()];
            let mut other = text;
            (other[2], other[3 + len]) = (b'2', b'2');
            assert!(is_same(&text, &other, len), "{len}: bytes around the token do not count");
            for changed in 3..3 + len {
                let mut other = text;
                other[changed] = b'2';
                assert!(!is_same(&text, &other, len), "{len} {changed}");
            }
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn addresses_are_as_without_the_cache() {
        let mut cache = AddressCache::default();
        for round in 0..3_u8 {
            for number in 0..1_000_u32 {
                let v4 = std::net::Ipv4Addr::from(number.wrapping_mul(0x9e37_79b9));
                let v6 = std::net::Ipv6Addr::from(u128::from(number) << (number % 120));
                for token in [v4.to_string(), v6.to_string(), format!("{v4}.1"), format!("{v6}:x"), "-".into()] {
                    let mut text = [0; size_of::<ShortText>()];
                    text[..token.len()].copy_from_slice(token.as_bytes());
                    text[token.len()] = round;
                    let read = cache.read(&text, Span { start: 0, end: token.len() });
                    assert_eq!(read, Address::parse(token.as_bytes()), "{token}");
                }
            }
        }
    }
}
