//! The rules: which AWS field becomes which key of a document, and how, in each schema.

use super::{Addresses, Content, Family, How, Keywords, Outputs, Schema, Setting};
use crate::field::Field::{self, *};
use crate::record::transport::TransportKey;
use crate::value::Kind;
use How::*;

/// A row of the table of rules.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The document's key, e.g. `source.ip`.
    pub path: &'static str,
    /// The AWS fields it is made from; none for a constant or an option's value.
    pub from: &'static [Field],
    /// The way to make it.
    pub how: How,
    /// The outputs that have it.
    pub outputs: Outputs,
}

// Short names, so that a row is a line.
const E: Outputs = Outputs::ecs(Schema::Ecs);
const O: Outputs = Outputs::original(Schema::Ecs);
const I: Outputs = Outputs::ecs(Schema::ElasticIntegration);
const P: Outputs = Outputs::ecs(Schema::ElasticIntegration112);
const B: Outputs = Outputs::ecs(Schema::Beats);
const R: Outputs = Outputs::original(Schema::Beats);
const X: Outputs = Outputs::ERROR;
const ALL: Outputs = Outputs::ALL;
const EI: Outputs = E.or(I);
const EB: Outputs = E.or(B);
const EIB: Outputs = EI.or(B);
const EIP: Outputs = EI.or(P);
const IP: Outputs = I.or(P);
const EIPB: Outputs = EIP.or(B);
const BR: Outputs = B.or(R);

const fn rule(path: &'static str, from: &'static [Field], how: How, outputs: Outputs) -> Rule {
    Rule { path, from, how, outputs }
}

/// The table of rules. A field that keeps its own name needs no rule: see [`original`].
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    // Constants.
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

    // Values from options and the occasion.
    rule("@timestamp", &[], Given(Setting::Now), X),
    rule("event.original", &[], Given(Setting::Original), ALL),
    rule("message", &[], Given(Setting::Line), BR),
    rule("event.ingested", &[], Given(Setting::Ingested), ALL),
    rule("event.module", &[], Given(Setting::Module), ALL.without(P)),
    rule("event.dataset", &[], Given(Setting::DataStreamDataset), ALL.without(P)),
    rule("data_stream.type", &[], Given(Setting::DataStreamType), ALL),
    rule("data_stream.dataset", &[], Given(Setting::DataStreamDataset), ALL),
    rule("data_stream.namespace", &[], Given(Setting::DataStreamNamespace), ALL),
    rule("tags", &[], Given(Setting::Tags), ALL),
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
    rule("@timestamp", &[End, Start], EventTime, E.or(O)),
    rule("@timestamp", &[End], Time, IP.or(B)),
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

    // Versions 9 to 11 stay as they are: ECS does not have fields of the same meaning. Its cloud.target.* and
    // cloud.origin.* are the far end of the traffic. The next hop is the neighbouring interface, often a middlebox's. Its
    // observer.* is the device that observes, not the service behind the interface.

    // Values of the transport, unless a field above has the key.
    rule("cloud.account.id", &[], Given(Setting::Transport(TransportKey::Owner)), ALL),
    rule("cloud.region", &[], Given(Setting::Transport(TransportKey::Region)), ALL),
    rule("aws.cloudwatch.log_group", &[], Given(Setting::Transport(TransportKey::LogGroup)), ALL),
    rule("aws.cloudwatch.log_stream", &[], Given(Setting::Transport(TransportKey::LogStream)), ALL),
    rule("aws.cloudwatch.ingestion_time", &[], Given(Setting::Transport(TransportKey::IngestionTime)), ALL),
    rule("aws.firehose.arn", &[], Given(Setting::Transport(TransportKey::FirehoseArn)), ALL),
    rule("aws.kinesis.arn", &[], Given(Setting::Transport(TransportKey::KinesisArn)), ALL),
    rule("event.id", &[], Given(Setting::Transport(TransportKey::EventId)), ALL),
    rule("event.created", &[], Given(Setting::Transport(TransportKey::Time)), ALL),
];

/// Returns the JSON text of the ECS version in a schema's documents, if they have one.
pub fn ecs_version(schema: Schema) -> Option<&'static str> {
    let is_its = |rule: &&Rule| rule.path == "ecs.version" && rule.outputs.meets(Outputs::ecs(schema));
    RULES.iter().filter(is_its).find_map(|rule| if let Constant(json) = rule.how { Some(json) } else { None })
}

/// Returns the way that a field is written at its [`original_path`]; `None` if it is not there.
///
/// In a schema's original fields all fields are there; in its ECS fields, those that have no key of their own by a rule.
pub fn original(field: Field, outputs: Outputs) -> Option<How> {
    let rules = |set: Outputs| RULES.iter().filter(move |rule| rule.outputs.meets(set) && rule.from == [field]);
    let facts = outputs.schemas().find(|facts| {
        // A rule that reads several fields combines them, so that none of them has a key of its own by it.
        let ecs = Outputs::ecs(facts.schema);
        outputs.meets(Outputs::original(facts.schema)) || !rules(ecs).any(|rule| rule.how.content() == Content::Field)
    })?;
    let path = original_path(field.column(), outputs);
    if rules(outputs).any(|rule| rule.path == path) {
        return None;
    }
    Some(if facts.keeps_text && field.kind() != Kind::LONG { Text } else { Typed })
}

/// Returns the key of a field that keeps its own name, e.g. `aws.vpcflow.srcaddr`.
pub fn original_path(column: &str, outputs: Outputs) -> String {
    match outputs.schemas().next() {
        Some(facts) => format!("{}.{column}", facts.prefix),
        None => column.to_owned(),
    }
}
