//! The buffer that documents are appended to.

use std::ops::Deref;

/// Bytes that a copy may touch beyond the end of what it writes.
pub(crate) const SLACK: usize = 16;

/// A buffer of bytes that is made once and used again and again.
///
/// It reads as a slice of bytes. What [`Output::clear`] forgets stays allocated, so a parser that is given the same
/// buffer for each piece of its input allocates nothing once the buffer is large enough.
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
    /// Of these, the first `len` are the output. All are initialised, so that blocks of sixteen can be copied without a
    /// look at how many of them count.
    bytes: Vec<u8>,
    len: usize,
}

impl Output {
    /// An empty buffer.
    pub fn new() -> Output {
        Output::default()
    }

    /// Forgets what was appended.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// What was appended, as a vector of its own.
    pub fn into_vec(mut self) -> Vec<u8> {
        self.bytes.truncate(self.len);
        self.bytes
    }

    /// Makes room for so many bytes.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        let needed = self.len.saturating_add(bytes).saturating_add(SLACK);
        if needed > self.bytes.len() {
            self.bytes.resize(needed.max(self.bytes.len() * 2), 0);
        }
    }

    /// Appends a byte.
    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        self.push_array(&[byte]);
    }

    /// Appends a few bytes.
    #[inline]
    pub(crate) fn push_array<const N: usize>(&mut self, bytes: &[u8; N]) {
        match self.bytes.get_mut(self.len..).and_then(<[u8]>::first_chunk_mut::<N>) {
            Some(place) => {
                *place = *bytes;
                self.len += N;
            }
            None => self.extend(bytes),
        }
    }

    /// Appends a text that is mostly shorter than a vector.
    #[inline]
    pub(crate) fn push_small(&mut self, text: &[u8]) {
        match self.bytes.get_mut(self.len..self.len + text.len()) {
            Some(place) => {
                for (to, from) in place.iter_mut().zip(text) {
                    *to = *from;
                }
                self.len += text.len();
            }
            None => self.extend(text),
        }
    }

    /// Appends bytes, and makes room for them.
    #[cold]
    #[inline(never)]
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        if let Some(place) = self.bytes.get_mut(self.len..self.len + bytes.len()) {
            place.copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    /// Appends a part of a text, for which there is room: in blocks of sixteen bytes, which costs least when the text
    /// goes on for some bytes after the part.
    #[inline]
    pub(crate) fn push_part(&mut self, text: &[u8], start: usize, end: usize) {
        let mut from = start;
        let mut to = self.len;
        while from < end {
            let source = text.get(from..).and_then(<[u8]>::first_chunk::<SLACK>);
            let place = self.bytes.get_mut(to..).and_then(<[u8]>::first_chunk_mut::<SLACK>);
            match (source, place) {
                (Some(source), Some(place)) => *place = *source,
                _ => return self.push_last_part(text, from, end, to),
            }
            from += SLACK;
            to += SLACK;
        }
        self.len += end - start;
    }

    /// The end of a part, near the end of its text.
    #[cold]
    fn push_last_part(&mut self, text: &[u8], start: usize, end: usize, at: usize) {
        self.len = at;
        self.extend(text.get(start..end).unwrap_or_default());
    }

    /// Makes capitals of ASCII small, from a place on.
    pub(crate) fn make_lower(&mut self, start: usize) {
        if let Some(part) = self.bytes.get_mut(start..self.len) {
            part.iter_mut().for_each(|byte| byte.make_ascii_lowercase());
        }
    }

    /// Puts bytes in the place of others.
    pub(crate) fn replace(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.bytes.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    /// Takes the last bytes back.
    pub(crate) fn retract(&mut self, bytes: usize) {
        self.len = self.len.saturating_sub(bytes);
    }
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

    #[test]
    fn parts_are_copied_whole_wherever_they_end() {
        let text: Vec<u8> = (0..100).collect();
        for start in 0..text.len() {
            for end in start..=text.len() {
                let mut out = Output::new();
                out.extend(b"<");
                out.reserve(end - start + 1);
                out.push_part(&text, start, end);
                out.push(b'>');
                assert_eq!(*out, [b"<", &text[start..end], b">"].concat());
            }
        }
    }

    #[test]
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
