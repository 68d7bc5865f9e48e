//! The one mapping table: which AWS field becomes which key of a document, and how, in each schema. "ECS" alone means
//! Elastic Common Schema here; the fields that start with `ecs-` are Amazon ECS's.
//!
//! `src/document/` compiles the rows that a format, a schema and a mode select; `npm run docs` prints them all into
//! `docs/mapping.md`. A field without a row in a schema goes to `aws.vpcflow.<column>` there, and so does a field that
//! AWS has not documented yet.
//!
//! Sources: the Elastic Common Schema reference 8.17; the documented outputs of Elastic's AWS integration (data stream
//! `aws.vpcflow`) and of the Beats processor `parse_aws_vpc_flow_log`.

pub(crate) mod protocol;

use crate::field::Field::{self, *};
use crate::schema::protocol::elastic_names;
use crate::value::Kind;

/// What the documents look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Schema {
    /// `ecs`: Elastic Common Schema 8.17.0, with what looks like mistakes upstream mended.
    #[default]
    Ecs,
    /// `elastic-integration`: what Elastic's AWS integration emits (ECS 8.11.0), its quirks included.
    ElasticIntegration,
    /// `elastic-integration-1.12`: what it emitted with ECS 1.12.0.
    ElasticIntegration112,
    /// `beats`: what the Beats processor `parse_aws_vpc_flow_log` emits.
    Beats,
}

/// Which fields a document of [`Schema::Ecs`] or [`Schema::Beats`] has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// `ecs`: the ECS fields, and `aws.vpcflow.*` for what ECS has no place for.
    #[default]
    Ecs,
    /// `ecs_and_original`: both.
    EcsAndOriginal,
    /// `original`: `aws.vpcflow.<column>` for every field.
    Original,
}

/// A set of output kinds: one bit for each column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outputs(u8);

impl Outputs {
    /// Schema `ecs`, its ECS fields.
    pub const ECS: Outputs = Outputs(1);
    /// Schema `ecs`, its original fields.
    pub const ORIGINAL: Outputs = Outputs(2);
    /// Schema `elastic-integration`.
    pub const INTEGRATION: Outputs = Outputs(4);
    /// Schema `elastic-integration-1.12`.
    pub const INTEGRATION_1_12: Outputs = Outputs(8);
    /// Schema `beats`, its ECS fields.
    pub const BEATS: Outputs = Outputs(16);
    /// Schema `beats`, its original fields.
    pub const BEATS_ORIGINAL: Outputs = Outputs(32);
    /// The event that stands for a line that is no record, in every schema.
    pub const ERROR: Outputs = Outputs(64);

    /// What a schema and a mode select.
    pub fn of(schema: Schema, mode: Mode) -> Outputs {
        let (ecs, original) = match schema {
            Schema::ElasticIntegration => return Outputs::INTEGRATION,
            Schema::ElasticIntegration112 => return Outputs::INTEGRATION_1_12,
            Schema::Ecs => (Outputs::ECS, Outputs::ORIGINAL),
            Schema::Beats => (Outputs::BEATS, Outputs::BEATS_ORIGINAL),
        };
        match mode {
            Mode::Ecs => ecs,
            Mode::Original => original,
            Mode::EcsAndOriginal => ecs.or(original),
        }
    }

    /// Both.
    pub const fn or(self, other: Outputs) -> Outputs {
        Outputs(self.0 | other.0)
    }

