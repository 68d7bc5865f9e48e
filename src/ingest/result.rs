//! The results of processors, as a verbose `_simulate` lists them.

use serde_json::{Map as Json, Value as JsonValue, json};

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

    /// Makes the result of a call of a pipeline, whose processors have results of their own.
    pub(super) fn called(name: Name<'_>, condition: Option<(&str, bool)>) -> ProcessorResult {
        ProcessorResult::new(name, "success", condition)
    }

    pub(super) fn dropped(name: Name<'_>, condition: Option<(&str, bool)>) -> ProcessorResult {
        ProcessorResult::new(name, "dropped", condition)
    }

    pub(super) fn skipped(name: Name<'_>, condition: &str) -> ProcessorResult {
        ProcessorResult::new(name, "skipped", Some((condition, false)))
    }

    /// Makes the result of a failure; with the document if the failure is ignored.
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

    /// Returns the object of the response.
    pub(super) fn into_json(self) -> JsonValue {
        self.0.into()
    }
}
