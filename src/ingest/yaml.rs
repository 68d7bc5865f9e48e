//! The text of a pipeline, in JSON or in YAML, read as a JSON value.
//!
//! Aliases and tags are refused: Elasticsearch does not use them, and an alias may expand to any amount of memory.

use std::fmt;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde::de::IgnoredAny;
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
    /// The index of the mapping or the list that it is in; `None` for the text as a whole.
    pub(super) parent: Option<usize>,
    pub(super) key: Key,
    /// The index of the first character, which is that of the key if there is one, and of the one after the last.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The key of a member, or the index of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Name(String),
    Index(usize),
}

/// Returns all members and items of a text that [`parse`] has read, in its order, so that parents are first.
///
/// They have keys and not paths: paths repeat the keys around them, and could take any amount of memory.
pub(super) fn members(text: &str) -> Vec<Member> {
    let characters: Vec<char> = text.chars().collect();
    let mut members = Members::default();
    // JSON is not read as YAML, which refuses some of it, e.g. surrogates in escapes.
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => members.read_json(&characters),
        Err(_) => members.read_yaml(text),
    }
    for Member { start, end, .. } in &mut members.found {
        // A block ends where the next one starts.
        let part = characters.get(*start..*end).unwrap_or_default();
        *end -= part.iter().rev().take_while(|character| character.is_whitespace()).count();
    }
    members.found
}

/// The members that are found in a text, and the lists and mappings that are open, each with its member.
#[derive(Default)]
struct Members {
    found: Vec<Member>,
    open: Vec<(usize, Next)>,
}

/// The part that comes next in a list or a mapping.
#[derive(Clone, Copy)]
enum Next {
    /// The item of this index.
    Item(usize),
    Key,
    /// The value of this member.
    Value(usize),
}

/// A part of a text.
enum Part {
    List,
    Mapping,
    Scalar(String),
    End,
}

impl Members {
    fn read_yaml(&mut self, text: &str) {
        for event in Parser::new_from_str(text) {
            let Ok((event, span)) = event else { break };
            let part = match event {
                Event::SequenceEnd | Event::MappingEnd => Part::End,
                Event::SequenceStart(..) => Part::List,
                Event::MappingStart(..) => Part::Mapping,
                Event::Scalar(text, ..) => Part::Scalar(text.into_owned()),
                _ => continue,
            };
            self.add(part, span.start.index(), span.end.index());
        }
    }

    /// Reads JSON that is well-formed.
    fn read_json(&mut self, text: &[char]) {
        let mut at = 0;
        while let Some(&first) = text.get(at) {
            let rest = text.get(at + 1..).unwrap_or_default();
            let (part, length) = match first {
                '{' => (Part::Mapping, 1),
                '[' => (Part::List, 1),
                '}' | ']' => (Part::End, 1),
                '"' => {
                    let mut is_escaped = false;
                    let is_in = |character: &&char| {
                        let is_end = **character == '"' && !is_escaped;
                        is_escaped = **character == '\\' && !is_escaped;
                        !is_end
                    };
                    let length = rest.iter().take_while(is_in).count() + 2;
                    let quoted: String = text.iter().skip(at).take(length).collect();
                    (Part::Scalar(serde_json::from_str(&quoted).unwrap_or(quoted)), length)
                }
                ',' | ':' | ' ' | '\t' | '\n' | '\r' => {
                    at += 1;
                    continue;
                }
                _ => {
                    let is_in = |character: &&char| character.is_ascii_alphanumeric() || "+-.".contains(**character);
                    let length = rest.iter().take_while(is_in).count() + 1;
                    (Part::Scalar(text.iter().skip(at).take(length).collect()), length)
                }
            };
            self.add(part, at, at + length);
            at += length;
        }
    }

    fn add(&mut self, part: Part, start: usize, end: usize) {
        let inside = match part {
            Part::End => {
                if let Some(member) = self.open.pop().and_then(|(own, _)| self.found.get_mut(own)) {
                    member.end = end;
                }
                return;
            }
            Part::List => Some(Next::Item(0)),
            Part::Mapping => Some(Next::Key),
            Part::Scalar(_) => None,
        };
        let mut own = self.found.len();
        let found = match (self.open.last_mut(), part) {
            (None, _) => Some((None, Key::Name(String::new()))),
            (Some((outer, Next::Item(index))), _) => {
                *index += 1;
                Some((Some(*outer), Key::Index(*index - 1)))
            }
            (Some((outer, next @ Next::Key)), Part::Scalar(name)) => {
                *next = Next::Value(own);
                Some((Some(*outer), Key::Name(name)))
            }
            (Some((_, next)), _) => {
                let Next::Value(known) = *next else { return };
                *next = Next::Key;
                if let Some(member) = self.found.get_mut(known) {
                    member.end = end;
                }
                own = known;
                None
            }
        };
        if let Some((parent, key)) = found {
            self.found.push(Member { parent, key, start, end });
        }
        self.open.extend(inside.map(|next| (own, next)));
    }
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
            let members = members(text);
            let mut paths: Vec<String> = Vec::new();
            for Member { parent, key, .. } in &members {
                let outer = parent.map(|parent| paths[parent].as_str()).unwrap_or_default();
                paths.push(match key {
                    Key::Index(index) => format!("{outer}[{index}]"),
                    Key::Name(name) if outer.is_empty() => name.clone(),
                    Key::Name(name) => format!("{outer}.{name}"),
                });
            }
            let part = |Member { start, end, .. }: &Member| text.chars().skip(*start).take(end - start).collect();
            paths.into_iter().zip(members.iter().map(part)).collect::<Vec<(String, String)>>()
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
    #[test]
    fn members_take_memory_in_proportion_to_the_text() {
        let key = "k".repeat(900);
        let inner = (0..2000).map(|index| format!("\"{index}\":0")).collect::<Vec<_>>().join(",");
        let text = format!("{}{{{inner}}}{}", format!("{{\"{key}\":").repeat(50), "}".repeat(50));
        for text in [text.clone(), format!("# YAML\n{text}")] {
            let members = members(&text);
            assert_eq!(members.len(), 1 + 50 + 2000);
            let length = |member: &Member| match &member.key {
                Key::Name(name) => name.len(),
                Key::Index(_) => 0,
            };
            assert!(members.iter().map(length).sum::<usize>() < text.len());
        }
    }

    #[test]
    fn json_that_yaml_refuses_has_its_members() {
        let text = r#"{ "a\"\\": ["\ud83d\ude00", -1.5e3, null], "b": {} }"#;
        assert!(parse_yaml(text).is_err());
        let found = members(text);
        let expected = [
            (None, Key::Name(String::new()), text),
            (Some(0), Key::Name("a\"\\".into()), r#""a\"\\": ["\ud83d\ude00", -1.5e3, null]"#),
            (Some(1), Key::Index(0), r#""\ud83d\ude00""#),
            (Some(1), Key::Index(1), "-1.5e3"),
            (Some(1), Key::Index(2), "null"),
            (Some(0), Key::Name("b".into()), r#""b": {}"#),
        ];
        let found: Vec<_> = found.iter().map(|m| (m.parent, m.key.clone(), &text[m.start..m.end])).collect();
        assert_eq!(found, expected);
    }
}
