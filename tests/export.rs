//! The text of pipelines and templates for Elasticsearch. `tests/elasticsearch/` checks that a server does with them
//! what it should.
#![cfg(all(feature = "ingest", not(target_arch = "wasm32")))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use vpcflow_ecs::export::{
    PipelineOptions, TemplateOptions, component_templates, field_types, index_template, ingest_pipeline,
};
use vpcflow_ecs::ingest::{Document, Environment, Pipeline};
use vpcflow_ecs::schema::{How, Outputs, RULES, Rule, Setting, original, original_path};
use vpcflow_ecs::{Bulk, DataStream, Field, Mode, Options, Output, Parser, Schema};

fn options(format: &str, more: Value) -> PipelineOptions {
    let mut parser = Options::default();
    parser.set("format", format).unwrap();
    for (name, value) in more.as_object().unwrap() {
        parser.set(name, value.clone()).unwrap();
    }
    PipelineOptions { parser, ..Default::default() }
}

fn processors(options: &PipelineOptions) -> Vec<Value> {
    ingest_pipeline(options).unwrap()["processors"].as_array().unwrap().clone()
}

/// Returns the processors after those that read the line, which are the first ten.
fn after_reading(options: &PipelineOptions) -> Vec<Value> {
    processors(options).split_off(10)
}

