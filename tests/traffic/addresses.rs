//! The address plan: ranges of AWS's services and of others, hosts on the internet, regions and their zones.

use std::net::{IpAddr, Ipv6Addr};

use super::random::Random;
use super::services::{INTERNET, Service};

/// A service, and how its addresses start: two octets or, for IPv6, two groups.
pub type Range = (&'static str, [u8; 2], Option<[u16; 2]>);

/// Ranges as `ip-ranges.json` has them. The likelier come first.
pub const AWS: &[Range] = &[
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
pub const PROVIDERS: &[u8] = &[
    24, 31, 37, 45, 46, 62, 66, 71, 77, 80, 81, 82, 84, 86, 88, 89, 91, 92, 93, 94, 95, 109, 141, 151, 178, 185, 188,
    193, 194, 195, 201, 203, 212, 213, 217,
];

/// Returns the service whose range holds the address.
pub fn aws_service(address: IpAddr) -> Option<&'static str> {
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

pub fn anyone(random: &mut Random) -> IpAddr {
    let first = *random.pick(PROVIDERS);
    IpAddr::from([first, random.below(256) as u8, random.below(256) as u8, random.within(1, 254) as u8])
}

pub fn anyone_v6(random: &mut Random) -> IpAddr {
    let prefix = *random.pick(&[0x2a02_0908, 0x2003_00c7, 0x2001_16b8, 0x2804_14c8, 0x2400_cb00, 0x2a00_1450]);
    let network = u128::from(random.next() >> 32) << 64;
    v6_host(random, prefix << 96 | network)
}

pub fn of_aws(random: &mut Random) -> IpAddr {
    let row = random.skewed(AWS.len()).min(random.below(AWS.len()));
    let [a, b] = AWS[row].1;
    IpAddr::from([a, b, random.below(256) as u8, random.within(1, 254) as u8])
}

pub fn of_aws_v6(random: &mut Random) -> IpAddr {
    let groups: Vec<[u16; 2]> = AWS.iter().filter_map(|(_, _, groups)| *groups).collect();
    let [a, b] = groups[random.skewed(groups.len())];
    let network = u128::from(random.next() >> 32) << 64;
    v6_host(random, u128::from(a) << 112 | u128::from(b) << 96 | network)
}

/// A host on the internet, and what it offers.
pub type Server = (IpAddr, &'static Service);

pub fn servers(random: &mut Random) -> Vec<Server> {
    let servers = 0..random.within(10, 60);
    servers
        .map(|_| if random.chance(55) { server(of_aws(random), random) } else { server(anyone(random), random) })
        .collect()
}

pub fn server(address: IpAddr, random: &mut Random) -> Server {
    // An API or a content network speaks HTTPS; anything may run on an instance.
    match aws_service(address) {
        None | Some("EC2") => (address, random.pick(INTERNET)),
        Some(_) => (address, &INTERNET[0]),
    }
}

/// Returns an address of a prefix: a random, a small, or a configured one.
pub fn v6_host(random: &mut Random, prefix: u128) -> IpAddr {
    let host = match random.below(4) {
        0 => random.within(1, 0x2fff),
        _ => random.next(),
    };
    Ipv6Addr::from(prefix | u128::from(host)).into()
}

/// Returns a port that a client's system takes.
pub fn client_port(random: &mut Random) -> u16 {
    let (first, last) = *random.pick(&[(32_768, 60_999), (32_768, 60_999), (49_152, 65_535), (1_024, 65_535)]);
    random.within(first, last) as u16
}

/// Regions: the name, the start of its zones' IDs, the ARN partition.
pub const REGIONS: &[(&str, &str, &str)] = &[
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

/// The first bits of the IPv6 addresses of VPCs: in Amazon's ranges, in one brought along, in a private one.
pub const PREFIXES: [u128; 4] = [0x2600_1f18, 0x2a05_d018, 0x2a0e_5340, 0xfd1c_77aa];

/// Returns three of a region's zones.
pub fn zones(random: &mut Random, start: &str) -> Vec<String> {
    let mut numbers = [1, 2, 3, 4, 5, 6];
    random.shuffle(&mut numbers);
    numbers.iter().take(3).map(|number| format!("{start}-az{number}")).collect()
}
