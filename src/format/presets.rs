//! The presets, which are formats with a name: AWS's default formats, all fields up to a version, and the custom formats of
//! AWS's documentation. Some of them differ only in their order, so the number of fields does not determine the format.
//!
//! Sources, by AWS:
//!
//! - *Flow log records* and *Flow log record examples* (VPC)
//! - *Transit Gateway Flow Logs*
//! - *Publish flow logs to Amazon S3*
//! - *Enforce VPC encryption in transit*, and the announcement of VPC encryption controls
//!
//! The orders of `v2-location`, `v2-ecs-names-first`, `v5-resource-id` and `v5-encryption-status` are those of public
//! infrastructure templates.

use crate::base::sorted::sorted_by;
use crate::error::words::nearest as nearest_word;
use crate::field::Field;
use crate::format::Format;

/// A format with a name.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// The name, which can be given as a format.
    pub name: &'static str,
    /// A description, without a full stop.
    #[cfg(feature = "detect")]
    pub description: &'static str,
    order: Order,
}

#[derive(Clone, Copy, Debug)]
enum Order {
    /// The VPC fields up to a version, in AWS's order.
    Table(u8),
    /// The same, and some fields after them.
    TableThen(u8, &'static [Field]),
    /// The VPC fields up to a version, sorted by name as the console's "select all" sorts them.
    Alphabetical(u8),
    /// An order of its own.
    Listed(&'static [Field]),
}

use Field::*;

/// All presets. Without a format and a header, a line is read by the preset that it fits.
pub const PRESETS: &[Preset] = &[
    preset_of("default", "AWS's default: the version 2 fields", Order::Table(2)),
    preset_of("v2", "the same as default", Order::Table(2)),
    preset_of("v3", "all VPC fields up to version 3, in AWS's order", Order::Table(3)),
    preset_of("v4", "all VPC fields up to version 4, in AWS's order", Order::Table(4)),
    preset_of("v5", "all VPC fields up to version 5, in AWS's order", Order::Table(5)),
    preset_of("v7", "all VPC fields up to version 7, in AWS's order", Order::Table(7)),
    preset_of("v8", "all VPC fields up to version 8, in AWS's order", Order::Table(8)),
    preset_of("v9", "all VPC fields up to version 9, in AWS's order", Order::Table(9)),
    preset_of("v10", "all VPC fields up to version 10, in AWS's order", Order::Table(10)),
    preset_of("v11", "all VPC fields up to version 11, in AWS's order", Order::Table(11)),
    preset_of("tgw", "AWS's default for transit gateways (version 6)", Order::Listed(TGW)),
    preset_of("v5-alphabetical", "all VPC fields up to version 5, sorted by name", Order::Alphabetical(5)),
    preset_of("v7-alphabetical", "all VPC fields up to version 7, sorted by name", Order::Alphabetical(7)),
    preset_of("v8-alphabetical", "all VPC fields up to version 8, sorted by name", Order::Alphabetical(8)),
    preset_of("v9-alphabetical", "all VPC fields up to version 9, sorted by name", Order::Alphabetical(9)),
    preset_of("v10-alphabetical", "all VPC fields up to version 10, sorted by name", Order::Alphabetical(10)),
    preset_of("v11-alphabetical", "all VPC fields up to version 11, sorted by name", Order::Alphabetical(11)),
    preset_of("v2-location", "the version 2 fields, then version 4's", Order::TableThen(2, LOCATION)),
    preset_of("v2-ecs", "the version 2 fields, then Amazon ECS's, in AWS's order", Order::TableThen(2, ECS)),
    preset_of(
        "v2-ecs-names-first",
        "the same, each name or ID before its ARN, as public templates have it",
        Order::TableThen(2, ECS_NAMES_FIRST),
    ),
    preset_of("v5-resource-id", "the fields of v5, then the regional NAT gateway", Order::TableThen(5, &[ResourceId])),
    preset_of(
        "v5-encryption-status",
        "the fields of v5, then the encryption in transit",
        Order::TableThen(5, &[EncryptionStatus]),
    ),
    preset_of("nat-gateway", "AWS's example for a zonal NAT gateway", Order::Listed(NAT_GATEWAY)),
    preset_of("nat-gateway-regional", "AWS's example for a regional NAT gateway", Order::Listed(NAT_GATEWAY_REGIONAL)),
    preset_of("transit-gateway", "AWS's example for VPC traffic through a transit gateway", Order::Listed(THROUGH_TGW)),
    preset_of("tcp-flags", "AWS's example of TCP flag sequences", Order::Listed(TCP_FLAGS)),
    preset_of("service-name", "AWS's example of service names and traffic paths", Order::Listed(SERVICE_NAME)),
    preset_of("s3-example", "AWS's example of a flow log that publishes to S3", Order::Listed(S3_EXAMPLE)),
    preset_of("encryption", "AWS's user guide on VPC encryption controls", Order::Listed(ENCRYPTION)),
    preset_of("encryption-audit", "AWS's announcement of VPC encryption controls", Order::Listed(ENCRYPTION_AUDIT)),
];

const fn preset_of(
    name: &'static str,
    #[cfg_attr(not(feature = "detect"), allow(unused_variables))] description: &'static str,
    order: Order,
) -> Preset {
    Preset {
        name,
        #[cfg(feature = "detect")]
        description,
        order,
    }
}

const TGW: &[Field] = &[
    Version, ResourceType, AccountId, TgwId, TgwAttachmentId, TgwSrcVpcAccountId, TgwDstVpcAccountId, TgwSrcVpcId,
    TgwDstVpcId, TgwSrcSubnetId, TgwDstSubnetId, TgwSrcEni, TgwDstEni, TgwSrcAzId, TgwDstAzId, TgwPairAttachmentId,
    Srcaddr, Dstaddr, Srcport, Dstport, Protocol, Packets, Bytes, Start, End, LogStatus, Type, PacketsLostNoRoute,
    PacketsLostBlackhole, PacketsLostMtuExceeded, PacketsLostTtlExpired, TcpFlags, Region, FlowDirection,
    PktSrcAwsService, PktDstAwsService,
];

const LOCATION: &[Field] = &[Region, AzId, SublocationType, SublocationId];

const ECS: &[Field] = &[
    EcsClusterArn, EcsClusterName, EcsContainerInstanceArn, EcsContainerInstanceId, EcsContainerId,
    EcsSecondContainerId, EcsServiceName, EcsTaskDefinitionArn, EcsTaskArn, EcsTaskId,
];

const ECS_NAMES_FIRST: &[Field] = &[
    EcsClusterName, EcsClusterArn, EcsContainerInstanceId, EcsContainerInstanceArn, EcsServiceName,
    EcsTaskDefinitionArn, EcsTaskId, EcsTaskArn, EcsContainerId, EcsSecondContainerId,
];

pub(crate) const NAT_GATEWAY: &[Field] = &[InstanceId, InterfaceId, Srcaddr, Dstaddr, PktSrcaddr, PktDstaddr];

const NAT_GATEWAY_REGIONAL: &[Field] =
    &[ResourceId, InstanceId, InterfaceId, SubnetId, Srcaddr, Dstaddr, PktSrcaddr, PktDstaddr];

const THROUGH_TGW: &[Field] = &[
    Version, InterfaceId, AccountId, VpcId, SubnetId, InstanceId, Srcaddr, Dstaddr, Srcport, Dstport, Protocol,
    TcpFlags, Type, PktSrcaddr, PktDstaddr, Action, LogStatus,
];

const TCP_FLAGS: &[Field] = &[
    Version, VpcId, SubnetId, InstanceId, InterfaceId, AccountId, Type, Srcaddr, Dstaddr, Srcport, Dstport, PktSrcaddr,
    PktDstaddr, Protocol, Bytes, Packets, Start, End, Action, TcpFlags, LogStatus,
];

const SERVICE_NAME: &[Field] = &[
    Version, Srcaddr, Dstaddr, Srcport, Dstport, Protocol, Start, End, Type, Packets, Bytes, AccountId, VpcId,
    SubnetId, InstanceId, InterfaceId, Region, AzId, SublocationType, SublocationId, Action, TcpFlags, PktSrcaddr,
    PktDstaddr, PktSrcAwsService, PktDstAwsService, TrafficPath, FlowDirection, LogStatus,
];

const S3_EXAMPLE: &[Field] = &[
    Version, VpcId, SubnetId, InstanceId, Srcaddr, Dstaddr, Srcport, Dstport, Protocol, TcpFlags, Type, PktSrcaddr,
    PktDstaddr,
];

const ENCRYPTION: &[Field] =
    &[EncryptionStatus, Srcaddr, Dstaddr, Srcport, Dstport, Protocol, TrafficPath, FlowDirection, RejectReason];

const ENCRYPTION_AUDIT: &[Field] = &[FlowDirection, TrafficPath, Srcaddr, Dstaddr, Srcport, Dstport, EncryptionStatus];

impl Preset {
    /// Returns the fields, in order.
    pub fn fields(&self) -> Vec<Field> {
        match self.order {
            Order::Listed(fields) => fields.to_vec(),
            Order::Table(version) => vpc_fields(version).collect(),
            Order::TableThen(version, more) => {
                let mut fields: Vec<Field> = vpc_fields(version).collect();
                fields.extend_from_slice(more);
                fields
            }
            Order::Alphabetical(version) => sorted_by(vpc_fields(version), |field| field.name()),
        }
    }

    /// Returns the compiled format.
    pub fn format(&self) -> Format {
        Format::of_fields(self.fields())
    }

    /// Returns the number of fields.
    pub(crate) fn field_count(&self) -> usize {
        match self.order {
            Order::Listed(fields) => fields.len(),
            Order::Table(version) | Order::Alphabetical(version) => vpc_fields(version).count(),
            Order::TableThen(version, fields) => vpc_fields(version).count() + fields.len(),
        }
    }
}

fn vpc_fields(version: u8) -> impl Iterator<Item = Field> {
    Field::ALL.iter().copied().filter(move |field| field.facts().vpc && field.facts().version <= version)
}

/// Returns the preset of that name.
pub(crate) fn preset(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

/// Returns the name of the preset that is nearest in spelling, if any is near.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    nearest_word(name, PRESETS.iter().map(|preset| preset.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_counts_are_the_documented_ones() {
        let counts: Vec<(&str, usize)> = PRESETS.iter().map(|preset| (preset.name, preset.field_count())).collect();
        let expected = [
            ("default", 14),
            ("v2", 14),
            ("v3", 21),
            ("v4", 25),
            ("v5", 29),
            ("v7", 39),
            ("v8", 40),
            ("v9", 41),
            ("v10", 42),
            ("v11", 54),
            ("tgw", 36),
            ("v5-alphabetical", 29),
            ("v7-alphabetical", 39),
            ("v8-alphabetical", 40),
            ("v9-alphabetical", 41),
            ("v10-alphabetical", 42),
            ("v11-alphabetical", 54),
            ("v2-location", 18),
            ("v2-ecs", 24),
            ("v2-ecs-names-first", 24),
            ("v5-resource-id", 30),
            ("v5-encryption-status", 30),
            ("nat-gateway", 6),
            ("nat-gateway-regional", 8),
            ("transit-gateway", 17),
            ("tcp-flags", 21),
            ("service-name", 29),
            ("s3-example", 13),
            ("encryption", 9),
            ("encryption-audit", 7),
        ];
        assert_eq!(counts, expected);
    }

    /// As a format, `tcp-flags` alone is AWS's example; `${tcp-flags}` is the field.
    #[test]
    fn one_preset_only_has_a_fields_name() {
        let both: Vec<&str> = PRESETS.iter().map(|preset| preset.name).filter(|n| Field::named(n).is_some()).collect();
        assert_eq!(both, ["tcp-flags"]);
        assert_eq!(Format::parse("tcp-flags").map(|format| format.columns().len()), Ok(21));
        assert_eq!(Format::parse("${tcp-flags}").map(|format| format.columns().len()), Ok(1));
    }

    #[test]
    fn counts_are_those_of_the_fields() {
        assert!(PRESETS.iter().all(|preset| preset.fields().len() == preset.field_count()));
    }
}
