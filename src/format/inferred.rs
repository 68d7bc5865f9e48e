//! What detection gives to whoever asks for the format of lines.

use super::Format;

/// A format that was read off lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOff {
    /// What the lines tell.
    pub format: Format,
    /// What they leave open, in a sentence, and what to do about it.
    pub question: Option<String>,
}

/// Lines and bytes that are held back at most to read a format off.
pub(crate) const LOOK_AHEAD_LINES: usize = 2_000;
/// See [`LOOK_AHEAD_LINES`].
pub(crate) const LOOK_AHEAD_BYTES: usize = 1024 * 1024;
