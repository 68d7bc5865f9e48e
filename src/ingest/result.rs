//! The results of processors, as a verbose `_simulate` lists them.

use serde_json::{Map as Json, Value as JsonValue, json};

use super::definition::Step;
use super::document::Document;
use super::failure::Failure;

/// The limit of bytes in the answer to a request: of the documents in it, however many there are.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// The size of the answer to a request, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct AnswerSize(usize);

impl AnswerSize {
    /// Adds bytes to the answer.
    ///
    /// # Errors
    /// More than 64 MiB for one request.
    pub(super) fn add(&mut self, bytes: usize) -> Result<(), Failure> {
        self.0 = self.0.saturating_add(bytes);
        if self.0 > MAX_ANSWER_BYTES {
            let reason = format!("the answer to the request is larger than [{MAX_ANSWER_BYTES}] bytes");
            return Err(Failure::illegal_argument(reason));
        }
        Ok(())
    }
}

/// The results of the processors that one document has passed, and the size of the answer that they become a part of.
#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) list: Vec<ProcessorResult>,
    pub(super) size: AnswerSize,
}

/// The result of a processor: an item of `processor_results` in a verbose response.
#[derive(Clone, Debug)]
pub(super) struct ProcessorResult {
    /// The position of the processor in the definition, e.g. `processors[0].set`.
    pub(super) place: String,
    members: Json<String, JsonValue>,
}

impl ProcessorResult {
    fn new(step: &Step, status: &str, condition: Option<(&str, bool)>) -> ProcessorResult {
        let mut members = Json::new();
        let name = [Some(step.kind.as_str()), step.tag.as_deref(), step.description.as_deref()];
        for (key, text) in ["processor_type", "tag", "description"].into_iter().zip(name) {
            if let Some(text) = text {
                members.insert(key.into(), text.into());
            }
        }
        members.insert("status".into(), status.into());
        if let Some((condition, result)) = condition {
            members.insert("if".into(), json!({ "condition": condition, "result": result }));
        }
        ProcessorResult { place: step.place.clone(), members }
    }

    pub(super) fn done(step: &Step, condition: Option<(&str, bool)>, document: &Document) -> ProcessorResult {
        let mut result = ProcessorResult::new(step, "success", condition);
        result.members.insert("doc".into(), document.to_response());
        result
    }

    /// Makes the result of a call of a pipeline, whose processors have results of their own.
    pub(super) fn called(step: &Step, condition: Option<(&str, bool)>) -> ProcessorResult {
        ProcessorResult::new(step, "success", condition)
    }

    pub(super) fn dropped(step: &Step, condition: Option<(&str, bool)>) -> ProcessorResult {
        ProcessorResult::new(step, "dropped", condition)
    }

    pub(super) fn skipped(step: &Step, condition: &str) -> ProcessorResult {
        ProcessorResult::new(step, "skipped", Some((condition, false)))
    }

    /// Makes the result of a failure; with the document if the failure is ignored.
    pub(super) fn failed(
        step: &Step,
        condition: Option<(&str, bool)>,
        failure: &Failure,
        document: Option<&Document>,
    ) -> ProcessorResult {
        let status = if document.is_some() { "error_ignored" } else { "error" };
        let mut result = ProcessorResult::new(step, status, condition);
        match document {
            Some(document) => {
                result.members.insert("ignored_error".into(), json!({ "error": failure.to_json() }));
                result.members.insert("doc".into(), document.to_response());
            }
            None => _ = result.members.insert("error".into(), failure.to_json()),
        }
        result
    }

    /// Returns the status, e.g. `skipped`.
    pub(super) fn status(&self) -> &str {
        self.members.get("status").and_then(JsonValue::as_str).unwrap_or_default()
    }

    /// Returns the document after the processor; `None` if it was skipped or has failed.
    pub(super) fn document(&self) -> Option<&JsonValue> {
        self.members.get("doc")
    }

    /// Returns the object of the response.
    pub(super) fn into_json(self) -> JsonValue {
        self.members.into()
    }
}
