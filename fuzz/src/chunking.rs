//! Any cut of an input gives the same documents, errors and counts.
//!
//! An input is the options in JSON, a line feed, and lines.

use serde_json::Value;
use vpcflow_ecs::{Error, Options, Output, Parser};

use crate::{CLOCK, Random, seeds, split_line};

/// The documents and errors of an input, and the facts that a parser has after it.
#[derive(Debug, PartialEq)]
struct Made {
    out: String,
    reported: Vec<Error>,
    end: Option<Error>,
    layers: Vec<String>,
    inferred: Option<String>,
    warnings: Vec<String>,
}

/// Checks an input.
pub fn run(input: &[u8]) {
    let Some((options, lines)) = split_line(input) else { return };
    let Ok(options) = Options::from_json(options.as_bytes()) else { return };
    let Ok(mut parser) = Parser::new(options) else { return };
    parser.set_clock(|| CLOCK);
    let expected = made(&mut parser, |parser, out, report| parser.write_ndjson(lines, out, report));
    for document in expected.out.lines() {
        let _: Value = serde_json::from_str(document).expect("a document is JSON");
    }
    let mut random = Random(lines.iter().fold(0, |hash: u64, byte| hash.wrapping_mul(31) + u64::from(*byte)));
    for longest in [1, 5, 300] {
        let found = made(&mut parser, |parser, out, report| {
            let mut rest = lines;
            while !rest.is_empty() {
                let (chunk, after) = rest.split_at((1 + random.below(longest)).min(rest.len()));
                parser.push(chunk, out, report)?;
                rest = after;
            }
            parser.end(out, report)
        });
        assert_eq!(found, expected, "chunks of {longest} bytes at most");
    }
    // Stopping after some documents, as callers with a buffer do.
    let enough = 1 + random.below(3_000);
    let found = made(&mut parser, |parser, out, report| {
        let mut rest = lines;
        while !rest.is_empty() {
            let read = parser.push_some(rest, enough, out, report)?;
            rest = &rest[read..];
        }
        parser.end(out, report)
    });
    assert_eq!(found, expected, "with a stop after {enough} bytes");
}

/// Returns what a parser makes of an input.
fn made(
    parser: &mut Parser,
    read: impl FnOnce(&mut Parser, &mut Output, &mut dyn FnMut(&Error)) -> Result<(), Error>,
) -> Made {
    let (mut out, mut reported) = (Output::new(), Vec::new());
    let surplus = |parser: &Parser| {
        let stats = parser.stats();
        (stats.records + stats.omitted + stats.headers + stats.blanks + stats.errors) as i64 - stats.lines as i64
    };
    let before = surplus(parser);
    let end = read(parser, &mut out, &mut |error| reported.push(error.clone())).err();
    // A line may have several records, and one that stops the input has none.
    assert!(end.is_some() || surplus(parser) >= before, "{:?}", parser.stats());
    let made = Made {
        out: String::from_utf8(out.to_vec()).expect("documents are UTF-8"),
        reported,
        end,
        layers: parser.layers(),
        inferred: parser.inferred().map(ToString::to_string),
        warnings: parser.warnings().to_vec(),
    };
    parser.reset();
    made
}

/// Makes the first inputs: each with its own options, and with those of another schema and policy.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (index, seed) in seeds::inputs().into_iter().enumerate() {
        let mut others = seed.options.clone();
        let schema = vpcflow_ecs::Schema::ALL[index % vpcflow_ecs::Schema::ALL.len()];
        others.insert("schema".into(), schema.word().into());
        others.insert("mode".into(), schema.facts().modes[0].word().into());
        others.insert("onError".into(), if index % 2 == 0 { "skip" } else { "document" }.into());
        for options in [seed.options, others] {
            all.push(format!("{}\n{}", Value::Object(options), seed.input).into_bytes());
        }
    }
    all
}
