//! Pipelines and documents at random, of texts that mean something to one of the processors.
#![cfg(all(feature = "ingest", not(target_arch = "wasm32")))]
#![allow(clippy::unwrap_used)]

mod traffic;

use serde_json::{Value, json};
use traffic::Random;
use vpcflow_ecs::ingest::{Environment, Pipeline};

const LINE: &str = "192.0.2.44 10.0.1.20 443 4249";

fn environment() -> Environment {
    // 2026-01-02T03:04:05.678Z
    Environment { clock: Some(|| 1_767_323_045_678), ..Environment::default() }
}

/// Nothing that a definition or a document can say makes the pipeline panic, and every answer is JSON.
#[test]
fn random_pipelines_do_not_panic() {
    let mut random = Random(20_260_102);
    let mut accepted = 0;
    for _ in 0..6_000 {
        let processors: Vec<Value> = (0..1 + random.below(4)).map(|_| random_processor(&mut random, 2)).collect();
        let mut definition = json!({ "processors": processors });
        if random.below(3) == 0 {
            definition["on_failure"] = json!([random_processor(&mut random, 1)]);
        }
        let Ok(pipeline) = Pipeline::new(&definition, environment()) else { continue };
        accepted += 1;
        let source = json!({ "a": random_value(&mut random, 3), "b": random_value(&mut random, 3), "message": random_value(&mut random, 1) });
        let verbose = random.below(2) == 0;
        let response = pipeline.simulate(&json!({ "docs": [{ "_source": source }], "verbose": verbose }));
        assert!(response["docs"].is_array(), "{definition} {source}");
    }
    assert!(accepted > 1_200, "only {accepted} definitions were accepted");
}

fn random_text(random: &mut Random) -> String {
    let pieces = [
        "a",
        "b",
        "a.b",
        "a.0",
        "_ingest.x",
        "_index",
        "message",
        ".",
        "..",
        "",
        " ",
        "{{a}}",
        "{{{a.b}}}",
        "{{#a}}x{{/a}}",
        "5",
        "-1",
        "1.5e9",
        "0x1F",
        "1767323045",
        "2026-01-02T03:04:05Z",
        "192.0.2.1",
        "::1",
        "x",
        "é😀",
        "\u{0}",
        "{\"k\":[1]}",
        "%{a} %{b}",
        "%{+a/2}",
        "(a)|b*",
        "[^a]+",
        "$1",
        "\\",
        "ctx.a == null",
        "ctx.a.b",
        "!ctx.a",
        "ctx?.a?.b instanceof String",
        "UNIX",
        "ISO8601",
        "yyyy-MM-dd",
        "HH:mm[:ss]",
        "+02:00",
        "tcp",
        LINE,
        "srcaddr bytes",
        "integer",
        "auto",
        "SHA-1",
        "private",
    ];
    let count = 1 + random.below(5) / 4;
    (0..count).map(|_| *random.pick(&pieces)).collect()
}

fn random_value(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => json!(random.below(2) == 0),
        2 => json!(random.next() as i64 >> random.below(64)),
        3 => json!(random.next() as f64 / 1e9),
        4 | 5 => json!(random_text(random)),
        6 => (0..random.below(3)).map(|_| random_value(random, depth - 1)).collect(),
        _ => (0..random.below(3))
            .map(|_| (random_text(random), random_value(random, depth - 1)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

/// Returns a processor with the options that it must have, and some that it may have, of mostly the right type.
fn random_processor(random: &mut Random, depth: usize) -> Value {
    let kinds: [(&str, &[&str]); 22] = [
        ("append", &["field", "value"]),
        ("aws_vpcflow", &["format"]),
        ("community_id", &[]),
        ("convert", &["field", "type"]),
        ("date", &["field", "formats"]),
        ("dissect", &["field", "pattern"]),
        ("dot_expander", &["field"]),
        ("drop", &["if"]),
        ("fail", &["message"]),
        ("fingerprint", &["fields"]),
        ("geoip", &["field"]),
        ("gsub", &["field", "pattern", "replacement"]),
        ("json", &["field"]),
        ("lowercase", &["field"]),
        ("network_direction", &["internal_networks"]),
        ("pipeline", &["name"]),
        ("remove", &["field"]),
        ("rename", &["field", "target_field"]),
        ("set", &["field", "value"]),
        ("split", &["field", "separator"]),
        ("trim", &["field"]),
        ("uppercase", &["field"]),
    ];
    let (kind, needed) = *random.pick(&kinds);
    let mut options = serde_json::Map::new();
    for name in needed {
        let value = match *name {
            "formats" | "fields" | "internal_networks" => json!([random_text(random)]),
            "value" => random_value(random, 2),
            "type" => json!(random.pick(&["integer", "long", "float", "double", "boolean", "string", "ip", "auto"])),
            "format" => json!(random.pick(&["srcaddr bytes", "srcaddr dstaddr dstport bytes", "default"])),
            "pattern" if kind == "dissect" => json!(random.pick(&["%{a} %{b}", "%{a->},%{+b}%{?c}", "[%{*a}]=%{&a}"])),
            "field" => json!(random.pick(&["a", "b", "a.b", "b.0", "message", "a.*", "_id"])),
            _ => json!(random_text(random)),
        };
        options.insert((*name).into(), value);
    }
    let extras =
        ["if", "tag", "ignore_failure", "target_field", "ignore_missing", "override", "timezone", "add_to_root"];
    for extra in extras {
        if random.below(12) == 0 {
            let flag = ["ignore_failure", "ignore_missing", "override", "add_to_root"].contains(&extra);
            options.insert(extra.into(), if flag { json!(true) } else { json!(random_text(random)) });
        }
    }
    if depth > 0 && random.below(6) == 0 {
        options.insert("on_failure".into(), json!([random_processor(random, depth - 1)]));
    }
    json!({ kind: options })
}
