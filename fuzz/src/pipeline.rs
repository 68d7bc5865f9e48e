//! Ingest pipelines: any definition with any documents is answered, and the same twice. The processors of a run are those
//! that are found in the text.
//!
//! An input is the request of a simulation in JSON, or the definition of a pipeline in YAML.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use vpcflow_ecs::geo::Databases;
use vpcflow_ecs::ingest::{Document, Environment, Pipeline, inspect, simulate};

use crate::{CLOCK, geo_databases};

/// Checks an input.
pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match serde_json::from_str::<Value>(text) {
        Ok(request) if request.get("pipeline").is_some() => {
            let pipelines = request.get("pipelines").and_then(Value::as_object).cloned().unwrap_or_default();
            let response = simulate(&request, environment(pipelines.into_iter().collect()));
            assert!(response["docs"].is_array() || response["status"] == 400, "{response}");
            let again = simulate(&request, environment(BTreeMap::new()));
            assert!(request.get("pipelines").is_some() || again == response, "{response}\n{again}");
            examine(&request["pipeline"].to_string());
        }
        _ => examine(text),
    }
}

/// Checks the definition of a pipeline.
fn examine(text: &str) {
    let inspection = inspect(text, environment(BTreeMap::new()));
    let pipeline = Pipeline::from_text(text, environment(BTreeMap::new()));
    assert_eq!(pipeline.is_err(), inspection.get("problem").is_some(), "{inspection}");
    let Ok(pipeline) = pipeline else { return };
    let message =
        "2 123456789010 eni-1235b8ca123456789 192.0.2.1 10.0.0.1 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
    let source = json!({ "message": message, "a": { "b": [1, "x", null] }, "c": 1.5 });
    let document = || Document::new(source.clone());
    let run = || format!("{:?}", pipeline.run(document()));
    assert_eq!(run(), run());
    let paths = |results: &Value| {
        let paths = results.as_array().into_iter().flatten().filter_map(|one| one["path"].as_str());
        paths.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let ran = paths(&pipeline.trace(document())["results"]);
    let found = paths(&inspection["steps"]);
    assert!(ran.is_subset(&found), "{ran:?} {found:?}");
    let tally = pipeline.tally([document()]);
    let counted = tally["steps"].as_object().into_iter().flatten().map(|(path, _)| path.clone());
    assert_eq!(counted.collect::<BTreeSet<_>>(), ran);
}

fn environment(pipelines: BTreeMap<String, Value>) -> Environment {
    let [city, asn, country] = geo_databases::files().map(|(_, bytes)| Some(bytes));
    let databases = Databases::open(city, asn, country).ok();
    Environment { pipelines, databases, clock: Some(|| CLOCK) }
}

/// Returns the requests of the corpus that is compared with real servers.
pub(crate) fn requests() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/elasticsearch/pipelines");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| std::fs::read_to_string(path).expect("a file"));
    texts.flat_map(|text| serde_json::from_str::<Vec<Value>>(&text).expect("a list")).collect()
}

/// Makes the first inputs.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = requests().iter().map(|request| request.to_string().into_bytes()).collect();
    all.push(br#"{ "processors": [{ "set": { "field": "a", "value": "\ud83d\ude00" } }, { "drop": {} }] }"#.to_vec());
    all.push(
        b"processors:\n  - aws_vpcflow: { field: message, format: default }\n  - set:\n      field: a.b\n      \
          value: '{{{message}}}'\n      if: ctx.a?.b != null && ctx.c > 1\non_failure:\n  - set: { field: x, value: 1 }\n"
            .to_vec(),
    );
    all
}
