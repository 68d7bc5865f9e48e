//! A check of both readers against the standard library, for the tests and the fuzz targets.

use std::net::Ipv4Addr;

use super::{LONGEST, read, scalar};

/// Asserts that a token is the address that the standard library reads, which refuses leading zeros, too. Longer tokens than
/// addresses are not read.
pub fn token(token: &[u8]) {
    if token.len() > LONGEST {
        return;
    }
    let expected = std::str::from_utf8(token).ok().and_then(|text| text.parse().ok()).map(|v4: Ipv4Addr| u32::from(v4));
    for after in [" 1.2.3.4 1.2.3.4", "................", "0000000000000000"] {
        let text = [token, after.as_bytes()].concat();
        for reader in [scalar::read, read] {
            let found = text.first_chunk().map(|block| reader(block, token.len()));
            assert_eq!(found, Some(expected), "{:?}", String::from_utf8_lossy(token));
        }
    }
}
