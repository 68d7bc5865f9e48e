//! Reads JSON text. Numbers keep their digits as written: no digit is lost, and no code for floats is needed.
//!
//! Source: RFC 8259. Errors use the words of `serde_json`, with which the tests compare them.

use std::borrow::Cow;
use std::collections::BinaryHeap;

use super::{Json, Number};
use crate::base::digits::hex;
use crate::base::span::Span;

/// The reason why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misread {
    /// The reason, in the words of `serde_json`.
    pub(crate) reason: &'static str,
    /// The number of bytes read, the wrong one included.
    pub(crate) end: usize,
}

/// The deepest nesting of lists and objects.
pub(crate) const MAX_DEPTH: usize = 127;

/// The reason for a text that is nested deeper.
pub(crate) const TOO_DEEP: &str = "recursion limit exceeded";

/// Reads a text that is one value.
pub(crate) fn read(text: &[u8]) -> Result<Json, Misread> {
    Reader { text, at: 0, depth: 0, skips: false }.whole()
}

/// Reads the object or list that a text starts with, and returns the offset after it. Hands over the name of each member,
/// which is empty in a list, and the offsets of its value. Nothing is kept.
pub(crate) fn walk(text: &[u8], take: &mut dyn FnMut(&str, Span)) -> Result<usize, Misread> {
    let mut reader = Reader { text, at: 0, depth: 0, skips: true };
    let is_list = reader.after_blanks() == Some(b'[');
    let (end, without_end, without_comma) = if is_list { LIST } else { OBJECT };
    let mut is_first = true;
    reader.enter();
    while reader.has_next(end, is_first, without_end, without_comma)? {
        is_first = false;
        let name = if is_list { String::new() } else { reader.name()? };
        reader.after_blanks();
        let start = reader.at;
        reader.value()?;
        take(&name, Span { start, end: reader.at });
    }
    reader.leave();
    Ok(reader.at)
}

/// Returns the string that a text is as JSON; `None` if it is something else.
pub(crate) fn string_of(text: &[u8]) -> Option<Cow<'_, str>> {
    let inner = text.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if inner.iter().all(|byte| matches!(byte, 0x20..) && !matches!(byte, b'"' | b'\\')) {
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    }
    match read(text) {
        Ok(Json::String(text)) => Some(Cow::Owned(text)),
        _ => None,
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    /// True if values are checked and not kept.
    skips: bool,
}

