//! Formats detected from any lines, and lines explained.
//!
//! An input is a log.

use vpcflow_ecs::detect::{Bounds, Origin, detect_format};
use vpcflow_ecs::explain::explain;
use vpcflow_ecs::{Format, Layers, Mode, OnError, Options, Output, Parser, Schema};

use crate::traffic::{Log, Random, Traffic, random_format};
use crate::{CLOCK, seeds};

/// Checks an input.
pub fn run(input: &[u8]) {
    let lines = input.split(|byte| *byte == b'\n').count();
    if let Ok(detection) = detect_format(input, Bounds::default()) {
        assert!(!detection.candidates.is_empty());
        assert!(detection.lines <= lines);
        for candidate in &detection.candidates {
            let columns = candidate.format.columns();
            assert!((0.0..=1.0).contains(&candidate.confidence), "{candidate:?}");
            assert_eq!(candidate.choices.len(), columns.len());
            for open in &candidate.unresolved {
                assert_eq!(open.field, columns[open.index].field());
                assert!(open.field.is_none_or(|field| !open.alternatives.contains(&field)), "{open:?}");
            }
            assert!(!candidate.is_settled() || candidate.problem().is_none());
            let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
            let again = Format::from_names(&names);
            assert_eq!(again.map(|format| format.to_string()), Ok(candidate.format.to_string()));
        }
        let best = &detection.candidates[0];
        let options = Options {
            formats: vec![best.format.clone()],
            layers: Layers::given(&detection.layers),
            on_error: OnError::Skip,
            ..Options::default()
        };
        // The parser takes what detection gives, except names of a header that documents have already.
        let mut parser = match Parser::new(options) {
            Ok(parser) => parser,
            Err(error) => return assert_eq!(best.origin, Origin::Header, "{error}"),
        };
        parser.set_clock(|| CLOCK);
        let _ = parser.write_ndjson(input, &mut Output::new(), &mut |_| {});
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    for line in text.split('\n').take(3) {
        let explanation = explain(line, None, Schema::Ecs, Mode::EcsAndOriginal);
        for token in explanation.tokens {
            let end = token.offset.map_or(0, |offset| offset + token.text.len());
            assert!(end <= line.len(), "{token:?}");
        }
    }
}

/// Makes the first inputs.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = seeds::inputs().into_iter().map(|seed| seed.input.into_bytes()).collect();
    for seed in 0..20 {
        let log = if seed % 5 == 4 { Log::Tgw } else { Log::Vpc };
        let fields = random_format(&mut Random(seed), &log);
        let lines: Vec<String> = Traffic::new(seed, log).records(8).iter().map(|record| record.line(&fields)).collect();
        all.push(lines.join("\n").into_bytes());
    }
    all
}
