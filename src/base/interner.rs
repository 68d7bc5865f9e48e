//! The distinct strings of the documents on a tape, each written once however often it occurs.
//!
//! A log repeats itself: accounts, interfaces, times, words, addresses. The fewer strings are in here, the fewer JavaScript
//! has to make and keep. A lookup checks one slot only, so a string that was evicted from its slot is written again.

use crate::base::digits::eight_at;
use crate::base::slot::slot_of;

/// Slots for strings that may recur, a power of two: 40 kB.
const SLOTS: usize = 1_024;

/// The strings written since the last [`Interner::clear`], one after the other and numbered from 0.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    /// The offset of the end of each, which is the start of the next.
    ends: Vec<u32>,
    slots: Vec<Slot>,
    /// The generation of the slots in use; a slot of any other generation is free.
    generation: u32,
}

/// A slot of the table: a string that may recur.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: Key,
    start: u32,
    number: u32,
    generation: u32,
}

/// The key of a string: unique up to sixteen bytes, and for most longer strings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Key {
    /// The first eight bytes and, in `last`, the last eight. Both are the whole string if it is shorter than eight bytes.
    first: u64,
    last: u64,
    len: u32,
}

impl Key {
    /// Returns the key of a part of a buffer, or `None` near the end of the buffer.
    #[inline(always)]
    fn of(buffer: &[u8], start: usize, end: usize) -> Option<Key> {
        let len = end - start;
        let (first, last) = match len {
            0 => (0, 0),
            1..8 => {
                let free = 64 - 8 * len as u32;
                let all = eight_at(buffer, start)? << free >> free;
                (all, all)
            }
            _ => (eight_at(buffer, start)?, eight_at(buffer, end - 8)?),
        };
        Some(Key { first, last, len: len as u32 })
    }
}

impl Interner {
    /// Removes all strings.
    pub(crate) fn clear(&mut self) {
        self.rewind(0);
    }

    /// Returns the number of strings.
    pub(crate) fn count(&self) -> usize {
        self.ends.len()
    }

    /// Returns the offset of the end of each string.
    pub(crate) fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// Removes the strings from a number on. No lookup finds those before it afterwards.
    pub(crate) fn rewind(&mut self, count: usize) {
        self.ends.truncate(count);
        self.generation = self.generation.wrapping_add(1);
        if self.slots.is_empty() || self.generation == 0 {
            self.slots.clear();
            self.slots.resize(SLOTS, Slot::default());
            self.generation = 1;
        }
    }

    /// Interns the part of a buffer that follows all strings. Returns the number of the string and the offset at which the
    /// next one starts: the end of the part or, if the string was there already, its start.
    #[inline]
    pub(crate) fn number_of(&mut self, buffer: &[u8], start: usize, end: usize) -> (u32, usize) {
        let Some(key) = Key::of(buffer, start, end) else {
            return (self.push(end), end);
        };
        let at = slot_of::<SLOTS>([key.first, key.last ^ u64::from(key.len)].into_iter());
        let Some(slot) = self.slots.get_mut(at) else {
            return (self.push(end), end);
        };
        let part = |start: usize| buffer.get(start..start + key.len as usize).unwrap_or_default();
        if slot.generation == self.generation
            && slot.key == key
            && (key.len <= 16 || has_same_middle(part(slot.start as usize), part(start)))
        {
            return (slot.number, start);
        }
        let number = self.ends.len() as u32;
        *slot = Slot { key, start: start as u32, number, generation: self.generation };
        (self.push(end), end)
    }

    /// Appends the bytes from the end of all strings up to an offset as a new string, and returns its number.
    #[inline(always)]
    pub(crate) fn push(&mut self, end: usize) -> u32 {
        self.ends.push(end as u32);
        self.ends.len() as u32 - 1
    }
}

/// True if two strings of more than sixteen bytes that start and end alike are equal.
#[inline(always)]
fn has_same_middle(left: &[u8], right: &[u8]) -> bool {
    let (left_blocks, left_rest) = left.as_chunks::<8>();
    let (right_blocks, right_rest) = right.as_chunks::<8>();
    let integer = |block: &[u8; 8]| u64::from_le_bytes(*block);
    left.len() == right.len()
        // The rest is among the last eight bytes.
        && left_rest.len() == right_rest.len()
        && left_blocks.iter().map(integer).eq(right_blocks.iter().map(integer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn a_string_is_found_again_whatever_its_length() {
        let mut strings = Interner::default();
        strings.clear();
        let mut buffer = vec![b'.'; 4_000];
        let mut at = 0;
        for len in 0..60 {
            let put = |buffer: &mut Vec<u8>, at: usize, changed: Option<usize>| {
                for index in 0..len {
                    buffer[at + index] = if changed == Some(index) { b'x' } else { b'a' };
                }
                at + len
            };
            let end = put(&mut buffer, at, None);
            let (number, after) = strings.number_of(&buffer, at, end);
            assert_eq!((number as usize, after), (strings.count() - 1, end), "{len}");
            at = after;
            let end = put(&mut buffer, at, None);
            assert_eq!(strings.number_of(&buffer, at, end), (number, at), "{len}");
        }
        assert_eq!(strings.ends().last().copied(), Some(at as u32));
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn a_string_that_differs_in_one_byte_is_another() {
        for len in 1..60 {
            for changed in 0..len {
                let mut strings = Interner::default();
                strings.clear();
                let mut buffer = vec![b'a'; 2 * len + 16];
                assert_eq!(strings.number_of(&buffer, 0, len), (0, len));
                buffer[len + changed] = b'b';
                assert_eq!(strings.number_of(&buffer, len, 2 * len), (1, 2 * len), "{len} {changed}");
            }
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn nothing_is_found_of_what_was_forgotten() {
        let mut strings = Interner::default();
        strings.clear();
        let buffer = vec![b'a'; 100];
        assert_eq!(strings.number_of(&buffer, 0, 5), (0, 5));
        assert_eq!(strings.number_of(&buffer, 5, 11), (1, 11));
        strings.rewind(1);
        assert_eq!(strings.number_of(&buffer, 5, 10), (1, 10));
        assert_eq!(strings.number_of(&buffer, 10, 15), (1, 10));
        strings.clear();
        assert_eq!(strings.number_of(&buffer, 0, 6), (0, 6));
        // Near the end of the buffer, where eight bytes cannot be read at once.
        assert_eq!(strings.number_of(&buffer, 95, 97), (1, 97));
    }
}
