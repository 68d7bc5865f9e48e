//! Builds a pipeline from its definition and runs documents through it.
//!
//! The order of things is Elasticsearch's: a condition is asked before all else, outside of the processor's own
//! handlers; `ignore_failure` goes before `on_failure`; handlers see `_ingest.on_failure_*`; a failure that nobody
//! handles ends the pipeline. Source: `CompoundProcessor`, `ConditionalProcessor`, `PipelineProcessor` and
//! `TrackingResultProcessor` of Elasticsearch, and a real server's answers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::config::Config;
use super::document::Document;
use super::failure::Failure;
use super::mustache::Template;
use super::painless::Condition;
use super::processor::{self, Outcome, Processor};
use super::simulate::ProcessorResult;
use super::value::{Map, Value, from_json};
use super::yaml;
use crate::base::time::rfc3339;
use crate::error::{Error, ErrorCode};
use crate::geo::Databases;

/// Pipelines that may run within one another.
const MAX_NESTED: usize = 100;

/// Processors that may run for one document.
const MAX_STEPS: usize = 100_000;

/// Bytes that may be copied and rendered for one document.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Levels of `on_failure` in `on_failure`.
const MAX_HANDLERS: usize = 50;

/// What a pipeline finds around it.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The definitions of the pipelines that the `pipeline` processor may name.
    pub pipelines: BTreeMap<String, serde_json::Value>,
    /// What the `geoip` processor, and `aws_vpcflow` with `geo`, look addresses up in.
    pub databases: Option<Databases>,
    /// What `_ingest.timestamp` is taken from, in milliseconds since 1970; the system's clock by default.
    pub clock: Option<fn() -> u64>,
}

/// An ingest pipeline, ready to run.
///
/// Its definition is what Elasticsearch takes under `PUT _ingest/pipeline/<id>`.
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

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").field("body", &self.body).finish_non_exhaustive()
    }
}

/// A pipeline's processors.
#[derive(Debug)]
pub(super) struct Body {
    id: String,
    steps: Vec<Step>,
    on_failure: Vec<Step>,
}

/// What all pipelines of a run share.
#[derive(Debug)]
pub(super) struct Shared {
    pipelines: BTreeMap<String, Arc<Body>>,
    databases: Option<Databases>,
    clock: fn() -> u64,
}

/// A processor with the options that every processor has.
#[derive(Debug)]
pub(super) struct Step {
    kind: String,
    tag: Option<String>,
    description: Option<String>,
    condition: Option<Condition>,
    ignore_failure: bool,
    on_failure: Vec<Step>,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Processor(Box<dyn Processor>),
    /// The `pipeline` processor: a name, and whether it may be missing.
    Pipeline(Template, bool),
}

/// A failure and where it is in the definition.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) place: String,
    pub(super) failure: Failure,
}

impl Located {
    fn into_error(self) -> Error {
        // What is wrong with a script stands in the cause.
        let reason = match self.failure.cause().filter(|_| self.failure.reason() == "compile error") {
            Some(cause) => &format!("compile error: {}", cause.reason()),
            None => self.failure.reason(),
        };
        let text = if self.place.is_empty() { reason.to_owned() } else { format!("{}: {reason}", self.place) };
        Error::sentence(ErrorCode::InvalidPipeline, text)
    }
}

/// The id of a pipeline that has none of its own, as `_simulate` calls it.
const ID: &str = "_simulate_pipeline";

impl Pipeline {
    /// Builds a pipeline, and the pipelines that it may call.
    ///
    /// # Errors
    /// `invalid_pipeline`: the place in the definition and Elasticsearch's own reason. So is everything that is beyond
    /// what this crate does: nothing is skipped silently.
    pub fn new(definition: &serde_json::Value, environment: Environment) -> Result<Pipeline, Error> {
        Pipeline::build(definition, environment).map_err(Located::into_error)
    }

    /// The same from the text of a definition, JSON or YAML.
    ///
    /// # Errors
    /// `invalid_pipeline`, also if the text is neither.
    pub fn from_text(text: &str, environment: Environment) -> Result<Pipeline, Error> {
        let definition = yaml::parse(text).map_err(|reason| Error::sentence(ErrorCode::InvalidPipeline, reason))?;
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
        let clock = environment.clock.unwrap_or(crate::base::clock::system_clock);
        let shared = Shared { pipelines, databases: environment.databases, clock };
        Ok(Pipeline { body, shared: Arc::new(shared) })
    }

    /// Runs a document through it; `None` if the document was dropped.
    ///
    /// # Errors
    /// What failed, if nothing in the pipeline handled it.
    pub fn run(&self, document: Document) -> Result<Option<Document>, Failure> {
        self.run_with(document, &mut Run::new(&self.shared, None))
    }