#[test]
fn a_whole_pipeline() {
    let options = options("srcaddr bytes instance-tag x-y", json!({ "tags": ["t"], "fields": { "a.b": "{{c}}" } }));
    let pipeline = ingest_pipeline(&options).unwrap();
    let header = include_str!("../src/export/painless/is_header.painless").trim_end();
    let count = include_str!("../src/export/painless/check_field_count.painless").trim_end();
    let read = include_str!("../src/export/painless/read_values.painless").trim_end();
    let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    let mut aliases: Vec<String> = names.iter().map(|name| name.replace('-', "")).collect();
    aliases.extend(Field::ALL.iter().flat_map(|field| field.facts().aliases).map(|alias| (*alias).to_owned()));
    let text = |path: &str, column: &str, tag: &str| {
        let value = format!("{{{{{{_temp_.field.{column}}}}}}}");
        json!({ "set": { "field": path, "value": value, "ignore_empty_value": true, "tag": tag } })
    };
    let long = |path: &str, tag: &str| {
        json!({ "convert": {
            "field": "_temp_.field.bytes", "target_field": path, "type": "long", "ignore_missing": true, "tag": tag,
        } })
    };
    let present = "ctx._temp_.field.srcaddr != null";
    let expected = json!({
        "description": "Makes ECS documents of VPC flow log lines of the format \
                        ${srcaddr} ${bytes} ${instance-tag} ${x-y}",
        "processors": [
            { "gsub": {
                "field": "message", "target_field": "_temp_.line", "pattern": "^\\uFEFF|[\\r\\n]+\\z",
                "replacement": "", "tag": "gsub_line",
            } },
            { "json": {
                "field": "_temp_.line", "target_field": "_temp_.wrapper", "if": "ctx._temp_.line.trim().startsWith('{\"') || (ctx._temp_.line.trim().startsWith('{ ') || ctx._temp_.line.trim().startsWith('{\t')) && ctx._temp_.line.contains('\"')",
                "tag": "json_wrapper",
            } },
            { "gsub": {
                "field": "_temp_.wrapper.message", "target_field": "_temp_.line",
                "pattern": "^\\uFEFF|[\\r\\n]+\\z", "replacement": "", "if": "ctx._temp_.wrapper != null",
                "tag": "gsub_wrapped_line",
            } },
            { "gsub": {
                "field": "_temp_.line", "target_field": "_temp_.text", "pattern": "[ \\t]+", "replacement": " ",
                "tag": "gsub_blanks",
            } },
            { "gsub": {
                "field": "_temp_.text", "target_field": "_temp_.text", "pattern": "^ | \\z", "replacement": "",
                "tag": "gsub_outer_blanks",
            } },
            { "drop": { "if": "ctx._temp_.text.isEmpty()", "tag": "drop_blank_line" } },
            { "drop": {
                "if": {
                    "lang": "painless", "source": header,
                    "params": { "names": names, "aliases": aliases, "own": "srcaddr bytes instance-tag x-y", "own_values": [[], [], null, null] },
                },
                "tag": "drop_header",
            } },
            { "script": {
                "lang": "painless", "source": count, "params": { "expected": 4 }, "tag": "script_check_field_count",
            } },
            { "dissect": {
                "field": "_temp_.text",
                "pattern": "%{_temp_.field.srcaddr} %{_temp_.field.bytes} %{_temp_.field.instance_tag} \
                            %{_temp_.field.x_y}",
                "tag": "dissect_fields",
            } },
            { "script": {
                "lang": "painless", "source": read,
                "params": { "columns": [
                    { "key": "srcaddr", "name": "srcaddr", "type": "ip", "expected": "an IPv4 or IPv6 address" },
                    { "key": "bytes", "name": "bytes", "type": "integer",
                      "expected": "0 to 9223372036854775807" },
                    { "key": "instance_tag", "name": "instance-tag", "type": "tag", "expected": "text" },
                ] },
                "tag": "script_read_values",
            } },
            { "set": { "field": "ecs.version", "value": "8.17.0", "tag": "set_ecs_version" } },
            { "set": { "field": "event.kind", "value": "event", "tag": "set_event_kind" } },
            { "set": { "field": "event.category", "value": ["network"], "tag": "set_event_category" } },
            { "set": { "field": "cloud.provider", "value": "aws", "tag": "set_cloud_provider" } },
            { "append": { "field": "tags", "value": ["t"], "tag": "append_tags" } },
            text("source.address", "srcaddr", "set_source_address"),
            text("source.ip", "srcaddr", "set_source_ip"),
            long("source.bytes", "convert_source_bytes"),
            long("network.bytes", "convert_network_bytes"),
            { "set": {
                "field": "@timestamp", "value": "{{{_ingest.timestamp}}}", "override": false, "tag": "set__timestamp",
            } },
            { "set": { "field": "event.type", "value": ["connection"], "tag": "set_event_type" } },
            { "set": {
                "field": "network.type", "value": "ipv6", "tag": "set_network_type",
                "if": "ctx._temp_.field.srcaddr != null && ctx._temp_.field.srcaddr.contains(':')",
            } },
            { "set": {
                "field": "network.type", "value": "ipv4", "tag": "set_network_type_2",
                "if": "ctx._temp_.field.srcaddr != null && !ctx._temp_.field.srcaddr.contains(':')",
            } },
            { "append": {
                "field": "related.ip", "value": "{{{_temp_.field.srcaddr}}}", "allow_duplicates": false, "if": present,
                "tag": "append_related_ip",
            } },
            text("aws.vpcflow.instance_tag", "instance_tag", "set_aws_vpcflow_instance_tag"),
            text("aws.vpcflow.x_y", "x_y", "set_aws_vpcflow_x_y"),
            { "remove": { "field": ["_temp_", "message"], "ignore_missing": true, "tag": "remove_scratch" } },
            { "set": { "field": "a.b", "value": "{{=<% %>=}}{{c}}", "override": false, "tag": "set_a_b" } },
        ],
        "on_failure": [
            { "set": { "field": "ecs.version", "value": "8.17.0", "tag": "set_ecs_version_2" } },
            { "set": { "field": "event.kind", "value": "pipeline_error", "tag": "set_event_kind_2" } },
            { "set": {
                "field": "@timestamp", "value": "{{{_ingest.timestamp}}}", "override": false, "tag": "set__timestamp_2",
            } },
            { "set": {
                "field": "event.original", "value": "{{{message}}}", "ignore_empty_value": true,
                "tag": "set_event_original",
            } },
            { "append": { "field": "tags", "value": ["t"], "tag": "append_tags_2" } },
            { "append": {
                "field": "error.message",
                "value": "Processor '{{{_ingest.on_failure_processor_type}}}' with tag \
                          '{{{_ingest.on_failure_processor_tag}}}' failed with message \
                          '{{{_ingest.on_failure_message}}}'",
                "tag": "append_error_message",
            } },
            { "append": {
                "field": "tags", "value": ["preserve_original_event"], "allow_duplicates": false, "tag": "append_tags_3",
            } },
            { "remove": { "field": ["_temp_", "message"], "ignore_missing": true, "tag": "remove_scratch_2" } },
            { "set": { "field": "a.b", "value": "{{=<% %>=}}{{c}}", "override": false, "tag": "set_a_b_2" } },
        ],
    });
    for (found, expected) in ["processors", "on_failure"].map(|key| (&pipeline[key], &expected[key])) {
        for (found, expected) in found.as_array().unwrap().iter().zip(expected.as_array().unwrap()) {
            assert_eq!(found, expected);
        }
    }
    assert_eq!(pipeline, expected);
}

