//! Fingerprints of records: hashes of their text.

use crate::base::base64::{TEXT, URL_SAFE, base64};
use crate::base::output::Output;
use crate::base::sha1::{LANES, sha1};

/// Identifiers that have a place in the output, but no text yet: four texts are hashed together.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints {
    waiting: [(usize, Vec<u8>); LANES],
    count: usize,
}

impl Fingerprints {
    pub(crate) fn append(&mut self, text: &[u8], out: &mut Output) {
        if let Some((place, waiting)) = self.waiting.get_mut(self.count) {
            *place = out.len();
            waiting.clear();
            waiting.extend_from_slice(text);
            self.count += 1;
        }
        out.extend(&[b' '; FINGERPRINT]);
        if self.count == LANES {
            self.finish(out);
        }
    }

    /// Writes the texts that are missing.
    pub(crate) fn finish(&mut self, out: &mut Output) {
        if self.count > 0 {
            let text_of =
                |lane: usize| self.waiting.get(lane).filter(|_| lane < self.count).map_or(&[][..], |(_, text)| text);
            let hashes = sha1(std::array::from_fn(text_of));
            for ((place, _), hash) in self.waiting.iter().zip(hashes).take(self.count) {
                let text = base64(&hash, URL_SAFE);
                out.replace(*place, text.get(..FINGERPRINT).unwrap_or_default());
            }
            self.count = 0;
        }
    }
}

/// Bytes of a fingerprint: a hash in base64, without padding.
const FINGERPRINT: usize = TEXT - 1;
