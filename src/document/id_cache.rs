//! The hashes of Community IDs: those of flows met lately are remembered, the others are computed four at a time. Such
//! an ID gets a place in the output at once, and its text when four have come together, or when the output is about to be
//! handed on.

use crate::base::base64::{STANDARD, TEXT, base64};
use crate::base::output::{Output, put};
use crate::base::sha1::{BLOCK, LANES, sha1_of_blocks};
use crate::base::slot::place_of;
use crate::document::community_id::{Flow, FlowKey};

/// Flows that are remembered, a power of two: some 150 kB, which stay in a processor's cache.
const FLOWS: usize = 2_048;

/// The hashes of flows met lately, and those that have a place, but no text yet.
#[derive(Debug, Default)]
pub(crate) struct Hashes {
    known: Vec<Known>,
    waiting: [Waiting; LANES],
    /// How many wait.
    count: usize,
    /// How many of them are in documents that are whole.
    settled: usize,
}

/// A flow and its hash.
#[derive(Clone, Copy, Debug)]
struct Known {
    key: FlowKey,
    text: [u8; TEXT],
}

/// A flow whose hash has a place in the output.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    key: FlowKey,
    block: [u8; BLOCK],
    place: usize,
}

impl Default for Waiting {
    fn default() -> Waiting {
        Waiting { key: FlowKey::default(), block: [0; BLOCK], place: 0 }
    }
}

/// Where the hash of a flow is remembered.
#[inline]
fn place_of_flow(key: &FlowKey) -> usize {
    place_of::<FLOWS>(key.iter().copied())
}

impl Hashes {
    /// Writes the hash of a flow into a room from a place on, or lets it wait for that place; gives where it ends.
    ///
    /// There is one in a document; when that is whole, [`Hashes::settle`] is called, and [`Hashes::retract`] when it is
    /// to be written again.
    #[inline]
    pub(crate) fn write(&mut self, flow: &Flow, room: &mut [u8], at: usize) -> usize {
        let key = flow.key();
        match self.known.get(place_of_flow(&key)) {
            Some(known) if known.key == key => put(&known.text, room, at),
            _ => self.wait(key, flow, at),
        }
    }

    #[inline(never)]
    fn wait(&mut self, key: FlowKey, flow: &Flow, at: usize) -> usize {
        if let Some(free) = self.waiting.get_mut(self.count) {
            *free = Waiting { key, block: flow.message(0).block, place: at };
            self.count += 1;
        }
        at + TEXT
    }

    /// How many wait for their text.
    #[inline]
    pub(crate) fn waiting(&self) -> usize {
        self.count
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
            if self.known.is_empty() {
                // No flow has this key: not all of its bits are used.
                self.known.resize(FLOWS, Known { key: [u64::MAX; 5], text: [0; TEXT] });
            }
            let hashes = sha1_of_blocks(self.waiting.each_ref().map(|Waiting { block, .. }| block));
            for (Waiting { key, place, .. }, hash) in self.waiting.iter().zip(hashes).take(self.count) {
                let text = base64(&hash, STANDARD);
                out.replace(*place, &text);
                if let Some(known) = self.known.get_mut(place_of_flow(key)) {
                    *known = Known { key: *key, text };
                }
            }
            self.count = 0;
            self.settled = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use ::sha1::Digest as _;
    use base64::Engine as _;
    use base64::engine::general_purpose;

    use super::*;
    use crate::document::community_id::End;
    use crate::value::Value;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn each_hash_comes_to_its_place() {
        let (mut out, mut hashes, mut expected) = (Output::new(), Hashes::default(), String::new());
        // Flows that come again at once, after others have driven them out, and while they wait.
        for index in (0..5_000_u32).chain(0..5_000).chain([7, 7, 8, 7, 9, 8, 9, 9]) {
            let [from, to] = [index / 3, index].map(|number| End::of(Value::V4(number.into()), b""));
            let flow = from.zip(to).and_then(|(from, to)| Flow::of_record([from, to], [443, (index % 2) as u16], 6));
            let Some(flow) = flow else { return assert!(flow.is_some()) };
            let message = flow.message(0);
            let hash = ::sha1::Sha1::digest(&message.block[..16]);
            expected += &format!("<{}>", general_purpose::STANDARD.encode(hash));
            out.extend(b"<");
            let at = out.len();
            let end = hashes.write(&flow, out.room(100), at);
            hashes.retract();
            assert_eq!(hashes.write(&flow, out.room(100), at), end);
            out.advance(end);
            out.extend(b">");
            hashes.settle(&mut out);
        }
        hashes.finish(&mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }
}