#[test]
fn the_time_of_the_event_is_the_first_that_is_there() {
    let date = |column: &str, condition: &str, tag: &str| {
        json!({ "date": {
            "field": format!("_temp_.field.{column}"), "target_field": "@timestamp", "formats": ["UNIX_MS"],
            "if": condition, "tag": tag,
        } })
    };
    let (has_end, has_start) = ("ctx._temp_.field.end != null", "ctx._temp_.field.start != null");
    let expected = [
        date("end", has_end, "date__timestamp"),
        date("start", &format!("ctx._temp_.field.end == null && {has_start}"), "date__timestamp_2"),
        json!({ "set": {
            "field": "@timestamp", "value": "{{{_ingest.timestamp}}}", "override": false, "tag": "set__timestamp",
        } }),
    ];
    let found = after_reading(&options("start end", json!({ "mode": "original" })));
    assert_eq!(found[..3], expected);
    let beats = after_reading(&options("start end", json!({ "schema": "beats" })));
    assert!(beats.contains(&expected[0]) && !beats.contains(&expected[1]) && !beats.contains(&expected[2]));
}

#[test]
fn a_field_that_is_named_twice_must_have_one_text() {
    let all = processors(&options("srcaddr bytes src-addr srcaddr", json!({ "mode": "original" })));
    let pattern = "%{_temp_.field.srcaddr} %{_temp_.field.bytes} %{_temp_.repeated.2} %{_temp_.repeated.3}";
    let source = include_str!("../src/export/painless/check_repeated_fields.painless").trim_end();
    let repeat = |index: &str| json!({ "key": "srcaddr", "name": "srcaddr", "index": index, "first": 1 });
    let repeats = [repeat("2"), repeat("3")];
    let expected = [
        json!({ "dissect": { "field": "_temp_.text", "pattern": pattern, "tag": "dissect_fields" } }),
        json!({ "script": {
            "lang": "painless", "source": source, "params": { "repeats": repeats },
            "tag": "script_check_repeated_fields",
        } }),
    ];
    assert_eq!(all[8..10], expected);
}

#[test]
fn omitted_records_are_dropped() {
    let given = json!({ "omitLogStatus": ["NODATA", "SKIPDATA"] });
    let drop = |word: &str| {
        let condition = format!("ctx._temp_.field.log_status == '{word}'");
        json!({ "drop": { "if": condition, "tag": format!("drop_{word}") } })
    };
    let found = after_reading(&options("srcaddr log-status", given.clone()));
    assert_eq!(found[..2], [drop("NODATA"), drop("SKIPDATA")]);
    assert!(!Value::from(after_reading(&options("srcaddr", given))).to_string().contains("\"drop\""));
}

#[test]
fn community_id_is_the_processors_and_can_be_left_out() {
    let mut options = options("srcaddr dstaddr protocol", json!({}));
    let community_id = json!({ "community_id": {
        "source_ip": "_temp_.field.srcaddr",
        "source_port": "_temp_.field.srcport",
        "destination_ip": "_temp_.field.dstaddr",
        "destination_port": "_temp_.field.dstport",
        "iana_number": "_temp_.field.protocol",
        "target_field": "network.community_id",
        "ignore_missing": true,
        "ignore_failure": true,
        "tag": "community_id_network_community_id",
    } });
    assert!(processors(&options).contains(&community_id));
    options.parser.community_id = false;
    assert!(!ingest_pipeline(&options).unwrap().to_string().contains("community_id"));
}

