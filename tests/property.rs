//! Laws that hold for any input, on inputs drawn with fixed seeds.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod reference;
mod traffic;

use serde_json::{Value, json};
#[cfg(feature = "ingest")]
use std::collections::BTreeMap;
use traffic::Random;
#[cfg(feature = "ingest")]
use vpcflow_ecs::Ingested;
use vpcflow_ecs::{Field, Format, Kind, Mode, OnError, Options, Output, PRESETS, Parser, Schema};

/// The time of parsing, 2026-01-02T03:04:05.678Z, in milliseconds since 1970.
const CLOCK: u64 = 1_767_323_045_678;

/// Returns a format of random fields in random order, now and then with an unknown one.
fn random_format(random: &mut Random) -> Format {
    let mut names: Vec<String> = Field::ALL.iter().map(|field| field.name().to_owned()).collect();
    let count = 1 + random.below(names.len());
    for index in 0..count {
        let other = index + random.below(names.len() - index);
        names.swap(index, other);
    }
    names.truncate(count);
    if random.below(4) == 0 {
        names.push("flux-capacitance".into());
    }
    Format::from_names(&names).unwrap()
}

/// Returns a token that mostly is right for its column, sometimes at an edge, sometimes wrong.
fn random_token(random: &mut Random, kind: Option<Kind>) -> String {
    let edges = [
        "0", "00", "1", "65535", "65536", "255", "256", "2147483647", "2147483648", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "18446744073709551616", "253402300799", "253402300800", "x",
        "+1", "1.5", "443.0", "2026-01-01", "--", "\"", "\\", "é", "\u{1}", "%", "%41%", "%FF",
    ];
    if random.below(40) == 0 {
        return (*random.pick(&edges)).to_owned();
    }
    if random.below(8) == 0 {
        return "-".to_owned();
    }
    match kind {
        Some(Kind::Integer { max }) => {
            let number = (random.next() % 2_000 % (max + 1)).to_string();
            if random.below(10) == 0 { number + ".0" } else { number }
        }
        Some(Kind::Time) => {
            let numbers = ["0", "951782400", "1418530010", "1418530010123", "4107542400", "1418530010.0"];
            let (text, _) = *random.pick(&reference::TIMES);
            if random.below(3) == 0 { text.to_owned() } else { (*random.pick(&numbers)).to_owned() }
        }
        Some(Kind::Address) => match random.below(3) {
            0 => format!("2001:db8::{:x}", random.below(0x1_0000)),
            1 => format!("::ffff:10.0.0.{}", random.below(256)),
            _ => format!("10.{}.{}.{}", random.below(256), random.below(256), random.below(256)),
        },
        Some(Kind::Word(words)) => (*random.pick(words)).to_owned(),
        Some(Kind::Tag) => (*random.pick(&["web", "Team%20Blue%2FEU", "caf%C3%A9", "a+b", "100%25"])).to_owned(),
        _ => format!("text-{}", random.below(1_000)),
    }
}

fn random_line(random: &mut Random, format: &Format) -> String {
    let mut line = String::new();
    for column in format.columns() {
        let blank = *random.pick(&[" ", " ", " ", "  ", "\t", " \t "]);
        line += &random_token(random, column.field().map(|field| field.kind()));
        line += blank;
    }
    let endings: [&str; 5] = ["", "", "", "extra", "\r"];
    line + random.pick::<&str>(&endings)
}

#[test]
fn agrees_with_the_naive_reader() {
    let mut random = Random(1);
    let (mut records, mut errors) = (0, 0);
    for _ in 0..400 {
        let format = random_format(&mut random);
        let options = Options { formats: vec![format.clone()], mode: Mode::Original, ..Options::default() };
        let mut parser = Parser::new(options).unwrap();
        parser.set_clock(|| CLOCK);
        for _ in 0..20 {
            let line = random_line(&mut random, &format);
            let expected = reference::original(&format, line.trim_end_matches('\r'));
            let mut out = Output::new();
            let result = parser.parse_line(line.as_bytes(), &mut out);
            match (expected, result) {
                (Some(expected), Ok(_)) => {
                    let document: Value = serde_json::from_slice(&out).unwrap();
                    let found =
                        document.get("aws").map_or(Value::Object(Default::default()), |aws| aws["vpcflow"].clone());
                    assert_eq!(found, Value::Object(expected), "{line}\n{format}");
                    let now = Value::from("2026-01-02T03:04:05.678Z");
                    assert_eq!(document["@timestamp"], *found.get("end").or(found.get("start")).unwrap_or(&now));
                    records += 1;
                }
                (None, Err(_)) => {
                    assert!(out.is_empty());
                    errors += 1;
                }
                (expected, result) => panic!("expected {expected:?}, found {result:?}\n{line}\n{format}"),
            }
        }
    }
    assert!(records > 1_000 && errors > 1_000, "{records} records, {errors} errors");
}

