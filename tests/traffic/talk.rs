//! A conversation of two hosts: the packets, bytes and TCP flags that each side sends in a window.

use super::addresses::client_port;
use super::random::Random;
use super::services::{ESP, GRE, ICMP, ICMPV6, NTP, Service, TCP, UDP};

/// The course of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Both sides speak.
    Whole,
    /// Nobody answers, or nobody has to.
    OneWay,
    /// Some late packets with these flags, of a conversation that is over.
    Late(u8),
}

/// A conversation of two hosts, whatever lies between them.
#[derive(Debug)]
pub struct Talk {
    pub protocol: u8,
    /// Ports of the client and of the server.
    pub ports: (u16, u16),
    pub manner: Manner,
    /// Usual bytes per packet of the client and of the server.
    pub sizes: [u64; 2],
    /// Bytes of a packet, at least and at most.
    pub bounds: (u64, u64),
    pub bits: usize,
    pub age: usize,
    pub lasts: usize,
}

/// The packets that one side of a conversation sends in one window.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    pub packets: u64,
    pub bytes: u64,
    pub flags: u8,
}

impl Share {
    /// Returns the count of another interface, whose windows start and end at other times.
    pub fn cut_otherwise(self, random: &mut Random) -> Share {
        let packets = (self.packets * random.within(80, 120) / 100).max(1);
        Share { packets, bytes: packets * self.bytes / self.packets, flags: self.flags }
    }
}

impl Talk {
    /// Starts a conversation with a service; `far` packets do not exceed 1,500 bytes.
    pub fn new(random: &mut Random, service: &Service, v6: bool, far: bool) -> Talk {
        let header = if v6 { 40 } else { 20 };
        let least = header + if service.protocol == TCP { 20 } else { 12 };
        let most = if far { 1_500 } else { 9_001 };
        let port = if service.port == NTP.port && random.chance(40) { NTP.port } else { client_port(random) };
        let mut sizes = service.sizes.map(|(low, high)| random.within(low, high.min(most - 100)));
        let mut bits = service.bits;
        if bits > 4 && random.chance(3) {
            // A backup, a build, a video.
            bits += 6;
            sizes[random.below(2)] = most - random.within(10, 100);
        }
        let quiet = matches!(service.port, 514 | 8125);
        Talk {
            protocol: service.protocol,
            ports: (port, service.port),
            manner: if quiet { Manner::OneWay } else { Manner::Whole },
            sizes,
            bounds: (least, most),
            bits,
            age: 0,
            lasts: random.heavy(service.lasts) as usize,
        }
    }

    /// Starts a conversation of a protocol without ports.
    pub fn without_ports(random: &mut Random, protocol: u8, v6: bool) -> Talk {
        let header = if v6 { 40 } else { 20 };
        let (size, bits, lasts) = match protocol {
            ICMP | ICMPV6 => (header + *random.pick(&[64, 64, 64, 40, 36, 8 + 1_400]), 6, 2),
            _ => (random.within(120, 1_300), 12, 4),
        };
        Talk {
            protocol,
            ports: (0, 0),
            manner: if random.chance(15) { Manner::OneWay } else { Manner::Whole },
            sizes: [size; 2],
            bounds: (size.min(header + 28), 1_500),
            bits,
            age: 0,
            lasts: random.heavy(lasts) as usize,
        }
    }

    /// Starts a conversation as the service has it, or now and then of a protocol without ports.
    pub fn of_any(random: &mut Random, service: &Service, v6: bool, far: bool) -> Talk {
        match random.below(1_000) {
            0..35 => Talk::without_ports(random, if v6 { ICMPV6 } else { ICMP }, v6),
            35..37 if !v6 => Talk::without_ports(random, GRE, v6),
            37..39 if !v6 => Talk::without_ports(random, ESP, v6),
            _ => Talk::new(random, service, v6, far),
        }
    }

    /// Starts a conversation of one packet or a few, to which nobody answers.
    pub fn knock(random: &mut Random, protocol: u8, ports: (u16, u16), v6: bool) -> Talk {
        let sizes: &[u64] = match (protocol, v6) {
            (TCP, false) => &[40, 44, 48, 52, 60],
            (TCP, true) => &[60, 80],
            (_, false) => &[29, 48, 76, 84, 128],
            (_, true) => &[56, 104],
        };
        let size = *random.pick(sizes);
        let bounds = (size, size);
        Talk { protocol, ports, manner: Manner::OneWay, sizes: [size; 2], bounds, bits: 2, age: 0, lasts: 1 }
    }

    pub fn is_over(&self) -> bool {
        self.age >= self.lasts
    }

    /// Returns the packets that the client and the server send in the next window. A transit gateway sees more flags.
    pub fn window(&mut self, random: &mut Random, transit: bool) -> [Share; 2] {
        let (opens, closes) = (self.age == 0, self.age + 1 == self.lasts);
        self.age += 1;
        let mut packets = [random.heavy(self.bits), 0];
        packets[1] = match (self.manner, self.protocol) {
            (Manner::Whole, TCP | UDP) => random.within(packets[0].div_ceil(2), packets[0] * 2),
            (Manner::Whole, _) => packets[0],
            (Manner::OneWay | Manner::Late(_), _) => 0,
        };
        let mut flags = [0, 0];
        if self.protocol == TCP {
            match self.manner {
                Manner::Late(late) => flags[0] = late,
                Manner::OneWay => flags[0] = 2,
                Manner::Whole => {
                    if opens {
                        flags = [2, 18];
                        packets = [packets[0] + 2, packets[1] + 1];
                    }
                    if closes {
                        let ends =
                            random.pick(&[[1, 1], [1, 1], [1, 1], [1, 1], [5, 1], [4, 0], [0, 4], [1, 5], [0, 0]]);
                        flags = [flags[0] | ends[0], flags[1] | ends[1]];
                        packets = [packets[0] + 2, packets[1] + 2];
                    }
                    if transit {
                        // Nothing but ACKs shows no flag at all.
                        flags = flags.map(|flags| flags | if random.chance(80) { 24 } else { 0 });
                    }
                }
            }
        }
        [0, 1].map(|side| {
            let (least, most) = self.bounds;
            let bytes = if least == most {
                packets[side] * least
            } else {
                let size = self.sizes[side];
                let size = match self.protocol {
                    TCP | UDP => random.within(size * 4 / 5, size * 6 / 5).clamp(least, most - random.within(1, 80)),
                    _ => size,
                };
                let more = if self.protocol == TCP { random.below(packets[side].max(1) as usize) as u64 } else { 0 };
                packets[side] * size + more
            };
            Share { packets: packets[side], bytes, flags: flags[side] }
        })
    }
}
