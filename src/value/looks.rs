//! The shapes of texts: evidence for choosing between formats, never a reason to refuse a record.
//!
//! Source of the facts: the type, range and examples of each field in AWS's *Flow log records*.

use super::Kind;

impl Kind {
    /// True if a token that [`Kind::read`] accepts also looks like a value of this kind.
    pub(crate) fn looks_right(self, token: &[u8]) -> bool {
        if token == b"-" {
            return true;
        }
        let all = |allowed: fn(&u8) -> bool| token.iter().all(allowed);
        match self {
            Kind::Account => token == b"unknown" || (token.len() >= 10 && all(u8::is_ascii_digit)),
            // `tgw-attach-...` is not `tgw-...`: only letters and digits may follow the prefix.
            Kind::Id(prefix) => match token.strip_prefix(prefix.as_bytes()) {
                Some(rest) => !rest.is_empty() && rest.iter().all(u8::is_ascii_alphanumeric),
                None => false,
            },
            Kind::Arn => token.starts_with(b"arn:"),
            Kind::Name => !token.starts_with(b"arn:") && !is_cut_off(token),
            // A short number is not generated.
            Kind::Uid => {
                (token.len() >= SHORT_UID || token.iter().any(u8::is_ascii_alphabetic)) && Kind::Name.looks_right(token)
            }
            Kind::Region => is_region(token),
            Kind::AzId => is_az_id(token),
            Kind::Upper => all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_'),
            Kind::Lower => all(|byte| byte.is_ascii_lowercase() || *byte == b'_'),
            Kind::Camel => token.first().is_some_and(u8::is_ascii_uppercase) && all(u8::is_ascii_alphanumeric),
            Kind::Tag | Kind::Text => !is_cut_off(token),
            Kind::Integer { .. } | Kind::Address | Kind::Time | Kind::Word(_) => true,
        }
    }
}

/// The length of the short form of a generated identifier.
const SHORT_UID: usize = 12;

/// True if a text ends as an item of a list does: AWS writes these characters into no name, and encodes those of tags.
fn is_cut_off(token: &[u8]) -> bool {
    matches!(token.last(), Some(b',' | b';'))
}

/// True if a text is letters of a continent or country, words of which the last is a point of the compass, and a number:
/// `ap-southeast-2`, `us-gov-west-1`, `eusc-de-east-1`.
fn is_region(token: &[u8]) -> bool {
    let mut parts = token.split(|byte| *byte == b'-');
    let is_word = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_lowercase);
    let is_number = |part: &[u8]| matches!(part.len(), 1 | 2) && part.iter().all(u8::is_ascii_digit);
    let is_point = |part: &[u8]| POINTS.iter().any(|point| part.starts_with(point));
    let first = parts.next().is_some_and(|part| (2..=4).contains(&part.len()) && is_word(part));
    let number = parts.next_back().is_some_and(is_number);
    let last = parts.next_back().is_some_and(|part| is_word(part) && is_point(part));
    first && number && last && parts.clone().count() <= 2 && parts.all(is_word)
}

/// The starts of the last words of regions.
const POINTS: [&[u8]; 5] = [b"north", b"south", b"east", b"west", b"central"];

/// True if a text is an abbreviated region, a location if any, and a zone: `apse2-az3`, `usw2-lax1-az1`,
/// `use1-wl1-bos-wlz1`.
fn is_az_id(token: &[u8]) -> bool {
    let mut parts = token.split(|byte| *byte == b'-');
    let numbered = |part: &[u8]| {
        let letters = part.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let digits = part.len() - letters;
        let ends = part.get(letters..).is_some_and(|rest| rest.iter().all(u8::is_ascii_digit));
        (letters, digits, ends && letters > 0)
    };
    let first = parts.next().map(numbered).is_some_and(|(letters, digits, ends)| letters <= 5 && digits == 1 && ends);
    let zone = parts.next_back().is_some_and(|part| {
        let (_, digits, ends) = numbered(part);
        ends && matches!(digits, 1 | 2) && (part.starts_with(b"az") || part.starts_with(b"wlz"))
    });
    first && zone && parts.all(|part| numbered(part).2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg_attr(not(target_arch = "wasm32"), test)]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn shapes() {
        let fits: &[(Kind, &[&str], &[&str])] = &[
            (Kind::Account, &["123456789010", "001234567890", "unknown", "-"], &["6", "eni-1", "12345678901x"]),
            (Kind::Id("eni-"), &["eni-1235b8ca123456789", "-"], &["i-0123", "eni-", "eni"]),
            (Kind::Id("tgw-"), &["tgw-0abc"], &["tgw-attach-0abc"]),
            (Kind::Id("i-"), &["i-0c50d5961bcb2d47b"], &["eni-1235b8ca123456789"]),
            (
                Kind::Region,
                &["us-east-1", "us-gov-west-1", "ap-southeast-2", "eusc-de-east-1"],
                &["use1-az1", "OK", "db-proxy-9", "us-east", "tgw-attach-1", "a-b-1"],
            ),
            (
                Kind::AzId,
                &["apse2-az3", "use1-wl1-bos-wlz1", "usw2-lax1-az1"],
                &["us-east-1", "i-0123", "0a1b-2", "abc-12", "az1"],
            ),
            (Kind::Tag, &["Team%20Blue", "a,b", "-"], &["-;", "web,"]),
            (Kind::Text, &["subnet-1"], &["-,"]),
            (Kind::Upper, &["S3", "EC2_INSTANCE_CONNECT"], &["s3", "IPv4"]),
            (Kind::Lower, &["nat_gateway"], &["eni-1", "S3"]),
            (Kind::Arn, &["arn:aws:ecs:us-east-1:1:cluster/x"], &["x"]),
            (Kind::Name, &["my-cluster"], &["arn:aws:ecs:us-east-1:1:cluster/x"]),
            (
                Kind::Uid,
                &["65920fa69f83df30c675adcec1975f35", "1234567890abcdef", "container-1"],
                &["443", "2", "arn:aws:ecs:us-east-1:1:task/x"],
            ),
            (Kind::Camel, &["TransitGateway"], &["tgw-1"]),
        ];
        for (kind, right, wrong) in fits {
            for token in *right {
                assert!(kind.looks_right(token.as_bytes()), "{kind:?} {token}");
            }
            for token in *wrong {
                assert!(!kind.looks_right(token.as_bytes()), "{kind:?} {token}");
            }
        }
    }
}
