//! The relations between columns: laws that hold in every record, and tendencies that many records show.
//!
//! Each relation is a log-likelihood in nats for given columns in the roles of its fields. It is positive if the
//! records speak for it, negative if they speak against it, and 0 if they prove nothing. Sources: AWS's descriptions of
//! the fields, and the rules of TCP, ICMP and address assignment.

use std::collections::HashMap;

use super::table::Table;
use crate::field::Field::{self, *};

/// A relation between the columns of up to three fields.
pub(super) struct Relation {
    pub(super) fields: &'static [Field],
    pub(super) score: fn(&Table<'_>, &[usize]) -> f64,
    /// The fact that a high score shows, as a clause.
    pub(super) says: &'static str,
    /// A field that makes the relation superfluous where it is assigned.
    pub(super) unless: Option<Field>,
}

const fn relation(fields: &'static [Field], score: fn(&Table<'_>, &[usize]) -> f64, says: &'static str) -> Relation {
    Relation { fields, score, says, unless: None }
}

const fn unless(field: Field, relation: Relation) -> Relation {
    Relation { unless: Some(field), ..relation }
}

/// All of them.
#[rustfmt::skip]
pub(super) const RELATIONS: &[Relation] = &[
    relation(&[Start, End], ordered, "start is never after end"),
    relation(&[Packets, Bytes], packet_sizes, "bytes are 20 to 65,535 per packet"),
    relation(&[Protocol, Srcport], ports_of_protocol, "ports are 0 where the protocol has none"),
    relation(&[Protocol, Dstport], ports_of_protocol, "ports are 0 where the protocol has none"),
    relation(&[Protocol, TcpFlags], flags_of_protocol, "TCP flags come with protocol 6 only"),
    relation(&[FlowDirection, TrafficPath], path_of_direction, "a traffic path comes with egress only"),
    relation(&[Action, RejectReason], reason_of_action, "a reject reason comes with REJECT only"),
    relation(&[Srcaddr, PktSrcaddr], mostly_equal, "the packet's source is mostly the source"),
    relation(&[Dstaddr, PktDstaddr], mostly_equal, "the packet's destination is mostly the destination"),
    relation(&[InterfaceId, Srcaddr, Dstaddr], one_is_local, "source or destination is the interface's own address"),
    relation(&[FlowDirection, InterfaceId, Srcaddr], |t, c| local(t, c, b"egress"), "egress starts at the interface's own address"),
    relation(&[FlowDirection, InterfaceId, Dstaddr], |t, c| local(t, c, b"ingress"), "ingress ends at the interface's own address"),
    unless(InterfaceId, relation(&[FlowDirection, InstanceId, Srcaddr], |t, c| local(t, c, b"egress"), "egress starts at the instance's own address")),
    unless(InterfaceId, relation(&[FlowDirection, InstanceId, Dstaddr], |t, c| local(t, c, b"ingress"), "ingress ends at the instance's own address")),
    relation(&[FlowDirection, InterfaceId, PktSrcaddr], |t, c| local_packet(t, c, b"egress"), "egress starts at the interface's own address"),
    relation(&[FlowDirection, InterfaceId, PktDstaddr], |t, c| local_packet(t, c, b"ingress"), "ingress ends at the interface's own address"),
    unless(InterfaceId, relation(&[FlowDirection, InstanceId, PktSrcaddr], |t, c| local_packet(t, c, b"egress"), "egress starts at the instance's own address")),
    unless(InterfaceId, relation(&[FlowDirection, InstanceId, PktDstaddr], |t, c| local_packet(t, c, b"ingress"), "ingress ends at the instance's own address")),
    relation(&[TrafficPath, InterfaceId, PktSrcaddr], local_packet_with_path, "what has a traffic path starts at the interface's own address"),
    unless(InterfaceId, relation(&[TrafficPath, InstanceId, PktSrcaddr], local_packet_with_path, "what has a traffic path starts at the instance's own address")),
    relation(&[TrafficPath, InterfaceId, Srcaddr], local_with_path, "what has a traffic path starts at the interface's own address"),
    unless(InterfaceId, relation(&[TrafficPath, InstanceId, Srcaddr], local_with_path, "what has a traffic path starts at the instance's own address")),
    relation(&[TcpFlags, Srcport, Dstport], handshake, "SYN goes to the lower port, SYN-ACK comes from it"),
    relation(&[Srcaddr, Dstaddr, PktSrcAwsService], service_of_side, "the source's service comes with public source addresses"),
    relation(&[Dstaddr, Srcaddr, PktDstAwsService], service_of_side, "the destination's service comes with public destination addresses"),
    relation(&[PktSrcaddr, PktDstaddr, PktSrcAwsService], service_of_side, "the source's service comes with public source addresses"),
    relation(&[PktDstaddr, PktSrcaddr, PktDstAwsService], service_of_side, "the destination's service comes with public destination addresses"),
    relation(&[PktSrcaddr, PktSrcAwsService], service_of_address, "the source's service comes with public source addresses"),
    relation(&[PktDstaddr, PktDstAwsService], service_of_address, "the destination's service comes with public destination addresses"),

    relation(&[InterfaceId, VpcId], determines, "each interface is in one VPC"),
    relation(&[InterfaceId, SubnetId], determines, "each interface is in one subnet"),
    relation(&[InterfaceId, InstanceId], belongs, "each interface has one instance"),
    relation(&[InterfaceId, AzId], determines, "each interface is in one Availability Zone"),
    relation(&[InterfaceId, InterfaceType], belongs, "each interface is of one type"),
    relation(&[InterfaceId, InstanceTag], belongs, "each interface has one value of it"),
    relation(&[InterfaceId, InstanceTag2], belongs, "each interface has one value of it"),
    relation(&[InterfaceId, InterfaceTag], belongs, "each interface has one value of it"),
    relation(&[InterfaceId, InterfaceTag2], belongs, "each interface has one value of it"),
    relation(&[InterfaceId, AsgTag], belongs, "each interface has one value of it"),
    relation(&[InterfaceId, AsgTag2], belongs, "each interface has one value of it"),
    relation(&[InterfaceId, EcsClusterArn], belongs, "each interface is of one task"),
    relation(&[InterfaceId, EcsClusterName], belongs, "each interface is of one task"),
    relation(&[InterfaceId, EcsContainerInstanceArn], belongs, "each interface is of one task"),
    relation(&[InterfaceId, EcsContainerInstanceId], belongs, "each interface is of one task"),
    relation(&[InterfaceId, EcsContainerId], belongs, "each interface is of one task"),
    relation(&[InterfaceId, EcsSecondContainerId], belongs, "each interface is of one task"),
    relation(&[InterfaceId, EcsServiceName], belongs, "each interface is of one task"),
    relation(&[InterfaceId, EcsTaskDefinitionArn], belongs, "each interface is of one task"),
    relation(&[InterfaceId, EcsTaskArn], belongs, "each interface is of one task"),
    relation(&[InterfaceId, EcsTaskId], belongs, "each interface is of one task"),
    relation(&[InterfaceId, SublocationId], belongs, "each interface is in one place"),
    relation(&[SublocationType, SublocationId], together, "a sublocation has a type and an identifier"),
    relation(&[SublocationType, AzId], excludes, "what is in a sublocation has no Availability Zone"),
    relation(&[SublocationId, AzId], excludes, "what is in a sublocation has no Availability Zone"),
    relation(&[SubnetId, AzId], determines, "each subnet is in one Availability Zone"),
    relation(&[SubnetId, VpcId], determines, "each subnet is in one VPC"),
    relation(&[NextHopInterfaceId, NextHopSubnetId], determines, "each next hop is in one subnet"),
    relation(&[NextHopInterfaceId, NextHopVpcId], determines, "each next hop is in one VPC"),
    relation(&[NextHopInterfaceId, NextHopAzId], determines, "each next hop is in one Availability Zone"),
    relation(&[NextHopInterfaceId, NextHopInterfaceType], determines, "each next hop is of one type"),
    relation(&[NextHopSubnetId, NextHopAzId], determines, "each next hop's subnet is in one Availability Zone"),

    relation(&[TgwSrcSubnetId, TgwSrcVpcId], determines, "each source subnet is in one VPC"),
    relation(&[TgwDstSubnetId, TgwDstVpcId], determines, "each destination subnet is in one VPC"),
    relation(&[TgwSrcSubnetId, TgwSrcAzId], determines, "each source subnet is in one Availability Zone"),
    relation(&[TgwDstSubnetId, TgwDstAzId], determines, "each destination subnet is in one Availability Zone"),
    relation(&[TgwSrcEni, TgwSrcSubnetId], determines, "each source interface is in one subnet"),
    relation(&[TgwDstEni, TgwDstSubnetId], determines, "each destination interface is in one subnet"),
    relation(&[TgwSrcVpcId, TgwSrcVpcAccountId], determines, "each source VPC is in one account"),
    relation(&[TgwDstVpcId, TgwDstVpcAccountId], determines, "each destination VPC is in one account"),
    relation(&[Srcaddr, TgwSrcVpcId], determines, "each source address is in one VPC"),
    relation(&[Dstaddr, TgwDstVpcId], determines, "each destination address is in one VPC"),
    relation(&[FlowDirection, TgwAttachmentId, TgwSrcVpcId], |t, c| side(t, c, b"ingress"), "ingress comes through the source's attachment"),
    relation(&[FlowDirection, TgwAttachmentId, TgwDstVpcId], |t, c| side(t, c, b"egress"), "egress leaves through the destination's attachment"),
    relation(&[FlowDirection, TgwPairAttachmentId, TgwSrcVpcId], |t, c| side(t, c, b"egress"), "the other attachment of egress is the source's"),
    relation(&[FlowDirection, TgwPairAttachmentId, TgwDstVpcId], |t, c| side(t, c, b"ingress"), "the other attachment of ingress is the destination's"),

    relation(&[EcsClusterArn, EcsClusterName], ends_with, "the cluster's ARN ends with its name"),
    relation(&[EcsTaskArn, EcsTaskId], ends_with, "the task's ARN ends with its ID"),
    relation(&[EcsContainerInstanceArn, EcsContainerInstanceId], ends_with, "the container instance's ARN ends with its ID"),

    relation(&[LogStatus, Version], kept, KEPT),
    relation(&[LogStatus, AccountId], kept, KEPT),
    relation(&[LogStatus, InterfaceId], kept, KEPT),
    relation(&[LogStatus, VpcId], kept, KEPT),
    relation(&[LogStatus, SubnetId], kept, KEPT),
    relation(&[LogStatus, Region], kept, KEPT),
    relation(&[LogStatus, Start], kept, KEPT),
    relation(&[LogStatus, End], kept, KEPT),
    relation(&[Protocol, InterfaceId], kept_without, KEPT),
    relation(&[Protocol, VpcId], kept_without, KEPT),
    relation(&[Protocol, SubnetId], kept_without, KEPT),
    relation(&[Action, InterfaceId], kept_without, KEPT),
    relation(&[Action, VpcId], kept_without, KEPT),
    relation(&[Action, SubnetId], kept_without, KEPT),
    relation(&[Srcaddr, InterfaceId], kept_without, KEPT),
    relation(&[Srcaddr, VpcId], kept_without, KEPT),
    relation(&[Srcaddr, SubnetId], kept_without, KEPT),
    relation(&[Dstaddr, InterfaceId], kept_without, KEPT),
    relation(&[Dstaddr, VpcId], kept_without, KEPT),
    relation(&[Dstaddr, SubnetId], kept_without, KEPT),
    relation(&[LogStatus, Srcaddr], lost, LOST),
    relation(&[LogStatus, Dstaddr], lost, LOST),
    relation(&[LogStatus, PktSrcaddr], lost, LOST),
    relation(&[LogStatus, PktDstaddr], lost, LOST),
    relation(&[LogStatus, Srcport], lost, LOST),
    relation(&[LogStatus, Dstport], lost, LOST),
    relation(&[LogStatus, Protocol], lost, LOST),
    relation(&[LogStatus, Packets], lost, LOST),
    relation(&[LogStatus, Bytes], lost, LOST),
    relation(&[LogStatus, TcpFlags], lost, LOST),
    relation(&[LogStatus, FlowDirection], lost, LOST),
    relation(&[LogStatus, EncryptionStatus], lost, LOST),
    relation(&[LogStatus, PacketsLostNoRoute], lost, LOST),
    relation(&[LogStatus, PacketsLostBlackhole], lost, LOST),
    relation(&[LogStatus, PacketsLostMtuExceeded], lost, LOST),
    relation(&[LogStatus, PacketsLostTtlExpired], lost, LOST),
    relation(&[LogStatus, TrafficPath], lost, LOST),
];