/// Returns each schema with each of its modes.
fn kinds() -> Vec<(Schema, Mode)> {
    let modes = |schema: Schema| schema.facts().modes.iter().map(move |mode| (schema, *mode));
    Schema::ALL.into_iter().flat_map(modes).collect()
}

#[test]
fn cuts_do_not_matter() {
    let mut random = Random(2);
    let kinds = kinds();
    for round in 0..kinds.len() * 9 {
        let format = random_format(&mut random);
        let mut input = String::new();
        for _ in 0..30 {
            match random.below(8) {
                0 => input.push('\n'),
                1 => input += &format.columns().iter().map(|c| c.name().to_owned() + " ").collect::<String>(),
                2 => input += &"x".repeat(random.below(400)),
                3 => input += &json!({ "message": random_line(&mut random, &format) }).to_string(),
                _ => input += &random_line(&mut random, &format),
            }
            input += *random.pick(&["\n", "\r\n"]);
        }
        if round % 2 == 0 {
            input.truncate(input.trim_end().len());
        }
        let (schema, mode) = kinds[round % kinds.len()];
        let max_line_bytes = *random.pick(&[20, 200, 2_000]);
        let mut options = Options { schema, mode, on_error: OnError::Document, max_line_bytes, ..Options::default() };
        options.set("ingested", Value::from("2026-01-01T00:00:00.000Z")).unwrap();
        options.formats = if round % 3 == 0 { vec![] } else { vec![format] };
        let mut parser = Parser::new(options).unwrap();

        let (mut whole, mut whole_errors) = (Output::new(), Vec::new());
        parser.write_ndjson(input.as_bytes(), &mut whole, &mut |error| whole_errors.push(error.clone())).unwrap();
        for longest in [1, 7, 300] {
            let (mut pieces, mut errors) = (Output::new(), Vec::new());
            let mut rest = input.as_bytes();
            while !rest.is_empty() {
                let (chunk, after) = rest.split_at((1 + random.below(longest)).min(rest.len()));
                parser.push(chunk, &mut pieces, &mut |error| errors.push(error.clone())).unwrap();
                rest = after;
            }
            parser.end(&mut pieces, &mut |error| errors.push(error.clone())).unwrap();
            assert_eq!(String::from_utf8_lossy(&pieces), String::from_utf8_lossy(&whole));
            assert_eq!(errors, whole_errors);
        }
        let stats = parser.stats();
        assert_eq!(stats.lines, stats.records + stats.headers + stats.blanks + stats.errors);
    }
}

#[test]
fn every_document_is_json_in_every_schema() {
    let mut random = Random(3);
    let kinds = kinds();
    let mut documents = 0;
    for _ in 0..100 {
        let format = random_format(&mut random);
        let lines: Vec<String> = (0..10).map(|_| random_line(&mut random, &format)).collect();
        for (schema, mode) in kinds.iter().copied() {
            let options = Options {
                formats: vec![format.clone()],
                schema,
                mode,
                on_error: OnError::Document,
                preserve_original: true,
                ..Options::default()
            };
            let mut out = Output::new();
            Parser::new(options).unwrap().write_ndjson(lines.join("\n").as_bytes(), &mut out, &mut |_| {}).unwrap();
            let found: Vec<Value> = out
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
                .map(|line| serde_json::from_slice(line).unwrap_or_else(|error| panic!("{error}: {line:?}")))
                .collect();
            assert_eq!(found.len(), lines.len());
            for (document, line) in found.iter().zip(&lines) {
                let original = document["event"]["original"].as_str().unwrap();
                assert_eq!(original.trim_end_matches('\r'), line.trim_end_matches('\r'));
                if schema == Schema::Ecs {
                    assert_nothing_empty(document);
                }
            }
            documents += found.len();
        }
    }
    assert_eq!(documents, kinds.len() * 1_000);
}

/// Asserts that a document has no `-` that is not text of the line, no empty object and no empty list.
fn assert_nothing_empty(value: &Value) {
    match value {
        Value::Object(members) => {
            assert!(!members.is_empty());
            members.values().for_each(assert_nothing_empty);
        }
        Value::Array(items) => {
            assert!(!items.is_empty());
            items.iter().for_each(assert_nothing_empty);
        }
        Value::String(text) => assert_ne!(text, "-"),
        _ => {}
    }
}

/// Keys whose values are lists in ECS, and AWS's own list of flags.
#[cfg(feature = "ingest")]
const LISTS: [&str; 6] =
    ["event.category", "event.type", "related.ip", "tags", "aws.vpcflow.tcp_flags_array", "host.ip"];