#[test]
fn geo_is_left_to_the_clusters_databases() {
    let mut options = options("dstaddr", json!({ "schema": "elastic-integration" }));
    assert!(!ingest_pipeline(&options).unwrap().to_string().contains("geoip"));
    options.geo = true;
    let (ip, asn) = ("_temp_.field.dstaddr", "GeoLite2-ASN.mmdb");
    let expected = [
        json!({ "geoip": {
            "field": ip, "target_field": "destination.geo", "ignore_missing": true, "tag": "geoip_destination_geo",
        } }),
        json!({ "geoip": {
            "field": ip, "target_field": "destination.as", "database_file": asn,
            "properties": ["asn", "organization_name"], "ignore_missing": true, "tag": "geoip_destination_as",
        } }),
        json!({ "rename": {
            "field": "destination.as.asn", "target_field": "destination.as.number", "ignore_missing": true,
            "tag": "rename_destination_as_number",
        } }),
        json!({ "rename": {
            "field": "destination.as.organization_name", "target_field": "destination.as.organization.name",
            "ignore_missing": true, "tag": "rename_destination_as_organization_name",
        } }),
    ];
    let all = after_reading(&options);
    let start = all.iter().position(|processor| processor == &expected[0]).unwrap();
    assert_eq!(all[start..start + 4], expected);
    assert!(!all.iter().any(|processor| processor.to_string().contains("source.geo")));
    // There is no source.ip in this mode.
    options.parser.schema = Schema::Ecs;
    options.parser.mode = Mode::Original;
    assert!(!ingest_pipeline(&options).unwrap().to_string().contains("geoip"));
}

/// Every key that a rule can write is written, whatever the schema.
#[test]
fn each_rule_of_the_table_is_in_the_pipeline() {
    let all_fields: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    for facts in Schema::ALL.map(Schema::facts) {
        for mode in facts.modes {
            let (schema, mode) = (facts.word, mode.word());
            let given = json!({
                "schema": schema, "mode": mode, "preserveOriginal": true, "dataStream": true, "ingested": true,
            });
            let mut options = options(&all_fields.join(" "), given);
            options.geo = true;
            let pipeline = ingest_pipeline(&options).unwrap();
            let text = Value::from(after_reading(&options)).to_string();
            let outputs = Outputs::of(options.parser.schema, options.parser.mode);
            // A pipeline gets the record alone.
            let of_record = |rule: &&Rule| !matches!(rule.how, How::Given(Setting::Transport(_)));
            for rule in RULES.iter().filter(|rule| rule.outputs.meets(outputs)).filter(of_record) {
                let is_written = match rule.how {
                    How::Geo | How::As => text.contains(&format!("target_field\":\"{}\"", rule.path)),
                    How::Transport(_) | How::FlagNames { .. } => {
                        let (objects, key) = rule.path.rsplit_once('.').unwrap_or(("", rule.path));
                        let objects = json!(objects.split('.').collect::<Vec<&str>>());
                        text.contains(&format!("\"key\":\"{key}\"")) && text.contains(&format!("\"objects\":{objects}"))
                    }
                    _ => text.contains(&format!("field\":\"{}\"", rule.path)),
                };
                assert!(is_written, "{schema} {mode}: {}", rule.path);
            }
            for field in Field::ALL.iter().filter(|field| original(**field, outputs).is_some()) {
                let path = original_path(field.column(), outputs);
                assert!(text.contains(&format!("\"{path}\"")), "{schema} {mode}: {path}");
            }
            let lists = [&pipeline["processors"], &pipeline["on_failure"]].map(|list| list.as_array().unwrap());
            let bodies = lists.into_iter().flatten().flat_map(|processor| processor.as_object().unwrap().values());
            let tags: Vec<&str> = bodies.map(|body| body["tag"].as_str().unwrap()).collect();
            assert_eq!(tags.iter().collect::<BTreeSet<_>>().len(), tags.len(), "{tags:?}");
            assert!(pipeline["on_failure"].as_array().is_some_and(|handlers| handlers.len() > 5));
        }
    }
}

