//! Realistic flow log traffic from a fixed seed: a world of networks, interfaces and remote hosts, the conversations
//! that they hold, and the records that AWS would write of them. Every world has its own habits, since real logs differ
//! by account more than by record: what it runs, how long its windows are, which optional features are on.
//!
//! Everything is integer arithmetic on one SplitMix64 stream, so a seed gives the same bytes everywhere.
//!
//! Source of the facts: *Flow log records*, *Flow log record examples* and *Flow log limitations* in the Amazon VPC
//! User Guide, *Transit Gateway Flow Logs*, and `ip-ranges.json` for the address ranges of services.
#![allow(dead_code)] // Each user of this module needs a part of it only.

use std::collections::{BTreeSet, VecDeque};
use std::fmt::{Display, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use vpcflow_ecs::Field;

/// SplitMix64: small, and the same everywhere.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to one less than the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// True in so many cases of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// From the first to the last, both included.
    fn within(&mut self, first: u64, last: u64) -> u64 {
        first + self.next() % (last - first + 1)
    }

    /// As [`Random::below`], small numbers being likelier.
    fn skewed(&mut self, limit: usize) -> usize {
        self.below(limit).min(self.below(limit))
    }

    /// From 1 up, with a heavy tail: any number of binary digits up to so many is as likely as any other.
    fn heavy(&mut self, bits: usize) -> u64 {
        let bits = self.below(bits + 1);
        1 + self.next() % (1 << bits)
    }

    /// Hexadecimal digits.
    fn hex(&mut self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            let _ = write!(text, "{:016x}", self.next());
        }
        text.truncate(digits);
        text
    }

    fn account(&mut self) -> String {
        format!("{:012}", self.next() % 1_000_000_000_000)
    }
}

/// What a flow log is made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// A VPC, a subnet, an interface, or a regional NAT gateway.
    Vpc,
    /// A transit gateway or one of its attachments.
    Tgw,
}

impl Log {
    /// The fields that such a log can have, in AWS's order.
    pub fn fields(self) -> Vec<Field> {
        let has = |field: &Field| match self {
            Log::Vpc => field.facts().vpc,
            Log::Tgw => field.facts().tgw,
        };
        Field::ALL.iter().copied().filter(has).collect()
    }
}

const FIELDS: usize = Field::ALL.len();

/// One record: a value, or none, for each field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The values, one after the other.
    text: String,
    /// From where to where each field's value goes; nowhere if it is absent.
    places: [(u16, u16); FIELDS],
}

impl Record {
    fn new() -> Record {
        Record { text: String::new(), places: [(0, 0); FIELDS] }
    }

    fn set(&mut self, field: Field, value: impl Display) {
        let start = self.text.len() as u16;
        let _ = write!(self.text, "{value}");
        self.places[field as usize] = (start, self.text.len() as u16);
    }

    fn set_some(&mut self, field: Field, value: Option<impl Display>) {
        if let Some(value) = value {
            self.set(field, value);
        }
    }

    /// The value; that of `version` depends on the format and is the highest that its log can have here.
    pub fn get(&self, field: Field) -> Option<&str> {
        let (start, end) = self.places[field as usize];
        self.text.get(start.into()..end.into()).filter(|text| !text.is_empty())
    }

    /// The line of a format, without line end. Its `version` is the highest among the fields.
    pub fn line(&self, fields: &[Field]) -> String {
        let mut line = String::with_capacity(16 * fields.len());
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                line.push(' ');
            }
            match field {
                Field::Version => {
                    let version = fields.iter().map(|field| field.facts().version).max().unwrap_or(2);
                    let _ = write!(line, "{version}");
                }
                _ => line += self.get(*field).unwrap_or("-"),
            }
        }
        line
    }
}

/// Fields of the log in any order: three to all of them, ten to 35 mostly. Half of the formats have the common fields
/// among them, as far as they hold so many.
pub fn random_format(random: &mut Random, log: &Log) -> Vec<Field> {
    use Field::*;
    let mut fields = log.fields();
    let all = fields.len() as u64;
    let size = match random.below(100) {
        0..15 => random.within(3, 9),
        15..85 => random.within(10, 35),
        _ => random.within(36, all),
    };
    random.shuffle(&mut fields);
    if random.chance(50) {
        let mut common = match log {
            Log::Vpc => vec![
                Version, AccountId, InterfaceId, Srcaddr, Dstaddr, Srcport, Dstport, Protocol, Packets, Bytes, Start,
                End, Action, LogStatus,
            ],
            Log::Tgw => vec![
                Version, AccountId, TgwId, TgwAttachmentId, Srcaddr, Dstaddr, Srcport, Dstport, Protocol, Packets,
                Bytes, Start, End, LogStatus,
            ],
        };
        random.shuffle(&mut common);
        fields.retain(|field| !common.contains(field));
        fields.splice(0..0, common);
    }
    fields.truncate(size as usize);
    random.shuffle(&mut fields);
    fields
}

/// A world, and the records that it writes as its time goes on.
pub struct Traffic {
    random: Random,
    world: World,
    /// When the next window starts, in Unix seconds.
    clock: u64,
    written: VecDeque<Record>,
}

enum World {
    Vpc(Network),
    Tgw(Transit),
}

impl Traffic {
    pub fn new(seed: u64, log: Log) -> Traffic {
        let mut random = Random(seed);
        let clock = random.within(1_600_000_000, 1_780_000_000);
        let world = match log {
            Log::Vpc => World::Vpc(Network::new(&mut random)),
            Log::Tgw => World::Tgw(Transit::new(&mut random)),
        };
        Traffic { random, world, clock, written: VecDeque::new() }
    }

    /// The next records. How they are asked for, at once or bit by bit, does not change them.
    pub fn records(&mut self, count: usize) -> Vec<Record> {
        while self.written.len() < count {
            let habits = match &self.world {
                World::Vpc(network) => &network.habits,
                World::Tgw(transit) => &transit.habits,
            };
            let length = habits.window;
            let mut window = match &mut self.world {
                World::Vpc(network) => network.window(&mut self.random, self.clock),
                World::Tgw(transit) => transit.window(&mut self.random, self.clock),
            };
            self.clock += length;
            window.sort_by_key(|(delivered, _)| *delivered);
            self.written.extend(window.into_iter().map(|(_, record)| record));
        }
        self.written.drain(..count).collect()
    }
}

/// What is the same for all records of a world.
#[derive(Debug)]
struct Habits {
    /// The aggregation interval in seconds.
    window: u64,
    /// New conversations per window.
    rate: usize,
    /// Records of one interface come together, as they do from a log stream for each interface.
    bunched: bool,
    /// In so many cases of a hundred, `start` and `end` are those of the window instead of the packets'.
    whole_windows: usize,
    /// The `tcp-flags` of what is not TCP.
    flags_of_others: Option<u8>,
    /// Records without data, in a thousand.
    silent: usize,
    /// How many silent records are due, in thousandths.
    due: usize,
}

impl Habits {
    /// Of a world of so many interfaces.
    fn new(random: &mut Random, window: u64, interfaces: usize) -> Habits {
        Habits {
            window,
            rate: random.within(interfaces as u64 / 2, interfaces as u64 * 3 / 2) as usize,
            bunched: random.chance(50),
            whole_windows: *random.pick(&[5, 50, 90]),
            flags_of_others: random.chance(50).then_some(0),
            silent: random.within(10, 50) as usize,
            due: 0,
        }
    }

    /// `start` and `end` of a flow in a window that starts then and is so long.
    fn times(&self, random: &mut Random, window: u64, length: u64, packets: u64) -> (u64, u64) {
        if random.chance(self.whole_windows) {
            return (window, window + random.within(length * 3 / 4, length));
        }
        let start = window + random.below(length as usize) as u64;
        let lasts = if packets == 1 { 0 } else { random.within(0, window + length - start) };
        (start, start + lasts)
    }

    /// How many silent records go with so many others.
    fn silent_with(&mut self, records: usize) -> usize {
        self.due += records * self.silent;
        let count = self.due / 1_000;
        self.due %= 1_000;
        count
    }
}

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const GRE: u8 = 47;
const ESP: u8 = 50;
const ICMPV6: u8 = 58;

/// Something that hosts offer: its port, and what talking to it is like.
#[derive(Debug)]
struct Service {
    protocol: u8,
    port: u16,
    /// Usual bytes per packet of the requests and of the replies, at least and at most.
    sizes: [(u64, u64); 2],
    /// Binary digits of the packets per window, at most.
    bits: usize,
    /// Binary digits of how many windows a conversation lasts, at most.
    lasts: usize,
}

const fn tcp(port: u16, sent: (u64, u64), received: (u64, u64), bits: usize, lasts: usize) -> Service {
    Service { protocol: TCP, port, sizes: [sent, received], bits, lasts }
}

const fn udp(port: u16, sent: (u64, u64), received: (u64, u64), bits: usize) -> Service {
    Service { protocol: UDP, port, sizes: [sent, received], bits, lasts: 0 }
}

const HTTPS: Service = tcp(443, (90, 700), (300, 1_400), 10, 1);
const SSH: Service = tcp(22, (60, 160), (60, 300), 8, 3);
const DNS: Service = udp(53, (55, 90), (80, 400), 2);
const NTP: Service = udp(123, (76, 76), (76, 76), 2);

