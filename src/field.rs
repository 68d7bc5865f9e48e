//! The table of the fields that AWS documents for VPC and transit gateway flow logs.
//!
//! Sources: *Flow log records* in the Amazon VPC User Guide; *Transit Gateway Flow Logs* in the Amazon
//! VPC Transit Gateways guide (version 6).
//!
//! The names in brackets are those of tools that write or read flow logs:
//!
//! - filter patterns of CloudWatch Logs: `windowstart`
//! - CloudWatch Logs Insights and transformers: `startTime`
//! - tables of Athena: `sourceaddress`, `numbytes`
//! - Elastic's integration: `pkt_src_service`; columns named as in ECS: `source_ip`, `network_bytes`
//! - Splunk's add-on: `src_ip`; Sumo Logic's parsers: `start_sample`
//! - spreadsheets and scripts: `pkts`, `src_address`
//!
//! CONTRIBUTING.md says how to add a field.

use crate::error::words::nearest;
use crate::value::Kind;

/// A row of the table of fields.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// The field itself.
    pub field: Field,
    /// AWS's name, e.g. `pkt-srcaddr`.
    pub name: &'static str,
    /// The name with underscores, as Athena, Parquet and the documents write it, e.g. `pkt_srcaddr`.
    pub column: &'static str,
    /// The other names by which tools know it, in small letters and without hyphens.
    pub aliases: &'static [&'static str],
    /// The flow log version that introduced the field, from 2.
    pub version: u8,
    /// True if VPC, subnet and interface flow logs have it.
    pub vpc: bool,
    /// True if transit gateway flow logs have it.
    pub tgw: bool,
    /// The kind of its values.
    pub kind: Kind,
    /// One sentence on its meaning.
    #[cfg(feature = "detect")]
    pub description: &'static str,
}

const fn underscored<const N: usize>(name: &str) -> [u8; N] {
    let from = name.as_bytes();
    let mut to = [0; N];
    let mut i = 0;
    while i < N {
        to[i] = if from[i] == b'-' { b'_' } else { from[i] };
        i += 1;
    }
    to
}

const VPC: (bool, bool) = (true, false);
const TGW: (bool, bool) = (false, true);
const BOTH: (bool, bool) = (true, true);

macro_rules! fields {
    ($($field:ident $name:literal $([$($alias:literal),+])? $version:literal $logs:ident $kind:expr, $description:literal;)+) => {
        /// A field of a flow log record, in AWS's order: the VPC fields by version, then the transit gateway's own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Field {
            $(#[doc = concat!("`", $name, "`: ", $description)] $field,)+
        }

        impl Field {
            /// Every field, in the table's order.
            pub const ALL: &'static [Field] = &[$(Field::$field,)+];
        }

        const FACTS: &[Facts] = &[$(Facts {
            field: Field::$field,
            name: $name,
            column: {
                const COLUMN: [u8; $name.len()] = underscored($name);
                match core::str::from_utf8(&COLUMN) {
                    Ok(column) => column,
                    Err(_) => $name,
                }
            },
            aliases: &[$($($alias),+)?],
            version: $version,
            vpc: $logs.0,
            tgw: $logs.1,
            kind: $kind,
            #[cfg(feature = "detect")]
            description: $description,
        },)+];
    };
}

