//! `gsub`: replaces the matches of a regular expression, in a text or in each text of a list.

use super::text::{Change, TextProcessor};
use crate::ingest::config::Config;
use crate::ingest::failure::Failure;
use crate::ingest::processor::Processor;
use crate::ingest::regex::{Pattern, Replacement, compile};
use crate::ingest::value::Value;

#[derive(Debug)]
struct Gsub {
    pattern: Pattern,
    replacement: Replacement,
}

/// The limit of the replaced text: 1 MiB.
const MAX_OUTPUT: usize = 1024 * 1024;

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    TextProcessor::build(config, |config| {
        let pattern = config.text("pattern")?;
        let replacement = config.text("replacement")?;
        let pattern = compile(&pattern)
            .map_err(|refused| config.failure(Some("pattern"), format!("Invalid regex pattern. {refused}")))?;
        let replacement = Replacement::parse(&replacement, &pattern);
        Ok(Gsub { pattern, replacement })
    })
}

impl Change for Gsub {
    fn work(&self, bytes: usize) -> usize {
        self.pattern.work(bytes)
    }

    fn change(&self, text: &str) -> Result<Value, Failure> {
        self.replacement.replace_all(&self.pattern, text, MAX_OUTPUT + text.len()).map(Value::String)
    }
}
