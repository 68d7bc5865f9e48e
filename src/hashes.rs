//! The hashes of Community IDs, computed four at a time: an ID gets a place in the output at once, and its text when four
//! have come together, or when the output is about to be handed on.

use crate::output::Output;
use crate::sha1::{BLOCK, LANES, LEN, sha1_of_blocks};

/// Bytes of a hash in base64.
pub(crate) const TEXT: usize = "LQU9qZlK+B5F3KDmev6m5PMibrg=".len();

/// Hashes that have a place, but no text yet.
#[derive(Debug)]
pub(crate) struct Hashes {
    places: [usize; LANES],
    blocks: [[u8; BLOCK]; LANES],
    /// How many wait.
    count: usize,
    /// How many of them are in documents that are whole.
    settled: usize,
}

impl Default for Hashes {
    fn default() -> Self {
        Hashes { places: [0; LANES], blocks: [[0; BLOCK]; LANES], count: 0, settled: 0 }
    }
}

impl Hashes {
    /// Lets the hash of a block wait for its place, which has as many bytes as it gives.
    ///
    /// There is room for one of a document; when it is whole, [`Hashes::settle`] is called, and [`Hashes::retract`] when
    /// it is to be written again.
    #[inline]
    pub(crate) fn wait(&mut self, place: usize, block: &[u8; BLOCK]) -> usize {
        if let (Some(free), Some(to)) = (self.places.get_mut(self.count), self.blocks.get_mut(self.count)) {
            *free = place;
            *to = *block;
            self.count += 1;
        }
        TEXT
    }

    /// Keeps what waits, as the document is whole; when four wait, they are hashed.
    #[inline]
    pub(crate) fn settle(&mut self, out: &mut Output) {
        self.settled = self.count;
        if self.count == LANES {
            self.finish(out);
        }
    }

    /// Forgets what waits for a place in a document that is not whole.
    pub(crate) fn retract(&mut self) {
        self.count = self.settled;
    }

    /// Writes the texts that are missing.
    pub(crate) fn finish(&mut self, out: &mut Output) {
        if self.count > 0 {
            let hashes = sha1_of_blocks(self.blocks.each_ref());
            for (place, hash) in self.places.iter().zip(hashes).take(self.count) {
                out.replace(*place, &base64(&hash, STANDARD));
            }
            self.count = 0;
            self.settled = 0;
        }
    }
}

/// The alphabet of RFC 4648, section 4.
pub(crate) const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The alphabet of RFC 4648, section 5, whose text stands in an address as it is.
pub(crate) const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A hash in base64, padded.
pub(crate) fn base64(hash: &[u8; LEN], alphabet: &[u8; 64]) -> [u8; TEXT] {
    let mut whole = [0; LEN + 1];
    if let Some(place) = whole.first_chunk_mut() {
        *place = *hash;
    }
    let mut text = [b'='; TEXT];
    for (bytes, characters) in whole.as_chunks::<3>().0.iter().zip(text.as_chunks_mut::<4>().0) {
        let [first, second, third] = bytes.map(u32::from);
        let bits = first << 16 | second << 8 | third;
        *characters = [18, 12, 6, 0].map(|shift| alphabet[(bits >> shift & 63) as usize]);
    }
    // The last character would stand for bits beyond the hash.
    if let Some(last) = text.last_mut() {
        *last = b'=';
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
        for count in 0..10_u8 {
            let (mut out, mut hashes, mut expected) = (Output::new(), Hashes::default(), String::new());
            for index in 0..count {
                // A message of one byte, with its padding.
                let mut block = [0; BLOCK];
                (block[0], block[1], block[63]) = (index, 0x80, 8);
                expected += &format!("<{}>", general_purpose::STANDARD.encode(::sha1::Sha1::digest([index])));
                out.extend(b"<");
                hashes.wait(0, &[0; BLOCK]);
                hashes.retract();
                let len = hashes.wait(out.len(), &block);
                out.extend(&[b'?'; TEXT][..len]);
                out.extend(b">");
                hashes.settle(&mut out);
            }
            hashes.finish(&mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }

    #[test]
    fn both_alphabets() {
        let hash = [0xfb, 0xff, 0xbf, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17];
        assert_eq!(String::from_utf8_lossy(&base64(&hash, STANDARD)), general_purpose::STANDARD.encode(hash));
        assert_eq!(String::from_utf8_lossy(&base64(&hash, URL_SAFE)), general_purpose::URL_SAFE.encode(hash));
    }
}
