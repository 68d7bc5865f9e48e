//! The columns that a sample leaves open: those that nearly as likely assignments change, and those that no relation
//! settles.

use std::collections::BTreeMap;

use super::Unresolved;
use super::assign::{Alternative, Assignment, NEXT_HOPS, Problem};
use super::relation::RELATIONS;
use super::table::Table;
use crate::field::Field;
use crate::value::Kind;

/// A column that no relation settles, and the other fields that it may be.
pub(super) type Doubt = (usize, Vec<Field>);

/// Returns the columns that an assignment leaves open, in their order.
pub(super) fn unresolved(assignment: &Assignment, alternatives: &[Alternative], doubts: &[Doubt]) -> Vec<Unresolved> {
    let mut open: BTreeMap<usize, Vec<Field>> = BTreeMap::new();
    for alternative in alternatives {
        for (column, field) in &alternative.changes {
            let others = open.entry(*column).or_default();
            others.extend(field.iter().filter(|field| !others.contains(field)).copied().collect::<Vec<Field>>());
        }
    }
    // A service belongs to an address, and is as open as that.
    let side_is_open =
        OWN_SIDES.into_iter().flat_map(|(left, right)| [(left, right), (right, left)]).any(|(side, other)| {
            let column = assignment.iter().position(|field| *field == Some(side));
            column.and_then(|column| open.get(&column)).is_some_and(|others| others.contains(&other))
        });
    let services = [Field::PktSrcAwsService, Field::PktDstAwsService];
    for (service, other) in services.into_iter().zip(services.into_iter().rev()).filter(|_| side_is_open) {
        if let Some(column) = assignment.iter().position(|field| *field == Some(service)) {
            let others = open.entry(column).or_default();
            if !others.contains(&other) {
                others.push(other);
            }
        }
    }
    for (column, others) in doubts {
        let known = open.entry(*column).or_default();
        let others: Vec<Field> = others.iter().filter(|other| !known.contains(other)).copied().collect();
        known.extend(others);
    }
    for (column, field) in assignment.iter().enumerate() {
        if field.is_none() {
            open.entry(column).or_default();
        }
    }
    let unresolved = open.into_iter().map(|(column, alternatives)| Unresolved {
        index: column,
        field: assignment.get(column).copied().flatten(),
        alternatives,
    });
    unresolved.collect()
}

/// Returns the doubts of an assignment that its order does not settle.
pub(super) fn doubts(table: &Table<'_>, problem: &Problem<'_>, assignment: &Assignment) -> Vec<Doubt> {
    let open = |(column, others): Doubt| -> Doubt {
        let is_open = |other: &Field| problem.order_allows(assignment, column, *other);
        (column, others.into_iter().filter(is_open).collect())
    };
    let doubts = of_relations(table, problem, assignment).into_iter().map(open);
    doubts.filter(|(_, others)| !others.is_empty()).collect()
}

