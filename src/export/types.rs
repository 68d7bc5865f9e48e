//! The type of every field in an index, which the templates map.
//!
//! The types of `aws.vpcflow` come from the field table, by the kind of the values. Those of ECS, and of the fields
//! that shippers add, are in the table here.
//!
//! Sources: the field definitions of Elastic's AWS integration (data stream `aws.vpcflow`); the Elastic Common Schema
//! reference.

use std::collections::BTreeMap;

use crate::field::Field;
use crate::schema::{How, RULES, Rule, Schema};
use crate::value::{Kind, Type};

/// The fields outside `aws.vpcflow`, by type.
#[rustfmt::skip]
const TYPES: &[(&str, &[&str])] = &[
    ("keyword", &[
        "agent.ephemeral_id", "agent.id", "agent.name", "agent.type", "agent.version", "aws.cloudwatch.ingestion_time",
        "aws.cloudwatch.log_group", "aws.cloudwatch.log_stream", "aws.firehose.arn", "aws.kinesis.arn", "aws.s3.bucket.arn",
        "aws.s3.bucket.name", "aws.s3.object.key", "cloud.account.id", "cloud.availability_zone", "cloud.image.id",
        "cloud.instance.id", "cloud.instance.name", "cloud.machine.type", "cloud.project.id", "cloud.provider",
        "cloud.region", "container.id", "container.image.name", "container.name", "destination.address",
        "destination.as.organization.name", "destination.geo.city_name", "destination.geo.continent_name",
        "destination.geo.country_iso_code", "destination.geo.country_name", "destination.geo.region_iso_code",
        "destination.geo.region_name", "ecs.version", "elastic_agent.id", "elastic_agent.version", "error.code",
        "event.action", "event.agent_id_status", "event.category", "event.id", "event.kind", "event.original", "event.outcome",
        "event.reason", "event.type", "host.architecture", "host.domain", "host.hostname", "host.id", "host.mac",
        "host.name", "host.os.build", "host.os.codename", "host.os.family", "host.os.kernel", "host.os.name",
        "host.os.platform", "host.os.version", "host.type", "input.type", "log.file.path", "network.community_id",
        "network.direction", "network.iana_number", "network.transport", "network.type", "orchestrator.cluster.id",
        "orchestrator.cluster.name", "orchestrator.resource.id", "orchestrator.resource.name",
        "orchestrator.resource.type", "orchestrator.type", "service.name", "service.type", "source.address",
        "source.as.organization.name", "source.geo.city_name", "source.geo.continent_name",
        "source.geo.country_iso_code", "source.geo.country_name", "source.geo.region_iso_code",
        "source.geo.region_name", "tags",
    ]),
    ("ip", &[
        "destination.ip", "host.ip", "related.ip", "source.ip",
    ]),
    ("long", &[
        "destination.as.number", "destination.port", "log.offset", "network.bytes", "network.packets",
        "source.as.number", "source.bytes", "source.packets", "source.port",
    ]),
    ("date", &[
        "@timestamp", "event.created", "event.end", "event.ingested", "event.start",
    ]),
    ("boolean", &[
        "elastic_agent.snapshot", "host.containerized",
    ]),
    ("geo_point", &[
        "destination.geo.location", "source.geo.location",
    ]),
    ("constant_keyword", &[
        "data_stream.dataset", "data_stream.namespace", "data_stream.type", "event.dataset", "event.module",
    ]),
    ("match_only_text", &[
        "error.message", "message",
    ]),
    ("flattened", &[
        "aws.s3.metadata",
    ]),
    ("object", &[
        "container.labels",
    ]),
];

/// Returns the type of each field that a document can have, and of those that shippers add, by dotted path.
///
/// ```
/// let types = vpcflow_ecs::export::field_types();
/// assert_eq!(types["source.ip"], "ip");
/// assert_eq!(types["aws.vpcflow.pkt_srcaddr"], "ip");
/// assert_eq!(types["destination.geo.location"], "geo_point");
/// ```
pub fn field_types() -> BTreeMap<String, &'static str> {
    let mut types = BTreeMap::new();
    for (name, paths) in TYPES {
        types.extend(paths.iter().map(|path| ((*path).to_owned(), *name)));
    }
    for facts in Schema::ALL.map(Schema::facts) {
        let columns =
            Field::ALL.iter().map(|field| (format!("{}.{}", facts.prefix, field.column()), type_of(field.kind())));
        types.extend(columns);
    }
    for rule in RULES.iter().filter(|rule| is_vpcflow(rule.path)) {
        types.extend(type_of_rule(rule).map(|name| (rule.path.to_owned(), name)));
    }
    types
}

/// True if a key is one of AWS's own: below the prefix of a schema.
pub(super) fn is_vpcflow(path: &str) -> bool {
    let below = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'));
    Schema::ALL.into_iter().any(|schema| below(schema.facts().prefix))
}

/// Returns the type of a rule's key, by the kind of the field that it is made from; `None` for an object.
fn type_of_rule(rule: &Rule) -> Option<&'static str> {
    match rule.how {
        How::Object | How::Geo | How::As => None,
        How::FlagNames { .. }
        | How::Constant(_)
        | How::ConstantIfAny(_)
        | How::EventType
        | How::Outcome(..)
        | How::Transport(_)
        | How::NetworkType(_)
        | How::CommunityId
        | How::Given(_) => Some("keyword"),
        How::RelatedIp(_) => Some("ip"),
        How::Text | How::TextOrDash | How::Typed | How::Digits | How::Lower | How::Time | How::EventTime => {
            rule.from.first().map(|field| type_of(field.kind()))
        }
    }
}

/// Returns the type of a kind of values. Small numbers that are codes become keywords, as in Elastic's definitions:
/// they are never summed, and a keyword accepts numbers and text.
fn type_of(kind: Kind) -> &'static str {
    match kind.value_type() {
        Type::Integer { .. } if kind == Kind::INTEGER => "keyword",
        Type::Integer { .. } => "long",
        Type::Address => "ip",
        Type::Time => "date",
        Type::Word(_) | Type::Text => "keyword",
    }
}
