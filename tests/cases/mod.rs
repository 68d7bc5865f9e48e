//! The fixtures, and how to run them: shared by the native and the WASM suites, so that they check the same.
//!
//! The files are compiled in, since a browser has no file system.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]

use serde_json::{Map, Value, json};
use vpcflow_ecs::detect::{Bounds, Origin, detect_format};
use vpcflow_ecs::{Error, OnError, Options, Output, Parser};

/// Every file of whole documents, by name.
pub const DOCUMENTS: &[(&str, &str)] = &[
    ("documents-ecs", include_str!("../fixtures/documents-ecs.json")),
    ("documents-modes", include_str!("../fixtures/documents-modes.json")),
    ("documents-elastic-integration", include_str!("../fixtures/documents-elastic-integration.json")),
    ("documents-elastic-integration-1.12", include_str!("../fixtures/documents-elastic-integration-1.12.json")),
    ("documents-choice", include_str!("../fixtures/documents-choice.json")),
    ("documents-beats", include_str!("../fixtures/documents-beats.json")),
];

/// Whole inputs: with layers around their records, and as people had them.
pub const INPUTS: &[(&str, &str)] = &[
    ("inputs/layers", include_str!("../fixtures/inputs/layers.json")),
    ("inputs/reported", include_str!("../fixtures/inputs/reported.json")),
];

/// Formats that are detected from lines.
pub const FORMATS: &str = include_str!("../fixtures/inputs/formats.json");

/// The errors of bad inputs.
pub const ERRORS: &str = include_str!("../fixtures/errors.json");

/// Community IDs.
pub const COMMUNITY_IDS: &str = include_str!("../fixtures/community-id.json");

/// The time of parsing of all goldens, 2026-01-02T03:04:05.678Z, in milliseconds since 1970.
pub const CLOCK: u64 = 1_767_323_045_678;

/// Returns the cases of a file.
pub fn cases(json: &str) -> Vec<Map<String, Value>> {
    let cases: Vec<Map<String, Value>> = serde_json::from_str(json).expect("a fixture is a list of objects");
    assert!(!cases.is_empty());
    cases
}

/// Returns a case's text.
pub fn text<'a>(case: &'a Map<String, Value>, key: &str) -> &'a str {
    case.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("{case:?} has no text {key}"))
}

/// Returns a case's list.
pub fn list<'a>(case: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    case.get(key).and_then(Value::as_array).unwrap_or_else(|| panic!("{case:?} has no list {key}"))
}

/// Returns a case's options.
pub fn options(case: &Map<String, Value>) -> Result<Options, Error> {
    let mut options = Options::default();
    for (name, value) in case.get("options").and_then(Value::as_object).into_iter().flatten() {
        options.set(name, value.clone())?;
    }
    Ok(options)
}

/// Returns the document of a line, `None` for a header or a blank line.
pub fn document(parser: &mut Parser, line: &str) -> Result<Option<Value>, Error> {
    let mut out = Output::new();
    parser.parse_line(line.as_bytes(), &mut out)?;
    Ok((!out.is_empty()).then(|| serde_json::from_slice(&out).expect("a document is JSON")))
}

