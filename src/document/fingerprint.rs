//! Fingerprints of records: hashes of their text.

use crate::base::base64::{TEXT, URL_SAFE, base64};
use crate::base::output::Output;
use crate::base::sha1::{Pending, sha1};

/// Fingerprints with an offset in the output, whose text is pending.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints {
    pending: Pending<Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    offset: usize,
    /// The record; empty when it is hashed.
    record: Vec<u8>,
}

impl Fingerprints {
    /// Appends the fingerprint of a record, as blanks until it is hashed.
    pub(crate) fn append(&mut self, record: &[u8], out: &mut Output) {
        if let Some(entry) = self.pending.add() {
            entry.offset = out.len();
            entry.record.extend_from_slice(record);
        }
        out.extend(&[b' '; FINGERPRINT]);
        if self.pending.is_full() {
            self.finish(out);
        }
    }

    /// Writes the fingerprints that are pending.
    pub(crate) fn finish(&mut self, out: &mut Output) {
        self.pending.finish(
            |entries| sha1(entries.map(|entry| entry.record.as_slice())),
            |_, entry, hash| {
                let text = base64(hash, URL_SAFE);
                out.replace(entry.offset, text.get(..FINGERPRINT).unwrap_or_default());
                entry.record.clear();
            },
        );
    }
}

/// Bytes of a fingerprint: a hash in base64, without padding.
const FINGERPRINT: usize = TEXT - 1;
