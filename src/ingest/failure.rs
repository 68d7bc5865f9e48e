//! Elasticsearch's answers to a failed processor or a wrong pipeline: a type, a reason, and a cause.

use std::fmt;

use serde_json::{Map, Value, json};

/// The failure of a document, in Elasticsearch's words.
///
/// Its text ([`fmt::Display`]) is the reason. [`Failure::to_json`] returns the object that a response has under
/// `error`.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure(Box<Inner>);

#[derive(Clone, Debug, PartialEq)]
struct Inner {
    kind: &'static str,
    reason: String,
    cause: Option<Failure>,
    /// Later failures, which are listed with this first one.
    suppressed: Vec<Failure>,
    /// Further members of the error object.
    details: Vec<(&'static str, Value)>,
    /// The type and the tag of the processor that failed, once it is known.
    processor: Option<(String, Option<String>)>,
    /// The pipelines that were running, the innermost first.
    pipelines: Vec<String>,
    /// True if the failure is about an index beyond the end of a list.
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

    /// Makes a failure of the most common type.
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

    /// Sets the processor that failed, unless it is known already.
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

    /// Returns the name of the wrong option.
    pub(super) fn property_name(&self) -> Option<&str> {
        let detail = self.0.details.iter().find(|(name, _)| *name == "property_name");
        detail.and_then(|(_, name)| name.as_str())
    }

    /// Returns the type, e.g. `illegal_argument_exception`.
    pub fn kind(&self) -> &str {
        self.0.kind
    }

    /// Returns the reason, e.g. `field [a] not present as part of path [a.b]`.
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Returns the cause.
    pub fn cause(&self) -> Option<&Failure> {
        self.0.cause.as_ref()
    }

    /// Returns the reason of the first cause, which is `_ingest.on_failure_message`.
    pub fn root_reason(&self) -> &str {
        self.cause().map_or(self.reason(), Failure::root_reason)
    }

    /// Returns the type of the processor that failed; `conditional` for a condition.
    pub fn processor_type(&self) -> Option<&str> {
        self.0.processor.as_ref().map(|(kind, _)| kind.as_str())
    }

    /// Returns the tag of the processor that failed.
    pub fn processor_tag(&self) -> Option<&str> {
        self.0.processor.as_ref().and_then(|(_, tag)| tag.as_deref())
    }

    /// Returns the pipeline of the processor that failed.
    pub fn pipeline(&self) -> Option<&str> {
        self.0.pipelines.first().map(String::as_str)
    }

    /// Returns the object that a response has under `error`.
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
