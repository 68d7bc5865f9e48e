//! `POST _ingest/pipeline/_simulate`: the request and both forms of the response.

use serde_json::{Map as Json, Value as JsonValue, json};

use super::config::Config;
use super::document::Document;
use super::failure::Failure;
use super::pipeline::{Environment, Pipeline, Run};
use super::value::{Map, Value, from_json, to_json};

/// What a processor did to a document: one of `processor_results` in a verbose response.
#[derive(Clone, Debug)]
pub(super) struct ProcessorResult(Json<String, JsonValue>);

type Name<'s> = [Option<&'s str>; 3];

impl ProcessorResult {
    fn new(name: Name<'_>, status: &str, condition: Option<(&str, bool)>) -> ProcessorResult {
        let mut members = Json::new();
        for (key, text) in ["processor_type", "tag", "description"].into_iter().zip(name) {
            if let Some(text) = text {
                members.insert(key.into(), text.into());
            }
        }
        members.insert("status".into(), status.into());
        if let Some((condition, result)) = condition {
            members.insert("if".into(), json!({ "condition": condition, "result": result }));
        }
        ProcessorResult(members)
    }

    pub(super) fn done(name: Name<'_>, condition: Option<(&str, bool)>, document: &Document) -> ProcessorResult {
        let mut result = ProcessorResult::new(name, "success", condition);
        result.0.insert("doc".into(), document.to_response());
        result
    }

    /// A pipeline that is called; what happens in it has results of its own.
    pub(super) fn called(name: Name<'_>, condition: Option<(&str, bool)>) -> ProcessorResult {
        ProcessorResult::new(name, "success", condition)
    }

    pub(super) fn dropped(name: Name<'_>, condition: Option<(&str, bool)>) -> ProcessorResult {
        ProcessorResult::new(name, "dropped", condition)
    }

    pub(super) fn skipped(name: Name<'_>, condition: &str) -> ProcessorResult {
        ProcessorResult::new(name, "skipped", Some((condition, false)))
    }

    /// A failure; with the document if the failure is ignored.
    pub(super) fn failed(
        name: Name<'_>,
        condition: Option<(&str, bool)>,
        failure: &Failure,
        document: Option<&Document>,
    ) -> ProcessorResult {
        let status = if document.is_some() { "error_ignored" } else { "error" };
        let mut result = ProcessorResult::new(name, status, condition);
        match document {
            Some(document) => {
                result.0.insert("ignored_error".into(), json!({ "error": failure.to_json() }));
                result.0.insert("doc".into(), document.to_response());
            }
            None => _ = result.0.insert("error".into(), failure.to_json()),
        }
        result
    }
}

impl Pipeline {
    /// Answers a request as `POST _ingest/pipeline/<id>/_simulate` does: `docs`, each with a `_source`, and `verbose`.
    ///
    /// A request that is wrong is answered with Elasticsearch's `error` and `status`.
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
        let docs: Vec<JsonValue> = documents
            .into_iter()
            .map(|document| {
                let mut run = Run::new(self.shared(), verbose.then(Vec::new));
                let result = self.run_with(document, &mut run);
                if let Some(results) = run.results {
                    let results: Vec<JsonValue> = results.into_iter().map(|result| result.0.into()).collect();
                    return json!({ "processor_results": results });
                }
                match result {
                    Ok(Some(document)) => json!({ "doc": document.to_response() }),
                    Ok(None) => JsonValue::Null,
                    Err(failure) => json!({ "error": failure.to_json() }),
                }
            })
            .collect();
        json!({ "docs": docs })
    }
}

/// Answers a request as `POST _ingest/pipeline/_simulate` does, which has the `pipeline` in it.
///
/// A pipeline that is wrong is answered with Elasticsearch's `error` and `status`.
pub fn simulate(request: &JsonValue, environment: Environment) -> JsonValue {
    let mut config = Config::new(None, members(request));
    // The documents are read after the pipeline is built, as Elasticsearch does.
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
