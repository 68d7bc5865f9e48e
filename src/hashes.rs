//! SHA-1 hashes in base64, computed four at a time: a hash gets a place in the output at once, and its text when four
//! have come together, or when the output is about to be handed on.

use crate::output::Output;
use crate::sha1::{LANES, LEN, sha1};

/// An alphabet of base64, and whether the text is filled up with `=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Base64 {
    alphabet: &'static [u8; 64],
    padded: bool,
}

/// RFC 4648, section 4.
pub(crate) const STANDARD: Base64 =
    Base64 { alphabet: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", padded: true };

/// RFC 4648, section 5, without padding: what stands in an address as it is.
pub(crate) const URL_SAFE: Base64 =
    Base64 { alphabet: b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", padded: false };

/// Bytes of a hash in base64, with padding.
const TEXT: usize = 28;

/// Hashes that have a place, but no text yet.
#[derive(Debug, Default)]
pub(crate) struct Hashes {
    waiting: [Waiting; LANES],
    count: usize,
}

#[derive(Debug)]
struct Waiting {
    place: usize,
    message: Vec<u8>,
    base64: Base64,
}

impl Default for Waiting {
    fn default() -> Self {
        Waiting { place: 0, message: Vec::new(), base64: STANDARD }
    }
}

impl Hashes {
    /// Appends the hash of a message, or room for it.
    #[inline]
    pub(crate) fn append(&mut self, message: &[u8], base64: Base64, out: &mut Output) {
        if let Some(waiting) = self.waiting.get_mut(self.count) {
            waiting.place = out.len();
            waiting.message.clear();
            waiting.message.extend_from_slice(message);
            waiting.base64 = base64;
            self.count += 1;
        }
        out.push_array(&[b'='; TEXT]);
        if !base64.padded {
            out.retract(1);
        }
        if self.count == LANES {
            self.finish(out);
        }
    }

    /// Writes the texts that are missing.
    pub(crate) fn finish(&mut self, out: &mut Output) {
        if self.count == 0 {
            return;
        }
        let hashes = sha1(std::array::from_fn(|lane| {
            self.waiting.get(lane).filter(|_| lane < self.count).map_or(&[][..], |waiting| &waiting.message)
        }));
        for (waiting, hash) in self.waiting.iter().zip(hashes).take(self.count) {
            let text = encoded(&hash, waiting.base64.alphabet);
            out.replace(waiting.place, &text);
        }
        self.count = 0;
    }
}

/// A hash in base64, without padding: 27 characters.
fn encoded(hash: &[u8; LEN], alphabet: &[u8; 64]) -> [u8; TEXT - 1] {
    let mut text = [0; TEXT - 1];
    for (group, characters) in text.chunks_mut(4).enumerate() {
        let byte = |index: usize| u32::from(hash.get(group * 3 + index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for (index, character) in characters.iter_mut().enumerate() {
            *character = alphabet[(bits >> (18 - 6 * index) & 63) as usize];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use ::sha1::Digest as _;
    use base64::Engine as _;
    use base64::engine::general_purpose;

    use super::*;

    #[test]
    fn each_hash_comes_to_its_place() {
        for count in 0..10 {
            let (mut out, mut hashes, mut expected) = (Output::new(), Hashes::default(), String::new());
            for index in 0..count {
                let message = "x".repeat(index * 31);
                let hash = ::sha1::Sha1::digest(&message);
                let (alphabet, text) = match index % 2 {
                    0 => (STANDARD, general_purpose::STANDARD.encode(hash)),
                    _ => (URL_SAFE, general_purpose::URL_SAFE_NO_PAD.encode(hash)),
                };
                hashes.append(message.as_bytes(), alphabet, &mut out);
                out.push(b'\n');
                expected += &text;
                expected.push('\n');
            }
            hashes.finish(&mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }
}
