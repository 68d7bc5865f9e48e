//! Checks of private parts, for the fuzz targets in `fuzz/`. They exist with `--cfg fuzzing` only.

#[cfg(feature = "detect")]
pub use crate::layers::check::peeling;

/// Asserts that vectors find in a text what integers and single bytes find: its first line, its tokens, its addresses.
pub fn backends(text: &[u8]) {
    crate::base::scan::check::tokens(text);
    for bytes in text.chunks(64) {
        let mut block = [b'\n'; 64];
        for (to, from) in block.iter_mut().zip(bytes) {
            *to = *from;
        }
        crate::base::scan::check::block(&block);
    }
    text.split(|byte| matches!(byte, b' ' | b'\n')).for_each(crate::value::ipv4::check::token);
}
