//! Inferred formats, and the bounds of the samples that they are inferred from.

use super::Format;

/// A format that was inferred from lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inferred {
    /// The likeliest format.
    pub format: Format,
    /// A sentence on the columns that the lines leave open, with advice; `None` if the format is settled.
    pub problem: Option<String>,
}

/// The part of a log that a format is inferred from. These are all such bounds there are; a test compares those in
/// `js/`.
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
