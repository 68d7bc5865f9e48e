//! The look-ahead: lines without a header and a documented layout are buffered until there are enough of them to infer
//! their format.

use crate::format::Format;
use crate::format::inferred::{Bounds, Inferred};

/// The number of lines from which on an unsettled format is one error, rather than one for each line.
const ENOUGH_LINES: usize = 5;

/// The state of the look-ahead.
#[derive(Debug, Default)]
pub(super) enum LookAhead {
    /// So far, every line had a format.
    #[default]
    NotNeeded,
    /// Lines are buffered.
    Pending(Pending),
    /// The format has been inferred, or could not be.
    Done,
}

/// Buffered lines.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// The lines with their line ends.
    pub(super) lines: Vec<u8>,
    /// The number of them.
    count: usize,
}

impl LookAhead {
    /// True if no line has been buffered yet.
    #[inline]
    pub(super) fn may_start(&self) -> bool {
        matches!(self, LookAhead::NotNeeded)
    }

    /// Starts to buffer lines.
    pub(super) fn start(&mut self) {
        *self = LookAhead::Pending(Pending::default());
    }

    /// Ends the look-ahead and returns the buffered lines; `None` if it had not started, which it may yet do.
    pub(super) fn end(&mut self) -> Option<Pending> {
        match std::mem::replace(self, LookAhead::Done) {
            LookAhead::Pending(pending) => Some(pending),
            other => {
                *self = other;
                None
            }
        }
    }
}

impl Pending {
    /// Buffers a line. True if no more lines are needed.
    pub(super) fn push(&mut self, line: &[u8]) -> bool {
        self.lines.extend_from_slice(line);
        self.lines.push(b'\n');
        self.count += 1;
        self.count >= Bounds::LOOK_AHEAD.max_lines || self.lines.len() >= Bounds::LOOK_AHEAD.max_bytes
    }

    /// Returns the format that was inferred; `None` if each line is to be read for itself, with its own error.
    ///
    /// # Errors
    /// The problem that the lines leave open. A few lines, or lines after records of a documented layout, are
    /// exceptions, and nothing is asked about them.
    pub(super) fn settle(&self, inferred: Option<Inferred>, is_after_records: bool) -> Result<Option<Format>, String> {
        match inferred {
            Some(Inferred { format, problem: None }) => Ok(Some(format)),
            Some(Inferred { problem: Some(problem), .. }) if self.count >= ENOUGH_LINES && !is_after_records => {
                Err(problem)
            }
            _ => Ok(None),
        }
    }
}