impl Reader<'_> {
    /// Reads a value with nothing after it.
    fn whole(&mut self) -> Result<Json, Misread> {
        let value = self.value()?;
        match self.after_blanks() {
            None => Ok(value),
            Some(_) => Err(self.wrong("trailing characters")),
        }
    }

    /// Returns the next byte without consuming it.
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Skips blanks and returns the next byte without consuming it.
    fn after_blanks(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    /// Makes the error for a next byte that is wrong or missing.
    fn wrong(&self, reason: &'static str) -> Misread {
        Misread { reason, end: self.text.len().min(self.at + 1) }
    }

    /// Makes the error for the byte consumed last.
    fn wrong_before(&self, reason: &'static str) -> Misread {
        Misread { reason, end: self.at }
    }

    fn value(&mut self) -> Result<Json, Misread> {
        match self.after_blanks() {
            Some(b'n') => self.word(b"null", Json::Null),
            Some(b't') => self.word(b"true", Json::Bool(true)),
            Some(b'f') => self.word(b"false", Json::Bool(false)),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b'"') => self.string().map(Json::String),
            Some(b'[' | b'{') if self.depth == MAX_DEPTH => Err(self.wrong(TOO_DEEP)),
            Some(b'[') => self.list().map(Json::Array),
            Some(b'{') => self.object().map(|members| Json::Object(in_order(members))),
            Some(_) => Err(self.wrong("expected value")),
            None => Err(self.wrong(NO_VALUE)),
        }
    }

    fn word(&mut self, word: &[u8], value: Json) -> Result<Json, Misread> {
        for letter in word {
            match self.peek() {
                Some(byte) if byte == *letter => self.at += 1,
                Some(_) => return Err(self.wrong("expected ident")),
                None => return Err(self.wrong(NO_VALUE)),
            }
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Number, Misread> {
        let start = self.at;
        self.take(b"-");
        let whole = self.at;
        match self.peek() {
            Some(b'0') => {
                self.at += 1;
                if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                    return Err(self.wrong(NO_NUMBER));
                }
            }
            _ => self.digits()?,
        }
        let fraction = self.at;
        if self.take(b".") {
            self.digits()?;
        }
        let exponent = self.at;
        if self.take(b"eE") {
            self.take(b"+-");
            self.digits()?;
        }
        let part = |from: usize, to: usize| {
            std::str::from_utf8(self.text.get(from..to).unwrap_or_default()).unwrap_or_default()
        };
        if magnitude(part(whole, fraction), part(fraction, exponent), part(exponent, self.at)) > MAX_MAGNITUDE {
            return Err(self.wrong_before("number out of range"));
        }
        Ok(Number(part(start, self.at).to_owned()))
    }

    /// Consumes the next byte if it is one of these.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let is_one = self.peek().is_some_and(|byte| bytes.contains(&byte));
        self.at += usize::from(is_one);
        is_one
    }

    /// Consumes digits, at least one.
    fn digits(&mut self) -> Result<(), Misread> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        match self.peek() {
            _ if self.at > start => Ok(()),
            Some(_) => Err(self.wrong(NO_NUMBER)),
            None => Err(self.wrong(NO_VALUE)),
        }
    }

    fn string(&mut self) -> Result<String, Misread> {
        let mut bytes = Vec::new();
        self.at += 1;
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest.iter().take_while(|byte| !matches!(byte, 0..0x20 | b'"' | b'\\')).count();
            bytes.extend_from_slice(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape(&mut bytes)?,
                Some(_) => return Err(self.wrong("control character (\\u0000-\\u001F) found while parsing a string")),
                None => return Err(self.wrong(NO_STRING)),
            }
        }
        self.at += 1;
        String::from_utf8(bytes).map_err(|error| {
            let after = error.as_bytes().len() - error.utf8_error().valid_up_to();
            Misread { reason: "invalid unicode code point", end: self.at.saturating_sub(after) }
        })
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), Misread> {
        self.at += 1;
        let byte = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                self.at += 1;
                let character = self.character()?;
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            Some(_) => return Err(self.wrong("invalid escape")),
            None => return Err(self.wrong(NO_STRING)),
        };
        self.at += 1;
        bytes.push(byte);
        Ok(())
    }

    /// Reads the character of an escape, or of a surrogate pair of escapes.
    fn character(&mut self) -> Result<char, Misread> {
        let lone = "lone leading surrogate in hex escape";
        let mut code = self.four_digits()?;
        if let 0xd800..=0xdbff = code {
            for expected in b"\\u" {
                match self.peek() {
                    Some(byte) if byte == *expected => self.at += 1,
                    Some(_) => return Err(self.wrong("unexpected end of hex escape")),
                    None => return Err(self.wrong(NO_STRING)),
                }
            }
            code = match self.four_digits()? {
                low @ 0xdc00..=0xdfff => 0x1_0000 + ((code - 0xd800) << 10 | (low - 0xdc00)),
                _ => return Err(self.wrong_before(lone)),
            };
        }
        char::from_u32(code).ok_or_else(|| self.wrong_before(lone))
    }

    fn four_digits(&mut self) -> Result<u32, Misread> {
        let Some(digits) = self.text.get(self.at..self.at + 4) else {
            self.at = self.text.len();
            return Err(self.wrong(NO_STRING));
        };
        self.at += 4;
        let number = digits.iter().try_fold(0, |number, digit| Some(number << 4 | u32::from(hex(*digit)?)));
        number.ok_or_else(|| self.wrong_before("invalid escape"))
    }

    fn list(&mut self) -> Result<Vec<Json>, Misread> {
        let mut items = Vec::new();
        let mut is_first = true;
        self.enter();
        let (end, without_end, without_comma) = LIST;
        while self.has_next(end, is_first, without_end, without_comma)? {
            is_first = false;
            let item = self.value()?;
            if !self.skips {
                items.push(item);
            }
        }
        self.leave();
        Ok(items)
    }

    fn object(&mut self) -> Result<Vec<(String, Json)>, Misread> {
        let mut members = Vec::new();
        let mut is_first = true;
        self.enter();
        let (end, without_end, without_comma) = OBJECT;
        while self.has_next(end, is_first, without_end, without_comma)? {
            is_first = false;
            let name = self.name()?;
            let value = self.value()?;
            if !self.skips {
                members.push((name, value));
            }
        }
        self.leave();
        Ok(members)
    }

    /// Reads the name of a member, and the colon after it.
    fn name(&mut self) -> Result<String, Misread> {
        if self.peek() != Some(b'"') {
            return Err(self.wrong("key must be a string"));
        }
        let name = self.string()?;
        match self.after_blanks() {
            Some(b':') => self.at += 1,
            Some(_) => return Err(self.wrong("expected `:`")),
            None => return Err(self.wrong(NO_OBJECT)),
        }
        Ok(name)
    }

    fn enter(&mut self) {
        self.at += 1;
        self.depth += 1;
    }

    fn leave(&mut self) {
        self.at += 1;
        self.depth -= 1;
    }

    /// True if another item of a list or an object follows, after a comma unless it is the first. Consumes the end of the list
    /// or object otherwise.
    fn has_next(
        &mut self,
        end: u8,
        is_first: bool,
        without_end: &'static str,
        without_comma: &'static str,
    ) -> Result<bool, Misread> {
        match self.after_blanks() {
            Some(byte) if byte == end => return Ok(false),
            Some(_) if is_first => return Ok(true),
            Some(b',') => self.at += 1,
            Some(_) => return Err(self.wrong(without_comma)),
            None => return Err(self.wrong(without_end)),
        }
        match self.after_blanks() {
            Some(byte) if byte == end => Err(self.wrong("trailing comma")),
            Some(_) => Ok(true),
            None => Err(self.wrong(NO_VALUE)),
        }
    }
}

