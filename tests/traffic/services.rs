//! Protocols, and what hosts offer over them: ports, sizes of packets, lengths of conversations.

pub const ICMP: u8 = 1;
pub const TCP: u8 = 6;
pub const UDP: u8 = 17;
pub const GRE: u8 = 47;
pub const ESP: u8 = 50;
pub const ICMPV6: u8 = 58;

/// Something that hosts offer: its port, and what talking to it is like.
#[derive(Debug)]
pub struct Service {
    pub protocol: u8,
    pub port: u16,
    /// Usual bytes per packet of the requests and of the replies, at least and at most.
    pub sizes: [(u64, u64); 2],
    /// Binary digits of the packets per window, at most.
    pub bits: usize,
    /// Binary digits of how many windows a conversation lasts, at most.
    pub lasts: usize,
}

pub const fn tcp(port: u16, sent: (u64, u64), received: (u64, u64), bits: usize, lasts: usize) -> Service {
    Service { protocol: TCP, port, sizes: [sent, received], bits, lasts }
}

pub const fn udp(port: u16, sent: (u64, u64), received: (u64, u64), bits: usize) -> Service {
    Service { protocol: UDP, port, sizes: [sent, received], bits, lasts: 0 }
}

pub const HTTPS: Service = tcp(443, (90, 700), (300, 1_400), 10, 1);
pub const SSH: Service = tcp(22, (60, 160), (60, 300), 8, 3);
pub const DNS: Service = udp(53, (55, 90), (80, 400), 2);
pub const NTP: Service = udp(123, (76, 76), (76, 76), 2);

/// The services of the hosts of a tier.
pub const TIERS: &[&[Service]] = &[
    &[HTTPS, tcp(80, (80, 600), (300, 1_400), 9, 0), SSH],
    &[tcp(8080, (100, 900), (200, 1_300), 9, 1), tcp(8443, (100, 900), (200, 1_300), 8, 1), SSH],
    &[tcp(3306, (70, 300), (100, 1_300), 11, 4)],
    &[tcp(5432, (70, 300), (100, 1_300), 11, 4)],
    &[tcp(6379, (60, 140), (60, 400), 12, 4)],
    &[tcp(9200, (150, 1_400), (150, 1_400), 11, 2), tcp(9300, (80, 1_400), (80, 1_400), 11, 4)],
    &[tcp(9092, (200, 8_900), (80, 8_900), 14, 4)],
    &[DNS, tcp(53, (60, 90), (100, 900), 3, 0), NTP],
    &[tcp(2049, (150, 8_900), (150, 8_900), 13, 4), SSH],
    &[
        tcp(389, (70, 200), (90, 700), 6, 1),
        tcp(445, (90, 1_200), (90, 1_300), 9, 2),
        tcp(3389, (70, 200), (90, 900), 9, 2),
    ],
    &[udp(514, (120, 900), (120, 900), 7), udp(8125, (60, 400), (60, 400), 8), SSH],
    &[tcp(6443, (100, 700), (150, 1_300), 9, 4), tcp(10250, (90, 300), (150, 1_300), 8, 2)],
];

/// The services of hosts on the internet.
pub const INTERNET: &[Service] = &[
    HTTPS,
    HTTPS,
    HTTPS,
    HTTPS,
    tcp(80, (80, 400), (500, 1_400), 9, 0),
    DNS,
    NTP,
    udp(443, (60, 900), (200, 1_280), 9),
    tcp(587, (80, 1_300), (60, 120), 6, 0),
    SSH,
];

/// The ports that scanners try.
pub const KNOCKED: &[u16] =
    &[22, 23, 25, 80, 443, 445, 1433, 2375, 3306, 3389, 5060, 5900, 6379, 8080, 8443, 9200, 27017];
