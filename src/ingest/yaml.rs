//! The text of a pipeline, in JSON or in YAML, read as a JSON value.
//!
//! Aliases and tags are refused: Elasticsearch does not use them, and an alias may expand to any amount of memory.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use super::value::deserialize_unique;

/// The limit of levels of lists and mappings.
const MAX_DEPTH: usize = 128;

/// Reads JSON, or YAML if the text is not JSON.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    if let Ok(value) = serde_json::from_str(text) {
        // Of a duplicate key, one value would be lost.
        deserialize_unique(&mut serde_json::Deserializer::from_str(text)).map_err(|error| error.to_string())?;
        return Ok(value);
    }
    let mut documents = Vec::new();
    // The open lists and mappings; a mapping with the key whose value comes next.
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| format!("neither JSON nor YAML: {error}"))?;
        let refuse = |what: &str| {
            let (line, column) = (span.start.line(), span.start.col() + 1);
            Err(format!("line {line}, column {column}: {what}"))
        };
        let done = match event {
            Event::Alias(_) => return refuse("aliases are not supported"),
            Event::Scalar(_, _, _, Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                return refuse("tags are not supported");
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() == MAX_DEPTH => {
                return refuse("expected at most 128 levels");
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Mapping(Map::new(), None));
                continue;
            }
            Event::Scalar(text, style, ..) => match open.last_mut() {
                Some(Open::Mapping(members, key @ None)) => {
                    if members.contains_key(text.as_ref()) {
                        return refuse("the key occurs twice");
                    }
                    *key = Some(text.into_owned());
                    continue;
                }
                _ => scalar(&text, style),
            },
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(items)) => Value::Array(items),
                Some(Open::Mapping(members, _)) => Value::Object(members),
                None => continue,
            },
            _ => continue,
        };
        match open.last_mut() {
            None => documents.push(done),
            Some(Open::List(items)) => items.push(done),
            Some(Open::Mapping(members, key)) => match key.take() {
                Some(key) => _ = members.insert(key, done),
                None => return refuse("expected a text as the key"),
            },
        }
    }
    match documents.len() {
        1 => documents.pop().ok_or_else(String::new),
        0 => Err("expected a pipeline in JSON or YAML, found nothing".into()),
        count => Err(format!("expected one YAML document, found {count}")),
    }
}

enum Open {
    List(Vec<Value>),
    Mapping(Map<String, Value>, Option<String>),
}

/// Reads a scalar: without quotes it may be a number, a boolean or null, by YAML 1.2's core schema.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return text.into();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return true.into(),
        "false" | "False" | "FALSE" => return false.into(),
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_integer = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    if let (true, Ok(number)) = (is_integer, text.parse::<i64>()) {
        return number.into();
    }
    let is_decimal = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && unsigned.bytes().any(|byte| byte.is_ascii_digit())
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match text.parse::<f64>() {
        Ok(number) if is_decimal => number.into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn yaml_and_json_say_the_same() {
        let yaml = "---
description: a 'test' # comment
processors:
  - set:
      field: a.b
      value: \"5\"
      override: false
  - set: { field: c, value: -5 }
  - fail:
      message: >-
        two
        lines
  - script:
      source: |
        first
          second
  - set: {field: d, value: [1.5, null, ~, yes, 'true', 1e3]}
";
        let expected = json!({
            "description": "a 'test'",
            "processors": [
                { "set": { "field": "a.b", "value": "5", "override": false } },
                { "set": { "field": "c", "value": -5 } },
                { "fail": { "message": "two lines" } },
                { "script": { "source": "first\n  second\n" } },
                { "set": { "field": "d", "value": [1.5, null, null, "yes", "true", 1000.0] } }
            ]
        });
        assert_eq!(parse(yaml), Ok(expected.clone()));
        assert_eq!(parse(&expected.to_string()), Ok(expected));
    }

    #[test]
    fn what_is_no_pipeline_is_refused() {
        let cases = [
            ("", "expected a pipeline in JSON or YAML, found nothing"),
            ("a: 1\n---\nb: 2\n", "expected one YAML document, found 2"),
            ("a: &x [1]\nb: *x\n", "line 2, column 4: aliases are not supported"),
            ("a: !!str 5\n", "line 1, column 4: tags are not supported"),
            ("a: 1\na: 2\n", "line 2, column 1: the key occurs twice"),
            (r#"{"a":{"b":1,"b":2}}"#, "Duplicate field 'b' at line 1 column 18"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), Err(expected.to_owned()), "{text}");
        }
        assert!(parse("{\"a\": ").is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
