//! Formats detected from generated traffic: never wrong with confidence, and right where the documentation tells columns
//! apart.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

mod traffic;

use traffic::{Log, Random, Traffic, random_format, usual_format};
use vpcflow_ecs::detect::{Bounds, Origin, detect_format};
use vpcflow_ecs::{Field, Format, Options, Output, PRESETS, Parser};

fn lines(seed: u64, log: Log, fields: &[Field], count: usize) -> Vec<String> {
    Traffic::new(seed, log).records(count).iter().map(|record| record.line(fields)).collect()
}

/// Lines of the traffic of one direction, as `grep egress` leaves them.
fn egress_lines(seed: u64, log: Log, fields: &[Field], count: usize) -> Vec<String> {
    let mut traffic = Traffic::new(seed, log);
    let records = std::iter::repeat_with(|| traffic.records(100)).flatten();
    let egress = records.filter(|record| record.get(Field::FlowDirection) == Some("egress"));
    egress.take(count).map(|record| record.line(fields)).collect()
}

/// The seeds of the benchmark's first formats; it takes 2,000 of each kind.
#[test]
fn no_wrong_answer_is_given_with_confidence() {
    assert!(settled(random_format, lines) > 50);
    assert!(settled(random_format, egress_lines) > 50);
    assert!(settled(usual_format, lines) > 90);
    assert!(settled(usual_format, egress_lines) > 90);
}

