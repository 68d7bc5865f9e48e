//! `fail`: fails with a message.

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::mustache::Template;
use crate::ingest::processor::{Outcome, Processor};

#[derive(Debug)]
struct Fail {
    message: Template,
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    Ok(Box::new(Fail { message: config.template("message")? }))
}

impl Processor for Fail {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        Err(Failure::new("fail_processor_exception", self.message.render(document, context)?))
    }
}
