//! What columns say of each other: laws that hold in every record, and tendencies that many records show.
//!
//! Each relation is a log-likelihood in nats for given columns in the roles of its fields: positive if the records speak
//! for it, negative if they speak against it, 0 if they say nothing. Sources: what AWS documents of the fields, and how
//! TCP, ICMP and address assignment work.

use std::collections::HashMap;

use super::table::Table;
use crate::field::Field::{self, *};

/// A relation between the columns of up to three fields.
pub(super) struct Relation {
    pub(super) fields: &'static [Field],
    pub(super) score: fn(&Table<'_>, &[usize]) -> f64,
    /// What is true of the columns when the score is high.
    pub(super) says: &'static str,
}

const fn relation(fields: &'static [Field], score: fn(&Table<'_>, &[usize]) -> f64, says: &'static str) -> Relation {
    Relation { fields, score, says }
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
    relation(&[FlowDirection, InstanceId, Srcaddr], |t, c| local(t, c, b"egress"), "egress starts at the instance's own address"),
    relation(&[FlowDirection, InstanceId, Dstaddr], |t, c| local(t, c, b"ingress"), "ingress ends at the instance's own address"),
    relation(&[TrafficPath, InterfaceId, Srcaddr], local_with_path, "what has a traffic path starts at the interface's own address"),
    relation(&[TrafficPath, InstanceId, Srcaddr], local_with_path, "what has a traffic path starts at the instance's own address"),
    relation(&[TcpFlags, Srcport, Dstport], handshake, "SYN goes to the lower port, SYN-ACK comes from it"),
    relation(&[PktSrcaddr, PktSrcAwsService], service_of_address, "the source's service comes with public source addresses"),
    relation(&[PktDstaddr, PktDstAwsService], service_of_address, "the destination's service comes with public destination addresses"),
    relation(&[Srcaddr, PktSrcAwsService], service_of_address, "the source's service comes with public source addresses"),
    relation(&[Dstaddr, PktDstAwsService], service_of_address, "the destination's service comes with public destination addresses"),

    relation(&[InterfaceId, VpcId], determines, "each interface is in one VPC"),
    relation(&[InterfaceId, SubnetId], determines, "each interface is in one subnet"),
    relation(&[InterfaceId, InstanceId], determines, "each interface has one instance"),
    relation(&[InterfaceId, AzId], determines, "each interface is in one Availability Zone"),
    relation(&[InterfaceId, InterfaceType], determines, "each interface is of one type"),
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
    relation(&[Srcaddr, TgwSrcSubnetId], determines, "each source address is in one subnet"),
    relation(&[Dstaddr, TgwDstSubnetId], determines, "each destination address is in one subnet"),
    relation(&[Srcaddr, TgwSrcAzId], determines, "each source address is in one Availability Zone"),
    relation(&[Dstaddr, TgwDstAzId], determines, "each destination address is in one Availability Zone"),
    relation(&[FlowDirection, TgwAttachmentId, TgwSrcVpcId], |t, c| side(t, c, b"ingress"), "ingress comes through the source's attachment"),
    relation(&[FlowDirection, TgwAttachmentId, TgwDstVpcId], |t, c| side(t, c, b"egress"), "egress leaves through the destination's attachment"),
    relation(&[FlowDirection, TgwPairAttachmentId, TgwSrcVpcId], |t, c| side(t, c, b"egress"), "the other attachment of egress is the source's"),
    relation(&[FlowDirection, TgwPairAttachmentId, TgwDstVpcId], |t, c| side(t, c, b"ingress"), "the other attachment of ingress is the destination's"),

    relation(&[EcsClusterArn, EcsClusterName], ends_with, "the cluster's ARN ends with its name"),
    relation(&[EcsTaskArn, EcsTaskId], ends_with, "the task's ARN ends with its ID"),
    relation(&[EcsContainerInstanceArn, EcsContainerInstanceId], ends_with, "the container instance's ARN ends with its ID"),
    relation(&[EcsTaskId, EcsContainerId], |t, c| determines(t, &[c[1], c[0]]), "each container is of one task"),

    relation(&[LogStatus, Version], kept, KEPT),
    relation(&[LogStatus, AccountId], kept, KEPT),
    relation(&[LogStatus, InterfaceId], kept, KEPT),
    relation(&[LogStatus, VpcId], kept, KEPT),
    relation(&[LogStatus, SubnetId], kept, KEPT),
    relation(&[LogStatus, Region], kept, KEPT),
    relation(&[LogStatus, AzId], kept, KEPT),
    relation(&[LogStatus, Start], kept, KEPT),
    relation(&[LogStatus, End], kept, KEPT),
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
    relation(&[LogStatus, TrafficPath], lost, LOST),
];

const KEPT: &str = "it is present in records without data";
const LOST: &str = "it is absent in records without data";

/// What always holds: a record that breaks it counts much more than one that keeps it. One in a hundred may be broken.
fn law(good: usize, bad: usize) -> f64 {
    let tolerated = (good + bad) as f64 / 100.0;
    (0.4 * good as f64).min(8.0) - (3.0 * (bad as f64 - tolerated).max(0.0)).min(60.0)
}

/// What holds mostly: it speaks only when chance can hardly have made it, at four standard deviations.
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
        let (packets, bytes) = (table.number(*packets, row)?, table.number(*bytes, row)?);
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
    let (good, bad) = count(table, |row| match table.number(*protocol, row)? {
        6 => None,
        _ => Some(table.number(*flags, row).unwrap_or(0) == 0),
    });
    law(good, bad)
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

