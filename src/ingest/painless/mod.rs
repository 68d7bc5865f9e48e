//! Conditions: the part of Painless in which most `if` options are written.
//!
//! Conditions support:
//!
//! - `ctx`, and access to members: `.name`, `?.name`, `['name']`, `[0]`
//! - literals, and literals of lists
//! - `==`, `!=`, `===`, `!==`, `<`, `<=`, `>`, `>=`, `instanceof`
//! - `&&`, `||`, `!`, `? :`, `?:`
//! - parentheses, comments, a leading `return`, and a semicolon at the end
//! - the methods of [`METHODS`](parser)
//!
//! Other conditions are refused, with their place, when the pipeline is built. Failures of a running condition have
//! Painless's words. Source: the Painless language specification, and a real server's answers.

mod eval;
mod found;
mod lexer;
mod parser;

use serde_json::json;

use super::context::Context;
use super::document::Document;
use super::failure::Failure;
use super::value::Value;
use parser::Expr;

/// A compiled condition.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    source: String,
    expr: Expr,
}

/// The limit of a condition, in bytes, which is Elasticsearch's for scripts.
const MAX_SOURCE: usize = 65_535;

impl Condition {
    /// Compiles the option `if`: a text, or a script object with `source`.
    pub(super) fn of_option(option: &Value) -> Result<Condition, Failure> {
        let failure = |reason: String| {
            Failure::new("parse_exception", format!("[script] {reason}"))
                .with("property_name", "script")
                .with("processor_type", "conditional")
        };
        match option {
            Value::String(source) => Condition::compile(source),
            Value::Map(members) => {
                for (name, value) in members {
                    let is_fine = match name.as_str() {
                        "source" | "inline" => value.as_str().is_some(),
                        "lang" => value.as_str() == Some("painless"),
                        "params" | "options" => matches!(value, Value::Map(members) if members.is_empty()),
                        _ => false,
                    };
                    if !is_fine {
                        return Err(failure(format!("[{name}] is not supported: expected [source] in painless")));
                    }
                }
                let source = members.get("source").or_else(|| members.get("inline")).and_then(Value::as_str);
                Condition::compile(source.ok_or_else(|| {
                    failure("must specify either [source] for an inline script or [id] for a stored script".into())
                })?)
            }
            other => Err(failure(format!("property isn't a map or string, but of type [{}]", other.java_type()))),
        }
    }

    fn compile(source: &str) -> Result<Condition, Failure> {
        if source.len() > MAX_SOURCE {
            return Err(script_failure(source, 0, "compile error").caused_by(Failure::illegal_argument(format!(
                "Scripts may be no longer than {MAX_SOURCE} characters."
            ))));
        }
        match parser::parse(source) {
            Ok(expr) => Ok(Condition { source: source.to_owned(), expr }),
            Err(refused) => {
                let before = source.get(..refused.at).unwrap_or(source);
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                let reason = format!("line {line}, column {column}: {}", refused.reason);
                let cause = Failure::illegal_argument(reason);
                Err(script_failure(source, refused.at, "compile error").caused_by(cause))
            }
        }
    }

    /// Returns the text of the condition.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Evaluates the condition for a document. Bytes that are copied or searched are spent from the context's budget.
    pub(super) fn evaluate(&self, document: &Document, context: &mut Context<'_>) -> Result<bool, Failure> {
        eval::holds(&self.expr, document, context)
            .map_err(|(at, cause)| script_failure(&self.source, at, "runtime error").caused_by(cause))
    }
}

/// Returns Elasticsearch's failure for a script, with the place of the error.
fn script_failure(source: &str, at: usize, reason: &str) -> Failure {
    let units = |text: &str| text.encode_utf16().count();
    let offset = units(source.get(..at).unwrap_or(source));
    Failure::new("script_exception", reason)
        .with("script_stack", json!([source, format!("{}^---- HERE", " ".repeat(offset.min(MAX_POINTER)))]))
        .with("script", source)
        .with("lang", "painless")
        .with("position", json!({ "offset": offset, "start": 0, "end": units(source) }))
}

