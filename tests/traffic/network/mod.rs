//! A world of VPCs: subnets, interfaces, and the conversations that pass them window by window.

mod flows;
mod networks;
mod records;

use std::collections::BTreeSet;
use std::net::IpAddr;

use vpcflow_ecs::Field;

use super::Habits;
use super::addresses::{Server, anyone, anyone_v6, of_aws_v6, server, servers};
use super::random::Random;
use super::record::Record;
use super::services::Service;
use super::talk::Talk;

/// The thing that an interface is part of.
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
    /// The common part of its records, with data and without.
    metadata: Record,
    silent: Record,
}

/// The other end of the wire: where egress goes next and ingress comes from.
#[derive(Clone, Copy, Debug)]
enum Hop {
    /// No interface, or none that AWS names.
    Unknown,
    /// This one.
    To(usize),
    /// One of another account, in this zone of the VPC.
    Foreign(usize),
}

/// A conversation passing an interface, described for the packets from client to server. The reverse holds for the
/// packets from server to client.
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

/// The content of the tags of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TagKey {
    Name,
    Environment,
    CostCenter,
    Owner,
    /// The tag in which Kubernetes puts the instance's ID.
    Instance,
}

/// A world of VPCs.
pub struct Network {
    pub habits: Habits,
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
    pub fn new(random: &mut Random) -> Network {
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

    /// Returns the records of the window that starts then, each with the time at which it is delivered.
    pub fn window(&mut self, random: &mut Random, clock: u64) -> Vec<(u64, Record)> {
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
}
