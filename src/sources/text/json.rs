//! JSON, strictly: what other parsers change in silence is refused.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::domain::id::abridged;
use crate::sources::limits::JSON_DEPTH_MAX;

/// Why a text is not the JSON that we take, and where.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line inside the text, counted from 1.
    pub line: u64,
    /// The column, counted from 1, in bytes.
    pub column: u64,
    /// What is wrong.
    pub message: String,
}

/// The value of `text`. Refused are, beside bad syntax: a key that stands twice in one object, whole
/// numbers beyond 64 bits (which would become inexact), and deep nesting.
///
/// # Errors
/// The first fault.
pub fn parse(text: &str) -> Result<Value, Fault> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: 0 }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|e| Fault {
            line: e.line() as u64,
            column: e.column() as u64,
            message: without_place(&e.to_string()),
        })?;
    match inexact_number(text) {
        None => Ok(value),
        Some((at, message)) => Err(Fault { message: message.to_owned(), ..place(text, at) }),
    }
}

/// The place is told apart from the message, so it need not stand in it.
fn without_place(message: &str) -> String {
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message[..end].to_owned()
}

fn place(text: &str, at: usize) -> Fault {
    let before = &text.as_bytes()[..at];
    let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    Fault {
        line: before.iter().filter(|b| **b == b'\n').count() as u64 + 1,
        column: (at - line_start) as u64 + 1,
        message: String::new(),
    }
}

/// Where, in valid JSON, a number stands that would become another, and why.
fn inexact_number(text: &str) -> Option<(usize, &'static str)> {
    let bytes = text.as_bytes();
    let (mut at, mut in_string) = (0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'-' | b'0'..=b'9' if !in_string => {
                let length = bytes[at..].iter().take_while(|b| is_numeric(**b)).count();
                let number = &text[at..at + length];
                if let Some(problem) = change_of(number) {
                    return Some((at, problem));
                }
                at += length - 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// How keeping a number would change it, if it would: an integer beyond `i64`, or a fraction that becomes 0.
fn change_of(number: &str) -> Option<&'static str> {
    if !number.contains(['.', 'e', 'E']) {
        let fits = number.parse::<i64>().is_ok();
        return (!fits).then_some(
            "the number is beyond 64 bits and would become inexact; write it as a text",
        );
    }
    let mantissa = number.split(['e', 'E']).next().unwrap_or(number);
    let is_something = mantissa.contains(|c: char| ('1'..='9').contains(&c));
    let becomes_zero = number.parse::<f64>() == Ok(0.0);
    (is_something && becomes_zero).then_some(
        "the number is too small for a double and would become 0; write 0, or write it as a text",
    )
}

fn is_numeric(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
}

struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: Error>(&self) -> Result<usize, E> {
        if self.depth < JSON_DEPTH_MAX {
            Ok(self.depth + 1)
        } else {
            Err(E::custom(format!("nested deeper than {JSON_DEPTH_MAX} levels")))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = access.next_element_seed(Strict { depth })? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if object.contains_key(&key) {
                let message =
                    format!("the key `{}` stands twice; which one is meant?", abridged(&key));
                return Err(A::Error::custom(message));
            }
            let value = access.next_value_seed(Strict { depth })?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_change_in_silence_is_refused() {
        let deep = "[".repeat(JSON_DEPTH_MAX + 1) + &"]".repeat(JSON_DEPTH_MAX + 1);
        for (text, column, reason) in [
            (r#"{"a":1,"a":2}"#, 10, "stands twice"),
            (r#"{"id":9223372036854775808}"#, 7, "beyond 64 bits"),
            (r#"[-9223372036854775809]"#, 2, "beyond 64 bits"),
            (r#"[1e999]"#, 6, "out of range"),
            (r#"[1e-400]"#, 2, "would become 0"),
            (r#"[NaN]"#, 2, "expected value"),
            (r#"{"a":1} {"b":2}"#, 9, "trailing characters"),
            (&deep, 66, "nested deeper"),
        ] {
            let fault = parse(text).unwrap_err();
            assert!(fault.message.contains(reason), "{text}: {fault:?}");
            assert_eq!((fault.line, fault.column), (1, column), "{text}: {fault:?}");
        }
    }

    #[test]
    fn what_can_be_kept_is_kept() {
        let text = r#"{"min":-9223372036854775808,"max":9223372036854775807,"text":"9223372036854775808\" 1","double":1e300,"zero":[0.0,0e9]}"#;
        let value = parse(text).unwrap();
        assert_eq!(value["min"], i64::MIN);
        assert_eq!(value["max"], i64::MAX);
        assert_eq!(value["text"], "9223372036854775808\" 1");
    }
}