/// The limit of blanks before the pointer to a place.
const MAX_POINTER: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        Document::new(json!({
            "s": "abc", "i": 5, "l": [1, "a", null], "d": 5.0, "big": 5_000_000_000_i64, "t": true, "f": false,
            "n": null, "m": { "k": "v", "q": { "z": 1 } }, "e": "", "neg": -1
        }))
    }

    /// Returns a server's answer: true, false, or the cause of the failure with its place.
    fn answer(source: &str) -> String {
        match Condition::compile(source) {
            Err(failure) => failure.root_reason().to_owned(),
            Ok(condition) => match condition.evaluate(&document(), &mut Context::new(None, || 0)) {
                Ok(holds) => holds.to_string(),
                Err(failure) => {
                    let json = failure.to_json();
                    let cause = &json["caused_by"];
                    format!("{} {} {}", json["position"]["offset"], cause["type"], cause["reason"]).replace("\\\"", "'")
                }
            },
        }
    }

    /// Answers of Elasticsearch 7.10.2.
    #[test]
    fn conditions_are_answered_as_by_a_server() {
        let null = |at: usize, what: &str| {
            format!("{at} \"null_pointer_exception\" \"Cannot invoke 'Object.getClass()' because '{what}' is null\"")
        };
        let cast = |at: usize, what: &str| format!("{at} \"class_cast_exception\" \"{what}\"");
        let argument = |at: usize, what: &str| format!("{at} \"illegal_argument_exception\" \"{what}\"");
        let cases = [
            ("true", "true".to_owned()),
            ("ctx.t", "true".into()),
            ("ctx.n", null(3, "value")),
            ("ctx.s", cast(3, "cannot cast def [java.lang.String] to boolean")),
            ("ctx.i", cast(3, "cannot cast def [int] to boolean")),
            ("ctx.zz == null", "true".into()),
            ("ctx?.zz?.y == null", "true".into()),
            ("ctx.zz.y == null", null(6, "callArgs[0]")),
            ("ctx.s.y == null", argument(5, "dynamic getter [java.lang.String, y] not found")),
            ("ctx.i?.y == null", argument(5, "dynamic getter [java.lang.Integer, y] not found")),
            ("ctx.l.y == null", argument(5, "Illegal list shortcut value [y].")),
            ("ctx.l.0 == 1", "true".into()),
            ("ctx.l[1] == 'a'", "true".into()),
            ("ctx.l[-1] == null", "true".into()),
            ("ctx.l[7] == null", "5 \"index_out_of_bounds_exception\" \"Index 7 out of bounds for length 3\"".into()),
            ("ctx['m'][\"q\"]['z'] == 1", "true".into()),
            (
                "ctx.s[0] == 'a'",
                argument(3, "Attempting to address a non-array-like type [java.lang.String] as an array."),
            ),
            ("ctx.n[0] == 1", null(3, "callArgs[0]")),
            ("ctx.zz?.get('a') == null", "true".into()),
            ("ctx.m.get('k') == 'v'", "true".into()),
            ("ctx.i == 5.0", "true".into()),
            ("ctx.big == 5000000000L", "true".into()),
            ("ctx.i == '5'", "false".into()),
            ("ctx.s > 5", cast(3, "Cannot apply [>] operation to types [java.lang.String] and [java.lang.Integer].")),
            ("ctx.n > 5", null(3, "left")),
            ("ctx.i > 4 && ctx.i < 6", "true".into()),
            ("ctx.neg == -1", "true".into()),
            ("ctx.i !== 5", "false".into()),
            ("ctx.t && ctx.i", cast(12, "cannot cast def [int] to boolean")),
            ("ctx.n || ctx.t", null(3, "value")),
            ("ctx.t || ctx.n", "true".into()),
            ("!ctx.zz?.y", null(7, "value")),
            ("ctx.s.contains('b')", "true".into()),
            ("ctx.s.contains(ctx.i)", cast(18, "Cannot cast java.lang.Integer to java.lang.CharSequence")),
            ("ctx.s.length() == 3", "true".into()),
            ("ctx.s.length > 2", argument(5, "dynamic getter [java.lang.String, length] not found")),
            ("ctx.s.toUpperCase().equals('ABC')", "true".into()),
            ("ctx.e.isEmpty()", "true".into()),
            ("ctx.l.contains(1L)", "false".into()),
            ("ctx.l.contains(null)", "true".into()),
            ("ctx.containsKey('n')", "true".into()),
            ("ctx._index == '_index'", "true".into()),
            ("ctx.i.equals(5L)", "false".into()),
            ("ctx.n.equals(5)", null(5, "callArgs[0]")),
            ("ctx.zz?.contains('x')", null(6, "value")),
            ("ctx.l.size() == ctx.l.length", "true".into()),
            ("ctx.i.length() == 3", argument(5, "dynamic method [java.lang.Integer, length/0] not found")),
            ("ctx.i instanceof Number", "true".into()),
            ("ctx.i instanceof Long", "false".into()),
            ("ctx.n instanceof String", "false".into()),
            ("ctx instanceof Map", "true".into()),
            ("['a', 'abc'].contains(ctx.s)", "true".into()),
            ("ctx.s == 'a' ? true : false", "false".into()),
            ("(ctx.zz ?: 'x') == 'x'", "true".into()),
            ("return ctx.t;", "true".into()),
            ("\"a\\\"b\" == 'a\"b'", "true".into()),
            ("ctx.f && ctx.zz.y == 1", "false".into()),
            ("ctx.l == ctx.l", "false".into()),
            ("ctx['@timestamp'] == null // none", "true".into()),
            ("ctx.i == 5 == true", "true".into()),
            ("ctx.t == ctx.i > 4", "true".into()),
            ("!ctx.i instanceof Integer", cast(4, "cannot cast def [int] to boolean")),
            ("ctx.t < ctx.f", cast(11, "Cannot apply [<] operation to type [boolean]")),
            ("ctx.if == null", "true".into()),
        ];
        for (source, expected) in cases {
            assert_eq!(answer(source), expected, "{source}");
        }
    }

    #[test]
    fn what_is_beyond_is_refused_with_its_place() {
        let cases = [
            ("ctx.i + 1 == 6", "line 1, column 7: \"+\" is not supported in conditions"),
            ("ctx.a ==\n  ctx.b * 2", "line 2, column 9: \"*\" is not supported in conditions"),
            ("ctx.s =~ /a/", "line 1, column 7: \"=~\" is not supported in conditions"),
            ("ctx.s.splitOnToken('a')", "line 1, column 7: the method \"splitOnToken\" is not supported in conditions"),
            ("ctx.s.contains('a', 'b')", "line 1, column 7: the method \"contains\" takes 1 argument, found 2"),
            ("foo == null", "line 1, column 1: \"foo\" is not supported in conditions: only \"ctx\" is known"),
            ("if (ctx.t) { return true }", "line 1, column 12: \"{\" is not supported in conditions"),
            ("ctx.i instanceof Foo", "line 1, column 18: the type \"Foo\" is not supported in conditions"),
            ("ctx.a +", "line 1, column 7: \"+\" is not supported in conditions"),
            ("ctx.a ==", "line 1, column 9: expected a value, found the end"),
            ("ctx.a == 'x", "line 1, column 10: the text is not closed"),
            ("5", "line 1, column 1: expected a boolean, found a number"),
            ("ctx.t && 'x'", "line 1, column 10: expected a boolean, found a text"),
            ("ctx.a == 5 == 5", "line 1, column 12: a boolean and a number cannot be compared"),
            ("'x' == 5", "line 1, column 5: a text and a number cannot be compared"),
            ("null == null", "line 1, column 6: null and null cannot be compared"),
            ("ctx.a > null", "line 1, column 7: \">\" is for numbers"),
            ("'x'.containsKey('k')", "line 1, column 5: a text has no method \"containsKey\""),
            ("5?.equals(5)", "line 1, column 2: a number is never null"),
            ("", "line 1, column 1: expected a value, found the end"),
            ("ctx.big == 5000000000", "line 1, column 12: the number 5000000000 is not an int: write 5000000000L"),
            ("ctx.t; ctx.f", "line 1, column 8: expected the end, found \"ctx\""),
        ];
        for (source, expected) in cases {
            assert_eq!(answer(source), expected, "{source}");
        }
        let deep = format!("{}true{}", "(".repeat(5000), ")".repeat(5000));
        assert_eq!(answer(&deep), "line 1, column 102: expected at most 100 levels of nesting");
        let deep = format!("{}true", "!".repeat(5000));
        assert_eq!(answer(&deep), "line 1, column 102: expected at most 100 levels of nesting");
    }
}