    pub(super) fn run_with(&self, mut document: Document, run: &mut Run<'_>) -> Result<Option<Document>, Failure> {
        let now = String::from_utf8_lossy(&rfc3339((self.shared.clock)())).into_owned();
        document.ingest.insert("timestamp".into(), Value::String(now));
        match run.pipeline(&self.body, &mut document)? {
            Outcome::Continue => Ok(Some(document)),
            Outcome::Drop => Ok(None),
        }
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl Body {
    fn build(id: &str, definition: &serde_json::Value, databases: Option<&Databases>) -> Result<Body, Located> {
        let Value::Map(options) = from_json(definition) else {
            let reason = format!("property isn't a map, but of type [{}]", from_json(definition).java_type());
            return Err(at("", Config::new(None, Map::new()).failure(None, reason)));
        };
        let mut config = Config::new(None, options);
        let top = |failure: Failure| at("", failure);
        config.optional_text("description").map_err(top)?;
        config.optional_int("version").map_err(top)?;
        config.optional_map("_meta").map_err(top)?;
        config.flag("deprecated", false).map_err(top)?;
        let pattern = config.text_or("field_access_pattern", "classic").map_err(top)?;
        if pattern != "classic" {
            let reason = format!("[{pattern}] is not supported: fields are accessed in the classic way");
            return Err(top(config.failure(Some("field_access_pattern"), reason)));
        }
        let builder = Builder { databases };
        let steps = builder.steps(config.list("processors").map_err(top)?, "processors", 0)?;
        let handlers = config.optional_list("on_failure").map_err(top)?;
        let has_handlers = handlers.is_some();
        let on_failure = builder.steps(handlers.unwrap_or_default(), "on_failure", 0)?;
        if let Some(names) = config.leftovers() {
            let reason =
                format!("pipeline [{id}] doesn't support one or more provided configuration parameters {names}");
            return Err(top(config.failure(None, reason)));
        }
        if has_handlers && on_failure.is_empty() {
            let reason = format!("pipeline [{id}] cannot have an empty on_failure option defined");
            return Err(top(config.failure(None, reason)));
        }
        Ok(Body { id: id.into(), steps, on_failure })
    }
}

fn at(place: &str, failure: Failure) -> Located {
    let property = failure.property_name().map(str::to_owned);
    let place = match (place, property) {
        (place, None) => place.to_owned(),
        ("", Some(property)) => property,
        (place, Some(property)) => format!("{place}.{property}"),
    };
    Located { place, failure }
}

/// Builds the processors of a pipeline.
#[derive(Clone, Copy)]
struct Builder<'e> {
    databases: Option<&'e Databases>,
}

impl Builder<'_> {
    /// Builds processors. Of several that are wrong, the first is the failure, and the others are told with it.
    fn steps(&self, configs: Vec<Value>, place: &str, depth: usize) -> Result<Vec<Step>, Located> {
        let mut steps = Vec::new();
        let mut refused: Option<Located> = None;
        for (index, config) in configs.into_iter().enumerate() {
            let place = format!("{place}[{index}]");
            let Value::Map(members) = config else {
                let reason = format!("property isn't a map, but of type [{}]", config.java_type());
                return Err(at(&place, Failure::new("parse_exception", reason)));
            };
            for (kind, options) in members {
                let place = format!("{place}.{kind}");
                match (self.step(&kind, options, &place, depth), refused.take()) {
                    (Ok(step), None) => steps.push(step),
                    (Ok(_), first) => refused = first,
                    (Err(located), None) => refused = Some(located),
                    (Err(located), Some(first)) => {
                        let failure = first.failure.suppressing(located.failure);
                        refused = Some(Located { place: first.place, failure });
                    }
                }
            }
        }
        match refused {
            Some(located) => Err(located),
            None => Ok(steps),
        }
    }

