//! Ingest pipelines: the processor `aws_vpcflow` and those around it. `ingest_recorded.rs` compares the details of the
//! others with recorded answers of a real server, and `ingest_random.rs` runs definitions at random.
#![cfg(all(feature = "ingest", not(target_arch = "wasm32")))]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vpcflow_ecs::geo::Databases;
use vpcflow_ecs::ingest::{Document, Environment, Failure, Pipeline, inspect, simulate};

const LINE: &str = "192.0.2.44 10.0.1.20 443 4249";

/// The time of the clock.
const NOW: &str = "2026-01-02T03:04:05.678Z";

/// Returns a pipeline of these processors. Its clock is fixed.
fn pipeline(processors: Value) -> Pipeline {
    Pipeline::new(&json!({ "processors": processors }), environment()).unwrap()
}

fn environment() -> Environment {
    // 2026-01-02T03:04:05.678Z
    Environment { clock: Some(|| 1_767_323_045_678), ..Environment::default() }
}

fn run(processors: Value, source: Value) -> Result<Value, Failure> {
    pipeline(processors).run(Document::new(source)).map(|document| document.map_or(Value::Null, |d| d.source()))
}

/// Returns the document, or the failure's type and reason.
fn outcome(processors: Value, source: Value) -> Value {
    match run(processors, source) {
        Ok(document) => document,
        Err(failure) => json!(format!("{}: {}", failure.kind(), failure.reason())),
    }
}

fn refusal(definition: Value) -> String {
    match Pipeline::new(&definition, environment()) {
        Ok(_) => "accepted".into(),
        Err(error) => {
            assert_eq!(error.code().as_str(), "invalid_pipeline");
            error.to_string()
        }
    }
}

#[test]
fn a_record_is_merged_into_the_document() {
    let options = json!({ "format": "srcaddr dstaddr dstport bytes", "tags": ["vpcflow", "b"] });
    let source = json!({
        "message": LINE,
        "tags": ["a", "b"],
        "related": { "ip": ["10.0.1.20", "198.51.100.1"], "user": ["x"] },
        "event": { "kind": "alert", "id": "e1", "category": ["old"] },
        "network": "no object",
        "source": { "ip": "203.0.113.9", "geo": { "name": "here" } }
    });
    let expected = json!({
        "@timestamp": NOW,
        "message": LINE,
        "cloud": { "provider": "aws" },
        "destination": { "address": "10.0.1.20", "ip": "10.0.1.20", "port": 443 },
        "ecs": { "version": "8.17.0" },
        "event": { "kind": "event", "id": "e1", "category": ["network"], "type": ["connection"] },
        "network": { "bytes": 4249, "type": "ipv4" },
        "related": { "ip": ["10.0.1.20", "198.51.100.1", "192.0.2.44"], "user": ["x"] },
        "source": { "address": "192.0.2.44", "bytes": 4249, "geo": { "name": "here" }, "ip": "192.0.2.44" },
        "tags": ["a", "b", "vpcflow"]
    });
    assert_eq!(outcome(json!([{ "aws_vpcflow": options }]), source), expected);
}

#[test]
fn a_source_keeps_its_time_if_the_record_has_none() {
    let time = |format: &str, line: &str| {
        let options = json!({ "format": format, "mode": "original" });
        let source = json!({ "message": line, "@timestamp": "2026-01-01T00:00:00Z" });
        outcome(json!([{ "aws_vpcflow": options }]), source)["@timestamp"].clone()
    };
    assert_eq!(time("srcaddr end", "192.0.2.44 1767225658"), "2026-01-01T00:00:58.000Z");
    assert_eq!(time("start end", "1767225600 -"), "2026-01-01T00:00:00.000Z");
    assert_eq!(time("srcaddr end", "192.0.2.44 -"), "2026-01-01T00:00:00Z");
}

