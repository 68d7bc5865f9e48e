//! Vectors compared with integers and single bytes.
//!
//! An input is any text.

use crate::seeds;

/// The longest input, in bytes, so that a line is scanned by blocks and its tokens are stored.
const MAX_BYTES: usize = 2_000;

/// Checks an input.
pub fn run(input: &[u8]) {
    vpcflow_ecs::fuzzing::backends(&input[..input.len().min(MAX_BYTES)]);
}

/// Makes the first inputs.
pub fn seeds() -> Vec<Vec<u8>> {
    seeds::inputs().into_iter().map(|seed| seed.input.into_bytes()).collect()
}
