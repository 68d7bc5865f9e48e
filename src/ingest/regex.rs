//! Regular expressions of Java, run by the `regex-lite` crate, whose searches take time in proportion to the text.
//!
//! The crate's classes, boundaries and case-insensitive letters are those of ASCII, as in Java without flags. Forms
//! that the two read differently are translated: `.` stops at Java's line ends. Forms that the crate does not have are
//! refused with their column: look-around, back references, possessive quantifiers, intersections of classes.
//!
//! `$` matches at the end of the text. In Java it also matches before a line end that is the last character.

use regex_lite::{Captures, Regex, RegexBuilder};

use super::failure::Failure;

/// The limit of a compiled pattern's memory, in bytes.
const MAX_COMPILED: usize = 128 * 1024;

/// The limit of a pattern, in bytes.
const MAX_PATTERN: usize = 10_000;

/// The memory of a compiled pattern up to which a search counts as one copy of the text, in bytes.
const USUAL_COMPILED: usize = 1024;

/// A compiled pattern, and what a search with it counts.
#[derive(Debug)]
pub(super) struct Pattern {
    regex: Regex,
    work: usize,
}

impl Pattern {
    /// Returns the work of a search through so many bytes, in bytes copied. A search follows all states of the pattern at once, of
    /// which large ones have more.
    pub(super) fn work(&self, bytes: usize) -> usize {
        self.work.saturating_mul(bytes)
    }
}

/// Compiles a pattern.
///
/// # Errors
/// The wrong or unsupported part, with its column, from 1.
pub(super) fn compile(pattern: &str) -> Result<Pattern, String> {
    if pattern.len() > MAX_PATTERN {
        return Err(format!("expected at most {MAX_PATTERN} bytes"));
    }
    let translated = translate(pattern)?;
    let build = |limit: usize| RegexBuilder::new(&translated).size_limit(limit).nest_limit(MAX_NESTED).build();
    // The crate does not give a pattern's memory, but says if there is a smaller limit that it keeps.
    let mut work = 1;
    while USUAL_COMPILED * work < MAX_COMPILED {
        if let Ok(regex) = build(USUAL_COMPILED * work) {
            return Ok(Pattern { regex, work });
        }
        work *= 2;
    }
    build(MAX_COMPILED).map(|regex| Pattern { regex, work }).map_err(|error| error.to_string())
}

/// The limit of groups in groups.
const MAX_NESTED: u32 = 50;

/// The characters that `\h` matches.
const BLANKS: &str = r" \t\u{A0}\u{1680}\u{180e}\u{2000}-\u{200a}\u{202f}\u{205f}\u{3000}";

/// The characters that `.` does not match.
const LINE_ENDS: &str = r"\n\r\u{85}\u{2028}\u{2029}";