#[test]
fn an_omitted_record_drops_the_document() {
    let options = json!({ "format": "srcaddr log-status", "omit_log_status": ["NODATA"], "mode": "original" });
    let processors = json!([{ "aws_vpcflow": options }]);
    assert_eq!(outcome(processors.clone(), json!({ "message": "- NODATA" })), Value::Null);
    let kept = outcome(processors, json!({ "message": "- SKIPDATA" }));
    assert_eq!(kept["aws"]["vpcflow"], json!({ "log_status": "SKIPDATA" }));
}

#[test]
fn a_record_goes_where_it_shall_go() {
    let options =
        json!({ "field": "raw.line", "target_field": "aws.flow", "mode": "original", "format": "srcaddr bytes" });
    let found =
        outcome(json!([{ "aws_vpcflow": options }]), json!({ "raw": { "line": "192.0.2.44 7" }, "aws": { "x": 1 } }));
    let flow = json!({ "@timestamp": NOW, "aws": { "vpcflow": { "bytes": 7, "srcaddr": "192.0.2.44" } } });
    assert_eq!(found, json!({ "raw": { "line": "192.0.2.44 7" }, "aws": { "x": 1, "flow": flow } }));
}

#[test]
fn the_pipelines_databases_are_those_of_the_processor() {
    let file = |name: &str| Some(std::fs::read(format!("tests/fixtures/geo/{name}.mmdb")).unwrap());
    let databases = Databases::open(None, file("asn"), file("country")).unwrap();
    let definition = json!({ "processors": [{ "aws_vpcflow": { "format": "srcaddr dstaddr", "geo": true } }] });
    let with = Environment { databases: Some(databases), ..environment() };
    let line = Document::new(json!({ "message": "203.0.113.1 10.0.0.1" }));
    let found = Pipeline::new(&definition, with).unwrap().run(line).unwrap().unwrap().source();
    let expected = json!({
        "address": "203.0.113.1",
        "as": { "organization": { "name": "Example Organisation" } },
        "geo": { "continent_name": "South America", "country_iso_code": "CL", "country_name": "Chile" },
        "ip": "203.0.113.1"
    });
    assert_eq!((&found["source"], &found["destination"]["geo"]), (&expected, &Value::Null));
    assert_eq!(refusal(definition), "processors[0].aws_vpcflow.geo: [geo] the pipeline was given no databases");
}

#[test]
fn what_is_no_record_is_named_or_left_alone() {
    let format = "srcaddr dstaddr dstport bytes";
    let of = |options: Value, source: Value| {
        let mut options = options;
        options["format"] = json!(format);
        outcome(json!([{ "aws_vpcflow": options }]), source)
    };
    let cases = [
        (json!({}), json!({ "message": format }), json!({ "message": format })),
        (json!({}), json!({ "message": " \t" }), json!({ "message": " \t" })),
        (
            json!({}),
            json!({}),
            json!("illegal_argument_exception: field [message] not present as part of path [message]"),
        ),
        (
            json!({}),
            json!({ "message": null }),
            json!("illegal_argument_exception: field [message] is null, cannot process it."),
        ),
        (
            json!({}),
            json!({ "message": 5 }),
            json!(
                "illegal_argument_exception: field [message] of type [java.lang.Integer] cannot be cast to [java.lang.String]"
            ),
        ),
        (json!({ "ignore_missing": true }), json!({}), json!({})),
        (json!({ "ignore_missing": true }), json!({ "message": null }), json!({ "message": null })),
        (
            json!({}),
            json!({ "message": "192.0.2.44 10.0.1.20 70000 4249" }),
            json!("illegal_argument_exception: column 22: field \"dstport\": expected 0 to 65535, found \"70000\""),
        ),
        (
            json!({ "target_field": "a.b" }),
            json!({ "message": LINE, "a": "text" }),
            json!(
                "illegal_argument_exception: cannot set [b] with parent object of type [java.lang.String] as part of path [a.b]"
            ),
        ),
    ];
    for (options, source, expected) in cases {
        assert_eq!(of(options.clone(), source.clone()), expected, "{options} {source}");
    }
}

