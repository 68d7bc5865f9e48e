//! Pipelines answer as Elasticsearch did when its answers were recorded; see `tests/fixtures/README.md`. The
//! differences in `tests/elasticsearch/deviations.json` are allowed, and must occur.
#![cfg(all(feature = "ingest", not(target_arch = "wasm32")))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use vpcflow_ecs::geo::Databases;
use vpcflow_ecs::ingest::{Environment, simulate};

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn read(path: impl AsRef<Path>) -> Value {
    let path = tests_folder().join(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn databases() -> Databases {
    let bytes = |name: &str| Some(std::fs::read(tests_folder().join("fixtures/geo").join(name)).unwrap());
    Databases::open(bytes("city.mmdb"), bytes("asn.mmdb"), bytes("country.mmdb")).unwrap()
}

fn answer(case: &Value) -> Value {
    let pipelines: BTreeMap<String, Value> =
        serde_json::from_value(case.get("pipelines").cloned().unwrap_or(json!({}))).unwrap();
    let request = json!({ "pipeline": case["pipeline"], "docs": case["docs"], "verbose": case["verbose"] == true });
    let environment = Environment { pipelines, databases: Some(databases()), clock: Some(|| 1_700_000_000_123) };
    comparable(&without_time(&simulate(&request, environment)))
}

/// Replaces the time of ingestion as in the recording, wherever it is.
fn without_time(answer: &Value) -> Value {
    map(answer, &|text| without_null_pointer(text.replace("2023-11-14T22:13:20.123Z", "<timestamp>")))
}

/// Replaces the message of a null pointer, which depends on the version of Java, with `<null pointer>`.
fn without_null_pointer(text: String) -> String {
    let [start, end] = ["Cannot invoke \"", "\" is null"];
    match text.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1))) {
        Some((before, after)) => format!("{before}<null pointer>{after}"),
        None => text,
    }
}

/// Returns a value with all its texts changed.
fn map(value: &Value, change: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => change(text).into(),
        Value::Array(items) => items.iter().map(|item| map(item, change)).collect(),
        Value::Object(members) => members.iter().map(|(key, item)| (key.clone(), map(item, change))).collect(),
        other => other.clone(),
    }
}

/// Returns the parts that must be equal: as `comparable` in `tests/elasticsearch/cases.js`.
fn comparable(answer: &Value) -> Value {
    match (answer.get("error"), answer.get("docs").and_then(Value::as_array)) {
        (Some(error), _) => json!({ "error": comparable_error(error) }),
        (_, Some(docs)) => json!({ "docs": docs.iter().map(comparable_result).collect::<Value>() }),
        _ => panic!("neither error nor docs: {answer}"),
    }
}

fn comparable_result(result: &Value) -> Value {
    let Value::Object(result) = result else { return result.clone() };
    let mut comparable = Map::new();
    for (key, value) in result {
        let value = match (key.as_str(), value) {
            ("error", error) => comparable_error(error),
            ("ignored_error", ignored) => comparable_error(&ignored["error"]),
            ("processor_results", Value::Array(steps)) => steps.iter().map(comparable_result).collect(),
            ("doc", Value::Object(doc)) => {
                let came_and_went = |key: &str, value: &Value| key == "_type" || key == "_version" && value == "-3";
                doc.iter()
                    .filter(|(key, value)| !came_and_went(key, value))
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect()
            }
            _ => value.clone(),
        };
        comparable.insert(key.clone(), value);
    }
    comparable.into()
}

fn comparable_error(error: &Value) -> Value {
    let mut comparable = Map::new();
    for key in ["type", "reason", "property_name", "processor_type", "processor_tag"] {
        if let Some(value) = error.get(key) {
            comparable.insert(key.into(), value.clone());
        }
    }
    if let Some(cause) = error.get("caused_by") {
        comparable.insert("caused_by".into(), comparable_error(cause));
    }
    comparable.into()
}

/// Returns the documents that differ; `None` if the answers differ as a whole.
fn differing(found: &Value, expected: &Value) -> Option<Vec<usize>> {
    let (Some(found_docs), Some(expected_docs)) = (found["docs"].as_array(), expected["docs"].as_array()) else {
        return (found == expected).then(Vec::new);
    };
    if found_docs.len() != expected_docs.len() {
        return None;
    }
    Some((0..found_docs.len()).filter(|index| found_docs[*index] != expected_docs[*index]).collect())
}

#[test]
fn as_recorded() {
    let deviations = read("elasticsearch/deviations.json");
    let mut complaints = Vec::new();
    let mut count = 0;
    let mut files: Vec<_> =
        std::fs::read_dir(tests_folder().join("fixtures/ingest")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        for case in read(&file)["cases"].as_array().unwrap() {
            count += 1;
            let name = case["name"].as_str().unwrap();
            let (found, expected) = (answer(case), comparable(&case["response"]));
            let differing = differing(&found, &expected);
            let deviation = deviations.as_array().unwrap().iter().find(|each| each["name"] == name);
            let complaint = match (deviation, &differing) {
                (None, Some(docs)) if docs.is_empty() => continue,
                (None, Some(docs)) => docs
                    .iter()
                    .map(|&at| {
                        format!(
                            "[{at}] {}\n    found {}\n expected {}\n",
                            case["docs"][at], found["docs"][at], expected["docs"][at]
                        )
                    })
                    .collect(),
                (None, None) => format!("    found {found}\n expected {expected}\n"),
                (Some(_), Some(docs)) if docs.is_empty() => "it is listed as deviating, and does not".into(),
                (Some(deviation), docs) if deviation.get("docs") == docs.as_ref().map(|docs| json!(docs)).as_ref() => {
                    continue;
                }
                (Some(deviation), docs) => format!("it is listed as {deviation}, and deviates in {docs:?}"),
            };
            complaints.push(format!("{name}: {}\n{complaint}", case["pipeline"]));
        }
    }
    assert!(count > 400, "only {count} recorded answers");
    assert!(complaints.is_empty(), "{} of {count}:\n\n{}", complaints.len(), complaints.join("\n"));
}