fields! {
    Version "version" 2 BOTH Kind::VERSION, "Version of the record: 2 in the default format, else the highest version among the chosen fields.";
    AccountId "account-id" ["account", "awsaccount", "awsaccountid", "cloudaccountid"] 2 BOTH Kind::Account, "Account that owns the recorded interface or transit gateway: twelve digits kept as text, or `unknown`.";
    InterfaceId "interface-id" ["eni", "eniid", "networkinterfaceid"] 2 VPC Kind::Id("eni-"), "Network interface that the traffic was recorded on.";
    Srcaddr "srcaddr" ["source", "sourceaddr", "sourceaddress", "sourceip", "sourceipaddress", "src", "srcaddress", "srcip", "srcipaddr"] 2 BOTH Kind::Address, "Source address as the interface sees it.";
    Dstaddr "dstaddr" ["destination", "destinationaddr", "destinationaddress", "destinationip", "destinationipaddress", "dest", "destaddr", "destaddress", "destip", "dst", "dstaddress", "dstip", "dstipaddr"] 2 BOTH Kind::Address, "Destination address as the interface sees it.";
    Srcport "srcport" ["sourceport"] 2 BOTH Kind::PORT, "Source port; 0 where the protocol has none.";
    Dstport "dstport" ["destinationport", "destport"] 2 BOTH Kind::PORT, "Destination port; 0 where the protocol has none.";
    Protocol "protocol" ["ipprotocol", "networkiananumber", "proto", "protocolnumber"] 2 BOTH Kind::PROTOCOL, "IANA protocol number.";
    Packets "packets" ["networkpackets", "numpackets", "packetcount", "pkts", "sourcepackets"] 2 BOTH Kind::LONG, "Packets of the flow in the capture window.";
    Bytes "bytes" ["bytecount", "networkbytes", "numbytes", "sourcebytes"] 2 BOTH Kind::LONG, "Bytes of the flow in the capture window.";
    Start "start" ["eventstart", "startsample", "starttime", "windowstart"] 2 BOTH Kind::Time, "Start of the capture window, in Unix seconds.";
    End "end" ["endsample", "endtime", "eventend", "windowend"] 2 BOTH Kind::Time, "End of the capture window, in Unix seconds.";
    Action "action" ["vpcflowaction"] 2 VPC Kind::Word(&["ACCEPT", "REJECT"]), "Decision on the traffic: accepted or rejected.";
    LogStatus "log-status" ["flowlogstatus"] 2 BOTH Kind::Word(&LogStatus::WORDS), "Completeness of the record: data, no traffic, or a number of records that were lost.";
    VpcId "vpc-id" 3 VPC Kind::Id("vpc-"), "VPC of the interface.";
    SubnetId "subnet-id" 3 VPC Kind::Id("subnet-"), "Subnet of the interface.";
    InstanceId "instance-id" ["cloudinstanceid"] 3 VPC Kind::Id("i-"), "Instance that the interface is attached to, if it is yours.";
    TcpFlags "tcp-flags" 3 BOTH Kind::INTEGER, "TCP flags seen in the capture window, OR-ed: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32.";
    Type "type" 3 BOTH Kind::Word(&["IPv4", "IPv6", "EFA"]), "Kind of traffic.";
    PktSrcaddr "pkt-srcaddr" ["packetsrcaddr", "pktsrcaddress", "pktsrcip"] 3 VPC Kind::Address, "Source address in the packet, where a hop in between changes it.";
    PktDstaddr "pkt-dstaddr" ["packetdstaddr", "pktdstaddress", "pktdstip"] 3 VPC Kind::Address, "Destination address in the packet, where a hop in between changes it.";
    Region "region" ["awsregion", "cloudregion"] 4 BOTH Kind::Region, "Region of the interface or transit gateway.";
    AzId "az-id" ["availabilityzoneid"] 4 VPC Kind::AzId, "Availability Zone ID of the interface.";
    SublocationType "sublocation-type" 4 VPC Kind::Lower, "Kind of the sublocation: wavelength, outpost or localzone.";
    SublocationId "sublocation-id" 4 VPC Kind::Text, "Sublocation of the interface.";
    PktSrcAwsService "pkt-src-aws-service" ["pktsrcservice"] 5 BOTH Kind::Upper, "AWS service whose address range holds the packet's source.";
    PktDstAwsService "pkt-dst-aws-service" ["pktdstservice"] 5 BOTH Kind::Upper, "AWS service whose address range holds the packet's destination.";
    FlowDirection "flow-direction" 5 BOTH Kind::Word(&["ingress", "egress"]), "Direction as the interface or transit gateway sees it.";
    TrafficPath "traffic-path" 5 VPC Kind::INTEGER, "Number of the path that egress traffic takes.";
    EcsClusterArn "ecs-cluster-arn" 7 VPC Kind::Arn, "ARN of the Amazon ECS cluster whose task made the traffic.";
    EcsClusterName "ecs-cluster-name" 7 VPC Kind::Name, "Name of the Amazon ECS cluster.";
    EcsContainerInstanceArn "ecs-container-instance-arn" 7 VPC Kind::Arn, "ARN of the Amazon ECS container instance.";
    EcsContainerInstanceId "ecs-container-instance-id" 7 VPC Kind::Uid, "ID of the Amazon ECS container instance.";
    EcsContainerId "ecs-container-id" 7 VPC Kind::Uid, "Runtime ID of the task's first container.";
    EcsSecondContainerId "ecs-second-container-id" 7 VPC Kind::Uid, "Runtime ID of the task's second container.";
    EcsServiceName "ecs-service-name" 7 VPC Kind::Name, "Amazon ECS service that started the task.";
    EcsTaskDefinitionArn "ecs-task-definition-arn" 7 VPC Kind::Arn, "ARN of the Amazon ECS task definition.";
    EcsTaskArn "ecs-task-arn" 7 VPC Kind::Arn, "ARN of the Amazon ECS task.";
    EcsTaskId "ecs-task-id" 7 VPC Kind::Uid, "ID of the Amazon ECS task.";
    RejectReason "reject-reason" 8 VPC Kind::Upper, "Reason for the rejection: BPA or EC so far.";
    ResourceId "resource-id" 9 VPC Kind::Id("nat-"), "Regional NAT gateway that the flow belongs to.";
    EncryptionStatus "encryption-status" 10 VPC Kind::INTEGER, "Encryption in transit: 0 none, 1 Nitro, 2 application, 3 both.";
    InstanceTag "instance-tag" 11 VPC Kind::Tag, "Value of the first chosen tag of the instance, percent-encoded.";
    InstanceTag2 "instance-tag-2" 11 VPC Kind::Tag, "Value of the second chosen tag of the instance, percent-encoded.";
    InterfaceTag "interface-tag" 11 VPC Kind::Tag, "Value of the first chosen tag of the interface, percent-encoded.";
    InterfaceTag2 "interface-tag-2" 11 VPC Kind::Tag, "Value of the second chosen tag of the interface, percent-encoded.";
    AsgTag "asg-tag" 11 VPC Kind::Tag, "Value of the first chosen tag of the Auto Scaling group, percent-encoded.";
    AsgTag2 "asg-tag-2" 11 VPC Kind::Tag, "Value of the second chosen tag of the Auto Scaling group, percent-encoded.";
    InterfaceType "interface-type" 11 VPC Kind::Lower, "Kind of the recorded interface, e.g. nat_gateway.";
    NextHopInterfaceId "next-hop-interface-id" 11 VPC Kind::Id("eni-"), "Interface of the next hop: the receiver for egress, the sender for ingress.";
    NextHopSubnetId "next-hop-subnet-id" 11 VPC Kind::Id("subnet-"), "Subnet of the next hop.";
    NextHopAzId "next-hop-az-id" 11 VPC Kind::AzId, "Availability Zone ID of the next hop.";
    NextHopVpcId "next-hop-vpc-id" 11 VPC Kind::Id("vpc-"), "VPC of the next hop.";
    NextHopInterfaceType "next-hop-interface-type" 11 VPC Kind::Lower, "Kind of the next hop's interface.";
    ResourceType "resource-type" 6 TGW Kind::Camel, "Kind of the recorded resource: TransitGateway or TransitGatewayAttachment.";
    TgwId "tgw-id" 6 TGW Kind::Id("tgw-"), "Transit gateway that the traffic was recorded on.";
    TgwAttachmentId "tgw-attachment-id" 6 TGW Kind::Id("tgw-attach-"), "Attachment that the traffic was recorded on.";
    TgwSrcVpcAccountId "tgw-src-vpc-account-id" 6 TGW Kind::Account, "Account of the source VPC.";
    TgwDstVpcAccountId "tgw-dst-vpc-account-id" 6 TGW Kind::Account, "Account of the destination VPC.";
    TgwSrcVpcId "tgw-src-vpc-id" 6 TGW Kind::Id("vpc-"), "Source VPC.";
    TgwDstVpcId "tgw-dst-vpc-id" 6 TGW Kind::Id("vpc-"), "Destination VPC.";
    TgwSrcSubnetId "tgw-src-subnet-id" 6 TGW Kind::Id("subnet-"), "Subnet on the source side.";
    TgwDstSubnetId "tgw-dst-subnet-id" 6 TGW Kind::Id("subnet-"), "Subnet on the destination side.";
    TgwSrcEni "tgw-src-eni" 6 TGW Kind::Id("eni-"), "Attachment interface on the source side.";
    TgwDstEni "tgw-dst-eni" 6 TGW Kind::Id("eni-"), "Attachment interface on the destination side.";
    TgwSrcAzId "tgw-src-az-id" 6 TGW Kind::AzId, "Availability Zone ID on the source side.";
    TgwDstAzId "tgw-dst-az-id" 6 TGW Kind::AzId, "Availability Zone ID on the destination side.";
    TgwPairAttachmentId "tgw-pair-attachment-id" 6 TGW Kind::Id("tgw-attach-"), "The flow's other attachment.";
    PacketsLostNoRoute "packets-lost-no-route" 6 TGW Kind::LONG, "Packets lost because no route matched.";
    PacketsLostBlackhole "packets-lost-blackhole" 6 TGW Kind::LONG, "Packets lost to a blackhole route.";
    PacketsLostMtuExceeded "packets-lost-mtu-exceeded" 6 TGW Kind::LONG, "Packets lost because they exceeded the MTU.";
    PacketsLostTtlExpired "packets-lost-ttl-expired" 6 TGW Kind::LONG, "Packets lost because their time to live ran out.";
}

