//! Fuzz targets. Each is a function that takes any bytes and panics if the crate does something wrong with them.
//!
//! `npm run fuzz` runs them with libFuzzer, `npm test` with a few thousand inputs: `tests/short.rs`. Both start from the
//! same seeds, which are made from the fixtures of the crate.

pub mod chunking;
pub mod detect;
pub mod mmdb;
pub mod parse_format;
pub mod parse_line;
pub mod peel;
pub mod pipeline;
pub mod scan_backends;
mod seeds;

#[path = "../../tests/cases/mod.rs"]
mod cases;
#[path = "../../tools/geo_databases.rs"]
#[allow(dead_code)]
mod geo_databases;
#[path = "../../tests/reference/mod.rs"]
mod reference;
#[path = "../../tests/traffic/mod.rs"]
#[allow(clippy::should_implement_trait)]
mod traffic;

pub use seeds::words;
pub use traffic::Random;

/// A fuzz target.
pub struct Target {
    /// Its name, which is that of its module and of its binary.
    pub name: &'static str,
    /// Checks an input.
    pub run: fn(&[u8]),
    /// Makes the first inputs.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// The number of other inputs in a short run, which takes about a second.
    pub runs: usize,
}

macro_rules! targets {
    ($($name:ident: $runs:literal),*) => {
        /// All targets.
        pub const TARGETS: &[Target] =
            &[$(Target { name: stringify!($name), run: $name::run, seeds: $name::seeds, runs: $runs }),*];
    };
}

targets!(
    parse_line: 1_000, parse_format: 4_000, peel: 4_000, chunking: 100, scan_backends: 1_000, detect: 60, pipeline: 1_000,
    mmdb: 2_000
);

/// The time of parsing, in milliseconds since 1970.
const CLOCK: u64 = cases::CLOCK;

/// Splits an input into its first line and the rest; `None` if the line is not UTF-8.
fn split_line(input: &[u8]) -> Option<(&str, &[u8])> {
    let end = input.iter().position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(&input[..end]).ok()?, &input[end + 1..]))
}
