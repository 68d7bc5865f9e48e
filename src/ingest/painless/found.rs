//! The values of expressions, with Painless's types, order and equality.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::ingest::value::Value;

/// The value of an expression. Lists and objects of the document are views, which equal nothing.
pub(super) enum Found<'d> {
    Ctx,
    Value(Cow<'d, Value>),
}

impl Found<'_> {
    pub(super) fn of(value: Value) -> Found<'static> {
        Found::Value(Cow::Owned(value))
    }

    pub(super) fn null() -> Found<'static> {
        Found::of(Value::Null)
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Found::Value(value) if value.is_null())
    }

    /// Returns the name of the class, for messages.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Found::Ctx => DATA,
            Found::Value(Cow::Borrowed(Value::Map(_))) => DATA,
            Found::Value(Cow::Borrowed(Value::List(_))) => LIST,
            Found::Value(value) => value.java_type(),
        }
    }
}

pub(super) const DATA: &str = "org.elasticsearch.ingest.ConditionalProcessor.UnmodifiableIngestData";
const LIST: &str = "org.elasticsearch.ingest.ConditionalProcessor.UnmodifiableIngestList";

pub(super) fn borrowed(value: Option<&Value>) -> Found<'_> {
    match value {
        Some(value) => Found::Value(Cow::Borrowed(value)),
        None => Found::null(),
    }
}

pub(super) fn text_of<'f>(found: &'f Found<'_>) -> Option<&'f str> {
    match found {
        Found::Value(value) => value.as_str(),
        Found::Ctx => None,
    }
}

/// True if the value is a list or an object of the document, which Painless presents as a view.
pub(super) fn is_view(found: &Found<'_>) -> bool {
    matches!(found, Found::Value(Cow::Borrowed(Value::List(_) | Value::Map(_))))
}

/// Returns the name of the type in messages about casts, which name primitive types of numbers.
pub(super) fn primitive(found: &Found<'_>) -> &'static str {
    match found.class() {
        "java.lang.Integer" => "int",
        "java.lang.Long" => "long",
        "java.lang.Float" => "float",
        "java.lang.Double" => "double",
        "java.lang.Boolean" => "boolean",
        other => other,
    }
}

/// Compares two numbers after Java's promotion. `None` means that one is not a number, `Some(None)` that one is NaN.
pub(super) fn numbers(left: &Value, right: &Value) -> Option<Option<Ordering>> {
    let as_double = |value: &Value| match value {
        Value::Integer(number) => Some(f64::from(*number)),
        Value::Long(number) => Some(*number as f64),
        Value::Float(number) => Some(f64::from(*number)),
        Value::Double(number) => Some(*number),
        _ => None,
    };
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => Some(Some(left.cmp(&right))),
        _ => Some(as_double(left)?.partial_cmp(&as_double(right)?)),
    }
}

pub(super) fn equal(left: &Found<'_>, right: &Found<'_>, identity: bool) -> bool {
    let has_view = is_view(left) || is_view(right);
    let (Found::Value(left), Found::Value(right)) = (left, right) else {
        return matches!((left, right), (Found::Ctx, Found::Ctx));
    };
    if left.is_null() || right.is_null() {
        return left.is_null() && right.is_null();
    }
    if has_view {
        return false;
    }
    // Two equal texts are different objects; a field is the same object as itself.
    if identity && matches!(**left, Value::String(_) | Value::List(_)) {
        return matches!((left, right), (Cow::Borrowed(left), Cow::Borrowed(right)) if std::ptr::eq(*left, *right));
    }
    match numbers(left, right) {
        Some(order) => order == Some(Ordering::Equal),
        None => left == right,
    }
}

pub(super) fn is_instance(found: &Found<'_>, class: &str) -> bool {
    let Found::Value(value) = found else { return ["Map", "Object", "def"].contains(&class) };
    match &**value {
        // A value without a type may be null.
        _ if class == "def" => true,
        Value::Null => false,
        _ if class == "Object" => true,
        Value::Bool(_) => class == "Boolean",
        Value::Integer(_) => class == "Integer" || class == "Number",
        Value::Long(_) => class == "Long" || class == "Number",
        Value::BigInteger(_) => class == "Number",
        Value::Float(_) => class == "Float" || class == "Number",
        Value::Double(_) => class == "Double" || class == "Number",
        Value::String(_) => class == "String",
        Value::List(_) => class == "List" || class == "Collection",
        Value::Map(_) => class == "Map",
    }
}
