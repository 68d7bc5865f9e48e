//! `POST _ingest/pipeline/_simulate`: its request, and both forms of its response.

use serde_json::{Value as JsonValue, json};

use super::config::Config;
use super::document::Document;
use super::failure::Failure;
use super::pipeline::{Environment, Pipeline};
use super::result::{AnswerSize, ProcessorResult, Results};
use super::value::{Map, Value, from_json, to_json};

impl Pipeline {
    /// Answers a request as `POST _ingest/pipeline/<id>/_simulate` does. A request has `docs`, each with a `_source`,
    /// and `verbose`.
    ///
    /// The answer to a wrong request has Elasticsearch's `error` and `status`.
    ///
    /// ```
    /// use serde_json::json;
    /// use vpcflow_ecs::ingest::{Environment, Pipeline};
    ///
    /// let drop = json!({ "processors": [{ "drop": { "if": "ctx.message.startsWith('version ')" } }] });
    /// let pipeline = Pipeline::new(&drop, Environment::default())?;
    /// let response = pipeline.simulate(&json!({ "docs": [{ "_source": { "message": "version srcaddr" } }] }));
    /// assert_eq!(response, json!({ "docs": [null] }));
    /// # Ok::<(), vpcflow_ecs::Error>(())
    /// ```
    pub fn simulate(&self, request: &JsonValue) -> JsonValue {
        let (documents, verbose) = match read_request(request) {
            Ok(read) => read,
            Err(failure) => return refused(&failure),
        };
        let mut size = AnswerSize::default();
        let docs: Vec<JsonValue> = documents
            .into_iter()
            .map(|document| {
                let results = verbose.then(|| Results { size, ..Results::default() });
                let (result, results) = self.run_with(document, results);
                if let Some(results) = results {
                    size = results.size;
                    let list: Vec<JsonValue> = results.list.into_iter().map(ProcessorResult::into_json).collect();
                    return json!({ "processor_results": list });
                }
                match result
                    .and_then(|document| size.add(document.as_ref().map_or(0, Document::weight)).map(|()| document))
                {
                    Ok(Some(document)) => json!({ "doc": document.to_response() }),
                    Ok(None) => JsonValue::Null,
                    Err(failure) => json!({ "error": failure.to_json() }),
                }
            })
            .collect();
        json!({ "docs": docs })
    }
}

/// Answers a request as `POST _ingest/pipeline/_simulate` does, which contains the `pipeline`.
///
/// The answer to a wrong pipeline has Elasticsearch's `error` and `status`.
pub fn simulate(request: &JsonValue, environment: Environment) -> JsonValue {
    let mut config = Config::new(None, members(request));
    // Elasticsearch builds the pipeline before it reads the documents.
    match config.map("pipeline") {
        Err(failure) => refused(&failure),
        Ok(definition) => match Pipeline::build(&to_json(&Value::Map(definition)), environment) {
            Ok(pipeline) => pipeline.simulate(request),
            Err(located) => refused(&located.failure),
        },
    }
}

fn refused(failure: &Failure) -> JsonValue {
    json!({ "error": failure.to_json(), "status": 400 })
}

fn members(value: &JsonValue) -> Map {
    match from_json(value) {
        Value::Map(members) => members,
        _ => Map::new(),
    }
}

fn read_request(request: &JsonValue) -> Result<(Vec<Document>, bool), Failure> {
    let mut config = Config::new(None, members(request));
    let verbose = config.flag("verbose", false)?;
    let docs = config.list("docs")?;
    if docs.is_empty() {
        return Err(Failure::illegal_argument("must specify at least one document in [docs]"));
    }
    let documents = docs.into_iter().map(|doc| match doc {
        Value::Map(doc) => read_document(Config::new(None, doc)),
        _ => Err(Failure::illegal_argument("malformed [docs] section, should include an inner object")),
    });
    Ok((documents.collect::<Result<_, _>>()?, verbose))
}

fn read_document(mut config: Config) -> Result<Document, Failure> {
    let mut document = Document { source: config.map("_source")?, ..Document::default() };
    for name in ["_index", "_id", "_routing"] {
        if let Some(text) = config.optional_text_or_int(name)? {
            document.metadata.insert(name.into(), Value::String(text));
        }
    }
    match config.take("_version") {
        None => {}
        Some(version @ (Value::Integer(_) | Value::Long(_))) => {
            _ = document.metadata.insert("_version".into(), version)
        }
        Some(_) => {
            let reason = "Failed to parse parameter [_version], only int or long is accepted";
            return Err(Failure::illegal_argument(reason));
        }
    }
    if let Some(name) = config.optional_text("_version_type")? {
        if !["internal", "external", "external_gte"].contains(&name.as_str()) {
            return Err(Failure::illegal_argument(format!("No version type match [{name}]")));
        }
        document.metadata.insert("_version_type".into(), Value::String(name));
    }
    for name in ["_if_seq_no", "_if_primary_term"] {
        match config.take(name) {
            None => {}
            Some(number @ (Value::Integer(_) | Value::Long(_))) => _ = document.metadata.insert(name.into(), number),
            Some(_) => {
                let reason = format!("Failed to parse parameter [{name}], only int or long is accepted");
                return Err(Failure::illegal_argument(reason));
            }
        }
    }
    Ok(document)
}