const KEPT: &str = "it is present in records without data";
const LOST: &str = "it is absent in records without data";

/// Returns the score of a law: a record that breaks it counts much more than one that keeps it. One in a hundred may be
/// broken.
fn law(good: usize, bad: usize) -> f64 {
    let tolerated = (good + bad) as f64 / 100.0;
    (0.4 * good as f64).min(8.0) - (3.0 * (bad as f64 - tolerated).max(0.0)).min(60.0)
}

/// Returns the score of a tendency: 0 unless it is hardly by chance, at four standard deviations.
fn tendency(good: usize, bad: usize) -> f64 {
    let (good, bad) = (good as f64, bad as f64);
    let deviations = (good - bad) / (good + bad).sqrt().max(1.0);
    if deviations.abs() < 4.0 { 0.0 } else { (deviations * deviations / 2.0).min(30.0).copysign(deviations) }
}

fn text<'a>(table: &Table<'a>, column: usize, row: usize) -> &'a [u8] {
    table.at(column, row).map_or(b"-", |value| value.text)
}

/// Counts the rows for which a check says yes and no.
fn count(table: &Table<'_>, check: impl Fn(usize) -> Option<bool>) -> (usize, usize) {
    let mut counts = (0, 0);
    for row in table.all_rows() {
        match check(row) {
            Some(true) => counts.0 += 1,
            Some(false) => counts.1 += 1,
            None => {}
        }
    }
    counts
}

