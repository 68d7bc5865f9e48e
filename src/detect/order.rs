//! The prior of order: the orders in which people list fields, and how far a sequence of fields follows one of them.
//!
//! People rarely shuffle fields. They take AWS's table, the console's list, which is sorted by name, an example of the
//! documentation or a template for infrastructure. Then they leave fields out, or join pieces of several orders. Therefore
//! each order stands for all formats that are this order with any fields left out.

use super::likelihood::ln_add;
use crate::base::sorted::sorted_by;
use crate::field::Field::{self, *};
use crate::format::presets::PRESETS;

/// The orders of the fields of one kind of log.
pub(super) struct Orders {
    /// Each order that is not another one with fields left out.
    pub(super) whole: Vec<Vec<Field>>,
    /// Every order, as the rank of each field.
    ranks: Vec<Ranks>,
}

/// The rank of each field in an order.
struct Ranks {
    of: [Option<u8>; Field::ALL.len()],
    /// The number of fields in the order.
    count: usize,
}

/// The orders of public templates of Terraform and CloudFormation that are none of the others.
#[rustfmt::skip]
const TEMPLATES: &[&[Field]] = &[
    &[
        Version, AccountId, Action, Bytes, Dstaddr, End, InstanceId, InterfaceId, LogStatus, Packets, PktDstaddr, PktSrcaddr,
        Protocol, Region, Srcaddr, Srcport, Dstport, Start, VpcId, SubnetId, TcpFlags,
    ],
    &[
        LogStatus, AzId, InstanceId, VpcId, SubnetId, Start, End, FlowDirection, Action, PktSrcAwsService, PktDstAwsService,
        Srcaddr, PktSrcaddr, Srcport, Dstaddr, Dstport, PktDstaddr, Protocol, Type, Packets, Bytes,
    ],
];

/// The probability that a field does not follow the one before it in an order: a new piece starts.
const NEW_PIECE: f64 = 0.1;

impl Orders {
    pub(super) fn new(is_of_log: fn(Field) -> bool) -> Orders {
        let of_log: Vec<Field> = Field::ALL.iter().copied().filter(|field| is_of_log(*field)).collect();
        let versions = sorted_by(of_log.iter().map(|field| field.facts().version), |version| *version);
        let listed = PRESETS.iter().map(|preset| preset.fields()).chain(TEMPLATES.iter().map(|fields| fields.to_vec()));
        let mut all: Vec<Vec<Field>> = listed.filter(|fields| fields.iter().all(|field| is_of_log(*field))).collect();
        for version in &versions {
            let up_to = || of_log.iter().copied().filter(|field| field.facts().version <= *version);
            let is_default = |field: &Field| versions.first() == Some(&field.facts().version);
            let more = || up_to().filter(|field| !is_default(field));
            let by_name = |fields: &mut dyn Iterator<Item = Field>| sorted_by(fields, |field| field.name());
            all.push(up_to().collect());
            all.push(by_name(&mut up_to()));
            all.push(up_to().filter(is_default).chain(by_name(&mut more())).collect());
        }
        let ranks = all.iter().map(|fields| Ranks::new(fields)).collect();
        // A part of a longer order, or of an equal one before it.
        let is_part = |(index, fields): &(usize, &Vec<Field>)| {
            all.iter().enumerate().any(|(other, longer)| {
                (longer.len(), *index) > (fields.len(), other) && is_in(longer, fields.iter().copied())
            })
        };
        let whole = all.iter().enumerate().filter(|order| !is_part(order)).map(|(_, fields)| fields.clone()).collect();
        Orders { whole, ranks }
    }

    /// True if the fields are in one of the orders, with any left out.
    pub(super) fn has_whole(&self, fields: impl Iterator<Item = Field> + Clone) -> bool {
        self.whole.iter().any(|order| is_in(order, fields.clone()))
    }

    /// Returns the log-likelihood of a sequence of fields, as against any sequence: it follows an order, or it is shuffled.
    /// Therefore a piece of an order is not evidence among fields that are mostly shuffled.
    pub(super) fn score(&self, fields: impl Iterator<Item = Field> + Clone) -> f64 {
        let scores = self.ranks.iter().map(|ranks| ranks.score(fields.clone()));
        ln_add(scores.fold(f64::NEG_INFINITY, f64::max), 0.0)
    }
}

