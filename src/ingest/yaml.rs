//! The text of a pipeline, in JSON or in YAML, read as a JSON value.
//!
//! Aliases and tags are refused: Elasticsearch does not use them, and an alias may expand to any amount of memory.

use std::fmt;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use super::value::deserialize_unique;

/// The limit of levels of lists and mappings.
const MAX_DEPTH: usize = 128;

/// The reason why a text is not a definition, and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) reason: String,
    /// The line and the column, in characters from 1; `None` for the text as a whole.
    pub(super) position: Option<(usize, usize)>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.position {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.reason)
    }
}

/// Reads JSON, or YAML if the text is not JSON.
pub(super) fn parse(text: &str) -> Result<Value, Refused> {
    let not_json = match serde_json::from_str(text) {
        // Of a duplicate key, one value would be lost.
        Ok(value) => match deserialize_unique(&mut serde_json::Deserializer::from_str(text)) {
            Ok(_) => return Ok(value),
            Err(error) => return Err(refused_json(text, "", &error)),
        },
        Err(error) => error,
    };
    match parse_yaml(text) {
        // A text in braces is meant as JSON: YAML's reason would mislead.
        Err(Refused { position: Some(_), .. }) if text.trim_start().starts_with('{') => {
            Err(refused_json(text, NEITHER, &not_json))
        }
        other => other,
    }
}

/// The start of the reason for a text that is not well-formed.
const NEITHER: &str = "neither JSON nor YAML: ";

/// Makes a refusal of an error of JSON, whose columns are in bytes.
fn refused_json(text: &str, start: &str, error: &serde_json::Error) -> Refused {
    let reason = error.to_string();
    let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason);
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let before = line.as_bytes().get(..error.column().saturating_sub(1).min(line.len())).unwrap_or_default();
    let column = 1 + String::from_utf8_lossy(before).chars().count();
    Refused { reason: format!("{start}{reason}"), position: Some((error.line().max(1), column)) }
}

fn parse_yaml(text: &str) -> Result<Value, Refused> {
    let whole = |reason: String| Refused { reason, position: None };
    let mut documents = Vec::new();
    // The open lists and mappings; a mapping with the key whose value comes next.
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Refused {
            reason: format!("{NEITHER}{}", error.info()),
            position: Some((error.marker().line(), error.marker().col() + 1)),
        })?;
        let refuse = |what: &str| {
            Err(Refused { reason: what.to_owned(), position: Some((span.start.line(), span.start.col() + 1)) })
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
                _ => match scalar(&text, style) {
                    Some(value) => value,
                    None => return refuse("the number is beyond the range of a double, 1.8e308"),
                },
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
        1 => documents.pop().ok_or_else(|| whole(String::new())),
        0 => Err(whole("expected a pipeline in JSON or YAML, found nothing".into())),
        count => Err(whole(format!("expected one YAML document, found {count}"))),
    }
}

/// A member of a mapping, or an item of a list, and the characters that it has in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// The path, e.g. `processors[0].set`.
    pub(super) place: String,
    /// The index of the first character, which is that of the key if there is one, and of the one after the last.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Returns all members and items of a text that [`parse`] has read, in its order. JSON is read as YAML, whose flow style
/// it is.
pub(super) fn members(text: &str) -> Vec<Member> {
    let mut found: Vec<Member> = Vec::new();
    let characters: Vec<char> = text.chars().collect();
    // The open lists and mappings: the member, the number of items, and the member whose value comes next.
    let mut open: Vec<(usize, Option<usize>, Option<usize>)> = Vec::new();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        let (start, end) = (span.start.index(), span.end.index());
        let (is_start, is_list) = match event {
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((own, ..)) = open.pop() {
                    found[own].end = end;
                }
                continue;
            }
            Event::SequenceStart(..) => (true, true),
            Event::MappingStart(..) => (true, false),
            Event::Scalar(..) => (false, false),
            _ => continue,
        };
        let own = match open.last_mut() {
            None => {
                found.push(Member { place: String::new(), start, end });
                found.len() - 1
            }
            Some((outer, Some(items), _)) => {
                let place = format!("{}[{items}]", found[*outer].place);
                *items += 1;
                found.push(Member { place, start, end });
                found.len() - 1
            }
            Some((outer, None, key)) => match (key.take(), event) {
                (Some(known), _) => {
                    found[known].end = end;
                    known
                }
                (None, Event::Scalar(name, ..)) => {
                    let outer = &found[*outer].place;
                    let place = if outer.is_empty() { name.into_owned() } else { format!("{outer}.{name}") };
                    found.push(Member { place, start, end });
                    *key = Some(found.len() - 1);
                    continue;
                }
                // A key that is a list or a mapping has been refused.
                (None, _) => break,
            },
        };
        if is_start {
            open.push((own, is_list.then_some(0), None));
        }
    }
    for Member { start, end, .. } in &mut found {
        // A block ends where the next one starts.
        let part = characters.get(*start..*end).unwrap_or_default();
        *end -= part.iter().rev().take_while(|character| character.is_whitespace()).count();
    }
    found
}