    fn step(&self, kind: &str, options: Value, place: &str, depth: usize) -> Result<Step, Located> {
        // Until the processor is known, Elasticsearch does not name it in its answers.
        let mut config = match options {
            Value::Map(options) => Config::new(None, options),
            other => {
                let config = Config::new(Some(kind), Map::new());
                let reason = format!("property isn't a map, but of type [{}]", other.java_type());
                return Err(at(place, config.failure(None, reason)));
            }
        };
        let here = |failure: Failure| at(place, failure);
        let tag = config.optional_text("tag").map_err(here)?;
        let description = config.optional_text("description").map_err(here)?;
        let ignore_failure = config.flag("ignore_failure", false).map_err(here)?;
        let condition = config.take("if").map(|script| Condition::of_option(&script));
        let build = processor::named(kind);
        let handlers = match build {
            Some(_) => config.optional_list("on_failure").map_err(here)?,
            None => None,
        };
        config.name(kind, tag.clone());
        config.databases = self.databases.cloned();
        let Some(build) = build else {
            return Err(here(config.failure(None, format!("No processor type exists with name [{kind}]"))));
        };
        if depth > MAX_HANDLERS {
            let reason = format!("expected at most {MAX_HANDLERS} levels of handlers");
            return Err(here(config.failure(Some("on_failure"), reason)));
        }
        let has_handlers = handlers.is_some();
        let on_failure = self.steps(handlers.unwrap_or_default(), &format!("{place}.on_failure"), depth + 1)?;
        if has_handlers && on_failure.is_empty() {
            return Err(here(config.failure(Some("on_failure"), "processors list cannot be empty")));
        }
        let action = match build {
            processor::Build::Pipeline => {
                let name = config.template("name").map_err(here)?;
                Action::Pipeline(name, config.flag("ignore_missing_pipeline", false).map_err(here)?)
            }
            processor::Build::Processor(build) => Action::Processor(build(&mut config).map_err(here)?),
        };
        if let Some(names) = config.leftovers() {
            let reason =
                format!("processor [{kind}] doesn't support one or more provided configuration parameters {names}");
            return Err(here(config.failure(None, reason)));
        }
        let condition = match condition {
            Some(Ok(condition)) => Some(condition),
            Some(Err(failure)) => {
                let Located { place, failure } = at(place, config.described(failure));
                return Err(Located { place: format!("{place}.if"), failure });
            }
            None => None,
        };
        Ok(Step { kind: kind.into(), tag, description, condition, ignore_failure, on_failure, action })
    }
}

/// One document's way through a pipeline.
#[derive(Debug)]
pub(super) struct Run<'s> {
    shared: &'s Shared,
    /// The ids of the pipelines that are running, the outermost first.
    stack: Vec<String>,
    steps: usize,
    bytes: usize,
    /// What each processor did, if that is asked for.
    pub(super) results: Option<Vec<ProcessorResult>>,
}

impl<'s> Run<'s> {
    pub(super) fn new(shared: &'s Shared, results: Option<Vec<ProcessorResult>>) -> Run<'s> {
        Run { shared, stack: Vec::new(), steps: 0, bytes: 0, results }
    }

    /// What tells the time, in milliseconds since 1970.
    pub(super) fn clock(&self) -> fn() -> u64 {
        self.shared.clock
    }

    /// What addresses are looked up in.
    pub(super) fn databases(&self) -> Option<&'s Databases> {
        self.shared.databases.as_ref()
    }

