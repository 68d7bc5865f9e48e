//! The JavaScript face of pipelines.
