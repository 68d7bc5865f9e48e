//! Definitions for a cluster: pipelines that do this crate's work in Elasticsearch, and templates for its documents.
//!
//! - [`ingest_pipeline`] turns a format and options into a pipeline of Elasticsearch's own processors. It makes the
//!   same documents from the same lines.
//! - [`component_templates`] and [`index_template`] map every field that a document can have.
//!
//! All are generated from the tables of fields and rules.

mod pipeline;
mod template;
mod types;

pub use pipeline::{PipelineOptions, ingest_pipeline};
pub use template::{TemplateOptions, component_templates, index_template};
pub use types::field_types;
