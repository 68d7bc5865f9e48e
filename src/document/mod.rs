//! The mapping table, compiled for one format, and the writer of one JSON document for one record.
//!
//! Everything that is the same for all records of a format is done once, by [`Plan::compile`]: which rows apply, where
//! their columns are, how the objects nest, and the bytes of keys and constants. Records differ in which of their fields
//! are absent; for each such *shape* of a record, what remains is a text with gaps ([`shape::Shape`]), and writing a document is
//! copying the text and filling the gaps.

pub(crate) mod community_id;
mod compile;
mod emit;
pub(crate) mod fingerprint;
pub(crate) mod id_cache;
mod settings;
mod shape;
mod source;
mod tape;
mod tree;

pub(crate) use self::compile::Plan;
pub(crate) use self::settings::Settings;
pub(crate) use self::source::{Memory, Source};
pub(crate) use self::tape::Tape;
