//! A queue of messages that are hashed together, one in each lane.

use super::{LANES, LEN};

/// Messages that are not hashed yet, each with what its hash is for.
#[derive(Debug, Default)]
pub(crate) struct Pending<T> {
    entries: [T; LANES],
    count: usize,
}

impl<T> Pending<T> {
    /// Returns the number of pending messages.
    #[inline]
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// True if there is a message for each lane: they must be hashed before another is added.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.count == LANES
    }

    /// Returns the pending messages.
    #[inline]
    pub(crate) fn entries(&self) -> &[T] {
        self.entries.get(..self.count).unwrap_or_default()
    }

    /// Adds a message: returns the entry to fill in, which has the content of an earlier one, or `None` if all are taken.
    #[inline]
    pub(crate) fn add(&mut self) -> Option<&mut T> {
        let entry = self.entries.get_mut(self.count)?;
        self.count += 1;
        Some(entry)
    }

    /// Hashes the pending messages, hands each to `done` with its number and its hash, and empties the queue. In lanes
    /// without a pending message, `hash` gets entries with the content of earlier ones.
    #[inline]
    pub(crate) fn finish(
        &mut self,
        hash: impl FnOnce([&T; LANES]) -> [[u8; LEN]; LANES],
        mut done: impl FnMut(usize, &mut T, &[u8; LEN]),
    ) {
        if self.count > 0 {
            let hashes = hash(self.entries.each_ref());
            for (number, (entry, hash)) in self.entries.iter_mut().zip(&hashes).take(self.count).enumerate() {
                done(number, entry, hash);
            }
            self.count = 0;
        }
    }
}
