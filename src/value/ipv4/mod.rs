//! Reads a whole IPv4 address from a block of sixteen bytes. As in `base/scan/`, `scalar.rs` works everywhere, and
//! `simd128.rs` computes the same with vector instructions where the module is compiled with them.

#[cfg(any(test, fuzzing))]
pub(crate) mod check;
#[cfg_attr(all(target_arch = "wasm32", target_feature = "simd128"), allow(dead_code))]
mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use scalar::read;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128::read;

use crate::base::span::Span;

/// The length of a block in bytes.
const BLOCK: usize = 16;

/// The length of the longest address in bytes.
const LONGEST: usize = "255.255.255.255".len();

/// Reads a token as an address. Returns `None` for anything else, and near the end of the text.
#[inline(always)]
pub(crate) fn at(text: &[u8], span: Span) -> Option<u32> {
    let len = span.end - span.start;
    if len > LONGEST {
        return None;
    }
    read(text.get(span.start..)?.first_chunk::<BLOCK>()?, len)
}

#[cfg(test)]
mod tests {
    use super::check::token as check;
    use super::*;

    /// The step between the cases that are checked: in Miri, which is slow, some of them are.
    const STEP: usize = if cfg!(miri) { 13 } else { 1 };

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn every_octet_in_every_place() {
        for number in (0..1_100).step_by(STEP) {
            for octet in [format!("{number}"), format!("{number:03}")] {
                for rest in ["0", "7", "10", "255"] {
                    for place in 0..4 {
                        let octets: Vec<&str> = (0..4).map(|each| if each == place { &octet } else { rest }).collect();
                        let token = octets.join(".");
                        if token.len() <= LONGEST {
                            check(token.as_bytes());
                        }
                    }
                }
            }
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn every_byte_in_every_place() {
        for token in ["1.2.3.4", "10.20.30.40", "255.255.255.255", "192.0.2.1"] {
            for place in 0..token.len() {
                for byte in (0..=255).step_by(STEP) {
                    let mut changed = token.as_bytes().to_vec();
                    changed[place] = byte;
                    check(&changed);
                }
            }
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn what_is_no_address() {
        for token in
            ["", ".", "1", "-", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "...", "1.2.3.4.5", "1.2.3.4.", "::1", "fe80::1"]
        {
            check(token.as_bytes());
        }
        assert_eq!(at(b"192.0.2.10", Span { start: 0, end: 10 }), None, "near the end of the text");
        assert_eq!(at(b"x 192.0.2.10 and more", Span { start: 2, end: 12 }), Some(0xc000_020a));
    }
}