#[test]
fn mistakes_are_errors() {
    let message = |options: PipelineOptions| ingest_pipeline(&options).unwrap_err().to_string();
    assert_eq!(message(PipelineOptions::default()), "a pipeline reads one format, and 0 were given");
    let mut two = options("default", json!({}));
    two.parser.set("format", json!(["v3", "v4"])).unwrap();
    assert_eq!(message(two), "a pipeline reads one format, and 2 were given");
    let conflict = options("srcaddr", json!({ "fields": { "source": 1 } }));
    assert_eq!(message(conflict), "option \"fields\": \"source\" is a value here, but an object in the documents");
    for key in ["a..b", "", "{{x}}"] {
        let unreachable = options("srcaddr", json!({ "fields": { key: 1 } }));
        assert_eq!(message(unreachable), format!("option \"fields\": no processor can address \"{key}\""));
    }
    let marks: String = "%|~^!@#$&*;:+?/".chars().map(|mark| format!("<{mark}")).collect();
    let marked = options("srcaddr", json!({ "tags": [format!("{{{{{marks}")] }));
    assert!(message(marked).starts_with("no processor can write the text \"{{<%<|"));
}

#[test]
fn types_are_those_that_elastic_defines() {
    let types = field_types();
    let mut facts = 0;
    for line in include_str!("facts/field-types.tsv").lines().skip(1) {
        let (path, kind) = line.split_once('\t').unwrap();
        assert_eq!(types.get(path).copied(), Some(kind), "{path}");
        facts += 1;
    }
    assert_eq!(facts, 149);
    let newer = [
        ("aws.vpcflow.encryption_status", "keyword"),
        ("aws.vpcflow.resource_id", "keyword"),
        ("aws.vpcflow.instance_tag_2", "keyword"),
        ("aws.vpcflow.next_hop_az_id", "keyword"),
        ("aws.vpcflow.srcaddr", "ip"),
        ("aws.vpcflow.dstport", "long"),
        ("aws.vpcflow.protocol", "long"),
        ("aws.vpcflow.bytes", "long"),
        ("aws.vpcflow.end", "date"),
        ("aws.vpcflow.pkt_src_aws_service", "keyword"),
        ("aws.vpcflow.sublocation_type", "keyword"),
        ("error.code", "keyword"),
    ];
    for (path, kind) in newer {
        assert_eq!(types.get(path).copied(), Some(kind), "{path}");
    }
}

/// Collects the dotted paths of the mappings that are not objects.
fn mapped(properties: &Value, above: &str, into: &mut BTreeSet<String>) {
    for (key, mapping) in properties.as_object().unwrap() {
        let path = format!("{above}{key}");
        match mapping.get("properties") {
            Some(below) => mapped(below, &format!("{path}."), into),
            None => drop(into.insert(path)),
        }
    }
}

#[test]
fn every_key_that_a_document_can_have_is_mapped() {
    let mut found = BTreeSet::new();
    for (_, component) in component_templates() {
        mapped(&component["template"]["mappings"]["properties"], "", &mut found);
    }
    assert_eq!(found, field_types().into_keys().collect());
    for rule in RULES.iter().filter(|rule| !matches!(rule.how, How::Object | How::Geo | How::As)) {
        assert!(found.contains(rule.path), "{}: src/export/types.rs: TYPES has no type for it", rule.path);
    }
    for facts in Schema::ALL.map(Schema::facts) {
        for field in Field::ALL {
            let path = format!("{}.{}", facts.prefix, field.column());
            assert!(found.contains(&path), "{path}: the templates do not map it");
        }
    }
    for side in ["source", "destination"] {
        for key in ["geo.location", "geo.region_iso_code", "as.number", "as.organization.name"] {
            assert!(found.contains(&format!("{side}.{key}")), "{side}.{key}");
        }
    }
}