impl Field {
    /// Returns the table's row.
    pub fn facts(self) -> &'static Facts {
        &FACTS[self as usize]
    }

    /// Returns AWS's name, e.g. `pkt-srcaddr`.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Returns the name with underscores, e.g. `pkt_srcaddr`.
    pub fn column(self) -> &'static str {
        self.facts().column
    }

    /// Returns the kind of its values.
    pub fn kind(self) -> Kind {
        self.facts().kind
    }

    /// Finds the field of that name. Hyphens and underscores are the same, and case does not matter.
    ///
    /// ```
    /// use vpcflow_ecs::Field;
    /// assert_eq!(Field::named("pkt_srcaddr"), Some(Field::PktSrcaddr));
    /// assert_eq!(Field::named("pkt-srcaddr"), Some(Field::PktSrcaddr));
    /// assert_eq!(Field::named("pkt-source"), None);
    /// ```
    pub fn named(name: &str) -> Option<Field> {
        FACTS.iter().find(|facts| same_name(facts.name, name)).map(|facts| facts.field)
    }

    /// Finds the field that tools know by a name which is not AWS's: an alias, or AWS's name with other hyphens.
    ///
    /// ```
    /// use vpcflow_ecs::Field;
    /// assert_eq!(Field::with_alias("windowstart"), Some(Field::Start));
    /// assert_eq!(Field::with_alias("accountId"), Some(Field::AccountId));
    /// assert_eq!(Field::with_alias("src_port"), Some(Field::Srcport));
    /// assert_eq!(Field::with_alias("srcport"), None);
    /// ```
    pub fn with_alias(name: &str) -> Option<Field> {
        let is_it = |facts: &&Facts| {
            same_letters(facts.name, name) || facts.aliases.iter().any(|alias| same_letters(alias, name))
        };
        FACTS.iter().find(is_it).map(|facts| facts.field).filter(|field| !same_name(field.name(), name))
    }

    /// Finds the field of a name, be it AWS's or an alias.
    pub(crate) fn of_name(name: &str) -> Option<Field> {
        Field::named(name).or_else(|| Field::with_alias(name))
    }

    /// True if a name is an alias that names other things, too. Beside another column of its field, it is not the field.
    pub(crate) fn is_word(name: &str) -> bool {
        WORDS.iter().any(|word| same_letters(word, name))
    }

    /// Returns the documented name that is nearest in spelling, if any is near.
    pub(crate) fn nearest(name: &str) -> Option<&'static str> {
        nearest(&name.to_ascii_lowercase().replace('_', "-"), FACTS.iter().map(|facts| facts.name))
    }
}

