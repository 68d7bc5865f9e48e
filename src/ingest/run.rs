//! Runs documents through the processors of a pipeline.
//!
//! The order is Elasticsearch's:
//!
//! - The condition comes first, outside of the processor's own handlers.
//! - `ignore_failure` precedes `on_failure`.
//! - Handlers see `_ingest.on_failure_*`.
//! - An unhandled failure ends the pipeline.
//!
//! Source: `CompoundProcessor`, `ConditionalProcessor`, `PipelineProcessor` and `TrackingResultProcessor` of
//! Elasticsearch, and a real server's answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::context::Context;
use super::definition::{Action, Body, Step};
use super::document::Document;
use super::failure::Failure;
use super::processor::Outcome;
use super::result::{ProcessorResult, Results};
use super::value::Value;

/// The size of a processor's result without its document, in bytes.
const RESULT_BYTES: usize = 256;

/// The limit of pipelines that run in one another.
const MAX_NESTED: usize = 100;

/// The pipelines that the `pipeline` processor may run, by their ids.
pub(super) type Pipelines = BTreeMap<String, Arc<Body>>;

/// The way of one document through a pipeline.
#[derive(Debug)]
pub(super) struct Run<'s> {
    pipelines: &'s Pipelines,
    context: Context<'s>,
    /// The ids of the running pipelines, the outermost first.
    stack: Vec<String>,
    /// The results of the processors, if they are asked for.
    pub(super) results: Option<Results>,
}

