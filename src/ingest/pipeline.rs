//! The public face of pipelines: [`Pipeline`] and its [`Environment`].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::context::Context;
use super::definition::{Body, Located};
use super::document::Document;
use super::failure::Failure;
use super::processor::Outcome;
use super::result::Results;
use super::run::{Pipelines, Run};
use super::value::Value;
use super::yaml;
use crate::base::clock::system_clock;
use crate::base::time::rfc3339;
use crate::error::{Error, ErrorCode};
use crate::geo::Databases;

/// The resources that a pipeline is given.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The definitions of the pipelines that the `pipeline` processor may name, by their ids.
    pub pipelines: BTreeMap<String, serde_json::Value>,
    /// The databases of the `geoip` processor, and of `aws_vpcflow` with `geo`.
    pub databases: Option<Databases>,
    /// The clock behind `_ingest.timestamp`, in milliseconds since 1970. The default is the system's clock.
    pub clock: Option<fn() -> u64>,
}

/// An ingest pipeline, ready to run.
///
/// Its definition is the body of `PUT _ingest/pipeline/<id>` in Elasticsearch.
///
/// ```
/// use serde_json::json;
/// use vpcflow_ecs::ingest::{Document, Environment, Pipeline};
///
/// let definition = json!({ "processors": [{ "aws_vpcflow": { "field": "message", "format": "srcaddr bytes" } }] });
/// let pipeline = Pipeline::new(&definition, Environment::default())?;
/// let document = pipeline.run(Document::new(json!({ "message": "192.0.2.44 4249" })))?.ok_or("dropped")?;
/// assert_eq!(document.source()["source"]["ip"], "192.0.2.44");
///
/// let error = Pipeline::new(&json!({ "processors": [{ "set": { "field": "a" } }] }), Environment::default()).unwrap_err();
/// assert_eq!(error.to_string(), "processors[0].set.value: [value] required property is missing");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Pipeline {
    body: Arc<Body>,
    shared: Arc<Shared>,
}

/// The parts of a pipeline that its runs share.
struct Shared {
    pipelines: Pipelines,
    databases: Option<Databases>,
    clock: fn() -> u64,
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").field("body", &self.body).finish_non_exhaustive()
    }
}

/// The id of a pipeline without one of its own, as in `_simulate`.
const ID: &str = "_simulate_pipeline";

impl Pipeline {
    /// Builds a pipeline, and the pipelines that it may call.
    ///
    /// # Errors
    /// `invalid_pipeline`, with the place in the definition and Elasticsearch's reason. An option that this crate does
    /// not support is refused, too: nothing is skipped silently.
    pub fn new(definition: &serde_json::Value, environment: Environment) -> Result<Pipeline, Error> {
        Pipeline::build(definition, environment).map_err(Located::into_error)
    }

    /// Builds a pipeline from the text of its definition, in JSON or YAML.
    ///
    /// # Errors
    /// `invalid_pipeline`, also if the text is neither JSON nor YAML.
    pub fn from_text(text: &str, environment: Environment) -> Result<Pipeline, Error> {
        let definition =
            yaml::parse(text).map_err(|refused| Error::sentence(ErrorCode::InvalidPipeline, refused.to_string()))?;
        Pipeline::new(&definition, environment)
    }

    pub(super) fn build(definition: &serde_json::Value, environment: Environment) -> Result<Pipeline, Located> {
        let databases = environment.databases.as_ref();
        let mut pipelines = BTreeMap::new();
        for (id, definition) in &environment.pipelines {
            let body = Body::build(id, definition, databases).map_err(|located| Located {
                place: format!("pipelines.{id}{}{}", if located.place.is_empty() { "" } else { "." }, located.place),
                failure: located.failure,
            })?;
            pipelines.insert(id.clone(), Arc::new(body));
        }
        let body = Arc::new(Body::build(ID, definition, databases)?);
        let clock = environment.clock.unwrap_or(system_clock);
        let shared = Shared { pipelines, databases: environment.databases, clock };
        Ok(Pipeline { body, shared: Arc::new(shared) })
    }

    /// Runs a document through the pipeline. The result is `None` if the document was dropped.
    ///
    /// # Errors
    /// The failure that no handler of the pipeline handled.
    pub fn run(&self, document: Document) -> Result<Option<Document>, Failure> {
        self.run_with(document, None).0
    }

    /// Runs a document. If `results` is given, it is returned with the result of each processor.
    pub(super) fn run_with(
        &self,
        mut document: Document,
        results: Option<Results>,
    ) -> (Result<Option<Document>, Failure>, Option<Results>) {
        let Shared { pipelines, databases, clock } = &*self.shared;
        let now = String::from_utf8_lossy(&rfc3339(clock())).into_owned();
        document.ingest.insert("timestamp".into(), Value::String(now));
        let mut run = Run::new(pipelines, Context::new(databases.as_ref(), *clock), results);
        let outcome = run.pipeline(&self.body, &mut document);
        let document = outcome.map(|outcome| (outcome == Outcome::Continue).then_some(document));
        (document, run.results)
    }
}
