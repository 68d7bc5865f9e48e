//! A world around a transit gateway: attachments, and what passes between them window by window.

use std::net::{IpAddr, Ipv4Addr};

use vpcflow_ecs::Field;

use super::Habits;
use super::addresses::{PREFIXES, REGIONS, Server, aws_service, servers, v6_host, zones};
use super::random::Random;
use super::record::Record;
use super::services::{Service, TCP, TIERS};
use super::talk::{Share, Talk};

/// The interface of an attachment in a zone.
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
pub struct Transit {
    pub habits: Habits,
    id: String,
    account: String,
    region: &'static str,
    resource_type: &'static str,
    attachments: Vec<Attachment>,
    /// The number of them, from the first, that have any traffic.
    used: usize,
    /// The attachment that leads to the internet.
    exit: usize,
    servers: Vec<Server>,
    open: Vec<Passage>,
    /// Passages that lose packets, in a hundred.
    losses: usize,
}

impl Transit {
    pub fn new(random: &mut Random) -> Transit {
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

    /// Returns the records of the window that starts then, each with the time at which it is delivered.
    pub fn window(&mut self, random: &mut Random, clock: u64) -> Vec<(u64, Record)> {
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

    /// Returns the common part of the records of an attachment.
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

    /// Returns the record, without times, of the packets that one side sent through an attachment.
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