/// The number of digits before the point of the largest float, 1.8 × 10^308.
const MAX_MAGNITUDE: i64 = 309;

/// Returns the number of digits before the point of a number written without an exponent.
///
/// If there are none, the zeros after the point count negatively. The fraction includes its point, the exponent its `e`.
fn magnitude(whole: &str, fraction: &str, exponent: &str) -> i64 {
    let zeros = |digits: &str| digits.bytes().take_while(|digit| *digit == b'0').count() as i64;
    let digits = match (whole, fraction.get(1..).unwrap_or_default()) {
        ("0", fraction) if zeros(fraction) == fraction.len() as i64 => return 0,
        ("0", fraction) => -zeros(fraction),
        _ => whole.len() as i64,
    };
    let exponent = exponent.get(1..).unwrap_or_default();
    let most = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
    let power = if exponent.is_empty() { 0 } else { exponent.parse().unwrap_or(most) };
    digits.saturating_add(power)
}

/// The end of a list, and the reasons why it is missing or a comma is.
const LIST: (u8, &str, &str) = (b']', "EOF while parsing a list", "expected `,` or `]`");
/// The same of an object.
const OBJECT: (u8, &str, &str) = (b'}', NO_OBJECT, "expected `,` or `}`");

const NO_VALUE: &str = "EOF while parsing a value";
const NO_STRING: &str = "EOF while parsing a string";
const NO_OBJECT: &str = "EOF while parsing an object";
const NO_NUMBER: &str = "invalid number";

