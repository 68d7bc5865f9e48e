//! Checks of private parts, for the fuzz targets in `fuzz/`. They exist with `--cfg fuzzing` only.

#[cfg(feature = "detect")]
pub use crate::layers::check::peeling;

/// Asserts that vectors find in a text what integers and single bytes find: its first line, its tokens, its addresses.
pub fn backends(text: &[u8]) {
    crate::base::scan::check::tokens(text);
    crate::base::scan::check::blocks(text);
    text.split(|byte| matches!(byte, b' ' | b'\n')).for_each(crate::value::ipv4::check::token);
}
