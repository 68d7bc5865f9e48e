//! The values of a document, with the types that Java gives them.
//!
//! Elasticsearch's messages, comparisons and fingerprints distinguish an Integer from a Long, which a JSON value does
//! not. Source: the classes to which Elasticsearch's JSON parser (Jackson) maps numbers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// An object of a document.
pub(super) type Map = BTreeMap<String, Value>;

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// An integer of 32 bits.
    Integer(i32),
    /// An integer of 64 bits.
    Long(i64),
    /// An integer beyond 2^63 - 1.
    BigInteger(u64),
    Float(f32),
    Double(f64),
    String(String),
    List(Vec<Value>),
    Map(Map),
}

impl Value {
    /// Returns the name of the Java class, for messages.
    pub(super) fn java_type(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "java.lang.Boolean",
            Value::Integer(_) => "java.lang.Integer",
            Value::Long(_) => "java.lang.Long",
            Value::BigInteger(_) => "java.math.BigInteger",
            Value::Float(_) => "java.lang.Float",
            Value::Double(_) => "java.lang.Double",
            Value::String(_) => "java.lang.String",
            Value::List(_) => "java.util.ArrayList",
            Value::Map(_) => "java.util.HashMap",
        }
    }

    /// Makes the value of an integer in JSON.
    pub(super) fn from_i64(number: i64) -> Value {
        i32::try_from(number).map_or(Value::Long(number), Value::Integer)
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Returns an integer of up to 64 bits.
    pub(super) fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(i64::from(*number)),
            Value::Long(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the result of Java's `toString`.
    pub(super) fn to_java_string(&self) -> String {
        let mut text = String::new();
        self.write_java_string(&mut text);
        text
    }

    fn write_java_string(&self, out: &mut String) {
        match self {
            Value::Null => out.push_str("null"),
            Value::Bool(flag) => _ = write!(out, "{flag}"),
            Value::Integer(number) => _ = write!(out, "{number}"),
            Value::Long(number) => _ = write!(out, "{number}"),
            Value::BigInteger(number) => _ = write!(out, "{number}"),
            Value::Float(number) => out.push_str(&java_decimal(*number, f64::from(*number))),
            Value::Double(number) => out.push_str(&java_decimal(*number, *number)),
            Value::String(text) => out.push_str(text),
            Value::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    item.write_java_string(out);
                }
                out.push(']');
            }
            Value::Map(members) => {
                out.push('{');
                let keys: Vec<&str> = members.keys().map(String::as_str).collect();
                for (index, key) in java_order(&keys).into_iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    out.push_str(key);
                    out.push('=');
                    members.get(key).unwrap_or(&Value::Null).write_java_string(out);
                }
                out.push('}');
            }
        }
    }

    /// Estimates the bytes of a copy.
    pub(super) fn weight(&self) -> usize {
        const EACH: usize = 32;
        match self {
            Value::String(text) => EACH + text.len(),
            Value::List(items) => EACH + items.iter().map(Value::weight).sum::<usize>(),
            Value::Map(members) => {
                EACH + members.iter().map(|(key, value)| EACH + key.len() + value.weight()).sum::<usize>()
            }
            _ => EACH,
        }
    }

    /// Returns the levels of lists and objects.
    pub(super) fn depth(&self) -> usize {
        match self {
            Value::List(items) => 1 + items.iter().map(Value::depth).max().unwrap_or(0),
            Value::Map(members) => 1 + members.values().map(Value::depth).max().unwrap_or(0),
            _ => 0,
        }
    }
}

/// Merges the members of an object into another, and objects in them likewise. A list for whose path `joins` is true
/// gets the items that it lacks. Other values are replaced.
pub(super) fn merge(into: &mut Map, from: Map, joins: fn(&str) -> bool) {
    merge_below(into, from, joins, "");
}

fn merge_below(into: &mut Map, from: Map, joins: fn(&str) -> bool, above: &str) {
    for (name, value) in from {
        let path = format!("{above}{name}");
        match (into.get_mut(&name), value) {
            (Some(Value::Map(old)), Value::Map(new)) => merge_below(old, new, joins, &format!("{path}.")),
            (Some(Value::List(old)), Value::List(new)) if joins(&path) => {
                for item in new {
                    if !old.contains(&item) {
                        old.push(item);
                    }
                }
            }
            (Some(old), new) => *old = new,
            (None, new) => _ = into.insert(name, new),
        }
    }
}

