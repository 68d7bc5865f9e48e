//! Templates: `{{name}}` and the other forms that pipelines use.
//!
//! - `{{name}}` is escaped as in a JSON string; `{{{name}}}` and `{{&name}}` are not.
//! - `{{#name}}...{{/name}}` is a section, in which `{{.}}` is the item; `{{^name}}...{{/name}}` is an inverted
//!   section.
//! - `{{!...}}` is a comment.
//!
//! Partials, other delimiters and Elasticsearch's functions (`toJson`, `join`, `url`) are refused when the pipeline is
//! built.

use super::context::Context;
use super::document::{Document, follow};
use super::failure::Failure;
use super::value::Value;

/// A text that may contain templates.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Template {
    nodes: Vec<Node>,
    /// True if `{{name}}` is escaped.
    escapes: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Text(String),
    Variable { path: Vec<String>, escaped: bool },
    Section { path: Vec<String>, inverted: bool, nodes: Vec<Node> },
}

/// The limit of levels of sections in sections.
const MAX_SECTIONS: usize = 20;

/// The limit of a template's output: 1 MiB.
const MAX_OUTPUT: usize = 1024 * 1024;

impl Template {
    /// Compiles a text. A text without `{{` stands for itself.
    pub(super) fn compile(source: &str) -> Result<Template, Failure> {
        Template::of_media_type(source, true)
    }

    /// Compiles a text, with or without JSON's escapes for `{{name}}`.
    pub(super) fn of_media_type(source: &str, escapes: bool) -> Result<Template, Failure> {
        let mut reader = Reader { source, at: 0, lines: 0 };
        let nodes = if source.contains("{{") {
            reader.nodes(None, true, 0)?
        } else if source.is_empty() {
            Vec::new()
        } else {
            vec![Node::Text(source.to_owned())]
        };
        Ok(Template { nodes, escapes })
    }

    /// Renders the text for a document.
    pub(super) fn render(&self, document: &Document, context: &mut Context<'_>) -> Result<String, Failure> {
        let mut out = String::new();
        match self.nodes.as_slice() {
            [] => {}
            [Node::Text(text)] => out.push_str(text),
            nodes => self.write(nodes, document, &mut Vec::new(), &mut out, context)?,
        }
        context.spend(out.len())?;
        Ok(out)
    }

    fn write(
        &self,
        nodes: &[Node],
        document: &Document,
        scopes: &mut Vec<Value>,
        out: &mut String,
        context: &mut Context<'_>,
    ) -> Result<(), Failure> {
        for node in nodes {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Variable { path, escaped } => {
                    let value = look_up(path, document, scopes).filter(|value| !value.is_null());
                    let text = value.map(|value| template_text(&value)).unwrap_or_default();
                    context.spend(text.len())?;
                    if *escaped && self.escapes { escape(&text, out) } else { out.push_str(&text) }
                }
                Node::Section { path, inverted, nodes } => {
                    let value = look_up(path, document, scopes).unwrap_or(Value::Null);
                    context.spend(value.weight())?;
                    match value {
                        value if *inverted => {
                            if is_falsy(&value) {
                                self.write(nodes, document, scopes, out, context)?;
                            }
                        }
                        Value::List(items) => {
                            for item in items {
                                context.spend(1)?;
                                scopes.push(item);
                                let written = self.write(nodes, document, scopes, out, context);
                                scopes.pop();
                                written?;
                            }
                        }
                        value if is_falsy(&value) => {}
                        value => {
                            scopes.push(value);
                            let written = self.write(nodes, document, scopes, out, context);
                            scopes.pop();
                            written?;
                        }
                    }
                }
            }
            if out.len() > MAX_OUTPUT {
                let reason = format!("the rendered text has more than [{MAX_OUTPUT}] bytes");
                return Err(Failure::illegal_argument(reason));
            }
        }
        Ok(())
    }
}

fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        _ => false,
    }
}

fn look_up(path: &[String], document: &Document, scopes: &[Value]) -> Option<Value> {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    if parts == ["."] {
        return scopes.last().cloned();
    }
    // A key that contains the dots precedes a path.
    let whole = path.join(".");
    let in_scope = |scope: &Value| follow(scope, &[&whole]).or_else(|| follow(scope, &parts));
    let in_document = || document.template_member(&[&whole]).or_else(|| document.template_member(&parts));
    scopes.iter().rev().find_map(in_scope).or_else(in_document)
}

/// Returns the text of a value. A template sees a list as a map from index to item.
fn template_text(value: &Value) -> String {
    match value {
        Value::List(items) => {
            let items: Vec<String> = items
                .iter()
                .enumerate()
                // Lists in the list have Java's own text.
                .map(|(index, item)| format!("{index}={}", item.to_java_string()))
                .collect();
            format!("{{{}}}", items.join(", "))
        }
        other => other.to_java_string(),
    }
}

