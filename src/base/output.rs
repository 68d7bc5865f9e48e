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

    /// All of the buffer, with room for so many bytes after what was appended.
    pub(crate) fn room(&mut self, bytes: usize) -> &mut [u8] {
        let needed = self.len.saturating_add(bytes).saturating_add(SLACK);
        if needed > self.bytes.len() {
            // Twice as much, but not for buffers that are large already.
            let more = self.bytes.len().min(256 * 1024 * 1024);
            self.bytes.resize(needed.max(self.bytes.len() + more), 0);
        }
        &mut self.bytes
    }

    /// Takes what was written into the room as appended, up to a place.
    pub(crate) fn advance(&mut self, end: usize) {
        self.len = end.min(self.bytes.len());
    }

    /// Appends bytes.
    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        let at = self.len;
        let end = put_bytes(bytes, self.room(bytes.len()), at);
        self.advance(end);
    }

    /// Puts bytes in the place of others.
    pub(crate) fn replace(&mut self, at: usize, bytes: &[u8]) {
        put_bytes(bytes, &mut self.bytes, at);
    }
}

/// Copies a part of a text into a room from a place on, and gives where it ends; beyond the room, if it did not fit.
///
/// It copies blocks of sixteen bytes, which costs least where both go on for some bytes after the part.
#[inline(always)]
pub(crate) fn copy(text: &[u8], start: usize, end: usize, room: &mut [u8], at: usize) -> usize {
    let (mut from, mut to) = (start, at);
    while from < end {
        let source = text.get(from..).and_then(<[u8]>::first_chunk::<SLACK>);
        let place = room.get_mut(to..).and_then(<[u8]>::first_chunk_mut::<SLACK>);
        match (source, place) {
            (Some(source), Some(place)) => *place = *source,
            _ => return put_bytes(text.get(from..end).unwrap_or_default(), room, to),
        }
        from += SLACK;
        to += SLACK;
    }
    at + (end - start)
}

/// Writes the first bytes of a block into a room from a place on, and gives where they end; beyond the room, if the block
/// did not fit.
#[inline(always)]
pub(crate) fn put_block<const N: usize>(block: &[u8; N], len: usize, room: &mut [u8], at: usize) -> usize {
    match room.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<N>) {
        Some(place) => {
            *place = *block;
            at + len
        }
        None => (at + N).max(room.len() + 1),
    }
}

/// Writes a few bytes into a room from a place on, and gives where they end; beyond the room, if they did not fit.
#[inline(always)]
pub(crate) fn put<const N: usize>(bytes: &[u8; N], room: &mut [u8], at: usize) -> usize {
    if let Some(place) = room.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<N>) {
        *place = *bytes;
    }
    at + N
}

/// The same, of any bytes.
#[inline(never)]
pub(crate) fn put_bytes(bytes: &[u8], room: &mut [u8], at: usize) -> usize {
    let end = at + bytes.len();
    if let Some(place) = room.get_mut(at..end) {
        place.copy_from_slice(bytes);
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
                let mut room = [0; 120];
                put(b"<", &mut room, 0);
                let after = copy(&text, start, end, &mut room, 1);
                assert_eq!(put(b">", &mut room, after), end - start + 2);
                assert_eq!(room[..end - start + 2], *[b"<", &text[start..end], b">"].concat());
            }
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn what_does_not_fit_is_said_to_end_beyond_the_room() {
        let mut room = [b'.'; 8];
        assert_eq!(copy(b"0123456789", 0, 10, &mut room, 2), 12);
        assert_eq!(put(b"abc", &mut room, 6), 9);
        assert_eq!(put_bytes(b"abc", &mut room, 20), 23);
        assert_eq!(&room, b"........");
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