fn ordered(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [start, end] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| {
        let (start, end) = (table.number(*start, row)?, table.number(*end, row)?);
        (start != end).then_some(start < end)
    });
    law(good, bad)
}

fn packet_sizes(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [packets, bytes] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| {
        let (packets, bytes) = match (table.number(*packets, row), table.number(*bytes, row)) {
            (None, None) => return None,
            // A record has both, or no data.
            (Some(packets), Some(bytes)) => (packets, bytes),
            _ => return Some(false),
        };
        let least = packets.saturating_mul(20);
        Some((least..=packets.saturating_mul(65_535)).contains(&bytes))
    });
    law(good, bad)
}

fn ports_of_protocol(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [protocol, port] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| {
        let (protocol, port) = (table.number(*protocol, row)?, table.number(*port, row)?);
        match protocol {
            6 | 17 | 132 | 33 | 136 => None,
            _ => Some(port == 0),
        }
    });
    law(good, bad)
}

fn flags_of_protocol(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [protocol, flags] = columns else { return 0.0 };
    let has_flags = |row: usize| table.number(*flags, row).unwrap_or(0) != 0;
    let (with, without) = count(table, |row| (table.number(*protocol, row)? == 6).then(|| has_flags(row)));
    let (bad, good) = count(table, |row| (table.number(*protocol, row)? != 6).then(|| has_flags(row)));
    // A column that is mostly 0 keeps the law by chance.
    if with > without { law(good, bad) } else { law(good, bad).min(0.0) }
}