/// Appends a text with the escapes that Jackson uses in JSON strings.
fn escape(text: &str, out: &mut String) {
    use std::fmt::Write as _;
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => _ = write!(out, "\\u{:04X}", u32::from(control)),
            other => out.push(other),
        }
    }
}

struct Reader<'s> {
    source: &'s str,
    at: usize,
    /// The number of line ends so far.
    lines: usize,
}

/// Appends a text to the text node before it, or as a node of its own.
fn push_text(nodes: &mut Vec<Node>, text: &mut String) {
    match nodes.last_mut() {
        _ if text.is_empty() => {}
        Some(Node::Text(before)) => before.push_str(text),
        _ => nodes.push(Node::Text(text.clone())),
    }
    text.clear();
}

impl Reader<'_> {
    fn failure(&self, reason: &str) -> Failure {
        let line = 1 + self.lines;
        let reason = format!("{reason} @[query-template:{line}]");
        Failure::new("script_exception", reason.clone())
            .caused_by(Failure::new("mustache_exception", reason))
            .with("script_stack", serde_json::json!([]))
            .with("script", self.source)
            .with("lang", "mustache")
    }

    /// Reads nodes up to the end of the text, or of a section.
    ///
    /// If a section has several lines, a tag that has a line for itself removes that line: the blanks before it and the
    /// line end.
    fn nodes(&mut self, section: Option<&str>, mut starts_line: bool, depth: usize) -> Result<Vec<Node>, Failure> {
        let mut nodes = Vec::new();
        let mut text = String::new();
        let mut after_section = section.is_some();
        let mut only_blanks = true;
        while let Some(character) = self.source.get(self.at..).and_then(|rest| rest.chars().next()) {
            let rest = self.source.get(self.at..).unwrap_or_default();
            let line_end = if rest.starts_with("\r\n") { 2 } else { usize::from(character == '\n') };
            if line_end > 0 {
                self.lines += 1;
                self.at += line_end;
                if !(after_section && only_blanks) {
                    text.push_str(rest.get(..line_end).unwrap_or_default());
                }
                push_text(&mut nodes, &mut text);
                (after_section, only_blanks, starts_line) = (false, true, true);
                continue;
            }
            let Some(inner) = rest.strip_prefix("{{") else {
                only_blanks &= matches!(character, ' ' | '\t' | '\r');
                text.push(character);
                self.at += character.len_utf8();
                continue;
            };
            let (content, length) = if let Some(inner) = inner.strip_prefix('{') {
                let end = inner.find("}}}").ok_or_else(|| self.failure("Improperly closed variable"))?;
                (format!("&{}", inner.get(..end).unwrap_or_default()), end + 6)
            } else {
                let end = inner.find("}}").ok_or_else(|| self.failure("Improperly closed variable"))?;
                (inner.get(..end).unwrap_or_default().to_owned(), end + 4)
            };
            let content = content.trim();
            let mut characters = content.chars();
            let first = characters.next().ok_or_else(|| self.failure("Empty mustache"))?;
            let name = characters.as_str().trim();
            match first {
                '!' => self.at += length,
                '#' | '^' => {
                    if depth == MAX_SECTIONS {
                        return Err(self.failure(&format!("expected at most {MAX_SECTIONS} levels of sections")));
                    }
                    let path = self.path(name)?;
                    self.at += length;
                    let lines_before = self.lines;
                    let children = self.nodes(Some(name), starts_line && only_blanks, depth + 1)?;
                    after_section = self.lines != lines_before;
                    if only_blanks && after_section {
                        text.clear();
                    }
                    push_text(&mut nodes, &mut text);
                    nodes.push(Node::Section { path, inverted: first == '^', nodes: children });
                }
                '/' => {
                    if section != Some(name) {
                        let open = section.unwrap_or("nothing");
                        return Err(self.failure(&format!("Mismatched start/end tags: {open} != {name}")));
                    }
                    self.at += length;
                    if !(starts_line && only_blanks) {
                        push_text(&mut nodes, &mut text);
                    }
                    return Ok(nodes);
                }
                '>' | '=' | '<' | '$' => {
                    let reason = format!("expected a variable, a section or a comment, found {{{{{first}");
                    return Err(self.failure(&reason));
                }
                _ => {
                    let (name, escaped) = if first == '&' { (name, false) } else { (content, true) };
                    push_text(&mut nodes, &mut text);
                    nodes.push(Node::Variable { path: self.path(name)?, escaped });
                    self.at += length;
                }
            }
            starts_line = false;
        }
        if let Some(section) = section {
            return Err(self.failure(&format!("Failed to close '{section}' tag")));
        }
        push_text(&mut nodes, &mut text);
        Ok(nodes)
    }

    fn path(&self, name: &str) -> Result<Vec<String>, Failure> {
        if name.is_empty() {
            return Err(self.failure("Empty mustache"));
        }
        let function = name.split_once('(').map_or(name, |(name, _)| name);
        if ["toJson", "join", "url"].contains(&function) {
            return Err(self.failure(&format!("the function {function} is not supported")));
        }
        if name == "." {
            return Ok(vec![".".into()]);
        }
        Ok(name.split('.').map(str::to_owned).collect())
    }
}