/// The aliases that name other things, too: the file of a record, a host, the name of an account or of a protocol.
const WORDS: [&str; 9] = ["account", "awsaccount", "dest", "destination", "dst", "eni", "proto", "source", "src"];

/// The completeness of a record, by its field `log-status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogStatus {
    /// `OK`: the record has data.
    Ok,
    /// `NODATA`: there was no traffic in the capture window.
    NoData,
    /// `SKIPDATA`: some records were skipped in the capture window.
    SkipData,
}

impl LogStatus {
    /// Every status, in AWS's order.
    pub const ALL: [LogStatus; 3] = [LogStatus::Ok, LogStatus::NoData, LogStatus::SkipData];

    /// AWS's words, in the same order.
    const WORDS: [&str; 3] = [LogStatus::Ok.word(), LogStatus::NoData.word(), LogStatus::SkipData.word()];

    /// Returns AWS's word, e.g. `NODATA`.
    pub const fn word(self) -> &'static str {
        match self {
            LogStatus::Ok => "OK",
            LogStatus::NoData => "NODATA",
            LogStatus::SkipData => "SKIPDATA",
        }
    }

    /// Returns the status of a token that is one of the words.
    #[inline]
    pub(crate) fn of_token(token: &[u8]) -> Option<LogStatus> {
        match token.first()? {
            b'O' => Some(LogStatus::Ok),
            b'N' => Some(LogStatus::NoData),
            b'S' => Some(LogStatus::SkipData),
            _ => None,
        }
    }
}

/// True if two spellings name one field.
pub(crate) fn same_name(left: &str, right: &str) -> bool {
    let spelling = |byte: u8| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
    left.len() == right.len() && left.bytes().map(spelling).eq(right.bytes().map(spelling))
}

/// True if two spellings have the same letters and digits, whatever their hyphens, underscores and capitals.
pub(crate) fn same_letters(left: &str, right: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = u8> {
        name.bytes().filter(|byte| !matches!(byte, b'-' | b'_')).map(|byte| byte.to_ascii_lowercase())
    }
    letters(left).eq(letters(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_has_one_field_and_no_field_of_its_name() {
        let mut names: Vec<String> = FACTS.iter().map(|facts| facts.name.replace('-', "")).collect();
        names.extend(FACTS.iter().flat_map(|facts| facts.aliases.iter().map(|alias| (*alias).to_owned())));
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())));
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn nearest_names() {
        assert_eq!(Field::nearest("acount_id"), Some("account-id"));
        assert_eq!(Field::nearest("source-port"), None);
        assert_eq!(Field::nearest("SrcPorts"), Some("srcport"));
        assert_eq!(Field::nearest(&"x".repeat(100_000)), None);
    }
}
