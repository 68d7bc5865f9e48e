//! Builds a pipeline's processors from its definition.
//!
//! Source: `ConfigurationUtils` and `Pipeline` of Elasticsearch, and a real server's answers.

use super::config::Config;
use super::failure::Failure;
use super::mustache::Template;
use super::painless::Condition;
use super::processor::Processor;
use super::processors;
use super::value::{Map, Value, from_json};
use crate::error::{Error, ErrorCode};
use crate::geo::Databases;

/// The processor that runs another pipeline. It belongs to the runner, not to [`processors`].
const PIPELINE: &str = "pipeline";

/// The options of [`PIPELINE`].
const PIPELINE_OPTIONS: &[&str] = &["ignore_missing_pipeline", "name"];

/// A type of processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessorType {
    /// The name in a definition, e.g. `set`.
    pub name: &'static str,
    /// The names of its own options.
    pub options: &'static [&'static str],
    /// The advice for a processor of Elasticsearch that is not supported here; `None` for one that is supported.
    pub instead: Option<&'static str>,
}

/// The options that every processor has besides its own.
pub const COMMON_OPTIONS: [&str; 5] = processors::COMMON;

/// Returns the types of processors: those that a definition may have, and those of Elasticsearch that are not supported.
///
/// ```
/// let processors = vpcflow_ecs::ingest::processor_types();
/// let named = |name: &str| processors.iter().find(|known| known.name == name).ok_or("no such processor");
/// assert_eq!(named("rename")?.options, ["field", "ignore_missing", "override", "target_field"]);
/// assert_eq!(named("ip_location")?.instead, Some("use \"geoip\""));
/// # Ok::<(), &str>(())
/// ```
pub fn processor_types() -> Vec<ProcessorType> {
    let supported = processors::PROCESSORS.into_iter().map(|(name, options, _)| (name, options, None));
    let unsupported = processors::UNSUPPORTED.into_iter().map(|(name, instead)| (name, &[][..], Some(instead)));
    let all = supported.chain([(PIPELINE, PIPELINE_OPTIONS, None)]).chain(unsupported);
    let mut all: Vec<_> = all.map(|(name, options, instead)| ProcessorType { name, options, instead }).collect();
    all.sort_by_key(|known| known.name);
    all
}

/// The limit of levels of `on_failure` in `on_failure`.
const MAX_HANDLERS: usize = 50;

/// The processors of a pipeline.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) id: String,
    pub(super) steps: Vec<Step>,
    pub(super) on_failure: Vec<Step>,
}

/// A processor with the options that all processors have.
#[derive(Debug)]
pub(super) struct Step {
    /// The position in the definition, e.g. `processors[0].set`.
    pub(super) place: String,
    pub(super) kind: String,
    pub(super) tag: Option<String>,
    pub(super) description: Option<String>,
    pub(super) condition: Option<Condition>,
    pub(super) ignore_failure: bool,
    pub(super) on_failure: Vec<Step>,
    pub(super) action: Action,
}

/// The work of a step.
#[derive(Debug)]
pub(super) enum Action {
    Processor(Box<dyn Processor>),
    /// A `pipeline` processor: the name, and true if the pipeline may be missing.
    Pipeline(Template, bool),
}

/// A failure and its place in the definition.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) place: String,
    pub(super) failure: Failure,
}

impl Located {
    /// Returns the reason. That of a script has its cause, too.
    pub(super) fn reason(&self) -> String {
        match self.failure.cause().filter(|_| self.failure.reason() == "compile error") {
            Some(cause) => format!("compile error: {}", cause.reason()),
            None => self.failure.reason().to_owned(),
        }
    }

    pub(super) fn into_error(self) -> Error {
        let reason = self.reason();
        let text = if self.place.is_empty() { reason } else { format!("{}: {reason}", self.place) };
        Error::sentence(ErrorCode::InvalidPipeline, text)
    }
}

impl Body {
    pub(super) fn build(
        id: &str,
        definition: &serde_json::Value,
        databases: Option<&Databases>,
    ) -> Result<Body, Located> {
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

/// True if a processor of a type can be built.
pub(super) fn is_known(kind: &str) -> bool {
    processors::named(kind).is_some() || kind == PIPELINE
}

/// A builder of the processors of a pipeline.
#[derive(Clone, Copy)]
struct Builder<'e> {
    databases: Option<&'e Databases>,
}

impl Builder<'_> {
    /// Builds processors. If several are wrong, the failure is that of the first, and lists the others as suppressed.
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
        // Elasticsearch's answers do not name a processor before it is known.
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
        let build = processors::named(kind);
        let is_known = is_known(kind);
        let handlers = if is_known { config.optional_list("on_failure").map_err(here)? } else { None };
        config.name(kind, tag.clone());
        config.databases = self.databases.cloned();
        if !is_known {
            return Err(here(config.failure(None, processors::unknown(kind))));
        }
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
            Some(build) => Action::Processor(build(&mut config).map_err(here)?),
            None => {
                let name = config.template("name").map_err(here)?;
                Action::Pipeline(name, config.flag("ignore_missing_pipeline", false).map_err(here)?)
            }
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
        Ok(Step {
            place: place.into(),
            kind: kind.into(),
            tag,
            description,
            condition,
            ignore_failure,
            on_failure,
            action,
        })
    }
}