/// Headers do not hold for the documents after them: each is read by itself.
#[test]
fn documents_do_not_know_of_one_another() {
    let pipeline = pipeline(json!([{ "aws_vpcflow": {} }]));
    for (message, code) in
        [("srcaddr dstaddr bytes", None), ("192.0.2.1 192.0.2.2 7", Some("illegal_argument_exception"))]
    {
        let result = pipeline.run(Document::new(json!({ "message": message })));
        assert_eq!(result.err().map(|failure| failure.kind().to_owned()).as_deref(), code);
    }
}

#[test]
fn metadata_stay_as_they_are() {
    let document = Document::new(json!({ "message": LINE })).with_metadata("_index", "logs").with_metadata("_id", "7");
    let options = json!({ "format": "srcaddr dstaddr dstport bytes" });
    let done = pipeline(json!([{ "aws_vpcflow": options }])).run(document).unwrap().unwrap();
    assert_eq!(done.metadata(), json!({ "_id": "7", "_index": "logs", "_version": -3 }));
    let fields = json!({ "processors": [{ "aws_vpcflow": { "fields": { "_index": "other" } } }] });
    let expected = "processors[0].aws_vpcflow.fields: [fields] [_index] is metadata: use the set processor";
    assert_eq!(refusal(fields), expected);
}