#[test]
fn templates() {
    let components = component_templates();
    assert_eq!(components.keys().collect::<Vec<_>>(), ["vpcflow-ecs@aws", "vpcflow-ecs@ecs"]);
    let aws = &components["vpcflow-ecs@aws"]["template"]["mappings"]["properties"]["aws"]["properties"];
    assert_eq!(aws["vpcflow"]["properties"]["sublocation"]["properties"]["id"]["ignore_above"], 1024);
    let ecs = &components["vpcflow-ecs@ecs"]["template"]["mappings"];
    assert_eq!(ecs.get("dynamic"), None);
    assert_eq!(
        ecs["properties"]["event"]["properties"]["original"],
        json!({
            "type": "keyword", "index": false, "doc_values": false,
        })
    );
    assert_eq!(
        ecs["properties"]["event"]["properties"]["module"],
        json!({ "type": "constant_keyword", "value": "aws" })
    );
    assert_eq!(ecs["properties"]["aws"]["properties"]["s3"]["properties"]["metadata"], json!({ "type": "flattened" }));

    let all = index_template(&TemplateOptions::default()).unwrap();
    assert_eq!(
        all,
        json!({
            "index_patterns": ["logs-aws.vpcflow-*"],
            "data_stream": {},
            "composed_of": ["vpcflow-ecs@ecs", "vpcflow-ecs@aws"],
            "priority": 250,
            "_meta": { "description": "AWS VPC flow logs as ECS documents" },
        })
    );
    assert_eq!(all["composed_of"].as_array().unwrap().len(), components.len());
    let one = TemplateOptions { namespace: Some("prod".into()), pipeline: Some("p".into()) };
    let one = index_template(&one).unwrap();
    assert_eq!((&one["index_patterns"], &one["priority"]), (&json!(["logs-aws.vpcflow-prod"]), &json!(260)));
    assert_eq!(one["template"], json!({ "settings": { "index": { "default_pipeline": "p" } } }));
    for namespace in ["", "Prod", "a-b", "a*", "a b", &"x".repeat(101)] {
        let error = index_template(&TemplateOptions { namespace: Some(namespace.into()), pipeline: None }).unwrap_err();
        assert_eq!(error.code().as_str(), "invalid_option", "{namespace}");
    }
}

/// The servers that the tests can have lack this processor; ours, which is compared with its documentation, replaces it.
#[test]
fn the_processor_community_id_gives_the_parsers_ids() {
    const FORMAT: &str = "srcaddr dstaddr srcport dstport protocol";
    let options = options(FORMAT, json!({}));
    let found = processors(&options).into_iter().find(|processor| processor.get("community_id").is_some());
    let definition = json!({ "processors": [found.unwrap()] });
    let pipeline = Pipeline::new(&definition, Environment::default()).unwrap();
    let mut parser = Parser::new(options.parser).unwrap();
    let mut ids = 0;
    for ends in ["192.0.2.10 198.51.100.20", "198.51.100.20 192.0.2.10", "2001:db8::1 198.51.100.20", "- 192.0.2.10"] {
        for ports in ["49152 443", "0 0", "- -", "00443 49152"] {
            for protocol in ["6", "17", "132", "1", "58", "47", "006", "254", "255", "-"] {
                let line = format!("{ends} {ports} {protocol}");
                let mut out = Output::new();
                parser.parse_line(line.as_bytes(), &mut out).unwrap();
                let document: Value = serde_json::from_slice(&out).unwrap();
                let expected = document["network"].get("community_id");
                let tokens = FORMAT.split(' ').zip(line.split(' ')).filter(|(_, token)| *token != "-");
                let field: Map<String, Value> = tokens.map(|(name, token)| (name.into(), token.into())).collect();
                let run = pipeline.run(Document::new(json!({ "_temp_": { "field": field } }))).unwrap().unwrap();
                assert_eq!(run.source()["network"].get("community_id"), expected, "{line}");
                ids += usize::from(expected.is_some());
            }
        }
    }
    assert_eq!(ids, 3 * 4 * 8);
}

/// Options and templates have one rule for the names of a data stream.
#[test]
fn names_of_data_streams_are_checked_wherever_they_are_given() {
    let long = "x".repeat(101);
    for name in ["", "A", "a\"b", "a b", "a/b", "a,b", "a-b", "a\u{7}", &long] {
        let template = TemplateOptions { namespace: Some(name.into()), pipeline: None };
        let rule =
            index_template(&template).unwrap_err().to_string().replace("\"namespace\"", "\"dataStream.namespace\"");
        let data_stream = DataStream { namespace: name.into(), ..DataStream::default() };
        let given = Parser::new(Options { data_stream: Some(data_stream), ..Options::default() });
        assert_eq!(given.unwrap_err().to_string(), rule);
        let mut options = Options::default();
        assert_eq!(options.set("dataStream", json!({ "namespace": name })).unwrap_err().to_string(), rule);
        assert_eq!(Bulk::new(&json!({ "dataStream": { "namespace": name } })).unwrap_err().to_string(), rule);
    }
}