/// Translates a Java pattern for the crate.
fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut characters = pattern.chars().enumerate().peekable();
    // The number of open brackets. In a class, `.` and other signs stand for themselves.
    let mut classes = 0_u32;
    let mut after_quantifier = false;
    while let Some((at, character)) = characters.next() {
        let refuse = |what: &str| Err(format!("column {}: {what}", at + 1));
        let mut is_quantifier = false;
        match character {
            '\\' => {
                let Some((_, escaped)) = characters.next() else { return refuse("Unexpected internal error") };
                match escaped {
                    'd' | 'D' | 'w' | 'W' | 's' | 'S' => out.extend(['\\', escaped]),
                    'h' if classes > 0 => out.push_str(BLANKS),
                    'h' => out.push_str(&format!("[{BLANKS}]")),
                    'H' if classes == 0 => out.push_str(&format!("[^{BLANKS}]")),
                    'b' | 'A' | 'z' if classes == 0 => out.extend(['\\', escaped]),
                    'B' if classes == 0 => out.push_str(r"\B"),
                    'Z' if classes == 0 => out.push_str(r"\z"),
                    'R' if classes == 0 => out.push_str(r"(?:\r\n|[\n\x0B\x0C\r\u{85}\u{2028}\u{2029}])"),
                    't' | 'n' | 'r' | 'f' => out.extend(['\\', escaped]),
                    'a' => out.push_str(r"\x07"),
                    'e' => out.push_str(r"\x1B"),
                    'x' | 'u' => out.extend(['\\', escaped]),
                    'p' | 'P' => {
                        let mut name = String::new();
                        match characters.next() {
                            Some((_, '{')) => {
                                for (_, c) in characters.by_ref().take_while(|(_, c)| *c != '}') {
                                    name.push(c);
                                }
                            }
                            Some((_, one)) => name.push(one),
                            None => return refuse("Unknown character property"),
                        }
                        match property(&name) {
                            Some(set) if classes > 0 && escaped == 'p' => out.push_str(set),
                            Some(set) if classes == 0 => {
                                out.push_str(&format!("[{}{set}]", if escaped == 'P' { "^" } else { "" }));
                            }
                            _ => return refuse(&format!("the property {name} is not supported here")),
                        }
                    }
                    'Q' => {
                        let mut text = String::new();
                        for (_, c) in characters.by_ref() {
                            text.push(c);
                            if text.ends_with("\\E") {
                                text.truncate(text.len() - 2);
                                break;
                            }
                        }
                        out.push_str(&regex_lite::escape(&text));
                    }
                    '1'..='9' | 'k' => return refuse("back references are not supported"),
                    'G' | 'X' => return refuse(&format!("\\{escaped} is not supported")),
                    letter if letter.is_ascii_alphanumeric() => {
                        return refuse(&format!("\\{letter} is not supported"));
                    }
                    other => out.push_str(&regex_lite::escape(&other.to_string())),
                }
            }
            '[' if classes > 0 => return refuse("a class in a class is not supported"),
            '[' => {
                classes += 1;
                out.push('[');
                if let Some((_, '^')) = characters.peek() {
                    characters.next();
                    out.push('^');
                }
                // A closing bracket at the start stands for itself.
                if let Some((_, ']')) = characters.peek() {
                    characters.next();
                    out.push_str(r"\]");
                }
            }
            ']' if classes > 0 => {
                classes -= 1;
                out.push(']');
            }
            _ if classes > 0 => match character {
                // The crate has operators for sets that Java does not have.
                '&' if matches!(characters.peek(), Some((_, '&'))) => {
                    return refuse("intersections of classes are not supported");
                }
                '~' | '-' if matches!(characters.peek(), Some((_, next)) if *next == character) => {
                    out.push('\\');
                    out.push(character);
                }
                ' ' | '#' => out.push(character),
                other => out.push(other),
            },
            '.' => out.push_str(&format!("[^{LINE_ENDS}]")),
            '$' => out.push_str(r"\z"),
            '(' => {
                out.push('(');
                if let Some((_, '?')) = characters.peek() {
                    let rest: String = characters.clone().skip(1).take(2).map(|(_, c)| c).collect();
                    if rest.starts_with(['=', '!']) || rest == "<=" || rest == "<!" {
                        return refuse("look-around is not supported");
                    }
                    if rest.starts_with('>') {
                        return refuse("atomic groups are not supported");
                    }
                    let is_flag = |c: char| c.is_ascii_alphabetic() || c == '-';
                    if rest.starts_with(is_flag) {
                        let mut ahead = characters.clone().skip(1).map(|(_, c)| c).take_while(|c| is_flag(*c));
                        if let Some(unknown) = ahead.find(|c| !['i', 's', '-'].contains(c)) {
                            return refuse(&format!("the flag {unknown} is not supported"));
                        }
                        if characters.clone().map(|(_, c)| c).take_while(|c| *c != ')' && *c != ':').any(|c| c == 's') {
                            return refuse("the flag s is not supported: write [\\s\\S] for any character");
                        }
                    }
                }
            }
            '*' | '+' | '?' | '}' if character == '+' && after_quantifier => {
                return refuse("possessive quantifiers are not supported");
            }
            '*' | '+' | '?' | '}' => {
                is_quantifier = true;
                out.push(character);
            }
            other => out.push(other),
        }
        after_quantifier = is_quantifier;
    }
    Ok(out)
}

/// Returns the characters of a property that Java defines for ASCII.
fn property(name: &str) -> Option<&'static str> {
    Some(match name {
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "ASCII" => r"\x00-\x7F",
        "Alpha" => "a-zA-Z",
        "Digit" => "0-9",
        "Alnum" => "a-zA-Z0-9",
        "Punct" => r"!-/:-@\[-`\{-~",
        "Graph" => "!-~",
        "Print" => r"\x20-~",
        "Blank" => r" \t",
        "Cntrl" => r"\x00-\x1F\x7F",
        "XDigit" => "0-9a-fA-F",
        "Space" => r" \t\n\x0B\x0C\r",
        _ => return None,
    })
}

/// A replacement in the syntax of Java's `Matcher.replaceAll`: `$1`, `${name}`, and `\` before a character that stands
/// for itself.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Replacement {
    parts: Vec<Part>,
    /// The reason why it is wrong, which Java reports only at the first match.
    failure: Option<Failure>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Group(usize),
    Named(String),
}

