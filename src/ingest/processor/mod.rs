//! The processors: one file for each, or for a few of a kind.

mod append;
mod aws_vpcflow;
mod community_id;
mod convert;
mod date;
mod dissect;
mod dot_expander;
mod drop;
mod fail;
mod fingerprint;
mod geoip;
mod gsub;
mod json;
mod network_direction;
mod remove;
mod rename;
mod set;
mod split;
mod text;

use std::fmt::Debug;

use super::config::Config;
use super::document::Document;
use super::failure::Failure;
use super::pipeline::Run;

/// What becomes of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It goes on.
    Continue,
    /// It is not indexed.
    Drop,
}

/// A processor with its options compiled.
pub(super) trait Processor: Debug + Send + Sync {
    /// Changes a document. What was changed before a failure stays changed.
    fn run(&self, document: &mut Document, run: &mut Run<'_>) -> Result<Outcome, Failure>;
}

/// What builds a processor from its options.
type BuildProcessor = fn(&mut Config) -> Result<Box<dyn Processor>, Failure>;

/// How a kind of processor is built.
#[derive(Clone, Copy)]
pub(super) enum Build {
    Processor(BuildProcessor),
    /// Runs another pipeline, which is the pipeline's own affair.
    Pipeline,
}

/// The processors by their types.
const PROCESSORS: [(&str, BuildProcessor); 21] = [
    ("append", append::build),
    ("aws_vpcflow", aws_vpcflow::build),
    ("community_id", community_id::build),
    ("convert", convert::build),
    ("date", date::build),
    ("dissect", dissect::build),
    ("dot_expander", dot_expander::build),
    ("drop", drop::build),
    ("fail", fail::build),
    ("fingerprint", fingerprint::build),
    ("geoip", geoip::build),
    ("gsub", gsub::build),
    ("json", json::build),
    ("lowercase", text::lowercase),
    ("network_direction", network_direction::build),
    ("remove", remove::build),
    ("rename", rename::build),
    ("set", set::build),
    ("split", split::build),
    ("trim", text::trim),
    ("uppercase", text::uppercase),
];

/// The text of a field; nothing where it is missing or null and that is ignored. `cannot` is what a null cannot be made to
/// do, for the message.
fn text_of<'a>(
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

/// The processor of a type, if there is one.
pub(super) fn named(kind: &str) -> Option<Build> {
    if kind == "pipeline" {
        return Some(Build::Pipeline);
    }
    PROCESSORS.iter().find(|(known, _)| *known == kind).map(|(_, build)| Build::Processor(*build))
}