fn path_of_direction(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [direction, path] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| match text(table, *direction, row) {
        b"ingress" => Some(table.id(*path, row).is_none()),
        _ => None,
    });
    law(good, bad)
}

fn reason_of_action(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [action, reason] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| table.id(*reason, row).map(|_| text(table, *action, row) == b"REJECT"));
    law(good, bad)
}

fn mostly_equal(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [left, right] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| {
        table.id(*left, row).zip(table.id(*right, row)).map(|_| text(table, *left, row) == text(table, *right, row))
    });
    tendency(good, bad)
}

/// Rows that an owner must have before anything is said of its address.
const FEW_ROWS: usize = 5;

/// Returns the most frequent address of each owner and family, over several address columns.
fn own_addresses<'a>(table: &Table<'a>, owner: usize, addresses: &[usize]) -> HashMap<(usize, bool), &'a [u8]> {
    let mut counts: HashMap<(usize, bool), HashMap<&[u8], usize>> = HashMap::new();
    for row in table.all_rows() {
        let Some(owner) = table.id(owner, row) else { continue };
        for address in addresses {
            if table.id(*address, row).is_some() {
                let address = text(table, *address, row);
                *counts.entry((owner, is_v6(address))).or_default().entry(address).or_default() += 1;
            }
        }
    }
    let most = |addresses: HashMap<&'a [u8], usize>| {
        let rows: usize = addresses.values().sum();
        let best = addresses.into_iter().max_by_key(|(address, count)| (*count, *address));
        best.filter(|_| rows >= FEW_ROWS).map(|(address, _)| address)
    };
    counts.into_iter().filter_map(|(owner, addresses)| Some((owner, most(addresses)?))).collect()
}

