//! Ingest pipelines: any definition with any documents is answered, and the same twice.
//!
//! An input is the request of a simulation in JSON, or the definition of a pipeline in YAML.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use vpcflow_ecs::geo::Databases;
use vpcflow_ecs::ingest::{Document, Environment, Pipeline, simulate};

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
        }
        _ => {
            let Ok(pipeline) = Pipeline::from_text(text, environment(BTreeMap::new())) else { return };
            let message = "2 123456789010 eni-1235b8ca123456789 192.0.2.1 10.0.0.1 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
            let source = json!({ "message": message, "a": { "b": [1, "x", null] }, "c": 1.5 });
            let run = || format!("{:?}", pipeline.run(Document::new(source.clone())));
            assert_eq!(run(), run());
        }
    }
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
    all.push(
        b"processors:\n  - aws_vpcflow: { field: message, format: default }\n  - set:\n      field: a.b\n      \
          value: '{{{message}}}'\n      if: ctx.a?.b != null && ctx.c > 1\non_failure:\n  - set: { field: x, value: 1 }\n"
            .to_vec(),
    );
    all
}