/// The most frequent address of each owner, over several address columns.
fn own_addresses<'a>(table: &Table<'a>, owner: usize, addresses: &[usize]) -> HashMap<usize, &'a [u8]> {
    let mut counts: HashMap<(usize, &[u8]), usize> = HashMap::new();
    for row in table.all_rows() {
        let Some(owner) = table.id(owner, row) else { continue };
        for address in addresses {
            if table.id(*address, row).is_some() {
                *counts.entry((owner, text(table, *address, row))).or_default() += 1;
            }
        }
    }
    let mut best: HashMap<usize, (usize, &[u8])> = HashMap::new();
    for ((owner, address), count) in counts {
        let entry = best.entry(owner).or_insert((count, address));
        if (count, address) > *entry {
            *entry = (count, address);
        }
    }
    best.into_iter().map(|(owner, (_, address))| (owner, address)).collect()
}

fn one_is_local(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [owner, left, right] = columns else { return 0.0 };
    let own = own_addresses(table, *owner, &[*left, *right]);
    let (good, bad) = count(table, |row| {
        let own = own.get(&table.id(*owner, row)?)?;
        table.id(*left, row).zip(table.id(*right, row))?;
        Some(text(table, *left, row) == *own || text(table, *right, row) == *own)
    });
    tendency(good, bad) - (bad as f64 * 0.5).min(10.0)
}

/// In records of one direction, the address is the owner's own; in those of the other, it is not.
fn local(table: &Table<'_>, columns: &[usize], own_direction: &[u8]) -> f64 {
    let [direction, owner, address] = columns else { return 0.0 };
    let is_own = |row: usize| match text(table, *direction, row) {
        b"-" => None,
        found => Some(found == own_direction),
    };
    tendency_of_owner(table, *owner, *address, is_own)
}

/// The same, where a traffic path stands for egress; without one, nothing is known.
fn local_with_path(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [path, owner, address] = columns else { return 0.0 };
    tendency_of_owner(table, *owner, *address, |row| table.id(*path, row).map(|_| true))
}

/// An owner's own address repeats from record to record where it is expected, more than where the far end is.
fn tendency_of_owner(table: &Table<'_>, owner: usize, address: usize, is_own: impl Fn(usize) -> Option<bool>) -> f64 {
    // How many different addresses each owner has here, where its own one is expected and where the far end is.
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

fn handshake(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [flags, source, destination] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| {
        let (source, destination) = (table.number(*source, row)?, table.number(*destination, row)?);
        let initiator = match table.number(*flags, row)? {
            2 | 3 | 6 | 7 => true,
            flags if flags & 18 == 18 => false,
            _ => return None,
        };
        // An ephemeral port against a service's, nothing in between.
        let is_service = |port: u64| port < 10_000;
        let is_ephemeral = |port: u64| port >= 32_768;
        match initiator {
            _ if is_ephemeral(source) && is_service(destination) => Some(initiator),
            _ if is_service(source) && is_ephemeral(destination) => Some(!initiator),
            _ => None,
        }
    });
    tendency(good, bad)
}

fn service_of_address(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [address, service] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| {
        table.id(*service, row)?;
        table.at(*address, row)?.is_public
    });
    // A service with a private address is nearly impossible; a public one may be the other side's.
    tendency(good, bad) - (bad as f64 * 1.0).min(20.0)
}

/// Whether each value of the first column goes with one value only of the second.
fn determines(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [from, to] = columns else { return 0.0 };
    let mut pairs: HashMap<usize, HashMap<usize, usize>> = HashMap::new();
    for row in table.all_rows() {
        if let (Some(from), Some(to)) = (table.id(*from, row), table.id(*to, row)) {
            *pairs.entry(from).or_default().entry(to).or_default() += 1;
        }
    }
    let distinct = table.columns.get(*to).map_or(0, |column| column.present().count());
    let (mut good, mut bad) = (0, 0);
    for images in pairs.values() {
        let rows: usize = images.values().sum();
        let most = images.values().copied().max().unwrap_or(0);
        // A value that comes once determines anything.
        good += most.saturating_sub(1);
        bad += rows - most;
    }
    let score = law(good, bad);
    // A second column that never changes is determined by anything, and shows nothing.
    if distinct < 2 { score.min(0.0) } else { score }
}

/// In records of one direction, the attachment and the VPC go together.
fn side(table: &Table<'_>, columns: &[usize], which: &[u8]) -> f64 {
    let [direction, attachment, vpc] = columns else { return 0.0 };
    let mut pairs: HashMap<usize, HashMap<usize, usize>> = HashMap::new();
    for row in table.all_rows().filter(|row| text(table, *direction, *row) == which) {
        if let (Some(attachment), Some(vpc)) = (table.id(*attachment, row), table.id(*vpc, row)) {
            *pairs.entry(attachment).or_default().entry(vpc).or_default() += 1;
        }
    }
    let (mut good, mut bad) = (0, 0);
    for images in pairs.values() {
        let rows: usize = images.values().sum();
        let most = images.values().copied().max().unwrap_or(0);
        good += most.saturating_sub(1);
        bad += rows - most;
    }
    if pairs.len() < 2 { law(good, bad).min(0.0) } else { law(good, bad) }
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

fn lost(table: &Table<'_>, columns: &[usize]) -> f64 {
    let [status, column] = columns else { return 0.0 };
    let (good, bad) = count(table, |row| without_data(table, *status, row).then(|| table.id(*column, row).is_none()));
    law(good, bad)
}
