//! Decodes the value of a tag.

use crate::base::digits::hex;

/// Decodes each `%XX` of a tag's value and keeps all else, `+` included.
///
/// Returns `None` if nothing changes: there is no valid `%XX`, or the result is not UTF-8.
pub(crate) fn percent_decoded(token: &[u8]) -> Option<String> {
    memchr::memchr(b'%', token)?;
    let mut decoded = Vec::with_capacity(token.len());
    let mut rest = token;
    while let Some((&byte, after)) = rest.split_first() {
        let escape = match (byte, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                decoded.push(high << 4 | low);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push(byte);
                rest = after;
            }
        }
    }
    if decoded.len() == token.len() { None } else { String::from_utf8(decoded).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn tags_are_decoded_where_they_can_be() {
        let cases: &[(&str, Option<&str>)] = &[
            ("Team%20Blue%2FEU", Some("Team Blue/EU")),
            ("caf%C3%A9", Some("café")),
            ("caf%c3%a9", Some("café")),
            ("a+b", None),
            ("plain", None),
            ("100%", None),
            ("100%2", None),
            ("%zz%20", Some("%zz ")),
            ("%25%32%30", Some("%20")),
            ("%FF", None),
            ("%C3%28", None),
            ("%00%0A%22", Some("\0\n\"")),
        ];
        for (token, expected) in cases {
            assert_eq!(percent_decoded(token.as_bytes()).as_deref(), *expected, "{token}");
        }
    }
}