enum Open {
    List(Vec<Value>),
    Mapping(Map<String, Value>, Option<String>),
}

/// Reads a scalar: without quotes it may be a number, a boolean or null, by YAML 1.2's core schema. Returns nothing for a number
/// beyond the range of a double, for which JSON has no value.
fn scalar(text: &str, style: ScalarStyle) -> Option<Value> {
    if style != ScalarStyle::Plain {
        return Some(text.into());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
        "true" | "True" | "TRUE" => return Some(true.into()),
        "false" | "False" | "FALSE" => return Some(false.into()),
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_integer = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    if let (true, Ok(number)) = (is_integer, text.parse::<i64>()) {
        return Some(number.into());
    }
    let is_decimal = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && unsigned.bytes().any(|byte| byte.is_ascii_digit())
        && unsigned.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    match text.parse::<f64>() {
        Ok(number) if is_decimal => number.is_finite().then(|| number.into()),
        _ => Some(text.into()),
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
            ("a: -1e400\n", "line 1, column 4: the number is beyond the range of a double, 1.8e308"),
            ("{\"a\": 1e400}", "line 1, column 11: neither JSON nor YAML: number out of range"),
            ("a: !!str 5\n", "line 1, column 4: tags are not supported"),
            ("a: 1\na: 2\n", "line 2, column 1: the key occurs twice"),
            ("{\"a\": 1 \"b\": 2}", "line 1, column 9: neither JSON nor YAML: expected `,` or `}`"),
            (r#"{"a":{"b":1,"b":2}}"#, "line 1, column 18: Duplicate field 'b'"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text).map_err(|refused| refused.to_string()), Err(expected.to_owned()), "{text}");
        }
        assert!(parse("{\"a\": ").is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn a_refusal_has_its_position() {
        let cases = [
            ("{\n  \"processors\": [\n    { \"drop\": {} }\n    { \"drop\": {} }\n  ]\n}", (4, 5)),
            ("{\n  \"processors\": [ { \"a\": \"\u{e9}\u{e9}\" \"b\" } ] }", (2, 31)),
            ("a: 1\na: 2\n", (2, 1)),
            ("a: 1\nb: [1\nc: 2\n", (3, 2)),
        ];
        for (text, position) in cases {
            assert_eq!(parse(text).map_err(|refused| refused.position), Err(Some(position)), "{text}");
        }
    }

    #[test]
    fn members_have_their_positions_in_json_and_yaml() {
        let places = |text: &str| {
            let part = |member: &Member| {
                let part = text.chars().skip(member.start).take(member.end - member.start).collect::<String>();
                (member.place.clone(), part)
            };
            members(text).iter().map(part).collect::<Vec<_>>()
        };
        let json = "{\n\t\"\u{e9}\": 1,\n\t\"list\": [{ \"set\": { \"a\": \"b\" } }]\n}";
        let expected = [
            ("", json),
            ("\u{e9}", "\"\u{e9}\": 1"),
            ("list", "\"list\": [{ \"set\": { \"a\": \"b\" } }]"),
            ("list[0]", "{ \"set\": { \"a\": \"b\" } }"),
            ("list[0].set", "\"set\": { \"a\": \"b\" }"),
            ("list[0].set.a", "\"a\": \"b\""),
        ];
        assert_eq!(places(json), expected.map(|(place, part)| (place.to_owned(), part.to_owned())));
        let yaml = "list:\n  - set:\n      a: b\n  - drop: {}\n";
        let expected = [
            ("", yaml.trim_end()),
            ("list", yaml.trim_end()),
            ("list[0]", "set:\n      a: b"),
            ("list[0].set", "set:\n      a: b"),
            ("list[0].set.a", "a: b"),
            ("list[1]", "drop: {}"),
            ("list[1].drop", "drop: {}"),
        ];
        assert_eq!(places(yaml), expected.map(|(place, part)| (place.to_owned(), part.to_owned())));
    }
}
