//! The processors: a file for each, or for a few of a kind.

mod append;
mod aws_vpcflow;
mod community_id;
mod convert;
mod date;
mod dissect;
mod dot_expander;
mod drop;
mod fail;
mod fingerprint;
mod geoip;
mod gsub;
mod json;
mod network_direction;
mod remove;
mod rename;
mod set;
mod split;
mod text;

use super::processor::BuildProcessor;

/// The options that every processor has.
pub(super) const COMMON: [&str; 5] = ["description", "if", "ignore_failure", "on_failure", "tag"];

/// The processors, by type: the options of each besides [`COMMON`], and its builder.
pub(super) const PROCESSORS: [(&str, &[&str], BuildProcessor); 21] = [
    ("append", &["allow_duplicates", "field", "media_type", "value"], append::build),
    ("aws_vpcflow", &aws_vpcflow::NAMES, aws_vpcflow::build),
    (
        "community_id",
        &[
            "destination_ip", "destination_port", "iana_number", "icmp_code", "icmp_type", "ignore_missing", "seed",
            "source_ip", "source_port", "target_field", "transport",
        ],
        community_id::build,
    ),
    ("convert", &["field", "ignore_missing", "target_field", "type"], convert::build),
    ("date", &["field", "formats", "locale", "output_format", "target_field", "timezone"], date::build),
    ("dissect", &["append_separator", "field", "ignore_missing", "pattern"], dissect::build),
    ("dot_expander", &["field", "override", "path"], dot_expander::build),
    ("drop", &[], drop::build),
    ("fail", &["message"], fail::build),
    ("fingerprint", &["fields", "ignore_missing", "method", "salt", "target_field"], fingerprint::build),
    (
        "geoip",
        &[
            "database_file",
            "download_database_on_pipeline_creation",
            "field",
            "first_only",
            "ignore_missing",
            "properties",
            "target_field",
        ],
        geoip::build,
    ),
    ("gsub", &["field", "ignore_missing", "pattern", "replacement", "target_field"], gsub::build),
    (
        "json",
        &[
            "add_to_root",
            "add_to_root_conflict_strategy",
            "allow_duplicate_keys",
            "field",
            "strict_json_parsing",
            "target_field",
        ],
        json::build,
    ),
    ("lowercase", &text::OPTIONS, text::lowercase),
    (
        "network_direction",
        &[
            "destination_ip",
            "ignore_missing",
            "internal_networks",
            "internal_networks_field",
            "source_ip",
            "target_field",
        ],
        network_direction::build,
    ),
    ("remove", &["field", "ignore_missing", "keep"], remove::build),
    ("rename", &["field", "ignore_missing", "override", "target_field"], rename::build),
    ("set", &["copy_from", "field", "ignore_empty_value", "media_type", "override", "value"], set::build),
    ("split", &["field", "ignore_missing", "preserve_trailing", "separator", "target_field"], split::build),
    ("trim", &text::OPTIONS, text::trim),
    ("uppercase", &text::OPTIONS, text::uppercase),
];

/// Returns the builder of a type of processor, or `None` if the type is unknown.
pub(super) fn named(kind: &str) -> Option<BuildProcessor> {
    PROCESSORS.iter().find(|(known, ..)| *known == kind).map(|(_, _, build)| *build)
}

/// Advice for a processor with no counterpart here.
const IN_THE_CLUSTER: &str = "run this step in the cluster";

/// The processors of Elasticsearch that are not supported here, each with what to do instead.
///
/// Source: the processor reference of Elasticsearch's documentation, 9.1.
pub(super) const UNSUPPORTED: [(&str, &str); 25] = [
    ("attachment", IN_THE_CLUSTER),
    ("bytes", IN_THE_CLUSTER),
    ("circle", IN_THE_CLUSTER),
    ("csv", "use \"dissect\" or \"split\""),
    ("date_index_name", "use \"date\" with \"output_format\", and \"set\" for \"_index\""),
    ("enrich", IN_THE_CLUSTER),
    ("foreach", "use one processor for each item"),
    ("geo_grid", IN_THE_CLUSTER),
    ("grok", "use \"dissect\", or \"aws_vpcflow\" for a flow log record"),
    ("html_strip", IN_THE_CLUSTER),
    ("inference", IN_THE_CLUSTER),
    ("ip_location", "use \"geoip\""),
    ("join", "use \"set\" with a template"),
    ("kv", "use \"dissect\" with reference keys, \"%{*key}=%{&key}\""),
    ("normalize_for_stream", IN_THE_CLUSTER),
    ("redact", "use \"gsub\""),
    ("registered_domain", IN_THE_CLUSTER),
    ("reroute", "use \"set\" for \"_index\""),
    ("script", "use \"set\", \"remove\" or \"rename\" with the condition in \"if\""),
    ("set_security_user", IN_THE_CLUSTER),
    ("sort", IN_THE_CLUSTER),
    ("terminate", "put the condition in \"if\" of the processors that follow"),
    ("uri_parts", "use \"dissect\""),
    ("urldecode", IN_THE_CLUSTER),
    ("user_agent", IN_THE_CLUSTER),
];

/// Returns the reason why a type of processor cannot be used: Elasticsearch's own words if it does not know it, either.
pub(super) fn unknown(kind: &str) -> String {
    match UNSUPPORTED.iter().find(|(known, _)| *known == kind) {
        Some((_, advice)) => {
            format!("the processor [{kind}] of Elasticsearch is not supported here: {advice}")
        }
        None => format!("No processor type exists with name [{kind}]"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ingest::config::Config;
    use crate::ingest::value::{Map, Value, from_json};

    /// Returns a valid definition of a processor.
    fn definition(kind: &str) -> serde_json::Value {
        match kind {
            "append" | "set" => json!({ "field": "a", "value": 1 }),
            "convert" => json!({ "field": "a", "type": "long" }),
            "date" => json!({ "field": "a", "formats": ["UNIX"] }),
            "dissect" => json!({ "field": "a", "pattern": "%{a}" }),
            "dot_expander" => json!({ "field": "a.b" }),
            "fail" => json!({ "message": "a" }),
            "fingerprint" => json!({ "fields": ["a"] }),
            "gsub" => json!({ "field": "a", "pattern": "a", "replacement": "b" }),
            "network_direction" => json!({ "internal_networks": ["private"] }),
            "rename" => json!({ "field": "a", "target_field": "b" }),
            "split" => json!({ "field": "a", "separator": "," }),
            _ => json!({ "field": "a" }),
        }
    }

    #[test]
    fn the_table_has_the_options_that_each_processor_reads() {
        for (kind, options, build) in PROCESSORS {
            let members = match from_json(&definition(kind)) {
                Value::Map(members) => members,
                _ => Map::new(),
            };
            let mut config = Config::new(None, members);
            // `drop` has no option, and `geoip` reads the others before it needs a database.
            _ = build(&mut config);
            assert_eq!(config.asked.into_iter().collect::<Vec<_>>(), options, "{kind}");
        }
    }

    #[test]
    fn a_processor_is_either_supported_or_not() {
        assert!(PROCESSORS.is_sorted_by_key(|(kind, ..)| *kind) && UNSUPPORTED.is_sorted());
        assert!(UNSUPPORTED.iter().all(|(kind, _)| named(kind).is_none()));
    }
}
