//! Formats detected from generated traffic: never wrong with confidence, and right where the documentation tells columns
//! apart.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

mod traffic;

use traffic::{Log, Random, Traffic, random_format};
use vpcflow_ecs::detect::{Bounds, Origin, detect_format};
use vpcflow_ecs::{Field, Format, Options, Output, PRESETS, Parser};

fn lines(seed: u64, log: Log, fields: &[Field], count: usize) -> Vec<String> {
    Traffic::new(seed, log).records(count).iter().map(|record| record.line(fields)).collect()
}

/// The seeds of the benchmark's first random formats; it takes 2,000 of them.
#[test]
fn no_wrong_answer_is_given_with_confidence() {
    let (mut settled, mut columns) = (0, 0);
    for seed in 0..40 {
        let log = if seed % 5 == 4 { Log::Tgw } else { Log::Vpc };
        let fields = random_format(&mut Random(seed ^ 0x5eed), &log);
        let lines = lines(seed, log, &fields, 200);
        let Ok(detection) = detect_format(lines.join("\n").as_bytes(), Bounds::default()) else { continue };
        let best = &detection.candidates[0];
        for (index, (truth, column)) in fields.iter().zip(best.format.columns()).enumerate() {
            let is_absent = lines.iter().all(|line| line.split(' ').nth(index) == Some("-"));
            columns += usize::from(!is_absent);
            if !is_absent && best.unresolved.iter().all(|open| open.index != index) {
                assert_eq!(column.field(), Some(*truth), "seed {seed}, column {}", index + 1);
                settled += 1;
            }
        }
    }
    assert!(settled * 2 > columns && columns > 600, "{settled} of {columns} settled");
}

#[test]
fn every_documented_layout_is_found_among_those_of_its_length() {
    for preset in PRESETS {
        let fields = preset.fields();
        let log = if preset.name == "tgw" { Log::Tgw } else { Log::Vpc };
        for (seed, count) in [(1, 1), (2, 20), (3, 300)] {
            let lines = lines(seed, log, &fields, count);
            let detection = detect_format(lines.join("\n").as_bytes(), Bounds::default()).unwrap();
            let candidates = &detection.candidates;
            let name = format!("{} at {count} lines", preset.name);
            assert!(candidates.iter().all(|candidate| matches!(candidate.origin, Origin::Preset(_))), "{name}");
            assert!(candidates.iter().any(|candidate| candidate.format == preset.format()), "{name}");
            // Another layout is a candidate only if all that it reads differently is absent.
            for other in candidates {
                let columns = other.format.columns().iter().zip(&fields).enumerate();
                for (index, _) in columns.filter(|(_, (column, field))| column.field() != Some(**field)) {
                    assert!(lines.iter().all(|line| line.split(' ').nth(index) == Some("-")), "{name}");
                }
            }
        }
    }
}

#[test]
fn a_header_wins() {
    let sample = "dstaddr srcaddr\n10.0.0.1 10.0.0.2\n";
    let detection = detect_format(sample.as_bytes(), Bounds::default()).unwrap();
    assert_eq!(detection.candidates.len(), 1);
    assert_eq!(detection.candidates[0].origin, Origin::Header);
    assert_eq!(detection.candidates[0].format.to_string(), "${dstaddr} ${srcaddr}");
    assert_eq!(detection.candidates[0].evidence, ["line 1 is a header", "1 of 1 lines fit it"]);
}

