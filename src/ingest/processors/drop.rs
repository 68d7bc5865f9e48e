//! `drop`: ends the pipeline for a document, which is not indexed. This is not a failure.

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::processor::{Outcome, Processor};

#[derive(Debug)]
struct Drop;

pub(super) fn build(_: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    Ok(Box::new(Drop))
}

impl Processor for Drop {
    fn run(&self, _: &mut Document, _: &mut Context<'_>) -> Result<Outcome, Failure> {
        Ok(Outcome::Drop)
    }
}
