//! Evaluates an expression for a document, with Painless's own failures.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::found::{DATA, Found, borrowed, equal, is_instance, is_view, numbers, primitive, text_of};
use super::parser::{Expr, METHODS, Method};
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::value::Value;

/// The place of a failure, and the failure.
type Thrown = (usize, Failure);

/// The work of a part of an expression, in bytes copied.
const EVALUATION: usize = 16;

/// The argument of a method, which takes one at most.
struct Passed<'d> {
    count: usize,
    value: Found<'d>,
    at: usize,
    is_constant: bool,
}

/// True if the expression is true for the document.
pub(super) fn holds(expr: &Expr, document: &Document, context: &mut Context<'_>) -> Result<bool, Thrown> {
    Evaluation { document, context, at: 0 }.truth(expr)
}

struct Evaluation<'d, 'c, 's> {
    document: &'d Document,
    context: &'c mut Context<'s>,
    /// The place of the last access or call, which Painless reports for a failure.
    at: usize,
}

impl<'d> Evaluation<'d, '_, '_> {
    fn throw<T>(&self, failure: Failure) -> Result<T, Thrown> {
        Err((self.at, failure))
    }

    fn null_pointer<T>(&self, what: &str) -> Result<T, Thrown> {
        let reason = format!("Cannot invoke \"Object.getClass()\" because \"{what}\" is null");
        self.throw(Failure::new("null_pointer_exception", reason))
    }

    fn class_cast<T>(&self, reason: String) -> Result<T, Thrown> {
        self.throw(Failure::new("class_cast_exception", reason))
    }

    fn truth(&mut self, expr: &Expr) -> Result<bool, Thrown> {
        match self.value(expr)? {
            Found::Value(value) => match &*value {
                Value::Bool(flag) => Ok(*flag),
                Value::Null => self.null_pointer("value"),
                _ => {
                    let class = primitive(&Found::Value(value));
                    self.class_cast(format!("cannot cast def [{class}] to boolean"))
                }
            },
            Found::Ctx => self.class_cast(format!("cannot cast def [{DATA}] to boolean")),
        }
    }

    /// Counts work that is done for the place of the last access or call.
    fn spend(&mut self, work: usize) -> Result<(), Thrown> {
        self.context.spend(work).map_err(|failure| (self.at, failure))
    }

