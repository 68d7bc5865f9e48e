//! Octet by octet, each in an integer of four bytes.

use super::BLOCK;

/// Reads the first `len` bytes of a block, 15 at most, as an address.
pub(super) fn read(block: &[u8; BLOCK], len: usize) -> Option<u32> {
    let mut at = 0;
    let mut address = 0;
    for place in 0..4 {
        let four = u32::from_le_bytes(*block.get(at..)?.first_chunk::<4>()?);
        // An octet ends at the next dot, and the last one at the end of the token.
        let other = four ^ 0x2e2e_2e2e;
        let dots = other.wrapping_sub(0x0101_0101) & !other & 0x8080_8080;
        let octet_len = if place == 3 { len.checked_sub(at)? as u32 } else { dots.trailing_zeros() / 8 };
        if !(1..=3).contains(&octet_len) {
            return None;
        }
        let values = (four ^ 0x3030_3030) << (32 - 8 * octet_len);
        let number = (values >> 8 & 0xff) * 100 + (values >> 16 & 0xff) * 10 + (values >> 24);
        let are_digits = (values | values.wrapping_add(0x0606_0606)) & 0xf0f0_f0f0 == 0;
        let has_zero = octet_len > 1 && four & 0xff == u32::from(b'0');
        if !are_digits || number > 255 || has_zero {
            return None;
        }
        address = address << 8 | number;
        at += octet_len as usize + 1;
    }
    Some(address)
}