/// Sorts members by their keys, and keeps the last of those with equal keys.
pub(super) fn in_order(mut members: Vec<(String, Json)>) -> Vec<(String, Json)> {
    if members.is_sorted_by(|(left, _), (right, _)| left < right) {
        return members;
    }
    // A heap needs less code than `sort`.
    let keys: BinaryHeap<(String, usize)> =
        members.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect();
    let mut ordered: Vec<(String, Json)> = Vec::with_capacity(members.len());
    for (key, place) in keys.into_sorted_vec() {
        let value = members.get_mut(place).map(|(_, value)| std::mem::take(value)).unwrap_or_default();
        match ordered.last_mut() {
            Some((last, earlier)) if *last == key => *earlier = value,
            _ => ordered.push((key, value)),
        }
    }
    ordered
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Reads a text and returns its value or its error as `serde_json` prints them.
    fn ours(text: &[u8]) -> Result<String, String> {
        match read(text) {
            Ok(value) => theirs(value.to_string().as_bytes()),
            Err(Misread { reason, end }) => {
                let before = &text[..end];
                let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                Err(format!("{reason} at line {line} column {column}"))
            }
        }
    }

    fn theirs(text: &[u8]) -> Result<String, String> {
        serde_json::from_slice::<Value>(text).map(|value| value.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn says_what_serde_json_says() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let cases = [
            "",
            " ",
            "nul",
            "nulx",
            "true ",
            "falsy",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,",
            "[1 2]",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\" 1}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":1,b}",
            "-",
            "-a",
            "01",
            "-01",
            "1.",
            "1.x",
            "1e",
            "1e+",
            "1ex",
            "+1",
            "1 2",
            "\"",
            "\"a",
            "\"\\",
            "\"\\x\"",
            "\"\n\"",
            "\"\\u12",
            "\"\\u12x4\"",
            "\"\\ud800\"",
            "\"\\ud800x\"",
            "\"\\ud800\\n\"",
            "\"\\ud800\\ud800\"",
            "\"\\udc00\"",
            "\"\\ud83d\\ude00\\u00e9\"",
            "{\"b\":1,\"a\":[{}],\"b\":null}",
            "\u{feff}1",
            "[\n1,\n  x]",
            " [ 1 , -2 , 0.5 ] ",
            "\"\u{7f}é😀\"",
            &deep(127),
            &deep(128),
        ];
        for text in cases {
            assert_eq!(ours(text.as_bytes()), theirs(text.as_bytes()), "{text}");
        }
        for text in [&b"\"a\xff\""[..], b"\xff", b"[\"\xc3\", 1]"] {
            assert_eq!(ours(text), theirs(text), "{text:?}");
        }
    }

    /// Changes texts that contain all of JSON at random.
    #[test]
    fn says_what_serde_json_says_of_damaged_texts() {
        let whole =
            br#"{"message":"a\u00e9\ud83d\ude00\n\\b","x":[1,-20,0.5,true,false,null,{"z":{},"y":[]}],"":"\""}"#;
        let mut seed = 1_u64;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for _ in 0..20_000 {
            let mut text = whole.to_vec();
            for _ in 0..1 + random(3) {
                let at = random(text.len());
                match random(3) {
                    0 => text.truncate(at.max(1)),
                    1 => text[at] = whole[random(whole.len())],
                    _ => text.insert(at, b"{}[],:\"\\ \n\x00e"[random(12)]),
                }
            }
            assert_eq!(ours(&text), theirs(&text), "{}", String::from_utf8_lossy(&text));
            if let (Ok(Json::Object(members)), b'{') = (read(&text), text[0]) {
                let mut walked = Vec::new();
                let end = walk(&text, &mut |name, value| {
                    walked.push((name.to_owned(), read(value.of(&text)).unwrap_or_default()));
                });
                assert_eq!((end, in_order(walked)), (Ok(text.trim_ascii_end().len()), members));
            }
        }
    }

    #[test]
    fn a_walk_ends_after_the_value_that_a_text_starts_with() {
        let walk = |text: &str| {
            let mut found = Vec::new();
            let end = super::walk(text.as_bytes(), &mut |name, value| {
                found.push(format!("{name}={}", &text[value.start..value.end]));
            });
            (found, end.map_err(|misread| misread.reason))
        };
        let members = ["a=1", "b={\"a\":2}", "a=[3]"].map(String::from).to_vec();
        assert_eq!(walk(r#" {"a":1,"b": {"a":2} ,"a":[3]}{"#), (members, Ok(30)));
        assert_eq!(walk(r#"[1, "x"]"#), (["=1", "=\"x\""].map(String::from).to_vec(), Ok(8)));
        assert_eq!(walk(r#"{"a":1"#), (vec!["a=1".into()], Err(NO_OBJECT)));
        assert_eq!(walk(r#"{"a":tru"#), (vec![], Err(NO_VALUE)));
    }

    #[test]
    fn strings_are_parts_of_the_text_unless_they_have_escapes() {
        assert!(matches!(string_of(br#""a b""#), Some(Cow::Borrowed("a b"))));
        assert_eq!(string_of(br#""a\"b\u0020""#).as_deref(), Some("a\"b "));
        assert_eq!(string_of(br#""a"b""#), None);
        assert_eq!(string_of(b"\"\xff\""), None);
        assert_eq!(string_of(b"5"), None);
    }

    #[test]
    fn numbers_stay_as_they_are_written() {
        for number in ["12345678901234567890123", "1.50", "-0", "1E-7", "0.1e+300"] {
            assert_eq!(read(number.as_bytes()).map(|value| value.to_string()), Ok(number.to_owned()));
        }
    }

    #[test]
    fn numbers_are_within_the_range_of_floats() {
        for number in ["1e308", "0.1e309", "0.00e999", "0e999999999999999999999", "123e-400", "0.001e311", "-1.7e308"] {
            assert_eq!(ours(number.as_bytes()), theirs(number.as_bytes()), "{number}");
        }
        for number in ["1e309", "10e308", "-1e999", "0.1e310", "0.0012e312", "1e99999999999999999999"] {
            assert_eq!(
                read(number.as_bytes()).map_err(|misread| misread.reason),
                Err("number out of range"),
                "{number}"
            );
        }
    }
}
