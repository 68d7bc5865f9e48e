//! Errors as JSON, with the members that the errors of the npm package have.

use serde_json::{Map, Value};
use vpcflow_ecs::Error;

/// Returns an error of a line, a format or an option as an object of JSON.
pub(crate) fn of(error: &Error) -> Value {
    let position = error.position();
    let input = error.input().map(String::from_utf8_lossy);
    let members = [
        ("code", Some(error.code().as_str().into())),
        ("message", Some(error.to_string().into())),
        ("problem", Some(error.problem().into())),
        ("lineNumber", position.line.map(Value::from)),
        ("column", position.column.map(Value::from)),
        ("offset", position.offset.map(Value::from)),
        ("field", error.field().map(Value::from)),
        ("expected", error.expected().map(Value::from)),
        ("found", error.found().map(Value::from)),
        ("format", error.format().map(Value::from)),
        ("input", input.map(Value::from)),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect::<Map<_, _>>().into()
}

/// Returns the error of a call that breaks the contract.
pub(crate) fn of_call(problem: &str) -> Value {
    let members = [("code", "invalid_call"), ("message", problem), ("problem", problem)];
    members.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect::<Map<_, _>>().into()
}
