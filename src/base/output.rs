//! The buffer to which documents are appended.

use std::ops::Deref;

/// The number of bytes that a copy may touch beyond the end of its output.
pub(crate) const SLACK: usize = 16;

/// A growable buffer of bytes, made once and reused.
///
/// It dereferences to a slice of bytes. [`Output::clear`] keeps the allocation: a parser that gets the same buffer for
/// each chunk of its input soon allocates nothing.
///
/// ```
/// use vpcflow_ecs::{Options, Output, Parser};
///
/// let mut parser = Parser::new(Options::default())?;
/// let mut out = Output::new();
/// for piece in ["version srcaddr dstaddr\n2 192.0.2.1 ", "192.0.2.2\n"] {
///     out.clear();
///     parser.push(piece.as_bytes(), &mut out, &mut |_| {})?;
/// }
/// assert!(out.starts_with(b"{") && out.ends_with(b"}\n"));
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The bytes, of which the first `len` are the output. All are initialised, so that a copy may write whole blocks of
    /// sixteen bytes, however few of them count.
    bytes: Vec<u8>,
    len: usize,
}

impl Output {
    /// Makes an empty buffer.
    pub fn new() -> Output {
        Output::default()
    }

    /// Empties the buffer and keeps its allocation.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Returns the output as a vector.
    pub fn into_vec(mut self) -> Vec<u8> {
        self.bytes.truncate(self.len);
        self.bytes
    }

    /// Returns the whole buffer, with space for at least this many bytes after the output.
    #[inline(always)]
    pub(crate) fn reserve(&mut self, bytes: usize) -> &mut [u8] {
        let needed = self.len.saturating_add(bytes).saturating_add(SLACK);
        if needed > self.bytes.len() {
            self.grow(needed);
        }
        &mut self.bytes
    }

    /// Makes the buffer at least as long as needed.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, needed: usize) {
        // Doubles the buffer, unless it is large already.
        let more = self.bytes.len().min(256 * 1024 * 1024);
        let len = needed.max(self.bytes.len() + more);
        if self.bytes.is_empty() {
            // New memory is zeros already, which a system gives without writing them.
            self.bytes = vec![0; len];
        } else {
            self.bytes.resize(len, 0);
        }
    }

    /// Extends the output up to an offset.
    pub(crate) fn advance(&mut self, end: usize) {
        self.len = end.min(self.bytes.len());
    }

    /// Appends bytes.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let at = self.len;
        let end = put_bytes(bytes, self.reserve(bytes.len()), at);
        self.advance(end);
    }

    /// Appends a line feed.
    #[inline(always)]
    pub(crate) fn end_line(&mut self) {
        let at = self.len;
        let end = put(b"\n", self.reserve(1), at);
        self.advance(end);
    }

    /// Overwrites bytes of the output from an offset on.
    pub(crate) fn replace(&mut self, at: usize, bytes: &[u8]) {
        put_bytes(bytes, &mut self.bytes, at);
    }
}

/// Copies a part of a text into a buffer from an offset on, and returns the offset of its end.
///
/// That offset is beyond the buffer if the part did not fit. The copy goes by blocks of sixteen bytes, and is fastest
/// where text and buffer continue for some bytes after the part.
#[inline(always)]
pub(crate) fn copy(text: &[u8], start: usize, end: usize, buffer: &mut [u8], at: usize) -> usize {
    let (mut from, mut to) = (start, at);
    while from < end {
        let source = text.get(from..).and_then(<[u8]>::first_chunk::<SLACK>);
        let target = buffer.get_mut(to..).and_then(<[u8]>::first_chunk_mut::<SLACK>);
        match (source, target) {
            (Some(source), Some(target)) => *target = *source,
            _ => return put_bytes(text.get(from..end).unwrap_or_default(), buffer, to),
        }
        from += SLACK;
        to += SLACK;
    }
    at + (end - start)
}

/// Writes a fixed number of bytes into a buffer from an offset on, and returns the offset of their end.
///
/// That offset is beyond the buffer if they did not fit.
#[inline(always)]
pub(crate) fn put<const N: usize>(bytes: &[u8; N], buffer: &mut [u8], at: usize) -> usize {
    if let Some(target) = buffer.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<N>) {
        *target = *bytes;
    }
    at + N
}

/// Writes any number of bytes, as [`put`] does.
#[inline(never)]
pub(crate) fn put_bytes(bytes: &[u8], buffer: &mut [u8], at: usize) -> usize {
    let end = at + bytes.len();
    if let Some(target) = buffer.get_mut(at..end) {
        target.copy_from_slice(bytes);
    }
    end
}

impl Deref for Output {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Output {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn parts_are_copied_whole_wherever_they_end() {
        let text: Vec<u8> = (0..100).collect();
        for start in 0..text.len() {
            for end in start..=text.len() {
                let mut buffer = [0; 120];
                put(b"<", &mut buffer, 0);
                let after = copy(&text, start, end, &mut buffer, 1);
                assert_eq!(put(b">", &mut buffer, after), end - start + 2);
                assert_eq!(buffer[..end - start + 2], *[b"<", &text[start..end], b">"].concat());
            }
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn what_does_not_fit_is_said_to_end_beyond_the_room() {
        let mut buffer = [b'.'; 8];
        assert_eq!(copy(b"0123456789", 0, 10, &mut buffer, 2), 12);
        assert_eq!(put(b"abc", &mut buffer, 6), 9);
        assert_eq!(put_bytes(b"abc", &mut buffer, 20), 23);
        assert_eq!(&buffer, b"........");
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn what_is_cleared_is_written_over() {
        let mut out = Output::new();
        out.extend(b"0123456789");
        out.replace(2, b"ab");
        assert_eq!(&*out, b"01ab456789");
        out.clear();
        out.extend(b"x");
        assert_eq!(out.into_vec(), b"x");
    }
}