#[test]
fn other_files_are_no_flow_logs() {
    let cases: [(&[u8], &str); 8] = [
        (b"", "it has no line with text"),
        (b"\n\n \n", "it has no line with text"),
        (b"word\nword\n", "its lines have one token only"),
        (b"\x1f\x8b\x08\0\xff\xfe", "it is binary data, as in line 1"),
        (br#"{"a": 1}"#, "it is JSON, but not {\"message\":\"...\"}, as in line 1"),
        (br#"{"Records":[{"eventVersion":"1.08"}]}"#, "it is JSON such as AWS CloudTrail writes, as in line 1"),
        (
            b"https 2026-01-01T00:00:00.0Z app/lb/5 192.0.2.1:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 \"GET https://a/ HTTP/1.1\"",
            "it is the access log of a load balancer, as in line 1",
        ),
        (b"the quick brown fox\njumps over the lazy dog", "no column looks like a field of a flow log"),
    ];
    for (sample, reason) in cases {
        let error = detect_format(sample, Bounds::default()).unwrap_err();
        assert_eq!(error.code().as_str(), "not_a_flow_log");
        assert_eq!(error.to_string(), format!("this is not a flow log: {reason}"));
    }
}

#[test]
fn no_more_is_read_than_the_bounds_allow() {
    let line = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n";
    let sample = line.repeat(100) + &"garbage\n".repeat(100_000);
    let bounds = Bounds { max_lines: 50, ..Bounds::default() };
    assert_eq!(detect_format(sample.as_bytes(), bounds).unwrap().lines, 50);
    let bounds = Bounds { max_bytes: line.len() * 3 + 5, ..Bounds::default() };
    assert_eq!(detect_format(sample.as_bytes(), bounds).unwrap().lines, 3);
}

/// A parser without a format reads a log of an undocumented one, whatever the cuts.
#[test]
fn a_parser_reads_the_format_off_the_lines() {
    use Field::*;
    let fields = [Action, LogStatus, Protocol, Bytes, Packets, Start, End, Region, FlowDirection, Version];
    let text = lines(7, Log::Vpc, &fields, 300).join("\n") + "\n";
    let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    let format = Format::from_names(&names).unwrap();
    let mut known = Parser::new(Options { formats: vec![format.clone()], ..Options::default() }).unwrap();
    let mut expected = Output::new();
    known.write_ndjson(text.as_bytes(), &mut expected, &mut |_| {}).unwrap();
    for size in [7, 1_000, text.len()] {
        let mut parser = Parser::new(Options::default()).unwrap();
        let mut found = Output::new();
        for chunk in text.as_bytes().chunks(size) {
            parser.push(chunk, &mut found, &mut |_| {}).unwrap();
        }
        parser.end(&mut found, &mut |_| {}).unwrap();
        assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(&expected));
        assert_eq!(parser.inferred(), Some(&format));
        assert_eq!(parser.stats().records, 300);
    }
}

/// It does not matter which line is broken, the first or the tenth.
#[test]
fn a_broken_first_line_does_not_sink_a_log() {
    let fields = PRESETS[0].fields();
    for count in [5, 6, 20, 100] {
        let mut text = lines(9, Log::Vpc, &fields, count);
        text.retain(|line| line.ends_with("OK"));
        let broken: Vec<&str> = text[0].split(' ').collect();
        let broken = broken.iter().enumerate().map(|(index, token)| if index == 5 { "70000" } else { *token });
        text[0] = broken.collect::<Vec<&str>>().join(" ");
        let options = Options { on_error: vpcflow_ecs::OnError::Skip, ..Options::default() };
        let mut parser = Parser::new(options).unwrap();
        let mut errors = Vec::new();
        let mut report = |error: &vpcflow_ecs::Error| errors.push(error.to_string());
        parser.write_ndjson(text.join("\n").as_bytes(), &mut Output::new(), &mut report).unwrap();
        assert_eq!(parser.stats().records as usize, text.len() - 1, "{count} lines");
        assert_eq!(errors.len(), 1);
        assert!(errors[0].contains("field \"srcport\": expected 0 to 65535, found \"70000\""), "{errors:?}");
    }
}

#[test]
fn several_headers_are_several_candidates() {
    let sample = "srcaddr dstaddr\n10.0.0.1 10.0.0.2\n10.0.0.1 10.0.0.3\nsrcaddr srcport dstport\n10.0.0.1 1 2\n";
    let detection = detect_format(sample.as_bytes(), Bounds::default()).unwrap();
    let found: Vec<(String, String, bool)> = detection
        .candidates
        .iter()
        .map(|candidate| (candidate.format.to_string(), candidate.example.clone(), candidate.is_settled()))
        .collect();
    assert_eq!(
        found,
        [
            ("${srcaddr} ${dstaddr}".to_owned(), "10.0.0.1 10.0.0.2".to_owned(), true),
            ("${srcaddr} ${srcport} ${dstport}".to_owned(), "10.0.0.1 1 2".to_owned(), false),
        ]
    );
}