#[cfg(feature = "ingest")]
#[test]
fn every_document_fits_the_field_types() {
    use vpcflow_ecs::DataStream;
    use vpcflow_ecs::export::field_types;
    use vpcflow_ecs::geo::Databases;

    let types = field_types();
    let city = include_bytes!("fixtures/geo/city.mmdb").to_vec();
    let asn = include_bytes!("fixtures/geo/asn.mmdb").to_vec();
    let geo = Databases::open(Some(city), Some(asn), None).unwrap();
    let mut random = Random(7);
    let kinds = kinds();
    let mut counts = BTreeMap::new();
    for round in 0..kinds.len() * 12 {
        let (schema, mode) = kinds[round % kinds.len()];
        let format = random_format(&mut random);
        // Some addresses are those that the databases have.
        let located = ["192.0.2.1", "192.0.2.200", "203.0.113.2", "2001:db8:1::1"];
        let lines: Vec<String> = (0..20)
            .map(|_| {
                let line = random_line(&mut random, &format);
                let token = |token| if str::starts_with(token, "10.") { *random.pick(&located) } else { token };
                line.split(' ').map(token).collect::<Vec<&str>>().join(" ")
            })
            .collect();
        let options = Options {
            formats: vec![format],
            schema,
            mode,
            on_error: OnError::Document,
            preserve_original: random.chance(50),
            tags: if random.chance(50) { vec!["forwarded".into()] } else { vec![] },
            data_stream: random.chance(50).then(DataStream::default),
            ingested: if random.chance(50) { Ingested::Now } else { Ingested::AsSchema },
            geo: random.chance(50).then(|| geo.clone()),
            ..Options::default()
        };
        let mut out = Output::new();
        Parser::new(options).unwrap().write_ndjson(lines.join("\n").as_bytes(), &mut out, &mut |_| {}).unwrap();
        for document in out.split(|byte| *byte == b'\n').filter(|document| !document.is_empty()) {
            let document: Value = serde_json::from_slice(document).unwrap();
            let mut check = |path: &str, value: &Value| {
                let Some(kind) = types.get(path).copied() else {
                    // Text of a column that is not a documented field.
                    assert!(
                        value.is_object() || path.ends_with(".flux_capacitance") && value.is_string(),
                        "{path}: {value}"
                    );
                    return !value.is_object();
                };
                let items =
                    if let Value::Array(items) = value { items.as_slice() } else { std::slice::from_ref(value) };
                // Other schemas have what their shippers write.
                let is_right = value.is_array() == LISTS.contains(&path) || schema != Schema::Ecs;
                assert!(is_right, "{path}: {value}");
                assert!(items.iter().all(|item| fits(kind, item)), "{path}, {kind}: {value}");
                *counts.entry(kind).or_insert(0) += items.len();
                true
            };
            visit("", &document, &mut check);
        }
    }
    let found: Vec<&str> = counts.iter().filter(|(_, count)| **count > 20).map(|(kind, _)| *kind).collect();
    assert_eq!(
        found,
        ["constant_keyword", "date", "geo_point", "ip", "keyword", "long", "match_only_text"],
        "{counts:?}"
    );
}

/// Visits the values of a document with their dotted paths. A value for which `check` is true is not entered.
#[cfg(feature = "ingest")]
fn visit(path: &str, value: &Value, check: &mut dyn FnMut(&str, &Value) -> bool) {
    if !path.is_empty() && check(path, value) {
        return;
    }
    for (key, value) in value.as_object().unwrap() {
        visit(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value, check);
    }
}

/// True if Elasticsearch takes a value for a field of this type.
#[cfg(feature = "ingest")]
fn fits(kind: &str, value: &Value) -> bool {
    let text = value.as_str();
    match kind {
        // A code may be a number.
        "keyword" => text.is_some() || value.is_u64(),
        "constant_keyword" | "match_only_text" => text.is_some(),
        "ip" => text.is_some_and(|text| text.parse::<std::net::IpAddr>().is_ok()),
        "long" => value.is_i64(),
        "date" => text.is_some_and(reference::is_time),
        "geo_point" => {
            let within = |key: &str, limit: f64| value[key].as_f64().is_some_and(|number| number.abs() <= limit);
            value.as_object().is_some_and(|point| point.len() == 2) && within("lat", 90.0) && within("lon", 180.0)
        }
        _ => false,
    }
}