impl Ranks {
    fn new(fields: &[Field]) -> Ranks {
        let mut of = [None; Field::ALL.len()];
        for (rank, field) in fields.iter().enumerate() {
            if let Some(of_field) = of.get_mut(*field as usize) {
                *of_field = u8::try_from(rank).ok();
            }
        }
        Ranks { of, count: fields.len() }
    }

    fn rank(&self, field: Field) -> Option<u8> {
        self.of.get(field as usize).copied().flatten()
    }

    /// Returns the log-likelihood of a sequence: a field is followed by the next one half the time, by the one after it a
    /// sixth of the time, and so on.
    fn score(&self, fields: impl Iterator<Item = Field> + Clone) -> f64 {
        let following = fields.clone().skip(1);
        let steps = fields.zip(following).map(|(field, next)| {
            let step = self.rank(field).zip(self.rank(next)).and_then(|(rank, next)| next.checked_sub(rank));
            let near = step.filter(|step| *step > 0).map_or(0.0, |step| {
                let step = f64::from(step);
                self.count as f64 / (step * (step + 1.0))
            });
            (NEW_PIECE + (1.0 - NEW_PIECE) * near).ln()
        });
        steps.sum()
    }
}

/// True if fields are in an order, with any left out.
pub(super) fn is_in(order: &[Field], fields: impl Iterator<Item = Field>) -> bool {
    let mut rest = order.iter();
    fields.into_iter().all(|field| rest.any(|other| *other == field))
}

/// Returns by how many nats a sequence that is in one of the orders is likelier than the same fields shuffled.
pub(super) fn of_whole(fields: usize) -> f64 {
    (2..=fields).map(|count| (count as f64).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_orders_are_those_with_fields_left_out() {
        let vpc = Orders::new(|field| field.facts().vpc);
        let has = |fields: &[Field]| vpc.has_whole(fields.iter().copied());
        assert!(has(&[AccountId, InterfaceId, Srcaddr, Dstaddr, Srcport, Dstport, Protocol, Packets, Bytes, Start]));
        assert!(has(&[AccountId, Action, Bytes, Dstaddr, Dstport, End, PktDstaddr, PktSrcaddr, Version, VpcId]));
        assert!(has(&[Srcaddr, Dstaddr, Srcport, Dstport, Protocol, Start, End, Type, Packets, Bytes, AccountId]));
        assert!(has(&[Version, Srcaddr, Dstaddr, LogStatus, AzId, PktDstaddr, PktSrcaddr, Region, TcpFlags, VpcId]));
        assert!(has(&[Version, Action, Bytes, Dstaddr, Region, Srcaddr, Srcport, Dstport, Start, TcpFlags]));
        assert!(!has(&[Version, Dstport, Dstaddr, Srcaddr]));
        assert!(!has(&[TgwId]));
        let tgw = Orders::new(|field| field.facts().tgw);
        assert!(tgw.has_whole([Version, ResourceType, TgwId, Srcaddr, Dstaddr].into_iter()));
        assert!(!tgw.has_whole([Version, InterfaceId].into_iter()));
        assert!((of_whole(4) - 24_f64.ln()).abs() < 1e-9);
    }

    #[test]
    fn pieces_of_an_order_are_likelier_than_shuffled_ones() {
        let vpc = Orders::new(|field| field.facts().vpc);
        let score = |fields: &[Field]| vpc.score(fields.iter().copied());
        let usual = [Type, Srcaddr, Dstaddr, Srcport, Dstport, PktSrcaddr, PktDstaddr, Protocol];
        for exchanged in [[1, 2], [3, 4], [5, 6], [1, 5]] {
            let mut other = usual;
            other.swap(exchanged[0], exchanged[1]);
            assert!(score(&usual) > score(&other) + 2.0, "{exchanged:?}");
        }
    }

    #[test]
    fn a_piece_of_an_order_is_not_evidence_among_shuffled_fields() {
        let vpc = Orders::new(|field| field.facts().vpc);
        let score = |fields: &[Field]| vpc.score(fields.iter().copied());
        let shuffled = [Bytes, SubnetId, Srcaddr, Dstaddr, Action, VpcId, End, AccountId, Type, Packets];
        let mut other = shuffled;
        other.swap(2, 3);
        assert!((score(&shuffled) - score(&other)).abs() < 0.1, "{} {}", score(&shuffled), score(&other));
    }
}