impl<'s> Run<'s> {
    pub(super) fn new(pipelines: &'s Pipelines, context: Context<'s>, results: Option<Results>) -> Run<'s> {
        Run { pipelines, context, stack: Vec::new(), results }
    }

    /// Runs a pipeline inside the running ones.
    pub(super) fn pipeline(&mut self, body: &Body, document: &mut Document) -> Result<Outcome, Failure> {
        if self.stack.contains(&body.id) {
            let reason = format!("Cycle detected for pipeline: {}", body.id);
            return Err(Failure::new("illegal_state_exception", reason));
        }
        if self.stack.len() >= MAX_NESTED {
            let reason = format!("Too many nested pipelines. Cannot have more than {MAX_NESTED} nested pipelines");
            return Err(Failure::new("graph_structure_exception", reason));
        }
        let outer = document.ingest.insert("pipeline".into(), Value::String(body.id.clone()));
        self.stack.push(body.id.clone());
        let mut result = self.steps(&body.steps, false, document);
        if let (Err(failure), false) = (&result, body.on_failure.is_empty()) {
            let failure = failure.clone();
            result = self.handle(&failure, &body.on_failure, false, document);
        }
        self.stack.pop();
        match outer {
            Some(outer) => document.ingest.insert("pipeline".into(), outer),
            None => document.ingest.remove("pipeline"),
        };
        result
    }

    fn steps(&mut self, steps: &[Step], ignores: bool, document: &mut Document) -> Result<Outcome, Failure> {
        for step in steps {
            if let Outcome::Drop = self.step(step, ignores, document)? {
                return Ok(Outcome::Drop);
            }
        }
        Ok(Outcome::Continue)
    }

    /// Runs the handlers of a failure.
    fn handle(
        &mut self,
        failure: &Failure,
        handlers: &[Step],
        ignores: bool,
        document: &mut Document,
    ) -> Result<Outcome, Failure> {
        let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::String(text.to_owned()));
        let mut known = vec![
            ("on_failure_message", text(Some(failure.root_reason()))),
            ("on_failure_processor_type", text(failure.processor_type())),
            ("on_failure_processor_tag", text(failure.processor_tag())),
        ];
        if let Some(pipeline) = failure.pipeline() {
            known.push(("on_failure_pipeline", text(Some(pipeline))));
        }
        for (name, value) in known {
            document.ingest.insert(name.into(), value);
        }
        let result = self.steps(handlers, ignores, document);
        for name in ["message", "processor_type", "processor_tag", "pipeline"] {
            document.ingest.remove(&format!("on_failure_{name}"));
        }
        result
    }

    /// Runs a step: its condition, its processor, and its handlers if necessary.
    fn step(&mut self, step: &Step, ignores: bool, document: &mut Document) -> Result<Outcome, Failure> {
        self.context.count_step()?;
        let full = self.results.as_mut().and_then(|results| results.size.add(RESULT_BYTES).err());
        if let Some(failure) = full {
            self.record(|| ProcessorResult::failed(step, None, &failure, None));
            return Err(failure);
        }
        let tag = step.tag.as_deref();
        let mut condition = None;
        if let Some(asked) = &step.condition {
            match asked.evaluate(document, &mut self.context) {
                Ok(true) => condition = Some((asked.source(), true)),
                Ok(false) => {
                    self.record(|| ProcessorResult::skipped(step, asked.source()));
                    return Ok(Outcome::Continue);
                }
                Err(failure) => {
                    let failure = failure.in_processor("conditional", tag, self.origin());
                    self.record(|| ProcessorResult::failed(step, None, &failure, None));
                    return Err(failure);
                }
            }
        }
        // A processor with handlers of its own fails under its own type, any other under that of the condition around
        // it.
        let has_own = step.ignore_failure || !step.on_failure.is_empty();
        let kind = if condition.is_some() && !has_own && self.results.is_none() { "conditional" } else { &step.kind };
        let ignores = if has_own { step.ignore_failure } else { ignores };
        let failure = match self.action(step, condition, ignores, document) {
            Ok(outcome) => return Ok(outcome),
            Err(failure) => failure.in_processor(kind, tag, self.origin()),
        };
        if step.ignore_failure {
            return Ok(Outcome::Continue);
        }
        if step.on_failure.is_empty() {
            return Err(failure);
        }
        self.handle(&failure, &step.on_failure, step.ignore_failure, document)
    }

    /// Returns the pipelines that the `pipeline` processor has called.
    fn origin(&self) -> &[String] {
        self.stack.get(1..).unwrap_or_default()
    }

    fn action(
        &mut self,
        step: &Step,
        condition: Option<(&str, bool)>,
        ignores: bool,
        document: &mut Document,
    ) -> Result<Outcome, Failure> {
        let (template, may_be_missing) = match &step.action {
            Action::Processor(processor) => {
                let mut result = processor.run(document, &mut self.context);
                if let Some(results) = &mut self.results {
                    // Each result has a copy of the document.
                    result = results.size.add(document.weight()).and(result);
                }
                match &result {
                    Ok(Outcome::Continue) => self.record(|| ProcessorResult::done(step, condition, document)),
                    Ok(Outcome::Drop) => self.record(|| ProcessorResult::dropped(step, condition)),
                    Err(failure) => {
                        let kept = ignores.then_some(&*document);
                        self.record(|| ProcessorResult::failed(step, condition, failure, kept));
                    }
                }
                return result;
            }
            Action::Pipeline(name, may_be_missing) => (name, may_be_missing),
        };
        let id = template.render(document, &mut self.context)?;
        let Some(body) = self.pipelines.get(&id) else {
            if *may_be_missing {
                return Ok(Outcome::Continue);
            }
            let reason = format!("Pipeline processor configured for non-existent pipeline [{id}]");
            let failure = Failure::new("illegal_state_exception", reason);
            let kept = ignores.then_some(&*document);
            self.record(|| ProcessorResult::failed(step, condition, &failure, kept));
            return Err(failure);
        };
        let before = self.results.as_ref().map_or(0, |results| results.list.len());
        self.record(|| ProcessorResult::called(step, condition));
        let result = self.pipeline(body, document);
        // Of a cycle, only the outermost call has a result.
        if let Err(failure) = &result
            && failure.reason().starts_with("Cycle detected for pipeline: ")
        {
            if let Some(results) = &mut self.results {
                results.list.truncate(before);
            }
            let kept = ignores.then_some(&*document);
            self.record(|| ProcessorResult::failed(step, condition, failure, kept));
        }
        result
    }

    fn record(&mut self, result: impl FnOnce() -> ProcessorResult) {
        if let Some(results) = &mut self.results {
            let mut result = result();
            if let [_, .., id] = self.stack.as_slice() {
                result.place = format!("pipelines.{id}.{}", result.place);
            }
            results.list.push(result);
        }
    }
}
