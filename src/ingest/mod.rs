//! Elasticsearch's ingest pipelines: the processor `aws_vpcflow`, the other processors of Elastic's own pipeline,
//! conditions, failure handlers, and `_simulate`.
//!
//! A document comes out of a [`Pipeline`] as it comes out of Elasticsearch, and failures have Elasticsearch's words. A
//! pipeline with an unsupported part is refused when it is built.
//!
//! ```
//! use serde_json::json;
//! use vpcflow_ecs::ingest::{Document, Environment, Pipeline};
//!
//! let definition = "
//! processors:
//!   - aws_vpcflow: { field: message, format: default }
//!   - remove: { field: message }
//! on_failure:
//!   - set: { field: event.kind, value: pipeline_error }
//!   - append: { field: error.message, value: '{{{_ingest.on_failure_message}}}' }
//! ";
//! let pipeline = Pipeline::from_text(definition, Environment::default())?;
//! let line = "2 123456789010 eni-0a1b2c3d4e5f60718 192.0.2.44 10.0.1.20 52714 99999 6 18 4249 1767225600 1767225658 \
//!             ACCEPT OK";
//! let document = pipeline.run(Document::new(json!({ "message": line })))?.ok_or("dropped")?;
//! assert_eq!(
//!     document.source()["error"]["message"],
//!     json!(["column 65: field \"dstport\": expected 0 to 65535, found \"99999\""])
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// In the order of imports: a file imports only those above it, which `npm run rooms` checks.
//
// - value, failure, number, address: the values of documents, failures, numbers and addresses, all as in Java
// - path, document: the document and the paths into it
// - context: the resources of a run, which are the clock, the databases and the budget
// - date, regex, mustache, painless: the languages of options
// - config, yaml: a definition's text, and its options
// - processor, processors: the interface of a processor, and a file for each
// - definition: a definition compiled to steps
// - result, run: the results of processors, and the runner that calls them
// - pipeline, simulate, trace: the public faces
mod address;
mod config;
mod context;
mod date;
mod definition;
mod document;
mod failure;
mod mustache;
mod number;
mod painless;
mod path;
mod pipeline;
mod processor;
mod processors;
mod regex;
mod result;
mod run;
mod simulate;
mod trace;
mod value;
mod yaml;

pub use definition::{COMMON_OPTIONS, ProcessorType, processor_types};
pub use document::Document;
pub use failure::Failure;
pub use pipeline::{Environment, Pipeline};
pub use simulate::simulate;
pub use trace::inspect;