#[test]
fn wrong_definitions_are_refused_with_their_place() {
    let set = |options: Value| json!({ "processors": [{ "set": options }] });
    let cases = [
        (json!({}), "processors: [processors] required property is missing"),
        (json!([]), "property isn't a map, but of type [java.util.ArrayList]"),
        (
            json!({ "processors": [] , "on_failure": [] }),
            "pipeline [_simulate_pipeline] cannot have an empty on_failure option defined",
        ),
        (
            json!({ "processors": [], "x": 1 }),
            "pipeline [_simulate_pipeline] doesn't support one or more provided configuration parameters [x]",
        ),
        (
            json!({ "processors": [{ "drop": {} }, { "grok": {} }] }),
            "processors[1].grok: the processor [grok] of Elasticsearch is not supported here: use \"dissect\", or \
             \"aws_vpcflow\" for a flow log record",
        ),
        (
            json!({ "processors": [{ "drop": {} }, { "grk": {} }] }),
            "processors[1].grk: No processor type exists with name [grk]",
        ),
        (set(json!({ "value": 1 })), "processors[0].set.field: [field] required property is missing"),
        (
            set(json!({ "field": 1, "value": 1 })),
            "processors[0].set.field: [field] property isn't a string, but of type [java.lang.Integer]",
        ),
        (
            set(json!({ "field": "a", "value": 1, "y": 1 })),
            "processors[0].set: processor [set] doesn't support one or more provided configuration parameters [y]",
        ),
        (
            set(json!({ "field": "a", "value": "{{b" })),
            "processors[0].set: Improperly closed variable @[query-template:1]",
        ),
        (
            set(json!({ "field": "a", "value": 1, "if": "ctx.a + 1 == 2" })),
            "processors[0].set.if: compile error: line 1, column 7: \"+\" is not supported in conditions",
        ),
        (
            set(json!({ "field": "a", "value": 1, "on_failure": [{ "fail": {} }] })),
            "processors[0].set.on_failure[0].fail.message: [message] required property is missing",
        ),
        (
            json!({ "processors": [{ "aws_vpcflow": { "format": "srcaddr nonsense", "strict": true } }] }),
            "processors[0].aws_vpcflow: field \"nonsense\": AWS documents no such field, at position 2",
        ),
        (
            json!({ "processors": [{ "aws_vpcflow": { "schema": "x" } }] }),
            "processors[0].aws_vpcflow.schema: [schema] expected \"ecs\", \"elastic-integration\", \
             \"elastic-integration-1.12\" or \"beats\", found \"x\"",
        ),
        (
            json!({ "processors": [{ "aws_vpcflow": { "formats": "v2" } }] }),
            "processors[0].aws_vpcflow: processor [aws_vpcflow] doesn't support one or more provided configuration \
             parameters [formats]",
        ),
        (
            json!({ "processors": [{ "gsub": { "field": "a", "pattern": "a(?=b)", "replacement": "" } }] }),
            "processors[0].gsub.pattern: [pattern] Invalid regex pattern. column 2: look-around is not supported",
        ),
        (
            json!({ "processors": [{ "date": { "field": "a", "formats": ["ISO8601"], "timezone": "Europe/Paris" } }] }),
            "processors[0].date.timezone: [timezone] the time zone [Europe/Paris] is not supported: expected UTC or an \
             offset such as +02:00",
        ),
    ];
    for (definition, expected) in cases {
        assert_eq!(refusal(definition.clone()), expected, "{definition}");
    }
    let pipelines = BTreeMap::from([("other".to_owned(), json!({ "processors": [{ "fail": {} }] }))]);
    let error = Pipeline::new(&json!({ "processors": [] }), Environment { pipelines, ..environment() }).unwrap_err();
    let expected = "pipelines.other.processors[0].fail.message: [message] required property is missing";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_pipeline_that_handles_failures_as_elastics_does() {
    let definition = json!({
        "processors": [
            { "rename": { "field": "message", "target_field": "event.original", "if": "ctx.event?.original == null" } },
            { "drop": { "if": "ctx.event.original.startsWith('version')" } },
            { "aws_vpcflow": { "tag": "parse", "field": "event.original", "format": "srcaddr dstaddr dstport bytes" } },
            { "network_direction": { "internal_networks": ["private"] } },
            { "fingerprint": { "fields": ["event.original"], "target_field": "_id", "method": "SHA-256" } },
            { "remove": { "field": "event.original", "if": "ctx.tags == null || !ctx.tags.contains('preserve_original_event')" } }
        ],
        "on_failure": [
            { "set": { "field": "event.kind", "value": "pipeline_error" } },
            {
                "append": {
                    "field": "error.message",
                    "value": "Processor '{{{ _ingest.on_failure_processor_type }}}' {{#_ingest.on_failure_processor_tag}}with tag \
                              '{{{ _ingest.on_failure_processor_tag }}}' {{/_ingest.on_failure_processor_tag}}failed with message \
                              '{{{ _ingest.on_failure_message }}}'"
                }
            }
        ]
    });
    let pipeline = Pipeline::new(&definition, environment()).unwrap();
    let request = json!({ "docs": [
        { "_source": { "message": LINE } },
        { "_source": { "message": "version srcaddr" } },
        { "_source": { "message": "192.0.2.44 10.0.1.20 443 many" } }
    ] });
    let ingest = json!({ "timestamp": "2026-01-02T03:04:05.678Z" });
    let expected = json!({ "docs": [
        { "doc": {
            "_index": "_index", "_id": "xg6CEsLFE+r7gKqVzhhHZDyHhGIaz1WqGBWOgsfLESE=", "_version": "-3", "_ingest": ingest,
            "_source": {
                "@timestamp": NOW,
                "cloud": { "provider": "aws" },
                "destination": { "address": "10.0.1.20", "ip": "10.0.1.20", "port": 443 },
                "ecs": { "version": "8.17.0" },
                "event": { "kind": "event", "category": ["network"], "type": ["connection"] },
                "network": { "bytes": 4249, "direction": "inbound", "type": "ipv4" },
                "related": { "ip": ["192.0.2.44", "10.0.1.20"] },
                "source": { "address": "192.0.2.44", "bytes": 4249, "ip": "192.0.2.44" }
            }
        } },
        null,
        { "doc": {
            "_index": "_index", "_id": "_id", "_version": "-3", "_ingest": ingest,
            "_source": {
                "error": { "message": ["Processor 'aws_vpcflow' with tag 'parse' failed with message 'column 26: field \
                                        \"bytes\": expected 0 to 9223372036854775807, found \"many\"'"] },
                "event": { "kind": "pipeline_error", "original": "192.0.2.44 10.0.1.20 443 many" }
            }
        } }
    ] });
    assert_eq!(pipeline.simulate(&request), expected);
}

#[test]
fn pipelines_call_one_another_within_bounds() {
    let call = |name: &str| json!({ "processors": [{ "pipeline": { "name": name } }] });
    let mut pipelines = BTreeMap::from([
        ("a".to_owned(), call("b")),
        ("b".to_owned(), call("a")),
        ("wide-0".to_owned(), json!({ "processors": [{ "set": { "field": "x", "value": 1 } }] })),
    ]);
    for depth in 0..200 {
        pipelines.insert(format!("deep-{depth}"), call(&format!("deep-{}", depth + 1)));
        let twice = json!({ "pipeline": { "name": format!("wide-{depth}") } });
        pipelines.insert(format!("wide-{}", depth + 1), json!({ "processors": [twice, twice] }));
    }
    let environment = Environment { pipelines, ..environment() };
    let failure = |name: &str| {
        let pipeline = Pipeline::new(&call(name), environment.clone()).unwrap();
        pipeline.run(Document::default()).unwrap_err().reason().to_owned()
    };
    assert_eq!(failure("a"), "Cycle detected for pipeline: a");
    assert_eq!(failure("none"), "Pipeline processor configured for non-existent pipeline [none]");
    assert_eq!(failure("deep-0"), "Too many nested pipelines. Cannot have more than 100 nested pipelines");
    assert_eq!(failure("wide-60"), "the pipeline runs more than [100000] processors for one document");
}

#[test]
fn documents_do_not_grow_beyond_bounds() {
    let deep = "a.".repeat(200) + "b";
    assert_eq!(
        outcome(json!([{ "set": { "field": deep, "value": 1 } }]), json!({})),
        json!(format!(
            "illegal_argument_exception: a document has at most [100] levels of objects and lists: cannot set [{deep}]"
        ))
    );
    let double = json!({ "set": { "field": "l", "value": "{{{l}}}{{{l}}}" } });
    let doubled = outcome(json!(vec![double; 60]), json!({ "l": "0123456789" }));
    assert_eq!(doubled, json!("illegal_argument_exception: the rendered text has more than [1048576] bytes"));
    let copy = |from: &str, to: &str| json!({ "set": { "field": to, "copy_from": from } });
    let mut copies = Vec::new();
    for _ in 0..60 {
        copies.extend([copy("a", "b.x"), copy("a", "b.y"), copy("b", "a")]);
    }
    let copied = outcome(json!(copies), json!({ "a": { "v": "text" } }));
    assert_eq!(
        copied,
        json!("illegal_argument_exception: the pipeline copies more than [67108864] bytes for one document")
    );
}

/// Each document is within the limit of a document, and all of them together would be gigabytes.
#[test]
fn the_answer_to_a_request_is_bounded() {
    let sets: Vec<Value> = (0..200).map(|n| json!({ "set": { "field": "a", "value": n } })).collect();
    let pipeline = Pipeline::new(&json!({ "processors": sets }), environment()).unwrap();
    let docs = vec![json!({ "_source": { "m": "x".repeat(100_000) } }); 40];
    let reason = "the answer to the request is larger than [67108864] bytes";

    let answer = pipeline.simulate(&json!({ "docs": docs, "verbose": true }));
    let results: Vec<&Vec<Value>> =
        answer["docs"].as_array().unwrap().iter().map(|doc| doc["processor_results"].as_array().unwrap()).collect();
    let counts: Vec<usize> = results.iter().map(|list| list.len()).collect();
    assert_eq!(counts[..3], [200, 200, 200]);
    assert!(counts[3] < 200 && counts[4..].iter().all(|&count| count == 1), "{counts:?}");
    for list in &results[3..] {
        assert_eq!(list.last().unwrap()["error"]["reason"], reason);
    }

    let grow =
        json!({ "set": { "field": "n", "value": "{{{m}}}{{{m}}}{{{m}}}{{{m}}}{{{m}}}{{{m}}}{{{m}}}{{{m}}}{{{m}}}" } });
    let pipeline = Pipeline::new(&json!({ "processors": [grow] }), environment()).unwrap();
    let docs = vec![json!({ "_source": { "m": "x".repeat(100_000) } }); 80];
    let answer = pipeline.simulate(&json!({ "docs": docs }));
    let errors = answer["docs"].as_array().unwrap().iter().filter(|doc| doc["error"]["reason"] == reason).count();
    assert_eq!(errors, 80 - 67_108_864 / 1_000_000);
}

/// Each would take minutes, or gigabytes, if it were not counted.
#[test]
fn work_is_bounded() {
    let too_much = json!("illegal_argument_exception: the pipeline copies more than [67108864] bytes for one document");
    let list = json!({ "l": vec![1; 20_000] });
    for template in ["{{#l}}{{^l}}{{/l}}{{/l}}", "{{#l}}{{#l}}{{/l}}{{/l}}"] {
        assert_eq!(outcome(json!([{ "set": { "field": "x", "value": template } }]), list.clone()), too_much);
    }
    let condition = format!("ctx.t{}.isEmpty()", ".toLowerCase()".repeat(150));
    let text = json!({ "t": "a".repeat(1_000_000) });
    assert_eq!(outcome(json!([{ "drop": { "if": condition } }]), text), json!("script_exception: runtime error"));
    let both = vec!["'x'.equalsIgnoreCase(ctx.t)"; 100].join(" || ");
    let items = vec!["ctx.l.contains(ctx.t)"; 100].join(" || ");
    let equal = vec!["ctx.l.equals(ctx.m)"; 100].join(" || ");
    let long = json!({ "t": "a".repeat(1_000_000), "l": vec!["b".repeat(1_000_000); 12], "m": [1] });
    for condition in [both, items, equal] {
        let dropped = outcome(json!([{ "drop": { "if": condition } }]), long.clone());
        assert_eq!(dropped, json!("script_exception: runtime error"), "{condition}");
    }
    let texts = json!({ "t": "a".repeat(1_000_000), "u": "a".repeat(1_000_000) });
    let copies = format!("[{}].size() == 0", vec!["ctx.t"; 100].join(", "));
    let comparisons = vec!["(ctx.t == ctx.u && false)"; 1_200].join(" || ");
    for condition in [copies, comparisons] {
        let dropped = outcome(json!([{ "drop": { "if": condition } }]), texts.clone());
        assert_eq!(dropped, json!("script_exception: runtime error"), "{}", &condition[..40]);
    }
    let many = json!({ "processors": [{ "drop": { "if": vec!["false"; 7_000].join(" || ") } }] });
    let environment = Environment { pipelines: BTreeMap::from([("many".to_owned(), many)]), ..environment() };
    let calls = json!({ "processors": vec![json!({ "pipeline": { "name": "many" } }); 700] });
    let failure = Pipeline::new(&calls, environment).unwrap().run(Document::default()).unwrap_err();
    assert_eq!(failure.reason(), "runtime error");
    let search = |pattern: &str| {
        let gsub = json!({ "gsub": { "field": "t", "pattern": pattern, "replacement": "" } });
        outcome(json!(vec![gsub; 8]), json!({ "t": "b".repeat(1_000_000) }))
    };
    assert_eq!(search("(a{20}){20}"), too_much);
    assert_eq!(search("a+"), json!({ "t": "b".repeat(1_000_000) }));
    let more: Vec<i32> = (0..20_000).collect();
    let append = json!([{ "append": { "field": "l", "value": more, "allow_duplicates": false } }]);
    assert_eq!(outcome(append, list.clone()), too_much);
    let paths: Vec<String> = (0..5_000).map(|n| format!("f{n}")).collect();
    assert_eq!(outcome(json!([{ "remove": { "keep": paths } }]), list), too_much);

    let key = "a.".repeat(300_000) + "a";
    let expanded = outcome(json!([{ "dot_expander": { "field": "*" } }]), json!({ key: 1 }));
    let reason = expanded.as_str().unwrap();
    assert!(reason.starts_with("illegal_argument_exception: a document has at most [100] levels"), "{expanded}");
    let split = outcome(json!([{ "split": { "field": "t", "separator": "" } }]), json!({ "t": "a".repeat(3_000_000) }));
    assert_eq!(split, json!("illegal_argument_exception: the text has more than [1000000] parts"));
    let pattern = format!("%{{a}}{}b%{{c}}", "a".repeat(1_000));
    let dissect = refusal(json!({ "processors": [{ "dissect": { "field": "t", "pattern": pattern } }] }));
    assert!(dissect.ends_with("Reason: expected delimiters of at most 1000 bytes"), "{dissect}");
    let gsub = json!({ "processors": [{ "gsub": { "field": "t", "pattern": "(a{100}){100}", "replacement": "" } }] });
    assert!(refusal(gsub).starts_with("processors[0].gsub.pattern: [pattern] Invalid regex pattern."));
}

#[test]
fn hashes_are_those_of_their_definitions() {
    // SHA-1 of the bytes 00 78, base64: `printf '\0x' | openssl dgst -sha1 -binary | base64`.
    let print =
        |options: Value, source: Value| outcome(json!([{ "fingerprint": options }]), source)["fingerprint"].clone();
    assert_eq!(print(json!({ "fields": ["a"] }), json!({ "a": "x" })), json!("uR3zZCvTaXoexrjMm/vEbvFAB2w="));
    let id = |source: Value| outcome(json!([{ "community_id": {} }]), source)["network"]["community_id"].clone();
    let flow = |from: &str, to: &str, number: u8, ports: [u32; 2]| {
        json!({
            "source": { "ip": from, "port": ports[0] }, "destination": { "ip": to, "port": ports[1] },
            "network": { "iana_number": number.to_string() }
        })
    };
    let cases = [
        (flow("128.232.110.120", "66.35.250.204", 6, [34855, 80]), "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
        (flow("192.0.2.10", "198.51.100.20", 6, [49152, 443]), "1:F8BkFJ2dShq3dJS+H0sJJXB8RQ0="),
        (flow("198.51.100.20", "192.0.2.10", 6, [443, 49152]), "1:F8BkFJ2dShq3dJS+H0sJJXB8RQ0="),
        (flow("192.0.2.10", "198.51.100.20", 17, [5353, 53]), "1:RVm5ZRYXS1TMVIAkCyPTLru22cA="),
        (flow("192.0.2.10", "198.51.100.20", 1, [0, 0]), "1:XMzFeG2fOFAj0aiNKy47VkosojY="),
        (flow("198.51.100.20", "192.0.2.10", 1, [0, 0]), "1:kJP941FpZUgBnMTPeXDec/dQsNI="),
        (flow("2001:db8::1", "2001:db8::2", 58, [0, 0]), "1:TjV1jRMZRuGvo5LTQFpWQvkb68U="),
        (flow("192.0.2.10", "198.51.100.20", 47, [0, 0]), "1:As6eVbuDDdzrcZ1A+m/aWUbzoow="),
        (flow("192.0.2.10", "192.0.2.10", 6, [50000, 80]), "1:EB6MY1s1qG73saJ4JaQ4jFnVv8E="),
        (flow("2001:db8::1", "198.51.100.20", 6, [1025, 22]), "1:ig+3wdMxP9DBwQOXp90e450ki2A="),
    ];
    for (source, expected) in cases {
        assert_eq!(id(source.clone()), json!(expected), "{source}");
    }
}

#[test]
fn a_request_may_bring_its_pipeline() {
    let request = json!({
        "pipeline": { "processors": [{ "set": { "field": "a" } }] },
        "docs": [{ "_source": {} }]
    });
    let error = json!({ "type": "parse_exception", "reason": "[value] required property is missing", "property_name": "value", "processor_type": "set" });
    let mut expected = json!({ "error": error, "status": 400 });
    expected["error"]["root_cause"] = json!([error]);
    assert_eq!(simulate(&request, environment()), expected);
}

#[test]
fn a_cycle_has_the_path_of_the_call_that_ignores_it() {
    let call = |name: &str| json!({ "processors": [{ "pipeline": { "name": name, "ignore_failure": name == "b" } }] });
    let pipelines = BTreeMap::from([("a".to_owned(), call("b")), ("b".to_owned(), call("a"))]);
    let pipeline = Pipeline::new(&call("a"), Environment { pipelines, ..environment() }).unwrap();
    let trace = pipeline.trace(Document::new(json!({})));
    let results = trace["results"].as_array().unwrap().iter();
    let found: Vec<_> = results.map(|result| (result["path"].clone(), result["status"].clone())).collect();
    let expected = [("processors[0].pipeline", "success"), ("pipelines.a.processors[0].pipeline", "error_ignored")];
    assert_eq!(found, expected.map(|(path, status)| (json!(path), json!(status))));
}

/// Returns the paths of the processors in the text of a definition.
fn paths(text: &str) -> Vec<String> {
    let inspection = inspect(text, environment());
    inspection["steps"].as_array().unwrap().iter().map(|step| step["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn processors_are_found_in_json_that_is_not_yaml() {
    let text = r#"{ "processors": [{ "set": { "field": "a", "value": "\ud83d\ude00" } }, { "drop": {} }] }"#;
    assert_eq!(paths(text), ["processors[0].set", "processors[1].drop"]);
    // A key of more characters than YAML's flow mappings allow.
    let long = format!(
        r#"{{ "processors": [{{ "set": {{ "field": "a", "value": {{ "{}": 1 }} }} }}, {{ "drop": {{}} }}] }}"#,
        "k".repeat(1100)
    );
    assert_eq!(paths(&long), ["processors[0].set", "processors[1].drop"]);
}

#[test]
fn lists_in_values_are_not_processors() {
    let handlers = json!([{ "remove": { "field": "a", "on_failure": [{ "drop": {} }] } }]);
    let value = json!({ "on_failure": [{ "x": 1 }], "processors": [{ "y": 1 }] });
    let definition = json!({
        "on_failure": [{ "drop": {} }],
        "processors": [{ "set": { "field": "b", "value": value, "on_failure": handlers } }],
    });
    let expected = [
        "on_failure[0].drop",
        "processors[0].set",
        "processors[0].set.on_failure[0].remove",
        "processors[0].set.on_failure[0].remove.on_failure[0].drop",
    ];
    assert_eq!(inspect(&definition.to_string(), environment()).get("problem"), None);
    assert_eq!(paths(&definition.to_string()), expected);
}

#[test]
fn the_answer_of_an_inspection_is_in_proportion_to_the_text() {
    let kind = "k".repeat(900);
    let inner = vec![r#"{"drop":{}}"#; 2000].join(",");
    let text = format!(
        r#"{{"processors":[{}{inner}{}]}}"#,
        format!(r#"{{"{kind}":{{"on_failure":["#).repeat(30),
        "]}}".repeat(30)
    );
    let inspection = inspect(&text, environment());
    assert_eq!(inspection["problem"]["path"], format!("processors[0].{kind}"));
    assert!(inspection.to_string().len() < 2 * text.len());
}
