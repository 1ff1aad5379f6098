//! JSON into GraphQL values, refusing what an ordinary reader would silently change: duplicate keys
//! (the last would win) and integers beyond 64 bits (they would become doubles).

use std::cell::Cell;
use std::fmt;

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Number, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::graphql::error::{ErrorCode, GraphqlError, excerpt};
use crate::graphql::limits::{GraphqlLimits, is_inexact_integer, vanishes};

/// Levels around the variables: the batch, the message, its payload, and the variables themselves.
const ENVELOPE_DEPTH: usize = 4;

/// Integers from here on are not exact as doubles, and are what a too long integer is read as.
const SUSPICIOUS: f64 = 9_223_372_036_854_775_808.0;

const TOO_LONG: &str = "an integer of more than 64 bits would lose digits; send it as a string";
const TOO_SMALL: &str =
    "a number is too small for a double and would become 0; send 0 if that is meant";

/// Reads one JSON value and nothing after it.
pub(super) fn parse(bytes: &[u8], limits: &GraphqlLimits) -> Result<Value, GraphqlError> {
    let reading = Reading {
        values_left: Cell::new(limits.variable_values_max),
        over_limit: Cell::new(false),
        suspicious: Cell::new(false),
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let seed =
        StrictValue { reading: &reading, depth_left: limits.value_depth_max + ENVELOPE_DEPTH };
    let value = seed
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| {
            let code = if reading.over_limit.get() {
                ErrorCode::VariablesTooLarge
            } else {
                ErrorCode::BadRequest
            };
            GraphqlError::new(code, excerpt(&format!("not valid JSON: {error}"), 300))
        })?;
    let changed = reading.suspicious.get().then(|| changed_number(bytes));
    if let Some(message) = changed.flatten() {
        return Err(GraphqlError::new(ErrorCode::BadRequest, message));
    }
    Ok(value)
}

/// What is counted while one value is read.
struct Reading {
    values_left: Cell<usize>,
    over_limit: Cell<bool>,
    suspicious: Cell<bool>,
}

#[derive(Clone, Copy)]
struct StrictValue<'a> {
    reading: &'a Reading,
    depth_left: usize,
}

impl StrictValue<'_> {
    /// The seed for a value inside this one.
    fn inner<E: Error>(mut self) -> Result<Self, E> {
        let Some(depth_left) = self.depth_left.checked_sub(1) else {
            self.reading.over_limit.set(true);
            return Err(E::custom("lists and objects are nested too deep"));
        };
        self.depth_left = depth_left;
        Ok(self)
    }

    fn count<E: Error>(self) -> Result<(), E> {
        let Some(left) = self.reading.values_left.get().checked_sub(1) else {
            self.reading.over_limit.set(true);
            return Err(E::custom("too many values; send them in several requests"));
        };
        self.reading.values_left.set(left);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for StrictValue<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StrictValue<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        if value.abs() >= SUSPICIOUS || value == 0.0 {
            self.reading.suspicious.set(true);
        }
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number is not finite"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let seed = self.inner()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(seed)? {
            self.count()?;
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let seed = self.inner()?;
        let mut object = IndexMap::new();
        while let Some(key) = entries.next_key::<String>()? {
            self.count()?;
            let value = entries.next_value_seed(seed)?;
            if object.insert(Name::new(&key), value).is_some() {
                let key = excerpt(&key, 100);
                return Err(A::Error::custom(format!("the key {key:?} appears twice")));
            }
        }
        Ok(Value::Object(object))
    }
}

/// Walks over valid JSON and tells what is wrong with a number outside strings, if one is not exact.
fn changed_number(json: &[u8]) -> Option<&'static str> {
    let mut at = 0;
    while at < json.len() {
        match json[at] {
            b'"' => {
                at += 1;
                while at < json.len() && json[at] != b'"' {
                    at += if json[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let start = at;
                while at < json.len()
                    && matches!(json[at], b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')
                {
                    at += 1;
                }
                if is_inexact_integer(&json[start..at]) {
                    return Some(TOO_LONG);
                }
                if vanishes(&json[start..at]) {
                    return Some(TOO_SMALL);
                }
            }
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<serde_json::Value, ErrorCode> {
        let limits = GraphqlLimits { variable_values_max: 1_000, ..GraphqlLimits::default() };
        parse(json.as_bytes(), &limits)
            .map(|value| value.into_json().expect("values are JSON"))
            .map_err(|error| error.code())
    }

    #[test]
    fn ordinary_json_is_read_unchanged() {
        let json = r#"{"a":[1,-2,2.5,1e3,null,true,"x\"1"],"b":{"c":{}},"d":9007199254740993}"#;
        assert_eq!(read(json), Ok(serde_json::from_str(json).expect("JSON")));
    }

    #[test]
    fn duplicate_keys_are_refused_at_any_level() {
        assert_eq!(read(r#"{"a":1,"a":2}"#), Err(ErrorCode::BadRequest));
        assert_eq!(read(r#"{"v":[{"a":1,"\u0061":2}]}"#), Err(ErrorCode::BadRequest));
    }

    #[test]
    fn integers_beyond_64_bits_are_refused_but_doubles_are_not() {
        assert_eq!(read("[18446744073709551616]"), Err(ErrorCode::BadRequest));
        assert!(read("[18446744073709551615, -9223372036854775808]").is_ok());
        assert!(read(r#"[1e30, "18446744073709551616"]"#).is_ok());
        assert_eq!(read("[1e999]"), Err(ErrorCode::BadRequest));
    }

    #[test]
    fn depth_and_number_of_values_have_limits() {
        let deep = "[".repeat(21) + &"]".repeat(21);
        assert_eq!(read(&deep), Err(ErrorCode::VariablesTooLarge));
        assert!(read(&deep[1..41]).is_ok());
        assert_eq!(read(&"[".repeat(100_000)), Err(ErrorCode::VariablesTooLarge));
        let long = format!("[{}0]", "0,".repeat(1_000));
        assert_eq!(read(&long), Err(ErrorCode::VariablesTooLarge));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for json in ["", "{", "{} {}", "NaN", "\u{feff}{}", "'a'", "{\"a\":\"\\ud800\"}"] {
            assert_eq!(read(json), Err(ErrorCode::BadRequest), "{json}");
        }
    }
}