/// Returns the columns that no relation settles, however well the rest fits.
fn of_relations(table: &Table<'_>, problem: &Problem<'_>, assignment: &Assignment) -> Vec<Doubt> {
    let column_of = |field: Field| assignment.iter().position(|other| *other == Some(field));
    let often_absent = |column: usize| table.columns.get(column).is_some_and(|data| data.absent() * 50 > table.rows);
    let mut doubts = Vec::new();
    // True if the records speak for a relation.
    let speaks = |fields: &[Field]| {
        let index = RELATIONS.iter().position(|relation| relation.fields == fields);
        index.and_then(|index| problem.relation(index, assignment)).is_some_and(|(score, _)| score > 1.0)
    };
    // The identifier of a container instance, without an ARN that ends with it, may be that of a container.
    if !speaks(&[Field::EcsContainerInstanceArn, Field::EcsContainerInstanceId])
        && let Some(column) = column_of(Field::EcsContainerInstanceId)
    {
        doubts.push((column, vec![Field::EcsContainerId, Field::EcsSecondContainerId, Field::EcsTaskId]));
    }
    // Flags that neither keep to TCP nor have an acknowledgement among them may be other small numbers; those of
    // transit gateways may in any case be packets lost.
    if let Some(column) = column_of(Field::TcpFlags).filter(|_| !speaks(&[Field::Protocol, Field::TcpFlags])) {
        let is_ack = |number: u64| (16..=31).contains(&number);
        let is_tgw = assignment.iter().flatten().any(|field| !field.facts().vpc);
        if is_tgw || !table.columns.get(column).is_some_and(|data| data.present().filter_map(|v| v.number).any(is_ack))
        {
            let vpc = [Field::TrafficPath, Field::EncryptionStatus];
            let tgw = Field::ALL.iter().copied().filter(|field| field.facts().tgw && field.kind() == Kind::LONG);
            let others = tgw.chain(vpc).filter(|field| column_of(*field).is_none());
            doubts.push((column, others.collect()));
        }
    }
    // Packets that are never few may be bytes.
    let are_many = |column: &usize| {
        let numbers =
            || table.columns.get(*column).into_iter().flat_map(|data| data.present()).filter_map(|v| v.number);
        numbers().min().is_some_and(|least| least >= LEAST_BYTES)
    };
    if column_of(Field::Bytes).is_none()
        && let Some(column) = column_of(Field::Packets).filter(are_many)
    {
        doubts.push((column, vec![Field::Bytes]));
    }
    // A few lines may all have few packets.
    let is_always_there = |column: &usize| table.columns.get(*column).is_some_and(|data| data.absent() == 0);
    if table.rows < FEW_LINES
        && column_of(Field::Packets).is_none()
        && !speaks(&[Field::FlowDirection, Field::TrafficPath])
        && let Some(column) = column_of(Field::TrafficPath).filter(is_always_there)
    {
        doubts.push((column, vec![Field::Packets]));
    }
    // A single pair of addresses may be the interface's or the packet's.
    let pairs = [(Field::Srcaddr, Field::PktSrcaddr), (Field::Dstaddr, Field::PktDstaddr)];
    if version(table, assignment) != Some(2) {
        for (interface, packet) in pairs {
            match (column_of(interface), column_of(packet)) {
                (Some(column), None) => doubts.push((column, vec![packet])),
                (None, Some(column)) => doubts.push((column, vec![interface])),
                _ => {}
            }
        }
    }
    // A service without both addresses may be either's.
    let is_pair = |(left, right): (Field, Field)| column_of(left).is_some() && column_of(right).is_some();
    if !OWN_SIDES.into_iter().take(2).any(is_pair) {
        doubts.extend(column_of(Field::PktSrcAwsService).map(|column| (column, vec![Field::PktDstAwsService])));
        doubts.extend(column_of(Field::PktDstAwsService).map(|column| (column, vec![Field::PktSrcAwsService])));
    }
    // A record has its version, and the other open fields came with version 11.
    if version(table, assignment).is_some_and(|version| version < 11) {
        return doubts;
    }
    // A tag may hold the instance's identifier, or one of a few numbers.
    let is_one_of_few = |column: &usize| {
        let Some(data) = table.columns.get(*column) else { return false };
        let values = data.present().count();
        values <= FEW_VALUES && values * 5 < table.rows - data.absent()
    };
    let numbers = [Field::Srcport, Field::Dstport, Field::Packets, Field::Bytes].into_iter().filter_map(column_of);
    for column in numbers.filter(is_one_of_few).chain(column_of(Field::InstanceId)) {
        let tags = Field::ALL.iter().copied().filter(|field| field.kind() == Kind::Tag && column_of(*field).is_none());
        doubts.push((column, tags.collect()));
    }
    // The next hop is an interface like the recorded one; if only one of them is there, it may be either.
    for (own, next) in NEXT_HOPS {
        match (column_of(own), column_of(next)) {
            (None, Some(column)) => doubts.push((column, vec![own])),
            (Some(column), None) if often_absent(column) => doubts.push((column, vec![next])),
            // Records of a regional NAT gateway may have no interface.
            (Some(one), Some(two)) if own == Field::InterfaceId && often_absent(one) => {
                doubts.push((one, vec![next]));
                doubts.push((two, vec![own]));
            }
            // Only what belongs to the interface tells them apart.
            (Some(one), Some(two)) if own != Field::InterfaceId && !speaks(&[Field::InterfaceId, own]) => {
                doubts.push((one, vec![next]));
                doubts.push((two, vec![own]));
            }
            _ => {}
        }
    }
    // And then it may be either side that is the interface's own.
    let interface = column_of(Field::InterfaceId).or_else(|| column_of(Field::NextHopInterfaceId));
    if doubts.iter().any(|(column, _)| Some(*column) == interface) {
        for (left, right) in OWN_SIDES.into_iter().chain(NEXT_HOPS) {
            doubts.extend(column_of(left).map(|column| (column, vec![right])));
            doubts.extend(column_of(right).map(|column| (column, vec![left])));
        }
    }
    doubts
}

/// A number of lines in which a counter has hardly all its values.
const FEW_LINES: usize = 50;

/// The fewest bytes of a packet.
const LEAST_BYTES: u64 = 20;

/// The most numbers that a tag has in a log.
const FEW_VALUES: usize = 20;

/// The fields that show which side is the interface's own.
const OWN_SIDES: [(Field, Field); 3] = [
    (Field::Srcaddr, Field::Dstaddr),
    (Field::PktSrcaddr, Field::PktDstaddr),
    (Field::PktSrcAwsService, Field::PktDstAwsService),
];

/// Returns the value of the version column.
fn version(table: &Table<'_>, assignment: &Assignment) -> Option<u64> {
    let column = assignment.iter().position(|field| *field == Some(Field::Version))?;
    table.columns.get(column)?.present().next()?.number
}