fn is_v6(address: &[u8]) -> bool {
    address.contains(&b':')
}

fn one_is_local(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [owner, left, right] = columns else { return 0.0 };
    let own = own_addresses(table, *owner, &[*left, *right]);
    let (good, bad) = count(table, |row| {
        let (left, right) = (text(table, *left, row), text(table, *right, row));
        let own = own.get(&(table.id(*owner, row)?, is_v6(left)))?;
        (left != b"-" && right != b"-").then(|| left == *own || right == *own)
    });
    // The packet's own addresses mostly are so, too: if it holds, that proves nothing; if it often does not, that
    // proves much.
    let tolerated = (good + bad) as f64 / 10.0;
    -(bad as f64 - tolerated).clamp(0.0, 20.0)
}

/// Returns the score of this: in records of one direction, the address is the owner's own; in those of the other, it is
/// not.
fn local(table: &Table<'_>, columns: &[usize], own_direction: &[u8]) -> f64 {
    let [direction, owner, address] = columns else { return 0.0 };
    let is_own = |row: usize| match text(table, *direction, row) {
        b"-" => None,
        found => Some(found == own_direction),
    };
    tendency_of_owner(table, *owner, *address, is_own)
}

/// Returns the score of [`local`] with a traffic path in place of egress; without one, nothing is known.
fn local_with_path(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [path, owner, address] = columns else { return 0.0 };
    let score = tendency_of_owner(table, *owner, *address, |row| table.id(*path, row).map(|_| true));
    // In traffic of one direction, what holds for a path holds for any column that is always present.
    if is_one_way(table, *path) { score.min(0.0) } else { score }
}

