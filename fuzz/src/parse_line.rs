//! A line by a format, compared with the naive reader of the tests.
//!
//! An input is a format, a line feed, and a line.

use serde_json::{Map, Value};
use vpcflow_ecs::{Format, Layers, Line, Mode, Options, Output, Parser};

use crate::{CLOCK, reference, seeds, split_line};

/// Checks an input.
pub fn run(input: &[u8]) {
    let Some((format, line)) = split_line(input) else { return };
    let Ok(format) = Format::parse(format) else { return };
    let Ok(line) = std::str::from_utf8(line) else { return };
    let line = line.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
    if line.contains('\n') {
        return;
    }
    let expected = reference::original(&format, line);
    let found = read(&format, line);
    match (&expected, &found) {
        (Some(expected), Some((document, Line::Record))) => {
            let found = document.pointer("/aws/vpcflow").cloned().unwrap_or_else(|| Value::Object(Map::new()));
            assert_eq!(found, Value::Object(expected.clone()));
        }
        (None, None) => {}
        // Names are a header, and may be values of columns that take any text.
        (_, Some((_, Line::Header))) => assert!(Format::parse(line).is_ok()),
        (None, Some((_, Line::Blank))) => assert!(line.trim_matches([' ', '\t']).is_empty()),
        _ => panic!("expected {expected:?}, found {found:?}"),
    }
    // A plain line is read by blocks, and one with a blank at its end byte by byte.
    if line.len() < 8_192 {
        assert_eq!(read(&format, &format!("{line} ")), found);
    }
}

/// Reads a line; `None` is an error.
fn read(format: &Format, line: &str) -> Option<(Value, Line)> {
    let formats = vec![format.clone()];
    let options = Options { formats, mode: Mode::Original, layers: Layers::OFF, ..Options::default() };
    let mut parser = Parser::new(options).expect("the options are right");
    parser.set_clock(|| CLOCK);
    let mut out = Output::new();
    match parser.parse_line(line.as_bytes(), &mut out) {
        Ok(Line::Record) => Some((serde_json::from_slice(&out).expect("a document is JSON"), Line::Record)),
        Ok(other) => {
            assert!(out.is_empty());
            Some((Value::Null, other))
        }
        Err(error) => {
            assert!(out.is_empty());
            let position = error.position();
            assert!(position.offset.is_none_or(|offset| offset <= line.len() as u64), "{error:?}");
            assert!(!error.to_string().contains('\n'), "{error}");
            None
        }
    }
}

/// Makes the first inputs.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for seed in seeds::inputs() {
        for line in seed.input.lines() {
            let preset = PRESETS_BY_COUNT.iter().find(|(count, _)| *count == line.split(' ').count());
            let format = seed.format().map(str::to_owned).or_else(|| preset.map(|(_, name)| (*name).to_owned()));
            all.extend(format.map(|format| format!("{format}\n{line}").into_bytes()));
        }
    }
    // A header whose names are values, too: the columns take any text.
    all.push(b"flux account-id tgw-id region\nversion account-id flux-2 region".to_vec());
    all.push(b"srcaddr end srcaddr flux-capacitance\n10.0.0.1 2024-02-29T23:30:00.5-01:00 10.0.0.1 x".to_vec());
    all
}

/// Presets by their numbers of fields.
const PRESETS_BY_COUNT: [(usize, &str); 4] = [(14, "v2"), (21, "v3"), (25, "v4"), (29, "v5")];