/// Returns Java's text of a number of 32 or 64 bits, given also in 64.
fn java_decimal(number: impl Serialize, in_64_bits: f64) -> String {
    if in_64_bits.is_nan() {
        return "NaN".into();
    }
    if in_64_bits.is_infinite() {
        return if in_64_bits > 0.0 { "Infinity".into() } else { "-Infinity".into() };
    }
    // The standard library rounds a tie of two shortest decimals up; Java and serde_json round it to the even digit.
    let shortest = serde_json::to_string(&number).unwrap_or_default();
    let (sign, unsigned) = shortest.strip_prefix('-').map_or(("", shortest.as_str()), |rest| ("-", rest));
    let (mantissa, exponent) = unsigned.split_once('e').unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    if digits.is_empty() {
        return format!("{sign}0.0");
    }
    let leading_zeros = (all.len() - digits.len()) as i32;
    // The exponent of ten of the first digit.
    let exponent = exponent.parse::<i32>().unwrap_or(0) + whole.len() as i32 - 1 - leading_zeros;
    let digits = digits.trim_end_matches('0');
    if !(-3..7).contains(&exponent) {
        let (first, rest) = digits.split_at(1);
        let rest = if rest.is_empty() { "0" } else { rest };
        return format!("{sign}{first}.{rest}E{exponent}");
    }
    if exponent < 0 {
        let zeros = "0".repeat((-exponent - 1) as usize);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}.0", "0".repeat(whole - digits.len()));
    }
    let (whole, fraction) = digits.split_at(whole);
    format!("{sign}{whole}.{fraction}")
}

/// Returns keys in the order of a Java HashMap.
pub(super) fn java_order<'k>(keys: &[&'k str]) -> Vec<&'k str> {
    let mut buckets: u32 = 16;
    while keys.len() as u64 * 4 > u64::from(buckets) * 3 {
        buckets *= 2;
    }
    let bucket = |key: &str| {
        let hash = key.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
        (hash ^ (hash >> 16)) & (buckets - 1)
    };
    let mut sorted: Vec<&str> = keys.to_vec();
    sorted.sort_by_key(|key| bucket(key));
    sorted
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(flag) => serializer.serialize_bool(*flag),
            Value::Integer(number) => serializer.serialize_i32(*number),
            Value::Long(number) => serializer.serialize_i64(*number),
            Value::BigInteger(number) => serializer.serialize_u64(*number),
            // Jackson writes numbers that JSON does not have as text.
            Value::Float(number) if !number.is_finite() => serializer.collect_str(&self.to_java_string()),
            Value::Double(number) if !number.is_finite() => serializer.collect_str(&self.to_java_string()),
            // The shortest digits that identify 32 bits are fewer than those of the same number in 64.
            Value::Float(number) => {
                let shortest = serde_json::to_string(number).ok().and_then(|text| text.parse().ok());
                serializer.serialize_f64(shortest.unwrap_or(f64::from(*number)))
            }
            Value::Double(number) => serializer.serialize_f64(*number),
            Value::String(text) => serializer.serialize_str(text),
            Value::List(items) => items.serialize(serializer),
            Value::Map(members) => members.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Read { unique: false })
    }
}

/// Reads a value and refuses duplicate keys.
pub(super) fn deserialize_unique<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    deserializer.deserialize_any(Read { unique: true })
}

/// A reader of values.
#[derive(Clone, Copy)]
struct Read {
    /// True if a duplicate key is an error; otherwise the last one counts.
    unique: bool,
}

impl<'de> DeserializeSeed<'de> for Read {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Read {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from_i64(number))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::BigInteger(number), Value::from_i64))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Double(number))
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let value = members.next_value_seed(self)?;
            if self.unique && map.contains_key(&key) {
                return Err(A::Error::custom(format_args!("Duplicate field '{key}'")));
            }
            map.insert(key, value);
        }
        Ok(Value::Map(map))
    }
}

/// Converts a value of `serde_json`.
pub(super) fn from_json(value: &serde_json::Value) -> Value {
    Value::deserialize(value).unwrap_or(Value::Null)
}

/// Converts a value to that of `serde_json`.
pub(super) fn to_json(value: &Value) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_have_javas_types_and_texts() {
        let cases = [
            (json!(7), "java.lang.Integer", "7"),
            (json!(-2_147_483_648_i64), "java.lang.Integer", "-2147483648"),
            (json!(2_147_483_648_i64), "java.lang.Long", "2147483648"),
            (json!(9_223_372_036_854_775_808_u64), "java.math.BigInteger", "9223372036854775808"),
            (json!(1.0), "java.lang.Double", "1.0"),
            (json!(-0.001), "java.lang.Double", "-0.001"),
            (json!(0.000_12), "java.lang.Double", "1.2E-4"),
            (json!(1_234_567.5), "java.lang.Double", "1234567.5"),
            (json!(1e7), "java.lang.Double", "1.0E7"),
            (json!(123.0), "java.lang.Double", "123.0"),
            (json!([1, "a", null, { "b": true }]), "java.util.ArrayList", "[1, a, null, {b=true}]"),
        ];
        for (value, java_type, text) in cases {
            let read = from_json(&value);
            assert_eq!((read.java_type(), read.to_java_string().as_str()), (java_type, text));
            assert_eq!(to_json(&read), value);
        }
    }

    #[test]
    fn a_float_is_written_with_its_own_digits() {
        assert_eq!(to_json(&Value::Float(1.1)), json!(1.1));
        assert_eq!(Value::Float(1.1).to_java_string(), "1.1");
        assert_eq!(to_json(&Value::Float(f32::NAN)), json!("NaN"));
    }

    #[test]
    fn keys_come_in_the_order_of_a_hash_map() {
        assert_eq!(java_order(&["apple", "banana", "cherry", "date"]), ["banana", "date", "apple", "cherry"]);
    }
}
