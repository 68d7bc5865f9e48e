//! Hashes in base64.

use crate::base::sha1::LEN;

/// The length of a hash in base64, in bytes.
pub(crate) const TEXT: usize = "LQU9qZlK+B5F3KDmev6m5PMibrg=".len();

/// The alphabet of RFC 4648, section 4.
pub(crate) const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The alphabet of RFC 4648, section 5, whose text needs no escapes in a URL.
pub(crate) const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encodes a hash in base64, padded.
pub(crate) fn base64(hash: &[u8; LEN], alphabet: &[u8; 64]) -> [u8; TEXT] {
    let mut whole = [0; LEN + 1];
    if let Some(target) = whole.first_chunk_mut() {
        *target = *hash;
    }
    let mut text = [b'='; TEXT];
    for (bytes, characters) in whole.as_chunks::<3>().0.iter().zip(text.as_chunks_mut::<4>().0) {
        let [first, second, third] = *bytes;
        let bits = u32::from_be_bytes([0, first, second, third]);
        let character = |shift: u32| alphabet[(bits >> shift & 63) as usize];
        *characters = [character(18), character(12), character(6), character(0)];
    }
    // The last character encodes no bits of the hash.
    if let Some(last) = text.last_mut() {
        *last = b'=';
    }
    text
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose;

    use super::*;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn both_alphabets() {
        let hash = [0xfb, 0xff, 0xbf, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17];
        assert_eq!(String::from_utf8_lossy(&base64(&hash, STANDARD)), general_purpose::STANDARD.encode(hash));
        assert_eq!(String::from_utf8_lossy(&base64(&hash, URL_SAFE)), general_purpose::URL_SAFE.encode(hash));
    }
}
