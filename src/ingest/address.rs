//! IP addresses in documents, as Elasticsearch reads them.

use std::net::IpAddr;

use super::failure::Failure;

/// Parses an address. An IPv4 address in IPv6 form (`::ffff:a.b.c.d`) becomes the IPv4 address.
pub(super) fn parse(text: &str) -> Result<IpAddr, Failure> {
    // A zone after `%` names the link, and is not part of the address.
    let address = match text.split_once('%') {
        Some((address, zone)) if address.contains(':') && !zone.is_empty() => address,
        _ => text,
    };
    let refused = || Failure::illegal_argument(format!("'{text}' is not an IP string literal."));
    address.parse::<IpAddr>().map(|address| address.to_canonical()).map_err(|_| refused())
}

/// True if an address is in a range such as `10.0.0.0/8`, or equals the address in the text.
pub(super) fn in_range(address: IpAddr, range: &str) -> Result<bool, Failure> {
    let Some((first, prefix)) = range.split_once('/') else {
        return Ok(parse(range)? == address);
    };
    let first = parse(first)?;
    let Ok(length) = prefix.parse::<u32>() else {
        return Err(Failure::illegal_argument(format!("Expected [ip/prefix] but was [{range}]")));
    };
    let most = if first.is_ipv4() { 32 } else { 128 };
    if length > most {
        let reason = format!(
            "Illegal prefix length [{length}] in [{range}]. Must be 0-32 for IPv4 ranges, 0-128 for IPv6 ranges"
        );
        return Err(Failure::illegal_argument(reason));
    }
    Ok(match (first, address) {
        (IpAddr::V4(first), IpAddr::V4(address)) => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            first.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V6(first), IpAddr::V6(address)) => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            first.to_bits() & mask == address.to_bits() & mask
        }
        _ => false,
    })
}
