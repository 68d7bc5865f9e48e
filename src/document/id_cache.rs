//! The hashes of Community IDs: those of recent flows are cached, the others are computed four at a time. Such an ID gets an
//! offset in the output at once, and its text when four flows are pending, or when the output is about to be handed on.

use crate::base::base64::{STANDARD, TEXT, base64};
use crate::base::output::{Output, put};
use crate::base::sha1::{BLOCK, Pending, sha1_of_blocks};
use crate::base::slot::slot_of;
use crate::document::community_id::{Flow, FlowKey};

/// Cached flows, a power of two: some 150 kB, which stay in a processor's cache.
const FLOWS: usize = 2_048;

/// The most offsets of pending flows: one flow alone may be in any number of records.
const OFFSETS: usize = 64;

/// The hashes of recent flows, and those with offsets in the output, whose text is pending.
#[derive(Debug, Default)]
pub(crate) struct IdCache {
    known: Vec<Known>,
    pending: Pending<Entry>,
    /// The offsets in the output at which a pending flow's text goes, and the number of that flow.
    offsets: Vec<(usize, usize)>,
    /// The number of pending flows, and that of their offsets, in documents that are complete.
    settled: (usize, usize),
}

/// A flow and its hash.
#[derive(Clone, Copy, Debug)]
struct Known {
    key: FlowKey,
    text: [u8; TEXT],
}

/// A flow whose hash is pending.
#[derive(Clone, Copy, Debug)]
struct Entry {
    key: FlowKey,
    block: [u8; BLOCK],
}

impl Default for Entry {
    fn default() -> Entry {
        Entry { key: FlowKey::default(), block: [0; BLOCK] }
    }
}

/// Returns the cache slot of a flow.
#[inline]
fn slot_of_flow(key: &FlowKey) -> usize {
    slot_of::<FLOWS>(key.iter().copied())
}

impl IdCache {
    /// Writes the hash of a flow into a buffer at an offset, or adds it to those that are pending; returns the offset of its
    /// end.
    ///
    /// A document has one at most. When it is complete, [`IdCache::settle`] is called, and [`IdCache::retract`] when it is to
    /// be written again.
    #[inline]
    pub(crate) fn write(&mut self, flow: &Flow, buffer: &mut [u8], at: usize) -> usize {
        let key = flow.key();
        match self.known.get(slot_of_flow(&key)) {
            Some(known) if known.key == key => put(&known.text, buffer, at),
            _ => self.add(key, flow, at),
        }
    }

    /// Adds an offset of a flow that is not known: records of the same flow often follow each other.
    #[inline(never)]
    fn add(&mut self, key: FlowKey, flow: &Flow, at: usize) -> usize {
        let number = self.pending.entries().iter().position(|entry| entry.key == key).unwrap_or_else(|| {
            if let Some(entry) = self.pending.add() {
                *entry = Entry { key, block: flow.message(0).block };
            }
            self.pending.count() - 1
        });
        self.offsets.push((at, number));
        at + TEXT
    }

    /// Returns the number of offsets whose text is pending.
    #[inline]
    pub(crate) fn pending(&self) -> usize {
        self.offsets.len()
    }

    /// Keeps the pending hash of a document that is complete; hashes the pending ones when there are four.
    #[inline]
    pub(crate) fn settle(&mut self, out: &mut Output) {
        self.settled = (self.pending.count(), self.offsets.len());
        if self.pending.is_full() || self.offsets.len() == OFFSETS {
            self.finish(out);
        }
    }

    /// Drops the pending hash of a document that is not complete.
    pub(crate) fn retract(&mut self) {
        let (flows, offsets) = self.settled;
        self.pending.truncate(flows);
        self.offsets.truncate(offsets);
    }

    /// Writes the texts that are pending.
    pub(crate) fn finish(&mut self, out: &mut Output) {
        if self.pending.count() > 0 && self.known.is_empty() {
            // No flow has this key: not all of its bits are used.
            self.known.resize(FLOWS, Known { key: [u64::MAX; 5], text: [0; TEXT] });
        }
        let Self { known, offsets, .. } = self;
        self.pending.finish(
            |entries| sha1_of_blocks(entries.map(|entry| &entry.block)),
            |number, Entry { key, .. }, hash| {
                let text = base64(hash, STANDARD);
                for (offset, _) in offsets.iter().filter(|(_, flow)| *flow == number) {
                    out.replace(*offset, &text);
                }
                if let Some(known) = known.get_mut(slot_of_flow(key)) {
                    *known = Known { key: *key, text };
                }
            },
        );
        self.offsets.clear();
        self.settled = (0, 0);
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
        let (mut out, mut hashes, mut expected) = (Output::new(), IdCache::default(), String::new());
        // Flows that come again at once, after others have evicted them, and while they are pending.
        for index in (0..5_000_u32).chain(0..5_000).chain([7, 7, 8, 7, 9, 8, 9, 9]) {
            let [from, to] = [index / 3, index].map(|number| End::of(Value::V4(number.into()), b""));
            let flow = from.zip(to).and_then(|(from, to)| Flow::of_record([from, to], [443, (index % 2) as u16], 6));
            let Some(flow) = flow else { return assert!(flow.is_some()) };
            let message = flow.message(0);
            let hash = ::sha1::Sha1::digest(&message.block[..16]);
            expected += &format!("<{}>", general_purpose::STANDARD.encode(hash));
            out.extend(b"<");
            let at = out.len();
            let end = hashes.write(&flow, out.reserve(100), at);
            hashes.retract();
            assert_eq!(hashes.write(&flow, out.reserve(100), at), end);
            out.advance(end);
            out.extend(b">");
            hashes.settle(&mut out);
        }
        hashes.finish(&mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }
}