#[test]
fn formats_print_and_read_back() {
    let mut random = Random(4);
    for _ in 0..500 {
        let format = random_format(&mut random);
        let names: Vec<&str> = format.columns().iter().map(|column| column.name()).collect();
        let columns: Vec<&str> = format.columns().iter().map(|column| column.column()).collect();
        let spellings = [
            format.to_string(),
            format.to_string().replace('$', "$$"),
            format!("'{format}'"),
            format!("${{{}}}", names.join("} ${")),
            serde_json::to_string(&names).unwrap(),
            serde_json::to_string(&columns).unwrap(),
        ];
        for spelling in spellings {
            assert_eq!(Format::parse(&spelling).as_ref(), Ok(&format), "{spelling}");
        }
        if names.len() > 1 {
            assert_eq!(Format::parse(&names.join("  ")).as_ref(), Ok(&format));
            assert_eq!(Format::parse(&columns.join(",\n")).as_ref(), Ok(&format));
        }
    }
}

#[test]
fn hostile_bytes_are_errors_or_documents() {
    let mut random = Random(5);
    let pieces: [&[u8]; 16] = [
        b" ", b"-", b"2", b"\t", b"{", b"}", b"\"message\":\"", b"\\", b"eni-", b"10.0.0.1", b"\xff", b"\xef\xbb\xbf",
        b"\0", b"version srcaddr ", b"OK", b"${srcaddr}",
    ];
    let mut parser = Parser::new(Options { on_error: OnError::Skip, ..Options::default() }).unwrap();
    for _ in 0..20_000 {
        let line: Vec<u8> = (0..random.below(40)).flat_map(|_| random.pick(&pieces).to_vec()).collect();
        let mut out = Output::new();
        parser.write_ndjson(&line, &mut out, &mut |error| assert!(!error.to_string().contains('\n'))).unwrap();
        let _ = Format::parse(&String::from_utf8_lossy(&line));
    }
    assert_eq!(
        parser.stats().errors + parser.stats().records + parser.stats().headers + parser.stats().blanks,
        parser.stats().lines
    );
}

/// A line of a layout is read by that layout, or refused because another reads it differently, but never misread.
#[test]
fn a_documented_layout_is_never_misread() {
    let mut random = Random(6);
    let (mut right, mut refused) = (0, 0);
    for preset in PRESETS {
        let format = preset.format();
        for _ in 0..40 {
            let tokens: Vec<String> =
                format.columns().iter().map(|column| documented_token(&mut random, column.field())).collect();
            let line = tokens.join(" ");
            let mode = Mode::Original;
            let mut known = Parser::new(Options { formats: vec![format.clone()], mode, ..Options::default() }).unwrap();
            let mut auto = Parser::new(Options { mode, ..Options::default() }).unwrap();
            known.set_clock(|| CLOCK);
            auto.set_clock(|| CLOCK);
            let (mut expected, mut found) = (Output::new(), Output::new());
            known.parse_line(line.as_bytes(), &mut expected).unwrap();
            match auto.parse_line(line.as_bytes(), &mut found) {
                Ok(_) => {
                    assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(&expected), "{}", preset.name);
                    right += 1;
                }
                Err(error) => {
                    assert_eq!(error.code().as_str(), "ambiguous_format", "{}: {error}", preset.name);
                    refused += 1;
                }
            }
        }
    }
    assert_eq!((right, refused), (PRESETS.len() * 40, 0));
}

/// Returns a value such as AWS writes.
fn documented_token(random: &mut Random, field: Option<Field>) -> String {
    let Some(field) = field else { return "text".into() };
    match field.kind() {
        Kind::Id(prefix) => format!("{prefix}{:017x}", random.next() >> 4),
        Kind::Account => format!("{:012}", random.next() % 1_000_000_000_000),
        Kind::Arn => format!("arn:aws:ecs:us-east-1:123456789012:x/{}", random.below(1_000)),
        Kind::Name => format!("name-{}", random.below(1_000)),
        Kind::Uid => format!("{:032x}", random.below(1_000)),
        Kind::Region => "ap-southeast-2".into(),
        Kind::AzId => format!("apse2-az{}", 1 + random.below(3)),
        Kind::Upper => (*random.pick(&["S3", "AMAZON", "BPA"])).to_owned(),
        Kind::Lower => (*random.pick(&["nat_gateway", "localzone"])).to_owned(),
        Kind::Camel => "TransitGateway".into(),
        Kind::Text => format!("lax1-{}", random.below(100)),
        Kind::Word(words) => (*random.pick(words)).to_owned(),
        Kind::Tag => "web".into(),
        Kind::Time => (1_600_000_000 + random.below(100_000_000)).to_string(),
        Kind::Address => format!("10.{}.{}.{}", random.below(256), random.below(256), random.below(256)),
        Kind::Integer { max } => match field {
            Field::Version => "5".into(),
            _ => (random.next() % max.min(50_000)).to_string(),
        },
        _ => "-".into(),
    }
}