impl Replacement {
    pub(super) fn parse(text: &str, pattern: &Pattern) -> Replacement {
        match parse_parts(text, &pattern.regex) {
            Ok(parts) => Replacement { parts, failure: None },
            Err(failure) => Replacement { parts: Vec::new(), failure: Some(failure) },
        }
    }

    /// Replaces all matches.
    pub(super) fn replace_all(&self, pattern: &Pattern, text: &str, most: usize) -> Result<String, Failure> {
        let mut out = String::new();
        let mut last = 0;
        let mut from = 0;
        while let Some(captures) = pattern.regex.captures_at(text, from) {
            if let Some(failure) = &self.failure {
                return Err(failure.clone());
            }
            let Some(found) = captures.get(0) else { break };
            out.push_str(text.get(last..found.start()).unwrap_or_default());
            self.write(&captures, &mut out);
            last = found.end();
            if out.len() > most {
                return Err(Failure::illegal_argument(format!("the replaced text has more than [{most}] bytes")));
            }
            match next_from(text, found.start(), found.end()) {
                Some(next) => from = next,
                None => break,
            }
        }
        out.push_str(text.get(last..).unwrap_or_default());
        Ok(out)
    }

    fn write(&self, captures: &Captures<'_>, out: &mut String) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Group(index) => out.push_str(captures.get(*index).map_or("", |group| group.as_str())),
                Part::Named(name) => out.push_str(captures.name(name).map_or("", |group| group.as_str())),
            }
        }
    }
}

fn parse_parts(replacement: &str, pattern: &Regex) -> Result<Vec<Part>, Failure> {
    let groups = pattern.captures_len() - 1;
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut characters = replacement.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(escaped) => text.push(escaped),
                None => return Err(Failure::illegal_argument("character to be escaped is missing")),
            },
            '$' => {
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                match characters.peek().copied() {
                    None => return Err(Failure::illegal_argument("Illegal group reference: group index is missing")),
                    Some('{') => {
                        characters.next();
                        let mut name = String::new();
                        while let Some(c) = characters.next_if(char::is_ascii_alphanumeric) {
                            name.push(c);
                        }
                        if name.is_empty() {
                            return Err(Failure::illegal_argument("named capturing group has 0 length name"));
                        }
                        if characters.next() != Some('}') {
                            return Err(Failure::illegal_argument("named capturing group is missing trailing '}'"));
                        }
                        if !pattern.capture_names().flatten().any(|known| known == name) {
                            return Err(Failure::illegal_argument(format!("No group with name {{{name}}}")));
                        }
                        parts.push(Part::Named(name));
                    }
                    Some(digit) => {
                        let Some(first) = digit.to_digit(10) else {
                            return Err(Failure::illegal_argument("Illegal group reference"));
                        };
                        characters.next();
                        let mut index = first as usize;
                        if index > groups {
                            return Err(Failure::new("index_out_of_bounds_exception", format!("No group {index}")));
                        }
                        // A further digit belongs to the index as long as there is such a group.
                        while let Some(digit) = characters.peek().and_then(|c| c.to_digit(10)) {
                            let longer = index * 10 + digit as usize;
                            if longer > groups {
                                break;
                            }
                            index = longer;
                            characters.next();
                        }
                        parts.push(Part::Group(index));
                    }
                }
            }
            other => text.push(other),
        }
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(parts)
}

/// Returns the start of Java's next search. Unlike the crate, Java also finds an empty match right after a match.
fn next_from(text: &str, start: usize, end: usize) -> Option<usize> {
    if start < end {
        return Some(end);
    }
    text.get(end..)?.chars().next().map(|character| end + character.len_utf8())
}

/// The limit of parts that a text is split into. A part takes some 50 bytes of memory besides its text.
const MAX_PARTS: usize = 1_000_000;