    fn value(&mut self, expr: &Expr) -> Result<Found<'d>, Thrown> {
        self.spend(EVALUATION)?;
        let truth = |flag: bool| Ok(Found::of(Value::Bool(flag)));
        match expr {
            Expr::Ctx => Ok(Found::Ctx),
            Expr::Literal(value) => Ok(Found::of(value.clone())),
            Expr::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    match self.value(item)? {
                        Found::Value(value) => {
                            // A value of the document is copied.
                            self.spend(value.weight())?;
                            list.push(value.into_owned());
                        }
                        Found::Ctx => list.push(Value::Null),
                    }
                }
                Ok(Found::of(Value::List(list)))
            }
            Expr::Member { of, name, null_safe, at } => {
                let of = self.value(of)?;
                self.at = *at;
                if *null_safe && of.is_null() {
                    return Ok(Found::null());
                }
                self.member(of, name)
            }
            Expr::Item { of, key, at } => {
                let of = self.value(of)?;
                let before = self.at;
                let key = self.value(key)?;
                self.item(of, &key, before, *at)
            }
            Expr::Call { of, method, arguments, null_safe, at } => {
                let of = self.value(of)?;
                let before = self.at;
                if *null_safe && of.is_null() {
                    self.at = *at;
                    return Ok(Found::null());
                }
                let argument = match arguments.first() {
                    Some(argument) => self.value(argument)?,
                    None => Found::null(),
                };
                // A constant argument does not have a place of its own.
                let argument_at = if self.at == before { *at } else { self.at };
                self.at = *at;
                let is_constant = matches!(arguments.first(), Some(Expr::Literal(_)));
                let passed = Passed { count: arguments.len(), value: argument, at: argument_at, is_constant };
                self.call(of, *method, &passed)
            }
            Expr::Not(operand) => {
                let operand = self.truth(operand)?;
                truth(!operand)
            }
            Expr::And(operands) => {
                for operand in operands {
                    if !self.truth(operand)? {
                        return truth(false);
                    }
                }
                truth(true)
            }
            Expr::Or(operands) => {
                for operand in operands {
                    if self.truth(operand)? {
                        return truth(true);
                    }
                }
                truth(false)
            }
            Expr::Equal { left, right, negated, identity } => {
                let left = self.value(left)?;
                let right = self.value(right)?;
                // Texts of one length are compared, and lists and objects member by member.
                let weight = |found: &Found<'_>| match found {
                    Found::Value(value) if !is_view(found) => value.weight(),
                    _ => 0,
                };
                self.spend(weight(&left).min(weight(&right)) / 16)?;
                truth(equal(&left, &right, *identity) != *negated)
            }
            Expr::Compare { left, right, sign } => {
                let left = self.value(left)?;
                let right = self.value(right)?;
                let order = self.compare(&left, &right, sign)?;
                truth(match *sign {
                    "<" => order == Some(Ordering::Less),
                    "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
                    ">" => order == Some(Ordering::Greater),
                    _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
                })
            }
            Expr::InstanceOf(value, class) => {
                let value = self.value(value)?;
                truth(is_instance(&value, class))
            }
            Expr::Choose(condition, then, otherwise) => {
                if self.truth(condition)? {
                    self.value(then)
                } else {
                    self.value(otherwise)
                }
            }
            Expr::Elvis(value, otherwise) => {
                let found = self.value(value)?;
                if found.is_null() { self.value(otherwise) } else { Ok(found) }
            }
        }
    }

    fn member(&self, of: Found<'d>, name: &str) -> Result<Found<'d>, Thrown> {
        let class = of.class();
        match of {
            Found::Ctx => Ok(borrowed(self.document.member(name))),
            Found::Value(value) => match (&*value, &value) {
                (Value::Null, _) => self.null_pointer("callArgs[0]"),
                (Value::Map(members), Cow::Owned(_)) => {
                    Ok(Found::of(members.get(name).cloned().unwrap_or(Value::Null)))
                }
                (Value::Map(_), Cow::Borrowed(Value::Map(members))) => Ok(borrowed(members.get(name))),
                (Value::List(items), _) if name == "length" => {
                    Ok(Found::of(Value::Integer(i32::try_from(items.len()).unwrap_or(i32::MAX))))
                }
                (Value::List(items), _) => match name.parse::<i64>() {
                    Ok(index) => self.item_at(&value, items.len(), index),
                    Err(_) => self.throw(Failure::illegal_argument(format!("Illegal list shortcut value [{name}]."))),
                },
                _ => self.throw(Failure::illegal_argument(format!("dynamic getter [{class}, {name}] not found"))),
            },
        }
    }

    fn item_at(&self, list: &Cow<'d, Value>, length: usize, index: i64) -> Result<Found<'d>, Thrown> {
        // Painless counts negative indexes from the end.
        let counted = if index < 0 { index + length as i64 } else { index };
        let found = usize::try_from(counted).ok().filter(|index| *index < length);
        let Some(found) = found else {
            let reason = format!("Index {counted} out of bounds for length {length}");
            return self.throw(Failure::new("index_out_of_bounds_exception", reason));
        };
        Ok(match list {
            Cow::Borrowed(Value::List(items)) => borrowed(items.get(found)),
            other => match &**other {
                Value::List(items) => Found::of(items.get(found).cloned().unwrap_or(Value::Null)),
                _ => Found::null(),
            },
        })
    }

    fn item(&mut self, of: Found<'d>, key: &Found<'_>, before: usize, at: usize) -> Result<Found<'d>, Thrown> {
        let class = of.class();
        match of {
            Found::Ctx => {
                self.at = at;
                Ok(borrowed(text_of(key).and_then(|name| self.document.member(name))))
            }
            Found::Value(value) => match (&*value, &value) {
                (Value::Null, _) => {
                    self.at = before;
                    self.null_pointer("callArgs[0]")
                }
                (Value::Map(_), Cow::Borrowed(Value::Map(members))) => {
                    self.at = at;
                    Ok(borrowed(text_of(key).and_then(|name| members.get(name))))
                }
                (Value::List(items), _) => {
                    let Found::Value(key_value) = key else { return self.no_index(key) };
                    match key_value.as_i64() {
                        Some(index) => {
                            self.at = at;
                            self.item_at(&value, items.len(), index)
                        }
                        None => self.no_index(key),
                    }
                }
                _ => {
                    self.at = before;
                    let reason = format!("Attempting to address a non-array-like type [{class}] as an array.");
                    self.throw(Failure::illegal_argument(reason))
                }
            },
        }
    }

    fn no_index<T>(&self, key: &Found<'_>) -> Result<T, Thrown> {
        if key.is_null() {
            return self.null_pointer("value");
        }
        self.class_cast(format!("cannot cast def [{}] to int", primitive(key)))
    }

    fn call(&mut self, of: Found<'d>, method: Method, passed: &Passed<'_>) -> Result<Found<'d>, Thrown> {
        let class = of.class();
        let (argument, count) = (&passed.value, passed.count);
        let truth = |flag: bool| Ok(Found::of(Value::Bool(flag)));
        let size = |length: usize| Ok(Found::of(Value::Integer(i32::try_from(length).unwrap_or(i32::MAX))));
        let value = match of {
            Found::Ctx => {
                let names = || text_of(argument);
                return match method {
                    Method::ContainsKey => truth(names().is_some_and(|name| self.document.member(name).is_some())),
                    Method::Get => Ok(borrowed(names().and_then(|name| self.document.member(name)))),
                    Method::IsEmpty => truth(false),
                    Method::Size => size(self.document.source.len() + self.document.metadata.len()),
                    Method::Equals => truth(false),
                    _ => self.no_method(class, method, count),
                };
            }
            Found::Value(value) => value,
        };
        // Searching a text is cheaper than copying it.
        let work = match (&*value, method) {
            (Value::String(text), Method::ToLowerCase | Method::ToUpperCase | Method::Trim) => text.len(),
            // It copies both texts.
            (Value::String(text), Method::EqualsIgnoreCase) => text.len() + text_of(argument).map_or(0, str::len),
            (Value::String(text), _) => text.len() / 16,
            (Value::List(items), Method::Contains) => items.len() + value.weight() / 16,
            (Value::List(_) | Value::Map(_), Method::Equals) => value.weight() / 16,
            _ => 0,
        };
        self.spend(work)?;
        match (&*value, method) {
            (Value::Null, _) => self.null_pointer("callArgs[0]"),
            (_, Method::Equals) => {
                truth(matches!(argument, Found::Value(other) if **other == *value && !is_view(argument)))
            }
            (
                Value::String(text),
                Method::Contains | Method::StartsWith | Method::EndsWith | Method::EqualsIgnoreCase,
            ) => {
                let Some(other) = text_of(argument) else {
                    if method == Method::EqualsIgnoreCase && argument.is_null() {
                        return truth(false);
                    }
                    return self.no_text(passed, method);
                };
                truth(match method {
                    Method::Contains => text.contains(other),
                    Method::StartsWith => text.starts_with(other),
                    Method::EndsWith => text.ends_with(other),
                    _ => text.to_lowercase() == other.to_lowercase(),
                })
            }
            (Value::String(text), Method::Length) => size(text.encode_utf16().count()),
            (Value::String(text), Method::ToLowerCase) => Ok(Found::of(Value::String(text.to_lowercase()))),
            (Value::String(text), Method::ToUpperCase) => Ok(Found::of(Value::String(text.to_uppercase()))),
            (Value::String(text), Method::Trim) => {
                Ok(Found::of(Value::String(text.trim_matches(|c: char| c <= ' ').to_owned())))
            }
            (Value::String(text), Method::IsEmpty) => truth(text.is_empty()),
            (Value::List(items), Method::Contains) => {
                truth(matches!(argument, Found::Value(item) if items.contains(item)) && !is_view(argument))
            }
            (Value::List(items), Method::IsEmpty) => truth(items.is_empty()),
            (Value::List(items), Method::Size) => size(items.len()),
            (Value::List(items), Method::Get) => match argument {
                Found::Value(index) if index.as_i64().is_some() => {
                    let index = index.as_i64().unwrap_or_default();
                    // Unlike in brackets, a negative index does not count from the end.
                    if index < 0 {
                        let reason = format!("Index {index} out of bounds for length {}", items.len());
                        return self.throw(Failure::new("index_out_of_bounds_exception", reason));
                    }
                    self.item_at(&value, items.len(), index)
                }
                other => {
                    self.at = passed.at;
                    self.no_index(other)
                }
            },
            (Value::Map(members), Method::ContainsKey) => {
                truth(text_of(argument).is_some_and(|name| members.contains_key(name)))
            }
            (Value::Map(members), Method::IsEmpty) => truth(members.is_empty()),
            (Value::Map(members), Method::Size) => size(members.len()),
            (Value::Map(members), Method::Get) => Ok(match &value {
                Cow::Borrowed(Value::Map(members)) => borrowed(text_of(argument).and_then(|name| members.get(name))),
                _ => {
                    let found = text_of(argument).and_then(|name| members.get(name)).cloned();
                    Found::of(found.unwrap_or(Value::Null))
                }
            }),
            _ => self.no_method(class, method, count),
        }
    }

    fn no_method<T>(&self, class: &str, method: Method, count: usize) -> Result<T, Thrown> {
        let name = METHODS.into_iter().find(|(_, known, _)| *known == method).map_or("", |(name, ..)| name);
        self.throw(Failure::illegal_argument(format!("dynamic method [{class}, {name}/{count}] not found")))
    }

    /// Fails for an argument that is not a text.
    fn no_text<T>(&mut self, passed: &Passed<'_>, method: Method) -> Result<T, Thrown> {
        let argument = &passed.value;
        self.at = passed.at;
        if argument.is_null() {
            let reason = match method {
                Method::Contains => "Cannot invoke \"java.lang.CharSequence.toString()\" because \"s\" is null",
                Method::StartsWith => "Cannot read field \"value\" because \"prefix\" is null",
                _ => "Cannot invoke \"String.length()\" because \"suffix\" is null",
            };
            return self.throw(Failure::new("null_pointer_exception", reason));
        }
        let expected = if method == Method::Contains { "CharSequence" } else { "String" };
        if passed.is_constant {
            let found = primitive(argument);
            let reason = format!("cannot convert MethodHandle(String,{expected})boolean to (Object,{found})Object");
            return self.throw(Failure::new("wrong_method_type_exception", reason));
        }
        self.class_cast(format!("Cannot cast {} to java.lang.{expected}", argument.class().replace("r.U", "r$U")))
    }

    fn compare(&self, left: &Found<'_>, right: &Found<'_>, sign: &str) -> Result<Option<Ordering>, Thrown> {
        let (Found::Value(left_value), Found::Value(right_value)) = (left, right) else {
            return self.not_comparable(left, right, sign);
        };
        match (&**left_value, &**right_value) {
            (Value::Null, _) => self.null_pointer("left"),
            (_, Value::Null) => self.null_pointer("right"),
            (Value::Bool(_), Value::Bool(_)) => {
                self.class_cast(format!("Cannot apply [{sign}] operation to type [boolean]"))
            }
            (left_number, right_number) => match numbers(left_number, right_number) {
                Some(order) => Ok(order),
                None => self.not_comparable(left, right, sign),
            },
        }
    }

    fn not_comparable<T>(&self, left: &Found<'_>, right: &Found<'_>, sign: &str) -> Result<T, Thrown> {
        let (left, right) = (left.class(), right.class());
        // Painless reports the operator so.
        let sign = if sign == ">=" { ">" } else { sign };
        self.class_cast(format!("Cannot apply [{sign}] operation to types [{left}] and [{right}]."))
    }
}
