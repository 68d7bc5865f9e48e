//! What detection gives to whoever asks for the format of lines.

use super::Format;

/// A format that was read off lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inferred {
    /// What the lines tell.
    pub format: Format,
    /// What they leave open, in a sentence, and what to do about it.
    pub question: Option<String>,
}

/// The part of a log that a format is inferred from. These are all such bounds there are; a test compares those in `js/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Lines, at most.
    pub max_lines: usize,
    /// Bytes, at most.
    pub max_bytes: usize,
}

impl Bounds {
    /// The bounds of a parser's look-ahead, which buffers the lines: 2,000 lines and 1 MiB.
    pub const LOOK_AHEAD: Bounds = Bounds { max_lines: 2_000, max_bytes: 1024 * 1024 };

    /// The largest bounds that the JavaScript API and the command take: 100,000 lines and 64 MiB.
    #[cfg(feature = "detect")]
    pub const LARGEST: Bounds = Bounds { max_lines: 100_000, max_bytes: 64 * 1024 * 1024 };
}

/// 2,000 lines and 4 MiB.
impl Default for Bounds {
    fn default() -> Self {
        Bounds { max_lines: 2_000, max_bytes: 4 * 1024 * 1024 }
    }
}