/// Returns the score of this: an owner's own address repeats from record to record where it is expected, more than
/// where the far end is.
fn tendency_of_owner(table: &Table<'_>, owner: usize, address: usize, is_own: impl Fn(usize) -> Option<bool>) -> f64 {
    // The number of distinct addresses of each owner, where its own one is expected and where the far end is.
    let mut seen: HashMap<(usize, bool), HashMap<usize, usize>> = HashMap::new();
    for row in table.all_rows() {
        if let (Some(owner), Some(address), Some(own)) = (table.id(owner, row), table.id(address, row), is_own(row)) {
            *seen.entry((owner, own)).or_default().entry(address).or_default() += 1;
        }
    }
    let mut counts = (0, 0);
    for ((_, own), addresses) in &seen {
        let rows: usize = addresses.values().sum();
        let most = addresses.values().copied().max().unwrap_or(0);
        if rows < 3 {
            continue;
        }
        let repeats = most * 10 >= rows * 8;
        let varies = addresses.len() >= 3 && most * 10 <= rows * 6;
        match own {
            true if repeats => counts.0 += rows,
            true if varies => counts.1 += rows,
            false if varies => counts.0 += rows,
            _ => {}
        }
    }
    tendency(counts.0, counts.1)
}

/// Returns the score of [`local`] for an address of the packet. An interface that forwards packets, such as that of a NAT
/// gateway, sends those of others, whose addresses vary as the far end's do. In traffic of one direction, that is as good.
fn local_packet(table: &Table<'_>, columns: &[usize], own_direction: &[u8]) -> f64 {
    let score = local(table, columns, own_direction);
    match columns.first().and_then(|direction| table.usual(*direction)) {
        Some(b"egress") if own_direction == b"egress" => score.max(local(table, columns, b"ingress")),
        Some(b"ingress") if own_direction == b"ingress" => score.max(local(table, columns, b"egress")),
        _ => score,
    }
}

/// Returns the score of [`local_with_path`] for an address of the packet. In traffic of one direction, it says nothing.
fn local_packet_with_path(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [path, ..] = columns else { return 0.0 };
    if is_one_way(table, *path) { 0.0 } else { local_with_path(table, columns) }
}

/// True if a column of traffic paths is that of egress only.
fn is_one_way(table: &Table<'_>, path: usize) -> bool {
    table.columns.get(path).map_or(0, |column| column.absent()) * 20 < table.rows
}

fn handshake(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [flags, source, destination] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| {
        let (source, destination) = (table.number(*source, row)?, table.number(*destination, row)?);
        let initiator = match table.number(*flags, row)? {
            // Not 6: a reset after a SYN is rare, and the number of TCP is the protocol of nearly every line.
            2 | 3 | 7 => true,
            flags if flags & 18 == 18 => false,
            _ => return None,
        };
        // An ephemeral port against a service's, nothing in between.
        let is_service = |port: u64| (1..10_000).contains(&port);
        let is_ephemeral = |port: u64| port >= 32_768;
        match initiator {
            _ if is_ephemeral(source) && is_service(destination) => Some(initiator),
            _ if is_service(source) && is_ephemeral(destination) => Some(!initiator),
            _ => None,
        }
    });
    let score = tendency(good, bad);
    // Any number that hardly changes is a service's port by chance, and any that is 2 throughout is a SYN.
    if columns.iter().any(|column| table.hardly_changes(*column)) { score.min(0.0) } else { score }
}

/// Returns the score of this: a service's address is public.
fn service_of_address(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [address, service] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| {
        table.id(*service, row)?;
        table.at(*address, row)?.is_public
    });
    // A public address proves nothing, since the other side's may be public, too.
    law(good, bad).min(0.0)
}

/// Returns the score of this: if only one address is public, the service is its. It mostly is, since a hop in between
/// has an address, too.
fn service_of_side(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [own, other, service] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| {
        table.id(*service, row)?;
        let (own, other) = (table.at(*own, row)?.is_public?, table.at(*other, row)?.is_public?);
        (own != other).then_some(own)
    });
    tendency(good, bad)
}

/// Returns the number of the most frequent of some sorted values.
fn most_frequent(values: &[u64]) -> usize {
    values.chunk_by(|left, right| left == right).map(<[_]>::len).max().unwrap_or(0)
}

