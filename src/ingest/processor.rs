//! The interface of a processor: how it is built and run.

use std::fmt::Debug;

use super::config::Config;
use super::context::Context;
use super::document::Document;
use super::failure::Failure;

/// The result of a processor for a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The document goes on to the next processor.
    Continue,
    /// The document is not indexed.
    Drop,
}

/// A processor with its options compiled.
pub(super) trait Processor: Debug + Send + Sync {
    /// Changes a document. Changes before a failure stay.
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure>;
}

/// A function that builds a processor from its options.
pub(super) type BuildProcessor = fn(&mut Config) -> Result<Box<dyn Processor>, Failure>;

/// Returns the text of a field, or `None` if the field is missing or null and `ignores_missing` is set. `cannot` completes
/// the message about null: the verb that needs a text.
pub(super) fn text_of<'a>(
    document: &'a Document,
    field: &str,
    ignores_missing: bool,
    cannot: &str,
) -> Result<Option<&'a str>, Failure> {
    match document.get_text(field, ignores_missing)? {
        None if !ignores_missing => {
            Err(Failure::illegal_argument(format!("field [{field}] is null, cannot {cannot}.")))
        }
        text => Ok(text),
    }
}