    /// Whether the sets have a member in common.
    pub const fn meets(self, other: Outputs) -> bool {
        self.0 & other.0 != 0
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The document's key, e.g. `source.ip`.
    pub path: &'static str,
    /// The AWS fields it is made from; none for a constant or an option's value.
    pub from: &'static [Field],
    /// How.
    pub how: How,
    /// Where.
    pub outputs: Outputs,
}

/// How a value is made. Unless it says otherwise, a field that is absent makes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// This JSON text, always.
    Constant(&'static str),
    /// This JSON text, if any of the fields is present.
    ConstantIfAny(&'static str),
    /// The text as it stands; a tag's value percent-decoded.
    Text,
    /// The text as it stands, and `-` where the field is absent.
    TextOrDash,
    /// By the field's type: integers as JSON numbers, times as RFC 3339, everything else as text.
    Typed,
    /// The integer as a string of digits.
    Digits,
    /// The text in small letters.
    Lower,
    /// RFC 3339 in UTC with milliseconds.
    Time,
    /// `event.type`: `connection`, and `allowed` or `denied`.
    EventType,
    /// The first text for ACCEPT, the second for REJECT.
    Outcome(&'static str, &'static str),
    /// The protocol's keyword.
    Transport(Keywords),
    /// `ipv4` or `ipv6`.
    NetworkType(Family),
    /// The Community ID, version 1, seed 0.
    CommunityId,
    /// The addresses.
    RelatedIp(Addresses),
    /// The names of the TCP flags that are set.
    FlagNames {
        /// Whether a record without a flag has an empty list.
        empty: bool,
    },
    /// The address's place, an object, with option `geo`.
    Geo,
    /// The address's autonomous system, an object, with option `geo`.
    As,
    /// An object that stays, empty if need be, when the format has one of the fields (or, naming none, always).
    Object,
    /// What an option or the occasion gives.
    Given(Setting),
}

/// Which protocols have a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keywords {
    /// All that IANA names.
    Iana,
    /// Those that Elastic's software names.
    Elastic,
    /// The same, for a number without leading zeros only.
    ElasticByText,
    /// TCP and UDP, for a number without leading zeros only.
    TcpUdp,
}

/// What decides `network.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// AWS's type of traffic, else the source address, else the destination address.
    TypeThenAddress,
    /// The source address; IPv6 if it has a colon.
    SourceColon,
    /// The source address; IPv4 if it has a dot.
    SourceDot,
}

/// Which addresses `related.ip` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// Each once.
    Unique,
    /// Each once, in the format's order.
    UniqueInFormatOrder,
    /// Both or none, even if they are equal.
    Pair,
}

/// What an option or the occasion puts into a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The record's line, with option `preserveOriginal`.
    Original,
    /// The record's line, always.
    Line,
    /// `data_stream.type`, with option `dataStream`.
    DataStreamType,
    /// `data_stream.dataset`, with option `dataStream`.
    DataStreamDataset,
    /// `data_stream.namespace`, with option `dataStream`.
    DataStreamNamespace,
    /// `"aws"`, with option `dataStream`.
    Module,
    /// The time of parsing, with option `ingested`.
    Ingested,
    /// The time of parsing, always.
    Now,
    /// Options `tags` and `preserveOriginal`.
    Tags,
    /// The version of ECS that the schema's documents name.
    EcsVersion,
    /// What is wrong with the line.
    ErrorMessage,
    /// The error's code.
    ErrorCode,
}

// Short names, so that a row is a line.
const E: Outputs = Outputs::ECS;
const O: Outputs = Outputs::ORIGINAL;
const I: Outputs = Outputs::INTEGRATION;
const P: Outputs = Outputs::INTEGRATION_1_12;
const B: Outputs = Outputs::BEATS;
const R: Outputs = Outputs::BEATS_ORIGINAL;
const X: Outputs = Outputs::ERROR;
const EI: Outputs = E.or(I);
const EB: Outputs = E.or(B);
const EIB: Outputs = EI.or(B);
const EIP: Outputs = EI.or(P);
const IP: Outputs = I.or(P);
const EIPB: Outputs = EIP.or(B);
const BR: Outputs = B.or(R);
const EIPBORX: Outputs = EIPB.or(O).or(R).or(X);

const fn rule(path: &'static str, from: &'static [Field], how: How, outputs: Outputs) -> Rule {
    Rule { path, from, how, outputs }
}

use How::*;