/// What the hosts of a tier offer.
const TIERS: &[&[Service]] = &[
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

/// What hosts on the internet offer.
const INTERNET: &[Service] = &[
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

/// Where scanners knock.
const KNOCKED: &[u16] = &[22, 23, 25, 80, 443, 445, 1433, 2375, 3306, 3389, 5060, 5900, 6379, 8080, 8443, 9200, 27017];

/// A service, and how its addresses start: two octets or, for IPv6, two groups.
type Range = (&'static str, [u8; 2], Option<[u16; 2]>);

/// Ranges as `ip-ranges.json` has them. The likelier come first.
const AWS: &[Range] = &[
    ("S3", [52, 216], Some([0x2600, 0x1ffa])),
    ("EC2", [54, 210], Some([0x2600, 0x1f18])),
    ("AMAZON", [52, 119], Some([0x2600, 0xf0f0])),
    ("DYNAMODB", [52, 94], None),
    ("S3", [3, 5], None),
    ("EC2", [18, 207], Some([0x2a05, 0xd018])),
    ("CLOUDFRONT", [13, 224], Some([0x2600, 0x9000])),
    ("AMAZON", [54, 239], None),
    ("GLOBALACCELERATOR", [75, 2], None),
    ("API_GATEWAY", [3, 216], None),
    ("ROUTE53_HEALTHCHECKS", [15, 177], None),
    ("CLOUDFRONT_ORIGIN_FACING", [130, 176], None),
    ("EC2_INSTANCE_CONNECT", [18, 206], None),
    ("EBS", [44, 192], None),
    ("KINESIS_VIDEO_STREAMS", [34, 203], None),
    ("CODEBUILD", [34, 228], None),
    ("WORKSPACES_GATEWAYS", [3, 217], None),
    ("AMAZON_CONNECT", [15, 193], None),
    ("CHIME_MEETINGS", [99, 77], None),
];

/// First octets of networks that are not AWS's.
const PROVIDERS: &[u8] = &[
    24, 31, 37, 45, 46, 62, 66, 71, 77, 80, 81, 82, 84, 86, 88, 89, 91, 92, 93, 94, 95, 109, 141, 151, 178, 185, 188,
    193, 194, 195, 201, 203, 212, 213, 217,
];

/// The service whose range holds the address.
fn aws_service(address: IpAddr) -> Option<&'static str> {
    let row = match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            AWS.iter().find(|(_, octets, _)| *octets == [a, b])
        }
        IpAddr::V6(address) => {
            let [a, b, ..] = address.segments();
            AWS.iter().find(|(_, _, groups)| *groups == Some([a, b]))
        }
    };
    row.map(|(code, ..)| *code)
}

fn anyone(random: &mut Random) -> IpAddr {
    let first = *random.pick(PROVIDERS);
    IpAddr::from([first, random.below(256) as u8, random.below(256) as u8, random.within(1, 254) as u8])
}

fn anyone_v6(random: &mut Random) -> IpAddr {
    let prefix = *random.pick(&[0x2a02_0908, 0x2003_00c7, 0x2001_16b8, 0x2804_14c8, 0x2400_cb00, 0x2a00_1450]);
    let network = u128::from(random.next() >> 32) << 64;
    v6_host(random, prefix << 96 | network)
}

fn of_aws(random: &mut Random) -> IpAddr {
    let row = random.skewed(AWS.len()).min(random.below(AWS.len()));
    let [a, b] = AWS[row].1;
    IpAddr::from([a, b, random.below(256) as u8, random.within(1, 254) as u8])
}

fn of_aws_v6(random: &mut Random) -> IpAddr {
    let groups: Vec<[u16; 2]> = AWS.iter().filter_map(|(_, _, groups)| *groups).collect();
    let [a, b] = groups[random.skewed(groups.len())];
    let network = u128::from(random.next() >> 32) << 64;
    v6_host(random, u128::from(a) << 112 | u128::from(b) << 96 | network)
}

/// A host on the internet, and what it offers.
type Server = (IpAddr, &'static Service);

fn servers(random: &mut Random) -> Vec<Server> {
    let servers = 0..random.within(10, 60);
    servers
        .map(|_| if random.chance(55) { server(of_aws(random), random) } else { server(anyone(random), random) })
        .collect()
}

fn server(address: IpAddr, random: &mut Random) -> Server {
    // An API or a content network speaks HTTPS; anything may run on an instance.
    match aws_service(address) {
        None | Some("EC2") => (address, random.pick(INTERNET)),
        Some(_) => (address, &INTERNET[0]),
    }
}

/// An address of a prefix: a random, a small, or a configured one.
fn v6_host(random: &mut Random, prefix: u128) -> IpAddr {
    let host = match random.below(4) {
        0 => random.within(1, 0x2fff),
        _ => random.next(),
    };
    Ipv6Addr::from(prefix | u128::from(host)).into()
}

/// A port that a client's system takes.
fn client_port(random: &mut Random) -> u16 {
    let (first, last) = *random.pick(&[(32_768, 60_999), (32_768, 60_999), (49_152, 65_535), (1_024, 65_535)]);
    random.within(first, last) as u16
}

/// How a conversation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Both sides speak.
    Whole,
    /// Nobody answers, or nobody has to.
    OneWay,
    /// Some late packets with these flags, of a conversation that is over.
    Late(u8),
}

/// A conversation of two hosts, whatever lies between them.
#[derive(Debug)]
struct Talk {
    protocol: u8,
    /// Ports of the client and of the server.
    ports: (u16, u16),
    manner: Manner,
    /// Usual bytes per packet of the client and of the server.
    sizes: [u64; 2],
    /// Bytes of a packet, at least and at most.
    bounds: (u64, u64),
    bits: usize,
    age: usize,
    lasts: usize,
}

/// What one side of a conversation sends in one window.
#[derive(Clone, Copy, Debug)]
struct Share {
    packets: u64,
    bytes: u64,
    flags: u8,
}

impl Share {
    /// What another interface counts, whose windows start and end at other times.
    fn cut_otherwise(self, random: &mut Random) -> Share {
        let packets = (self.packets * random.within(80, 120) / 100).max(1);
        Share { packets, bytes: packets * self.bytes / self.packets, flags: self.flags }
    }
}

