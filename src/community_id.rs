//! The Community ID of a flow: a hash by which different tools name the same flow. Version 1, seed 0.
//!
//! Source: the Community ID flow hashing specification, and how the `community_id` processor of Elasticsearch applies
//! it to events without an ICMP type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use crate::value::Value;

/// Bytes of a rendered ID.
const LEN: usize = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=".len();

const ICMP: u8 = 1;
const ICMP6: u8 = 58;
const TCP: u8 = 6;
const UDP: u8 = 17;
const SCTP: u8 = 132;

/// The ID, e.g. `1:LQU9qZlK+B5F3KDmev6m5PMibrg=`, or `None` if an address is missing or the protocol is 255.
///
/// A missing port counts as 0. A flow log has no ICMP type, which counts as type 0: for IPv4 that is an echo reply, whose
/// partner is type 8; for IPv6 it has no partner, so the flow is one-way. Hence the two directions of an ICMP exchange
/// have different IDs, as they have in Elasticsearch.
pub(crate) fn community_id(source: Value, destination: Value, ports: (u16, u16), protocol: u8) -> Option<[u8; LEN]> {
    let (ports, one_way) = match protocol {
        255 => return None,
        ICMP => (Some((0, 8)), false),
        ICMP6 => (Some((0, 0)), true),
        TCP | UDP | SCTP => (Some(ports), false),
        _ => (None, false),
    };
    let source = (number(source)?, source);
    let destination = (number(destination)?, destination);
    let (low_port, high_port) = ports.unwrap_or_default();
    let in_order = one_way || (source.0, low_port) <= (destination.0, high_port);
    let (first, second) = if in_order { (source.1, destination.1) } else { (destination.1, source.1) };

    let mut hash = Sha1::new_with_prefix([0, 0]); // the seed
    for address in [first, second] {
        match collapsed(address) {
            Value::V4(v4) => hash.update(v4.to_be_bytes()),
            Value::V6(v6) => hash.update(v6.to_be_bytes()),
            _ => return None,
        }
    }
    hash.update([protocol, 0]);
    if ports.is_some() {
        let (first, second) = if in_order { (low_port, high_port) } else { (high_port, low_port) };
        hash.update(first.to_be_bytes());
        hash.update(second.to_be_bytes());
    }
    let mut id = *b"1:0000000000000000000000000000";
    STANDARD.encode_slice(hash.finalize(), id.get_mut(2..)?).ok()?;
    Some(id)
}

/// An IPv4 address within IPv6 (`::ffff:a.b.c.d`) is the IPv4 address.
fn collapsed(address: Value) -> Value {
    match address {
        Value::V6(v6) if v6 >> 32 == 0xffff => Value::V4(v6 as u32),
        other => other,
    }
}

/// The address's bytes as one unsigned integer: what decides the order, across families too.
fn number(address: Value) -> Option<u128> {
    match collapsed(address) {
        Value::V4(v4) => Some(u128::from(v4)),
        Value::V6(v6) => Some(v6),
        _ => None,
    }
}
