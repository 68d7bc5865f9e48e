//! Layers around records: pieces are parts of their lines, and another module hands over the same.
//!
//! An input is the words of layers, a line feed, and lines.

use crate::{seeds, split_line};

/// Checks an input.
pub fn run(input: &[u8]) {
    let Some((layers, lines)) = split_line(input) else { return };
    vpcflow_ecs::fuzzing::peeling(layers, lines);
}

/// Makes the first inputs.
pub fn seeds() -> Vec<Vec<u8>> {
    let seeds = seeds::inputs().into_iter();
    let mut all: Vec<_> =
        seeds.map(|seed| format!("{}\n{}", seed.layers.join(" › "), seed.input).into_bytes()).collect();
    let others = ["quotes", "records 14", "tabs", "csv ;", "csv |", "tsv", "number › end ;", "label › suffix 1"];
    all.extend(others.map(|words| format!("{words}\n2 \"a\";'b'|c:d\t2 e\r\n{{\"log\":[\"x\"]}}\n").into_bytes()));
    all
}