    /// Counts bytes that are copied or rendered; too many are a failure.
    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), Failure> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > MAX_BYTES {
            let reason = format!("the pipeline copies more than [{MAX_BYTES}] bytes for one document");
            return Err(Failure::illegal_argument(reason));
        }
        Ok(())
    }

    /// Runs a pipeline within those that are running.
    fn pipeline(&mut self, body: &Body, document: &mut Document) -> Result<Outcome, Failure> {
        if self.stack.contains(&body.id) {
            let reason = format!("Cycle detected for pipeline: {}", body.id);
            return Err(Failure::new("illegal_state_exception", reason));
        }
        if self.stack.len() >= MAX_NESTED {
            let reason = format!("Too many nested pipelines. Cannot have more than {MAX_NESTED} nested pipelines");
            return Err(Failure::new("graph_structure_exception", reason));
        }
        let outer = document.ingest.insert("pipeline".into(), Value::String(body.id.clone()));
        self.stack.push(body.id.clone());
        let mut result = self.steps(&body.steps, false, document);
        if let (Err(failure), false) = (&result, body.on_failure.is_empty()) {
            let failure = failure.clone();
            result = self.handle(&failure, &body.on_failure, false, document);
        }
        self.stack.pop();
        match outer {
            Some(outer) => document.ingest.insert("pipeline".into(), outer),
            None => document.ingest.remove("pipeline"),
        };
        result
    }

    fn steps(&mut self, steps: &[Step], ignores: bool, document: &mut Document) -> Result<Outcome, Failure> {
        for step in steps {
            if let Outcome::Drop = self.step(step, ignores, document)? {
                return Ok(Outcome::Drop);
            }
        }
        Ok(Outcome::Continue)
    }

    /// Runs the handlers of a failure.
    fn handle(
        &mut self,
        failure: &Failure,
        handlers: &[Step],
        ignores: bool,
        document: &mut Document,
    ) -> Result<Outcome, Failure> {
        let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::String(text.to_owned()));
        let mut known = vec![
            ("on_failure_message", text(Some(failure.root_reason()))),
            ("on_failure_processor_type", text(failure.processor_type())),
            ("on_failure_processor_tag", text(failure.processor_tag())),
        ];
        if let Some(pipeline) = failure.pipeline() {
            known.push(("on_failure_pipeline", text(Some(pipeline))));
        }
        for (name, value) in known {
            document.ingest.insert(name.into(), value);
        }
        let result = self.steps(handlers, ignores, document);
        for name in ["message", "processor_type", "processor_tag", "pipeline"] {
            document.ingest.remove(&format!("on_failure_{name}"));
        }
        result
    }

    /// Runs a step: its condition, its processor, and if need be its handlers.
    fn step(&mut self, step: &Step, ignores: bool, document: &mut Document) -> Result<Outcome, Failure> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            let reason = format!("the pipeline runs more than [{MAX_STEPS}] processors for one document");
            return Err(Failure::illegal_argument(reason));
        }
        let tag = step.tag.as_deref();
        let mut condition = None;
        if let Some(asked) = &step.condition {
            match asked.evaluate(document, &mut |bytes| self.spend(bytes)) {
                Ok(true) => condition = Some((asked.source(), true)),
                Ok(false) => {
                    self.record(|| ProcessorResult::skipped(step_name(step), asked.source()));
                    return Ok(Outcome::Continue);
                }
                Err(failure) => {
                    let failure = failure.in_processor("conditional", tag, self.origin());
                    self.record(|| ProcessorResult::failed(step_name(step), None, &failure, None));
                    return Err(failure);
                }
            }
        }
        // What a processor's own handlers are around of is reported under its own type; else the condition around it is.
        let has_own = step.ignore_failure || !step.on_failure.is_empty();
        let kind = if condition.is_some() && !has_own && self.results.is_none() { "conditional" } else { &step.kind };
        let ignores = if has_own { step.ignore_failure } else { ignores };
        let failure = match self.action(step, condition, ignores, document) {
            Ok(outcome) => return Ok(outcome),
            Err(failure) => failure.in_processor(kind, tag, self.origin()),
        };
        if step.ignore_failure {
            return Ok(Outcome::Continue);
        }
        if step.on_failure.is_empty() {
            return Err(failure);
        }
        self.handle(&failure, &step.on_failure, step.ignore_failure, document)
    }

    /// The pipelines that the `pipeline` processor has called.
    fn origin(&self) -> &[String] {
        self.stack.get(1..).unwrap_or_default()
    }

    fn action(
        &mut self,
        step: &Step,
        condition: Option<(&str, bool)>,
        ignores: bool,
        document: &mut Document,
    ) -> Result<Outcome, Failure> {
        let name = step_name(step);
        let (template, may_be_missing) = match &step.action {
            Action::Processor(processor) => {
                let result = processor.run(document, self);
                if self.results.is_some() {
                    // Each result has a copy of the document.
                    self.spend(document.weight())?;
                }
                match &result {
                    Ok(Outcome::Continue) => self.record(|| ProcessorResult::done(name, condition, document)),
                    Ok(Outcome::Drop) => self.record(|| ProcessorResult::dropped(name, condition)),
                    Err(failure) => {
                        let kept = ignores.then_some(&*document);
                        self.record(|| ProcessorResult::failed(name, condition, failure, kept));
                    }
                }
                return result;
            }
            Action::Pipeline(name, may_be_missing) => (name, may_be_missing),
        };
        let id = template.render(document, self)?;
        let Some(body) = self.shared.pipelines.get(&id) else {
            if *may_be_missing {
                return Ok(Outcome::Continue);
            }
            let reason = format!("Pipeline processor configured for non-existent pipeline [{id}]");
            let failure = Failure::new("illegal_state_exception", reason);
            let kept = ignores.then_some(&*document);
            self.record(|| ProcessorResult::failed(name, condition, &failure, kept));
            return Err(failure);
        };
        let before = self.results.as_ref().map_or(0, Vec::len);
        self.record(|| ProcessorResult::called(name, condition));
        let result = self.pipeline(body, document);
        if let (Err(failure), Some(results)) = (&result, &mut self.results) {
            // Of a cycle, only the outermost call is told.
            if failure.reason().starts_with("Cycle detected for pipeline: ") {
                results.truncate(before);
                let kept = ignores.then_some(&*document);
                results.push(ProcessorResult::failed(name, condition, failure, kept));
            }
        }
        result
    }

    fn record(&mut self, result: impl FnOnce() -> ProcessorResult) {
        if let Some(results) = &mut self.results {
            results.push(result());
        }
    }
}

/// What a result says of the processor: its type, tag and description.
fn step_name(step: &Step) -> [Option<&str>; 3] {
    [Some(step.kind.as_str()), step.tag.as_deref(), step.description.as_deref()]
}