/// The table. Fields that stay under `aws.vpcflow` by their own column name have no row for that: see
/// [`stays_original`].
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    // What every document says.
    rule("ecs.version", &[], Constant("\"8.17.0\""), E),
    rule("ecs.version", &[], Constant("\"8.11.0\""), I),
    rule("ecs.version", &[], Constant("\"1.12.0\""), P),
    rule("ecs.version", &[], Given(Setting::EcsVersion), X),
    rule("event.kind", &[], Constant("\"event\""), EIP),
    rule("event.kind", &[], Constant("\"pipeline_error\""), X),
    rule("event.category", &[], Constant("[\"network\"]"), EI),
    rule("event.category", &[], Constant("\"network_traffic\""), P),
    rule("event.type", &[], Constant("\"flow\""), P),
    rule("cloud.provider", &[], Constant("\"aws\""), EIP),

    // What options and the occasion add.
    rule("@timestamp", &[], Given(Setting::Now), X),
    rule("event.original", &[], Given(Setting::Original), EIPBORX),
    rule("message", &[], Given(Setting::Line), BR),
    rule("event.ingested", &[], Given(Setting::Ingested), EIPBORX),
    rule("event.module", &[], Given(Setting::Module), EIB.or(O).or(R).or(X)),
    rule("event.dataset", &[], Given(Setting::DataStreamDataset), EIB.or(O).or(R).or(X)),
    rule("data_stream.type", &[], Given(Setting::DataStreamType), EIPBORX),
    rule("data_stream.dataset", &[], Given(Setting::DataStreamDataset), EIPBORX),
    rule("data_stream.namespace", &[], Given(Setting::DataStreamNamespace), EIPBORX),
    rule("tags", &[], Given(Setting::Tags), EIPBORX),
    rule("error.message", &[], Given(Setting::ErrorMessage), X),
    rule("error.code", &[], Given(Setting::ErrorCode), X),

    // Version 2.
    rule("aws.vpcflow", &[], Object, IP.or(BR)),
    rule("cloud.account.id", &[AccountId], Text, EIPB),
    rule("aws.vpcflow.account_id", &[AccountId], Text, EIP),
    rule("source.address", &[Srcaddr], Text, EIPB),
    rule("source.ip", &[Srcaddr], Text, EIPB),
    rule("destination.address", &[Dstaddr], Text, EIPB),
    rule("destination.ip", &[Dstaddr], Text, EIPB),
    rule("source.geo", &[Srcaddr], Geo, EIPB),
    rule("source.as", &[Srcaddr], As, EIPB),
    rule("destination.geo", &[Dstaddr], Geo, EIPB),
    rule("destination.as", &[Dstaddr], As, EIPB),
    rule("source.port", &[Srcport], Typed, EIPB),
    rule("destination.port", &[Dstport], Typed, EIPB),
    rule("network.iana_number", &[Protocol], Digits, EB),
    rule("network.iana_number", &[Protocol], Text, IP),
    rule("network.transport", &[Protocol], Transport(Keywords::Iana), E),
    rule("network.transport", &[Protocol], Transport(Keywords::ElasticByText), I),
    rule("network.transport", &[Protocol], Transport(Keywords::Elastic), B),
    rule("network.transport", &[Protocol], Transport(Keywords::TcpUdp), P),
    rule("source.packets", &[Packets], Typed, EIPB),
    rule("network.packets", &[Packets], Typed, EIPB),
    rule("source.bytes", &[Bytes], Typed, EIPB),
    rule("network.bytes", &[Bytes], Typed, EIPB),
    rule("event.start", &[Start], Time, EIPB),
    rule("event.end", &[End], Time, EIPB),
    rule("@timestamp", &[End], Time, EIPB.or(O)),
    rule("event.action", &[Action], Lower, EB),
    rule("event.action", &[Action], Text, I),
    rule("event.outcome", &[Action], Outcome("success", "failure"), EIB),
    rule("event.outcome", &[Action], Outcome("allow", "deny"), P),
    rule("event.type", &[Action], EventType, EIB),
    rule("aws.vpcflow.action", &[Action], Text, EIP),
    rule("network.community_id", &[Srcaddr, Dstaddr, Srcport, Dstport, Protocol], CommunityId, EIP),
    rule("network.type", &[Type, Srcaddr, Dstaddr], NetworkType(Family::TypeThenAddress), E),
    rule("network.type", &[Srcaddr], NetworkType(Family::SourceColon), IP),
    rule("network.type", &[Srcaddr], NetworkType(Family::SourceDot), B),
    rule("related.ip", &[Srcaddr, Dstaddr, PktSrcaddr, PktDstaddr], RelatedIp(Addresses::Unique), E),
    rule("related.ip", &[Srcaddr, Dstaddr], RelatedIp(Addresses::Pair), IP),
    rule("related.ip", &[Srcaddr, Dstaddr, PktSrcaddr, PktDstaddr], RelatedIp(Addresses::UniqueInFormatOrder), B),

    // Version 3.
    rule("cloud.instance.id", &[InstanceId], Text, EIPB),
    rule("aws.vpcflow.instance_id", &[InstanceId], Text, EIP),
    rule("aws.vpcflow.tcp_flags_array", &[TcpFlags], FlagNames { empty: false }, E.or(O).or(BR)),
    rule("aws.vpcflow.tcp_flags_array", &[TcpFlags], FlagNames { empty: true }, IP),

    // Version 4.
    rule("cloud.region", &[Region], Text, EB),
    rule("cloud.region", &[Region], TextOrDash, I),
    rule("cloud.availability_zone", &[AzId], Text, EB),
    rule("cloud.availability_zone", &[AzId], TextOrDash, I),
    rule("aws.vpcflow.sublocation", &[SublocationType, SublocationId], Object, I),
    rule("aws.vpcflow.sublocation.type", &[SublocationType], Text, EI),
    rule("aws.vpcflow.sublocation.id", &[SublocationId], Text, EI),

    // Version 5.
    rule("aws.vpcflow.pkt_src_service", &[PktSrcAwsService], Text, EI),
    rule("aws.vpcflow.pkt_dst_service", &[PktDstAwsService], Text, EI),
    rule("network.direction", &[FlowDirection], Text, EB),
    rule("network.direction", &[FlowDirection], TextOrDash, I),

    // Version 6 stays as it is: packets_lost_* as numbers, everything else as text.

    // Version 7: Amazon ECS.
    rule("orchestrator.type", &[EcsClusterArn, EcsClusterName], ConstantIfAny("\"ecs\""), E),
    rule("orchestrator.type", &[EcsClusterName], ConstantIfAny("\"ecs\""), B),
    rule("orchestrator.cluster.id", &[EcsClusterArn], Text, EIB),
    rule("orchestrator.cluster.name", &[EcsClusterName], Text, EIB),
    rule("orchestrator.resource.name", &[EcsContainerInstanceArn], Text, EIB),
    rule("orchestrator.resource.type", &[EcsContainerInstanceArn], ConstantIfAny("\"container\""), EB),
    rule("orchestrator.resource.id", &[EcsContainerInstanceId], Text, EIB),
    rule("container.id", &[EcsContainerId], Text, EB),
    rule("aws.vpcflow.ecs_container_id", &[EcsContainerId], Text, E),
    rule("service.name", &[EcsServiceName], Text, EIB),

    // Version 8.
    rule("event.reason", &[RejectReason], Text, EIB),

    // Versions 9 to 11 stay as they are: ECS has no field of the same meaning. Its cloud.target.* and cloud.origin.*
    // are the far end of the traffic, while the next hop is the neighbouring interface, a middlebox's as often as not;
    // its observer.* is the device that observes, not the service behind the interface.
];

