//! What Elasticsearch answers when a processor fails or a pipeline is wrong: a type, a reason, and what caused it.

use std::fmt;

use serde_json::{Map, Value, json};

/// Why a document failed, in Elasticsearch's words.
///
/// The text ([`fmt::Display`]) is the reason. [`Failure::to_json`] is the object that a response has under `error`.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure(Box<Inner>);

#[derive(Clone, Debug, PartialEq)]
struct Inner {
    kind: &'static str,
    reason: String,
    cause: Option<Failure>,
    /// Failures that came after it, of which it is the first.
    suppressed: Vec<Failure>,
    /// More members of the error object.
    details: Vec<(&'static str, Value)>,
    /// The processor that failed, once it is known: its type and its tag.
    processor: Option<(String, Option<String>)>,
    /// The pipelines that ran then, the innermost first.
    pipelines: Vec<String>,
    /// Whether it is about an index beyond the end of a list.
    is_out_of_bounds: bool,
}

impl Failure {
    pub(super) fn new(kind: &'static str, reason: impl Into<String>) -> Failure {
        Failure(Box::new(Inner {
            kind,
            reason: reason.into(),
            cause: None,
            suppressed: Vec::new(),
            details: Vec::new(),
            processor: None,
            pipelines: Vec::new(),
            is_out_of_bounds: false,
        }))
    }

    /// What most failures are.
    pub(super) fn illegal_argument(reason: impl Into<String>) -> Failure {
        Failure::new("illegal_argument_exception", reason)
    }

    pub(super) fn caused_by(mut self, cause: Failure) -> Failure {
        self.0.cause = Some(cause);
        self
    }

    pub(super) fn out_of_bounds(mut self) -> Failure {
        self.0.is_out_of_bounds = true;
        self
    }

    pub(super) fn is_out_of_bounds(&self) -> bool {
        self.0.is_out_of_bounds
    }

    pub(super) fn suppressing(mut self, other: Failure) -> Failure {
        self.0.suppressed.push(other);
        self
    }

    pub(super) fn with(mut self, name: &'static str, detail: impl Into<Value>) -> Failure {
        self.0.details.push((name, detail.into()));
        self
    }

    /// Says which processor failed, if that is not known yet.
    pub(super) fn in_processor(mut self, kind: &str, tag: Option<&str>, pipelines: &[String]) -> Failure {
        if self.0.processor.is_none() {
            self.0.processor = Some((kind.into(), tag.map(str::to_owned)));
            self.0.pipelines = pipelines.iter().rev().cloned().collect();
        }
        self
    }

    pub(super) fn has_detail(&self, name: &str) -> bool {
        self.0.details.iter().any(|(known, _)| *known == name)
    }

    /// The option that is wrong.
    pub(super) fn property_name(&self) -> Option<&str> {
        let detail = self.0.details.iter().find(|(name, _)| *name == "property_name");
        detail.and_then(|(_, name)| name.as_str())
    }

    /// Its type, e.g. `illegal_argument_exception`.
    pub fn kind(&self) -> &str {
        self.0.kind
    }

    /// What is wrong, e.g. `field [a] not present as part of path [a.b]`.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// What caused it.
    pub fn cause(&self) -> Option<&Failure> {
        self.0.cause.as_ref()
    }

    /// The reason of the first cause: what `_ingest.on_failure_message` has.
    pub fn root_reason(&self) -> &str {
        self.cause().map_or(self.reason(), Failure::root_reason)
    }

    /// The type of the processor that failed; `conditional` if it was the condition.
    pub fn processor_type(&self) -> Option<&str> {
        self.0.processor.as_ref().map(|(kind, _)| kind.as_str())
    }

    /// The tag of the processor that failed.
    pub fn processor_tag(&self) -> Option<&str> {
        self.0.processor.as_ref().and_then(|(_, tag)| tag.as_deref())
    }

    /// The pipeline that the processor is in.
    pub fn pipeline(&self) -> Option<&str> {
        self.0.pipelines.first().map(String::as_str)
    }

    /// The object that a response has under `error`.
    ///
    /// ```
    /// # use vpcflow_ecs::ingest::{Document, Environment, Pipeline};
    /// let pipeline = Pipeline::new(
    ///     &serde_json::json!({ "processors": [{ "rename": { "field": "a", "target_field": "b" } }] }),
    ///     Environment::default(),
    /// )?;
    /// let failure = pipeline.run(Document::default()).unwrap_err();
    /// assert_eq!(
    ///     failure.to_json(),
    ///     serde_json::json!({
    ///         "root_cause": [{ "type": "illegal_argument_exception", "reason": "field [a] doesn't exist" }],
    ///         "type": "illegal_argument_exception",
    ///         "reason": "field [a] doesn't exist"
    ///     })
    /// );
    /// # Ok::<(), vpcflow_ecs::Error>(())
    /// ```
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("root_cause".into(), json!([self.members(false)]));
        object.extend(self.members(true));
        Value::Object(object)
    }

    fn members(&self, with_cause: bool) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("type".into(), self.0.kind.into());
        members.insert("reason".into(), self.0.reason.clone().into());
        if let (Some(cause), true) = (&self.0.cause, with_cause) {
            members.insert("caused_by".into(), Value::Object(cause.members(true)));
        }
        if with_cause && !self.0.suppressed.is_empty() {
            let suppressed: Vec<Value> = self.0.suppressed.iter().map(|other| other.members(true).into()).collect();
            members.insert("suppressed".into(), suppressed.into());
        }
        for (name, detail) in &self.0.details {
            members.insert((*name).into(), detail.clone());
        }
        members
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for Failure {}