impl Talk {
    /// `far` packets do not exceed 1,500 bytes.
    fn new(random: &mut Random, service: &Service, v6: bool, far: bool) -> Talk {
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

    /// Of a protocol without ports.
    fn without_ports(random: &mut Random, protocol: u8, v6: bool) -> Talk {
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

    /// A conversation as the service has it, or now and then of a protocol without ports.
    fn of_any(random: &mut Random, service: &Service, v6: bool, far: bool) -> Talk {
        match random.below(1_000) {
            0..35 => Talk::without_ports(random, if v6 { ICMPV6 } else { ICMP }, v6),
            35..37 if !v6 => Talk::without_ports(random, GRE, v6),
            37..39 if !v6 => Talk::without_ports(random, ESP, v6),
            _ => Talk::new(random, service, v6, far),
        }
    }

    /// A packet or a few, to which nobody answers.
    fn knock(random: &mut Random, protocol: u8, ports: (u16, u16), v6: bool) -> Talk {
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

    fn is_over(&self) -> bool {
        self.age >= self.lasts
    }

    /// What the client and the server send in the next window. A transit gateway sees more flags.
    fn window(&mut self, random: &mut Random, transit: bool) -> [Share; 2] {
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

/// Regions: the name, the start of its zones' IDs, the ARN partition.
const REGIONS: &[(&str, &str, &str)] = &[
    ("us-east-1", "use1", "aws"),
    ("us-east-1", "use1", "aws"),
    ("us-east-2", "use2", "aws"),
    ("us-west-2", "usw2", "aws"),
    ("eu-west-1", "euw1", "aws"),
    ("eu-central-1", "euc1", "aws"),
    ("ap-southeast-2", "apse2", "aws"),
    ("ap-northeast-1", "apne1", "aws"),
    ("ap-south-1", "aps1", "aws"),
    ("sa-east-1", "sae1", "aws"),
    ("us-gov-west-1", "usgw1", "aws-us-gov"),
    ("cn-north-1", "cnn1", "aws-cn"),
];

/// How IPv6 addresses of VPCs start: in Amazon's ranges, in one brought along, in a private one.
const PREFIXES: [u128; 4] = [0x2600_1f18, 0x2a05_d018, 0x2a0e_5340, 0xfd1c_77aa];

/// Three of a region's zones.
fn zones(random: &mut Random, start: &str) -> Vec<String> {
    let mut numbers = [1, 2, 3, 4, 5, 6];
    random.shuffle(&mut numbers);
    numbers.iter().take(3).map(|number| format!("{start}-az{number}")).collect()
}

/// What an interface is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Instance,
    /// An instance that forwards what it inspects.
    Appliance,
    /// An Amazon ECS task.
    Task,
    /// A database, a function: an interface that a service manages.
    Managed,
    ApplicationBalancer,
    NetworkBalancer,
    NatGateway,
    RegionalNatGateway,
    TransitGateway,
    Endpoint,
}

impl Role {
    fn interface_type(self) -> Option<&'static str> {
        match self {
            Role::NetworkBalancer => Some("network_load_balancer"),
            Role::NatGateway => Some("nat_gateway"),
            Role::RegionalNatGateway => Some("regional_nat_gateway"),
            Role::TransitGateway => Some("transit_gateway"),
            Role::Endpoint => Some("vpc_endpoint"),
            _ => None,
        }
    }

    fn is_host(self) -> bool {
        matches!(self, Role::Instance | Role::Task | Role::Managed)
    }
}

#[derive(Debug)]
struct Vpc {
    id: String,
    account: String,
    region: &'static (&'static str, &'static str, &'static str),
    zones: Vec<String>,
    /// The first address and, for IPv6, the /56 prefix.
    base: u32,
    prefix: Option<u128>,
}

#[derive(Debug)]
struct Subnet {
    id: String,
    vpc: usize,
    zone: String,
    /// The type and the ID of a Local Zone, a Wavelength Zone or an Outpost.
    sublocation: Option<(&'static str, String)>,
    base: u32,
    hosts: u32,
    prefix: Option<u128>,
    public: bool,
    logged: bool,
}

#[derive(Debug)]
struct Interface {
    role: Role,
    vpc: usize,
    subnet: usize,
    id: String,
    address: IpAddr,
    secondary: Vec<IpAddr>,
    v6: Option<IpAddr>,
    serves: &'static [Service],
    nitro: bool,
    /// A spare, or out of use: nobody talks to it, but scanners do.
    spare: bool,
    /// Seconds from the start of the world's window to that of its own.
    phase: u64,
    /// What its records have in common, with data and without.
    metadata: Record,
    silent: Record,
}

/// The other end of the wire: where egress goes next and ingress comes from.
#[derive(Clone, Copy, Debug)]
enum Hop {
    /// No interface, or none that AWS tells of.
    Unknown,
    /// This one.
    To(usize),
    /// One of another account, in this zone of the VPC.
    Foreign(usize),
}

/// A conversation passing an interface: told for the packets from client to server, and true the other way round.
#[derive(Debug)]
struct Crossing {
    on: usize,
    /// The client's packets enter the interface; else they leave it.
    enters: bool,
    /// The client and the server as the interface sees them, and as the packets do.
    seen: (IpAddr, IpAddr),
    packet: (IpAddr, IpAddr),
    ports: (u16, u16),
    /// The path of what leaves the interface.
    path: u8,
    hop: Hop,
    encryption: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Accepted,
    /// The client's packets end at this crossing, for this reason.
    Rejected(usize, Option<&'static str>),
    /// The server's packets end when they leave its interface.
    ReplyRejected,
}

#[derive(Debug)]
struct Connection {
    talk: Talk,
    crossings: Vec<Crossing>,
    verdict: Verdict,
    efa: bool,
}

/// What the tags of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TagKey {
    Name,
    Environment,
    CostCenter,
    Owner,
    /// Where Kubernetes puts the instance's ID.
    Instance,
}

/// A world of VPCs.
struct Network {
    habits: Habits,
    vpcs: Vec<Vpc>,
    subnets: Vec<Subnet>,
    interfaces: Vec<Interface>,
    open: Vec<Connection>,

    clients: Vec<IpAddr>,
    clients_v6: Vec<IpAddr>,
    scanners: Vec<IpAddr>,
    servers: Vec<Server>,
    servers_v6: Vec<Server>,
    /// Hosts behind a VPN, and hosts of peered VPCs.
    premises: Vec<IpAddr>,
    peers: Vec<IpAddr>,

    long_ids: bool,
    addresses: BTreeSet<u32>,
    tags: [Option<TagKey>; 6],
    clusters: Vec<String>,
    managed_are_unknown: bool,
    nitro: usize,
    encryption: bool,
    /// Encryption is enforced.
    enforced: bool,
    public_access_blocked: bool,
    supercomputing: bool,
    scanned: usize,
    silent_keep_all: bool,
    regional_zone: bool,
}

const TAGS: [Field; 6] =
    [Field::InstanceTag, Field::InstanceTag2, Field::InterfaceTag, Field::InterfaceTag2, Field::AsgTag, Field::AsgTag2];

impl Network {
    fn new(random: &mut Random) -> Network {
        let window = if random.chance(70) { 60 } else { 600 };
        let tagged = random.chance(55);
        let tags = [0; 6].map(|_| {
            use TagKey::*;
            let keys = [Name, Name, Name, Environment, Environment, CostCenter, Owner, Instance];
            (tagged && random.chance(80)).then(|| *random.pick(&keys))
        });
        let encryption = random.chance(60);
        let size = random.within(12, 60) as usize;
        let mut network = Network {
            habits: Habits::new(random, window, size),
            vpcs: Vec::new(),
            subnets: Vec::new(),
            interfaces: Vec::new(),
            open: Vec::new(),
            clients: (0..random.within(20, 300)).map(|_| anyone(random)).collect(),
            clients_v6: (0..random.within(5, 60)).map(|_| anyone_v6(random)).collect(),
            scanners: (0..random.within(4, 30)).map(|_| anyone(random)).collect(),
            servers: servers(random),
            servers_v6: (0..random.within(4, 20))
                .map(|_| {
                    let address = if random.chance(50) { of_aws_v6(random) } else { anyone_v6(random) };
                    server(address, random)
                })
                .collect(),
            premises: (0..random.within(3, 20))
                .map(|_| IpAddr::from([10, 240 + random.below(4) as u8, random.below(256) as u8, 10]))
                .collect(),
            peers: (0..random.within(3, 20))
                .map(|_| IpAddr::from([172, 20, random.below(16) as u8, random.within(4, 250) as u8]))
                .collect(),
            long_ids: random.chance(85),
            addresses: BTreeSet::new(),
            tags,
            clusters: if random.chance(55) {
                let names = ["production", "web-cluster", "default", "batch", "payments_eu", "Staging"];
                (0..random.within(1, 2)).map(|_| (*random.pick(&names)).to_owned()).collect()
            } else {
                Vec::new()
            },
            managed_are_unknown: random.chance(25),
            nitro: if window == 60 { *random.pick(&[100, 90, 60]) } else { *random.pick(&[0, 0, 30]) },
            encryption,
            enforced: encryption && random.chance(40),
            public_access_blocked: random.chance(25),
            supercomputing: random.chance(15),
            scanned: *random.pick(&[2, 5, 12]),
            silent_keep_all: random.chance(50),
            regional_zone: random.chance(50),
        };
        network.add_networks(random);
        network.add_interfaces(random, size);
        network
    }

    fn id(&self, random: &mut Random, prefix: &str) -> String {
        match self.long_ids {
            true => format!("{prefix}-0{}", random.hex(16)),
            false => format!("{prefix}-{}", random.hex(8)),
        }
    }

    fn add_networks(&mut self, random: &mut Random) {
        let account = random.account();
        let region = random.pick(REGIONS);
        let zones_here = zones(random, region.1);
        let count = 1 + random.skewed(3);
        for index in 0..count {
            let mut vpc = Vpc {
                id: self.id(random, "vpc"),
                account: account.clone(),
                region,
                zones: zones_here.clone(),
                base: match random.below(4) {
                    0 => 0xac1f_0000 - ((index as u32) << 16),
                    _ => 0x0a00_0000 | (index as u32 * 64 + random.below(64) as u32) << 16,
                },
                prefix: None,
            };
            if random.chance(55) {
                let prefix = *random.pick(&PREFIXES);
                vpc.prefix = Some(prefix << 96 | u128::from(random.next() & 0xffff_ff00) << 64);
            }
            if index > 0 && random.chance(20) {
                vpc.account = random.account();
            }
            if index > 0 && random.chance(15) {
                vpc.region = random.pick(REGIONS);
                vpc.zones = zones(random, vpc.region.1);
            }
            self.vpcs.push(vpc);
        }
        let count = random.within(4, 9) as usize;
        let width = *random.pick(&[8, 10, 12]);
        let all_logged = random.chance(80);
        for index in 0..count {
            let (vpc, place) = (index % self.vpcs.len(), index / self.vpcs.len());
            let subnet = Subnet {
                id: self.id(random, "subnet"),
                vpc,
                zone: self.vpcs[vpc].zones[place % 3].clone(),
                sublocation: None,
                base: self.vpcs[vpc].base | (place as u32) << width,
                hosts: 1 << width,
                prefix: self.vpcs[vpc].prefix.map(|prefix| prefix | (place as u128) << 64),
                public: place % 2 == 0,
                logged: all_logged || index == 0 || random.chance(60),
            };
            self.subnets.push(subnet);
        }
        if random.chance(30) {
            let subnet = &mut self.subnets[count - 1];
            let start = self.vpcs[subnet.vpc].region.1;
            subnet.logged = true;
            subnet.sublocation = Some(match random.below(3) {
                0 => ("localzone", format!("{start}-{}-az1", random.pick(&["lax1", "bos1", "ham1", "per1"]))),
                1 => ("wavelength", format!("{start}-wl1-{}-wlz1", random.pick(&["bos", "sfo", "lon", "nrt"]))),
                _ => ("outpost", format!("op-0{}", random.hex(16))),
            });
        }
    }

    fn add_interfaces(&mut self, random: &mut Random, total: usize) {
        let regional = random.chance(35);
        for vpc in 0..self.vpcs.len() {
            let subnets = |public: bool| -> Vec<usize> {
                let of = |index: &usize| self.subnets[*index].vpc == vpc && self.subnets[*index].public == public;
                (0..self.subnets.len()).filter(of).collect()
            };
            let (public, private) = (subnets(true), subnets(false));
            let Some(&front) = public.first() else { continue };
            let back = private.first().copied().unwrap_or(front);
            if regional && vpc == 0 {
                self.add(random, Role::RegionalNatGateway, front, &[]);
            } else if random.chance(80) {
                self.add(random, Role::NatGateway, front, &[]);
            }
            let mut some = |random: &mut Random, percent, role, subnets: &[usize], serves| {
                if random.chance(percent) {
                    for subnet in subnets.iter().take(3) {
                        self.add(random, role, *subnet, serves);
                    }
                }
            };
            some(random, 60, Role::ApplicationBalancer, &public, TIERS[0]);
            some(random, 45, Role::NetworkBalancer, &public, TIERS[0]);
            some(random, 55, Role::TransitGateway, &[back], &[]);
            some(random, 60, Role::Endpoint, &private, &[HTTPS]);
            some(random, 25, Role::Appliance, &[back], &[SSH]);
        }
        let rest = total.saturating_sub(self.interfaces.len()).max(8);
        // A world runs some tiers, not all.
        let mut tiers: Vec<usize> = (1..TIERS.len()).collect();
        random.shuffle(&mut tiers);
        tiers.truncate(5);
        for index in 0..rest {
            let subnet = (index + random.below(2)) % self.subnets.len();
            let tier = if self.subnets[subnet].public { 0 } else { *random.pick(&tiers) };
            let tier = if random.chance(20) { *random.pick(&tiers) } else { tier };
            let role = match random.below(100) {
                0..30 if !self.clusters.is_empty() => Role::Task,
                30..40 => Role::Managed,
                _ => Role::Instance,
            };
            self.add(random, role, subnet, TIERS[tier]);
        }
    }

    /// Adds an interface to a subnet.
    fn add(&mut self, random: &mut Random, role: Role, subnet: usize, serves: &'static [Service]) {
        let vpc = self.subnets[subnet].vpc;
        let mut secondary = Vec::new();
        let mut address = self.next_address(random, subnet);
        if role == Role::RegionalNatGateway {
            address = IpAddr::from([54, 210, random.below(256) as u8, random.within(1, 254) as u8]);
        }
        // Pods of a container network have secondary addresses of their host.
        if role == Role::Instance && random.chance(20) {
            secondary = (0..random.within(1, 6)).map(|_| self.next_address(random, subnet)).collect();
        }
        let has_v6 = !matches!(role, Role::RegionalNatGateway | Role::NatGateway | Role::TransitGateway);
        let prefix = self.subnets[subnet].prefix.filter(|_| has_v6 && random.chance(70));
        let v6 = prefix.map(|prefix| v6_host(random, prefix));
        let id = self.id(random, "eni");
        let nitro = random.chance(self.nitro);
        let spare = role.is_host() && self.interfaces.len() % 5 == 4;
        let (metadata, silent) = self.metadata(random, role, subnet, &id);
        let phase = random.below(self.habits.window as usize) as u64;
        let interface =
            Interface { role, vpc, subnet, id, address, secondary, v6, serves, nitro, spare, phase, metadata, silent };
        self.interfaces.push(interface);
    }

    fn next_address(&mut self, random: &mut Random, subnet: usize) -> IpAddr {
        // The first four and the last address of a subnet are AWS's.
        let Subnet { base, hosts, .. } = self.subnets[subnet];
        loop {
            let address = base + random.within(4, u64::from(hosts) - 2) as u32;
            if self.addresses.insert(address) {
                return Ipv4Addr::from(address).into();
            }
        }
    }

    /// What the records of an interface have in common: those with data, and those without.
    fn metadata(&self, random: &mut Random, role: Role, subnet: usize, id: &str) -> (Record, Record) {
        let Subnet { id: subnet_id, zone, sublocation, .. } = &self.subnets[subnet];
        let vpc = &self.vpcs[self.subnets[subnet].vpc];
        let regional = role == Role::RegionalNatGateway;
        // Tasks run on instances, or on Fargate without any.
        let has_instance = match role {
            Role::Instance | Role::Appliance => true,
            Role::Task => random.chance(35),
            _ => false,
        };
        let instance = has_instance.then(|| self.id(random, "i"));

        let mut record = Record::new();
        record.set(Field::Version, 11);
        let made_by_aws = !has_instance && !matches!(role, Role::Task | Role::RegionalNatGateway);
        if made_by_aws && self.managed_are_unknown {
            record.set(Field::AccountId, "unknown");
        } else {
            record.set(Field::AccountId, &vpc.account);
        }
        record.set(Field::VpcId, &vpc.id);
        record.set(Field::Region, vpc.region.0);
        if !regional {
            record.set(Field::InterfaceId, id);
            record.set(Field::SubnetId, subnet_id);
            record.set_some(Field::InstanceId, instance.as_deref());
        }
        if sublocation.is_none() && (!regional || self.regional_zone) {
            record.set(Field::AzId, zone);
        }
        let mut silent = record.clone();

        if let Some((kind, id)) = sublocation {
            record.set(Field::SublocationType, kind);
            record.set(Field::SublocationId, id);
        }
        record.set_some(Field::InterfaceType, role.interface_type());
        if regional {
            record.set(Field::ResourceId, self.id(random, "nat"));
        }
        let in_group = has_instance && random.chance(60);
        for (field, key) in TAGS.iter().zip(self.tags) {
            let taggable = match field {
                Field::InstanceTag | Field::InstanceTag2 => has_instance,
                Field::InterfaceTag | Field::InterfaceTag2 => !regional && random.chance(70),
                _ => in_group,
            };
            let Some(key) = key.filter(|_| taggable && random.chance(90)) else { continue };
            if key == TagKey::Name && matches!(field, Field::AsgTag | Field::AsgTag2) {
                record.set(*field, random.pick(&["web-asg", "api-asg", "Batch%20workers"]));
            } else {
                record.set_some(*field, tag(random, key, instance.as_deref()));
            }
        }
        if self.silent_keep_all {
            silent = record.clone();
        }
        if role == Role::Task {
            self.set_task(random, vpc, has_instance, &mut record);
        }
        (record, silent)
    }

    fn set_task(&self, random: &mut Random, vpc: &Vpc, on_instance: bool, record: &mut Record) {
        let cluster = random.pick(&self.clusters);
        let arn = format!("arn:{}:ecs:{}:{}", vpc.region.2, vpc.region.0, vpc.account);
        let task = random.hex(32);
        let name = *random.pick(&["checkout", "web", "api-gateway", "search_indexer", "image-resizer", "nightly"]);
        record.set(Field::EcsClusterArn, format_args!("{arn}:cluster/{cluster}"));
        record.set(Field::EcsClusterName, cluster);
        if on_instance {
            let id = random.hex(32);
            record.set(Field::EcsContainerInstanceArn, format_args!("{arn}:container-instance/{cluster}/{id}"));
            record.set(Field::EcsContainerInstanceId, id);
        }
        let container = |random: &mut Random| match on_instance {
            true => random.hex(64),
            false => format!("{task}-{}", random.within(1_000_000, 4_294_967_295)),
        };
        record.set(Field::EcsContainerId, container(random));
        if random.chance(40) {
            record.set(Field::EcsSecondContainerId, container(random));
        }
        if random.chance(85) {
            record.set(Field::EcsServiceName, format_args!("{name}-service"));
        }
        let revision = random.heavy(7);
        record.set(Field::EcsTaskDefinitionArn, format_args!("{arn}:task-definition/{name}:{revision}"));
        record.set(Field::EcsTaskArn, format_args!("{arn}:task/{cluster}/{task}"));
        record.set(Field::EcsTaskId, task);
    }

    /// The records of the window that starts then, each with the time at which it is delivered.
    fn window(&mut self, random: &mut Random, clock: u64) -> Vec<(u64, Record)> {
        for _ in 0..self.habits.rate {
            self.open(random);
        }
        let mut records = Vec::new();
        let mut idle = vec![true; self.interfaces.len()];
        let lateness: Vec<u64> = self.interfaces.iter().map(|_| random.within(20, 80)).collect();
        let mut open = std::mem::take(&mut self.open);
        for connection in &mut open {
            let shares = connection.talk.window(random, false);
            let mut times = None;
            for (index, crossing) in connection.crossings.iter().enumerate() {
                let interface = &self.interfaces[crossing.on];
                if !self.subnets[interface.subnet].logged {
                    continue;
                }
                for (forward, share) in [(true, shares[0]), (false, shares[1])] {
                    let accepted = match connection.verdict {
                        Verdict::Accepted => true,
                        Verdict::Rejected(at, _) if forward && index <= at => index < at,
                        Verdict::ReplyRejected if forward => true,
                        Verdict::ReplyRejected if index + 1 == connection.crossings.len() => false,
                        _ => continue,
                    };
                    if share.packets == 0 {
                        continue;
                    }
                    let share =
                        if index > 0 && connection.talk.lasts > 1 { share.cut_otherwise(random) } else { share };
                    let length = if interface.nitro { 60 } else { self.habits.window };
                    let window =
                        clock + interface.phase + length * random.below((self.habits.window / length) as usize) as u64;
                    let (start, end) = match times {
                        Some((on, times)) if on == crossing.on && random.chance(85) => times,
                        _ => self.habits.times(random, window, length, share.packets),
                    };
                    times = Some((crossing.on, (start, end)));
                    let mut record = self.record(connection, crossing, forward, share, accepted);
                    record.set(Field::Start, start);
                    record.set(Field::End, end);
                    let delivered = match self.habits.bunched {
                        true => window + length + lateness[crossing.on],
                        false => end + random.within(20, 80),
                    };
                    records.push((delivered, record));
                    idle[crossing.on] = false;
                }
            }
        }
        open.retain(|connection| !connection.talk.is_over());
        self.open = open;
        self.fall_silent(random, clock, &idle, &mut records);
        records
    }

    /// Adds the records of idle interfaces, and those that say that others were lost.
    fn fall_silent(&mut self, random: &mut Random, clock: u64, idle: &[bool], records: &mut Vec<(u64, Record)>) {
        let mut candidates: Vec<usize> = (0..self.interfaces.len())
            .filter(|&index| self.subnets[self.interfaces[index].subnet].logged)
            .filter(|&index| self.interfaces[index].role != Role::RegionalNatGateway)
            .collect();
        random.shuffle(&mut candidates);
        candidates.sort_by_key(|&index| !idle[index]);
        let count = self.habits.silent_with(records.len());
        for index in candidates.into_iter().take(count) {
            let interface = &self.interfaces[index];
            let mut record = interface.silent.clone();
            let start = clock + interface.phase;
            let length = if interface.nitro { 60 } else { self.habits.window };
            let end = start + random.within(length - 10, length);
            record.set(Field::Start, start);
            record.set(Field::End, end);
            let lost = !idle[index] || random.chance(8);
            record.set(Field::LogStatus, if lost { "SKIPDATA" } else { "NODATA" });
            records.push((end + random.within(20, 80), record));
        }
    }

    /// The record of what one side sent past an interface, without times.
    fn record(&self, talk: &Connection, crossing: &Crossing, forward: bool, share: Share, accepted: bool) -> Record {
        let interface = &self.interfaces[crossing.on];
        let turned = |(client, server): (IpAddr, IpAddr)| if forward { (client, server) } else { (server, client) };
        let (source, destination) = turned(crossing.seen);
        let (packet_source, packet_destination) = turned(crossing.packet);
        let (client, server) = crossing.ports;
        let ports = if forward { (client, server) } else { (server, client) };
        let egress = crossing.enters != forward;
        let Talk { protocol, .. } = talk.talk;

        let mut record = interface.metadata.clone();
        record.set(Field::Srcaddr, source);
        record.set(Field::Dstaddr, destination);
        record.set(Field::Srcport, ports.0);
        record.set(Field::Dstport, ports.1);
        record.set(Field::Protocol, protocol);
        record.set(Field::Packets, share.packets);
        record.set(Field::Action, if accepted { "ACCEPT" } else { "REJECT" });
        record.set(Field::LogStatus, "OK");
        let flags = if protocol == TCP { Some(share.flags) } else { self.habits.flags_of_others };
        record.set_some(Field::TcpFlags, flags);
        let family = if packet_source.is_ipv4() { "IPv4" } else { "IPv6" };
        record.set(Field::Type, if talk.efa { "EFA" } else { family });
        record.set(Field::PktSrcaddr, packet_source);
        record.set(Field::PktDstaddr, packet_destination);
        record.set_some(Field::PktSrcAwsService, aws_service(packet_source));
        record.set_some(Field::PktDstAwsService, aws_service(packet_destination));
        record.set(Field::FlowDirection, if egress { "egress" } else { "ingress" });
        if egress && crossing.path > 0 {
            record.set(Field::TrafficPath, crossing.path);
        }
        let reason = match talk.verdict {
            Verdict::Rejected(_, reason) if !accepted => reason,
            _ => None,
        };
        record.set_some(Field::RejectReason, reason);
        if reason != Some("BPA") {
            record.set(Field::Bytes, share.bytes);
        }
        if self.encryption {
            record.set_some(Field::EncryptionStatus, crossing.encryption);
        }
        self.set_hop(&mut record, interface, crossing.hop, egress);
        record
    }

    fn set_hop(&self, record: &mut Record, interface: &Interface, hop: Hop, egress: bool) {
        let index = match hop {
            Hop::Unknown => return,
            Hop::Foreign(zone) => return record.set(Field::NextHopAzId, &self.vpcs[interface.vpc].zones[zone]),
            Hop::To(index) => index,
        };
        let next = &self.interfaces[index];
        let (here, there) = (&self.vpcs[interface.vpc], &self.vpcs[next.vpc]);
        if here.region != there.region {
            return;
        }
        if !egress && matches!(next.role, Role::TransitGateway | Role::NetworkBalancer) {
            return;
        }
        let subnet = &self.subnets[next.subnet];
        if subnet.sublocation.is_none() && next.role != Role::RegionalNatGateway {
            record.set(Field::NextHopAzId, &subnet.zone);
        }
        if here.account != there.account {
            return;
        }
        if next.role != Role::RegionalNatGateway {
            record.set(Field::NextHopInterfaceId, &next.id);
            record.set(Field::NextHopSubnetId, &subnet.id);
        }
        record.set(Field::NextHopVpcId, &there.id);
        record.set_some(Field::NextHopInterfaceType, next.role.interface_type());
    }

    /// Interfaces of a VPC.
    fn find(&self, vpc: usize, wanted: impl Fn(&Interface) -> bool) -> Vec<usize> {
        (0..self.interfaces.len())
            .filter(|&index| self.interfaces[index].vpc == vpc && wanted(&self.interfaces[index]))
            .collect()
    }

    /// One of them; some are busier than others.
    fn one(&self, random: &mut Random, vpc: usize, wanted: impl Fn(&Interface) -> bool) -> Option<usize> {
        let found = self.find(vpc, |interface| !interface.spare && wanted(interface));
        if found.is_empty() { None } else { Some(found[random.skewed(found.len())]) }
    }

    fn is_public(&self, interface: &Interface) -> bool {
        self.subnets[interface.subnet].public
    }

    /// The number of the path out of the VPC; older instances know one for both gateways.
    fn path_out(&self, on: usize, endpoint: bool) -> u8 {
        match (self.interfaces[on].nitro, endpoint) {
            (true, true) => 7,
            (true, false) => 8,
            (false, _) => 2,
        }
    }

    /// An address of the interface's own, of the family.
    fn own(&self, random: &mut Random, index: usize, v6: bool) -> IpAddr {
        let interface = &self.interfaces[index];
        match interface.v6 {
            Some(address) if v6 => address,
            _ if !interface.secondary.is_empty() && random.chance(60) => *random.pick(&interface.secondary),
            _ => interface.address,
        }
    }

    /// Packets from client to server pass an interface. In IPv4 it sees its own address instead of any that is its own
    /// in another way, or that it stands in for.
    fn crossing(&self, on: usize, enters: bool, packet: (IpAddr, IpAddr), path: u8, hop: Hop) -> Crossing {
        let interface = &self.interfaces[on];
        let mut seen = packet;
        if packet.0.is_ipv4() && interface.role != Role::RegionalNatGateway {
            *if enters { &mut seen.1 } else { &mut seen.0 } = interface.address;
        }
        let encryption = match hop {
            _ if matches!(interface.role, Role::Appliance | Role::TransitGateway) => None,
            Hop::To(next) if interface.nitro && self.interfaces[next].nitro => Some(1),
            _ => Some(0),
        };
        Crossing { on, enters, seen, packet, ports: (0, 0), path, hop, encryption }
    }

    fn push(&mut self, talk: Talk, mut crossings: Vec<Crossing>, verdict: Verdict) {
        for crossing in &mut crossings {
            if crossing.ports == (0, 0) {
                crossing.ports = talk.ports;
            }
            let to_endpoint = |index: usize| self.interfaces[index].role == Role::Endpoint;
            let on_path = to_endpoint(crossing.on) || matches!(crossing.hop, Hop::To(index) if to_endpoint(index));
            if talk.ports.1 == HTTPS.port && (on_path || crossing.path == 7) {
                // Assumed to be TLS.
                crossing.encryption = crossing.encryption.map(|status| status | 2);
            }
        }
        self.open.push(Connection { talk, crossings, verdict, efa: false });
    }

    /// Opens a conversation, with all that belongs to it.
    fn open(&mut self, random: &mut Random) {
        let vpc = random.skewed(self.vpcs.len());
        if random.chance(self.scanned) {
            return self.scan(random, vpc);
        }
        let opened = match random.below(100) {
            0..16 => self.open_out(random, vpc),
            16..26 => self.open_in(random, vpc),
            26..36 => self.open_balanced(random, vpc),
            36..44 => self.open_network_balanced(random, vpc),
            44..50 => self.open_gateway_endpoint(random, vpc),
            50..57 => self.open_endpoint(random, vpc),
            57..65 => self.open_transit(random, vpc),
            65..70 => self.open_private_link(random, vpc),
            70..72 => self.open_blocked(random, vpc),
            72 => self.open_late(random, vpc),
            73 => self.open_efa(random, vpc),
            _ => None,
        };
        if opened.is_none() {
            self.open_inside(random, vpc);
        }
    }

    /// From host to host of a VPC, maybe by way of an appliance, maybe stopped by a security group.
    fn open_inside(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let client = self.one(random, vpc, |i| i.role.is_host())?;
        let server = self.one(random, vpc, |i| i.role.is_host() && !i.serves.is_empty())?;
        if client == server {
            return None;
        }
        let v6 = self.interfaces[client].v6.is_some() && self.interfaces[server].v6.is_some() && random.chance(30);
        let service = random.pick(self.interfaces[server].serves);
        let mut talk = Talk::of_any(random, service, v6, false);
        let packet = (self.own(random, client, v6), self.own(random, server, v6));
        let appliance = self.one(random, vpc, |i| i.role == Role::Appliance).filter(|_| !v6 && random.chance(25));
        let crossings = match appliance {
            Some(between) => vec![
                self.crossing(client, false, packet, 1, Hop::To(between)),
                self.crossing(between, true, packet, 1, Hop::To(client)),
                self.crossing(between, false, packet, 1, Hop::To(server)),
                self.crossing(server, true, packet, 1, Hop::To(between)),
            ],
            None => vec![
                self.crossing(client, false, packet, 1, Hop::To(server)),
                self.crossing(server, true, packet, 1, Hop::To(client)),
            ],
        };
        let verdict = match random.below(100) {
            0..2 => Verdict::Rejected(0, None),
            2..5 => Verdict::Rejected(crossings.len() - 1, None),
            5 => Verdict::ReplyRejected,
            _ => Verdict::Accepted,
        };
        match verdict {
            Verdict::Rejected(..) if talk.ports != (0, 0) => {
                talk = Talk::knock(random, talk.protocol, talk.ports, v6);
            }
            Verdict::ReplyRejected => talk.lasts = 1,
            _ => {}
        }
        self.push(talk, crossings, verdict);
        Some(())
    }

    /// From a host to the internet: by a NAT gateway, or straight.
    fn open_out(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let client = self.one(random, vpc, |i| i.role.is_host())?;
        let (server, service) = self.servers[random.skewed(self.servers.len())];
        let in_sublocation = self.subnets[self.interfaces[client].subnet].sublocation.is_some();
        let path = if in_sublocation { 6 } else { self.path_out(client, false) };
        if let Some(own) = self.interfaces[client].v6.filter(|_| random.chance(25)) {
            let (server, service) = self.servers_v6[random.skewed(self.servers_v6.len())];
            let talk = Talk::of_any(random, service, true, true);
            let crossing = self.crossing(client, false, (own, server), path, Hop::Unknown);
            self.push(talk, vec![crossing], Verdict::Accepted);
            return Some(());
        }
        let talk = Talk::of_any(random, service, false, true);
        let packet = (self.own(random, client, false), server);
        if self.is_public(&self.interfaces[client]) {
            let crossing = self.crossing(client, false, packet, path, Hop::Unknown);
            self.push(talk, vec![crossing], Verdict::Accepted);
            return Some(());
        }
        let nat = self.one(random, vpc, |i| matches!(i.role, Role::NatGateway | Role::RegionalNatGateway))?;
        let translated = (self.interfaces[nat].address, server);
        let path = self.path_out(nat, false);
        let mut crossings = vec![
            self.crossing(client, false, packet, 1, Hop::To(nat)),
            self.crossing(nat, true, packet, 1, Hop::To(client)),
            self.crossing(nat, false, translated, path, Hop::Unknown),
        ];
        if talk.ports != (0, 0) {
            crossings[2].ports = (random.within(1_024, 65_535) as u16, talk.ports.1);
        }
        self.push(talk, crossings, Verdict::Accepted);
        Some(())
    }

    /// From the internet to a public host.
    fn open_in(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let server = self.one(random, vpc, |i| i.role == Role::Instance && self.is_public(i))?;
        let service = random.pick(self.interfaces[server].serves);
        let v6 = self.interfaces[server].v6.is_some() && random.chance(35);
        let clients = if v6 { &self.clients_v6 } else { &self.clients };
        let packet = (clients[random.skewed(clients.len())], self.own(random, server, v6));
        let mut talk = Talk::of_any(random, service, v6, true);
        let in_sublocation = self.subnets[self.interfaces[server].subnet].sublocation.is_some();
        let path = if in_sublocation { 6 } else { self.path_out(server, false) };
        let crossing = self.crossing(server, true, packet, path, Hop::Unknown);
        let verdict = if random.chance(3) { Verdict::ReplyRejected } else { Verdict::Accepted };
        if verdict == Verdict::ReplyRejected {
            talk.lasts = 1;
        }
        self.push(talk, vec![crossing], verdict);
        Some(())
    }

    /// From the internet to an application load balancer, and from that, anew, to a target.
    fn open_balanced(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let balancer = self.one(random, vpc, |i| i.role == Role::ApplicationBalancer)?;
        let target = self.one(random, vpc, |i| i.role.is_host() && !i.serves.is_empty())?;
        let v6 = self.interfaces[balancer].v6.is_some() && random.chance(35);
        let clients = if v6 { &self.clients_v6 } else { &self.clients };
        let packet = (clients[random.skewed(clients.len())], self.own(random, balancer, v6));
        let talk = Talk::new(random, &HTTPS, v6, true);
        let path = self.path_out(balancer, false);
        let crossing = self.crossing(balancer, true, packet, path, Hop::Unknown);
        self.push(talk, vec![crossing], Verdict::Accepted);

        let packet = (self.interfaces[balancer].address, self.own(random, target, false));
        let service = random.pick(self.interfaces[target].serves);
        let talk = Talk::new(random, service, false, false);
        let crossings = vec![
            self.crossing(balancer, false, packet, 1, Hop::To(target)),
            self.crossing(target, true, packet, 1, Hop::To(balancer)),
        ];
        self.push(talk, crossings, Verdict::Accepted);
        Some(())
    }

    /// From the internet by a network load balancer, which keeps the client's address.
    fn open_network_balanced(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let balancer = self.one(random, vpc, |i| i.role == Role::NetworkBalancer)?;
        let target = self.one(random, vpc, |i| i.role == Role::Instance && !i.serves.is_empty())?;
        let client = self.clients[random.skewed(self.clients.len())];
        let service = random.pick(self.interfaces[target].serves);
        let talk = Talk::new(random, service, false, true);
        let front = (client, self.interfaces[balancer].address);
        let back = (client, self.own(random, target, false));
        let path = self.path_out(balancer, false);
        let mut crossings = vec![
            self.crossing(balancer, true, front, path, Hop::Unknown),
            self.crossing(balancer, false, back, 1, Hop::To(target)),
            self.crossing(target, true, back, 1, Hop::To(balancer)),
        ];
        // Its listener has a port of its own; a target's secondary address is that of its interface.
        crossings[0].ports = (talk.ports.0, HTTPS.port);
        crossings[1].seen.1 = self.interfaces[target].address;
        self.push(talk, crossings, Verdict::Accepted);
        Some(())
    }

    /// From a host to S3 or DynamoDB by a gateway endpoint.
    fn open_gateway_endpoint(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let client = self.one(random, vpc, |i| i.role.is_host())?;
        let [a, b] = *random.pick(&[[52, 216], [52, 216], [3, 5], [52, 94]]);
        let server = IpAddr::from([a, b, random.below(4) as u8, random.within(1, 254) as u8]);
        let packet = (self.own(random, client, false), server);
        let path = self.path_out(client, true);
        let crossing = self.crossing(client, false, packet, path, Hop::Unknown);
        self.push(Talk::new(random, &HTTPS, false, true), vec![crossing], Verdict::Accepted);
        Some(())
    }

    /// From a host to a service by an interface endpoint, which may insist on encryption.
    fn open_endpoint(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let client = self.one(random, vpc, |i| i.role.is_host())?;
        let endpoint = self.one(random, vpc, |i| i.role == Role::Endpoint)?;
        let packet = (self.own(random, client, false), self.interfaces[endpoint].address);
        let crossings = vec![
            self.crossing(client, false, packet, 1, Hop::To(endpoint)),
            self.crossing(endpoint, true, packet, 1, Hop::To(client)),
        ];
        if self.enforced && random.chance(25) {
            let ports = (client_port(random), 80);
            let talk = Talk::knock(random, TCP, ports, false);
            self.push(talk, crossings, Verdict::Rejected(1, Some("EC")));
        } else {
            self.push(Talk::new(random, &HTTPS, false, false), crossings, Verdict::Accepted);
        }
        Some(())
    }

    /// Through the transit gateway: to another VPC of the world, or from and to what lies beyond.
    fn open_transit(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let host = self.one(random, vpc, |i| i.role.is_host() && !i.serves.is_empty())?;
        let gateway = self.one(random, vpc, |i| i.role == Role::TransitGateway)?;
        let own = self.own(random, host, false);
        let other = (vpc + 1) % self.vpcs.len();
        let far_gateway = self.one(random, other, |i| i.role == Role::TransitGateway).filter(|_| other != vpc);
        let far_host = self.one(random, other, |i| i.role.is_host() && !i.serves.is_empty());
        if let Some((far_gateway, server)) = far_gateway.zip(far_host) {
            let service = random.pick(self.interfaces[server].serves);
            let talk = Talk::of_any(random, service, false, false);
            let packet = (own, self.own(random, server, false));
            let crossings = vec![
                self.crossing(host, false, packet, 1, Hop::To(gateway)),
                self.crossing(gateway, true, packet, 1, Hop::To(host)),
                self.crossing(far_gateway, false, packet, 1, Hop::To(server)),
                self.crossing(server, true, packet, 1, Hop::To(far_gateway)),
            ];
            self.push(talk, crossings, Verdict::Accepted);
            return Some(());
        }
        let remote = self.premises[random.skewed(self.premises.len())];
        if random.chance(50) {
            let service = random.pick(TIERS[2]);
            let talk = Talk::of_any(random, service, false, true);
            let packet = (own, remote);
            let crossings = vec![
                self.crossing(host, false, packet, 1, Hop::To(gateway)),
                self.crossing(gateway, true, packet, 1, Hop::To(host)),
            ];
            self.push(talk, crossings, Verdict::Accepted);
        } else {
            let service = random.pick(self.interfaces[host].serves);
            let talk = Talk::of_any(random, service, false, true);
            let packet = (remote, own);
            let crossings = vec![
                self.crossing(gateway, false, packet, 1, Hop::To(host)),
                self.crossing(host, true, packet, 1, Hop::To(gateway)),
            ];
            self.push(talk, crossings, Verdict::Accepted);
        }
        Some(())
    }

    /// Over a virtual private gateway or a peering connection, either way.
    fn open_private_link(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let host = self.one(random, vpc, |i| i.role.is_host() && !i.serves.is_empty())?;
        let own = self.own(random, host, false);
        let (remote, path, hop) = match random.below(10) {
            0..4 => (*random.pick(&self.premises), 3, Hop::Unknown),
            4..8 => (self.peers[random.skewed(self.peers.len())], 4, Hop::Foreign(random.below(3))),
            _ => (*random.pick(&self.peers), 5, Hop::Unknown),
        };
        let outwards = random.chance(50);
        let service = if outwards { random.pick(TIERS[1]) } else { random.pick(self.interfaces[host].serves) };
        let talk = Talk::of_any(random, service, false, true);
        let packet = if outwards { (own, remote) } else { (remote, own) };
        let crossing = self.crossing(host, !outwards, packet, path, hop);
        self.push(talk, vec![crossing], Verdict::Accepted);
        Some(())
    }

    /// What VPC Block Public Access stops.
    fn open_blocked(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let host = self.one(random, vpc, |i| i.role.is_host() && self.is_public(i))?;
        if !self.public_access_blocked {
            return None;
        }
        let own = self.interfaces[host].address;
        let path = self.path_out(host, false);
        let outwards = random.chance(50);
        let packet = if outwards { (own, random.pick(&self.servers).0) } else { (*random.pick(&self.clients), own) };
        let crossing = self.crossing(host, !outwards, packet, path, Hop::Unknown);
        let ports = (client_port(random), HTTPS.port);
        let talk = Talk::knock(random, TCP, ports, false);
        self.push(talk, vec![crossing], Verdict::Rejected(0, Some("BPA")));
        Some(())
    }

    /// Packets that come when the connection is closed already.
    fn open_late(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let host = self.one(random, vpc, |i| i.role.is_host() && self.is_public(i))?;
        let packet = (self.servers[random.skewed(self.servers.len())].0, self.interfaces[host].address);
        let ports = (HTTPS.port, client_port(random));
        let mut talk = Talk::knock(random, TCP, ports, false);
        talk.manner = Manner::Late(*random.pick(&[4, 4, 1, 0]));
        let path = self.path_out(host, false);
        let crossing = self.crossing(host, true, packet, path, Hop::Unknown);
        self.push(talk, vec![crossing], Verdict::Rejected(0, None));
        Some(())
    }

    /// Between the Elastic Fabric Adapters of two instances.
    fn open_efa(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let client = self.one(random, vpc, |i| i.role == Role::Instance)?;
        let server = self.one(random, vpc, |i| i.role == Role::Instance)?;
        if !self.supercomputing || client == server {
            return None;
        }
        let packet = (self.interfaces[client].address, self.interfaces[server].address);
        let mut talk = Talk::without_ports(random, 0, false);
        talk.sizes = [random.within(200, 8_500), random.within(200, 8_500)];
        talk.bits = 16;
        let crossings = vec![
            self.crossing(client, false, packet, 1, Hop::To(server)),
            self.crossing(server, true, packet, 1, Hop::To(client)),
        ];
        self.open.push(Connection { talk, crossings, verdict: Verdict::Accepted, efa: true });
        Some(())
    }

    /// Somebody tries doors: one on many interfaces, or many on one.
    fn scan(&mut self, random: &mut Random, vpc: usize) {
        let inside = random.chance(5);
        let public = self.find(vpc, |i| i.role != Role::RegionalNatGateway && (inside || self.is_public(i)));
        if public.is_empty() {
            return;
        }
        let scanner = match inside {
            true => *random.pick(&self.premises),
            false => *random.pick(&self.scanners),
        };
        let protocol = *random.pick(&[TCP, TCP, TCP, TCP, TCP, TCP, UDP, ICMP]);
        let wide = random.chance(60);
        let (mut target, mut port) = (*random.pick(&public), *random.pick(KNOCKED));
        let from = client_port(random);
        for _ in 0..random.heavy(3) {
            match wide {
                true => target = *random.pick(&public),
                false if random.chance(50) => port = *random.pick(KNOCKED),
                false => port = random.within(1, 65_535) as u16,
            }
            let from = if random.chance(50) { from } else { client_port(random) };
            let ports = if protocol == ICMP { (0, 0) } else { (from, port) };
            let talk = Talk::knock(random, protocol, ports, false);
            let (path, hop) = (self.path_out(target, false), Hop::Unknown);
            let crossing = self.crossing(target, true, (scanner, self.interfaces[target].address), path, hop);
            self.push(talk, vec![crossing], Verdict::Rejected(0, None));
        }
    }
}

/// A tag's value, percent-encoded as AWS does it.
fn tag(random: &mut Random, key: TagKey, instance: Option<&str>) -> Option<String> {
    let names = ["web", "api", "worker", "bastion", "db-proxy", "Team%20Blue%2FEU", "caf%C3%A9", "etl%2Bload"];
    Some(match key {
        TagKey::Name => match random.below(4) {
            0 => (*random.pick(&names)).to_owned(),
            _ => format!("{}-{}", random.pick(&names), random.within(1, 40)),
        },
        TagKey::Environment => (*random.pick(&["prod", "prod", "prod", "staging", "dev", "Test"])).to_owned(),
        TagKey::CostCenter => random.pick(&[4_021, 4_100, 7_733, 90_210]).to_string(),
        TagKey::Owner => (*random.pick(&["ops%40example.com", "data%40example.com", "platform-team"])).to_owned(),
        TagKey::Instance => instance?.to_owned(),
    })
}

/// Where an attachment has an interface.
#[derive(Debug)]
struct Side {
    subnet: String,
    interface: String,
    zone: String,
}

#[derive(Debug)]
struct Attachment {
    id: String,
    /// The account and the ID of the VPC; none if the attachment is a VPN, a Direct Connect gateway or a peering.
    vpc: Option<(String, String)>,
    sides: Vec<Side>,
    hosts: Vec<(IpAddr, usize, &'static [Service])>,
    hosts_v6: Vec<(IpAddr, usize, &'static [Service])>,
    logged: bool,
    /// Seconds from the start of the world's window to that of its own.
    phase: u64,
}

/// One end of what passes a transit gateway.
#[derive(Clone, Copy, Debug)]
struct End {
    /// None if the gateway does not know where it is.
    attachment: Option<usize>,
    side: usize,
    address: IpAddr,
}

#[derive(Debug)]
struct Passage {
    talk: Talk,
    ends: [End; 2],
    /// Which packets of the client are lost: all, or one in so many.
    loss: Option<(Field, u64)>,
}

/// A world around a transit gateway.
struct Transit {
    habits: Habits,
    id: String,
    account: String,
    region: &'static str,
    resource_type: &'static str,
    attachments: Vec<Attachment>,
    /// How many of them, the first, have any traffic.
    used: usize,
    /// The attachment that leads to the internet.
    exit: usize,
    servers: Vec<Server>,
    open: Vec<Passage>,
    /// Passages that lose packets, in a hundred.
    losses: usize,
}

impl Transit {
    fn new(random: &mut Random) -> Transit {
        let (region, start, _) = *random.pick(REGIONS);
        let zones = zones(random, start);
        let account = random.account();
        let other = random.account();
        let accounts =
            if random.chance(50) { vec![account.clone()] } else { vec![account.clone(), account.clone(), other] };
        let (dual, whole) = (random.chance(40), random.chance(70));
        let prefix = *random.pick(&PREFIXES);
        let count = random.within(3, 9) as usize;
        let spares = 1 + count / 3;
        let attachments: Vec<Attachment> = (0..count + spares)
            .map(|index| {
                let is_vpc = index < 2 || random.chance(75);
                let side = |zone: &String| Side {
                    subnet: format!("subnet-0{}", random.hex(16)),
                    interface: format!("eni-0{}", random.hex(16)),
                    zone: zone.clone(),
                };
                let sides: Vec<Side> = if is_vpc { zones.iter().map(side).collect() } else { Vec::new() };
                let base = 0x0a00_0000 | (index as u32 * 25 + random.below(25) as u32) << 16;
                let prefix = prefix << 96 | u128::from(random.next() & 0xffff_ff00) << 64;
                let mut hosts = Vec::new();
                let mut hosts_v6 = Vec::new();
                for _ in 0..random.within(3, 20) {
                    let zone = random.below(zones.len());
                    let address = base | (zone as u32) << 12 | random.within(4, 4_000) as u32;
                    let services = *random.pick(TIERS);
                    hosts.push((Ipv4Addr::from(address).into(), zone, services));
                    if dual && is_vpc {
                        hosts_v6.push((v6_host(random, prefix | (zone as u128) << 64), zone, services));
                    }
                }
                Attachment {
                    id: format!("tgw-attach-0{}", random.hex(16)),
                    vpc: is_vpc.then(|| (random.pick(&accounts).clone(), format!("vpc-0{}", random.hex(16)))),
                    sides,
                    hosts,
                    hosts_v6,
                    logged: whole || index == 0 || index >= count || random.chance(30),
                    phase: random.within(0, 59),
                }
            })
            .collect();
        Transit {
            habits: Habits { silent: random.within(10, 25) as usize, ..Habits::new(random, 60, 2 * count) },
            id: format!("tgw-0{}", random.hex(16)),
            account,
            region,
            resource_type: if whole { "TransitGateway" } else { "TransitGatewayAttachment" },
            exit: random.below(2),
            attachments,
            used: count,
            servers: servers(random),
            open: Vec::new(),
            losses: *random.pick(&[0, 0, 2, 6]),
        }
    }

    fn open(&mut self, random: &mut Random) {
        let from = random.skewed(self.used);
        let to = (from + 1 + random.below(self.used - 1)) % self.used;
        let (source, target) = (&self.attachments[from], &self.attachments[to]);
        let v6 = !source.hosts_v6.is_empty() && !target.hosts_v6.is_empty() && random.chance(30);
        let hosts = |attachment: &'_ Attachment, random: &mut Random| {
            let hosts = if v6 { &attachment.hosts_v6 } else { &attachment.hosts };
            hosts[random.skewed(hosts.len())]
        };
        let (client, client_side, _) = hosts(source, random);
        let (server, server_side, services) = hosts(target, random);
        let client = End { attachment: Some(from), side: client_side, address: client };
        let mut server = End { attachment: Some(to), side: server_side, address: server };
        let mut service = random.pick(services);
        if !v6 && from != self.exit && random.chance(20) {
            let (address, offered) = self.servers[random.skewed(self.servers.len())];
            server = End { attachment: Some(self.exit), side: client_side, address };
            service = offered;
        }
        let mut talk = Talk::of_any(random, service, v6, true);
        let mut loss = None;
        if random.chance(self.losses) {
            let ports = talk.ports;
            loss = match random.below(10) {
                0..4 => Some((Field::PacketsLostNoRoute, 1)),
                4..7 => Some((Field::PacketsLostBlackhole, 1)),
                7..9 => Some((Field::PacketsLostMtuExceeded, random.within(3, 50))),
                _ => Some((Field::PacketsLostTtlExpired, random.within(1, 4))),
            };
            if matches!(loss, Some((Field::PacketsLostNoRoute | Field::PacketsLostBlackhole, _))) {
                talk = Talk::knock(random, talk.protocol, ports, v6);
                server.attachment = None;
                if !v6 {
                    server.address = IpAddr::from([10, 251, random.below(4) as u8, random.within(4, 250) as u8]);
                }
            }
        }
        self.open.push(Passage { talk, ends: [client, server], loss });
    }

    /// The records of the window that starts then, each with the time at which it is delivered.
    fn window(&mut self, random: &mut Random, clock: u64) -> Vec<(u64, Record)> {
        for _ in 0..self.habits.rate {
            self.open(random);
        }
        let mut records = Vec::new();
        let mut idle = vec![true; self.attachments.len()];
        let mut open = std::mem::take(&mut self.open);
        for passage in &mut open {
            let shares = passage.talk.window(random, true);
            for (forward, share) in [(true, shares[0]), (false, shares[1])] {
                let [client, server] = passage.ends;
                let (from, to) = if forward { (client, server) } else { (server, client) };
                for (on, egress) in [(from.attachment, false), (to.attachment, true)] {
                    let Some(on) = on.filter(|on| self.attachments[*on].logged && share.packets > 0) else { continue };
                    let window = clock + self.attachments[on].phase;
                    let (start, end) = self.habits.times(random, window, 60, share.packets);
                    let mut record = self.record(passage, on, forward, egress, share);
                    record.set(Field::Start, start);
                    record.set(Field::End, end);
                    let delivered = if self.habits.bunched { window + 60 } else { end + random.within(20, 80) };
                    records.push((delivered, record));
                    idle[on] = false;
                }
            }
        }
        open.retain(|passage| !passage.talk.is_over());
        self.open = open;

        let mut quiet: Vec<usize> = (0..self.attachments.len()).filter(|on| self.attachments[*on].logged).collect();
        random.shuffle(&mut quiet);
        quiet.sort_by_key(|&on| !idle[on]);
        let count = self.habits.silent_with(records.len());
        for on in quiet.into_iter().take(count) {
            let mut record = self.metadata(on);
            let lost = !idle[on] || random.chance(8);
            record.set(Field::LogStatus, if lost { "SKIPDATA" } else { "NODATA" });
            let start = clock + self.attachments[on].phase;
            record.set(Field::Start, start);
            record.set(Field::End, start + random.within(50, 60));
            records.push((start + random.within(60, 120), record));
        }
        records
    }

    /// What the records of an attachment have in common.
    fn metadata(&self, on: usize) -> Record {
        let mut record = Record::new();
        record.set(Field::Version, 6);
        record.set(Field::ResourceType, self.resource_type);
        record.set(Field::AccountId, &self.account);
        record.set(Field::TgwId, &self.id);
        record.set(Field::TgwAttachmentId, &self.attachments[on].id);
        record.set(Field::Region, self.region);
        record
    }

    /// The record of what one side sent through an attachment, without times.
    fn record(&self, passage: &Passage, on: usize, forward: bool, egress: bool, share: Share) -> Record {
        let Passage { talk, ends: [client, server], loss } = passage;
        let (from, to) = if forward { (client, server) } else { (server, client) };
        let (source, destination) = if forward { talk.ports } else { (talk.ports.1, talk.ports.0) };
        let mut record = self.metadata(on);
        if let Some(attachment) = from.attachment.map(|index| &self.attachments[index]) {
            record.set_some(Field::TgwSrcVpcAccountId, attachment.vpc.as_ref().map(|(account, _)| account));
            record.set_some(Field::TgwSrcVpcId, attachment.vpc.as_ref().map(|(_, id)| id));
            let side = attachment.sides.get(from.side);
            record.set_some(Field::TgwSrcSubnetId, side.map(|side| &side.subnet));
            record.set_some(Field::TgwSrcEni, side.map(|side| &side.interface));
            record.set_some(Field::TgwSrcAzId, side.map(|side| &side.zone));
        }
        if let Some(attachment) = to.attachment.map(|index| &self.attachments[index]) {
            record.set_some(Field::TgwDstVpcAccountId, attachment.vpc.as_ref().map(|(account, _)| account));
            record.set_some(Field::TgwDstVpcId, attachment.vpc.as_ref().map(|(_, id)| id));
            let side = attachment.sides.get(to.side);
            record.set_some(Field::TgwDstSubnetId, side.map(|side| &side.subnet));
            record.set_some(Field::TgwDstEni, side.map(|side| &side.interface));
            record.set_some(Field::TgwDstAzId, side.map(|side| &side.zone));
        }
        let pair = if egress { from.attachment } else { to.attachment };
        record.set_some(Field::TgwPairAttachmentId, pair.map(|index| &self.attachments[index].id));
        record.set(Field::Srcaddr, from.address);
        record.set(Field::Dstaddr, to.address);
        record.set(Field::Srcport, source);
        record.set(Field::Dstport, destination);
        record.set(Field::Protocol, talk.protocol);
        record.set(Field::Packets, share.packets);
        record.set(Field::Bytes, share.bytes);
        record.set(Field::LogStatus, "OK");
        record.set(Field::Type, if from.address.is_ipv4() { "IPv4" } else { "IPv6" });
        for field in [
            Field::PacketsLostNoRoute,
            Field::PacketsLostBlackhole,
            Field::PacketsLostMtuExceeded,
            Field::PacketsLostTtlExpired,
        ] {
            let lost = loss.filter(|(lost, _)| *lost == field && forward && !egress);
            record.set(field, lost.map_or(0, |(_, one_in)| share.packets.div_ceil(one_in)));
        }
        let flags = if talk.protocol == TCP { Some(share.flags) } else { self.habits.flags_of_others };
        record.set_some(Field::TcpFlags, flags);
        record.set(Field::FlowDirection, if egress { "egress" } else { "ingress" });
        record.set_some(Field::PktSrcAwsService, aws_service(from.address));
        record.set_some(Field::PktDstAwsService, aws_service(to.address));
        record
    }
}