/// Checks every document of every file, line by line and as NDJSON.
pub fn check_documents() -> usize {
    let mut checked = 0;
    for (file, json) in DOCUMENTS {
        for case in cases(json) {
            let name = format!("{file}: {}", text(&case, "name"));
            let (lines, expected) = (list(&case, "lines"), list(&case, "expected"));
            assert_eq!(lines.len(), expected.len(), "{name}");
            let mut parser = Parser::new(options(&case).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
            parser.set_clock(|| CLOCK);
            for (line, expected) in lines.iter().zip(expected) {
                let line = line.as_str().unwrap();
                let found = document(&mut parser, line).unwrap_or_else(|error| panic!("{name}: {error}\n{line}"));
                assert_same(&name, found.as_ref().unwrap_or(&Value::Null), expected);
                checked += 1;
            }
            let input: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
            let mut out = Output::new();
            parser.write_ndjson(input.join("\n").as_bytes(), &mut out, &mut |_| {}).unwrap();
            let found: Vec<Value> = std::str::from_utf8(&out).unwrap().lines().map(parsed).collect();
            let expected: Vec<Value> = expected.iter().filter(|document| !document.is_null()).cloned().collect();
            assert_same(&name, &Value::Array(found), &Value::Array(expected));
        }
    }
    checked
}

/// Checks the documents, the errors, the warnings and the layers of every whole input, except those that JavaScript's
/// `decode` reads.
pub fn check_inputs() -> usize {
    let mut checked = 0;
    for (file, json) in INPUTS {
        for case in cases(json).into_iter().filter(|case| !case.contains_key("decode")) {
            let name = format!("{file}: {}", text(&case, "name"));
            let mut options = options(&case).unwrap();
            options.on_error = OnError::Skip;
            let mut parser = Parser::new(options).unwrap();
            parser.set_clock(|| CLOCK);
            let (mut out, mut errors) = (Output::new(), Vec::new());
            let mut report = |error: &Error| errors.push(Value::from(error.to_string()));
            let result = parser.write_ndjson(text(&case, "input").as_bytes(), &mut out, &mut report);
            let thrown = result.err();
            let code = thrown.as_ref().map(|error| error.code().as_str());
            assert_eq!(code, case.get("code").and_then(Value::as_str), "{name}: {thrown:?}");
            if let Some(message) = case.get("thrown").and_then(Value::as_str) {
                assert_eq!(thrown.map(|error| error.to_string()).as_deref(), Some(message), "{name}");
            }
            let found: Vec<Value> = std::str::from_utf8(&out).unwrap().lines().map(parsed).collect();
            let expected = |key: &str| case.get(key).cloned().unwrap_or_else(|| Value::Array(Vec::new()));
            assert_same(&format!("{name}: errors"), &Value::Array(errors), &expected("errors"));
            assert_same(&format!("{name}: documents"), &Value::Array(found), &expected("expected"));
            assert_same(&format!("{name}: layers"), &parser.layers().into(), &expected("layers"));
            assert_same(&format!("{name}: warnings"), &parser.warnings().into(), &expected("warnings"));
            checked += 1;
        }
    }
    checked
}

/// Checks the likeliest format of the lines of every case, and the columns that they leave open.
pub fn check_formats() -> usize {
    let mut checked = 0;
    for case in cases(FORMATS) {
        let detection = detect_format(text(&case, "input").as_bytes(), Bounds::default()).unwrap();
        let best = &detection.candidates[0];
        let origin = match best.origin {
            Origin::Header => "header",
            Origin::Preset(_) => "preset",
            _ => "inferred",
        };
        let open = best.unresolved.iter().filter(|open| !open.alternatives.is_empty());
        let mut open: Vec<&str> = open.map(|open| best.format.columns()[open.index].name()).collect();
        open.sort_unstable();
        let found = json!({ "origin": origin, "format": best.format.to_string(), "open": open });
        for (key, expected) in case.iter().filter(|(key, _)| !matches!(key.as_str(), "name" | "input")) {
            assert_same(&format!("{}: {key}", text(&case, "name")), &found[key], expected);
        }
        checked += 1;
    }
    checked
}

/// Checks what is wrong with every bad input: each key that the case's error has.
pub fn check_errors() -> usize {
    let mut checked = 0;
    for case in cases(ERRORS) {
        let name = text(&case, "name");
        let result = options(&case).and_then(Parser::new).and_then(|mut parser| {
            parser.write_ndjson(text(&case, "input").as_bytes(), &mut Output::new(), &mut |_| {})
        });
        let error = result.expect_err(name);
        let found = error_object(&error);
        let expected = case.get("error").and_then(Value::as_object).unwrap();
        for (key, expected) in expected {
            assert_eq!(found.get(key).unwrap_or(&Value::Null), expected, "{name}: {key} of {error}");
        }
        checked += 1;
    }
    checked
}

fn error_object(error: &Error) -> Map<String, Value> {
    let position = error.position();
    let mut object = Map::new();
    let mut set = |key: &str, value: Option<Value>| object.extend(value.map(|value| (key.to_owned(), value)));
    set("code", Some(error.code().as_str().into()));
    set("message", Some(error.to_string().into()));
    set("lineNumber", position.line.map(Value::from));
    set("column", position.column.map(Value::from));
    set("offset", position.offset.map(Value::from));
    set("field", error.field().map(Value::from));
    set("expected", error.expected().map(Value::from));
    set("found", error.found().map(Value::from));
    object
}

/// Checks every Community ID, through the documents.
pub fn check_community_ids() -> usize {
    let mut checked = 0;
    for case in cases(COMMUNITY_IDS) {
        let port = |key: &str| case.get(key).filter(|port| !port.is_null()).map_or("-".into(), Value::to_string);
        let line = format!(
            "{} {} {} {} {}",
            text(&case, "source"),
            text(&case, "destination"),
            port("sourcePort"),
            port("destinationPort"),
            case.get("protocol").unwrap()
        );
        let found = vpcflow_ecs::parse(&line, Some("srcaddr dstaddr srcport dstport protocol")).unwrap().unwrap();
        assert_eq!(found["network"]["community_id"], *case.get("id").unwrap(), "{}", text(&case, "name"));
        checked += 1;
    }
    checked
}

/// Parses a JSON text.
pub fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

/// Compares whole values and names the first difference.
pub fn assert_same(name: &str, found: &Value, expected: &Value) {
    if let Some(difference) = difference("", found, expected) {
        panic!("{name}: {difference}\nfound {found}");
    }
}

fn difference(path: &str, found: &Value, expected: &Value) -> Option<String> {
    match (found, expected) {
        (Value::Object(left), Value::Object(right)) => {
            let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
            keys.sort();
            let value = |object: &Map<String, Value>, key: &str| object.get(key).cloned().unwrap_or(Value::Null);
            keys.into_iter().find_map(|key| match (left.contains_key(key), right.contains_key(key)) {
                (true, true) => difference(&format!("{path}.{key}"), &value(left, key), &value(right, key)),
                (true, false) => Some(format!("{path}.{key} is {}, but should be absent", value(left, key))),
                _ => Some(format!("{path}.{key} is absent, but should be {}", value(right, key))),
            })
        }
        _ if found == expected => None,
        _ => Some(format!("{path} is {found}, but should be {expected}")),
    }
}