/// Splits a text as Java's `String.split` does. An empty match at the start does not split. Empty texts at the end are
/// dropped, unless they are kept on purpose.
pub(super) fn split(pattern: &Pattern, text: &str, keeps_trailing: bool) -> Result<Vec<String>, Failure> {
    let mut parts = Vec::new();
    let mut last = 0;
    let mut from = 0;
    while let Some(found) = pattern.regex.find_at(text, from) {
        let next = next_from(text, found.start(), found.end());
        from = next.unwrap_or(text.len());
        if parts.len() == MAX_PARTS {
            return Err(Failure::illegal_argument(format!("the text has more than [{MAX_PARTS}] parts")));
        }
        // An empty match at the start does not split.
        if found.end() > 0 {
            parts.push(text.get(last..found.start()).unwrap_or_default().to_owned());
            last = found.end();
        }
        if next.is_none() {
            break;
        }
    }
    if last == 0 && parts.is_empty() {
        return Ok(vec![text.to_owned()]);
    }
    parts.push(text.get(last..).unwrap_or_default().to_owned());
    if !keeps_trailing {
        while parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(pattern: &str, replacement: &str, text: &str) -> String {
        match compile(pattern) {
            Err(refused) => refused,
            Ok(pattern) => match Replacement::parse(replacement, &pattern).replace_all(&pattern, text, 1000) {
                Ok(text) => text,
                Err(failure) => failure.reason().to_owned(),
            },
        }
    }

    /// Results of Java.
    #[test]
    fn patterns_and_replacements_are_javas() {
        let cases = [
            (r"\.", "-", "127.0.0.1", "127-0-0-1"),
            ("(a)(b)?", "[$1$2]", "abacab", "[ab][a]c[ab]"),
            ("(?<x>a)", "<${x}>", "banana", "b<a>n<a>n<a>"),
            ("a", "$1", "banana", "No group 1"),
            ("a", "\\$1\\\\", "banana", "b$1\\n$1\\n$1\\"),
            ("a", "$", "banana", "Illegal group reference: group index is missing"),
            ("a", "\\", "banana", "character to be escaped is missing"),
            ("a", "${q}", "banana", "No group with name {q}"),
            ("a", "${", "banana", "named capturing group has 0 length name"),
            ("a", "$x", "banana", "Illegal group reference"),
            ("a", "$x", "bobo", "bobo"),
            ("(a)", "$11", "banana", "ba1na1na1"),
            ("", "-", "abc", "-a-b-c-"),
            ("x*", "-", "axb", "-a--b-"),
            (".", "-", "a\r\n\u{2028}\u{85}é😀", "-\r\n\u{2028}\u{85}--"),
            (r"\s+", " ", "a \u{a0}\t\u{b} b", "a \u{a0} b"),
            (r"\w", "x", "aé_1٣", "xéxx٣"),
            (r"\d", "x", "1٣", "x٣"),
            (r"[\d.]+", "x", "1.2a", "xa"),
            (r"[^\s]+", "x", "a b", "x x"),
            (r"\bb", "x", "ab b", "ab x"),
            (r"\Q.+\E", "x", "a.+b", "axb"),
            (r"\p{Punct}", "", "a!b[c]~", "abc"),
            (r"[\p{Alpha}_]", "x", "a_1", "xx1"),
            ("[a-z&&[^b]]", "x", "a", "column 5: intersections of classes are not supported"),
            ("(?i)k\u{e9}", "x", "K\u{e9}k\u{c9}", "xk\u{c9}"),
            ("(?=a)", "x", "a", "column 1: look-around is not supported"),
            ("x(?<!a)", "x", "a", "column 2: look-around is not supported"),
            (r"(a)\1", "x", "a", "column 4: back references are not supported"),
            ("a++", "x", "a", "column 3: possessive quantifiers are not supported"),
            ("(?>a)", "x", "a", "column 1: atomic groups are not supported"),
            ("(", "x", "a", "found open group without closing ')'"),
        ];
        for (pattern, replacement, text, expected) in cases {
            assert_eq!(replaced(pattern, replacement, text), expected, "{pattern}");
        }
        assert!(compile(&"(a{1000}){1000}".repeat(10)).is_err());
    }

    #[test]
    fn texts_are_split_as_java_splits_them() {
        let cases: [(&str, &str, bool, &[&str]); 13] = [
            (",", "a,b,,c,,", false, &["a", "b", "", "c"]),
            (",", "a,b,,c,,", true, &["a", "b", "", "c", "", ""]),
            (",", "", false, &[""]),
            (",", ",", false, &[]),
            (",", ",", true, &["", ""]),
            (",", "x", false, &["x"]),
            ("", "abc", false, &["a", "b", "c"]),
            (r"\s+", "  a b  c ", false, &["", "a", "b", "c"]),
            (".", "a.b", false, &[]),
            ("|", "a|b", false, &["a", "|", "b"]),
            ("(,)", "a,b", false, &["a", "b"]),
            ("", "", false, &[""]),
            ("", "ab", true, &["a", "b", ""]),
        ];
        for (pattern, text, keeps, expected) in cases {
            let parts = compile(pattern).map(|pattern| split(&pattern, text, keeps));
            let expected: Vec<String> = expected.iter().map(|part| (*part).to_owned()).collect();
            assert_eq!(parts, Ok(Ok(expected)), "{pattern} {text}");
        }
        let parts = compile("").map(|pattern| split(&pattern, &"a".repeat(MAX_PARTS + 2), false).is_err());
        assert_eq!(parts, Ok(true));
    }
}
