//! The rules, compiled for one format, and the writer of one JSON document for one record.
//!
//! [`Plan::compile`] does once what is the same for all records of a format. It finds the rules that apply and the columns of
//! their fields, nests the objects, and writes the bytes of keys and constants.
//!
//! Records differ in which of their fields are absent. For each such *shape* of a record, the rest is a text with gaps
//! ([`shape::Shape`]). Writing a document is copying the text and filling the gaps.

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