/// Returns the score of a law: each value of the first column occurs with only one value of the second.
fn each_has_one(
    table: &Table<'_>,
    rows: &mut dyn Iterator<Item = usize>,
    from: usize,
    to: &dyn Fn(usize) -> Option<usize>,
    tolerated_percent: usize,
) -> f64 {
    // As one number each, so that pairs and values are sorted by the same code.
    let pair = |(from, to): (usize, usize)| (from as u64) << 32 | to as u64;
    let mut pairs: Vec<u64> = rows.filter_map(|row| table.id(from, row).zip(to(row)).map(pair)).collect();
    pairs.sort_unstable();
    let (mut good, mut bad) = (0, 0);
    for images in pairs.chunk_by(|left, right| left >> 32 == right >> 32) {
        let most = most_frequent(images);
        // A value that occurs once proves nothing.
        good += most.saturating_sub(1);
        bad += images.len() - most;
    }
    let rows = pairs.len();
    let mut values = pairs;
    values.iter_mut().for_each(|pair| *pair &= u64::from(u32::MAX));
    values.sort_unstable();
    let usual = most_frequent(&values);
    let score = law(good, bad.saturating_sub((good + bad) * tolerated_percent / 100));
    // A second column that hardly changes proves nothing.
    if usual * 10 > rows * 9 { score.min(0.0) } else { score }
}

/// Returns the score of this: each value of the first column occurs with only one value of the second.
fn determines(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [from, to] = columns else { return 0.0 };
    each_has_one(table, &mut table.all_rows(), *from, &|row| table.id(*to, row), 0)
}

/// Returns the score of [`determines`] with "absent" as a value, too; records without data may break it.
fn belongs(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [from, to] = columns else { return 0.0 };
    let cells = table.columns.get(*to).map(|column| column.cells.as_slice()).unwrap_or_default();
    each_has_one(table, &mut table.all_rows(), *from, &|row| cells.get(row).copied(), 6)
}

/// Returns the score of this: in records of one direction, the attachment determines the VPC.
fn side(table: &Table<'_>, columns: &[usize], which: &[u8]) -> f64 {
    let [direction, attachment, vpc] = columns else { return 0.0 };
    let mut rows = table.all_rows().filter(|row| text(table, *direction, *row) == which);
    each_has_one(table, &mut rows, *attachment, &|row| table.id(*vpc, row), 0)
}

/// Returns the score of this: both are present, or neither.
fn together(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [left, right] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| match (table.id(*left, row), table.id(*right, row)) {
        (None, None) => None,
        (left, right) => Some(left.is_some() == right.is_some()),
    });
    law(good, bad)
}

/// Returns the score of this: where the first is present, the second is not.
fn excludes(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [left, right] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| table.id(*left, row).map(|_| table.id(*right, row).is_none()));
    law(good, bad)
}

fn ends_with(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [whole, end] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| {
        table.id(*whole, row).zip(table.id(*end, row))?;
        let last = text(table, *whole, row).rsplit(|byte| *byte == b'/').next()?;
        Some(last == text(table, *end, row))
    });
    law(good, bad)
}

fn without_data(table: &Table<'_>, status: usize, row: usize) -> bool {
    matches!(text(table, status, row), b"NODATA" | b"SKIPDATA")
}

fn kept(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [status, column] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| without_data(table, *status, row).then(|| table.id(*column, row).is_some()));
    law(good, bad)
}

/// Returns the score of [`kept`] with a field that such a record lacks in place of its status.
fn kept_without(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [flow, column] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| table.id(*flow, row).is_none().then(|| table.id(*column, row).is_some()));
    law(good, bad).min(0.0)
}

fn lost(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [status, column] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| without_data(table, *status, row).then(|| table.id(*column, row).is_none()));
    // A record has no flow that these could be of, so that few rows are enough.
    if bad * 100 > good + bad { -60.0 } else { law(good, bad) }
}
