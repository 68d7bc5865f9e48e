//! The way back into a cluster: what Elasticsearch needs to do this crate's work itself, or to take its documents in.
//!
//! [`ingest_pipeline`] makes, of a format and options, a pipeline of Elasticsearch's own processors that gives the same
//! documents for the same lines; [`component_templates`] and [`index_template`] map every field that a document can
//! have. All are generated from the field table and the mapping table.

mod pipeline;
mod template;
mod types;

pub use pipeline::{PipelineOptions, ingest_pipeline};
pub use template::{TemplateOptions, component_templates, index_template};
pub use types::field_types;
