//! AWS VPC and transit gateway flow log lines in, Elastic Common Schema (ECS) documents out.
//!
//! A [`Format`] lists the fields of the columns. It is compiled once, from any syntax of AWS, Terraform or header lines.
//!
//! A [`Parser`] writes one JSON document for each record, in one of four [`Schema`]s. It reads lines by the given formats or,
//! without one, by the header or by the preset that a line fits.
//!
//! ```
//! let line = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 \
//!             1418530070 ACCEPT OK";
//! let document = vpcflow_ecs::parse(line, None)?.ok_or("a header or a blank line")?;
//! assert_eq!(document["source"]["ip"], "172.31.16.139");
//! assert_eq!(document["destination"]["port"], 22);
//! assert_eq!(document["event"]["type"][1], "allowed");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | Feature | Default | Adds |
//! |---|---|---|
//! | `detect` | yes | `detect`, `explain`, the descriptions of fields and presets; a [`Parser`] infers formats from lines |
//! | `ingest` | no | `detect`, `ingest` and `export`: Elasticsearch's pipelines and templates; MaxMind's databases in `geo` |
//! | `js` | no | on WebAssembly without an operating system, the interface that the npm package calls, with imports from JavaScript |
//!
//! On `wasm32-unknown-unknown` there is no clock: call [`Parser::set_clock`]. Without the feature `js`, a module imports
//! nothing, and wasm-bindgen is not among the dependencies.

mod base;
#[cfg(feature = "detect")]
pub mod detect;
mod document;
mod error;
#[cfg(feature = "detect")]
pub mod explain;
#[cfg(feature = "ingest")]
pub mod export;
mod field;
mod format;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
pub mod geo;
#[cfg(feature = "ingest")]
pub mod ingest;
mod json;
mod layers;
mod options;
mod parser;
mod record;
#[doc(hidden)]
pub mod schema;
mod value;
#[cfg(all(target_arch = "wasm32", feature = "js"))]
pub mod wasm;

pub use base::output::Output;
pub use error::{Error, ErrorCode, MAX_INPUT_BYTES, Position};
pub use field::{Facts, Field, LogStatus};
pub use format::inferred::Inferred;
pub use format::presets::{PRESETS, Preset};
pub use format::{Column, Format};
pub use options::bulk::Bulk;
pub use options::{CustomFields, DataStream, Ingested, Layers, OnError, Options, Precedence};
pub use parser::{Line, Parser, Stats};
pub use schema::protocol::protocol_keyword;
pub use schema::{Mode, Schema, SchemaFacts};
pub use value::Kind;

/// Parses one line and returns its document, or `None` for a header or a blank line.
///
/// Without a format, the line is read by the preset that it fits. For more than one line make a [`Parser`], which compiles
/// the format once.
///
/// # Errors
/// The error of the format, or of the line with its position.
pub fn parse(line: &str, format: Option<&str>) -> Result<Option<serde_json::Value>, Error> {
    let formats = format.map(Format::parse).transpose()?.into_iter().collect();
    let mut parser = Parser::new(Options { formats, ..Options::default() })?;
    let mut document = Output::new();
    match parser.parse_line(line.as_bytes(), &mut document)? {
        Line::Record => serde_json::from_slice(&document).map(Some).map_err(|error| {
            Error::sentence(ErrorCode::InvalidValue, format!("the document is not JSON, which is a bug: {error}"))
        }),
        Line::Omitted | Line::Header | Line::Blank => Ok(None),
    }
}

/// Pages whose examples in Rust are run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/api.md")]
struct Pages;