/// The JSON text of the ECS version that a schema's documents name, if they name one.
pub fn ecs_version(schema: Schema) -> Option<&'static str> {
    let output = Outputs::of(schema, Mode::Ecs);
    RULES.iter().find_map(|rule| match rule.how {
        Constant(json) if rule.path == "ecs.version" && rule.outputs.meets(output) => Some(json),
        _ => None,
    })
}

/// Whether a field goes to `aws.vpcflow.<column>`: in the original outputs all do, in the others those that have no row
/// of their own.
pub fn stays_original(field: Field, outputs: Outputs) -> bool {
    // A row that reads several fields combines them: it is no place of its own for any of them.
    let has_a_place = |output: Outputs| {
        RULES.iter().any(|rule| rule.outputs.meets(output) && rule.how.is_a_place() && rule.from == [field])
    };
    let all = [E, I, P, B];
    outputs.meets(O.or(R)) || all.into_iter().any(|output| outputs.meets(output) && !has_a_place(output))
}

/// How a field that [`stays_original`] is written: the integration keeps text, but for its
/// counters of lost packets.
pub fn original_how(outputs: Outputs, field: Field) -> How {
    let counted = field.kind() == Kind::LONG;
    if outputs.meets(IP) && !counted { Text } else { Typed }
}

impl How {
    /// Whether the value holds what the field says, rather than something derived from it.
    fn is_a_place(self) -> bool {
        matches!(self, Text | TextOrDash | Typed | Digits | Lower | Time)
    }

