//! The Community ID of a flow: a hash by which different tools name the same flow. Version 1.
//!
//! Source: the Community ID flow hashing specification, and how the `community_id` processor of Elasticsearch applies
//! it to events without an ICMP type.

use crate::base::sha1::BLOCK;
use crate::value::Address;

pub(crate) const ICMP: u8 = 1;
pub(crate) const ICMP6: u8 = 58;
pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const SCTP: u8 = 132;

/// The bytes that are hashed for a flow: one block, with the padding of SHA-1 after the message. The ID is `1:` and the
/// hash in base64, e.g. `1:LQU9qZlK+B5F3KDmev6m5PMibrg=`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message {
    pub(crate) block: [u8; BLOCK],
    len: usize,
}

impl Message {
    #[inline(always)]
    fn push<const N: usize>(&mut self, bytes: [u8; N]) {
        if let Some(free) = self.block.get_mut(self.len..).and_then(<[u8]>::first_chunk_mut::<N>) {
            *free = bytes;
            self.len += N;
        }
    }

    /// Adds the padding: a bit, and the length in bits at the end of the block.
    fn pad(&mut self) {
        let bits = self.len as u64 * 8;
        self.push([0x80]);
        if let Some(last) = self.block.last_chunk_mut::<8>() {
            *last = bits.to_be_bytes();
        }
    }
}

/// The address of one end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    address: u128,
    is_v4: bool,
}

impl From<Address> for End {
    #[inline(always)]
    fn from(Address { number, is_v4 }: Address) -> End {
        match number >> 32 {
            // An IPv4 address within IPv6 (`::ffff:a.b.c.d`) is the IPv4 address.
            0xffff => End { address: number & 0xffff_ffff, is_v4: true },
            _ => End { address: number, is_v4 },
        }
    }
}

impl From<std::net::IpAddr> for End {
    fn from(address: std::net::IpAddr) -> End {
        match address {
            std::net::IpAddr::V4(v4) => End { address: v4.to_bits().into(), is_v4: true },
            std::net::IpAddr::V6(v6) => End { address: v6.to_bits(), is_v4: false },
        }
    }
}

/// The ends of a flow, its ports and its protocol in integers.
pub(crate) type FlowKey = [u64; 5];

/// A flow as it is hashed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    /// Its two ends, in the order in which they are hashed.
    ends: [End; 2],
    protocol: u8,
    /// Their ports, or the numbers that stand for them; none for protocols without.
    ports: Option<[u16; 2]>,
}

impl Flow {
    /// Makes the flow between a source and a destination. Both directions make the same flow, unless it is one-way: then
    /// the ends keep their order.
    #[inline]
    pub(crate) fn new(ends: [End; 2], protocol: u8, ports: Option<[u16; 2]>, one_way: bool) -> Flow {
        let [source, destination] = ends;
        let [low, high] = ports.unwrap_or_default();
        // The address's bytes as one unsigned integer decide the order, across families too.
        if one_way || (source.address, low) <= (destination.address, high) {
            return Flow { ends, protocol, ports };
        }
        Flow { ends: [destination, source], protocol, ports: ports.map(|_| [high, low]) }
    }

    /// Makes the flow of a record; `None` for protocol 255.
    ///
    /// A missing port counts as 0. A flow log does not have the ICMP type, so type 0 is taken. In IPv4 that is an echo
    /// reply, whose partner is type 8. In IPv6 it does not have a partner, so the flow is one-way. Hence the two directions
    /// of an ICMP exchange have different IDs, as they have in Elasticsearch.
    #[inline]
    pub(crate) fn of_record(ends: [End; 2], ports: [u16; 2], protocol: u8) -> Option<Flow> {
        let (ports, one_way) = match protocol {
            255 => return None,
            ICMP => (Some([0, 8]), false),
            ICMP6 => (Some([0, 0]), true),
            TCP | UDP | SCTP => (Some(ports), false),
            _ => (None, false),
        };
        Some(Flow::new(ends, protocol, ports, one_way))
    }

    /// Returns the key by which the flow is cached.
    #[inline(always)]
    pub(crate) fn key(&self) -> FlowKey {
        let Flow { ends: [first, second], protocol, ports } = *self;
        let [low, high] = ports.unwrap_or_default();
        let bit = |flag: bool, position: u32| u64::from(flag) << position;
        let flags = bit(first.is_v4, 2) | bit(second.is_v4, 1) | bit(ports.is_some(), 0);
        let ports = u64::from(low) << 48 | u64::from(high) << 32;
        let half = |address: u128| [address as u64, (address >> 64) as u64];
        let ([from, above_from], [to, above_to]) = (half(first.address), half(second.address));
        [from, to, ports | u64::from(protocol) << 8 | flags, above_from, above_to]
    }

    /// Returns the bytes that are hashed.
    pub(crate) fn message(&self, seed: u16) -> Message {
        let mut message = Message { block: [0; BLOCK], len: 0 };
        message.push(seed.to_be_bytes());
        for End { address, is_v4 } in &self.ends {
            if *is_v4 { message.push((*address as u32).to_be_bytes()) } else { message.push(address.to_be_bytes()) }
        }
        message.push([self.protocol, 0]);
        if let Some([first, second]) = self.ports {
            message.push(first.to_be_bytes());
            message.push(second.to_be_bytes());
        }
        message.pad();
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_in_the_specifications_order() {
        let end = |address| End { address, is_v4: true };
        let (low, high) = (end(0x0a00_0001), end(0x0a00_0002));
        let bytes = |source, destination, ports, protocol| {
            Flow::of_record([source, destination], ports, protocol).map(|flow| {
                let Message { block, len } = flow.message(0);
                block[..len - 1].to_vec()
            })
        };
        let tcp = vec![0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 6, 0, 0, 80, 0, 90];
        assert_eq!(bytes(low, high, [80, 90], 6), Some(tcp.clone()));
        assert_eq!(bytes(high, low, [90, 80], 6), Some(tcp));
        assert_eq!(bytes(high, low, [90, 80], 47), Some(vec![0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 47, 0]));
        assert_eq!(bytes(low, high, [0, 0], 255), None);
    }

    #[test]
    fn both_directions_have_one_key_unless_a_flow_is_one_way() {
        let (low, high) = (End { address: 1, is_v4: true }, End { address: 2, is_v4: true });
        let key = |ends, ports, protocol| Flow::of_record(ends, ports, protocol).map(|flow| flow.key());
        assert_eq!(key([low, high], [80, 90], TCP), key([high, low], [90, 80], TCP));
        assert_eq!(key([low, low], [80, 90], UDP), key([low, low], [90, 80], UDP));
        assert_eq!(key([low, high], [80, 90], 47), key([high, low], [0, 0], 47));
        assert_ne!(key([low, high], [80, 90], TCP), key([high, low], [80, 90], TCP));
        for protocol in [ICMP, ICMP6] {
            assert_ne!(key([low, high], [0, 0], protocol), key([high, low], [0, 0], protocol));
        }
    }
}