/// A value of an option, with templates in its texts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Source {
    Constant(Value),
    Text(Template),
    List(Vec<Source>),
    Map(Vec<(Template, Source)>),
}

impl Source {
    pub(super) fn compile(value: &Value, escapes: bool) -> Result<Source, Failure> {
        Ok(match value {
            Value::String(text) if text.contains("{{") => Source::Text(Template::of_media_type(text, escapes)?),
            Value::List(items) => {
                Source::List(items.iter().map(|item| Source::compile(item, escapes)).collect::<Result<_, _>>()?)
            }
            Value::Map(members) => {
                let member = |(key, value): (&String, &Value)| {
                    Ok((Template::of_media_type(key, escapes)?, Source::compile(value, escapes)?))
                };
                Source::Map(members.iter().map(member).collect::<Result<_, Failure>>()?)
            }
            other => Source::Constant(other.clone()),
        })
    }

    /// True if the value is a text with a template.
    pub(super) fn is_template(&self) -> bool {
        matches!(self, Source::Text(_))
    }

    pub(super) fn resolve(&self, document: &Document, context: &mut Context<'_>) -> Result<Value, Failure> {
        Ok(match self {
            Source::Constant(value) => {
                context.spend(value.weight())?;
                value.clone()
            }
            Source::Text(template) => Value::String(template.render(document, context)?),
            Source::List(items) => {
                Value::List(items.iter().map(|item| item.resolve(document, context)).collect::<Result<_, _>>()?)
            }
            Source::Map(members) => {
                let mut map = super::value::Map::new();
                for (key, value) in members {
                    map.insert(key.render(document, context)?, value.resolve(document, context)?);
                }
                Value::Map(map)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ingest::{Environment, Pipeline};

    /// Answers of Elasticsearch 7.10.2.
    #[test]
    fn templates_are_rendered_as_by_a_server() {
        let cases = [
            ("a\n{{#b}}\nx\n{{/b}}\nend", "a\nx\nx\nend"),
            ("a\n  {{#b}}  \n x{{.}}\n  {{/b}}  \nend", "a\n   x1\n   x2\n  end"),
            ("a {{#b}}\nx {{/b}}\nend", "a x x \nend"),
            ("{{!c}}\nx\n{{! c }} y\n{{^zz}}\nn\n{{/zz}}", "\nx\n y\nn\n"),
            ("\n{{#t}}\n\n{{/t}}\n", "\n\n"),
            ("{{#t}}a\r\n{{/t}}\r\nb", "a\r\nb"),
            ("{{#m}}{{k}}{{/m}} {{#m.k}}[{{.}}]{{/m.k}} {{#t}}T{{/t}}{{^f}}F{{/f}}", "v [v] TF"),
            ("{{#z}}Z{{/z}}{{^z}}nz{{/z}}{{#e}}E{{/e}}{{^e}}ne{{/e}}", "nzne"),
            ("{{#b}}{{.}},{{/b}}{{^b}}x{{/b}}{{#zero}}0{{/zero}}", "1,2,0"),
            ("{{#l}}{{x}}{{/l}}{{x}}", "12outer"),
            ("{{l}} {{m}} {{b.1}} {{b.size}} {{none.x}}", "{0={x=1}, 1={x=2}} {k=v} 2 2 "),
            ("{{q}} {{{q}}} {{&q}}", "\\\"<\\n \"<\n \"<\n"),
            ("{{d.e}}", "dotted"),
        ];
        let source = json!({
            "b": [1, 2], "m": { "k": "v" }, "t": true, "f": false, "z": null, "e": [], "zero": 0, "l": [{ "x": 1 }, { "x": 2 }],
            "x": "outer", "q": "\"<\n", "d.e": "dotted", "d": { "e": "path" }
        });
        for (template, expected) in cases {
            let set = json!({ "processors": [{ "set": { "field": "out", "value": template } }] });
            let pipeline = Pipeline::new(&set, Environment::default());
            let document =
                pipeline.ok().and_then(|pipeline| pipeline.run(Document::new(source.clone())).ok().flatten());
            let out = document.map(|document| document.source()["out"].clone());
            assert_eq!(out, Some(json!(expected)), "{template}");
        }
    }
}
