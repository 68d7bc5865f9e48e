//! The hashes of Community IDs: those of recent flows are cached, the others are computed four at a time. Such an ID gets an
//! offset in the output at once, and its text when four flows are pending, or when the output is about to be handed on.

use crate::base::base64::{STANDARD, TEXT, base64};
use crate::base::output::Output;
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
    /// The flow whose ID is blank in the record that is being written.
    next: Option<Flow>,
}

/// A flow and its ID.
#[derive(Clone, Copy, Debug)]
struct Known {
    key: FlowKey,
    text: [u8; BLOCK_OF_ID],
}

/// The length of an ID in bytes: the version, a colon, and a hash.
pub(super) const ID: usize = 2 + TEXT;

/// The length of a block with an ID, which is copied at once.
const BLOCK_OF_ID: usize = 32;

/// The block of an ID that is not known.
const BLANK: [u8; BLOCK_OF_ID] = *b"1:                              ";

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

/// True if two keys are equal. It takes all words at once, which is less than a call.
#[inline(always)]
fn is_same(left: &FlowKey, right: &FlowKey) -> bool {
    left.iter().zip(right).fold(0, |differences, (left, right)| differences | (left ^ right)) == 0
}

impl IdCache {
    /// Returns the ID of a flow in a block. It is blank if the flow is not known: then the flow becomes the next one, whose
    /// offset [`IdCache::add`] adds.
    #[inline(always)]
    pub(super) fn find(&mut self, flow: &Flow) -> &[u8; BLOCK_OF_ID] {
        let key = flow.key();
        match self.known.get(slot_of_flow(&key)) {
            Some(known) if is_same(&known.key, &key) => &known.text,
            _ => {
                self.next = Some(*flow);
                &BLANK
            }
        }
    }

    /// True if the ID that was found last is blank, and has no offset yet.
    #[inline(always)]
    pub(super) fn is_blank(&self) -> bool {
        self.next.is_some()
    }

    /// Adds the offset of the ID that is blank, whose text goes there when it is hashed. Records of the same flow often
    /// follow each other, so it may be pending already.
    #[inline(never)]
    pub(super) fn add(&mut self, offset: usize, out: &mut Output) {
        let Some(flow) = self.next.take() else { return };
        let key = flow.key();
        let number = self.pending.entries().iter().position(|entry| entry.key == key).unwrap_or_else(|| {
            if let Some(entry) = self.pending.add() {
                *entry = Entry { key, block: flow.message(0).block };
            }
            self.pending.count() - 1
        });
        self.offsets.push((offset, number));
        if self.pending.is_full() || self.offsets.len() == OFFSETS {
            self.finish(out);
        }
    }

    /// Writes the texts that are pending.
    pub(crate) fn finish(&mut self, out: &mut Output) {
        if self.pending.count() > 0 && self.known.is_empty() {
            // No flow has this key: not all of its bits are used.
            self.known.resize(FLOWS, Known { key: [u64::MAX; 5], text: BLANK });
        }
        let Self { known, offsets, .. } = self;
        self.pending.finish(
            |entries| sha1_of_blocks(entries.map(|entry| &entry.block)),
            |number, Entry { key, .. }, hash| {
                let mut text = BLANK;
                if let Some(digits) = text.get_mut(2..).and_then(<[u8]>::first_chunk_mut::<TEXT>) {
                    *digits = base64(hash, STANDARD);
                }
                for (offset, _) in offsets.iter().filter(|(_, flow)| *flow == number) {
                    out.replace(*offset, text.get(..ID).unwrap_or_default());
                }
                if let Some(known) = known.get_mut(slot_of_flow(key)) {
                    *known = Known { key: *key, text };
                }
            },
        );
        self.offsets.clear();
    }
}

#[cfg(test)]
mod tests {
    use ::sha1::Digest as _;
    use base64::Engine as _;
    use base64::engine::general_purpose;

    use super::*;
    use crate::document::community_id::End;
    use crate::value::Address;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn each_id_comes_to_its_offset() {
        let (mut out, mut ids, mut expected) = (Output::new(), IdCache::default(), String::new());
        // Flows that come again at once, after others have evicted them, and while they are pending.
        for index in (0..5_000_u32).chain(0..5_000).chain([7, 7, 8, 7, 9, 8, 9, 9]).chain([8_000; 200]) {
            let [from, to] = [index / 3, index].map(|number| End::from(Address { number: number.into(), is_v4: true }));
            let flow = Flow::of_record([from, to], [443, (index % 2) as u16], 6);
            let Some(flow) = flow else { return assert!(flow.is_some()) };
            let message = flow.message(0);
            let hash = ::sha1::Sha1::digest(&message.block[..16]);
            expected += &format!("<1:{}>", general_purpose::STANDARD.encode(hash));
            out.extend(b"<");
            let at = out.len();
            out.extend(&ids.find(&flow)[..ID]);
            out.extend(b">");
            if ids.is_blank() {
                ids.add(at, &mut out);
            }
        }
        ids.finish(&mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }
}