/// Returns the percentage of columns that are settled; all of those are right.
fn settled(format: fn(&mut Random, &Log) -> Vec<Field>, lines: fn(u64, Log, &[Field], usize) -> Vec<String>) -> usize {
    let (mut settled, mut columns) = (0, 0);
    for seed in 0..40 {
        let log = if seed % 5 == 4 { Log::Tgw } else { Log::Vpc };
        let fields = format(&mut Random(seed ^ 0x5eed), &log);
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
    assert!(columns > 600, "{columns}");
    100 * settled / columns
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

fn named(names: &str) -> Vec<Field> {
    names.split(' ').map(|name| Field::named(name).unwrap()).collect()
}

/// Returns the names of the best candidate's columns, and those of the columns that are open.
fn best(lines: &[String]) -> (String, Vec<String>) {
    let detection = detect_format(lines.join("\n").as_bytes(), Bounds::default()).unwrap();
    let best = &detection.candidates[0];
    let names: Vec<&str> = best.format.columns().iter().map(|column| column.name()).collect();
    let open = best.unresolved.iter().filter(|open| open.field.is_some() || !open.alternatives.is_empty());
    (names.join(" "), open.map(|open| names[open.index].to_owned()).collect())
}

const DEFAULT: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
                       action log-status";

#[test]
fn an_order_that_people_use_is_settled_by_itself() {
    let orders = [
        DEFAULT.strip_prefix("version ").unwrap(),
        // AWS's table up to the Availability Zone, without sublocations.
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status \
         vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id",
        // All fields up to version 3, sorted by name.
        "account-id action bytes dstaddr dstport end instance-id interface-id log-status packets pkt-dstaddr pkt-srcaddr \
         protocol srcaddr srcport start subnet-id tcp-flags type version vpc-id",
        // AWS's example of service names, without its version.
        "srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id vpc-id subnet-id instance-id \
         interface-id region az-id sublocation-type sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr \
         pkt-src-aws-service pkt-dst-aws-service traffic-path flow-direction log-status",
    ];
    for order in orders {
        for (seed, count) in [(1, 20), (2, 200), (3, 800), (4, 1_000)] {
            let fields = named(order);
            let lines = lines(seed, Log::Vpc, &fields, count);
            let (names, open) = best(&lines);
            let absent = |index: usize| lines.iter().all(|line| line.split(' ').nth(index) == Some("-"));
            let expected: Vec<String> = fields
                .iter()
                .enumerate()
                .map(|(index, field)| if absent(index) { format!("column-{}", index + 1) } else { field.name().into() })
                .collect();
            assert_eq!((names, open), (expected.join(" "), vec![]), "seed {seed}");
        }
    }
}

#[test]
fn the_thirty_fields_sorted_by_name_are_suggested() {
    let v5 = PRESETS.iter().find(|preset| preset.name == "v5").unwrap().fields();
    for (more, seed) in [(Field::EncryptionStatus, 0), (Field::EncryptionStatus, 3), (Field::ResourceId, 6)] {
        let mut fields = v5.clone();
        fields.push(more);
        fields.sort_by_key(|field| field.name());
        let lines = lines(seed, Log::Vpc, &fields, 300);
        let detection = detect_format(lines.join("\n").as_bytes(), Bounds::default()).unwrap();
        for (index, (column, field)) in detection.candidates[0].format.columns().iter().zip(&fields).enumerate() {
            let is_absent = lines.iter().all(|line| line.split(' ').nth(index) == Some("-"));
            assert!(is_absent || column.field() == Some(*field), "{} as {}", field.name(), column.name());
        }
    }
}

/// Six lines of each template.
#[test]
fn templates_are_not_taken_for_layouts_of_as_many_fields() {
    let cloudformation = "instance-id interface-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol \
                          bytes packets start end action tcp-flags log-status";
    let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<String>>();
    let (names, open) = best(&lines(
        "i-06f9249b01a2b3c4d eni-0a1b2c3d4e5f60718 IPv4 203.0.113.53 10.0.1.20 54252 8088 203.0.113.53 10.0.1.20 6 412 7 1767225614 1767225649 ACCEPT 3 OK
         i-06f9249b01a2b3c4d eni-0a1b2c3d4e5f60718 IPv4 10.0.1.20 203.0.113.53 8088 54252 10.0.1.20 203.0.113.53 6 3015 6 1767225615 1767225650 ACCEPT 19 OK
         i-0aa1bb2cc3dd4ee5f eni-0d4e5f60718293a4b IPv4 10.0.2.31 52.94.133.131 40112 443 10.0.2.31 52.94.133.131 6 9120 22 1767225601 1767225659 ACCEPT 7 OK
         i-0aa1bb2cc3dd4ee5f eni-0d4e5f60718293a4b IPv4 198.51.100.77 10.0.2.31 51000 22 198.51.100.77 10.0.2.31 6 40 1 1767225604 1767225640 REJECT 2 OK
         i-06f9249b01a2b3c4d eni-0a1b2c3d4e5f60718 IPv4 10.0.1.20 10.0.2.31 53128 53 10.0.1.20 10.0.2.31 17 146 2 1767225622 1767225655 ACCEPT 0 OK
         i-0aa1bb2cc3dd4ee5f eni-0d4e5f60718293a4b - - - - - - - - - - 1767225660 1767225719 - - NODATA",
    ));
    assert_eq!(names, cloudformation);
    assert_eq!(open, [""; 0], "it is AWS's example of TCP flags with fields left out");

    let sorted_mostly = lines(
        "5 111122223333 ACCEPT 412 10.0.1.20 1767225649 i-06f9249b01a2b3c4d eni-0a1b2c3d4e5f60718 OK 7 10.0.1.20 203.0.113.53 6 us-east-1 203.0.113.53 54252 8088 1767225614 vpc-0461a0614f2e3d9aa subnet-089e7569aa0b1c2d3 3
         5 111122223333 ACCEPT 3015 203.0.113.53 1767225650 i-06f9249b01a2b3c4d eni-0a1b2c3d4e5f60718 OK 6 203.0.113.53 10.0.1.20 6 us-east-1 10.0.1.20 8088 54252 1767225615 vpc-0461a0614f2e3d9aa subnet-089e7569aa0b1c2d3 19
         5 111122223333 ACCEPT 9120 52.94.133.131 1767225659 i-0aa1bb2cc3dd4ee5f eni-0d4e5f60718293a4b OK 22 52.94.133.131 10.0.2.31 6 us-east-1 10.0.2.31 40112 443 1767225601 vpc-0461a0614f2e3d9aa subnet-0b1c2d3e4f5a69788 7
         5 111122223333 REJECT 40 10.0.2.31 1767225640 i-0aa1bb2cc3dd4ee5f eni-0d4e5f60718293a4b OK 1 10.0.2.31 198.51.100.77 6 us-east-1 198.51.100.77 51000 22 1767225604 vpc-0461a0614f2e3d9aa subnet-0b1c2d3e4f5a69788 2
         5 111122223333 ACCEPT 146 10.0.2.31 1767225655 i-06f9249b01a2b3c4d eni-0a1b2c3d4e5f60718 OK 2 10.0.2.31 10.0.1.20 17 us-east-1 10.0.1.20 53128 53 1767225622 vpc-0461a0614f2e3d9aa subnet-089e7569aa0b1c2d3 0
         5 111122223333 - - - 1767225719 i-0aa1bb2cc3dd4ee5f eni-0d4e5f60718293a4b NODATA - - - - us-east-1 - - - 1767225660 vpc-0461a0614f2e3d9aa subnet-0b1c2d3e4f5a69788 -",
    );
    let terraform = "version account-id action bytes dstaddr end instance-id interface-id log-status packets pkt-dstaddr \
                     pkt-srcaddr protocol region srcaddr srcport dstport start vpc-id subnet-id tcp-flags";
    assert_eq!(best(&sorted_mostly), (terraform.to_owned(), vec![]), "it is not an example of AWS with as many fields");
}

/// Returns the time that CloudWatch writes before the line of an index.
fn outer_time(index: usize) -> String {
    format!("2026-01-01T{:02}:{:02}:{:02}.000Z", index / 600, index / 60 % 60, index % 60)
}

#[test]
fn the_default_fields_are_found_after_a_prefix_of_times() {
    for seed in 0..4 {
        let mut lines = lines(seed, Log::Vpc, &named(DEFAULT), 800);
        for (index, line) in lines.iter_mut().enumerate() {
            *line = format!("{} {line}", outer_time(index));
        }
        let detection = detect_format(lines.join("\n").as_bytes(), Bounds::default()).unwrap();
        let found: Vec<Origin> = detection.candidates.iter().map(|candidate| candidate.origin).collect();
        assert_eq!(
            (detection.layers.as_slice(), found),
            (&["prefix 1".to_owned()][..], vec![Origin::Preset("default")])
        );
    }
}

/// Nothing but their order tells source and destination apart here: a column that is not a field is among them.
#[test]
fn the_default_fields_keep_their_order_around_an_unknown_column() {
    for seed in 0..8 {
        let mut lines = lines(seed, Log::Vpc, &named(DEFAULT), 800);
        for (index, line) in lines.iter_mut().enumerate() {
            let tokens: Vec<&str> = line.split(' ').collect();
            *line = [&tokens[..7], &[&outer_time(index)], &tokens[7..]].concat().join(" ");
        }
        let detection = detect_format(lines.join("\n").as_bytes(), Bounds::default()).unwrap();
        assert_eq!(best(&lines).0, DEFAULT.replace(" protocol", " column-8 protocol"), "seed {seed}");
        assert_eq!(detection.candidates[0].choices[7], [Field::Start, Field::End], "only these can have such a time");
    }
}

#[test]
fn a_port_that_hardly_changes_is_a_port() {
    let fields = named("action srcport dstport dstaddr interface-id srcaddr protocol");
    let mut lines = egress_lines(5, Log::Vpc, &fields, 2_000);
    lines.retain(|line| line.split(' ').nth(2) == Some("443"));
    assert!(lines.len() > 100, "{}", lines.len());
    let detection = detect_format(lines.join("\n").as_bytes(), Bounds::default()).unwrap();
    let candidate = &detection.candidates[0];
    let open = candidate.unresolved.iter().find(|open| open.index == 2);
    let may_be: Vec<Field> =
        candidate.format.columns()[2].field().into_iter().chain(open.unwrap().alternatives.clone()).collect();
    assert!(may_be.contains(&Field::Dstport), "{may_be:?}");
    assert!(candidate.choices[2].contains(&Field::Dstport), "{:?}", candidate.choices[2]);
}

#[test]
fn one_wrong_value_does_not_hide_a_documented_layout() {
    let good = "2 111122223333 eni-0a1b2c3d4e5f60718 203.0.113.53 10.0.1.20 54252 8088 6 7 412 1767225614 1767225649 ACCEPT OK";
    let layout = "AWS's default: the version 2 fields";
    let cases = [
        ("8088", "99443", "the field \"dstport\", which is \"99443\""),
        ("54252", "70000", "the field \"srcport\", which is \"70000\""),
        ("10.0.1.20", "10.0.1.256", "the field \"dstaddr\", which is \"10.0.1.256\""),
        ("ACCEPT", "ACCPT", "the field \"action\", which is \"ACCPT\""),
    ];
    for (value, wrong, wrong_field) in cases {
        let bad = good.replace(value, wrong);
        for (text, fitting, lines) in [(bad.clone(), 0, 1), (format!("{good}\n{bad}"), 1, 2)] {
            let detection = detect_format(text.as_bytes(), Bounds::default()).unwrap();
            let found: Vec<_> = detection
                .candidates
                .iter()
                .map(|candidate| {
                    (candidate.origin, candidate.evidence.first().cloned(), candidate.evidence.get(1).cloned())
                })
                .collect();
            let expected = (
                Origin::Preset("default"),
                Some(format!("{fitting} of {lines} lines fit it: {layout}")),
                Some(format!("another line fits it except for {wrong_field}")),
            );
            assert_eq!(found, [expected]);
        }
    }
}

/// Returns the tokens of a line with one of them replaced.
fn with_token(line: &str, index: usize, token: &str) -> String {
    let tokens = line.split(' ').enumerate().map(|(at, found)| if at == index { token } else { found });
    tokens.collect::<Vec<&str>>().join(" ")
}

/// The second of two lines has a port that no line can have: the layout is the default one nevertheless.
#[test]
fn a_wrong_port_does_not_make_another_order_of_the_default_fields() {
    for seed in 0..60 {
        let mut lines = lines(seed, Log::Vpc, &named(DEFAULT), 20);
        lines.retain(|line| line.ends_with("OK"));
        let (good, bad) = (&lines[0], with_token(&lines[1], 5, "70000"));
        let detection = detect_format(format!("{good}\n{bad}\n").as_bytes(), Bounds::default()).unwrap();
        let found: Vec<Origin> = detection.candidates.iter().map(|candidate| candidate.origin).collect();
        assert_eq!(found, [Origin::Preset("default")], "seed {seed}");
        let mut errors = Vec::new();
        let options = Options { on_error: vpcflow_ecs::OnError::Skip, ..Options::default() };
        let mut parser = Parser::new(options).unwrap();
        let mut report = |error: &vpcflow_ecs::Error| errors.push(error.to_string());
        parser.write_ndjson(format!("{good}\n{bad}\n").as_bytes(), &mut Output::new(), &mut report).unwrap();
        assert_eq!(errors.len(), 1, "seed {seed}: {errors:?}");
        assert!(errors[0].starts_with("line 2, column "), "seed {seed}: {errors:?}");
        assert!(
            errors[0].contains("field \"srcport\": expected 0 to 65535, found \"70000\""),
            "seed {seed}: {errors:?}"
        );
    }
}

/// As `grep egress` leaves the lines of clients: only their own ports differ.
#[test]
fn the_service_of_one_way_traffic_may_be_the_destination_port() {
    let orders = [
        DEFAULT.to_owned(),
        DEFAULT.replace("version ", ""),
        format!("{DEFAULT} flow-direction"),
        "dstport srcport protocol srcaddr dstaddr action".into(),
    ];
    let (mut logs, mut settled) = (0, 0);
    for order in orders {
        let fields = named(&order);
        let index = fields.iter().position(|field| *field == Field::Dstport).unwrap();
        for seed in 0..12 {
            let mut lines = egress_lines(seed, Log::Vpc, &fields, 1_500);
            lines.retain(|line| line.split(' ').nth(index) == Some("443"));
            if lines.len() < 20 {
                continue;
            }
            let detection = detect_format(lines.join("\n").as_bytes(), Bounds::default()).unwrap();
            let best = &detection.candidates[0];
            let open = best.unresolved.iter().find(|open| open.index == index);
            let others = open.map(|open| open.alternatives.clone()).unwrap_or_default();
            let found = best.format.columns()[index].field();
            assert!(
                found == Some(Field::Dstport) || others.contains(&Field::Dstport),
                "seed {seed}, {order}: {found:?}"
            );
            assert!(best.choices[index].contains(&Field::Dstport));
            logs += 1;
            settled += usize::from(found == Some(Field::Dstport) && open.is_none());
        }
    }
    assert!(logs > 30 && settled > 15, "{settled} of {logs}");
}

#[test]
fn every_column_has_its_choices() {
    let text = "ACCEPT 10.0.1.5 443 - OK\nREJECT 10.0.1.9 22 - OK\n";
    let detection = detect_format(text.as_bytes(), Bounds::default()).unwrap();
    let mut choices = detection.candidates[0].choices.clone();
    for fields in &mut choices {
        fields.sort();
    }
    let mut all = Field::ALL.to_vec();
    all.sort();
    assert_eq!(detection.candidates[0].choices[0][0], Field::Action);
    // A tag can have any text.
    let tags = named("instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2");
    assert_eq!(choices[1], [named("srcaddr dstaddr pkt-srcaddr pkt-dstaddr"), tags].concat());
    assert_eq!(choices[3], all);
    // A code of a service begins with a letter, and the name of a cluster is not one that AWS checks.
    let numbers = named("srcport dstport packets bytes ecs-cluster-name ecs-service-name");
    for field in numbers {
        assert!(choices[2].contains(&field), "{}", field.name());
    }
    for field in named("pkt-src-aws-service pkt-dst-aws-service reject-reason protocol tcp-flags start srcaddr") {
        assert!(!choices[2].contains(&field) && !choices[0].contains(&field), "{}", field.name());
    }
    // A generated identifier is not a short number.
    for field in named("ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-task-id") {
        assert!(!choices[2].contains(&field) && choices[0].contains(&field), "{}", field.name());
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
        text[0] = with_token(&text[0], 5, "70000");
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

/// A header is held to the same grammar as a format that is given.
#[test]
fn a_header_with_a_name_that_no_format_may_have_is_not_proposed() {
    let text = |length: usize| format!("srcaddr dstaddr {}\n192.0.2.44 10.0.1.20 a\n", "x".repeat(length));
    let candidate = detect_format(text(64).as_bytes(), Bounds::default()).unwrap().candidates.remove(0);
    assert_eq!(candidate.origin, Origin::Header);
    assert!(Format::parse(&candidate.format.to_string()).is_ok());

    assert!(detect_format(text(65).as_bytes(), Bounds::default()).is_err());
    let line = format!("srcaddr dstaddr {}", "x".repeat(65));
    let error = Parser::new(Options::default()).unwrap().parse_line(line.as_bytes(), &mut Output::new()).unwrap_err();
    let found = "x".repeat(64);
    let message = format!("line 1: expected a field name of at most 64 bytes, found \"{found}…\"");
    assert_eq!(error.to_string(), message);
}

/// In traffic of one direction, all initiators have the higher port; the number of TCP is not a SYN and a reset for that.
#[test]
fn a_protocol_is_not_read_as_flags_in_traffic_of_one_direction() {
    let lines: Vec<String> = (0..200)
        .map(|n| {
            let (port, protocol) = ([443, 80, 53, 22][n % 4], [6, 6, 17, 6][n % 4]);
            let (packets, action) = (2 + n % 30, ["REJECT", "ACCEPT"][usize::from(n % 5 != 0)]);
            let (from, to) = (format!("10.0.{}.{}", n % 4, 4 + n), format!("198.51.100.{}", 1 + n * 7 % 250));
            let (bytes, start) = (packets * (60 + n % 900), 1_767_225_600 + n * 3);
            let end = start + 30;
            format!("{from} {to} {} {port} {protocol} {packets} {bytes} {start} {end} {action} OK", 33_000 + n * 131)
        })
        .collect();
    let detection = detect_format(lines.join("\n").as_bytes(), Bounds::default()).unwrap();
    let best = &detection.candidates[0];
    let expected = "srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";
    assert_eq!(best.format, Format::parse(expected).unwrap());
    assert!(best.unresolved.iter().all(|open| open.index != 4), "{:?}", best.unresolved);
}

/// Small logs in which columns seem settled, but only by a column that is open itself, or by a shape that others have too.
#[test]
fn columns_of_small_logs_are_right_or_open() {
    let cases: serde_json::Value = serde_json::from_str(include_str!("fixtures/inputs/open.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let text = |member: &str| case[member].as_str().unwrap();
        let fields = named(text("fields"));
        let Ok(detection) = detect_format(text("input").as_bytes(), Bounds::default()) else { continue };
        let best = &detection.candidates[0];
        for (index, (truth, column)) in fields.iter().zip(best.format.columns()).enumerate() {
            let is_absent = text("input").lines().all(|line| line.split(' ').nth(index) == Some("-"));
            let is_open = best.unresolved.iter().any(|open| open.index == index);
            let (found, name) = (column.field(), text("name"));
            assert!(is_absent || is_open || found == Some(*truth), "{name}: column {}: {found:?}", index + 1);
        }
    }
}

/// Records without data have no flow: a number in them is not one of its fields, however few they are.
#[test]
fn a_number_in_records_without_data_is_not_a_field_of_a_flow() {
    let rest = "2 123456789010 eni-0a1b2c3d4e5f60718 - - - - - - -";
    let lines = [
        format!("1 {rest} 1767225600 1767225658 - NODATA"),
        format!("2 {rest} 1767225660 1767225718 - SKIPDATA"),
        format!("3 {rest} 1767225720 1767225778 - NODATA"),
        format!("4 {rest} 1767225780 1767225838 - NODATA"),
    ];
    let detection = detect_format(lines.join("\n").as_bytes(), Bounds::default()).unwrap();
    let best = &detection.candidates[0];
    assert_eq!(best.format.columns()[0].field(), None, "{}", best.format);
    assert!(best.unresolved.iter().any(|open| open.index == 0), "{:?}", best.unresolved);
}