    /// The documentation's word for it.
    pub fn describe(self) -> String {
        match self {
            Constant(json) => format!("`{json}`"),
            ConstantIfAny(json) => format!("`{json}` if present"),
            Text => "text".into(),
            TextOrDash => "text, `-` included".into(),
            Typed => "by its type".into(),
            Digits => "digits, as a string".into(),
            Lower => "text in small letters".into(),
            Time => "RFC 3339, milliseconds".into(),
            EventType => "`connection`, and `allowed` or `denied`".into(),
            Outcome(accept, reject) => format!("ACCEPT `{accept}`, REJECT `{reject}`"),
            Transport(Keywords::Iana) => "IANA's keyword, for every protocol that has one".into(),
            Transport(Keywords::Elastic | Keywords::ElasticByText) => {
                let numbers: Vec<String> = (0..=255).filter(|n| elastic_names(*n)).map(|n| n.to_string()).collect();
                format!("the keyword of protocols {}", numbers.join(", "))
            }
            Transport(Keywords::TcpUdp) => "`tcp` or `udp`".into(),
            NetworkType(Family::TypeThenAddress) => "`ipv4` or `ipv6`, by the first of them that tells".into(),
            NetworkType(Family::SourceColon) => "`ipv6` if it has a colon, else `ipv4`".into(),
            NetworkType(Family::SourceDot) => "`ipv4` if it has a dot, else `ipv6`".into(),
            CommunityId => "Community ID, version 1, seed 0".into(),
            RelatedIp(Addresses::Unique) => "each address once".into(),
            RelatedIp(Addresses::UniqueInFormatOrder) => "each address once, in the format's order".into(),
            RelatedIp(Addresses::Pair) => "both addresses or none".into(),
            FlagNames { empty: false } => "names of the flags that are set; no empty list".into(),
            FlagNames { empty: true } => "names of the flags that are set; an empty list for 0".into(),
            Geo => "the place, an object, with `geo`".into(),
            As => "the autonomous system, an object, with `geo`".into(),
            Object => "an object that stays when empty".into(),
            Given(setting) => setting.describe().into(),
        }
    }
}

impl Setting {
    fn describe(self) -> &'static str {
        match self {
            Setting::Original => "the line, with `preserveOriginal` (in an error's event always)",
            Setting::Line => "the line",
            Setting::DataStreamType | Setting::DataStreamDataset | Setting::DataStreamNamespace => "with `dataStream`",
            Setting::Module => "`\"aws\"`, with `dataStream`",
            Setting::Ingested => "the time of parsing, with `ingested`",
            Setting::Now => "the time of parsing",
            Setting::Tags => "`tags`, and `preserve_original_event` with `preserveOriginal`",
            Setting::EcsVersion => "as in the schema's documents",
            Setting::ErrorMessage => "what is wrong with the line",
            Setting::ErrorCode => "the error's code",
        }
    }
}
